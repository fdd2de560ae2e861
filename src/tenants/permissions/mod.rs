//! What a role may do: permissions and roles declared once here, kept in tables that every check reads.
//! `initialize_permissions` and `initialize_role_permissions` bring the tables to what is declared.

mod roles;
mod routes;
mod store;

use ground::{
    crypto::sha256_hex,
    db::{Conn, DbError, Tx},
};

pub use roles::Role;
pub use routes::{Document, routes};

/// One thing that a role may do. Implemented by the marker types below, which stand in a route's signature as `May<P>`.
pub trait Permission: Send + Sync + 'static {
    /// The name in the `permissions` table.
    const NAME: PermissionName;
}

/// A permission's name, e.g. `content.edit`.
pub type PermissionName = &'static str;

/// A permission as it is declared.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// Name in tables, answers and documentation.
    pub name: PermissionName,
    /// One sentence for people who assign roles.
    pub description: &'static str,
    /// The roles that hold it unless an operator changes the table.
    pub roles: &'static [Role],
}

macro_rules! permissions {
    ($($name:ident $text:literal $roles:ident $description:literal;)+) => {
        $(
            #[doc = $description]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl Permission for $name {
                const NAME: PermissionName = $text;
            }
        )+

        /// Every permission there is.
        pub const DECLARED: &[Declared] = &[
            $(Declared { name: $text, description: $description, roles: $roles },)+
        ];
    };
}

const EVERYONE: &[Role] = &[Role::Owner, Role::Admin, Role::Editor, Role::Viewer];
const WRITERS: &[Role] = &[Role::Owner, Role::Admin, Role::Editor];
const ADMINS: &[Role] = &[Role::Owner, Role::Admin];
const OWNERS: &[Role] = &[Role::Owner];

permissions! {
    ViewOrganization "organization.view" EVERYONE "See the organization's name, languages and settings.";
    ManageOrganization "organization.manage" OWNERS "Change the organization's name, languages and settings.";
    ExportOrganization "organization.export" OWNERS "Take all of the organization's content along as one archive.";
    ImportContent "content.import" ADMINS "Bring content of other systems in, published where it was published there.";
    ViewContent "content.view" EVERYONE "Read sites, entries and their revisions.";
    EditContent "content.edit" WRITERS "Write, arrange and delete entries.";
    PublishContent "content.publish" WRITERS "Publish entries and take them back.";
    ViewMedia "media.view" EVERYONE "See the media library.";
    ManageMedia "media.manage" WRITERS "Bring, describe and delete files of the media library.";
    ViewSubmissions "submissions.view" WRITERS "Read what guests send by forms.";
    ManageSubmissions "submissions.manage" WRITERS "Note what became of what guests send; delete and erase it.";
    ManageSites "sites.manage" ADMINS "Add, change, publish and remove sites.";
    ManageTypes "types.manage" ADMINS "Declare types and sections of the group's own, and change them.";
    ManageBrand "brand.manage" ADMINS "Say what all hotels have in common, lock it, and settle where they differ.";
    ViewMembers "members.view" EVERYONE "See who is in the team and with which role.";
    ManageMembers "members.manage" ADMINS "Invite people, change roles, suspend and remove members.";
    ManageApiKeys "api_keys.manage" ADMINS "Create, limit, suspend and revoke API keys.";
    ManageWebhooks "webhooks.manage" ADMINS "Add, change and remove webhook endpoints.";
    ViewUsage "usage.view" ADMINS "See how much the API keys are used.";
    ViewAudit "audit.view" ADMINS "Read the audit log.";
    ManageBilling "billing.manage" OWNERS "Choose the plan and see invoices.";
}

// `Granted` keeps one bit for each declared permission.
const _: () = assert!(DECLARED.len() <= 64, "one bit each");

/// The permissions that someone holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted(u64);

impl Granted {
    /// Every declared permission: what the operator and the organization's own jobs hold.
    pub const ALL: Self = Self(u64::MAX >> (64 - DECLARED.len()));

    /// The permissions with these names; names that are no longer declared grant nothing.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().filter_map(bit).fold(0, |held, bit| held | bit))
    }

    /// Whether the permission is held. A name that is not declared is held by nobody.
    pub fn includes(self, name: &str) -> bool {
        bit(name).is_some_and(|bit| self.0 & bit != 0)
    }

    /// The names held, in the order of declaration.
    pub fn names(self) -> impl Iterator<Item = PermissionName> {
        DECLARED.iter().map(|declared| declared.name).filter(move |name| self.includes(name))
    }
}

