//! The one thread that writes the index: it gathers what changed for a tenth of a second, reads it from the database, and
//! commits it together.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use content::{
    entries::{self, EntryError},
    types::Catalogue,
};
use ground::{
    clock::Timestamp,
    db::{Db, DbError, Tenant},
    words::{EntryId, OrganizationId, SiteId},
};
use jiff::SignedDuration;
use machinery::events;
use metrics::{describe_gauge, gauge};
use tantivy::{
    IndexWriter, TantivyDocument, Term,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};
use tenants::scope::Scope;

use super::{
    SearchError,
    damage::Damage,
    documents::Maker,
    index::{self, Commit, Index},
};

/// How long changes are gathered before they are committed together: found within a second of publishing, and not one
/// commit (20 ms) for each.
const GATHER: Duration = Duration::from_millis(100);
/// How long the writer stays open without work: it holds memory that others need.
const REST: Duration = Duration::from_secs(2);
/// Entries read and written at a time.
const ENTRIES_AT_ONCE: usize = 200;
/// Rest after a failure. The outbox keeps what is not written.
const RETRY: Duration = Duration::from_secs(1);
/// Failures in a row after which the index counts as broken and is built anew.
const FAILURES_BEFORE_REBUILD: u32 = 3;
/// How far back events are surely kept (`machinery::events` prunes after thirty days): an index older than this is built
/// anew.
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Who reads for the index, in the words of the audit log; it writes nothing.
const NAME: &str = "search index";
const DOCUMENTS: &str = "gammacms_search_documents";

/// What the index is told.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// An entry changed.
    Entry { organization: OrganizationId, site: SiteId, entry: EntryId, position: i64 },
    /// A site changed, and with it perhaps the languages in which each of its entries is shown.
    Site { organization: OrganizationId, site: SiteId, position: i64 },
    /// Build everything anew. The position is 0 where no event asks for it.
    Rebuild { position: i64 },
    /// Commit what there is and end.
    Stop,
}

/// What is to be written next.
#[derive(Clone, Default)]
struct Changes {
    entries: BTreeMap<(OrganizationId, SiteId), BTreeSet<EntryId>>,
    sites: BTreeSet<(OrganizationId, SiteId)>,
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.sites.is_empty()
    }

    fn take_in(&mut self, others: Self) {
        for (site, entries) in others.entries {
            self.entries.entry(site).or_default().extend(entries);
        }
        self.sites.extend(others.sites);
    }
}

/// What happens while a new index is filled.
struct Meanwhile {
    /// Up to which event the new index surely holds everything.
    position: i64,
    /// What changed since: the filling has perhaps passed it before.
    since: Changes,
    /// Whether the index that answers is kept up.
    is_kept_up: bool,
    /// When it last was.
    kept_up_at: Instant,
}

/// The thread's own things.
pub(super) struct Indexer {
    root: PathBuf,
    db: Db,
    catalogue: Catalogue,
    current: Arc<ArcSwapOption<Index>>,
    tasks: Receiver<Task>,
    /// The last event that was heard of.
    position: i64,
    is_to_build: bool,
    /// The last event before the one that asks for a building, until that is done: the index that answers claims to have
    /// followed no further, so that the next start hears of the building again where this process does not live to see it.
    asked_after: Option<i64>,
    changes: Changes,
    writer: Option<IndexWriter<TantivyDocument>>,
    failures: u32,
    is_failing: Arc<AtomicBool>,
    damage: Arc<Damage>,
    stopping: Arc<AtomicBool>,
    is_at_the_end: bool,
}

