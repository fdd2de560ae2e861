//! Shortcodes: what plug-ins and WordPress itself let people write in square brackets.

use std::collections::HashMap;

use ground::words::SafeUrl;

/// Where a shortcode's pictures and errors go.
pub(super) trait Shelf {
    /// The pictures of a gallery: of these ids, or of everything that hangs on the item itself.
    fn pictures(&self, ids: Option<&[u64]>) -> String;
    /// Makes a section of a film or of something from elsewhere, and answers what stands for it in the text; nothing where no
    /// section takes it.
    fn embedded(&mut self, address: &str, poster: Option<&str>) -> Option<String>;
    /// Notes something that is not taken over as it was.
    fn note(&mut self, what: String, why: &'static str);
}

/// Those that only lay things out: what is between them stays.
const WRAPPERS: [&str; 12] = [
    "vc_",
    "et_pb_",
    "fusion_",
    "av_",
    "su_",
    "row",
    "column",
    "one_half",
    "one_third",
    "two_third",
    "section",
    "tabs",
];
/// Those that a plug-in fills when a page is shown.
const DYNAMIC: [&str; 22] = [
    "contact-form-7",
    "contact-form",
    "gravityform",
    "gravityforms",
    "ninja_form",
    "ninja_forms",
    "wpforms",
    "formidable",
    "mc4wp_form",
    "rev_slider",
    "layerslider",
    "metaslider",
    "smartslider3",
    "ngg",
    "nggallery",
    "tablepress",
    "table",
    "products",
    "woocommerce_cart",
    "recaptcha",
    "google-map",
    "wpgmza",
];
/// Bytes of a shortcode's opening.
const LONGEST: usize = 2_000;

/// The text with its shortcodes as HTML.
pub(super) fn expand(text: &str, shelf: &mut dyn Shelf) -> String {
    let closings = Closings::of(text);
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    let mut bracket = text.find(']');
    while let Some(place) = text[at..].find('[').map(|place| at + place) {
        made.push_str(&text[at..place]);
        // Looked for once for all that open before it: thousands of brackets are read in one go.
        if bracket.is_some_and(|bracket| bracket < place) {
            bracket = text[place..].find(']').map(|bracket| place + bracket);
        }
        let Some(code) = bracket.and_then(|bracket| Code::read(&text[place..=bracket])) else {
            made.push('[');
            at = place + 1;
            continue;
        };
        let behind = place + code.written.len();
        // `[[name]]` speaks of a shortcode and is none.
        if made.ends_with('[') && text[behind..].starts_with(']') {
            made.push_str(&text[place + 1..behind]);
            at = behind + 1;
            continue;
        }
        let closing = closings.behind(code.name, behind);
        let inside = closing.map(|closing| &text[behind..closing]);
        at = match replace(&code, inside, &mut made, shelf) {
            Goes::On => behind,
            Goes::BehindClosing => closing.map_or(behind, |closing| closing + "[/]".len() + code.name.len()),
        };
    }
    made.push_str(&text[at..]);
    made
}

/// Where the text goes on behind a shortcode.
enum Goes {
    /// Right behind it.
    On,
    /// Behind its end, where it has one.
    BehindClosing,
}

/// Writes what a shortcode becomes.
fn replace(code: &Code<'_>, inside: Option<&str>, made: &mut String, shelf: &mut dyn Shelf) -> Goes {
    match code.name {
        "gallery" | "playlist" => {
            let list = code.attribute("ids").or_else(|| code.attribute("include"));
            let ids = list.map(|ids| ids.split(',').filter_map(|id| id.trim().parse().ok()).collect::<Vec<u64>>());
            made.push_str("\n\n");
            made.push_str(&shelf.pictures(ids.as_deref()));
            made.push_str("\n\n");
            Goes::On
        }
        "caption" | "wp_caption" if inside.is_some() => {
            let inside = inside.unwrap_or_default();
            let picture_ends = inside.find("</a>").map(|at| at + 4).or_else(|| {
                let picture = inside.find("<img")?;
                inside[picture..].find('>').map(|at| picture + at + 1)
            });
            let (picture, words) = inside.split_at(picture_ends.unwrap_or(inside.len()));
            let words = code.attribute("caption").unwrap_or(words);
            made.push_str(&["<figure>", picture, "<figcaption>", words, "</figcaption></figure>"].concat());
            Goes::BehindClosing
        }
        "embed" if inside.is_some() => {
            embed(made, inside.unwrap_or_default().trim(), None, "embed", shelf);
            Goes::BehindClosing
        }
        "video" | "audio" | "youtube" | "vimeo" | "wpvideo" | "soundcloud" | "dailymotion" => {
            let named = ["src", "mp4", "m4v", "webm", "ogv", "mp3", "ogg", "wav", "url", "id"];
            let address = named.iter().find_map(|name| code.attribute(name)).or(code.first()).unwrap_or_default();
            let address = address.trim_start_matches('=');
            let address = match code.name {
                "youtube" if !address.contains('/') => format!("https://www.youtube.com/watch?v={address}"),
                "vimeo" if !address.contains('/') => format!("https://vimeo.com/{address}"),
                "wpvideo" => format!("https://videopress.com/v/{address}"),
                _ => address.to_owned(),
            };
            embed(made, &address, code.attribute("poster"), code.name, shelf);
            Goes::BehindClosing
        }
        name if DYNAMIC.contains(&name) => {
            shelf.note(
                format!("[{name}]"),
                "A plug-in fills this when the page is shown: what it showed has to be made anew.",
            );
            Goes::BehindClosing
        }
        name if WRAPPERS.iter().any(|start| name == *start || (start.ends_with('_') && name.starts_with(start))) => {
            shelf.note(
                format!("[{name}]"),
                "This only laid things out: what stands in it was kept, its layout was not.",
            );
            Goes::On
        }
        name => {
            let name = name.trim_start_matches('/');
            if WRAPPERS.iter().any(|start| name == *start || (start.ends_with('_') && name.starts_with(start))) {
                return Goes::On;
            }
            if code.has_attributes() || inside.is_some() {
                shelf.note(format!("[{name}]"), "This shortcode is not known: it was kept as words.");
            }
            made.push_str(code.written);
            Goes::On
        }
    }
}

fn embed(made: &mut String, address: &str, poster: Option<&str>, name: &str, shelf: &mut dyn Shelf) {
    if let Some(mark) = shelf.embedded(address, poster) {
        made.push_str(&["\n\n", &mark, "\n\n"].concat());
        return;
    }
    shelf.note(format!("[{name}] {address}"), "Nothing is embedded: a link leads to it.");
    if address.parse::<SafeUrl>().is_ok() {
        made.push_str(&["\n\n<a href=\"", address, "\">", address, "</a>\n\n"].concat());
    }
}

/// Where the shortcodes of a text end, read in one go: in a text with thousands that never end, each would be looked for to
/// the end of it.
struct Closings<'t> {
    by_name: HashMap<&'t str, Vec<usize>>,
}

