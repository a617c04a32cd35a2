extern crate self as genphys;
#[path = "support/genphys.rs"]
mod facade;
pub use facade::*;

#[genphys_pde]
struct Model;

fn main() {
    let _: Option<Box<dyn GenerativePde>> = Model::new().map(|model| Box::new(model) as Box<_>).ok();
}
