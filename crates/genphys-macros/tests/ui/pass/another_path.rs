// The library is not `genphys` here: an argument says where it is.
#![deny(warnings)]

#[path = "../support/genphys.rs"]
mod physics;
pub use physics::*;

mod model {
    use super::physics as library;

    #[library::genphys_pde("pdes/yukawa.pde", crate = library)]
    pub struct Relative;

    #[library::genphys_pde("pdes/yukawa.pde", conservative, crate = crate::physics,)]
    pub struct Absolute;
}

fn main() -> Result<(), ParamError> {
    let (relative, absolute) = (model::Relative::new(1.0)?, model::Absolute::with_defaults()?);
    assert!(!relative.conserves_particles() && absolute.conserves_particles());
    Ok(())
}
