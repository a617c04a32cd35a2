//! Files of every kind: good ones come back, bad ones are named, damaged ones never panic.

use super::{DataError, DataShape, Dataset, load};
use flate2::{Compression, write::GzEncoder};
use image::{GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn read(path: &Path) -> Result<Dataset, DataError> {
    load(path.to_str().unwrap(), 0)
}

fn complaint(path: &Path) -> String {
    let message = read(path).unwrap_err().to_string();
    assert!(message.contains(path.file_name().unwrap().to_str().unwrap()), "the file is not named: {message}");
    message
}

fn raw(data: &Dataset) -> Vec<f32> {
    data.denormalise(&data.points).into_iter().map(|value| ((value * 1e3).round() / 1e3) as f32).collect()
}

/// A version 1 file as NumPy writes it.
fn npy(descr: &str, fortran: bool, shape: &str, body: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(body);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn idx(kind: u8, dims: &[u32], body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, kind, dims.len() as u8];
    dims.iter().for_each(|dim| bytes.extend(dim.to_be_bytes()));
    bytes.extend(body);
    bytes
}

#[test]
fn npy_of_every_type_and_order() {
    let folder = TempDir::new().unwrap();
    let expected = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0];
    let of = |convert: &dyn Fn(f64) -> Vec<u8>| expected.iter().flat_map(|value| convert(*value)).collect::<Vec<u8>>();
    let cases: [(&str, Vec<u8>); 8] = [
        ("<f4", of(&|v| (v as f32).to_le_bytes().to_vec())),
        ("<f8", of(&|v| v.to_le_bytes().to_vec())),
        (">f8", of(&|v| v.to_be_bytes().to_vec())),
        ("|u1", of(&|v| vec![v as u8])),
        ("|i1", of(&|v| vec![v as u8])),
        ("<i2", of(&|v| (v as i16).to_le_bytes().to_vec())),
        ("<i8", of(&|v| (v as i64).to_le_bytes().to_vec())),
        (">u4", of(&|v| (v as u32).to_be_bytes().to_vec())),
    ];
    for (descr, body) in cases {
        let data = read(&file(&folder, "a.npy", &npy(descr, false, "(3, 2)", &body))).unwrap();
        assert_eq!(data.shape, DataShape::Vector { dim: 2, names: None });
        assert_eq!(raw(&data), expected.map(|value| value as f32), "{descr}");
        // The same bytes in Fortran order are the columns.
        let data = read(&file(&folder, "a.npy", &npy(descr, true, "(3, 2)", &body))).unwrap();
        assert_eq!(raw(&data), [1.0, 4.0, 2.0, 5.0, 3.0, 7.0], "{descr}");
    }
}

#[test]
fn npy_images_keep_their_range_and_get_channels_first() {
    let folder = TempDir::new().unwrap();
    let body: Vec<u8> = (0..24).map(|i| i * 11).collect();
    let data = read(&file(&folder, "a.npy", &npy("|u1", false, "(2, 2, 2, 3)", &body))).unwrap();
    assert_eq!(data.shape, DataShape::Image { height: 2, width: 2, channels: 3 });
    assert_eq!(raw(&data)[..4], [0.0, 33.0, 66.0, 99.0]);
    assert!((data.points[0] - -1.0).abs() < 1e-6);
    let data = read(&file(&folder, "b.npy", &npy("|u1", false, "(2, 3, 4)", &body))).unwrap();
    assert_eq!(data.shape, DataShape::Image { height: 3, width: 4, channels: 1 });
}

