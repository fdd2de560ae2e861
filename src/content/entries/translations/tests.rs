//! Translations keep their rules on both databases.

use ground::words::EntryId;
use serde_json::{Value, json};

use super::{Confirming, Counts, Lack, TextState, Translation, TranslationChange, Wish};
use crate::{
    entries::{self, Entry, EntryError, history},
    testing::{World, declarations, locale, on_both},
};

fn page(title: (&str, &str), items: &[(&str, &str, &str)]) -> Value {
    let items: Vec<_> =
        items.iter().map(|(id, en, de)| json!({ "id": id, "type": "hero", "title": { "en": en, "de": de } })).collect();
    json!({ "title": { "en": title.0, "de": title.1 }, "sections": items })
}

fn beside(world: &World, id: EntryId) -> Translation {
    let declarations = declarations();
    world
        .read(|conn, scope| super::find(conn, scope, &declarations, world.site.id, id, None, &locale("de")))
        .unwrap_or_else(|error: EntryError| panic!("{error}"))
}

/// The paths that are stale in German, each with the text that it was made from.
fn stale(world: &World, entry: &Entry) -> Vec<(String, String)> {
    let texts = beside(world, entry.id).texts.into_iter().filter(|text| text.state == TextState::Stale);
    texts.map(|text| (text.path, text.was.unwrap().as_str().unwrap().to_owned())).collect()
}

fn counted(world: &World, id: EntryId) -> Counts {
    let wish = Wish { locale: Some(locale("de")), ..Wish::default() };
    let (_, found) = world
        .read(|conn, scope| super::list(conn, scope, world.site.id, &wish, 50, 0))
        .unwrap_or_else(|error: EntryError| panic!("{error}"));
    found.into_iter().find(|one| one.id == id).unwrap().texts
}

#[test]
fn a_translation_is_stale_exact_to_the_field_until_it_is_changed_or_confirmed() {
    on_both(|world| {
        let made = page(("Lake", "See"), &[("a", "One", "Eins"), ("b", "Two", "Zwei")]);
        let first = world.create("page", made).unwrap();
        assert_eq!(stale(world, &first), []);
        // A fact marks nothing, nor does another place in the list.
        let mut moved = page(("Lake", "See"), &[("b", "Two", "Zwei"), ("a", "One", "Eins")]);
        moved["show_in_menu"] = json!(true);
        let second = world.save(&first, moved).unwrap();
        assert_eq!(stale(world, &second), []);
        let third = world.save(&second, page(("Lake", "See"), &[("b", "2", "Zwei"), ("a", "One", "Eins")])).unwrap();
        let two = ("sections/b/title".to_owned(), "Two".to_owned());
        assert_eq!(stale(world, &third), std::slice::from_ref(&two));
        assert_eq!(counted(world, third.id).stale, 1);
        // Twice changed, it still rests on what it was made from.
        let fourth = world.save(&third, page(("Pond", "See"), &[("b", "II", "Zwei"), ("a", "One", "Eins")])).unwrap();
        assert_eq!(stale(world, &fourth), [("title".to_owned(), "Lake".to_owned()), two.clone()]);
        let (id, revision) = (fourth.id, fourth.revision);
        world
            .write(move |tx, scope, site, declarations| {
                let wish = Confirming { revision, target: locale("de"), paths: vec!["title".to_owned()] };
                super::confirm(tx, scope, declarations, site, id, &wish)
            })
            .unwrap();
        assert_eq!(stale(world, &fourth), [two]);
        // The source as it was, or another translation: both are right again.
        let fifth = world.save(&fourth, page(("Pond", "See"), &[("b", "Two", "Zwei"), ("a", "1", "Eins")])).unwrap();
        assert_eq!(stale(world, &fifth), [("sections/a/title".to_owned(), "One".to_owned())]);
        let sixth = world.save(&fifth, page(("Pond", "See"), &[("b", "Two", "Zwei"), ("a", "1", "1.")])).unwrap();
        assert_eq!(stale(world, &sixth), []);
        assert_eq!(counted(world, sixth.id), Counts { filled: 3, ..counted(world, sixth.id) });
    });
}

