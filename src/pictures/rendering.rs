//! The smaller pictures that pages show: widths to choose from, and crops around the point that matters.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::DynamicImage;
use ravif::{Img, RGB8, RGBA8};
use serde::{Deserialize, Serialize};

use super::{Format, LARGEST_WIDTH, PictureError, Recognized, WIDTHS, decoding::decode_for_pages, recognize};

/// Of 100; at these the three look alike to people (measured by others with SSIMULACRA 2 on photographs).
const JPEG_QUALITY: u8 = 80;
const WEBP_QUALITY: f32 = 78.0;
const AVIF_QUALITY: f32 = 62.0;
/// From 1 (slow) to 10: on a small machine a large photograph must not take half a minute.
const AVIF_SPEED: u8 = 10;
/// The widest AVIF: its encoder holds some 50 bytes for each pixel. Wider screens get WebP.
const WIDEST_AVIF: u32 = 1600;
/// A source's own width is offered too where it is at least that much wider than the next listed one, in percent.
const WORTH_A_WIDTH_OF_ITS_OWN: u32 = 115;

/// A crop's name, width, height and formats: the card that networks show for a link (Open Graph; they read JPEG), and tiles.
const CROPS: [(&str, u32, u32, &[Format]); 2] =
    [("social", 1200, 630, &[Format::Jpeg]), ("square", 480, 480, &[Format::Webp, Format::Jpeg])];

/// The point of a picture that stays visible however it is cropped: parts of its width and height, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, utoipa::ToSchema)]
pub struct Focal {
    /// From left to right.
    pub x: f64,
    /// From top to bottom.
    pub y: f64,
}

impl Default for Focal {
    fn default() -> Self {
        Self { x: 0.5, y: 0.5 }
    }
}

/// A smaller picture.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// Unique within its source: `w640.avif`, `social.jpg`.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// How it is written.
    pub format: Format,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Which renditions are made at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// The crops, and the widths in formats that every browser shows: two seconds for a large photograph.
    Quick,
    /// The widths in AVIF: some seconds more.
    Avif,
    /// The crops alone, as after a change of the focal point.
    Crops,
}

/// Makes renditions of a picture that [`super::cleaned`] gave, one after the other. A width whose file would be larger than
/// the picture itself is left out.
pub fn render<E: From<PictureError>>(
    cleaned: &[u8],
    focal: Focal,
    pass: Pass,
    take: &mut dyn FnMut(Rendition) -> Result<(), E>,
) -> Result<(), E> {
    let source = Source::of(cleaned, if pass == Pass::Avif { WIDEST_AVIF } else { LARGEST_WIDTH })?;
    if pass != Pass::Avif {
        source.crops(focal, take)?;
    }
    let formats: &[Format] = match (pass, source.format) {
        (Pass::Crops, _) => &[],
        (Pass::Avif, _) => &[Format::Avif],
        (Pass::Quick, Format::Webp) => &[Format::Webp],
        (Pass::Quick, Format::Png | Format::Gif | Format::Avif) => &[Format::Png, Format::Webp],
        (Pass::Quick, Format::Jpeg) => &[Format::Jpeg, Format::Webp],
    };
    for format in formats {
        for width in widths(source.picture.width(), source.seen_width) {
            let smaller = source.resized(width)?;
            let bytes = encode(&smaller, *format)?;
            if bytes.len() < cleaned.len() {
                take(Rendition {
                    name: format!("w{width}.{}", format.extension()),
                    width,
                    height: smaller.height(),
                    format: *format,
                    bytes,
                })?;
            }
        }
    }
    Ok(())
}

struct Source {
    picture: DynamicImage,
    format: Format,
    /// As people see it, before it was decoded smaller.
    seen_width: u32,
}

impl Source {
    fn of(cleaned: &[u8], most_width: u32) -> Result<Self, PictureError> {
        let Some(Recognized::Picture(format)) = recognize(cleaned) else { return Err(PictureError::UnknownFormat) };
        let seen_width = super::inspect(cleaned)?.width;
        let mut source = Self { picture: decode_for_pages(cleaned, most_width)?, format, seen_width };
        if source.picture.width() > most_width {
            source.picture = source.resized(most_width)?;
        }
        Ok(source)
    }

    fn resized(&self, width: u32) -> Result<DynamicImage, PictureError> {
        let (own_width, own_height) = (u64::from(self.picture.width()), u64::from(self.picture.height()));
        let height = (own_height * u64::from(width) + own_width / 2) / own_width;
        let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
        resize(&self.picture, width, height, ResizeOptions::new())
    }

