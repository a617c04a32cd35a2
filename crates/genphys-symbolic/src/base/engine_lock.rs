//! The lock that makes the genphys processes of one user take turns: where it lies, whose it is, and who holds it.
//!
//! Beside it lies a second one, the queue: who waits holds it while waiting for the engine. So whoever has just let the
//! engine go, and wants it again, stands behind the one that waits.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How long the engine may be somebody else's before that is told, and how often it is looked whose it is then.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time between two names of those that have it, at least.
const AGAIN: Duration = Duration::from_secs(10);

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

/// Takes the lock, for as long as the file lives. `waiting` hears of it when that takes more than two seconds, and again
/// when another has it then. `program` is the process that this one works for, to be told to others.
///
/// # Errors
/// When there is no folder for the lock, or what lies there is not this user's own file.
pub(crate) fn acquire(program: u32, waiting: &dyn Fn(&Waiting)) -> Result<File, String> {
    acquire_at(&place()?, program, waiting)
}

fn acquire_at(path: &Path, program: u32, waiting: &dyn Fn(&Waiting)) -> Result<File, String> {
    let mut teller = Teller { path, waiting, told: None, next: Instant::now() + PATIENCE };
    let _first_in_the_queue = locked(&path.with_extension("queue"), &mut teller)?;
    loop {
        let file = locked(path, &mut teller)?;
        // Folders like these are tidied up: a lock on a file that is not there any more keeps nobody out.
        if is_still(&file, path) {
            sign(&file, program).map_err(|error| describe(path, &error))?;
            return Ok(file);
        }
    }
}

/// Waits for the lock of one file.
fn locked(path: &Path, teller: &mut Teller<'_>) -> Result<File, String> {
    let file = open(path).map_err(|error| describe(path, &error))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(describe(path, &error)),
    }
    // The system wakes those who wait in the order in which they came; this thread tells what for.
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let result = loop {
            match file.lock() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        // Whoever asked waits for it.
        drop(sender.send(result.map(|()| file)));
    });
    loop {
        match receiver.recv_timeout(teller.next.saturating_duration_since(Instant::now())) {
            Ok(result) => return result.map_err(|error| describe(path, &error)),
            Err(RecvTimeoutError::Timeout) => teller.tell(),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(describe(path, &io::Error::other("it is not known why")));
            }
        }
    }
}

/// Tells who has the engine.
struct Teller<'a> {
    path: &'a Path,
    waiting: &'a dyn Fn(&Waiting),
    told: Option<Waiting>,
    next: Instant,
}

