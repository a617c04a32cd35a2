//! Data on their way through the program of a model crate: told, kept with the run, and back in their own units.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

#[allow(dead_code)]
use std::ffi::OsString;
use std::path::Path;

use genphys_app::{AppError, run};
use genphys_flow::fixture::physics;
use genphys_train::training_loss;
use npyz::{NpyFile, Order, WriterBuilder};
use tempfile::TempDir;

fn call(arguments: &[&str]) -> Result<String, AppError> {
    let arguments = std::iter::once("model").chain(arguments.iter().copied()).map(OsString::from);
    run(arguments, &physics::heat(), training_loss, None)
}

/// A folder with data and runs.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
        self.path(name)
    }

    fn train(&self, data: &str, run: &str, more: &[&str]) -> Result<String, AppError> {
        let out = self.path(run);
        let sizes = ["--batch", "32", "--width", "16", "--depth", "1", "--steps", "3"];
        call(&[&["train", "--data", data, "--out", &out][..], &sizes, more].concat())
    }

    fn config(&self, run: &str) -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(self.0.path().join(run).join("config.json")).unwrap()).unwrap()
    }

    /// Shape and values of samples.
    fn sample(&self, run: &str, count: &str) -> (Vec<u64>, Vec<f64>) {
        let out = self.path("samples.npy");
        call(&["sample", "--model", &self.path(run), "--count", count, "--nfe", "9", "--out", &out]).unwrap();
        let file = NpyFile::new(std::fs::File::open(out).unwrap()).unwrap();
        let shape = file.shape().to_vec();
        let values = match file.try_data::<f64>() {
            Ok(values) => values.map(Result::unwrap).collect(),
            Err(file) => file.into_vec::<f32>().unwrap().into_iter().map(f64::from).collect(),
        };
        (shape, values)
    }
}

fn npy<T: npyz::AutoSerialize + Copy>(dims: &[u64], order: Order, values: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let options = npyz::WriteOptions::new().default_dtype().shape(dims).order(order);
    let mut writer = options.writer(&mut bytes).begin_nd().unwrap();
    writer.extend(values.iter().copied()).unwrap();
    writer.finish().unwrap();
    bytes
}

/// Points near a circle, as a table.
fn table(rows: usize, offset: f64, header: &str) -> String {
    let row = |i: usize| {
        let angle = i as f64 * 2.399;
        format!("{},{}\n", offset + 20.0 * angle.sin(), 3.0 * angle.cos())
    };
    header.to_owned() + &(0..rows).map(row).collect::<String>()
}

#[test]
fn samples_of_large_offsets_keep_their_digits() {
    let place = Place::new();
    let data = place.write("times.csv", table(300, 1.7e9, "time,y\n").as_bytes());
    place.train(&data, "run", &[]).unwrap();
    let (shape, values) = place.sample("run", "50");
    assert_eq!(shape, [50, 2]);
    let mut times: Vec<i64> = values.iter().step_by(2).map(|time| (time * 1e3) as i64).collect();
    times.sort_unstable();
    times.dedup();
    assert!(times.len() > 45, "{} different times of 50", times.len());
    assert!(values.iter().step_by(2).all(|time| (time - 1.7e9).abs() < 1e4));
    // The distances are those of the same data without the offset.
    let plain = place.write("plain.csv", table(300, 0.0, "time,y\n").as_bytes());
    place.train(&plain, "plain", &[]).unwrap();
    let distances = |run: &str| {
        let text = call(&["eval", "--model", &place.path(run), "--nfe", "9", "--json"]).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(json["protocol"]["raw_length"].is_null(), "units of their own");
        let of = |key: &str| json["quality"]["samples"][key].as_f64().unwrap();
        (of("sliced_wasserstein"), json["quality"]["samples"]["energy"]["unbiased"].as_f64().unwrap())
    };
    let (with, without) = (distances("run"), distances("plain"));
    assert!((with.0 / without.0 - 1.0).abs() < 0.02 && (with.1 / without.1 - 1.0).abs() < 0.05, "{with:?} {without:?}");
}