impl Indexer {
    /// Opens the index that there is. Answers also from which event on it is to hear.
    pub fn new(
        root: PathBuf,
        db: Db,
        catalogue: Catalogue,
        current: Arc<ArcSwapOption<Index>>,
        tasks: Receiver<Task>,
    ) -> (Self, i64) {
        describe_gauge!(DOCUMENTS, "Documents in the search index");
        let known = Index::current(&root).filter(|(_, commit)| db.clock().now().duration_since(commit.at) < OLDEST);
        let newest = newest(&db).unwrap_or_else(|error| {
            tracing::warn!(%error, "the newest event could not be read: the search index is built anew");
            0
        });
        // A database that was restored from a copy may be younger than its index.
        let known = known.filter(|(_, commit)| commit.position <= newest);
        let is_to_build = known.is_none();
        let position = known.as_ref().map_or(newest, |(_, commit)| commit.position);
        if let Some((index, _)) = known {
            show_documents(&index);
            index::remove_others(&root, &index.folder.file_name().unwrap_or_default().to_string_lossy());
            current.store(Some(Arc::new(index)));
        }
        let indexer = Self {
            root,
            db,
            catalogue,
            current,
            tasks,
            position,
            is_to_build,
            asked_after: None,
            changes: Changes::default(),
            writer: None,
            failures: 0,
            is_failing: Arc::default(),
            damage: Arc::default(),
            stopping: Arc::default(),
            is_at_the_end: false,
        };
        (indexer, position)
    }

