//! A folder of pictures, or a folder of such folders, one per class.

use super::array::{Found, interpret, normalise};
use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use super::folder_list::list;
use super::options::{Layout, ReadOptions};
use super::picture::{self, Header};
use super::raw::Raw;
use super::reading::{Reading, counted, some};
use super::table::numbered;
use image::DynamicImage;
use image::imageops::FilterType;
use image::metadata::Orientation;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Largest side that pictures are scaled to.
const LARGEST_SIDE: u32 = 4096;

/// A picture of the data set.
struct Picture {
    path: PathBuf,
    class: Option<String>,
    header: Header,
    /// Whether parts of it were transparent.
    transparent: bool,
}

/// What all pictures are brought to.
struct Target {
    width: u32,
    height: u32,
    colour: bool,
    /// Whether they are cropped and scaled.
    scaled: bool,
}

/// Reads the pictures directly in `folder`, in the order of their names; or, where there are as many, those in the
/// folders inside, whose names become the classes. They are grey when all of them are, otherwise colour; transparent
/// parts are shown on white. Pictures of 8 bits a channel take a byte a value until they are normalised.
pub(crate) fn read(folder: &Path, options: &ReadOptions) -> Result<Dataset, DataError> {
    if let Some(size) = options.size
        && !(1..=LARGEST_SIDE).contains(&size)
    {
        return Err(DataError::format(folder, format!("--size from 1 to {LARGEST_SIDE}"), size.to_string()));
    }
    let mut reading = Reading { options: options.clone(), ..Reading::default() };
    let (listed, mut broken) = list(folder, options, &mut reading)?;
    let found: Vec<Result<Picture, DataError>> = listed
        .into_par_iter()
        .map(|(path, class)| Ok(Picture { header: picture::header(&path)?, path, class, transparent: false }))
        .collect();
    let mut pictures = Vec::with_capacity(found.len());
    for picture in found {
        match picture {
            Ok(picture) => pictures.push(picture),
            Err(error) => broken.push(error),
        }
    }
    let mut left_out = skipped(broken, options)?;
    let Some(first) = pictures.first() else {
        let left: Vec<String> = reading
            .left_out
            .iter()
            .cloned()
            .chain((left_out > 0).then(|| counted(left_out, "broken picture")))
            .collect();
        let left = if left.is_empty() { String::new() } else { format!(" ({})", left.join(", ")) };
        let found = format!("none, nor in the folders directly inside{left}");
        return Err(DataError::format(folder, "pictures, such as PNG or JPEG", found));
    };
    let first_size = first.header.size;
    let odd = pictures.iter().find(|picture| picture.header.size != first_size);
    let (width, height) = match (options.size, odd) {
        (Some(side), _) => (side, side),
        (None, None) => first_size,
        (None, Some(odd)) => {
            let (first, other, other_size) = (first.path.clone(), odd.path.clone(), odd.header.size);
            return Err(DataError::MixedSizes { first, first_size, other, other_size });
        }
    };
    let target =
        Target { width, height, colour: pictures.iter().any(|p| p.header.colour), scaled: options.size.is_some() };
    let dims = [pictures.len() as u64, if target.colour { 3 } else { 1 }, u64::from(height), u64::from(width)];
    let shape = interpret(folder, &dims, Some(Layout::Nchw))?.shape;
    let (mut raw, decoded) = if pictures.iter().any(|picture| picture.header.deep) {
        let (grey, colour) =
            (|image: DynamicImage| image.into_luma16().into_raw(), |image: DynamicImage| image.into_rgb16().into_raw());
        let (values, decoded) = decode_all(&pictures, &shape, &target, grey, colour);
        (Raw::U16(values), decoded)
    } else {
        let (grey, colour) =
            (|image: DynamicImage| image.into_luma8().into_raw(), |image: DynamicImage| image.into_rgb8().into_raw());
        let (values, decoded) = decode_all(&pictures, &shape, &target, grey, colour);
        (Raw::U8(values), decoded)
    };
    let kept: Vec<bool> = decoded.iter().map(Result::is_ok).collect();
    let (mut whole, mut broken) = (Vec::with_capacity(pictures.len()), Vec::new());
    for (picture, decoded) in pictures.into_iter().zip(decoded) {
        match decoded {
            Ok(transparent) => whole.push(Picture { transparent, ..picture }),
            Err(error) => broken.push(error),
        }
    }
    left_out += skipped(broken, options)?;
    if left_out > 0 {
        raw.keep(shape.dim(), &kept);
        reading.left_out.insert(0, format!("{} that cannot be read", counted(left_out, "picture")));
    }
    tell(&whole, &shape, &target, &mut reading);
    let (labels, class_names) = numbered(whole.into_iter().filter_map(|picture| picture.class).collect());
    let labels = (!class_names.is_empty()).then_some(labels);
    normalise(folder, Found { raw, shape, labels, class_names, reading }, options)
}

