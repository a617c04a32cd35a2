//! Vector instructions chosen when the program runs.

use pulp::Arch;

/// Runs `work` compiled for the widest vector instructions that this machine has (AVX2 or AVX-512 on x86), so that a
/// program built for any machine is fast on this one.
///
/// Only what is inlined into `work` gets them: mark the closure and what it calls `#[inline(always)]`. Results are the
/// same on every machine, because no multiplication is fused with an addition.
#[inline(always)]
pub fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(work)
}
