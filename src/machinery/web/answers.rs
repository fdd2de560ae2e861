//! The answers of a JSON route besides a plain body and a problem.

use rocket::{
    Request, Response,
    http::Status,
    response::{Responder, Result as Responded},
    serde::json::Json,
};
use serde::Serialize;

use super::problem::Problem;

/// What a route gives: a JSON body or a problem.
pub type Answer<T> = Result<Json<T>, Problem>;

/// 201 with what has been created.
#[derive(Clone, Debug)]
pub struct Created<T>(pub T);

/// 204: done, nothing to say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Empty;

impl<'r, T: Serialize> Responder<'r, 'static> for Created<T> {
    fn respond_to(self, request: &'r Request<'_>) -> Responded<'static> {
        let mut response = Json(self.0).respond_to(request)?;
        response.set_status(Status::Created);
        Ok(response)
    }
}

impl<'r> Responder<'r, 'static> for Empty {
    fn respond_to(self, _: &'r Request<'_>) -> Responded<'static> {
        Response::build().status(Status::NoContent).ok()
    }
}
