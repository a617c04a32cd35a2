//! The law of u(t) at one time, as weighted nodes, and what it says about displacements z = √(2u) ξ.

use super::LaplaceExponent;
use super::continuous::Continuous;
use super::exponent::EqualJumps;
use super::inversion::Inverter;
use num_complex::Complex64;
use rand::Rng;
use std::f64::consts::PI;

/// Logarithm of what may be neglected on the left, where the saddle point bounds the law.
const NEGLIGIBLE: f64 = -45.0;

/// What may be neglected on the right, as mass per node.
const TAIL: f64 = 1e-11;

/// What the faster inversion loses beside the whole, over the relative error that is good enough.
const ROUNDED: f64 = 1e-6;

/// ln of the largest term, less that of the last, from which on what lies beyond the last does not count.
const FAINT: f64 = 19.0;

/// u, as a multiple of that of a law that counts as a point, from which on it is no longer the point.
const APART: f64 = 1.5;

/// The u, in length², up to which transforms are inverted: the λ of their tails are too small beyond.
const LARGEST: f64 = 1e11;

/// Numbers of nodes beyond which nodes are gathered on a grid, those of equal jumps on a fine one.
const MANY: usize = 6000;
const SEVERAL: usize = 1600;

/// A measure Σ wᵢ δ(u − uᵢ) with u in length², as pairs of u and ln w: in many dimensions places of e^{−1000} of the
/// mass count.
#[derive(Clone, Debug, Default)]
struct Nodes(Vec<(f64, f64)>);

