use serde_json::json;

use super::{
    phrases::Claimed,
    rules::{BuiltIn, problems, rules},
    words::tokens,
};
use crate::{
    testing::{declarations, locale},
    types::{Declarations, Field, FieldKind},
};

/// The rules whose phrases a text in this language has.
fn claims(language: &str, text: &str) -> Vec<&'static str> {
    let found = rules().phrases(&locale(language)).unwrap().find(text);
    found.iter().map(|one| rules().all[one.rule].name.as_str()).collect()
}

#[test]
fn the_files_of_the_rules_are_right() {
    assert_eq!(problems(), &[] as &[String]);
    assert!(rules().all.len() > 25);
    let mut names: Vec<_> = rules().all.iter().map(|rule| rule.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rules().all.len(), "each name once");
}

#[test]
fn what_is_claimed_is_found_in_each_language() {
    for (language, text, rule) in [
        ("en", "We offer free parking to all guests.", "free_parking"),
        ("en", "Complimentary on-site parking.", "free_parking"),
        ("en", "Parking is free.", "free_parking"),
        ("en", "Enjoy free Wi-Fi in every room", "free_wifi"),
        ("en", "Pets are welcome!", "pets_welcome"),
        ("en", "A dog-friendly house", "pets_welcome"),
        ("en", "Sorry, no pets.", "pets_refused"),
        ("en", "Our 24-hour reception is here for you", "reception_24h"),
        ("en", "reception open 24/7", "reception_24h"),
        ("en", "Swim in our heated outdoor pool", "pool"),
        ("en", "Breakfast included", "breakfast_included"),
        ("en", "An adults-only hotel", "adults_only"),
        ("en", "just 200 m from the beach", "distance_beach"),
        ("en", "Check-in from 3 p.m.", "check_in_time"),
        ("en", "our four-star hotel", "stars"),
        ("en", "A room of 35 m² with a view", "room_size"),
        ("en", "Relax in our spa.", "spa"),
        ("en", "our pool and spa", "spa"),
        ("en", "The hotel spa is open daily", "spa"),
        ("en", "An award-winning spa", "spa"),
        ("en", "There is an elevator.", "lift"),
        ("en", "Take our lift to the terrace", "lift"),
        ("en", "There is a lift", "lift"),
        ("en", "Non-smoking rooms only", "no_smoking"),
        ("en-GB", "Free private parking", "free_parking"),
        ("de", "Kostenlose Parkplätze direkt am Haus", "free_parking"),
        ("de", "Das Parken ist für Gäste kostenfrei.", "free_parking"),
        ("de", "Gratisparkplätze vorhanden", "free_parking"),
        ("en", "Park your car free of charge", "free_parking"),
        ("en", "Enjoy our free on-site private parking", "free_parking"),
        ("de", "Kostenfreies WLAN", "free_wifi"),
        ("de", "Haustiere sind willkommen", "pets_welcome"),
        ("de", "Unsere Rezeption ist 24 Stunden besetzt", "reception_24h"),
        ("de", "Frühstück inklusive", "breakfast_included"),
        ("de", "Das Haus ist barrierefrei", "step_free"),
        ("de", "nur 200 m zum Strand", "distance_beach"),
        ("de", "Check-in ab 15:00 Uhr", "check_in_time"),
        ("de", "Unser 4-Sterne-Hotel am See", "stars"),
        ("de-CH", "Mit Aufzug in alle Etagen", "lift"),
        ("de", "Unser Lift bringt Sie nach oben", "lift"),
        ("fr", "Parking privé gratuit", "free_parking"),
        ("fr", "Un espace spa au sous-sol", "spa"),
        ("fr", "Un espace bien-être", "spa"),
        ("fr", "Les animaux sont bienvenus", "pets_welcome"),
        ("fr", "Petit-déjeuner inclus", "breakfast_included"),
        ("fr", "La plage est à 200 mètres", "distance_beach"),
        ("fr", "Un hôtel 4 étoiles", "stars"),
        ("fr", "Arrivée à partir de 15h30", "check_in_time"),
        ("es", "Aparcamiento privado gratuito", "free_parking"),
        ("es", "Se admiten mascotas", "pets_welcome"),
        ("es", "Desayuno incluido", "breakfast_included"),
        ("es", "Recepción abierta 24 horas", "reception_24h"),
        ("es", "Check-in desde las 15:00", "check_in_time"),
        ("es", "Transporte desde el aeropuerto", "airport_shuttle"),
        ("it", "Parcheggio gratuito", "free_parking"),
        ("it", "Arrivo dalle ore 15:00", "check_in_time"),
        ("it", "Gli animali sono benvenuti", "pets_welcome"),
        ("it", "Colazione inclusa", "breakfast_included"),
        ("it", "a 200 m dalla spiaggia", "distance_beach"),
        ("ar", "موقف سيارات مجاني", "free_parking"),
        ("ar", "واي فاي مجاني", "free_wifi"),
        ("ar", "على بعد ٢٠٠ متر من الشاطئ", "distance_beach"),
        ("ja", "TK", "placeholder_text"),
        ("en", "Opening hours: TK", "placeholder_text"),
        ("de", "Lorem ipsum dolor", "placeholder_text"),
    ] {
        assert!(claims(language, text).contains(&rule), "{language}: {text}: {:?}", claims(language, text));
    }
}

