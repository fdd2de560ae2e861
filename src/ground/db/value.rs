//! The five values both databases share, and how the product's types become them and come back.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::DbError;
use crate::words::{
    ApiKeyId, AuditId, CurrencyCode, DomainName, EmailAddress, EntryId, ExportId, ImportId, InvitationId, JobId,
    Locale, MediaId, MemberId, Money, OrganizationId, PreviewLinkId, ReleaseId, ReviewId, SafeUrl, ScheduleId,
    SessionId, SiteId, Slug, SubmissionId, TimeZoneName, UserId, WordError,
};

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Text, and all that is kept as text: ids, times, money, documents.
    Text(String),
    /// A whole number or a boolean.
    Integer(i64),
    /// A fraction.
    Real(f64),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A type that can stand as a parameter.
pub trait ToValue {
    /// The value as it is stored.
    fn to_value(&self) -> Value;
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// The type behind a stored value. `DbError::Decode` where it is another kind.
    fn from_value(value: Value) -> Result<Self, DbError>;
}

/// Times are stored with milliseconds always, so that text order is time order.
pub fn timestamp_text(at: Timestamp) -> String {
    format!("{at:.3}")
}

macro_rules! to_value {
    ($($kind:ty => $make:expr),+ $(,)?) => {$(
        impl ToValue for $kind {
            fn to_value(&self) -> Value {
                let make: fn(&$kind) -> Value = $make;
                make(self)
            }
        }
    )+};
}

to_value! {
    str => |text| Value::Text(text.to_owned()),
    String => |text| Value::Text(text.clone()),
    i64 => |number| Value::Integer(*number),
    i32 => |number| Value::Integer(i64::from(*number)),
    u32 => |number| Value::Integer(i64::from(*number)),
    u16 => |number| Value::Integer(i64::from(*number)),
    u8 => |number| Value::Integer(i64::from(*number)),
    bool => |truth| Value::Integer(i64::from(*truth)),
    f64 => |number| Value::Real(*number),
    Vec<u8> => |bytes| Value::Blob(bytes.clone()),
    [u8] => |bytes| Value::Blob(bytes.to_vec()),
    Timestamp => |at| Value::Text(timestamp_text(*at)),
    serde_json::Value => |json| Value::Text(json.to_string()),
    Value => |value| value.clone(),
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl FromValue for Value {
    fn from_value(value: Value) -> Result<Self, DbError> {
        Ok(value)
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<Self, DbError> {
        match value {
            Value::Text(text) => Ok(text),
            other => Err(unexpected("text", &other)),
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Result<Self, DbError> {
        match value {
            Value::Integer(number) => Ok(number),
            other => Err(unexpected("a whole number", &other)),
        }
    }
}

impl FromValue for u32 {
    fn from_value(value: Value) -> Result<Self, DbError> {
        let number = i64::from_value(value)?;
        Self::try_from(number).map_err(|_| DbError::Decode(format!("{number} is not a small whole number")))
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Result<Self, DbError> {
        i64::from_value(value).map(|number| number != 0)
    }
}

impl FromValue for f64 {
    fn from_value(value: Value) -> Result<Self, DbError> {
        match value {
            Value::Real(number) => Ok(number),
            #[expect(clippy::cast_precision_loss, reason = "a whole number stands for itself in a fraction's column")]
            Value::Integer(number) => Ok(number as Self),
            other => Err(unexpected("a number", &other)),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Result<Self, DbError> {
        match value {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(unexpected("bytes", &other)),
        }
    }
}

impl FromValue for Timestamp {
    fn from_value(value: Value) -> Result<Self, DbError> {
        let text = String::from_value(value)?;
        text.parse().map_err(|_| DbError::Decode(format!("`{text}` is not a time")))
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, DbError> {
        match value {
            Value::Null => Ok(None),
            present => T::from_value(present).map(Some),
        }
    }
}

/// A column of JSON text read as a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromValue for Json<T> {
    fn from_value(value: Value) -> Result<Self, DbError> {
        let text = String::from_value(value)?;
        serde_json::from_str(&text).map(Json).map_err(|error| DbError::Decode(format!("stored JSON: {error}")))
    }
}

impl<T: serde::Serialize> ToValue for Json<T> {
    fn to_value(&self) -> Value {
        // Our own types serialize; should one not, the column's NOT NULL refuses the row.
        serde_json::to_string(&self.0).map_or(Value::Null, Value::Text)
    }
}

fn unexpected(wanted: &str, found: &Value) -> DbError {
    let found = match found {
        Value::Null => "nothing",
        Value::Text(_) => "text",
        Value::Integer(_) => "a whole number",
        Value::Real(_) => "a fraction",
        Value::Blob(_) => "bytes",
    };
    DbError::Decode(format!("{wanted} was expected, {found} is stored"))
}

/// Parameters of a statement, in order.
pub trait IntoValues {
    /// Appends the values behind those that are there.
    fn append_to(self, values: &mut Vec<Value>);
}

impl IntoValues for () {
    fn append_to(self, _: &mut Vec<Value>) {}
}

impl IntoValues for Vec<Value> {
    fn append_to(self, values: &mut Vec<Value>) {
        values.extend(self);
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: ToValue),+> IntoValues for ($($name,)+) {
            #[expect(non_snake_case, reason = "the names of the tuple's types serve for its parts")]
            fn append_to(self, values: &mut Vec<Value>) {
                let ($($name,)+) = self;
                $(values.push($name.to_value());)+
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
tuples!(A B C D E F G H I J K L M);
tuples!(A B C D E F G H I J K L M N);
tuples!(A B C D E F G H I J K L M N O);
tuples!(A B C D E F G H I J K L M N O P);
tuples!(A B C D E F G H I J K L M N O P Q);
tuples!(A B C D E F G H I J K L M N O P Q R);

macro_rules! words_as_text {
    ($($word:ty),+ $(,)?) => {$(
        impl ToValue for $word {
            fn to_value(&self) -> Value {
                Value::Text(self.to_string())
            }
        }

        impl FromValue for $word {
            fn from_value(value: Value) -> Result<Self, DbError> {
                String::from_value(value)?.parse().map_err(|error: WordError| DbError::Decode(error.message))
            }
        }
    )+};
}

// The words know nothing of databases: what they are stored as stands here.
words_as_text! {
    ApiKeyId, AuditId, EntryId, InvitationId, JobId, MediaId, MemberId, OrganizationId, ExportId, ImportId, PreviewLinkId, ReleaseId, ReviewId, ScheduleId,
    SessionId, SiteId, SubmissionId, UserId,
    CurrencyCode, DomainName, EmailAddress, Locale, Money, SafeUrl, Slug, TimeZoneName,
}
