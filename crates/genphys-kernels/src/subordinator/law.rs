//! The law of u(t) at one time, as weighted nodes, and what it says about displacements z = √(2u) ξ.

use super::LaplaceExponent;
use super::exponent::EqualJumps;
use super::inversion::Inverter;
use num_complex::Complex64;
use rand::Rng;
use std::f64::consts::PI;

/// Logarithm of what may be neglected on the left, where the saddle point bounds the law.
const NEGLIGIBLE: f64 = -45.0;

/// What may be neglected on the right, as mass per node.
const TAIL: f64 = 1e-11;

/// The u, in length², up to which transforms are inverted: the λ of their tails are too small beyond.
const LARGEST: f64 = 1e11;

/// Number of nodes beyond which nodes are gathered on a grid.
const MANY: usize = 6000;

/// A measure Σ wᵢ δ(u − uᵢ) with u in length².
#[derive(Clone, Debug, Default)]
struct Nodes {
    u: Vec<f64>,
    weight: Vec<f64>,
}

/// The law of max(u(t), floor), and the flux through each u.
///
/// J/r of the kernel is the integral of the Gaussian of variance 2u over the measure −∂F/∂t du/(2u), F the distribution
/// function of u(t): mass passes u at the rate −∂F/∂t, and a displacement √(2u) ξ grows with u as z/(2u) per unit of u.
/// For an isotropic kernel without births the continuity equation determines J, so this is the flux of every equation
/// whose kernel it is.
#[derive(Debug)]
pub(crate) struct Law {
    mass: Measure,
    flux: Measure,
}

/// Nodes with what evaluation and sampling need.
#[derive(Debug)]
struct Measure {
    /// u of every node.
    u: Vec<f64>,
    /// ln of its weight.
    log_weight: Vec<f64>,
    /// ln 4πu, the area of the Gaussian per dimension.
    log_area: Vec<f64>,
    /// Sums of the weights up to and including each node.
    cumulative: Vec<f64>,
}

impl Law {
    /// The law at time t. `step` bounds the distance of nodes in ln u; `floor` > 0 is the smallest u that is told from
    /// zero: what lies below is put there, and stands still.
    pub(crate) fn new(exponent: &LaplaceExponent, t: f64, step: f64, floor: f64) -> Self {
        // What is small beside the drift is not told from zero either.
        let least = floor.max(1e-3 * exponent.drift_rate() * t);
        let (mut mass, mut passing) = rest_law(exponent, t, step, least);
        let shifts = shifts(exponent, t);
        if shifts.len() > 1 || shifts.first().is_some_and(|(shift, _)| *shift > 0.0) {
            let spread = |nodes: &Nodes| {
                let mut all = Nodes::default();
                for (shift, probability) in &shifts {
                    for (u, weight) in nodes.u.iter().zip(&nodes.weight) {
                        all.push(u + shift, weight * probability);
                    }
                }
                all
            };
            (mass, passing) = (spread(&mass).gathered(step), spread(&passing).gathered(step));
        }
        // What passes u because of the drift and of equal jumps.
        if exponent.drift_rate() > 0.0 {
            for (u, weight) in mass.u.iter().zip(&mass.weight) {
                passing.push(*u, weight * exponent.drift_rate());
            }
        }
        for jumps in exponent.jumps() {
            mass.sort();
            let leaping = leaping(&mass, jumps, step, floor);
            passing.extend(leaping);
        }
        let mut still = 0.0;
        let mut moving = Nodes::default();
        for (u, weight) in mass.u.iter().zip(&mass.weight) {
            if *u > floor { moving.push(*u, *weight) } else { still += weight }
        }
        if still > 0.0 {
            moving.push(floor, still);
        }
        let mut flux = Nodes::default();
        for (u, weight) in passing.u.iter().zip(&passing.weight) {
            if *u >= floor {
                flux.push(*u, 0.5 * weight / u);
            }
        }
        Self { mass: Measure::new(moving), flux: Measure::new(flux) }
    }

    /// ln p(r) in `dim` dimensions.
    pub(crate) fn log_density(&self, dim: usize, r: f64) -> f64 {
        self.mass.log_mixture(dim, r)
    }

    /// ln J(r)/r in `dim` dimensions.
    pub(crate) fn log_flux_over_r(&self, dim: usize, r: f64) -> f64 {
        self.flux.log_mixture(dim, r)
    }

    /// ∫ J/r dz, the mean of J/(p r), in any dimension.
    pub(crate) fn mean_velocity_over_r(&self) -> f64 {
        self.flux.total()
    }

    /// Σ wᵢ e^{−λuᵢ}, which should be e^{−tB(λ)}.
    pub(crate) fn transform(&self, lambda: f64) -> f64 {
        self.mass.u.iter().zip(&self.mass.log_weight).map(|(u, log)| (log - lambda * u).exp()).sum()
    }

