//! What of an entry goes into the index: for the team one document with all of its languages, for visitors one for each
//! language that is published.

use content::{
    entries::Whole,
    rich_text::text_of_html,
    types::{Declarations, FROM, Field, FieldKind, TypeDeclaration, UNTIL, VISIBLE, dictionaries},
};
use ground::{
    clock::Timestamp,
    words::{Locale, OrganizationId, SiteId},
};
use serde_json::{Map, Value};
use tantivy::{TantivyDocument, schema::Facet};

use super::{
    analysis,
    schema::{ARCHIVED, AT_WORK, Fields, TEAM, VISITORS},
};

/// Makes the documents of entries of one site.
pub(super) struct Maker<'a> {
    pub fields: &'a Fields,
    pub declarations: &'a Declarations,
    pub organization: OrganizationId,
    pub site: SiteId,
}

/// The words of one language's document.
#[derive(Default)]
struct Texts {
    title: String,
    body: String,
    /// What is declared not to be searched: names of icons, codes of other systems.
    codes: String,
}

impl Maker<'_> {
    /// All documents of an entry. A type that is no longer declared has nothing to be found by.
    pub fn documents(&self, whole: &Whole) -> Vec<TantivyDocument> {
        let Some(declared) = self.declarations.content_type(&whole.entry.content_type) else { return Vec::new() };
        let mut documents = vec![self.draft(whole, declared)];
        // What the program plays a role with is nothing to be read: visitors find no redirect, and no engine's code.
        let is_read = declared.role.is_none();
        for (view, shown_in) in whole.views.iter().filter(|(_, shown_in)| is_read && !shown_in.is_empty()) {
            let mut document = self.begun(whole, VISITORS);
            for locale in shown_in {
                document.add_text(self.fields.shown_in, locale.as_str());
            }
            document.add_text(self.fields.locale, view.locale.as_str());
            document.add_text(self.fields.slug, view.slug.as_str());
            let end = |name: &str| {
                let text = view.get(VISIBLE)?.get(name)?.as_str()?;
                text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
            };
            document.add_i64(self.fields.visible_from, end(FROM).unwrap_or(i64::MIN));
            document.add_i64(self.fields.visible_until, end(UNTIL).unwrap_or(i64::MAX));
            let Texts { title, body, .. } = self.texts(declared, &view.locale, &without_timed_sections(&view.document));
            let name = if title.is_empty() { view.slug.to_string() } else { title.clone() };
            document.add_text(self.fields.name, name);
            self.add(&mut document, &view.locale, &title, &body);
            documents.push(document);
        }
        documents
    }

    fn draft(&self, whole: &Whole, declared: &TypeDeclaration) -> TantivyDocument {
        let mut document = self.begun(whole, TEAM);
        document.add_text(self.fields.state, if whole.entry.archived_at.is_some() { ARCHIVED } else { AT_WORK });
        document.add_text(self.fields.slug, whole.entry.slug.as_str());
        document.add_text(self.fields.name, &whole.entry.title);
        document.add_text(self.fields.title, whole.entry.slug.as_str().replace('-', " "));
        for (locale, fields) in &whole.drafts {
            // Staff look for an offer by its rate's code, too. Behind all else, so that no excerpt begins with it.
            let Texts { title, mut body, codes } = self.texts(declared, locale, fields);
            push(&mut body, &codes);
            self.add(&mut document, locale, &title, &body);
        }
        document
    }

    fn begun(&self, whole: &Whole, audience: &str) -> TantivyDocument {
        let entry = &whole.entry;
        let mut document = TantivyDocument::new();
        document.add_text(self.fields.organization, self.organization.to_string());
        document.add_text(self.fields.site, self.site.to_string());
        document.add_text(self.fields.entry, entry.id.to_string());
        document.add_text(self.fields.audience, audience);
        document.add_text(self.fields.content_type, &entry.content_type);
        document.add_facet(self.fields.type_facet, Facet::from_path([entry.content_type.as_str()]));
        document
    }

    fn add(&self, document: &mut TantivyDocument, locale: &Locale, title: &str, body: &str) {
        document.add_text(self.fields.title, title);
        document.add_text(self.fields.body, body);
        if let Some(stems) = analysis::language_of(locale).and_then(|code| self.fields.stems.get(code)) {
            document.add_text(*stems, format!("{title}\n{body}"));
        }
    }

    fn texts(&self, declared: &TypeDeclaration, locale: &Locale, document: &Map<String, Value>) -> Texts {
        let mut gathering =
            Gathering { declarations: self.declarations, locale, body: String::new(), codes: String::new() };
        let is_title = |field: &Field| field.name == declared.title_field;
        for field in declared.fields.iter().filter(|field| !is_title(field)) {
            gathering.field(field, document, Reader::Everyone);
        }
        let Gathering { body, codes, .. } = gathering;
        let title = document.get(&declared.title_field).and_then(Value::as_str).unwrap_or_default().to_owned();
        Texts { title, body, codes }
    }
}

