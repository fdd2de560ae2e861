//! From bytes to pixels: limits first, then no more pixels than are needed, upright, in the colours of the web.

use std::io::Cursor;

use image::{
    AnimationDecoder as _, DynamicImage, ImageBuffer, ImageDecoder, RgbaImage,
    codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};
use jpeg_decoder::{CodingProcess, PixelFormat};
use moxcms::{ColorProfile, Layout, TransformOptions};

use super::{
    Facts, Format, MOST_DECODED_BYTES, MOST_JPEG_PIXELS, MOST_PROGRESSIVE_PIXELS, PictureError, Recognized, recognize,
};

/// What is known from the headers. Nothing is decoded before the limits are held.
pub fn inspect(bytes: &[u8]) -> Result<Facts, PictureError> {
    let Some(Recognized::Picture(format)) = recognize(bytes) else { return Err(PictureError::UnknownFormat) };
    let header = header(bytes, format)?;
    let (width, height) =
        if is_sideways(header.turn) { (header.height, header.width) } else { (header.width, header.height) };
    Ok(Facts { format, width, height })
}

/// How the picture has to be turned to be seen as it was taken.
pub(super) fn turn(bytes: &[u8], format: Format) -> Result<Orientation, PictureError> {
    header(bytes, format).map(|header| header.turn)
}

/// The picture upright, in sRGB, as wide as is wanted (or up to twice that, where it could not be decoded smaller).
pub(super) fn decode_for_pages(bytes: &[u8], most_width: u32) -> Result<DynamicImage, PictureError> {
    let Some(Recognized::Picture(format)) = recognize(bytes) else { return Err(PictureError::UnknownFormat) };
    let header = header(bytes, format)?;
    let mut picture = if format == Format::Jpeg {
        decode_jpeg_reduced(bytes, &header, most_width)?
    } else {
        decode_whole(bytes, format)?
    };
    if let Some(profile) = &header.profile {
        to_web_colours(&mut picture, profile);
    }
    picture.apply_orientation(header.turn);
    Ok(picture)
}

/// What stands before the pixels; as they are stored, not as they are seen.
struct Header {
    width: u32,
    height: u32,
    /// Pixels of the largest that is taken of its kind.
    most: u64,
    turn: Orientation,
    profile: Option<Vec<u8>>,
}

fn header(bytes: &[u8], format: Format) -> Result<Header, PictureError> {
    let header = match format {
        Format::Jpeg => jpeg_header(bytes)?,
        Format::Png => of(&mut PngDecoder::new(Cursor::new(bytes)).map_err(damaged)?),
        Format::Gif => of(&mut GifDecoder::new(Cursor::new(bytes)).map_err(damaged)?),
        Format::Webp => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
            if decoder.has_animation() {
                return Err(PictureError::Animated);
            }
            of(&mut decoder)
        }
        Format::Avif => return Err(PictureError::UnknownFormat),
    };
    let Header { width, height, most, .. } = header;
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged("it has no pixels".to_owned()));
    }
    if u64::from(width) * u64::from(height) > most {
        return Err(PictureError::TooManyPixels { width, height, most });
    }
    if format == Format::Gif {
        refuse_second_frame(bytes)?;
    }
    Ok(header)
}

fn of(decoder: &mut impl ImageDecoder) -> Header {
    let (width, height) = decoder.dimensions();
    // A profile or a turn that cannot be read is one that is not there.
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().unwrap_or_default();
    let most = MOST_DECODED_BYTES / u64::from(decoder.color_type().bytes_per_pixel());
    Header { width, height, most, turn, profile }
}

fn refuse_second_frame(bytes: &[u8]) -> Result<(), PictureError> {
    let frames = GifDecoder::new(Cursor::new(bytes)).map_err(damaged)?.into_frames();
    if frames.take(2).flatten().count() > 1 { Err(PictureError::Animated) } else { Ok(()) }
}

fn jpeg_header(bytes: &[u8]) -> Result<Header, PictureError> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.read_info().map_err(damaged)?;
    let Some(info) = decoder.info() else { return Err(PictureError::Damaged("it has no header".to_owned())) };
    let turn = decoder.exif_data().and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms);
    // The profile of a print describes inks; what is made of it here is not ink any more.
    let profile = (info.pixel_format == PixelFormat::RGB24).then(|| decoder.icc_profile()).flatten();
    let is_progressive = info.coding_process == CodingProcess::DctProgressive;
    let most = if is_progressive { MOST_PROGRESSIVE_PIXELS } else { MOST_JPEG_PIXELS };
    Ok(Header { width: u32::from(info.width), height: u32::from(info.height), most, turn, profile })
}

