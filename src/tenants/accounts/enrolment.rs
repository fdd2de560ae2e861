//! Turning the second factor on and off. Both end every session: whoever was signed in before proves themself anew.

use ground::{clock::Randomness, words::UserId};

use super::{
    AccountError,
    desk::Desk,
    guards::SignedIn,
    limits,
    sessions::{self, OpenedSession},
    sign_in, store,
    two_factor::{self, AuthenticatorSecret, Enrolment},
    users,
};
use crate::audit;

/// What turning the second factor on gives: codes for the day the phone is lost, and the session to go on with.
pub struct Enrolled {
    /// Shown once.
    pub recovery_codes: Vec<String>,
    /// Takes the place of all sessions that ended.
    pub session: OpenedSession,
}

/// Makes a secret for an authenticator app. Nothing changes at sign-in until its first code is confirmed.
pub async fn begin(desk: &Desk<'_>, signed_in: SignedIn) -> Result<Enrolment, AccountError> {
    let user = signed_in.user.id;
    let randomness = desk.db.randomness();
    let secret = AuthenticatorSecret::generate(randomness);
    let enrolment = secret.enrolment(signed_in.user.email.as_str());
    let sealed = desk.sealer.seal(secret.as_bytes(), &two_factor::seal_context(user), randomness);
    desk.db
        .write(move |tx| {
            if !store::second_factors::prepare(tx, user, sealed)? {
                return Err(AccountError::TwoFactorOn);
            }
            audit::record(tx, &signed_in, users::change("two_factor.prepared", &signed_in.user, None, None))?;
            Ok(())
        })
        .await?;
    Ok(enrolment)
}

/// Turns the second factor on with the app's first code.
pub async fn confirm(desk: &Desk<'_>, signed_in: SignedIn, code: &str) -> Result<Enrolled, AccountError> {
    let user = signed_in.user.id;
    let subject = user.to_string();
    desk.limiter.admit(&limits::SECOND_FACTOR, &subject).await?;
    let credentials = desk.db.read(move |conn| store::users::credentials(conn, user)).await?;
    if credentials.user.two_factor_since.is_some() {
        return Err(AccountError::TwoFactorOn);
    }
    let secret = sign_in::open_secret(desk, &credentials)?;
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = secret
        .matching_step(&digits, desk.db.clock().now(), credentials.totp_last_step)
        .ok_or(AccountError::TwoFactorCodeWrong)?;
    desk.limiter.forget(&limits::SECOND_FACTOR, &subject).await;
    let (recovery_codes, hashes) = fresh_recovery_codes(user, desk.db.randomness());
    let session = desk
        .db
        .write(move |tx| {
            if !store::second_factors::confirm(tx, user, step)? {
                return Err(AccountError::TwoFactorOn);
            }
            store::second_factors::set_recovery_codes(tx, user, &hashes)?;
            audit::record(tx, &signed_in, users::change("two_factor.turned_on", &signed_in.user, None, None))?;
            Ok(renewed_session(tx, &signed_in)?)
        })
        .await?;
    Ok(Enrolled { recovery_codes, session })
}

/// Turns the second factor off. Asks for the password: an open session alone must not weaken the account.
pub async fn turn_off(desk: &Desk<'_>, signed_in: SignedIn, password: String) -> Result<OpenedSession, AccountError> {
    let user = signed_in.user.id;
    sign_in::confirm_password(desk, user, password).await?;
    desk.db
        .write(move |tx| {
            if !store::second_factors::clear(tx, user)? {
                return Err(AccountError::TwoFactorOff);
            }
            store::second_factors::set_recovery_codes(tx, user, &[])?;
            audit::record(tx, &signed_in, users::change("two_factor.turned_off", &signed_in.user, None, None))?;
            Ok(renewed_session(tx, &signed_in)?)
        })
        .await
}

/// Ends all sessions of the person and opens one in the place of this request's own, with the person as they are now.
pub(super) fn renewed_session(tx: &ground::db::Tx, signed_in: &SignedIn) -> Result<OpenedSession, ground::db::DbError> {
    sessions::end_all(tx, signed_in.user.id, None)?;
    let user = store::users::by_id(tx, signed_in.user.id)?.ok_or(ground::db::DbError::NoRow)?;
    sessions::open(tx, user, signed_in.kind(), signed_in.origin())
}

fn fresh_recovery_codes(user: UserId, randomness: &Randomness) -> (Vec<String>, Vec<String>) {
    let codes = two_factor::recovery_codes(randomness);
    let hashes = codes.iter().map(|code| two_factor::recovery_code_hash(user, code)).collect();
    (codes, hashes)
}
