//! Where a person may work: what the dashboard asks first, to offer the choice of organizations.

use ground::words::{OrganizationId, SiteId, Slug};

use crate::permissions::Role;

/// One organization that the person may work in now. Suspended ones are not listed.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Membership {
    /// The organization.
    pub organization: MemberOrganization,
    /// What the person is there.
    pub role: Role,
    /// The only sites the person may act on; `null` means all of them.
    #[schema(value_type = Option<Vec<String>>)]
    pub sites: Option<Vec<SiteId>>,
}

/// The organization of a membership, as far as choosing it needs.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct MemberOrganization {
    /// Goes into the header `X-Organization-ID`.
    #[schema(value_type = String, format = Uuid)]
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Its name in addresses.
    #[schema(value_type = String)]
    pub slug: Slug,
}
