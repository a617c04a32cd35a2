//! The lock that makes the genphys processes of one user take turns: where it lies, whose it is, and who holds it.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long the engine may be somebody else's before that is reported.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time between two tries.
const BEAT: Duration = Duration::from_millis(40);

/// Another process has the engine, and this one waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The process that has it, where that can be found out.
    pub engine: Option<u32>,
    /// The program it works for, if that is another process.
    pub program: Option<u32>,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.program, self.engine) {
            (Some(program), Some(engine)) => write!(f, "waiting for genphys (pid {program}, its engine {engine})")?,
            (None, Some(engine)) => write!(f, "waiting for the process with pid {engine}")?,
            (_, None) => write!(f, "waiting for another genphys process")?,
        }
        f.write_str(": one derivation at a time per user")
    }
}

/// Takes the lock, for as long as the file lives. `waiting` hears of it once when that takes more than two seconds.
/// `program` is the process that this one works for, to be named to others.
///
/// # Errors
/// When there is no folder for the lock, or what lies there is not this user's own file.
pub(crate) fn acquire(program: u32, waiting: &dyn Fn(&Waiting)) -> Result<File, String> {
    let path = place()?;
    let (begun, mut reported) = (Instant::now(), false);
    loop {
        let file = open(&path).map_err(|error| describe(&path, &error))?;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(describe(&path, &error)),
            }
            if !reported && begun.elapsed() >= PATIENCE {
                waiting(&holder(&path, &file));
                reported = true;
            }
            std::thread::sleep(BEAT);
        }
        // Folders like these are tidied up: a lock on a file that is not there any more keeps nobody out.
        if is_still(&file, &path) {
            sign(&file, program).map_err(|error| describe(&path, &error))?;
            return Ok(file);
        }
    }
}

fn describe(path: &Path, error: &io::Error) -> String {
    format!("cannot lock {}: {error}", path.display())
}

/// Leaves the numbers of this process and of the one it works for, for those who wait.
fn sign(mut file: &File, program: u32) -> io::Result<()> {
    file.set_len(0)?;
    file.write_all(format!("{} {program}\n", std::process::id()).as_bytes())
}

/// Who holds the lock: by what the system says, else by what the file says.
fn holder(path: &Path, file: &File) -> Waiting {
    let mut text = String::new();
    // Where a lock keeps others from reading, nothing is found out.
    drop(File::open(path).and_then(|file| file.take(64).read_to_string(&mut text)));
    let mut numbers = text.split_whitespace().map_while(|word| word.parse::<u32>().ok());
    let (signed, program) = (numbers.next(), numbers.next());
    let engine = system_holder(file).or(signed);
    Waiting { engine, program: program.filter(|program| engine == signed && Some(*program) != engine) }
}

#[cfg(target_os = "linux")]
fn system_holder(file: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let inode = file.metadata().ok()?.ino();
    holder_in(&fs::read_to_string("/proc/locks").ok()?, inode)
}

#[cfg(not(target_os = "linux"))]
fn system_holder(_file: &File) -> Option<u32> {
    None
}

/// The process that holds the lock of a file in the text of `/proc/locks`:
/// `1: FLOCK ADVISORY WRITE 123 fe:00:4711 0 EOF`. Those who wait are lines with an arrow.
#[cfg(target_os = "linux")]
fn holder_in(locks: &str, inode: u64) -> Option<u32> {
    let inode = inode.to_string();
    locks.lines().filter(|line| !line.contains("->")).find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let of_file = words.get(5)?.rsplit(':').next() == Some(inode.as_str());
        // Zero or less stands for a process of another container.
        words.get(4).filter(|_| of_file)?.parse().ok().filter(|pid| *pid > 0)
    })
}

#[cfg(unix)]
mod own {
    //! Folders and files that are this user's and nobody else's.

