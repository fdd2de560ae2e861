//! The changes feed in its public shape, and the tokens that say how far a reader is.

use content::entries::{
    changes::{self, Change, FeedError, Reached},
    public,
};
use ground::{clock::Timestamp, db::Tenant};

use super::{
    ReadError,
    cursors::{signed, unsigned},
    reading::{Reader, written},
    schema::{PublicChange, PublicChanges},
};
use crate::kept::Answer;

/// Changes of one answer where the client names no number.
pub(super) const USUAL_LIMIT: i64 = 100;
/// Most changes of one answer: some hundred kilobytes.
pub(super) const HIGHEST_LIMIT: i64 = 1_000;

impl Reader<'_, '_> {
    /// What happened on a site behind a token; everything, where there is none.
    pub fn changes(&self, site: &str, since: Option<&str>, limit: i64) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let site = self.find(site)?;
        let content_state = self.versions.of_content(site.id);
        let bound_to = site.id.to_string();
        let reached = since.map(|text| read(text, &bound_to).ok_or_else(refused)).transpose()?;
        let feed = changes::feed(self.conn, self.visitor, site.id, reached, limit).map_err(|error| match error {
            // A position ahead of all is of a database that was put back to an earlier state: its reader knows too much.
            FeedError::Expired | FeedError::Unknown => ReadError::TokenExpired,
            FeedError::Db(error) => ReadError::Db(error),
        })?;
        let body = written(&PublicChanges {
            items: feed.changes.into_iter().map(shape).collect(),
            next_token: signed(&text(&feed.reached), &bound_to),
            has_more: feed.has_more,
        })?;
        let answer = Answer::new(body, None, vec![sites_state, content_state]);
        Ok(answer.kept_until(public::next_change(self.conn, self.visitor, site.id)?))
    }
}

fn shape(change: Change) -> PublicChange {
    let Change { op, entry, locale, content_type, slug, version, at } = change;
    PublicChange {
        op,
        content_type,
        id: entry.to_string(),
        locale: locale.to_string(),
        slug: slug.map(|slug| slug.to_string()),
        version,
        at: at.to_string(),
    }
}

fn text(reached: &Reached) -> String {
    let Reached { position, seen, reading } = reached;
    let until = seen.as_microsecond();
    match reading {
        None => format!("p.{position}.{until}"),
        Some((entry, locale)) => format!("e.{position}.{until}.{entry}.{locale}"),
    }
}

fn read(token: &str, bound_to: &str) -> Option<Reached> {
    let mut parts = unsigned(token, bound_to)?.split('.');
    let (kind, position) = (parts.next()?, parts.next()?.parse().ok()?);
    let seen = Timestamp::from_microsecond(parts.next()?.parse().ok()?).ok()?;
    let reading = match kind {
        "p" => None,
        "e" => Some((parts.next()?.to_owned(), parts.next()?.to_owned())),
        _ => return None,
    };
    parts.next().is_none().then_some(Reached { position, seen, reading })
}

fn refused() -> ReadError {
    let detail = "`since` is not a token of this site: take `next_token` of the last answer as it is.";
    ReadError::Refused(machinery::web::Problem::parameter_invalid("since", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_went_and_fits_its_own_site_only() {
        let entry = "01890a5d-ac96-774b-bcce-b302099a8057".to_owned();
        for reading in [None, Some((entry, "pt-br".to_owned())), Some((String::new(), String::new()))] {
            let reached = Reached { position: 42, seen: "2026-11-29T23:00:00.123Z".parse().unwrap(), reading };
            let token = signed(&text(&reached), "one");
            assert_eq!(read(&token, "one"), Some(reached));
            assert_eq!(read(&token, "two"), None);
        }
        for broken in ["", "p", "p.1", "p.1.2.000000000000", "x.1"] {
            assert_eq!(read(broken, "one"), None, "{broken}");
        }
    }
}
