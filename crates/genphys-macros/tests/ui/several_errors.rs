extern crate self as genphys;
#[path = "support/genphys.rs"]
mod facade;
pub use facade::*;

#[genphys_pde(inline = "
    param m > 0 = -1
    dt(phi) = lapl(phi) + mm*phi
")]
pub struct Model;

fn main() {
    let model = Model::with_defaults().map(|model| model.sigma(1.0));
    println!("{model:?}");
}
