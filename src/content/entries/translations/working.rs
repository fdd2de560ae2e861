//! Work on translations: how far they are, one language beside another, and writing one without touching the rest.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError, Tx},
    words::{EntryId, Locale, SiteId},
};
use machinery::web::FieldProblem;
use serde_json::{Value, json};
use tenants::{
    audit::{self, Change},
    scope::Scope,
};

use super::{
    super::{Entry, EntryChange, EntryError, preparing::declared, reading, saving},
    Completeness, Confirming, TextState, TranslatedEntry, TranslatedText, Translation, TranslationChange, Wish,
    places::{Places, places, pointer_to, set_text, text_at, texts_at},
    states::{Basis, Origin, Translated, recount},
    store,
};
use crate::{
    sites::{self, Direction, Languages},
    types::{Declarations, FieldKind},
};

/// How far each type of a site is in each of its languages.
pub fn table(conn: &Conn, scope: &Scope, site: SiteId) -> Result<Vec<Completeness>, EntryError> {
    let languages = sites::languages(conn, scope, site)?;
    let mut rows = store::table(conn, scope, site)?;
    rows.retain(|row| languages.offered.contains(&row.locale));
    Ok(rows)
}

/// One page of a site's entries with how far they are in a language or in all, with how many there are.
pub fn list(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    wish: &Wish,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<TranslatedEntry>), EntryError> {
    let languages = sites::languages(conn, scope, site)?;
    if let Some(unknown) = wish.locale.as_ref().filter(|locale| !languages.offered.contains(locale)) {
        return Err(EntryError::LocaleUnknown(unknown.clone()));
    }
    Ok(store::list(conn, scope, site, wish, limit, offset)?)
}

/// The ids of the entries of a wish, as many as `most`; nothing where there are more.
pub fn entries_of(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    wish: &Wish,
    most: u32,
) -> Result<Option<Vec<EntryId>>, EntryError> {
    let (count, found) = list(conn, scope, site, wish, i64::from(most), 0)?;
    let mut ids: Vec<EntryId> = found.into_iter().map(|one| one.id).collect();
    ids.dedup();
    Ok((count <= u64::from(most)).then_some(ids))
}

/// An entry in one language beside another.
pub fn find(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    source: Option<&Locale>,
    target: &Locale,
) -> Result<Translation, EntryError> {
    let languages = sites::languages(conn, scope, site)?;
    let source = source.unwrap_or(&languages.default);
    check_locales(&languages, source, target)?;
    let entry = reading::find(conn, scope, site, id)?;
    beside(conn, scope, declarations, &languages, entry, source, target)
}

fn beside(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    entry: Entry,
    source: &Locale,
    target: &Locale,
) -> Result<Translation, EntryError> {
    let declared = declared(declarations, &entry.content_type)?;
    let states = store::states(conn, scope, entry.id, entry.revision)?;
    let noted = states.get(target);
    let fields = entry.document.fields();
    let translated = |place: super::places::Place<'_>| {
        let Basis { source: made_from, was } =
            noted.and_then(|paths| paths.get(&place.path)).cloned().unwrap_or_default();
        let (source, target) = (text_at(fields, &place.path, source), text_at(fields, &place.path, target));
        let state = match (source, target) {
            (_, Some(_)) if was.is_some() => TextState::Stale,
            (_, Some(_)) => TextState::Current,
            (None, None) => TextState::Empty,
            (Some(_), None) => TextState::Missing,
        };
        let (max_length, is_multiline) = match place.kind {
            FieldKind::Text { max_length, multiline } => (Some(*max_length), *multiline),
            FieldKind::RichText { max_length } => (Some(*max_length), true),
            _ => (None, false),
        };
        TranslatedText {
            path: place.path,
            label: place.label,
            kind: place.kind.name().to_owned(),
            is_required: place.is_required,
            is_multiline,
            max_length,
            source: source.cloned(),
            target: target.cloned(),
            state,
            made_from: made_from.unwrap_or_else(|| languages.default.clone()),
            was,
        }
    };
    let places = places(declarations, declared, &entry.document).into_iter();
    let texts = places.filter(|place| place.is_shown_in(target)).map(translated).collect();
    Ok(Translation {
        entry: entry.id,
        content_type: entry.content_type,
        slug: entry.slug,
        title: entry.title,
        revision: entry.revision,
        source: source.clone(),
        target: target.clone(),
        source_direction: Direction::of(source),
        target_direction: Direction::of(target),
        published: entry.published.get(target).copied(),
        texts,
    })
}

