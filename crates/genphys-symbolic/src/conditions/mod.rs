//! Stage 3: the two conditions of GenPhys, each decided as a formula in the parameters.

pub(crate) mod c1;
pub(crate) mod c2;
