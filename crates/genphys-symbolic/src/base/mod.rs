//! What everything stands on: options, errors, the one thread that may touch Symbolica, and the work that a verdict may
//! take.

pub(crate) mod budget;
pub(crate) mod engine_lock;
pub(crate) mod error;
pub(crate) mod options;
pub(crate) mod session;
