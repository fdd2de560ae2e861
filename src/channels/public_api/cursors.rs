//! Cursors: where in a list somebody stands, as text that goes into an address and comes back. It says itself what it is, and
//! a check over it and over the list that it belongs to tells a damaged one and one of another list.

use content::entries::listing::Place;
use ground::crypto::sha256_hex;
use machinery::web::Problem;

/// Characters of the check: against accidents, not against attackers, who learn nothing that the list does not show.
const CHECK: usize = 12;
/// Characters of the longest cursor that can be right: two keys of long texts.
const LONGEST: usize = 4_000;

/// A place in a list, and which of its sides is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// What stands before the place.
    pub is_backward: bool,
    /// The place.
    pub place: Place,
}

impl Cursor {
    /// The text, for a list that is called so.
    pub fn written(&self, bound_to: &str) -> String {
        let Place { keys, order, entry } = &self.place;
        let mut text = format!("{}.{order}.{entry}", if self.is_backward { "b" } else { "a" });
        for key in keys {
            text.push('.');
            text.extend(key.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hex_digit));
        }
        signed(&text, bound_to)
    }

    /// Reads the text again.
    pub fn read(text: &str, bound_to: &str) -> Result<Self, Problem> {
        unsigned(text, bound_to).and_then(parsed).ok_or_else(|| {
            let detail = "`cursor` is not one of this list: take it from `next` or `previous` as it is, with the same filters \
                          and the same order.";
            Problem::parameter_invalid("cursor", detail)
        })
    }
}

/// A text with the check of it and of what it belongs to.
pub(super) fn signed(text: &str, bound_to: &str) -> String {
    format!("{text}.{}", check(text, bound_to))
}

/// The text again, if the check is right.
pub(super) fn unsigned<'t>(text: &'t str, bound_to: &str) -> Option<&'t str> {
    let (text, found) = text.rsplit_once('.').filter(|_| text.len() <= LONGEST)?;
    (check(text, bound_to) == found).then_some(text)
}

fn check(text: &str, bound_to: &str) -> String {
    let mut check = sha256_hex(format!("{bound_to}\n{text}").as_bytes());
    check.truncate(CHECK);
    check
}

fn parsed(text: &str) -> Option<Cursor> {
    let mut parts = text.split('.');
    let is_backward = match parts.next()? {
        "a" => false,
        "b" => true,
        _ => return None,
    };
    let (order, entry) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let keys = parts.map(bytes).collect::<Option<_>>()?;
    Some(Cursor { is_backward, place: Place { keys, order, entry } })
}

fn hex_digit(half: u8) -> char {
    char::from_digit(u32::from(half), 16).unwrap_or('0')
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_and_fits_its_own_list_only() {
        let cursor = Cursor {
            is_backward: true,
            place: Place {
                keys: vec![b"suite".to_vec(), Vec::new(), vec![0, 255]],
                order: -3,
                entry: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            },
        };
        let text = cursor.written("rooms?sort=kind");
        assert_eq!(Cursor::read(&text, "rooms?sort=kind").unwrap(), cursor);
        assert_eq!(Cursor::read(&text, "rooms?sort=price").unwrap_err().code, "invalid_parameter");
        for broken in ["", "a", "a.0.x.00", &text[1..], &text[..text.len() - 1], &"a.".repeat(3_000)] {
            assert!(Cursor::read(broken, "rooms?sort=kind").is_err(), "{broken}");
        }
    }
}
