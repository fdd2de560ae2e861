//! Addresses that guests may have kept: when a published entry gets another one, the old one leads to it, in every
//! language, in one step. When an old address is a page again, nothing leads away from it any more.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    db::Tx,
    words::{EntryId, Locale, SiteId, Slug},
};
use serde_json::{Value, json};
use tenants::scope::Scope;

use super::{Entry, EntryChange, EntryError, NewEntry, Prepared, publishing, reading, saving, telling::Addresses};
use crate::{
    redirects,
    sites::Languages,
    types::{Declarations, PageDeclaration, Role, TypeDeclaration},
};

/// An entry's page before and after a publication.
pub(super) struct Move {
    site: SiteId,
    page: PageDeclaration,
    addresses: Addresses,
}

impl Move {
    /// Nothing where the entry has no page that could move.
    pub(super) fn of(declared: &TypeDeclaration, entry: &Entry, addresses: Addresses) -> Option<Self> {
        let page = declared.page.clone().filter(|page| !is_first(page, entry))?;
        Some(Self { site: entry.site_id, page, addresses })
    }
}

/// Makes, leads on and removes redirects after a publication that changed `addresses`.
pub(super) fn lead_on(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    declared: &TypeDeclaration,
    entry: &Entry,
    languages: &Languages,
    addresses: Addresses,
) -> Result<(), EntryError> {
    let moves = Vec::from_iter(Move::of(declared, entry, addresses));
    lead_all_on(tx, scope, declarations, languages, &moves)
}

/// [`lead_on`] for pages of one site that moved at the same time: they may have swapped their addresses.
pub(super) fn lead_all_on(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    moves: &[Move],
) -> Result<(), EntryError> {
    let mut standing = BTreeSet::new();
    for Move { site, page, addresses } in moves {
        free(tx, scope, *site, page, languages, &addresses.now)?;
        standing.extend(addresses.now.iter().map(|(locale, slug)| address(page, languages, locale, slug)));
    }
    let Some(redirect) = declarations.with_role(Role::Redirect) else { return Ok(()) };
    let mut moved = Vec::new();
    let mut turned = Vec::new();
    for Move { site, page, addresses } in moves {
        for (locale, now) in &addresses.now {
            let Some(before) = addresses.before.get(locale).filter(|before| *before != now) else { continue };
            let (old, new) = (address(page, languages, locale, before), address(page, languages, locale, now));
            // All are found before the first is turned: it may then lead to where another page has just been.
            let leading = redirects::that_lead_to(tx, scope, *site, &old)?;
            turned.extend(leading.into_iter().map(|id| (*site, id, new.clone())));
            if !standing.contains(&old) {
                moved.push((*site, old, new));
            }
        }
    }
    for (site, id, new) in turned {
        turn(tx, scope, declarations, languages, site, id, &new)?;
    }
    for (site, old, new) in moved {
        match redirects::from_exactly(tx, scope, site, &old)? {
            Some(id) => turn(tx, scope, declarations, languages, site, id, &new)?,
            None => make(tx, scope, declarations, &redirect.name, languages, site, &old, &new)?,
        }
    }
    Ok(())
}

/// Puts the redirects from these addresses into the bin: pages answer there now.
pub(super) fn free(
    tx: &Tx,
    scope: &Scope,
    site: SiteId,
    page: &PageDeclaration,
    languages: &Languages,
    now: &BTreeMap<Locale, Slug>,
) -> Result<(), EntryError> {
    for (locale, slug) in now {
        if let Some(id) = redirects::from_exactly(tx, scope, site, &address(page, languages, locale, slug))? {
            saving::delete(tx, scope, site, id)?;
        }
    }
    Ok(())
}

/// Where an entry's page stands on the website: each language below its prefix.
fn address(page: &PageDeclaration, languages: &Languages, locale: &Locale, slug: &Slug) -> String {
    let language = languages.prefix(locale).map(|prefix| format!("/{prefix}")).unwrap_or_default();
    let path = if page.path.is_empty() { String::new() } else { format!("/{}", page.path) };
    format!("{language}{path}/{slug}")
}

/// Whether the entry is the first page, which stands at the root whatever its slug.
fn is_first(page: &PageDeclaration, entry: &Entry) -> bool {
    let field = page.home.as_ref().and_then(|name| entry.document.get(name));
    field.and_then(Value::as_bool).unwrap_or(false)
}

/// Lets a published redirect lead to another address.
fn turn(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    site: SiteId,
    id: EntryId,
    to: &str,
) -> Result<(), EntryError> {
    let redirect = reading::find(tx, scope, site, id)?;
    let mut document = redirect.document.into_fields();
    document.insert("to".to_owned(), Value::String(to.to_owned()));
    if document.get("status").and_then(Value::as_str) == Some("gone") {
        document.insert("status".to_owned(), json!("moved_permanently"));
    }
    // Its target is a page by now, and is kept one from here on.
    document.insert("source".to_owned(), json!("slug_change"));
    let change =
        EntryChange { revision: redirect.revision, slug: None, document: Value::Object(document), autosave: false };
    let saved = saving::save(tx, scope, declarations, site, id, &change)?;
    let shown: Vec<Locale> = redirect.published.keys().cloned().collect();
    let locales = if shown.is_empty() { vec![languages.default.clone()] } else { shown };
    publishing::publish(tx, scope, declarations, site, id, saved.revision, Some(&locales)).map(drop)
}

#[expect(clippy::too_many_arguments, reason = "what a redirect is made of, and where")]
fn make(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    content_type: &str,
    languages: &Languages,
    site: SiteId,
    from: &str,
    to: &str,
) -> Result<(), EntryError> {
    let new = NewEntry {
        content_type: content_type.to_owned(),
        slug: None,
        document: json!({"from": from, "match": "exact", "to": to, "status": "moved_permanently", "source": "slug_change"}),
        source_key: None,
    };
    let prepared = Prepared::new(declarations, languages.clone(), new, false)?;
    let made = saving::create_prepared(tx, scope, site, prepared)?;
    // It says the same in every language: one is enough for websites, and keeps the read model small.
    let locales = [languages.default.clone()];
    publishing::publish(tx, scope, declarations, site, made.id, made.revision, Some(&locales)).map(drop)
}
