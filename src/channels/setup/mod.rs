//! The first run: whoever has the code makes the owner, the organization and what it starts with, in one transaction.

mod facts;
mod routes;
mod starts;
mod wording;

use std::path::PathBuf;

use content::{
    entries::EntryError,
    sites::SiteError,
    types::{Catalogue, Declarations},
};
use ground::{
    db::{Db, DbError},
    words::WordError,
};
use machinery::web::{Explain, FieldProblem, Origin, Problem};
use serde::{Deserialize, Serialize};
use tenants::{
    accounts::{
        AccountError, NewUser, OpenedSession, PasswordHash, PersonName, SessionKind, create_user, sign_in::open_session,
    },
    audit::Platform,
    organizations::{self, NewOrganization, Organization, OrganizationError},
    setup_code::{self, SetupRefusal},
};

pub use facts::{WishedFacts, WishedRoom};
pub use routes::{Document, routes};
pub use starts::Start;

use crate::demo::DemoError;

/// What the routes work with. Managed by Rocket.
#[derive(Clone)]
pub struct Setup {
    catalogue: Catalogue,
    data_dir: PathBuf,
    environment: &'static str,
}

impl Setup {
    /// The code's copy lies in `data_dir`.
    pub fn new(catalogue: Catalogue, data_dir: PathBuf, environment: &'static str) -> Self {
        Self { catalogue, data_dir, environment }
    }
}

/// What the setup screen sends: texts, so that everything that is wrong can be told at once.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// The code from the log or the data directory.
    pub code: String,
    /// The first account.
    pub owner: WishedOwner,
    /// The hotel group.
    pub organization: WishedOrganization,
    /// What it starts with.
    pub start: Start,
    /// What the first website says, for the start `hotel_classic`.
    pub facts: Option<WishedFacts>,
}

/// The first account.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishedOwner {
    /// The address to sign in with.
    #[schema(format = Email)]
    pub email: String,
    /// What people call them.
    pub name: String,
    /// 12 to 128 characters, hard to guess.
    #[schema(format = Password)]
    pub password: String,
}

/// The hotel group.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishedOrganization {
    /// What people call it.
    pub name: String,
    /// Its name in commands and addresses; made from the name where it is left out.
    pub slug: Option<String>,
    /// Such as `Europe/Zurich`.
    pub time_zone: String,
    /// Such as `CHF`.
    pub currency: String,
    /// The languages it works in.
    pub locales: Vec<String>,
    /// The one that stands in for others.
    pub default_locale: String,
}

/// A wish that holds.
struct Checked {
    code: String,
    owner_email: ground::words::EmailAddress,
    owner_name: PersonName,
    organization: NewOrganization,
    start: Start,
    facts: Option<WishedFacts>,
}

/// What the first run made.
struct Made {
    session: OpenedSession,
    organization: Organization,
    site: Option<content::sites::Site>,
}

