//! People: who they are, how they come to be, how the operator stops and restores them.

use std::str::FromStr;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, OnConflict, Tx},
    words::{EmailAddress, Locale, UserId, WordError},
};
use serde_json::json;

use super::{
    AccountError,
    links::{self, Purpose},
    mails,
    memberships::Membership,
    passwords::PasswordHash,
    sessions, store,
};
use crate::audit::{self, Audited, Change};

/// Longest name of a person, in characters: longer ones break every list.
const NAME_LENGTH: usize = 120;

/// A person with an account.
#[derive(Clone, Debug)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their address, as they write it.
    pub email: EmailAddress,
    /// What people call them.
    pub name: String,
    /// Whether they operate the platform.
    pub is_superuser: bool,
    /// False while suspended: such a person cannot sign in and has no session.
    pub is_active: bool,
    /// When they proved that they read mail at the address.
    pub email_verified_at: Option<Timestamp>,
    /// When the second factor was turned on.
    pub two_factor_since: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// What proves a person. Never leaves this capability.
pub struct Credentials {
    /// The person.
    pub user: User,
    /// PHC text; nothing for an account that cannot sign in by password.
    pub password_hash: Option<String>,
    /// The authenticator's secret, sealed.
    pub sealed_totp_secret: Option<Vec<u8>>,
    /// The step whose code was used last.
    pub totp_last_step: Option<i64>,
}

/// A person's name as it is shown: one line, not empty.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct PersonName(String);

/// An account to be made.
pub struct NewUser {
    /// Where the person reads mail.
    pub email: EmailAddress,
    /// What people call them.
    pub name: PersonName,
    /// Hash of a password that passed the rules.
    pub password: PasswordHash,
    /// Whether they operate the platform.
    pub is_superuser: bool,
    /// True where the person came by a link that was mailed to the address.
    pub is_email_verified: bool,
}

/// Makes an account. There is no sign-up: setup, an accepted invitation and the command line call this.
pub fn create_user(tx: &Tx, by: &impl Audited, new: NewUser) -> Result<User, AccountError> {
    let user = User {
        id: tx.new_id(),
        email: new.email,
        name: new.name.0,
        is_superuser: new.is_superuser,
        is_active: true,
        email_verified_at: new.is_email_verified.then(|| tx.now()),
        two_factor_since: None,
        created_at: tx.now(),
    };
    store::users::insert(tx, &user, &new.password).on_conflict("users_email_folded_key", AccountError::EmailTaken)?;
    audit::record(tx, by, change("user.created", &user, None, Some(described(&user))))?;
    Ok(user)
}

/// Makes the person with this address an operator of the platform: a new account, or the one that is there, with this
/// password and active again. All sessions of an account that was there end.
pub fn make_superuser(
    tx: &Tx,
    by: &impl Audited,
    email: EmailAddress,
    name: PersonName,
    password: PasswordHash,
) -> Result<User, AccountError> {
    let Some(before) = store::users::by_email(tx, &email)? else {
        // Whoever has the command line is believed about the address too.
        return create_user(tx, by, NewUser { email, name, password, is_superuser: true, is_email_verified: true });
    };
    store::users::make_superuser(tx, before.id)?;
    store::users::set_password(tx, before.id, &password)?;
    sessions::end_all(tx, before.id, None)?;
    let after = User { is_superuser: true, is_active: true, ..before.clone() };
    audit::record(tx, by, change("user.made_superuser", &after, Some(described(&before)), Some(described(&after))))?;
    Ok(after)
}

/// Suspends a person: every session ends with this transaction. An operator cannot suspend themself, so that one is
/// always left.
pub fn suspend(tx: &Tx, by: &impl Audited, operator: UserId, id: UserId) -> Result<User, AccountError> {
    if operator == id {
        return Err(AccountError::SuspendsItself);
    }
    let before = store::users::by_id(tx, id)?.ok_or(AccountError::NotFound)?;
    let after = User { is_active: false, ..before.clone() };
    if store::users::set_active(tx, id, false)? {
        sessions::end_all(tx, id, None)?;
        audit::record(tx, by, change("user.suspended", &after, Some(described(&before)), Some(described(&after))))?;
    }
    Ok(after)
}

