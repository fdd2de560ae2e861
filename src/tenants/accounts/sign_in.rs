//! Signing in: limits first, then the password, then the second factor, then a new session. Whoever has no account
//! waits as long and hears the same as whoever mistyped.

use ground::{
    crypto,
    db::{Db, Tx},
    words::{EmailAddress, SessionId, UserId},
};
use machinery::web::Origin;
use serde_json::json;

use super::{
    AccountError,
    desk::Desk,
    guards::SignedIn,
    limits::{self, Policy, TooManyAttempts},
    passwords::PasswordHash,
    sessions::{self, OpenedSession, Refreshed, SessionKind},
    store,
    two_factor::{self, AuthenticatorSecret, SecondFactor},
    users::{self, Credentials, User},
};
use crate::audit::{self, Change, Platform};

/// What someone brings to sign in.
pub struct SignIn {
    /// The account's address.
    pub email: EmailAddress,
    /// Its password.
    pub password: String,
    /// The second factor, where the account has one.
    pub code: Option<String>,
    /// What is to hold the session.
    pub kind: SessionKind,
}

/// Opens a session for whoever proves to be the account's person.
pub async fn sign_in(desk: &Desk<'_>, attempt: SignIn) -> Result<OpenedSession, AccountError> {
    let doors = Doors::of(desk, &attempt.email);
    doors.admit(desk).await?;
    let credentials = prove_by_email(desk, attempt.email, &attempt.password).await?;
    doors.give_back(desk).await;
    let factor = second_factor(desk, &credentials, attempt.code.as_deref()).await?;
    let renewed = renewed_hash(desk, &credentials, attempt.password).await;
    let (kind, origin) = (attempt.kind, desk.origin.clone());
    desk.db
        .write(move |tx| {
            still_holds(tx, &credentials)?;
            factor.use_up(tx, credentials.user.id)?;
            if let (Some(old), Some(new)) = (&credentials.password_hash, &renewed) {
                store::users::renew_hash(tx, credentials.user.id, old, new)?;
            }
            let by = Platform::user(credentials.user.id, &credentials.user.name, origin.clone());
            audit::record(tx, &by, users::change("user.signed_in", &credentials.user, None, None))?;
            Ok(sessions::open(tx, credentials.user, kind, &origin)?)
        })
        .await
}

/// Proves an account by address and password; the limits are the caller's. Where there is no such account a hash is
/// checked all the same.
async fn prove_by_email(desk: &Desk<'_>, email: EmailAddress, password: &str) -> Result<Credentials, AccountError> {
    let found = desk.db.read(move |conn| store::users::credentials_by_email(conn, &email)).await?;
    let hash = found.as_ref().and_then(|credentials| credentials.password_hash.as_deref());
    let is_known = hash.is_some();
    let hash = hash.unwrap_or(crypto::dummy_hash()).to_owned();
    let is_right = desk.hasher.verify(password.to_owned(), hash).await?;
    match found {
        Some(credentials) if is_known && is_right && credentials.user.is_active => Ok(credentials),
        _ => Err(AccountError::InvalidCredentials),
    }
}

/// Someone signed in proves once more that they know the password: before changing it, before turning the second
/// factor off.
pub async fn confirm_password(desk: &Desk<'_>, user: UserId, password: String) -> Result<(), AccountError> {
    let subject = user.to_string();
    desk.limiter.admit(&limits::PASSWORD_CONFIRMATION, &subject).await?;
    let credentials = desk.db.read(move |conn| store::users::credentials(conn, user)).await?;
    let hash = credentials.password_hash.ok_or(AccountError::PasswordWrong)?;
    if !desk.hasher.verify(password, hash).await? {
        return Err(AccountError::PasswordWrong);
    }
    desk.limiter.forget(&limits::PASSWORD_CONFIRMATION, &subject).await;
    Ok(())
}

/// The second factor as far as it was checked outside the transaction.
enum Factor {
    NotAsked,
    Step(i64),
    Recovery(String),
}