fn is_sideways(turn: Orientation) -> bool {
    matches!(
        turn,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

/// The decoder leaves out what a picture of that size cannot show: an eighth takes a sixty-fourth of the memory.
fn decode_jpeg_reduced(bytes: &[u8], header: &Header, most_width: u32) -> Result<DynamicImage, PictureError> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.read_info().map_err(damaged)?;
    let seen_width = if is_sideways(header.turn) { header.height } else { header.width };
    let wanted = seen_width.min(most_width);
    let part = |side: u32| {
        let reduced = (u64::from(side) * u64::from(wanted)).div_ceil(u64::from(seen_width));
        u16::try_from(reduced).unwrap_or(u16::MAX)
    };
    let (width, height) = decoder.scale(part(header.width), part(header.height)).map_err(damaged)?;
    let (width, height) = (u32::from(width), u32::from(height));
    let pixels = decoder.decode().map_err(damaged)?;
    let Some(info) = decoder.info() else { return Err(PictureError::Damaged("it has no header".to_owned())) };
    let pixels = match info.pixel_format {
        PixelFormat::RGB24 => pixels,
        PixelFormat::L8 => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        // The more significant byte is all that a screen shows.
        PixelFormat::L16 => pixels
            .chunks_exact(2)
            .flat_map(|pair| [u16::from_ne_bytes([pair[0], pair[1]]).to_be_bytes()[0]; 3])
            .collect(),
        PixelFormat::CMYK32 => {
            pixels.chunks_exact(4).flat_map(|inks| from_inks([inks[0], inks[1], inks[2], inks[3]])).collect()
        }
    };
    let picture = ImageBuffer::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8);
    picture.ok_or_else(|| PictureError::Damaged("it has fewer pixels than it says".to_owned()))
}

/// Cyan, magenta, yellow and black on white paper, as a screen shows them without knowing the inks.
fn from_inks([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| {
        let light = (255 - u16::from(ink)) * (255 - u16::from(black)) / 255;
        u8::try_from(light).unwrap_or(u8::MAX)
    })
}

/// All pixels, with 3 or 4 bytes each.
pub(super) fn decode_whole(bytes: &[u8], format: Format) -> Result<DynamicImage, PictureError> {
    let cursor = Cursor::new(bytes);
    let decoded = match format {
        Format::Png => DynamicImage::from_decoder(PngDecoder::new(cursor).map_err(damaged)?),
        Format::Gif => DynamicImage::from_decoder(GifDecoder::new(cursor).map_err(damaged)?),
        Format::Webp => DynamicImage::from_decoder(WebPDecoder::new(cursor).map_err(damaged)?),
        Format::Jpeg | Format::Avif => return Err(PictureError::UnknownFormat),
    };
    let picture = decoded.map_err(damaged)?;
    Ok(match picture {
        clear if has_clear_parts(&clear) => clear.into_rgba8().into(),
        DynamicImage::ImageRgba8(pixels) => without_alpha(pixels)?,
        other => other.into_rgb8().into(),
    })
}

/// In its own memory: a second copy of a large picture is what a small machine does not have.
fn without_alpha(pixels: RgbaImage) -> Result<DynamicImage, PictureError> {
    let (width, height) = pixels.dimensions();
    let mut bytes = pixels.into_raw();
    let count = bytes.len() / 4;
    for pixel in 0..count {
        bytes.copy_within(pixel * 4..pixel * 4 + 3, pixel * 3);
    }
    bytes.truncate(count * 3);
    let picture = ImageBuffer::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8);
    picture.ok_or_else(|| PictureError::Damaged("it has fewer pixels than it says".to_owned()))
}

/// Many pictures could have transparent parts and have none: without them they take a quarter less everywhere.
fn has_clear_parts(picture: &DynamicImage) -> bool {
    match picture {
        DynamicImage::ImageRgba8(pixels) => pixels.pixels().any(|pixel| pixel.0[3] != u8::MAX),
        other => other.color().has_alpha(),
    }
}

/// A profile that is not understood leaves the colours as they are, which is what browsers do.
fn to_web_colours(picture: &mut DynamicImage, profile: &[u8]) {
    let Ok(from) = ColorProfile::new_from_slice(profile) else { return };
    let web = ColorProfile::new_srgb();
    match picture {
        DynamicImage::ImageRgb8(pixels) => transform(&from, &web, Layout::Rgb, pixels.as_mut()),
        DynamicImage::ImageRgba8(pixels) => transform(&from, &web, Layout::Rgba, pixels.as_mut()),
        _ => {}
    }
}

/// Some rows at a time: a second copy of all pixels would double the memory.
fn transform(from: &ColorProfile, web: &ColorProfile, layout: Layout, pixels: &mut [u8]) {
    /// A multiple of 3 and of 4 bytes.
    const AT_A_TIME: usize = 12 * 4096;
    let Ok(transform) = from.create_transform_8bit(layout, web, layout, TransformOptions::default()) else { return };
    let mut changed = vec![0; AT_A_TIME];
    for part in pixels.chunks_mut(AT_A_TIME) {
        let changed = &mut changed[..part.len()];
        if transform.transform(part, changed).is_ok() {
            part.copy_from_slice(changed);
        }
    }
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}
