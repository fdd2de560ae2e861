//! People: accounts and how they are proved. Sessions of browsers and programs, access tokens, the second factor,
//! links out of mails, and the limits on every door that leads to one.
//!
//! Others use: the guards [`SignedIn`] and [`Superuser`]; [`users`] to make and find people; [`sessions::end_all`] when
//! what a person may do has changed; [`NewPassword`] for a password to be set; [`AttemptLimiter`] with a policy of
//! [`limits`] for a door of their own.

pub(crate) mod codes;
mod cookies;
mod desk;
mod enrolment;
mod errors;
mod guards;
mod jobs;
mod language;
pub mod limits;
mod links;
mod mails;
mod memberships;
mod passwords;
mod recovery;
mod routes;
pub mod sessions;
pub mod sign_in;
mod store;
mod tokens;
mod two_factor;
pub mod users;
mod views;

pub use cookies::Sessions;
pub use desk::Desk;
pub use errors::AccountError;
pub use guards::{SignedIn, Superuser, WantedSession, from_our_pages};
pub use jobs::{register, schedules};
pub use language::MailLanguage;
pub use limits::{AttemptLimiter, TooManyAttempts};
pub use links::Links;
pub use memberships::{MemberOrganization, Membership};
pub use passwords::{LONGEST_PASSWORD, NewPassword, PasswordHash, SHORTEST_PASSWORD};
pub use routes::{Document, routes};
pub use sessions::{OpenedSession, SessionKind};
pub use users::{NewUser, PersonName, User, create_user, make_superuser};
pub use views::{SessionAnswer, UserView};
