//! Births and deaths: particles branch so that their number density follows one that grows or decays.

use std::str::FromStr;

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{FlowError, Result};
use crate::solver::FlowState;

/// What becomes of births and deaths. All three ways sample the same distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BirthDeath {
    /// Particles leave offspring or die out on the way, whenever their shares have become uneven.
    Branching,
    /// Particles carry their shares to the end as weights, and samples are drawn from them once.
    Weights,
    /// There are none: the velocity carries the density of mass one. What the network learns is another field, so this
    /// is decided when it is trained; see [`ConservativeRewrite`](crate::process::conservative::ConservativeRewrite).
    Conservative,
}

impl FromStr for BirthDeath {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "branching" => Ok(Self::Branching),
            "weights" => Ok(Self::Weights),
            "conservative" => Ok(Self::Conservative),
            other => Err(FlowError::Setting(format!(
                "unknown treatment of births and deaths `{other}`; known: branching, weights, conservative"
            ))),
        }
    }
}

/// What births and deaths did so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BirthDeathReport {
    /// Particles that were added as copies.
    pub births: u64,
    /// Particles that were removed.
    pub deaths: u64,
    /// `ln` of the factor by which the total mass has grown in the direction of travel.
    pub log_mass: f64,
    /// Particles in the population.
    #[serde(default)]
    pub population: usize,
    /// Smallest effective sample size of a step, as a fraction of the population.
    pub least_effective_fraction: f64,
    /// Effective sample size of the population at the end, before the samples are drawn from it.
    #[serde(default)]
    pub effective_sample_size: f64,
    /// Number of particles at the start that still have descendants.
    pub ancestors: usize,
}

/// Particles that stand for a density, each for a share of it.
///
/// Along its path a particle's share changes by the factor `e^a`, `a = ∫ g dt`: forward in time particles die where
/// `g < 0`; backward they are born there, and die where `g > 0`. When they [`branch`](Self::branch), each leaves ⌊w⌋ or
/// ⌈w⌉ offspring with mean `w`, its share divided by the mean share, so the number of particles stays what it is
/// (GenPhys, arXiv 2304.02637, section 4, with the population held constant); the mean itself goes into the total mass,
/// as a logarithm. The draws are systematic: one random number for the whole population, which is unbiased and has the
/// least variance. Between branchings shares are carried as weights, which needs fewer births and deaths.
#[derive(Clone, Debug)]
pub struct Population {
    /// The particles.
    pub state: FlowState,
    log_shares: Vec<f64>,
    ancestors: Vec<u32>,
    report: BirthDeathReport,
}

impl Population {
    /// A population of particles of equal share at `x`, row-major `(count, dim)`.
    pub fn new(x: Vec<f64>, dim: usize) -> Self {
        let state = FlowState::new(x, dim);
        let count = state.log_growth.len();
        let report = BirthDeathReport {
            least_effective_fraction: 1.0,
            ancestors: count,
            population: count,
            effective_sample_size: count as f64,
            ..Default::default()
        };
        Self { state, log_shares: vec![0.0; count], ancestors: (0..count as u32).collect(), report }
    }

    /// Number of particles.
    pub fn len(&self) -> usize {
        self.ancestors.len()
    }

    /// Whether there are no particles.
    pub fn is_empty(&self) -> bool {
        self.ancestors.is_empty()
    }

    /// What happened so far.
    pub fn report(&self) -> &BirthDeathReport {
        &self.report
    }

    /// Position of particle `index` among the particles at the start: its ancestor. `None` beyond the last.
    pub fn ancestor(&self, index: usize) -> Option<u32> {
        self.ancestors.get(index).copied()
    }

    /// Multiplies every particle's share by `e^log_growth`, `(count,)`.
    pub fn grow(&mut self, log_growth: &[f64]) {
        for (share, growth) in self.log_shares.iter_mut().zip(log_growth) {
            *share += growth;
        }
        let effective = self.effective_fraction();
        self.report.least_effective_fraction = self.report.least_effective_fraction.min(effective);
        self.report.effective_sample_size = effective * self.len() as f64;
    }

    /// How many particles of equal share would be worth as much, as a fraction of the population: one when all shares
    /// are equal.
    pub fn effective_fraction(&self) -> f64 {
        let shares = self.shares().1;
        let (total, squares) = shares.iter().fold((0.0, 0.0), |(sum, square), s| (sum + s, square + s * s));
        total * total / squares / self.len().max(1) as f64
    }

    /// Logarithm of the largest share, and all shares divided by it.
    fn shares(&self) -> (f64, Vec<f64>) {
        let top = self.log_shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (top, self.log_shares.iter().map(|log| (log - top).exp()).collect())
    }

    /// Lets every particle leave offspring in proportion to its share; afterwards all shares are equal.
    pub fn branch<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        let count = self.len();
        let (top, shares) = self.shares();
        if count == 0 || !top.is_finite() {
            return;
        }
        let total: f64 = shares.iter().sum();
        self.report.log_mass += top + (total / count as f64).ln();

