//! A model without code generation: the trait written out around a kernel, and the program that comes with the runtime.
//!
//! ```text
//! cargo run --release --example by_hand -- yukawa train --data digits --out runs/yukawa
//! cargo run --release --example by_hand -- yukawa sample --model runs/yukawa --out samples.png
//! ```

use std::ffi::OsString;
use std::process::ExitCode;

use genphys_app::{self as app, AppError};
use genphys_flow::{GenerativePde, ParamError, RngCore};
use genphys_kernels::{Heat, PfgmPlusPlus, PointSourceKernel, Poisson, Stable, Yukawa};
use genphys_train::training_loss;

/// Makes a model from the values of its parameters.
type Constructor = fn(&[f64]) -> Result<Box<dyn GenerativePde>, ParamError>;

/// A kernel with its equation.
struct Model<K> {
    constructor: Constructor,
    kernel: K,
    name: &'static str,
    equation: &'static str,
    params: Vec<(&'static str, f64)>,
    conserves_particles: bool,
}

impl<K: PointSourceKernel + Send + Sync> GenerativePde for Model<K> {
    fn name(&self) -> &str {
        self.name
    }

    fn equation(&self) -> &str {
        self.equation
    }

    fn params(&self) -> Vec<(&'static str, f64)> {
        self.params.clone()
    }

    fn with_params(&self, values: &[f64]) -> Result<Box<dyn GenerativePde>, ParamError> {
        (self.constructor)(values)
    }

    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.log_density(dim, t, r)
    }

    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.velocity_over_r(dim, t, r)
    }

    fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.growth_rate(dim, t, r)
    }

    fn displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
        self.kernel.sample_displacement(t, rng, z);
    }

    fn increment(&self, t: [f64; 2], rng: &mut dyn RngCore, z: &mut [f64]) -> bool {
        self.kernel.sample_increment(t, rng, z)
    }

    fn sigma(&self, t: f64) -> f64 {
        self.kernel.sigma(t)
    }

    fn time(&self, sigma: f64) -> f64 {
        self.kernel.time(sigma)
    }

    fn spread(&self, t: f64) -> f64 {
        self.kernel.spread(t)
    }

    fn conserves_particles(&self) -> bool {
        self.conserves_particles
    }
}

fn heat(values: &[f64]) -> Result<Box<dyn GenerativePde>, ParamError> {
    let [] = ParamError::values(values)?;
    Ok(Box::new(Model {
        constructor: heat,
        kernel: Heat::new(1.0)?,
        name: "heat",
        equation: "dt(phi) - lap(phi) = 0",
        params: Vec::new(),
        conserves_particles: true,
    }))
}

fn poisson(values: &[f64]) -> Result<Box<dyn GenerativePde>, ParamError> {
    let [] = ParamError::values(values)?;
    Ok(Box::new(Model {
        constructor: poisson,
        kernel: Poisson::new(1.0)?,
        name: "poisson",
        equation: "dt(phi, 2) + lap(phi) = 0",
        params: Vec::new(),
        conserves_particles: true,
    }))
}

fn pfgmpp(values: &[f64]) -> Result<Box<dyn GenerativePde>, ParamError> {
    let [d] = ParamError::values(values)?;
    Ok(Box::new(Model {
        constructor: pfgmpp,
        kernel: PfgmPlusPlus::new(1.0, d)?,
        name: "pfgmpp",
        equation: "dt(phi, 2) + (D - 1)/t*dt(phi) + lap(phi) = 0",
        params: vec![("D", d)],
        conserves_particles: true,
    }))
}

fn yukawa(values: &[f64]) -> Result<Box<dyn GenerativePde>, ParamError> {
    let [m] = ParamError::values(values)?;
    Ok(Box::new(Model {
        constructor: yukawa,
        kernel: Yukawa::new(1.0, m)?,
        name: "yukawa",
        equation: "dt(phi, 2) + lap(phi) - m^2*phi = 0",
        params: vec![("m", m)],
        conserves_particles: false,
    }))
}

fn levy(values: &[f64]) -> Result<Box<dyn GenerativePde>, ParamError> {
    let [alpha] = ParamError::values(values)?;
    Ok(Box::new(Model {
        constructor: levy,
        kernel: Stable::new(1.0, alpha)?,
        name: "levy",
        equation: "dt(phi) + fraclap(phi, alpha) = 0",
        params: vec![("alpha", alpha)],
        conserves_particles: true,
    }))
}

/// The model with defaults; none of that name.
fn model(name: &str) -> Result<Option<Box<dyn GenerativePde>>, ParamError> {
    Ok(Some(match name {
        "heat" => heat(&[])?,
        "poisson" => poisson(&[])?,
        "pfgmpp" => pfgmpp(&[128.0])?,
        "yukawa" => yukawa(&[1.0])?,
        "levy" => levy(&[1.5])?,
        _ => return Ok(None),
    }))
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let name = if arguments.len() > 1 { arguments.remove(1) } else { OsString::new() };
    app::report(match model(&name.to_string_lossy()) {
        Ok(Some(model)) => app::run(arguments, &*model, training_loss, None),
        Ok(None) => {
            let usage =
                "expected one of heat, poisson, pfgmpp, yukawa, levy, then train, sample, eval, advise or sweep";
            Err(AppError::Usage(usage.to_owned()))
        }
        Err(error) => Err(error.into()),
    })
}
