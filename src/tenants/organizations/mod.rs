//! Organizations: hotel groups, the tenants of an installation. Their settings, their people (`members`), and those who
//! are asked to join (`invitations`).

pub mod invitations;
pub mod members;
mod routes;
mod store;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, OnConflict, Tenant, Tx},
    words::{CurrencyCode, Locale, MemberId, OrganizationId, Slug, TimeZoneName},
};
use machinery::{
    events::{self, NewEvent},
    web::{Explain, Origin, Problem},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use routes::{Document, routes};
pub use store::Counted;

use crate::{
    accounts::User,
    audit::{self, Audited, Change},
    permissions::Role,
    scope::Scope,
};

/// The header by which a client names the organization it acts in.
pub const ORGANIZATION_HEADER: &str = "X-Organization-ID";
/// Longest name in characters: longer ones break every list.
const LONGEST_NAME: usize = 120;
/// Most languages: the European Union's 24 and some more.
const MOST_LOCALES: usize = 40;
/// How many numbers are tried behind a taken slug before giving up.
const MOST_NAMESAKES: u32 = 1_000;
const SUBJECT: &str = "organization";

/// A hotel group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Organization {
    /// Its id, as in the header `X-Organization-ID`.
    #[schema(value_type = String, format = Uuid)]
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Its name in commands and addresses.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// The zone its sites start with, e.g. `Europe/Zurich`.
    #[schema(value_type = String)]
    pub time_zone: TimeZoneName,
    /// The currency its sites start with, e.g. `CHF`.
    #[schema(value_type = String)]
    pub currency: CurrencyCode,
    /// The language that stands in where another is missing.
    #[schema(value_type = String)]
    pub default_locale: Locale,
    /// The languages it works in.
    #[schema(value_type = Vec<String>)]
    pub locales: Vec<Locale>,
    /// Since when it is taken off line; `null` while it is on line.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub suspended_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// An organization to be made.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// What people call it.
    pub name: String,
    /// Its name in commands and addresses; made from the name where it is left out.
    #[schema(value_type = Option<String>)]
    pub slug: Option<Slug>,
    /// Its time zone, e.g. `Europe/Zurich`.
    #[schema(value_type = String)]
    pub time_zone: TimeZoneName,
    /// Its currency, e.g. `CHF`.
    #[schema(value_type = String)]
    pub currency: CurrencyCode,
    /// The languages it works in.
    #[schema(value_type = Vec<String>)]
    pub locales: Vec<Locale>,
    /// The language that stands in for others; the first of `locales` where it is left out.
    #[schema(value_type = Option<String>)]
    pub default_locale: Option<Locale>,
}

/// What is to be changed; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrganizationChange {
    /// Another name. The slug stays: scripts rely on it.
    pub name: Option<String>,
    /// Another time zone.
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<TimeZoneName>,
    /// Another currency.
    #[schema(value_type = Option<String>)]
    pub currency: Option<CurrencyCode>,
    /// Other languages, all of them.
    #[schema(value_type = Option<Vec<String>>)]
    pub locales: Option<Vec<Locale>>,
    /// Another default language; one of `locales`.
    #[schema(value_type = Option<String>)]
    pub default_locale: Option<Locale>,
}

/// Why something about an organization was refused.
#[derive(Debug, thiserror::Error)]
pub enum OrganizationError {
    /// There is none with this id or slug.
    #[error("there is no such organization")]
    NotFound,
    /// The name is empty, too long or not one line.
    #[error("the name is not one")]
    NameInvalid,
    /// Another organization has the slug.
    #[error("the slug is taken")]
    SlugTaken,
    /// No language, too many, or one twice.
    #[error("the languages are not a list of different ones")]
    LocalesInvalid,
    /// The default language is not among the languages.
    #[error("the default language is not among the languages")]
    DefaultLocaleMissing,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for OrganizationError {
    fn explain(&self) -> Problem {
        let field = |pointer: &str, code: &'static str, detail: String| {
            Problem::new(422, "invalid", "Some fields are not valid", detail.clone()).with_field(pointer, code, detail)
        };
        match self {
            Self::NotFound => Problem::not_found(),
            Self::NameInvalid => {
                field("/name", "name_invalid", format!("A name has 1 to {LONGEST_NAME} characters on one line."))
            }
            Self::SlugTaken => Problem::new(
                409,
                "slug_taken",
                "The slug is taken",
                "Another organization has this slug. Choose another one, or leave it out to have one made.",
            )
            .with_field("/slug", "slug_taken", "Another organization has this slug."),
            Self::LocalesInvalid => {
                field("/locales", "locales_invalid", format!("Name 1 to {MOST_LOCALES} languages, each once."))
            }
            Self::DefaultLocaleMissing => field(
                "/default_locale",
                "default_locale_missing",
                "The default language must be one of `locales`.".to_owned(),
            ),
            Self::Db(error) => error.explain(),
        }
    }
}

