//! Passwords changed and forgotten, addresses proved: what a person does alone, with a link out of a mail or with the
//! old password.

use ground::{
    db::DbError,
    words::{EmailAddress, Locale},
};
use machinery::jobs;

use super::{
    AccountError,
    desk::Desk,
    enrolment,
    guards::SignedIn,
    jobs::{MailResetLink, MailVerificationLink},
    limits, links,
    links::Purpose,
    passwords::NewPassword,
    sessions::OpenedSession,
    sign_in, store, users,
};
use crate::audit::{self, Platform};

/// Changes the password of who is signed in. Every session ends; the one returned takes this request's place.
pub async fn change_password(
    desk: &Desk<'_>,
    signed_in: SignedIn,
    current: String,
    new: String,
    language: Locale,
) -> Result<OpenedSession, AccountError> {
    sign_in::confirm_password(desk, signed_in.user.id, current).await?;
    let password = NewPassword::accept("/new", new, signed_in.user.known_words()).await?;
    let hash = password.hash(desk.hasher).await?;
    desk.db
        .write(move |tx| {
            users::set_password(tx, &signed_in, &signed_in.user, &hash, language)?;
            Ok(enrolment::renewed_session(tx, &signed_in)?)
        })
        .await
}

/// Asks for a link to choose another password. Whether there is such an account is found out by the job, long after
/// the answer, so that neither words nor time tell.
pub async fn request_reset(desk: &Desk<'_>, email: EmailAddress, language: Locale) -> Result<(), AccountError> {
    desk.limiter.admit(&limits::RESET_PER_ADDRESS, &limits::by_address(desk.origin.ip)).await?;
    desk.limiter.admit(&limits::RESET_PER_ACCOUNT, &email.folded()).await?;
    let job = MailResetLink { email, language };
    desk.db.write(move |tx| jobs::enqueue(tx, None, &job)).await.map(drop).map_err(|error: DbError| error.into())
}

/// Chooses another password with a mailed link. The link proves the address as well.
pub async fn reset_password(
    desk: &Desk<'_>,
    token: String,
    password: String,
    language: Locale,
) -> Result<(), AccountError> {
    let place = limits::by_address(desk.origin.ip);
    desk.limiter.admit(&limits::LINK_PER_ADDRESS, &place).await?;
    let asked = token.clone();
    let user = desk
        .db
        .read(move |conn| {
            let id = links::owner(conn, &asked, Purpose::ResetPassword)?;
            users::by_id(conn, id)?.filter(|user| user.is_active).ok_or(AccountError::LinkInvalid)
        })
        .await?;
    // The link is good: a password that is too weak is no attempt to guess one.
    desk.limiter.give_back(&limits::LINK_PER_ADDRESS, &place).await;
    let password = NewPassword::accept("/password", password, user.known_words()).await?;
    let hash = password.hash(desk.hasher).await?;
    let origin = desk.origin.clone();
    desk.db
        .write(move |tx| {
            links::use_up(tx, &token, Purpose::ResetPassword)?;
            store::users::verify_email(tx, user.id)?;
            let by = Platform::user(user.id, &user.name, origin);
            users::set_password(tx, &by, &user, &hash, language)
        })
        .await
}

/// Proves an address with a mailed link.
pub async fn verify_email(desk: &Desk<'_>, token: String) -> Result<(), AccountError> {
    let place = limits::by_address(desk.origin.ip);
    desk.limiter.admit(&limits::LINK_PER_ADDRESS, &place).await?;
    let origin = desk.origin.clone();
    desk.db
        .write(move |tx| {
            let id = links::use_up(tx, &token, Purpose::VerifyEmail)?;
            let user = users::by_id(tx, id)?.ok_or(AccountError::LinkInvalid)?;
            if store::users::verify_email(tx, id)? {
                let by = Platform::user(id, &user.name, origin);
                audit::record(tx, &by, users::change("user.email_verified", &user, None, None))?;
            }
            Ok::<_, AccountError>(())
        })
        .await?;
    desk.limiter.give_back(&limits::LINK_PER_ADDRESS, &place).await;
    Ok(())
}

/// Mails the link that proves the address once more.
pub async fn request_verification(desk: &Desk<'_>, signed_in: SignedIn, language: Locale) -> Result<(), AccountError> {
    if signed_in.user.email_verified_at.is_some() {
        return Err(AccountError::AlreadyVerified);
    }
    let user = signed_in.user.id;
    desk.limiter.admit(&limits::VERIFICATION_PER_ACCOUNT, &user.to_string()).await?;
    let job = MailVerificationLink { user, language };
    desk.db.write(move |tx| jobs::enqueue(tx, None, &job)).await.map(drop).map_err(|error: DbError| error.into())
}