/// Whether there is more before the first node and after the last one, too little to be drawn.
#[derive(Clone, Copy, Debug)]
struct Open {
    left: bool,
    right: bool,
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
    open: Open,
    /// The first node of those that are not at the floor.
    first: usize,
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
        let (mut mass, mut passing, mut open) = rest_law(exponent, t, step, least);
        let shifts = shifts(exponent, t);
        if !exponent.jumps().is_empty() {
            open.right = true;
            open.left |= shifts.first().is_some_and(|(shift, _)| *shift > exponent.drift_rate() * t);
        }
        if shifts.len() > 1 || shifts.first().is_some_and(|(shift, _)| *shift > 0.0) {
            let spread = |nodes: &Nodes| {
                let mut all = Nodes::default();
                for (shift, probability) in &shifts {
                    all.0.extend(nodes.0.iter().map(|(u, log)| (u + shift, log + probability.ln())));
                }
                all
            };
            (mass, passing) = (spread(&mass).gathered(0.5 * step, MANY), spread(&passing).gathered(0.5 * step, MANY));
        }
        // What passes u because of the drift and of equal jumps.
        if exponent.drift_rate() > 0.0 {
            let log_rate = exponent.drift_rate().ln();
            passing.0.extend(mass.0.iter().map(|(u, log)| (*u, log + log_rate)));
        }
        for jumps in exponent.jumps() {
            let leaping = leaping(&mass, jumps, step, floor);
            passing.0.extend(leaping.0);
        }
        let (mut moving, resting): (Vec<_>, Vec<_>) = mass.0.into_iter().partition(|(u, _)| *u > floor);
        let still: f64 = resting.iter().map(|(_, log)| log.exp()).sum();
        if still > 0.0 {
            moving.push((floor, still.ln()));
        }
        let flux = passing.0.iter().filter(|(u, _)| *u >= floor).map(|(u, log)| (*u, log - (2.0 * u).ln())).collect();
        let at_rest = usize::from(still > 0.0);
        Self { mass: Measure::new(Nodes(moving), open, at_rest), flux: Measure::new(Nodes(flux), open, 0) }
    }

    /// ln p(r) in `dim` dimensions; `None` where what lies beyond the nodes counts.
    pub(crate) fn log_density(&self, dim: usize, r: f64) -> Option<f64> {
        let (log, beyond) = self.mass.log_mixture(dim, r);
        (!beyond || self.mass.rests(dim, r, log)).then_some(log)
    }

    /// J(r)/(p r) in `dim` dimensions; `None` where what lies beyond the nodes counts.
    pub(crate) fn velocity_over_r(&self, dim: usize, r: f64) -> Option<f64> {
        let (density, thin) = self.mass.log_mixture(dim, r);
        let (flux, beyond) = self.flux.log_mixture(dim, r);
        (!(thin || beyond) || self.mass.rests(dim, r, density)).then(|| (flux - density).exp())
    }

    /// The same from the nodes alone.
    pub(crate) fn by_nodes(&self, dim: usize, r: f64) -> (f64, f64) {
        let (density, flux) = (self.mass.log_mixture(dim, r).0, self.flux.log_mixture(dim, r).0);
        (density, (flux - density).exp())
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

/// Law and passing rate of the part C: nodes at the midpoints of cells in ln u, and on which sides they were cut off.
/// All mass sits at zero without C.
fn rest_law(exponent: &LaplaceExponent, t: f64, step: f64, floor: f64) -> (Nodes, Nodes, Open) {
    let mut mass = Nodes::default();
    let mut passing = Nodes::default();
    if !exponent.has_rest() {
        mass.push(0.0, 1.0);
        return (mass, passing, Open { left: false, right: false });
    }
    let mut continuous = Continuous { exponent, t, cut_holds: false };
    let (middle, width) = continuous.bulk();
    let narrow = width.min(steepness(exponent, t));
    // Narrower than anything a displacement shows, √(2/N) of |z|² in up to 200,000 dimensions: a point, and what is
    // right of it.
    let point = narrow < 1e-3;
    // Its tail is lost beside it along any line.
    continuous.cut_holds = point && continuous.probed(middle);
    let step = if point { step } else { step.min(0.5 * narrow) };
    let inverter = Inverter { exponent, t };
    // ln of both densities: what is small beside the whole is lost in the rounding of the faster way.
    let at = |u: f64| {
        let found = inverter.at(u);
        let fast = [found.law, found.passing].map(|value| value.ln() + found.log_scale);
        if !point && found.law * u > ROUNDED && found.passing * u * t > ROUNDED {
            return fast;
        }
        let slow = continuous.at(u);
        let known = |log: f64, error: f64, fast: f64| match error < 0.1 && !log.is_nan() {
            true => log,
            false if point => f64::NEG_INFINITY,
            false => fast,
        };
        [known(slow.log_law, slow.law_error, fast[0]), known(slow.log_passing, slow.passing_error, fast[1])]
    };
    // From the left: beyond the floor, or where the bound of the law begins to count.
    let mut low = middle.max(floor).ln();
    while low > floor.ln() && inverter.saddle(low.exp()).1 > NEGLIGIBLE {
        low -= 0.25f64.min(10.0 * step);
    }
    let low = if point { (APART * middle).max(floor) } else { low.exp().max(floor) }.ln();
    if point {
        // Its mean is tC′(0), but for what is far right of it.
        let small = 1e-3 / middle;
        let mean = t * exponent.rest(Complex64::new(small, 0.0)).re / small;
        mass.push(mean, 1.0);
        passing.push(mean, mean / t);
    } else if low <= floor.ln() {
        let below = inverter.at(floor);
        let share = (below.log_scale.exp() * below.below).clamp(0.0, 1.0);
        if share > 0.0 {
            mass.push(0.0, share);
        }
        // What passes down there moves where a drift or jumps carry it.
        passing.push(0.5 * floor, floor * below.log_scale.exp() * below.passing);
    }
    let (mut small, mut right) = (0, true);
    let mut last = [[0.0; 2]; 2];
    // One node per cell, as far as the tail counts and the exponent is known.
    for i in 0..200_000 {
        let v = low + step * (f64::from(i) + 0.5);
        let u = v.exp();
        let [here, passed] = at(u).map(|log| log + v + step.ln());
        // Not a number where rounding has left nothing.
        if here > f64::NEG_INFINITY {
            mass.0.push((u, here));
        }
        if passed > f64::NEG_INFINITY {
            passing.0.push((u, passed));
        }
        // In units of mass, which the flux has after a division by u.
        let weights = [here.exp(), passed.exp() / u];
        let counts = |weight: f64| weight >= TAIL * step / 0.1;
        small = if u > middle && !counts(weights[0]) && !counts(0.5 * t * weights[1]) { small + 1 } else { 0 };
        if small > 3 {
            break;
        }
        if u > LARGEST {
            // From here on the tail is a power of u; as far as it is none, nothing more is known.
            let (heavier, faster) = (continued(last, weights, u, step, 0), continued(last, weights, u, step, 1));
            right = heavier.is_some() && faster.is_some();
            mass.0.extend(heavier.into_iter().flatten().map(|(u, weight)| (u, weight.ln())));
            passing.0.extend(faster.into_iter().flatten().map(|(u, weight)| (u, (weight * u).ln())));
            break;
        }
        last = [last[1], weights];
    }
    (mass, passing, Open { left: !point && low > floor.ln(), right: right && (!point || continuous.cut_holds) })
}

/// The relative width of the steep side of the law of C, at most one: where the saddle point bounds F(u) by e^{−2}.
fn steepness(exponent: &LaplaceExponent, t: f64) -> f64 {
    // The mean of the law tilted by e^{−λu} with λu = 1.
    let mean = |lambda: f64| t * exponent.bend(lambda).1;
    let bound = |lambda: f64| lambda * mean(lambda) - t * exponent.rest(Complex64::new(lambda, 0.0)).re;
    let (mut low, mut high) = (-32.0, exponent.largest_log_lambda());
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if bound(f64::exp(middle)) > -2.0 { low = middle } else { high = middle }
    }
    let steep = f64::exp(0.5 * (low + high));
    // The variance there is −tC″. Much of the mass may hardly have moved.
    let width = (-exponent.bend(steep).0 / (steep * mean(steep)).max(1e-300)).sqrt();
    if bound(steep) > -1.9 || width.is_nan() { 1.0 } else { width.min(1.0) }
}

