//! What accounts do in the background: mail links, and remove what has ended.

use std::time::Duration;

use ground::{
    db::{Db, DbError},
    words::{EmailAddress, Locale, UserId},
};
use machinery::{
    jobs::{
        Job, JobContext, JobError, Lane, Options, Priority, Registry,
        schedule::{CatchUp, Schedule},
    },
    mail::Mailer,
};
use serde::{Deserialize, Serialize};

use super::{
    links::{self, Links, Purpose},
    mails, store,
    users::{self, User},
};

/// Attempts to mail a link, over a quarter of an hour: after that the person has asked again or gone away.
const LINK_ATTEMPTS: u32 = 6;
/// How long ended sessions and links are kept, for questions after an incident.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Rows removed in one transaction: a few milliseconds of the one writer.
const BATCH: i64 = 500;

/// Mails a link to choose another password, if there is such an account.
#[derive(Serialize, Deserialize)]
pub struct MailResetLink {
    /// What was typed.
    pub email: EmailAddress,
    /// In which language the mail is written.
    pub language: Locale,
}

/// Mails a link that proves the address.
#[derive(Serialize, Deserialize)]
pub struct MailVerificationLink {
    /// Whose address.
    pub user: UserId,
    /// In which language the mail is written.
    pub language: Locale,
}

/// Removes sessions and links that ended long ago.
#[derive(Serialize, Deserialize)]
pub struct PruneAccounts {}

impl Job for MailResetLink {
    const KIND: &'static str = "mail_reset_link";
    const LANE: Lane = Lane::Mail;

    fn options() -> Options {
        link_options()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.email.folded())
    }
}

impl Job for MailVerificationLink {
    const KIND: &'static str = "mail_verification_link";
    const LANE: Lane = Lane::Mail;

    fn options() -> Options {
        link_options()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.user.to_string())
    }
}

impl Job for PruneAccounts {
    const KIND: &'static str = "prune_accounts";
    const LANE: Lane = Lane::Maintenance;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

fn link_options() -> Options {
    Options { priority: Priority::Urgent, max_attempts: LINK_ATTEMPTS, ..Options::default() }
}

/// Declares who does the jobs of accounts.
pub fn register(registry: &mut Registry, mailer: &Mailer, links: &Links) {
    let (own_mailer, own_links) = (mailer.clone(), links.clone());
    registry.handle(move |job: MailResetLink, context: JobContext| {
        let (mailer, links) = (own_mailer.clone(), own_links.clone());
        async move {
            let email = job.email;
            let find = move |conn: &ground::db::Conn| users::by_email(conn, &email);
            mail_link(context.db(), &mailer, &links, find, Purpose::ResetPassword, job.language).await
        }
    });
    let (own_mailer, own_links) = (mailer.clone(), links.clone());
    registry.handle(move |job: MailVerificationLink, context: JobContext| {
        let (mailer, links) = (own_mailer.clone(), own_links.clone());
        async move {
            let find = move |conn: &ground::db::Conn| users::by_id(conn, job.user);
            mail_link(context.db(), &mailer, &links, find, Purpose::VerifyEmail, job.language).await
        }
    });
    registry.handle(|_: PruneAccounts, context: JobContext| async move { prune(context.db()).await });
}

/// When they recur.
pub fn schedules() -> Vec<Schedule> {
    vec![Schedule::of("prune_accounts", "40 3 * * *", CatchUp::Once, &PruneAccounts {})]
}

/// Makes the token and mails it at once; another attempt makes another token.
async fn mail_link(
    db: &Db,
    mailer: &Mailer,
    links: &Links,
    find: impl FnOnce(&ground::db::Conn) -> Result<Option<User>, DbError> + Send + 'static,
    purpose: Purpose,
    language: Locale,
) -> Result<(), JobError> {
    let issued = db
        .write(move |tx| {
            let user = find(tx)?.filter(|user| {
                user.is_active && (purpose == Purpose::ResetPassword || user.email_verified_at.is_none())
            });
            user.map(|user| Ok::<_, DbError>((links::issue(tx, user.id, purpose)?, user))).transpose()
        })
        .await?;
    let Some((token, user)) = issued else { return Ok(()) };
    mailer.send(&mails::with_link(links, &user, purpose, &token, language)).await.map_err(JobError::again)
}

async fn prune(db: &Db) -> Result<(), JobError> {
    let before = db.clock().now() - KEPT;
    loop {
        let removed = db
            .write(move |tx| {
                let sessions = store::sessions::remove_ended(tx, before, BATCH)?;
                let links = store::links::remove_expired(tx, before, BATCH)?;
                Ok::<_, DbError>(sessions.max(links))
            })
            .await?;
        if removed < BATCH.unsigned_abs() {
            return Ok(());
        }
    }
}
