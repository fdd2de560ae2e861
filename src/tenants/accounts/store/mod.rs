//! All SQL of accounts: users with their second factor, sessions, links out of mails.

pub mod links;
pub mod second_factors;
pub mod sessions;
pub mod users;

/// Why none of these statements names an organization.
const WHY: &str = "a person's account belongs to no organization";
