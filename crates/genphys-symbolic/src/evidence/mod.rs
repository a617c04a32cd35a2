//! What stands beside an answer: numbers that refute it, witnesses, the report, repairs.

pub(crate) mod memory;
pub(crate) mod refute;
pub(crate) mod repair;
pub(crate) mod report;
pub(crate) mod witness;