/// How many pictures are left out because something is wrong with them.
///
/// # Errors
/// When that is not asked for.
fn skipped(broken: Vec<DataError>, options: &ReadOptions) -> Result<usize, DataError> {
    let count = broken.len();
    match broken.into_iter().next() {
        Some(first) if !options.skip_broken => Err(DataError::Broken { first: Box::new(first), count }),
        _ => Ok(count),
    }
}

/// The values of all pictures one after the other, channels first, and whether each had transparent parts. Decoded side
/// by side into the place they stay in.
fn decode_all<T: Copy + Default + Send>(
    pictures: &[Picture],
    shape: &DataShape,
    target: &Target,
    grey: impl Fn(DynamicImage) -> Vec<T> + Sync,
    colour: impl Fn(DynamicImage) -> Vec<T> + Sync,
) -> (Vec<T>, Vec<Result<bool, DataError>>) {
    let dim = shape.dim();
    let mut values = vec![T::default(); pictures.len() * dim];
    let decoded = values
        .par_chunks_exact_mut(dim)
        .zip(pictures)
        .map(|(place, picture)| {
            let (image, transparent) = picture::decode(&picture.path, picture.header.orientation)?;
            let image = if target.scaled { cropped_and_scaled(image, target) } else { image };
            let pixels = if target.colour { colour(image) } else { grey(image) };
            if pixels.len() != dim {
                let expected = format!("{dim} pixel values");
                return Err(DataError::format(&picture.path, expected, pixels.len().to_string()));
            }
            let channels = if target.colour { 3 } else { 1 };
            let planes = (0..channels).flat_map(|channel| pixels.iter().skip(channel).step_by(channels));
            place.iter_mut().zip(planes).for_each(|(to, from)| *to = *from);
            Ok(transparent)
        })
        .collect();
    (values, decoded)
}

/// The largest square in the middle, scaled with Lanczos' filter, which averages over what becomes one pixel.
fn cropped_and_scaled(image: DynamicImage, target: &Target) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    if (width, height) == (target.width, target.height) {
        return image;
    }
    let side = width.min(height);
    let square = image.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    square.resize_exact(target.width, target.height, FilterType::Lanczos3)
}

/// Notes what was found and done.
fn tell(pictures: &[Picture], shape: &DataShape, target: &Target, reading: &mut Reading) {
    let count = |which: &dyn Fn(&Picture) -> bool| pictures.iter().filter(|picture| which(picture)).count();
    let mut formats = BTreeMap::<&str, usize>::new();
    let mut classes = BTreeMap::<&str, usize>::new();
    for picture in pictures {
        *formats.entry(picture.header.format).or_default() += 1;
        if let Some(class) = &picture.class {
            *classes.entry(class).or_default() += 1;
        }
    }
    let list = |counts: &BTreeMap<&str, usize>| {
        some(&counts.iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>())
    };
    reading.read.push(format!("{} ({}) of {}", counted(pictures.len(), "picture"), list(&formats), shape.described()));
    let deep = count(&|picture| picture.header.deep);
    if deep > 0 {
        reading.read.push(format!("{deep} of 16 bits a channel"));
    }
    if !classes.is_empty() {
        reading.read.push(format!("{} classes ({})", classes.len(), list(&classes)));
    }
    if let Some(animated) = formats.get("gif") {
        reading.read.push(format!("the first frame of {animated} gif"));
    }
    let several = count(&|picture| picture.header.has_more);
    if several > 0 {
        reading.left_out.push(format!("what follows the first page or frame in {}", counted(several, "file")));
    }
    let turned = count(&|picture| picture.header.orientation != Orientation::NoTransforms);
    let side = target.width;
    let scaled = if target.scaled { count(&|picture| picture.header.size != (side, side)) } else { 0 };
    let cropped = if target.scaled { count(&|picture| picture.header.size.0 != picture.header.size.1) } else { 0 };
    let enlarged = if target.scaled { count(&|p| p.header.size.0.min(p.header.size.1) < side) } else { 0 };
    for (count, what) in [
        (turned, "turned as their EXIF data say".to_owned()),
        (cropped, "cropped to the square in their middle".to_owned()),
        (scaled, format!("scaled to {side}x{side} (Lanczos)")),
        (enlarged, "of these enlarged".to_owned()),
        (count(&|picture| picture.transparent), "with transparent parts shown on white".to_owned()),
        (if target.colour { count(&|picture| !picture.header.colour) } else { 0 }, "grey in colour".to_owned()),
        (if deep > 0 { pictures.len() - deep } else { 0 }, "of 8 bits scaled to 16".to_owned()),
    ] {
        if count > 0 {
            reading.changed.push(format!("{count} {what}"));
        }
    }
}
