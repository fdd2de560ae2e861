//! What a file is, by its first bytes: a name or a declared type may say anything.

use serde::{Deserialize, Serialize};

/// How a picture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Photographs, by every camera.
    Jpeg,
    /// Drawings, and what has transparent parts.
    Png,
    /// The web's, by Google.
    Webp,
    /// Taken where it stands still, and kept as PNG.
    Gif,
    /// Written by us only: a third to a half of a JPEG's bytes.
    Avif,
}

impl Format {
    /// The word that addresses and the API use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
        }
    }

    /// How files of it are named.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            other => other.name(),
        }
    }

    /// The media type (IANA).
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
        }
    }
}

/// What the first bytes of a file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognized {
    /// A picture that can be taken, unless it is damaged, moves or is too large.
    Picture(Format),
    /// A telephone's own format, which browsers do not show.
    Heic,
    /// AVIF from elsewhere: it is written here and not read.
    Avif,
    /// Drawings that may carry scripts.
    Svg,
    /// A document.
    Pdf,
}

/// How many of a file's first bytes [`recognize`] wants to see.
pub const HEAD: usize = 512;
/// The brands of an ISO file (ISO/IEC 14496-12) that mean HEIF with HEVC.
const HEIC_BRANDS: [&[u8]; 8] = [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"];

/// What a file is, by its first bytes.
pub fn recognize(head: &[u8]) -> Option<Recognized> {
    let head = head.get(..HEAD).unwrap_or(head);
    let found = match head {
        [0xff, 0xd8, 0xff, ..] => Recognized::Picture(Format::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Recognized::Picture(Format::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Recognized::Picture(Format::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Recognized::Picture(Format::Webp),
        [b'%', b'P', b'D', b'F', b'-', ..] => Recognized::Pdf,
        [_, _, _, _, b'f', b't', b'y', b'p', brands @ ..] => by_brand(brands)?,
        _ if is_svg(head) => Recognized::Svg,
        _ => return None,
    };
    Some(found)
}

/// The major brand and, after the version, the compatible ones: HEIF files often name a general brand first.
fn by_brand(brands: &[u8]) -> Option<Recognized> {
    let major = brands.get(..4)?;
    let mut all = std::iter::once(major).chain(brands.get(8..).unwrap_or_default().chunks_exact(4));
    if all.clone().any(|brand| brand == b"avif" || brand == b"avis") {
        return Some(Recognized::Avif);
    }
    all.any(|brand| HEIC_BRANDS.contains(&brand)).then_some(Recognized::Heic)
}

fn is_svg(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with("<svg") || (text.starts_with("<?xml") || text.starts_with("<!")) && text.contains("<svg")
}
