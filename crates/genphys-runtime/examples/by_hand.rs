//! A model without code generation: the trait written out around a kernel, and the program that comes with the runtime.
//!
//! ```text
//! cargo run --release --example by_hand -- yukawa train --data digits --out runs/yukawa
//! cargo run --release --example by_hand -- yukawa sample --model runs/yukawa --out samples.png
//! ```

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use genphys_kernels::{Heat, KernelError, PointSourceKernel, Poisson, Yukawa};
use genphys_runtime::{GenerativePde, RngCore, app, training_loss};

/// A kernel with its equation.
struct Model<K> {
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

fn model(name: &str) -> Result<Option<Box<dyn GenerativePde>>, KernelError> {
    Ok(match name {
        "heat" => Some(Box::new(Model {
            kernel: Heat::new(1.0)?,
            name: "heat",
            equation: "dt(phi) - lap(phi) = 0",
            params: Vec::new(),
            conserves_particles: true,
        })),
        "poisson" => Some(Box::new(Model {
            kernel: Poisson::new(1.0)?,
            name: "poisson",
            equation: "dt(phi, 2) + lap(phi) = 0",
            params: Vec::new(),
            conserves_particles: true,
        })),
        "yukawa" => Some(Box::new(Model {
            kernel: Yukawa::new(1.0, 1.0)?,
            name: "yukawa",
            equation: "dt(phi, 2) + lap(phi) - m^2*phi = 0",
            params: vec![("m", 1.0)],
            conserves_particles: false,
        })),
        _ => None,
    })
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let name = if arguments.len() > 1 { arguments.remove(1) } else { OsString::new() };
    let outcome = match model(&name.to_string_lossy()) {
        Ok(Some(model)) => app::run(arguments, &*model, training_loss).map_err(|error| error.to_string()),
        Ok(None) => Err("expected one of heat, poisson, yukawa, then train, sample or eval".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let (text, code) = match outcome {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(text) => (format!("error: {text}\n"), ExitCode::FAILURE),
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}
