//! What accounts look like in answers.

use ground::{
    clock::Timestamp,
    words::{EmailAddress, SessionId, UserId},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    memberships::Membership,
    sessions::{Session, SessionKind},
    users::User,
};

/// A person, as they see themself and as the operator sees them.
#[expect(clippy::struct_excessive_bools, reason = "four facts of a person, each asked for by its name")]
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    /// Their id.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// Where they read mail.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
    /// What people call them.
    pub name: String,
    /// Whether they operate the platform.
    pub is_superuser: bool,
    /// False while suspended.
    pub is_active: bool,
    /// Whether they proved that they read mail at the address.
    pub is_email_verified: bool,
    /// Whether sign-in asks for a second factor.
    pub has_two_factor: bool,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl UserView {
    /// The person's view.
    pub fn of(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            name: user.name.clone(),
            is_superuser: user.is_superuser,
            is_active: user.is_active,
            is_email_verified: user.email_verified_at.is_some(),
            has_two_factor: user.two_factor_since.is_some(),
            created_at: user.created_at,
        }
    }
}

/// A session handed to its client. A browser gets the cookie and `csrf_token`; a program gets the two tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionAnswer {
    /// Who is signed in.
    pub user: UserView,
    /// JWT for the header `Authorization: Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub access: Option<String>,
    /// Good once, for the next access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub refresh: Option<String>,
    /// Seconds until the access token expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub expires_in: Option<i64>,
    /// For the header `X-CSRF-Token` of every request that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub csrf_token: Option<String>,
}

impl SessionAnswer {
    pub(super) fn of(user: UserView) -> Self {
        Self { user, access: None, refresh: None, expires_in: None, csrf_token: None }
    }
}

/// Who is signed in, and where they may work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// The person.
    pub user: UserView,
    /// The organizations they may work in now.
    pub memberships: Vec<Membership>,
    /// For a browser: the header `X-CSRF-Token` of every request that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub csrf_token: Option<String>,
}

/// A session in the list of the person's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: SessionId,
    /// What holds it.
    pub kind: SessionKind,
    /// From where it was opened.
    pub ip_address: String,
    /// What the client said of itself.
    pub user_agent: String,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Whether this request came by it.
    pub is_current: bool,
}

impl SessionView {
    pub(super) fn of(session: Session, current: SessionId) -> Self {
        Self {
            is_current: session.id == current,
            id: session.id,
            kind: session.kind,
            ip_address: session.ip_address,
            user_agent: session.user_agent,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        }
    }
}
