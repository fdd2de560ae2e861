//! The dictionaries that come with the program.

use super::super::dictionaries::{self, LANGUAGES, TermScope};
use crate::testing::locale;

#[test]
fn every_entry_of_every_dictionary_is_whole() {
    assert_eq!(dictionaries::problems(), []);
    let names: Vec<_> = dictionaries::all().iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["allergens", "amenities", "cuisines", "payment_methods", "picture_categories", "views"]);
    for dictionary in dictionaries::all() {
        for group in &dictionary.groups {
            assert!(dictionary.terms.iter().any(|term| term.group == group.code), "{} is empty", group.code);
        }
        for (index, term) in dictionary.terms.iter().enumerate() {
            for language in LANGUAGES {
                let label = term.label.of(&locale(language));
                assert!(!label.is_empty() && label.trim() == label, "{} in {language}: `{label}`", term.code);
            }
            let is_arabic = term.label.of(&locale("ar")).chars().any(|letter| ('\u{600}'..'\u{700}').contains(&letter));
            assert!(is_arabic, "{} is not written in Arabic letters", term.code);
            let twin = dictionary
                .terms
                .iter()
                .take(index)
                .find(|other| other.label.of(&locale("en")) == term.label.of(&locale("en")));
            assert!(twin.is_none(), "{} is called like another", term.code);
        }
    }
}

#[test]
fn an_amenity_knows_who_has_it_and_its_codes_of_opentravel() {
    let amenities = dictionaries::dictionary("amenities").unwrap();
    assert!(amenities.terms.len() >= 180, "{}", amenities.terms.len());
    assert!(amenities.terms.iter().all(|term| term.scope.is_some()));
    let codes = |code: &str, list: &str| amenities.term(code).unwrap().opentravel[list].clone();
    // OpenTravel 2015A, as AlpineBits and Booking.com list them.
    assert_eq!(codes("restaurant", "HAC"), [76]);
    assert_eq!(codes("desk", "RMA"), [28, 29, 64]);
    assert_eq!(codes("ramp", "PHY"), [49]);
    assert_eq!(amenities.term("bathtub").unwrap().scope, Some(TermScope::Room));
    let mut seen = std::collections::BTreeSet::new();
    for term in &amenities.terms {
        for (list, codes) in &term.opentravel {
            assert!(["HAC", "RMA", "PHY"].contains(&list.as_str()), "{}", term.code);
            for code in codes {
                assert!(seen.insert((list, code)), "{list} {code} means two things, one of them {}", term.code);
            }
        }
    }
}

#[test]
fn a_label_is_in_the_language_of_the_region_or_in_english() {
    let lift = dictionaries::dictionary("amenities").unwrap().term("lift").unwrap();
    for (language, label) in [("de", "Aufzug"), ("de-at", "Aufzug"), ("ja", "Lift")] {
        assert_eq!(lift.label.of(&locale(language)), label);
    }
}
