//! What is planned for a site: schedules of single entries and releases of many, by their time; and what visitors will see
//! when all of it has gone as it is planned. Nothing is foreseen of what is past.

use ground::{
    clock::Timestamp,
    db::Conn,
    words::{Locale, SiteId},
};
use tenants::scope::Scope;

use crate::{
    entries::{
        self, EntryError, Planned,
        public::{self, View},
    },
    releases,
    sites::Languages,
    types::Declarations,
};

/// What is published, as it will be at an instant, where one is given.
pub fn foreseen(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    (site, languages): (SiteId, &Languages),
    chain: &[Locale],
    until: Option<Timestamp>,
    mut views: Vec<View>,
) -> Result<Vec<View>, EntryError> {
    let Some((until, planned)) = planned(conn, scope, site, until)? else { return Ok(views) };
    let then = entries::foresee(conn, scope, declarations, (site, languages), &planned, chain, until)?;
    views.retain(|view| !then.contains_key(&view.entry_id));
    views.extend(then.into_values().flatten());
    public::arrange(&mut views);
    Ok(views)
}

/// Drafts, without those that end until an instant, where one is given.
pub fn without_ended(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    until: Option<Timestamp>,
    mut views: Vec<View>,
) -> Result<Vec<View>, EntryError> {
    if let Some((_, planned)) = planned(conn, scope, site, until)? {
        let ended = entries::ended(&planned);
        views.retain(|view| !ended.contains(&view.entry_id));
    }
    Ok(views)
}

/// Everything that is planned for a site until an instant to come, in its order: at one time what ends comes first, as its
/// address is free then.
fn planned(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    until: Option<Timestamp>,
) -> Result<Option<(Timestamp, Vec<Planned>)>, EntryError> {
    let Some(until) = until.filter(|until| *until > conn.now()) else { return Ok(None) };
    let mut planned = entries::schedules::planned(conn, scope, site, until)?;
    planned.extend(releases::planned(conn, scope, site, until)?);
    planned.sort_by_key(|one| (one.at, one.revision.is_some(), one.entry));
    Ok((!planned.is_empty()).then_some((until, planned)))
}
