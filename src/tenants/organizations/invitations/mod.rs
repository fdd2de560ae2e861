//! Invitations: how a person becomes a member. A link carries a random token behind `#`, where no log and no referrer
//! sees it; only its hash is stored. It is mailed, and shown once to whoever invites, to hand over by other ways.

mod accepting;
mod routes;
mod store;

use std::time::Duration;

use ground::{
    clock::Timestamp,
    crypto,
    db::{Conn, DbError, Tenant, Tx},
    words::{EmailAddress, InvitationId, SiteId},
};
use machinery::{
    events::{self, NewEvent},
    mail::{MailMessage, Mailer},
    web::{Explain, Problem},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use accepting::{Accepted, Joined, Joining, Newcomer, Preview, accept, preview, who_joins};
pub use routes::{Document, routes};

use super::{
    OrganizationError,
    members::{self, MemberError},
};
use crate::{
    accounts::{AccountError, Links, users},
    audit::{self, Change},
    permissions::Role,
    scope::Scope,
};

/// How long a link is good: a week holds a holiday weekend and a full inbox.
pub const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Most invitations that wait at once: beyond it somebody is using us to send mail.
const MOST_PENDING: i64 = 200;
const SUBJECT: &str = "invitation";

/// An invitation that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Invitation {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: InvitationId,
    /// Who is invited.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// What they will be.
    pub role: Role,
    /// The only sites they will act on; `null` for all.
    #[schema(value_type = Option<Vec<String>>)]
    pub sites: Option<Vec<SiteId>>,
    /// Who invited them.
    pub invited_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Until when the link is good.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Somebody to be invited.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Where they read mail.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// What they will be.
    pub role: Role,
    /// The only sites they will act on; left out or `null` for all.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub sites: Option<Vec<SiteId>>,
}

/// A fresh invitation with its link, the only time it is shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Invited {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// The link to copy; whoever has it can accept.
    pub link: String,
}

/// Why something about an invitation was refused.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    /// No such invitation: unknown, expired, revoked, accepted, or somebody else's.
    #[error("there is no such invitation")]
    NotFound,
    /// The person is a member already.
    #[error("the person is a member already")]
    AlreadyMember,
    /// Too many invitations wait.
    #[error("too many invitations wait")]
    TooMany,
    /// The invited address has an account: its owner has to sign in.
    #[error("the invited person has an account and is not signed in")]
    SignInFirst,
    /// A new account needs a name and a password.
    #[error("a new account needs a name and a password")]
    NameAndPassword,
    /// The role or the sites are not for whoever invites to give.
    #[error(transparent)]
    Assignment(#[from] MemberError),
    /// The account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The organization.
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for InvitationError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::new(
                404,
                "invitation_not_found",
                "There is no such invitation",
                "The invitation has expired, was withdrawn or accepted, or is not for this account. Ask for a new one.",
            ),
            Self::AlreadyMember => Problem::new(
                409,
                "already_member",
                "Already in the team",
                "This person is a member already. Change their role in the list of members instead.",
            ),
            Self::TooMany => Problem::new(
                409,
                "too_many_invitations",
                "Too many invitations wait",
                format!("At most {MOST_PENDING} invitations can wait at once. Withdraw some that nobody answers."),
            ),
            Self::SignInFirst => Problem::new(
                401,
                "sign_in_required",
                "Sign in to accept",
                "There is an account with the invited address. Sign in with it, then open the link again.",
            ),
            Self::NameAndPassword => {
                let detail = "You are new here: send your `name` and a `password` for your account.";
                Problem::new(422, "invalid", "Some fields are not valid", detail)
                    .with_field("/name", "name_required", detail)
                    .with_field("/password", "password_required", detail)
            }
            Self::Assignment(error) => error.explain(),
            Self::Account(error) => error.explain(),
            Self::Organization(error) => error.explain(),
            Self::Db(error) => error.explain(),
        }
    }
}

/// Invites somebody: the mail goes out with this transaction. Inviting the same address again replaces the invitation
/// that waits, and its link.
pub fn invite(tx: &Tx, scope: &Scope, links: &Links, new: NewInvitation) -> Result<Invited, InvitationError> {
    members::check_assignment(tx, scope, new.role, new.sites.as_deref())?;
    if let Some(user) = users::by_email(tx, &new.email)?
        && members::is_member(tx, scope, user.id)?
    {
        return Err(InvitationError::AlreadyMember);
    }
    if let Some(waiting) = store::waiting_for(tx, scope, &new.email)? {
        if !scope.role().may_assign(waiting.role) {
            return Err(MemberError::OwnersOnly.into());
        }
        store::revoke(tx, scope, waiting.id)?;
    }
    if store::count_waiting(tx, scope)? >= MOST_PENDING {
        return Err(InvitationError::TooMany);
    }
    let invitation = Invitation {
        id: tx.new_id(),
        email: new.email,
        role: new.role,
        sites: new.sites,
        invited_by: scope.actor().name().to_owned(),
        created_at: tx.now(),
        expires_at: tx.now() + LIFETIME,
    };
    let token = crypto::token(tx.randomness());
    store::insert(tx, scope, &invitation, &token_hash(&token))?;
    let link = links.invitation(&token);
    mail(tx, scope, &invitation, &link)?;
    audit::record(tx, scope, change("invitation.created", None, Some(&invitation), &invitation))?;
    tell(tx, scope, "invitation.created", &invitation);
    Ok(Invited { invitation, link })
}

fn mail(tx: &Tx, scope: &Scope, invitation: &Invitation, link: &str) -> Result<(), InvitationError> {
    let organization = super::current(tx, scope)?;
    let message = MailMessage {
        to: invitation.email.clone(),
        template: "invitation",
        locale: organization.default_locale,
        values: json!({
            "organization": organization.name,
            "invited_by": invitation.invited_by,
            "role": invitation.role,
            "link": link,
            "days": LIFETIME.as_secs() / (24 * 60 * 60),
        }),
    };
    Mailer::send_later(tx, Some(scope.organization_id()), message)?;
    Ok(())
}

/// Invitations that wait and are still good, the newest first.
pub fn list(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<Invitation>, DbError> {
    store::waiting(conn, tenant)
}

/// Withdraws an invitation: its link is good for nothing from now on.
pub fn revoke(tx: &Tx, scope: &Scope, id: InvitationId) -> Result<(), InvitationError> {
    let invitation = store::waiting_by_id(tx, scope, id)?.ok_or(InvitationError::NotFound)?;
    if !scope.role().may_assign(invitation.role) {
        return Err(MemberError::OwnersOnly.into());
    }
    store::revoke(tx, scope, id)?;
    audit::record(tx, scope, change("invitation.revoked", Some(&invitation), None, &invitation))?;
    tell(tx, scope, "invitation.revoked", &invitation);
    Ok(())
}

fn token_hash(token: &str) -> String {
    crypto::sha256_hex(token.as_bytes())
}

fn change(
    action: &'static str,
    before: Option<&Invitation>,
    after: Option<&Invitation>,
    subject: &Invitation,
) -> Change {
    let described = |invitation: &Invitation| {
        json!({
            "email": invitation.email,
            "role": invitation.role,
            "sites": invitation.sites,
            "expires_at": invitation.expires_at,
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

fn tell(tx: &Tx, scope: &Scope, kind: &'static str, invitation: &Invitation) {
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(scope.organization_id()),
            site: None,
            subject_type: SUBJECT,
            subject_id: invitation.id.to_string(),
            payload: json!({ "role": invitation.role }),
        },
    );
}
