//! Checking: what the rules say of what is published, in the transaction that publishes it, of a draft that is asked for, and
//! each night of everything, since prices expire by themselves.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError, Tx},
    words::{EntryId, Locale, SiteId},
};
use machinery::jobs::{
    self, Job, JobContext, JobError, Lane, Options, Priority, Registry,
    schedule::{CatchUp, Schedule},
};
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{Entry, EntryError, Stage, preparing::declared, publishing::Edition, reading, store};
use crate::{
    checks::{self, Finding, Level, Reading, Report, Subject},
    sites::{self, Languages},
    types::{Catalogue, Declarations},
};

/// Entries checked in one transaction: others wait for the writer meanwhile.
const ENTRIES_AT_ONCE: i64 = 50;

/// What the checks say of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedDraft {
    /// The revision that was looked at.
    revision: u32,
    /// In which languages: those in which nothing required is missing.
    #[schema(value_type = Vec<String>)]
    locales: Vec<Locale>,
    /// Whether publishing it would be refused.
    refused: bool,
    /// What is wrong.
    findings: Vec<Finding>,
}

/// Checks the newest revision as publishing it in every complete language would; where none is, in the default language.
pub fn check_draft(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
) -> Result<CheckedDraft, EntryError> {
    let entry = reading::find(conn, scope, site, id)?;
    let languages = sites::languages(conn, scope, site)?;
    let declared = declared(declarations, &entry.content_type)?;
    let is_complete = |locale: &&Locale| declarations.missing(declared, &entry.document, locale).is_empty();
    let mut locales: Vec<Locale> = languages.offered.iter().filter(is_complete).cloned().collect();
    if locales.is_empty() {
        locales.push(languages.default.clone());
    }
    let reading = Reading::of(declarations, declared, &languages, &entry.document, &locales);
    let Report { findings, .. } = checks::judge(conn, scope, subject(&entry), &[reading])?;
    let refused = !checks::refused(&findings, &locales).is_empty();
    Ok(CheckedDraft { revision: entry.revision, locales, refused, findings })
}

/// What the checks warn of in what visitors see of an entry, in these languages or in all.
pub fn warnings(
    conn: &Conn,
    scope: &Scope,
    entry: &Entry,
    locales: Option<&[Locale]>,
) -> Result<Vec<Finding>, DbError> {
    let mut findings = checks::findings(conn, scope, entry.id)?;
    let is_asked = |locale: &Locale| locales.is_none_or(|locales| locales.contains(locale));
    findings.retain(|one| one.level == Level::Warn && one.locale.as_ref().is_none_or(is_asked));
    Ok(findings)
}

/// Refuses what a rule refuses in these languages, and keeps what the checks say of all that visitors will see.
pub(super) fn check(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    entry: &Entry,
    editions: &[Edition],
    locales: &[Locale],
) -> Result<(), EntryError> {
    let report = report(tx, scope, stage.declarations, &stage.languages, entry, editions)?;
    if stage.refuses {
        refuse(&report, locales)?;
    }
    Ok(checks::put(tx, scope, entry.site_id, entry.id, &report)?)
}

/// The same for an entry that is made and published at once, from what was read of it before.
pub(super) fn check_new(
    tx: &Tx,
    scope: &Scope,
    entry: &Entry,
    reading: &Reading,
    locales: &[Locale],
) -> Result<(), EntryError> {
    let report = checks::judge(tx, scope, subject(entry), std::slice::from_ref(reading))?;
    refuse(&report, locales)?;
    Ok(checks::put(tx, scope, entry.site_id, entry.id, &report)?)
}

fn refuse(report: &Report, locales: &[Locale]) -> Result<(), EntryError> {
    let refused = checks::refused(&report.findings, locales);
    if refused.is_empty() { Ok(()) } else { Err(EntryError::ChecksFailed(refused)) }
}

fn subject(entry: &Entry) -> Subject<'_> {
    Subject { site: entry.site_id, entry: entry.id, content_type: &entry.content_type, facts: &entry.document }
}

