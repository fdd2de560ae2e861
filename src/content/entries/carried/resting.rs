//! Whether a state is right: its fields by its type, and what it says that its translations were made from.

use ground::words::Locale;
use machinery::web::FieldProblem;
use serde_json::Value;

use super::{
    super::translations::{Places, States, set_text, text_at},
    CarriedState,
};
use crate::types::{Declarations, TypeDeclaration, Validated};

/// Checks a state against its type, for a site with these languages.
pub fn check(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    state: &CarriedState,
    locales: &[Locale],
) -> Result<Validated, Vec<FieldProblem>> {
    declarations.validate(declared, &Value::Object(state.document.clone()), locales)
}

/// What a state that was checked can say of its translations, and how much of what it says it cannot: texts that are not
/// there, languages that the site is not offered in, sources that the field would not take.
pub fn rested(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    state: &CarriedState,
    found: &Validated,
    locales: &[Locale],
) -> (States, usize) {
    if state.translations.is_empty() {
        return (States::new(), 0);
    }
    let places = Places::of(declarations, declared, &found.document);
    let (mut kept, mut refused) = (States::new(), 0);
    for (locale, texts) in &state.translations {
        for (path, basis) in texts {
            let is_place = places.has(path)
                && locales.contains(locale)
                && basis.source.as_ref().is_none_or(|source| locales.contains(source))
                && text_at(found.document.fields(), path, locale).is_some();
            // The source is a text of the same field: it is checked in the translation's place.
            let source = match (&basis.was, is_place) {
                (_, false) => None,
                (None, true) => Some(None),
                (Some(was), true) => {
                    let mut document = found.document.fields().clone();
                    set_text(&mut document, path, locale, Some(was.clone()));
                    let valid = declarations.validate(declared, &Value::Object(document), locales).ok();
                    valid.and_then(|valid| text_at(valid.document.fields(), path, locale).cloned()).map(Some)
                }
            };
            match source {
                Some(was) => {
                    let mut basis = basis.clone();
                    basis.was = was;
                    kept.entry(locale.clone()).or_default().insert(path.clone(), basis);
                }
                None => refused += 1,
            }
        }
    }
    (kept, refused)
}
