//! From TOML to declarations. A broken file stops the start; every mistake in every file is named at once.

use std::collections::BTreeSet;

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;

use super::{
    DEPTH, Declarations, LIST_ITEMS, behaviour,
    declaration::{Choice, Field, FieldKind, SectionDeclaration, TypeDeclaration},
    dictionaries, together, visible,
    written::{WrittenChoice, WrittenExtension, WrittenField, WrittenParts, WrittenSection, WrittenType},
};

/// The files as they were built into the program; a debug build reads them from the disk at each start.
#[derive(RustEmbed)]
#[folder = "../../assets"]
#[include = "types/*.toml"]
#[include = "sections/*.toml"]
struct Files;

/// What the kinds that are made of others consist of.
const ADDRESS: &str = include_str!("../../../assets/parts/address.toml");
const CODE: &str = include_str!("../../../assets/parts/code.toml");
const DATE_RANGE: &str = include_str!("../../../assets/parts/date_range.toml");
const OPENING_HOURS: &str = include_str!("../../../assets/parts/opening_hours.toml");

/// Characters of one line where the declaration says nothing: a long heading.
const LINE_LENGTH: usize = 500;
/// Characters of several lines where the declaration says nothing: two printed pages.
const LINES_LENGTH: usize = 5_000;
/// Characters of formatted text where the declaration says nothing.
const RICH_TEXT_LENGTH: usize = 20_000;
/// Most that a declaration may ask for: an eighth of a document's limit.
const LONGEST_TEXT: usize = 60_000;
/// Whole numbers that JSON and every browser keep exactly.
pub(super) const EXACT_INTEGER: i64 = 9_007_199_254_740_991;
/// Longest name of a type, section or field.
const NAME_LENGTH: usize = 40;

/// What is wrong with a declaration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {place}{message}")]
pub struct DeclarationProblem {
    /// The file under `assets/`.
    pub file: String,
    /// The field with its path and `: `, or nothing where the file as a whole is wrong.
    pub place: String,
    /// What is wrong and what would be right.
    pub message: String,
}

pub(super) fn load() -> Result<Declarations, Vec<DeclarationProblem>> {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort_unstable();
    let files = names.iter().filter_map(|name| {
        let text = String::from_utf8(Files::get(name)?.data.into_owned()).unwrap_or_default();
        Some((name.to_string(), text))
    });
    read(files)
}

/// Reads `(path, text)` of all files together, since they refer to each other.
pub(super) fn read(files: impl Iterator<Item = (String, String)>) -> Result<Declarations, Vec<DeclarationProblem>> {
    let mut problems = dictionaries::problems().to_vec();
    problems.extend_from_slice(visible::problems());
    let mut types = Vec::new();
    let mut sections = Vec::new();
    for (file, text) in files {
        let mut reader = Reader { file: &file, place: Vec::new(), problems: &mut problems };
        if file.starts_with("sections/") {
            sections.extend(reader.parse(&text).map(|written| reader.section(written)));
        } else {
            types.extend(reader.parse(&text).map(|written| reader.content_type(written)));
        }
    }
    let declarations = Declarations::new(types, sections);
    together::check(&declarations, &mut problems);
    if problems.is_empty() { Ok(declarations) } else { Err(problems) }
}

/// Where a field stands, as far as its kind may depend on it.
#[derive(Clone, Copy)]
struct Position {
    depth: usize,
    is_in_localized: bool,
    is_in_section: bool,
    is_item: bool,
}

/// At the top of a type.
const TOP: Position = Position { depth: 1, is_in_localized: false, is_in_section: false, is_item: false };

/// At the top of a section.
const IN_SECTION: Position = Position { depth: 2, is_in_localized: false, is_in_section: true, is_item: true };

/// Reads one declaration of a type, of which `file` says where it stands.
pub(super) fn content_type(file: &str, written: WrittenType) -> Result<TypeDeclaration, Vec<DeclarationProblem>> {
    read_one(file, |reader| reader.content_type(written))
}

