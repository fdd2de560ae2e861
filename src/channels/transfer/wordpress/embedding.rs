//! Films and what other providers show: a section where one takes the address.

use content::rich_text::words_of_html;
use ground::words::SafeUrl;
use serde_json::{Map, Value, json};

use super::{
    languages::in_words,
    sections::{DESCRIPTION, Surroundings, TITLE, is_picture, section},
};
use crate::sites::provider_of;

/// What is said of something that a section shows.
pub(super) const EMBEDDED: &str = "A section stands for it: nothing of it is loaded before a guest asks for it.";

/// The section that shows a film or something from elsewhere; nothing where none takes the address. A file of a film needs
/// its picture.
pub(super) fn embeddable(
    around: &dyn Surroundings,
    address: &str,
    poster: Option<&str>,
    words: &str,
) -> Option<Map<String, Value>> {
    let whole = match address.strip_prefix("http://").or_else(|| address.strip_prefix("//")) {
        Some(rest) => format!("https://{rest}"),
        None => address.to_owned(),
    };
    let known = |url: &str| provider_of(url).map(|provider| (provider, url.to_owned()));
    let spotify = || known(&whole.replacen("https://open.spotify.com/", "https://open.spotify.com/embed/", 1));
    if let Some((provider, url)) = known(&whole).or_else(spotify) {
        let named = if words.is_empty() || words.chars().count() > TITLE { host_of(&url) } else { words.to_owned() };
        let fields = json!({"provider": provider, "url": url, "label": in_words(json!(named))});
        return Some(section("embed", fields));
    }
    let path = whole.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let is_film = [".mp4", ".m4v", ".webm", ".ogv"].iter().any(|ending| path.ends_with(ending));
    let poster = poster.filter(|poster| !poster.is_empty()).map(|poster| around.address(poster));
    let poster = poster.filter(|url| is_picture(url))?;
    let url = around.address(address);
    (is_film && url.parse::<SafeUrl>().is_ok()).then(|| {
        let description = (!words.is_empty() && words.chars().count() <= DESCRIPTION).then(|| in_words(json!(words)));
        section(
            "video",
            json!({"provider": "self", "url": url, "poster": around.picture(&poster, ""), "description": description}),
        )
    })
}

/// The host of an address, as a name for what is there.
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().trim_start_matches("www.").to_owned()
}

/// The value of an attribute in HTML, its first.
pub(super) fn attribute<'h>(html: &'h str, name: &str) -> Option<&'h str> {
    let behind = html.split(&format!(" {name}=\"")).nth(1)?;
    behind.split('"').next().filter(|value| !value.is_empty())
}

/// The plain words below a figure.
pub(super) fn caption_of(html: &str) -> String {
    let behind = html.split("<figcaption").nth(1).and_then(|rest| rest.split_once('>'));
    let words = behind.map(|(_, words)| words.split("</figcaption>").next().unwrap_or_default());
    words_of_html(words.unwrap_or_default()).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nowhere;

    impl Surroundings for Nowhere {
        fn address(&self, written: &str) -> String {
            written.to_owned()
        }

        fn pictures(&self, _: Option<&[u64]>) -> String {
            String::new()
        }

        fn reusable(&self, _: u64) -> Option<&str> {
            None
        }

        fn picture(&self, url: &str, _: &str) -> Value {
            json!({ "url": url })
        }
    }

    #[test]
    fn a_section_is_made_where_one_takes_the_address() {
        for (address, poster, made) in [
            (
                "https://www.youtube.com/watch?v=aB3_-xyz123",
                None,
                Some(("embed", "https://www.youtube.com/watch?v=aB3_-xyz123")),
            ),
            ("http://youtu.be/aB3_-xyz123", None, Some(("embed", "https://youtu.be/aB3_-xyz123"))),
            ("//vimeo.com/76979871", None, Some(("embed", "https://vimeo.com/76979871"))),
            ("https://open.spotify.com/track/1a", None, Some(("embed", "https://open.spotify.com/embed/track/1a"))),
            (
                "https://old.example/a.mp4",
                Some("https://old.example/a.jpg"),
                Some(("video", "https://old.example/a.mp4")),
            ),
            ("https://old.example/a.mp4", None, None),
            ("https://old.example/a.mp4", Some("javascript:alert(1)"), None),
            ("https://twitter.com/x/status/1", None, None),
            ("javascript:alert(1)//.mp4", Some("https://old.example/a.jpg"), None),
        ] {
            let section = embeddable(&Nowhere, address, poster, "");
            let found =
                section.as_ref().map(|section| (section["type"].as_str().unwrap(), section["url"].as_str().unwrap()));
            assert_eq!(found, made, "{address}");
        }
    }
}
