//! The method of Dormand and Prince, with steps of its own choice.

use super::{FlowState, Solver, Step, relax};
use crate::error::{FlowError, Result, Setting};
use crate::field::velocity_field::{FieldValues, VelocityField};

/// The 5(4) pair of Dormand and Prince (J. Comput. Appl. Math. 6 (1980) 19) in the variable σ: fifth order, six
/// evaluations per step; the last of a step is the first of the next.
///
/// One step size serves the whole population. A step is taken when the estimated error, its root mean square over all
/// coordinates of all particles in units of `tolerance (1 + |x|)`, is below one, and the same holds for the growth in
/// units of `tolerance`. Lengths are those of the normalised data. So a sample depends, within the tolerance, on those
/// drawn with it.
///
/// A step to zero lands on the denoised point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DormandPrince {
    /// Largest error of a step.
    pub tolerance: f64,
}

/// Nodes of the stages after the first.
const NODES: [f64; 6] = [1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0, 1.0];

/// Weights of the stages before; the last row is the solution of fifth order.
const WEIGHTS: [&[f64]; 6] = [
    &[1.0 / 5.0],
    &[3.0 / 40.0, 9.0 / 40.0],
    &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0],
    &[19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0],
    &[9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0],
    &[35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
];

/// Solution of fifth order minus that of fourth.
const ERROR: [f64; 7] =
    [71.0 / 57600.0, 0.0, -71.0 / 16695.0, 71.0 / 1920.0, -17253.0 / 339_200.0, 22.0 / 525.0, -1.0 / 40.0];

/// Attempts at one step before it is given up.
const ATTEMPTS: usize = 100;

/// The derivatives by σ at one stage.
struct Slope {
    x: Vec<f64>,
    growth: Vec<f64>,
}

impl Slope {
    fn new(values: &FieldValues, x: &[f64], sigma: f64) -> Self {
        let pace = |i: usize| values.pace.as_ref().map_or(1.0, |pace| pace[i]);
        Self {
            x: x.iter().zip(&values.clean).enumerate().map(|(i, (x, clean))| pace(i) * (x - clean) / sigma).collect(),
            growth: values.growth.iter().map(|rate| rate / sigma).collect(),
        }
    }
}

/// What one attempt leads to.
struct Attempt {
    x: Vec<f64>,
    log_growth: Vec<f64>,
    /// The field at the end.
    end: FieldValues,
    /// Relative to the tolerance.
    error: f64,
}

impl DormandPrince {
    fn attempt(&self, field: &dyn VelocityField, x: &[f64], here: &FieldValues, from: f64, to: f64) -> Result<Attempt> {
        let step = to - from;
        let mut slopes = Vec::with_capacity(7);
        slopes.push(Slope::new(here, x, from));
        let mut end = None;
        let mut stage = Vec::new();
        for (node, weights) in NODES.iter().zip(WEIGHTS) {
            // The last two nodes are the end itself, to the bit.
            let sigma = if *node < 1.0 { from + node * step } else { to };
            stage = combine(x, &slopes, weights, step, |slope| &slope.x);
            let values = field.evaluate(&stage, sigma)?;
            slopes.push(Slope::new(&values, &stage, sigma));
            end = Some(values);
        }
        let nothing = vec![0.0; here.growth.len()];
        let log_growth = combine(&nothing, &slopes, WEIGHTS[5], step, |slope| &slope.growth);
        let deviation = combine(&vec![0.0; x.len()], &slopes, &ERROR, step, |slope| &slope.x);
        let growth_deviation = combine(&nothing, &slopes, &ERROR, step, |slope| &slope.growth);
        let lengths = x.iter().zip(&stage).map(|(a, b)| 1.0 + a.abs().max(b.abs()));
        let of_position = root_mean_square(deviation.iter().zip(lengths).map(|(e, length)| e / length));
        let of_growth = root_mean_square(growth_deviation.iter().copied());
        // The larger one, and not a number if either is none.
        let larger = if of_position > of_growth { of_position } else { of_growth + 0.0 * of_position };
        let error = larger / self.tolerance;
        let end = end.ok_or_else(|| FlowError::Sampling("a step without stages".into()))?;
        Ok(Attempt { x: stage, log_growth, end, error })
    }
}

/// `x + step Σ weight slope`.
fn combine(x: &[f64], slopes: &[Slope], weights: &[f64], step: f64, of: impl Fn(&Slope) -> &[f64]) -> Vec<f64> {
    let mut sum = x.to_vec();
    for (slope, weight) in slopes.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
        sum.iter_mut().zip(of(slope)).for_each(|(sum, slope)| *sum += step * weight * slope);
    }
    sum
}

fn root_mean_square(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    (values.map(|value| value * value).sum::<f64>() / count).sqrt()
}

