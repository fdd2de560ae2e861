//! Commands about hotel groups.

use ground::{
    config::Flags,
    words::{EmailAddress, Slug, WordError},
};
use serde_json::json;
use tenants::{
    accounts::{Links, users},
    audit::Platform,
    organizations::{
        self, NewOrganization, Organization, OrganizationError,
        invitations::{self, InvitationError, NewInvitation},
    },
    permissions::Role,
    scope::Scope,
};

use super::{
    OrganizationCommand,
    output::{self, Failure, note, say, table},
    people::OPERATOR,
    serving::installation,
};
use crate::installation::Installation;

/// Organizations listed at once: an installation has some dozens.
const MOST_LISTED: i64 = 10_000;

/// `organization ...`.
pub fn run(flags: &Flags, command: OrganizationCommand) -> Result<(), Failure> {
    if let OrganizationCommand::Create { name, slug, time_zone, currency, locales, owner, json } = command {
        let new = NewOrganization {
            name,
            slug: slug.as_deref().map(word).transpose()?,
            time_zone: word(&time_zone)?,
            currency: word(&currency)?,
            locales: locales.iter().map(|locale| word(locale.trim())).collect::<Result<_, _>>()?,
            default_locale: None,
        };
        let owner = owner.as_deref().map(word).transpose()?;
        let (installation, _logs) = installation(flags)?;
        create(&installation, new, owner, json)?;
        installation.close();
        return Ok(());
    }
    let (installation, _logs) = installation(flags)?;
    match command {
        OrganizationCommand::Create { .. } => unreachable!("answered above"),
        OrganizationCommand::List { json } => list(&installation, json)?,
        OrganizationCommand::Suspend { slug } => {
            set_suspended(&installation, &slug, true)?;
            say(&format!("{slug} is off line: its members and API keys are locked out"));
        }
        OrganizationCommand::Resume { slug } => {
            set_suspended(&installation, &slug, false)?;
            say(&format!("{slug} is back"));
        }
    }
    installation.close();
    Ok(())
}

/// An argument that is parsed; a wrong one is wrong usage.
pub fn word<T: std::str::FromStr<Err = WordError>>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: WordError| Failure::usage(format!("{text:?}: {}", error.message)))
}

/// The organization with this short name.
pub fn by_slug(installation: &Installation, slug: &str) -> Result<Organization, Failure> {
    let parsed: Slug = word(slug)?;
    installation.db.read_blocking(|conn| organizations::by_slug(conn, &parsed)).map_err(|error| match error {
        OrganizationError::NotFound => {
            Failure::failed(format!("there is no hotel group {slug:?}: `gammacms organization list` shows them"))
        }
        other => Failure::failed(other),
    })
}

fn create(
    installation: &Installation,
    new: NewOrganization,
    owner: Option<EmailAddress>,
    is_json: bool,
) -> Result<(), Failure> {
    let by = Platform::operator(OPERATOR);
    let links = Links::under(installation.config.frontend_url.as_str());
    let (organization, link) = installation
        .db
        .write_blocking(move |tx| {
            let Some(email) = owner else { return Ok((organizations::create(tx, &by, new)?, None)) };
            if let Some(user) = users::by_email(tx, &email).map_err(InvitationError::from)? {
                return Ok((organizations::found(tx, &by, new, &user, None)?.organization, None));
            }
            let organization = organizations::create(tx, &by, new)?;
            let scope = Scope::for_operator(organization.id, OPERATOR);
            let invitation = NewInvitation { email, role: Role::Owner, sites: None };
            let invited = invitations::invite(tx, &scope, &links, invitation)?;
            Ok((organization, Some(invited.link)))
        })
        .map_err(|error: CreateError| Failure::failed(error))?;
    if is_json {
        return output::json(&json!({"id": organization.id, "slug": organization.slug, "invitation_link": link}));
    }
    say(&format!("{} {}", organization.id, organization.slug));
    if let Some(link) = link {
        say(&link);
        note("Send this link to the owner; it is mailed as well where mail is set up.");
    }
    Ok(())
}

/// Two capabilities work in one transaction.
#[derive(Debug, thiserror::Error)]
enum CreateError {
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    #[error(transparent)]
    Db(#[from] ground::db::DbError),
}

fn list(installation: &Installation, is_json: bool) -> Result<(), Failure> {
    let (_, found) = installation
        .db
        .read_blocking(|conn| organizations::list(conn, None, MOST_LISTED, 0))
        .map_err(Failure::failed)?;
    if is_json {
        return output::json(&found);
    }
    let rows = found.iter().map(|counted| {
        let organization = &counted.organization;
        let state = if organization.suspended_at.is_some() { "suspended" } else { "active" };
        vec![organization.slug.to_string(), organization.name.clone(), organization.id.to_string(), state.to_owned()]
    });
    table(&["slug", "name", "id", "state"], &rows.collect::<Vec<_>>());
    Ok(())
}

fn set_suspended(installation: &Installation, slug: &str, is_suspended: bool) -> Result<(), Failure> {
    let organization = by_slug(installation, slug)?;
    let by = Platform::operator(OPERATOR);
    let change = if is_suspended { organizations::suspend } else { organizations::resume };
    installation.db.write_blocking(move |tx| change(tx, &by, organization.id).map(drop)).map_err(Failure::failed)
}