/// Asks for the second factor where the account has one, and checks it. The tries are counted per person, so that a
/// stolen password leads no further from many places either.
async fn second_factor(desk: &Desk<'_>, credentials: &Credentials, code: Option<&str>) -> Result<Factor, AccountError> {
    if credentials.user.two_factor_since.is_none() {
        return Ok(Factor::NotAsked);
    }
    let code = code.filter(|code| !code.trim().is_empty()).ok_or(AccountError::TwoFactorRequired)?;
    let user = credentials.user.id;
    let subject = user.to_string();
    desk.limiter.admit(&limits::SECOND_FACTOR, &subject).await?;
    let factor = match SecondFactor::parse(code) {
        Some(SecondFactor::Authenticator(digits)) => {
            let secret = open_secret(desk, credentials)?;
            let step = secret.matching_step(&digits, desk.db.clock().now(), credentials.totp_last_step);
            step.map(Factor::Step)
        }
        Some(SecondFactor::Recovery(code)) => {
            let hash = two_factor::recovery_code_hash(user, &code);
            let asked = hash.clone();
            let is_good =
                desk.db.read(move |conn| store::second_factors::has_recovery_code(conn, user, &asked)).await?;
            is_good.then_some(Factor::Recovery(hash))
        }
        None => None,
    };
    let factor = factor.ok_or(AccountError::TwoFactorCodeWrong)?;
    desk.limiter.forget(&limits::SECOND_FACTOR, &subject).await;
    Ok(factor)
}

/// The authenticator's secret of an account that has one.
pub(super) fn open_secret(desk: &Desk<'_>, credentials: &Credentials) -> Result<AuthenticatorSecret, AccountError> {
    let sealed = credentials.sealed_totp_secret.as_deref().ok_or(AccountError::TwoFactorOff)?;
    let opened = desk.sealer.open(sealed, &two_factor::seal_context(credentials.user.id));
    let secret = opened.map_err(|error| {
        // The operator has to know: nobody's app works any more.
        tracing::warn!(%error, user.id = %credentials.user.id, "the secret of an authenticator app cannot be opened");
        AccountError::TwoFactorUnreadable
    })?;
    Ok(AuthenticatorSecret::from_bytes(secret))
}

impl Factor {
    /// Uses it up; another request with the same code may have been first.
    fn use_up(&self, tx: &Tx, user: UserId) -> Result<(), AccountError> {
        let is_first = match self {
            Self::NotAsked => true,
            Self::Step(step) => store::second_factors::use_step(tx, user, *step)?,
            Self::Recovery(hash) => store::second_factors::use_recovery_code(tx, user, hash)?,
        };
        if is_first { Ok(()) } else { Err(AccountError::TwoFactorCodeWrong) }
    }
}

/// Checking a hash takes a while, in which the account may have been suspended or given another password: the old one
/// must not open a session behind the change that ended all sessions.
fn still_holds(tx: &Tx, proved: &Credentials) -> Result<(), AccountError> {
    let now = store::users::credentials(tx, proved.user.id)?;
    let is_same = now.password_hash == proved.password_hash
        && now.user.is_active
        && now.user.two_factor_since == proved.user.two_factor_since;
    if is_same { Ok(()) } else { Err(AccountError::InvalidCredentials) }
}

/// The same password with today's cost, where the stored hash is of an older one. Signing in does not fail for it.
async fn renewed_hash(desk: &Desk<'_>, credentials: &Credentials, password: String) -> Option<PasswordHash> {
    let old = credentials.password_hash.as_deref()?;
    if !crypto::needs_rehash(old) {
        return None;
    }
    match desk.hasher.hash(password).await {
        Ok(phc) => Some(PasswordHash::renewed(phc)),
        Err(error) => {
            tracing::warn!(%error, "a password keeps its older hash until the next sign-in");
            None
        }
    }
}

