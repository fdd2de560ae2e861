//! Entries as they are carried from one installation to another: the states that are worth keeping, in their order, and
//! which of them each language shows, showed before it was put aside, or will show at a time or with a release. Numbers of
//! revisions are of one installation and stay there.

mod reading;
mod resting;
mod writing;

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    clock::Timestamp,
    words::{EntryId, Locale, ReleaseId, Slug},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Outcome,
    schedules::{ScheduledAction, carried::CarriedSchedule},
    translations::States,
};

pub use reading::{carried, carried_one, each_address, each_name, each_owner, each_slug};
pub use resting::{check, rested};
pub use writing::{put, put_together};

/// An entry with its states.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// Its id.
    pub id: EntryId,
    /// Its type, e.g. `room`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Where an import found it.
    pub source_key: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it is put aside, where nobody sees it.
    pub is_archived: bool,
    /// Its states, the newest last. No two neighbours are the same.
    pub states: Vec<CarriedState>,
    /// What each language shows.
    pub published: BTreeMap<Locale, CarriedPublication>,
    /// Where it is put aside: which of its states each language showed before, from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shown_before: BTreeMap<Locale, usize>,
    /// What is to happen to it at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<CarriedSchedule>,
    /// What is to happen to it with a release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<CarriedItem>,
    /// Since when it has had values of its own where the brand could have one, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own_values: BTreeMap<String, OwnSince>,
    /// Whether the archive is of the first version, and says nothing of translations and of what is planned.
    #[serde(skip)]
    pub is_of_first_version: bool,
}

/// What was saved of an entry at some time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedState {
    /// Its name in addresses then.
    pub slug: Slug,
    /// What whoever saved it was called.
    pub author: String,
    /// When.
    pub saved_at: Timestamp,
    /// Its fields.
    pub document: Map<String, Value>,
    /// The texts that its translations were made from, where those are not what stands beside them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: States,
}

/// What one language shows of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedPublication {
    /// Which of its states, from 1.
    pub state: usize,
    /// Since when.
    pub published_at: Timestamp,
    /// When it was shown for the first time.
    pub first_published_at: Timestamp,
}

/// An entry's part in a release.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedItem {
    /// The release.
    pub release: ReleaseId,
    /// Its place there.
    pub position: i64,
    /// What happens.
    pub action: ScheduledAction,
    /// Which of the entry's states goes live, from 1; none for an end.
    pub state: Option<usize>,
    /// In which languages; none for every one that is complete then, or for all where it ends.
    pub locales: Option<Vec<Locale>>,
}

impl CarriedItem {
    /// Whether it says one thing: a publication names a state, an end none.
    pub fn is_possible(&self) -> bool {
        (self.action == ScheduledAction::Publish) == self.state.is_some()
    }
}

/// [`CarriedItem`] with the number that the state has on this installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedItem {
    /// The release.
    pub release: ReleaseId,
    /// Its place there.
    pub position: i64,
    /// What happens.
    pub action: ScheduledAction,
    /// The revision that goes live.
    pub revision: Option<u32>,
    /// In which languages.
    pub locales: Option<Vec<Locale>>,
}

/// Since when an entry has had a value of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OwnSince {
    /// Since when.
    pub since: Timestamp,
    /// What whoever gave it one was called.
    pub author: String,
}

/// What became of an entry that was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is there. What is to happen to it with releases is still to be written.
    Done(Outcome, Vec<PlannedItem>),
    /// Another entry has its slug just now, or is seen under one that it is to be seen under. Nothing was written.
    SlugTaken(Slug),
}

impl Carried {
    /// Without the states that are neither shown nor planned nor the newest.
    #[must_use]
    pub fn without_history(mut self) -> Self {
        let mut kept = BTreeSet::from([self.states.len()]);
        self.each_place(|place| {
            kept.insert(*place);
        });
        let numbered =
            std::mem::take(&mut self.states).into_iter().enumerate().map(|(index, state)| (index + 1, state));
        let states = numbered.filter(|(number, _)| kept.contains(number)).collect();
        self.keep(states);
        self
    }

    /// Takes numbered states instead, leaves out what says the same as the one before, and counts them from 1.
    pub fn keep(&mut self, numbered: Vec<(usize, CarriedState)>) {
        self.states.clear();
        let mut places = BTreeMap::new();
        for (number, state) in numbered {
            match self.states.last_mut() {
                Some(last) if last.slug == state.slug && last.document == state.document => {
                    last.translations = state.translations;
                }
                _ => self.states.push(state),
            }
            places.insert(number, self.states.len());
        }
        self.each_place(|place| *place = places.get(place).copied().unwrap_or_default());
    }

