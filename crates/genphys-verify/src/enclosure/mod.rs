//! Numbers as intervals of `f64` that contain the true value: what they say about signs is proved.

mod complex;
mod elementary;
mod interval;
mod limit;
mod roots;
mod symbol;
mod transform;

pub(crate) use complex::Rect;
pub(crate) use interval::Interval;
pub(crate) use roots::all as all_roots;
pub(crate) use symbol::Enclosed;
pub(crate) use transform::weights;
