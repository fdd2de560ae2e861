//! The four roles of a member.

use std::{fmt, str::FromStr};

use ground::{
    db::{DbError, FromValue, ToValue, Value},
    words::WordError,
};

/// What a member is in an organization. What a role may do stands in the tables of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, billing and the organization itself included.
    Owner,
    /// Content, sites, team, API keys, webhooks and the audit log.
    Admin,
    /// Content only.
    Editor,
    /// Reads only.
    Viewer,
}

impl Role {
    /// All roles, the most powerful first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Editor, Self::Viewer];

    /// The role's name in tables, answers and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| WordError {
            code: "role_invalid",
            message: "A role is one of owner, admin, editor and viewer.".to_owned(),
        })
    }
}

impl ToValue for Role {
    fn to_value(&self) -> Value {
        self.as_str().to_value()
    }
}

impl FromValue for Role {
    fn from_value(value: Value) -> Result<Self, DbError> {
        String::from_value(value)?.parse().map_err(|error: WordError| DbError::Decode(error.message))
    }
}
