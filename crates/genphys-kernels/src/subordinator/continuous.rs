//! The continuous part of the law of u(t), at one u to nearly all digits, with an estimate of those that are right.
//!
//! The inverse Laplace transform is taken along a vertical line right of the saddle point of the integrand (Esscher's
//! tilting), by the trapezoidal rule, whose error is that of aliases of the tilted law (Abate and Whitt, *ORSA Journal
//! on Computing* 7 (1995) 36); what decays slowly along the line is summed by Euler's transformation. Three things keep
//! small densities from drowning in larger terms: the tilt, to the left of the bulk and as far to the right as E
//! e^{−λu} is finite; the atom at zero, whose transform is a constant, is taken off where C is bounded; and so is the
//! constant e^{−tC} at the edge of analyticity, where the tail is a power of u times an exponential. Such tails are
//! also computed as integrals along the cut of C on the negative axis, which lose nothing at all; that is taken where
//! both agree.

use super::LaplaceExponent;
use super::exponent::{Values, exp_m1};
use num_complex::Complex64;
use std::f64::consts::PI;

/// Logarithm of the weight of aliases.
const ALIASES: f64 = 35.0;

/// Partial sums that Euler's transformation averages, and their binomial weights.
const AVERAGED: usize = 15;
const WEIGHTS: [f64; AVERAGED] =
    [1.0, 14.0, 91.0, 364.0, 1001.0, 2002.0, 3003.0, 3432.0, 3003.0, 2002.0, 1001.0, 364.0, 91.0, 14.0, 1.0];

/// Terms after which a sum counts as not converged.
const MOST: usize = 6000;

/// ln λ up to which saddle points are looked for.
const FARTHEST: f64 = 600.0;

/// The law of C at one time.
#[derive(Debug)]
pub(super) struct Continuous<'a> {
    pub(super) exponent: &'a LaplaceExponent,
    pub(super) t: f64,
    /// Whether integrals along the cut are known to agree with those along a line.
    pub(super) cut_holds: bool,
}

/// Densities at one u, as logarithms, and their relative errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    /// ln f(u), the density of the continuous part.
    pub(super) log_law: f64,
    pub(super) law_error: f64,
    /// ln(−∂F(u)/∂t): how fast mass passes u.
    pub(super) log_passing: f64,
    pub(super) passing_error: f64,
}

/// Which transform is inverted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    /// e^{−tC}.
    Whole,
    /// e^{−tC} − e^{−tC(∞)}.
    WithoutAtom,
    /// e^{−tC} less its value at the edge.
    WithoutEdge(f64),
}

/// Real numbers beside each other, of law and passing rate.
type Pair = [f64; 2];

/// A sum along the line: values, sums of sizes, and what the last steps changed.
struct Sum {
    value: Pair,
    size: Pair,
    change: Pair,
}

