//! Signing in and out, and who one is.

use ground::words::EmailAddress;
use machinery::web::{Answer, Body, Empty, Problem};
use rocket::{Route, get, http::CookieJar, post, serde::json::Json};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::accounts::{
    AccountError,
    desk::Desk,
    guards::{SignedIn, WantedSession},
    sign_in::{self, SignIn},
    users,
    views::{Me, SessionAnswer, UserView},
};

pub(super) fn routes() -> Vec<Route> {
    rocket::routes![login, refresh, logout, me]
}

/// What someone brings to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    /// The account's address.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
    /// Its password.
    #[schema(format = Password)]
    password: String,
    /// Six digits of the authenticator app, or a recovery code, where the account has a second factor.
    code: Option<String>,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    /// As the last answer gave it; good once.
    refresh: String,
}

/// Sign in
///
/// Answers an access and a refresh token. With the header `X-Session: cookie` it sets the browser's session cookie and
/// answers `csrf_token` instead. An account with a second factor answers 401 `two_factor_required` until `code` is sent
/// as well.
#[utoipa::path(
    tag = "Sign-in",
    security(()),
    params(("X-Session" = Option<String>, Header, description = "`cookie` for a browser's session")),
    request_body = Login,
    responses((status = 200, body = SessionAnswer))
)]
#[post("/auth/login", data = "<login>")]
pub(super) async fn login(
    desk: Desk<'_>,
    wanted: WantedSession,
    cookies: &CookieJar<'_>,
    login: Body<Login>,
) -> Answer<SessionAnswer> {
    let Login { email, password, code } = login.0;
    let opened = sign_in::sign_in(&desk, SignIn { email, password, code, kind: wanted.kind() }).await?;
    Ok(Json(desk.sessions.hand_over(&opened, cookies)))
}

/// Exchange a refresh token for new tokens
///
/// Each refresh token is good once. One that is used a second time ends the session, for a thief and for its owner.
#[utoipa::path(
    tag = "Sign-in",
    security(()),
    request_body = Refresh,
    responses((status = 200, body = SessionAnswer))
)]
#[post("/auth/refresh", data = "<token>")]
pub(super) async fn refresh(desk: Desk<'_>, cookies: &CookieJar<'_>, token: Body<Refresh>) -> Answer<SessionAnswer> {
    let opened = sign_in::refresh(&desk, token.0.refresh).await?;
    Ok(Json(desk.sessions.hand_over(&opened, cookies)))
}

/// Sign out
#[utoipa::path(tag = "Sign-in", responses((status = 204, description = "The session has ended")))]
#[post("/auth/logout")]
pub(super) async fn logout(signed_in: SignedIn, desk: Desk<'_>, cookies: &CookieJar<'_>) -> Result<Empty, Problem> {
    let session = signed_in.session;
    sign_in::end_session(desk.db, signed_in, session).await?;
    desk.sessions.forget(cookies);
    Ok(Empty)
}

/// Who is signed in, and where they may work
#[utoipa::path(tag = "Sign-in", responses((status = 200, body = Me)))]
#[get("/auth/me")]
pub(super) async fn me(signed_in: SignedIn, desk: Desk<'_>) -> Answer<Me> {
    let user = signed_in.user.id;
    let memberships = desk.db.read(move |conn| users::memberships(conn, user)).await.map_err(AccountError::from)?;
    Ok(Json(Me {
        user: UserView::of(&signed_in.user),
        memberships,
        csrf_token: signed_in.csrf_token().map(str::to_owned),
    }))
}
