//! Shortcodes: what plug-ins and WordPress itself let people write in square brackets.

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
/// Characters between the brackets.
const LONGEST: usize = 2_000;

/// The text with its shortcodes as HTML.
pub(super) fn expand(text: &str, shelf: &mut dyn Shelf) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('[') {
        made.push_str(&rest[..place]);
        rest = &rest[place..];
        let Some(code) = Code::read(rest) else {
            made.push('[');
            rest = &rest[1..];
            continue;
        };
        let behind = &rest[code.length..];
        // `[[name]]` speaks of a shortcode and is none.
        if made.ends_with('[') && behind.starts_with(']') {
            made.push_str(&rest[1..code.length - 1]);
            made.push(']');
            rest = &behind[1..];
            continue;
        }
        rest = replace(&code, rest, behind, &mut made, shelf);
    }
    made.push_str(rest);
    made
}

/// Writes what a shortcode becomes; answers the text behind it.
fn replace<'t>(code: &Code<'_>, whole: &'t str, behind: &'t str, made: &mut String, shelf: &mut dyn Shelf) -> &'t str {
    let closing = format!("[/{}]", code.name);
    let (inside, after) = match behind.split_once(closing.as_str()) {
        Some((inside, after)) => (Some(inside), after),
        None => (None, behind),
    };
    match code.name {
        "gallery" | "playlist" => {
            let list = code.attribute("ids").or_else(|| code.attribute("include"));
            let ids = list.map(|ids| ids.split(',').filter_map(|id| id.trim().parse().ok()).collect::<Vec<u64>>());
            made.push_str("\n\n");
            made.push_str(&shelf.pictures(ids.as_deref()));
            made.push_str("\n\n");
            behind
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
            after
        }
        "embed" if inside.is_some() => {
            embed(made, inside.unwrap_or_default().trim(), None, "embed", shelf);
            after
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
            if inside.is_some() { after } else { behind }
        }
        name if DYNAMIC.contains(&name) => {
            shelf.note(
                format!("[{name}]"),
                "A plug-in fills this when the page is shown: what it showed has to be made anew.",
            );
            if inside.is_some() { after } else { behind }
        }
        name if WRAPPERS.iter().any(|start| name == *start || (start.ends_with('_') && name.starts_with(start))) => {
            shelf.note(
                format!("[{name}]"),
                "This only laid things out: what stands in it was kept, its layout was not.",
            );
            behind
        }
        name => {
            let name = name.trim_start_matches('/');
            if WRAPPERS.iter().any(|start| name == *start || (start.ends_with('_') && name.starts_with(start))) {
                return behind;
            }
            if code.has_attributes() || inside.is_some() {
                shelf.note(format!("[{name}]"), "This shortcode is not known: it was kept as words.");
            }
            made.push_str(&whole[..code.length]);
            behind
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

/// A shortcode's opening.
struct Code<'t> {
    name: &'t str,
    attributes: &'t str,
    /// Bytes with the brackets.
    length: usize,
}

impl<'t> Code<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let end = text.bytes().take(LONGEST).position(|byte| byte == b']')?;
        let inside = &text[1..end];
        if inside.contains(['[', '<', '\n']) && !inside.contains("href") {
            return None;
        }
        let (name, attributes) = inside.split_once([' ', '=']).unwrap_or((inside, ""));
        let name = name.trim_end_matches('/');
        let bare = name.trim_start_matches('/');
        let is_name = bare.starts_with(|letter: char| letter.is_ascii_lowercase())
            && bare.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte));
        is_name.then_some(Self { name, attributes, length: end + 1 })
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
