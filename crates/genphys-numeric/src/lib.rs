//! Numbers in slices: vector loops, matrix products within a thread, normal numbers, and the streams they are drawn
//! from.
//!
//! Vector instructions are chosen at run time, and sums run over fixed blocks, so results depend neither on the machine
//! nor on the number of threads.

mod elementary;
mod lanes;
mod multiply;
mod normals;
pub mod seed;
mod silu;
mod softmax;
mod sums;
mod vectorised;

pub use elementary::{LARGEST_PHASE, exp, ln, quarter_turns, sin_cos};
pub use lanes::{LANES, add_lanes, add_products, largest, least, over_lanes, sum_of, sum_over_pairs};
pub use multiply::{Before, Matrix, ProductError, multiply};
pub use normals::fill_normals;
pub use silu::{activate, add_silu_gradient, silu_of, slope_of};
pub use softmax::softmax_rows;
pub use sums::{add_in_order, add_rows, add_to};
pub use vectorised::vectorised;

/// Elements per parallel piece of work: large enough to be worth a task, small enough to balance.
pub const BLOCK: usize = 16 * 1024;
