//! The sessions of the own account.

use machinery::web::{Answer, Empty, Problem};
use rocket::{Route, delete, get, post, serde::json::Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{AccountError, desk::Desk, guards::SignedIn, sessions, sign_in, views::SessionView};

pub(super) fn routes() -> Vec<Route> {
    rocket::routes![list, end, end_others]
}

/// The sessions that have not ended, those in use first.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnSessions {
    results: Vec<SessionView>,
}

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
pub(super) struct Ended {
    /// Without the one that asked.
    ended: u64,
}

/// Where one is signed in
#[utoipa::path(tag = "Account", responses((status = 200, body = OwnSessions)))]
#[get("/auth/sessions")]
pub(super) async fn list(signed_in: SignedIn, desk: Desk<'_>) -> Answer<OwnSessions> {
    let user = signed_in.user.id;
    let own = desk.db.read(move |conn| sessions::list(conn, user)).await.map_err(AccountError::from)?;
    let results = own.into_iter().map(|session| SessionView::of(session, signed_in.session)).collect();
    Ok(Json(OwnSessions { results }))
}

/// Sign out one session
#[utoipa::path(
    tag = "Account",
    params(("id" = String, Path, description = "The session's id")),
    responses((status = 204, description = "The session has ended"))
)]
#[delete("/auth/sessions/<id>")]
pub(super) async fn end(signed_in: SignedIn, desk: Desk<'_>, id: &str) -> Result<Empty, Problem> {
    let id = id.parse().map_err(|_| AccountError::NotFound)?;
    sign_in::end_session(desk.db, signed_in, id).await?;
    Ok(Empty)
}

/// Sign out everywhere else
#[utoipa::path(tag = "Account", responses((status = 200, body = Ended)))]
#[post("/auth/sessions/revoke-others")]
pub(super) async fn end_others(signed_in: SignedIn, desk: Desk<'_>) -> Answer<Ended> {
    let ended = sign_in::end_other_sessions(desk.db, signed_in).await?;
    Ok(Json(Ended { ended }))
}