    /// A draw of u.
    pub(crate) fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.mass.sample(rng)
    }

    /// A draw of u from the law that is weighted with the flux, for displacements of density ∝ J/r.
    pub(crate) fn sample_flux<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.flux.sample(rng)
    }
}

/// Law and passing rate of the part C: nodes at the midpoints of cells in ln u. All mass sits at zero without C.
fn rest_law(exponent: &LaplaceExponent, t: f64, step: f64, floor: f64) -> (Nodes, Nodes) {
    let mut mass = Nodes::default();
    let mut passing = Nodes::default();
    if !exponent.has_rest() {
        mass.push(0.0, 1.0);
        return (mass, passing);
    }
    let (middle, narrow) = bulk(exponent, t);
    let step = step.min(0.5 * narrow);
    if narrow < 1e-3 {
        // Narrower than anything a displacement shows: √(2/N) of |z|² in up to 200,000 dimensions. Its mean is tC′(0).
        let small = 1e-3 / middle;
        let mean = t * exponent.rest(Complex64::new(small, 0.0)).re / small;
        mass.push(mean, 1.0);
        passing.push(mean, mean / t);
        return (mass, passing);
    }
    let inverter = Inverter { exponent, t };
    // From the left: beyond the floor, or where the bound of the law begins to count.
    let mut low = middle.max(floor).ln();
    while low > floor.ln() && inverter.saddle(low.exp()).1 > NEGLIGIBLE {
        low -= 0.25f64.min(10.0 * step);
    }
    let low = low.max(floor.ln());
    if low <= floor.ln() {
        let below = inverter.at(floor);
        let share = (below.log_scale.exp() * below.below).clamp(0.0, 1.0);
        if share > 0.0 {
            mass.push(0.0, share);
        }
    }
    let mut small = 0;
    let mut last = [(0.0, 0.0); 2];
    // One node per cell, as far as the tail counts and the exponent is known.
    for i in 0.. {
        let u = (low + step * (i as f64 + 0.5)).exp();
        let found = inverter.at(u);
        let width = step * u * found.log_scale.exp();
        let (here, passed) = (width * found.law, width * found.passing);
        if here > 0.0 {
            mass.push(u, here);
        }
        if passed > 0.0 {
            passing.push(u, passed);
        }
        let negligible = here < TAIL * step / 0.1 && passed / (2.0 * u) * t < TAIL * step / 0.1;
        small = if negligible && u > middle { small + 1 } else { 0 };
        if small > 3 || i > 200_000 {
            break;
        }
        if u > LARGEST {
            // From here on the tail is a power of u.
            continued(&mut mass, last.map(|(mass, _)| mass), here, u, step);
            continued(&mut passing, last.map(|(_, passed)| passed), passed, u, step);
            break;
        }
        last = [last[1], (here, passed)];
    }
    (mass, passing)
}

/// Nodes beyond `u`, whose weights go on as the last three did, as far as they count.
fn continued(nodes: &mut Nodes, before: [f64; 2], here: f64, u: f64, step: f64) {
    let ratio = (here / before[0]).sqrt();
    if !(ratio > 0.0 && ratio < 1.0 - 1e-9) {
        return;
    }
    let (mut weight, mut u) = (here, u);
    while weight > TAIL * step && u < 1e300 {
        weight *= ratio;
        u *= step.exp();
        nodes.push(u, weight);
    }
}

/// A u in the bulk of the law of C at time t, and the relative width of its steep side; at most one.
fn bulk(exponent: &LaplaceExponent, t: f64) -> (f64, f64) {
    let bisected = |above: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (-32.0, exponent.largest_log_lambda());
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if above(middle.exp()) { low = middle } else { high = middle }
        }
        (0.5 * (low + high)).exp()
    };
    // The mean of the law tilted by e^{−λu} with λu = 1.
    let mean = |lambda: f64| t * exponent.bend(lambda).1;
    let middle = 1.0 / bisected(&|lambda| lambda * mean(lambda) < 1.0);
    // Where the saddle point bounds F(u) by e^{−2}: the variance there is −tC″.
    let bound = |lambda: f64| lambda * mean(lambda) - t * exponent.rest(Complex64::new(lambda, 0.0)).re;
    let steep = bisected(&|lambda| bound(lambda) > -2.0);
    if bound(steep) > -1.9 {
        // Much of the mass has hardly moved.
        return (middle, 1.0);
    }
    let width = (-exponent.bend(steep).0 / (steep * mean(steep)).max(1e-300)).sqrt();
    let middle = if width < 0.3 { mean(steep) } else { middle };
    (middle, if width.is_nan() { 1.0 } else { width.clamp(0.0, 1.0) })
}

