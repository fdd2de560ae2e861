//! Writing what was prepared: some entries a transaction, so that a server beside it goes on answering. A stop half-way loses
//! nothing that is there, and a second run goes on from it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use content::{
    entries::{
        self, Entry, EntryError, NewEntry,
        schedules::{self, NewSchedule, Repeated, ScheduleState, ScheduledAction},
    },
    types::{self, Declarations},
};
use ground::{
    db::{Backend, Db, DbError, Tx},
    words::{EntryId, Locale, Slug},
};
use machinery::web::Explain;
use serde_json::{Map, Value};
use tenants::scope::{ActorKind, Scope};

use super::{
    documents::OWN_FIELDS,
    keys,
    preparing::{Plan, Ready},
    report::{AddressRow, Outcome, WordpressReport},
    sections::Note,
    source_name,
};
use crate::transfer::{
    TransferError,
    addresses::{REDIRECT, redirect},
};

/// Entries of one transaction: about a tenth of a second in which other writers wait.
const BATCH: usize = 50;
/// Between two transactions: a server beside this process tries each 5 ms to write.
const PAUSE: Duration = Duration::from_millis(20);
/// Revisions of an entry that are looked through for the last one that an import wrote.
const REVISIONS: i64 = 100;
const MENU: &str = "navigation";
/// Schedules of an entry that are looked at: more than twice as many as may wait.
const SCHEDULES: i64 = 50;

/// Why a transaction is taken back.
enum Stop {
    /// Something was refused after it had begun to write: it is done again without that.
    Refused(Step, String),
    /// The dry run is over.
    DryRun(Box<Done>),
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// What is written, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Entry(usize),
    Menu(usize),
    Redirect(usize),
}

