//! Keeps secrets out of the log: by the name of a field, and by how secrets look inside a text.

use std::borrow::Cow;

/// What stands in the log instead of a secret.
pub const REDACTED: &str = "[redacted]";

/// Words that make a field's name a secret's: `X-API-Key`, `csrf_token`, `cardNumber`.
const SECRET_WORDS: [&str; 13] = [
    "authorization",
    "cookie",
    "password",
    "passwd",
    "passphrase",
    "token",
    "secret",
    "key",
    "apikey",
    "card",
    "jwt",
    "otp",
    "credential",
];

/// How our keys and those of services that we use begin; what follows is the secret.
const SECRET_PREFIXES: [&str; 10] = ["pk_", "pv_", "sk_", "rk_", "whsec_", "gcms_", "AKIA", "xoxb-", "ghp_", "eyJ"];
/// Shortest rest after such a prefix, in characters: names such as `pk_sites` are shorter.
const SHORTEST_SECRET: usize = 12;

/// Whether a field of this name is never logged.
pub fn is_secret_name(name: &str) -> bool {
    words_of(name).any(|word| {
        let word = word.strip_suffix('s').unwrap_or(word);
        SECRET_WORDS.iter().any(|secret| word.eq_ignore_ascii_case(secret))
    })
}

/// `X-API-Key`, `api_key` and `cardNumber` in words.
fn words_of(name: &str) -> impl Iterator<Item = &str> {
    name.split(|sign: char| !sign.is_ascii_alphanumeric()).flat_map(|part| {
        let bytes = part.as_bytes();
        let mut start = 0;
        let mut words = Vec::new();
        for at in 1..bytes.len() {
            if bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase() {
                words.push(&part[start..at]);
                start = at;
            }
        }
        words.push(&part[start..]);
        words
    })
}

/// The text without what looks like a secret: keys and tokens by their first letters, `Bearer ...`, values after a
/// secret's name, and passwords in addresses.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < text.len() {
        match secret_at(text, at) {
            Some((from, to)) if from >= copied && to > from => {
                clean.push_str(&text[copied..from]);
                clean.push_str(REDACTED);
                copied = to;
                at = to;
            }
            _ => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(&text[copied..]);
    Cow::Owned(clean)
}

/// The secret that is recognized at this place, as the range to hide.
fn secret_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = &text[at..];
    let is_word_start = !text[..at].ends_with(|sign: char| sign.is_ascii_alphanumeric());
    match rest.as_bytes()[0] {
        b'=' | b':' => after_secret_name(text, at).or_else(|| in_address(text, at)),
        b'B' | b'b' if is_word_start => after_scheme(rest).map(|(from, to)| (at + from, at + to)),
        _ if is_word_start => {
            let prefix = SECRET_PREFIXES.iter().find(|prefix| rest.starts_with(**prefix))?;
            let length = token_length(&rest[prefix.len()..]);
            (length >= SHORTEST_SECRET).then(|| (at + prefix.len(), at + prefix.len() + length))
        }
        _ => None,
    }
}

/// `Bearer abc`, `Basic abc`.
fn after_scheme(rest: &str) -> Option<(usize, usize)> {
    let scheme = ["bearer ", "basic "]
        .into_iter()
        .find(|scheme| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let length = token_length(&rest[scheme.len()..]);
    // Shorter words follow in plain sentences: "basic rules".
    (length >= SHORTEST_SECRET).then(|| (scheme.len(), scheme.len() + length))
}

/// `password=x`, `"token": "x"`, `Cookie: x`. A bare `code` counts before `=` only, as in a link.
fn after_secret_name(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = text[..at].trim_end_matches(['"', '\'', '\\']);
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
    let name = &before[before
        .rfind(|sign| !is_name(sign))
        .map_or(0, |end| end + before[end..].chars().next().map_or(1, char::len_utf8))..];
    let is_assignment = text[at..].starts_with('=');
    if name.is_empty() || !(is_secret_name(name) || (is_assignment && name.eq_ignore_ascii_case("code"))) {
        return None;
    }
    let after = &text[at + 1..];
    let value = after.trim_start_matches([' ', '"', '\'', '\\']);
    let from = at + 1 + (after.len() - value.len());
    // A header's value is the rest of its line; other values end where the next one begins.
    let is_header = name.eq_ignore_ascii_case("cookie") || name.eq_ignore_ascii_case("authorization");
    let ends = |sign: char| match sign {
        '\n' | '\r' | '"' => true,
        ' ' | '&' | ',' | ';' | '\'' | ')' | '}' | ']' | '\\' => !is_header,
        _ => false,
    };
    let to = from + value.find(ends).unwrap_or(value.len());
    (to > from).then_some((from, to))
}

/// `postgres://user:password@host`: the colon before the password.
fn in_address(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = &text[..at];
    let authority = &before[before.rfind("://")? + 3..];
    if authority.contains(['/', '@', ' ', '"']) {
        return None;
    }
    let rest = &text[at + 1..];
    let end = rest.find(['/', ' ', '"', '\n']).unwrap_or(rest.len());
    let to = rest[..end].rfind('@')?;
    (to > 0).then_some((at + 1, at + 1 + to))
}

/// How far a token goes from the start of the text.
fn token_length(text: &str) -> usize {
    text.find(|sign: char| !(sign.is_ascii_alphanumeric() || "-._~+/=".contains(sign))).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in ["authorization", "X-API-Key", "api_key", "csrf_token", "cardNumber", "Set-Cookie", "passwords"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["monkey", "keyboard", "request_id", "discarded", "tokenizer", "code", ""] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn planted_canaries_do_not_reach_the_log() {
        for text in [
            "key pk_CANARYabcdefghij refused",
            "using sk_test_CANARYabcdefghi now",
            "Authorization: Bearer CANARYabcdefghijk",
            "authorization: Basic CANARYabcdefghijk==",
            "sent bearer CANARYabcdefghijk to it",
            "GET /reset?token=CANARY&lang=de",
            "/setup?code=CANARY",
            r#"{"password": "CANARY", "name": "x"}"#,
            r#"Request { headers: {"x-api-key": "CANARY"} }"#,
            r#"body {\"client_secret\":\"CANARY\"}"#,
            "cookie: a=CANARY; b=CANARY",
            "password='CANARY'",
            "cannot reach postgres://app:CANARY@db.internal:5432/x",
            "redis://:CANARY@cache:6379",
            "postgres://app:CAN@ARY@host/x",
            "token eyJCANARYhbGciOiJFZERTQSJ9.eyJzdWIi.abc",
            "API_KEY=CANARY",
            "\u{fc}\u{df}token=CANARY",
            "cardNumber: CANARY",
        ] {
            let clean = redact(text);
            assert!(!clean.contains("CANARY") && !clean.contains("ARY"), "{text} -> {clean}");
            assert!(clean.contains(REDACTED), "{clean}");
        }
    }

    #[test]
    fn ordinary_words_stay() {
        for text in [
            "GET /api/v1/sites/ 200",
            "constraint pk_sites refused the row",
            "listening on http://127.0.0.1:8000/",
            "the setup code: ABCD-EFGH",
            "basic rules: none",
            "ratio: 1:2 at 10:30",
            "\u{1f3e8} Hôtel: \u{fc}ber=alles",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
