//! The facts that a first website is made of. What each may hold is said by the declarations of the fields that it ends in:
//! setup takes what the hotel's fact sheet takes, and names the fact where that refuses it.

use std::collections::BTreeMap;

use content::types::{Declarations, FieldProblem};
use ground::words::Locale;
use serde::Deserialize;

use super::{
    starts,
    wording::{Source, Words},
};

/// Rooms that are asked for at setup: a first website shows a handful, and the dashboard takes the others.
const MOST_ROOMS: usize = 12;

/// What a first website says of the house. Only its name is needed; what is left out stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishedFacts {
    /// What guests call the house.
    pub name: String,
    /// One sentence about it, by language.
    #[serde(default)]
    pub sentence: BTreeMap<String, String>,
    /// Street and number.
    #[serde(default)]
    pub street: String,
    /// Postal code.
    #[serde(default)]
    pub postal_code: String,
    /// Town.
    #[serde(default)]
    pub city: String,
    /// The country's two letters, such as `CH`.
    #[serde(default)]
    pub country: String,
    /// Telephone number.
    #[serde(default)]
    pub phone: String,
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// The first rooms, at most 12.
    #[serde(default)]
    pub rooms: Vec<WishedRoom>,
}

/// A kind of room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishedRoom {
    /// What guests call it.
    pub name: String,
    /// A night's price for two as decimal text, in the organization's currency.
    #[serde(default)]
    pub price: String,
}

impl WishedFacts {
    /// The facts as words of a start's texts.
    pub(super) fn words(&self) -> Words {
        let mut words = Words::default();
        words.flag("facts");
        words.flag(if self.rooms.is_empty() { "roomless" } else { "rooms" });
        for (name, text) in [
            ("name", &self.name),
            ("street", &self.street),
            ("postal_code", &self.postal_code),
            ("city", &self.city),
            ("country", &self.country),
            ("phone", &self.phone),
            ("email", &self.email),
        ] {
            words.set(name, text, Source::new(format!("/facts/{name}")));
        }
        words.set_localized("sentence", &self.sentence, Source::by_language("/facts/sentence".to_owned()));
        words
    }

    /// The words of one of the rooms.
    pub(super) fn room_words(&self, index: usize, words: &Words) -> Words {
        let mut words = words.clone();
        if let Some(room) = self.rooms.get(index) {
            words.set("room_name", &room.name, Source::new(format!("/facts/rooms/{index}/name")));
            words.set("room_price", &room.price, Source::new(format!("/facts/rooms/{index}/price")));
        }
        words
    }

    /// Everything that is wrong with them, for an organization with these languages.
    pub(super) fn problems(
        &self,
        declarations: &Declarations,
        locales: &[Locale],
        currency: &str,
    ) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut note = |pointer: String, code: &'static str, detail: String| {
            problems.push(FieldProblem { pointer, code: code.into(), detail });
        };
        if self.name.trim().is_empty() {
            note("/facts/name".to_owned(), "name_invalid", "Name the hotel.".to_owned());
        }
        // Where no language could be read, that is told already.
        let is_known = |name: &String| locales.is_empty() || locales.iter().any(|locale| locale.as_str() == *name);
        for locale in self.sentence.keys().filter(|name| !is_known(name)) {
            let offered: Vec<_> = locales.iter().map(Locale::as_str).collect();
            let detail = format!("This is none of the chosen languages. Those are: {}.", offered.join(", "));
            note(format!("/facts/sentence/{locale}"), "locale_unknown", detail);
        }
        if self.rooms.len() > MOST_ROOMS {
            let detail = format!("At most {MOST_ROOMS} rooms fit here; the dashboard takes the others.");
            note("/facts/rooms".to_owned(), "list_too_long", detail);
        }
        for (index, _) in self.rooms.iter().enumerate().filter(|(_, room)| room.name.trim().is_empty()) {
            note(format!("/facts/rooms/{index}/name"), "name_invalid", "Name the room.".to_owned());
        }
        if !problems.is_empty() {
            return problems;
        }
        starts::refusals(declarations, self, locales, currency)
    }
}
