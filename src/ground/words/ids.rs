//! Ids: `UUIDv7` behind one type per thing, so that a site's id never stands where an entry's should.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::WordError;

/// An id that the database layer can make.
pub trait TypedId: Sized {
    /// Wraps a fresh UUID.
    fn from_uuid(uuid: Uuid) -> Self;
}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl TypedId for $name {
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<Self, WordError> {
                // Only the hyphenated form: one spelling per id, in addresses as in the database.
                if text.len() != uuid::fmt::Hyphenated::LENGTH {
                    return Err(WordError::new("id_invalid", "An id has the form 01890a5d-ac96-774b-bcce-b302099a8057."));
                }
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| WordError::new("id_invalid", "An id has the form 01890a5d-ac96-774b-bcce-b302099a8057."))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

typed_id! {
    /// A hotel group, the tenant.
    OrganizationId,
    /// A person with an account.
    UserId,
    /// A user's place in one organization.
    MemberId,
    /// A website.
    SiteId,
    /// One piece of content.
    EntryId,
    /// A file of the media library.
    MediaId,
    /// A key of the public API.
    ApiKeyId,
    /// A signed-in browser or API client.
    SessionId,
    /// A pending membership.
    InvitationId,
    /// Work to be done.
    JobId,
    /// A request that somebody looks at an entry before it goes live.
    ReviewId,
    /// A publication, or its end, at a time.
    ScheduleId,
    /// Entries that go live together.
    ReleaseId,
    /// An archive of content that somebody has asked for.
    ExportId,
    /// Content that somebody brings.
    ImportId,
    /// A link that shows drafts.
    PreviewLinkId,
    /// A line of the audit log.
    AuditId,
    /// What a guest has sent by a form.
    SubmissionId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let text = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(text.parse::<SiteId>().unwrap().to_string(), text);
        for wrong in [
            "",
            "1",
            "01890a5dac96774bbcceb302099a8057",
            "{01890a5d-ac96-774b-bcce-b302099a8057}",
            "zz890a5d-ac96-774b-bcce-b302099a8057",
        ] {
            assert!(wrong.parse::<SiteId>().is_err(), "{wrong}");
        }
    }
}
