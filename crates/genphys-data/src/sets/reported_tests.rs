//! Kinds of files that people met trouble with: read as they are meant and told, or refused with what to say.

use super::{DataError, DataShape, Dataset, Layout, ReadOptions, Scaling, load, load_with};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use npyz::WriterBuilder;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(super) fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

pub(super) fn read(path: &Path) -> Result<Dataset, DataError> {
    load(path.to_str().unwrap(), 0)
}

pub(super) fn read_with(path: &Path, options: &ReadOptions) -> Result<Dataset, DataError> {
    load_with(path.to_str().unwrap(), 0, options)
}

pub(super) fn raw(data: &Dataset) -> Vec<f64> {
    data.denormalise(&data.points).into_iter().map(|value| (value * 1e3).round() / 1e3).collect()
}

fn array<T: npyz::AutoSerialize + Copy>(dims: &[u64], order: npyz::Order, values: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let options = npyz::WriteOptions::new().default_dtype().shape(dims).order(order);
    let mut writer = options.writer(&mut bytes).begin_nd().unwrap();
    writer.extend(values.iter().copied()).unwrap();
    writer.finish().unwrap();
    bytes
}

fn npy<T: npyz::AutoSerialize + Copy>(dims: &[u64], values: &[T]) -> Vec<u8> {
    array(dims, npyz::Order::C, values)
}

/// A `.npz` archive, stored or deflated.
fn npz(members: &[(&str, Vec<u8>)], deflated: bool) -> Vec<u8> {
    let method = if deflated { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(format!("{name}.npy"), options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(super) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A picture that is different in every corner.
pub(super) fn picture(width: u32, height: u32, shift: u8) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(5 * x) as u8 + shift, (7 * y) as u8, 60]))
}

#[test]
fn arrays_of_one_number_half_precision_and_labels_in_a_column() {
    let folder = TempDir::new().unwrap();
    let data = read(&file(&folder, "line.npy", &npy(&[4], &[1.0f64, 2.0, 4.0, 8.5]))).unwrap();
    assert_eq!((data.dim(), raw(&data)), (1, vec![1.0, 2.0, 4.0, 8.5]));
    let halves = [1.0f32, 2.5, -3.0, 0.125].map(half::f16::from_f32);
    let path = file(&folder, "half.npy", &npy(&[2, 2], &halves));
    assert_eq!(raw(&read(&path).unwrap()), [1.0, 2.5, -3.0, 0.125]);
    file(&folder, "half.labels.npy", &npy(&[2, 1], &[3i64, 0]));
    assert_eq!(read(&path).unwrap().labels, Some(vec![3, 0]));
    file(&folder, "half.labels.npy", &npy(&[2, 2], &[3i64, 0, 0, 1]));
    assert!(read(&path).unwrap_err().to_string().contains("2 labels"));
}

#[test]
fn archives_hold_one_array_or_name_one() {
    let folder = TempDir::new().unwrap();
    for deflated in [false, true] {
        let points = npy(&[3, 2], &[1.0f64, 2.0, 3.0, 4.0, 5.0, 7.0]);
        let path = file(&folder, "one.npz", &npz(&[("arr_0", points.clone())], deflated));
        assert_eq!(raw(&read(&path).unwrap()), [1.0, 2.0, 3.0, 4.0, 5.0, 7.0]);
        let members = [("x", points), ("kind", npy(&[3, 1], &[1u8, 0, 1])), ("other", npy(&[4], &[1u8, 2, 3, 4]))];
        let path = file(&folder, "many.npz", &npz(&members, deflated));
        let message = read(&path).unwrap_err().to_string();
        for part in ["x (3, 2)", "kind (3, 1)", "other (4)", "many.npz#x"] {
            assert!(message.contains(part), "{message}");
        }
        let spec = format!("{}#x", path.display());
        let data = load_with(&spec, 0, &ReadOptions { label: Some("kind".into()), ..ReadOptions::default() }).unwrap();
        assert_eq!((data.dim(), data.labels.as_deref()), (2, Some(&[1, 0, 1][..])));
        assert!(data.reading.line().contains("left out: arrays other"), "{}", data.reading.line());
        assert!(load(&format!("{}#y", path.display()), 0).unwrap_err().to_string().contains("x, kind, other"));
    }
    let cut = npz(&[("arr_0", npy(&[300], &[1.5f32; 300]))], true);
    read(&file(&folder, "cut.npz", &cut[..cut.len() / 2])).unwrap_err();
}

