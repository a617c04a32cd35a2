//! The shipped equations that become models, each as the program of its own.
//!
//! ```text
//! cargo run --release -p genphys --example shipped -- relativistic train --data moons --out runs/relativistic
//! cargo run --release -p genphys --example shipped -- relativistic eval --model runs/relativistic
//! ```

use std::ffi::OsString;
use std::process::ExitCode;

use genphys::app::{self, AppError};
use genphys::{GenerativePde, ParamError, genphys_pde, training_loss};

/// A type for every file, and the list of them.
macro_rules! shipped {
    ($($name:literal $type:ident $file:literal,)*) => {
        $(
            #[genphys_pde($file)]
            struct $type;
        )*

        const NAMES: &[&str] = &[$($name),*];

        /// The model of that name with the equation's defaults; none of that name.
        fn model(name: &str) -> Result<Option<Box<dyn GenerativePde>>, ParamError> {
            Ok(Some(match name {
                $($name => Box::new($type::with_defaults()?),)*
                _ => return Ok(None),
            }))
        }
    };
}

shipped! {
    "advection_diffusion" AdvectionDiffusion "../../pdes/advection_diffusion.pde",
    "anisotropic" Anisotropic "../../pdes/anisotropic.pde",
    "decaying_diffusion" DecayingDiffusion "../../pdes/decaying_diffusion.pde",
    "diffusion" Diffusion "../../pdes/diffusion.pde",
    "edm_time" EdmTime "../../pdes/edm_time.pde",
    "exponential_jumps" ExponentialJumps "../../pdes/exponential_jumps.pde",
    "flow_matching" FlowMatching "../../pdes/flow_matching.pde",
    "fractional_poisson" FractionalPoisson "../../pdes/fractional_poisson.pde",
    "gaussian_jumps" GaussianJumps "../../pdes/gaussian_jumps.pde",
    "inverse_heat_dissipation" InverseHeatDissipation "../../pdes/inverse_heat_dissipation.pde",
    "jump_diffusion" JumpDiffusion "../../pdes/jump_diffusion.pde",
    "levy" Levy "../../pdes/levy.pde",
    "ornstein_uhlenbeck" OrnsteinUhlenbeck "../../pdes/ornstein_uhlenbeck.pde",
    "pfgmpp" PfgmPlusPlus "../../pdes/pfgmpp.pde",
    "poisson" Poisson "../../pdes/poisson.pde",
    "relativistic" Relativistic "../../pdes/relativistic.pde",
    "screened_pfgmpp" ScreenedPfgmPlusPlus "../../pdes/screened_pfgmpp.pde",
    "sobolev" Sobolev "../../pdes/sobolev.pde",
    "sub_vp" SubVp "../../pdes/sub_vp.pde",
    "subdiffusion" Subdiffusion "../../pdes/subdiffusion.pde",
    "telegraph_line" TelegraphLine "../../pdes/telegraph_line.pde",
    "tempered_levy" TemperedLevy "../../pdes/tempered_levy.pde",
    "variance_exploding" VarianceExploding "../../pdes/variance_exploding.pde",
    "variance_gamma" VarianceGamma "../../pdes/variance_gamma.pde",
    "variance_preserving" VariancePreserving "../../pdes/variance_preserving.pde",
    "ve_geometric" VeGeometric "../../pdes/ve_geometric.pde",
    "vp_cosine" VpCosine "../../pdes/vp_cosine.pde",
    "vp_linear" VpLinear "../../pdes/vp_linear.pde",
    "yukawa" Yukawa "../../pdes/yukawa.pde",
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let name = if arguments.len() > 1 { arguments.remove(1) } else { OsString::new() };
    app::report(match model(&name.to_string_lossy()) {
        Ok(Some(model)) => app::run(arguments, &*model, training_loss, None),
        Ok(None) => Err(AppError::Usage(format!(
            "expected one of {}, then train, sample, eval, advise or sweep",
            NAMES.join(", ")
        ))),
        Err(error) => Err(error.into()),
    })
}
