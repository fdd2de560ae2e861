//! Entries keep their rules on both databases.

use ground::{
    db::{Conn, DbError},
    words::{EntryId, SiteId, Slug},
};
use machinery::web::Explain;
use serde_json::{Value, json};
use tenants::{audit, scope::Scope};

use super::{EntryChange, EntryError, NewEntry, Outcome, Prepared, public::View};
use crate::{
    sites,
    testing::{World, declarations, locale, on_both, room},
};

/// What visitors of a language see under a slug.
fn seen(world: &World, content_type: &str, slug: &str, chain: &[&str]) -> Option<View> {
    let chain: Vec<_> = chain.iter().map(|text| locale(text)).collect();
    let slug: Slug = slug.parse().unwrap();
    world
        .read(|conn, scope| {
            super::public::best_by_slug(conn, scope, world.site.id, content_type, &slug, &chain, conn.now())
        })
        .unwrap_or_else(|error: DbError| panic!("{error}"))
}

fn listed(world: &World, content_type: &str, chain: &[&str]) -> Vec<(String, String)> {
    let chain: Vec<_> = chain.iter().map(|text| locale(text)).collect();
    let (count, views) = world
        .read(|conn, scope| super::store::views(conn, scope, world.site.id, content_type, &chain, conn.now(), 50, 0))
        .unwrap_or_else(|error: DbError| panic!("{error}"));
    assert_eq!(count, views.len() as u64);
    views.into_iter().map(|view| (view.slug.to_string(), view.locale.to_string())).collect()
}

fn lake_room() -> Value {
    room(&[("en", "Lake room"), ("de", "Seezimmer")])
}

#[test]
fn an_entry_is_a_draft_until_it_is_published() {
    on_both(|world| {
        let entry = world.create("room", lake_room()).unwrap();
        assert_eq!((entry.slug.as_str(), entry.title.as_str(), entry.revision), ("lake-room", "Lake room", 1));
        assert_eq!(seen(world, "room", "lake-room", &["en"]), None);
        let version = world.version();
        let entry = world.publish(&entry, None).unwrap();
        assert_eq!(entry.published.len(), 2);
        assert_eq!(world.version(), version + 1);
        let view = seen(world, "room", "lake-room", &["de"]).unwrap();
        assert_eq!(Value::Object(view.document), json!({ "name": "Seezimmer" }));
        let found = world.read(|conn, scope| super::find(conn, scope, world.site.id, entry.id)).unwrap();
        assert_eq!(found, entry);
    });
}

#[test]
fn a_save_over_a_newer_revision_is_a_conflict() {
    on_both(|world| {
        let entry = world.create("room", lake_room()).unwrap();
        let saved = world.save(&entry, room(&[("en", "Lake view")])).unwrap();
        assert_eq!((saved.revision, saved.slug.as_str()), (2, "lake-room"));
        let refused = world.save(&entry, lake_room()).unwrap_err();
        assert_eq!((refused.explain().status, refused.explain().code), (409, "conflict"));
        assert!(matches!(
            world.publish(&entry, None),
            Err(EntryError::RevisionConflict { newest: 2, standing: Some(_) })
        ));
        let same = world.save(&saved, room(&[("en", "Lake view")])).unwrap();
        assert_eq!(same, saved, "the same again keeps no second revision");
        let (count, revisions) =
            world.read(|conn, scope| super::revisions(conn, scope, world.site.id, entry.id, 50, 0)).unwrap();
        assert_eq!((count, revisions[0].number, revisions[1].number), (2, 2, 1));
        assert_eq!(revisions[0].author_kind, "operator");
        let first = world.read(|conn, scope| super::revision(conn, scope, world.site.id, entry.id, 1)).unwrap();
        assert_eq!(first.document.get("name"), lake_room().get("name"));
    });
}

