//! A site's settings: an open map of names and texts for themes and clients, within limits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SiteError;

/// Names in the map.
const MOST_SETTINGS: usize = 50;
/// Longest name.
const NAME_LENGTH: usize = 60;
/// Longest text, in characters: an address or a sentence, not an article.
const VALUE_LENGTH: usize = 2_000;
/// Settings whose names end so are colours.
const COLOUR_SUFFIX: &str = "_color";

/// Names and texts of one's own. A name that ends in `_color` holds a colour such as `#33605f`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// The text of one name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All names with their texts, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The settings if they keep to the limits.
    pub(super) fn checked(self) -> Result<Self, SiteError> {
        if self.0.len() > MOST_SETTINGS {
            return Err(SiteError::SettingsInvalid {
                name: String::new(),
                detail: format!("At most {MOST_SETTINGS} settings fit here."),
            });
        }
        for (name, value) in &self.0 {
            if let Some(detail) = refusal(name, value) {
                return Err(SiteError::SettingsInvalid { name: name.clone(), detail });
            }
        }
        Ok(self)
    }
}

impl FromIterator<(String, String)> for Settings {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

fn refusal(name: &str, value: &str) -> Option<String> {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if name.is_empty() || name.len() > NAME_LENGTH || !is_plain {
        return Some(format!("A setting's name has 1 to {NAME_LENGTH} of a-z, 0-9 and _."));
    }
    if value.chars().count() > VALUE_LENGTH {
        return Some(format!("A setting has at most {VALUE_LENGTH} characters."));
    }
    if value.chars().any(|letter| letter.is_control() && letter != '\n') {
        return Some("A setting has no control characters.".to_owned());
    }
    let digits = value.strip_prefix('#').unwrap_or_default();
    let is_colour = matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (name.ends_with(COLOUR_SUFFIX) && !value.is_empty() && !is_colour)
        .then(|| "A colour is written like #33605f.".to_owned())
}
