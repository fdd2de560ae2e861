//! Links that let people without an account see what is not published yet: the owner at home, the agency, the printer. A
//! link is good for one site, ends by itself and can be withdrawn. Its token is shown once and kept as a hash.
//!
//! [`open`] turns a token into an [`Opened`] link, the only way to read with it: [`views`] shows what the link shows and
//! nothing else.

mod errors;
mod reading;
mod routes;
mod store;

use std::time::Duration;

use ground::{
    clock::Timestamp,
    crypto,
    db::{Conn, DbError, Tx},
    words::{EntryId, Locale, OrganizationId, PreviewLinkId, SiteId},
};
use machinery::events::{self, NewEvent};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenants::{
    audit::{self, Change},
    scope::{Scope, Visitor},
};

pub use errors::PreviewLinkError;
pub use reading::{Spoken, views};
pub use routes::{Document, PreviewAddresses, routes};

use crate::{
    entries,
    sites::{self, Site},
};

/// What every token begins with: scanners for leaked secrets look for it, and the log leaves it out.
pub const TOKEN_PREFIX: &str = "pv_";
/// How long a link is good where nothing is said: a weekend between the mail and its answer.
const USUAL_HOURS: u32 = 72;
/// How long a link is good at most: what is forgotten ends within a month.
const MOST_HOURS: u32 = 30 * 24;
/// Most links of a site that are good at once: beyond it nobody knows who has which.
const MOST_LINKS: u64 = 200;
/// Shortest and longest password of a link. It is told over the phone, and tried five times in a quarter of an hour.
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 4..=200;
/// A use is noted this often at most: whoever walks through a preview does not write with every step.
const NOTED_EVERY: Duration = Duration::from_secs(60);
const SUBJECT: &str = "preview_link";

/// What a link shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// The newest revisions, published or not.
    #[default]
    Drafts,
    /// What is published.
    Published,
}

/// A link as the team sees it; not its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PreviewLink {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: PreviewLinkId,
    /// The site; the address says it already.
    #[serde(skip)]
    pub site_id: SiteId,
    /// The entry whose draft it shows among what is published; `null` for the whole site.
    #[schema(value_type = Option<String>, format = "uuid", required = true)]
    pub entry: Option<EntryId>,
    /// The only language; `null` for all.
    #[schema(value_type = Option<String>, required = true)]
    pub locale: Option<Locale>,
    /// The entry's revision; `null` for the newest.
    #[schema(required = true)]
    pub revision: Option<u32>,
    /// The instant as of which everything is seen; `null` for the present.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub as_of: Option<Timestamp>,
    /// What it shows.
    pub shows: Shows,
    /// Whether it asks for a password.
    pub has_password: bool,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Since when it is withdrawn; `null` while it is not.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub withdrawn_at: Option<Timestamp>,
    /// How often it was opened; steps within a minute count once.
    pub use_count: i64,
    /// When it was used last, to the minute.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_used_at: Option<Timestamp>,
}

/// A link to be made.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewPreviewLink {
    /// Show the draft of this entry only, everything else as it is published; without it the whole site.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub entry: Option<EntryId>,
    /// Only in this language.
    #[schema(value_type = Option<String>)]
    pub locale: Option<Locale>,
    /// This revision of the entry instead of the newest.
    pub revision: Option<u32>,
    /// As of this instant (RFC 3339), or of this time in the site's time zone, such as `2026-12-24T18:00` or `2026-12-24`.
    pub as_of: Option<String>,
    /// `drafts` or `published`.
    pub shows: Shows,
    /// Hours until it ends: 72 where it is left out, 720 at most.
    pub hours: Option<u32>,
    /// Whoever opens it has to know this too: 4 to 200 characters, not counting blanks around it. Left out or `null`: the link is
    /// enough.
    pub password: Option<String>,
}