#[test]
fn texts_are_each_languages_own_and_facts_the_newest() {
    on_both(|world| {
        let document = |english: &str, german: &str, guests: u32| {
            let mut document = room(&[("en", english), ("de", german)]);
            document["max_guests"] = json!(guests);
            document["rates"] =
                json!([{ "id": "s", "season_name": { "en": english, "de": german }, "single_rate": "120" }]);
            document["featured_image"] = json!({ "url": "/a.jpg", "alt": { "en": english, "de": german } });
            document["description"] = json!({ "en": english, "de": german });
            document
        };
        let entry = world.create("room", document("One", "Eins", 2)).unwrap();
        let entry = world.publish(&entry, None).unwrap();
        let entry = world.save(&entry, document("Two", "Zwei", 3)).unwrap();
        let entry = world.publish(&entry, Some(&["en"])).unwrap();
        assert_eq!(entry.published.into_values().collect::<Vec<_>>(), [1, 2]);
        let german = seen(world, "room", "one", &["de"]).unwrap();
        assert_eq!(german.revision, 1);
        assert_eq!(
            Value::Object(german.document),
            json!({
                "name": "Eins", "description": "<p>Eins</p>", "featured_image": { "url": "/a.jpg", "alt": "Eins" },
                "max_guests": 3, "rates": [{ "id": "s", "season_name": "Eins", "single_rate": "120.00" }],
            })
        );
        assert_eq!(seen(world, "room", "one", &["en"]).unwrap().get("name"), Some(&json!("Two")));
    });
}

#[test]
fn what_a_language_lacks_comes_from_the_default_language_once_that_is_published() {
    on_both(|world| {
        let mut document = lake_room();
        document["short_description"] = json!({ "en": "By the water" });
        let entry = world.create("room", document).unwrap();
        world.publish(&entry, Some(&["de"])).unwrap();
        assert_eq!(seen(world, "room", "lake-room", &["de"]).unwrap().get("short_description"), None);
        world.publish(&entry, Some(&["en"])).unwrap();
        let german = seen(world, "room", "lake-room", &["de"]).unwrap();
        assert_eq!(german.get("short_description"), Some(&json!("By the water")));
        let id = entry.id;
        world
            .write(move |tx, scope, site, declarations| {
                super::unpublish(tx, scope, declarations, site, id, Some(&[locale("en")]))
            })
            .unwrap();
        assert_eq!(seen(world, "room", "lake-room", &["de"]).unwrap().get("short_description"), None);
        assert_eq!(listed(world, "room", &["en"]), []);
    });
}

#[test]
fn a_language_that_is_not_complete_is_not_published() {
    on_both(|world| {
        let entry = world.create("room", room(&[("en", "Lake room")])).unwrap();
        let refused = world.publish(&entry, Some(&["en", "de"])).unwrap_err();
        assert_eq!(refused.problems()[0].pointer, "/name/de");
        assert_eq!((refused.explain().status, refused.explain().code), (422, "incomplete"));
        assert!(matches!(world.publish(&entry, Some(&["fr"])), Err(EntryError::LocaleUnknown(_))));
        assert!(matches!(world.publish(&entry, Some(&[])), Err(EntryError::LocalesEmpty)));
        let published = world.publish(&entry, None).unwrap().published;
        assert_eq!(published.into_keys().collect::<Vec<_>>(), [locale("en")]);
        assert_eq!(seen(world, "room", "lake-room", &["de", "en"]).unwrap().locale, locale("en"));
        // A language that is shown is not left behind silently.
        let both = world.save(&entry, lake_room()).unwrap();
        world.publish(&both, None).unwrap();
        let less = world.save(&both, room(&[("en", "Lake room")])).unwrap();
        assert!(matches!(world.publish(&less, None), Err(EntryError::Incomplete(_))));
        let nothing = world.create("room", json!({})).unwrap();
        assert!(matches!(world.publish(&nothing, None), Err(EntryError::Incomplete(_))));
    });
}

