//! What is wrong with the settings, said so that the reader can put it right; and what may not be said while doing so.

use std::fmt;

use super::settings::{self, Hides};

/// Longest value that is repeated in a message, in characters.
const LONGEST_SHOWN: usize = 120;

/// One wrong, missing or unsafe setting. Shown, it is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The setting's name in the environment, or what stands in its place in the file.
    pub setting: String,
    /// Where the value came from: `environment variable ALLOWED_HOSTS`, `gammacms.toml line 3`, `not set`.
    pub source: String,
    /// The value, without anything secret; none where there is none to show.
    pub value: Option<String>,
    /// What a right value looks like, and why where that is not obvious.
    pub expected: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.setting)?;
        if let Some(value) = &self.value {
            write!(formatter, " = {value}")?;
        }
        write!(formatter, " ({}): expected {}", self.source, self.expected)
    }
}

impl std::error::Error for ConfigProblem {}

/// A value as it may stand in a message: in quotes, on one line, without its secrets.
pub(super) fn quoted(text: &str, hides: Hides) -> String {
    match hides {
        Hides::Everything => "(hidden)".to_owned(),
        Hides::Password if !is_url(text) => "(hidden, because it is no URL)".to_owned(),
        Hides::Password => quote(&without_password(text)),
        Hides::Nothing => quote(text),
    }
}

/// A value as `gammacms config` prints it.
pub(super) fn shown(text: &str, hides: Hides) -> String {
    match hides {
        Hides::Everything => "(set, hidden)".to_owned(),
        Hides::Password => without_password(text),
        Hides::Nothing => text.to_owned(),
    }
}

fn quote(text: &str) -> String {
    if text.chars().count() <= LONGEST_SHOWN {
        return format!("{text:?}");
    }
    let beginning: String = text.chars().take(LONGEST_SHOWN).collect();
    format!("{beginning:?}...")
}

/// Whether the text is so much of a URL that its password can be told from the rest.
fn is_url(text: &str) -> bool {
    text.starts_with("sqlite:") || text.contains("://")
}

/// A URL with its password and its secret parameters replaced. Works on text that is not quite a URL, too.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    // The last `@`, so that a password with an unescaped one is hidden to its end.
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, rest),
    };
    let user = match user.map(|user| user.split_once(':')) {
        Some(Some((name, _))) => format!("{name}:***@"),
        Some(None) => format!("{}@", user.unwrap_or_default()),
        None => String::new(),
    };
    let place = match place.split_once('?') {
        Some((place, query)) => {
            format!("{place}?{}", query.split('&').map(without_secret).collect::<Vec<_>>().join("&"))
        }
        None => place.to_owned(),
    };
    format!("{scheme}://{user}{place}")
}

/// One `name=value` of a query; the value of a name that sounds secret is replaced.
fn without_secret(parameter: &str) -> String {
    const SECRET_NAMES: [&str; 4] = ["password", "secret", "token", "key"];
    match parameter.split_once('=') {
        Some((name, _)) if SECRET_NAMES.iter().any(|secret| name.to_ascii_lowercase().contains(secret)) => {
            format!("{name}=***")
        }
        _ => parameter.to_owned(),
    }
}

/// The key of the file that was probably meant.
pub(super) fn meant_key(written: &str) -> Option<&'static str> {
    let plain = written.trim().to_ascii_lowercase().replace('-', "_");
    let plain = plain.strip_prefix("gammacms_").unwrap_or(&plain);
    nearest(plain, settings::all().map(|setting| setting.key), 3)
}

/// The environment variable of this product that was probably meant. Strict, because the environment holds others'
/// names, too: an orchestrator adds `GAMMACMS_PORT` and the like for a service of that name.
pub(super) fn meant_variable(written: &str) -> Option<&'static str> {
    let ours = |name: &&'static str| name.starts_with("GAMMACMS_");
    nearest(written, settings::all().map(|setting| setting.name).filter(ours), 2)
}

/// The candidate with the fewest changes, if those are at most `most` and less than half of the word.
fn nearest(written: &str, candidates: impl Iterator<Item = &'static str>, most: usize) -> Option<&'static str> {
    candidates
        .map(|candidate| (changes_between(written, candidate), candidate))
        .filter(|(changes, candidate)| *changes <= most && changes * 2 < candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, remove or replace to turn one word into the other (Levenshtein).
fn changes_between(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.chars().enumerate() {
        let mut corner = std::mem::replace(&mut above[0], row + 1);
        for (column, to) in right.iter().enumerate() {
            let replaced = corner + usize::from(from != *to);
            corner = above[column + 1];
            above[column + 1] = replaced.min(corner + 1).min(above[column] + 1);
        }
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (given, shown) in [
            ("postgres://cms:geheim@db.example/cms", "postgres://cms:***@db.example/cms"),
            ("postgres://cms:ge@he/im@db.example/cms", "postgres://cms:***@db.example/cms"),
            ("postgres://db.example/cms?user=cms&password=geheim", "postgres://db.example/cms?user=cms&password=***"),
            ("s3://bucket/path?secret-access-key=geheim", "s3://bucket/path?secret-access-key=***"),
            ("redis://:geheim@cache.example:6379/0", "redis://:***@cache.example:6379/0"),
            ("smtp://office@mail.example", "smtp://office@mail.example"),
            ("redis://cache.example", "redis://cache.example"),
            ("sqlite:/var/lib/gammacms.db", "sqlite:/var/lib/gammacms.db"),
        ] {
            assert_eq!(without_password(given), shown);
            assert!(!quoted(given, Hides::Password).contains("geheim"));
        }
        assert_eq!(quoted("host=db password=geheim", Hides::Password), "(hidden, because it is no URL)");
        assert_eq!(quoted("geheim", Hides::Everything), "(hidden)");
        assert_eq!(quoted("two\nlines", Hides::Nothing), r#""two\nlines""#);
    }

    #[test]
    fn a_slip_of_the_pen_is_recognized() {
        for (written, meant) in [
            ("databse_url", Some("database_url")),
            ("database-url", Some("database_url")),
            ("DATABASE_URL", Some("database_url")),
            ("gammacms_env", Some("env")),
            ("listn", Some("listen")),
            ("smtp", None),
            ("colour", None),
        ] {
            assert_eq!(meant_key(written), meant, "{written}");
        }
        for (written, meant) in [
            ("GAMMACMS_PUBLC_URL", Some("GAMMACMS_PUBLIC_URL")),
            ("GAMMACMS_PORT", None),
            ("GAMMACMS_SERVICE_HOST", None),
            ("GAMMACMS_PORT_8000_TCP", None),
            ("GAMMACMS_TEST_CLOCK_OFFSET_FILE", None),
        ] {
            assert_eq!(meant_variable(written), meant, "{written}");
        }
    }
}