impl Continuous<'_> {
    /// ln(E(x)), E(x) = (e^x − 1)/x.
    fn log_e(x: Complex64) -> Complex64 {
        if x.norm() < 1e-4 {
            x * 0.5 + x * x / 24.0
        } else if x.re > 30.0 {
            x - x.ln()
        } else {
            (exp_m1(x) / x).ln()
        }
    }

    /// ln of the transform of the continuous part.
    fn log_transform(&self, values: &Values, part: Part) -> Complex64 {
        match (part, self.exponent.limit()) {
            (Part::WithoutAtom, Some(limit)) => {
                let log = values.log_remainder + self.t.ln();
                log + Self::log_e(log.exp()) - self.t * limit
            }
            _ => -values.rest * self.t,
        }
    }

    /// The mean of the law tilted by e^{−λu}, by the complex step.
    fn tilted_mean(&self, lambda: f64, part: Part) -> f64 {
        let step = 1e-20 * (lambda - self.exponent.edge());
        let log = self.log_transform(&self.exponent.values(Complex64::new(lambda, step)), part);
        -log.im / step
    }

    /// The part that is inverted where no constant needs to be taken off: without the atom, if there is one.
    fn tilted_part(&self) -> Part {
        if self.exponent.limit().is_some() { Part::WithoutAtom } else { Part::Whole }
    }

    /// ln(λ − edge) at which the tilted mean is u; `None` where it is below u everywhere, infinite where it is above as
    /// far as numbers go.
    pub(super) fn saddle(&self, u: f64) -> Option<f64> {
        let (edge, part) = (self.exponent.edge(), self.tilted_part());
        let miss = |v: f64| {
            let mean = self.tilted_mean(edge + v.exp(), part);
            if mean > 0.0 { (mean / u).ln() } else { f64::NEG_INFINITY }
        };
        // Within reach of the edge, as far as λ can be told from it.
        let nearest = if edge < 0.0 { (-edge).ln() - 32.0 } else { -700.0 };
        let mut low = (-u.ln()).max(nearest);
        let mut step = 1.0;
        let mut at_low = miss(low);
        let (mut high, mut at_high) = (low, at_low);
        while at_low < 0.0 {
            (high, at_high) = (low, at_low);
            if low <= nearest {
                return None;
            }
            low = (low - step).max(nearest);
            at_low = miss(low);
            step *= 2.0;
        }
        step = 1.0;
        while at_high > 0.0 {
            (low, at_low) = (high, at_high);
            high += step;
            if high > FARTHEST {
                return Some(f64::INFINITY);
            }
            at_high = miss(high);
            step *= 2.0;
        }
        // Regula falsi in the Illinois form, bisection where a value is infinite.
        let mut side = 0;
        for _ in 0..60 {
            if high - low < 1e-3 {
                break;
            }
            let share = at_low / (at_low - at_high);
            let middle =
                if share > 1e-3 && share < 1.0 - 1e-3 { low + share * (high - low) } else { 0.5 * (low + high) };
            let value = miss(middle);
            if value == 0.0 {
                return Some(middle);
            }
            if value > 0.0 {
                (low, at_low) = (middle, value);
                if side == 1 {
                    at_high *= 0.5;
                }
                side = 1;
            } else {
                (high, at_high) = (middle, value);
                if side == -1 {
                    at_low *= 0.5;
                }
                side = -1;
            }
        }
        Some(0.5 * (low + high))
    }

    /// A u in the bulk of the law, and the relative width of the bulk there, at most one.
    pub(super) fn bulk(&self) -> (f64, f64) {
        let (edge, part) = (self.exponent.edge(), self.tilted_part());
        let spread = |v: f64| {
            let lambda = v.exp();
            lambda * self.tilted_mean(lambda, part)
        };
        let far = spread(if self.exponent.is_plain() { self.exponent.largest_log_lambda() } else { 200.0 });
        let wanted = if far.is_finite() && far > 0.0 { 0.5 * far.min(1.0) } else { 0.5 };
        // Functions of 1 + λ end where λ cannot be told from zero beside one, differences from a drift much earlier.
        let (mut low, mut high) =
            (-34.0, if self.exponent.is_plain() { self.exponent.largest_log_lambda() } else { 200.0 });
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if spread(middle) < wanted { low = middle } else { high = middle }
        }
        let lambda = (0.5 * (low + high)).exp();
        let u = self.tilted_mean(lambda, part);
        if !(u > 0.0 && u.is_finite()) {
            return (1.0 / lambda, 1.0);
        }
        let width = self.saddle(u).map_or(1.0, |v| 1.75 / (u * self.beyond(u, edge + v.exp(), part)));
        (u, if width.is_nan() { 1.0 } else { width.min(1.0) })
    }

    /// ln of e^{λu} times the transform, a bound on the part of the law up to u.
    fn log_bound(&self, u: f64, lambda: f64, part: Part) -> f64 {
        lambda * u + self.log_transform(&self.exponent.values(Complex64::new(lambda, 0.0)), part).re
    }

    /// C at the edge, where that is finite.
    fn at_edge(&self) -> Option<f64> {
        let edge = self.exponent.edge();
        let value = self.exponent.values(Complex64::new(edge, 0.0)).rest.re;
        if edge == 0.0 { Some(0.0) } else { Some(value).filter(|value| value.is_finite()) }
    }

    /// The densities at u, along the line that suits it.
    fn along_a_line(&self, u: f64) -> Point {
        let edge = self.exponent.edge();
        let saddle = self.saddle(u);
        // To the left of the bulk the tilt does more, however short the time.
        let right = saddle.is_none_or(|v| v + u.ln() < 0.0);
        if let Some(at_edge) = self.at_edge().filter(|_| right) {
            let beside = self.exponent.values(Complex64::new(edge + 1.0 / u, 0.0)).rest.re;
            // The right tail: the transform hardly differs from its value at the edge.
            if self.t * (beside - at_edge) < 0.5 {
                return self.line(u, (edge, 0.1 * ALIASES / u), Part::WithoutEdge(at_edge));
            }
        }
        let part = self.tilted_part();
        let tilt = saddle.map_or(edge, |v| edge + v.exp());
        if tilt == f64::INFINITY || self.log_bound(u, tilt, part) < -1e11 {
            if tilt < 0.0 {
                // So far right that the exponent itself has few digits.
                let (nothing, lost) = (f64::NEG_INFINITY, 1.0);
                return Point { log_law: nothing, law_error: lost, log_passing: nothing, passing_error: lost };
            }
            // Nothing is there that a double could tell from zero, but what leaves the atom passes.
            let log_passing = self.exponent.limit().map_or(f64::NEG_INFINITY, |limit| limit.ln() - self.t * limit);
            return Point { log_law: f64::NEG_INFINITY, law_error: 0.0, log_passing, passing_error: f64::EPSILON };
        }
        self.line(u, (tilt, self.beyond(u, tilt, part)), part)
    }

    /// The densities at u.
    pub(super) fn at(&self, u: f64) -> Point {
        let line = self.along_a_line(u);
        if self.at_edge().is_none() || line.law_error.max(line.passing_error) < 1e-13 {
            return line;
        }
        let cut = self.cut(u, self.exponent.edge());
        let pick = |line: (f64, f64), cut: (f64, f64)| {
            let lost = self.cut_holds && (line.1.is_nan() || line.1 >= 1e-3);
            let agree = lost || line.1 < 1e-3 && (line.0 - cut.0).abs() < 1e-10 + 30.0 * line.1;
            if agree && cut.1 < line.1.min(1e-3) { cut } else { line }
        };
        let law = pick((line.log_law, line.law_error), (cut.log_law, cut.law_error));
        let passing = pick((line.log_passing, line.passing_error), (cut.log_passing, cut.passing_error));
        Point { log_law: law.0, law_error: law.1, log_passing: passing.0, passing_error: passing.1 }
    }

    /// Whether line and cut agree at some u right of the bulk.
    pub(super) fn probed(&self, bulk: f64) -> bool {
        let edge = self.exponent.edge();
        [1.5, 3.0, 10.0, 100.0, 1e4].into_iter().any(|factor| {
            let u = factor * bulk;
            let (line, cut) = (self.along_a_line(u), self.cut(u, edge));
            let same = |line: (f64, f64), cut: (f64, f64)| {
                line.1 < 1e-3 && cut.1 < 1e-6 && (line.0 - cut.0).abs() < 1e-9 + line.1
            };
            same((line.log_law, line.law_error), (cut.log_law, cut.law_error))
                && same((line.log_passing, line.passing_error), (cut.log_passing, cut.passing_error))
        })
    }

    /// How far right of the saddle point the line lies: as far as makes the integrand e^{1.5} times larger, for aliases
    /// on both sides of u to be small; or e^{3.5}, where those on the left are below zero.
    fn beyond(&self, u: f64, tilt: f64, part: Part) -> f64 {
        let log = |c: f64| self.log_bound(u, c, part);
        let start = tilt.max(self.exponent.edge() + 1e-300);
        let lowest = log(start);
        let larger = |growth: f64| {
            let (mut distance, mut factor) = (0.1 * ALIASES / u, 1.0);
            while factor != 0.0 && distance < 1e300 {
                let high = log(start + distance) - lowest > growth;
                // Down from the first guess, or up, by factors; the last half step is not needed to be exact.
                let next = if high { 1.0 / 1.5 } else { 1.5 };
                if factor != 1.0 && next != factor {
                    return if high { distance / 1.5 } else { distance };
                }
                factor = next;
                distance *= next;
            }
            distance
        };
        let wide = larger(3.5);
        if wide * u <= ALIASES { wide } else { larger(1.5).max(ALIASES / u) }
    }

    /// The inversion along Re λ = `tilt` + `beyond`.
    fn line(&self, u: f64, (tilt, beyond): (f64, f64), part: Part) -> Point {
        let (t, c) = (self.t, tilt + beyond);
        let here = self.exponent.values(Complex64::new(c, 0.0));
        let limit = self.exponent.limit().unwrap_or(0.0);
        let log_here = match part {
            Part::WithoutEdge(at_edge) => Complex64::new(-t * at_edge, 0.0),
            _ => self.log_transform(&here, part),
        };
        let log_scale = c * u + log_here.re;
        let log_x_here = here.log_remainder + t.ln();
        // Mass leaves the atom at the rate C(∞) e^{−tC(∞)}, a constant that is taken off to the left of the bulk.
        let apart = part == Part::WithoutAtom && tilt >= 0.0 && log_x_here.re < 0.0;
        let edge = self.exponent.edge();
        let term = |y: f64| {
            let lambda = Complex64::new(c, y);
            let values = self.exponent.values(lambda);
            match part {
                Part::WithoutEdge(at_edge) => {
                    let law = exp_m1(-(values.rest - at_edge) * t);
                    let constant = if edge < 0.0 { at_edge / edge } else { 0.0 };
                    [law, values.rest * (law + 1.0) / lambda - constant]
                }
                Part::WithoutAtom => {
                    let log_x = values.log_remainder + t.ln();
                    let x = log_x.exp();
                    let law = (log_x + Self::log_e(x) - t * limit - log_here).exp();
                    let passing = if apart {
                        let share = (log_x - t * limit - log_here).exp();
                        share * (Self::log_e(x).exp() * limit - x.exp() / t) / lambda
                    } else {
                        values.rest * (-values.rest * t - log_here).exp() / lambda
                    };
                    [law, passing]
                }
                Part::Whole => {
                    let law = (-values.rest * t - log_here).exp();
                    [law, values.rest * law / lambda]
                }
            }
        };
        // Rounding: of the exponent, and of what was subtracted to get it.
        let sensitivity = match part {
            Part::WithoutEdge(at_edge) => 1.0 / (t * (here.rest.re - at_edge)).abs().max(1e-300),
            Part::WithoutAtom if self.exponent.is_plain() => {
                let x = log_x_here.re.exp();
                x.exp() / x.exp_m1()
            }
            Part::WithoutAtom => 0.0,
            Part::Whole => 1.0,
        };
        let sensitivity = if sensitivity.is_nan() { 1.0 } else { sensitivity };
        let rounding =
            f64::EPSILON * (2.0 + 0.5 * (c * u).abs() + 0.5 * log_here.re.abs() + t * here.size * sensitivity);
        let (step, sum) = self.along(u, beyond, rounding, &term);
        let constant = if apart { limit.ln() - t * limit } else { f64::NEG_INFINITY };
        let finish = |i: usize, constant: f64| {
            let value = sum.value[i] * step / PI;
            let error = (rounding * sum.size[i] + sum.change[i]) / sum.value[i].abs() + (-ALIASES).exp() * 10.0;
            if constant == f64::NEG_INFINITY {
                let sound = value > 0.0 && value.is_finite();
                let log = if sound { value.ln() + log_scale } else { f64::NAN };
                return (log, error);
            }
            let small = value * (log_scale - constant).exp();
            (constant + small.ln_1p(), error * small.abs() + f64::EPSILON * (2.0 + constant.abs()))
        };
        let (log_law, law_error) = finish(0, f64::NEG_INFINITY);
        let (log_passing, passing_error) = finish(1, constant);
        Point { log_law, law_error, log_passing, passing_error }
    }

    /// Σ′ Re e^{iyu} F(y) over y = 0, h, 2h, …, with half the first term; and h.
    fn along(&self, u: f64, beyond: f64, rounding: f64, term: &dyn Fn(f64) -> [Complex64; 2]) -> (f64, Sum) {
        // Aliases at a distance L weigh e^{−beyond·L}.
        let largest = 2.0 * PI * beyond / ALIASES;
        let mut inside = if largest * u > PI { None } else { Some((PI / (u * largest)).ceil() as usize) };
        loop {
            let step = match inside {
                Some(inside) => PI / (u * inside as f64),
                None => largest,
            };
            let (sum, converged) = Self::summed(u, step, inside, rounding, term);
            // What neither dies away nor alternates is summed in half periods.
            if converged || inside.is_some() {
                return (step, sum);
            }
            inside = Some(1);
        }
    }

    /// The sum, and whether it ended before it had too many terms.
    fn summed(
        u: f64,
        step: f64,
        inside: Option<usize>,
        rounding: f64,
        term: &dyn Fn(f64) -> [Complex64; 2],
    ) -> (Sum, bool) {
        let block = inside.unwrap_or(16);
        let first = term(0.0);
        let mut partial = [0.5 * first[0].re, 0.5 * first[1].re];
        let mut size = [partial[0].abs(), partial[1].abs()];
        let mut ends: Vec<Pair> = Vec::new();
        let mut before: Option<Pair> = None;
        let (mut calm, mut quiet) = (0, 0);
        for k in 1..=MOST {
            let y = step * k as f64;
            let angle = match inside {
                Some(inside) => PI * (k % (2 * inside)) as f64 / inside as f64,
                None => y * u,
            };
            let turn = Complex64::cis(angle);
            let found = term(y);
            let mut loud = false;
            for i in 0..2 {
                partial[i] += (found[i] * turn).re;
                let here = found[i].norm();
                size[i] += here;
                loud |= here > (1e-18f64).max(1e-3 * rounding) * size[i];
            }
            quiet = if loud { 0 } else { quiet + 1 };
            if quiet > block.min(8) {
                return (Sum { value: partial, size, change: [0.0; 2] }, true);
            }
            if k % block != 0 || inside.is_none() {
                continue;
            }
            ends.push(partial);
            if ends.len() < AVERAGED + 5 {
                continue;
            }
            let last = &ends[ends.len() - AVERAGED..];
            let mut average = [0.0; 2];
            for (end, weight) in last.iter().zip(WEIGHTS) {
                for i in 0..2 {
                    average[i] += end[i] * weight / 16384.0;
                }
            }
            if let Some(before) = before {
                let change = [(average[0] - before[0]).abs(), (average[1] - before[1]).abs()];
                let still =
                    (0..2).all(|i| change[i] <= 1e-15 * average[i].abs() || change[i] <= 0.1 * rounding * size[i]);
                calm = if still { calm + 1 } else { 0 };
                if calm > 1 || k + block > MOST {
                    // Sizes beyond the first half periods cancel in pairs.
                    let change = if calm > 1 { change } else { size };
                    return (Sum { value: average, size, change }, calm > 1);
                }
            }
            before = Some(average);
        }
        (Sum { value: partial, size, change: size }, false)
    }

    /// The integrals along the cut left of the edge, by the trapezoidal rule in the logarithm.
    fn cut(&self, u: f64, edge: f64) -> Point {
        const STEP: f64 = 0.1;
        let mut sums = [[0.0; 2]; 2];
        let mut sizes = [0.0; 2];
        let at_edge = if edge < 0.0 { self.exponent.values(Complex64::new(edge, 0.0)).rest.re } else { 0.0 };
        let log_scale = edge * u - self.t * at_edge;
        // Whether the term at s = e^{STEP i} counts.
        let mut add = |i: i32| {
            let s = (STEP * f64::from(i)).exp();
            let beyond = s / u;
            let lambda = Complex64::new(edge - beyond, 1e-17 * beyond);
            let value = self.exponent.values(lambda).rest;
            let transform = (-(value - at_edge) * self.t - s).exp() * s / u;
            let terms = [-transform.im, -(value * transform / lambda.re).im];
            let mut loud = false;
            for (j, term) in terms.into_iter().enumerate() {
                sums[(i & 1) as usize][j] += term;
                sizes[j] += term.abs();
                loud |= term.abs() > 1e-18 * sizes[j] || term.is_nan();
            }
            !sizes[0].is_nan() && (loud || (-420..=38).contains(&i))
        };
        let _ends = (-420..1500).all(&mut add);
        // Powers of s die away slowly beside the edge.
        let _ends = (-6000..-420).rev().take_while(|i| (STEP * f64::from(*i)).exp() / u > 1e-280).all(&mut add);
        let finish = |j: usize| {
            let (even, odd) = (sums[0][j], sums[1][j]);
            let value = (even + odd) * STEP / PI;
            let rounding = 4.0 * f64::EPSILON * (1.0 + log_scale.abs());
            let error = (0.1 * (even - odd).abs() + rounding * sizes[j]) / (even + odd).abs();
            (if value > 0.0 { value.ln() + log_scale } else { f64::NAN }, if error.is_nan() { 1.0 } else { error })
        };
        let ((log_law, law_error), (log_passing, passing_error)) = (finish(0), finish(1));
        Point { log_law, law_error, log_passing, passing_error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_with_an_exponential_law() {
        let exponent = LaplaceExponent::function(|l| l / (1.0 + l)).unwrap();
        for t in [0.7, 1.0, 5.0] {
            let law = Continuous { exponent: &exponent, t, cut_holds: false };
            for u in [1e-6, 1e-3, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0, 200.0] {
                // e^{−t−u} √(t/u) I₁(2√(tu)), and what passes, e^{−t−u} I₀(2√(tu)), by their series.
                let series = |k0: f64| {
                    let (mut sum, mut term, mut k) = (0.0, 1.0, 0.0);
                    while k < 300.0 {
                        sum += term;
                        k += 1.0;
                        term *= t * u / (k * (k + k0));
                    }
                    sum
                };
                let found = law.at(u);
                let place = format!("t = {t}, u = {u}: {found:?}");
                let expected = t.ln() - t - u + series(1.0).ln();
                let error = (found.log_law - expected).abs();
                assert!(error < 3.0 * found.law_error + 1e-13 * expected.abs().max(1.0), "{place} {expected}");
                assert!(found.law_error < if u < 0.1 { 1e-5 } else { 1e-10 }, "{place}");
                let expected = -t - u + series(0.0).ln();
                let error = (found.log_passing - expected).abs();
                assert!(error < 3.0 * found.passing_error + 1e-13 * expected.abs().max(1.0), "{place} {expected}");
                assert!(found.passing_error < 1e-11, "{place}");
            }
        }
    }
}