/// A founded organization with its first owner.
#[derive(Debug)]
pub struct Founded {
    /// The organization.
    pub organization: Organization,
    /// The owner's membership.
    pub owner: MemberId,
    /// The owner's scope, to go on with in the same transaction.
    pub scope: Scope,
}

/// Makes an organization without members: for the command line and the platform's operator.
pub fn create(tx: &Tx, by: &impl Audited, new: NewOrganization) -> Result<Organization, OrganizationError> {
    let default_locale =
        new.default_locale.or_else(|| new.locales.first().cloned()).ok_or(OrganizationError::LocalesInvalid)?;
    let name = one_line(&new.name)?;
    let organization = Organization {
        id: tx.new_id(),
        slug: free_slug(tx, new.slug, &name)?,
        name,
        time_zone: new.time_zone,
        currency: new.currency,
        default_locale,
        locales: new.locales,
        suspended_at: None,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    check_locales(&organization)?;
    store::insert(tx, &organization).on_conflict("organizations_slug_key", OrganizationError::SlugTaken)?;
    audit::record(tx, by, change("organization.created", &organization, None, Some(&organization)))?;
    tell(tx, "organization.created", &organization);
    Ok(organization)
}

/// Makes an organization with its first owner, in one transaction.
pub fn found(
    tx: &Tx,
    by: &impl Audited,
    new: NewOrganization,
    owner: &User,
    origin: Option<Origin>,
) -> Result<Founded, OrganizationError> {
    let organization = create(tx, by, new)?;
    let member = tx.new_id();
    let scope = Scope::for_founder(organization.id, owner, member, origin);
    members::add_founder(tx, &scope, owner, member)?;
    Ok(Founded { organization, owner: member, scope })
}

/// The organization that is acted in.
pub fn current(conn: &Conn, tenant: &impl Tenant) -> Result<Organization, OrganizationError> {
    store::by_id(conn, tenant.organization_id())?.ok_or(OrganizationError::NotFound)
}

/// Changes name and settings.
pub fn update(tx: &Tx, scope: &Scope, wish: OrganizationChange) -> Result<Organization, OrganizationError> {
    let before = current(tx, scope)?;
    let mut after = before.clone();
    if let Some(name) = wish.name {
        after.name = one_line(&name)?;
    }
    after.time_zone = wish.time_zone.unwrap_or(after.time_zone);
    after.currency = wish.currency.unwrap_or(after.currency);
    after.locales = wish.locales.unwrap_or(after.locales);
    after.default_locale = wish.default_locale.unwrap_or(after.default_locale);
    check_locales(&after)?;
    if after == before {
        return Ok(before);
    }
    after.updated_at = tx.now();
    store::update(tx, &after)?;
    audit::record(tx, scope, change("organization.updated", &after, Some(&before), Some(&after)))?;
    tell(tx, "organization.updated", &after);
    Ok(after)
}

/// Takes an organization off line: its members and keys find nothing from the next second on. Recorded in the
/// platform's log and in the organization's own. Suspending twice changes nothing.
pub fn suspend(tx: &Tx, by: &impl Audited, id: OrganizationId) -> Result<Organization, OrganizationError> {
    set_suspended(tx, by, id, Some(tx.now()), "organization.suspended")
}

/// Brings a suspended organization back.
pub fn resume(tx: &Tx, by: &impl Audited, id: OrganizationId) -> Result<Organization, OrganizationError> {
    set_suspended(tx, by, id, None, "organization.resumed")
}

fn set_suspended(
    tx: &Tx,
    by: &impl Audited,
    id: OrganizationId,
    suspended_at: Option<Timestamp>,
    action: &'static str,
) -> Result<Organization, OrganizationError> {
    let before = store::by_id(tx, id)?.ok_or(OrganizationError::NotFound)?;
    if before.suspended_at.is_some() == suspended_at.is_some() {
        return Ok(before);
    }
    let after = Organization { suspended_at, updated_at: tx.now(), ..before.clone() };
    store::update(tx, &after)?;
    let made = change(action, &after, Some(&before), Some(&after));
    if by.chain() != Some(id) {
        let operator = by.audited_actor();
        audit::record(tx, &Scope::for_operator(id, operator.name()), made.clone())?;
    }
    audit::record(tx, by, made)?;
    tell(tx, action, &after);
    Ok(after)
}

/// The organization with this slug: for the command line.
pub fn by_slug(conn: &Conn, slug: &Slug) -> Result<Organization, OrganizationError> {
    store::by_slug(conn, slug)?.ok_or(OrganizationError::NotFound)
}

/// One page of all organizations by name, with how many there are; `search` finds part of a name or slug. May scan.
pub fn list(conn: &Conn, search: Option<&str>, limit: i64, offset: i64) -> Result<(u64, Vec<Counted>), DbError> {
    let pattern = search.map(|text| format!("%{}%", text.to_lowercase().replace(['%', '_'], "")));
    store::list(conn, pattern.as_deref(), limit, offset)
}

fn free_slug(conn: &Conn, wanted: Option<Slug>, name: &str) -> Result<Slug, OrganizationError> {
    if let Some(wanted) = wanted {
        return Ok(wanted);
    }
    let slug = Slug::from_title(name);
    if store::by_slug(conn, &slug)?.is_none() {
        return Ok(slug);
    }
    for number in 2..MOST_NAMESAKES {
        let numbered = slug.numbered(number);
        if store::by_slug(conn, &numbered)?.is_none() {
            return Ok(numbered);
        }
    }
    Err(OrganizationError::SlugTaken)
}

fn one_line(text: &str) -> Result<String, OrganizationError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(OrganizationError::NameInvalid);
    }
    Ok(name)
}