fn bit(name: &str) -> Option<u64> {
    DECLARED.iter().position(|declared| declared.name == name).map(|index| 1 << index)
}

/// What an initialization found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Initialized {
    /// Rows that the declaration asks for.
    pub declared: u64,
    /// Rows that were added, changed or removed; 0 when the table was as declared.
    pub changed: u64,
}

/// Brings the `permissions` table to what is declared: adds, rewords, and removes what is no longer declared.
pub fn initialize_permissions(tx: &Tx) -> Result<Initialized, DbError> {
    let mut changed = 0;
    for stored in store::permission_names(tx)? {
        if bit(&stored).is_none() {
            changed += store::remove_permission(tx, &stored)?;
        }
    }
    for declared in DECLARED {
        changed += store::put_permission(tx, declared)?;
    }
    Ok(Initialized { declared: DECLARED.len() as u64, changed })
}

/// Gives every role the permissions declared for it. Grants that an operator added beyond them stay.
pub fn initialize_role_permissions(tx: &Tx) -> Result<Initialized, DbError> {
    // The grants name permissions: those must stand first.
    initialize_permissions(tx)?;
    let mut initialized = Initialized { declared: 0, changed: 0 };
    for declared in DECLARED {
        for role in declared.roles {
            initialized.declared += 1;
            initialized.changed += store::grant(tx, *role, declared.name)?;
        }
    }
    Ok(initialized)
}

/// At start: runs both initializations if this program declares another list than the one that was applied last, so
/// that an upgrade brings its new permissions and a restart leaves an operator's changes alone. True if it ran.
pub fn initialize_when_newer(tx: &Tx) -> Result<bool, DbError> {
    let fingerprint = fingerprint();
    if store::applied_fingerprint(tx)?.as_deref() == Some(&fingerprint) && !store::permission_names(tx)?.is_empty() {
        return Ok(false);
    }
    initialize_permissions(tx)?;
    initialize_role_permissions(tx)?;
    store::remember_fingerprint(tx, &fingerprint)?;
    Ok(true)
}

/// What the role holds by the tables, now.
pub fn granted_to(conn: &Conn, role: Role) -> Result<Granted, DbError> {
    let names = store::granted_names(conn, role)?;
    Ok(Granted::from_names(names.iter().map(String::as_str)))
}

fn fingerprint() -> String {
    let mut text = String::new();
    for declared in DECLARED {
        for part in [declared.name, declared.description] {
            text.push_str(part);
            text.push('\n');
        }
        for role in declared.roles {
            text.push_str(role.as_str());
            text.push(' ');
        }
    }
    sha256_hex(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_holds_everything_and_a_viewer_only_reads() {
        for declared in DECLARED {
            assert!(declared.roles.contains(&Role::Owner), "{}", declared.name);
            if declared.roles.contains(&Role::Viewer) {
                assert!(declared.name.split('.').next_back() == Some("view"), "{} is more than reading", declared.name);
            }
        }
    }

    #[test]
    fn an_editor_touches_content_only() {
        let held: Vec<_> =
            DECLARED.iter().filter(|one| one.roles.contains(&Role::Editor)).map(|one| one.name).collect();
        let expected = [
            "organization.view",
            "content.view",
            "content.edit",
            "content.publish",
            "media.view",
            "media.manage",
            "submissions.view",
            "submissions.manage",
            "members.view",
        ];
        assert_eq!(held, expected);
    }

    #[test]
    fn an_admin_leaves_billing_and_the_organization_to_owners() {
        let missing: Vec<_> =
            DECLARED.iter().filter(|one| !one.roles.contains(&Role::Admin)).map(|one| one.name).collect();
        assert_eq!(missing, ["organization.manage", "organization.export", "billing.manage"]);
    }

    #[test]
    fn unknown_names_grant_nothing() {
        let held = Granted::from_names(["content.edit", "everything", ""]);
        assert_eq!(held.names().collect::<Vec<_>>(), ["content.edit"]);
        assert!(!held.includes("everything"));
        assert!(DECLARED.iter().all(|one| Granted::ALL.includes(one.name)));
    }
}
