//! Which ids an archive's content gets: its own, or ones made of them where somebody else has them already.

use std::{collections::HashMap, str::FromStr};

use content::types::Validated;
use ground::{
    crypto::sha256_hex,
    words::{EntryId, MediaId, OrganizationId, ReleaseId, ScheduleId, SiteId, SubmissionId},
};
use serde_json::{Map, Value};

/// Ids as they are in the archive become those that they are here.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    /// The organization for which new ids are made; nothing where the archive's own are kept.
    pub made_for: Option<OrganizationId>,
    /// Files that the library has under another id already.
    pub media: HashMap<MediaId, MediaId>,
}

impl Ids {
    /// The archive's own.
    pub fn own() -> Self {
        Self { made_for: None, media: HashMap::new() }
    }

    /// New ones for this organization.
    pub fn made(organization: OrganizationId) -> Self {
        Self { made_for: Some(organization), media: HashMap::new() }
    }

    pub fn site(&self, id: SiteId) -> SiteId {
        self.one(id)
    }

    pub fn entry(&self, id: EntryId) -> EntryId {
        self.one(id)
    }

    pub fn media(&self, id: MediaId) -> MediaId {
        self.media.get(&id).copied().unwrap_or_else(|| self.one(id))
    }

    pub fn release(&self, id: ReleaseId) -> ReleaseId {
        self.one(id)
    }

    pub fn schedule(&self, id: ScheduleId) -> ScheduleId {
        self.one(id)
    }

    pub fn submission(&self, id: SubmissionId) -> SubmissionId {
        self.one(id)
    }

    /// A text of an earlier time with the ids in it as they are here: it names entries and files of the archive, and nobody
    /// knows any more where.
    pub fn renamed(&self, text: &mut Value, is_entry: &impl Fn(EntryId) -> bool, is_file: &impl Fn(MediaId) -> bool) {
        if self.made_for.is_none() && self.media.is_empty() {
            return;
        }
        match text {
            Value::String(id) => {
                if let Some(entry) = id.parse().ok().filter(|id| is_entry(*id)) {
                    *id = self.entry(entry).to_string();
                } else if let Some(file) = id.parse().ok().filter(|id| is_file(*id)) {
                    *id = self.media(file).to_string();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.renamed(item, is_entry, is_file)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.renamed(field, is_entry, is_file)),
            _ => {}
        }
    }

    fn one<I: ToString + FromStr + Copy>(&self, id: I) -> I {
        self.made_for.and_then(|organization| made(organization, &id.to_string()).parse().ok()).unwrap_or(id)
    }

    /// A document with its references as they are here, from where they stand in it.
    pub fn applied(&self, mut document: Map<String, Value>, found: &Validated) -> Map<String, Value> {
        if self.made_for.is_none() && self.media.is_empty() {
            return document;
        }
        let mut all = Value::Object(std::mem::take(&mut document));
        let entries = found.references.iter().map(|one| (&one.pointer, self.entry(one.entry).to_string()));
        let media = found.media.iter().map(|one| (&one.pointer, self.media(one.media).to_string()));
        for (pointer, id) in entries.chain(media) {
            if let Some(place) = all.pointer_mut(pointer) {
                *place = Value::String(id);
            }
        }
        match all {
            Value::Object(document) => document,
            _ => document,
        }
    }
}

/// The id that an organization gives to what has this id elsewhere: always the same one, made in the same millisecond, so
/// that what stands in the order of ids stays in it.
fn made(organization: OrganizationId, id: &str) -> String {
    let hash = sha256_hex(format!("{organization} {id}").as_bytes());
    let digit = hash.as_bytes().first().copied().unwrap_or_default();
    // RFC 9562 §5.7: 62 random bits behind the two of the variant.
    let variant = ["8", "9", "a", "b"][usize::from(digit % 4)];
    let kept = id.get(..19).unwrap_or(id);
    format!("{kept}{variant}{}-{}", hash.get(1..4).unwrap_or_default(), hash.get(4..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_id_is_one_of_the_same_moment_and_always_the_same() {
        let organization = |text: &str| -> OrganizationId { text.parse().unwrap() };
        let (lake, alp) = (
            organization("01890a5d-ac96-774b-bcce-b302099a8057"),
            organization("01890a5d-ac96-774b-bcce-b302099a8058"),
        );
        let id = "01901a5d-ac96-774b-bcce-b302099a8059";
        let entry: EntryId = id.parse().unwrap();
        let made = Ids::made(lake).entry(entry);
        assert_eq!(made, Ids::made(lake).entry(entry));
        assert_ne!(made, Ids::made(alp).entry(entry));
        assert!(made.to_string().starts_with("01901a5d-ac96-774b-") && made != entry, "{made}");
        assert!("89ab".contains(&made.to_string()[19..20]));
        assert_eq!(Ids::own().entry(entry), entry);
    }
}
