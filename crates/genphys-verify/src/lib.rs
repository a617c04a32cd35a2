//! Re-checks the verdicts of genphys from their certificates, without the symbolic engine.
//!
//! [`verify`] takes an equation and a derivation and looks at every claim: matched forms are identities of polynomials
//! over the rationals (`exact`), signs are proved over the domains and conditions (`sign`), numbers that refute are
//! enclosed (`enclosure`), closure proofs are followed step by step. [`numeric`] evaluates equations for tests and
//! messages.

mod check;
#[allow(dead_code)]
mod enclosure;
#[allow(dead_code)]
mod exact;
mod judge;
pub mod numeric;
#[allow(dead_code)]
mod sign;
mod work;

pub use check::{Finding, Level, Report, verify};
pub use judge::{Judged, NO_CERTIFICATE, NO_RULE, SGenerative, TIME, WORK_LIMIT, judge, recheck, undecided};