#[test]
fn a_list_takes_each_entry_in_the_first_language_of_the_chain() {
    on_both(|world| {
        for (order, names) in
            [(3, &[("en", "Attic")][..]), (1, &[("en", "Garden"), ("de", "Garten")]), (2, &[("de", "Nur deutsch")])]
        {
            let mut document = room(names);
            document["order"] = json!(order);
            let entry = world.create("room", document).unwrap();
            world.publish(&entry, None).unwrap();
        }
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(slug, locale)| ((*slug).to_owned(), (*locale).to_owned())).collect()
        };
        assert_eq!(listed(world, "room", &["en"]), pairs(&[("garden", "en"), ("attic", "en")]));
        let german_first = pairs(&[("garden", "de"), ("nur-deutsch", "de"), ("attic", "en")]);
        assert_eq!(listed(world, "room", &["de", "en"]), german_first);
        assert_eq!(listed(world, "room", &["fr", "de", "en"]), german_first);
        let (count, page) = world
            .read(|conn, scope| {
                super::store::views(conn, scope, world.site.id, "room", &[locale("de"), locale("en")], conn.now(), 1, 1)
            })
            .unwrap_or_else(|error: DbError| panic!("{error}"));
        assert_eq!((count, page[0].slug.as_str()), (3, "nur-deutsch"));
    });
}

#[test]
fn a_slug_is_found_or_refused() {
    on_both(|world| {
        let slugs: Vec<_> =
            (0..6).map(|_| world.create("room", room(&[("en", "Lake room")])).unwrap().slug.to_string()).collect();
        assert_eq!(slugs, ["lake-room", "lake-room-2", "lake-room-3", "lake-room-4", "lake-room-5", "lake-room-6"]);
        let asked = NewEntry {
            content_type: "room".to_owned(),
            slug: Some("lake-room".parse().unwrap()),
            document: lake_room(),
            source_key: None,
        };
        let refused =
            world.write(move |tx, scope, site, declarations| super::create(tx, scope, declarations, site, asked));
        assert!(matches!(refused, Err(EntryError::SlugTaken(_))));
        assert_eq!(world.create("amenity", room(&[("en", "Lake room")])).unwrap().slug.as_str(), "lake-room");
        assert_eq!(world.create("room", json!({ "max_guests": 2 })).unwrap().slug.as_str(), "room");
    });
}

#[test]
fn an_address_that_visitors_know_is_not_taken_over() {
    on_both(|world| {
        let first = world.create("room", lake_room()).unwrap();
        world.publish(&first, None).unwrap();
        let renamed = world
            .write(move |tx, scope, site, declarations| {
                let change = EntryChange {
                    revision: 1,
                    slug: Some("moved".parse().unwrap()),
                    document: lake_room(),
                    autosave: false,
                };
                super::save(tx, scope, declarations, site, first.id, &change)
            })
            .unwrap();
        let second = world.create("room", lake_room()).unwrap();
        assert_eq!(second.slug.as_str(), "lake-room");
        assert!(matches!(world.publish(&second, None), Err(EntryError::AddressTaken(_))));
        world.publish(&renamed, None).unwrap();
        world.publish(&second, None).unwrap();
        assert_eq!(seen(world, "room", "moved", &["en"]).unwrap().entry_id, renamed.id);
    });
}

