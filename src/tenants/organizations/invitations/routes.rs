//! HTTP of invitations: the team's side, and the side of whoever was invited.

use std::net::IpAddr;

use ground::{crypto::PasswordHasher, db::Db, words::InvitationId};
use machinery::web::{Answer, Body, Created, Empty, Origin, Problem};
use rocket::{Route, State, delete, get, post, serde::json::Json};
use serde::{Deserialize, Serialize};
use utoipa::OpenApi;

use super::{Accepted, Invitation, InvitationError, Invited, Joining, NewInvitation, Newcomer, Preview};
use crate::{
    accounts::{
        AccountError, Links, NewPassword, SignedIn,
        limits::{AttemptLimiter, INVITATION_PER_ADDRESS, by_address},
        users::PersonName,
    },
    permissions::ManageMembers,
    scope::May,
};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, invite, revoke, preview, accept]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, invite, revoke, preview, accept))]
pub struct Document;

/// Invitations that wait.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Waiting {
    /// The newest first.
    results: Vec<Invitation>,
}

/// What the link carries.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Opened {
    /// What stands behind `#token=` in the link.
    token: String,
}

/// The answer of whoever was invited.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acceptance {
    /// What stands behind `#token=` in the link.
    token: String,
    /// What people call you; for a new account.
    #[schema(value_type = Option<String>)]
    name: Option<PersonName>,
    /// The new account's password.
    password: Option<String>,
}

/// Invitations that wait for an answer
#[utoipa::path(tag = "Team", responses((status = 200, body = Waiting)))]
#[get("/invitations")]
async fn list(scope: May<ManageMembers>, db: &State<Db>) -> Answer<Waiting> {
    let results = db.read(move |conn| super::list(conn, &*scope)).await?;
    Ok(Json(Waiting { results }))
}

/// Invite somebody by e-mail
#[utoipa::path(tag = "Team", request_body = NewInvitation, responses((status = 201, body = Invited)))]
#[post("/invitations", data = "<new>")]
async fn invite(
    scope: May<ManageMembers>,
    new: Body<NewInvitation>,
    links: &State<Links>,
    db: &State<Db>,
) -> Result<Created<Invited>, Problem> {
    let links = links.inner().clone();
    Ok(Created(db.write(move |tx| super::invite(tx, &scope, &links, new.0)).await?))
}

/// Withdraw an invitation
#[utoipa::path(tag = "Team", params(("id" = String, Path, description = "The invitation's id")), responses((status = 204, description = "The link is good for nothing now")))]
#[delete("/invitations/<id>")]
async fn revoke(scope: May<ManageMembers>, id: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let id: InvitationId = id.parse().map_err(|_| InvitationError::NotFound)?;
    db.write(move |tx| super::revoke(tx, &scope, id)).await?;
    Ok(Empty)
}

/// What an invitation's link is about
#[utoipa::path(tag = "Team", request_body = Opened, responses((status = 200, body = Preview)), security(()))]
#[post("/invitations/preview", data = "<opened>")]
async fn preview(
    opened: Body<Opened>,
    origin: Origin,
    limiter: &State<AttemptLimiter>,
    db: &State<Db>,
) -> Answer<Preview> {
    admit(limiter, origin.ip).await?;
    let shown = db.read(move |conn| super::preview(conn, &opened.0.token)).await?;
    give_back(limiter, origin.ip).await;
    Ok(Json(shown))
}

/// Accept an invitation, with a new account or the one you are signed in with
#[utoipa::path(tag = "Team", request_body = Acceptance, responses((status = 201, body = Accepted)), security((), ("session" = []), ("bearer" = [])))]
#[post("/invitations/accept", data = "<acceptance>")]
async fn accept(
    signed_in: Option<SignedIn>,
    acceptance: Body<Acceptance>,
    origin: Origin,
    limiter: &State<AttemptLimiter>,
    hasher: &State<PasswordHasher>,
    db: &State<Db>,
) -> Result<Created<Accepted>, Problem> {
    admit(limiter, origin.ip).await?;
    let user = signed_in.map(|signed_in| signed_in.user);
    let Acceptance { token, name, password } = acceptance.0;
    let (asked_token, asked_user) = (token.clone(), user.clone());
    let joining = db.read(move |conn| super::who_joins(conn, &asked_token, asked_user.as_ref())).await?;
    let newcomer = match joining {
        Joining::Account => None,
        Joining::Newcomer { email } => {
            let (Some(name), Some(password)) = (name, password) else {
                return Err(InvitationError::NameAndPassword.into());
            };
            let words = vec![email.to_string(), name.as_str().to_owned()];
            let password = NewPassword::accept("/password", password, words).await?.hash(hasher).await?;
            Some(Newcomer { name, password })
        }
    };
    let ip = origin.ip;
    let accepted = db.write(move |tx| super::accept(tx, &token, user.as_ref(), newcomer, origin)).await?;
    give_back(limiter, ip).await;
    Ok(Created(accepted))
}

async fn admit(limiter: &AttemptLimiter, ip: IpAddr) -> Result<(), AccountError> {
    Ok(limiter.admit(&INVITATION_PER_ADDRESS, &by_address(ip)).await?)
}

async fn give_back(limiter: &AttemptLimiter, ip: IpAddr) {
    limiter.give_back(&INVITATION_PER_ADDRESS, &by_address(ip)).await;
}
