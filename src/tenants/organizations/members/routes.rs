//! HTTP of members.

use ground::{db::Db, words::MemberId};
use machinery::web::{Answer, Body, Empty, Problem};
use rocket::{Route, State, delete, get, patch, serde::json::Json};
use utoipa::OpenApi;

use super::{Member, MemberChange, MemberError};
use crate::{
    permissions::{ManageMembers, ViewMembers, ViewOrganization},
    scope::May,
};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, update, leave, remove]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, update, leave, remove))]
pub struct Document;

/// Everybody in the team
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub(super) struct Team {
    /// The members, the longest there first.
    results: Vec<Member>,
}

/// Everybody in the team
#[utoipa::path(tag = "Team", responses((status = 200, body = Team)))]
#[get("/members")]
async fn list(scope: May<ViewMembers>, db: &State<Db>) -> Answer<Team> {
    let results = db.scan(move |conn| super::list(conn, &*scope)).await?;
    Ok(Json(Team { results }))
}

/// Change a member's role or sites, suspend or resume them
#[utoipa::path(tag = "Team", params(("id" = String, Path, description = "The member's id")), request_body = MemberChange, responses((status = 200, body = Member)))]
#[patch("/members/<id>", data = "<wish>")]
async fn update(scope: May<ManageMembers>, id: &str, wish: Body<MemberChange>, db: &State<Db>) -> Answer<Member> {
    let id = parsed(id)?;
    Ok(Json(db.write(move |tx| super::update(tx, &scope, id, wish.0)).await?))
}

/// Leave the organization
#[utoipa::path(tag = "Team", responses((status = 204, description = "You are no longer a member")))]
#[delete("/members/me", rank = 1)]
async fn leave(scope: May<ViewOrganization>, db: &State<Db>) -> Result<Empty, Problem> {
    let own = scope.member().ok_or(MemberError::NotFound)?;
    db.write(move |tx| super::remove(tx, &scope, own)).await?;
    Ok(Empty)
}

/// Remove a member
#[utoipa::path(tag = "Team", params(("id" = String, Path, description = "The member's id")), responses((status = 204, description = "No longer a member")))]
#[delete("/members/<id>", rank = 2)]
async fn remove(scope: May<ManageMembers>, id: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let id = parsed(id)?;
    db.write(move |tx| super::remove(tx, &scope, id)).await?;
    Ok(Empty)
}

fn parsed(id: &str) -> Result<MemberId, Problem> {
    id.parse().map_err(|_| MemberError::NotFound.into())
}
