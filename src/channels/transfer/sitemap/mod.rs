//! Old addresses against the new website: which are answered, by a page or by a redirect, which could be, and which would be
//! lost. A website is ready to go live when nothing is.

mod proposing;
mod reading;

use std::{collections::BTreeMap, fmt, path::Path, sync::Arc};

use content::{
    entries::{self, EntryError, NewEntry},
    sites::{self, Site},
    types::{Catalogue, Declarations},
};
use ground::{
    db::{Db, DbError, Tx},
    words::{SafeUrl, Slug},
};
use machinery::web::Explain as _;
use serde::Serialize;
use tenants::scope::Scope;
use url::Url;
use utoipa::ToSchema;

use super::{
    TransferError,
    addresses::{Addresses, Answer, BESIDE, REDIRECT, Verdict, normal, redirect},
    keys,
};
use reading::Old;

/// Redirects of one transaction.
const BATCH: usize = 100;
/// What is to be looked at.
#[derive(Debug)]
pub struct SitemapImport<'a> {
    /// A sitemap, or a table where `is_csv`.
    pub file: &'a Path,
    /// Whether the file is a table with the columns `old` and `new`.
    pub is_csv: bool,
    /// The new website.
    pub site: &'a Slug,
    /// Make the redirects that are proposed.
    pub creates: bool,
    /// Change nothing all the same.
    pub is_dry_run: bool,
    /// Addresses that are read at most.
    pub most: usize,
}

/// Addresses that the command reads.
pub const MOST_ADDRESSES: usize = 500_000;

/// How the old addresses are answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Coverage {
    /// Whether nothing was kept.
    pub is_dry_run: bool,
    /// Old addresses.
    pub addresses: usize,
    /// Answered by a page at the same address.
    pub covered: usize,
    /// Answered by a redirect.
    pub redirected: usize,
    /// Could be answered by a redirect that is proposed.
    pub proposed: usize,
    /// Answered by nothing.
    pub missing: usize,
    /// A redirect was wished for that cannot be made.
    pub refused: usize,
    /// Redirects made.
    pub created: usize,
    /// How many of a hundred are answered, rounded down.
    pub percent: usize,
    /// Whether all are: only then guests lose nothing when the new website goes live.
    pub is_complete: bool,
    /// The addresses in the order of the file.
    pub rows: Vec<CoverageRow>,
}

/// An old address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CoverageRow {
    /// Its path and query.
    pub old: String,
    /// How it is answered.
    pub answer: Answered,
    /// The new address; empty where there is none.
    pub new: String,
    /// Why this answer; a whole sentence, empty where there is nothing to say.
    pub reason: String,
}

/// How an old address is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CoverageAnswer)]
pub enum Answered {
    /// By a page at the same address, whatever its parameters.
    Covered,
    /// By a redirect; also by one that says that the page is gone for good.
    Redirected,
    /// By a redirect that could be made.
    Proposed,
    /// By nothing.
    Missing,
    /// By a redirect that cannot be made.
    Refused,
}