/// For whom the words of a value are.
#[derive(Clone, Copy)]
enum Reader {
    Everyone,
    Team,
}

/// The words that a guest or an editor can read in the values of a document.
struct Gathering<'a> {
    declarations: &'a Declarations,
    locale: &'a Locale,
    body: String,
    codes: String,
}

impl Gathering<'_> {
    fn field(&mut self, field: &Field, object: &Map<String, Value>, reader: Reader) {
        // When, where and in which languages something is shown is not said by it.
        let Some(value) = object.get(&field.name).filter(|_| field.name != VISIBLE) else { return };
        // What lies in something that nobody searches is not searched either.
        self.value(&field.kind, value, if field.is_searchable { reader } else { Reader::Team });
    }

    fn fields(&mut self, fields: &[Field], object: &Map<String, Value>, reader: Reader) {
        for field in fields {
            self.field(field, object, reader);
        }
    }

    fn value(&mut self, kind: &FieldKind, value: &Value, reader: Reader) {
        if let (Some(fields), Value::Object(object)) = (kind.parts(), value) {
            return self.fields(fields, object, reader);
        }
        match (kind, value) {
            (FieldKind::Text { .. }, Value::String(text)) => self.text(text, reader),
            (FieldKind::RichText { .. }, Value::String(html)) => self.text(&text_of_html(html), reader),
            (FieldKind::TextMap, Value::Object(map)) => {
                for text in map.values().filter_map(Value::as_str) {
                    self.text(text, reader);
                }
            }
            (FieldKind::List { item, .. }, Value::Array(items)) => {
                for value in items {
                    self.value(item, value, reader);
                }
            }
            (FieldKind::File, Value::Object(file)) => {
                if let Some(label) = file.get("label").and_then(Value::as_str) {
                    self.text(label, reader);
                }
            }
            (FieldKind::Code { dictionary }, Value::String(code)) => self.label(dictionary, code, reader),
            (FieldKind::Codes { dictionary, fields }, Value::Array(codes)) => {
                // What a house has not is no reason to find it.
                for one in codes.iter().filter(|one| one["status"] != "no").filter_map(Value::as_object) {
                    self.label(dictionary, one.get("code").and_then(Value::as_str).unwrap_or_default(), reader);
                    self.fields(fields, one, reader);
                }
            }
            (FieldKind::Sections { .. }, Value::Array(sections)) => {
                let declarations = self.declarations;
                for section in sections {
                    let name = section.get("type").and_then(Value::as_str).unwrap_or_default();
                    if let (Some(declared), Some(section)) = (declarations.section(name), section.as_object()) {
                        self.fields(&declared.fields, section, reader);
                    }
                }
            }
            _ => {}
        }
    }

    /// A code by its name: guests look for a sauna in their own language.
    fn label(&mut self, dictionary: &str, code: &str, reader: Reader) {
        if let Some(term) = dictionaries::dictionary(dictionary).and_then(|known| known.term(code)) {
            self.text(term.label.of(self.locale), reader);
        }
    }

    fn text(&mut self, text: &str, reader: Reader) {
        push(
            match reader {
                Reader::Everyone => &mut self.body,
                Reader::Team => &mut self.codes,
            },
            text,
        );
    }
}

/// Sections that are shown for a time are left out for visitors: nobody is to find the words of one that is not shown yet, and
/// the index is not written anew when its time comes.
fn without_timed_sections(document: &Map<String, Value>) -> Map<String, Value> {
    let has_end = |window: &Value| [FROM, UNTIL].iter().any(|name| window.get(*name).is_some());
    let is_timed = |item: &Value| item.get("type").is_some() && item.get(VISIBLE).is_some_and(has_end);
    let mut document = document.clone();
    for items in document.values_mut().filter_map(Value::as_array_mut) {
        items.retain(|item| !is_timed(item));
    }
    document
}

fn push(into: &mut String, text: &str) {
    if !into.is_empty() && !text.is_empty() {
        into.push('\n');
    }
    into.push_str(text);
}
