use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};
use jpeg_encoder::{ColorType, Encoder};

use super::*;

/// Red on the left, blue on the right, with some structure and some noise, as a photograph has them.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let grain = u8::try_from((x / 3 + y / 5 + x * y % 7) % 61).unwrap();
        if x < width / 2 { image::Rgb([190 + grain, grain, 10]) } else { image::Rgb([10, grain, 190 + grain]) }
    })
}

/// Exif with a turn and a place, as a telephone writes it.
fn exif_of_a_telephone(turn: u8) -> Vec<u8> {
    let mut text = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
    text.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, turn, 0, 0, 0, 0, 0, 0, 0]);
    text.extend_from_slice(b"GPS 46.62N 8.04E, Anna's telephone");
    text
}

fn jpeg(pixels: &RgbImage, change: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    change(&mut encoder);
    let side = |side: u32| u16::try_from(side).unwrap();
    encoder.encode(pixels, side(pixels.width()), side(pixels.height()), ColorType::Rgb).unwrap();
    bytes
}

fn telephone_photo(turn: u8) -> Vec<u8> {
    let mut photo = jpeg(&halves(400, 300), |encoder| {
        encoder.add_app_segment(1, exif_of_a_telephone(turn)).unwrap();
        encoder.add_app_segment(1, b"http://ns.adobe.com/xap/1.0/\0Anna".to_vec()).unwrap();
        encoder.add_app_segment(13, b"Photoshop 3.0\0Anna".to_vec()).unwrap();
        encoder.set_progressive(true);
    });
    // A second picture or a film, as telephones put it behind the first.
    photo.extend_from_slice(b"\xff\xd8\xff\xe1 GPS of the second one");
    photo
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    written(picture, ImageFormat::Png)
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn all(bytes: &[u8], focal: Focal, passes: &[Pass]) -> Vec<Rendition> {
    let mut made = Vec::new();
    for pass in passes {
        render(bytes, focal, *pass, &mut |rendition| -> Result<(), PictureError> {
            made.push(rendition);
            Ok(())
        })
        .unwrap();
    }
    made
}

const BOTH: [Pass; 2] = [Pass::Quick, Pass::Avif];

fn names(made: &[Rendition]) -> Vec<&str> {
    made.iter().map(|rendition| rendition.name.as_str()).collect()
}

fn says(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn a_file_is_what_its_first_bytes_say() {
    use Recognized::{Avif, Heic, Pdf, Picture, Svg};
    let photo = telephone_photo(1);
    let cases: [(&[u8], Option<Recognized>); 11] = [
        (&photo, Some(Picture(Format::Jpeg))),
        (b"\x89PNG\r\n\x1a\n....", Some(Picture(Format::Png))),
        (b"GIF89a....", Some(Picture(Format::Gif))),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Picture(Format::Webp))),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", Some(Heic)),
        (b"\0\0\0\x18ftypmif1\0\0\0\0avifmif1", Some(Avif)),
        (b"%PDF-1.7", Some(Pdf)),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg xmlns=''>", Some(Svg)),
        (b"<svg onload='alert(1)'>", Some(Svg)),
        (b"<!DOCTYPE html><html>", None),
        (b"", None),
    ];
    for (bytes, expected) in cases {
        assert_eq!(recognize(bytes), expected, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
    }
}

#[test]
fn what_is_kept_of_a_photograph_tells_nothing_but_the_picture() {
    for turn in [1, 6] {
        let photo = telephone_photo(turn);
        let clean = cleaned(&photo).unwrap();
        for told in ["GPS", "Anna", "Photoshop"] {
            assert!(says(&photo, told) && !says(&clean, told), "turn {turn}: {told}");
        }
        assert_eq!(inspect(&clean).unwrap(), inspect(&photo).unwrap(), "turn {turn}");
        assert_eq!(cleaned(&clean).unwrap(), clean, "cleaning twice changes nothing");
        let pixels = |bytes: &[u8]| jpeg_decoder::Decoder::new(bytes).decode().unwrap();
        assert_eq!(pixels(&clean), pixels(&photo));
    }
}

#[test]
fn other_formats_lose_what_they_tell_as_well() {
    let picture = DynamicImage::from(halves(40, 30));
    let mut told = png(&picture);
    let end = told.len() - 12;
    let mut chunk = b"\0\0\0\x0ctEXtAuthor\0Anna!".to_vec();
    let mut sum = flate2::Crc::new();
    sum.update(&chunk[4..]);
    chunk.extend_from_slice(&sum.sum().to_be_bytes());
    told.splice(end..end, chunk);
    let clean = cleaned(&told).unwrap();
    assert!(says(&told, "Anna") && !says(&clean, "Anna"));
    assert_eq!(image::load_from_memory(&clean).unwrap(), picture);

    let mut told = webp::Encoder::from_rgb(&halves(40, 30), 40, 30).encode(80.0).to_vec();
    told.extend_from_slice(b"XMP \x04\0\0\0Anna");
    let size = u32::try_from(told.len() - 8).unwrap();
    told[4..8].copy_from_slice(&size.to_le_bytes());
    let clean = cleaned(&told).unwrap();
    assert!(says(&told, "Anna") && !says(&clean, "Anna"));
    assert_eq!(inspect(&clean).unwrap(), Facts { format: Format::Webp, width: 40, height: 30 });

    let gif = written(&picture, ImageFormat::Gif);
    assert_eq!(inspect(&cleaned(&gif).unwrap()).unwrap(), Facts { format: Format::Png, width: 40, height: 30 });
}

#[test]
fn a_photograph_taken_upright_is_shown_upright() {
    let photo = cleaned(&telephone_photo(6)).unwrap();
    assert_eq!(inspect(&photo).unwrap(), Facts { format: Format::Jpeg, width: 300, height: 400 });
    let made = all(&photo, Focal::default(), &[Pass::Quick]);
    let own = made.iter().find(|rendition| rendition.name == "w300.jpg").unwrap();
    assert_eq!((own.width, own.height), (300, 400));
    let pixels = jpeg_decoder::Decoder::new(own.bytes.as_slice()).decode().unwrap();
    // What was left is on top after a turn to the right: red.
    assert!(pixels[300 * 3 * 20] > 150 && pixels[pixels.len() - 300 * 3 * 20] < 100);
}

#[test]
fn a_picture_is_offered_in_the_listed_widths_up_to_its_own() {
    let photo = cleaned(&jpeg(&halves(760, 380), |_| ())).unwrap();
    let made = all(&photo, Focal::default(), &BOTH);
    let wide = |format: &str| [320, 480, 640, 760].map(|width| format!("w{width}.{format}"));
    let mut expected = ["social.jpg", "square.webp", "square.jpg"].map(str::to_owned).to_vec();
    expected.extend(["jpg", "webp", "avif"].iter().flat_map(|format| wide(format)));
    assert_eq!(names(&made), expected);
    for rendition in &made {
        assert!(rendition.bytes.len() < photo.len() || !rendition.name.starts_with('w'), "{}", rendition.name);
        if rendition.name.starts_with('w') {
            assert_eq!(rendition.height, rendition.width / 2, "{}", rendition.name);
        }
    }
    let sizes: Vec<_> = made.iter().filter(|one| one.width == 640).map(|one| one.bytes.len()).collect();
    assert!(sizes[2] < sizes[0], "AVIF saves nothing: {sizes:?}");
}

#[test]
fn a_webp_never_becomes_larger() {
    let source = webp::Encoder::from_rgb(&halves(420, 240), 420, 240).encode(40.0).to_vec();
    let made = all(&cleaned(&source).unwrap(), Focal::default(), &BOTH);
    let wide: Vec<_> = made.iter().filter(|rendition| rendition.name.starts_with('w')).collect();
    assert!(!wide.is_empty());
    for rendition in wide {
        assert!(matches!(rendition.format, Format::Webp | Format::Avif), "{}", rendition.name);
        assert!(rendition.bytes.len() < source.len(), "{}", rendition.name);
    }
}

#[test]
fn transparent_parts_stay_and_are_white_on_a_card() {
    let clear = RgbaImage::from_fn(600, 400, |x, y| {
        image::Rgba([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 9, if x < 300 { 0 } else { 255 }])
    });
    let made = all(&cleaned(&png(&clear.into())).unwrap(), Focal { x: 0.0, y: 0.5 }, &[Pass::Quick]);
    let find = |name: &str| &made.iter().find(|rendition| rendition.name == name).unwrap().bytes;
    assert_eq!(image::load_from_memory(find("w320.png")).unwrap().into_rgba8().get_pixel(10, 10).0[3], 0);
    assert_eq!(image::load_from_memory(find("w320.webp")).unwrap().into_rgba8().get_pixel(10, 10).0[3], 0);
    let card = jpeg_decoder::Decoder::new(find("square.jpg").as_slice()).decode().unwrap();
    assert!(card[..3].iter().all(|part| *part > 250), "{:?}", &card[..3]);
}

#[test]
fn a_crop_keeps_the_point_that_matters() {
    let photo = cleaned(&jpeg(&halves(1200, 400), |_| ())).unwrap();
    for (x, red, blue) in [(0.0, true, false), (1.0, false, true), (0.5, true, true)] {
        let made = all(&photo, Focal { x, y: 0.5 }, &[Pass::Crops]);
        assert_eq!(names(&made), ["social.jpg", "square.webp", "square.jpg"]);
        let pixels = jpeg_decoder::Decoder::new(made[2].bytes.as_slice()).decode().unwrap();
        let row = &pixels[..480 * 3];
        assert_eq!((row[3 * 5] > 150, row[3 * 475 + 2] > 150), (red, blue), "focal point at {x}");
    }
}

#[test]
fn colours_of_a_wide_screen_are_brought_to_those_of_the_web() {
    let orange = RgbImage::from_pixel(64, 64, image::Rgb([230, 120, 40]));
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let photo = jpeg(&orange, |encoder| encoder.add_icc_profile(&profile).map(drop).unwrap());
    let kept = cleaned(&photo).unwrap();
    assert!(says(&kept, "ICC_PROFILE"));
    let shown = decoding::decode_for_pages(&kept, LARGEST_WIDTH).unwrap().into_rgb8().get_pixel(30, 30).0;
    // The same light needs more of sRGB's red and less of its green and blue.
    assert!(shown[0] > 236 && shown[1] < 119 && shown[2] < 36, "{shown:?}");
}

#[test]
fn what_cannot_be_shown_is_refused_with_a_reason_and_before_it_is_decoded() {
    let mut bomb = png(&DynamicImage::from(halves(8, 8)));
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(&bomb[12..29]);
    let sum = sum.sum().to_be_bytes();
    bomb[29..33].copy_from_slice(&sum);
    assert!(matches!(inspect(&bomb), Err(PictureError::TooManyPixels { width: 60_000, .. })), "{:?}", inspect(&bomb));

    let mut film = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut film);
        for _ in 0..2 {
            encoder.encode_frame(image::Frame::new(RgbaImage::new(8, 8))).unwrap();
        }
    }
    assert_eq!(inspect(&film), Err(PictureError::Animated));
    assert_eq!(inspect(b"GIF89 is what it says"), Err(PictureError::UnknownFormat));

    let photo = telephone_photo(1);
    for length in [3, 20, 200, 1000, photo.len() / 2] {
        let cut = &photo[..length];
        let outcome = cleaned(cut).and_then(|clean| {
            let mut nothing = |_| Ok::<_, PictureError>(());
            render(&clean, Focal::default(), Pass::Quick, &mut nothing)
        });
        assert!(matches!(outcome, Err(PictureError::Damaged(_))), "{length} bytes: {outcome:?}");
    }
}