/// A fresh link with its address, the only time it is shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MadeLink {
    /// The link.
    #[serde(flatten)]
    pub link: PreviewLink,
    /// The address to hand on; whoever has it sees what the link shows.
    pub address: String,
    /// The token in it, for the header `X-Preview-Token` of the public API.
    pub token: String,
}

/// A link that is good now, and whose it is: the proof that somebody may look.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The link.
    pub link: PreviewLink,
    organization: OrganizationId,
    password_hash: Option<String>,
}

impl Opened {
    /// Reads the one site and may do nothing.
    pub fn scope(&self) -> Scope {
        Scope::for_preview(self.organization, self.link.site_id)
    }

    /// Reads what is published, at the instant of the link or the present.
    pub fn visitor(&self, now: Timestamp) -> Visitor {
        Visitor::by_domain(self.organization).at(self.link.as_of.unwrap_or(now))
    }

    /// Whose it is.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The hash of the password that it asks for.
    pub fn password_hash(&self) -> Option<&str> {
        self.password_hash.as_deref()
    }

    /// What a browser keeps to show that it knew the password. Nobody makes it who cannot read the database: the hash has a
    /// salt of its own.
    pub fn password_proof(&self) -> Option<String> {
        let hash = self.password_hash.as_ref()?;
        Some(crypto::sha256_hex(format!("{}\n{hash}", self.link.id).as_bytes()))
    }
}

/// Makes a link. Answers its token with it, the only time. The password was hashed before, where nobody waits for it.
pub fn make(
    tx: &Tx,
    scope: &Scope,
    site: SiteId,
    new: NewPreviewLink,
    password_hash: Option<String>,
) -> Result<(PreviewLink, String), PreviewLinkError> {
    let site = sites::find(tx, scope, site)?;
    if let Some(unknown) = new.locale.as_ref().filter(|locale| !site.locales.contains(locale)) {
        return Err(PreviewLinkError::LocaleUnknown(unknown.clone()));
    }
    check_entry(tx, scope, &site, &new)?;
    let hours = new.hours.unwrap_or(USUAL_HOURS);
    if !(1..=MOST_HOURS).contains(&hours) {
        return Err(PreviewLinkError::HoursInvalid);
    }
    let as_of = match new.as_of.as_deref().filter(|text| !text.trim().is_empty()) {
        None => None,
        Some(text) => Some(site.instant(text).ok_or(PreviewLinkError::InstantInvalid)?),
    };
    if store::count_good(tx, scope, site.id, tx.now())? >= MOST_LINKS {
        return Err(PreviewLinkError::TooMany);
    }
    let link = PreviewLink {
        id: tx.new_id(),
        site_id: site.id,
        entry: new.entry,
        locale: new.locale,
        revision: new.revision,
        as_of,
        shows: new.shows,
        has_password: password_hash.is_some(),
        created_by: scope.actor().name().to_owned(),
        created_at: tx.now(),
        expires_at: tx.now() + Duration::from_secs(u64::from(hours) * 60 * 60),
        withdrawn_at: None,
        use_count: 0,
        last_used_at: None,
    };
    let token = format!("{TOKEN_PREFIX}{}", crypto::token(tx.randomness()));
    store::insert(tx, scope, &link, &token_hash(&token), password_hash.as_deref())?;
    if let (Some(entry), Some(revision)) = (link.entry, link.revision) {
        entries::keep(tx, scope, entry, revision)?;
    }
    audit::record(tx, scope, change("preview_link.created", None, Some(&link), &link))?;
    tell(tx, scope, "preview_link.created", &link);
    Ok((link, token))
}

/// A link to one entry names one that the site has, and a revision that it has.
fn check_entry(conn: &Conn, scope: &Scope, site: &Site, new: &NewPreviewLink) -> Result<(), PreviewLinkError> {
    match (new.entry, new.revision) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(PreviewLinkError::RevisionWithoutEntry),
        (Some(entry), None) => Ok(entries::find(conn, scope, site.id, entry).map(drop)?),
        (Some(entry), Some(number)) => Ok(entries::revision(conn, scope, site.id, entry, number).map(drop)?),
    }
}

