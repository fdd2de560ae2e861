//! Declarations as they are written: in the files of `assets/`, in files of a group, in requests, in the database. All of
//! them have the same fields, so that what is exported here can be read there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    behaviour::{PageDeclaration, Role},
    declaration::{Choice, Field, FieldKind, SectionDeclaration, TypeDeclaration, Visibility, Words},
    reading::EXACT_INTEGER,
    visible::is_common,
};

/// A type of content as it is written.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenType {
    pub(super) name: String,
    pub(super) plural: String,
    pub(super) icon: String,
    pub(super) title: Words,
    pub(super) title_plural: Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<Words>,
    pub(super) title_field: String,
    pub(super) slug_from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) page: Option<PageDeclaration>,
    pub(super) fields: Vec<WrittenField>,
}

/// A type of section as it is written.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenSection {
    pub(super) name: String,
    pub(super) icon: String,
    pub(super) title: Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) embeds: Option<String>,
    pub(super) fields: Vec<WrittenField>,
}

/// A field or a list's item as it is written, with the rules of all kinds: the reader takes those of
/// its own kind and refuses the rest.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenField {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<Words>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) localized: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) required: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) inheritable: bool,
    #[serde(default, skip_serializing_if = "Visibility::is_public")]
    pub(super) visibility: Visibility,
    /// Left out where visitors find the entry by its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) searchable: Option<bool>,
    pub(super) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) multiline: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) options: Option<Vec<WrittenChoice>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub(super) item: Option<Box<WrittenField>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_items: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub(super) fields: Option<Vec<WrittenField>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sections: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dictionary: Option<String>,
}

/// What a kind is made of, as its file in `assets/parts` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenParts {
    pub(super) fields: Vec<WrittenField>,
}

/// A choice as it is written.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenChoice {
    pub(super) value: String,
    pub(super) label: Words,
}

/// Fields that a group adds to a built-in type, as they are written.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenExtension {
    /// The built-in type.
    pub(super) extends: String,
    pub(super) fields: Vec<WrittenField>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl From<&TypeDeclaration> for WrittenType {
    fn from(declared: &TypeDeclaration) -> Self {
        Self {
            name: declared.name.clone(),
            plural: declared.plural.clone(),
            icon: declared.icon.clone(),
            title: declared.title.clone(),
            title_plural: declared.title_plural.clone(),
            help: declared.help.clone(),
            title_field: declared.title_field.clone(),
            slug_from: declared.slug_from.clone(),
            order_from: declared.order_from.clone(),
            role: declared.role,
            page: declared.page.clone(),
            fields: own(&declared.fields),
        }
    }
}

impl From<&SectionDeclaration> for WrittenSection {
    fn from(declared: &SectionDeclaration) -> Self {
        Self {
            name: declared.name.clone(),
            icon: declared.icon.clone(),
            title: declared.title.clone(),
            help: declared.help.clone(),
            embeds: declared.embeds.clone(),
            fields: own(&declared.fields),
        }
    }
}

impl WrittenExtension {
    /// These fields, added to the type of this name.
    pub(super) fn of(extends: &str, fields: &[Field]) -> Self {
        Self { extends: extends.to_owned(), fields: written(fields) }
    }
}

/// The fields that somebody has declared: those that every type and section has are written nowhere.
fn own(fields: &[Field]) -> Vec<WrittenField> {
    fields.iter().filter(|field| !is_common(field)).map(WrittenField::from).collect()
}

fn written(fields: &[Field]) -> Vec<WrittenField> {
    fields.iter().map(WrittenField::from).collect()
}

impl From<&Field> for WrittenField {
    fn from(field: &Field) -> Self {
        Self {
            name: Some(field.name.clone()),
            label: Some(field.label.clone()),
            help: field.help.clone(),
            localized: field.is_localized,
            required: field.is_required,
            inheritable: field.is_inheritable,
            visibility: field.visibility,
            searchable: (!field.is_searchable).then_some(false),
            ..Self::from(&field.kind)
        }
    }
}

impl From<&FieldKind> for WrittenField {
    #[expect(clippy::cast_precision_loss, reason = "declared bounds are numbers that a float holds exactly")]
    fn from(kind: &FieldKind) -> Self {
        let mut field = Self { kind: kind.name().to_owned(), ..Self::default() };
        match kind {
            FieldKind::Text { max_length, multiline } => {
                field.max_length = Some(*max_length);
                field.multiline = multiline.then_some(true);
            }
            FieldKind::RichText { max_length } => field.max_length = Some(*max_length),
            FieldKind::Integer { min, max } => {
                field.min = (*min > -EXACT_INTEGER).then_some(*min as f64);
                field.max = (*max < EXACT_INTEGER).then_some(*max as f64);
            }
            FieldKind::Number { min, max } => {
                field.min = (*min > f64::MIN).then_some(*min);
                field.max = (*max < f64::MAX).then_some(*max);
            }
            FieldKind::Date { not_before } => field.not_before.clone_from(not_before),
            FieldKind::Enum { options } | FieldKind::Choices { options } => {
                field.options = Some(options.iter().map(WrittenChoice::from).collect());
            }
            FieldKind::List { item, max_items } => {
                field.item = Some(Box::new(Self::from(&**item)));
                field.max_items = Some(*max_items);
            }
            FieldKind::Group { fields } => field.fields = Some(written(fields)),
            FieldKind::Reference { to } => field.to = Some(to.clone()),
            FieldKind::Sections { allowed } => field.sections = (!allowed.is_empty()).then(|| allowed.clone()),
            FieldKind::Code { dictionary } | FieldKind::Codes { dictionary, .. } => {
                field.dictionary = Some(dictionary.clone());
            }
            // What some of these are made of is the same everywhere, and not written.
            FieldKind::Money
            | FieldKind::Boolean
            | FieldKind::DateRange { .. }
            | FieldKind::DateTime
            | FieldKind::Season
            | FieldKind::Weekdays
            | FieldKind::Hours
            | FieldKind::OpeningHours { .. }
            | FieldKind::File
            | FieldKind::Address { .. }
            | FieldKind::Country
            | FieldKind::Slug
            | FieldKind::Time
            | FieldKind::Image
            | FieldKind::Url
            | FieldKind::Email
            | FieldKind::Phone
            | FieldKind::Geo
            | FieldKind::Colour
            | FieldKind::Currency
            | FieldKind::TextMap => {}
        }
        field
    }
}

impl From<&Choice> for WrittenChoice {
    fn from(choice: &Choice) -> Self {
        Self { value: choice.value.clone(), label: choice.label.clone() }
    }
}