/// Writes texts of one language over the newest revision, whoever has saved it: what others have changed elsewhere since
/// `change.revision` stays. Where they have changed one of these very texts, nothing is written; where they have changed the
/// source of one, it is written and is stale at once, since it rests on the source of that revision.
pub fn put(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    change: &TranslationChange,
) -> Result<Translation, EntryError> {
    let languages = sites::languages(tx, scope, site)?;
    let Draft { wish, origin, written } = drafted(tx, scope, declarations, &languages, site, id, change)?;
    let saved = saving::save_from(tx, scope, declarations, site, id, &wish, origin)
        .map_err(|error| in_request(error, &written))?;
    beside(tx, scope, declarations, &languages, saved, &change.source, &change.target)
}

/// The texts that [`put`] would refuse, each with why. What is wrong with one of them leaves the others right; what is wrong
/// with the entry is wrong with all.
pub fn refused(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    change: &TranslationChange,
) -> Result<BTreeMap<String, String>, EntryError> {
    let languages = sites::languages(conn, scope, site)?;
    let mut change = change.clone();
    let mut refused = BTreeMap::new();
    while !change.texts.is_empty() {
        let tried = drafted(conn, scope, declarations, &languages, site, id, &change).and_then(|draft| {
            saving::savable(conn, scope, declarations, site, id, &draft.wish, draft.origin)
                .map_err(|error| in_request(error, &draft.written))
        });
        let error = match tried {
            Ok(_) => break,
            Err(error @ EntryError::Db(_)) => return Err(error),
            Err(error) => error,
        };
        let why = |path: &String| match &error {
            EntryError::TextsInvalid(problems) => {
                problems.iter().find(|one| one.pointer == in_texts(path)).map(|one| one.detail.clone())
            }
            _ => None,
        };
        let mut named: BTreeMap<_, _> =
            change.texts.keys().filter_map(|path| Some((path.clone(), why(path)?))).collect();
        if named.is_empty() {
            let whole = format!("The entry takes no texts: {error}.");
            named = change.texts.keys().map(|path| (path.clone(), whole.clone())).collect();
        }
        change.texts.retain(|path, _| !named.contains_key(path));
        refused.append(&mut named);
    }
    Ok(refused)
}

/// A change of texts as a change of the document.
struct Draft {
    wish: EntryChange,
    origin: Origin,
    /// The pointers of the texts in the document and in the request.
    written: Vec<(String, String)>,
}

fn drafted(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    site: SiteId,
    id: EntryId,
    change: &TranslationChange,
) -> Result<Draft, EntryError> {
    check_locales(languages, &change.source, &change.target)?;
    let entry = reading::stored(conn, scope, site, id)?;
    let known = Places::of(declarations, declared(declarations, &entry.content_type)?, &entry.document);
    let unknown = change.texts.keys().filter(|path| !known.has(path));
    let problems: Vec<_> = unknown.map(|path| text_unknown(in_texts(path))).collect();
    if !problems.is_empty() {
        return Err(EntryError::TextsInvalid(problems));
    }
    let mut read = entry.document.clone();
    if entry.revision != change.revision {
        let began = super::super::store::revision(conn, scope, id, change.revision)?;
        let is_touched = |path: &String| {
            let now = text_at(entry.document.fields(), path, &change.target);
            began.as_ref().is_none_or(|began| text_at(began.document.fields(), path, &change.target) != now)
        };
        if change.revision > entry.revision || change.texts.keys().any(is_touched) {
            return Err(saving::conflict(conn, scope, &entry)?);
        }
        read = began.map_or(read, |began| began.document);
    }
    let mut document = entry.document.clone().into_fields();
    for (path, text) in &change.texts {
        set_text(&mut document, path, &change.target, text.clone().filter(|text| !text.is_null()));
    }
    let written: Vec<(String, String)> = change
        .texts
        .keys()
        .filter_map(|path| Some((pointer_to(&document, path, &change.target)?, in_texts(path))))
        .collect();
    let wish = EntryChange {
        revision: entry.revision,
        slug: None,
        document: Value::Object(document),
        autosave: change.autosave,
    };
    let translated = Translated { target: change.target.clone(), source: change.source.clone(), read };
    Ok(Draft { wish, origin: Origin { restored: None, translated: Some(translated) }, written })
}