#[test]
fn references_lead_to_entries_of_their_type_and_are_never_stale() {
    on_both(|world| {
        let pool = world.create("amenity", room(&[("en", "Pool"), ("de", "Bad")])).unwrap();
        world.publish(&pool, None).unwrap();
        let with = |amenity: EntryId| {
            let mut document = lake_room();
            document["amenities"] = json!([amenity]);
            document
        };
        let entry = world.create("room", with(pool.id)).unwrap();
        world.publish(&entry, None).unwrap();
        let refused = world.create("room", with(entry.id)).unwrap_err();
        assert_eq!(refused.problems()[0].pointer, "/amenities/0");
        let view = seen(world, "room", "lake-room", &["de"]).unwrap();
        let ids = super::public::ids(view.get("amenities").unwrap());
        let named = |chain: &[&str]| {
            let chain: Vec<_> = chain.iter().map(|text| locale(text)).collect();
            let found: Result<_, DbError> = world.read(|conn: &Conn, scope: &Scope| {
                super::public::best_by_ids(conn, scope, world.site.id, &ids, &chain, conn.now())
            });
            found.unwrap().get(&pool.id).and_then(|view| view.get("name").cloned())
        };
        assert_eq!(named(&["de", "en"]), Some(json!("Bad")));
        let renamed = world.save(&pool, room(&[("en", "Lido"), ("de", "Strandbad")])).unwrap();
        world.publish(&renamed, None).unwrap();
        assert_eq!((named(&["de", "en"]), named(&["en"])), (Some(json!("Strandbad")), Some(json!("Lido"))));
        world.write(move |tx, scope, site, _| super::delete(tx, scope, site, pool.id)).unwrap();
        assert_eq!(named(&["de", "en"]), None);
        // The room may go on naming what was deleted.
        world
            .save(&entry, {
                let mut document = with(renamed.id);
                document["max_guests"] = json!(2);
                document
            })
            .unwrap();
    });
}

#[test]
fn a_deleted_entry_is_gone_and_its_slug_is_free() {
    on_both(|world| {
        let entry = world.create("room", lake_room()).unwrap();
        world.publish(&entry, None).unwrap();
        let id = entry.id;
        world.write(move |tx, scope, site, _| super::delete(tx, scope, site, id)).unwrap();
        assert_eq!(seen(world, "room", "lake-room", &["en"]), None);
        let again = world.write(move |tx, scope, site, _| super::delete(tx, scope, site, id));
        assert!(matches!(again, Err(EntryError::NotFound)));
        assert_eq!(world.create("room", lake_room()).unwrap().slug.as_str(), "lake-room");
        let (count, left) =
            world.read(|conn, scope| super::list(conn, scope, world.site.id, Some("room"), 50, 0)).unwrap();
        assert_eq!((count, left.len()), (1, 1));
    });
}

#[test]
fn a_second_import_changes_nothing() {
    on_both(|world| {
        let put = |name: &str| {
            let new = NewEntry {
                content_type: "room".to_owned(),
                slug: Some("lake-room".parse().unwrap()),
                document: room(&[("en", name)]),
                source_key: Some("hotel/1".to_owned()),
            };
            world
                .write(move |tx, scope, site, declarations| {
                    super::put(tx, scope, declarations, site, new, &[locale("en")])
                })
                .unwrap()
        };
        world.create("room", room(&[("en", "Lake room")])).unwrap();
        let (made, outcome) = put("Lake room");
        assert_eq!((made.slug.as_str(), made.published.len(), outcome), ("lake-room-2", 1, Outcome::Created));
        let version = world.version();
        assert_eq!(put("Lake room"), (made.clone(), Outcome::Unchanged));
        assert_eq!(world.version(), version);
        let (changed, outcome) = put("Lake view");
        assert_eq!((changed.id, changed.revision, outcome), (made.id, 2, Outcome::Changed));
        assert_eq!(seen(world, "room", "lake-room-2", &["en"]).unwrap().get("name"), Some(&json!("Lake view")));
        let id = made.id;
        world.write(move |tx, scope, site, _| super::delete(tx, scope, site, id)).unwrap();
        let (back, outcome) = put("Lake view");
        assert_eq!((back.id, back.published.len(), outcome), (made.id, 1, Outcome::Changed));
        let found = world.read(|conn, scope| super::by_source(conn, scope, world.site.id, "room", "hotel/1")).unwrap();
        assert_eq!(found.map(|entry| entry.id), Some(made.id));
    });
}

