//! JSON bodies: the right media type, a bounded size, and an error that names the field.

use rocket::{
    Data, Request,
    data::{FromData, Outcome, ToByteUnit},
    http::Status,
};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::{arriving, expectations::in_words, objects::Objects, problem::Problem, request::Context};

/// Largest JSON body, in bytes: the longest real page with all its languages is below 200 kB.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// Longest detail of a refused field, in characters: the parser quotes the value, which may be long.
const LONGEST_DETAIL: usize = 300;
/// What is said of a body that is a list, a text or a number.
const NO_OBJECT: &str = "Send a JSON object.";

/// A JSON body. Fields that the type does not know are refused where it says `#[serde(deny_unknown_fields)]`; a
/// field of the type that stands twice is refused, a key that stands twice in a free map counts as its last. A list is never
/// taken for an object (see `objects`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body<T>(pub T);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned> FromData<'r> for Body<T> {
    type Error = Problem;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read(request, data).await {
            Ok(value) => Outcome::Success(Self(value)),
            Err(problem) => {
                Context::of(request).keep_problem(problem.clone());
                Outcome::Error((Status::new(problem.status), problem))
            }
        }
    }
}

async fn read<T: DeserializeOwned>(request: &Request<'_>, data: Data<'_>) -> Result<T, Problem> {
    let media_type = request.headers().get_one("Content-Type");
    if media_type.is_some_and(|media_type| !is_json(media_type)) {
        return Err(unsupported());
    }
    let bytes = arriving::bytes_of(data, LARGEST_BODY.bytes()).await.map_err(|_| {
        Problem::listed("invalid_body", "The body ended before its announced length. Send the request again.")
    })?;
    let Some(bytes) = bytes else {
        return Err(Problem::listed("body_too_large", format!("A JSON body has at most {LARGEST_BODY} bytes.")));
    };
    if bytes.is_empty() {
        return Err(Problem::listed("missing_body", "Send a JSON object as the body."));
    }
    if media_type.is_none() {
        return Err(unsupported());
    }
    parse(&bytes)
}

fn unsupported() -> Problem {
    Problem::listed(
        "unsupported_media_type",
        "Send the body as JSON, with the header `Content-Type: application/json`.",
    )
}

/// Reads a JSON body that is already in memory.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Problem::listed("invalid_body", "The body is not UTF-8 text."));
    }
    if has_nul(bytes) {
        // PostgreSQL stores no U+0000 in text: refused everywhere, so that both databases answer alike.
        return Err(Problem::listed("invalid_body", "The body has the character U+0000 in a text. Remove it."));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Objects(&mut deserializer))
        .map_err(|error| refused(error.path(), error.inner()))?;
    deserializer.end().map_err(|error| syntax(&error))?;
    Ok(value)
}

fn refused(path: &Path, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        return syntax(error);
    }
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let mut pointer = pointer(path);
    let code = match quoted_field(message) {
        Some((code, field)) => {
            if !pointer.ends_with(&format!("/{}", escaped(field))) {
                push(&mut pointer, field);
            }
            code
        }
        None => "invalid",
    };
    if pointer.is_empty() && message.starts_with("invalid type") {
        // Every route reads an object; whatever else is sent, that is the next step.
        return Problem::listed("invalid_body", NO_OBJECT).with_field(pointer, code, NO_OBJECT);
    }
    let mut detail: String = in_words(message).chars().take(LONGEST_DETAIL).collect();
    if !detail.ends_with('.') {
        detail.push('.');
    }
    let place = if pointer.is_empty() { "the body" } else { pointer.as_str() };
    let summary = format!("In {place}: {detail}");
    Problem::listed("invalid_body", summary).with_field(pointer, code, detail)
}

fn syntax(error: &serde_json::Error) -> Problem {
    Problem::listed("invalid_body", format!("The body is not valid JSON: {error}."))
}

/// serde says of a missing, unknown or doubled field its name, while the path ends at the object around it.
fn quoted_field(message: &str) -> Option<(&'static str, &str)> {
    let (code, rest) =
        [("missing", "missing field `"), ("unknown", "unknown field `"), ("duplicate", "duplicate field `")]
            .into_iter()
            .find_map(|(code, start)| Some((code, message.strip_prefix(start)?)))?;
    rest.split_once('`').map(|(field, _)| (code, field))
}

/// RFC 6901.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => push(&mut pointer, &index.to_string()),
            Segment::Map { key } => push(&mut pointer, key),
            // An enum's variant is the key of its object, or no key of its own.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

fn push(pointer: &mut String, key: &str) {
    pointer.push('/');
    pointer.push_str(&escaped(key));
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// `application/json`, with or without parameters, and the types built on it (`application/merge-patch+json`).
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let Some((top, sub)) = essence.split_once('/') else { return false };
    top.eq_ignore_ascii_case("application")
        && (sub.eq_ignore_ascii_case("json") || sub.to_ascii_lowercase().ends_with("+json"))
}

