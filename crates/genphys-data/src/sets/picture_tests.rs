//! Folders of pictures of the kinds that people met trouble with.

use super::reported_tests::{encoded, file, picture, raw, read, read_with};
use super::{DataShape, ReadOptions};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage};
use std::path::Path;
use tempfile::TempDir;

/// A TIFF file of grey pictures of one pixel, one a page, of either byte order.
fn pages(values: &[u8], little: bool) -> Vec<u8> {
    let number = |value: usize, bytes: usize| -> Vec<u8> {
        let mut digits = value.to_le_bytes()[..bytes].to_vec();
        if !little {
            digits.reverse();
        }
        digits
    };
    let mut file = [if little { b"II".to_vec() } else { b"MM".to_vec() }, number(42, 2), number(8, 4)].concat();
    for (page, value) in values.iter().enumerate() {
        let tags = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 0), (277, 1), (278, 1), (279, 1)];
        let end = file.len() + 2 + 12 * tags.len() + 4;
        file.extend(number(tags.len(), 2));
        for (tag, found) in tags {
            // LONG, or a SHORT at the beginning of the field. The pixel lies behind the directory.
            let (kind, width) = if tag == 273 || tag == 279 { (4, 4) } else { (3, 2) };
            let mut field = number(if tag == 273 { end } else { found }, width);
            field.resize(4, 0);
            file.extend([number(tag, 2), number(kind, 2), number(1, 4), field].concat());
        }
        file.extend(number(if page + 1 < values.len() { end + 2 } else { 0 }, 4));
        file.extend([*value, 0]);
    }
    file
}

/// A PNG file with a chunk that says how often it is played.
fn animated(png: &[u8]) -> Vec<u8> {
    let mut chunk = b"acTL\0\0\0\x01\0\0\0\0".to_vec();
    let mut sum = flate2::Crc::new();
    sum.update(&chunk);
    chunk.splice(0..0, 8u32.to_be_bytes());
    chunk.extend(sum.sum().to_be_bytes());
    [&png[..33], &chunk, &png[33..]].concat()
}

#[test]
fn pages_and_frames_behind_the_first_are_told() {
    for little in [true, false] {
        let folder = TempDir::new().unwrap();
        file(&folder, "one.tif", &pages(&[10], little));
        file(&folder, "three.tif", &pages(&[200, 20, 30], little));
        let data = read(folder.path()).unwrap();
        assert_eq!(raw(&data).iter().map(|value| value.round() as u8).collect::<Vec<_>>(), [10, 200]);
        let line = data.reading.line();
        assert!(line.contains("left out: what follows the first page or frame in 1 file"), "{line}");
    }
    let folder = TempDir::new().unwrap();
    let png = encoded(&DynamicImage::ImageRgb8(picture(8, 6, 3)), ImageFormat::Png);
    file(&folder, "a.png", &png);
    file(&folder, "b.png", &png);
    assert!(!read(folder.path()).unwrap().reading.line().contains("first page or frame"));
    file(&folder, "c.png", &animated(&png));
    assert!(read(folder.path()).unwrap().reading.line().contains("first page or frame in 1 file"));
}

#[test]
fn pictures_of_all_formats_are_read_and_the_rest_counted() {
    let folder = TempDir::new().unwrap();
    let formats = [
        ("a.png", ImageFormat::Png),
        ("b.webp", ImageFormat::WebP),
        ("c.bmp", ImageFormat::Bmp),
        ("d.tiff", ImageFormat::Tiff),
        ("e.gif", ImageFormat::Gif),
        ("f.jpg", ImageFormat::Jpeg),
        ("g.ppm", ImageFormat::Pnm),
    ];
    let shown = DynamicImage::ImageRgb8(picture(8, 6, 3));
    for (name, format) in formats {
        file(&folder, name, &encoded(&shown, format));
    }
    file(&folder, "h.heic", b"not read");
    file(&folder, "notes.txt", b"not a picture");
    let data = read(folder.path()).unwrap();
    assert_eq!((data.len(), &data.shape), (7, &DataShape::Image { height: 6, width: 8, channels: 3 }));
    for (image, (name, _)) in raw(&data).chunks(144).zip(formats) {
        let worst = image.iter().zip(&raw(&data)[..144]).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(
            worst
                < if name == "f.jpg" {
                    40.0
                } else if name == "e.gif" {
                    12.0
                } else {
                    0.01
                },
            "{name}: {worst}"
        );
    }
    let line = data.reading.line();
    assert!(line.contains("7 pictures (1 bmp, 1 gif, 1 jpeg, 1 png, 1 pnm, 1 tiff, 1 webp)"), "{line}");
    assert!(
        line.contains("first frame of 1 gif") && line.contains("2 files of other kinds (1 .heic, 1 .txt)"),
        "{line}"
    );
}

