//! One picture of a folder: its size and kind without decoding it, and its values as they are shown everywhere.

use super::error::DataError;
use super::ordinary;
use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, ImageDecoder, ImageFormat, ImageReader};
use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

/// Most bytes of a decoded picture, and of its file.
const MOST_BYTES: u64 = 1 << 29;

/// What is known of a picture before it is decoded.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    /// Width and height as it is shown.
    pub(crate) size: (u32, u32),
    pub(crate) colour: bool,
    /// More than eight bits a channel.
    pub(crate) deep: bool,
    /// How its EXIF data say that it is to be turned.
    pub(crate) orientation: Orientation,
    /// Name of the format, by what is in the file.
    pub(crate) format: &'static str,
    /// Whether other pictures follow the first in the file, of formats that need not say so in their name.
    pub(crate) has_more: bool,
}

/// Whether the name ends like a picture that can be read.
pub(crate) fn is_image(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let known =
        ["png", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "dib", "tif", "tiff", "gif", "pbm", "pgm", "ppm", "pnm"];
    extension.is_some_and(|extension| known.contains(&extension.as_str()))
}

fn unreadable(path: &Path) -> impl Fn(image::ImageError) -> DataError {
    move |error| DataError::format(path, "a picture", error.to_string())
}

/// Reads what stands before the pixels.
///
/// # Errors
/// When it is no ordinary file or no picture of 8 or 16 bits a channel.
pub(crate) fn header(path: &Path) -> Result<Header, DataError> {
    let mut file = BufReader::new(ordinary::open(path)?);
    let (of_png, animated) = png_chunks(&mut file).map_err(DataError::io(path))?;
    file.rewind().map_err(DataError::io(path))?;
    let has_more = animated || has_more(&mut file).map_err(DataError::io(path))?;
    file.rewind().map_err(DataError::io(path))?;
    let reader = ImageReader::new(file).with_guessed_format().map_err(DataError::io(path))?;
    let format = match reader.format() {
        Some(ImageFormat::Jpeg) => "jpeg",
        Some(ImageFormat::WebP) => "webp",
        Some(ImageFormat::Bmp) => "bmp",
        Some(ImageFormat::Tiff) => "tiff",
        Some(ImageFormat::Gif) => "gif",
        Some(ImageFormat::Pnm) => "pnm",
        _ => "png",
    };
    let mut decoder = reader.into_decoder().map_err(unreadable(path))?;
    let orientation = match of_png {
        Some(orientation) => orientation,
        None => decoder.orientation().map_err(unreadable(path))?,
    };
    let kind = decoder.color_type();
    let bytes = u16::from(kind.bytes_per_pixel()) / u16::from(kind.channel_count()).max(1);
    if bytes > 2 {
        return Err(DataError::format(
            path,
            "a picture of 8 or 16 bits a channel",
            format!("one of {} bits", 8 * bytes),
        ));
    }
    if decoder.total_bytes() > MOST_BYTES {
        let found = format!("one of {}x{} pixels", decoder.dimensions().0, decoder.dimensions().1);
        return Err(DataError::format(path, format!("a picture of at most {MOST_BYTES} bytes"), found));
    }
    let (width, height) = decoder.dimensions();
    let turned = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let size = if turned { (height, width) } else { (width, height) };
    Ok(Header { size, colour: kind.has_color(), deep: bytes == 2, orientation, format, has_more })
}

/// The picture (the first of several) turned as it is shown, on white where it is transparent; and whether it was.
///
/// # Errors
/// When any of it is missing or damaged.
pub(crate) fn decode(path: &Path, orientation: Orientation) -> Result<(DynamicImage, bool), DataError> {
    let mut bytes = Vec::new();
    ordinary::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(DataError::io(path))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(DataError::format(path, format!("a picture of at most {MOST_BYTES} bytes"), "a larger file"));
    }
    if bytes.starts_with(&[0xff, 0xd8]) && !jpeg_is_whole(&bytes) {
        // The decoder paints what is missing grey.
        return Err(DataError::format(path, "a whole JPEG picture", "a file that ends before the picture does"));
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(DataError::io(path))?;
    let mut image = reader.decode().map_err(unreadable(path))?;
    image.apply_orientation(orientation);
    Ok(on_white(image))
}

/// Whether the marker that ends a JPEG picture comes after its pixels. What lies behind it does not matter.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    let mut in_scan = false;
    while let Some([marker, kind]) = bytes.get(at..at + 2) {
        match (marker, kind) {
            (0xff, 0xd9) => return in_scan,
            // Fill bytes, stuffed bytes and restarts.
            (0xff, 0xff) => at += 1,
            (0xff, 0x00 | 0x01 | 0xd0..=0xd7) => at += 2,
            (0xff, kind) => {
                let Some([high, low]) = bytes.get(at + 2..at + 4) else { return false };
                in_scan |= *kind == 0xda;
                at += 2 + usize::from(u16::from_be_bytes([*high, *low])).max(2);
            }
            _ => at += 1,
        }
    }
    false
}

