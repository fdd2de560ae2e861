//! The other end of an invitation: what its link shows, and how it makes a member.

use ground::{
    db::{Conn, OnConflict, Tx},
    words::{EmailAddress, OrganizationId, Slug},
};
use machinery::web::Origin;
use serde::Serialize;

use super::{Invitation, InvitationError, change, store, tell, token_hash};
use crate::{
    accounts::{
        PasswordHash, User,
        users::{self, NewUser, PersonName},
    },
    audit::{self, Platform},
    organizations::members::{self, Member, MemberUser, Membership},
    permissions::{self, Role},
    scope::Scope,
};

/// What whoever opens a link sees before accepting.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Preview {
    /// The organization's name.
    pub organization: String,
    /// Who invites.
    pub invited_by: String,
    /// The invited address.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// What the person will be.
    pub role: Role,
    /// Whether the address has an account: then its owner signs in, otherwise a name and a password are asked.
    pub has_account: bool,
}

/// Where an invitation has led.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Accepted {
    /// The organization.
    pub organization: Joined,
    /// What the person is there.
    pub role: Role,
    /// The account that joined.
    pub user: MemberUser,
}

/// The organization that was joined.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Joined {
    /// Goes into the header `X-Organization-ID`.
    #[schema(value_type = String, format = Uuid)]
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Its name in commands and addresses.
    #[schema(value_type = String)]
    pub slug: Slug,
}

/// Who can accept an invitation.
#[derive(Debug, PartialEq, Eq)]
pub enum Joining {
    /// The invited address has an account, and it is the one that is signed in.
    Account,
    /// The invited address has no account yet: one is made for it.
    Newcomer {
        /// The invited address, which makes no good password.
        email: EmailAddress,
    },
}

/// The account that is to be made.
pub struct Newcomer {
    /// What people call them.
    pub name: PersonName,
    /// Hash of a password that passed the rules.
    pub password: PasswordHash,
}

/// What a link is about. Unknown, used, withdrawn and expired ones are not found, and neither is one of a suspended
/// organization.
pub fn preview(conn: &Conn, token: &str) -> Result<Preview, InvitationError> {
    let (invitation, organization) = open(conn, token)?;
    let has_account = users::by_email(conn, &invitation.email)?.is_some();
    Ok(Preview {
        organization: organization.name,
        invited_by: invitation.invited_by,
        email: invitation.email,
        role: invitation.role,
        has_account,
    })
}

/// Whether this visitor can accept, and as whom: asked before a password is hashed.
pub fn who_joins(conn: &Conn, token: &str, signed_in: Option<&User>) -> Result<Joining, InvitationError> {
    let (invitation, _) = open(conn, token)?;
    match (users::by_email(conn, &invitation.email)?, signed_in) {
        (Some(account), Some(user)) if account.id == user.id => Ok(Joining::Account),
        // Signed in as somebody else: the invitation is a stranger's.
        (_, Some(_)) => Err(InvitationError::NotFound),
        (Some(_), None) => Err(InvitationError::SignInFirst),
        (None, None) => Ok(Joining::Newcomer { email: invitation.email }),
    }
}

/// Makes the member, with a new account where there is none. The link was shown to whoever invited, too: it proves
/// nothing about the address, so a new account's address is not verified by it.
pub fn accept(
    tx: &Tx,
    token: &str,
    signed_in: Option<&User>,
    newcomer: Option<Newcomer>,
    origin: Origin,
) -> Result<Accepted, InvitationError> {
    let joining = who_joins(tx, token, signed_in)?;
    let (invitation, organization) = open(tx, token)?;
    let user = match (joining, signed_in) {
        (Joining::Account, Some(user)) => user.clone(),
        (Joining::Account | Joining::Newcomer { .. }, _) => {
            let newcomer = newcomer.ok_or(InvitationError::NameAndPassword)?;
            let new = NewUser {
                email: invitation.email.clone(),
                name: newcomer.name,
                password: newcomer.password,
                is_superuser: false,
                is_email_verified: false,
            };
            users::create_user(tx, &Platform::guest(invitation.email.as_str(), origin.clone()), new)?
        }
    };
    let scope = joined_scope(tx, &invitation, organization.id, &user, origin)?;
    if members::is_member(tx, &scope, user.id)? {
        return Err(InvitationError::AlreadyMember);
    }
    store::accept(tx, &scope, invitation.id)?;
    let member = Member {
        id: scope.member().unwrap_or_else(|| tx.new_id()),
        user: MemberUser { id: user.id, email: user.email, name: user.name },
        role: invitation.role,
        sites: scope.sites().map(<[_]>::to_vec),
        suspended_at: None,
        created_at: tx.now(),
    };
    audit::record(tx, &scope, change("invitation.accepted", Some(&invitation), None, &invitation))?;
    tell(tx, &scope, "invitation.accepted", &invitation);
    members::add(tx, &scope, &member)
        .on_conflict("members_organization_id_user_id_key", InvitationError::AlreadyMember)?;
    Ok(Accepted { organization, role: member.role, user: member.user })
}

/// The scope of the member that is being made. Sites that were removed meanwhile are left out.
fn joined_scope(
    tx: &Tx,
    invitation: &Invitation,
    organization: OrganizationId,
    user: &User,
    origin: Origin,
) -> Result<Scope, InvitationError> {
    let membership =
        Membership { organization, member: tx.new_id(), role: invitation.role, sites: invitation.sites.clone() };
    let granted = permissions::granted_to(tx, membership.role)?;
    let scope = Scope::for_new_member(membership.clone(), granted, user, origin.clone());
    let Some(sites) = &membership.sites else { return Ok(scope) };
    let sites = members::existing_sites(tx, &scope, sites)?;
    Ok(Scope::for_new_member(Membership { sites: Some(sites), ..membership }, granted, user, origin))
}

fn open(conn: &Conn, token: &str) -> Result<(Invitation, Joined), InvitationError> {
    store::open_by_token(conn, &token_hash(token))?.ok_or(InvitationError::NotFound)
}
