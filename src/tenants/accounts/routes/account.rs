//! The own password and address.

use ground::words::EmailAddress;
use machinery::web::{Answer, Body, Empty, Problem};
use rocket::{
    Route,
    http::{CookieJar, Status},
    post,
    serde::json::Json,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::accounts::{desk::Desk, guards::SignedIn, language::MailLanguage, recovery, views::SessionAnswer};

pub(super) fn routes() -> Vec<Route> {
    rocket::routes![change_password, request_reset, reset_password, verify_email, request_verification]
}

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The password in force.
    #[schema(format = Password)]
    current: String,
    /// The one to take its place: 12 to 128 characters, hard to guess.
    #[schema(format = Password)]
    new: String,
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetRequest {
    /// The account's address.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
}

/// A new password with the link's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reset {
    /// What stands behind `#token=` in the mailed link.
    token: String,
    /// 12 to 128 characters, hard to guess.
    #[schema(format = Password)]
    password: String,
}

/// A link's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Verification {
    /// What stands behind `#token=` in the mailed link.
    token: String,
}

/// Change the password
///
/// Every session of the account ends; the answer holds the one to go on with.
#[utoipa::path(tag = "Account", request_body = PasswordChange, responses((status = 200, body = SessionAnswer)))]
#[post("/auth/password", data = "<change>")]
pub(super) async fn change_password(
    signed_in: SignedIn,
    desk: Desk<'_>,
    language: MailLanguage,
    cookies: &CookieJar<'_>,
    change: Body<PasswordChange>,
) -> Answer<SessionAnswer> {
    let PasswordChange { current, new } = change.0;
    let opened = recovery::change_password(&desk, signed_in, current, new, language.0).await?;
    Ok(Json(desk.sessions.hand_over(&opened, cookies)))
}

/// Ask for a link to choose another password
///
/// The answer is the same whether or not there is such an account.
#[utoipa::path(
    tag = "Account",
    security(()),
    request_body = ResetRequest,
    responses((status = 202, description = "A link is mailed if there is such an account"))
)]
#[post("/auth/password/reset", data = "<request>")]
pub(super) async fn request_reset(
    desk: Desk<'_>,
    language: MailLanguage,
    request: Body<ResetRequest>,
) -> Result<Status, Problem> {
    recovery::request_reset(&desk, request.0.email, language.0).await?;
    Ok(Status::Accepted)
}

/// Choose another password with a mailed link
///
/// Every session of the account ends. Sign in with the new password.
#[utoipa::path(
    tag = "Account",
    security(()),
    request_body = Reset,
    responses((status = 204, description = "The new password is in force"))
)]
#[post("/auth/password/reset/confirm", data = "<reset>")]
pub(super) async fn reset_password(
    desk: Desk<'_>,
    language: MailLanguage,
    reset: Body<Reset>,
) -> Result<Empty, Problem> {
    recovery::reset_password(&desk, reset.0.token, reset.0.password, language.0).await?;
    Ok(Empty)
}

/// Prove the e-mail address with a mailed link
#[utoipa::path(
    tag = "Account",
    security(()),
    request_body = Verification,
    responses((status = 204, description = "The address is verified"))
)]
#[post("/auth/email/verify", data = "<verification>")]
pub(super) async fn verify_email(desk: Desk<'_>, verification: Body<Verification>) -> Result<Empty, Problem> {
    recovery::verify_email(&desk, verification.0.token).await?;
    Ok(Empty)
}

/// Have the link that proves the address mailed again
#[utoipa::path(tag = "Account", responses((status = 202, description = "The link is mailed")))]
#[post("/auth/email/verification")]
pub(super) async fn request_verification(
    signed_in: SignedIn,
    desk: Desk<'_>,
    language: MailLanguage,
) -> Result<Status, Problem> {
    recovery::request_verification(&desk, signed_in, language.0).await?;
    Ok(Status::Accepted)
}
