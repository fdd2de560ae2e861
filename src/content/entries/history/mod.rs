//! What an entry was: what differs between two of its revisions, bringing one back whole or in a single field, and taking
//! back its last publication.

mod comparing;
mod restoring;
mod routes;

pub use comparing::{BlockChange, BlockChangeKind, FieldChange, changes};
pub use restoring::{Restoring, restore};
pub use routes::{Document, routes};
