//! A declaration as the program holds it: types, sections, their fields, and the closed set of field kinds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::behaviour::{PageDeclaration, Role};

/// A text in the languages that the dashboard speaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In English.
    pub en: String,
    /// In German.
    pub de: String,
}

/// A type of content, e.g. a room.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TypeDeclaration {
    /// Its name in documents and in the database.
    pub name: String,
    /// Where its lists stand in the public API.
    pub plural: String,
    /// Name of the drawing that stands for it.
    pub icon: String,
    /// One of it, as people say it.
    pub title: Words,
    /// Several of it.
    pub title_plural: Words,
    /// What it is for.
    pub help: Option<Words>,
    /// The text field that names an entry.
    pub title_field: String,
    /// The text field that suggests an entry's slug.
    pub slug_from: String,
    /// The integer field that orders its lists; without one they stand in the order of their making.
    pub order_from: Option<String>,
    /// What the program does with its entries beside keeping and showing them.
    pub role: Option<Role>,
    /// Where its entries have pages on websites; without it they have none.
    pub page: Option<PageDeclaration>,
    /// Its fields, in the order of forms and documents.
    pub fields: Vec<Field>,
}

impl TypeDeclaration {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A type of section, e.g. a gallery.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SectionDeclaration {
    /// Its name, as `type` in a page's sections.
    pub name: String,
    /// Name of the drawing that stands for it.
    pub icon: String,
    /// What people call it.
    pub title: Words,
    /// What it is for.
    pub help: Option<Words>,
    /// Its reference field, where it stands for the sections of the entry that this names.
    pub embeds: Option<String>,
    /// Its fields besides `id` and `type`.
    pub fields: Vec<Field>,
}

/// One field of a type, a section or a group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a rule that a declaration gives or not, whatever the others say"
)]
pub struct Field {
    /// Its name in documents.
    pub name: String,
    /// What stands above it in a form.
    pub label: Words,
    /// What stands below it in a form.
    pub help: Option<Words>,
    /// Whether it holds one value per language, as an object from language to value.
    #[serde(rename = "localized")]
    pub is_localized: bool,
    /// Whether a language can only be published when it is filled in.
    #[serde(rename = "required")]
    pub is_required: bool,
    /// Whether the organization's brand may have a value for all entries of the type.
    #[serde(rename = "inheritable")]
    pub is_inheritable: bool,
    /// Who may read it.
    pub visibility: Visibility,
    /// Whether visitors find the entry by its words. What no one reads, such as a code of another system, is declared not to
    /// be; the team finds its drafts by it all the same.
    #[serde(rename = "searchable")]
    pub is_searchable: bool,
    /// What it holds.
    #[serde(flatten)]
    #[schema(no_recursion)]
    pub kind: FieldKind,
}

/// Who may read a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[schema(as = FieldVisibility)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everyone, once the entry is published.
    #[default]
    Public,
    /// Whoever may see the organization's drafts, and nobody outside: no view is composed with it.
    Team,
}

impl Visibility {
    /// Whether it is everyone's.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::Public)
    }
}