#[test]
fn npy_complaints() {
    let folder = TempDir::new().unwrap();
    let bad = |bytes: Vec<u8>| complaint(&file(&folder, "bad.npy", &bytes));
    assert!(bad(npy("<f4", false, "(3, 2)", &[0; 20])).contains("6 numbers"));
    assert!(bad(npy("<c8", false, "(3, 2)", &[0; 48])).contains("<c8"));
    assert!(bad(npy("|O", false, "(3, 2)", &[0; 48])).contains("O"));
    for times in ["<M8[D]", ">m8[ns]"] {
        assert!(bad(npy(times, false, "(3, 2)", &[0; 48])).contains("times"));
    }
    assert!(bad(npy("<f4", false, "(1, 1, 1, 1, 6)", &[0; 24])).contains("(1, 1, 1, 1, 6)"));
    assert!(bad(npy("<f4", false, "(1, 6)", &[0; 24])).contains("at least 2 points"));
    assert!(bad(npy("<f4", false, "(0, 6)", &[])).contains("at least 2 points"));
    assert!(bad(npy("|u1", false, "(4000000000, 4000000000)", &[0; 9])).contains("at most"));
    assert!(bad(npy("|u1", false, "(2, 500000000)", &[0; 9])).contains("1000000000"));
    assert!(bad(npy("<f4", false, "(2, 1)", &[0, 0, 0x80, 0x7f, 0, 0, 0, 0])).contains("inf"));
    assert!(bad(npy("<f4", false, "(2, 1)", &[0, 0, 0, 0, 0, 0, 0xc0, 0x7f])).contains("NaN in point 1"));
    let mut huge = b"\x93NUMPY\x02\x00".to_vec();
    huge.extend(u32::MAX.to_le_bytes());
    assert!(bad(huge).contains("header"));
    // Deep nesting must not exhaust the stack of whoever parses the header.
    for opening in ["(", "[", "{'a':", "-", "((1,", "(),"] {
        let mut deep = b"\x93NUMPY\x01\x00".to_vec();
        deep.extend(9_990u16.to_le_bytes());
        deep.extend(opening.bytes().cycle().take(9_990));
        bad(deep);
    }
}

#[test]
fn tables_come_back_with_their_names() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "t.csv", b"\xef\xbb\xbfheight, weight\r\n1.5,2e3\n2.5,-1e3\n\"3.5\",0\n");
    let data = read(&path).unwrap();
    let names = Some(vec!["height".to_owned(), "weight".to_owned()]);
    assert_eq!(data.shape, DataShape::Vector { dim: 2, names });
    assert_eq!(raw(&data), [1.5, 2000.0, 2.5, -1000.0, 3.5, 0.0]);
    let mean: f32 = data.points.iter().step_by(2).sum();
    assert!(mean.abs() < 1e-6);
    let data = read(&file(&folder, "t.tsv", b"a\tb\n1\t2\n3\t5\n")).unwrap();
    assert_eq!(raw(&data), [1.0, 2.0, 3.0, 5.0]);
}

#[test]
fn table_complaints() {
    let folder = TempDir::new().unwrap();
    let bad = |text: &[u8]| complaint(&file(&folder, "bad.csv", text));
    let message = bad(b"a,b\n1,2\n3,four\n");
    assert!(message.contains("line 3") && message.contains("`b`") && message.contains("`four`"), "{message}");
    for value in ["", "NaN", "inf", "1;2"] {
        assert!(bad(format!("a,b\n1,2\n3,{value}\n").as_bytes()).contains("line 3, column `b`"));
    }
    assert!(bad(b"1,2\n3,4\n5,6\n").contains("header"));
    assert!(bad(b"a,b\n1,2\n3\n").contains("1 in line 3"));
    assert!(bad(b"a,b\n1,2\n").contains("at least 2 points"));
    assert!(bad(b"a,b\n").contains("at least 2 points"));
    assert!(bad(b"\n").contains("header"));
    assert!(bad(b"a,b\n1,2\n\xff,4\n").contains("UTF-8"));
    assert!(bad(b"").contains("empty file"));
}

#[test]
fn idx_plain_and_compressed_with_labels() {
    let folder = TempDir::new().unwrap();
    let body: Vec<u8> = (0..18).map(|i| i * 14).collect();
    let images = idx(0x08, &[3, 2, 3], &body);
    let labels = idx(0x08, &[3], &[7, 0, 9]);
    file(&folder, "train-labels-idx1-ubyte.gz", &gzip(&labels));
    for (name, bytes) in [("train-images-idx3-ubyte", images.clone()), ("train-images-idx3-ubyte.gz", gzip(&images))] {
        let data = read(&file(&folder, name, &bytes)).unwrap();
        assert_eq!(data.shape, DataShape::Image { height: 2, width: 3, channels: 1 });
        assert_eq!(data.labels, Some(vec![7, 0, 9]));
        assert_eq!(raw(&data)[..3], [0.0, 14.0, 28.0]);
    }
    let data = read(&file(&folder, "alone", &images)).unwrap();
    assert_eq!(data.labels, None);
    let floats: Vec<u8> = [0.25f32, -1.0, 3.5, 2.0].iter().flat_map(|value| value.to_be_bytes()).collect();
    let data = read(&file(&folder, "points", &idx(0x0D, &[2, 2], &floats))).unwrap();
    assert_eq!(raw(&data), [0.25, -1.0, 3.5, 2.0]);
}

