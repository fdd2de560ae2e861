//! What every test stands on: a started binary with its own data directory, and a client per person.

mod client;
mod server;
mod smtp;
mod story;

use std::time::{Duration, Instant};

pub use client::{Answer, Client};
pub use server::{Server, ServerOptions, binary, gammacms, postgres_is_used, test_bucket, test_database};
pub use smtp::{MailServer, SENDER, Speaks};
pub use story::{Group, PASSWORD, Person, Story, furnish, join, join_sites, publish, room, set_up, sign_in, website};

/// How long anything that happens in the background may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the condition gives a value; fails the test when patience ends.
pub fn wait_until<T>(what: &str, condition: impl FnMut() -> Option<T>) -> T {
    wait_for(what, PATIENCE, condition)
}

/// The newest mail to an address, once it is written.
#[track_caller]
pub fn mail_to(server: &Server, email: &str, about: &str) -> String {
    wait_until("the mail", || {
        let mut files: Vec<_> =
            std::fs::read_dir(server.data_dir().join("mail")).ok()?.flatten().map(|file| file.path()).collect();
        files.sort();
        let texts = files.iter().rev().filter_map(|file| std::fs::read_to_string(file).ok());
        // Quoted-printable breaks long lines with a `=` at their end.
        let mut texts = texts.map(|text| text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "="));
        texts.find(|text| text.contains(email) && text.contains(about))
    })
}

/// [`wait_until`] for what has a time of its own.
pub fn wait_for<T>(what: &str, patience: Duration, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