    use super::{File, OpenOptions, Path, PathBuf, fs, io};
    use rustix::fs::OFlags;
    use std::ffi::OsString;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};

    /// Where the lock may lie, best first: the folder of the session, the cache, a folder in the place for temporary
    /// files that all processes share, whatever their TMPDIR.
    pub(super) fn places(
        uid: u32,
        variable: &dyn Fn(&str) -> Option<OsString>,
        home: Option<PathBuf>,
    ) -> Vec<(PathBuf, bool)> {
        let set = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = set("XDG_CACHE_HOME").or_else(|| home.map(|home| home.join(".cache")));
        let session = cfg!(target_os = "linux").then(|| PathBuf::from(format!("/run/user/{uid}")));
        [
            // That folder belongs to the system, which makes it.
            (set("XDG_RUNTIME_DIR"), false),
            (session, false),
            (cache.map(|cache| cache.join("genphys")), true),
            (Some(PathBuf::from(format!("/tmp/genphys-{uid}"))), true),
        ]
        .into_iter()
        .filter_map(|(folder, make)| Some((folder?, make)))
        .collect()
    }

    /// Whether the folder is this user's, once it has been made where that is asked for.
    pub(super) fn is_ours(folder: &Path, make: bool, uid: u32) -> bool {
        if make && fs::symlink_metadata(folder).is_err() {
            // Nothing is made inside what belongs to somebody else, such as the home of the user who called sudo.
            let shared = folder.parent() == Some(Path::new("/tmp"));
            let above = folder.ancestors().skip(1).find_map(|above| fs::metadata(above).ok());
            if !shared && above.is_none_or(|above| above.uid() != uid) {
                return false;
            }
            drop(fs::DirBuilder::new().recursive(true).mode(0o700).create(folder));
        }
        // In a home a link is the user's own; in the place that all users share it may be anybody's.
        let shared = folder.parent() == Some(Path::new("/tmp"));
        let found = if shared { fs::symlink_metadata(folder) } else { fs::metadata(folder) };
        found.is_ok_and(|found| found.is_dir() && found.uid() == uid && (!shared || found.mode() & 0o077 == 0))
    }

    /// Opens the lock file, which is made if it is not there, and not through a link.
    pub(super) fn open(path: &Path, uid: u32) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW.bits() as i32;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true).mode(0o600).custom_flags(flags);
        let file = options.open(path).map_err(|error| match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => {
                io::Error::other("it is a symbolic link, which is not followed; remove it")
            }
            _ => error,
        })?;
        let found = file.metadata()?;
        if !found.is_file() || found.uid() != uid {
            return Err(io::Error::other("it is not a file of this user; remove it"));
        }
        Ok(file)
    }
}

/// The file of the lock, in the first folder that is this user's own.
#[cfg(unix)]
fn place() -> Result<PathBuf, String> {
    let uid = rustix::process::geteuid().as_raw();
    let places = own::places(uid, &|name| std::env::var_os(name), std::env::home_dir());
    let place = places.iter().find(|(folder, make)| own::is_ours(folder, *make, uid)).map(|(folder, _)| folder);
    place.map(|folder| folder.join(format!("genphys-symbolica-{uid}.lock"))).ok_or_else(|| {
        let tried: Vec<String> = places.iter().map(|(folder, _)| folder.display().to_string()).collect();
        format!("none of these is a folder of this user: {}; set XDG_RUNTIME_DIR to one", tried.join(", "))
    })
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    own::open(path, rustix::process::geteuid().as_raw())
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |found: fs::Metadata| (found.dev(), found.ino());
    file.metadata().map(number).ok() == fs::symlink_metadata(path).map(number).ok()
}

/// In the user's own folder for the data of programs.
#[cfg(not(unix))]
fn place() -> Result<PathBuf, String> {
    let folder = std::env::var_os("LOCALAPPDATA").map_or_else(std::env::temp_dir, PathBuf::from).join("genphys");
    fs::create_dir_all(&folder).map_err(|error| describe(&folder, &error))?;
    Ok(folder.join("genphys-symbolica.lock"))
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}

