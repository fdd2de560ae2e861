//! By which fields lists can be filtered and sorted: those whose values have an order or are few. And how a value is written
//! so that its bytes sort as the values do, which one index can then serve for all kinds.

use std::borrow::Cow;

use ground::{
    clock::Timestamp,
    db::timestamp_text,
    words::{EntryId, Money, Slug},
};
use jiff::civil::{Date, Time};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::declaration::{Choice, Field, FieldKind, TypeDeclaration};

/// Characters of a text by which lists can be filtered: names and tags, not prose. Prose is what search is for.
const LONGEST_TEXT: usize = 200;
/// Bytes of a text's letters that count in an order, of which some become several: an index takes a row of 2,700.
const LETTER_BYTES: usize = 800;
/// When a language was published last: every entry has it.
pub const PUBLISHED_AT: &str = "published_at";
/// An entry's name in addresses: every entry has it.
pub const SLUG: &str = "slug";

/// A field that lists can be filtered by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilterField<'d> {
    /// Its name.
    pub name: &'d str,
    /// What its values are.
    pub kind: FilterKind<'d>,
    /// Whether it holds several: such a field has no place in an order.
    pub holds_many: bool,
}

/// What the values of a filterable field are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FilterKind<'d> {
    /// A short text; big and small letters are the same, and its order is that of its letters without their accents.
    Text,
    /// A number or an amount of money.
    Number,
    /// Yes or no; what says nothing says no.
    Boolean,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// An instant.
    Instant,
    /// One of declared choices.
    Choice(&'d [Choice]),
    /// The id of another entry.
    Reference,
}

/// A value of a view's field, as the read model keeps it beside the view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FilterValue {
    /// The field.
    pub field: String,
    /// The value's bytes; none where the field is empty.
    pub key: Vec<u8>,
}

impl TypeDeclaration {
    /// The fields that lists of this type can be filtered by, in the order of their declaration. What no channel shows is
    /// none of them: a filter tells what it looks at.
    pub fn filter_fields(&self) -> Vec<FilterField<'_>> {
        let declared = self.outer_fields().filter_map(filterable);
        let every = [(PUBLISHED_AT, FilterKind::Instant), (SLUG, FilterKind::Text)].into_iter();
        let every = every.filter(|(name, _)| self.field(name).is_none());
        declared.chain(every.map(|(name, kind)| FilterField { name, kind, holds_many: false })).collect()
    }

    /// The values that a view is filtered and sorted by, as far as its document says them.
    pub(crate) fn filter_values(&self, document: &Map<String, Value>) -> Vec<FilterValue> {
        let mut values = Vec::new();
        for field in self.outer_fields().filter_map(filterable) {
            let keys = field.kind.keys_of(document.get(field.name)).into_iter();
            values.extend(keys.map(|key| FilterValue { field: field.name.to_owned(), key }));
        }
        values
    }
}

/// Adds what every view is filtered and sorted by, and brings all into order.
pub(crate) fn complete_values(values: &mut Vec<FilterValue>, slug: &Slug, published_at: Timestamp) {
    let always = [(PUBLISHED_AT, timestamp_text(published_at).into_bytes()), (SLUG, text_key(slug.as_str()))];
    for (name, key) in always {
        // A declared field of the name has at least one value.
        if !values.iter().any(|value| value.field == name) {
            values.push(FilterValue { field: name.to_owned(), key });
        }
    }
    values.sort_unstable();
    values.dedup();
}

fn filterable(field: &Field) -> Option<FilterField<'_>> {
    let (kind, holds_many) = match &field.kind {
        FieldKind::List { item, .. } => (filter_kind(item)?, true),
        FieldKind::Choices { options } => (FilterKind::Choice(options), true),
        kind => (filter_kind(kind)?, false),
    };
    Some(FilterField { name: &field.name, kind, holds_many })
}