/// Whether the escape `\u0000` stands in the text: preceded by an even number of further backslashes.
fn has_nul(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        match rest.get(at + 1..) {
            Some([b'u', b'0', b'0', b'0', b'0', ..]) => return true,
            Some([_, after @ ..]) => rest = after,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use rocket::{
        http::{ContentType, Header},
        local::blocking::Client,
    };
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;
    use crate::web::catchers;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Room {
        name: String,
        #[serde(default)]
        beds: Vec<Bed>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Bed {
        width: u16,
    }

    #[test]
    fn a_refusal_points_at_the_field() {
        for (body, pointer, code) in [
            (r#"{"name": 5}"#, "/name", "invalid"),
            ("{}", "/name", "missing"),
            (r#"{"name": "a", "nmae": 1}"#, "/nmae", "unknown"),
            (r#"{"name": "a", "a/b~c": 1}"#, "/a~1b~0c", "unknown"),
            (r#"{"name": "a", "name": "b"}"#, "/name", "duplicate"),
            (r#"{"name": "a", "beds": [{"width": 90}, {"width": "wide"}]}"#, "/beds/1/width", "invalid"),
            (r#"{"name": "a", "beds": [{"width": 90, "x": 1}]}"#, "/beds/0/x", "unknown"),
            (r#"{"name": "a", "beds": [{}]}"#, "/beds/0/width", "missing"),
            (r#"{"name": "a", "beds": [{"width": 99999}]}"#, "/beds/0/width", "invalid"),
            ("1", "", "invalid"),
        ] {
            let problem = parse::<Room>(body.as_bytes()).unwrap_err();
            assert_eq!((problem.status, problem.code), (400, "invalid_body"), "{body}");
            assert_eq!(
                (problem.errors[0].pointer.as_str(), problem.errors[0].code.as_ref()),
                (pointer, code),
                "{body}"
            );
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its reading is tested")]
    enum Rule {
        Warn { words: String },
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct House {
        main: Option<Bed>,
        rules: Option<Vec<Rule>>,
        by_name: Option<std::collections::BTreeMap<String, Bed>>,
        pair: Option<(u8, u8)>,
        free: Option<Value>,
    }

    #[test]
    fn a_list_is_no_object_however_deep() {
        for body in ["[]", r#"["Seeblick", []]"#, "5", "\"text\"", "null", "true"] {
            let problem = parse::<Room>(body.as_bytes()).unwrap_err();
            assert_eq!((problem.code, problem.detail.as_str()), ("invalid_body", "Send a JSON object."), "{body}");
            assert_eq!(
                (problem.errors[0].pointer.as_str(), problem.errors[0].code.as_ref()),
                ("", "invalid"),
                "{body}"
            );
        }
        assert_eq!(parse::<Rule>(br#"["warn", {"words": "a"}]"#).unwrap_err().detail, "Send a JSON object.");
        for (body, pointer) in [
            (r#"{"main": [90]}"#, "/main"),
            (r#"{"rules": [["warn", {"words": "a"}]]}"#, "/rules/0"),
            (r#"{"by_name": {"a": [90]}}"#, "/by_name/a"),
        ] {
            let problem = parse::<House>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.errors[0].pointer, pointer, "{body}");
            assert_eq!(problem.errors[0].detail, "Send an object, not a list.", "{body}");
        }
        for body in [
            "{}",
            r#"{"main": {"width": 90}, "rules": [{"kind": "warn", "words": "a"}], "pair": [1, 2], "free": [{"a": [1]}]}"#,
            r#"{"main": null, "by_name": {"a": {"width": 90}}}"#,
        ] {
            assert!(parse::<House>(body.as_bytes()).is_ok(), "{body}");
        }
    }

    #[test]
    fn odd_text_is_refused_or_kept_whole() {
        for body in [
            &b"{\"name\": \"\xff\"}"[..],
            br#"{"name": "\ud800"}"#,
            br#"{"name": "a\u0000b"}"#,
            br#"{"name": "a\\\u0000b"}"#,
            b"{\"name\": \"a\x00b\"}",
            br#"{"name": "a"} trailing"#,
            br#"{"name": "a""#,
            b"\xef\xbb\xbf{}",
        ] {
            assert_eq!(parse::<Room>(body).unwrap_err().code, "invalid_body", "{}", String::from_utf8_lossy(body));
        }
        for name in ["\u{1f3e8} Seehof", "e\u{301}", "\u{202e}tfel", r"a\\u0000b"] {
            let body = format!(r#"{{"name": "{name}"}}"#);
            assert!(parse::<Room>(body.as_bytes()).is_ok(), "{name}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(parse::<Value>(deep.as_bytes()).unwrap_err().code, "invalid_body");
    }

    #[rocket::post("/rooms", data = "<room>")]
    #[expect(clippy::needless_pass_by_value, reason = "Rocket hands guards over by value")]
    fn create(room: Body<Room>) -> String {
        format!("{} {}", room.0.name, room.0.beds.len())
    }

    #[test]
    fn size_and_media_type_are_checked_before_the_words() {
        let rocket = rocket::build().mount("/", rocket::routes![create]).register("/", catchers());
        let client = Client::untracked(rocket).unwrap();
        let post = |media_type: Option<&'static str>, body: String| {
            let mut request = client.post("/rooms").body(body);
            if let Some(media_type) = media_type {
                request.add_header(Header::new("Content-Type", media_type));
            }
            let response = request.dispatch();
            let status = response.status().code;
            let body = response.into_string().unwrap();
            let code =
                serde_json::from_str::<Value>(&body).ok().and_then(|body| Some(body["code"].as_str()?.to_owned()));
            (status, code.unwrap_or(body))
        };
        let json = Some("application/json; charset=utf-8");
        let room = || r#"{"name": "Seeblick"}"#.to_owned();
        assert_eq!(post(json, room()), (200, "Seeblick 0".to_owned()));
        assert_eq!(post(Some("text/plain"), room()), (415, "unsupported_media_type".to_owned()));
        assert_eq!(post(None, room()), (415, "unsupported_media_type".to_owned()));
        assert_eq!(post(json, String::new()), (400, "missing_body".to_owned()));
        assert_eq!(post(json, " ".repeat(LARGEST_BODY + 1)), (413, "body_too_large".to_owned()));
        assert_eq!(post(json, "{}".to_owned()), (400, "invalid_body".to_owned()));
        let form = client.post("/rooms").header(ContentType::Form).body("name=a").dispatch();
        assert_eq!(form.status().code, 415);
    }
}