    /// Whether one of its states is shown or planned, or is the newest.
    pub fn needs(&self, number: usize) -> bool {
        let mut is_needed = number == self.states.len();
        let places = self.published.values().map(|one| one.state).chain(self.shown_before.values().copied());
        let planned = self.schedules.iter().filter_map(|one| one.state);
        let released = self.releases.iter().filter_map(|one| one.state);
        is_needed |= places.chain(planned).chain(released).any(|place| place == number);
        is_needed
    }

    /// Whether everything that names a state names one that is there.
    pub fn names_its_states(&mut self) -> bool {
        let (count, mut is_right) = (self.states.len(), true);
        self.each_place(|place| is_right &= (1..=count).contains(place));
        is_right
    }

    fn each_place(&mut self, mut look: impl FnMut(&mut usize)) {
        self.published.values_mut().for_each(|one| look(&mut one.state));
        self.shown_before.values_mut().for_each(&mut look);
        self.schedules.iter_mut().filter_map(|one| one.state.as_mut()).for_each(&mut look);
        self.releases.iter_mut().filter_map(|one| one.state.as_mut()).for_each(&mut look);
    }

    /// Whether an entry that is here says what `archived` says: of what is shown, of the newest state, and of what is
    /// planned there, whenever and by whom it was written. What is planned here beside that stays.
    pub fn says_the_same_as(&self, archived: &Self) -> bool {
        let said = |one: &Self| {
            let mut one = one.clone();
            one.leave_to(archived);
            let one = one.without_history();
            let states: Vec<_> =
                one.states.into_iter().map(|state| (state.slug, state.document, state.translations)).collect();
            let shown: Vec<_> = one.published.into_iter().map(|(locale, shown)| (locale, shown.state)).collect();
            let planned: Vec<_> = one.schedules.into_iter().map(CarriedSchedule::without_author).collect();
            ((one.id, one.content_type, one.is_archived), (states, shown, one.shown_before), (planned, one.releases))
        };
        said(self) == said(archived)
    }

    /// Forgets of what is planned and noted what an archive does not speak of.
    fn leave_to(&mut self, archived: &Self) {
        if archived.is_of_first_version {
            self.schedules.clear();
            self.releases.clear();
            self.shown_before.clear();
            self.states.iter_mut().for_each(|state| state.translations.clear());
        }
        self.schedules.retain(|one| archived.schedules.iter().any(|other| other.id == one.id));
        self.releases.retain(|one| archived.releases.iter().any(|other| other.release == one.release));
    }

    /// The state at this place, from 1.
    fn state(&self, place: usize) -> Option<&CarriedState> {
        self.states.get(place.checked_sub(1)?)
    }

    /// The names under which visitors are to see it, by language.
    pub fn addresses(&self) -> impl Iterator<Item = (&Locale, &Slug)> {
        self.published.iter().filter_map(|(locale, shown)| Some((locale, &self.state(shown.state)?.slug)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn carried(states: &[&str], shown: &[(&str, usize)]) -> Carried {
        let at: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let mut carried = Carried {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            content_type: "page".to_owned(),
            source_key: None,
            created_at: at,
            is_archived: false,
            states: Vec::new(),
            published: BTreeMap::new(),
            shown_before: BTreeMap::new(),
            schedules: Vec::new(),
            releases: Vec::new(),
            own_values: BTreeMap::new(),
            is_of_first_version: false,
        };
        for (locale, state) in shown {
            let publication = CarriedPublication { state: *state, published_at: at, first_published_at: at };
            carried.published.insert(locale.parse().unwrap(), publication);
        }
        let state = |title: &&str| CarriedState {
            slug: "home".parse().unwrap(),
            author: String::new(),
            saved_at: at,
            document: json!({ "title": title }).as_object().cloned().unwrap(),
            translations: States::new(),
        };
        carried.keep(states.iter().enumerate().map(|(index, title)| (index + 1, state(title))).collect());
        carried
    }

    #[test]
    fn neighbours_that_say_the_same_are_one_state_and_history_is_what_nobody_sees() {
        let whole = carried(&["a", "b", "b", "c", "c", "d"], &[("en", 3), ("de", 5)]);
        let shown: Vec<_> = whole.published.values().map(|one| one.state).collect();
        assert_eq!((whole.states.len(), shown), (4, vec![3, 2]), "de, en");
        let short = whole.clone().without_history();
        let shown: Vec<_> = short.published.values().map(|one| one.state).collect();
        assert_eq!((short.states.len(), shown), (3, vec![2, 1]));
        assert!(whole.says_the_same_as(&short) && short.says_the_same_as(&whole));
        assert!(!whole.says_the_same_as(&carried(&["b", "c", "e"], &[("en", 1), ("de", 2)])));
        assert!(!whole.says_the_same_as(&carried(&["b", "c", "d"], &[("en", 2), ("de", 2)])));
        // What was shown, taken back to, and is the newest again.
        let back = carried(&["a", "b", "a"], &[("en", 1)]).without_history();
        assert_eq!((back.states.len(), back.published.values().next().unwrap().state), (1, 1));
    }
}
