//! Members: who works in an organization, with which role and on which sites. Whoever loses something loses their
//! sessions in the same transaction.

mod routes;
mod store;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tenant, Tx},
    words::{EmailAddress, MemberId, OrganizationId, SiteId, UserId},
};
use machinery::{
    events::{self, NewEvent},
    web::{Explain, Problem},
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

pub use routes::{Document, routes};
pub use store::active_memberships;

use crate::{
    accounts::{User, sessions},
    audit::{self, Change},
    permissions::{self, PermissionName, Role},
    scope::Scope,
};

const SUBJECT: &str = "member";

/// A membership that counts now: what the request guard builds a scope from.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Where.
    pub organization: OrganizationId,
    /// The membership's id.
    pub member: MemberId,
    /// As what.
    pub role: Role,
    /// On which sites only; `None` for all of them.
    pub sites: Option<Vec<SiteId>>,
}

/// A member as the team sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Member {
    /// The membership's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MemberId,
    /// The person.
    pub user: MemberUser,
    /// What they are here.
    pub role: Role,
    /// The only sites they may act on; `null` for all.
    #[schema(value_type = Option<Vec<String>>)]
    pub sites: Option<Vec<SiteId>>,
    /// Since when they are suspended here; `null` if they are not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub suspended_at: Option<Timestamp>,
    /// When they joined.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// The person behind a membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MemberUser {
    /// The user's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// Where they read mail.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// What people call them.
    pub name: String,
}

/// What is to be changed; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MemberChange {
    /// Another role.
    pub role: Option<Role>,
    /// The only sites they may act on, or `null` for all.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Vec<String>>)]
    pub sites: Option<Option<Vec<SiteId>>>,
    /// Whether they are suspended here.
    pub is_suspended: Option<bool>,
}

/// Tells `null` from a field that is left out.
#[expect(clippy::option_option, reason = "left out, null and a value are three different wishes")]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Why something about a member was refused.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// No such member here.
    #[error("there is no such member")]
    NotFound,
    /// Only owners make, change and remove owners.
    #[error("only owners may do this to owners")]
    OwnersOnly,
    /// The organization would be left without an owner who can sign in.
    #[error("this is the last owner")]
    LastOwner,
    /// People do not change what they may do themselves.
    #[error("nobody changes their own membership")]
    OwnMembership,
    /// One who is restricted to sites cannot give more than they have.
    #[error("this goes beyond the sites of who asks")]
    BeyondOwnSites,
    /// Owners are never restricted to sites.
    #[error("owners cannot be restricted to sites")]
    OwnerRestricted,
    /// A site that is not one of this organization.
    #[error("there is no such site")]
    SiteUnknown,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for MemberError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::OwnersOnly => Problem::new(
                403,
                "owners_only",
                "Only owners may do this",
                "Only an owner can make somebody an owner, or change or remove one. Ask an owner to do it.",
            ),
            Self::LastOwner => Problem::new(
                409,
                "last_owner",
                "The last owner stays",
                "Every organization keeps an owner who can sign in. Make somebody else an owner first.",
            ),
            Self::OwnMembership => Problem::new(
                409,
                "own_membership",
                "Your own membership",
                "You cannot change your own membership, except to leave. Ask another owner or admin.",
            ),
            Self::BeyondOwnSites => Problem::new(
                403,
                "beyond_own_sites",
                "Beyond your own sites",
                "You are restricted to some sites and can give access to no others. Ask a member without a restriction.",
            ),
            Self::OwnerRestricted => {
                field("owner_restricted", "An owner acts on all sites. Choose another role, or leave `sites` out.")
            }
            Self::SiteUnknown => field("site_unknown", "Name sites of this organization by their ids."),
            Self::Db(error) => error.explain(),
        }
    }
}

fn field(code: &'static str, detail: &str) -> Problem {
    Problem::new(422, "invalid", "Some fields are not valid", detail).with_field("/sites", code, detail)
}