/// What has been written so far.
#[derive(Clone, Default)]
struct Done {
    outcomes: BTreeMap<Step, Outcome>,
    ids: BTreeMap<usize, EntryId>,
    /// What was left as the team has it, and why.
    kept: Vec<(Step, &'static str)>,
    /// What is to be said of items, by their rows.
    notes: Vec<(usize, Note)>,
}

/// Writes all of a plan.
pub(super) fn write(
    db: &Db,
    declarations: &Arc<Declarations>,
    scope: &Scope,
    plan: Plan,
    is_dry_run: bool,
) -> Result<WordpressReport, TransferError> {
    let plan = Arc::new(plan);
    let steps: Vec<Step> = (0..plan.entries.len())
        .map(Step::Entry)
        .chain((0..plan.menus.len()).map(Step::Menu))
        .chain((0..plan.redirects.len()).map(Step::Redirect))
        .collect();
    let mut done = Done::default();
    let mut refused: BTreeMap<Step, String> = BTreeMap::new();
    let mut next = 0;
    while next < steps.len() {
        let end = if is_dry_run { steps.len() } else { (next + BATCH).min(steps.len()) };
        let (batch, before) = (steps[next..end].to_vec(), done.clone());
        let left_out: BTreeSet<Step> = refused.keys().copied().collect();
        let (plan, declarations, scope) = (Arc::clone(&plan), Arc::clone(declarations), scope.clone());
        let written = db.write_blocking(move |tx| {
            if types::version(tx, &scope)? != declarations.version() {
                let told = "the organization's types were changed during the import: run it again, it goes on where it stopped";
                return Err(DbError::Failed(told.to_owned()).into());
            }
            let mut writer = Writer { tx, declarations: &declarations, scope: &scope, plan: &plan, done: before };
            for step in batch.into_iter().filter(|step| !left_out.contains(step)) {
                writer.step(step)?;
            }
            if is_dry_run { Err(Stop::DryRun(Box::new(writer.done))) } else { Ok(writer.done) }
        });
        match written {
            Ok(after) => {
                done = after;
                next = end;
                if db.backend() == Backend::Sqlite && next < steps.len() {
                    std::thread::sleep(PAUSE);
                }
            }
            Err(Stop::DryRun(after)) => {
                done = *after;
                break;
            }
            Err(Stop::Refused(step, reason)) => {
                refused.insert(step, reason);
            }
            Err(Stop::Db(error)) => return Err(error.into()),
        }
    }
    Ok(reported(&plan, &done, &refused, is_dry_run))
}

fn reported(plan: &Plan, done: &Done, refused: &BTreeMap<Step, String>, is_dry_run: bool) -> WordpressReport {
    let mut report = WordpressReport { is_dry_run, ..plan.report.clone() };
    for (step, outcome) in &done.outcomes {
        let content_type = match step {
            Step::Entry(number) => {
                let ready = &plan.entries[*number];
                report.rows[ready.row].outcome = *outcome;
                for other in &ready.others {
                    report.rows[*other].outcome = Outcome::Merged;
                }
                ready.content_type.clone()
            }
            Step::Menu(_) => MENU.to_owned(),
            Step::Redirect(_) => REDIRECT.to_owned(),
        };
        let counts = report.entry(&content_type);
        match outcome {
            Outcome::Created => counts.created += 1,
            Outcome::Updated => counts.changed += 1,
            _ => counts.unchanged += 1,
        }
    }
    for (row, Note { what, why }) in &done.notes {
        report.rows[*row].note(what, why);
    }
    for (step, why) in &done.kept {
        let what = match step {
            Step::Entry(number) => report.rows[plan.entries[*number].row].became.clone(),
            Step::Menu(number) => format!("menu {}", plan.menus[*number].name),
            Step::Redirect(number) => format!("redirect {}", plan.redirects[*number].from),
        };
        report.kept.push(Note { what, why: (*why).to_owned() });
    }
    for (step, reason) in refused {
        match step {
            Step::Entry(number) => {
                let ready = &plan.entries[*number];
                report.entry(&ready.content_type).skipped += 1;
                for row in [ready.row].iter().chain(&ready.others) {
                    report.rows[*row].skip(reason.clone());
                }
            }
            Step::Menu(number) => {
                report.entry(MENU).skipped += 1;
                for row in &plan.menus[*number].rows {
                    report.rows[*row].skip(reason.clone());
                }
            }
            Step::Redirect(number) => {
                report.entry(REDIRECT).skipped += 1;
                let address = plan.redirects[*number].from.clone();
                report.addresses.push(AddressRow { address, reason: reason.clone() });
            }
        }
    }
    report.count();
    report
}

struct Writer<'a, 't> {
    tx: &'a Tx<'t>,
    declarations: &'a Declarations,
    scope: &'a Scope,
    plan: &'a Plan,
    done: Done,
}

/// An entry as a plan wants it.
struct Wanted<'a> {
    content_type: &'a str,
    key: &'a str,
    slug: Option<Slug>,
    document: Map<String, Value>,
    locales: &'a [Locale],
}

impl Writer<'_, '_> {
    fn step(&mut self, step: Step) -> Result<(), Stop> {
        let plan = self.plan;
        match step {
            Step::Entry(number) => {
                let ready = &plan.entries[number];
                let wanted = Wanted {
                    content_type: &ready.content_type,
                    key: &ready.key,
                    slug: Some(ready.slug.clone()),
                    document: ready.document.clone(),
                    locales: &ready.locales,
                };
                let Some(id) = self.put(step, Some(ready), wanted)? else { return Ok(()) };
                for row in [ready.row].iter().chain(&ready.others) {
                    self.done.ids.insert(*row, id);
                }
            }
            Step::Menu(number) => {
                let menu = &plan.menus[number];
                let ids = &self.done.ids;
                let document = menu.document(&plan.locale, &|place| ids.get(&place).copied());
                let locales = if menu.is_shown { plan.site.locales.as_slice() } else { &[] };
                let what = format!("menu {}", menu.slug);
                let (key, _) = keys::find(self.tx, self.scope, plan.site.id, MENU, source_name(&plan.host, what))?;
                let slug = Some(Slug::from_title(&menu.name));
                self.put(step, None, Wanted { content_type: MENU, key: &key, slug, document, locales })?;
            }
            Step::Redirect(number) => {
                let one = &plan.redirects[number];
                let Value::Object(document) = redirect(&one.from, &one.to) else { return Ok(()) };
                let locales = plan.site.locales.as_slice();
                self.put(step, None, Wanted { content_type: REDIRECT, key: &one.key, slug: None, document, locales })?;
            }
        }
        Ok(())
    }

