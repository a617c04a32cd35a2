//! The kernel of a subordinator at one time, to nearly all digits: p(r) and J(r)/r as integrals over u, with an
//! estimate of their errors.
//!
//! u(t) is a drift, plus Poisson numbers of equal jumps, plus the law of C, which is known at single u
//! ([`Continuous`]). The integral over the last is adaptive in ln u (Gauss and Kronrod, 7 and 15 points), from one end
//! of what counts to the other, however far out r lies; panels are kept, so that the next r costs exponentials only.

use super::LaplaceExponent;
use super::continuous::{Continuous, Point};
use super::right::Right;
use crate::quadrature::{NODES, rule, rule_error};
use crate::special::ln_gamma;
use std::collections::HashMap;
use std::f64::consts::PI;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// Logarithm of what may be neglected beside the whole.
const NEGLIGIBLE: f64 = 42.0;

/// Relative error that is aimed at.
const PRECISION: f64 = 1e-13;

/// Bisections of a panel, and panels of an integral, at most.
const DEEPEST: u32 = 44;
const MANY: usize = 2500;

/// Places of equal jumps, at most, and numbers of them up to which each counts by itself.
const MANY_SHIFTS: usize = 20_000;
const FEW_JUMPS: f64 = 5e3;

/// How far right of the bulk in ln u it is asked how the law goes on.
const NEAR: f64 = 6.0;

/// Relative error of how the law goes on with which nothing else is tried where its transform has few digits.
const KNOWN: f64 = 1e-2;

/// ln λ at which it is seen whether C grows like a logarithm.
const LOGARITHMS: [f64; 2] = [50.0, 69.0];

/// ln u beyond which nothing is looked for.
const FAR: f64 = 680.0;

/// ln of a positive number, and its relative error.
pub(crate) type Estimate = (f64, f64);

const NOTHING: Estimate = (f64::NEG_INFINITY, 0.0);

/// An integral, and the u where most of it comes from.
type Found = (Estimate, f64);

/// A place u with what the law of C says there.
pub(super) type Node = (f64, Point);

/// Panel `index` of width 2^−level in ln(u/centre).
type Key = (u32, i64);

/// The kernel at one time.
#[derive(Debug)]
pub(crate) struct Radial {
    pub(super) exponent: Arc<LaplaceExponent>,
    pub(super) t: f64,
    floor: f64,
    /// ln u in the bulk of the law of C, and the width of the bulk.
    centre: f64,
    narrow: f64,
    /// Whether integrals along the cut hold.
    cut_holds: bool,
    left: Option<Left>,
    /// How the law goes on far out, once that is asked for.
    right: OnceLock<Right>,
    panels: RwLock<HashMap<Key, Arc<[Node; NODES]>>>,
    /// What trials have shown, around the bulk and elsewhere.
    pub(super) base: OnceLock<f64>,
    pub(super) trials: RwLock<HashMap<i64, f64>>,
}

/// How the law goes on to the left of a node, where it loses its digits: as c u^power e^{slope u}.
#[derive(Clone, Copy, Debug)]
struct Left {
    end: Node,
    power: f64,
    slope: f64,
    error: f64,
    /// ln of the rate at which mass leaves the atom.
    log_leaving: f64,
}

/// A panel under one integral.
struct Panel {
    key: Key,
    log_value: f64,
    /// Relative errors: of the rule, and of the integrand.
    rule_error: f64,
    data_error: f64,
    /// The largest ln of the integrand at a node, ln u of that node, and the largest step from node to node.
    top: f64,
    summit: f64,
    step: f64,
    /// Bisections on the way that left a tenth of the error of the rule and more: it is noise.
    stubborn: u32,
}

