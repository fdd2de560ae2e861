//! What a record becomes by one rule: a document, checked, then compared with the entry that the same source made before.

use content::{
    entries::{self, Entry, EntryError, LONGEST_SOURCE_KEY, NewEntry},
    sites::Site,
    types::{Document, TypeDeclaration},
};
use ground::words::{Locale, Slug};
use serde_json::{Map, Value};

use super::{
    json::Stop,
    mapping::EntryRule,
    path::{Known, Record},
    records::{Location, Place, Taking, Wrong},
};

/// An entry as the record describes it.
struct Described {
    key: String,
    slug: Slug,
    fields: Map<String, Value>,
}

/// An entry that may be written.
struct Ready {
    key: String,
    slug: Slug,
    document: Document,
    /// The languages in which it is to be published; none where it is not.
    locales: Vec<Locale>,
}

impl Taking<'_, '_> {
    /// Makes one entry, or finds it as it should be.
    pub fn entry(
        &mut self,
        site: &Site,
        rule: &EntryRule,
        record: &Record<'_>,
        place: Place,
        location: &Location,
        made: &mut Known,
    ) -> Result<(), Stop> {
        if let Some(reasons) = self.refusals.get(&place) {
            self.batch.report.skip(reasons.clone());
            return Ok(());
        }
        self.batch.size += 1;
        let described = match Described::of(rule, record) {
            Ok(described) => described,
            Err(wrong) => {
                self.skip(location, wrong);
                return Ok(());
            }
        };
        let name = (rule.type_name.clone(), described.key.clone());
        let is_repeated = made.contains_key(&name) || record.known.is_some_and(|known| known.contains_key(&name));
        let existing = entries::by_source(self.tx, &self.plan.scope, site.id, &rule.type_name, &described.key)?;
        let ready = match self.ready(site, rule, described, existing.as_ref()) {
            Ok(ready) => ready,
            Err(wrong) => {
                self.skip(location, wrong);
                return Ok(());
            }
        };
        if is_repeated {
            // The same thing named twice, e.g. an amenity of two hotels, is one entry.
            if existing.is_none_or(|entry| entry.document != ready.document) {
                let reason = format!("Another record has the key {:?} too, and says something else.", ready.key);
                self.skip(location, vec![Wrong::new("key", reason)]);
            }
            return Ok(());
        }
        let Ready { key, slug, document, locales } = ready;
        let new = NewEntry {
            content_type: rule.type_name.clone(),
            slug: Some(slug),
            document: Value::Object(document.into_fields()),
            source_key: Some(key),
        };
        match entries::put(self.tx, &self.plan.scope, &self.plan.declarations, site.id, new, &locales) {
            Ok((entry, outcome)) => {
                self.batch.report.entries.entry(name.0.clone()).or_default().add(outcome);
                made.insert(name, entry.id);
                Ok(())
            }
            Err(EntryError::Db(error)) => Err(error.into()),
            Err(refusal) => Err(Stop::Refused(place, location.reasons(Wrong::of_refused_entry(&refusal)))),
        }
    }

    /// The entry's document, checked; and where it is to be published.
    fn ready(
        &self,
        site: &Site,
        rule: &EntryRule,
        described: Described,
        existing: Option<&Entry>,
    ) -> Result<Ready, Vec<Wrong>> {
        let declarations = &self.plan.declarations;
        let unknown = || vec![Wrong::new("type", "There is no such type.")];
        let declared = declarations.content_type(&rule.type_name).ok_or_else(unknown)?;
        let Described { key, slug, fields } = described;
        let fields = match existing {
            Some(entry) => merged(declared, rule, entry.document.fields(), fields),
            None => fields,
        };
        let validated = declarations.validate(declared, &Value::Object(fields), &site.locales);
        let document = validated.map_err(|problems| Wrong::of_problems(&problems))?.document;
        let mut locales = Vec::new();
        let offered = if rule.publish { site.locales.as_slice() } else { &[] };
        for locale in offered {
            let missing = declarations.missing(declared, &document, locale);
            // A language that visitors see would be left behind, and one must be whole: only others may lack something.
            let is_shown = existing.is_some_and(|entry| entry.published.contains_key(locale));
            if missing.is_empty() {
                locales.push(locale.clone());
            } else if is_shown {
                return Err(Wrong::of_problems(&missing));
            }
        }
        if rule.publish && locales.is_empty() {
            return Err(Wrong::of_problems(&declarations.missing(declared, &document, &site.default_locale)));
        }
        Ok(Ready { key, slug, document, locales })
    }
}

impl Described {
    fn of(rule: &EntryRule, record: &Record<'_>) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut note = |field: &str, reason: String| {
            wrong.push(Wrong::new(field, reason));
            String::new()
        };
        let key = rule.key.fill(record).unwrap_or_else(|reason| note("key", reason));
        let slug = rule.slug.fill(record).unwrap_or_else(|reason| note("slug", reason));
        if key.chars().count() > LONGEST_SOURCE_KEY {
            note("key", format!("A key has at most {LONGEST_SOURCE_KEY} characters."));
        }
        let mut fields = Map::new();
        for (name, expression) in &rule.fields {
            match expression.evaluate(record) {
                Ok(value) => fields.extend(value.map(|value| (name.clone(), value))),
                Err(error) => wrong.push(Wrong::new(format!("{name}{}", error.place), error.reason)),
            }
        }
        if wrong.is_empty() { Ok(Self { key, slug: Slug::from_title(&slug), fields }) } else { Err(wrong) }
    }
}

/// The document that is there with what the record says. Fields that the mapping does not name stay as people wrote
/// them, and so do languages that the record has no text in.
fn merged(
    declared: &TypeDeclaration,
    rule: &EntryRule,
    before: &Map<String, Value>,
    fields: Map<String, Value>,
) -> Map<String, Value> {
    let mut after: Map<String, Value> = before
        .iter()
        .filter(|(name, _)| !rule.fields.contains_key(*name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (name, value) in fields {
        let is_localized = declared.field(&name).is_some_and(|field| field.is_localized);
        let value = match (before.get(&name), value) {
            (Some(Value::Object(texts)), Value::Object(news)) if is_localized => {
                let mut texts = texts.clone();
                texts.extend(news);
                Value::Object(texts)
            }
            (_, value) => value,
        };
        after.insert(name, value);
    }
    after
}
