//! Links out of mails: a random token whose hash is stored, good once and for a while. They lead to the configured
//! address, never to what a request called our host, and carry the token behind `#`, which no log and no referrer sees.

use std::time::Duration;

use ground::{
    crypto,
    db::{Conn, DbError, ToValue, Tx, Value},
    words::UserId,
};

use super::{AccountError, store};

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Proves that the person reads mail at the address.
    VerifyEmail,
    /// Lets the person choose another password.
    ResetPassword,
}

impl Purpose {
    /// How long the link is good.
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::from_secs(7 * 24 * 60 * 60),
            Self::ResetPassword => Duration::from_secs(60 * 60),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::VerifyEmail => "/dashboard/verify",
            Self::ResetPassword => "/dashboard/reset",
        }
    }
}

/// Where the dashboard is, by the settings: `FRONTEND_URL`, else the public address.
#[derive(Clone, Debug)]
pub struct Links {
    base: String,
}

impl Links {
    /// Links under this address.
    pub fn under(base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned() }
    }

    /// The address at which an invitation is accepted.
    pub fn invitation(&self, token: &str) -> String {
        format!("{}/dashboard/invitation#token={token}", self.base)
    }

    /// The address of a page of the dashboard; `path` begins with a slash.
    pub fn dashboard(&self, path: &str) -> String {
        format!("{}/dashboard{path}", self.base)
    }

    /// The address to mail for a token.
    pub fn with_token(&self, purpose: Purpose, token: &str) -> String {
        format!("{}{}#token={token}", self.base, purpose.path())
    }
}

/// Makes a link's token; the one mailed before for the same purpose is void.
pub fn issue(tx: &Tx, user: UserId, purpose: Purpose) -> Result<String, DbError> {
    let token = crypto::token(tx.randomness());
    store::links::void(tx, user, purpose)?;
    store::links::insert(tx, user, purpose, &hash(&token), tx.now() + purpose.lifetime())?;
    Ok(token)
}

/// Whose link this is, without using it up.
pub fn owner(conn: &Conn, token: &str, purpose: Purpose) -> Result<UserId, AccountError> {
    store::links::owner(conn, &hash(token), purpose)?.ok_or(AccountError::LinkInvalid)
}

/// Uses the link up.
pub fn use_up(tx: &Tx, token: &str, purpose: Purpose) -> Result<UserId, AccountError> {
    store::links::use_up(tx, &hash(token), purpose)?.ok_or(AccountError::LinkInvalid)
}

/// Voids what was mailed for this purpose.
pub fn void(tx: &Tx, user: UserId, purpose: Purpose) -> Result<(), DbError> {
    store::links::void(tx, user, purpose)
}

fn hash(token: &str) -> String {
    crypto::sha256_hex(token.as_bytes())
}

impl ToValue for Purpose {
    fn to_value(&self) -> Value {
        self.as_str().to_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_where_no_server_sees_it() {
        let links = Links::under("https://cms.example/");
        assert_eq!(links.with_token(Purpose::ResetPassword, "abc"), "https://cms.example/dashboard/reset#token=abc");
        assert_eq!(links.with_token(Purpose::VerifyEmail, "abc"), "https://cms.example/dashboard/verify#token=abc");
    }
}