#[test]
fn what_is_denied_or_about_something_else_is_no_claim() {
    for (language, text) in [
        ("en", "There is no free parking."),
        ("en", "Free parking is not available."),
        ("en", "Parking isn't free."),
        ("en", "We do not have free on-site parking"),
        ("en", "Hassle-free parking in front of the door"),
        ("en", "Parking costs 20 a night. Free coffee in the lobby."),
        ("en", "Feel free to park your bicycle inside"),
        ("en", "Free parking in the street nearby"),
        ("en", "Dogs are not allowed in the garden, sorry for that"),
        ("en", "Guide dogs are always welcome"),
        ("en", "A public swimming pool nearby"),
        ("en", "A pool table in the bar"),
        ("en", "Early check-in from 10 am"),
        ("en", "Breakfast is not included."),
        ("en", "The spa is adults only"),
        ("en", "A spa in the village, nearby"),
        ("en", "There is no elevator."),
        ("en", "There is a lift to the slopes"),
        ("de", "Unser Lift auf die Piste"),
        ("en", "The tktk bird and XXL beds"),
        ("en", "Twenty-four hours are not enough"),
        ("de", "Keine kostenlosen Parkplätze"),
        ("de", "Das Parken ist nicht kostenlos"),
        ("de", "Leider kein kostenloser Parkplatz"),
        ("de", "Kein Parkplatz"),
        ("de", "Der Park ist kostenlos zugänglich"),
        ("de", "Frühstück nicht inklusive"),
        ("de", "Ein öffentliches Schwimmbad in der Nähe"),
        ("de", "Das Zimmer ist nicht barrierefrei"),
        ("de", "Ohne Aufzug"),
        ("fr", "Pas de parking gratuit"),
        ("fr", "Le parking n'est pas gratuit"),
        ("fr", "Petit-déjeuner non inclus"),
        ("fr", "Une église du XX siècle"),
        ("es", "No hay aparcamiento gratuito"),
        ("es", "Desayuno no incluido"),
        ("es", "Un edificio del siglo XX"),
        ("it", "Non c'è parcheggio gratuito"),
        ("it", "Colazione non inclusa"),
        ("it", "Sauna esclusa"),
        ("ar", "لا يوجد موقف مجاني"),
        ("ja", "free parking"),
    ] {
        let found = claims(language, text);
        let found: Vec<_> = found.iter().filter(|rule| **rule != "pets_refused").collect();
        assert!(found.is_empty(), "{language}: {text}: {found:?}");
    }
}

#[test]
fn numbers_are_read_as_they_are_meant() {
    let claimed = |language: &str, text: &str| {
        let found = rules().phrases(&locale(language)).unwrap().find(text);
        found.into_iter().find_map(|one| one.claimed)
    };
    for (language, text, number) in [
        ("en", "200 m from the beach", Claimed::Number(0.2)),
        ("en", "1.5 km from the beach", Claimed::Number(1.5)),
        ("en", "1,200 m from the beach", Claimed::Number(1.2)),
        ("de", "1,5 km zum Strand", Claimed::Number(1.5)),
        ("ar", "٣ كم من الشاطئ", Claimed::Number(3.0)),
        ("en", "our five-star hotel", Claimed::Number(5.0)),
        ("en", "check-in from 3 pm", Claimed::Time(15 * 60, true)),
        ("en", "check-in from 3", Claimed::Time(3 * 60, false)),
        ("en", "check-in: 14:30", Claimed::Time(14 * 60 + 30, true)),
        ("de", "Check-in ab 15 Uhr", Claimed::Time(15 * 60, true)),
        ("fr", "arrivée dès 15h30", Claimed::Time(15 * 60 + 30, true)),
    ] {
        assert_eq!(claimed(language, text), Some(number), "{text}");
    }
}

#[test]
fn words_end_where_letters_end() {
    let words: Vec<_> = tokens("Wi-Fi, l'hôtel: 24/7; 15h30 – أهلاً ٣").into_iter().map(|token| token.word).collect();
    assert_eq!(words, ["wi", "fi", "l", "hôtel", "24", "7", "15", "h", "30", "اهلا", "3"]);
    assert!(tokens(" … ").is_empty());
}

