//! What each kind takes, in which spelling it is kept, and where it says that something is wrong.

use serde_json::{Value, json};

use super::super::{Declarations, reading};
use crate::testing::locale;

/// A type with a field of every kind that is made of more than one value.
fn thing() -> Declarations {
    let kinds = [
        ("stay", "date_range", ""),
        ("blackouts", "list", "item = { kind = \"date_range\" }"),
        ("season", "season", ""),
        ("days", "weekdays", ""),
        ("starts", "date_time", ""),
        ("hours", "opening_hours", ""),
        ("payment", "codes", "dictionary = \"payment_methods\""),
        ("view", "code", "dictionary = \"views\""),
        ("address", "address", ""),
        ("short", "slug", ""),
        ("menu", "file", ""),
        ("country", "country", ""),
    ];
    let fields = kinds.map(|(name, kind, rules)| {
        format!("[[fields]]\nname = \"{name}\"\nkind = \"{kind}\"\nlabel = {{ en = \"F\", de = \"F\" }}\n{rules}\n")
    });
    let text = format!(
        "name = \"thing\"\nplural = \"things\"\nicon = \"x\"\ntitle = {{ en = \"T\", de = \"T\" }}\n\
         title_plural = {{ en = \"T\", de = \"T\" }}\ntitle_field = \"name\"\nslug_from = \"name\"\n\
         [[fields]]\nname = \"name\"\nkind = \"text\"\nlabel = {{ en = \"N\", de = \"N\" }}\n{}",
        fields.concat()
    );
    reading::read([("types/thing.toml".to_owned(), text)].into_iter()).unwrap()
}

fn validated(document: &Value) -> Result<Value, Vec<(String, String)>> {
    let declarations = thing();
    let declared = declarations.content_type("thing").unwrap();
    let answer = declarations.validate(declared, document, &[locale("en"), locale("de")]);
    answer
        .map(|validated| Value::Object(validated.document.into_fields()))
        .map_err(|problems| problems.into_iter().map(|problem| (problem.pointer, problem.code.into_owned())).collect())
}

