//! Parsed values that all floors speak. Each is made by parsing and is trusted from then on.

mod ids;
mod money;
mod names;
mod text;

pub use ids::{
    ApiKeyId, AuditId, EntryId, ExportId, ImportId, InvitationId, JobId, MediaId, MemberId, OrganizationId,
    PreviewLinkId, ReleaseId, ReviewId, ScheduleId, SessionId, SiteId, SubmissionId, TypedId, UserId,
};
pub use money::{CurrencyCode, Money};
pub use names::{DomainName, EmailAddress, Locale, Slug, TimeZoneName};
pub use text::SafeUrl;

/// Why a text is not the word it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct WordError {
    /// Stable code, e.g. `slug_invalid`.
    pub code: &'static str,
    /// A whole sentence that says what would be right.
    pub message: String,
}

impl WordError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// What every text word has in common: shown, parsed, stored and serialized as its text.
macro_rules! text_word {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}
pub(crate) use text_word;