/// Says of translations that they are still right though their source has changed. The document stays as it is.
pub fn confirm(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    wish: &Confirming,
) -> Result<Translation, EntryError> {
    let languages = sites::languages(tx, scope, site)?;
    check_locales(&languages, &languages.default, &wish.target)?;
    let entry = reading::find(tx, scope, site, id)?;
    if entry.revision != wish.revision {
        return Err(saving::conflict(tx, scope, &entry)?);
    }
    let known = Places::of(declarations, declared(declarations, &entry.content_type)?, &entry.document);
    let is_there = |path: &String| {
        let texts = texts_at(entry.document.fields(), path);
        known.has(path) && texts.is_some_and(|texts| texts.contains_key(wish.target.as_str()))
    };
    let unknown = wish.paths.iter().enumerate().filter(|(_, path)| !is_there(path));
    let problems: Vec<_> = unknown.map(|(index, _)| text_unknown(format!("/paths/{index}"))).collect();
    if !problems.is_empty() {
        return Err(EntryError::TextsInvalid(problems));
    }
    let mut states = store::states(tx, scope, id, entry.revision)?;
    if let Some(noted) = states.get_mut(&wish.target) {
        for path in &wish.paths {
            if let Some(basis) = noted.get_mut(path) {
                basis.was = None;
            }
        }
        noted.retain(|_, basis| *basis != Basis::default());
    }
    states.retain(|_, noted| !noted.is_empty());
    store::put_states(tx, scope, id, entry.revision, &states)?;
    recount(tx, scope, &languages, &known, &entry, &states)?;
    let said = json!({ "locale": wish.target, "paths": wish.paths, "revision": wish.revision });
    audit::record(
        tx,
        scope,
        Change {
            action: "entry.translation_confirmed",
            subject_type: "entry",
            subject_id: id.to_string(),
            before: None,
            after: Some(said),
        },
    )?;
    let source = languages.default.clone();
    beside(tx, scope, declarations, &languages, entry, &source, &wish.target)
}

/// Counts the texts of some entries anew: the declarations or the site's languages are others.
pub(in super::super) fn recount_some(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    ids: &[EntryId],
) -> Result<(), EntryError> {
    let languages = sites::languages(tx, scope, site)?;
    for entry in super::super::store::by_ids(tx, scope, site, ids)? {
        store::forget_counts(tx, scope, entry.id)?;
        // A type that is no longer declared has nothing that could be translated.
        if let Ok(declared) = declared(declarations, &entry.content_type) {
            let known = Places::of(declarations, declared, &entry.document);
            let states = store::states(tx, scope, entry.id, entry.revision)?;
            if !known.known.is_empty() {
                recount(tx, scope, &languages, &known, &entry, &states)?;
            }
        }
    }
    Ok(())
}

/// Leaves the translations of an entry in the bin out of every count; of one that is back, counts them again. `revision`
/// is the one that it had in the bin, where it is back under a newer one.
pub(in super::super) fn note_deleted(
    tx: &Tx,
    scope: &Scope,
    entry: &Entry,
    is_deleted: bool,
    revision: u32,
) -> Result<(), DbError> {
    if revision != entry.revision {
        let states = store::states(tx, scope, entry.id, revision)?;
        store::put_states(tx, scope, entry.id, entry.revision, &states)?;
    }
    store::set_deleted(tx, scope, entry.id, is_deleted)
}

fn check_locales(languages: &Languages, source: &Locale, target: &Locale) -> Result<(), EntryError> {
    if let Some(unknown) = [source, target].into_iter().find(|locale| !languages.offered.contains(locale)) {
        return Err(EntryError::LocaleUnknown(unknown.clone()));
    }
    Ok(())
}

/// The pointer (RFC 6901) to a text in the request, by its path.
fn in_texts(path: &str) -> String {
    format!("/texts/{}", path.replace('~', "~0").replace('/', "~1"))
}

/// What is wrong with the texts that were sent, told of the texts: whoever sent them has no document. `written` has their
/// pointers in the document and in the request.
fn in_request(error: EntryError, written: &[(String, String)]) -> EntryError {
    let EntryError::Invalid(problems) = error else { return error };
    let holds = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // A field as a whole may be wrong because of the text in it: the brand has locked it. The document as a whole is not.
    let text_of = |problem: &FieldProblem| {
        let field = Some(&problem.pointer).filter(|pointer| !pointer.is_empty());
        let is_of =
            |pointer: &str| holds(pointer, &problem.pointer) || field.is_some_and(|field| holds(field, pointer));
        written.iter().find(|(pointer, _)| is_of(pointer)).map(|(_, in_request)| in_request.clone())
    };
    // One that is about something else stays with its place in the document.
    let pointers: Option<Vec<String>> = problems.iter().map(text_of).collect();
    match pointers {
        None => EntryError::Invalid(problems),
        Some(pointers) => EntryError::TextsInvalid(
            problems.into_iter().zip(pointers).map(|(problem, pointer)| FieldProblem { pointer, ..problem }).collect(),
        ),
    }
}

fn text_unknown(pointer: String) -> FieldProblem {
    FieldProblem { pointer, code: "text_unknown".into(), detail: "The entry has no such text.".to_owned() }
}
