//! `gammacms demo`: a hotel group of its own for the sample, an owner who can sign in, and a key to read with.

use content::types::Catalogue;
use ground::{
    crypto,
    db::{Db, Tx},
    words::{EmailAddress, Locale, Slug},
};
use tenants::{
    accounts::{NewPassword, NewUser, PasswordHash, PersonName, create_user, users},
    api_keys::{self, NewApiKey},
    audit::Platform,
    organizations::{self, NewOrganization, Organization, OrganizationError},
    scope::Scope,
    usage::Quota,
};

use super::{DemoError, LoadedSite, load_sites};

/// Who makes the group, in the audit log.
const OPERATOR: &str = "gammacms demo";
const NAME: &str = "Seen und Berge";
const SLUG: &str = "seen-und-berge";
const TIME_ZONE: &str = "Europe/Zurich";
const CURRENCY: &str = "CHF";
const LOCALES: [&str; 2] = ["en", "de"];
const OWNER_EMAIL: &str = "owner@seen-und-berge.example";
const OWNER_NAME: &str = "Regula Amrein";
const KEY_NAME: &str = "Demo";
/// Characters of the owner's password: 120 random bits, short enough to type once.
const PASSWORD_LENGTH: usize = 20;

/// The sample group as it is now.
#[derive(Debug)]
pub struct Loaded {
    /// The group.
    pub organization: Organization,
    /// False where it was there already.
    pub is_new: bool,
    /// Its sample sites.
    pub sites: Vec<LoadedSite>,
    /// The account just made; nothing where the group was there already, or the account.
    pub owner: Option<NewOwner>,
    /// The key just made; nothing where the group has one already. It is shown this once.
    pub api_key: Option<String>,
}

/// The sign-in of an account just made.
#[derive(Clone)]
pub struct NewOwner {
    /// The address to sign in with.
    pub email: EmailAddress,
    /// The password. It is shown this once.
    pub password: String,
}

/// A password in a log or a panic's message is a password given away.
impl std::fmt::Debug for NewOwner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NewOwner").field("email", &self.email).finish_non_exhaustive()
    }
}

/// Makes the sample group with its owner, sites and key, in one transaction; what is there already stays as it is. From
/// a plain thread: for the command line. `quota` is what the key may use.
pub fn load(db: &Db, catalogue: &Catalogue, quota: Quota) -> Result<Loaded, DemoError> {
    let mut password = crypto::token(db.randomness());
    password.truncate(PASSWORD_LENGTH);
    // Hashed before the transaction: it takes a tenth of a second, and other writers would wait.
    let hash = NewPassword::parse(&password, &[OWNER_EMAIL, OWNER_NAME, NAME])?.hash_here(db.randomness())?;
    let catalogue = catalogue.clone();
    db.write_blocking(move |tx| {
        let Group { organization, scope, is_new, owner } = group(tx, hash)?;
        let sites = load_sites(tx, &scope, &*catalogue.of(tx, &scope)?)?;
        let has_key = !api_keys::list(tx, &scope)?.is_empty();
        let api_key = if has_key { None } else { Some(key(tx, &scope, quota)?) };
        let owner = owner.map(|email| NewOwner { email, password });
        Ok(Loaded { organization, is_new, sites, owner, api_key })
    })
}

/// The group, with the address of an owner who was made for it.
struct Group {
    organization: Organization,
    scope: Scope,
    is_new: bool,
    owner: Option<EmailAddress>,
}

/// The group as it is, or a new one.
fn group(tx: &Tx, password: PasswordHash) -> Result<Group, DemoError> {
    let slug: Slug = SLUG.parse()?;
    match organizations::by_slug(tx, &slug) {
        Ok(organization) => {
            let scope = Scope::for_operator(organization.id, OPERATOR);
            return Ok(Group { organization, scope, is_new: false, owner: None });
        }
        Err(OrganizationError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let by = Platform::operator(OPERATOR);
    let email: EmailAddress = OWNER_EMAIL.parse()?;
    let known = users::by_email(tx, &email)?;
    let made = known.is_none().then(|| email.clone());
    let owner = match known {
        Some(user) => user,
        None => {
            let name: PersonName = OWNER_NAME.parse()?;
            create_user(tx, &by, NewUser { email, name, password, is_superuser: false, is_email_verified: true })?
        }
    };
    let new = NewOrganization {
        name: NAME.to_owned(),
        slug: Some(slug),
        time_zone: TIME_ZONE.parse()?,
        currency: CURRENCY.parse()?,
        locales: LOCALES.iter().map(|locale| locale.parse()).collect::<Result<Vec<Locale>, _>>()?,
        default_locale: None,
    };
    let founded = organizations::found(tx, &by, new, &owner, None)?;
    Ok(Group { organization: founded.organization, scope: founded.scope, is_new: true, owner: made })
}

fn key(tx: &Tx, scope: &Scope, quota: Quota) -> Result<String, DemoError> {
    let new = NewApiKey { name: KEY_NAME.to_owned(), per_minute: None, per_day: None, expires_at: None };
    Ok(api_keys::create(tx, scope, quota, new)?.key)
}
