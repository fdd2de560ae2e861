//! From a hotel's site to its booking engine: which engines there are (`assets/booking_engines`, one file each), what a
//! hotel has set, what a guest wishes, and the address that follows. One stable address of the hotel's own leads there, so
//! that links in mails, on cards and in advertisements outlive the engine.

mod engines;
mod settings;
mod stay;
mod template;
#[cfg(test)]
mod tests;

pub use engines::{Engine, engines};
pub use settings::{Settings, checked, missing};
pub use stay::{Party, Stay, StayProblem};
pub use template::TemplateProblem;
