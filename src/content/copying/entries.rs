//! Copying an entry, alone or with what belongs to it, on its site or to another of the organization.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    db::{Conn, Tx},
    words::{EntryId, Locale, MediaId, SiteId, Slug},
};
use machinery::web::FieldProblem;
use serde_json::Value;
use tenants::scope::Scope;

use super::{
    Copied, CopiedEntry, CopyWish, LeftOut, MOST_ENTRIES, With,
    rewriting::{Place, Rewritten},
};
use crate::{
    entries::{self, Entry, EntryChange, EntryError, NewEntry},
    media,
    sites::{self, Languages},
    types::{Declarations, FieldKind, TypeDeclaration, Validated},
};

/// Entries read at a time.
const ENTRIES_AT_ONCE: i64 = 200;
/// What stands behind the title of a copy, by language; in others the English word.
const SUFFIXES: [(&str, &str); 6] =
    [("en", "(copy)"), ("de", "(Kopie)"), ("fr", "(copie)"), ("es", "(copia)"), ("it", "(copia)"), ("ar", "(نسخة)")];

/// Copies an entry as a draft, in one transaction.
pub fn copy(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    wish: &CopyWish,
) -> Result<Copied, EntryError> {
    let original = entries::find(tx, scope, site, id)?;
    let target = wish.site.unwrap_or(site);
    let (here, there) = (sites::languages(tx, scope, site)?, sites::languages(tx, scope, target)?);
    let mut set = vec![original];
    if wish.with == With::Content {
        add_belonging(tx, scope, declarations, site, &mut set)?;
    }
    let is_same_site = target == site;
    let mut copies = BTreeMap::new();
    if !is_same_site {
        let takes_along = wish.with == With::Content;
        copies = add_named(tx, scope, declarations, (site, &here), target, &mut set, takes_along)?;
    }
    let members: BTreeSet<EntryId> = set.iter().map(|entry| entry.id).collect();
    let (mut files, mut all_named) = (BTreeSet::new(), BTreeSet::new());
    let mut needs = Vec::with_capacity(set.len());
    for entry in &set {
        let Validated { references, media, .. } = named(declarations, &here, entry);
        files.extend(media.into_iter().map(|one| one.media));
        let named = references.into_iter().map(|one| one.entry);
        all_named.extend(named.clone());
        needs.push(named.filter(|id| members.contains(id)).collect::<BTreeSet<_>>());
    }
    let files: Vec<MediaId> = files.into_iter().collect();
    let foreign_files = if files.is_empty() { Vec::new() } else { media::unknown(tx, scope, target, &files)? };
    let all_named: Vec<EntryId> = all_named.into_iter().collect();
    let gone = entries::gone(tx, scope, site, &all_named)?;
    let mut copying = Copying {
        tx,
        scope,
        declarations,
        site: target,
        languages: &there,
        is_same_site,
        foreign_files,
        gone,
        to_come: members,
        copies,
        left_out: Vec::new(),
        locales: BTreeSet::new(),
    };
    let copied = copying.make_all(&set, &needs, wish)?;
    let entry = copied.iter().find(|one| one.from == id).map(|one| one.to).ok_or(EntryError::NotFound)?;
    Ok(Copied {
        entry: entries::find(tx, scope, target, entry)?,
        site: target,
        copies: copied,
        left_out: copying.left_out,
        locales_left_out: copying.locales.into_iter().collect(),
    })
}

/// The references of an entry and the files that it names.
fn named(declarations: &Declarations, languages: &Languages, entry: &Entry) -> Validated {
    let document = Value::Object(entry.document.fields().clone());
    let declared = declarations.content_type(&entry.content_type);
    // A document that older declarations allowed names what the new ones still find.
    declared.and_then(|declared| declarations.validate(declared, &document, &languages.held()).ok()).unwrap_or_default()
}