#[cfg(not(unix))]
fn is_still(_file: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    fn uid() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// In a folder of its own: the tests of other crates take the real lock.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("engine-lock-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn one_place_for_a_user_whatever_the_name_and_the_temporary_folder() {
        let of = |pairs: &'static [(&str, &str)]| {
            let variable =
                move |name: &str| pairs.iter().find(|(own, _)| *own == name).map(|(_, v)| OsString::from(*v));
            own::places(7, &variable, Some("/home/ada".into())).into_iter().map(|(place, _)| place).collect::<Vec<_>>()
        };
        let plain = of(&[]);
        assert_eq!(plain, of(&[("USER", "x"), ("TMPDIR", "/elsewhere")]));
        assert!(plain.contains(&"/home/ada/.cache/genphys".into()) && plain.last() == Some(&"/tmp/genphys-7".into()));
        assert_eq!(of(&[("XDG_RUNTIME_DIR", "/run/of-ada")])[0], Path::new("/run/of-ada"));
        assert_eq!(of(&[("XDG_RUNTIME_DIR", "relative"), ("XDG_CACHE_HOME", "")]), plain);
        assert!(of(&[("XDG_CACHE_HOME", "/cache")]).contains(&"/cache/genphys".into()));
    }

    #[test]
    fn folders_are_made_for_nobody_else_and_links_are_not_followed() {
        let folder = folder("own");
        let inner = folder.join("cache/genphys");
        assert!(own::is_ours(&inner, true, uid()) && fs::metadata(&inner).unwrap().mode() & 0o077 == 0);
        assert!(!own::is_ours(&folder.join("missing"), false, uid()));
        assert!(!own::is_ours(&folder.join("theirs"), true, uid() + 1) && !folder.join("theirs").exists());
        assert!(!own::is_ours(&folder, false, uid() + 1));
        let (victim, link) = (folder.join("victim"), folder.join("link"));
        fs::write(&victim, "precious").unwrap();
        symlink(&victim, &link).unwrap();
        assert!(own::open(&link, uid()).unwrap_err().to_string().contains("symbolic link"));
        symlink(folder.join("nothing"), folder.join("dangling")).unwrap();
        assert!(own::open(&folder.join("dangling"), uid()).is_err() && !folder.join("nothing").exists());
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        assert!(own::open(&victim, uid() + 1).unwrap_err().to_string().contains("not a file of this user"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_shared_folder_that_others_may_enter_is_not_taken() {
        let folder = PathBuf::from(format!("/tmp/genphys-test-{}", std::process::id()));
        assert!(own::is_ours(&folder, true, uid()));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(!own::is_ours(&folder, true, uid()));
        fs::remove_dir(&folder).unwrap();
        symlink("/", &folder).unwrap();
        assert!(!own::is_ours(&folder, true, uid()));
        fs::remove_file(&folder).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_holder_is_whom_the_system_names() {
        let folder = folder("holder");
        let path = folder.join("lock");
        let file = open(&path).unwrap();
        file.lock().unwrap();
        fs::write(&path, "4000000 1\n").unwrap();
        let me = std::process::id();
        assert_eq!(holder(&path, &file), Waiting { engine: Some(me), program: None }, "what was left there is old");
        sign(&file, 1).unwrap();
        let found = holder(&path, &file);
        assert_eq!(found, Waiting { engine: Some(me), program: Some(1) });
        assert!(found.to_string().contains("pid 1, its engine") && found.to_string().contains(&me.to_string()));
        let locks = "1: FLOCK  ADVISORY  WRITE 12 00:1a:99 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 13 00:1a:99 0 EOF\n\
                     2: POSIX  ADVISORY  WRITE 14 00:1a:199 0 EOF\n3: FLOCK ADVISORY WRITE 0 00:1a:98 0 EOF\n";
        assert_eq!((holder_in(locks, 99), holder_in(locks, 98), holder_in(locks, 7)), (Some(12), None, None));
        assert!(is_still(&file, &path));
        fs::remove_file(&path).unwrap();
        assert!(!is_still(&file, &path), "a lock on a file that was tidied up is none");
        fs::remove_dir_all(folder).unwrap();
    }
}
