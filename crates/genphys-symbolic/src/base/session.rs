//! The one place that may touch Symbolica: one thread per process, one process per user at a time.
//!
//! Without a licence key Symbolica allows one thread per user and aborts the process of a second one. Every use
//! therefore runs on a single worker thread, which first waits for a lock file shared by all genphys processes of
//! the user and keeps it until the process ends.

use crate::base::engine_lock;
use crate::base::engine_lock::Waiting;
use crate::base::error::EngineError;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::thread;

pub(crate) type Job = Box<dyn FnOnce() + Send>;

static WORKER: OnceLock<Result<Mutex<Sender<Job>>, String>> = OnceLock::new();

/// Takes the engine, waiting for other genphys processes of this user first; see [`engine_lock::acquire`].
pub(crate) fn start(program: u32, waiting: &dyn Fn(&Waiting)) -> Result<&'static Mutex<Sender<Job>>, EngineError> {
    WORKER.get_or_init(|| begin(program, waiting)).as_ref().map_err(|message| EngineError::Lock(message.clone()))
}

/// Runs `work` on the engine thread, waiting for other genphys processes of this user first.
pub(crate) fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, EngineError> {
    let worker = start(std::process::id(), &|_| ())?;
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

fn begin(program: u32, waiting: &dyn Fn(&Waiting)) -> Result<Mutex<Sender<Job>>, String> {
    let lock = engine_lock::acquire(program, waiting)?;
    let (sender, receiver) = channel::<Job>();
    thread::Builder::new()
        .name("genphys-engine".into())
        // Deeply nested expressions are walked recursively, here as where they are parsed.
        .stack_size(genphys_pde::STACK_BYTES)
        .spawn(move || {
            let _held_until_the_process_ends = lock;
            for job in receiver {
                // A panic in one derivation must not take the thread away from the next one.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
            }
        })
        .map_err(|error| format!("cannot start the engine thread: {error}"))?;
    Ok(Mutex::new(sender))
}