impl<'t> Closings<'t> {
    fn of(text: &'t str) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, sign) in text.match_indices("[/") {
            let behind = &text[place + sign.len()..];
            // The name of one that itself begins with a slash, too.
            let is_name = |byte: u8| is_of_name(byte) || byte == b'/';
            let length = behind.bytes().position(|byte| !is_name(byte)).unwrap_or(behind.len());
            if behind[length..].starts_with(']') {
                by_name.entry(&behind[..length]).or_default().push(place);
            }
        }
        Self { by_name }
    }

    /// The first end of this name at or behind a place.
    fn behind(&self, name: &str, place: usize) -> Option<usize> {
        let places = self.by_name.get(name)?;
        places.get(places.partition_point(|closing| *closing < place)).copied()
    }
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
}

/// A shortcode's opening.
struct Code<'t> {
    name: &'t str,
    attributes: &'t str,
    /// All of it, with the brackets.
    written: &'t str,
}

impl<'t> Code<'t> {
    /// What stands between two brackets, with these.
    fn read(written: &'t str) -> Option<Self> {
        if written.len() > LONGEST {
            return None;
        }
        let inside = written.strip_prefix('[')?.strip_suffix(']')?;
        if inside.contains(['[', '<', '\n']) && !inside.contains("href") {
            return None;
        }
        let (name, attributes) = inside.split_once([' ', '=']).unwrap_or((inside, ""));
        let name = name.trim_end_matches('/');
        let bare = name.trim_start_matches('/');
        let is_name = bare.starts_with(|letter: char| letter.is_ascii_lowercase()) && bare.bytes().all(is_of_name);
        is_name.then_some(Self { name, attributes, written })
    }