#[test]
fn a_language_owes_no_text_of_a_section_that_it_does_not_show() {
    on_both(|world| {
        let with = |languages: Value| {
            let mut document = page(("Lake", "See"), &[("a", "One", "Eins")]);
            document["sections"][0]["title"] = json!({ "en": "One" });
            document["sections"][0]["visible"] = json!({ "languages": languages });
            document
        };
        let first = world.create("page", with(json!(["en"]))).unwrap();
        let paths = |id| beside(world, id).texts.into_iter().map(|text| text.path).collect::<Vec<_>>();
        let is_there = |id| paths(id).contains(&"sections/a/title".to_owned());
        assert_eq!((counted(world, first.id).empty, is_there(first.id)), (0, false));
        let second = world.save(&first, with(json!(["en", "de"]))).unwrap();
        assert_eq!((counted(world, second.id).empty, is_there(second.id)), (1, true));
        let third = world.save(&second, with(json!([]))).unwrap();
        assert_eq!((counted(world, third.id).empty, is_there(third.id)), (1, true));
    });
}

#[test]
fn what_is_brought_back_rests_on_what_it_rested_on_then() {
    on_both(|world| {
        let first = world.create("page", page(("Lake", "See"), &[])).unwrap();
        let second = world.save(&first, page(("Pond", "See"), &[])).unwrap();
        let third = world.save(&second, page(("Pond", "Teich"), &[])).unwrap();
        assert_eq!(stale(world, &third), []);
        let restore = |entry: &Entry, from: u32, fields: Option<&[&str]>| {
            let (id, revision) = (entry.id, entry.revision);
            let fields = fields.map(|fields| fields.iter().map(|one| (*one).to_owned()).collect());
            world
                .write(move |tx, scope, site, declarations| {
                    let wish = history::Restoring { revision, from, fields };
                    history::restore(tx, scope, declarations, site, id, &wish)
                })
                .unwrap()
                .entry
        };
        let lake = ("title".to_owned(), "Lake".to_owned());
        // Revision 2 was stale, and is again.
        let fourth = restore(&third, 2, None);
        assert_eq!(stale(world, &fourth), std::slice::from_ref(&lake));
        let fifth = restore(&fourth, 1, None);
        assert_eq!(stale(world, &fifth), []);
        // The German title of revision 1 was made from "Lake", and stands beside "Pond" now.
        let sixth = restore(&fifth, 3, None);
        let seventh = restore(&sixth, 1, Some(&["/title/de"]));
        assert_eq!(stale(world, &seventh), [lake]);
        let id = seventh.id;
        world.write(move |tx, scope, site, _| entries::delete(tx, scope, site, id)).unwrap();
        let wish = Wish { state: Some(Lack::Stale), ..Wish::default() };
        let listed = || world.read(|conn, scope| super::list(conn, scope, world.site.id, &wish, 50, 0)).unwrap().0;
        assert_eq!(listed(), 0);
        world
            .write(move |tx, scope, site, declarations| entries::bin::restore(tx, scope, declarations, site, id, false))
            .unwrap();
        assert_eq!(listed(), 1);
    });
}

#[test]
fn a_translator_and_an_editor_both_keep_their_work() {
    on_both(|world| {
        let first = world.create("page", page(("Lake", "See"), &[("a", "One", "Eins")])).unwrap();
        world.save(&first, page(("Pond", "See"), &[("a", "One", "Eins")])).unwrap();
        let put = |revision: u32, texts: Value| {
            let (id, texts) = (first.id, serde_json::from_value(texts).unwrap());
            world.write(move |tx, scope, site, declarations| {
                let (source, target) = (locale("en"), locale("de"));
                let change = TranslationChange { revision, source, target, texts, autosave: false };
                super::put(tx, scope, declarations, site, id, &change)
            })
        };
        let saved = put(1, json!({ "sections/a/title": "Eines" })).unwrap();
        assert_eq!(saved.revision, 3);
        let title = saved.texts.iter().find(|text| text.path == "title").unwrap();
        assert_eq!((title.source.clone(), title.state), (Some(json!("Pond")), TextState::Stale));
        // The same text, changed by somebody else since revision 2: nothing is written.
        assert!(matches!(
            put(2, json!({ "sections/a/title": "Ein" })),
            Err(EntryError::RevisionConflict { newest: 3, .. })
        ));
        assert!(matches!(put(3, json!({ "sections/b/title": "Ein" })), Err(EntryError::TextsInvalid(_))));
        let emptied = put(3, json!({ "sections/a/title": null })).unwrap();
        let text = emptied.texts.iter().find(|text| text.path == "sections/a/title").unwrap();
        assert_eq!((text.target.clone(), text.state), (None, TextState::Missing));
    });
}