    /// Turns true when the process stops: a building that is under way is given up.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stopping)
    }

    /// Whether the last attempt to write failed.
    pub fn is_failing(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_failing)
    }

    /// What queries notice of the index.
    pub fn damage(&self) -> Arc<Damage> {
        Arc::clone(&self.damage)
    }

    /// Works until it is told to stop.
    pub fn run(mut self) {
        while !self.is_at_the_end {
            self.hear();
            if let Err(error) = self.work() {
                self.failed(&error);
                self.is_at_the_end |= self.is_stopping();
            }
        }
    }

    /// Waits for something to do, and gathers what follows it closely.
    fn hear(&mut self) {
        if self.is_to_build || self.failures > 0 {
            // There is something to do already, and nothing waited for.
            self.note_what_waits();
            return;
        }
        let first = match self.tasks.recv_timeout(REST) {
            Ok(task) => task,
            Err(RecvTimeoutError::Timeout) => {
                self.writer = None;
                match self.tasks.recv() {
                    Ok(task) => task,
                    Err(_) => return self.is_at_the_end = true,
                }
            }
            Err(RecvTimeoutError::Disconnected) => return self.is_at_the_end = true,
        };
        let until = Instant::now() + GATHER;
        let mut next = Some(first);
        while let Some(task) = next {
            self.note(task);
            if self.is_at_the_end {
                return;
            }
            next = self.tasks.recv_timeout(until.saturating_duration_since(Instant::now())).ok();
        }
    }

    /// Notes what has come meanwhile.
    fn note_what_waits(&mut self) {
        while !self.is_at_the_end
            && let Ok(task) = self.tasks.try_recv()
        {
            self.note(task);
        }
    }

    fn note(&mut self, task: Task) {
        let position = match task {
            Task::Stop => return self.is_at_the_end = true,
            Task::Rebuild { position } => {
                self.is_to_build = true;
                self.asked_after.get_or_insert(self.position);
                position
            }
            Task::Site { organization, site, position } => {
                self.changes.sites.insert((organization, site));
                position
            }
            Task::Entry { organization, site, entry, position } => {
                self.changes.entries.entry((organization, site)).or_default().insert(entry);
                position
            }
        };
        self.position = self.position.max(position);
    }

    fn work(&mut self) -> Result<(), SearchError> {
        if self.is_to_build {
            self.build()?;
        }
        // A damaged index is not written to: that it is built anew is on its way, and takes these changes in.
        if !self.damage.is_unmended() && !self.changes.is_empty() {
            self.write()?;
        }
        self.failures = 0;
        self.is_failing.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn failed(&mut self, error: &SearchError) {
        self.writer = None;
        self.failures += 1;
        self.is_failing.store(true, Ordering::Relaxed);
        tracing::warn!(%error, failures = self.failures, "the search index could not be written; tried again in a second");
        if self.failures >= FAILURES_BEFORE_REBUILD && !matches!(error, SearchError::Db(_)) {
            self.is_to_build = true;
        }
        std::thread::sleep(RETRY);
    }

    /// Builds a new index from the database, and lets it answer instead of the old one.
    fn build(&mut self) -> Result<(), SearchError> {
        let began = Instant::now();
        self.writer = None;
        let index = Index::create(&self.root, &self.db)?;
        // One that is asked for from now on is another one.
        self.is_to_build = false;
        let mut meanwhile = Meanwhile {
            position: self.position,
            since: Changes::default(),
            is_kept_up: self.current.load().is_some() && self.failures == 0,
            kept_up_at: began,
        };
        match self.fill(&index, &mut meanwhile) {
            Ok(true) => {}
            // Half an index answers nobody, and a database that stays away must not fill the disk with them.
            given_up => {
                self.is_to_build = true;
                index.remove();
                return given_up.map(|_| ());
            }
        }
        self.asked_after = self.is_to_build.then_some(meanwhile.position);
        self.changes.take_in(meanwhile.since);
        let documents = show_documents(&index);
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(documents, milliseconds, "the search index is built");
        self.current.store(Some(Arc::new(index)));
        self.damage.mended();
        Ok(())
    }

    /// Writes everything into a new index and lets it answer after the next start. False: the process stops before.
    fn fill(&mut self, index: &Index, meanwhile: &mut Meanwhile) -> Result<bool, SearchError> {
        let mut writer = index.writer()?;
        for (organization, site) in self.db.read_blocking(entries::all_sites)? {
            let scope = Scope::for_program(organization, NAME);
            let mut last = None;
            loop {
                if self.is_stopping() {
                    return Ok(false);
                }
                last = self.add_some(index, &writer, &scope, site, last)?;
                self.keep_up(meanwhile);
                if last.is_none() {
                    break;
                }
            }
        }
        self.commit(&mut writer, meanwhile.position)?;
        writer.wait_merging_threads()?;
        index.reader.reload()?;
        index.become_current(&self.root)?;
        Ok(true)
    }

    /// Writes what changed into the index that answers while another one is filled: what is taken down must not be found
    /// until that is done. Nothing here stops the filling.
    fn keep_up(&mut self, meanwhile: &mut Meanwhile) {
        if !meanwhile.is_kept_up || self.damage.is_unmended() || meanwhile.kept_up_at.elapsed() < GATHER {
            return;
        }
        self.note_what_waits();
        if !self.changes.is_empty() {
            meanwhile.since.take_in(self.changes.clone());
            if let Err(error) = self.write() {
                tracing::warn!(%error, "the search index that answers is not kept up until the new one is built");
                meanwhile.is_kept_up = false;
            }
            // The new index has a writer of its own, and the machine perhaps 256 MB.
            self.writer = None;
        }
        meanwhile.kept_up_at = Instant::now();
    }

    /// Adds everything of a site. True: the process stops, and it is given up.
    fn add_site(
        &self,
        index: &Index,
        writer: &IndexWriter<TantivyDocument>,
        organization: OrganizationId,
        site: SiteId,
    ) -> Result<bool, SearchError> {
        let scope = Scope::for_program(organization, NAME);
        let mut last = None;
        loop {
            if self.is_stopping() {
                return Ok(true);
            }
            last = self.add_some(index, writer, &scope, site, last)?;
            if last.is_none() {
                return Ok(false);
            }
        }
    }

    /// Adds the entries of a site that come after this one, as many as are read at a time. Answers the last of them;
    /// nothing where there are no more.
    fn add_some(
        &self,
        index: &Index,
        writer: &IndexWriter<TantivyDocument>,
        scope: &Scope,
        site: SiteId,
        after: Option<EntryId>,
    ) -> Result<Option<EntryId>, SearchError> {
        let limit = i64::try_from(ENTRIES_AT_ONCE).unwrap_or(1);
        let ids = self.db.read_blocking(|conn| entries::ids_kept_behind(conn, scope, site, after, limit))?;
        if !ids.is_empty() {
            self.add(index, writer, scope, site, &ids)?;
        }
        Ok(ids.last().copied())
    }

    fn add(
        &self,
        index: &Index,
        writer: &IndexWriter<TantivyDocument>,
        scope: &Scope,
        site: SiteId,
        ids: &[EntryId],
    ) -> Result<(), SearchError> {
        let read = self.db.read_blocking(|conn| {
            let declarations = self.catalogue.of(conn, scope)?;
            let wholes = entries::wholes(conn, scope, &declarations, site, ids)?;
            Ok((declarations, wholes))
        });
        let (declarations, wholes) = match read {
            Ok(read) => read,
            // The site was deleted meanwhile.
            Err(EntryError::NotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let organization = scope.organization_id();
        let maker = Maker { fields: &index.fields, declarations: &declarations, organization, site };
        for whole in &wholes {
            for document in maker.documents(whole) {
                writer.add_document(document)?;
            }
        }
        Ok(())
    }

    /// Replaces what changed. What cannot be written stays to be written.
    fn write(&mut self) -> Result<(), SearchError> {
        // Without an index there is nothing to keep up: the building reads everything.
        let Some(index) = self.current.load_full() else { return Ok(()) };
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => index.writer()?,
        };
        for (organization, site) in &self.changes.sites {
            writer.delete_query(of_organization(&index, *organization, index.fields.site, &site.to_string()))?;
            if self.add_site(&index, &writer, *organization, *site)? {
                // Half a site is not committed: the outbox tells of it again.
                return Ok(());
            }
        }
        for ((organization, site), entries) in &self.changes.entries {
            if self.changes.sites.contains(&(*organization, *site)) {
                continue;
            }
            let scope = Scope::for_program(*organization, NAME);
            let entries: Vec<EntryId> = entries.iter().copied().collect();
            for some in entries.chunks(ENTRIES_AT_ONCE) {
                for entry in some {
                    let documents = of_organization(&index, *organization, index.fields.entry, &entry.to_string());
                    writer.delete_query(documents)?;
                }
                self.add(&index, &writer, &scope, *site, some)?;
            }
        }
        self.commit(&mut writer, self.asked_after.unwrap_or(self.position))?;
        index.reader.reload()?;
        show_documents(&index);
        self.changes = Changes::default();
        self.writer = Some(writer);
        Ok(())
    }

    fn commit(&self, writer: &mut IndexWriter<TantivyDocument>, position: i64) -> Result<(), SearchError> {
        let commit = Commit { position, at: self.now() };
        let payload = serde_json::to_string(&commit).map_err(SearchError::unexpected)?;
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        Ok(())
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    fn now(&self) -> Timestamp {
        self.db.clock().now()
    }
}

/// The documents of one organization alone: an archive that another one takes in keeps the ids of entries.
fn of_organization(index: &Index, organization: OrganizationId, field: Field, text: &str) -> Box<dyn Query> {
    let exactly = |field: Field, text: &str| -> (Occur, Box<dyn Query>) {
        (Occur::Must, Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic)))
    };
    Box::new(BooleanQuery::new(vec![
        exactly(field, text),
        exactly(index.fields.organization, &organization.to_string()),
    ]))
}

/// Read on a plain thread: the one that assembles the program drives others, which a blocking read would stop.
fn newest(db: &Db) -> Result<i64, DbError> {
    std::thread::scope(|scope| scope.spawn(|| db.read_blocking(events::newest)).join())
        .unwrap_or_else(|_| Err(DbError::Failed("the newest event could not be read".to_owned())))
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a fraction; nobody has 2^52 documents")]
fn show_documents(index: &Index) -> u64 {
    let documents = index.reader.searcher().num_docs();
    gauge!(DOCUMENTS).set(documents as f64);
    documents
}
