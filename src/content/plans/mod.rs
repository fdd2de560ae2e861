//! What is planned for a site: schedules of single entries and releases of many, by their time; and what visitors will see
//! when all of it has gone as it is planned.

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::Conn,
    words::{EntryId, Locale, SiteId},
};
use tenants::scope::Scope;

use crate::{
    entries::{self, EntryError, Planned, public::View},
    releases,
    sites::Site,
    types::Declarations,
};

/// What will be seen of the entries for which something is planned.
#[derive(Debug, Default)]
pub struct Foreseen {
    /// Each with what a language shows of it then; nothing where it shows it no more, or not yet.
    entries: BTreeMap<EntryId, Option<View>>,
    /// Those that end before.
    ended: Vec<EntryId>,
}

/// Looks from now to an instant to come. Nothing is foreseen of what is past.
pub fn foresee(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: &Site,
    chain: &[Locale],
    until: Timestamp,
) -> Result<Foreseen, EntryError> {
    if until <= conn.now() {
        return Ok(Foreseen::default());
    }
    let planned = planned(conn, scope, site.id, until)?;
    if planned.is_empty() {
        return Ok(Foreseen::default());
    }
    let ended = entries::ended(&planned);
    let entries = entries::foresee(conn, scope, declarations, site.id, &planned, chain, until)?;
    Ok(Foreseen { entries, ended })
}

/// Everything that is planned for a site until an instant, in its order: at one time what ends comes first, as its address is
/// free then.
fn planned(conn: &Conn, scope: &Scope, site: SiteId, until: Timestamp) -> Result<Vec<Planned>, EntryError> {
    let mut planned = entries::schedules::planned(conn, scope, site, until)?;
    planned.extend(releases::planned(conn, scope, site, until)?);
    planned.sort_by_key(|one| (one.at, one.revision.is_some(), one.entry));
    Ok(planned)
}

impl Foreseen {
    /// What is published, as it will be.
    pub fn over(self, mut views: Vec<View>) -> Vec<View> {
        if self.entries.is_empty() {
            return views;
        }
        views.retain(|view| !self.entries.contains_key(&view.entry_id));
        views.extend(self.entries.into_values().flatten());
        views.sort_by(|one, other| {
            let place = |view: &View| (view.content_type.clone(), view.order, view.entry_id);
            place(one).cmp(&place(other))
        });
        views
    }

    /// Drafts, without those that end until then.
    pub fn without_ended(&self, mut views: Vec<View>) -> Vec<View> {
        views.retain(|view| !self.ended.contains(&view.entry_id));
        views
    }
}
