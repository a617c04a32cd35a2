//! Solvers of the flow `dx/d ln σ = pace (x − E[y | x, σ])`, usually backward, from large to small flow scale. Where the
//! pace is one this is `dx/dσ = (x − E[y | x, σ]) / σ`.

mod euler;
mod heun;

pub use euler::Euler;
pub use heun::Heun;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Result, RuntimeError};
use crate::velocity_field::VelocityField;

/// Particles on the flow, in `f64`.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowState {
    /// Positions, row-major `(count, dim)`.
    pub x: Vec<f64>,
    /// What the last step added to `ln` of each particle's mass, `(count,)`: `∫ g dt` along its path, in the direction
    /// of travel. Backward in time a dying particle gains.
    pub log_growth: Vec<f64>,
}

impl FlowState {
    /// Particles at `x`, `(count, dim)`.
    pub fn new(x: Vec<f64>, dim: usize) -> Self {
        let count = x.len() / dim.max(1);
        Self { x, log_growth: vec![0.0; count] }
    }
}

/// A method that moves particles along the flow.
pub trait Solver: Send + Sync {
    /// Order of convergence: the error falls as the step size to this power.
    fn order(&self) -> u32;

    /// Moves all particles from flow scale `from` to `to`, which may be zero. Returns the evaluations of the field.
    ///
    /// # Errors
    /// When the field cannot be evaluated.
    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<usize>;

    /// Number of steps that use at most `nfe` evaluations, when the last step goes to zero. At least one.
    fn steps_for(&self, nfe: usize) -> usize;
}

/// Moves `x` towards `clean` (away from it, forward in time) along the flow with constant posterior mean and pace.
fn relax(x: &mut [f64], clean: &[f64], pace: Option<&[f64]>, from: f64, to: f64) {
    let ratio = to / from;
    for (i, (x, clean)) in x.iter_mut().zip(clean).enumerate() {
        let shrunk = match pace {
            Some(pace) if to > 0.0 => ratio.powf(pace[i]),
            _ => ratio,
        };
        *x = clean + (*x - clean) * shrunk;
    }
}

/// The solvers by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SolverKind {
    /// [`Euler`], first order.
    Euler,
    /// [`Heun`], second order.
    Heun,
}

impl SolverKind {
    /// The solver itself.
    pub fn solver(self) -> &'static dyn Solver {
        match self {
            Self::Euler => &Euler,
            Self::Heun => &Heun,
        }
    }
}

impl FromStr for SolverKind {
    type Err = RuntimeError;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "euler" => Ok(Self::Euler),
            "heun" => Ok(Self::Heun),
            other => Err(RuntimeError::Setting(format!("unknown solver `{other}`; known: heun, euler"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::empirical_field::EmpiricalField;
    use crate::generative_pde::GenerativePde;
    use crate::oracle::{Heat, Poisson, Yukawa};

    const POINTS: [f64; 6] = [0.0, 0.8, -0.7, -0.4, 0.7, -0.4];

    fn integrate(
        solver: &dyn Solver,
        pde: &dyn GenerativePde,
        steps: usize,
        from: f64,
        to: f64,
        x: Vec<f64>,
    ) -> Result<(Vec<f64>, f64)> {
        let field = EmpiricalField::new(pde, &POINTS, 2);
        let mut state = FlowState::new(x, 2);
        let mut growth = 0.0;
        // Geometric steps: the flow is smooth in ln sigma.
        let scale = |i: usize| from * (to / from).powf(i as f64 / steps as f64);
        for i in 0..steps {
            solver.step(&field, &mut state, scale(i), scale(i + 1))?;
            growth += state.log_growth[0];
        }
        Ok((state.x, growth))
    }

    #[test]
    fn observed_order_is_the_declared_order() -> Result<()> {
        for pde in [&Heat as &dyn GenerativePde, &Poisson, &Yukawa { m: 1.0 }] {
            for solver in [&Euler as &dyn Solver, &Heun] {
                let start = vec![1.3, 0.4];
                let (exact, exact_growth) = integrate(&Heun, pde, 4096, 3.0, 0.3, start.clone())?;
                let error = |steps| -> Result<(f64, f64)> {
                    let (x, growth) = integrate(solver, pde, steps, 3.0, 0.3, start.clone())?;
                    Ok(((x[0] - exact[0]).hypot(x[1] - exact[1]), (growth - exact_growth).abs()))
                };
                let (coarse, fine) = (error(64)?, error(128)?);
                let order = (coarse.0 / fine.0).log2();
                assert!((order - f64::from(solver.order())).abs() < 0.15, "{}: order {order}", pde.name());
                if !pde.conserves_particles() {
                    let order = (coarse.1 / fine.1).log2();
                    assert!((order - f64::from(solver.order())).abs() < 0.25, "growth of order {order}");
                }
            }
        }
        Ok(())
    }

    #[test]
    fn forward_and_back_is_the_identity() -> Result<()> {
        let start = vec![0.9, -1.1];
        let (far, out) = integrate(&Heun, &Yukawa { m: 1.0 }, 2000, 0.2, 8.0, start.clone())?;
        let (back, home) = integrate(&Heun, &Yukawa { m: 1.0 }, 2000, 8.0, 0.2, far)?;
        assert!((back[0] - start[0]).hypot(back[1] - start[1]) < 1e-4, "{back:?}");
        assert!((out + home).abs() < 1e-4, "growth {out} and {home}");
        Ok(())
    }

    #[test]
    fn growth_along_the_flow_is_that_of_the_density() -> Result<()> {
        // d ln p/dt = −∇·v + g: compare the density along the path with the volume and the growth, for one point.
        let pde = Yukawa { m: 1.3 };
        let point = [0.0, 0.0];
        let field = EmpiricalField::new(&pde, &point, 2);
        let mut state = FlowState::new(vec![0.6, 0.8], 2);
        let (from, to, steps) = (0.7f64, 2.1f64, 400);
        let before = field.log_density(&state.x, pde.time(from));
        let mut growth = 0.0;
        for i in 0..steps {
            let scale = |i: usize| from * (to / from).powf(i as f64 / steps as f64);
            Heun.step(&field, &mut state, scale(i), scale(i + 1))?;
            growth += state.log_growth[0];
        }
        let after = field.log_density(&state.x, pde.time(to));
        assert!((after - before - growth + 2.0 * (to / from).ln()).abs() < 1e-4);
        Ok(())
    }
}
