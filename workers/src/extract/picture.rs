//! Pictures: a small one that lists and messages can show.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, Rgb, RgbImage};

use super::Text;

/// The longer side of a small picture, in pixels.
const SIDE: u32 = 320;
const QUALITY: u8 = 80;
/// The largest picture that is unpacked: pixels of a side, and bytes of all of it.
const LARGEST: u32 = 16_000;
const MEMORY: u64 = 512 << 20;

pub(super) fn read(bytes: &[u8]) -> Text {
    Text { thumbnail: thumbnail(bytes), ..Text::default() }
}

/// A JPEG of the picture, the right way up and on white; nothing where it is no picture that we know, or too large.
fn thumbnail(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut whole = DynamicImage::from_decoder(decoder).ok()?;
    let small = whole.width() <= SIDE && whole.height() <= SIDE;
    if !small {
        whole = whole.thumbnail(SIDE, SIDE);
    }
    whole.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&on_white(&whole)).ok()?;
    Some(jpeg)
}

/// JPEG knows nothing that can be seen through.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let seen = picture.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [r, g, b, a] = seen.get_pixel(x, y).0;
        let over = |c: u8| (u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a))) / 255;
        Rgb([r, g, b].map(|c| u8::try_from(over(c)).unwrap_or(255)))
    })
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgba, RgbaImage};

    use super::*;

    fn packed(width: u32, height: u32, colour: [u8; 4], format: ImageFormat) -> Vec<u8> {
        let picture = RgbaImage::from_pixel(width, height, Rgba(colour));
        let picture = match format {
            ImageFormat::Jpeg => DynamicImage::from(DynamicImage::from(picture).to_rgb8()),
            _ => DynamicImage::from(picture),
        };
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_becomes_small_and_keeps_its_shape_and_colour() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let small = thumbnail(&packed(1200, 600, [200, 30, 30, 255], format)).unwrap();
            let seen = image::load_from_memory(&small).unwrap().to_rgb8();
            assert_eq!(seen.dimensions(), (320, 160), "{format:?}");
            let [r, g, b] = seen.get_pixel(160, 80).0;
            assert!(r > 180 && g < 60 && b < 60, "{format:?}: {r} {g} {b}");
        }
        let tiny = thumbnail(&packed(20, 10, [0, 0, 0, 0], ImageFormat::Png)).unwrap();
        let seen = image::load_from_memory(&tiny).unwrap().to_rgb8();
        assert_eq!(seen.dimensions(), (20, 10), "nothing is made larger");
        assert!(seen.get_pixel(5, 5).0.iter().all(|c| *c > 250), "what can be seen through is white");
    }

    #[test]
    fn what_is_no_picture_or_too_large_has_none() {
        assert_eq!(thumbnail(b"just text"), None);
        assert_eq!(thumbnail(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01"), None);
        // Says that it is 60,000 pixels wide and high.
        let mut bomb = packed(1, 1, [0, 0, 0, 255], ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert_eq!(thumbnail(&bomb), None);
    }
}
