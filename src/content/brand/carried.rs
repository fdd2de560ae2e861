//! The brand as it is carried from one installation to another: its newest state and the one that visitors see, or all of
//! them. Numbers of states are of one installation and stay there.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tx},
    words::Locale,
};
use machinery::web::FieldProblem;
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

use super::{BrandChange, BrandError, BrandWish, declared, saving, shown, store};
use crate::{
    entries::Outcome,
    types::{self, Brand, BrandFields, BrandRow, Catalogue, Declarations, TypeDeclaration},
};

/// The brand of a type.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedBrand {
    /// The type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its states, the newest last. No two neighbours are the same.
    pub states: Vec<CarriedBrandState>,
    /// What visitors see.
    pub published: Option<PublishedBrand>,
}

/// What was saved of a brand at some time.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedBrandState {
    /// What whoever saved it was called.
    pub author: String,
    /// When.
    pub saved_at: Timestamp,
    /// All fields.
    pub fields: BTreeMap<String, BrandWish>,
}

/// Which state of a brand visitors see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedBrand {
    /// Which one, from 1.
    pub state: usize,
    /// Since when.
    pub since: Timestamp,
}

impl CarriedBrand {
    fn says_the_same_as(&self, other: &Self) -> bool {
        let said = |one: &Self| {
            let one = one.clone().without_history();
            let states: Vec<_> = one.states.into_iter().map(|state| state.fields).collect();
            (states, one.published.map(|shown| shown.state))
        };
        said(self) == said(other)
    }

    /// Without the states that are neither shown nor the newest.
    fn without_history(mut self) -> Self {
        let kept: BTreeSet<usize> = self.published.iter().map(|shown| shown.state).chain([self.states.len()]).collect();
        let states = std::mem::take(&mut self.states).into_iter().enumerate();
        let states = states.map(|(index, state)| (index + 1, state)).filter(|(number, _)| kept.contains(number));
        let states = states.collect();
        self.keep(states);
        self
    }

    fn keep(&mut self, numbered: Vec<(usize, CarriedBrandState)>) {
        self.states.clear();
        let mut places = BTreeMap::new();
        for (number, state) in numbered {
            if self.states.last().is_none_or(|last| last.fields != state.fields) {
                self.states.push(state);
            }
            places.insert(number, self.states.len());
        }
        if let Some(shown) = &mut self.published {
            shown.state = places.get(&shown.state).copied().unwrap_or_default();
        }
    }
}

/// The brand of every type that has one. Values of fields that have become of another kind mean nothing, and are left out.
pub fn carried(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    with_history: bool,
) -> Result<Vec<CarriedBrand>, DbError> {
    let mut brands = Vec::new();
    for declared in declarations.types().iter().filter(|declared| declared.inheritable().next().is_some()) {
        if let Some(row) = types::brand_of(conn, scope, &declared.name)? {
            brands.push(of_type(conn, scope, declared, &row, with_history)?);
        }
    }
    Ok(brands)
}

fn of_type(
    conn: &Conn,
    scope: &Scope,
    declared: &TypeDeclaration,
    row: &BrandRow,
    with_history: bool,
) -> Result<CarriedBrand, DbError> {
    let published = match (row.published_revision, row.published_at) {
        (Some(number), Some(since)) => Some(PublishedBrand { state: number as usize, since }),
        _ => None,
    };
    let mut brand = CarriedBrand { content_type: declared.name.clone(), states: Vec::new(), published };
    let states = store::all_revisions(conn, scope, &declared.name)?.into_iter().map(|(number, state)| {
        let fields = super::wishes(meant(declared, state.fields));
        (number as usize, CarriedBrandState { author: state.author, saved_at: state.saved_at, fields })
    });
    brand.keep(states.collect());
    Ok(if with_history { brand } else { brand.without_history() })
}

fn meant(declared: &TypeDeclaration, fields: BrandFields) -> BrandFields {
    let is_meant = |name: &str, kind: &str| {
        declared.field(name).is_some_and(|field| field.is_inheritable && types::brand_kind(field) == kind)
    };
    fields.into_iter().filter(|(name, field)| is_meant(name, &field.kind)).collect()
}