impl Solver for DormandPrince {
    fn order(&self) -> u32 {
        5
    }

    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<Step> {
        let here = state.field(field, from)?;
        if to <= 0.0 {
            relax(&mut state.x, &here.clean, None, from, to);
            state.log_growth.fill(0.0);
            return Ok(Step::to(to));
        }
        let whole = to - from;
        // The flow is smooth in ln σ: the first step is a tenth of the scale.
        let mut step = state.next.unwrap_or(0.1 * from).abs().copysign(whole);
        for rejected in 0..ATTEMPTS {
            let reached = if step.abs() >= whole.abs() { to } else { from + step };
            if reached == from {
                break;
            }
            let attempt = self.attempt(field, &state.x, &here, from, reached)?;
            // The error goes with the fifth power of the step. Not a number: far too long.
            let factor = if attempt.error.is_finite() { 0.9 * attempt.error.max(1e-10).powf(-0.2) } else { 0.1 };
            let taken = reached - from;
            if attempt.error <= 1.0 {
                state.x = attempt.x;
                state.log_growth = attempt.log_growth;
                state.here = Some((reached, attempt.end));
                // A step cut short by the end says nothing against a longer one.
                state.next = Some((taken * factor.min(5.0)).abs().max(if reached == to { step.abs() } else { 0.0 }));
                return Ok(Step { reached, rejected });
            }
            step = taken * factor.clamp(0.1, 0.9);
        }
        Err(FlowError::Sampling(format!(
            "no step from flow scale {from:.3e} is short enough for an error of {:.1e}; a larger tolerance would do, or a \
             solver with a fixed number of steps such as heun",
            self.tolerance
        ))
        .about([Setting::Tolerance]))
    }

    /// At the best: steps follow from the tolerance.
    fn steps_for(&self, nfe: usize) -> usize {
        nfe.saturating_sub(1) / 6 + 1
    }

    fn is_adaptive(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::empirical_field::EmpiricalField;
    use crate::fixture::{Heat, Poisson, Yukawa};
    use crate::process::generative_pde::GenerativePde;

    const POINTS: [f64; 6] = [0.0, 0.8, -0.7, -0.4, 0.7, -0.4];
    const START: [f64; 2] = [1.3, 0.4];

    /// Position and growth after `steps` geometric steps of whatever error.
    fn fixed(pde: &dyn GenerativePde, steps: usize) -> Result<(Vec<f64>, f64)> {
        let field = EmpiricalField::new(pde, &POINTS, 2);
        let solver = DormandPrince { tolerance: 1e9 };
        let (mut x, mut growth) = (START.to_vec(), 0.0);
        let scale = |i: usize| 3.0 * 0.1f64.powf(i as f64 / steps as f64);
        for i in 0..steps {
            let here = field.evaluate(&x, scale(i))?;
            let attempt = solver.attempt(&field, &x, &here, scale(i), scale(i + 1))?;
            x = attempt.x;
            growth += attempt.log_growth[0];
        }
        Ok((x, growth))
    }

    #[test]
    fn observed_order_is_five() -> Result<()> {
        for pde in [&Heat as &dyn GenerativePde, &Poisson, &Yukawa { m: 1.0 }] {
            let (exact, exact_growth) = fixed(pde, 400)?;
            let error = |steps| -> Result<(f64, f64)> {
                let (x, growth) = fixed(pde, steps)?;
                Ok(((x[0] - exact[0]).hypot(x[1] - exact[1]), (growth - exact_growth).abs()))
            };
            let (coarse, fine) = (error(20)?, error(40)?);
            let order = (coarse.0 / fine.0).log2();
            assert!((order - 5.0).abs() < 0.6, "{}: order {order}, {coarse:?} {fine:?}", pde.name());
        }
        Ok(())
    }

    #[test]
    fn errors_follow_the_tolerance() -> Result<()> {
        let pde = Yukawa { m: 1.0 };
        let (exact, exact_growth) = fixed(&pde, 400)?;
        let field = EmpiricalField::new(&pde, &POINTS, 2);
        let mut last = f64::INFINITY;
        for tolerance in [1e-3, 1e-5, 1e-7] {
            let solver = DormandPrince { tolerance };
            let mut state = FlowState::new(START.to_vec(), 2);
            let (mut at, mut growth, mut steps) = (3.0, 0.0, 0);
            while at > 0.3 {
                at = solver.step(&field, &mut state, at, 0.3)?.reached;
                growth += state.log_growth[0];
                steps += 1;
            }
            let error = (state.x[0] - exact[0]).hypot(state.x[1] - exact[1]).max((growth - exact_growth).abs());
            assert!(error < 20.0 * tolerance && error < 0.3 * last, "{tolerance}: {error} in {steps} steps");
            assert!(steps < 60, "{steps}");
            last = error;
        }
        Ok(())
    }
}