impl Radial {
    /// `floor` is what is told from zero: the width of the share that stands still.
    pub(crate) fn new(exponent: &Arc<LaplaceExponent>, t: f64, floor: f64) -> Self {
        let mut radial = Self {
            exponent: Arc::clone(exponent),
            t,
            floor,
            centre: 0.0,
            narrow: 1.0,
            cut_holds: false,
            left: None,
            right: OnceLock::new(),
            panels: RwLock::default(),
            base: OnceLock::new(),
            trials: RwLock::default(),
        };
        if exponent.has_rest() {
            let (bulk, width) = radial.continuous().bulk();
            radial.centre = bulk.ln().clamp(-FAR, FAR);
            radial.narrow = width.max(1e-12);
            radial.cut_holds = radial.continuous().probed(radial.centre.exp());
            radial.left = radial.power_on_the_left();
        }
        radial
    }

    pub(super) fn bulk_is_out_of_reach(&self) -> bool {
        self.centre.abs() >= FAR
    }

    pub(super) fn continuous(&self) -> Continuous<'_> {
        Continuous { exponent: &self.exponent, t: self.t, cut_holds: self.cut_holds }
    }

    /// Where C is bounded and plain, its distance from its limit loses digits on the left, and so does the law.
    fn power_on_the_left(&self) -> Option<Left> {
        let limit = self.exponent.limit().filter(|_| self.exponent.is_plain())?;
        let law = self.continuous();
        let (mut low, mut high) = (self.centre - 100.0, self.centre);
        for _ in 0..12 {
            let middle = 0.5 * (low + high);
            let good = law.at(middle.exp()).law_error < 1e-8;
            if good { high = middle } else { low = middle }
        }
        let [a, b, c] = [0.0, 1.0, 2.0].map(|steps| {
            let u = (high + steps).exp();
            (u, law.at(u))
        });
        let (near, far) = (b.1.log_law - a.1.log_law, c.1.log_law - b.1.log_law);
        let grown = 1f64.exp_m1();
        let slope = (far - near) / (a.0 * grown * grown);
        let error = 3.0 * a.1.law_error + (far - near).powi(2);
        Some(Left { end: a, power: near - slope * a.0 * grown, slope, error, log_leaving: limit.ln() - self.t * limit })
    }

    /// Whether the density, and with it J/r, is infinite at the source: ∫ λ^{N/2−1} e^{−tC(λ)} dλ diverges where C
    /// grows no faster than c ln λ with tc ≤ N/2, and so where C is bounded and a share of the mass stands still.
    /// `None` where C may yet grow so slowly.
    fn is_infinite_at_the_source(&self, dim: usize) -> Option<bool> {
        if self.exponent.drift_rate() > 0.0 {
            return Some(false);
        }
        if !self.exponent.has_rest() || self.exponent.limit().is_some() {
            return Some(true);
        }
        let [before, last] = LOGARITHMS.map(|at| f64::exp(at) * self.exponent.bend(f64::exp(at)).1);
        let (too_slow, change) = (self.t * last <= 0.5 * dim as f64 * (1.0 + 1e-12), last / before - 1.0);
        match change {
            // Still growing: faster than a logarithm.
            change if change > 1e-6 => Some(false),
            change if change > -1e-6 || too_slow => Some(too_slow),
            _ => None,
        }
    }

    /// The infinite density or flux at the source, or one that is not known.
    fn at_the_source(&self, dim: usize) -> Option<Estimate> {
        match self.is_infinite_at_the_source(dim) {
            Some(false) => None,
            Some(true) => Some((f64::INFINITY, 0.0)),
            None => Some((f64::NAN, 1.0)),
        }
    }

    /// ln p(r), and the relative error of p.
    pub(crate) fn density(&self, dim: usize, r: f64) -> Estimate {
        if let Some(found) = self.at_the_source(dim).filter(|_| r == 0.0) {
            return found;
        }
        let half = 0.5 * dim as f64;
        let gauss = move |u: f64| -half * (4.0 * PI * u).ln() - 0.25 * r * r / u;
        let (mut parts, mut places) = (Vec::new(), Places::new());
        let Some(shifts) = self.shifts(dim, r) else { return (f64::NAN, 1.0) };
        for (shift, log_share, bound) in shifts {
            if bound < total(&parts).0 - 2.0 * NEGLIGIBLE {
                break;
            }
            if let Some(log_atom) = self.log_atom() {
                parts.push((
                    log_share + log_atom + gauss(shift.max(self.floor)),
                    self.rounding(dim, r, shift, log_share),
                ));
            }
            let integrand = |(u, point): &Node| (point.log_law + gauss(shift + u), point.law_error);
            let ((log, error), place) = self.integral(dim, r, shift, &integrand);
            places.add(log + log_share, place);
            parts.push((log + log_share, error));
        }
        self.claimed(total(&parts), places.main())
    }

    /// ln J(r)/r, and its relative error.
    pub(crate) fn flux_over_r(&self, dim: usize, r: f64) -> Estimate {
        if let Some(found) = self.at_the_source(dim).filter(|_| r == 0.0) {
            return found;
        }
        let half = 0.5 * dim as f64;
        let gauss = move |u: f64| -half * (4.0 * PI * u).ln() - 0.25 * r * r / u - (2.0 * u).ln();
        let drift = self.exponent.drift_rate();
        let (mut parts, mut places) = (Vec::new(), Places::new());
        let Some(shifts) = self.shifts(dim, r) else { return (f64::NAN, 1.0) };
        for (shift, log_share, bound) in shifts {
            if bound < total(&parts).0 - 2.0 * NEGLIGIBLE {
                break;
            }
            if drift > 0.0 {
                if let Some(log_atom) = self.log_atom() {
                    parts.push((
                        log_share + log_atom + drift.ln() + gauss(shift),
                        self.rounding(dim, r, shift, log_share),
                    ));
                }
                let integrand = |(u, point): &Node| (point.log_law + gauss(shift + u), point.law_error);
                let ((log, error), place) = self.integral(dim, r, shift, &integrand);
                places.add(log + log_share + drift.ln(), place);
                parts.push((log + log_share + drift.ln(), error));
            }
            let integrand = |(u, point): &Node| (point.log_passing + gauss(shift + u), point.passing_error);
            let ((log, error), place) = self.integral(dim, r, shift, &integrand);
            places.add(log + log_share, place);
            parts.push((log + log_share, error));
            // An equal jump from u passes all between u and u + size.
            for jump in self.exponent.jumps() {
                let passed = |u: f64| between(&gauss, dim, r, u.max(self.floor), (u + jump.size).max(self.floor));
                let log_rate = log_share + jump.rate.ln();
                if let Some(log_atom) = self.log_atom() {
                    parts.push((log_rate + log_atom + passed(shift), self.rounding(dim, r, shift, log_share)));
                }
                let integrand = |(u, point): &Node| (point.log_law + passed(shift + u), point.law_error);
                let ((log, error), place) = self.integral(dim, r, shift, &integrand);
                places.add(log + log_rate, place);
                parts.push((log + log_rate, error));
            }
        }
        self.claimed(total(&parts), places.main())
    }

    /// ln of the share of C's law that is at zero; `None` where none is.
    fn log_atom(&self) -> Option<f64> {
        if !self.exponent.has_rest() {
            return Some(0.0);
        }
        self.exponent.limit().map(|limit| -self.t * limit)
    }

    /// What is lost in the exponent of a Gaussian.
    fn rounding(&self, dim: usize, r: f64, shift: f64, log_share: f64) -> f64 {
        let u = shift.max(self.floor);
        let mut size = dim as f64 * (1.0 + u.ln().abs()) + 0.5 * r * r / u + log_share.abs();
        for jump in self.exponent.jumps() {
            // Probabilities of Poisson numbers are differences of large logarithms.
            let mean = jump.rate * self.t;
            let number = mean + shift / jump.size;
            size += 4.0 * (1.0 + number) * (1.0 + mean.ln().abs() + number.ln().abs());
        }
        f64::EPSILON * (2.0 + 0.5 * size)
    }

    /// Where drift and equal jumps bring u, with the logarithms of the probabilities and of bounds on what they add to
    /// the density, or to the flux times u; the largest bounds first. `None` where they are too many.
    fn shifts(&self, dim: usize, r: f64) -> Option<Vec<(f64, f64, f64)>> {
        let mut list = vec![(self.exponent.drift_rate() * self.t, 0.0)];
        let (half, best) = (0.5 * dim as f64, 0.5 * r * r / dim as f64);
        // The largest ln of the Gaussian beyond a shift.
        let spreads = self.exponent.has_rest();
        let largest = self.exponent.jumps().iter().map(|jump| jump.size).fold(0.0, f64::max);
        let reach = |shift: f64| {
            let beyond = if spreads { f64::INFINITY } else { shift + largest };
            let u = shift.max(best.min(beyond)).max(self.floor);
            -half * (4.0 * PI * u).ln() - 0.25 * r * r / u
        };
        let several = self.exponent.jumps().len() > 1;
        for jump in self.exponent.jumps() {
            let mean = jump.rate * self.t;
            let log_share = |n: f64| n * mean.ln() - mean - ln_gamma(n + 1.0);
            let first = list.first().map_or(0.0, |(shift, _)| *shift);
            // Jumps save what spreads the way that they lead, as much as its tail falls on it.
            let saved = if spreads { -self.exponent.edge() * jump.size } else { 0.0 };
            let weight = |n: f64| log_share(n) + reach(first + n * jump.size) + n * saved;
            let end = mean * saved.min(600.0).exp();
            let end = (end + 12.0 * end.sqrt() + 60.0).max(best / jump.size * 2.0 + 60.0);
            let (middle, width) = summit(&weight, end);
            let (stride, top) = ((0.25 * width).floor(), weight(middle));
            let mut next = Vec::new();
            let mut add = |n: f64, stride: f64| {
                let counts = list.len() == 1 || weight(n) > top - 10.0 * NEGLIGIBLE;
                let share = log_share(n) + stride.ln();
                next.extend(list.iter().filter(|_| counts).map(|(shift, log)| (shift + n * jump.size, log + share)));
                next.len() < MANY_SHIFTS
            };
            if middle < FEW_JUMPS {
                let mut n = 0.0;
                while n <= middle.max(mean) || weight(n) > top - 10.0 * NEGLIGIBLE {
                    if !add(n, 1.0) {
                        return None;
                    }
                    n += 1.0;
                }
            } else if several || spreads || stride < 1.0 {
                return None;
            } else {
                // None, and a smooth sum by one of so many terms.
                let reached = (10.0 * NEGLIGIBLE).sqrt() * 2.0 / 0.25;
                let known = add(0.0, 1.0)
                    && (-reached as i32..=reached as i32).all(|i| {
                        let n = middle + f64::from(i) * stride;
                        n < 1.0 || add(n, stride)
                    });
                if !known {
                    return None;
                }
            }
            list = next;
        }
        let bound = |(shift, log_share): &(f64, f64)| log_share + reach(*shift);
        let mut list: Vec<(f64, f64, f64)> = list.iter().map(|place| (place.0, place.1, bound(place))).collect();
        list.sort_by(|a, b| b.2.total_cmp(&a.2));
        Some(list)
    }

    /// The law of C at u.
    fn point(&self, u: f64) -> Point {
        if let Some(left) = self.left.filter(|left| u < left.end.0) {
            return left.at(u);
        }
        let (v, continuous) = (u.ln(), self.continuous());
        if v < self.centre + NEAR {
            return continuous.at(u);
        }
        let right = self.right.get_or_init(|| Right::of(&continuous, self.centre));
        let tail = right.at(u);
        if right.is_beyond(v) && tail.law_error < KNOWN && tail.passing_error < KNOWN {
            return tail;
        }
        let mut found = continuous.at(u);
        if found.law_error.is_nan() || tail.law_error < found.law_error {
            (found.log_law, found.law_error) = (tail.log_law, tail.law_error);
        }
        if found.passing_error.is_nan() || tail.passing_error < found.passing_error {
            (found.log_passing, found.passing_error) = (tail.log_passing, tail.passing_error);
        }
        found
    }

    fn panel(&self, key: Key) -> Arc<[Node; NODES]> {
        if let Some(found) = self.panels.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(found);
        }
        let (left, width) = self.place(key);
        let node = |i: usize| {
            let u = (left + 0.5 * width * (1.0 + rule(i).0)).exp();
            (u, self.point(u))
        };
        let nodes = Arc::new(std::array::from_fn(node));
        let mut panels = self.panels.write().unwrap_or_else(PoisonError::into_inner);
        if panels.len() > 20 * MANY {
            panels.clear();
        }
        Arc::clone(panels.entry(key).or_insert(nodes))
    }

    /// Left end and width of a panel in ln u.
    fn place(&self, (level, index): Key) -> (f64, f64) {
        let width = 0.5f64.powi(level as i32);
        (self.centre + width * index as f64, width)
    }

    fn estimate(&self, key: Key, lowest: f64, integrand: &dyn Fn(&Node) -> Estimate) -> Panel {
        let nodes = self.panel(key);
        let mut logs = [f64::NEG_INFINITY; NODES];
        let mut errors = [0.0; NODES];
        for (i, node) in nodes.iter().enumerate() {
            let (log, error) = integrand(node);
            if node.0 < lowest {
                continue;
            }
            if error < 0.5 && !log.is_nan() {
                (logs[i], errors[i]) = (log + node.0.ln(), error);
            } else if i > 0 {
                // Not known: as before it, and the estimate says so.
                (logs[i], errors[i]) = (logs[i - 1], 1.0);
            }
        }
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if top == f64::NEG_INFINITY {
            return Panel {
                key,
                log_value: top,
                rule_error: 0.0,
                data_error: 0.0,
                top,
                summit: nodes[0].0.ln(),
                step: 0.0,
                stubborn: 0,
            };
        }
        let (mut kronrod, mut gauss, mut data) = (0.0, 0.0, 0.0);
        let mut step = 0.0f64;
        for i in 0..NODES {
            let (_, more, less) = rule(i);
            let value = (logs[i] - top).exp();
            kronrod += more * value;
            gauss += less * value;
            data += more * value * errors[i].min(1.0);
            if i > 0 {
                step = step.max((logs[i].max(top - 200.0) - logs[i - 1].max(top - 200.0)).abs());
            }
        }
        let plain = (kronrod - gauss).abs() / kronrod;
        let half_width = 0.5 * self.place(key).1;
        Panel {
            key,
            log_value: top + (half_width * kronrod).ln(),
            rule_error: rule_error(plain),
            data_error: data / kronrod,
            top,
            summit: (0..NODES).find(|i| logs[*i] == top).map_or(0.0, |i| nodes[i].0.ln()),
            step,
            stubborn: 0,
        }
    }

    /// ∫ e^{integrand} du over the law of C, with its relative error.
    fn integral(&self, dim: usize, r: f64, shift: f64, integrand: &dyn Fn(&Node) -> Estimate) -> Found {
        if !self.exponent.has_rest() {
            return (NOTHING, 0.0);
        }
        // What stands still has the width of the floor, and so does its flux.
        let at_rest = shift == 0.0 && self.exponent.limit().is_some();
        let lowest = if at_rest { self.floor } else { 0.0 };
        // Infinite at r = 0, as far as is known.
        self.adaptive(dim, r, lowest, integrand).unwrap_or(((f64::INFINITY, 1.0), 0.0))
    }

    /// `None` where the integral has no end on the left.
    pub(super) fn adaptive(
        &self,
        dim: usize,
        r: f64,
        lowest: f64,
        integrand: &dyn Fn(&Node) -> Estimate,
    ) -> Option<Found> {
        let estimate = |key: Key| self.estimate(key, lowest, integrand);
        let bound = if lowest > 0.0 { lowest.ln().max(-FAR) } else { -FAR };
        let index = |v: f64| (v.clamp(bound, FAR) - self.centre).floor() as i64;
        // The bulk of the law, the best u for r, and all between.
        let best = (0.5 * r * r / dim as f64).ln();
        let bulk = if best.is_finite() { self.centre.clamp(best - 80.0, best + 80.0) } else { self.centre };
        let best = if best.is_finite() { best } else { bulk };
        let (mut low, mut high) = (index(bulk.min(best)) - 1, index(bulk.max(best)) + 1);
        let mut panels: Vec<Panel> = (low..=high).map(|index| estimate((0, index))).collect();
        let mut top = panels.iter().map(|panel| panel.top).fold(f64::NEG_INFINITY, f64::max);
        let mut faint = 0;
        while faint < 3 {
            low -= 1;
            if self.centre + (low as f64) < bound - 1.0 {
                if lowest == 0.0 {
                    return None;
                }
                break;
            }
            let panel = estimate((0, low));
            faint = if panel.top < top - NEGLIGIBLE { faint + 1 } else { 0 };
            top = top.max(panel.top);
            panels.push(panel);
        }
        faint = 0;
        while faint < 3 && self.centre + (high as f64) < FAR {
            high += 1;
            let panel = estimate((0, high));
            faint = if panel.top < top - NEGLIGIBLE { faint + 1 } else { 0 };
            top = top.max(panel.top);
            panels.push(panel);
        }
        if top == f64::NEG_INFINITY {
            return Some((NOTHING, 0.0));
        }
        loop {
            let whole = panels.iter().map(|panel| (panel.log_value - top).exp()).sum::<f64>();
            let (mut next, mut split) = (Vec::with_capacity(panels.len()), false);
            let room = panels.len() < MANY;
            let summit = panels.iter().max_by(|a, b| a.top.total_cmp(&b.top)).map_or(0.0, |panel| panel.summit);
            for panel in panels {
                let (left, width) = self.place(panel.key);
                let beside = matches!(panel.key.1, -1 | 0) && width > 2.0 * self.narrow;
                // A peak much narrower than the panel lies between nodes that are far below it.
                let peaks = summit > left - width && summit < left + 2.0 * width;
                let counts = peaks || panel.top + panel.step.min(60.0) > top - NEGLIGIBLE;
                let value = (panel.log_value - top).exp();
                // What is wrong in the integrand no finer panel mends.
                let sound = panel.data_error < 0.1;
                let rough = panel.rule_error * value > PRECISION * whole;
                // Features finer than this are those of the bulk and of steep Gaussians; the rest is noise.
                let coarse = panel.key.0 < 12 || panel.step > 0.1;
                let rough = rough && panel.rule_error > panel.data_error && coarse && panel.stubborn < 4;
                let steep = counts && sound && panel.step > 6.0;
                if room && panel.key.0 < DEEPEST && (beside || steep || rough) {
                    let (level, index) = panel.key;
                    next.extend([2 * index, 2 * index + 1].map(|index| {
                        let half = estimate((level + 1, index));
                        let better = half.rule_error < 0.1 * panel.rule_error;
                        Panel { stubborn: panel.stubborn + u32::from(!(better || steep)), ..half }
                    }));
                    split = true;
                } else {
                    next.push(panel);
                }
            }
            panels = next;
            top = panels.iter().map(|panel| panel.top).fold(top, f64::max);
            if !split {
                break;
            }
        }
        let sum = |of: &dyn Fn(&Panel) -> f64| {
            panels.iter().map(|panel| (panel.log_value - top).exp() * of(panel)).sum::<f64>()
        };
        let whole = sum(&|_| 1.0);
        let error = sum(&|panel| panel.rule_error + panel.data_error) / whole;
        let exponent = 0.5 * dim as f64 * (1.0 + best.abs()) + top.abs();
        let largest = panels.iter().max_by(|a, b| a.log_value.total_cmp(&b.log_value));
        let place = largest.map_or(0.0, |panel| {
            let (left, width) = self.place(panel.key);
            (left + 0.5 * width).exp()
        });
        Some(((top + whole.ln(), error + f64::EPSILON * (2.0 + 0.5 * exponent)), place))
    }
}