/// Places beyond `u` with weights that go on as the last three did, as far as they count; `None` where they do not
/// fall.
fn continued(
    before: [[f64; 2]; 2],
    here: [f64; 2],
    u: f64,
    step: f64,
    kind: usize,
) -> Option<impl Iterator<Item = (f64, f64)>> {
    let (weight, ratio) = (here[kind], (here[kind] / before[0][kind]).sqrt());
    let falls = ratio > 0.0 && ratio < 1.0 - 1e-9;
    let next = move |(u, weight): &(f64, f64)| Some((u * step.exp(), weight * ratio));
    let counts = move |(u, weight): &(f64, f64)| *weight > TAIL * step && *u < 1e300;
    falls.then(|| std::iter::successors(Some((u, weight)), next).skip(1).take_while(counts))
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

/// Mass that passes each u in jumps of one size: what is at a node passes all between it and where the jump ends.
fn leaping(mass: &Nodes, jumps: &EqualJumps, step: f64, floor: f64) -> Nodes {
    // Gauss and Legendre's points, one where a cell is narrow.
    let side = 0.6f64.sqrt();
    let (three, one) = ([(-side, 5.0 / 9.0), (0.0, 8.0 / 9.0), (side, 5.0 / 9.0)], [(0.0, 2.0)]);
    let mut nodes = Nodes::default();
    for (u, log) in &mass.0 {
        let (from, to) = (u.max(floor).ln(), (u + jumps.size).max(floor).ln());
        let cells = ((to - from) / step).ceil().max(1.0);
        let half = 0.5 * (to - from) / cells;
        let points = if half < 0.1 * step { &one[..] } else { &three[..] };
        for place in 0..cells as usize {
            let middle = from + half * (2.0 * place as f64 + 1.0);
            nodes.0.extend(points.iter().filter(|_| half > 0.0).map(|(x, weight)| {
                let v = middle + half * x;
                (v.exp(), log + jumps.rate.ln() + v + (half * weight).ln())
            }));
        }
    }
    nodes.gathered(0.25 * step, SEVERAL)
}

impl Nodes {
    fn push(&mut self, u: f64, weight: f64) {
        self.0.push((u, weight.ln()));
    }

    fn sort(&mut self) {
        self.0.sort_by(|a, b| a.0.total_cmp(&b.0));
    }

    /// The same measure on fewer nodes, where there are more than `most`: a grid in ln u, mass and mean of each node
    /// kept.
    fn gathered(self, step: f64, most: usize) -> Self {
        if self.0.len() < most {
            return self;
        }
        let mut grid = std::collections::BTreeMap::<i64, f64>::new();
        let mut zero = 0.0;
        for (u, log) in self.0 {
            let weight = log.exp();
            if u <= 0.0 {
                zero += weight;
                continue;
            }
            let cell = (u.ln() / step).floor();
            let (left, right) = ((cell * step).exp(), ((cell + 1.0) * step).exp());
            let share = ((u - left) / (right - left)).clamp(0.0, 1.0);
            *grid.entry(cell as i64).or_default() += weight * (1.0 - share);
            *grid.entry(cell as i64 + 1).or_default() += weight * share;
        }
        let places = grid.into_iter().map(|(cell, weight)| ((cell as f64 * step).exp(), weight));
        let places = std::iter::once((0.0, zero)).chain(places).filter(|(_, weight)| *weight > 0.0);
        Self(places.map(|(u, weight)| (u, weight.ln())).collect())
    }
}

impl Measure {
    fn new(mut nodes: Nodes, open: Open, first: usize) -> Self {
        nodes.sort();
        let mut sum = 0.0;
        let add = |(_, log): &(f64, f64)| {
            sum += log.exp();
            sum
        };
        let cumulative = nodes.0.iter().map(add).collect();
        Self {
            open,
            first,
            log_area: nodes.0.iter().map(|(u, _)| (4.0 * PI * u).ln()).collect(),
            cumulative,
            log_weight: nodes.0.iter().map(|(_, log)| *log).collect(),
            u: nodes.0.into_iter().map(|(u, _)| u).collect(),
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

    /// ln Σ wᵢ (4πuᵢ)^{−N/2} e^{−r²/4uᵢ}, and whether what lies beyond the nodes counts.
    fn log_mixture(&self, dim: usize, r: f64) -> (f64, bool) {
        let (half, quarter) = (0.5 * dim as f64, 0.25 * r * r);
        let term = |((u, log), area): ((&f64, &f64), &f64)| log - half * area - quarter / u;
        let terms = || self.u.iter().zip(&self.log_weight).zip(&self.log_area).map(term);
        let top = terms().fold(f64::NEG_INFINITY, f64::max);
        let counts = |end: Option<f64>| end.is_none_or(|end| end.is_nan() || end >= top - FAINT);
        let left = self.open.left && counts(terms().nth(self.first));
        let beyond = left || self.open.right && counts(terms().next_back());
        if top == f64::NEG_INFINITY {
            return (top, beyond);
        }
        (top + terms().map(|term| (term - top).exp()).sum::<f64>().ln(), beyond)
    }

    /// Whether most of a density e^log is what stands still, within the width that it is given.
    fn rests(&self, dim: usize, r: f64, log: f64) -> bool {
        let still = self.u.first().filter(|u| self.first > 0 && r * r < (160.0 + 4.0 * dim as f64) * **u);
        still.is_some_and(|u| self.log_weight[0] - 0.5 * dim as f64 * self.log_area[0] - 0.25 * r * r / u > log - 0.7)
    }
}
