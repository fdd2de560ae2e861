//! SQL of entries, their revisions, what of them is published, and the read model.

mod carried;
mod changes;
mod drafts;
mod listing;
mod publications;
mod standing;
mod values;
mod views;

pub use carried::*;
pub use changes::*;
pub use drafts::*;
pub use listing::*;
pub use publications::*;
pub use standing::*;
pub use views::*;