impl Left {
    fn at(&self, u: f64) -> Point {
        let (end, last) = &self.end;
        let share = u / end;
        let log_law = last.log_law + self.power * share.ln() - self.slope * (end - u);
        let law_error = (self.error * (1.0 - share.ln())).min(1.0);
        // Mass that passes u comes from the atom, less what has stopped before u.
        let change = (last.log_passing - self.log_leaving).exp_m1() * share.powf(self.power + 1.0);
        let passing_error = last.passing_error + law_error * change.abs();
        Point { log_law, law_error, log_passing: self.log_leaving + change.ln_1p(), passing_error }
    }
}

/// The integral that adds most to a sum.
struct Places {
    largest: f64,
    place: f64,
}

impl Places {
    fn new() -> Self {
        Self { largest: f64::NEG_INFINITY, place: 0.0 }
    }

    fn add(&mut self, log: f64, place: f64) {
        if log > self.largest {
            *self = Self { largest: log, place };
        }
    }

    /// Where it comes from.
    fn main(&self) -> Option<f64> {
        (self.place > 0.0).then_some(self.place)
    }
}

/// The whole number in [0, end] with the largest weight, which rises to it and then falls, and how far from it the
/// weight is less by a half.
fn summit(weight: &dyn Fn(f64) -> f64, end: f64) -> (f64, f64) {
    let place = |i: f64| (end.ln_1p() * i / 400.0).exp_m1();
    let best = (0..=400).map(f64::from).max_by(|a, b| weight(place(*a).floor()).total_cmp(&weight(place(*b).floor())));
    let best = best.unwrap_or(0.0);
    let (mut low, mut high) = (place((best - 1.0).max(0.0)).floor(), place((best + 1.0).min(400.0)).ceil());
    while high - low > 3.0 && high - low > 1e-12 * high {
        let third = (high - low) / 3.0;
        if weight(low + third) < weight(high - third) { low += third } else { high -= third }
    }
    let near = [0.0, 1.0, 2.0, 3.0, 4.0].map(|step| (low.floor() + step).min(end.floor()));
    let middle = near.into_iter().max_by(|a, b| weight(*a).total_cmp(&weight(*b))).unwrap_or(0.0);
    // The curvature from afar, where rounding does not count.
    let away = 10.0 * middle.max(1.0).sqrt();
    let fall = weight(middle) - 0.5 * (weight(middle + away) + weight((middle - away).max(0.0)));
    (middle, away / (2.0 * fall).max(1e-300).sqrt())
}

