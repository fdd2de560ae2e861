//! On whose clocks an entry's local times are: on those of the house that it is or belongs to, where that has said so, else on
//! those of the site.

use ground::{
    db::Conn,
    words::{EntryId, SiteId, TimeZoneName},
};
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{EntryError, store};
use crate::{
    sites,
    types::{Document, FieldProblem, TypeDeclaration},
};

/// The type of houses.
pub(super) const HOUSE: &str = "property";
/// The field by which an entry belongs to a house.
const BELONGS_TO: &str = "property";
/// The field in which a house says where it stands.
const TIME_ZONE: &str = "time_zone";

/// The time zone of an entry with this document.
pub fn zone_of(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    content_type: &str,
    document: &Map<String, Value>,
) -> Result<TimeZoneName, EntryError> {
    let own = if content_type == HOUSE {
        said(document)
    } else {
        let house: Option<EntryId> = document.get(BELONGS_TO).and_then(|id| id.as_str()?.parse().ok());
        let house = house.map(|id| store::by_id(conn, scope, site, id)).transpose()?.flatten();
        match house.filter(|house| house.content_type == HOUSE) {
            // As visitors know it; before it is published as the team has it.
            Some(house) => {
                let editions = store::editions(conn, scope, house.id)?;
                let newest = editions.iter().max_by_key(|edition| edition.publication.revision);
                said(newest.map_or(&house.document, |edition| &edition.document).fields())
            }
            None => None,
        }
    };
    match own {
        Some(zone) => Ok(zone),
        None => Ok(sites::time_zone(conn, scope, site)?),
    }
}

/// Refuses a house on clocks that nobody knows.
pub(super) fn check(declared: &TypeDeclaration, document: &Document) -> Result<(), FieldProblem> {
    if declared.name != HOUSE || document.get(TIME_ZONE).is_none() || said(document.fields()).is_some() {
        return Ok(());
    }
    Err(FieldProblem {
        pointer: format!("/{TIME_ZONE}"),
        code: "time_zone_unknown".into(),
        detail: "This is no time zone: write it as in Europe/Zurich.".to_owned(),
    })
}

/// What a house says; nothing where that is no time zone.
pub(super) fn said(document: &Map<String, Value>) -> Option<TimeZoneName> {
    document.get(TIME_ZONE)?.as_str()?.parse().ok()
}