#[test]
fn progressive_photographs_and_deep_colours_have_limits_of_their_own() {
    let mut progressive = jpeg(&halves(64, 64), |encoder| encoder.set_progressive(true));
    // SOF2 (ITU-T T.81 B.2.2): marker, length, precision, then height and width.
    let frame = progressive.windows(2).position(|pair| pair == [0xff, 0xc2]).unwrap();
    progressive[frame + 5..frame + 7].copy_from_slice(&6000_u16.to_be_bytes());
    progressive[frame + 7..frame + 9].copy_from_slice(&6000_u16.to_be_bytes());
    let refused = inspect(&progressive);
    assert!(matches!(refused, Err(PictureError::TooManyPixels { most: MOST_PROGRESSIVE_PIXELS, .. })), "{refused:?}");

    let deep = DynamicImage::ImageRgba16(image::ImageBuffer::new(4000, 3001));
    let refused = inspect(&png(&deep));
    assert!(matches!(refused, Err(PictureError::TooManyPixels { most: 12_000_000, .. })), "{refused:?}");
    let plain = DynamicImage::from(RgbaImage::from_pixel(50, 40, image::Rgba([9, 8, 7, 255])));
    assert_eq!(decoding::decode_whole(&png(&plain), Format::Png).unwrap(), DynamicImage::from(plain.into_rgb8()));
}

