extern crate self as genphys;
#[path = "support/genphys.rs"]
mod facade;
pub use facade::*;

#[genphys_pde("pdes/wave.pde")]
struct Model;

fn main() {
    let _ = Model::new();
}