fn check_locales(organization: &Organization) -> Result<(), OrganizationError> {
    let mut seen = std::collections::HashSet::new();
    let is_list = (1..=MOST_LOCALES).contains(&organization.locales.len())
        && organization.locales.iter().all(|locale| seen.insert(locale));
    if !is_list {
        return Err(OrganizationError::LocalesInvalid);
    }
    if !organization.locales.contains(&organization.default_locale) {
        return Err(OrganizationError::DefaultLocaleMissing);
    }
    Ok(())
}

fn change(
    action: &'static str,
    organization: &Organization,
    before: Option<&Organization>,
    after: Option<&Organization>,
) -> Change {
    let described = |one: &Organization| {
        json!({
            "name": one.name,
            "slug": one.slug,
            "time_zone": one.time_zone,
            "currency": one.currency,
            "default_locale": one.default_locale,
            "locales": one.locales,
            "suspended_at": one.suspended_at,
        })
    };
    Change {
        action,
        subject_type: SUBJECT,
        subject_id: organization.id.to_string(),
        before: before.map(described),
        after: after.map(described),
    }
}

fn tell(tx: &Tx, kind: &'static str, organization: &Organization) {
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(organization.id),
            site: None,
            subject_type: SUBJECT,
            subject_id: organization.id.to_string(),
            payload: json!({ "slug": organization.slug, "name": organization.name }),
        },
    );
}

impl Role {
    /// Whether whoever has this role may give, take or touch the other: only owners make and unmake owners.
    pub(crate) fn may_assign(self, other: Self) -> bool {
        self == Self::Owner || other != Self::Owner
    }
}
