use std::collections::BTreeMap;

use ground::words::{EntryId, SiteId};
use jiff::SignedDuration;
use serde_json::json;

use super::*;

fn form() -> Form {
    let document = json!({
        "name": "Enquiry",
        "fields": [
            {"key": "name", "label": "Your name", "type": "text", "required": true},
            {"key": "email", "label": "E-mail", "type": "email", "required": true},
            {"key": "stay", "label": "Your stay", "type": "daterange"},
            {"key": "people", "label": "People", "type": "number"},
            {"key": "board", "label": "Board", "type": "select", "options": [{"value": "half", "label": "Half board"}]},
            {"key": "dog", "label": "With a dog", "type": "checkbox"},
            {"key": "source", "label": "Source", "type": "hidden", "value": "website"},
        ],
        "consents": [{"text": "We keep your words for a year.", "version": "2026-1", "required": true}],
    });
    Form::read(document.as_object().unwrap())
}

#[test]
fn answers_are_checked_one_by_one() {
    let right = [("name", "Anna"), ("email", "anna@guest.example"), ("consent_1", "on")];
    for (changes, wrong) in [
        (vec![], vec![]),
        (vec![("name", " ")], vec![("name", "required")]),
        (vec![("email", "anna")], vec![("email", "invalid")]),
        (vec![("stay_from", "2027-06-04"), ("stay_to", "2027-06-01")], vec![("stay", "invalid")]),
        (vec![("stay_from", "2027-06-04"), ("stay_to", "2027-06-07")], vec![]),
        (vec![("people", "many")], vec![("people", "invalid")]),
        (vec![("board", "full")], vec![("board", "invalid")]),
        (vec![("source", "somewhere else")], vec![]),
        (vec![("name", "a\nBcc: b")], vec![("name", "too_long")]),
    ] {
        let mut sent: BTreeMap<String, String> =
            right.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        sent.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let found: Vec<_> = form().check(&sent).err().unwrap_or_default().into_iter().collect();
        let wrong: Vec<_> = wrong.into_iter().map(|(name, code)| (name.to_owned(), code)).collect();
        assert_eq!(found, wrong, "{changes:?}");
    }
    let without_consent =
        form().check(&BTreeMap::from([("name".to_owned(), "A".to_owned()), ("email".to_owned(), "a@b.ch".to_owned())]));
    assert_eq!(without_consent.unwrap_err(), BTreeMap::from([("consent_1".to_owned(), "required")]));
}

#[test]
fn a_hidden_answer_is_the_forms_own() {
    let sent = [("name", "A"), ("email", "a@b.ch"), ("consent_1", "on"), ("source", "forged")];
    let sent = sent.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (answers, consents, _) = form().check(&sent).unwrap();
    assert!(answers.iter().any(|answer| answer.key == "source" && answer.value == "website"));
    assert_eq!((consents[0].version.as_str(), consents[0].given), ("2026-1", true));
}

#[test]
fn a_stamp_is_ours_and_of_this_hour() {
    let stamps = Stamps::new([7; 32]);
    let site: SiteId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let form: EntryId = "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap();
    let shown: Timestamp = "2026-05-01T12:00:00Z".parse().unwrap();
    let stamp = stamps.make(site, form, shown);
    let after = |seconds| stamps.check(site, form, &stamp, shown + SignedDuration::from_secs(seconds));
    assert_eq!(after(1), Err(StampProblem::TooFast));
    assert_eq!(after(30), Ok(()));
    assert_eq!(after(2 * 86_400), Err(StampProblem::TooOld));
    let later = shown + SignedDuration::from_secs(30);
    assert_eq!(Stamps::new([8; 32]).check(site, form, &stamp, later), Err(StampProblem::Forged));
    for forged in ["", "1.2", "x.y", "99999999999999999999.0"] {
        assert_eq!(stamps.check(site, form, forged, later), Err(StampProblem::Forged), "{forged}");
    }
}

#[test]
fn a_spreadsheet_calculates_nothing_that_a_guest_wrote() {
    let submission = Submission {
        id: "01890a5d-ac96-774b-bcce-b302099a8059".parse().unwrap(),
        site_id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        form: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
        form_name: "Enquiry".to_owned(),
        locale: "en".parse().unwrap(),
        page: "/contact".to_owned(),
        answers: vec![Answered {
            key: "name".to_owned(),
            label: "Name".to_owned(),
            value: "=HYPERLINK(\"x\")".to_owned(),
        }],
        consents: Vec::new(),
        status: Status::New,
        assignee: None,
        note: String::new(),
        created_at: "2026-05-01T12:00:00Z".parse().unwrap(),
        deleted_after: "2027-05-01T12:00:00Z".parse().unwrap(),
    };
    let table = export::csv(&[submission]);
    assert!(table.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{table}");
    assert!(
        table.starts_with('\u{feff}') && table.contains("\"status\",\"note\",\"name\",\"consents\"\r\n"),
        "{table}"
    );
}