/// Where drift and equal jumps bring u by time t, with probabilities.
fn shifts(exponent: &LaplaceExponent, t: f64) -> Vec<(f64, f64)> {
    let mut list = vec![(exponent.drift_rate() * t, 1.0)];
    for EqualJumps { rate, size } in exponent.jumps() {
        let mean = rate * t;
        let reach = 9.0 * mean.sqrt() + 12.0;
        let (first, last) = ((mean - reach).max(0.0) as u64, (mean + reach) as u64);
        let mut next = Vec::new();
        for n in first..=last {
            let log = n as f64 * mean.ln() - mean - crate::special::ln_gamma(n as f64 + 1.0);
            let probability = log.exp();
            if probability > 1e-14 {
                next.extend(list.iter().map(|(shift, share)| (shift + n as f64 * size, share * probability)));
            }
        }
        list = next;
    }
    list
}

/// Mass that passes each u in jumps of one size: rate times the mass in [u − size, u), over cells in ln u.
fn leaping(mass: &Nodes, jumps: &EqualJumps, step: f64, floor: f64) -> Nodes {
    let mut cumulative = Vec::with_capacity(mass.u.len() + 1);
    cumulative.push(0.0);
    for weight in &mass.weight {
        cumulative.push(cumulative.last().copied().unwrap_or(0.0) + weight);
    }
    let up_to = |u: f64| cumulative[mass.u.partition_point(|node| *node <= u)];
    let start = mass.u.first().copied().unwrap_or(0.0).max(floor).ln();
    let end = (mass.u.last().copied().unwrap_or(0.0) + jumps.size).ln();
    // The steps of the distribution function fall anywhere: each cell averages over several places in it.
    const INSIDE: usize = 8;
    let cells = ((end - start) / step).ceil().max(1.0) as usize;
    let width = (end - start) / cells as f64;
    let mut nodes = Nodes::default();
    for cell in 0..cells {
        for place in 0..INSIDE {
            let u = (start + width * (cell as f64 + (place as f64 + 0.5) / INSIDE as f64)).exp();
            let inside = up_to(u) - up_to(u - jumps.size);
            if inside > 0.0 {
                nodes.push(u, jumps.rate * inside * u * width / INSIDE as f64);
            }
        }
    }
    nodes.gathered(step)
}

impl Nodes {
    fn push(&mut self, u: f64, weight: f64) {
        self.u.push(u);
        self.weight.push(weight);
    }

    fn extend(&mut self, other: Self) {
        self.u.extend(other.u);
        self.weight.extend(other.weight);
    }

    fn sort(&mut self) {
        let mut pairs: Vec<(f64, f64)> = self.u.iter().copied().zip(self.weight.iter().copied()).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        (self.u, self.weight) = pairs.into_iter().unzip();
    }

    /// The same measure on fewer nodes, where there are many: a grid in ln u, mass and mean of each node kept.
    fn gathered(self, step: f64) -> Self {
        if self.u.len() < MANY {
            return self;
        }
        let step = 0.5 * step;
        let mut grid = std::collections::BTreeMap::<i64, f64>::new();
        let mut zero = 0.0;
        for (u, weight) in self.u.iter().zip(&self.weight) {
            if *u <= 0.0 {
                zero += weight;
                continue;
            }
            let cell = (u.ln() / step).floor();
            let (left, right) = ((cell * step).exp(), ((cell + 1.0) * step).exp());
            let share = ((u - left) / (right - left)).clamp(0.0, 1.0);
            *grid.entry(cell as i64).or_default() += weight * (1.0 - share);
            *grid.entry(cell as i64 + 1).or_default() += weight * share;
        }
        let mut nodes = Self::default();
        if zero > 0.0 {
            nodes.push(0.0, zero);
        }
        for (cell, weight) in grid {
            nodes.push((cell as f64 * step).exp(), weight);
        }
        nodes
    }
}

impl Measure {
    fn new(mut nodes: Nodes) -> Self {
        nodes.sort();
        let mut sum = 0.0;
        let cumulative = nodes
            .weight
            .iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        Self {
            log_weight: nodes.weight.iter().map(|weight| weight.ln()).collect(),
            log_area: nodes.u.iter().map(|u| (4.0 * PI * u).ln()).collect(),
            u: nodes.u,
            cumulative,
        }
    }

    fn total(&self) -> f64 {
        self.cumulative.last().copied().unwrap_or(0.0)
    }

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let wanted = rng.random::<f64>() * self.total();
        let at = self.cumulative.partition_point(|sum| *sum < wanted);
        self.u.get(at.min(self.u.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }

    /// ln Σ wᵢ (4πuᵢ)^{−N/2} e^{−r²/4uᵢ}.
    fn log_mixture(&self, dim: usize, r: f64) -> f64 {
        let (half, quarter) = (0.5 * dim as f64, 0.25 * r * r);
        let term = |((u, log), area): ((&f64, &f64), &f64)| log - half * area - quarter / u;
        let terms = || self.u.iter().zip(&self.log_weight).zip(&self.log_area).map(term);
        let top = terms().fold(f64::NEG_INFINITY, f64::max);
        if top == f64::NEG_INFINITY {
            return top;
        }
        top + terms().map(|term| (term - top).exp()).sum::<f64>().ln()
    }
}