#[test]
fn latents_are_told_and_their_axes_chosen() {
    let folder = TempDir::new().unwrap();
    let values: Vec<f32> = (0..2 * 16 * 16).map(|i| (0.37 * i as f32).sin() * 3.0).collect();
    let path = file(&folder, "latents.npy", &npy(&[2, 16, 4, 4], &values));
    let data = read(&path).unwrap();
    assert_eq!(data.shape, DataShape::Image { height: 4, width: 4, channels: 16 });
    let line = data.reading.line();
    assert!(line.contains("4x4 pixels of 16 channels as nchw") && line.contains("--layout nhwc"), "{line}");
    assert!(raw(&data).iter().zip(&values).all(|(a, b)| (a - f64::from(*b)).abs() < 2e-3), "in the order of the file");
    let data = read_with(&path, &ReadOptions { layout: Some(Layout::Nhwc), ..ReadOptions::default() }).unwrap();
    assert_eq!(data.shape, DataShape::Image { height: 16, width: 4, channels: 4 });
    assert!((raw(&data)[1] - f64::from(values[4])).abs() < 2e-3, "the second pixel of the first channel");
    let path = file(&folder, "cube.npy", &npy(&[2, 4, 4, 4], &values[..128]));
    assert!(read(&path).unwrap_err().to_string().contains("--layout nchw"));
}

#[test]
fn channels_of_other_units_are_normalised_by_themselves() {
    let folder = TempDir::new().unwrap();
    let mut values = Vec::new();
    for i in 0..400 {
        let wave = (f64::from(i) * 0.7).sin();
        values.extend([wave, 2.0 * wave, 101_325.0 + 500.0 * wave]);
    }
    let path = file(&folder, "units.npy", &npy(&[4, 10, 10, 3], &values));
    let data = read(&path).unwrap();
    for channel in 0..3 {
        let of_channel = || data.points.chunks(300).flat_map(|image| &image[channel * 100..(channel + 1) * 100]);
        let mean = of_channel().sum::<f32>() / 400.0;
        let square = of_channel().map(|x| x * x).sum::<f32>() / 400.0;
        assert!(mean.abs() < 1e-4 && (square - 0.25).abs() < 1e-3, "{channel}: {mean} {square}");
    }
    assert!(data.reading.line().contains("each channel standardised"), "{}", data.reading.line());
    assert_eq!(data.reading.options.scaling, Some(Scaling::Channel));
    assert_eq!(data.normalisation.scale.len(), 3, "one entry a channel");
    assert!((raw(&data)[200] - values[2]).abs() < 1e-2);
    let together =
        read_with(&path, &ReadOptions { scaling: Some(Scaling::Together), ..ReadOptions::default() }).unwrap();
    assert_eq!(together.normalisation.scale.len(), 1);
    // Channels of one unit stay together: colours are not torn apart.
    let pixels: Vec<f32> = (0..300).map(|i| (i * 37 % 256) as f32 / 255.0).collect();
    let data = read(&file(&folder, "pixels.npy", &npy(&[4, 5, 5, 3], &pixels))).unwrap();
    assert_eq!((data.reading.options.scaling, data.normalisation.scale.len()), (Some(Scaling::Together), 1));
}