#[test]
fn idx_complaints() {
    let folder = TempDir::new().unwrap();
    let bad = |bytes: &[u8]| complaint(&file(&folder, "bad-images", bytes));
    assert!(bad(&idx(0x08, &[3, 2, 3], &[0; 17])).contains("17 bytes"));
    assert!(bad(&idx(0x08, &[3, 2, 3], &[0; 19])).contains("more"));
    assert!(bad(&idx(0x08, &[1 << 31, 1 << 31, 4], &[0; 19])).contains("at most"));
    assert!(bad(&idx(0x08, &[2, 1 << 15, 1 << 14], &[0; 19])).contains("19 bytes"));
    assert!(bad(&idx(0x08, &[5], &[0; 5])).contains("shape (5)"));
    assert!(bad(&gzip(b"not an idx file")).contains("IDX"));
    let whole = gzip(&idx(0x08, &[3, 2, 3], &[0; 18]));
    read(&file(&folder, "cut.gz", &whole[..whole.len() - 9])).unwrap_err();
    // Labels that do not fit.
    file(&folder, "x-labels", &idx(0x08, &[2], &[1, 2]));
    let message = read(&file(&folder, "x-images", &idx(0x08, &[3, 2, 3], &[0; 18]))).unwrap_err().to_string();
    assert!(message.contains("x-labels") && message.contains("3 labels"), "{message}");
}

#[test]
fn folders_of_images() {
    let folder = TempDir::new().unwrap();
    let grey = |value: u8| GrayImage::from_fn(5, 3, |x, y| Luma([value + x as u8 * 10 + y as u8]));
    grey(100).save(folder.path().join("b.png")).unwrap();
    grey(0).save(folder.path().join("a.PNG")).unwrap();
    grey(200).save(folder.path().join("c.jpg")).unwrap();
    file(&folder, ".hidden.png", b"junk");
    file(&folder, "notes.txt", b"not an image");
    let data = load(folder.path().to_str().unwrap(), 0).unwrap();
    assert_eq!((data.len(), &data.shape), (3, &DataShape::Image { height: 3, width: 5, channels: 1 }));
    assert_eq!(raw(&data)[..7], [0.0, 10.0, 20.0, 30.0, 40.0, 1.0, 11.0], "sorted by name, row by row");
    assert!((raw(&data)[15] - 100.0).abs() < 0.5);
    // One colour image makes all of them colour; transparency is white.
    RgbImage::from_fn(5, 3, |x, _| Rgb([250, x as u8, 7])).save(folder.path().join("d.png")).unwrap();
    RgbaImage::from_pixel(5, 3, Rgba([10, 20, 30, 0])).save(folder.path().join("e.png")).unwrap();
    let data = load(folder.path().to_str().unwrap(), 0).unwrap();
    assert_eq!((data.len(), &data.shape), (5, &DataShape::Image { height: 3, width: 5, channels: 3 }));
    let red_image: Vec<f32> = raw(&data)[3 * 45..4 * 45].to_vec();
    assert_eq!((red_image[0], red_image[15], red_image[17], red_image[30]), (250.0, 0.0, 2.0, 7.0), "channels first");
    assert!(raw(&data)[4 * 45..].iter().all(|value| *value == 255.0));
}

#[test]
fn folder_complaints() {
    let folder = TempDir::new().unwrap();
    assert!(complaint(folder.path()).contains("PNG or JPEG"));
    GrayImage::new(4, 4).save(folder.path().join("a.png")).unwrap();
    assert!(complaint(folder.path()).contains("at least 2 points"));
    GrayImage::new(4, 5).save(folder.path().join("b.png")).unwrap();
    let message = load(folder.path().to_str().unwrap(), 0).unwrap_err().to_string();
    for part in ["a.png", "b.png", "4x4", "4x5"] {
        assert!(message.contains(part), "{message}");
    }
    let broken = TempDir::new().unwrap();
    assert!(complaint(&file(&broken, "x.png", b"\x89PNG\r\n\x1a\nbroken")).contains("folder"));
    let message = load(broken.path().to_str().unwrap(), 0).unwrap_err().to_string();
    assert!(message.contains("x.png"), "{message}");
}

