//! Mails: words from `templates/mail/`, sent by SMTP, or written to files where no server is set.
//!
//! [`Mailer::send_later`] enqueues a mail in the caller's transaction; [`Mailer::send`] is for jobs that make what
//! the mail says themselves, such as links whose tokens must not be stored.

mod delivery;
mod job;
mod template;
#[cfg(test)]
mod tests;

use ground::{
    clock::{Clock, Randomness, Timestamp},
    config::{Config, Mailbox},
    db::{Db, DbError, Tx, fresh_uuid},
    words::{EmailAddress, Locale, OrganizationId},
};
use serde_json::Value;

use self::{delivery::Way, job::SendMail};
use crate::jobs::{self, Registry};

/// A mail to one person.
#[derive(Clone)]
pub struct MailMessage {
    /// To whom.
    pub to: EmailAddress,
    /// Name of the text in `templates/mail/`, without language and ending.
    pub template: &'static str,
    /// In which language; English where there is no such text.
    pub locale: Locale,
    /// What the text names.
    pub values: Value,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// There is no such text, or it names a value that is not there.
    #[error("the mail {template} cannot be written: {reason}")]
    Template {
        /// Which text.
        template: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An address or a header that cannot stand in a mail.
    #[error("the mail cannot be addressed: {0}")]
    Message(String),
    /// `SMTP_URL` does not lead to a server.
    #[error("SMTP_URL: {0}")]
    Settings(String),
    /// The server did not take the mail now.
    #[error("the mail server did not take the mail: {0}")]
    Smtp(String),
    /// The server says that it will never take this mail.
    #[error("the mail server refuses the mail: {0}")]
    Refused(String),
    /// The file could not be written.
    #[error("the mail could not be written to {path}: {reason}")]
    File {
        /// Where.
        path: String,
        /// The system's words.
        reason: String,
    },
}

/// Sends mails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
    clock: Clock,
    randomness: Randomness,
}

/// A mail ready to go.
struct Letter {
    /// The same for each attempt of a job, so that a receiver sees one mail.
    id: String,
    from: Mailbox,
    to: EmailAddress,
    subject: String,
    text: String,
    at: Timestamp,
}

impl Mailer {
    /// By SMTP where `SMTP_URL` is set, else to files in `mail` in the data directory.
    pub fn new(config: &Config, db: &Db) -> Result<Self, MailError> {
        let way = match &config.smtp_url {
            Some(url) => Way::smtp(url)?,
            None => Way::Files(config.data_dir.join("mail")),
        };
        Ok(Self {
            from: config.default_from_email.clone(),
            way,
            clock: db.clock().clone(),
            randomness: db.randomness().clone(),
        })
    }

    /// Sends a mail as soon as the caller's transaction is committed, again and again until it is taken.
    pub fn send_later(tx: &Tx, organization: Option<OrganizationId>, message: MailMessage) -> Result<(), DbError> {
        jobs::enqueue(tx, organization, &SendMail::from(message)).map(drop)
    }

    /// Sends a mail now.
    pub async fn send(&self, message: &MailMessage) -> Result<(), MailError> {
        let id = fresh_uuid(self.clock.now(), &self.randomness).to_string();
        self.send_as(id, &message.to, message.template, &message.locale, &message.values).await
    }

    /// Declares who does the jobs of [`Mailer::send_later`].
    pub fn register(&self, registry: &mut Registry) {
        job::register(registry, self);
    }

    async fn send_as(
        &self,
        id: String,
        to: &EmailAddress,
        template: &str,
        locale: &Locale,
        values: &Value,
    ) -> Result<(), MailError> {
        let (subject, text) = template::render(template, locale, values)?;
        let letter = Letter { id, from: self.from.clone(), to: to.clone(), subject, text, at: self.clock.now() };
        self.way.deliver(letter, template).await
    }
}