#[test]
fn sixteen_bits_are_kept() {
    let folder = TempDir::new().unwrap();
    let deep = |shift: u16| {
        let image = image::ImageBuffer::from_fn(4, 3, |x, y| Luma([(341 * (x + 4 * y) + 5) as u16 + shift]));
        encoded(&DynamicImage::ImageLuma16(image), ImageFormat::Png)
    };
    file(&folder, "a.png", &deep(0));
    file(&folder, "b.png", &deep(7));
    let data = read(folder.path()).unwrap();
    assert_eq!(raw(&data)[..3], [5.0, 346.0, 687.0]);
    assert_eq!(raw(&data)[12..14], [12.0, 353.0]);
    assert!(data.points[0] < -0.99 && data.points[23] > 0.99, "12 bits fill the range");
    assert!(data.reading.line().contains("2 of 16 bits"), "{}", data.reading.line());
    // Beside them those of 8 bits are scaled.
    file(
        &folder,
        "c.png",
        &encoded(&DynamicImage::ImageLuma8(GrayImage::from_pixel(4, 3, Luma([200]))), ImageFormat::Png),
    );
    let data = read(folder.path()).unwrap();
    assert!(raw(&data)[24..].iter().all(|value| (value - 200.0 * 257.0).abs() < 0.01));
    assert!(data.reading.line().contains("1 of 8 bits scaled to 16"), "{}", data.reading.line());
}

/// EXIF data that say how a picture is to be turned.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    exif
}

#[test]
fn pictures_are_turned_as_they_are_shown() {
    let folder = TempDir::new().unwrap();
    let shown = picture(8, 4, 0);
    let stored = DynamicImage::ImageRgb8(image::imageops::rotate270(&shown));
    // JPEG: a segment before the picture.
    let jpeg = encoded(&stored, ImageFormat::Jpeg);
    let segment = [b"Exif\0\0".to_vec(), exif(6)].concat();
    let marker = [&[0xff, 0xe1][..], &(segment.len() as u16 + 2).to_be_bytes()].concat();
    file(&folder, "a.jpg", &[&jpeg[..2], &marker, &segment, &jpeg[2..]].concat());
    // PNG: a chunk after the header.
    let png = encoded(&stored, ImageFormat::Png);
    let mut chunk = b"eXIf".to_vec();
    chunk.extend(exif(6));
    let mut sum = flate2::Crc::new();
    sum.update(&chunk);
    let length = (chunk.len() as u32 - 4).to_be_bytes();
    file(&folder, "b.png", &[&png[..33], &length, &chunk, &sum.sum().to_be_bytes(), &png[33..]].concat());
    file(&folder, "c.png", &encoded(&DynamicImage::ImageRgb8(shown), ImageFormat::Png));
    let data = read(folder.path()).unwrap();
    assert_eq!(data.shape, DataShape::Image { height: 4, width: 8, channels: 3 });
    let values = raw(&data);
    assert_eq!(values[96..192], values[192..]);
    let worst = values[..96].iter().zip(&values[192..]).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 20.0, "{worst}");
    assert!(data.reading.line().contains("2 turned as their EXIF data say"), "{}", data.reading.line());
}

