extern crate self as genphys;
#[path = "support/genphys.rs"]
mod facade;
pub use facade::*;

#[genphys_pde(file = "pdes/yukawa.pde")]
struct Model;

fn main() {
    let _: Result<Model, ParamError> = Model::new();
}