        // Systematic draw: particle i leaves as many offspring as there are integers in its stretch of the line.
        let start: f64 = rng.random();
        let mut rows = Vec::with_capacity(count);
        let mut sum = 0.0;
        for (i, share) in shares.iter().enumerate() {
            sum += share / total * count as f64;
            let until = if i + 1 == count { count } else { ((sum - start).ceil().max(0.0) as usize).min(count) };
            let offspring = until.saturating_sub(rows.len());
            match offspring {
                0 => self.report.deaths += 1,
                more => self.report.births += more as u64 - 1,
            }
            rows.resize(rows.len() + offspring, i);
        }
        self.state.select(&rows);
        self.log_shares = vec![0.0; count];
        self.ancestors = rows.iter().map(|row| self.ancestors[*row]).collect();
        // Descendants of one ancestor stay together, in the order of the ancestors.
        let mut distinct = self.ancestors.clone();
        distinct.dedup();
        self.report.ancestors = distinct.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::field::empirical_field::EmpiricalField;
    use crate::fixture::Yukawa;
    use crate::process::generative_pde::GenerativePde;
    use crate::solver::{Heun, Solver};
    use genphys_numeric::seed::{Purpose, stream};

    #[test]
    fn offspring_follow_the_weights_and_the_number_stays() {
        let mut rng = stream(1, Purpose::Branching, 0);
        let logs = [0.0f64, 1.0, -2.0, 0.5];
        let total: f64 = logs.iter().map(|log| log.exp()).sum();
        let mut counts = [0f64; 4];
        let rounds = 20_000;
        for _ in 0..rounds {
            let mut population = Population::new(vec![0.0, 1.0, 2.0, 3.0], 1);
            population.grow(&logs);
            population.branch(&mut rng);
            assert_eq!(population.len(), 4);
            assert!((population.report().log_mass - (total / 4.0).ln()).abs() < 1e-12);
            for x in &population.state.x {
                counts[*x as usize] += 1.0 / f64::from(rounds);
            }
        }
        for (count, log) in counts.iter().zip(logs) {
            assert!((count - 4.0 * log.exp() / total).abs() < 0.02, "{counts:?}");
        }
    }

    #[test]
    fn equal_weights_change_nothing_but_the_mass() {
        let mut population = Population::new(vec![1.0, 2.0, 3.0], 1);
        population.grow(&[-0.7; 3]);
        assert!((population.effective_fraction() - 1.0).abs() < 1e-12);
        population.branch(&mut stream(1, Purpose::Branching, 1));
        assert_eq!(population.state.x, vec![1.0, 2.0, 3.0]);
        assert_eq!((population.report().births, population.report().deaths), (0, 0));
        assert!((population.report().log_mass + 0.7).abs() < 1e-12);
        assert_eq!(population.report().ancestors, 3);
    }

    #[test]
    fn mass_decays_as_the_equation_says_and_survivors_follow_the_density() -> Result<()> {
        // Forward from t = 0.4 to t = 1.6 on the exact field of three points, plain growth: ∫p = e^{−mt}.
        let pde = Yukawa { m: 1.0 };
        let points = [0.0, 0.8, -0.7, -0.4, 0.7, -0.4];
        let field = EmpiricalField::new(&pde, &points, 2);
        let (from, to, steps, count) = (0.4f64, 1.6f64, 24, 20_000);
        let mut x = Vec::new();
        for i in 0..count {
            let mut rng = stream(5, Purpose::Prior, i);
            let y = &points[(i as usize % 3) * 2..][..2];
            let mut start = [0.0; 2];
            pde.prior(y, pde.time(from), &mut rng, &mut start);
            x.extend(start);
        }
        let mut population = Population::new(x, 2);
        for i in 0..steps {
            let scale = |i: u32| from * (to / from).powf(f64::from(i) / f64::from(steps));
            Heun.step(&field, &mut population.state, scale(i), scale(i + 1))?;
            let logs = population.state.log_growth.clone();
            population.grow(&logs);
            population.branch(&mut stream(5, Purpose::Branching, u64::from(i)));
        }
        let log_mass = population.report().log_mass;
        println!("ln of the mass {log_mass:.4}, expected {:.4}; {} deaths", from - to, population.report().deaths);
        assert!((log_mass + 1.0 * (to - from)).abs() < 0.02, "ln mass {log_mass}, expected {}", from - to);
        // Against fresh draws at the later time: mean of cos(k·x), the characteristic function, at a few k.
        for k in [0.3f64, 0.8, 1.5] {
            let mean = |x: &[f64]| x.chunks_exact(2).map(|x| (k * x[0]).cos()).sum::<f64>() / (x.len() / 2) as f64;
            let clean = points.chunks_exact(2).map(|y| (k * y[0]).cos()).sum::<f64>() / 3.0;
            let expected = clean * (-(k * k + 1.0f64).sqrt() * to + to).exp();
            let found = mean(&population.state.x);
            assert!((found - expected).abs() < 0.02, "k = {k}: {found} and {expected}");
        }
        assert!(population.report().deaths > 0);
        Ok(())
    }
}