#[test]
fn half_a_picture_is_none() {
    let folder = TempDir::new().unwrap();
    let image =
        DynamicImage::ImageRgb8(RgbImage::from_fn(64, 64, |x, y| Rgb([(x * y) as u8, (x ^ y) as u8, (x * 31) as u8])));
    let whole = encoded(&image, ImageFormat::Jpeg);
    file(&folder, "0.jpg", &whole);
    file(&folder, "1.jpg", &[&whole[..], b"what cameras put behind"].concat());
    assert_eq!(read(folder.path()).unwrap().len(), 2);
    let skip = ReadOptions { skip_broken: true, ..ReadOptions::default() };
    let zeros = [&whole[..whole.len() / 2], &vec![0; whole.len() / 2]].concat();
    let formats = [
        ("png", ImageFormat::Png),
        ("webp", ImageFormat::WebP),
        ("bmp", ImageFormat::Bmp),
        ("tiff", ImageFormat::Tiff),
        ("gif", ImageFormat::Gif),
    ];
    let halves = formats.map(|(ending, format)| {
        let bytes = encoded(&image, format);
        (format!("2.{ending}"), bytes[..bytes.len() / 2].to_vec())
    });
    let of_jpeg = [("2.jpg".to_owned(), whole[..whole.len() / 2].to_vec()), ("2.jpg".to_owned(), zeros)];
    for (name, bytes) in of_jpeg.into_iter().chain(halves) {
        let path = file(&folder, &name, &bytes);
        let message = read(folder.path()).map(|data| data.reading.line()).unwrap_err().to_string();
        assert!(message.contains(&name) && message.contains("--skip-broken"), "{message}");
        let data = read_with(folder.path(), &skip).unwrap();
        assert_eq!(data.len(), 2);
        assert!(data.reading.line().contains("left out: 1 picture that cannot be read"), "{}", data.reading.line());
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn classes_beside_loose_pictures_are_told() {
    let folder = TempDir::new().unwrap();
    let png = |shift| encoded(&DynamicImage::ImageRgb8(picture(4, 4, shift)), ImageFormat::Png);
    for (class, shift) in [("cats", 0), ("dogs", 9)] {
        for number in 0..3 {
            file(&folder, &format!("{class}/{number}.png"), &png(shift + number));
        }
    }
    file(&folder, "empty/readme.md", b"");
    file(&folder, "cover.png", &png(50));
    let data = read(folder.path()).unwrap();
    assert_eq!((data.len(), data.class_names.join(" ")), (6, "cats dogs".to_owned()));
    let line = data.reading.line();
    for part in ["2 classes (3 cats, 3 dogs)", "1 loose picture", "cover.png", "folders without pictures (empty)"] {
        assert!(line.contains(part), "{line}");
    }
    for number in 0..8 {
        file(&folder, &format!("{number}.png"), &png(number));
    }
    let data = read(folder.path()).unwrap();
    assert_eq!((data.len(), data.labels.is_none()), (9, true));
    assert!(data.reading.line().contains("6 pictures in the folders cats, dogs"), "{}", data.reading.line());
}

#[test]
fn pictures_of_several_sizes_are_cropped_and_scaled_when_asked() {
    let folder = TempDir::new().unwrap();
    // Stripes as fine as pixels: what becomes one pixel is averaged.
    let stripes = |width, height| {
        DynamicImage::ImageLuma8(GrayImage::from_fn(width, height, |x, _| Luma([if x % 2 == 0 { 0 } else { 200 }])))
    };
    for (name, width, height) in [("a.png", 64, 48), ("b.png", 32, 96), ("c.png", 8, 8), ("d.png", 5, 7)] {
        file(&folder, name, &encoded(&stripes(width, height), ImageFormat::Png));
    }
    assert!(read(folder.path()).unwrap_err().to_string().contains("--size 64"));
    let size = |size| ReadOptions { size: Some(size), ..ReadOptions::default() };
    let data = read_with(folder.path(), &size(8)).unwrap();
    assert_eq!((data.len(), &data.shape), (4, &DataShape::Image { height: 8, width: 8, channels: 1 }));
    let values = raw(&data);
    assert!(values[..128].iter().all(|value| (value - 100.0).abs() < 25.0), "{:?}", &values[..8]);
    assert_eq!(values[128..132], [0.0, 200.0, 0.0, 200.0], "what has the size is left alone");
    let line = data.reading.line();
    for part in ["3 cropped", "3 scaled to 8x8 (Lanczos)", "1 of these enlarged"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(read_with(folder.path(), &size(0)).is_err() && read_with(folder.path(), &size(1 << 20)).is_err());
}

#[cfg(unix)]
#[test]
fn links_out_of_a_folder_are_refused() {
    use std::os::unix::fs::symlink;
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let png = |shift| encoded(&DynamicImage::ImageRgb8(picture(4, 4, shift)), ImageFormat::Png);
    file(&folder, "a.png", &png(0));
    file(&folder, "b.png", &png(1));
    symlink(folder.path().join("a.png"), folder.path().join("c.png")).unwrap();
    assert_eq!(read(folder.path()).unwrap().len(), 3, "a link inside is a picture");
    let secret = file(&outside, "secret.png", &png(9));
    for target in [secret.as_path(), Path::new("/dev/zero"), Path::new("/no/such/file")] {
        symlink(target, folder.path().join("d.png")).unwrap();
        let message = read(folder.path()).unwrap_err().to_string();
        assert!(message.contains("d.png") && message.contains("--skip-broken"), "{message}");
        let skip = ReadOptions { skip_broken: true, ..ReadOptions::default() };
        assert_eq!(read_with(folder.path(), &skip).unwrap().len(), 3);
        let follow = read_with(folder.path(), &ReadOptions { follow_links: true, ..ReadOptions::default() });
        assert_eq!(follow.is_ok(), target == secret);
        std::fs::remove_file(folder.path().join("d.png")).unwrap();
    }
    std::process::Command::new("mkfifo").arg(folder.path().join("e.png")).status().unwrap();
    assert!(read(folder.path()).unwrap_err().to_string().contains("a pipe"));
}