#[test]
fn a_value_comes_out_in_one_spelling() {
    let file = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (given, kept) in [
        (
            json!({ "stay": { "to": "2026-03-31", "from": "2026-03-01" } }),
            json!({ "stay": { "from": "2026-03-01", "to": "2026-03-31" } }),
        ),
        (json!({ "stay": { "from": "2026-03-01" } }), json!({ "stay": { "from": "2026-03-01" } })),
        (json!({ "stay": {} }), json!({})),
        (
            json!({ "blackouts": [{ "from": "2026-12-24", "to": "2026-12-26" }] }),
            json!({ "blackouts": [{ "from": "2026-12-24", "to": "2026-12-26" }] }),
        ),
        (
            json!({ "season": { "from": "11-01", "to": "02-29" } }),
            json!({ "season": { "from": "11-01", "to": "02-29" } }),
        ),
        (json!({ "days": ["sun", "Monday", "sun"] }), json!({ "days": ["mon", "sun"] })),
        (json!({ "days": [] }), json!({})),
        (json!({ "starts": "2026-03-01 06:00:00" }), json!({ "starts": "2026-03-01T06:00" })),
        (
            json!({ "hours": { "weekly": { "fri": [{ "from": "18:00", "to": "01:00", "last_orders": "00:30" }, { "from": "12:00", "to": "14:00" }] } } }),
            json!({ "hours": { "weekly": { "fri": [{ "from": "12:00", "to": "14:00" }, { "from": "18:00", "to": "01:00", "last_orders": "00:30" }] } } }),
        ),
        (
            json!({ "hours": { "weekly": { "sat": [{ "from": "00:00", "to": "24:00" }] }, "exceptions": [{ "from": "2026-12-24", "note": { "en": "Christmas" } }] } }),
            json!({ "hours": { "weekly": { "sat": [{ "from": "00:00", "to": "00:00" }] }, "exceptions": [{ "id": "1", "from": "2026-12-24", "note": { "en": "Christmas" } }] } }),
        ),
        (
            json!({ "hours": { "seasons": [{ "season": { "from": "11-01", "to": "03-31" } }] } }),
            json!({ "hours": { "seasons": [{ "id": "1", "season": { "from": "11-01", "to": "03-31" } }] } }),
        ),
        (
            json!({ "payment": ["cash", { "code": "visa", "status": "no" }, { "note": { "de": "ab 20" }, "code": "Bank Transfer" }] }),
            json!({ "payment": [{ "code": "visa", "status": "no" }, { "code": "cash", "status": "yes" }, { "code": "bank_transfer", "status": "yes", "note": { "de": "ab 20" } }] }),
        ),
        (json!({ "view": "Old Town" }), json!({ "view": "old_town" })),
        (
            json!({ "address": { "country": "ch", "street": { "de": "Seeweg 1" }, "postal_code": " 9000 " } }),
            json!({ "address": { "street": { "de": "Seeweg 1" }, "postal_code": "9000", "country": "CH" } }),
        ),
        (json!({ "short": "lake-room" }), json!({ "short": "lake-room" })),
        (
            json!({ "menu": { "label": { "en": "Wine list" }, "media": file.to_uppercase() } }),
            json!({ "menu": { "media": file, "label": { "en": "Wine list" } } }),
        ),
        (json!({ "country": "xk" }), json!({ "country": "XK" })),
    ] {
        let canonical = validated(&given).unwrap_or_else(|problems| panic!("{given}: {problems:?}"));
        assert_eq!(canonical.to_string(), kept.to_string(), "{given}");
        assert_eq!(validated(&canonical).unwrap().to_string(), kept.to_string(), "canonical is a fixed point");
    }
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    for (given, pointer, code) in [
        (json!({ "stay": { "from": "2026-03-02", "to": "2026-03-01" } }), "/stay/to", "date_before_start"),
        (json!({ "stay": { "until": "2026-03-01" } }), "/stay/until", "field_unknown"),
        (json!({ "blackouts": [{ "from": "soon" }] }), "/blackouts/0/from", "date_invalid"),
        (json!({ "season": { "from": "11-01" } }), "/season/to", "season_invalid"),
        (json!({ "season": { "from": "02-30", "to": "03-01" } }), "/season/from", "season_invalid"),
        (json!({ "season": "winter" }), "/season", "kind_wrong"),
        (json!({ "days": ["mon", "someday"] }), "/days", "weekday_unknown"),
        (json!({ "starts": "March" }), "/starts", "date_time_invalid"),
        (json!({ "starts": "2026-03-01T06:00Z" }), "/starts", "date_time_invalid"),
        (
            json!({ "hours": { "weekly": { "mon": [{ "from": "9", "to": "10:00" }] } } }),
            "/hours/weekly/mon/0/from",
            "time_invalid",
        ),
        (json!({ "hours": { "weekly": { "mon": [{ "from": "09:00" }] } } }), "/hours/weekly/mon/0/to", "time_invalid"),
        (
            json!({ "hours": { "weekly": { "mon": [{ "from": "09:00", "to": "09:00" }] } } }),
            "/hours/weekly/mon/0/to",
            "hours_empty",
        ),
        (
            json!({ "hours": { "weekly": { "mon": [{ "from": "09:00", "to": "12:00" }, { "from": "11:00", "to": "13:00" }] } } }),
            "/hours/weekly/mon/1",
            "hours_overlap",
        ),
        (
            json!({ "hours": { "weekly": { "mon": [{ "from": "18:00", "to": "23:00", "last_orders": "23:30" }] } } }),
            "/hours/weekly/mon/0/last_orders",
            "hours_empty",
        ),
        (json!({ "hours": { "weekly": { "monday": [] } } }), "/hours/weekly/monday", "field_unknown"),
        (json!({ "hours": { "exceptions": [{ "from": "2026-02-29" }] } }), "/hours/exceptions/0/from", "date_invalid"),
        (json!({ "payment": ["gold"] }), "/payment/0", "code_unknown"),
        (json!({ "payment": [{ "code": "visa" }, "visa"] }), "/payment/1", "code_twice"),
        (json!({ "payment": [{ "status": "no" }] }), "/payment/0/code", "code_unknown"),
        (json!({ "payment": [{ "code": "visa", "status": "maybe" }] }), "/payment/0/status", "choice_unknown"),
        (json!({ "view": "nothing" }), "/view", "code_unknown"),
        (json!({ "address": { "country": "Switzerland" } }), "/address/country", "country_unknown"),
        (json!({ "address": { "street": "Seeweg 1" } }), "/address/street", "locale_missing"),
        (json!({ "address": { "city": { "fr": "Lac" } } }), "/address/city/fr", "locale_unknown"),
        (json!({ "short": "Lake Room" }), "/short", "slug_invalid"),
        (json!({ "menu": { "media": "wine" } }), "/menu/media", "media_invalid"),
        (json!({ "menu": { "url": "/wine.pdf" } }), "/menu/url", "field_unknown"),
        (json!({ "country": "UK" }), "/country", "country_unknown"),
    ] {
        let problems = validated(&given).expect_err(&given.to_string());
        assert_eq!(problems[0], (pointer.to_owned(), code.to_owned()), "{given}: {problems:?}");
    }
}

#[test]
fn a_file_is_looked_for_in_the_library() {
    let declarations = thing();
    let declared = declarations.content_type("thing").unwrap();
    let document = json!({ "menu": { "media": "01890a5d-ac96-774b-bcce-b302099a8057" } });
    let validated = declarations.validate(declared, &document, &[locale("en")]).unwrap();
    assert_eq!(validated.media.len(), 1);
    assert_eq!(validated.media[0].pointer, "/menu/media");
}
