//! Finding: one index for the whole installation, beside the database, fed by the outbox. Whoever searches gets what is
//! theirs: the team its drafts in all languages, visitors what is published in theirs.
//!
//! The index holds nothing that the database does not. Where it is missing, broken, made by another version of the program
//! or too far behind, it is built anew in the background; until then an older one answers, or nobody ([`SearchError::Building`]).

mod analysis;
mod damage;
mod documents;
mod errors;
mod following;
mod index;
mod indexing;
mod marking;
mod querying;
mod routes;
mod schema;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

use arc_swap::ArcSwapOption;
use content::types::Catalogue;
use ground::{clock::Clock, db::Db};
use tokio::{sync::watch, task::JoinHandle};

pub use errors::SearchError;
pub use following::{Indexing, request_rebuild};
pub use querying::{Asked, Found, Hit, TypeCount};
pub(crate) use routes::asked;
pub use routes::{Document, routes};

use damage::Damage;
use index::Index;
use indexing::{Indexer, Task};

/// The index and the way to it. Managed by Rocket; cheap to clone.
#[derive(Clone)]
pub struct Search {
    /// The index that answers; nothing before the first one is built.
    current: Arc<ArcSwapOption<Index>>,
    tasks: mpsc::Sender<Task>,
    /// Whether the last attempt to write it failed.
    is_failing: Arc<AtomicBool>,
    /// What queries noticed of it.
    damage: Arc<Damage>,
    /// What is shown for a time is found within it.
    clock: Clock,
    /// Up to which event the index had followed when it was opened, or from where the building begins.
    begins_at: i64,
}

/// The index and what keeps it, before it runs.
pub struct Opened {
    /// The index.
    pub search: Search,
    indexer: Indexer,
}

impl Search {
    /// Opens the index in this folder, or prepares the building of one. Nothing here fails because of the index: a broken
    /// one is built anew.
    pub fn open(folder: PathBuf, db: &Db, catalogue: &Catalogue) -> Opened {
        let current = Arc::new(ArcSwapOption::empty());
        let (tasks, waiting) = mpsc::channel();
        let (indexer, begins_at) = Indexer::new(folder, db.clone(), catalogue.clone(), Arc::clone(&current), waiting);
        let (is_failing, damage, clock) = (indexer.is_failing(), indexer.damage(), db.clock().clone());
        Opened { search: Self { current, tasks, is_failing, damage, clock, begins_at }, indexer }
    }

    /// Whether it is kept up and whole. One that is being built is no fault, unless it takes the place of a damaged one.
    pub fn check(&self) -> Result<(), SearchError> {
        if self.damage.is_unmended() {
            return Err(SearchError::Damaged);
        }
        if self.is_failing.load(Ordering::Relaxed) { Err(SearchError::Failing) } else { Ok(()) }
    }

    fn index(&self) -> Result<Arc<Index>, SearchError> {
        self.current.load_full().ok_or(SearchError::Building)
    }
}

impl Opened {
    /// Starts the thread that writes the index. It ends, with everything committed that it was told, after `stopping`
    /// turns true.
    pub fn start(self, mut stopping: watch::Receiver<bool>) -> JoinHandle<()> {
        let Self { search, indexer } = self;
        let stop = indexer.stop();
        let thread = std::thread::Builder::new().name("search-index".to_owned()).spawn(move || indexer.run());
        tokio::spawn(async move {
            // Nobody left who could say so means the same.
            drop(stopping.wait_for(|is_stopping| *is_stopping).await);
            stop.store(true, Ordering::Release);
            // The thread wakes up; where it has ended already nobody listens.
            drop(search.tasks.send(Task::Stop));
            match thread {
                Ok(thread) => {
                    if tokio::task::spawn_blocking(move || thread.join()).await.is_err() {
                        tracing::error!("the search index ended badly");
                    }
                }
                Err(error) => tracing::error!(%error, "the search index has no thread: nothing new is found"),
            }
        })
    }
}
