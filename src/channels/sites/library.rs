//! Everything that a page of a site may show, read at once: the published views for guests, the newest drafts for the
//! team's preview.

use std::collections::BTreeMap;

use content::{
    entries::{self, EntryError, Look, public, public::View},
    plans,
    preview_links::{self, Opened, Spoken},
    shapes::{self, Reading},
    sites::Site,
    types::{Declarations, PageDeclaration, Role},
};
use ground::{
    clock::Timestamp,
    db::Conn,
    words::{EntryId, Locale},
};
use serde_json::Value;
use tenants::scope::{Scope, Visitor};

use super::addresses::{Addresses, is_homepage};

/// Entries of one type that a page is given at most. A hotel has some dozens of rooms; above this a site needs its own
/// front end on the public API, and the log says so.
const MOST_OF_A_TYPE: i64 = 1_000;

/// Whose eyes see the site.
pub(super) enum Eyes<'a> {
    /// A guest.
    Guest(&'a Visitor),
    /// A member of the team, who sees what is not published yet: all of it, or what is shown at an instant.
    Member(&'a Scope, Option<Timestamp>),
    /// Whoever holds a preview link. The site stands here with all of its languages, which the link may not show.
    Link { opened: &'a Opened, whole: &'a Site },
}

impl Eyes<'_> {
    pub fn see_drafts(&self) -> bool {
        matches!(self, Self::Member(..) | Self::Link { .. })
    }
}

/// A site's content in one language.
pub(super) struct Library<'a> {
    pub site: &'a Site,
    pub locale: Locale,
    pub declarations: &'a Declarations,
    by_type: BTreeMap<String, Vec<View>>,
    by_id: BTreeMap<EntryId, View>,
}

impl<'a> Library<'a> {
    /// Reads all of it.
    pub fn read(
        conn: &Conn,
        eyes: &Eyes<'_>,
        declarations: &'a Declarations,
        site: &'a Site,
        locale: &Locale,
    ) -> Result<Self, EntryError> {
        let mut by_type: BTreeMap<String, Vec<View>> = BTreeMap::new();
        match eyes {
            Eyes::Guest(visitor) => {
                let chain = public::chain(site, Some(locale));
                // Redirects can be many thousands, and no page shows one.
                for declared in declarations.types().iter().filter(|one| one.role != Some(Role::Redirect)) {
                    let (count, views) =
                        public::views(conn, visitor, site.id, &declared.name, &chain, MOST_OF_A_TYPE, 0)?;
                    if count > views.len() as u64 {
                        tracing::warn!(site.id = %site.id, r#type = declared.name, count, "a page cannot show all entries");
                    }
                    by_type.insert(declared.name.clone(), views);
                }
            }
            Eyes::Member(scope, at) => {
                let views =
                    entries::previews(conn, scope, declarations, site.id, Look { locale, at: *at, chosen: None })?;
                for view in plans::without_ended(conn, scope, site.id, *at, views)? {
                    by_type.entry(view.content_type.clone()).or_default().push(view);
                }
            }
            Eyes::Link { opened, whole } => {
                let spoken = Spoken { locale, chosen: None };
                for view in preview_links::views(conn, opened, declarations, whole, spoken, conn.now())? {
                    by_type.entry(view.content_type.clone()).or_default().push(view);
                }
            }
        }
        Ok(Self::holding(declarations, site, locale, by_type))
    }

    /// One that holds what was read already.
    pub fn of(declarations: &'a Declarations, site: &'a Site, locale: &Locale, views: Vec<View>) -> Self {
        let mut by_type: BTreeMap<String, Vec<View>> = BTreeMap::new();
        for view in views {
            by_type.entry(view.content_type.clone()).or_default().push(view);
        }
        Self::holding(declarations, site, locale, by_type)
    }

    fn holding(
        declarations: &'a Declarations,
        site: &'a Site,
        locale: &Locale,
        by_type: BTreeMap<String, Vec<View>>,
    ) -> Self {
        let by_id = by_type.values().flatten().map(|view| (view.entry_id, view.clone())).collect();
        Self { site, locale: locale.clone(), declarations, by_type, by_id }
    }

    /// The views of a type in their order.
    pub fn of_type(&self, content_type: &str) -> &[View] {
        self.by_type.get(content_type).map(Vec::as_slice).unwrap_or_default()
    }

    /// The views of all types, each type's in its order.
    pub fn all(&self) -> impl Iterator<Item = &View> {
        self.by_type.values().flatten()
    }

    /// The first page.
    pub fn homepage(&self) -> Option<&View> {
        let pages = self.of_type("page");
        pages.iter().find(|page| is_homepage(page))
    }

    /// The view with this id.
    pub fn by_id(&self, id: EntryId) -> Option<&View> {
        self.by_id.get(&id)
    }

    /// The view of a type with this slug.
    pub fn named(&self, content_type: &str, slug: &str) -> Option<&View> {
        self.of_type(content_type).iter().find(|view| view.slug.as_str() == slug)
    }

    /// Where a view's type has its pages, if it has any.
    pub fn page_of(&self, view: &View) -> Option<&'a PageDeclaration> {
        self.declarations.content_type(&view.content_type)?.page.as_ref()
    }

    /// A view in the shape of the public API, with its address on this site.
    pub fn shape(&self, view: &View, addresses: &Addresses) -> Value {
        let reading =
            Reading { site: self.site, declarations: self.declarations, public_url: "", references: &self.by_id };
        let mut shape = shapes::entry(&reading, view, true);
        if let (Some(shape), Some(page)) = (shape.as_object_mut(), self.page_of(view)) {
            shape.insert("url".to_owned(), Value::String(addresses.of(view, page, &self.locale)));
        }
        shape
    }
}