/// Adds every entry that belongs to one of the set: a field of its own, and not one among many, names it.
fn add_belonging(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    set: &mut Vec<Entry>,
) -> Result<(), EntryError> {
    let mut known: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut next = 0;
    while let Some(owner) = set.get(next).cloned() {
        next += 1;
        for declared in declarations.types() {
            let fields = owners(declared, &owner.content_type);
            if fields.is_empty() {
                continue;
            }
            if !known.contains_key(&declared.name) {
                known.insert(declared.name.clone(), all_of_type(conn, scope, site, &declared.name)?);
            }
            let id = owner.id.to_string();
            let belongs = |entry: &&Entry| {
                fields.iter().any(|field| entry.document.get(field).and_then(Value::as_str) == Some(id.as_str()))
            };
            let found = known.get(&declared.name).into_iter().flatten().filter(belongs);
            let found: Vec<Entry> = found.filter(|entry| set.iter().all(|one| one.id != entry.id)).cloned().collect();
            set.extend(found);
        }
        check_count(set)?;
    }
    Ok(())
}

/// The fields by which an entry of one type belongs to one of another.
fn owners<'d>(declared: &'d TypeDeclaration, owner: &str) -> Vec<&'d str> {
    let named =
        declared.fields.iter().filter(|field| matches!(&field.kind, FieldKind::Reference { to } if to == owner));
    named.map(|field| field.name.as_str()).collect()
}

fn all_of_type(conn: &Conn, scope: &Scope, site: SiteId, content_type: &str) -> Result<Vec<Entry>, EntryError> {
    let mut all = Vec::new();
    loop {
        let offset = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let (_, some) = entries::list(conn, scope, site, Some(content_type), ENTRIES_AT_ONCE, offset)?;
        if some.is_empty() {
            return Ok(all);
        }
        all.extend(some);
    }
}

/// For another site: what the set names is there under the same type and slug, or goes along with `takes_along`. Answers what
/// stands there already for what.
fn add_named(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    (site, languages): (SiteId, &Languages),
    target: SiteId,
    set: &mut Vec<Entry>,
    takes_along: bool,
) -> Result<BTreeMap<EntryId, EntryId>, EntryError> {
    let mut standing = BTreeMap::new();
    let mut next = 0;
    while let Some(entry) = set.get(next).cloned() {
        next += 1;
        for reference in named(declarations, languages, &entry).references {
            let id = reference.entry;
            if standing.contains_key(&id) || set.iter().any(|one| one.id == id) {
                continue;
            }
            let Ok(named) = entries::find(conn, scope, site, id) else { continue };
            match entries::by_slug(conn, scope, target, &named.content_type, &named.slug)? {
                Some(there) => drop(standing.insert(id, there)),
                None if takes_along => set.push(named),
                None => {}
            }
        }
        check_count(set)?;
    }
    Ok(standing)
}

fn check_count(set: &[Entry]) -> Result<(), EntryError> {
    if set.len() <= MOST_ENTRIES {
        return Ok(());
    }
    Err(EntryError::Request(FieldProblem {
        pointer: "/with".to_owned(),
        code: "too_many_entries".into(),
        detail: format!("More than {MOST_ENTRIES} entries belong to it. Copy the site, or parts of it."),
    }))
}

struct Copying<'a, 'c> {
    tx: &'a Tx<'c>,
    scope: &'a Scope,
    declarations: &'a Declarations,
    site: SiteId,
    languages: &'a Languages,
    is_same_site: bool,
    foreign_files: Vec<MediaId>,
    gone: BTreeSet<EntryId>,
    to_come: BTreeSet<EntryId>,
    copies: BTreeMap<EntryId, EntryId>,
    left_out: Vec<LeftOut>,
    locales: BTreeSet<Locale>,
}