impl Teller<'_> {
    fn tell(&mut self) {
        let found = holder(self.path);
        // Between two holders there is none.
        let news = self.told.as_ref() != Some(&found) && (self.told.is_none() || found.engine.is_some());
        if news {
            (self.waiting)(&found);
            self.told = Some(found);
        }
        self.next = Instant::now() + if news { AGAIN } else { PATIENCE };
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
fn holder(path: &Path) -> Waiting {
    let mut text = String::new();
    // Where a lock keeps others from reading, nothing is found out.
    drop(File::open(path).and_then(|file| file.take(64).read_to_string(&mut text)));
    let mut numbers = text.split_whitespace().map_while(|word| word.parse::<u32>().ok());
    let (signed, program) = (numbers.next(), numbers.next());
    let engine = system_holder(path).or(signed.filter(|pid| is_alive(*pid)));
    Waiting { engine, program: program.filter(|program| engine == signed && Some(*program) != engine) }
}

#[cfg(target_os = "linux")]
fn system_holder(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let inode = fs::symlink_metadata(path).ok()?.ino();
    holder_in(&fs::read_to_string("/proc/locks").ok()?, inode)
}

#[cfg(not(target_os = "linux"))]
fn system_holder(_path: &Path) -> Option<u32> {
    None
}

/// Whether there is such a process: what a killed one has signed stays in the file.
#[cfg(unix)]
fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    // One that may not be asked is there as well.
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_alive(_pid: u32) -> bool {
    true
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
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};

    /// Where the lock may lie, best first, and whether that folder is made: the folder of the session, the cache in the
    /// home, a folder in the place for temporary files that all processes share. What the user's processes may disagree
    /// on, variables of the environment, has no say.
    pub(super) fn places(uid: u32, users: &str) -> Vec<(PathBuf, bool)> {
        // That folder belongs to the system, which makes it.
        let session = cfg!(target_os = "linux").then(|| (PathBuf::from(format!("/run/user/{uid}")), false));
        let cache = home(uid, users).map(|home| (home.join(".cache/genphys"), true));
        let shared = (PathBuf::from(format!("/tmp/genphys-{uid}")), true);
        [session, cache, Some(shared)].into_iter().flatten().collect()
    }

    /// The home of a user in the text of `/etc/passwd`: `ada:x:1000:1000:Ada:/home/ada:/bin/sh`.
    fn home(uid: u32, users: &str) -> Option<PathBuf> {
        let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let home = fields.filter(|fields| fields.get(2).is_some_and(|of| *of == uid.to_string()));
        home.filter_map(|fields| fields.get(5).map(PathBuf::from)).find(|home| home.is_absolute())
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

/// The file of the lock, in the first folder that is this user's own. A test that wants a lock of its own names a folder
/// in `GENPHYS_LOCK_FOLDER`.
#[cfg(unix)]
fn place() -> Result<PathBuf, String> {
    let uid = rustix::process::geteuid().as_raw();
    let places = match std::env::var_os("GENPHYS_LOCK_FOLDER") {
        Some(folder) => vec![(PathBuf::from(folder), false)],
        None => own::places(uid, &fs::read_to_string("/etc/passwd").unwrap_or_default()),
    };
    let place = places.iter().find(|(folder, make)| own::is_ours(folder, *make, uid)).map(|(folder, _)| folder);
    place.map(|folder| folder.join(format!("genphys-symbolica-{uid}.lock"))).ok_or_else(|| {
        let tried: Vec<String> = places.iter().map(|(folder, _)| folder.display().to_string()).collect();
        format!(
            "the engine's lock needs a folder that only this user may enter, and none of these is one: {}",
            tried.join(", ")
        )
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
    fn one_place_for_a_user_whatever_the_environment_says() {
        let users = "root:x:0:0:root:/root:/bin/sh\n# a comment\nada:x:7:7:Ada:/home/ada:/bin/sh\nx:x:8:8::relative:\n";
        let of = |uid| own::places(uid, users).into_iter().map(|(place, _)| place).collect::<Vec<_>>();
        assert!(of(7).contains(&"/home/ada/.cache/genphys".into()) && of(7).last() == Some(&"/tmp/genphys-7".into()));
        for unknown in [8, 70] {
            assert!(!of(unknown).iter().any(|place| place.ends_with(".cache/genphys")), "{:?}", of(unknown));
        }
        assert_eq!(of(7).first() == Some(&"/run/user/7".into()), cfg!(target_os = "linux"));
    }

    /// Who waits gets the engine before one that has just had it, however fast that asks again.
    #[test]
    fn who_waits_comes_next() {
        let folder = folder("queue");
        let path = folder.join("lock");
        let order = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            let first = acquire_at(&path, 1, &|_| ()).unwrap();
            let waits = scope.spawn(|| {
                let file = acquire_at(&path, 1, &|_| ()).unwrap();
                order.lock().unwrap().push("the one that waits");
                drop(file);
            });
            // It stands first in the queue as soon as nobody else can.
            let queue = open(&path.with_extension("queue")).unwrap();
            while queue.try_lock().is_ok() {
                queue.unlock().unwrap();
                std::thread::yield_now();
            }
            drop(first);
            let again = acquire_at(&path, 1, &|_| ()).unwrap();
            order.lock().unwrap().push("the one that was there");
            drop(again);
            waits.join().unwrap();
        });
        assert_eq!(order.into_inner().unwrap(), ["the one that waits", "the one that was there"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn who_waits_hears_of_another_holder_and_of_nobody_who_is_dead() {
        let folder = folder("told");
        let path = folder.join("lock");
        // Nobody holds it, and a process that is no more has signed it.
        fs::write(&path, "4194999 1\n").unwrap();
        assert_eq!(holder(&path), Waiting { engine: None, program: None });
        let told = std::cell::RefCell::new(Vec::new());
        let hear = |waiting: &Waiting| told.borrow_mut().push(waiting.engine);
        let mut teller = Teller { path: &path, waiting: &hear, told: None, next: Instant::now() };
        teller.tell();
        let file = open(&path).unwrap();
        file.lock().unwrap();
        teller.tell();
        teller.tell();
        let me = cfg!(target_os = "linux").then(std::process::id);
        assert_eq!(*told.borrow(), if me.is_some() { vec![None, me] } else { vec![None] });
        fs::remove_dir_all(folder).unwrap();
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
        assert_eq!(holder(&path), Waiting { engine: Some(me), program: None }, "what was left there is old");
        sign(&file, 1).unwrap();
        let found = holder(&path);
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