/// Whether a path of a rule names a field of the type.
fn is_declared(declarations: &Declarations, content_type: &str, path: &str) -> bool {
    let mut fields: Vec<Field> =
        declarations.content_type(content_type).map(|one| one.fields.clone()).unwrap_or_default();
    let mut kind: Option<FieldKind> = None;
    for name in path.split('/') {
        let is_step = name == "*" || name.contains('=');
        kind = match (is_step, kind) {
            (true, Some(FieldKind::List { item, .. })) => {
                fields = item.parts().unwrap_or_default().to_vec();
                Some(*item)
            }
            (true, Some(FieldKind::Codes { fields: own, .. })) => {
                fields.clone_from(&own);
                Some(FieldKind::Group { fields: own })
            }
            (true, Some(FieldKind::Group { .. })) => Some(FieldKind::Hours),
            (false, _) => {
                let Some(field) = fields.iter().find(|field| field.name == name) else { return false };
                let kind = field.kind.clone();
                fields = kind.parts().unwrap_or_default().to_vec();
                Some(kind)
            }
            _ => return false,
        };
    }
    true
}

#[test]
fn every_fact_that_a_rule_names_is_declared() {
    let declarations = declarations();
    let mut missing = Vec::new();
    for rule in &rules().all {
        let mut paths: Vec<(&str, &str)> = Vec::new();
        for facts in &rule.contradicted_by {
            paths.extend(facts.all.iter().map(|condition| (facts.content_type.as_str(), condition.path.as_str())));
        }
        match &rule.built_in {
            Some(BuiltIn::Complete { content_type, when, needs }) => {
                paths.extend(when.iter().map(|condition| (content_type.as_str(), condition.path.as_str())));
                paths.extend(needs.iter().map(|need| (content_type.as_str(), need.path.as_str())));
            }
            Some(BuiltIn::Endings { endings }) => {
                paths.extend(endings.iter().map(|one| (one.content_type.as_str(), one.path.as_str())));
            }
            Some(BuiltIn::Links { root }) => assert!(declarations.content_type(root).is_some()),
            _ => {}
        }
        let unknown = paths.into_iter().filter(|(content_type, path)| !is_declared(&declarations, content_type, path));
        missing.extend(unknown.map(|(content_type, path)| format!("{}: {content_type} {path}", rule.name)));
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn facts_contradict_what_differs_from_them() {
    let parking = json!({"parking": [{"kind": "garage", "price": "20.00"}]});
    let included = json!({"parking": [{"kind": "garage", "price": "20.00"}], "parking_included": true});
    let met = |rule: &str, document: &serde_json::Value, claimed: Option<Claimed>| {
        let facts = &rules().named(rule).unwrap().contradicted_by;
        let document = document.as_object().unwrap();
        facts.iter().any(|one| one.all.iter().all(|condition| condition.is_met(document, claimed)))
    };
    let beach = |km: f64| json!({"distances": [{"kind": "lake", "km": 9}, {"kind": "beach", "km": km}]});
    let arrival = json!({"check_in_from": "15:00"});
    for (rule, document, claimed, expected) in [
        ("free_parking", &parking, None, true),
        ("free_parking", &included, None, false),
        ("free_parking", &json!({"parking_included": false}), None, true),
        ("free_parking", &json!({}), None, false),
        ("distance_beach", &beach(0.2), Some(Claimed::Number(0.2)), false),
        ("distance_beach", &beach(0.25), Some(Claimed::Number(0.2)), false),
        ("distance_beach", &beach(0.8), Some(Claimed::Number(0.2)), true),
        ("distance_beach", &json!({}), Some(Claimed::Number(0.2)), false),
        ("check_in_time", &arrival, Some(Claimed::Time(15 * 60, true)), false),
        ("check_in_time", &arrival, Some(Claimed::Time(3 * 60, false)), false),
        ("check_in_time", &arrival, Some(Claimed::Time(14 * 60, true)), true),
        ("stars", &json!({"stars": 4}), Some(Claimed::Number(5.0)), true),
        ("stars", &json!({"stars": 4}), Some(Claimed::Number(4.0)), false),
        ("pool", &json!({"amenity_codes": [{"code": "pool", "status": "no"}]}), None, true),
        (
            "pool",
            &json!({"amenity_codes": [{"code": "indoor_pool", "status": "no"}, {"code": "outdoor_pool", "status": "yes"}]}),
            None,
            false,
        ),
        (
            "reception_24h",
            &json!({"front_desk_hours": {"weekly": {"mon": [{"from": "08:00", "to": "20:00"}]}}}),
            None,
            true,
        ),
        ("reception_24h", &json!({"front_desk_24h": true}), None, false),
    ] {
        assert_eq!(met(rule, document, claimed), expected, "{rule} {document}");
    }
}
