extern crate self as genphys;
#[path = "support/genphys.rs"]
mod facade;
pub use facade::*;

#[genphys_pde("pdes/screened_pfgmpp.pde", conservative)]
struct Model;

fn main() {
    let _ = Model::new(1.0, 1.0);
}
