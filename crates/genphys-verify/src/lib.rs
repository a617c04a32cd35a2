//! Re-checks the verdicts of genphys from their certificates, without the symbolic engine.
//!
//! [`verify`] takes an equation and a derivation and looks at every claim: numbers are recomputed from the syntax tree,
//! matched forms are compared with the equation at random points, closure proofs are followed step by step, and
//! polynomials are shown to be positive exactly (Sturm) where they can be. [`numeric`] is the evaluation it rests on.

mod check;
#[allow(dead_code)]
mod enclosure;
#[allow(dead_code)]
mod exact;
mod judge;
pub mod numeric;
#[allow(dead_code)]
mod sign;

pub use check::{Finding, Level, Report, verify};
pub use judge::{Judged, NO_CERTIFICATE, NO_RULE, SGenerative, TIME, WORK_LIMIT, judge, recheck, undecided};
