//! The proof of who acts where. A [`Scope`] is made by the request guard, from a job's own row, for the founder of an
//! organization or for the operator's command line; a [`Visitor`] by an API key. Whoever holds neither cannot name an
//! organization, and this is the only place that implements [`Tenant`].

use std::{marker::PhantomData, ops::Deref};

use ground::{
    clock::Timestamp,
    db::{Conn, Db, DbError, Tenant},
    words::{ApiKeyId, MemberId, OrganizationId, SiteId, UserId},
};
use machinery::{
    jobs::JobContext,
    web::{Context, Explain, Origin, Problem, managed, refuse},
};
use rocket::{
    Request,
    request::{FromRequest, Outcome},
};

use crate::{
    accounts::{SignedIn, User},
    audit::Audited,
    organizations::{
        ORGANIZATION_HEADER,
        members::{self, Membership},
    },
    permissions::{self, Granted, Permission, PermissionName, Role},
};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    kind: ActorKind,
    id: Option<String>,
    name: String,
}

/// What kind of actor it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person, signed in.
    User,
    /// The holder of an API key.
    ApiKey,
    /// The program, doing a job.
    Job,
    /// The operator at the command line.
    Operator,
}

impl ActorKind {
    /// The kind's name in tables and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::Job => "job",
            Self::Operator => "operator",
        }
    }
}

impl Actor {
    pub(crate) fn new(kind: ActorKind, id: Option<String>, name: &str) -> Self {
        Self { kind, id, name: name.to_owned() }
    }

    /// What kind of actor it is.
    pub fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The user's or the job's id, where there is one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The name for people.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Proof that someone acts in one organization, with what they may do there.
#[derive(Clone, Debug)]
pub struct Scope {
    organization: OrganizationId,
    actor: Actor,
    user: Option<UserId>,
    member: Option<MemberId>,
    role: Role,
    granted: Granted,
    sites: Option<Vec<SiteId>>,
    origin: Option<Origin>,
}

impl Scope {
    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The person who acts, if it is one.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    /// The membership by which the person acts.
    pub fn member(&self) -> Option<MemberId> {
        self.member
    }

    /// The role that decides what may be done. Jobs and the operator act as owners.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether this may be done at all.
    pub fn may(&self, permission: PermissionName) -> bool {
        self.granted.includes(permission)
    }

    /// Whether this site is among those the membership is restricted to. Everything is, if it is not restricted.
    pub fn may_act_on(&self, site: SiteId) -> bool {
        self.sites.as_ref().is_none_or(|sites| sites.contains(&site))
    }

    /// The sites that the membership is restricted to; `None` if to none in particular.
    pub fn sites(&self) -> Option<&[SiteId]> {
        self.sites.as_deref()
    }

    /// From where the request came, if it is one.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// A job's scope: the organization stands in its row. `None` for a job of the platform.
    pub fn for_job(context: &JobContext) -> Option<Self> {
        let actor = Actor::new(ActorKind::Job, Some(context.job_id().to_string()), context.kind());
        context.organization().map(|organization| Self::unlimited(organization, actor))
    }

    /// [`Scope::for_job`] of a job that does what a person has asked for: what it writes says whose wish it was.
    pub fn for_job_of(context: &JobContext, person: &str) -> Option<Self> {
        let actor = Actor::new(ActorKind::Job, Some(context.job_id().to_string()), person);
        context.organization().map(|organization| Self::unlimited(organization, actor))
    }

    /// The operator's scope. For the command line only: requests have a guard.
    pub fn for_operator(organization: OrganizationId, operator: &str) -> Self {
        Self::unlimited(organization, Actor::new(ActorKind::Operator, None, operator))
    }

    /// The scope of the program where it walks over all organizations to read: the search index. Requests have a guard.
    pub fn for_program(organization: OrganizationId, name: &str) -> Self {
        Self::unlimited(organization, Actor::new(ActorKind::Job, None, name))
    }

    /// The scope of whoever looks through a preview link: it reads this one site and holds no permission. For the room of
    /// preview links only, which knows that the link is good.
    pub fn for_preview(organization: OrganizationId, site: SiteId) -> Self {
        let actor = Actor::new(ActorKind::Job, None, "preview link");
        Self {
            role: Role::Viewer,
            granted: Granted::from_names([]),
            sites: Some(vec![site]),
            ..Self::unlimited(organization, actor)
        }
    }

    /// The scope of one who has just founded the organization in the same transaction.
    pub(crate) fn for_founder(
        organization: OrganizationId,
        user: &User,
        member: MemberId,
        origin: Option<Origin>,
    ) -> Self {
        let actor = Actor::new(ActorKind::User, Some(user.id.to_string()), &user.name);
        Self { user: Some(user.id), member: Some(member), origin, ..Self::unlimited(organization, actor) }
    }

    /// The scope of one who has just become a member in the same transaction.
    pub(crate) fn for_new_member(membership: Membership, granted: Granted, user: &User, origin: Origin) -> Self {
        Self {
            organization: membership.organization,
            actor: Actor::new(ActorKind::User, Some(user.id.to_string()), &user.name),
            user: Some(user.id),
            member: Some(membership.member),
            role: membership.role,
            granted,
            sites: membership.sites,
            origin: Some(origin),
        }
    }

    fn unlimited(organization: OrganizationId, actor: Actor) -> Self {
        Self {
            organization,
            actor,
            user: None,
            member: None,
            role: Role::Owner,
            granted: Granted::ALL,
            sites: None,
            origin: None,
        }
    }