#[test]
fn latents_are_read_in_any_order_and_type() {
    let place = Place::new();
    let data = place.write("a.csv", table(60, 5.0, "x,y\n").as_bytes());
    place.train(&data, "run", &[]).unwrap();
    let (run, latents) = (place.path("run"), place.path("latents.npy"));
    call(&["encode", "--model", &run, "--out", &latents]).unwrap();
    let file = NpyFile::new(std::fs::File::open(&latents).unwrap()).unwrap();
    let rows = file.shape()[0];
    let values = file.into_vec::<f32>().unwrap();
    let decode = |bytes: &[u8]| {
        let (from, out) = (place.write("changed.npy", bytes), place.path("points.npy"));
        call(&["decode", "--model", &run, "--latents", &from, "--out", &out]).map(|_| std::fs::read(out).unwrap())
    };
    let expected = decode(&std::fs::read(&latents).unwrap()).unwrap();
    let wide: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
    for order in [Order::C, Order::Fortran] {
        // The values of a matrix in Fortran order are its columns one after the other.
        let place = |i: usize| if order == Order::C { i } else { i % rows as usize * 2 + i / rows as usize };
        let narrow: Vec<f32> = (0..values.len()).map(|i| values[place(i)]).collect();
        let wide: Vec<f64> = (0..wide.len()).map(|i| wide[place(i)]).collect();
        assert!(decode(&npy(&[rows, 2], order, &narrow)).unwrap() == expected, "f4 {order:?}");
        assert!(decode(&npy(&[rows, 2], order, &wide)).unwrap() == expected, "f8 {order:?}");
    }
    let endless = decode(&npy(&[1, 2], Order::C, &[1.0f32, f32::INFINITY])).unwrap_err();
    assert!(endless.to_string().contains("finite") && endless.exit_code() == 2, "{endless}");
    assert!(decode(&npy(&[4], Order::C, &[1.0f32; 4])).unwrap_err().to_string().contains("matrix"));
    assert!(decode(&npy(&[2, 3], Order::C, &[1.0f32; 6])).unwrap_err().to_string().contains("(2, 3)"));
}

#[test]
fn the_same_data_are_known_by_any_name() {
    let place = Place::new();
    let data = place.write("a.csv", table(100, 0.0, "x,y\n").as_bytes());
    place.train(&data, "run", &[]).unwrap();
    std::fs::create_dir(place.0.path().join("deeper")).unwrap();
    let copy = place.write("deeper/b.csv", table(100, 0.0, "x,y\n").as_bytes());
    let around = place.path("deeper/../a.csv");
    let mut same: Vec<String> = vec![copy, around, data.clone()];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&data, place.path("link.csv")).unwrap();
        same.push(place.path("link.csv"));
    }
    let swapped = table(100, 0.0, "")
        .lines()
        .map(|line| line.split_once(',').unwrap())
        .fold(String::from("y,x\n"), |text, (x, y)| text + &format!("{y},{x}\n"));
    same.push(place.write("swapped.csv", swapped.as_bytes()));
    let count = |data: &str| -> Result<u64, AppError> {
        let arguments =
            ["likelihood", "--model", &place.path("run"), "--data", data, "--solver", "heun", "--nfe", "5", "--json"];
        let json: serde_json::Value = serde_json::from_str(&call(&arguments)?).unwrap();
        Ok(json["count"].as_u64().unwrap())
    };
    for name in &same {
        assert_eq!(count(name).unwrap(), 20, "{name}: the fifth that was held out");
        call(&["eval", "--model", &place.path("run"), "--data", name, "--nfe", "5"]).unwrap();
    }
    // Other data under the name of these, elsewhere.
    let other = place.write("deeper/a.csv", table(101, 0.5, "x,y\n").as_bytes());
    assert_eq!(count(&other).unwrap(), 101);
    let error = call(&["eval", "--model", &place.path("run"), "--data", &other]).unwrap_err();
    assert!(error.to_string().contains("not the data"), "{error}");
    let named = place.write("named.csv", table(50, 0.0, "u,v\n").as_bytes());
    assert!(count(&named).unwrap_err().to_string().contains("a column `x`"));
    // The same file with other contents: nobody knows any more what was held out.
    place.write("a.csv", table(120, 0.0, "x,y\n").as_bytes());
    for error in [count(&data).unwrap_err(), call(&["eval", "--model", &place.path("run")]).unwrap_err()] {
        assert!(error.to_string().contains("has changed") && error.exit_code() == 2, "{error}");
    }
    std::fs::remove_file(&data).unwrap();
    let error = call(&["eval", "--model", &place.path("run")]).unwrap_err();
    assert!(error.to_string().contains("--data says where they are now"), "{error}");
}

