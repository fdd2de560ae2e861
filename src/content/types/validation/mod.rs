//! One walk over a document: every wrong field is named, and what is right comes out in canonical form.

mod compound;

use std::collections::BTreeSet;

use ground::words::{EntryId, Locale, MediaId};
use machinery::web::FieldProblem;
use serde_json::{Map, Value};

use super::{
    DOCUMENT_BYTES, Declarations, Document, PROBLEMS, SECTIONS, TypeDeclaration,
    declaration::{Field, FieldKind},
    kinds::{self, Checked, Refusal},
    visible::{self, ANCHOR, LANGUAGES, UNTIL, VISIBLE},
};
use crate::rich_text::RichText;

/// Longest id of a section or of a list's item.
const ITEM_ID_LENGTH: usize = 64;
/// Longest alternative text: WCAG 1.1.1 wants a short one, screen readers read all of it.
pub(crate) const ALT_LENGTH: usize = 500;

/// A document that keeps to its declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validated {
    /// The canonical form.
    pub document: Document,
    /// The entries that it names. Whether they exist only the database knows.
    pub references: Vec<Reference>,
    /// The library's pictures that it names. Whether they exist only the database knows.
    pub media: Vec<MediaReference>,
}

/// One picture of the library named by a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaReference {
    /// Where in the document.
    pub pointer: String,
    /// The picture.
    pub media: MediaId,
}

/// One entry named by a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where in the document.
    pub pointer: String,
    /// The type that the field asks for.
    pub to: String,
    /// The entry.
    pub entry: EntryId,
}

impl Declarations {
    /// Checks a document of a type against its declaration, for a site with these languages. A draft may leave anything
    /// out; what stands in it must be right.
    pub fn validate(
        &self,
        content_type: &TypeDeclaration,
        document: &Value,
        locales: &[Locale],
    ) -> Result<Validated, Vec<FieldProblem>> {
        let (validated, problems) = self.validate_loosely(content_type, document, locales);
        if problems.is_empty() { Ok(validated) } else { Err(problems) }
    }

    /// The same walk, which also answers what it kept of a document that is not right.
    pub(super) fn validate_loosely(
        &self,
        content_type: &TypeDeclaration,
        document: &Value,
        locales: &[Locale],
    ) -> (Validated, Vec<FieldProblem>) {
        let mut walk = Walk {
            declarations: self,
            is_embedded: self.is_embedded(&content_type.name),
            locales,
            pointer: String::new(),
            problems: Vec::new(),
            references: Vec::new(),
            media: Vec::new(),
        };
        let Some(object) = document.as_object() else {
            walk.refuse(Refusal::new("kind_wrong", "A document is an object of fields."));
            return (Validated::default(), walk.problems);
        };
        let document = Document::trusted(walk.fields(&content_type.fields, object, &[]));
        if walk.problems.is_empty() && document.to_json().len() > DOCUMENT_BYTES {
            let limit = DOCUMENT_BYTES / 1024;
            walk.refuse(Refusal::new("document_too_large", format!("A document has at most {limit} KiB. Split it.")));
        }
        (Validated { document, references: walk.references, media: walk.media }, walk.problems)
    }
}

/// By what links reach a section.
struct Reached {
    pointer: String,
    id: String,
    anchor: Option<String>,
}

struct Walk<'a> {
    declarations: &'a Declarations,
    /// Whether the document's sections stand on other entries' pages: then none of them may stand for another's.
    is_embedded: bool,
    locales: &'a [Locale],
    /// RFC 6901 pointer to where the walk is.
    pointer: String,
    problems: Vec<FieldProblem>,
    references: Vec<Reference>,
    media: Vec<MediaReference>,
}

