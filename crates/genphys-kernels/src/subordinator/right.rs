//! How the law goes on to the right of where its transform has digits left.
//!
//! Far out ln f − edge·u is the sum of a power of u and of a correction that is another power, G = A + p v + D e^{qv}
//! with v = ln u: tails of stable laws (q = −a), of tempered ones (q = −1), of Gamma laws (D = 0), of compound Poisson
//! numbers (q = ½). The four constants come from four places; how far they are off, from four that lie one step
//! farther.

use super::continuous::{Continuous, Point};

/// Distance in ln u of the places that are looked at, and how many at most.
const STEP: f64 = 2.0;
const PLACES: usize = 48;

/// Relative error from which on a transform has few digits left, and from which on a place says nothing.
const FEW: f64 = 1e-9;
const LOST: f64 = 1e-4;

/// How far in ln u a tail should reach.
const REACH: f64 = 30.0;

/// Factors on the estimate of the error, and on that of a place that a tail should meet.
const SAFETY: f64 = 4.0;
const TRUSTED: f64 = 30.0;

/// The tails of the law and of what passes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Right {
    edge: f64,
    /// ln u from which on transforms have few digits left.
    few: f64,
    law: Option<Tail>,
    passing: Option<Tail>,
}

#[derive(Clone, Copy, Debug)]
struct Tail {
    fits: [Fit; 2],
    /// ln u of the last place that was looked at, and the error of G at such places.
    end: f64,
    noise: f64,
}

/// G = value + power w + bent (ratio^{w/STEP} − 1), w = v − start.
#[derive(Clone, Copy, Debug)]
struct Fit {
    start: f64,
    value: f64,
    power: f64,
    bent: f64,
    ratio: f64,
}

impl Right {
    /// Looks outward from `centre`, ln u in the bulk.
    pub(super) fn of(law: &Continuous<'_>, centre: f64) -> Self {
        let edge = law.exponent.edge();
        let mut right = Self { edge, few: f64::INFINITY, law: None, passing: None };
        let place = |i: usize| centre + STEP * (i + 1) as f64;
        let mut seen: Vec<[(f64, f64); 2]> = Vec::new();
        for v in (0..PLACES).map(place) {
            let u = v.exp();
            let rounding = 2.0 * f64::EPSILON * (edge * u).abs();
            let found = law.at(u);
            let of = |log: f64, error: f64| (log - edge * u, if log.is_finite() { error + rounding } else { 1.0 });
            let here = [of(found.log_law, found.law_error), of(found.log_passing, found.passing_error)];
            let worst = here.iter().map(|(_, error)| if error.is_nan() { 1.0 } else { *error }).fold(0.0, f64::max);
            if worst > FEW {
                right.few = right.few.min(v);
            }
            if worst > LOST {
                break;
            }
            seen.push(here);
        }
        // The one that reaches farthest of those that meet all places after them: a law may change its power on the way.
        let best = |kind: usize| {
            let values: Vec<(f64, f64)> = seen.iter().map(|place| place[kind]).collect();
            let tails = values.windows(5).enumerate().filter_map(|(first, window)| {
                let tail = Tail::through(place(first), window)?;
                let meets = |(i, (value, error)): (usize, &(f64, f64))| {
                    let (found, known) = tail.at(place(i));
                    (found - value).abs() <= known + TRUSTED * error
                };
                values.iter().enumerate().skip(first + 5).all(meets).then_some(tail)
            });
            tails.min_by(|a, b| a.reached().total_cmp(&b.reached()))
        };
        (right.law, right.passing) = (best(0), best(1));
        right
    }

    /// Whether transforms have few digits left at ln u.
    pub(super) fn is_beyond(&self, v: f64) -> bool {
        v >= self.few
    }

    /// The densities at u as they go on, as far as that is known.
    pub(super) fn at(&self, u: f64) -> Point {
        let v = u.ln();
        let of = |tail: Option<Tail>| match tail.filter(|tail| v > tail.end) {
            Some(tail) => {
                let (value, error) = tail.at(v);
                let rounding = 2.0 * f64::EPSILON * (self.edge * u).abs();
                (value + self.edge * u, if value.is_nan() { 1.0 } else { (error + rounding).min(1.0) })
            }
            None => (f64::NAN, 1.0),
        };
        let ((log_law, law_error), (log_passing, passing_error)) = (of(self.law), of(self.passing));
        Point { log_law, law_error, log_passing, passing_error }
    }
}

impl Tail {
    /// Through five places with their errors, of which the first is at `start`.
    fn through(start: f64, places: &[(f64, f64)]) -> Option<Self> {
        let noise = places.iter().map(|(_, error)| *error).fold(0.0, f64::max);
        let values: Vec<f64> = places.iter().map(|(value, _)| *value).collect();
        let (near, far) = (Fit::new(start, &values, noise)?, Fit::new(start + STEP, values.get(1..)?, noise)?);
        Some(Self { fits: [near, far], end: start + 4.0 * STEP, noise })
    }

    /// The error as far out as a tail should reach.
    fn reached(&self) -> f64 {
        self.at(self.end + REACH).1
    }

    fn at(&self, v: f64) -> (f64, f64) {
        let apart = |v: f64| {
            let [near, far] = self.fits.map(|fit| fit.at(v));
            (near - far).abs()
        };
        // Two that part may cross again.
        let away = 1.0 + (v - self.end) / STEP;
        let off = apart(v).max(apart(self.end) * away);
        (self.fits[1].at(v), SAFETY * off + self.noise * (1.0 + away))
    }
}

impl Fit {
    /// Through four values; `None` where they are not of this form.
    fn new(start: f64, values: &[f64], noise: f64) -> Option<Self> {
        let &[first, second, third, fourth, ..] = values else { return None };
        let steps = [second - first, third - second, fourth - third];
        let turns = [steps[1] - steps[0], steps[2] - steps[1]];
        if turns.iter().all(|turn| turn.abs() <= 4.0 * noise) {
            return Some(Self { start, value: first, power: (fourth - first) / (3.0 * STEP), bent: 0.0, ratio: 1.0 });
        }
        // A correction that dies away, or one that grows as no more than a root of u.
        let ratio = turns[1] / turns[0];
        let form = ratio > 0.0 && (ratio < 0.95 || ratio > 1.05 && ratio < (0.6 * STEP).exp());
        let bent = turns[0] / ((ratio - 1.0) * (ratio - 1.0));
        let power = (steps[0] - bent * (ratio - 1.0)) / STEP;
        form.then_some(Self { start, value: first, power, bent, ratio })
    }

    fn at(&self, v: f64) -> f64 {
        let away = v - self.start;
        self.value + self.power * away + self.bent * (self.ratio.powf(away / STEP) - 1.0)
    }
}
