//! Solvers of the flow `dx/d ln σ = pace (x − E[y | x, σ])`, usually backward, from large to small flow scale. Where
//! the pace is one this is `dx/dσ = (x − E[y | x, σ]) / σ`.

mod dormand_prince;
mod euler;
mod euler_maruyama;
mod flow_state;
mod heun;
mod integrate;
mod midpoint;
mod multistep;
pub mod time_grid;

pub use dormand_prince::DormandPrince;
pub use euler::Euler;
pub use euler_maruyama::EulerMaruyama;
pub use flow_state::FlowState;
pub use heun::Heun;
pub(crate) use integrate::{Particles, Passed, Taken, integrate};
pub use midpoint::Midpoint;
pub use multistep::Multistep;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{FlowError, Result};
use crate::field::velocity_field::VelocityField;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The flow scale that was reached: the one asked for, or where an adaptive solver stopped before.
    pub reached: f64,
    /// Attempts that were thrown away, of an adaptive solver.
    pub rejected: usize,
}

impl Step {
    /// All the way to `to`.
    pub fn to(to: f64) -> Self {
        Self { reached: to, rejected: 0 }
    }
}

/// A method that moves particles along the flow.
pub trait Solver: Send + Sync {
    /// Order of convergence: the error falls as the step size to this power.
    fn order(&self) -> u32;

    /// Moves all particles from flow scale `from` towards `to`, which may be zero, by one step.
    ///
    /// # Errors
    /// When the field cannot be evaluated.
    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<Step>;

    /// Number of steps that use at most `nfe` evaluations, which are one or more, when the last step goes to zero. At
    /// least one.
    fn steps_for(&self, nfe: usize) -> usize;

    /// Least number of evaluations of a way that does not end at zero.
    fn least_evaluations(&self) -> usize {
        // Without its last step, the one to zero, that way has one step less.
        (1..).find(|nfe| self.steps_for(*nfe) > 1).unwrap_or(usize::MAX)
    }

    /// Whether the solver chooses its steps itself. It is then asked to go from one end of the range to the other, and
    /// again from where it stopped.
    fn is_adaptive(&self) -> bool {
        false
    }

    /// Flow scale of the Gaussian noise that belongs after a step from `from` to `to`. Zero unless the solver is that
    /// of a stochastic equation.
    fn noise(&self, _from: f64, _to: f64) -> f64 {
        0.0
    }
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
#[serde(rename_all = "kebab-case")]
pub enum SolverKind {
    /// [`Heun`], second order.
    Heun,
    /// [`Euler`], first order.
    Euler,
    /// [`Midpoint`], second order.
    Midpoint,
    /// [`Multistep`], second order with one evaluation per step.
    Multistep,
    /// [`DormandPrince`], fifth order, adaptive.
    DormandPrince,
    /// [`EulerMaruyama`], of the reverse stochastic equation of a diffusion.
    EulerMaruyama,
}

impl SolverKind {
    /// All solvers.
    pub const ALL: [Self; 6] =
        [Self::Heun, Self::Euler, Self::Midpoint, Self::Multistep, Self::DormandPrince, Self::EulerMaruyama];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heun => "heun",
            Self::Euler => "euler",
            Self::Midpoint => "midpoint",
            Self::Multistep => "multistep",
            Self::DormandPrince => "dormand-prince",
            Self::EulerMaruyama => "euler-maruyama",
        }
    }

    /// The solver itself. `tolerance` is the error per step of those that are adaptive.
    pub fn solver(self, tolerance: f64) -> Box<dyn Solver> {
        match self {
            Self::Heun => Box::new(Heun),
            Self::Euler => Box::new(Euler),
            Self::Midpoint => Box::new(Midpoint),
            Self::Multistep => Box::new(Multistep),
            Self::DormandPrince => Box::new(DormandPrince { tolerance }),
            Self::EulerMaruyama => Box::new(EulerMaruyama),
        }
    }
}

impl FromStr for SolverKind {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|kind| kind.name()).collect();
            FlowError::Setting(format!("unknown solver `{text}`; known: {}", known.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::empirical_field::EmpiricalField;
    use crate::fixture::{Heat, Poisson, Yukawa};
    use crate::process::generative_pde::GenerativePde;

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
            let start = vec![1.3, 0.4];
            let (exact, exact_growth) = integrate(&Heun, pde, 4096, 3.0, 0.3, start.clone())?;
            for (name, solver) in
                [("euler", &Euler as &dyn Solver), ("heun", &Heun), ("midpoint", &Midpoint), ("multistep", &Multistep)]
            {
                let error = |steps| -> Result<(f64, f64)> {
                    let (x, growth) = integrate(solver, pde, steps, 3.0, 0.3, start.clone())?;
                    Ok(((x[0] - exact[0]).hypot(x[1] - exact[1]), (growth - exact_growth).abs()))
                };
                let (coarse, fine) = (error(64)?, error(128)?);
                let order = (coarse.0 / fine.0).log2();
                let text = format!("{name} on {}", pde.name());
                assert!((order - f64::from(solver.order())).abs() < 0.15, "{text}: order {order}");
                if !pde.conserves_particles() {
                    let order = (coarse.1 / fine.1).log2();
                    assert!((order - f64::from(solver.order())).abs() < 0.25, "{text}: growth of order {order}");
                }
            }
        }
        Ok(())
    }

    #[test]
    fn forward_and_back_is_the_identity() -> Result<()> {
        let start = vec![0.9, -1.1];
        for solver in [&Heun as &dyn Solver, &Midpoint] {
            let (far, out) = integrate(solver, &Yukawa { m: 1.0 }, 2000, 0.2, 8.0, start.clone())?;
            let (back, home) = integrate(solver, &Yukawa { m: 1.0 }, 2000, 8.0, 0.2, far)?;
            assert!((back[0] - start[0]).hypot(back[1] - start[1]) < 1e-4, "{back:?}");
            assert!((out + home).abs() < 1e-4, "growth {out} and {home}");
        }
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

    #[test]
    fn names_are_read_back() {
        for kind in SolverKind::ALL {
            assert!(kind.name().parse::<SolverKind>().is_ok_and(|found| found == kind));
        }
        assert!("rk4".parse::<SolverKind>().is_err_and(|error| error.to_string().contains("dormand-prince")));
    }
}
