//! Which files of a folder are pictures of the data set, and what lies there besides.

use super::error::DataError;
use super::options::ReadOptions;
use super::ordinary;
use super::picture::is_image;
use super::reading::{Reading, counted, shown, some};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A picture, and the folder of its class if it lies in one.
pub(crate) type Listed = (PathBuf, Option<String>);

/// What lies directly in a folder.
#[derive(Default)]
struct Inside {
    pictures: Vec<PathBuf>,
    folders: Vec<(String, PathBuf)>,
    /// Names of pictures that are not read, and why not.
    refused: Vec<DataError>,
    /// How many other files there are of an ending.
    others: BTreeMap<String, usize>,
}

/// The pictures directly in `folder`, or those in the folders inside, whichever are more, each in the order of their
/// names; and what is wrong with those that are not read. What is left out for other reasons is noted in `reading`.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn list(
    folder: &Path,
    options: &ReadOptions,
    reading: &mut Reading,
) -> Result<(Vec<Listed>, Vec<DataError>), DataError> {
    let root = folder.canonicalize().map_err(DataError::io(folder))?;
    let root = if options.follow_links { None } else { Some(root.as_path()) };
    let Inside { pictures, folders, mut refused, others } = Inside::of(folder, root)?;
    let (mut of_classes, mut refused_of_classes, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    let mut others_of_classes: BTreeMap<String, usize> = BTreeMap::new();
    for (class, path) in folders {
        match Inside::of(&path, root) {
            Ok(inside) => {
                if inside.pictures.is_empty() && inside.refused.is_empty() {
                    empty.push(class.clone());
                }
                of_classes.extend(inside.pictures.into_iter().map(|path| (path, Some(class.clone()))));
                refused_of_classes.extend(inside.refused);
                for (ending, count) in inside.others {
                    *others_of_classes.entry(ending).or_default() += count;
                }
                for (deeper, path) in inside.folders {
                    if Inside::of(&path, root).is_ok_and(|inside| !inside.pictures.is_empty()) {
                        empty.push(format!("{class}/{deeper} (too deep)"));
                    }
                }
            }
            Err(_) => empty.push(format!("{class} (unreadable)")),
        }
    }
    let classed = !of_classes.is_empty() && of_classes.len() >= pictures.len();
    let mut all = others;
    let listed = if classed || pictures.is_empty() {
        if !pictures.is_empty() {
            let names: Vec<String> = pictures.iter().map(|path| name_of(path)).collect();
            let beside = counted(pictures.len(), "loose picture");
            reading.left_out.push(format!("{beside} beside the folders of classes ({})", some(&names)));
        }
        refused = refused_of_classes;
        for (ending, count) in others_of_classes {
            *all.entry(ending).or_default() += count;
        }
        if !empty.is_empty() && classed {
            reading.left_out.push(format!("folders without pictures ({})", some(&empty)));
        }
        of_classes
    } else {
        if !of_classes.is_empty() {
            let mut names: Vec<&String> = of_classes.iter().filter_map(|(_, class)| class.as_ref()).collect();
            names.dedup();
            let inside = counted(of_classes.len(), "picture");
            let folders = some(&names);
            reading
                .left_out
                .push(format!("{inside} in the folders {folders}, as there are more loose pictures; no classes"));
        }
        pictures.into_iter().map(|path| (path, None)).collect()
    };
    if !all.is_empty() {
        let total: usize = all.values().sum();
        let kinds: Vec<String> = all.iter().map(|(ending, count)| format!("{count} {ending}")).collect();
        reading.left_out.push(format!("{} of other kinds ({})", counted(total, "file"), some(&kinds)));
    }
    Ok((listed, refused))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Inside {
    /// Looks into a folder; with a `root`, links must not lead out of it. Hidden files are passed over.
    fn of(folder: &Path, root: Option<&Path>) -> Result<Self, DataError> {
        let mut inside = Self::default();
        for entry in std::fs::read_dir(folder).map_err(DataError::io(folder))? {
            let path = entry.map_err(DataError::io(folder))?.path();
            let name = name_of(&path);
            if name.starts_with('.') {
                continue;
            }
            let metadata = std::fs::metadata(&path);
            let leads_out = root.is_some_and(|root| path.canonicalize().is_ok_and(|target| !target.starts_with(root)));
            match metadata {
                Ok(found) if found.is_dir() && !leads_out => inside.folders.push((name, path)),
                _ if !is_image(&path) => {
                    let ending = path.extension().map(|ending| format!(".{}", shown(&ending.to_string_lossy())));
                    *inside.others.entry(ending.unwrap_or_else(|| "without ending".into())).or_default() += 1;
                }
                Err(source) => inside.refused.push(DataError::Io { path, source }),
                Ok(_) if leads_out => {
                    let found = "a link that leads out of it (--follow-links reads such)";
                    inside.refused.push(DataError::format(path, "a picture in the folder", found));
                }
                Ok(found) if found.is_file() => inside.pictures.push(path),
                Ok(found) => inside.refused.push(DataError::format(path, "a picture", ordinary::kind(&found))),
            }
        }
        inside.pictures.sort();
        inside.folders.sort();
        Ok(inside)
    }
}
