//! The job behind `send_later`.

use ground::words::{EmailAddress, Locale};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{MailError, MailMessage, Mailer};
use crate::jobs::{Job, JobContext, JobError, Lane, Options, Priority, Registry};

/// A mail that waits to be sent. What it says stands in the queue only until it is sent: a done job keeps no payload.
#[derive(Serialize, Deserialize)]
pub(super) struct SendMail {
    to: EmailAddress,
    template: String,
    locale: Locale,
    values: Value,
}

impl Job for SendMail {
    const KIND: &'static str = "send_mail";
    const LANE: Lane = Lane::Mail;

    fn options() -> Options {
        Options { priority: Priority::Urgent, ..Options::default() }
    }
}

impl From<MailMessage> for SendMail {
    fn from(message: MailMessage) -> Self {
        let MailMessage { to, template, locale, values } = message;
        Self { to, template: template.to_owned(), locale, values }
    }
}

pub(super) fn register(registry: &mut Registry, mailer: &Mailer) {
    let mailer = mailer.clone();
    registry.handle(move |mail: SendMail, context: JobContext| {
        let mailer = mailer.clone();
        async move {
            let id = context.job_id().to_string();
            let sent = mailer.send_as(id, &mail.to, &mail.template, &mail.locale, &mail.values).await;
            sent.map_err(|error| match error {
                MailError::Refused(_) | MailError::Template { .. } | MailError::Message(_) => {
                    JobError::permanent(error)
                }
                MailError::Settings(_) | MailError::Smtp(_) | MailError::File { .. } => JobError::again(error),
            })
        }
    });
}