/// Whether a TIFF file has a second page, or a WebP file frames.
fn has_more(file: &mut (impl BufRead + Seek)) -> std::io::Result<bool> {
    let mut start = Vec::new();
    file.by_ref().take(21).read_to_end(&mut start)?;
    let little = match start.as_slice() {
        [b'R', b'I', b'F', b'F', .., flags] if start.len() == 21 && start[8..].starts_with(b"WEBPVP8X") => {
            return Ok(flags & 2 != 0);
        }
        [b'I', b'I', 42, 0, ..] => true,
        [b'M', b'M', 0, 42, ..] => false,
        _ => return Ok(false),
    };
    // The first directory: how many entries of 12 bytes, the entries, and where the next one is.
    let mut number = |at: u64, bytes: usize| -> std::io::Result<Option<u64>> {
        let mut read = Vec::new();
        file.seek(SeekFrom::Start(at))?;
        file.by_ref().take(bytes as u64).read_to_end(&mut read)?;
        let digit = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        let value = if little { read.iter().rev().fold(0, digit) } else { read.iter().fold(0, digit) };
        Ok((read.len() == bytes).then_some(value))
    };
    let Some(directory) = number(4, 4)? else { return Ok(false) };
    let Some(entries) = number(directory, 2)? else { return Ok(false) };
    let next = number(directory + 2 + 12 * entries, 4)?;
    Ok(next.is_some_and(|next| next != 0))
}

/// The orientation in the eXIf chunk of a PNG file, which the decoder passes over, and whether it is animated.
fn png_chunks(file: &mut (impl BufRead + Seek)) -> std::io::Result<(Option<Orientation>, bool)> {
    let mut start = Vec::new();
    file.by_ref().take(8).read_to_end(&mut start)?;
    let (mut orientation, mut animated) = (None, false);
    if start != b"\x89PNG\r\n\x1a\n" {
        return Ok((orientation, animated));
    }
    let mut chunk = [0; 8];
    while file.read_exact(&mut chunk).is_ok() {
        let length = u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
        match &chunk[4..] {
            b"eXIf" => {
                let mut exif = Vec::new();
                file.by_ref().take(u64::from(length.min(1 << 16))).read_to_end(&mut exif)?;
                orientation = exif_orientation(&exif);
                file.seek(SeekFrom::Current(i64::from(length) - exif.len() as i64 + 4))?;
            }
            b"IEND" => break,
            kind => {
                animated |= kind == b"acTL";
                file.seek(SeekFrom::Current(i64::from(length) + 4))?;
            }
        }
    }
    Ok((orientation, animated))
}

/// The value of tag 0x0112 of the first directory.
fn exif_orientation(exif: &[u8]) -> Option<Orientation> {
    let little = match exif.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let (first, second) = (usize::from(short(4)?), usize::from(short(6)?));
    let directory = if little { first | second << 16 } else { first << 16 | second };
    let entries = usize::from(short(directory)?);
    let entry = (0..entries).map(|i| directory + 2 + 12 * i).find(|at| short(*at) == Some(0x0112))?;
    Orientation::from_exif(u8::try_from(short(entry + 8)?).ok()?)
}

/// Transparent parts become white; the picture is grey where it was.
fn on_white(image: DynamicImage) -> (DynamicImage, bool) {
    if !image.color().has_alpha() {
        return (image, false);
    }
    let mut transparent = false;
    let mut blend = |value: u32, alpha: u32, full: u32| {
        transparent |= alpha < full;
        let (value, alpha, full) = (u64::from(value), u64::from(alpha), u64::from(full));
        (value * alpha + full * (full - alpha) + full / 2) / full
    };
    let image = match image {
        DynamicImage::ImageLumaA8(from) => {
            DynamicImage::ImageLuma8(ImageBuffer::from_fn(from.width(), from.height(), |x, y| {
                let [value, alpha] = from.get_pixel(x, y).0.map(u32::from);
                image::Luma([blend(value, alpha, 255) as u8])
            }))
        }
        DynamicImage::ImageLumaA16(from) => {
            DynamicImage::ImageLuma16(ImageBuffer::from_fn(from.width(), from.height(), |x, y| {
                let [value, alpha] = from.get_pixel(x, y).0.map(u32::from);
                image::Luma([blend(value, alpha, 65_535) as u16])
            }))
        }
        DynamicImage::ImageRgba16(from) => {
            DynamicImage::ImageRgb16(ImageBuffer::from_fn(from.width(), from.height(), |x, y| {
                let [r, g, b, alpha] = from.get_pixel(x, y).0.map(u32::from);
                image::Rgb([r, g, b].map(|value| blend(value, alpha, 65_535) as u16))
            }))
        }
        other => {
            let from = other.into_rgba8();
            DynamicImage::ImageRgb8(ImageBuffer::from_fn(from.width(), from.height(), |x, y| {
                let [r, g, b, alpha] = from.get_pixel(x, y).0.map(u32::from);
                image::Rgb([r, g, b].map(|value| blend(value, alpha, 255) as u8))
            }))
        }
    };
    (image, transparent)
}
