//! Addresses that may stand in a link.

use std::str::FromStr;

use super::{WordError, text_word};

/// Longest link: what every browser and proxy still accepts.
const URL_LENGTH: usize = 2048;

/// A link that cannot run script: `https:`, `http:`, `mailto:`, `tel:`, or a path on the same site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SafeUrl(String);

impl SafeUrl {
    /// The link's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SafeUrl {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let text = text.trim();
        // Browsers drop tabs and line breaks inside a scheme: anything of the kind makes the whole link suspect.
        let hidden =
            text.chars().any(|letter| letter.is_control() || letter.is_whitespace() || "\\<>\"`".contains(letter));
        let lower = text.to_ascii_lowercase();
        let absolute = ["https://", "http://"].iter().any(|scheme| {
            lower.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']))
        });
        let contact =
            ["mailto:", "tel:"].iter().any(|scheme| lower.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        let local =
            (text.starts_with('/') && !text.starts_with("//")) || text.starts_with('#') || text.starts_with('?');
        if text.len() > URL_LENGTH || hidden || !(absolute || contact || local) {
            return Err(WordError::new(
                "url_invalid",
                "A link starts with https://, http://, mailto:, tel: or / and has no spaces.",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}
text_word!(SafeUrl);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_never_runs_script() {
        for right in [
            "https://a.ch",
            "HTTP://a.ch/x?y#z",
            "mailto:a@b.ch",
            "tel:+41441234567",
            "/rooms",
            "/",
            "#top",
            "?locale=de",
        ] {
            assert!(right.parse::<SafeUrl>().is_ok(), "{right}");
        }
        for wrong in [
            "",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "\\\\evil",
            "/\\evil.example",
            "https://",
            "http:///x",
            "mailto:",
            "ftp://a",
            "rooms",
            "https://a.ch/ b",
            "https://a\"onclick",
        ] {
            assert!(wrong.parse::<SafeUrl>().is_err(), "{wrong:?}");
        }
    }
}