/// What the checks say of what each language shows, each by its own revision, with the facts of the newest.
fn report(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    entry: &Entry,
    editions: &[Edition],
) -> Result<Report, EntryError> {
    let mut shown: BTreeMap<u32, (&Edition, Vec<Locale>)> = BTreeMap::new();
    for edition in editions {
        let (_, locales) = shown.entry(edition.publication.revision).or_insert((edition, Vec::new()));
        locales.push(edition.locale.clone());
    }
    let Some((_, (newest, _))) = shown.last_key_value() else { return Ok(Report::default()) };
    let facts = &newest.document;
    let declared = declared(declarations, &entry.content_type)?;
    let read = |(edition, locales): &(&Edition, Vec<Locale>)| {
        Reading::of(declarations, declared, languages, &edition.document, locales)
    };
    let readings: Vec<_> = shown.values().map(read).collect();
    Ok(checks::judge(conn, scope, Subject { facts, ..subject(entry) }, &readings)?)
}

/// Checks everything that is published, on every site.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct CheckSites {}

impl Job for CheckSites {
    const KIND: &'static str = "check_sites";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Checks everything that is published on a site.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct CheckSite {
    /// The site.
    pub site: SiteId,
}

impl Job for CheckSite {
    const KIND: &'static str = "check_site";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.site.to_string())
    }
}

/// Registers the nightly checks and answers when they are to run: after midnight in the west of Europe, so that what ended
/// yesterday is told this morning.
pub fn check_each_night(registry: &mut Registry) -> Schedule {
    registry.handle(|_: CheckSites, context: JobContext| async move {
        let enqueues = |tx: &Tx| {
            for (organization, site) in store::all_sites(tx)? {
                jobs::enqueue(tx, Some(organization), &CheckSite { site })?;
            }
            Ok::<_, DbError>(())
        };
        context.db().write(enqueues).await.map_err(JobError::again)
    });
    Schedule::of("check_sites", "41 2 * * *", CatchUp::Once, &CheckSites {})
}

pub(super) fn handle_jobs(registry: &mut Registry, catalogue: &Catalogue) {
    let catalogue = catalogue.clone();
    registry.handle(move |job: CheckSite, context: JobContext| {
        let catalogue = catalogue.clone();
        async move { check_site(&context, &catalogue, job.site).await }
    });
}

async fn check_site(context: &JobContext, catalogue: &Catalogue, site: SiteId) -> Result<(), JobError> {
    let scope = Scope::for_job(context).ok_or_else(|| JobError::permanent("this job belongs to an organization"))?;
    let mut after = None;
    loop {
        if context.is_cancelled() {
            return Err(JobError::Interrupted);
        }
        let (scope, catalogue) = (scope.clone(), catalogue.clone());
        let checks = move |tx: &Tx| check_some(tx, &scope, &*catalogue.of(tx, &scope)?, site, after);
        match context.db().write(checks).await {
            Ok(Some(last)) => after = Some(last),
            // The site was deleted meanwhile: nobody reads what its checks say.
            Ok(None) | Err(EntryError::NotFound) => return Ok(()),
            Err(error) => return Err(JobError::again(error)),
        }
    }
}

/// Checks the next published entries behind `after`; answers the last of them, or nothing at the end.
fn check_some(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    after: Option<EntryId>,
) -> Result<Option<EntryId>, EntryError> {
    let ids = store::published_behind(tx, scope, site, after, ENTRIES_AT_ONCE)?;
    let languages = sites::languages(tx, scope, site)?;
    for id in &ids {
        let entry = reading::stored(tx, scope, site, *id)?;
        // A type that is no longer declared has no rules.
        if declarations.content_type(&entry.content_type).is_some() {
            let editions = store::editions(tx, scope, *id)?;
            let report = report(tx, scope, declarations, &languages, &entry, &editions)?;
            checks::put(tx, scope, site, *id, &report)?;
        }
    }
    Ok(ids.last().copied())
}