impl Walk<'_> {
    fn fields(&mut self, fields: &[Field], object: &Map<String, Value>, reserved: &[&str]) -> Map<String, Value> {
        self.refuse_unknown(fields, object, reserved);
        let mut kept = Map::new();
        for field in fields {
            let Some(value) = object.get(&field.name).filter(|value| !value.is_null()) else { continue };
            let checked = self.at(&field.name, |walk| {
                if field.is_localized { walk.localized(&field.kind, value) } else { walk.value(&field.kind, value) }
            });
            if let Some(value) = checked {
                kept.insert(field.name.clone(), value);
            }
        }
        self.check_order(fields, &kept);
        kept
    }

    fn refuse_unknown(&mut self, fields: &[Field], object: &Map<String, Value>, reserved: &[&str]) {
        for name in object.keys() {
            if reserved.contains(&name.as_str()) || fields.iter().any(|field| field.name == *name) {
                continue;
            }
            let known: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
            let detail = format!("There is no field of this name here. Known: {}.", known.join(", "));
            self.at(name, |walk| walk.refuse(Refusal::new("field_unknown", detail)));
        }
    }

    /// Seasons and stays: the last day is not before the first.
    fn check_order(&mut self, fields: &[Field], kept: &Map<String, Value>) {
        if let Some(problem) = visible::problem(kept) {
            self.at(VISIBLE, |walk| walk.at(UNTIL, |walk| walk.refuse(problem)));
        }
        for field in fields {
            let FieldKind::Date { not_before: Some(first) } = &field.kind else { continue };
            let day = |name: &String| kept.get(name).and_then(Value::as_str);
            // Days written like 2026-12-24 sort as text.
            if let (Some(first), Some(last)) = (day(first), day(&field.name))
                && last < first
            {
                let detail = format!("This lies before {first}.");
                self.at(&field.name, |walk| walk.refuse(Refusal::new("date_before_start", detail)));
            }
        }
    }

    /// `{language: value}` in the order of the site's languages.
    fn localized(&mut self, kind: &FieldKind, value: &Value) -> Option<Value> {
        let Some(object) = value.as_object() else {
            let example = self.locales.first().map_or("en", Locale::as_str);
            let detail = format!("This has a value per language: {{\"{example}\": ...}}.");
            self.refuse(Refusal::new("locale_missing", detail));
            return None;
        };
        for name in object.keys() {
            if !self.locales.iter().any(|locale| locale.as_str() == name) {
                let offered: Vec<_> = self.locales.iter().map(Locale::as_str).collect();
                let detail =
                    format!("The site is not offered in this language. Its languages: {}.", offered.join(", "));
                self.at(name, |walk| walk.refuse(Refusal::new("locale_unknown", detail)));
            }
        }
        let mut kept = Map::new();
        for locale in self.locales {
            let Some(value) = object.get(locale.as_str()).filter(|value| !value.is_null()) else { continue };
            if let Some(value) = self.at(locale.as_str(), |walk| walk.value(kind, value)) {
                kept.insert(locale.as_str().to_owned(), value);
            }
        }
        (!kept.is_empty()).then_some(Value::Object(kept))
    }

    fn value(&mut self, kind: &FieldKind, value: &Value) -> Option<Value> {
        let checked = match kind {
            FieldKind::Text { max_length, multiline } => kinds::text(value, *max_length, *multiline),
            FieldKind::RichText { max_length } => return self.rich_text(value, *max_length),
            FieldKind::Integer { min, max } => kinds::integer(value, *min, *max),
            FieldKind::Number { min, max } => kinds::number(value, *min, *max),
            FieldKind::Money => kinds::money(value),
            FieldKind::Boolean => kinds::boolean(value),
            FieldKind::Date { .. } => kinds::date(value),
            FieldKind::DateTime => kinds::date_time(value),
            FieldKind::Season => return self.season(value),
            FieldKind::Time => kinds::time(value),
            FieldKind::Weekdays => kinds::weekdays(value),
            FieldKind::Hours => return self.hours(value),
            FieldKind::Enum { options } => kinds::choice(value, options),
            FieldKind::Choices { options } => kinds::choices(value, options),
            FieldKind::Code { dictionary } => kinds::code(value, dictionary),
            FieldKind::Codes { dictionary, fields } => return self.codes(dictionary, fields, value),
            FieldKind::List { item, max_items } => return self.list(item, *max_items, value),
            FieldKind::Group { fields }
            | FieldKind::DateRange { fields }
            | FieldKind::OpeningHours { fields }
            | FieldKind::Address { fields } => self.group(fields, value),
            FieldKind::Reference { to } => self.reference(to, value),
            FieldKind::Image => return self.image(value),
            FieldKind::File => return self.file(value),
            FieldKind::Url => kinds::url(value),
            FieldKind::Email => kinds::email(value),
            FieldKind::Phone => kinds::phone(value),
            FieldKind::Geo => kinds::geo(value),
            FieldKind::Country => kinds::country(value),
            FieldKind::Slug => kinds::slug(value),
            FieldKind::Colour => kinds::colour(value),
            FieldKind::Currency => kinds::currency(value),
            FieldKind::TextMap => kinds::text_map(value),
            FieldKind::Sections { allowed } => return self.sections(allowed, value),
        };
        self.keep(checked)
    }

    fn rich_text(&mut self, value: &Value, max_length: usize) -> Option<Value> {
        let (text, problems) = RichText::read(value);
        for problem in &problems {
            let (code, detail) = (problem.code, problem.detail.clone());
            let depth = self.pointer.len();
            self.pointer.push_str(&problem.pointer);
            self.refuse(Refusal::new(code, detail));
            self.pointer.truncate(depth);
        }
        if !problems.is_empty() || text.is_empty() {
            return None;
        }
        let length = text.length();
        if length > max_length {
            let detail = format!("At most {max_length} characters fit here; this has {length}.");
            self.refuse(Refusal::new("text_too_long", detail));
            return None;
        }
        Some(text.to_state())
    }

    fn list(&mut self, item: &FieldKind, max_items: usize, value: &Value) -> Option<Value> {
        let items = self.array(value, max_items, "list_too_long")?;
        let kept: Vec<Value> = match item {
            FieldKind::Group { fields } => self.identified(items, |walk, id, object| {
                let mut item = Map::new();
                item.insert("id".to_owned(), Value::String(id));
                item.extend(walk.fields(fields, object, &["id"]));
                Some(item)
            }),
            plain => {
                let items = items.iter().enumerate().filter(|(_, value)| !value.is_null());
                items
                    .filter_map(|(index, value)| self.at(&index.to_string(), |walk| walk.value(plain, value)))
                    .collect()
            }
        };
        (!kept.is_empty()).then_some(Value::Array(kept))
    }

    fn array<'v>(&mut self, value: &'v Value, most: usize, too_long: &'static str) -> Option<&'v [Value]> {
        let Some(items) = value.as_array() else {
            self.refuse(Refusal::new("kind_wrong", "This must be a list."));
            return None;
        };
        if items.len() > most {
            let detail = format!("At most {most} stand here; these are {}.", items.len());
            self.refuse(Refusal::new(too_long, detail));
            return None;
        }
        Some(items)
    }

    /// Objects with an id each: those that have none get the smallest number that is free, so that the same input gives
    /// the same document, and an item keeps its id when others are added or moved.
    fn identified(
        &mut self,
        items: &[Value],
        mut check: impl FnMut(&mut Self, String, &Map<String, Value>) -> Option<Map<String, Value>>,
    ) -> Vec<Value> {
        let given = items.iter().filter_map(|item| item.get("id")?.as_str());
        let mut taken: BTreeSet<String> = given.map(str::to_owned).collect();
        let mut used = BTreeSet::new();
        let mut kept = Vec::with_capacity(items.len());
        let mut number = 0_u32;
        for (index, item) in items.iter().enumerate() {
            self.at(&index.to_string(), |walk| {
                let Some(object) = item.as_object() else {
                    walk.refuse(Refusal::new("kind_wrong", "This must be an object of fields."));
                    return;
                };
                let id = match object.get("id").filter(|id| !id.is_null()) {
                    Some(id) => walk.at("id", |walk| walk.item_id(id, &mut used)),
                    None => loop {
                        number += 1;
                        if taken.insert(number.to_string()) {
                            break Some(number.to_string());
                        }
                    },
                };
                if let Some(item) = check(walk, id.unwrap_or_default(), object) {
                    kept.push(Value::Object(item));
                }
            });
        }
        kept
    }

    fn item_id(&mut self, value: &Value, used: &mut BTreeSet<String>) -> Option<String> {
        let id = value.as_str().unwrap_or_default();
        let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if id.is_empty() || id.len() > ITEM_ID_LENGTH || !is_plain {
            let detail = format!(
                "An id here is text of 1 to {ITEM_ID_LENGTH} letters, digits, - and _. Leave it out for a new one."
            );
            self.refuse(Refusal::new("item_id_invalid", detail));
            return None;
        }
        if !used.insert(id.to_owned()) {
            self.refuse(Refusal::new("item_id_taken", "Another item has this id. Leave it out for a new one."));
            return None;
        }
        Some(id.to_owned())
    }

    fn group(&mut self, fields: &[Field], value: &Value) -> Checked {
        let object =
            value.as_object().ok_or_else(|| Refusal::new("kind_wrong", "This must be an object of fields."))?;
        let kept = self.fields(fields, object, &[]);
        Ok((!kept.is_empty()).then_some(Value::Object(kept)))
    }

    fn sections(&mut self, allowed: &[String], value: &Value) -> Option<Value> {
        let declarations = self.declarations;
        let items = self.array(value, SECTIONS, "sections_too_many")?;
        let mut reached = Vec::new();
        let kept = self.identified(items, |walk, id, object| {
            let name = kinds::fold(object.get("type").and_then(Value::as_str).unwrap_or_default());
            let is_allowed = allowed.is_empty() || allowed.contains(&name);
            let Some(section) = declarations.section(&name).filter(|_| is_allowed) else {
                let known: Vec<_> = declarations.sections().iter().map(|section| section.name.as_str()).collect();
                let detail = format!("There is no section of this type. Known: {}.", known.join(", "));
                walk.at("type", |walk| walk.refuse(Refusal::new("section_unknown", detail)));
                return None;
            };
            if walk.is_embedded && section.embeds.is_some() {
                let detail =
                    "A shared section is made of sections of its own: one that is shared cannot stand in another.";
                walk.at("type", |walk| walk.refuse(Refusal::new("section_nested", detail)));
                return None;
            }
            let mut item = Map::new();
            item.insert("id".to_owned(), Value::String(id.clone()));
            item.insert("type".to_owned(), Value::String(name));
            item.extend(walk.fields(&section.fields, object, &["id", "type"]));
            for (index, refusal) in visible::settle_languages(object, &mut item, walk.locales) {
                walk.at(VISIBLE, |walk| {
                    walk.at(LANGUAGES, |walk| walk.at(&index.to_string(), |walk| walk.refuse(refusal)));
                });
            }
            let anchor = item.get(ANCHOR).filter(|_| visible::has_anchor(section)).and_then(Value::as_str);
            reached.push(Reached { pointer: walk.pointer.clone(), id, anchor: anchor.map(str::to_owned) });
            Some(item)
        });
        self.check_anchors(&reached);
        (!kept.is_empty()).then_some(Value::Array(kept))
    }

    /// A link leads to one place: no two sections have one name, and none has another's id.
    fn check_anchors(&mut self, reached: &[Reached]) {
        for (place, section) in reached.iter().enumerate() {
            let Some(anchor) = &section.anchor else { continue };
            let is_before = reached[..place].iter().any(|other| other.anchor.as_ref() == Some(anchor));
            let is_id = reached.iter().enumerate().any(|(other, one)| other != place && one.id == *anchor);
            if is_before || is_id {
                let detail = format!("Another section of the page is reached by `{anchor}`. Choose another name.");
                let here = std::mem::replace(&mut self.pointer, section.pointer.clone());
                self.at(ANCHOR, |walk| walk.refuse(Refusal::new("anchor_taken", detail)));
                self.pointer = here;
            }
        }
    }

    fn reference(&mut self, to: &str, value: &Value) -> Checked {
        let wrong = || Refusal::new("reference_invalid", "This must be the id of another entry.");
        let text = value.as_str().ok_or_else(wrong)?;
        if text.is_empty() {
            return Ok(None);
        }
        let entry: EntryId = text.to_ascii_lowercase().parse().map_err(|_| wrong())?;
        self.references.push(Reference { pointer: self.pointer.clone(), to: to.to_owned(), entry });
        Ok(Some(Value::String(entry.to_string())))
    }

    /// `{"id"?, "media" or "url", "alt"?: {language: text}}`; the address alone is accepted for it.
    fn image(&mut self, value: &Value) -> Option<Value> {
        let Value::Object(object) = value else {
            let url = self.keep(kinds::picture_url(value))?;
            return Some(Value::Object(Map::from_iter([("url".to_owned(), url)])));
        };
        for name in object.keys().filter(|name| !["id", "url", "media", "alt"].contains(&name.as_str())) {
            let refusal =
                Refusal::new("field_unknown", "A picture has `media` from the library or a `url`, and `alt`.");
            self.at(name, |walk| walk.refuse(refusal));
        }
        let mut image = Map::new();
        if let Some(id) = object.get("id").filter(|id| !id.is_null())
            && let Some(id) = self.at("id", |walk| walk.item_id(id, &mut BTreeSet::new()))
        {
            image.insert("id".to_owned(), Value::String(id));
        }
        let (name, source) = self.picture_source(object)?;
        image.insert(name.to_owned(), source);
        if let Some(alt) = object.get("alt").filter(|alt| !alt.is_null()) {
            let text = FieldKind::Text { max_length: ALT_LENGTH, multiline: false };
            image.extend(self.at("alt", |walk| walk.localized(&text, alt)).map(|alt| ("alt".to_owned(), alt)));
        }
        Some(Value::Object(image))
    }

    /// From the library by its id, or from anywhere by its address.
    fn picture_source(&mut self, object: &Map<String, Value>) -> Option<(&'static str, Value)> {
        let given = |name: &str| object.get(name).filter(|value| !value.is_null());
        match (given("media"), given("url")) {
            (Some(media), None) => self.library_item(media, "a picture").map(|media| ("media", media)),
            (None, Some(url)) => self.at("url", |walk| walk.keep(kinds::picture_url(url))).map(|url| ("url", url)),
            (Some(_), Some(_)) => {
                let refusal =
                    Refusal::new("media_invalid", "A picture comes from the library or has an address, not both.");
                self.at("media", |walk| walk.refuse(refusal));
                None
            }
            (None, None) => {
                self.at("url", |walk| walk.refuse(Refusal::new("url_invalid", "A picture needs its address.")));
                None
            }
        }
    }

    /// The id of something in the library, under `media`.
    fn library_item(&mut self, id: &Value, what: &str) -> Option<Value> {
        self.at("media", |walk| {
            let Some(media) = id.as_str().and_then(|text| text.to_ascii_lowercase().parse::<MediaId>().ok()) else {
                walk.refuse(Refusal::new("media_invalid", format!("This must be the id of {what} of the library.")));
                return None;
            };
            walk.media.push(MediaReference { pointer: walk.pointer.clone(), media });
            Some(Value::String(media.to_string()))
        })
    }

    fn keep(&mut self, checked: Checked) -> Option<Value> {
        checked.unwrap_or_else(|refusal| {
            self.refuse(refusal);
            None
        })
    }

    fn refuse(&mut self, refusal: Refusal) {
        if self.problems.len() < PROBLEMS {
            let Refusal { code, detail } = refusal;
            self.problems.push(FieldProblem { pointer: self.pointer.clone(), code, detail });
        }
    }

    /// Runs one step of the walk a level deeper. RFC 6901 section 3: `~` and `/` are escaped.
    fn at<T>(&mut self, segment: &str, step: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.pointer.len();
        self.pointer.push('/');
        for letter in segment.chars() {
            match letter {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                plain => self.pointer.push(plain),
            }
        }
        let answer = step(self);
        self.pointer.truncate(depth);
        answer
    }
}