#[test]
fn a_source_key_is_no_longer_than_the_rule_says() {
    on_both(|world| {
        let create = |length: usize| {
            let source_key = Some("k".repeat(length));
            let new = NewEntry { content_type: "room".to_owned(), slug: None, document: lake_room(), source_key };
            world.write(move |tx, scope, site, declarations| super::create(tx, scope, declarations, site, new))
        };
        create(super::LONGEST_SOURCE_KEY).unwrap();
        let refused = create(super::LONGEST_SOURCE_KEY + 1).unwrap_err();
        assert!(matches!(&refused, EntryError::Request(problem) if problem.code == "source_key_too_long"), "{refused}");
    });
}

#[test]
fn a_stranger_finds_changes_and_lists_nothing() {
    on_both(|world| {
        let entry = world.create("room", lake_room()).unwrap();
        let (stranger, site, id) = (world.stranger.clone(), world.site.id, entry.id);
        type Attempt = fn(&ground::db::Tx, &Scope, SiteId, EntryId) -> Result<(), EntryError>;
        let attempts: [Attempt; 6] = [
            |tx, scope, site, id| super::find(tx, scope, site, id).map(drop),
            |tx, scope, site, _| super::list(tx, scope, site, None, 50, 0).map(drop),
            |tx, scope, site, id| super::revisions(tx, scope, site, id, 50, 0).map(drop),
            |tx, scope, site, id| super::publish(tx, scope, &declarations(), site, id, 1, None).map(drop),
            |tx, scope, site, id| super::unpublish(tx, scope, &declarations(), site, id, None).map(drop),
            super::delete,
        ];
        for (number, attempt) in attempts.into_iter().enumerate() {
            let stranger = stranger.clone();
            let answer = world.db.write_blocking(move |tx| attempt(tx, &stranger, site, id));
            assert!(matches!(answer, Err(EntryError::NotFound)), "attempt {number}");
        }
    });
}

#[test]
fn what_was_prepared_for_other_languages_is_refused() {
    on_both(|world| {
        let languages = world.read(|conn, scope| sites::languages(conn, scope, world.site.id)).unwrap();
        let new = NewEntry { content_type: "room".to_owned(), slug: None, document: lake_room(), source_key: None };
        let prepared = Prepared::new(&declarations(), languages, new, true).unwrap();
        let again = prepared.clone();
        let entry = world.write(move |tx, scope, site, _| super::create_prepared(tx, scope, site, prepared)).unwrap();
        assert_eq!((entry.published.len(), entry.revision), (2, 1));
        assert_eq!(seen(world, "room", "lake-room", &["de"]).unwrap().get("name"), Some(&json!("Seezimmer")));
        let more = ["en", "de", "fr"].map(locale).to_vec();
        world
            .write(move |tx, scope, site, _| {
                sites::update(
                    tx,
                    scope,
                    site,
                    sites::SiteChange { locales: Some(more), ..sites::SiteChange::default() },
                )
            })
            .unwrap();
        let refused = world.write(move |tx, scope, site, _| super::create_prepared(tx, scope, site, again));
        assert!(matches!(refused, Err(EntryError::LanguagesChanged)));
    });
}

#[test]
fn every_change_is_in_the_audit_log_and_composing_anew_changes_no_view() {
    on_both(|world| {
        let entry = world.create("room", lake_room()).unwrap();
        let entry = world.publish(&entry, None).unwrap();
        let before = seen(world, "room", "lake-room", &["en"]);
        let records = world.read(|conn, scope| Ok::<_, DbError>(audit::verify_chain(conn, scope).unwrap())).unwrap();
        // The site and the entry, each made and published; that the group was made stands in the platform's own chain.
        assert_eq!(records, 4);
        let last = world
            .write(|tx, scope, site, declarations| {
                super::recomposing::recompose_some(tx, scope, declarations, site, None)
            })
            .unwrap();
        assert_eq!(last, Some(entry.id));
        assert_eq!(seen(world, "room", "lake-room", &["en"]), before);
        let noted =
            || world.write(|tx, _, _, declarations| super::recompose_when_declarations_changed(tx, declarations));
        assert_eq!((noted().unwrap(), noted().unwrap()), (true, false));
    });
}
