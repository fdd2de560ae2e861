//! The second factor of the own account.

use machinery::web::{Answer, Body};
use rocket::{Route, delete, http::CookieJar, post, serde::json::Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::{desk::Desk, enrolment, guards::SignedIn, views::SessionAnswer};

pub(super) fn routes() -> Vec<Route> {
    rocket::routes![begin, confirm, turn_off]
}

/// What an authenticator app needs to know.
#[derive(Serialize, ToSchema)]
pub(super) struct EnrolmentView {
    /// In base32, to type.
    secret: String,
    /// The same as an address, to draw as a QR code.
    otpauth_url: String,
}

/// The app's first code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmation {
    /// Six digits.
    code: String,
}

/// The codes for the day the phone is lost, and the session to go on with.
#[derive(Serialize, ToSchema)]
pub(super) struct Confirmed {
    /// Each is good once. They are shown this one time.
    recovery_codes: Vec<String>,
    /// The session to go on with; all others have ended.
    #[serde(flatten)]
    session: SessionAnswer,
}

/// Proof that it is the account's owner who weakens it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordProof {
    /// The account's password.
    #[schema(format = Password)]
    password: String,
}

/// Start two-factor sign-in
///
/// Nothing changes at sign-in until the app's first code is confirmed.
#[utoipa::path(tag = "Account", responses((status = 200, body = EnrolmentView)))]
#[post("/auth/two-factor")]
pub(super) async fn begin(signed_in: SignedIn, desk: Desk<'_>) -> Answer<EnrolmentView> {
    let enrolment = enrolment::begin(&desk, signed_in).await?;
    Ok(Json(EnrolmentView { secret: enrolment.secret, otpauth_url: enrolment.otpauth_url }))
}

/// Turn two-factor sign-in on with the app's first code
///
/// Every session of the account ends; the answer holds the one to go on with.
#[utoipa::path(tag = "Account", request_body = Confirmation, responses((status = 200, body = Confirmed)))]
#[post("/auth/two-factor/confirm", data = "<confirmation>")]
pub(super) async fn confirm(
    signed_in: SignedIn,
    desk: Desk<'_>,
    cookies: &CookieJar<'_>,
    confirmation: Body<Confirmation>,
) -> Answer<Confirmed> {
    let enrolled = enrolment::confirm(&desk, signed_in, &confirmation.0.code).await?;
    let session = desk.sessions.hand_over(&enrolled.session, cookies);
    Ok(Json(Confirmed { recovery_codes: enrolled.recovery_codes, session }))
}

/// Turn two-factor sign-in off
///
/// Every session of the account ends; the answer holds the one to go on with.
#[utoipa::path(tag = "Account", request_body = PasswordProof, responses((status = 200, body = SessionAnswer)))]
#[delete("/auth/two-factor", data = "<proof>")]
pub(super) async fn turn_off(
    signed_in: SignedIn,
    desk: Desk<'_>,
    cookies: &CookieJar<'_>,
    proof: Body<PasswordProof>,
) -> Answer<SessionAnswer> {
    let opened = enrolment::turn_off(&desk, signed_in, proof.0.password).await?;
    Ok(Json(desk.sessions.hand_over(&opened, cookies)))
}