#[test]
fn nothing_is_written_among_the_data() {
    let place = Place::new();
    let picture = image::GrayImage::from_fn(4, 4, |x, y| image::Luma([(40 * x + 17 * y) as u8]));
    std::fs::create_dir(place.0.path().join("pictures")).unwrap();
    for shift in 0..4u8 {
        let mut picture = picture.clone();
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = pixel.0[0].wrapping_mul(shift + 1));
        picture.save(place.path(&format!("pictures/{shift}.png"))).unwrap();
    }
    let pictures = place.path("pictures");
    let error = place.train(&pictures, "pictures/run", &[]).unwrap_err();
    assert!(error.to_string().contains("among the data") && error.exit_code() == 2, "{error}");
    place.train(&pictures, "run", &[]).unwrap();
    let sample =
        |out: &str| call(&["sample", "--model", &place.path("run"), "--count", "2", "--nfe", "3", "--out", out]);
    let error = sample(&place.path("pictures/4.png")).unwrap_err();
    assert!(error.to_string().contains("among the data") && error.exit_code() == 2, "{error}");
    sample(&place.path("run/4.png")).unwrap();
    assert_eq!(std::fs::read_dir(&pictures).unwrap().count(), 4);
}

#[test]
fn what_was_read_is_kept_and_done_again() {
    let place = Place::new();
    let values: Vec<f64> =
        (0..40 * 6 * 4).map(|i| (f64::from(i) * 0.61).sin() * if i / 4 % 6 < 3 { 1.0 } else { 900.0 }).collect();
    let data = place.write("latents.npy", &npy(&[40, 6, 2, 2], Order::C, &values));
    place.train(&data, "run", &[]).unwrap();
    let config = place.config("run");
    let reading = &config["reading"];
    assert_eq!((&reading["options"]["layout"], &reading["options"]["scaling"]), (&"nchw".into(), &"channel".into()));
    assert!(
        reading["read"][0].as_str().unwrap().contains("6 channels") && reading["content"].as_str().unwrap().len() == 64
    );
    assert_eq!(config["normalisation"]["plane"], 4);
    let (shape, values) = place.sample("run", "30");
    assert_eq!(shape, [30, 6, 2, 2], "in the order of the data");
    let size = |channel: usize| values.chunks(24).map(|image| image[4 * channel].abs()).sum::<f64>() / 30.0;
    assert!(size(5) > 50.0 * size(0), "{} {}", size(0), size(5));
    call(&["eval", "--model", &place.path("run"), "--nfe", "5"]).unwrap();
    // A training goes on as it was begun.
    let resume = |more: &[&str]| {
        let out = place.path("run");
        call(&[&["train", "--data", &data, "--out", &out, "--resume", "--steps", "4"][..], more].concat())
    };
    assert!(resume(&["--layout", "nhwc"]).unwrap_err().to_string().contains("--layout cannot be changed"));
    assert!(resume(&["--layout", "nchw"]).unwrap().starts_with("4 steps"));
    place.train(&data, "other", &["--layout", "nhwc", "--scale", "together"]).unwrap();
    assert_eq!(place.sample("other", "2").0, [2, 6, 2, 2]);
    assert_eq!(place.config("other")["shape"]["image"]["channels"], 2);
}

#[test]
fn nothing_is_written_that_is_not_finite() {
    let place = Place::new();
    let data = place.write("a.csv", table(60, 5.0, "x,y\n").as_bytes());
    place.train(&data, "run", &[]).unwrap();
    // Weights that are no numbers.
    let weights = place.0.path().join("run/ema.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    bytes[header..].fill(0xff);
    std::fs::write(&weights, bytes).unwrap();
    for name in ["b.npy", "b.png"] {
        let (run, out) = (place.path("run"), place.path(name));
        let arguments = ["sample", "--model", &run, "--count", "3", "--nfe", "5", "--out", &out];
        let error = call(&arguments).unwrap_err();
        assert!(error.exit_code() > 0 && !Path::new(&out).exists(), "{error}");
    }
}

#[test]
fn a_labelled_table_and_an_archive_are_conditional() {
    let place = Place::new();
    let rows: String = (0..80)
        .map(|i| format!("{},{},{}\n", f64::from(i % 2), f64::from(i) * 0.37 % 1.0, f64::from(i) * 0.61 % 1.0))
        .collect();
    let data = place.write("a.csv", format!("# label,x,y\n{rows}").as_bytes());
    place.train(&data, "run", &["--label", "label"]).unwrap();
    let config = place.config("run");
    assert_eq!(
        (&config["class_names"], &config["reading"]["options"]["label"]),
        (&serde_json::json!(["0", "1"]), &"label".into())
    );
    let out = place.path("s.npy");
    call(&["sample", "--model", &place.path("run"), "--class", "1", "--count", "3", "--nfe", "5", "--out", &out])
        .unwrap();
    call(&["eval", "--model", &place.path("run"), "--nfe", "5"]).unwrap();
    let unlabelled = place.write("b.csv", table(30, 0.0, "x,y\n").as_bytes());
    let arguments =
        ["likelihood", "--model", &place.path("run"), "--data", &unlabelled, "--solver", "heun", "--nfe", "5"];
    assert!(call(&arguments).unwrap().contains("30 points"));
}