impl Copying<'_, '_> {
    /// Makes all, what is named before what names it; what names each other in a circle gets its references at the end. The
    /// first of the set is the one that was asked for.
    fn make_all(
        &mut self,
        set: &[Entry],
        needs: &[BTreeSet<EntryId>],
        wish: &CopyWish,
    ) -> Result<Vec<CopiedEntry>, EntryError> {
        let mut copied = Vec::with_capacity(set.len());
        let mut later = Vec::new();
        let mut waiting: Vec<(usize, &Entry, &BTreeSet<EntryId>)> =
            set.iter().zip(needs).enumerate().map(|(place, (entry, needs))| (place, entry, needs)).collect();
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|(_, _, needs)| needs.is_disjoint(&self.to_come)).unwrap_or_default();
            let (place, entry, needs) = waiting.remove(ready);
            let is_asked = place == 0;
            let is_whole = needs.is_disjoint(&self.to_come);
            let Rewritten { document, left_out, locales } = self.rewritten(entry, is_asked)?;
            let made = self.make(entry, document, wish.slug.as_ref().filter(|_| is_asked))?;
            self.to_come.remove(&entry.id);
            self.copies.insert(entry.id, made.id);
            copied.push(CopiedEntry { from: entry.id, to: made.id });
            self.locales.extend(locales);
            if is_whole {
                self.left_out.extend(left_out);
            } else {
                later.push((entry, made, is_asked));
            }
        }
        for (entry, made, is_asked) in later {
            let Rewritten { document, left_out, .. } = self.rewritten(entry, is_asked)?;
            self.left_out.extend(left_out);
            let change = EntryChange { revision: made.revision, slug: None, document, autosave: false };
            entries::save(self.tx, self.scope, self.declarations, self.site, made.id, &change)?;
        }
        Ok(copied)
    }

    /// Makes a draft under this slug, or under a free one made from the original's.
    fn make(&self, entry: &Entry, document: Value, slug: Option<&Slug>) -> Result<Entry, EntryError> {
        let new = NewEntry {
            content_type: entry.content_type.clone(),
            slug: Some(slug.unwrap_or(&entry.slug).clone()),
            document,
            source_key: None,
        };
        entries::create_copy(self.tx, self.scope, self.declarations, self.site, new, slug.is_none())
    }

    /// The document for the new place, without what is still to come.
    fn rewritten(&self, entry: &Entry, is_asked: bool) -> Result<Rewritten, EntryError> {
        let unknown = || EntryError::TypeUnknown(entry.content_type.clone());
        let declared = self.declarations.content_type(&entry.content_type).ok_or_else(unknown)?;
        let place = Place {
            declarations: self.declarations,
            languages: self.languages,
            copies: &self.copies,
            to_come: &self.to_come,
            is_same_site: self.is_same_site,
            foreign_files: &self.foreign_files,
            gone: &self.gone,
        };
        let mut rewritten = place.rewrite(declared, entry.id, &entry.document);
        if is_asked && self.is_same_site {
            add_suffix(declared, &mut rewritten.document);
        }
        Ok(rewritten)
    }
}

/// Says in the title that it is a copy.
fn add_suffix(declared: &TypeDeclaration, document: &mut Value) {
    let Some(FieldKind::Text { max_length, .. }) = declared.field(&declared.title_field).map(|field| &field.kind)
    else {
        return;
    };
    let suffixed = |title: &mut Value, language: &str| {
        let base = language.split('-').next().unwrap_or_default();
        let known = SUFFIXES.iter().find(|(name, _)| *name == base).or(SUFFIXES.first());
        let (Some(text), Some((_, suffix))) = (title.as_str(), known) else { return };
        let room = max_length.saturating_sub(suffix.chars().count() + 1);
        let kept: String = text.chars().take(room).collect();
        *title = Value::String(format!("{} {suffix}", kept.trim_end()));
    };
    match document.get_mut(&declared.title_field) {
        Some(Value::Object(titles)) => {
            for (language, title) in titles.iter_mut() {
                suffixed(title, &language.clone());
            }
        }
        Some(title) => suffixed(title, "en"),
        None => {}
    }
}
