//! The same picture without what it tells about its maker: place, camera, names, comments, thumbnails, and the videos and
//! second pictures that telephones put behind it. The pixels stay as they are, and so do the colour profile and the turn.

use std::io::Cursor;

use image::{ImageFormat, metadata::Orientation};

use super::{
    Format, PictureError, Recognized,
    decoding::{self, decode_whole},
    recognize,
};

/// The picture that is kept and served as the original. A GIF becomes a PNG with the same pixels.
pub fn cleaned(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let Some(Recognized::Picture(format)) = recognize(bytes) else { return Err(PictureError::UnknownFormat) };
    let turn = decoding::turn(bytes, format)?;
    match format {
        Format::Jpeg => jpeg(bytes, turn),
        Format::Png => png(bytes, turn),
        Format::Webp => webp(bytes, turn),
        Format::Gif | Format::Avif => as_png(bytes, format),
    }
    .ok_or_else(|| PictureError::Damaged("it ends too early".to_owned()))
}

/// Exif (CIPA DC-008) with one entry: how the picture is turned.
fn exif(turn: Orientation) -> Vec<u8> {
    let mut text = b"II*\0\x08\0\0\0\x01\0".to_vec();
    // Tag 0x0112, type SHORT, one value, and no further directory.
    text.extend_from_slice(&[0x12, 0x01, 0x03, 0x00, 0x01, 0, 0, 0, turn.to_exif(), 0, 0, 0, 0, 0, 0, 0]);
    text
}

const EXIF_PREFIX: &[u8] = b"Exif\0\0";

/// Segments (ITU-T T.81 annex B) up to the end of the first image. What follows it is another picture or a video.
fn jpeg(bytes: &[u8], turn: Orientation) -> Option<Vec<u8>> {
    const START: u8 = 0xd8;
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    const COMMENT: u8 = 0xfe;
    let mut clean = vec![0xff, START];
    if turn != Orientation::NoTransforms {
        let exif = exif(turn);
        let length = u16::try_from(2 + EXIF_PREFIX.len() + exif.len()).ok()?;
        clean.extend_from_slice(&[0xff, 0xe1]);
        clean.extend_from_slice(&length.to_be_bytes());
        clean.extend_from_slice(EXIF_PREFIX);
        clean.extend_from_slice(&exif);
    }
    let mut at = 2;
    loop {
        // Any number of fill bytes may stand before a marker.
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        at += bytes.get(at..)?.iter().position(|byte| *byte != 0xff)?;
        let marker = *bytes.get(at)?;
        at += 1;
        match marker {
            END => {
                clean.extend_from_slice(&[0xff, END]);
                return Some(clean);
            }
            // Without a length.
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
        let segment = bytes.get(at..at + length)?;
        let says = segment.get(2..)?;
        let is_kept = match marker {
            0xe0 => says.starts_with(b"JFIF\0"),
            0xe2 => says.starts_with(b"ICC_PROFILE\0"),
            // How the colours are written.
            0xee => says.starts_with(b"Adobe"),
            0xe1 | 0xe3..=0xed | 0xef | COMMENT => false,
            _ => true,
        };
        if is_kept {
            clean.extend_from_slice(&[0xff, marker]);
            clean.extend_from_slice(segment);
        }
        at += length;
        if marker == SCAN {
            let scan = scan_length(bytes.get(at..)?)?;
            clean.extend_from_slice(&bytes[at..at + scan]);
            at += scan;
        }
    }
}

/// Coded pixels go on until a marker that is neither a stuffed byte nor a restart.
fn scan_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff))
}

/// Chunks (W3C PNG §5) that say what the pixels are and how they look.
fn png(bytes: &[u8], turn: Orientation) -> Option<Vec<u8>> {
    const SIGNATURE: usize = 8;
    const KEPT: [&[u8]; 12] =
        [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP", b"pHYs"];
    let mut clean = bytes.get(..SIGNATURE)?.to_vec();
    let mut at = SIGNATURE;
    loop {
        let length = usize::try_from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()?;
        let kind = bytes.get(at + 4..at + 8)?;
        // Length, kind, the data, a checksum.
        let end = at.checked_add(length)?.checked_add(12)?;
        let chunk = bytes.get(at..end)?;
        if KEPT.contains(&kind) {
            clean.extend_from_slice(chunk);
        }
        if kind == b"IHDR" && turn != Orientation::NoTransforms {
            let exif = exif(turn);
            let mut checked = flate2::Crc::new();
            checked.update(b"eXIf");
            checked.update(&exif);
            clean.extend_from_slice(&u32::try_from(exif.len()).ok()?.to_be_bytes());
            clean.extend_from_slice(b"eXIf");
            clean.extend_from_slice(&exif);
            clean.extend_from_slice(&checked.sum().to_be_bytes());
        }
        if kind == b"IEND" {
            return Some(clean);
        }
        at = end;
    }
}

/// Chunks of the RIFF container (RFC 9649).
fn webp(bytes: &[u8], turn: Orientation) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    const KEPT: [&[u8]; 5] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"];
    /// What the extended header says of chunks that go: Exif and XMP.
    const EXIF_FLAG: u8 = 0x08;
    const XMP_FLAG: u8 = 0x04;
    let size = usize::try_from(u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?)).ok()?;
    let bytes = bytes.get(..size.checked_add(8)?)?;
    let is_turned = turn != Orientation::NoTransforms;
    let mut clean = bytes.get(..HEADER)?.to_vec();
    let mut at = HEADER;
    while at < bytes.len() {
        let kind = bytes.get(at..at + 4)?;
        let length = usize::try_from(u32::from_le_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?)).ok()?;
        let end = at.checked_add(8)?.checked_add(length)?;
        let chunk = bytes.get(at..end)?;
        if KEPT.contains(&kind) {
            let start = clean.len();
            clean.extend_from_slice(chunk);
            if kind == b"VP8X" {
                let flags = clean.get_mut(start + 8)?;
                *flags &= !(EXIF_FLAG | XMP_FLAG);
                *flags |= if is_turned { EXIF_FLAG } else { 0 };
            }
            // Chunks begin at even places.
            clean.resize(clean.len() + length % 2, 0);
        }
        at = end + length % 2;
    }
    if is_turned {
        let exif = exif(turn);
        clean.extend_from_slice(b"EXIF");
        clean.extend_from_slice(&u32::try_from(exif.len()).ok()?.to_le_bytes());
        clean.extend_from_slice(&exif);
    }
    let size = u32::try_from(clean.len() - 8).ok()?;
    clean.get_mut(4..8)?.copy_from_slice(&size.to_le_bytes());
    Some(clean)
}

fn as_png(bytes: &[u8], format: Format) -> Option<Vec<u8>> {
    let picture = decode_whole(bytes, format).ok()?;
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}