/// Why nothing was set up. Nothing is half done then.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The code is wrong, or there is an owner.
    #[error(transparent)]
    Refused(#[from] SetupRefusal),
    /// The account was refused.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The organization was refused.
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    /// The site of the start was refused.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// Content of the start was refused.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The sample could not be loaded.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The file of a start is not what it should be: a mistake in this program.
    #[error("the start is not valid: {0}")]
    StartInvalid(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for SetupError {
    fn explain(&self) -> Problem {
        match self {
            Self::Refused(error) => error.explain(),
            Self::Account(error) => error.explain(),
            Self::Organization(error) => error.explain(),
            Self::Site(error) => error.explain(),
            Self::Entry(error) => error.explain(),
            Self::Demo(error) => error.explain(),
            Self::StartInvalid(reason) => {
                tracing::error!(reason, "a start of setup is not valid");
                Problem::new(500, "internal", "Something went wrong", "This start is damaged; choose another one.")
            }
            Self::Db(error) => error.explain(),
        }
    }
}

impl Wish {
    /// Reads every text; answers everything that is wrong with any of them.
    fn checked(&self, declarations: &Declarations) -> Result<Checked, Problem> {
        let mut problems = Vec::new();
        let mut note = |pointer: &str, error: WordError| {
            problems.push(FieldProblem { pointer: pointer.to_owned(), code: error.code.into(), detail: error.message });
        };
        let email = self.owner.email.parse().map_err(|error| note("/owner/email", error)).ok();
        let name = self.owner.name.parse().map_err(|error| note("/owner/name", error)).ok();
        let wished = &self.organization;
        if wished.name.trim().is_empty() {
            let message = "Name the hotel group.".to_owned();
            note("/organization/name", WordError { code: "name_invalid", message });
        }
        let slug = wished.slug.as_deref().filter(|slug| !slug.is_empty()).map(str::parse).transpose();
        let slug = slug.map_err(|error| note("/organization/slug", error)).ok();
        let time_zone = wished.time_zone.parse().map_err(|error| note("/organization/time_zone", error)).ok();
        let currency = wished.currency.parse().map_err(|error| note("/organization/currency", error)).ok();
        let default_locale: Option<ground::words::Locale> =
            wished.default_locale.parse().map_err(|error| note("/organization/default_locale", error)).ok();
        let mut locales = Vec::new();
        for (index, text) in wished.locales.iter().enumerate() {
            match text.parse() {
                Ok(locale) => locales.push(locale),
                Err(error) => note(&format!("/organization/locales/{index}"), error),
            }
        }
        let is_among = default_locale.as_ref().is_some_and(|default| locales.contains(default));
        if !is_among && default_locale.is_some() {
            let message = "The languages must hold the default one.".to_owned();
            note("/organization/locales", WordError { code: "locales_invalid", message });
        }
        if self.facts.is_some() && self.start != Start::HotelClassic {
            let message = "Facts belong to the start `hotel_classic`; leave them out for another.".to_owned();
            note("/facts", WordError { code: "facts_unused", message });
        } else if let Some(facts) = &self.facts {
            problems.extend(facts.problems(declarations, &locales, &wished.currency));
        }
        match (email, name, slug, time_zone, currency) {
            (Some(owner_email), Some(owner_name), Some(slug), Some(time_zone), Some(currency))
                if problems.is_empty() =>
            {
                let organization =
                    NewOrganization { name: wished.name.clone(), slug, time_zone, currency, locales, default_locale };
                let (code, start, facts) = (self.code.clone(), self.start, self.facts.clone());
                Ok(Checked { code, owner_email, owner_name, organization, start, facts })
            }
            _ => Err(Problem::invalid(problems)),
        }
    }
}

impl Setup {
    /// Makes everything, or nothing.
    async fn run(
        &self,
        db: &Db,
        wish: Checked,
        password: PasswordHash,
        kind: SessionKind,
        origin: Origin,
    ) -> Result<Made, SetupError> {
        let catalogue = self.catalogue.clone();
        let made = db
            .write(move |tx| {
                // Looked at again inside the transaction: of two who click at once, one is first.
                setup_code::check(tx, &wish.code)?;
                let by = Platform::guest(wish.owner_name.as_str(), origin.clone());
                let user = create_user(
                    tx,
                    &by,
                    NewUser {
                        email: wish.owner_email,
                        name: wish.owner_name,
                        password,
                        is_superuser: true,
                        is_email_verified: false,
                    },
                )?;
                let founded = organizations::found(tx, &by, wish.organization, &user, Some(origin.clone()))?;
                let facts = wish.facts.as_ref();
                let organization = &founded.organization;
                let site = starts::load(tx, &founded.scope, catalogue.base(), wish.start, facts, organization)?;
                setup_code::use_up(tx)?;
                let session = open_session(tx, user, kind, &origin)?;
                Ok::<_, SetupError>(Made { session, organization: founded.organization, site })
            })
            .await?;
        if let Err(error) = setup_code::remove_file(&self.data_dir) {
            tracing::warn!(%error, "the used setup code's file is still there; it opens nothing");
        }
        Ok(made)
    }
}

/// A start as the setup screen offers it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OfferedStart {
    /// Its name in the wish.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What one gets.
    pub description: &'static str,
    /// Whether it can be chosen now.
    pub is_available: bool,
    /// Why not.
    #[schema(required = true)]
    pub reason: Option<&'static str>,
}
