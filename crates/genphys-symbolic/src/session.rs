//! The one place that may touch Symbolica: one thread per process, one process per user at a time.
//!
//! Without a licence key Symbolica allows one thread per user and aborts the process of a second one. Every use
//! therefore runs on a single worker thread, which first waits for a lock file shared by all genphys processes of
//! the user and keeps it until the process ends.

use crate::EngineError;
use fs4::FileExt;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::thread;

type Job = Box<dyn FnOnce() + Send>;

static WORKER: OnceLock<Result<Mutex<Sender<Job>>, String>> = OnceLock::new();

/// Runs `work` on the engine thread, waiting for other genphys processes of this user first.
pub(crate) fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, EngineError> {
    let worker = WORKER.get_or_init(start).as_ref().map_err(|message| EngineError::Lock(message.clone()))?;
    let (answer, result) = channel();
    let job: Job = Box::new(move || {
        // The receiver is gone only if the caller's thread was killed; there is nobody left to tell.
        let _ = answer.send(work());
    });
    let sender = match worker.lock() {
        Ok(guard) => guard,
        Err(poisoned) => poisoned.into_inner(),
    };
    sender.send(job).map_err(|_| EngineError::Stopped)?;
    drop(sender);
    result.recv().map_err(|_| EngineError::Stopped)
}

fn start() -> Result<Mutex<Sender<Job>>, String> {
    let lock = acquire_lock()?;
    let (sender, receiver) = channel::<Job>();
    thread::Builder::new()
        .name("genphys-engine".into())
        // Deeply nested expressions are walked recursively, here as where they are parsed.
        .stack_size(genphys_pde::STACK_BYTES)
        .spawn(move || {
            let _held_until_the_process_ends = lock;
            genphys_pde::has_room();
            for job in receiver {
                // A panic in one derivation must not take the thread away from the next one.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
            }
        })
        .map_err(|error| format!("cannot start the engine thread: {error}"))?;
    Ok(Mutex::new(sender))
}

fn lock_path() -> PathBuf {
    let user = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_else(|_| "user".into());
    let safe: String = user.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect();
    std::env::temp_dir().join(format!("genphys-symbolica-{safe}.lock"))
}

fn acquire_lock() -> Result<File, String> {
    let path = lock_path();
    let describe = |error: std::io::Error| format!("cannot lock {}: {error}", path.display());
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(describe)?;
    FileExt::lock(&file).map_err(describe)?;
    Ok(file)
}
