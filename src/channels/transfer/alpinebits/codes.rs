//! OpenTravel's codes and ours: `assets/mappings/alpinebits.toml`, and the codes that the dictionaries know.

use std::{collections::BTreeMap, sync::LazyLock};

use content::types::dictionaries::dictionary;
use serde::Deserialize;

/// The dictionary of what houses and rooms have.
pub(super) const AMENITIES: &str = "amenities";

static CODES: LazyLock<Codes> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../assets/mappings/alpinebits.toml"))
        .expect("the mapping is part of the program, and a test reads it")
});

/// The mapping.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Codes {
    pub room_classifications: Vec<Classification>,
    pub beds: Vec<Bed>,
    pub proximities: Vec<Proximity>,
    pub taxes: Vec<Tax>,
    pub charges: Vec<Charge>,
    pub pet_charges: Vec<PetCharge>,
    pub cards: Vec<Card>,
    pub emails: Vec<Email>,
    pub cancellation_titles: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Classification {
    pub code: String,
    pub kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bed {
    pub code: String,
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proximity {
    pub code: String,
    pub value: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tax {
    pub code: String,
    pub kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Charge {
    pub unit: String,
    pub frequency: String,
    pub basis: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PetCharge {
    pub code: String,
    pub basis: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Card {
    pub code: String,
    pub method: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Email {
    pub code: String,
    pub field: String,
}

/// The mapping, read once.
pub(super) fn codes() -> &'static Codes {
    &CODES
}

/// What a code of one of OpenTravel's lists is called in the dictionary of amenities.
pub(super) fn term(list: &str, code: &str) -> Option<&'static str> {
    let code: u16 = code.parse().ok()?;
    let known = dictionary(AMENITIES)?.terms.iter();
    let has = |codes: &Vec<u16>| codes.contains(&code);
    known.filter(|term| term.opentravel.get(list).is_some_and(has)).map(|term| term.code.as_str()).next()
}

/// The code with which a term leaves: the first of the list.
pub(super) fn code(list: &str, term: &str) -> Option<String> {
    dictionary(AMENITIES)?.term(term)?.opentravel.get(list)?.first().map(ToString::to_string)
}

/// What names the same fact in both directions: the term, or the code where no term is known.
pub(super) fn fact(list: &str, code: &str) -> String {
    term(list, code).map_or_else(|| format!("{list} {code}"), str::to_owned)
}