#[test]
fn large_offsets_are_taken_away_before_anything_is_f32() {
    let folder = TempDir::new().unwrap();
    let times: Vec<f64> = (0..500).map(|i| 1.7e9 + 20.0 * (f64::from(i) * 0.37).sin()).collect();
    let text: String = times.iter().map(|time| format!("{time},{}\n", time - 1.7e9)).collect();
    for path in
        [file(&folder, "t.npy", &npy(&[500, 1], &times)), file(&folder, "t.csv", format!("time,y\n{text}").as_bytes())]
    {
        let data = read(&path).unwrap();
        let back = data.denormalise(&data.points);
        let worst = back.iter().step_by(data.dim()).zip(&times).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-4 && !data.normalisation.suits_f32(), "{worst}");
    }
    // Numbers that leave the range of f32 with a model's normalisation are refused.
    let model = super::Normalisation::new(vec![0.0], vec![1.0]);
    let options = ReadOptions::default().with_normalisation(&model);
    let path = file(&folder, "huge.npy", &npy(&[2], &[1.0, 1e200]));
    let message = read_with(&path, &options).unwrap_err().to_string();
    assert!(message.contains("beyond f32") && message.contains("1000"), "{message}");
    read(&path).unwrap();
    let path =
        file(&folder, "nanoseconds.npy", &npy(&[3], &[1_700_000_000_000_000_001i64, 1_700_000_000_500_000_000, 3]));
    assert!(read(&path).unwrap().reading.line().contains("2 whole numbers beyond 2^53"));
}

#[test]
fn row_numbers_are_no_measurements() {
    let folder = TempDir::new().unwrap();
    let rows = |first: &dyn Fn(usize) -> String, header: &str| {
        let lines: String =
            (0..30).map(|i| format!("{}{},{}\n", first(i), (i * 7) % 11, 0.5 * (i * i % 13) as f64)).collect();
        format!("{header}{lines}")
    };
    for (header, first) in
        [(",x,y\n", 0), ("\"\",x,y\n", 1), ("Unnamed: 0,x,y\n", 0), ("id,x,y\n", 1), ("Index,x,y\n", 40), ("", 0)]
    {
        let path = file(&folder, "a.csv", rows(&|i| format!("{},", i + first), header).as_bytes());
        let message = read(&path).unwrap_err().to_string();
        let fix = if header.is_empty() { "--columns 2,3" } else { "--columns x,y" };
        assert!(message.contains("row number") && message.contains(fix), "{header}: {message}");
        let columns: Vec<String> = fix[10..].split(',').map(str::to_owned).collect();
        let data = read_with(&path, &ReadOptions { columns: Some(columns), ..ReadOptions::default() }).unwrap();
        assert_eq!(data.dim(), 2);
        assert!(data.reading.line().contains("left out: columns"), "{}", data.reading.line());
    }
    // A column with a name of its own may be a measurement; it is told.
    let path = file(&folder, "b.csv", rows(&|i| format!("{i},"), "day,x,y\n").as_bytes());
    let line = read(&path).unwrap().reading.line();
    assert!(line.contains("column day counts the rows") && line.contains("--columns x,y"), "{line}");
    // Numbers of any order under no name are those of rows that were shuffled.
    let path = file(&folder, "c.csv", rows(&|i| format!("{},", (i * 7) % 30), ",x,y\n").as_bytes());
    assert!(read(&path).unwrap_err().to_string().contains("numbers the rows"));
    let all = ReadOptions { columns: Some(vec!["1".into(), "x".into(), "y".into()]), ..ReadOptions::default() };
    assert_eq!(read_with(&path, &all).unwrap().dim(), 3);
    let wide = (0..20).map(|i| format!("{i}{}\n", ",0.5,1.5".repeat(9))).collect::<String>();
    let path = file(&folder, "wide.csv", format!("{}\n{wide}", ",a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r").as_bytes());
    assert!(read(&path).unwrap_err().to_string().contains("--columns 2-19"));
    let range = ReadOptions { columns: Some(vec!["2-19".into()]), ..ReadOptions::default() };
    assert_eq!(read_with(&path, &range).unwrap().dim(), 18);
}