/// All members, the longest there first. A team has tens of members: no pages.
pub fn list(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<Member>, DbError> {
    store::list(conn, tenant)
}

/// The members who are not suspended and may do this on all of these sites.
pub fn who_may(
    conn: &Conn,
    tenant: &impl Tenant,
    permission: PermissionName,
    sites: &[SiteId],
) -> Result<Vec<Member>, DbError> {
    let mut found = Vec::new();
    for member in list(conn, tenant)? {
        let may_act = member.sites.as_ref().is_none_or(|own| sites.iter().all(|site| own.contains(site)));
        if member.suspended_at.is_none() && may_act && permissions::granted_to(conn, member.role)?.includes(permission)
        {
            found.push(member);
        }
    }
    Ok(found)
}

/// Adds whoever has just founded the organization, as its owner.
pub(super) fn add_founder(tx: &Tx, scope: &Scope, user: &User, id: MemberId) -> Result<(), DbError> {
    let member = Member {
        id,
        user: MemberUser { id: user.id, email: user.email.clone(), name: user.name.clone() },
        role: Role::Owner,
        sites: None,
        suspended_at: None,
        created_at: tx.now(),
    };
    add(tx, scope, &member)
}

/// Adds a member whose role and sites were checked.
pub(super) fn add(tx: &Tx, scope: &Scope, member: &Member) -> Result<(), DbError> {
    store::insert(tx, scope, member)?;
    if let Some(sites) = &member.sites {
        store::set_sites(tx, scope, member.id, sites)?;
    }
    audit::record(tx, scope, change("member.added", None, Some(member), member))?;
    tell(tx, scope, "member.added", member);
    Ok(())
}

/// Whether the user is a member already, suspended or not.
pub(super) fn is_member(conn: &Conn, tenant: &impl Tenant, user: UserId) -> Result<bool, DbError> {
    Ok(store::by_user(conn, tenant, user)?.is_some())
}

/// Changes role, sites or suspension. All sessions of the person end with this transaction.
pub fn update(tx: &Tx, scope: &Scope, id: MemberId, wish: MemberChange) -> Result<Member, MemberError> {
    let before = find_touchable(tx, scope, id)?;
    if scope.member() == Some(id) {
        return Err(MemberError::OwnMembership);
    }
    let mut after = before.clone();
    after.role = wish.role.unwrap_or(after.role);
    match wish.sites {
        Some(sites) => after.sites = sites,
        // A new owner's restriction falls: owners have none.
        None if after.role == Role::Owner => after.sites = None,
        None => {}
    }
    check_assignment(tx, scope, after.role, after.sites.as_deref())?;
    if let Some(is_suspended) = wish.is_suspended {
        after.suspended_at = if is_suspended { after.suspended_at.or(Some(tx.now())) } else { None };
    }
    if after == before {
        return Ok(before);
    }
    if after.role != Role::Owner || after.suspended_at.is_some() {
        keep_an_owner(tx, scope, &before)?;
    }
    store::update(tx, scope, &after)?;
    if after.sites != before.sites {
        store::set_sites(tx, scope, id, after.sites.as_deref().unwrap_or_default())?;
    }
    sessions::end_all(tx, after.user.id, None)?;
    let action = match (before.suspended_at, after.suspended_at) {
        (None, Some(_)) => "member.suspended",
        (Some(_), None) => "member.resumed",
        (None, None) | (Some(_), Some(_)) => "member.changed",
    };
    audit::record(tx, scope, change(action, Some(&before), Some(&after), &after))?;
    tell(tx, scope, action, &after);
    Ok(after)
}

/// Removes a member. They may remove themselves; the last owner may not.
pub fn remove(tx: &Tx, scope: &Scope, id: MemberId) -> Result<(), MemberError> {
    let member = find_touchable(tx, scope, id)?;
    keep_an_owner(tx, scope, &member)?;
    store::remove(tx, scope, id)?;
    sessions::end_all(tx, member.user.id, None)?;
    audit::record(tx, scope, change("member.removed", Some(&member), None, &member))?;
    tell(tx, scope, "member.removed", &member);
    Ok(())
}

/// The member, if whoever asks may touch them.
fn find_touchable(tx: &Tx, scope: &Scope, id: MemberId) -> Result<Member, MemberError> {
    let member = store::by_id(tx, scope, id)?.ok_or(MemberError::NotFound)?;
    if !scope.role().may_assign(member.role) {
        return Err(MemberError::OwnersOnly);
    }
    if scope.member() != Some(id) && !covers(scope, member.sites.as_deref()) {
        return Err(MemberError::BeyondOwnSites);
    }
    Ok(member)
}

/// Whether whoever asks may give this role on these sites; the sites are this organization's.
pub(super) fn check_assignment(
    conn: &Conn,
    scope: &Scope,
    role: Role,
    sites: Option<&[SiteId]>,
) -> Result<(), MemberError> {
    if !scope.role().may_assign(role) {
        return Err(MemberError::OwnersOnly);
    }
    if role == Role::Owner && sites.is_some() {
        return Err(MemberError::OwnerRestricted);
    }
    if !covers(scope, sites) {
        return Err(MemberError::BeyondOwnSites);
    }
    let Some(sites) = sites else { return Ok(()) };
    // Every site is one of ours, and named once.
    if existing_sites(conn, scope, sites)?.len() == sites.len() { Ok(()) } else { Err(MemberError::SiteUnknown) }
}

/// Those of the sites that exist in this organization.
pub(super) fn existing_sites(conn: &Conn, tenant: &impl Tenant, sites: &[SiteId]) -> Result<Vec<SiteId>, DbError> {
    store::known_sites(conn, tenant, sites)
}

/// Whether the sites are within those of who asks.
fn covers(scope: &Scope, sites: Option<&[SiteId]>) -> bool {
    match (scope.sites(), sites) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(_), Some(sites)) => sites.iter().all(|site| scope.may_act_on(*site)),
    }
}

/// Refuses to take the last owner away.
fn keep_an_owner(tx: &Tx, scope: &Scope, leaving: &Member) -> Result<(), MemberError> {
    if leaving.role != Role::Owner || leaving.suspended_at.is_some() {
        return Ok(());
    }
    // Two owners who demote each other at the same time would each still see the other.
    tx.serialize("owners")?;
    if store::other_owners(tx, scope, leaving.id)? == 0 { Err(MemberError::LastOwner) } else { Ok(()) }
}

fn change(action: &'static str, before: Option<&Member>, after: Option<&Member>, subject: &Member) -> Change {
    let described = |member: &Member| {
        json!({
            "email": member.user.email,
            "role": member.role,
            "sites": member.sites,
            "suspended_at": member.suspended_at,
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

fn tell(tx: &Tx, scope: &Scope, kind: &'static str, member: &Member) {
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(scope.organization_id()),
            site: None,
            subject_type: SUBJECT,
            subject_id: member.id.to_string(),
            payload: json!({ "user": member.user.id, "role": member.role }),
        },
    );
}
