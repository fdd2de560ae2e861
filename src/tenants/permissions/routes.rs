//! HTTP of roles: what each may do, for the screens that assign them.

use ground::db::{Db, DbError};
use machinery::web::Answer;
use rocket::{Route, State, get, serde::json::Json};
use serde::Serialize;
use utoipa::OpenApi;

use super::{DECLARED, Role, ViewMembers, granted_to};
use crate::scope::May;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list))]
pub struct Document;

/// The roles, the most powerful first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Roles {
    results: Vec<RoleView>,
}

/// A role and what it may do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RoleView {
    /// Its name.
    name: Role,
    /// What it may do now, by the table of permissions.
    permissions: Vec<PermissionView>,
}

/// One thing that a role may do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PermissionView {
    /// Its name, e.g. `content.edit`.
    name: &'static str,
    /// One sentence for people.
    description: &'static str,
}

/// What each role may do
#[utoipa::path(tag = "Team", responses((status = 200, body = Roles)))]
#[get("/roles")]
async fn list(_scope: May<ViewMembers>, db: &State<Db>) -> Answer<Roles> {
    let results = db
        .read(|conn| {
            let of = |role| {
                let granted = granted_to(conn, role)?;
                let held = DECLARED.iter().filter(|declared| granted.includes(declared.name));
                let permissions =
                    held.map(|declared| PermissionView { name: declared.name, description: declared.description });
                Ok::<_, DbError>(RoleView { name: role, permissions: permissions.collect() })
            };
            Role::ALL.into_iter().map(of).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(Json(Roles { results }))
}