/// What a field holds, with the rules for it. A closed set: declarations choose from it, code matches all of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// Plain text; of one line unless `multiline`.
    Text {
        /// Characters at most.
        max_length: usize,
        /// Whether line breaks may stand in it.
        multiline: bool,
    },
    /// Formatted text: Lexical's serialized editor state, or plain text that becomes one.
    RichText {
        /// Characters of its plain text at most.
        max_length: usize,
    },
    /// A whole number.
    Integer {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// A number.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// An amount as decimal text.
    Money,
    /// Yes or no.
    Boolean,
    /// A day: `2026-12-24`.
    Date {
        /// A date field of the same group that must not lie later.
        not_before: Option<String>,
    },
    /// From a day to a day: `{"from": "2026-03-01", "to": "2026-03-31"}`. Either end may be open.
    DateRange {
        /// Its two days.
        #[schema(no_recursion)]
        fields: Vec<Field>,
    },
    /// A moment on the wall clock of the site's time zone: `2026-03-01T06:00`.
    DateTime,
    /// A part of every year: `{"from": "11-01", "to": "03-15"}`; it may pass the new year.
    Season,
    /// A time of day: `15:00`.
    Time,
    /// Days of the week, from Monday: `["mon", "sat"]`.
    Weekdays,
    /// The hours of one day: `[{"from": "18:00", "to": "01:00", "last_orders": "22:00"}]`; `to` may be after midnight.
    Hours,
    /// Hours of a week, other ones in a season, and days that differ. A day without hours is closed.
    OpeningHours {
        /// Its parts.
        #[schema(no_recursion)]
        fields: Vec<Field>,
    },
    /// One of declared choices.
    Enum {
        /// The choices.
        options: Vec<Choice>,
    },
    /// Some of declared choices, in the order in which they are declared: days of the week, allergens.
    Choices {
        /// The choices.
        options: Vec<Choice>,
    },
    /// One entry of a dictionary, by its code.
    Code {
        /// The dictionary's name.
        dictionary: String,
    },
    /// What is there, what is not and what is unknown of a dictionary: `[{"code": "sauna", "status": "no"}]`, each code
    /// once, in the dictionary's order.
    Codes {
        /// The dictionary's name.
        dictionary: String,
        /// What is said of each code besides `code` itself.
        #[schema(no_recursion)]
        fields: Vec<Field>,
    },
    /// Several of one kind, in order.
    List {
        /// What each item is.
        #[schema(no_recursion)]
        item: Box<FieldKind>,
        /// Items at most.
        max_items: usize,
    },
    /// Fields that belong together. As an item of a list it has an `id` of its own.
    Group {
        /// The fields.
        #[schema(no_recursion)]
        fields: Vec<Field>,
    },
    /// The id of another entry of the same site.
    Reference {
        /// The type that it must have.
        to: String,
    },
    /// A picture: `{"url", "alt": {language: text}}`, later with the media library's `id`.
    Image,
    /// A file of the library: `{"media", "label": {language: text}}`.
    File,
    /// A link that cannot run script.
    Url,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A place: `{"latitude", "longitude"}`.
    Geo,
    /// A postal address, with the names of street and town in each language.
    Address {
        /// Its parts.
        #[schema(no_recursion)]
        fields: Vec<Field>,
    },
    /// A country's code of ISO 3166: `CH`.
    Country,
    /// A name in addresses: `lake-room`.
    Slug,
    /// A colour: `#33605f`.
    Colour,
    /// A currency's code: `CHF`.
    Currency,
    /// Names of one's own with texts: `{"floor": "2"}`.
    TextMap,
    /// Typed parts of a page, in order.
    Sections {
        /// The section types allowed; all of them when empty.
        allowed: Vec<String>,
    },
}

/// A choice of an enum field or of a choices field.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Choice {
    /// As it is stored.
    pub value: String,
    /// As people read it.
    pub label: Words,
}

impl FieldKind {
    /// The kind's name in declarations.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::RichText { .. } => "rich_text",
            Self::Integer { .. } => "integer",
            Self::Number { .. } => "number",
            Self::Money => "money",
            Self::Boolean => "boolean",
            Self::Date { .. } => "date",
            Self::DateRange { .. } => "date_range",
            Self::DateTime => "date_time",
            Self::Season => "season",
            Self::Time => "time",
            Self::Weekdays => "weekdays",
            Self::Hours => "hours",
            Self::OpeningHours { .. } => "opening_hours",
            Self::Enum { .. } => "enum",
            Self::Choices { .. } => "choices",
            Self::Code { .. } => "code",
            Self::Codes { .. } => "codes",
            Self::List { .. } => "list",
            Self::Group { .. } => "group",
            Self::Reference { .. } => "reference",
            Self::Image => "image",
            Self::File => "file",
            Self::Url => "url",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Geo => "geo",
            Self::Address { .. } => "address",
            Self::Country => "country",
            Self::Slug => "slug",
            Self::Colour => "colour",
            Self::Currency => "currency",
            Self::TextMap => "text_map",
            Self::Sections { .. } => "sections",
        }
    }
    /// The fields that a value of this kind is made of: those of a group, the parts of an address.
    pub fn parts(&self) -> Option<&[Field]> {
        match self {
            Self::Group { fields }
            | Self::DateRange { fields }
            | Self::OpeningHours { fields }
            | Self::Address { fields } => Some(fields),
            _ => None,
        }
    }

    /// Whether something inside of it belongs to one site: another entry, a picture or a file of its library, sections.
    pub(super) fn is_of_a_site(&self) -> bool {
        match self {
            Self::Reference { .. } | Self::Image | Self::File | Self::Sections { .. } => true,
            Self::List { item, .. } => item.is_of_a_site(),
            Self::Codes { fields, .. } => fields.iter().any(|field| field.kind.is_of_a_site()),
            other => other.parts().unwrap_or_default().iter().any(|field| field.kind.is_of_a_site()),
        }
    }

    /// Whether something inside of it has a value per language, so that it cannot have one as a whole.
    pub(super) const fn is_localized_inside(&self) -> bool {
        matches!(
            self,
            Self::Group { .. }
                | Self::OpeningHours { .. }
                | Self::Address { .. }
                | Self::Codes { .. }
                | Self::Sections { .. }
                | Self::Image
                | Self::File
        )
    }
}
