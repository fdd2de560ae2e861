//! What a type may declare beside its fields: a role that the program plays with its entries, and pages on websites.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::declaration::{Field, FieldKind, TypeDeclaration};

/// What the program does with the entries of a type beside keeping and showing them. One type at most has each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[schema(as = TypeRole)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Websites send guests from old addresses on to new ones.
    Redirect,
    /// Websites show it as a menu.
    Menu,
    /// Guests fill it in.
    Form,
    /// Websites show it at the edge of their pages.
    Banner,
    /// `/book` leads there.
    BookingEngine,
}

impl Role {
    /// The role's name in declarations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Redirect => "redirect",
            Self::Menu => "menu",
            Self::Form => "form",
            Self::Banner => "banner",
            Self::BookingEngine => "booking_engine",
        }
    }

    /// The fields that leave the installation by no channel: to whom a form is sent, what an engine calls a hotel.
    pub const fn inner_fields(self) -> &'static [&'static str] {
        match self {
            Self::Form => &["recipients", "reply", "retention_days"],
            Self::BookingEngine => &["codes", "further", "room_codes"],
            Self::Redirect | Self::Menu | Self::Banner => &[],
        }
    }

    /// The fields that the program reads of such a type.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Redirect => &["from", "match", "to", "status", "source"],
            Self::Menu => &["key", "items"],
            Self::Form => &["fields", "consents", "recipients", "reply", "success", "retention_days"],
            Self::Banner => &["kind", "text", "link", "dismissible", "priority"],
            Self::BookingEngine => &["engine", "codes", "address", "template"],
        }
    }
}

impl TypeDeclaration {
    /// Whether a field leaves the installation by no channel: it is only the team's, or the role keeps it for itself (see
    /// [`Role::inner_fields`]).
    pub fn is_inner(&self, field: &str) -> bool {
        self.role.map(Role::inner_fields).unwrap_or_default().contains(&field)
            || self.field(field).is_some_and(|field| !field.visibility.is_public())
    }

    /// The fields that channels may show: all others are not even named outside.
    pub fn outer_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !self.is_inner(&field.name))
    }
}

impl Field {
    /// Whether there are texts in it, which each language has for itself.
    pub fn has_texts(&self) -> bool {
        self.is_localized || has_texts(&self.kind)
    }
}

fn has_texts(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Image | FieldKind::File | FieldKind::Sections { .. } => true,
        FieldKind::List { item, .. } => has_texts(item),
        FieldKind::Codes { fields, .. } => fields.iter().any(Field::has_texts),
        kind => kind.parts().is_some_and(|fields| fields.iter().any(Field::has_texts)),
    }
}

/// The template of a theme that shows any entry.
const ENTRY_TEMPLATE: &str = "entry";

/// Where a type's entries have pages on websites, and how they look.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageDeclaration {
    /// What stands before the slug: `rooms` makes `/rooms/SLUG`. Empty for pages at the root.
    pub path: String,
    /// The theme's template, without its ending.
    #[serde(default = "entry_template")]
    pub template: String,
    /// What schema.org calls it, e.g. `Restaurant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The boolean field that makes an entry the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// Date fields after which an entry is over: its page says so, and search engines forget it.
    #[serde(default)]
    pub ends: Vec<String>,
}

fn entry_template() -> String {
    ENTRY_TEMPLATE.to_owned()
}

/// What is wrong with a type's role and page: the fields that they read must be there, and a path must be one part of an
/// address.
pub(super) fn problems(declaration: &TypeDeclaration) -> Vec<String> {
    let mut problems = Vec::new();
    for name in declaration.role.map(Role::fields).unwrap_or_default() {
        match declaration.field(name) {
            None => problems.push(format!("a type of this role needs a field `{name}`")),
            Some(field) if !field.visibility.is_public() => {
                problems.push(format!("`{name}` is read by the program and cannot be the team's alone"));
            }
            Some(_) => {}
        }
    }
    let Some(page) = &declaration.page else { return problems };
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if !page.path.chars().all(is_plain) {
        problems.push(format!("`page.path` is `{}`: at most one part of a-z, 0-9 and -", page.path));
    }
    let is =
        |name: &str, wanted: fn(&FieldKind) -> bool| declaration.field(name).is_some_and(|field| wanted(&field.kind));
    if let Some(name) = page.home.as_ref().filter(|name| !is(name, |kind| matches!(kind, FieldKind::Boolean))) {
        problems.push(format!("`page.home` names `{name}`, which is not a boolean field of the type"));
    }
    for name in page.home.iter().chain(&page.ends) {
        if declaration.field(name).is_some_and(|field| !field.visibility.is_public()) {
            problems.push(format!("`page` names `{name}`, which is the team's alone"));
        }
    }
    for name in page.ends.iter().filter(|name| !is(name, |kind| matches!(kind, FieldKind::Date { .. }))) {
        problems.push(format!("`page.ends` names `{name}`, which is not a date field of the type"));
    }
    problems
}

/// What single types cannot know: a role or a path that another type has. Each with the type's name.
pub(super) fn problems_together(types: &[TypeDeclaration]) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let (mut roles, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for one in types {
        if let Some(role) = one.role.filter(|role| !roles.insert(role.name())) {
            problems.push((one.name.clone(), format!("`role` {} is another type's already", role.name())));
        }
        if let Some(page) = one.page.as_ref().filter(|page| !paths.insert(page.path.as_str())) {
            problems.push((one.name.clone(), format!("`page.path` {} is another type's already", page.path)));
        }
    }
    problems
}