/// ln of the sum of positive parts, with the relative error of the sum.
fn total(parts: &[Estimate]) -> Estimate {
    let top = parts.iter().map(|(log, _)| *log).fold(f64::NEG_INFINITY, f64::max);
    if top == f64::NEG_INFINITY {
        return NOTHING;
    }
    let whole: f64 = parts.iter().map(|(log, _)| (log - top).exp()).sum();
    let error: f64 = parts.iter().map(|(log, error)| (log - top).exp() * error).sum();
    (top + whole.ln(), error / whole)
}

/// ln ∫ e^{log(u)} du between two u, where the integrand is that of a Gaussian of `dim` dimensions: panels in ln u of
/// three of its widths.
fn between(log: &dyn Fn(f64) -> f64, dim: usize, r: f64, from: f64, to: f64) -> f64 {
    if to <= from {
        return f64::NEG_INFINITY;
    }
    let best = (0.5 * r * r / (dim as f64)).max(from).min(to);
    let width = 3.0 * (2.0 / dim as f64).sqrt().min(0.6);
    let mut parts = Vec::new();
    for direction in [-1.0, 1.0] {
        let end = if direction < 0.0 { from } else { to };
        let mut v = best.ln();
        let mut top = f64::NEG_INFINITY;
        while direction * (end.ln() - v) > 0.0 {
            let next = if direction * (end.ln() - v) < width { end.ln() } else { v + direction * width };
            let half = 0.5 * (next - v);
            let mut sum = [f64::NEG_INFINITY; NODES];
            for (i, part) in sum.iter_mut().enumerate() {
                let (x, weight, _) = rule(i);
                let u = (v + half * (1.0 + x)).exp();
                *part = log(u) + u.ln() + (weight * half.abs()).ln();
            }
            let (value, _) = total(&sum.map(|log| (log, 0.0)));
            parts.push((value, 0.0));
            if value < top - NEGLIGIBLE {
                break;
            }
            top = top.max(value);
            v = next;
        }
    }
    total(&parts).0
}
