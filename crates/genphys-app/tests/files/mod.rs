//! Small files of every kind that is read, made here.

use flate2::{Compression, Crc, write::GzEncoder};
use image::{DynamicImage, ImageFormat};
use std::io::{Cursor, Write};

/// A `.npy` file.
fn npy(kind: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}

/// So many points of the plane.
pub fn points(count: u16) -> Vec<u8> {
    let data: Vec<u8> = (0..2 * count).flat_map(|at| f32::from(at * 37 % 101).to_le_bytes()).collect();
    npy("<f4", "False", &format!("({count}, 2)"), &data)
}

/// Types, orders and shapes.
pub fn arrays() -> Vec<Vec<u8>> {
    let doubles: Vec<u8> = (0..24u8).flat_map(|at| f64::from(at * 7 % 24).to_be_bytes()).collect();
    let halves: Vec<u8> = (0..24u16).flat_map(|at| (0x3C00 + at * 7 % 24).to_le_bytes()).collect();
    let whole: Vec<u8> = (0..6i64).flat_map(i64::to_le_bytes).collect();
    let bytes: Vec<u8> = (0..96).collect();
    vec![
        points(8),
        npy(">f8", "True", "(12, 2)", &doubles),
        npy("<f2", "False", "(6, 4)", &halves),
        npy("<i8", "False", "(6,)", &whole),
        npy("<i8", "False", "(6, 1)", &whole),
        npy("|u1", "False", "(6, 4, 4)", &bytes),
        npy("|u1", "False", "(2, 4, 4, 3)", &bytes),
        npy("|u1", "True", "(2, 3, 4, 4)", &bytes),
        npy("|b1", "False", "(2, 4, 4)", &bytes.iter().map(|byte| byte & 1).collect::<Vec<_>>()),
    ]
}

/// An archive with one file, not compressed, whose sums are right.
pub fn zip(content: &[u8]) -> Vec<u8> {
    let (name, size) = (b"arr_0.npy", u32::try_from(content.len()).unwrap().to_le_bytes());
    let mut sum = Crc::new();
    sum.update(content);
    let sum = sum.sum().to_le_bytes();
    // Version, flags, method, time and date.
    let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &sum, &size, &size, &[9, 0, 0, 0]].concat();
    let local = [&b"PK\x03\x04"[..], &common, name, content].concat();
    let central = [&b"PK\x01\x02\x14\x00"[..], &common, &[0; 14], name].concat();
    let ends = [central.len(), local.len()].map(|length| u32::try_from(length).unwrap().to_le_bytes());
    [&local[..], &central, b"PK\x05\x06\0\0\0\0\x01\x00\x01\x00", &ends[0], &ends[1], &[0, 0]].concat()
}

/// A table with a header and one with labels, one with quotes, one with semicolons.
pub fn tables() -> Vec<Vec<u8>> {
    let rows: Vec<String> = (0..12).map(|at| format!("{at},{},{}", at * at % 7, at % 3)).collect();
    vec![
        format!("a,b,c\n{}\n", rows.join("\n")).into_bytes(),
        b"a,b,c\r\n1.5,-2e3,cat\r\n2.5,1e-3,dog\r\n3.5,0,cat\r\n".to_vec(),
        b"\"a\",\"b, c\",c\n1,2,\"x\"\"y\"\n3,4,z\n".to_vec(),
        b"a;b;c\n1,5;2,5;x\n2,5;3,5;y\n".to_vec(),
        b"a\tb\tc\n1\t2\t3\n4\t5\t6\n".to_vec(),
        b"# a b c\n1 2 3\n4 5 6\n".to_vec(),
        b"1,2,3\n4,5,6\n7,8,9\n".to_vec(),
    ]
}

/// Images in bytes and points in floats.
pub fn idx() -> Vec<Vec<u8>> {
    let array = |kind: u8, shape: &[u32], data: Vec<u8>| {
        let mut bytes = vec![0, 0, kind, u8::try_from(shape.len()).unwrap()];
        bytes.extend(shape.iter().flat_map(|size| size.to_be_bytes()));
        bytes.extend(data);
        bytes
    };
    vec![
        array(0x08, &[6, 4, 4], (0..96).collect()),
        array(0x0D, &[6, 2], (0..12u8).flat_map(|at| f32::from(at).to_be_bytes()).collect()),
        array(0x0B, &[6, 2], (0..12i16).flat_map(i16::to_be_bytes).collect()),
    ]
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn pictures() -> Vec<DynamicImage> {
    let grey = DynamicImage::ImageLuma8(image::GrayImage::from_fn(8, 8, |x, y| image::Luma([(x * 30 + y) as u8])));
    let deep =
        DynamicImage::ImageLuma16(image::ImageBuffer::from_fn(8, 8, |x, y| image::Luma([(x * 5000 + y) as u16])));
    vec![grey.clone(), DynamicImage::ImageRgb8(grey.to_rgb8()), DynamicImage::ImageRgba8(grey.to_rgba8()), deep]
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn pngs() -> Vec<Vec<u8>> {
    pictures().iter().map(|picture| encoded(picture, ImageFormat::Png)).collect()
}

pub fn jpegs() -> Vec<Vec<u8>> {
    pictures()[..2].iter().map(|picture| encoded(picture, ImageFormat::Jpeg)).collect()
}

/// A PNG file whose parts have their right sums again, so that what is in them is read.
pub fn right_sums(bytes: &[u8]) -> Vec<u8> {
    let mut fixed = bytes.to_vec();
    let mut at = 8;
    while let Some(head) = fixed.get(at..at + 8) {
        let end = at + 8 + u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some(part) = fixed.get(at + 4..end).filter(|_| fixed.len() >= end + 4) else { break };
        let mut sum = Crc::new();
        sum.update(part);
        fixed[end..end + 4].copy_from_slice(&sum.sum().to_be_bytes());
        at = end + 4;
    }
    fixed
}
