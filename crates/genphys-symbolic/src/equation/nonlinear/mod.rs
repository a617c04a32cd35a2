//! Equations that are not linear in the field: linearised about uniform backgrounds for dispersion and C2, with the
//! exact continuity form. What the linear equation says about p ≥ 0 is a statement about small disturbances, so that
//! the verdict is never better than conditional.

mod continuity;
mod linearise;

pub(crate) use continuity::continuity;
pub(crate) use linearise::{Background, linearise};
