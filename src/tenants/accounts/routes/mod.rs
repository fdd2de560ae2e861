//! HTTP of accounts: signing in, the own account, its sessions and second factor, and the operator's list of people.

mod account;
mod own_sessions;
mod people;
mod sign_in;
mod two_factor;

use rocket::Route;
use utoipa::OpenApi;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    [account::routes(), own_sessions::routes(), people::routes(), sign_in::routes(), two_factor::routes()].concat()
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    paths(
        sign_in::login,
        sign_in::refresh,
        sign_in::logout,
        sign_in::me,
        account::change_password,
        account::request_reset,
        account::reset_password,
        account::verify_email,
        account::request_verification,
        two_factor::begin,
        two_factor::confirm,
        two_factor::turn_off,
        own_sessions::list,
        own_sessions::end,
        own_sessions::end_others,
        people::list,
        people::suspend,
        people::resume
    ),
    tags(
        (name = "Sign-in", description = "Sessions of browsers and of programs."),
        (name = "Account", description = "What a person does with their own account."),
        (name = "Operator: people", description = "Everyone on this installation; for its operators.")
    )
)]
pub struct Document;