    fn crops<E: From<PictureError>>(
        &self,
        focal: Focal,
        take: &mut dyn FnMut(Rendition) -> Result<(), E>,
    ) -> Result<(), E> {
        for (name, width, height, formats) in CROPS {
            let (across, down) = (f64::from(self.picture.width()), f64::from(self.picture.height()));
            let scale = (across / f64::from(width)).min(down / f64::from(height));
            let (cut_width, cut_height) = (f64::from(width) * scale, f64::from(height) * scale);
            let left = (focal.x * across - cut_width / 2.0).clamp(0.0, (across - cut_width).max(0.0));
            let top = (focal.y * down - cut_height / 2.0).clamp(0.0, (down - cut_height).max(0.0));
            let options = ResizeOptions::new().crop(left, top, cut_width.min(across), cut_height.min(down));
            let cut = resize(&self.picture, width, height, options)?;
            for format in formats {
                let bytes = encode(&cut, *format)?;
                take(Rendition {
                    name: format!("{name}.{}", format.extension()),
                    width,
                    height,
                    format: *format,
                    bytes,
                })?;
            }
        }
        Ok(())
    }
}

/// The listed widths up to the source's own, and that one where none is near it. `decoded` is what there are pixels for.
fn widths(decoded: u32, seen: u32) -> Vec<u32> {
    let most = decoded.min(seen);
    let mut widths: Vec<_> = WIDTHS.into_iter().filter(|width| *width <= most).collect();
    let nearest = widths.last().copied().unwrap_or(1);
    if u64::from(most) * 100 >= u64::from(nearest) * u64::from(WORTH_A_WIDTH_OF_ITS_OWN) && most < LARGEST_WIDTH {
        widths.push(most);
    }
    widths
}

fn resize(
    picture: &DynamicImage,
    width: u32,
    height: u32,
    options: ResizeOptions,
) -> Result<DynamicImage, PictureError> {
    if picture.width() == width && picture.height() == height {
        return Ok(picture.clone());
    }
    let mut smaller = DynamicImage::new(width, height, picture.color());
    let options = options.resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(picture, &mut smaller, &options).map_err(not_made)?;
    Ok(smaller)
}

fn encode(picture: &DynamicImage, format: Format) -> Result<Vec<u8>, PictureError> {
    match format {
        Format::Jpeg => jpeg(picture),
        Format::Webp => webp(picture),
        Format::Avif => avif(picture),
        Format::Png | Format::Gif => {
            let mut bytes = std::io::Cursor::new(Vec::new());
            picture.write_to(&mut bytes, image::ImageFormat::Png).map_err(not_made)?;
            Ok(bytes.into_inner())
        }
    }
}

fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>, PictureError> {
    let on_white = on_white(picture);
    let side = |pixels: u32| u16::try_from(pixels).map_err(not_made);
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, JPEG_QUALITY);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    // What a slow line has loaded is shown at once, blurred, and gets sharp.
    encoder.set_progressive(true);
    encoder.set_optimized_huffman_tables(true);
    encoder.encode(&on_white, width, height, jpeg_encoder::ColorType::Rgb).map_err(not_made)?;
    Ok(bytes)
}

/// JPEG has no transparent parts.
fn on_white(picture: &DynamicImage) -> std::borrow::Cow<'_, [u8]> {
    match picture {
        DynamicImage::ImageRgb8(pixels) => pixels.as_raw().into(),
        other => {
            let pixels = other.to_rgba8();
            let blend = |colour: u8, alpha: u8| {
                let (colour, alpha) = (u16::from(colour), u16::from(alpha));
                u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
            };
            pixels
                .pixels()
                .flat_map(|pixel| [0, 1, 2].map(|part| blend(pixel.0[part], pixel.0[3])))
                .collect::<Vec<_>>()
                .into()
        }
    }
}

fn webp(picture: &DynamicImage) -> Result<Vec<u8>, PictureError> {
    let (width, height) = (picture.width(), picture.height());
    let encoded = match picture {
        DynamicImage::ImageRgb8(pixels) => {
            webp::Encoder::from_rgb(pixels, width, height).encode_simple(false, WEBP_QUALITY)
        }
        other => webp::Encoder::from_rgba(&other.to_rgba8(), width, height).encode_simple(false, WEBP_QUALITY),
    };
    encoded.map(|memory| memory.to_vec()).map_err(|error| PictureError::NotMade(format!("{error:?}")))
}

fn avif(picture: &DynamicImage) -> Result<Vec<u8>, PictureError> {
    let side = |pixels: u32| usize::try_from(pixels).map_err(not_made);
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    // One thread: more would each hold memory of their own, and the machine has guests to serve.
    let encoder = ravif::Encoder::new().with_quality(AVIF_QUALITY).with_speed(AVIF_SPEED).with_num_threads(Some(1));
    let encoded = match picture {
        DynamicImage::ImageRgb8(pixels) => {
            let pixels: Vec<_> = pixels.pixels().map(|pixel| RGB8::from(pixel.0)).collect();
            encoder.encode_rgb(Img::new(&pixels, width, height))
        }
        other => {
            let pixels: Vec<_> = other.to_rgba8().pixels().map(|pixel| RGBA8::from(pixel.0)).collect();
            encoder.encode_rgba(Img::new(&pixels, width, height))
        }
    };
    encoded.map(|encoded| encoded.avif_file).map_err(not_made)
}

fn not_made(error: impl std::fmt::Display) -> PictureError {
    PictureError::NotMade(error.to_string())
}
