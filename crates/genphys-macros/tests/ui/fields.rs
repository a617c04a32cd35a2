extern crate self as genphys;
#[path = "support/genphys.rs"]
mod facade;
pub use facade::*;

#[genphys_pde("pdes/yukawa.pde")]
struct Model {
    m: f64,
}

fn main() {
    println!("{}", Model { m: 1.0 }.m);
}