/// The declarations with these brands as they are carried, where what is written by them is checked before they are here.
/// What cannot be is told with its type and place.
pub fn with(
    conn: &Conn,
    scope: &Scope,
    declarations: Declarations,
    brands: &[CarriedBrand],
    locales: &[Locale],
) -> Result<Result<Declarations, Vec<(String, FieldProblem)>>, DbError> {
    let (mut all, mut problems) = (types::brands(conn, scope)?, Vec::new());
    for brand in brands {
        let Ok(declared) = declared(&declarations, &brand.content_type) else {
            let told = super::errors::problem("", "type_unknown", "Nothing of this type can be the brand's.");
            problems.push((brand.content_type.clone(), told));
            continue;
        };
        let mut checked = Vec::new();
        for state in &brand.states {
            match saving::checked(&declarations, declared, &state.fields, locales) {
                Ok(fields) => checked.push(fields),
                Err(BrandError::Invalid(found)) => {
                    problems.extend(found.into_iter().map(|problem| (brand.content_type.clone(), problem)));
                }
                Err(BrandError::Db(error)) => return Err(error),
                Err(other) => {
                    let told = super::errors::problem("", "invalid", other.to_string());
                    problems.push((brand.content_type.clone(), told));
                }
            }
        }
        let published = brand.published.map(|shown| shown.state.checked_sub(1).and_then(|index| checked.get(index)));
        match (checked.last().cloned(), published) {
            (Some(draft), None) => {
                all.insert(brand.content_type.clone(), Brand { draft, published: BrandFields::new() });
            }
            (Some(draft), Some(Some(published))) => {
                let published = published.clone();
                all.insert(brand.content_type.clone(), Brand { draft, published });
            }
            _ => {
                let told = super::errors::problem("", "state_unknown", "It shows a state that it does not have.");
                problems.push((brand.content_type.clone(), told));
            }
        }
    }
    Ok(if problems.is_empty() { Ok(declarations.branded(all)) } else { Err(problems) })
}

/// What [`put`] would answer.
pub fn compared(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    brand: &CarriedBrand,
) -> Result<Outcome, BrandError> {
    let declared = declared(declarations, &brand.content_type)?;
    let Some(row) = types::brand_of(conn, scope, &brand.content_type)? else { return Ok(Outcome::Created) };
    let here = of_type(conn, scope, declared, &row, false)?;
    Ok(if here.says_the_same_as(brand) { Outcome::Unchanged } else { Outcome::Changed })
}

/// Saves and publishes the states of a brand in their order. What is here stays as an older state.
pub fn put(tx: &Tx, scope: &Scope, catalogue: &Catalogue, brand: &CarriedBrand) -> Result<Outcome, BrandError> {
    let declarations = catalogue.of(tx, scope)?;
    let outcome = compared(tx, scope, &declarations, brand)?;
    if outcome == Outcome::Unchanged {
        return Ok(outcome);
    }
    let declared = declared(&declarations, &brand.content_type)?;
    let mut newest = shown(declared, types::brand_of(tx, scope, &brand.content_type)?).revision;
    let mut published = None;
    for (index, state) in brand.states.iter().enumerate() {
        let change = BrandChange { revision: newest, fields: state.fields.clone() };
        newest = saving::save(tx, scope, catalogue, &brand.content_type, &change)?.revision;
        if let Some(shown) = brand.published.filter(|shown| shown.state == index + 1) {
            saving::publish(tx, scope, catalogue, &brand.content_type, newest)?;
            published = Some(shown.since);
        }
        if outcome == Outcome::Created {
            store::date_revision(tx, scope, &brand.content_type, newest, state)?;
        }
    }
    if outcome == Outcome::Created {
        store::date(tx, scope, &brand.content_type, brand.states.last().map(|state| state.saved_at), published)?;
    }
    Ok(outcome)
}