/// The links of a site that are good or ended within the last month, the newest first.
pub fn list(conn: &Conn, scope: &Scope, site: SiteId) -> Result<Vec<PreviewLink>, PreviewLinkError> {
    sites::languages(conn, scope, site)?;
    let month = Duration::from_secs(u64::from(MOST_HOURS) * 60 * 60);
    Ok(store::list(conn, scope, site, conn.now() - month)?)
}

/// Withdraws a link: it opens nothing from now on, also where it is open. Twice is once.
pub fn withdraw(tx: &Tx, scope: &Scope, site: SiteId, id: PreviewLinkId) -> Result<(), PreviewLinkError> {
    sites::languages(tx, scope, site)?;
    let before = store::by_id(tx, scope, site, id)?.ok_or(PreviewLinkError::NotFound)?;
    if before.withdrawn_at.is_some() {
        return Ok(());
    }
    store::withdraw(tx, scope, id, tx.now())?;
    let after = PreviewLink { withdrawn_at: Some(tx.now()), ..before.clone() };
    audit::record(tx, scope, change("preview_link.withdrawn", Some(&before), Some(&after), &after))?;
    tell(tx, scope, "preview_link.withdrawn", &after);
    Ok(())
}

/// The link of this token, if it is good now. An unknown, an ended and a withdrawn one are nothing alike.
pub fn open(conn: &Conn, token: &str) -> Result<Option<Opened>, DbError> {
    if !is_token(token) {
        return Ok(None);
    }
    let found = store::by_token(conn, &token_hash(token))?;
    let is_good = |opened: &Opened| opened.link.withdrawn_at.is_none() && conn.now() < opened.link.expires_at;
    Ok(found.filter(is_good))
}

/// Whether a text has a token's form.
pub fn is_token(text: &str) -> bool {
    let rest = text.strip_prefix(TOKEN_PREFIX).unwrap_or_default();
    rest.len() == 43 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Whether a use is to be noted now.
pub fn is_to_be_noted(link: &PreviewLink, now: Timestamp) -> bool {
    link.last_used_at.is_none_or(|last| last + NOTED_EVERY <= now)
}

/// Notes that somebody looks.
pub fn note_use(tx: &Tx, opened: &Opened) -> Result<(), DbError> {
    store::note_use(tx, &opened.scope(), opened.link.id, tx.now())
}

/// Whether a text can be a link's password. Blanks around it do not make it longer: nobody tells them over the phone.
fn is_password(text: &str) -> bool {
    PASSWORD_LENGTH.contains(&text.trim().chars().count()) && text.chars().count() <= *PASSWORD_LENGTH.end()
}

fn token_hash(token: &str) -> String {
    crypto::sha256_hex(token.as_bytes())
}

fn change(
    action: &'static str,
    before: Option<&PreviewLink>,
    after: Option<&PreviewLink>,
    subject: &PreviewLink,
) -> Change {
    let described = |link: &PreviewLink| {
        json!({
            "site": link.site_id,
            "entry": link.entry,
            "locale": link.locale,
            "revision": link.revision,
            "as_of": link.as_of,
            "shows": link.shows,
            "has_password": link.has_password,
            "expires_at": link.expires_at,
            "withdrawn_at": link.withdrawn_at,
        })
    };
    Change {
        action,
        subject_type: SUBJECT,
        subject_id: subject.id.to_string(),
        before: before.map(described),
        after: after.map(described),
    }
}

/// No event names the site: nothing that its visitors see has changed.
fn tell(tx: &Tx, scope: &Scope, kind: &'static str, link: &PreviewLink) {
    use ground::db::Tenant as _;
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(scope.organization_id()),
            site: None,
            subject_type: SUBJECT,
            subject_id: link.id.to_string(),
            payload: json!({ "site": link.site_id, "entry": link.entry, "expires_at": link.expires_at }),
        },
    );
}
