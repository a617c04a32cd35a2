//! A stack for recursion. Trees are at most [`crate::limits::MAX_HEIGHT`] high, but the walks that build and check them
//! have large frames without optimisation, and a caller may have a small stack: a test thread has 2 MiB, the main
//! thread of some systems 1 MiB.

use std::thread;

/// Enough for the highest tree in a build without optimisation, several times over. Only what is used is paid for.
pub const STACK_BYTES: usize = 64 << 20;

/// Runs the work on a thread with a large stack, or on this one where the system has no further thread. That costs some
/// tens of microseconds, so short expressions are parsed where they are.
pub(crate) fn on_large_stack<T: Send>(work: impl Fn() -> T + Send + Sync) -> T {
    let work = &work;
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("genphys-pde".into()).stack_size(STACK_BYTES);
        match builder.spawn_scoped(scope, work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => work(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_recursion_fits() {
        fn depth(left: usize) -> usize {
            let frame = std::hint::black_box([left; 128]);
            if left == 0 { 0 } else { depth(left - 1) + frame[127] / left }
        }
        // About 20 MiB, ten times the stack of a test thread.
        assert_eq!(on_large_stack(|| depth(20_000)), 20_000);
    }
}