#[test]
fn work_apart_tells_the_same_as_work_here() {
    use apart::{Part, PartHead, Task, work};
    let told = |task: Task, bytes: &[u8]| {
        let mut output = Vec::new();
        work(task, &mut &*bytes, &mut output).unwrap();
        let mut parts = Vec::new();
        let mut rest = &output[..];
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
            let head: PartHead = serde_json::from_slice(&rest[..end]).unwrap();
            parts.push((head.part, rest[end + 1..end + 1 + head.size].to_vec()));
            rest = &rest[end + 1 + head.size..];
        }
        parts
    };
    let photo = telephone_photo(6);
    let parts = told(Task::Clean, &photo);
    let [(Part::Cleaned(facts), clean), (Part::Finished, _)] = &parts[..] else { panic!("{parts:?}") };
    assert_eq!((*facts, clean), (inspect(clean).unwrap(), &cleaned(&photo).unwrap()));
    assert_eq!((facts.width, facts.height), (300, 400));
    let parts = told(Task::Render { focal: Focal::default(), pass: Pass::Crops }, clean);
    let made: Vec<_> =
        parts.iter().filter(|(part, _)| matches!(part, Part::Made { .. })).map(|(_, bytes)| bytes).collect();
    let here = all(clean, Focal::default(), &[Pass::Crops]);
    assert_eq!(made, here.iter().map(|one| &one.bytes).collect::<Vec<_>>());
    let parts = told(Task::Clean, &photo[..200]);
    assert!(matches!(&parts[..], [(Part::Refused(PictureError::Damaged(_)), _)]), "{parts:?}");
}