/// Looks at every old address, and makes the redirects that are proposed where that is wished for.
pub fn import(
    db: &Db,
    catalogue: &Catalogue,
    scope: &Scope,
    wish: &SitemapImport<'_>,
) -> Result<Coverage, TransferError> {
    let olds = reading::read(wish.file, wish.is_csv, wish.most)?;
    let declarations = db.read_blocking(|conn| catalogue.of(conn, scope))?;
    let (site, mut addresses) = db.read_blocking(|conn| {
        let site = sites::find_by_slug(conn, scope, wish.site)?;
        let addresses = Addresses::read(conn, scope, &declarations, &site)?;
        Ok::<_, TransferError>((site, addresses))
    })?;
    let mut seen: BTreeMap<String, Option<&String>> = BTreeMap::new();
    let mut rows = Vec::with_capacity(olds.len());
    for old in &olds {
        let path = path_of(&old.address);
        match seen.get(&path) {
            None => {
                seen.insert(path.clone(), old.new.as_ref());
                rows.push(answer(&mut addresses, &site, path, old));
            }
            // Named twice, as it is in many lists.
            Some(first) if old.new.is_none() || *first == old.new.as_ref() => {}
            Some(_) => rows.push(CoverageRow {
                old: path,
                answer: Answered::Refused,
                new: old.new.clone().unwrap_or_default(),
                reason: "The file has this address before, and leads it elsewhere.".to_owned(),
            }),
        }
    }
    let mut created = 0;
    if wish.creates {
        let mut wanted: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].answer == Answered::Proposed).collect();
        if !wish.is_dry_run {
            let refused = create(db, &declarations, scope, &site, &wanted, &rows)?;
            wanted.retain(|row| !refused.contains_key(row));
            for (row, reason) in refused {
                (rows[row].answer, rows[row].reason) = (Answered::Refused, reason);
            }
        }
        created = wanted.len();
        for row in wanted {
            rows[row].answer = Answered::Redirected;
        }
    }
    let count = |answer: Answered| rows.iter().filter(|row| row.answer == answer).count();
    let (covered, redirected) = (count(Answered::Covered), count(Answered::Redirected));
    let percent = (covered + redirected) * 100 / rows.len().max(1);
    Ok(Coverage {
        is_dry_run: wish.is_dry_run,
        addresses: rows.len(),
        covered,
        redirected,
        proposed: count(Answered::Proposed),
        missing: count(Answered::Missing),
        refused: count(Answered::Refused),
        created,
        percent,
        is_complete: covered + redirected == rows.len(),
        rows,
    })
}

/// Path and query of an old address, whatever its host.
fn path_of(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) => {
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            normal(&format!("{}{query}", url.path()))
        }
        Err(_) => normal(address),
    }
}

fn answer(addresses: &mut Addresses, site: &Site, path: String, old: &Old) -> CoverageRow {
    let row = |answer, new: String, reason: String| CoverageRow { old: path.clone(), answer, new, reason };
    if let Some(new) = &old.new {
        return match wished(addresses, &path, new) {
            Ok(Some(to)) => {
                addresses.add(&path, &to);
                row(Answered::Proposed, to, "The file says so.".to_owned())
            }
            Ok(None) => stands(addresses, &path).unwrap_or_else(|| {
                let reason = "Both addresses are the same, and nothing stands there.";
                row(Answered::Missing, String::new(), reason.to_owned())
            }),
            Err(reason) => row(Answered::Refused, new.clone(), reason),
        };
    }
    if let Some(row) = stands(addresses, &path) {
        return row;
    }
    match proposing::propose(addresses, site, &path) {
        Some(proposal) => match addresses.judge(&path, &proposal.to).refusal() {
            None => {
                addresses.add(&path, &proposal.to);
                row(Answered::Proposed, proposal.to, proposal.reason)
            }
            Some(reason) => row(Answered::Refused, proposal.to, reason),
        },
        None => row(Answered::Missing, String::new(), "No page has a name like it.".to_owned()),
    }
}

/// A redirect that the file wishes for: its new address, or why it cannot be; nothing where none is needed.
fn wished(addresses: &Addresses, path: &str, new: &str) -> Result<Option<String>, String> {
    let url: SafeUrl = new.parse().map_err(|error: ground::words::WordError| error.message)?;
    if !url.as_str().starts_with('/') && !url.as_str().contains("://") {
        return Err("A redirect leads to a path that begins with /, or to https:// or http://.".to_owned());
    }
    match addresses.judge(path, url.as_str()) {
        Verdict::Same | Verdict::Exists => Ok(None),
        Verdict::Fine if addresses.is_answered(url.as_str()) => Ok(Some(url.as_str().to_owned())),
        Verdict::Fine => Err(format!("Nothing is published at {new}.")),
        verdict => Err(verdict.refusal().unwrap_or_default()),
    }
}

