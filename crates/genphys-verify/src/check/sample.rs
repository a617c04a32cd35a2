//! Parameter values, wave vectors and times at random, always the same ones for the same seed.

use genphys_pde::ast::{Bound, Domain};
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::{Param, Pde};
use std::collections::BTreeMap;

/// A stream of points.
pub(crate) struct Samples<'a> {
    pde: &'a Pde,
    fixed: BTreeMap<String, f64>,
    state: u64,
}

impl<'a> Samples<'a> {
    pub(crate) fn new(pde: &'a Pde, derivation: &Derivation, seed: u64) -> Self {
        let fixed = derivation.pde.params.iter().filter(|p| p.fixed);
        let fixed = fixed.filter_map(|p| Some((p.name.clone(), p.value?))).collect();
        Self { pde, fixed, state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) }
    }

    /// Uniform in [0, 1) (splitmix64).
    pub(crate) fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Positive, spread over magnitudes 10^±`decades`.
    pub(crate) fn magnitude(&mut self, decades: f64) -> f64 {
        10.0_f64.powf(decades * (2.0 * self.uniform() - 1.0))
    }

    /// Values of all parameters, inside their domains.
    pub(crate) fn next_point(&mut self) -> BTreeMap<String, f64> {
        let params: Vec<Param> = self.pde.params.clone();
        let mut point = BTreeMap::new();
        for param in &params {
            if let Some(value) = self.fixed.get(&param.name) {
                point.insert(param.name.clone(), *value);
            } else if param.complex {
                for part in ["re", "im"] {
                    let sign = if self.uniform() < 0.5 { -1.0 } else { 1.0 };
                    point.insert(format!("{part}({})", param.name), sign * self.magnitude(1.0));
                }
            } else {
                let value = self.inside(&param.domain);
                point.insert(param.name.clone(), value);
            }
        }
        point
    }

    fn inside(&mut self, domain: &Domain) -> f64 {
        let magnitude = self.magnitude(1.5);
        match domain {
            Domain::Unrestricted => {
                if self.uniform() < 0.5 {
                    magnitude
                } else {
                    -magnitude
                }
            }
            Domain::NotEqual(n) => n.to_f64() + if self.uniform() < 0.5 { magnitude } else { -magnitude },
            Domain::Greater(n) | Domain::GreaterEqual(n) => n.to_f64() + magnitude,
            Domain::Less(n) | Domain::LessEqual(n) => n.to_f64() - magnitude,
            Domain::Interval(i) => match (end(&i.lower), end(&i.upper)) {
                (Some(l), Some(u)) => l + (u - l) * (0.001 + 0.998 * self.uniform()),
                (Some(l), None) => l + magnitude,
                (None, Some(u)) => u - magnitude,
                (None, None) => magnitude,
            },
        }
    }

    /// A time inside the interval.
    pub(crate) fn time(&mut self) -> f64 {
        let interval = self.pde.time.interval.clone();
        match (end(&interval.lower), end(&interval.upper)) {
            (Some(l), Some(u)) => l + (u - l) * (0.02 + 0.96 * self.uniform()),
            (Some(l), None) => l + self.magnitude(0.8),
            (None, Some(u)) => u - self.magnitude(0.8),
            (None, None) => self.magnitude(0.8),
        }
    }

    /// A wave vector of length `dim` with |k| over several magnitudes.
    pub(crate) fn wave_vector(&mut self, dim: usize) -> Vec<f64> {
        let size = self.magnitude(1.5);
        let direction: Vec<f64> = (0..dim).map(|_| 2.0 * self.uniform() - 1.0).collect();
        let norm = direction.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-6);
        direction.iter().map(|x| x / norm * size).collect()
    }
}

fn end(bound: &Bound) -> Option<f64> {
    match bound {
        Bound::Finite(n) => Some(n.to_f64()),
        Bound::Infinity | Bound::MinusInfinity => None,
    }
}