/// Lets a suspended person sign in again.
pub fn resume(tx: &Tx, by: &impl Audited, id: UserId) -> Result<User, AccountError> {
    let before = store::users::by_id(tx, id)?.ok_or(AccountError::NotFound)?;
    let after = User { is_active: true, ..before.clone() };
    if store::users::set_active(tx, id, true)? {
        audit::record(tx, by, change("user.resumed", &after, Some(described(&before)), Some(described(&after))))?;
    }
    Ok(after)
}

/// Gives a person another password. All their sessions end, links mailed for it are void, and they are told by mail.
pub fn set_password(
    tx: &Tx,
    by: &impl Audited,
    user: &User,
    password: &PasswordHash,
    language: Locale,
) -> Result<(), AccountError> {
    store::users::set_password(tx, user.id, password)?;
    links::void(tx, user.id, Purpose::ResetPassword)?;
    sessions::end_all(tx, user.id, None)?;
    mails::tell_password_changed(tx, user, language)?;
    audit::record(tx, by, change("user.password_changed", user, None, None))?;
    Ok(())
}

/// The user with this id.
pub fn by_id(conn: &Conn, id: UserId) -> Result<Option<User>, DbError> {
    store::users::by_id(conn, id)
}

/// The user with this address, however it is spelled.
pub fn by_email(conn: &Conn, email: &EmailAddress) -> Result<Option<User>, DbError> {
    store::users::by_email(conn, email)
}

/// Where the user may work now.
pub fn memberships(conn: &Conn, id: UserId) -> Result<Vec<Membership>, DbError> {
    store::users::memberships(conn, id)
}

/// Whether someone active may set things up: an operator, or an owner of any organization.
pub fn owner_exists(conn: &Conn) -> Result<bool, DbError> {
    store::users::owner_exists(conn)
}

/// One page of all users, oldest first, with how many there are; `search` finds part of an address. May scan.
pub fn list(conn: &Conn, search: Option<&str>, limit: i64, offset: i64) -> Result<(u64, Vec<User>), DbError> {
    let pattern = search.map(|text| format!("%{}%", text.to_lowercase()));
    let count = store::users::count(conn, pattern.as_deref())?;
    Ok((count, store::users::list(conn, pattern.as_deref(), limit, offset)?))
}

/// A change of a user, for the audit log.
pub(super) fn change(
    action: &'static str,
    user: &User,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
) -> Change {
    Change { action, subject_type: "user", subject_id: user.id.to_string(), before, after }
}

fn described(user: &User) -> serde_json::Value {
    json!({
        "email": user.email,
        "name": user.name,
        "is_superuser": user.is_superuser,
        "is_active": user.is_active,
    })
}

impl User {
    /// What others know of the person: none of it makes a good password.
    pub fn known_words(&self) -> Vec<String> {
        vec![self.email.as_str().to_owned(), self.name.clone()]
    }
}

impl PersonName {
    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PersonName {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > NAME_LENGTH || name.chars().any(char::is_control) {
            let message = format!("A person's name has 1 to {NAME_LENGTH} characters on one line.");
            return Err(WordError { code: "name_invalid", message });
        }
        Ok(Self(name))
    }
}

impl TryFrom<String> for PersonName {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!("  Anna \n Meier ".parse::<PersonName>().unwrap().as_str(), "Anna Meier");
        for wrong in ["", " \t ", "A\u{0}B", &"x".repeat(NAME_LENGTH + 1)] {
            assert!(wrong.parse::<PersonName>().is_err(), "{wrong:?}");
        }
    }
}
