//! Mails to the team: what waits for somebody, what became of what they asked for, and what was planned and did not happen.
//! Whoever has something to tell calls [`tell`] in the transaction that makes it true; a job finds the people and writes.

use ground::{
    db::{Conn, DbError, Tenant, Tx},
    words::{EmailAddress, EntryId, ReleaseId, SiteId, UserId},
};
use machinery::{
    jobs::{self, Job, JobContext, JobError, Lane, Registry},
    mail::{MailMessage, Mailer},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenants::{
    accounts::Links,
    organizations::{self, members},
    permissions::{Permission, PublishContent},
    scope::Scope,
};

use crate::types::{Catalogue, Declarations};

/// What is told. Each has a text in `templates/mail/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum About {
    /// Somebody is to look at a revision.
    ReviewRequested,
    /// Somebody has looked at it.
    ReviewAnswered,
    /// What was scheduled for an entry could not be done.
    ScheduleFailed,
    /// A scheduled release could not go live.
    ReleaseFailed,
}

impl About {
    const fn template(self) -> &'static str {
        match self {
            Self::ReviewRequested => "review_requested",
            Self::ReviewAnswered => "review_answered",
            Self::ScheduleFailed => "schedule_failed",
            Self::ReleaseFailed => "release_failed",
        }
    }
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Audience {
    /// One member.
    Member(UserId),
    /// Everybody who may publish on all of these sites, but for whoever asks.
    Publishers {
        /// The sites.
        sites: Vec<SiteId>,
        /// Who knows already.
        but: Option<UserId>,
    },
}

/// Where in the dashboard it is seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// An entry.
    Entry {
        /// Its site.
        site: SiteId,
        /// Its type.
        content_type: String,
        /// The entry.
        entry: EntryId,
    },
    /// A release.
    Release(ReleaseId),
}

impl Place {
    /// Its address below the dashboard's own; that of the entry's site where its type is gone.
    fn path(&self, declarations: &Declarations) -> String {
        match self {
            Self::Entry { site, content_type, entry } => match declarations.content_type(content_type) {
                Some(declared) => format!("/sites/{site}/{}/{entry}", declared.plural),
                None => format!("/sites/{site}"),
            },
            Self::Release(id) => format!("/releases/{id}"),
        }
    }
}

/// Tells some of the team of something.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct TellTeam {
    /// What.
    pub about: About,
    /// Whom.
    pub to: Audience,
    /// Where it is seen.
    pub place: Place,
    /// What the text names beside the link.
    pub values: Value,
}

impl Job for TellTeam {
    const KIND: &'static str = "tell_team";
    const LANE: Lane = Lane::Mail;
}

/// Has the team told, once this transaction is on the disk.
pub(crate) fn tell(tx: &Tx, scope: &Scope, notice: &TellTeam) -> Result<(), DbError> {
    jobs::enqueue(tx, Some(scope.organization_id()), notice).map(drop)
}

/// Declares who does this capability's jobs.
pub fn handle_jobs(registry: &mut Registry, catalogue: &Catalogue, links: &Links) {
    let (catalogue, links) = (catalogue.clone(), links.clone());
    registry.handle(move |notice: TellTeam, context: JobContext| {
        let (catalogue, links) = (catalogue.clone(), links.clone());
        async move {
            let scope = Scope::for_job(&context);
            let scope = scope.ok_or_else(|| JobError::permanent("this job belongs to an organization"))?;
            let writes = move |tx: &Tx| write(tx, &scope, &*catalogue.of(tx, &scope)?, &links, &notice);
            context.db().write(writes).await.map_err(JobError::again)
        }
    });
}

/// One mail for each, in the organization's language: all of them are on their way, or none.
fn write(tx: &Tx, scope: &Scope, declarations: &Declarations, links: &Links, notice: &TellTeam) -> Result<(), DbError> {
    let Ok(organization) = organizations::current(tx, scope) else { return Ok(()) };
    let mut values = notice.values.clone();
    values["link"] = Value::String(links.dashboard(&notice.place.path(declarations)));
    for to in recipients(tx, scope, &notice.to)? {
        let (template, locale) = (notice.about.template(), organization.default_locale.clone());
        let mail = MailMessage { to, template, locale, values: values.clone() };
        Mailer::send_later(tx, Some(scope.organization_id()), mail)?;
    }
    Ok(())
}

/// The members that are meant and are still here.
fn recipients(conn: &Conn, scope: &Scope, audience: &Audience) -> Result<Vec<EmailAddress>, DbError> {
    let mut members = match audience {
        Audience::Member(_) => members::list(conn, scope)?,
        Audience::Publishers { sites, .. } => members::who_may(conn, scope, PublishContent::NAME, sites)?,
    };
    members.retain(|member| match audience {
        Audience::Member(user) => member.user.id == *user && member.suspended_at.is_none(),
        Audience::Publishers { but, .. } => Some(member.user.id) != *but,
    });
    Ok(members.into_iter().map(|member| member.user.email).collect())
}
