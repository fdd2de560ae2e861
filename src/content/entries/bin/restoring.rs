//! What is in the bin, out of it again, or gone for good.

use ground::{
    db::{Conn, Tx},
    words::{EntryId, SiteId},
};
use tenants::{
    permissions::{Permission, PublishContent},
    scope::Scope,
};

use super::{
    super::{
        EntryError, overriding,
        preparing::{State, declared},
        publishing,
        renewing::{Renewed, Returned, renewed},
        saving,
        store::{self as entries, DRAFT},
        telling::{Addresses, Told, author, tell},
        translations,
    },
    Deleted, WithPublications, store,
};
use crate::{media, types::Declarations};

/// One page of what is in a site's bin, the latest first, with how many there are.
pub fn list(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Deleted>), EntryError> {
    crate::sites::languages(conn, scope, site)?;
    Ok(store::list(conn, scope, site, limit, offset)?)
}

/// Takes an entry out of the bin, as a draft, into the archive if it lay there, or, with `publishes`, shown to visitors as
/// before it was deleted or put aside. Where its slug is taken since, it gets one with a number; where its type has changed
/// since, the form that the change gave the others.
pub fn restore(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    publishes: bool,
) -> Result<Returned, EntryError> {
    let (mut entry, withdrawn) = found(tx, scope, site, id)?;
    if publishes && !scope.may(PublishContent::NAME) {
        return Err(EntryError::MayNotPublish);
    }
    let declared = declared(declarations, &entry.content_type)?;
    let languages = crate::sites::languages(tx, scope, site)?;
    let then = entries::revision(tx, scope, id, entry.revision)?.ok_or(EntryError::NotFound)?;
    let Renewed { validated, dropped } = renewed(tx, scope, declarations, declared, &languages, &then)?;
    let is_older = validated.document != then.document;
    let slug = saving::free_slug(tx, scope, site, &entry.content_type, &entry.slug)?;
    let revision = entry.revision;
    entry.updated_at = tx.now();
    entry.archived_at = entry.archived_at.filter(|_| !publishes);
    if slug != entry.slug || is_older {
        let state = State::of(declarations, declared, validated, &languages);
        overriding::note_overrides(tx, scope, &entry, &state.overridden)?;
        overriding::note_references(tx, scope, &entry, DRAFT, &state.references)?;
        entry.title = state.title(&slug);
        entry.order = state.order;
        entry.document = state.document;
        entry.slug = slug;
        entry.revision += 1;
        entries::insert_revision(tx, scope, &entry, &entry.document.to_json(), &author(scope), None)?;
        // Where values stay behind it does not say the same: visitors get to see that by a publication only.
        if is_older && dropped.is_empty() {
            entries::note_renewal(tx, scope, id, entry.revision, revision)?;
        }
    }
    if !store::take_out(tx, scope, &entry)? {
        return Err(EntryError::NotFound);
    }
    translations::note_deleted(tx, scope, &entry, false, revision)?;
    media::note_uses(tx, scope, id, [entry.document.fields()])?;
    let mut addresses = Addresses::default();
    if publishes && !withdrawn.is_empty() {
        addresses.now = publishing::show_again(tx, scope, declarations, &mut entry, &withdrawn)?;
    }
    tell(tx, scope, Told::Restored, None, Some(&entry), &addresses)?;
    Ok(Returned { entry, dropped })
}

/// Deletes an entry of the bin with its history, for good.
pub fn purge(tx: &Tx, scope: &Scope, site: SiteId, id: EntryId) -> Result<(), EntryError> {
    let (entry, _) = found(tx, scope, site, id)?;
    if !store::purge(tx, scope, id)? {
        return Err(EntryError::NotFound);
    }
    Ok(tell(tx, scope, Told::Purged, Some(&entry), None, &Addresses::default())?)
}

fn found(conn: &Conn, scope: &Scope, site: SiteId, id: EntryId) -> Result<WithPublications, EntryError> {
    if !scope.may_act_on(site) {
        return Err(EntryError::NotFound);
    }
    store::find(conn, scope, site, id)?.ok_or(EntryError::NotFound)
}
