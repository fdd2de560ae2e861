//! An archive of a group that has changed a type since: what visitors see stays what they see, and older states go in the form
//! in which they would come back.

use serde_json::{Value, json};

use super::{
    bundle::{counted, elsewhere, export, import, members, save},
    custom_types::{put, text},
    support::{Server, furnish, publish, set_up},
    type_changes::{change, kayaks, kayaks_before},
};

#[test]
fn what_is_live_stays_so_although_its_type_asks_for_more_since() {
    let server = Server::start_new();
    let lake = furnish(&server, set_up(&server), "lake-hotels", "seeblick.example");
    let (client, site) = (&lake.owner.client, &lake.site_id);
    let path = |id: &str| format!("/api/v1/sites/{site}/entries/{id}/");
    put(client, "type", "kayak", &kayaks_before());
    let made = |name: &str| publish(client, site, "kayak", &json!({"name": {"en": name, "de": name}, "seats": 2}));
    let [live, planned, aside] = ["Live", "Planned", "Aside"].map(made);
    let plan = json!({"action": "publish", "revision": 1, "local_time": "2099-06-01T06:00"});
    client.post(&format!("{}schedules/", path(&planned)), &plan).expect(201);
    for id in [&planned, &aside] {
        save(client, site, id, |kayak| kayak["seats"] = json!(3));
    }
    client.post(&format!("{}archive/", path(&aside)), &json!({})).expect(200);
    let depth = text("depth", &json!({"required": true}));
    change(client, "type", "kayak", &kayaks(&[text("name", &json!({"localized": true})), depth]));
    let shown = client.get(&path(&live)).expect(200).json()["published"].clone();
    assert!(shown.as_object().unwrap().contains_key("en"), "it is live still: {shown}");

    for more in [&[][..], &["--history"][..]] {
        let bundle = export(&server, "lake-hotels", "a.tar.gz", more);
        let (other, owner) = elsewhere();
        let report = import(&other, "lake-hotels", &bundle, &[]);
        let told = report["notes"].to_string();
        assert!(told.contains("lacks something required in en: it is shown there as it was"), "{told}");
        assert!(!told.contains("left out"), "{told}");
        let there = owner.get(&path(&live)).expect(200).json();
        assert_eq!(keys(&there["published"]), keys(&shown));
        let again = export(&other, "lake-hotels", "again.tar.gz", more);
        for ((name, bytes), (other_name, other_bytes)) in members(&bundle).iter().zip(members(&again)) {
            assert_eq!((name, String::from_utf8_lossy(bytes)), (&other_name, String::from_utf8_lossy(&other_bytes)));
        }
        assert!(bundle == again, "the archives differ");
        let once_more = import(&other, "lake-hotels", &bundle, &[]);
        assert_eq!(counted(&once_more), (0, 0, counted(&report).0), "{once_more}");
    }
    let here = import(&server, "lake-hotels", &export(&server, "lake-hotels", "b.tar.gz", &[]), &[]);
    assert_eq!((counted(&here).0, counted(&here).1), (0, 0), "{here}");
}

fn keys(published: &Value) -> Vec<String> {
    published.as_object().unwrap().keys().cloned().collect()
}