#[test]
fn files_of_no_known_kind() {
    let folder = TempDir::new().unwrap();
    assert!(complaint(&file(&folder, "x.bin", b"hello")).contains("68"));
    assert!(complaint(&file(&folder, "x", b"")).contains("empty file"));
    assert!(complaint(&file(&folder, "x.json", b"{}")).contains("IDX"));
}

#[test]
fn damaged_files_never_panic() {
    let folder = TempDir::new().unwrap();
    let pixels: Vec<u8> = (0..48).map(|i| i * 5).collect();
    let mut png = std::io::Cursor::new(Vec::new());
    GrayImage::from_raw(8, 6, pixels.clone()).unwrap().write_to(&mut png, image::ImageFormat::Png).unwrap();
    let originals = [
        ("d.npy", npy("<f4", false, "(3, 4)", &pixels)),
        ("d.idx", idx(0x08, &[3, 4, 4], &pixels)),
        ("d.gz", gzip(&idx(0x08, &[3, 4, 4], &pixels))),
        ("d.csv", b"a,b\n1,2\n3,4\n5,6.5\n".to_vec()),
        ("p/d.png", png.into_inner()),
    ];
    std::fs::create_dir(folder.path().join("p")).unwrap();
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    for (name, bytes) in originals {
        let target = if name.starts_with('p') { folder.path().join("p") } else { folder.path().join(name) };
        let damaged = (0..bytes.len()).map(|length| bytes[..length].to_vec()).chain((0..300).map(|_| {
            let mut copy = bytes.clone();
            for _ in 0..rng.random_range(1..4) {
                let position = rng.random_range(0..copy.len());
                copy[position] = rng.random();
            }
            copy
        }));
        for copy in damaged.collect::<Vec<_>>() {
            file(&folder, name, &copy);
            if let Ok(data) = read(&target) {
                assert!(data.points.iter().all(|value| value.is_finite()));
            }
        }
    }
}

#[test]
fn labels_of_every_kind() {
    let folder = TempDir::new().unwrap();
    // A column of a table.
    let table = file(&folder, "a.csv", b"x,kind,y\n1,b,2\n3,a,4\n5,b,6\n");
    let labelled = |column: &str| load(&format!("{}#{column}", table.display()), 0);
    let data = labelled("kind").unwrap();
    assert_eq!((data.labels.as_deref(), data.class_names.len(), data.dim()), (Some(&[1, 0, 1][..]), 2, 2));
    assert_eq!(data.class_names, ["a", "b"]);
    assert_eq!(raw(&data), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert!(labelled("colour").unwrap_err().to_string().contains("x, kind, y"));
    assert!(labelled("x").unwrap_err().to_string().contains("kind"), "the letters are coordinates then");
    // Folders of images.
    let classes = TempDir::new().unwrap();
    for (class, grey) in [("cats", 10u8), ("dogs", 200)] {
        std::fs::create_dir(classes.path().join(class)).unwrap();
        for number in 0..2 {
            let image = GrayImage::from_pixel(3, 2, Luma([grey + number]));
            image.save(classes.path().join(class).join(format!("{number}.png"))).unwrap();
        }
    }
    let data = read(classes.path()).unwrap();
    assert_eq!(data.labels.as_deref(), Some(&[0, 0, 1, 1][..]));
    assert_eq!(data.class_names, ["cats", "dogs"]);
    assert_eq!(raw(&data)[11..13], [11.0, 200.0]);
    // A pair of arrays.
    let points = file(&folder, "b.npy", &npy("|u1", false, "(3, 2)", &[1, 2, 3, 4, 5, 7]));
    assert_eq!(read(&points).unwrap().labels, None);
    file(&folder, "b.labels.npy", &npy("|u1", false, "(3,)", &[2, 0, 1]));
    assert_eq!(read(&points).unwrap().labels.as_deref(), Some(&[2, 0, 1][..]));
    file(&folder, "b.labels.npy", &npy("|u1", false, "(2,)", &[2, 0]));
    assert!(read(&points).unwrap_err().to_string().contains("3 labels"));
    file(&folder, "b.labels.npy", &npy("<f4", false, "(3,)", &[0; 12].map(|_| 0x3e)));
    assert!(read(&points).unwrap_err().to_string().contains("whole numbers"));
}
