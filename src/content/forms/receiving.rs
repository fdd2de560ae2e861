//! What happens when a guest sends a form: checked, kept, told to whom it concerns; in one transaction.

use std::collections::BTreeMap;

use ground::{
    db::{DbError, Tenant, Tx},
    words::{EmailAddress, EntryId, Locale, SiteId, SubmissionId},
};
use jiff::SignedDuration;
use machinery::{
    events::{self, NewEvent},
    mail::{MailMessage, Mailer},
};
use serde_json::json;
use tenants::scope::Visitor;

use super::{Status, Submission, form::Form, store};
use crate::sites::Site;

/// A day in hours, as retention counts them.
const DAY_HOURS: i64 = 24;

/// A form that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The form's entry.
    pub form_id: EntryId,
    /// The form in the guest's language.
    pub form: Form,
    /// That language.
    pub locale: Locale,
    /// The page's path.
    pub page: String,
    /// The inputs by name.
    pub inputs: BTreeMap<String, String>,
    /// Whether the trap for programs was stepped into: kept among the spam, and nobody is told.
    pub is_trapped: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is kept.
    Kept(SubmissionId),
    /// These inputs are wrong: name and code.
    Wrong(BTreeMap<String, &'static str>),
}

/// Keeps what a guest has sent, and enqueues the mails.
pub fn receive(tx: &Tx, visitor: &Visitor, site: &Site, sent: &Sent) -> Result<Received, DbError> {
    let (answers, consents, emails) = match sent.form.check(&sent.inputs) {
        Ok(checked) => checked,
        Err(wrong) => return Ok(Received::Wrong(wrong)),
    };
    let days = SignedDuration::from_hours(sent.form.retention_days * DAY_HOURS);
    let submission = Submission {
        id: tx.new_id(),
        site_id: site.id,
        form: sent.form_id,
        form_name: sent.form.name.clone(),
        locale: sent.locale.clone(),
        page: sent.page.clone(),
        answers,
        consents,
        status: if sent.is_trapped { Status::Spam } else { Status::New },
        assignee: None,
        note: String::new(),
        created_at: tx.now(),
        deleted_after: tx.now() + days,
    };
    store::insert(tx, visitor, &submission, &folded(&emails))?;
    if !sent.is_trapped {
        tell(tx, visitor, site, sent, &submission, emails.first())?;
    }
    Ok(Received::Kept(submission.id))
}

/// Mails to the team and to the guest; an event without anything that the guest wrote.
fn tell(
    tx: &Tx,
    visitor: &Visitor,
    site: &Site,
    sent: &Sent,
    submission: &Submission,
    guest: Option<&EmailAddress>,
) -> Result<(), DbError> {
    let organization = Some(visitor.organization_id());
    for recipient in &sent.form.recipients {
        let values = json!({
            "form": submission.form_name,
            "site": site.name,
            "page": submission.page,
            "answers": submission.answers,
            "consents": submission.consents,
        });
        let locale = site.default_locale.clone();
        Mailer::send_later(
            tx,
            organization,
            MailMessage { to: recipient.clone(), template: "form_received", locale, values },
        )?;
    }
    if let (Some((subject, text)), Some(guest)) = (&sent.form.reply, guest) {
        let values = json!({"subject": subject, "text": text});
        let locale = sent.locale.clone();
        Mailer::send_later(
            tx,
            organization,
            MailMessage { to: guest.clone(), template: "form_reply", locale, values },
        )?;
    }
    events::record(
        tx,
        NewEvent {
            kind: "submission.received",
            organization,
            // Visitors see nothing of it: the site's answers stay as they are.
            site: None::<SiteId>,
            subject_type: "submission",
            subject_id: submission.id.to_string(),
            payload: json!({"site": site.id, "form": submission.form, "form_name": submission.form_name}),
        },
    );
    Ok(())
}

/// As erasing looks for them.
fn folded(emails: &[EmailAddress]) -> Vec<String> {
    emails.iter().map(EmailAddress::folded).collect()
}
