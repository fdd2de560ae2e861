//! Putting entries where they are to be, some in each transaction.

use content::{
    entries::{
        EntryError, Outcome,
        carried::{self, Carried, PlannedItem, Put},
    },
    releases,
};
use ground::{
    db::Tx,
    words::{EntryId, SiteId},
};
use machinery::web::Explain as _;
use tenants::scope::Scope;

use super::Place;
use crate::transfer::TransferError;

/// What became of an entry of a type.
pub(super) type Became = (EntryId, String, Put);

/// Puts entries in one transaction. Those that find their names with others wait.
pub(super) fn put(place: &Place<'_>, entries: Vec<(SiteId, Carried)>) -> Result<Vec<Became>, TransferError> {
    let (scope, catalogue) = (place.scope.clone(), place.catalogue.clone());
    place.db.write_blocking(move |tx| {
        let declarations = catalogue.of(tx, &scope)?;
        let put = |(site, entry): (SiteId, Carried)| -> Result<Became, TransferError> {
            let here = releases::carried::planned_for(tx, &scope, entry.id)?;
            let put = carried::put(tx, &scope, &declarations, site, &entry, &here);
            let put = put.map_err(|error| refusal(error, |told| format!("The entry {}: {told}", entry.id)))?;
            plan(tx, &scope, site, entry.id, &put)?;
            Ok((entry.id, entry.content_type, put))
        };
        entries.into_iter().map(put).collect()
    })
}

/// Puts entries that have each other's names here, in one transaction: visitors see each of them under its old address, or
/// under its new one.
pub(super) fn put_together(
    place: &Place<'_>,
    entries: Vec<(SiteId, Carried)>,
) -> Result<Vec<(String, Outcome)>, TransferError> {
    let (scope, catalogue) = (place.scope.clone(), place.catalogue.clone());
    place.db.write_blocking(move |tx| {
        let declarations = catalogue.of(tx, &scope)?;
        let planned = |(site, entry): (SiteId, Carried)| {
            let here = releases::carried::planned_for(tx, &scope, entry.id)?;
            Ok((site, entry, here))
        };
        let entries: Vec<(SiteId, Carried, Vec<PlannedItem>)> =
            entries.into_iter().map(planned).collect::<Result<_, TransferError>>()?;
        let put = carried::put_together(tx, &scope, &declarations, &entries);
        let put = put.map_err(|error| refusal(error, |told| told))?;
        let (mut done, mut taken) = (Vec::new(), Vec::new());
        for ((site, entry, _), put) in entries.into_iter().zip(put) {
            plan(tx, &scope, site, entry.id, &put)?;
            match put {
                Put::Done(outcome, _) => done.push((entry.content_type, outcome)),
                Put::SlugTaken(slug) => taken.push(format!(
                    "The entry {} has the slug {slug}, and another entry of its site has it too.",
                    entry.id
                )),
            }
        }
        if taken.is_empty() { Ok(done) } else { Err(TransferError::Refused(taken)) }
    })
}

/// Writes what is to happen to an entry with releases.
fn plan(tx: &Tx, scope: &Scope, site: SiteId, entry: EntryId, put: &Put) -> Result<(), TransferError> {
    if let Put::Done(_, planned) = put {
        releases::carried::put_items(tx, scope, site, entry, planned)?;
    }
    Ok(())
}

fn refusal(error: EntryError, tell: impl FnOnce(String) -> String) -> TransferError {
    match error {
        EntryError::Db(error) => TransferError::Db(error),
        refusal => TransferError::Refused(vec![tell(refusal.explain().detail)]),
    }
}
