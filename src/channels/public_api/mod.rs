//! The read-only content API of apps, kiosks and websites: the shapes that existing customers read, made of published
//! views alone. Answers are made once per state of their site and served from memory; see [`answers`].

mod answers;
mod reading;
mod routes;
mod schema;
mod shapes;
mod versions;

use std::sync::Arc;

use content::{
    entries::public::View,
    sites::Site,
    types::{Declarations, Field, FieldKind},
};
use ground::db::{Db, DbError};
use machinery::web::{Explain, Problem};

pub use routes::{Document, routes};
pub use versions::{Changes, Versions};

use answers::Answers;

/// What the routes work with. Managed by Rocket; cheap to clone.
#[derive(Clone)]
pub struct PublicApi {
    db: Db,
    declarations: Arc<Declarations>,
    /// Addresses of pictures that stand on this installation begin with it.
    public_url: Arc<str>,
    answers: Answers,
}

impl PublicApi {
    /// Nothing answered yet.
    pub fn new(db: Db, declarations: Arc<Declarations>, public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').into();
        Self { db, declarations, public_url, answers: Answers::new(Versions::default()) }
    }

    /// Hears of what was published: give it to the followers of the outbox.
    pub fn changes(&self) -> Changes {
        self.answers.versions().changes()
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    /// No such published site or entry for this visitor.
    #[error("not found")]
    NotFound,
    /// The answer cannot be written as JSON.
    #[error("an answer cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for ReadError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Unwritable(error) => {
                tracing::error!(%error, "a public answer could not be written");
                Problem::new(500, "internal", "Something went wrong", "The answer could not be written.")
            }
            Self::Db(error) => error.explain(),
        }
    }
}

/// A published site as it is read: what every shape needs to know.
struct Reading<'a> {
    site: &'a Site,
    declarations: &'a Declarations,
    public_url: &'a str,
    references: std::collections::BTreeMap<ground::words::EntryId, View>,
}

/// The fields of a group or type, by name.
fn kind_of<'f>(fields: &'f [Field], name: &str) -> Option<&'f FieldKind> {
    fields.iter().find(|field| field.name == name).map(|field| &field.kind)
}