    /// Writes an entry as far as the team has not decided otherwise. Answers its id; nothing where it is in the bin.
    fn put(&mut self, step: Step, ready: Option<&Ready>, wanted: Wanted<'_>) -> Result<Option<EntryId>, Stop> {
        let Wanted { content_type, key, slug, document, locales } = wanted;
        let refused = |error: EntryError| refusal(step, error);
        let site = self.plan.site.id;
        let existing = entries::by_source(self.tx, self.scope, site, content_type, key)?;
        let mut locales = locales.to_vec();
        if let Some(existing) = existing {
            if let Some((why, is_there)) = self.is_the_teams(&existing).map_err(refused)? {
                self.done.kept.push((step, why));
                self.done.outcomes.insert(step, Outcome::Unchanged);
                return Ok(is_there.then_some(existing.id));
            }
            let is_shown = |locale: &Locale| existing.published.contains_key(locale);
            if !locales.iter().all(is_shown) && entries::was_taken_back(self.tx, self.scope, existing.id)? {
                locales.retain(is_shown);
                self.done.kept.push((step, "It was taken off line, and stays so."));
            }
            if self.is_as_imported(&existing, &document, &locales).map_err(refused)? {
                self.done.outcomes.insert(step, Outcome::Unchanged);
                self.schedule(step, ready, existing.id)?;
                return Ok(Some(existing.id));
            }
        }
        let new = NewEntry {
            content_type: content_type.to_owned(),
            slug,
            document: Value::Object(document),
            source_key: Some(key.to_owned()),
        };
        let (entry, outcome) =
            entries::put(self.tx, self.scope, self.declarations, site, new, &locales).map_err(refused)?;
        self.done.outcomes.insert(step, outcome.into());
        self.schedule(step, ready, entry.id)?;
        Ok(Some(entry.id))
    }

    /// Why an entry is left as it is, and whether it can be referred to: it was put away, or is a menu or a redirect that
    /// somebody has changed since an import wrote it.
    fn is_the_teams(&self, entry: &Entry) -> Result<Option<(&'static str, bool)>, EntryError> {
        let (site, id) = (self.plan.site.id, entry.id);
        match entries::find(self.tx, self.scope, site, id) {
            Err(EntryError::NotFound) => return Ok(Some(("It is in the bin: bring it back there.", false))),
            Err(error) => return Err(error),
            Ok(_) if entry.archived_at.is_some() => return Ok(Some(("It is in the archive.", true))),
            Ok(_) if ![MENU, REDIRECT].contains(&entry.content_type.as_str()) => return Ok(None),
            Ok(_) => {}
        }
        let (_, newest) = entries::revisions(self.tx, self.scope, site, id, 1, 0)?;
        let is_changed = newest.first().is_some_and(|revision| !is_of_import(&revision.author_kind));
        Ok(is_changed.then_some(("The team has changed it.", true)))
    }

