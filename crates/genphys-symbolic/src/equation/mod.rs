//! The equation as the engine works on it: what is declared, its symbol, branches, kind of problem, and coefficients in
//! time.

pub(crate) mod asymptotics;
pub(crate) mod bounded_multiplier;
pub(crate) mod clock;
pub(crate) mod declared;
pub(crate) mod definite;
pub(crate) mod dispersion;
pub(crate) mod linear;
pub(crate) mod nonlinear;
pub(crate) mod operator;
pub(crate) mod petrovsky;
pub(crate) mod read;
pub(crate) mod samples;
pub(crate) mod skewness;
pub(crate) mod symbol;
pub(crate) mod time;