fn filter_kind(kind: &FieldKind) -> Option<FilterKind<'_>> {
    match kind {
        FieldKind::Text { max_length, multiline: false } if *max_length <= LONGEST_TEXT => Some(FilterKind::Text),
        FieldKind::Currency | FieldKind::Country | FieldKind::Code { .. } | FieldKind::Slug => Some(FilterKind::Text),
        FieldKind::Integer { .. } | FieldKind::Number { .. } | FieldKind::Money => Some(FilterKind::Number),
        FieldKind::Boolean => Some(FilterKind::Boolean),
        FieldKind::Date { .. } => Some(FilterKind::Date),
        FieldKind::Time => Some(FilterKind::Time),
        FieldKind::Enum { options } => Some(FilterKind::Choice(options)),
        FieldKind::Reference { .. } => Some(FilterKind::Reference),
        _ => None,
    }
}

impl FilterKind<'_> {
    /// Whether values of this kind are more or less than others.
    pub const fn has_order(&self) -> bool {
        !matches!(self, Self::Boolean | Self::Choice(_) | Self::Reference)
    }

    /// The bytes of a value that a client names, or what it should have been.
    pub fn key_from(&self, text: &str) -> Result<Vec<u8>, Cow<'static, str>> {
        let text = text.trim();
        let key = match self {
            Self::Text => (!text.is_empty()).then(|| text_key(text)),
            Self::Number => text.parse().ok().and_then(number_key),
            Self::Boolean => matches!(text, "true" | "false").then(|| text.as_bytes().to_vec()),
            Self::Date => text.parse::<Date>().ok().map(|day| day.to_string().into_bytes()),
            Self::Time => text.parse::<Time>().ok().map(|time| time.strftime("%H:%M").to_string().into_bytes()),
            Self::Instant => text.parse().ok().map(|at| timestamp_text(at).into_bytes()),
            Self::Choice(options) => {
                options.iter().any(|one| one.value == text).then(|| text.to_lowercase().into_bytes())
            }
            Self::Reference => text.parse::<EntryId>().ok().map(|id| id.to_string().into_bytes()),
        };
        key.ok_or_else(|| self.expected())
    }

    fn expected(&self) -> Cow<'static, str> {
        match self {
            Self::Text => "a text".into(),
            Self::Number => "a number".into(),
            Self::Boolean => "`true` or `false`".into(),
            Self::Date => "a day such as `2026-12-24`".into(),
            Self::Time => "a time such as `15:00`".into(),
            Self::Instant => "an instant such as `2026-12-24T15:00:00Z`".into(),
            Self::Choice(options) => {
                let values: Vec<_> = options.iter().map(|one| format!("`{}`", one.value)).collect();
                format!("one of {}", values.join(", ")).into()
            }
            Self::Reference => "the id of an entry".into(),
        }
    }

    /// The bytes of what a view's field holds. Where it holds nothing there is one value without bytes, which sorts before
    /// all others.
    fn keys_of(&self, value: Option<&Value>) -> Vec<Vec<u8>> {
        let items = match value {
            Some(Value::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let keys: Vec<_> = items.iter().filter_map(|item| self.key_of(item)).collect();
        match keys.is_empty() {
            false => keys,
            true if *self == Self::Boolean => vec![b"false".to_vec()],
            true => vec![Vec::new()],
        }
    }

    fn key_of(&self, value: &Value) -> Option<Vec<u8>> {
        match (self, value) {
            (Self::Number, Value::Number(number)) => number_key(number.as_f64()?),
            (Self::Number, Value::String(text)) => number_key(text.parse::<Money>().ok()?.to_string().parse().ok()?),
            (Self::Boolean, Value::Bool(truth)) => Some(truth.to_string().into_bytes()),
            (Self::Text, Value::String(text)) if !text.is_empty() => Some(text_key(text)),
            (_, Value::String(text)) if !text.is_empty() => Some(text.to_lowercase().into_bytes()),
            _ => None,
        }
    }
}

/// Eight bytes that sort as the numbers do: a positive number's bits with the sign turned, all bits of a negative one turned.
fn number_key(number: f64) -> Option<Vec<u8>> {
    if !number.is_finite() {
        return None;
    }
    // Minus zero is zero.
    let bits = (number + 0.0).to_bits();
    let sign = 1 << 63;
    let sorted = if bits & sign == 0 { bits | sign } else { !bits };
    Some(sorted.to_be_bytes().to_vec())
}

/// What a text is made of when only its letters count, and then, where that is something else, the text itself: so Äpfel stand
/// behind apfel and before Apfelbaum, and are still not equal to it. In texts stands no zero, which sorts before everything.
fn text_key(text: &str) -> Vec<u8> {
    let text = text.to_lowercase();
    let mut key = String::with_capacity(text.len());
    for letter in text.nfkd() {
        if key.len() >= LETTER_BYTES {
            break;
        }
        match letter {
            // The marks above and below Latin, Greek and Cyrillic letters, and the vowels of Arabic. Those of other scripts
            // are letters of their own to who reads them.
            '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' => {}
            'ß' => key.push_str("ss"),
            'æ' => key.push_str("ae"),
            'œ' => key.push_str("oe"),
            'ø' => key.push('o'),
            'þ' => key.push_str("th"),
            'ð' | 'đ' => key.push('d'),
            'ł' => key.push('l'),
            'ħ' => key.push('h'),
            'ı' => key.push('i'),
            other => key.push(other),
        }
    }
    if key != text {
        key.push('\0');
        key.push_str(&text);
    }
    key.into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_bytes_of_numbers_sort_as_the_numbers_do() {
        let numbers = [-1e300, -120.5, -1.0, -0.25, 0.0, 0.25, 1.0, 2.0, 10.0, 120.5, 9e15, 1e300];
        let keys: Vec<_> = numbers.iter().map(|number| number_key(*number).unwrap()).collect();
        assert!(keys.is_sorted(), "{keys:?}");
        assert_eq!(number_key(-0.0), number_key(0.0));
        assert_eq!(number_key(f64::NAN), None);
        let money = FilterKind::Number.keys_of(Some(&json!("180.50")));
        assert_eq!(money, [FilterKind::Number.key_from("180.5").unwrap()]);
    }

    #[test]
    fn texts_sort_as_people_look_them_up() {
        let sorted = [
            "Ågerup",
            "Apfel",
            "Äpfel",
            "Apfel rot",
            "Apfelbaum",
            "é",
            "Eber",
            "Nandu",
            "Ñandú",
            "Nandus",
            "Œuvre",
            "öl",
            "Ølhus",
            "Straße",
            "Strassen",
            "Über",
            "Zebra",
            "Ёлка",
            "Йод",
        ];
        let mut texts = sorted;
        texts.reverse();
        texts.sort_by_key(|text| text_key(text));
        assert_eq!(texts, sorted);
        // Equal is only what is the same but for big and small letters.
        assert_eq!(text_key("ÄPFEL"), text_key("äpfel"));
        assert_ne!(text_key("apfel"), text_key("äpfel"));
        assert_eq!(FilterKind::Text.key_from("Äpfel").unwrap(), FilterKind::Text.keys_of(Some(&json!("äpfel")))[0]);
    }

    #[test]
    fn what_is_empty_sorts_first_and_says_no() {
        assert_eq!(FilterKind::Number.keys_of(None), [Vec::<u8>::new()]);
        assert_eq!(FilterKind::Text.keys_of(Some(&json!([]))), [Vec::<u8>::new()]);
        assert_eq!(FilterKind::Boolean.keys_of(None), [b"false".to_vec()]);
        assert_eq!(FilterKind::Text.keys_of(Some(&json!(["Sea", "LAKE"]))), [b"sea".to_vec(), b"lake".to_vec()]);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_what_is_right() {
        for (kind, wrong, right) in [
            (FilterKind::Number, "two", "2"),
            (FilterKind::Number, "inf", "-1.5"),
            (FilterKind::Boolean, "yes", "true"),
            (FilterKind::Date, "24.12.2026", "2026-12-24"),
            (FilterKind::Time, "noon", "12:00"),
            (FilterKind::Instant, "2026-12-24", "2026-12-24T00:00:00Z"),
            (FilterKind::Text, " ", "x"),
            (FilterKind::Reference, "7", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ] {
            assert!(kind.key_from(wrong).is_err(), "{kind:?} {wrong}");
            assert!(kind.key_from(right).is_ok(), "{kind:?} {right}");
        }
    }
}