    /// Plans when what waited in WordPress is to be seen. What was planned at an earlier run is planned anew where the file
    /// has changed; what somebody has moved, cancelled or published meanwhile is theirs.
    fn schedule(&mut self, step: Step, ready: Option<&Ready>, id: EntryId) -> Result<(), Stop> {
        let Some(ready) = ready.filter(|ready| !ready.appears.is_empty()) else { return Ok(()) };
        let refused = |error: EntryError| refusal(step, error);
        let (tx, scope, site) = (self.tx, self.scope, self.plan.site.id);
        let entry = entries::find(tx, scope, site, id).map_err(refused)?;
        let (_, known) = schedules::list(tx, scope, site, (Some(id), None), SCHEDULES, 0).map_err(refused)?;
        let own: Vec<_> = known
            .iter()
            .filter(|one| one.state == ScheduleState::Waiting && one.action == ScheduledAction::Publish)
            .filter(|one| one.created_by_name == scope.actor().name())
            .collect();
        let is_written = self.done.outcomes.get(&step) != Some(&Outcome::Unchanged);
        if !known.is_empty() && (own.is_empty() || !is_written) {
            return Ok(());
        }
        for one in own {
            schedules::cancel(tx, scope, site, one.id).map_err(refused)?;
        }
        let mut times: BTreeMap<&str, Vec<Locale>> = BTreeMap::new();
        for one in ready.appears.iter().filter(|one| !entry.published.contains_key(&one.locale)) {
            times.entry(&one.local_time).or_default().push(one.locale.clone());
        }
        for (local_time, locales) in times {
            let rows = ready.appears.iter().filter(|one| one.local_time == local_time && locales.contains(&one.locale));
            let rows: Vec<usize> = rows.map(|one| one.row).collect();
            let wish = NewSchedule {
                action: ScheduledAction::Publish,
                revision: Some(entry.revision),
                locales: Some(locales),
                local_time: local_time.to_owned(),
                repeated: Repeated::Earlier,
            };
            let why = match schedules::plan(tx, scope, self.declarations, site, id, wish) {
                Ok(planned) => {
                    format!("It goes live at {} on the clocks of {}.", planned.local_time, planned.time_zone)
                }
                Err(EntryError::Db(error)) => return Err(Stop::Db(error)),
                // It is refused before anything of it is written.
                Err(refusal) => format!("It is a draft that waits for nothing: {}", refusal.explain().detail),
            };
            self.done
                .notes
                .extend(rows.into_iter().map(|row| (row, Note { what: "scheduled".to_owned(), why: why.clone() })));
        }
        Ok(())
    }

    /// Whether an import has written all of this before: what people have changed since then is theirs.
    fn is_as_imported(
        &self,
        entry: &Entry,
        document: &Map<String, Value>,
        locales: &[Locale],
    ) -> Result<bool, EntryError> {
        let (site, id) = (self.plan.site.id, entry.id);
        let (_, revisions) = entries::revisions(self.tx, self.scope, site, id, REVISIONS, 0)?;
        let newest = revisions.first().map(|revision| is_of_import(&revision.author_kind));
        let Some(last) = revisions.iter().find(|revision| is_of_import(&revision.author_kind)) else {
            return Ok(false);
        };
        // Nobody has touched it: publishing counts too.
        if newest == Some(true) && !locales.iter().all(|locale| entry.published.contains_key(locale)) {
            return Ok(false);
        }
        let last = entries::revision(self.tx, self.scope, site, id, last.number)?;
        let declared = self.declarations.content_type(&entry.content_type);
        let is_same = |name: &str| {
            let is_localized =
                declared.and_then(|declared| declared.field(name)).is_some_and(|field| field.is_localized);
            match (document.get(name), last.document.get(name)) {
                (Some(Value::Object(now)), Some(Value::Object(then))) if is_localized => {
                    now.iter().all(|(locale, text)| then.get(locale).is_none_or(|before| before == text))
                        && now.keys().any(|locale| then.contains_key(locale))
                        && then.keys().all(|locale| now.contains_key(locale))
                }
                (now, then) => now == then,
            }
        };
        let names: BTreeSet<&str> = match entry.content_type.as_str() {
            "page" | "post" => OWN_FIELDS.into_iter().collect(),
            _ => return Ok(false),
        };
        Ok(names.into_iter().all(is_same))
    }
}

/// Why a transaction is taken back for an error of one step.
fn refusal(step: Step, error: EntryError) -> Stop {
    match error {
        EntryError::Db(error) => Stop::Db(error),
        refusal => Stop::Refused(step, told(&refusal)),
    }
}

/// Whether a revision may be an import's: commands write as the operator, and what is brought over HTTP is written by a job.
fn is_of_import(author_kind: &str) -> bool {
    [ActorKind::Operator, ActorKind::Job].into_iter().any(|kind| kind.as_str() == author_kind)
}

/// A refusal in a sentence; with several faults each of them, by its field.
fn told(refusal: &EntryError) -> String {
    let problem = refusal.explain();
    match problem.errors.as_slice() {
        [] | [_] => problem.detail,
        several => {
            let faults: Vec<_> = several.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect();
            faults.join(" ")
        }
    }
}
