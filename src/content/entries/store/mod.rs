//! SQL of entries, their revisions, what of them is published, and the read model.

mod drafts;
mod publications;
mod standing;
mod views;

pub use drafts::*;
pub use publications::*;
pub use standing::*;
pub use views::*;