#[test]
fn headers_with_hashes_name_columns() {
    let folder = TempDir::new().unwrap();
    let labelled = |path: &Path, label: &str| {
        read_with(path, &ReadOptions { label: Some(label.into()), ..ReadOptions::default() }).unwrap()
    };
    // As numpy.savetxt writes it.
    let text = "# made yesterday\n# label,x,y\n1.000e+00,0.5,2.5\n0.000e+00,1.5,-2\n1.000e+00,2.5,7\n";
    let path = file(&folder, "a.csv", text.as_bytes());
    let data = labelled(&path, "label");
    assert_eq!((data.labels.as_deref(), data.class_names.join(" ")), (Some(&[1, 0, 1][..]), "0 1".to_owned()));
    assert_eq!(raw(&data), [0.5, 2.5, 1.5, -2.0, 2.5, 7.0]);
    assert!(data.reading.line().contains("left out: 1 line with #"), "{}", data.reading.line());
    let path = file(&folder, "b.csv", b"x,y,#rooms\n1,2,3\n2,5,1\n4,4,3\n");
    for label in ["#rooms", "rooms"] {
        assert_eq!(labelled(&path, label).labels.as_deref(), Some(&[1, 0, 1][..]));
        assert_eq!(load(&format!("{}#{label}", path.display()), 0).unwrap().dim(), 2);
    }
    let path = file(&folder, "c#1.csv", b"#x,y\n1,2\n2,5\n4,3\n");
    let data = read(&path).unwrap();
    assert_eq!(data.shape, DataShape::Vector { dim: 2, names: Some(vec!["x".into(), "y".into()]) });
    assert_eq!(load(&format!("{}#y", path.display()), 0).unwrap().dim(), 1);
}

#[test]
fn separators_and_decimal_marks() {
    let folder = TempDir::new().unwrap();
    let expected = [0.5, 1.25, 2.0, -3.5, 4.75, 1e3];
    for (name, text, told) in [
        ("a.csv", "x;y\n0,5;1,25\n2;-3,5\n4,75;1e3\n", "semicolons, decimal commas"),
        ("b.csv", "0,5;1,25\n2;-3,5\n4,75;1e3\n", "without names, decimal commas"),
        ("c.csv", "x\ty\n0.5\t1.25\n2\t-3.5\n4.75\t1e3\n", "tabs"),
        ("d.tsv", "0.5\t1.25\n2\t-3.5\n4.75\t1e3\n", "tabs, without names"),
        ("e.txt", "# x y\n  0.5   1.25\n2 -3.5 \n4.75 1e3\n", "spaces"),
        ("f.csv", "0.5,1.25\r\n2,-3.5\r\n\r\n4.75,1e3\r\n", "commas, without names"),
        ("g.csv", "\u{feff}0.5,1.25\n2,-3.5\n4.75,1e3", "commas, without names"),
        ("j.csv", "\u{feff}# x,y\n0.5,1.25\n2,-3.5\n4.75,1e3", "commas"),
        ("h.csv", "x|y\n0.5|1.25\n2|-3.5\n4.75|1e3\n", "bars"),
    ] {
        let data = read(&file(&folder, name, text.as_bytes())).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(raw(&data), expected, "{name}");
        assert!(data.reading.line().contains(told), "{name}: {}", data.reading.line());
        let named = matches!(&data.shape, DataShape::Vector { names: Some(names), .. } if names == &["x", "y"]);
        assert_eq!(named, text.contains('x'), "{name}");
    }
    // One mark in one file.
    let mixed = read(&file(&folder, "i.csv", b"x;y\n0,5;1,25\n2;3.5\n")).unwrap_err().to_string();
    assert!(mixed.contains("line 3") && mixed.contains("`3.5`"), "{mixed}");
}

