extern crate self as genphys;
#[path = "support/genphys.rs"]
mod facade;
pub use facade::*;

#[genphys_pde("pdes/yukawa.pde")]
struct Tuple(f64);

fn main() {}
