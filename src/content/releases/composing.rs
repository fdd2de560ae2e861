//! Putting a release together: its name, its items.

use ground::{
    clock::Timestamp,
    db::Tx,
    words::{EntryId, Locale, ReleaseId, SiteId},
};
use serde::Deserialize;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{
    LONGEST_NAME, LONGEST_NOTE, MOST_ITEMS, MOST_RELEASES, Release, ReleaseAction, ReleaseError, ReleaseItem,
    ReleaseState, find, store, tell,
};
use crate::{
    entries::{
        self, Action, EntryError, check_locales, hold_revision, let_go, reviews, revision_to_show,
        schedules::ScheduledAction,
    },
    sites,
};

/// A release to be made, or its other name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelease {
    /// What people call it.
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub note: String,
}

/// What is to happen to an entry with the release.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseItemWish)]
pub struct ItemWish {
    /// The entry's site.
    #[schema(value_type = String, format = "uuid")]
    pub site_id: SiteId,
    /// What happens.
    pub action: ScheduledAction,
    /// The revision that goes live: exactly this one, whatever is written until then. Left out, the newest one now. Not
    /// for an end.
    pub revision: Option<u32>,
    /// In which languages; left out, in every one that is complete then, or for all where it ends.
    #[schema(value_type = Option<Vec<String>>)]
    pub locales: Option<Vec<Locale>>,
}

/// Makes an empty release.
pub fn create(tx: &Tx, scope: &Scope, new: &NewRelease) -> Result<Release, ReleaseError> {
    let (name, note) = checked(new)?;
    let release = Release::empty(tx.new_id(), name, note, scope.actor().name().to_owned(), tx.now());
    add(tx, scope, &release)?;
    Ok(release)
}

/// Adds a release, if there may be one more.
pub(super) fn add(tx: &Tx, scope: &Scope, release: &Release) -> Result<(), ReleaseError> {
    if store::count(tx, scope)? >= MOST_RELEASES {
        return Err(ReleaseError::TooMany);
    }
    store::insert(tx, scope, release)?;
    Ok(tell(tx, scope, "release.created", release)?)
}

impl Release {
    /// One to which nothing belongs yet.
    pub(super) fn empty(id: ReleaseId, name: String, note: String, author: String, at: Timestamp) -> Self {
        Self {
            id,
            name,
            note,
            state: ReleaseState::Open,
            actions: ReleaseState::Open.actions(),
            local_time: None,
            time_zone: None,
            fires_at: None,
            problems: Vec::new(),
            created_by_name: author,
            created_at: at,
            updated_at: at,
            went_live_at: None,
            went_live_by: None,
            rolled_back_at: None,
            rolled_back_by: None,
            items: Vec::new(),
        }
    }
}

/// Gives it another name and note.
pub fn rename(tx: &Tx, scope: &Scope, id: ReleaseId, wish: &NewRelease) -> Result<Release, ReleaseError> {
    let mut release = find(tx, scope, id)?;
    release.after(ReleaseAction::Change)?;
    (release.name, release.note) = checked(wish)?;
    save(tx, scope, release, "release.changed")
}

/// Forgets a release; what visitors see stays as it is.
pub fn delete(tx: &Tx, scope: &Scope, id: ReleaseId) -> Result<(), ReleaseError> {
    let release = find(tx, scope, id)?;
    release.after(ReleaseAction::Delete)?;
    let_go(tx, scope, &id.to_string(), None)?;
    store::delete(tx, scope, id)?;
    Ok(tell(tx, scope, "release.deleted", &release)?)
}

/// Adds an entry, or says otherwise what happens to one that belongs to it. What publishing would refuse for want of a
/// review is refused now; what is missing in the entry is told when it goes live.
pub fn put_item(
    tx: &Tx,
    scope: &Scope,
    id: ReleaseId,
    entry: EntryId,
    wish: ItemWish,
) -> Result<Release, ReleaseError> {
    let mut release = find(tx, scope, id)?;
    release.after(ReleaseAction::Change)?;
    let found = entries::find(tx, scope, wish.site_id, entry)?;
    found.check(Action::Schedule)?;
    if let Some(locales) = &wish.locales {
        check_locales(&sites::languages(tx, scope, wish.site_id)?, locales)?;
    }
    let revision = match wish.action {
        ScheduledAction::Publish => {
            let number = wish.revision.unwrap_or(found.revision);
            revision_to_show(tx, scope, &found, number)?;
            reviews::check(tx, scope, &found, number)?;
            hold_revision(tx, scope, &id.to_string(), entry, number)?;
            Some(number)
        }
        ScheduledAction::Unpublish if wish.revision.is_some() => {
            return Err(EntryError::Request(machinery::web::FieldProblem {
                pointer: "/revision".to_owned(),
                code: "not_allowed".into(),
                detail: "An end has no revision: leave it out.".to_owned(),
            })
            .into());
        }
        ScheduledAction::Unpublish => {
            let_go(tx, scope, &id.to_string(), Some(entry))?;
            None
        }
    };
    let known = release.items.iter().position(|item| item.entry_id == entry);
    if known.is_none() && release.items.len() as u64 >= MOST_ITEMS {
        return Err(ReleaseError::TooMany);
    }
    let item = ReleaseItem {
        entry_id: entry,
        site_id: wish.site_id,
        content_type: found.content_type,
        title: found.title,
        action: wish.action,
        revision,
        newest_revision: found.revision,
        locales: wish.locales,
        shown_before: None,
        shown_after: None,
    };
    let last = store::last_position(tx, scope, id)?;
    store::put_item(tx, scope, id, &item, last + 1)?;
    match known {
        Some(place) => release.items[place] = item,
        None => release.items.push(item),
    }
    save(tx, scope, release, "release.changed")
}

/// Takes an entry out of the release.
pub fn remove_item(tx: &Tx, scope: &Scope, id: ReleaseId, entry: EntryId) -> Result<Release, ReleaseError> {
    let mut release = find(tx, scope, id)?;
    release.after(ReleaseAction::Change)?;
    if !store::delete_item(tx, scope, id, entry)? {
        return Err(ReleaseError::NotFound);
    }
    let_go(tx, scope, &id.to_string(), Some(entry))?;
    release.items.retain(|item| item.entry_id != entry);
    save(tx, scope, release, "release.changed")
}

/// Writes the release's own row and tells of it.
pub(super) fn save(
    tx: &Tx,
    scope: &Scope,
    mut release: Release,
    action: &'static str,
) -> Result<Release, ReleaseError> {
    release.updated_at = tx.now();
    store::update(tx, scope, &release)?;
    tell(tx, scope, action, &release)?;
    Ok(release)
}

pub(super) fn checked(wish: &NewRelease) -> Result<(String, String), ReleaseError> {
    let name = wish.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let note = wish.note.trim().to_owned();
    let is_name = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_name && note.chars().count() <= LONGEST_NOTE { Ok((name, note)) } else { Err(ReleaseError::NameInvalid) }
}
