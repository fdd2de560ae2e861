//! What a page names: the files that it shows, and the addresses that it leads to.

use content::media;
use ground::blobs::NAME_LENGTH;

/// Where files of the library are, on every host.
const MEDIA: &str = "/media/";
/// What ends an address in HTML, JSON or a list of sizes.
const ENDS: [char; 14] = ['"', '\'', '<', '>', '(', ')', ' ', ',', ';', '&', '\n', '\t', '\\', '='];

/// A file that a page names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    /// Its address on the page's own host.
    pub address: String,
    pub of: Of,
}

/// Where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    /// In the library.
    Blob { sha256: String, ending: String },
    /// Among the drawings of the sample sites.
    Drawing(String),
}

/// The page with the library's files on its own host, where the library has one of its own.
pub(super) fn at_home(html: String, origin: &str) -> String {
    match media::domain() {
        Some(domain) => html.replace(&format!("https://{domain}{MEDIA}"), &format!("{origin}{MEDIA}")),
        None => html,
    }
}

/// The files that a page names: in attributes, in lists of sizes, in structured data, in frames.
pub(super) fn media_in(html: &str, origin: &str) -> Vec<Named> {
    let named = html.match_indices(MEDIA).filter_map(|(at, _)| {
        let start = html[..at].rfind(ENDS).map_or(0, |end| end + 1);
        let is_own = start == at || &html[start..at] == origin;
        let rest = &html[at + MEDIA.len()..];
        let name = &rest[..rest.find(ENDS).unwrap_or(rest.len())];
        let address = format!("{MEDIA}{name}");
        let of = read(name).filter(|_| is_own)?;
        Some(Named { address, of })
    });
    named.collect()
}

fn read(name: &str) -> Option<Of> {
    if let Some(drawing) = name.strip_prefix("demo/") {
        return Some(Of::Drawing(drawing.to_owned())).filter(|_| !drawing.contains('/'));
    }
    let (sha256, ending) = name.split_once('.')?;
    let is_name = sha256.len() == NAME_LENGTH && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_ending = !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    (is_name && is_ending).then(|| Of::Blob { sha256: sha256.to_owned(), ending: ending.to_owned() })
}

/// The paths on the page's own host that its links lead to, without parameters and slash at the end.
pub(super) fn links_in(html: &str, origin: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, start) in html.match_indices(" href=\"") {
        let rest = &html[at + start.len()..];
        let address = &rest[..rest.find('"').unwrap_or(rest.len())];
        let path = address.strip_prefix(origin).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        let path = path.unwrap_or(address);
        let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
        let is_home = path.is_empty() && address.starts_with(origin) && !origin.is_empty();
        let is_path = path.starts_with('/') && !path.starts_with("//");
        let is_file = path.starts_with(MEDIA) || path.starts_with("/_theme/") || path == "/favicon.svg";
        if is_home || (is_path && !is_file) {
            let path = path.trim_end_matches('/');
            found.push(if path.is_empty() { "/".to_owned() } else { path.to_owned() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_wherever_a_page_names_them() {
        let (one, two, three) = ("a".repeat(64), "b".repeat(64), "c".repeat(64));
        let html = format!(
            "<img src=\"/media/{one}.jpg\" srcset=\"/media/{two}.avif 480w, /media/demo/lake.svg 800w\">\
             {{\"image\":\"https://hotel.example/media/{three}.webp\"}} <a href=\"https://other.example/media/{one}.png\">\
             <p>/media/demo/../x.svg /media/passwd</p> srcdoc=\"&lt;img src=&quot;/media/demo/door.svg&quot;&gt;\""
        );
        let mut found: Vec<_> =
            media_in(&html, "https://hotel.example").into_iter().map(|named| named.address).collect();
        found.sort();
        let mut expected = vec![
            format!("/media/{one}.jpg"),
            format!("/media/{two}.avif"),
            format!("/media/{three}.webp"),
            "/media/demo/lake.svg".to_owned(),
            "/media/demo/door.svg".to_owned(),
        ];
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn links_are_those_to_pages_of_the_same_host() {
        let html = "<a href=\"/rooms/\"><a class=\"x\" href=\"/de?q=1#x\"><a href=\"https://hotel.example\">\
                    <a href=\"https://hotel.example.de/x\"><a href=\"#top\"><a href=\"mailto:a@b.c\"><a href=\"/media/x.pdf\">";
        assert_eq!(links_in(html, "https://hotel.example"), ["/rooms", "/de", "/"]);
    }
}
