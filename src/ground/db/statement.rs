//! Statements: SQL as constants, bound to their parameters. Tenant SQL cannot be built without naming the organization,
//! nor bound without someone who proves one.

use std::borrow::Cow;

use super::value::{IntoValues, ToValue, Value};
use crate::words::OrganizationId;

/// Someone who is known to act in one organization. Implemented where the proof is made and nowhere else
/// (`tenants::scope`; a test reads the sources for it).
pub trait Tenant {
    /// The organization that every tenant statement is bound to.
    fn organization_id(&self) -> OrganizationId;
}

/// SQL on tables that belong to no organization, or on all organizations at once.
#[derive(Clone, Copy, Debug)]
pub struct Sql(&'static str);

impl Sql {
    /// A platform-wide statement; the second text says why it needs no organization.
    pub const fn platform(text: &'static str, why: &'static str) -> Self {
        assert!(why.len() > 8, "say why this statement needs no organization");
        Self(text)
    }

    /// The statement with its parameters `?1, ?2, ...`.
    pub fn with(self, parameters: impl IntoValues) -> Bound {
        let mut values = Vec::new();
        parameters.append_to(&mut values);
        Bound { text: Cow::Borrowed(self.0), values, is_tenant: false }
    }
}

/// SQL on tenant tables: `?1` is the organization.
#[derive(Clone, Copy, Debug)]
pub struct TenantSql(&'static str);

impl TenantSql {
    /// A statement that names `organization_id = ?1`, or inserts `organization_id` first with `?1` as its value.
    /// Any other text does not build.
    pub const fn new(text: &'static str) -> Self {
        let names = contains(text, "organization_id = ?1");
        let inserts =
            contains(text, "(organization_id,") && (contains(text, "values (?1,") || contains(text, "select ?1,"));
        assert!(names || inserts, "tenant SQL names `organization_id = ?1`");
        Self(text)
    }

    /// The statement bound to the organization that `tenant` proves (`?1`) and to further parameters (`?2, ...`).
    pub fn of(self, tenant: &impl Tenant, parameters: impl IntoValues) -> Bound {
        let mut values = vec![tenant.organization_id().to_value()];
        parameters.append_to(&mut values);
        Bound { text: Cow::Borrowed(self.0), values, is_tenant: true }
    }
}

/// A statement with its parameters, ready to run.
#[derive(Clone, Debug)]
pub struct Bound {
    pub(super) text: Cow<'static, str>,
    pub(super) values: Vec<Value>,
    /// Whether the test builds' authorizer has to see the organization's column read.
    #[cfg_attr(not(debug_assertions), expect(dead_code, reason = "the authorizer is part of test builds only"))]
    pub(super) is_tenant: bool,
}

/// A list's conditions, put together from declared pieces. Starts from the organization, so that it cannot be left out.
#[derive(Clone, Debug)]
pub struct Filter {
    conditions: String,
    values: Vec<Value>,
}

impl Filter {
    /// `where <table>.organization_id = ?1`, bound to whom `tenant` proves.
    pub fn of(tenant: &impl Tenant, table: &'static str) -> Self {
        Self {
            conditions: format!("where {table}.organization_id = ?1"),
            values: vec![tenant.organization_id().to_value()],
        }
    }

    /// Adds `and <condition>`; a `?` in the condition stands for the value.
    #[must_use]
    pub fn and(mut self, condition: &'static str, value: impl ToValue) -> Self {
        self.values.push(value.to_value());
        let number = format!("?{}", self.values.len());
        self.conditions.push_str(" and ");
        self.conditions.push_str(&condition.replace('?', &number));
        self
    }

    /// Adds a condition where there is a value for it.
    #[must_use]
    pub fn and_some(self, condition: &'static str, value: Option<impl ToValue>) -> Self {
        match value {
            Some(value) => self.and(condition, value),
            None => self,
        }
    }

    /// Adds `and <condition>`, where each `?` stands for the next of the values. For stores that put a condition together
    /// from their own pieces: what a client sends is a value, never text.
    #[must_use]
    pub fn and_composed(mut self, condition: &str, values: impl IntoValues) -> Self {
        let mut number = self.values.len();
        values.append_to(&mut self.values);
        self.conditions.push_str(" and ");
        push_numbered(&mut self.conditions, condition, &mut number);
        debug_assert_eq!(number, self.values.len(), "each `?` has its value: {condition}");
        self
    }

    /// Adds a condition without a value.
    #[must_use]
    pub fn and_that(mut self, condition: &'static str) -> Self {
        self.conditions.push_str(" and ");
        self.conditions.push_str(condition);
        self
    }

    /// Adds `and <column> in (...)`; an empty list finds nothing.
    #[must_use]
    pub fn and_in<T: ToValue>(mut self, column: &'static str, values: &[T]) -> Self {
        self.conditions.push_str(" and ");
        if values.is_empty() {
            self.conditions.push_str("1 = 0");
            return self;
        }
        self.conditions.push_str(column);
        self.conditions.push_str(" in (");
        for (index, value) in values.iter().enumerate() {
            self.values.push(value.to_value());
            if index > 0 {
                self.conditions.push_str(", ");
            }
            self.conditions.push('?');
            self.conditions.push_str(&self.values.len().to_string());
        }
        self.conditions.push(')');
        self
    }

    /// `<select> <conditions> <rest>`, where a `?` in the rest stands for the further values in turn.
    pub fn statement(self, select: &'static str, rest: &'static str, parameters: impl IntoValues) -> Bound {
        self.statement_composed(select, rest, parameters)
    }

    /// [`Filter::statement`] for stores that put these texts together from their own pieces.
    pub fn statement_composed(self, select: &str, rest: &str, parameters: impl IntoValues) -> Bound {
        let Self { conditions, mut values } = self;
        let mut number = values.len();
        parameters.append_to(&mut values);
        let mut text = format!("{select} {conditions} ");
        push_numbered(&mut text, rest, &mut number);
        Bound { text: Cow::Owned(text), values, is_tenant: true }
    }
}

/// Appends a piece whose `?` are numbered on from `number`.
fn push_numbered(text: &mut String, piece: &str, number: &mut usize) {
    for letter in piece.chars() {
        text.push(letter);
        if letter == '?' {
            *number += 1;
            text.push_str(&number.to_string());
        }
    }
}

/// Whether `text` contains `part`, at compile time.
const fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let mut start = 0;
    while start + part.len() <= text.len() {
        let mut matched = 0;
        while matched < part.len() && text[start + matched] == part[matched] {
            matched += 1;
        }
        if matched == part.len() {
            return true;
        }
        start += 1;
    }
    false
}

/// `?1` to `$1`: SQLite would read `$2` as a name and number it by first appearance. Quoted text is left alone.
pub(super) fn numbered_for_postgres(text: &str) -> String {
    let mut translated = String::with_capacity(text.len());
    let mut is_quoted = false;
    for letter in text.chars() {
        is_quoted ^= letter == '\'';
        translated.push(if letter == '?' && !is_quoted { '$' } else { letter });
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Group(OrganizationId);
    impl Tenant for Group {
        fn organization_id(&self) -> OrganizationId {
            self.0
        }
    }

    #[test]
    fn a_filter_always_starts_from_the_organization() {
        let group = Group("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap());
        let bound = Filter::of(&group, "entries")
            .and("type = ?", "room")
            .and_some("slug = ?", None::<&str>)
            .and_in("id", &["a", "b"])
            .statement("select id from entries", "order by id limit ? offset ?", (10_i64, 0_i64));
        assert_eq!(
            bound.text,
            "select id from entries where entries.organization_id = ?1 and type = ?2 and id in (?3, ?4) order by id limit ?5 offset ?6"
        );
        assert_eq!(bound.values.len(), 6);
    }

    #[test]
    fn composed_pieces_take_their_values_in_turn() {
        let group = Group("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap());
        let bound = Filter::of(&group, "walk")
            .and("locale = ?", "en")
            .and_composed("(value, entry_id) > (?, ?)", ("a", "b"))
            .statement_composed("select entry_id from view_values as walk", "limit ?", (5_i64,));
        assert_eq!(
            bound.text,
            "select entry_id from view_values as walk where walk.organization_id = ?1 and locale = ?2 and (value, entry_id) > (?3, ?4) limit ?5"
        );
        assert_eq!(bound.values.len(), 5);
    }

    #[test]
    fn parameters_are_numbered_for_postgresql_outside_quotes() {
        assert_eq!(numbered_for_postgres("a = ?2 and b = 'why?' and c = ?1"), "a = $2 and b = 'why?' and c = $1");
    }
}
