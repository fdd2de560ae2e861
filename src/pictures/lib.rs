//! Pictures as bytes: what a file is, whether it can be taken, the same picture without what it tells about its maker, and
//! the smaller ones that pages show. Pure work on memory: nothing here knows a database, a folder or an organization.
//!
//! A photograph of 24 megapixels is worked off within the memory of a small machine: a JPEG is decoded at half, a quarter or
//! an eighth of its size right away, everything else is made from a raster of at most [`LARGEST_WIDTH`] pixels, and only one
//! smaller picture exists at a time. A server has it done in a process [`apart`].

pub mod apart;
mod cleaning;
mod decoding;
mod recognizing;
mod rendering;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use cleaning::cleaned;
pub use decoding::inspect;
pub use recognizing::{Format, HEAD, Recognized, recognize};
pub use rendering::{Focal, Pass, Rendition, render};

/// The widths that pages choose from, in pixels: from a small telephone to a large screen at double density.
pub const WIDTHS: [u32; 7] = [320, 480, 640, 828, 1200, 1600, LARGEST_WIDTH];
/// The widest picture that is made, in pixels.
pub const LARGEST_WIDTH: u32 = 2560;
/// Pixels of the largest JPEG that is taken: the largest sensors of cameras at hand have 60 million.
pub const MOST_JPEG_PIXELS: u64 = 64_000_000;
/// Pixels of the largest progressive JPEG: such a one needs 3 to 6 bytes each while it is read, whatever size is wanted.
pub const MOST_PROGRESSIVE_PIXELS: u64 = 24_000_000;
/// Bytes of the largest picture of any other format once it is decoded, which is done whole: 24 million pixels with 4 bytes
/// each, or half as many with 16 bits for each colour.
pub const MOST_DECODED_BYTES: u64 = 96_000_000;

/// What is known of a picture before it is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Facts {
    /// What it is.
    pub format: Format,
    /// Pixels from left to right, as people see it: after the turn that the camera noted.
    pub width: u32,
    /// Pixels from top to bottom, as people see it.
    pub height: u32,
}

/// Why a picture is not taken. The texts are for the person who chose the file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PictureError {
    /// Not one of the formats.
    #[error("This is no picture in a known format. JPEG, PNG, WebP and GIF are taken.")]
    UnknownFormat,
    /// More pixels than are taken.
    #[error("The picture has {width} × {height} pixels, that is more than {most} million. Save it smaller.", most = most / 1_000_000)]
    TooManyPixels {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
        /// How many are taken of its format.
        most: u64,
    },
    /// More than one frame.
    #[error("The picture moves. Only pictures that stand still are taken; a video or the first frame may do.")]
    Animated,
    /// The file ends early or is not what it says.
    #[error("The file is damaged and cannot be shown as a picture ({0}). Export it again.")]
    Damaged(String),
    /// A smaller picture could not be written.
    #[error("A smaller size of the picture could not be made ({0}).")]
    NotMade(String),
}
