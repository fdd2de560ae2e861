//! One spelling for each address, so that redirects find what guests type: lower case, no slash at the end, no fragment,
//! escapes only where they are needed, letters composed (Unicode NFC), parameters in the order of their names.

use unicode_normalization::UnicodeNormalization as _;

/// The one spelling of a path on a website, with its query if it has one; nothing for what is no path, or climbs out of
/// it.
pub fn normalized(address: &str) -> Option<String> {
    let address = address.trim().split('#').next().unwrap_or_default();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path = path.strip_prefix('/')?;
    let mut spelt = String::with_capacity(address.len());
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        let part = respelt(part, true);
        if part == ".." {
            return None;
        }
        spelt.push('/');
        spelt.push_str(&part);
    }
    if spelt.is_empty() {
        spelt.push('/');
    }
    // Values may be told apart by case: `?p=aB` is another article than `?p=ab`.
    let mut pairs: Vec<String> =
        query.split('&').filter(|pair| !pair.is_empty()).map(|pair| respelt(pair, false)).collect();
    pairs.sort_unstable();
    if !pairs.is_empty() {
        spelt.push('?');
        spelt.push_str(&pairs.join("&"));
    }
    Some(spelt)
}

/// The path without its query.
pub fn without_query(normalized: &str) -> &str {
    normalized.split('?').next().unwrap_or_default()
}

/// The normalized path and each one above it, the longest first: `/a/b`, `/a`, `/`.
pub fn with_those_above(path: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(path);
    std::iter::from_fn(move || {
        let now = next?;
        next = match now.rfind('/') {
            Some(0) if now.len() > 1 => Some("/"),
            Some(at) if at > 0 => Some(&now[..at]),
            _ => None,
        };
        Some(now)
    })
}

/// What stands in a `Location`: everything beyond ASCII, and what would end the header, escaped.
pub fn as_location(address: &str) -> String {
    let mut spelt = String::with_capacity(address.len());
    for byte in address.bytes() {
        if byte.is_ascii_graphic() {
            spelt.push(byte.into());
        } else {
            escape(byte, &mut spelt);
        }
    }
    spelt
}

/// A part of an address, its escapes read where they stand for plain letters. Bytes that are no UTF-8, as old sites wrote
/// them, stay escaped.
fn respelt(part: &str, lowers: bool) -> String {
    let Ok(text) = String::from_utf8(unescaped(part)) else { return part.to_ascii_uppercase() };
    let text: String = if lowers { text.to_lowercase() } else { text };
    let mut spelt = String::with_capacity(text.len());
    for letter in text.nfc() {
        // An escaped delimiter is part of a name, and stays one; in parameters `=` and `+` mean what they say.
        let is_kept = !letter.is_control() && !letter.is_whitespace() && !"%/?#&".contains(letter);
        if is_kept {
            spelt.push(letter);
        } else {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                escape(byte, &mut spelt);
            }
        }
    }
    spelt
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => first,
            },
            _ => first,
        });
    }
    bytes
}

fn escape(byte: u8, into: &mut String) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    into.extend(['%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_the_same() {
        for (written, expected) in [
            ("/", Some("/")),
            ("/Rooms/Old-Name/", Some("/rooms/old-name")),
            ("//rooms//./old", Some("/rooms/old")),
            ("/zimmer/s%C3%BCd", Some("/zimmer/süd")),
            ("/zimmer/su\u{308}d", Some("/zimmer/süd")),
            ("/ZIMMER/SÜD#top", Some("/zimmer/süd")),
            ("/a%2Fb", Some("/a%2Fb")),
            ("/a%2fb", Some("/a%2Fb")),
            ("/%7Euser", Some("/~user")),
            ("/caf%E9", Some("/CAF%E9")),
            ("/?p=12", Some("/?p=12")),
            ("/index.php?b=2&a=X", Some("/index.php?a=X&b=2")),
            ("/a b", Some("/a%20b")),
            ("/100%", Some("/100%25")),
            ("/../secret", None),
            ("/a/%2e%2e/b", None),
            ("rooms", None),
            ("https://hotel.example/rooms", None),
            ("", None),
        ] {
            assert_eq!(normalized(written).as_deref(), expected, "{written}");
            if let Some(once) = expected.filter(|once| !once.contains("CAF")) {
                assert_eq!(normalized(once).as_deref(), Some(once), "twice is once: {written}");
            }
        }
    }

    #[test]
    fn the_paths_above_begin_with_the_longest() {
        assert_eq!(with_those_above("/a/b/c").collect::<Vec<_>>(), ["/a/b/c", "/a/b", "/a", "/"]);
        assert_eq!(with_those_above("/").collect::<Vec<_>>(), ["/"]);
    }

    #[test]
    fn a_location_is_plain_ascii() {
        assert_eq!(as_location("/zimmer/süd?x=1"), "/zimmer/s%C3%BCd?x=1");
        assert_eq!(as_location("/a\r\nSet-Cookie: x"), "/a%0D%0ASet-Cookie:%20x");
    }
}
