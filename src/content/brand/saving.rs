//! Saving a state of the brand, and publishing it for every entry at once.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    db::{Tenant, Tx},
    words::Locale,
};
use machinery::{
    events::{self, NewEvent},
    jobs as queue,
    web::FieldProblem,
};
use serde_json::{Map, Value, json};
use tenants::{
    audit::{self, Change},
    organizations,
    scope::Scope,
};

use super::{
    BrandChange, BrandDocument, BrandError, BrandWish, check_scope, declared,
    errors::problem,
    jobs::{self, RecomposeBrand},
    shown, store,
};
use crate::{
    entries::retyping,
    sites,
    types::{self, BrandField, BrandFields, BrandRow, Catalogue, Declarations, TypeDeclaration},
};

/// Entries of a type up to which a publication composes them in its own transaction: two tenths of a second in which other
/// writers wait.
const ENTRIES_AT_ONCE: u64 = 200;

/// Saves a new state of a type's brand over `change.revision`, if that is still the newest. The same state again is no
/// second one.
pub fn save(
    tx: &Tx,
    scope: &Scope,
    catalogue: &Catalogue,
    content_type: &str,
    change: &BrandChange,
) -> Result<BrandDocument, BrandError> {
    check_scope(scope)?;
    // First: of two changes at once the second begins with what the first has left.
    tx.serialize("declarations")?;
    let declarations = catalogue.of(tx, scope)?;
    let declared = declared(&declarations, content_type)?;
    let before = types::brand_of(tx, scope, content_type)?;
    let newest = before.as_ref().map_or(0, |row| row.revision);
    if change.revision != newest {
        return Err(BrandError::Conflict { newest });
    }
    let fields = checked(&declarations, declared, &change.fields, &locales(tx, scope)?)?;
    if before.as_ref().is_some_and(|row| row.fields == fields) {
        return Ok(shown(declared, before));
    }
    store::put(tx, scope, content_type, &fields, newest + 1)?;
    store::insert_revision(tx, scope, content_type, newest + 1, &fields)?;
    types::renew_version(tx, scope)?;
    let after = types::brand_of(tx, scope, content_type)?;
    tell(tx, scope, "brand.saved", content_type, before.as_ref(), after.as_ref())?;
    Ok(shown(declared, after))
}

/// Lets visitors of all sites see the newest state, which must be `revision`. The views of the entries follow in the same
/// transaction, or in a job where they are many.
pub fn publish(
    tx: &Tx,
    scope: &Scope,
    catalogue: &Catalogue,
    content_type: &str,
    revision: u32,
) -> Result<BrandDocument, BrandError> {
    check_scope(scope)?;
    tx.serialize("declarations")?;
    let before = types::brand_of(tx, scope, content_type)?.ok_or(BrandError::NotFound)?;
    if before.revision != revision {
        return Err(BrandError::Conflict { newest: before.revision });
    }
    if before.published_revision != Some(revision) {
        store::publish(tx, scope, content_type)?;
        types::renew_version(tx, scope)?;
        let after = types::brand_of(tx, scope, content_type)?;
        tell(tx, scope, "brand.published", content_type, Some(&before), after.as_ref())?;
        let declarations = catalogue.of(tx, scope)?;
        if retyping::count(tx, scope, content_type)? <= ENTRIES_AT_ONCE {
            for site in sites::list(tx, scope)? {
                let mut after = None;
                while let Some(last) = jobs::step(tx, scope, &declarations, content_type, site.id, after)? {
                    after = Some(last);
                }
            }
        } else {
            let job = RecomposeBrand { content_type: content_type.to_owned(), revision };
            queue::enqueue(tx, Some(scope.organization_id()), &job)?;
        }
    }
    let declarations = catalogue.of(tx, scope)?;
    Ok(shown(declared(&declarations, content_type)?, types::brand_of(tx, scope, content_type)?))
}

/// Every language that the organization or one of its sites is offered in.
fn locales(tx: &Tx, scope: &Scope) -> Result<Vec<Locale>, BrandError> {
    let organization = organizations::current(tx, scope).map_err(|_| BrandError::NotFound)?;
    let of_sites = sites::list(tx, scope)?.into_iter().flat_map(|site| site.locales);
    let mut seen = BTreeSet::new();
    Ok(organization.locales.into_iter().chain(of_sites).filter(|locale| seen.insert(locale.to_string())).collect())
}

/// The wished fields in canonical form.
pub(super) fn checked(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    wished: &BTreeMap<String, BrandWish>,
    locales: &[Locale],
) -> Result<BrandFields, BrandError> {
    let fields: Vec<_> = declared.inheritable().cloned().collect();
    let document: Map<_, _> = wished.iter().map(|(name, wish)| (name.clone(), wish.value.clone())).collect();
    let only = TypeDeclaration { fields, ..declared.clone() };
    let placed = |problem: FieldProblem| {
        let path = problem.pointer.trim_start_matches('/');
        let (name, rest) =
            path.split_once('/').map_or((path, String::new()), |(name, rest)| (name, format!("/{rest}")));
        FieldProblem { pointer: format!("/fields/{name}/value{rest}"), ..problem }
    };
    let validated = declarations
        .validate(&only, &Value::Object(document), locales)
        .map_err(|problems| BrandError::Invalid(problems.into_iter().map(placed).collect()))?;
    let mut values = validated.document.into_fields();
    let (mut fields, mut empty) = (BrandFields::new(), Vec::new());
    for (name, wish) in wished {
        match (values.remove(name), only.field(name)) {
            (Some(value), Some(field)) => {
                let kind = types::brand_kind(field);
                fields.insert(name.clone(), BrandField { mode: wish.mode, kind, value });
            }
            _ => empty.push(problem(
                &format!("/fields/{name}/value"),
                "required",
                "The brand's field has a value. Without one, leave the field out: each entry says it itself then.",
            )),
        }
    }
    if empty.is_empty() { Ok(fields) } else { Err(BrandError::Invalid(empty)) }
}

fn tell(
    tx: &Tx,
    scope: &Scope,
    action: &'static str,
    content_type: &str,
    before: Option<&BrandRow>,
    after: Option<&BrandRow>,
) -> Result<(), BrandError> {
    let told = |row: &BrandRow| json!({ "revision": row.revision, "published_revision": row.published_revision, "fields": row.fields });
    let change = Change {
        action,
        subject_type: "brand",
        subject_id: content_type.to_owned(),
        before: before.map(told),
        after: after.map(told),
    };
    audit::record(tx, scope, change)?;
    events::record(
        tx,
        NewEvent {
            kind: action,
            organization: Some(scope.organization_id()),
            site: None,
            subject_type: "brand",
            subject_id: content_type.to_owned(),
            payload: json!({
                "type": content_type,
                "revision": after.map(|row| row.revision),
                "published_revision": after.and_then(|row| row.published_revision),
            }),
        },
    );
    Ok(())
}