    /// The scope of a signed-in request, whatever it may do.
    async fn of_request(request: &Request<'_>) -> Outcome<Self, Problem> {
        let wanted = request.headers().get_one(ORGANIZATION_HEADER).map(str::parse::<OrganizationId>);
        match wanted.transpose() {
            Ok(wanted) => Self::of_member(request, wanted).await,
            Err(_) => match request.guard::<SignedIn>().await {
                // Not even an id: nothing of this name can be found.
                Outcome::Success(_) => refuse(request, Problem::not_found()),
                Outcome::Error(error) => Outcome::Error(error),
                Outcome::Forward(status) => Outcome::Forward(status),
            },
        }
    }

    /// The scope of whoever is signed in, in this organization; in their only one where none is named. Strangers are
    /// answered 404. For addresses that name the organization by what belongs to it.
    pub async fn of_member(request: &Request<'_>, wanted: Option<OrganizationId>) -> Outcome<Self, Problem> {
        let signed_in = match request.guard::<SignedIn>().await {
            Outcome::Success(signed_in) => signed_in,
            Outcome::Error(error) => return Outcome::Error(error),
            Outcome::Forward(status) => return Outcome::Forward(status),
        };
        let db = match managed::<Db>(request) {
            Ok(db) => db,
            Err(error) => return Outcome::Error(error),
        };
        let user = signed_in.user.id;
        match db.read(move |conn| membership_of(conn, user, wanted)).await {
            Ok((membership, granted)) => {
                let context = Context::of(request);
                context.set_organization(membership.organization);
                context.set_user(user);
                Outcome::Success(Self::for_new_member(membership, granted, &signed_in.user, Origin::of(request)))
            }
            Err(refusal) => refuse(request, refusal),
        }
    }
}

impl Tenant for Scope {
    fn organization_id(&self) -> OrganizationId {
        self.organization
    }
}

impl Audited for Scope {
    fn chain(&self) -> Option<OrganizationId> {
        Some(self.organization)
    }

    fn audited_actor(&self) -> Actor {
        self.actor.clone()
    }

    fn audited_origin(&self) -> Option<Origin> {
        self.origin.clone()
    }
}

/// Why a signed-in person acts nowhere.
#[derive(Debug, thiserror::Error)]
enum NoScope {
    /// Not a member, suspended, or the organization is: never told apart.
    #[error("no membership that counts")]
    Stranger,
    #[error("several memberships and none is named")]
    Ambiguous,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for NoScope {
    fn explain(&self) -> Problem {
        match self {
            Self::Stranger => Problem::not_found(),
            Self::Ambiguous => Problem::new(
                400,
                "organization_required",
                "Which organization?",
                format!(
                    "You belong to several organizations. Name one by its id in the header `{ORGANIZATION_HEADER}`."
                ),
            ),
            Self::Db(error) => error.explain(),
        }
    }
}

/// The membership that counts now, and what its role may do: one short read.
fn membership_of(conn: &Conn, user: UserId, wanted: Option<OrganizationId>) -> Result<(Membership, Granted), NoScope> {
    let mut memberships = members::active_memberships(conn, user, wanted)?;
    let membership = memberships.pop().ok_or(NoScope::Stranger)?;
    if !memberships.is_empty() {
        return Err(NoScope::Ambiguous);
    }
    let granted = permissions::granted_to(conn, membership.role)?;
    Ok((membership, granted))
}

/// A [`Scope`] whose holder has the permission `P`. As a route's argument it answers 401 to who is not signed in, 404 to
/// strangers and where membership or organization is suspended, and 403 to members whose role lacks the permission.
#[derive(Clone, Debug)]
pub struct May<P: Permission>(Scope, PhantomData<fn() -> P>);

impl<P: Permission> May<P> {
    /// The scope itself, for rules that keep it.
    pub fn into_scope(self) -> Scope {
        self.0
    }
}

impl<P: Permission> Deref for May<P> {
    type Target = Scope;

    fn deref(&self) -> &Scope {
        &self.0
    }
}

#[rocket::async_trait]
impl<'r, P: Permission> FromRequest<'r> for May<P> {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        match Scope::of_request(request).await {
            Outcome::Success(scope) if scope.may(P::NAME) => Outcome::Success(Self(scope, PhantomData)),
            Outcome::Success(scope) => refuse(
                request,
                Problem::forbidden(format!(
                    "Your role ({}) lacks the permission `{}`. Ask an owner of the organization for it.",
                    scope.role,
                    P::NAME
                )),
            ),
            Outcome::Error(error) => Outcome::Error(error),
            Outcome::Forward(status) => Outcome::Forward(status),
        }
    }
}

/// Proof that someone may read what an organization has published. Public routes know nothing else, so they cannot
/// even name a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Visitor {
    organization: OrganizationId,
    key: Option<ApiKeyId>,
    at: Option<Timestamp>,
}

impl Visitor {
    /// The holder of an API key.
    pub(crate) fn by_key(organization: OrganizationId, key: ApiKeyId) -> Self {
        Self { organization, key: Some(key), at: None }
    }

    /// A guest of a website. For the directory of sites only: the organization is that of the domain that the request
    /// names.
    pub const fn by_domain(organization: OrganizationId) -> Self {
        Self { organization, key: None, at: None }
    }

    /// The same visitor at this instant: everything that is read is shown or not as it is then.
    #[must_use]
    pub const fn at(self, instant: Timestamp) -> Self {
        Self { at: Some(instant), ..self }
    }

    /// When they look: the present of the connection that is read from, unless it was said.
    pub fn instant(&self, conn: &Conn) -> Timestamp {
        self.at.unwrap_or_else(|| conn.now())
    }

    /// The key that was shown, if it was one.
    pub fn key(&self) -> Option<ApiKeyId> {
        self.key
    }
}

impl Tenant for Visitor {
    fn organization_id(&self) -> OrganizationId {
        self.organization
    }
}
