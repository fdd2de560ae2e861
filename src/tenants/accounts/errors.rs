//! Everything an account can be refused, each with a stable code and the next step.

use ground::{crypto::CryptoError, db::DbError, words::WordError};
use machinery::web::{Explain, FieldProblem, Problem, csrf::CsrfRefusal};

use super::limits::TooManyAttempts;

/// Why something about an account was refused.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// No such account, the wrong password, or a suspended account: never told apart.
    #[error("the e-mail address or the password is wrong")]
    InvalidCredentials,
    /// The password was right; the second factor is missing.
    #[error("the second factor is required")]
    TwoFactorRequired,
    /// The code is wrong, too old, or was used before.
    #[error("the code of the second factor is wrong")]
    TwoFactorCodeWrong,
    /// The authenticator's secret was sealed under another secret key of the installation.
    #[error("the authenticator's secret cannot be opened")]
    TwoFactorUnreadable,
    /// Neither a session's cookie nor an access token, or one that has ended.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The refresh token is unknown, has ended, or was used before.
    #[error("the refresh token is not valid")]
    RefreshTokenInvalid,
    /// A request with a session's cookie did not prove that it came from our own pages.
    #[error(transparent)]
    CrossSite(#[from] CsrfRefusal),
    /// The limit of a door is used up.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The password that confirms a change is wrong.
    #[error("the current password is wrong")]
    PasswordWrong,
    /// A field is not what it should be, e.g. a password that does not pass the rules.
    #[error("{pointer}: {problem}")]
    FieldRefused {
        /// JSON pointer to the field.
        pointer: &'static str,
        /// What would be right.
        problem: WordError,
    },
    /// Another account has this address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// A link out of a mail is unknown, has expired, or was used.
    #[error("the link is no longer valid")]
    LinkInvalid,
    /// The second factor is on already.
    #[error("two-factor sign-in is on already")]
    TwoFactorOn,
    /// There is no second factor to confirm or to turn off.
    #[error("two-factor sign-in is off")]
    TwoFactorOff,
    /// The address is verified already.
    #[error("the e-mail address is verified already")]
    AlreadyVerified,
    /// No such session, user: or not one of yours.
    #[error("not found")]
    NotFound,
    /// An operator tried to suspend themself.
    #[error("an operator cannot suspend their own account")]
    SuspendsItself,
    /// The hashing gate is full, or failed.
    #[error(transparent)]
    Hashing(#[from] CryptoError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// How long a client waits when all places for hashing are taken. Seconds: sixteen wait, two at once, 0.2 s each.
const HASHING_RETRY_SECONDS: u64 = 3;

impl Explain for AccountError {
    #[expect(clippy::too_many_lines, reason = "a list: one arm for each error")]
    fn explain(&self) -> Problem {
        match self {
            Self::InvalidCredentials => Problem::new(
                401,
                "invalid_credentials",
                "Sign-in refused",
                "The e-mail address or the password is wrong. Check both, or ask for a link to set a new password.",
            ),
            Self::TwoFactorRequired => Problem::new(
                401,
                "two_factor_required",
                "A code is needed",
                "Send the six digits that your authenticator app shows, or a recovery code, as `code`.",
            ),
            Self::TwoFactorCodeWrong => Problem::new(
                401,
                "two_factor_code_wrong",
                "The code was refused",
                "The code is wrong or was used before. Wait for the next one your app shows, or use a recovery code.",
            ),
            Self::TwoFactorUnreadable => Problem::new(
                401,
                "two_factor_unreadable",
                "The app's codes cannot be checked",
                "This installation's secret key was replaced, and with it the app's. Sign in with a recovery code, then turn \
                 two-factor sign-in off and on again. Without a recovery code, ask the operator to put the old key back.",
            ),
            Self::NotSignedIn => Problem::unauthorized("Sign in first: the session has ended, or there was none."),
            Self::RefreshTokenInvalid => Problem::new(
                401,
                "refresh_token_invalid",
                "The session has ended",
                "The refresh token is unknown, expired or was used before. Sign in again.",
            ),
            Self::CrossSite(refusal) => {
                Problem::new(403, "csrf_failed", "The request was not accepted", refusal.to_string())
            }
            Self::TooManyAttempts(limit) => limit.explain(),
            Self::PasswordWrong => {
                Problem::new(403, "password_wrong", "The password is wrong", "Type your current password again.")
            }
            Self::FieldRefused { pointer, problem } => Problem::invalid(vec![FieldProblem {
                pointer: (*pointer).to_owned(),
                code: problem.code.into(),
                detail: problem.message.clone(),
            }]),
            Self::EmailTaken => Problem::new(
                409,
                "email_taken",
                "The address is taken",
                "There is an account with this e-mail address already. Sign in with it, or use another address.",
            ),
            Self::LinkInvalid => Problem::new(
                400,
                "link_invalid",
                "The link is no longer valid",
                "The link has expired, was used, or is incomplete. Ask for a new one.",
            ),
            Self::TwoFactorOn => Problem::new(
                409,
                "two_factor_on",
                "Two-factor sign-in is on",
                "Turn two-factor sign-in off before setting up another app.",
            ),
            Self::TwoFactorOff => Problem::new(
                409,
                "two_factor_off",
                "Two-factor sign-in is off",
                "Start two-factor sign-in first: there is no app to confirm or to turn off.",
            ),
            Self::AlreadyVerified => Problem::new(
                409,
                "email_verified",
                "The address is verified",
                "Your e-mail address is verified; no link is needed.",
            ),
            Self::NotFound => Problem::not_found(),
            Self::SuspendsItself => Problem::new(
                409,
                "suspends_itself",
                "Your own account",
                "You cannot suspend your own account. Ask another operator to do it.",
            ),
            Self::Hashing(CryptoError::Busy) => Problem::new(
                503,
                "busy",
                "Many people are signing in",
                "Passwords are checked a few at a time. Try again in a moment.",
            )
            .with_retry_after(HASHING_RETRY_SECONDS),
            Self::Hashing(error) => Problem::internal(error),
            Self::Db(error) => error.explain(),
        }
    }
}

impl Explain for TooManyAttempts {
    fn explain(&self) -> Problem {
        Problem::new(
            429,
            "too_many_attempts",
            "Too many attempts",
            format!("Too many attempts were made. The next one is accepted in {}.", in_words(self.retry_after)),
        )
        .with_retry_after(self.retry_after)
    }
}

fn in_words(seconds: u64) -> String {
    match seconds {
        0..=1 => "1 second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}
