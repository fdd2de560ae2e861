//! Writes photographs of 24 megapixels as a camera would, for measuring: `photographs FOLDER COUNT`.

use std::{error::Error, path::Path};

use jpeg_encoder::{ColorType, Encoder};

const WIDTH: u16 = 6000;
const HEIGHT: u16 = 4000;
/// As cameras write them.
const QUALITY: u8 = 90;

/// A sky, hills and grain: smooth parts and fine ones, as in a landscape.
fn landscape(number: u32) -> Vec<u8> {
    let mut grain = 0x9e37_79b9_u32.wrapping_mul(number + 1);
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT) * 3);
    for y in 0..u32::from(HEIGHT) {
        for x in 0..u32::from(WIDTH) {
            grain ^= grain << 13;
            grain ^= grain >> 17;
            grain ^= grain << 5;
            let noise = grain % 12;
            let hill = 1800 + (x * (number + 3) / 7) % 900;
            let (red, green, blue) =
                if y < hill { (90 + y / 24, 120 + y / 30, 200) } else { (60, 90 + (x ^ y) % 50, 40) };
            pixels.extend([red, green, blue].map(|part| u8::try_from((part + noise).min(255)).unwrap_or(u8::MAX)));
        }
    }
    pixels
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [folder, count] = arguments.as_slice() else { return Err("photographs FOLDER COUNT".into()) };
    for number in 0..count.parse::<u32>()? {
        let path = Path::new(folder).join(format!("photograph-{number}.jpg"));
        Encoder::new_file(path, QUALITY)?.encode(&landscape(number), WIDTH, HEIGHT, ColorType::Rgb)?;
    }
    Ok(())
}