/// The limits that one attempt to sign in passes, each with its subject.
struct Doors([(&'static Policy, String); 3]);

impl Doors {
    fn of(desk: &Desk<'_>, email: &EmailAddress) -> Self {
        let address = desk.origin.ip;
        Self([
            (&limits::LOGIN_PER_ADDRESS, limits::by_address(address)),
            (&limits::LOGIN_PER_ACCOUNT_AND_ADDRESS, limits::by_account_and_address(email, address)),
            (&limits::LOGIN_PER_ACCOUNT, email.folded()),
        ])
    }

    async fn admit(&self, desk: &Desk<'_>) -> Result<(), TooManyAttempts> {
        for (policy, subject) in &self.0 {
            desk.limiter.admit(policy, subject).await?;
        }
        Ok(())
    }

    /// The password was right: this attempt does not count. What others failed from the same address still does.
    async fn give_back(&self, desk: &Desk<'_>) {
        for (policy, subject) in &self.0 {
            desk.limiter.give_back(policy, subject).await;
        }
    }
}

/// Exchanges a refresh token for the next one. A token that was used before ends its session: one of the two who hold
/// it is a thief.
pub async fn refresh(desk: &Desk<'_>, token: String) -> Result<OpenedSession, AccountError> {
    let place = limits::by_address(desk.origin.ip);
    desk.limiter.admit(&limits::REFRESH_PER_ADDRESS, &place).await?;
    let refreshed = desk
        .db
        .write(move |tx| {
            let refreshed = sessions::refresh(tx, &token)?;
            if let Refreshed::Reused(session, user) = &refreshed {
                let by = Platform::program("sessions");
                audit::record(tx, &by, session_change("session.ended_by_reuse", *session, *user))?;
            }
            Ok::<_, AccountError>(refreshed)
        })
        .await?;
    match refreshed {
        Refreshed::Rotated(opened) => {
            desk.limiter.give_back(&limits::REFRESH_PER_ADDRESS, &place).await;
            Ok(*opened)
        }
        Refreshed::Reused(session, user) => {
            tracing::warn!(session.id = %session, user.id = %user, "a refresh token was used twice; its session has ended");
            Err(AccountError::RefreshTokenInvalid)
        }
        Refreshed::Unknown => Err(AccountError::RefreshTokenInvalid),
    }
}

/// Ends one of the person's own sessions.
pub async fn end_session(db: &Db, signed_in: SignedIn, id: SessionId) -> Result<(), AccountError> {
    db.write(move |tx| {
        if !sessions::end(tx, signed_in.user.id, id)? {
            return Err(AccountError::NotFound);
        }
        audit::record(tx, &signed_in, session_change("session.ended", id, signed_in.user.id))?;
        Ok(())
    })
    .await
}

/// Ends all of the person's sessions but the one that asks; answers how many.
pub async fn end_other_sessions(db: &Db, signed_in: SignedIn) -> Result<u64, AccountError> {
    db.write(move |tx| {
        let ended = sessions::end_all(tx, signed_in.user.id, Some(signed_in.session))?;
        if ended > 0 {
            let after = Some(json!({ "ended": ended }));
            audit::record(tx, &signed_in, users::change("user.other_sessions_ended", &signed_in.user, None, after))?;
        }
        Ok(ended)
    })
    .await
}

fn session_change(action: &'static str, session: SessionId, user: UserId) -> Change {
    let before = Some(json!({ "user_id": user }));
    Change { action, subject_type: "session", subject_id: session.to_string(), before, after: None }
}

/// Opens a session for one who was proved in another way: by the first-run code, or by an invitation's link.
pub fn open_session(tx: &Tx, user: User, kind: SessionKind, origin: &Origin) -> Result<OpenedSession, AccountError> {
    let by = Platform::user(user.id, &user.name, origin.clone());
    audit::record(tx, &by, users::change("user.signed_in", &user, None, None))?;
    Ok(sessions::open(tx, user, kind, origin)?)
}
