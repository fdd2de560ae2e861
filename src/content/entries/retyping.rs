//! What a change of declarations does to an entry: looked at before, and done afterwards by the same look, so that what
//! was announced is what happens.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError, Tx},
    words::{EntryId, Locale, SiteId},
};
use machinery::web::FieldProblem;
use serde::Serialize;
use serde_json::Value;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{
    Entry, EntryError, history,
    preparing::State,
    publishing::{self, Edition},
    reading,
    renewing::{self, Again},
    saving, store,
    telling::tell_recomposed,
};
use crate::{
    sites::{self, Languages},
    types::{Document, Step, Validated},
};

/// Entries read at a time.
const ENTRIES_AT_ONCE: i64 = 100;

/// What becomes of one entry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Retyped {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry: EntryId,
    /// Its site.
    #[schema(value_type = String, format = "uuid")]
    pub site: SiteId,
    /// Its type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// What lists call it.
    pub title: String,
    /// What lists will call it, where that becomes another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_title: Option<String>,
    /// The values of its newest document that become others or are dropped.
    pub values: Vec<ValueChange>,
    /// The values of what visitors see, where that is older than the newest document, that become others or are dropped
    /// and are not named in `values`.
    pub published_values: Vec<ValueChange>,
    /// The languages in which it could be published and can be no more, until what is named is filled in.
    pub incomplete: Vec<Incomplete>,
    /// The languages in which visitors see something else.
    #[schema(value_type = Vec<String>)]
    pub shown: Vec<Locale>,
    /// Whether a published state changes that is older than the newest document.
    pub changes_older: bool,
    /// Whether it stands at another place in lists.
    pub moved: bool,
    /// Whether it goes into the bin, because its type goes.
    pub deleted: bool,
}

/// What becomes of one value.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ValueChange {
    /// JSON Pointer (RFC 6901) to it.
    pub pointer: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub from: Option<Value>,
    /// What it becomes; left out where it is dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub to: Option<Value>,
}

/// A language that an entry cannot be published in any more.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Incomplete {
    /// The language.
    #[schema(value_type = String)]
    pub locale: Locale,
    /// What is missing.
    pub missing: Vec<FieldProblem>,
}

impl Retyped {
    /// Whether nothing of it becomes different.
    pub fn is_unchanged(&self) -> bool {
        !self.is_rewritten()
            && self.new_title.is_none()
            && self.incomplete.is_empty()
            && self.shown.is_empty()
            && !self.moved
            && !self.deleted
    }

    fn is_rewritten(&self) -> bool {
        !self.values.is_empty() || self.changes_older
    }
}

/// An entry as it is with what becomes of it.
pub struct Look {
    /// What becomes of it.
    pub retyped: Retyped,
    entry: Entry,
    editions: Vec<Edition>,
    draft: Validated,
    /// The published documents in the new form, by the number of the revision that they are now.
    published: BTreeMap<u32, Document>,
}

impl Look {
    /// The documents that the team and visitors see.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.editions.iter().map(|edition| &edition.document).chain([&self.entry.document])
    }

    /// The state that was looked at: nothing of it may differ when it is changed.
    pub fn state(&self) -> String {
        let editions =
            self.editions.iter().map(|edition| format!("{}={}", edition.locale, edition.publication.revision));
        format!("{}:{}:{}", self.entry.id, self.entry.revision, editions.collect::<Vec<_>>().join(","))
    }
}

/// How many entries of a type there are in all sites.
pub fn count(conn: &Conn, scope: &Scope, content_type: &str) -> Result<u64, DbError> {
    store::count_of_type(conn, scope, content_type)
}

/// Looks at every entry of a type in a site, in the order of their ids.
pub fn look(
    conn: &Conn,
    scope: &Scope,
    step: Step<'_>,
    site: SiteId,
    languages: &Languages,
    content_type: &str,
) -> Result<Vec<Look>, DbError> {
    let mut looks = Vec::new();
    let mut after = None;
    loop {
        let mut entries = store::of_type_behind(conn, scope, site, content_type, after, ENTRIES_AT_ONCE)?;
        let Some(last) = entries.last() else { return Ok(looks) };
        after = Some(last.id);
        reading::add_publications(conn, scope, &mut entries)?;
        for entry in entries {
            let editions =
                if entry.published.is_empty() { Vec::new() } else { store::editions(conn, scope, entry.id)? };
            looks.push(look_at(step, languages, entry, editions));
        }
    }
}