#[test]
fn whether_there_is_a_header_is_seen_or_asked() {
    let folder = TempDir::new().unwrap();
    let header = |header| ReadOptions { header: Some(header), ..ReadOptions::default() };
    let path = file(&folder, "a.csv", b"0,1,2\n0.5,1.5,2.5\n1.5,2.5,0.5\n");
    assert!(read(&path).unwrap_err().to_string().contains("--header yes"));
    assert_eq!(
        (read_with(&path, &header(true)).unwrap().len(), read_with(&path, &header(false)).unwrap().len()),
        (2, 3)
    );
    // A first point with a gap is a point.
    let path = file(&folder, "b.csv", b"nan,1.5\n0.5,2.5\n1.5,0.5\n");
    assert!(read(&path).unwrap_err().to_string().contains("line 1"));
    // A column of words does not make the first point a header.
    let path = file(&folder, "c.csv", b"5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.2,virginica\n");
    let data = read_with(&path, &ReadOptions { label: Some("3".into()), ..ReadOptions::default() }).unwrap();
    assert_eq!((data.len(), data.class_names.join(" ")), (3, "setosa virginica".to_owned()));
    assert!(read(&path).unwrap_err().to_string().contains("--label"));
}

#[test]
fn names_that_are_numbers_are_no_point() {
    let folder = TempDir::new().unwrap();
    let rows = |count: usize| -> String {
        let cell = |i: usize| format!("{:.3}", (i as f64 * 1.7).sin());
        (0..5).map(|row| (0..count).map(|i| cell(count * row + i)).collect::<Vec<_>>().join(",") + "\n").collect()
    };
    let asked = |first: &str, count: usize| {
        let path = file(&folder, "a.csv", format!("{first}\n{}", rows(count)).as_bytes());
        let unclear = read(&path).is_err_and(|error| error.to_string().contains("--header yes"));
        let names = ReadOptions { header: Some(true), ..ReadOptions::default() };
        assert_eq!(read_with(&path, &names).unwrap().len(), 5, "{first}");
        unclear
    };
    for first in
        ["1990,1991,1992", "1850,1900,1950,2000", "400.0,402.5,405.0,407.5", "3,2,1,0,-1", "-0.2,-0.1,0,0.1,0.2"]
    {
        assert!(asked(first, first.split(',').count()), "{first}");
    }
    for first in ["5.1,3.5,1.9", "1990,1991", "1990,1991,1993", "7,7,7,7", "0.25,0.5,1.0,2.0"] {
        assert!(!asked(first, first.split(',').count()), "{first}");
    }
    // Points that all go by steps are points.
    let path = file(&folder, "a.csv", b"1990,1991,1992\n1995,1996,1997\n1992,1993,1994\n");
    assert_eq!(read(&path).unwrap().len(), 3);
}

#[test]
fn thousands_of_columns_are_chosen_by_name() {
    const COLUMNS: usize = 20_000;
    let folder = TempDir::new().unwrap();
    let line = |cell: &dyn Fn(usize) -> String| (0..COLUMNS).map(cell).collect::<Vec<_>>().join(",") + "\n";
    let numbers = |row: usize| line(&|i| ((i * 7 + row * row * 13) % 101).to_string());
    let text = line(&|i| format!("gene{i}")) + &numbers(0) + &numbers(1) + &numbers(2);
    let path = file(&folder, "a.csv", text.as_bytes());
    let all = read(&path).unwrap();
    assert_eq!((all.len(), all.dim()), (3, COLUMNS));
    let names: Vec<String> = (0..COLUMNS).rev().map(|i| format!("gene{i}")).collect();
    let turned = read_with(&path, &ReadOptions { columns: Some(names.clone()), ..ReadOptions::default() }).unwrap();
    let back: Vec<f64> = raw(&turned).chunks(COLUMNS).flat_map(|point| point.iter().rev().copied()).collect();
    assert!(back.iter().zip(raw(&all)).all(|(a, b)| (a - b).abs() < 1e-3));
    let some = ReadOptions { columns: Some(names[..COLUMNS / 2].to_vec()), ..ReadOptions::default() };
    let line = read_with(&path, &some).unwrap().reading.line();
    assert!(line.contains("left out: columns gene0, gene1") && line.contains("and 9992 more"), "{line}");
    let twice =
        ReadOptions { columns: Some(vec!["gene7".into(), "gene8".into(), "gene7".into()]), ..ReadOptions::default() };
    assert!(read_with(&path, &twice).unwrap_err().to_string().contains("twice"));
}