/// What answers an address today.
fn stands(addresses: &Addresses, path: &str) -> Option<CoverageRow> {
    let (answer, new, reason) = match addresses.answer(path) {
        // Other systems name all of their pages so (`/?p=12`): whoever reads the report has to know.
        Answer::Page(at) if at == "/" && path.contains('?') => {
            let reason = "The first page answers, whatever the parameters ask for: a table can lead them elsewhere.";
            (Answered::Covered, at, reason.to_owned())
        }
        Answer::Page(at) => (Answered::Covered, at, String::new()),
        Answer::Leads(to) => (Answered::Redirected, to, String::new()),
        Answer::Gone => {
            (Answered::Redirected, String::new(), "A redirect says that it is gone for good (410).".to_owned())
        }
        Answer::Astray(to) => {
            let reason = format!("A redirect leads to {to}, where nothing stands.");
            (Answered::Missing, to, reason)
        }
        Answer::Beside => (Answered::Missing, String::new(), BESIDE.to_owned()),
        Answer::Nothing => return None,
    };
    Some(CoverageRow { old: path.to_owned(), answer, new, reason })
}

/// Makes the redirects of these rows, and answers which of them are refused all the same, and why: somebody may have changed
/// the website since it was looked at.
fn create(
    db: &Db,
    declarations: &Arc<Declarations>,
    scope: &Scope,
    site: &Site,
    wanted: &[usize],
    rows: &[CoverageRow],
) -> Result<BTreeMap<usize, String>, TransferError> {
    let mut refused = BTreeMap::new();
    for some in wanted.chunks(BATCH) {
        let mut some = some.to_vec();
        loop {
            let redirects: Vec<(usize, String, String)> =
                some.iter().map(|row| (*row, rows[*row].old.clone(), rows[*row].new.clone())).collect();
            let (declarations, scope, site) = (Arc::clone(declarations), scope.clone(), site.clone());
            // One that is refused takes all of its transaction back: the others are written anew.
            match db.write_blocking(move |tx| write(tx, &scope, &declarations, &site, &redirects)) {
                Ok(()) => break,
                Err(Stop::Refused(row, reason)) => {
                    some.retain(|one| *one != row);
                    refused.insert(row, reason);
                }
                Err(Stop::Db(error)) => return Err(error.into()),
            }
        }
    }
    Ok(refused)
}

fn write(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: &Site,
    redirects: &[(usize, String, String)],
) -> Result<(), Stop> {
    for (row, from, to) in redirects {
        let (source_key, _) = keys::find(tx, scope, site.id, REDIRECT, format_args!("sitemap {from}"))?;
        let new = NewEntry {
            content_type: REDIRECT.to_owned(),
            slug: None,
            document: redirect(from, to),
            source_key: Some(source_key),
        };
        entries::put(tx, scope, declarations, site.id, new, &site.locales).map_err(|error| match error {
            EntryError::Db(error) => Stop::Db(error),
            EntryError::Invalid(problems) | EntryError::Incomplete(problems) => {
                Stop::Refused(*row, problems.into_iter().map(|one| one.detail).collect::<Vec<_>>().join(" "))
            }
            refusal => Stop::Refused(*row, refusal.explain().detail),
        })?;
    }
    Ok(())
}

/// What a transaction is taken back for.
enum Stop {
    /// The redirect of this row is refused.
    Refused(usize, String),
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// The report for people.
impl fmt::Display for Coverage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for CoverageRow { old, answer, new, reason } in &self.rows {
            let name = match answer {
                Answered::Covered if reason.is_empty() => continue,
                Answered::Covered => "covered",
                Answered::Redirected => "redirected",
                Answered::Proposed => "proposed",
                Answered::Missing => "missing",
                Answered::Refused => "refused",
            };
            let leads = if new.is_empty() { String::new() } else { format!(" -> {new}") };
            writeln!(formatter, "{name:<10} {old}{leads}  {reason}")?;
        }
        let Self { addresses, covered, redirected, proposed, missing, refused, created, percent, .. } = self;
        write!(
            formatter,
            "{addresses} old addresses: {covered} covered by a page, {redirected} by a redirect ({created} made now), {proposed} \
             proposed, {missing} missing, {refused} refused. {percent} % are answered"
        )?;
        formatter.write_str(if self.is_complete { "." } else { "; it must be 100 % before the website goes live." })?;
        if self.is_dry_run { formatter.write_str(" Nothing was kept, this was a dry run.") } else { Ok(()) }
    }
}