    fn attribute(&self, wanted: &str) -> Option<&'t str> {
        let mut from = 0;
        while let Some(place) = self.attributes[from..].find(wanted) {
            let start = from + place;
            let after = &self.attributes[start + wanted.len()..];
            let is_alone = start == 0 || self.attributes[..start].ends_with([' ', '\t', '"', '\'']);
            if is_alone && let Some(value) = after.strip_prefix('=') {
                let quote = value.chars().next().filter(|letter| ['"', '\''].contains(letter));
                return Some(match quote {
                    Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
                    None => value.split(' ').next().unwrap_or_default(),
                });
            }
            from = start + wanted.len();
        }
        None
    }

    /// A value without a name.
    fn first(&self) -> Option<&'t str> {
        self.attributes.split(' ').find(|part| !part.is_empty() && !part.contains("=\""))
    }

    fn has_attributes(&self) -> bool {
        self.attributes.contains('=')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes what it is told, and takes nothing.
    #[derive(Default)]
    struct Empty(Vec<String>);

    impl Shelf for Empty {
        fn pictures(&self, _: Option<&[u64]>) -> String {
            "<img>".to_owned()
        }

        fn embedded(&mut self, _: &str, _: Option<&str>) -> Option<String> {
            None
        }

        fn note(&mut self, what: String, _: &'static str) {
            self.0.push(what);
        }
    }

    #[test]
    fn shortcodes_become_html_and_what_is_none_stays() {
        let link = |address: &str| format!("\n\n<a href=\"{address}\">{address}</a>\n\n");
        for (text, expected) in [
            ("a [b] c", "a [b] c".to_owned()),
            ("[[gallery]] is written so", "[gallery] is written so".to_owned()),
            ("x[gallery ids=\"1,2\"]y", "x\n\n<img>\n\ny".to_owned()),
            (
                "[caption width=\"3\"]<img src=\"/a.jpg\"> Lake[/caption] [caption]<img src=\"/b.jpg\"> Hill[/caption]!",
                "<figure><img src=\"/a.jpg\"><figcaption> Lake</figcaption></figure> \
                 <figure><img src=\"/b.jpg\"><figcaption> Hill</figcaption></figure>!"
                    .to_owned(),
            ),
            ("[caption]<img>", "[caption]<img>".to_owned()),
            ("[/caption] [caption]", "[/caption] [caption]".to_owned()),
            ("[embed]https://a.example/x[/embed]y", link("https://a.example/x") + "y"),
            ("[video src=\"https://a.example/x.mp4\"]old[/video]y", link("https://a.example/x.mp4") + "y"),
            ("[video src=\"https://a.example/x.mp4\"]y", link("https://a.example/x.mp4") + "y"),
            ("[vc_row][one_half]a[/one_half][/vc_row]b", "ab".to_owned()),
            ("[contact-form]a[/contact-form]b[contact-form-7 id=\"1\"]c", "bc".to_owned()),
            ("[ü] [Ä/] [/ü] [", "[ü] [Ä/] [/ü] [".to_owned()),
        ] {
            assert_eq!(expand(text, &mut Empty::default()), expected, "{text}");
        }
    }

    #[test]
    fn the_end_of_a_shortcode_is_the_first_of_its_name_behind_it() {
        let closings = Closings::of("[/a][/b] [/a]x[/a ][/ä][//a][/a");
        assert_eq!([0, 1, 9, 10].map(|place| closings.behind("a", place)), [Some(0), Some(9), Some(9), None]);
        assert_eq!((closings.behind("b", 0), closings.behind("/a", 0)), (Some(4), Some(24)));
        assert_eq!(closings.by_name.len(), 3);
    }

    /// Two million bytes: looked through once for each code, they would take the better part of an hour.
    #[test]
    fn codes_and_brackets_that_never_end_are_read_in_one_go() {
        for one in ["[caption]", "[foo]", "[contact-form]", "[/foo", "["] {
            let text = one.repeat(2_000_000 / one.len());
            let made = expand(&text, &mut Empty::default());
            assert!(made.is_empty() || made == text, "{one}");
        }
        let text = "[foo]".repeat(200_000) + "[/foo]";
        let mut shelf = Empty::default();
        assert_eq!(expand(&text, &mut shelf), text);
        assert_eq!(shelf.0.len(), 200_000);
    }
}