#[test]
fn one_column_with_decimal_commas_is_not_two() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.csv", b"0,25\n-1,07\n3,5\n");
    assert!(read(&path).unwrap_err().to_string().contains("decimal comma"));
    let path = file(&folder, "b.csv", b"value;\n0,25;\n-1,07;\n");
    assert!(read(&path).is_err());
    let path = file(&folder, "c.csv", b"1,20\n3,40\n5,61\n");
    assert_eq!(read(&path).unwrap().dim(), 2);
}

#[test]
fn what_does_not_vary_is_told() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.csv", b"x,mass,y,g\n1,7.5,2,9.81\n2,7.5,5,9.81\n4,7.5,1,9.81\n");
    let line = read(&path).unwrap().reading.line();
    assert!(line.contains("one value in all points, only centred: coordinate mass, g"), "{line}");
    let path = file(&folder, "b.npy", &npy(&[3, 2], &[1.0, 4.0, 1.0, 5.0, 1.0, 7.0]));
    assert!(read(&path).unwrap().reading.line().contains("coordinate 0"));
    let path = file(&folder, "c.csv", b"x,y\n1,2\n2,5\n4,1\n");
    assert!(!read(&path).unwrap().reading.line().contains("one value"));
}

#[test]
fn a_set_by_its_name_and_what_else_is_called_so() {
    assert!(super::catalogue::is_known("Two Moons") && !super::catalogue::is_known("./moons"));
    assert!(load_with("moons", 0, &ReadOptions::default()).unwrap().reading.left_out.is_empty());
}

#[test]
fn choices_that_do_not_concern_the_data_are_refused() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.csv", b"x,y\n1,2\n2,5\n");
    for (options, part) in [
        (ReadOptions { layout: Some(Layout::Nchw), ..ReadOptions::default() }, "--layout"),
        (ReadOptions { size: Some(8), ..ReadOptions::default() }, "--size"),
        (ReadOptions { skip_broken: true, ..ReadOptions::default() }, "--skip-broken"),
        (ReadOptions { scaling: Some(Scaling::Channel), ..ReadOptions::default() }, "--scale channel"),
    ] {
        assert!(read_with(&path, &options).unwrap_err().to_string().contains(part));
        read_with(&path, &options.with_normalisation(&super::Normalisation::identity())).unwrap();
    }
    let columns = ReadOptions { columns: Some(vec!["x".into()]), ..ReadOptions::default() };
    assert!(load_with("moons", 0, &columns).unwrap_err().to_string().contains("--columns"));
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_not_begun() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::process::Command::new("mkfifo").arg(path("pipe.csv")).arg(path("pipe.npy")).status().unwrap();
    symlink("/dev/zero", path("zero.csv")).unwrap();
    symlink("/dev/zero", path("zero")).unwrap();
    for (name, part) in [("pipe.csv", "a pipe"), ("pipe.npy", "a pipe"), ("zero.csv", "a device"), ("zero", "a device")]
    {
        assert!(read(&path(name)).unwrap_err().to_string().contains(part), "{name}");
    }
    // Text without lines, and a file that is longer than it looks.
    assert!(read(&file(&folder, "zeros.csv", &[0; 5000])).unwrap_err().to_string().contains("zero byte"));
    let path = file(&folder, "sparse.csv", b"x,y\n1,2\n");
    std::fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    assert!(read(&path).unwrap_err().to_string().contains("zero byte"));
    let gif = file(&folder, "one.gif", &encoded(&DynamicImage::ImageRgb8(picture(4, 4, 0)), ImageFormat::Gif));
    assert!(read(&gif).unwrap_err().to_string().contains("name the folder"));
}
