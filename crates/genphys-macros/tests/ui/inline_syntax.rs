extern crate self as genphys;
#[path = "support/genphys.rs"]
mod facade;
pub use facade::*;

#[genphys_pde(inline = "param m > 0; dt(phi, 2) + lap(phi) - n^2*phi = 0")]
struct Model;

// The stand-in takes the declared parameter and implements the trait: nothing here is an error.
fn main() -> Result<(), ParamError> {
    let model = Model::new(1.0)?;
    println!("{} {}", model.name(), model.growth_rate(2, 1.0, 1.0));
    Ok(())
}