/// Reads one declaration of a section.
pub(super) fn section(file: &str, written: WrittenSection) -> Result<SectionDeclaration, Vec<DeclarationProblem>> {
    read_one(file, |reader| reader.section(written))
}

/// Reads fields that are added to a type.
pub(super) fn extension(file: &str, written: WrittenExtension) -> Result<Vec<Field>, Vec<DeclarationProblem>> {
    read_one(file, |reader| reader.fields(written.fields, TOP))
}

/// Reads fields that every type or every section has.
pub(super) fn common(file: &str, text: &str, is_section: bool) -> Result<Vec<Field>, Vec<DeclarationProblem>> {
    let position = if is_section { IN_SECTION } else { TOP };
    read_one(file, |reader| {
        let raw: Option<WrittenParts> = reader.parse(text);
        raw.map(|raw| reader.fields(raw.fields, position)).unwrap_or_default()
    })
}

fn read_one<T>(file: &str, reads: impl FnOnce(&mut Reader<'_>) -> T) -> Result<T, Vec<DeclarationProblem>> {
    let mut problems = Vec::new();
    let read = reads(&mut Reader { file, place: Vec::new(), problems: &mut problems });
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

/// Reads one file.
struct Reader<'a> {
    file: &'a str,
    place: Vec<String>,
    problems: &'a mut Vec<DeclarationProblem>,
}

impl Reader<'_> {
    fn content_type(&mut self, raw: WrittenType) -> TypeDeclaration {
        self.check_file_name(&raw.name);
        self.check_name(&raw.plural);
        let fields = self.fields(raw.fields, TOP);
        let declaration = TypeDeclaration {
            name: raw.name,
            plural: raw.plural,
            icon: raw.icon,
            title: raw.title,
            title_plural: raw.title_plural,
            help: raw.help,
            title_field: raw.title_field,
            slug_from: raw.slug_from,
            order_from: raw.order_from,
            role: raw.role,
            page: raw.page,
            fields,
        };
        self.check_named_fields(&declaration);
        self.check_visible(&declaration.fields);
        declaration
    }

    fn section(&mut self, mut raw: WrittenSection) -> SectionDeclaration {
        self.check_file_name(&raw.name);
        let fields = self.fields(std::mem::take(&mut raw.fields), IN_SECTION);
        for field in fields.iter().filter(|field| field.name == "type") {
            self.refuse(format!("a section's `{}` is its type and cannot be a field", field.name));
        }
        self.check_visible(&fields);
        if let Some(name) = &raw.embeds
            && !fields.iter().any(|field| field.name == *name && matches!(field.kind, FieldKind::Reference { .. }))
        {
            self.refuse(format!("`embeds` names `{name}`, which is not a reference of the section"));
        }
        let WrittenSection { name, icon, title, help, embeds, .. } = raw;
        SectionDeclaration { name, icon, title, help, embeds, fields }
    }

    fn parse<T: DeserializeOwned>(&mut self, text: &str) -> Option<T> {
        match toml::from_str(text) {
            Ok(raw) => Some(raw),
            Err(error) => {
                self.refuse(error.to_string().trim().to_owned());
                None
            }
        }
    }

    fn fields(&mut self, raw: Vec<WrittenField>, position: Position) -> Vec<Field> {
        let mut seen = BTreeSet::new();
        let mut fields = Vec::with_capacity(raw.len());
        for field in raw {
            let name = field.name.clone().unwrap_or_default();
            self.place.push(name.clone());
            self.check_name(&name);
            if !seen.insert(name.clone()) {
                self.refuse("stands here twice");
            }
            if position.is_item && name == "id" {
                self.refuse("`id` is given to every item and cannot be a field");
            }
            fields.extend(self.field(name, field, position));
            self.place.pop();
        }
        for field in &fields {
            if let FieldKind::Date { not_before: Some(other) } = &field.kind
                && !fields.iter().any(|one| one.name == *other && matches!(one.kind, FieldKind::Date { .. }))
            {
                self.refuse(format!("`{}` is not before `{other}`, which is not a date beside it", field.name));
            }
        }
        fields
    }

    fn field(&mut self, name: String, mut raw: WrittenField, position: Position) -> Option<Field> {
        let (is_localized, is_required, help) = (raw.localized, raw.required, raw.help.take());
        let (is_inheritable, visibility) = (raw.inheritable, raw.visibility);
        let is_searchable = raw.searchable.unwrap_or(true);
        let label = raw.label.take();
        if label.is_none() {
            self.refuse("has no `label` in en and de");
        }
        if is_localized && position.is_in_localized {
            self.refuse("is `localized` inside a field that is");
        }
        let inside = Position { is_in_localized: position.is_in_localized || is_localized, is_item: false, ..position };
        let kind = self.kind(raw, inside)?;
        if is_localized && kind.is_localized_inside() {
            self.refuse(format!("a {} is not `localized` as a whole: its parts are", kind.name()));
        }
        if is_inheritable && (position.depth > 1 || position.is_in_section || kind.is_of_a_site()) {
            self.refuse(
                "is `inheritable`: only a whole field of a type can be, and one without references, pictures, files and sections",
            );
        }
        if !visibility.is_public() {
            // A file of the library is everyone's who knows its address, so that a hidden field would not hide it.
            if position.depth > 1 || position.is_in_section || kind.is_of_a_site() {
                self.refuse(
                    "is the team's alone: only a whole field of a type can be, and one without references, pictures, files and sections",
                );
            }
            if is_inheritable || is_required {
                self.refuse(
                    "is the team's alone and neither `inheritable` nor `required`: both are about what visitors see",
                );
            }
        }
        Some(Field {
            name,
            label: label?,
            help,
            is_localized,
            is_required,
            is_inheritable,
            visibility,
            is_searchable,
            kind,
        })
    }

    fn kind(&mut self, mut raw: WrittenField, position: Position) -> Option<FieldKind> {
        if position.depth > DEPTH {
            self.refuse(format!("lies deeper than {DEPTH} levels"));
            return None;
        }
        let kind = match raw.kind.as_str() {
            "text" => {
                let multiline = raw.multiline.take().unwrap_or_default();
                let usual = if multiline { LINES_LENGTH } else { LINE_LENGTH };
                FieldKind::Text { max_length: self.max_length(&mut raw, usual), multiline }
            }
            "rich_text" => FieldKind::RichText { max_length: self.max_length(&mut raw, RICH_TEXT_LENGTH) },
            "integer" => {
                let (min, max) = self.range(&mut raw);
                FieldKind::Integer { min: whole(min, -EXACT_INTEGER), max: whole(max, EXACT_INTEGER) }
            }
            "number" => {
                let (min, max) = self.range(&mut raw);
                FieldKind::Number { min: min.unwrap_or(f64::MIN), max: max.unwrap_or(f64::MAX) }
            }
            "money" => FieldKind::Money,
            "boolean" => FieldKind::Boolean,
            "date" => FieldKind::Date { not_before: raw.not_before.take() },
            "date_range" => FieldKind::DateRange { fields: self.parts(DATE_RANGE, position) },
            "date_time" => FieldKind::DateTime,
            "season" => FieldKind::Season,
            "time" => FieldKind::Time,
            "weekdays" => FieldKind::Weekdays,
            "hours" => FieldKind::Hours,
            "opening_hours" => FieldKind::OpeningHours { fields: self.parts(OPENING_HOURS, position) },
            "code" => FieldKind::Code { dictionary: self.dictionary(&mut raw) },
            "codes" => FieldKind::Codes { dictionary: self.dictionary(&mut raw), fields: self.parts(CODE, position) },
            "enum" => FieldKind::Enum { options: self.options(raw.options.take()) },
            "choices" => FieldKind::Choices { options: self.options(raw.options.take()) },
            "list" => self.list(&mut raw, position)?,
            "group" => {
                let fields = raw.fields.take().unwrap_or_default();
                if fields.is_empty() {
                    self.refuse("is a group without `fields`");
                }
                FieldKind::Group { fields: self.fields(fields, Position { depth: position.depth + 1, ..position }) }
            }
            "reference" => {
                let to = raw.to.take();
                if to.is_none() {
                    self.refuse("is a reference without `to`");
                }
                FieldKind::Reference { to: to.unwrap_or_default() }
            }
            "image" => FieldKind::Image,
            "file" => FieldKind::File,
            "url" => FieldKind::Url,
            "email" => FieldKind::Email,
            "phone" => FieldKind::Phone,
            "geo" => FieldKind::Geo,
            "address" => FieldKind::Address { fields: self.parts(ADDRESS, position) },
            "country" => FieldKind::Country,
            "slug" => FieldKind::Slug,
            "colour" => FieldKind::Colour,
            "currency" => FieldKind::Currency,
            "text_map" => FieldKind::TextMap,
            "sections" => {
                if position.depth > 1 || position.is_in_section {
                    self.refuse("sections stand at the top of a type only");
                }
                FieldKind::Sections { allowed: raw.sections.take().unwrap_or_default() }
            }
            unknown => {
                let unknown = unknown.to_owned();
                self.refuse(format!("there is no kind `{unknown}`"));
                return None;
            }
        };
        self.refuse_foreign_rules(&kind, &raw);
        Some(kind)
    }

    fn list(&mut self, raw: &mut WrittenField, position: Position) -> Option<FieldKind> {
        let max_items = raw.max_items.take().unwrap_or(LIST_ITEMS);
        if !(1..=LIST_ITEMS).contains(&max_items) {
            self.refuse(format!("`max_items` is 1 to {LIST_ITEMS}"));
        }
        let Some(item) = raw.item.take() else {
            self.refuse("is a list without `item`");
            return None;
        };
        let is_more = item.localized || item.required || item.inheritable || !item.visibility.is_public();
        let is_more = is_more || item.searchable.is_some();
        if item.name.is_some() || item.label.is_some() || item.help.is_some() || is_more {
            self.refuse("a list's `item` has a kind and its rules, and nothing else");
        }
        if matches!(item.kind.as_str(), "list" | "sections" | "codes" | "hours" | "address" | "opening_hours") {
            self.refuse(format!("a list of {} is not possible", item.kind));
        }
        let item = self.kind(*item, Position { depth: position.depth + 1, is_item: true, ..position })?;
        if position.is_in_localized && item.is_localized_inside() {
            self.refuse("a `localized` list has plain items: of a list of groups the groups' fields are localized");
        }
        Some(FieldKind::List { item: Box::new(item), max_items })
    }

    /// The parts of a kind that is made of others: declared like a group's fields, the same for every field of it.
    fn parts(&mut self, text: &str, position: Position) -> Vec<Field> {
        if position.is_in_localized && text != DATE_RANGE {
            self.refuse("has texts of its own in every language and cannot lie inside a `localized` field");
        }
        let raw: Option<WrittenParts> = self.parse(text);
        raw.map(|raw| self.fields(raw.fields, Position { depth: position.depth + 1, ..position })).unwrap_or_default()
    }

    fn dictionary(&mut self, raw: &mut WrittenField) -> String {
        let name = raw.dictionary.take().unwrap_or_default();
        if dictionaries::dictionary(&name).is_none() {
            self.refuse(format!("there is no `dictionary` of the name `{name}`"));
        }
        name
    }

    fn max_length(&mut self, raw: &mut WrittenField, usual: usize) -> usize {
        let length = raw.max_length.take().unwrap_or(usual);
        if !(1..=LONGEST_TEXT).contains(&length) {
            self.refuse(format!("`max_length` is 1 to {LONGEST_TEXT}"));
        }
        length
    }

    fn range(&mut self, raw: &mut WrittenField) -> (Option<f64>, Option<f64>) {
        let range = (raw.min.take(), raw.max.take());
        if let (Some(min), Some(max)) = range
            && min > max
        {
            self.refuse("`min` is above `max`");
        }
        range
    }

    fn options(&mut self, raw: Option<Vec<WrittenChoice>>) -> Vec<Choice> {
        let raw = raw.unwrap_or_default();
        if raw.is_empty() {
            self.refuse("is an enum without `options`");
        }
        let mut seen = BTreeSet::new();
        for choice in &raw {
            self.check_name(&choice.value);
            if !seen.insert(choice.value.clone()) {
                self.refuse(format!("has the option `{}` twice", choice.value));
            }
        }
        raw.into_iter().map(|choice| Choice { value: choice.value, label: choice.label }).collect()
    }

    /// Rules that no kind has taken belong to another kind: the author expects something that would not happen.
    fn refuse_foreign_rules(&mut self, kind: &FieldKind, raw: &WrittenField) {
        let left = [
            ("max_length", raw.max_length.is_some()),
            ("multiline", raw.multiline.is_some()),
            ("min", raw.min.is_some()),
            ("max", raw.max.is_some()),
            ("not_before", raw.not_before.is_some()),
            ("options", raw.options.is_some()),
            ("item", raw.item.is_some()),
            ("max_items", raw.max_items.is_some()),
            ("fields", raw.fields.is_some()),
            ("to", raw.to.is_some()),
            ("sections", raw.sections.is_some()),
            ("dictionary", raw.dictionary.is_some()),
        ];
        for (rule, _) in left.iter().filter(|(_, is_left)| *is_left) {
            self.refuse(format!("`{rule}` is not a rule of the kind {}", kind.name()));
        }
    }

    fn check_named_fields(&mut self, declaration: &TypeDeclaration) {
        for (role, name) in [("title_field", &declaration.title_field), ("slug_from", &declaration.slug_from)] {
            if !declaration.field(name).is_some_and(|field| matches!(field.kind, FieldKind::Text { .. })) {
                self.refuse(format!("`{role}` names `{name}`, which is not a text field of the type"));
            }
        }
        for name in [Some(&declaration.title_field), Some(&declaration.slug_from), declaration.order_from.as_ref()] {
            let named = name.and_then(|name| declaration.field(name));
            if let Some(field) = named.filter(|field| field.is_inheritable) {
                self.refuse(format!("`{}` names or orders the entry itself and cannot be `inheritable`", field.name));
            }
            if let Some(field) = named.filter(|field| !field.visibility.is_public()) {
                self.refuse(format!(
                    "`{}` names or orders the entry itself and cannot be the team's alone",
                    field.name
                ));
            }
        }
        if declaration.field(&declaration.title_field).is_some_and(|field| !field.is_searchable) {
            self.refuse(format!("`{}` names the entry and cannot be without `searchable`", declaration.title_field));
        }
        if let Some(name) = &declaration.order_from
            && !declaration
                .field(name)
                .is_some_and(|field| !field.is_localized && matches!(field.kind, FieldKind::Integer { .. }))
        {
            self.refuse(format!("`order_from` names `{name}`, which is not an integer field of the type"));
        }
        for problem in behaviour::problems(declaration) {
            self.refuse(problem);
        }
    }

    /// When something is shown is the same question everywhere: every type and section has the field already.
    fn check_visible(&mut self, fields: &[Field]) {
        for field in fields.iter().filter(|field| visible::is_taken(field)) {
            self.refuse(format!("`{}` is every type's and section's own and cannot be declared", field.name));
        }
    }

    fn check_file_name(&mut self, name: &str) {
        self.check_name(name);
        if !self.file.ends_with(&format!("/{name}.toml")) {
            self.refuse(format!("declares `{name}`: the file's name is that name with .toml"));
        }
    }

    fn check_name(&mut self, name: &str) {
        let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !is_plain || !name.starts_with(|first: char| first.is_ascii_lowercase()) || name.len() > NAME_LENGTH {
            self.refuse(format!("`{name}` is no name: at most {NAME_LENGTH} of a-z, 0-9 and _, a letter first"));
        }
    }

    fn refuse(&mut self, message: impl Into<String>) {
        let place = if self.place.is_empty() { String::new() } else { format!("field {}: ", self.place.join(".")) };
        self.problems.push(DeclarationProblem { file: self.file.to_owned(), place, message: message.into() });
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a declared bound is a small whole number; `as` saturates beyond")]
fn whole(bound: Option<f64>, otherwise: i64) -> i64 {
    bound.map_or(otherwise, |bound| bound as i64)
}
