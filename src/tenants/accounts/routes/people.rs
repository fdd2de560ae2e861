//! Everyone on the installation, for its operators.

use machinery::web::{Answer, PAGE_PARAMETERS, Page, PageRequest, UrlQuery};
use rocket::{Route, get, post, serde::json::Json};

use crate::accounts::{AccountError, desk::Desk, guards::Superuser, users, views::UserView};

pub(super) fn routes() -> Vec<Route> {
    rocket::routes![list, suspend, resume]
}

/// Everyone on this installation
#[utoipa::path(
    tag = "Operator: people",
    params(
        ("search" = Option<String>, Query, description = "Part of an e-mail address"),
        ("page" = Option<u32>, Query, description = "Counted from 1"),
        ("page_size" = Option<u32>, Query, description = "At most 200")
    ),
    responses((status = 200, body = Page<UserView>))
)]
#[get("/admin/users")]
pub(super) async fn list(
    _operator: Superuser,
    desk: Desk<'_>,
    page: PageRequest,
    query: UrlQuery<'_>,
) -> Answer<Page<UserView>> {
    query.refuse_unknown(&["search", PAGE_PARAMETERS[0], PAGE_PARAMETERS[1]])?;
    let search = query.get("search").filter(|text| !text.is_empty()).map(str::to_owned);
    let (limit, offset) = (page.limit(), page.offset());
    let (count, found) = desk
        .db
        .scan(move |conn| users::list(conn, search.as_deref(), limit, offset))
        .await
        .map_err(AccountError::from)?;
    Ok(Json(Page::new(&page, count, found.iter().map(UserView::of).collect())))
}

/// Suspend a person; their sessions end at once
#[utoipa::path(
    tag = "Operator: people",
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = UserView))
)]
#[post("/admin/users/<id>/suspend")]
pub(super) async fn suspend(operator: Superuser, desk: Desk<'_>, id: &str) -> Answer<UserView> {
    let id = id.parse().map_err(|_| AccountError::NotFound)?;
    let user = desk.db.write(move |tx| users::suspend(tx, &*operator, operator.user.id, id)).await?;
    Ok(Json(UserView::of(&user)))
}

/// Let a suspended person sign in again
#[utoipa::path(
    tag = "Operator: people",
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = UserView))
)]
#[post("/admin/users/<id>/resume")]
pub(super) async fn resume(operator: Superuser, desk: Desk<'_>, id: &str) -> Answer<UserView> {
    let id = id.parse().map_err(|_| AccountError::NotFound)?;
    let user = desk.db.write(move |tx| users::resume(tx, &*operator, id)).await?;
    Ok(Json(UserView::of(&user)))
}