fn look_at(step: Step<'_>, languages: &Languages, entry: Entry, editions: Vec<Edition>) -> Look {
    let convert =
        |document: &Document| step.convert(&entry.content_type, document, &languages.default, &languages.offered);
    let draft = convert(&entry.document);
    let published: BTreeMap<u32, Document> =
        editions.iter().map(|one| (one.publication.revision, convert(&one.document).document)).collect();
    let is_other = |one: &&Edition| {
        one.publication.revision != entry.revision && published.get(&one.publication.revision) != Some(&one.document)
    };
    let older = editions.iter().filter(is_other);
    let newest = values(&entry.document, &draft.document);
    let mut published_values: Vec<ValueChange> = Vec::new();
    for edition in older.clone() {
        let Some(document) = published.get(&edition.publication.revision) else { continue };
        for one in values(&edition.document, document) {
            // Languages often show one revision, and most of it is as in the newest.
            if !newest.contains(&one) && !published_values.contains(&one) {
                published_values.push(one);
            }
        }
    }
    let mut retyped = Retyped {
        entry: entry.id,
        site: entry.site_id,
        content_type: entry.content_type.clone(),
        title: entry.title.clone(),
        new_title: None,
        changes_older: older.count() > 0,
        values: newest,
        published_values,
        incomplete: Vec::new(),
        shown: Vec::new(),
        moved: false,
        deleted: false,
    };
    match (step.old.content_type(&entry.content_type), step.new.content_type(&entry.content_type)) {
        (Some(old), Some(new)) => {
            let as_it_is = Validated { document: entry.document.clone(), ..Validated::default() };
            let (before, after) =
                (State::of(step.old, old, as_it_is, languages), State::of(step.new, new, draft.clone(), languages));
            let title = after.title(&entry.slug);
            // Compared with what the old declaration says now: a title may be older than the site's first language.
            retyped.new_title = (title != before.title(&entry.slug)).then_some(title);
            retyped.moved = before.order != after.order;
            for locale in &languages.offered {
                let missing = step.new.missing(new, &draft.document, locale);
                if !missing.is_empty() && step.old.missing(old, &entry.document, locale).is_empty() {
                    retyped.incomplete.push(Incomplete { locale: locale.clone(), missing });
                }
            }
            let rewritten = in_new_form(&editions, &published);
            let before = publishing::composed(step.old, old, languages, &editions);
            let after = publishing::composed(step.new, new, languages, &rewritten);
            let differs =
                before.iter().zip(&after).filter(|(before, after)| (before.1, &before.2) != (after.1, &after.2));
            retyped.shown = differs.map(|(before, _)| before.0.locale.clone()).collect();
        }
        (_, None) => {
            retyped.deleted = true;
            retyped.shown = editions.iter().map(|edition| edition.locale.clone()).collect();
        }
        (None, Some(_)) => {}
    }
    Look { retyped, entry, editions, draft, published }
}

fn in_new_form(editions: &[Edition], published: &BTreeMap<u32, Document>) -> Vec<Edition> {
    let in_new_form = |edition: &Edition| {
        let document = published.get(&edition.publication.revision).unwrap_or(&edition.document).clone();
        Edition { document, ..edition.clone() }
    };
    editions.iter().map(in_new_form).collect()
}

/// The values that differ. A formatted text counts as one.
fn values(before: &Document, after: &Document) -> Vec<ValueChange> {
    let changes = history::changes(before.fields(), after.fields());
    changes.into_iter().map(|one| ValueChange { pointer: one.pointer, from: one.before, to: one.after }).collect()
}

/// Does what was announced: the documents in their new form become new revisions, the languages show those, and what
/// visitors see is composed anew.
pub fn retype(tx: &Tx, scope: &Scope, step: Step<'_>, look: Look) -> Result<(), EntryError> {
    let Look { retyped, entry, editions, draft, published } = look;
    if retyped.is_unchanged() {
        return Ok(());
    }
    if retyped.deleted {
        return saving::delete(tx, scope, entry.site_id, entry.id);
    }
    let Some(declared) = step.new.content_type(&entry.content_type) else { return Ok(()) };
    // First, since it holds the site's row: two publications of one site do not read past each other.
    let languages = if retyped.shown.is_empty() {
        sites::languages(tx, scope, entry.site_id)?
    } else {
        sites::touch(tx, scope, entry.site_id)?
    };
    let state = State::of(step.new, declared, draft, &languages);
    let mut now = entry.clone();
    if retyped.is_rewritten() {
        let slug_of =
            |old: u32| editions.iter().find(|one| one.publication.revision == old).map(|one| one.slug.clone());
        let again = published.into_iter().filter_map(|(old, document)| Some((old, (slug_of(old)?, document))));
        let again: Vec<Again> = again.collect();
        now = renewing::write_again(tx, scope, &entry, &editions, &again, state)?;
    } else if retyped.new_title.is_some() || retyped.moved {
        store::rename(tx, scope, entry.id, &state.title(&entry.slug), state.order)?;
    }
    if !retyped.shown.is_empty() {
        let editions = store::editions(tx, scope, now.id)?;
        publishing::put_views(tx, scope, step.new, declared, &now, &languages, &editions)?;
        tell_recomposed(tx, scope, &now);
    }
    Ok(())
}
