//! Rules 4 and 6 of the ladder for C1: numbers that prove that a density is negative somewhere. They are searched for
//! where a rule has decided "fails", so that everybody can check it, and where no rule has decided.
//!
//! - √|ψ(k+q)| ≤ √|ψ(k)| + √|ψ(q)| for every negative-definite ψ (Berg, Forst, *Potential Theory*, 1975).
//! - Σ w_i w_j p̂(k_i − k_j) ≥ 0 for every positive-definite p̂ (Bochner); two points give |p̂(k)| ≤ p̂(0).
//! - p(r, t) itself, by inverse Fourier transform in N = 1 and N = 3. A marginal of a non-negative density is one, so
//!   that N = 1 refutes every N, and points in n dimensions refute every N ≥ n.

use crate::dispersion::growth_rates;
use crate::equation::Equation;
use crate::positivity::Space;
use genphys_pde::certificate::Certificate;
use genphys_pde::verdict::{Problem, Witness};
use std::collections::BTreeMap;

mod eigen;

type C = (f64, f64);

/// A proof that p is negative somewhere.
pub(crate) struct Refutation {
    pub(crate) rule: &'static str,
    pub(crate) certificate: Certificate,
    pub(crate) witness: Witness,
    /// It holds for N ≥ this.
    pub(crate) from_dimension: u32,
}

/// The numbers of one parameter point.
struct Numbers<'a, 'p> {
    eq: &'a Equation<'p>,
    problem: Problem,
    params: &'a BTreeMap<String, f64>,
    point: std::cell::RefCell<Vec<f64>>,
}

/// Searches for a refutation at one parameter point, in dimensions up to `most`.
pub(crate) fn search(eq: &Equation, problem: Problem, params: &BTreeMap<String, f64>, most: u32) -> Option<Refutation> {
    let branches_known = eq.order() == 1 || matches!(problem, Problem::Evolution | Problem::HalfSpace);
    if eq.depends_on_time() || eq.motion.is_some() || !branches_known {
        return None;
    }
    let numbers = Numbers { eq, problem, params, point: std::cell::RefCell::new(eq.point(params)) };
    numbers
        .subadditivity()
        .or_else(|| numbers.bochner(1))
        .or_else(|| numbers.density(1))
        .or_else(|| if most >= 2 { numbers.bochner(2) } else { None })
        .or_else(|| if most >= 3 { numbers.density(3) } else { None })
}

impl Numbers<'_, '_> {
    fn rates(&self, k: &[f64]) -> Vec<C> {
        let mut point = self.point.borrow_mut();
        self.eq.set_wave_vector(&mut point, k);
        growth_rates(self.eq, &point)
    }

    /// The growth rate of the one branch that counts, if it is one: where the branches of a half-space problem coincide in
    /// Re s none of them is the decaying one.
    fn single(&self, k: &[f64]) -> Option<C> {
        let rates = self.rates(k);
        let rate = match (self.eq.order(), self.problem) {
            (1, _) => rates.first().copied(),
            (2, Problem::HalfSpace) => {
                let (x, y) = (*rates.first()?, *rates.get(1)?);
                let distinct = (x.0 - y.0).abs() > 1e-6 * (x.0.hypot(x.1) + y.0.hypot(y.1));
                distinct.then_some(if x.0 < y.0 { x } else { y })
            }
            _ => None,
        };
        rate.filter(|(re, im)| re.is_finite() && im.is_finite())
    }

    /// The terms of the growth rate at one wave vector without regard to their signs: what its rounding is relative to.
    fn scale(&self, k: &[f64]) -> f64 {
        let mut point = self.point.borrow_mut();
        self.eq.set_wave_vector(&mut point, k);
        let size = |c: &crate::ring::CPoly| {
            let (re, im) = (crate::ring::evaluate(&c.re, &point), crate::ring::evaluate(&c.im, &point));
            (re.1 + im.1, re.0.hypot(im.0))
        };
        let lead = self.eq.a.last().map_or(1.0, |c| size(c).1);
        self.eq.a.iter().map(|c| size(c).0 / lead).fold(0.0, f64::max)
    }

    /// p̂(k, t) of a unit point source.
    fn transform(&self, k: &[f64], t: f64) -> Option<C> {
        if let Some((re, im)) = self.single(k) {
            let size = (re * t).exp();
            return Some((size * (im * t).cos(), size * (im * t).sin())).filter(|_| size.is_finite());
        }
        if self.problem != Problem::Evolution {
            return None;
        }
        self.residues(k, t)
    }

    /// p̂ = Σ Q(s_j) e^{s_j t}/D'(s_j) with D = Σ a_j s^j, Q = Σ_{j≥1} a_j s^{j−1}: data in the highest derivative only.
    fn residues(&self, k: &[f64], t: f64) -> Option<C> {
        let roots = self.rates(k);
        let point = self.point.borrow();
        let value = |p: &crate::ring::Poly| crate::ring::evaluate(p, &point).0;
        let a: Vec<C> = self.eq.a.iter().map(|c| (value(&c.re), value(&c.im))).collect();
        if let [x, y] = roots[..] {
            return two_branches(x, y, t);
        }
        let mut sum = (0.0, 0.0);
        for s in &roots {
            let (mut q, mut slope, mut power) = ((0.0, 0.0), (0.0, 0.0), (1.0, 0.0));
            for (j, c) in a.iter().enumerate().skip(1) {
                q = plus(q, times(*c, power));
                slope = plus(slope, times((c.0 * j as f64, c.1 * j as f64), power));
                power = times(power, *s);
            }
            let norm = slope.0.hypot(slope.1);
            // Nearly double roots would cancel.
            if norm <= 1e-3 * a.iter().map(|c| c.0.hypot(c.1)).fold(0.0, f64::max) {
                return None;
            }
            let growth = (s.0 * t).exp();
            let wave = (growth * (s.1 * t).cos(), growth * (s.1 * t).sin());
            sum = plus(sum, over(times(q, wave), slope));
        }
        (sum.0.is_finite() && sum.1.is_finite() && !roots.is_empty()).then_some(sum)
    }

    /// The directions to look along.
    fn directions(&self) -> Vec<Vec<f64>> {
        let Space::Components(n) = self.eq.space else { return vec![vec![1.0]] };
        let n = n as usize;
        let unit = |i: usize| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
        let mut list: Vec<Vec<f64>> = (0..n).map(unit).collect();
        if n > 1 {
            list.push(vec![1.0 / (n as f64).sqrt(); n]);
            let mut mixed = vec![0.0; n];
            (mixed[0], mixed[1]) = (0.5_f64.sqrt(), -(0.5_f64.sqrt()));
            list.push(mixed);
        }
        list
    }

    fn subadditivity(&self) -> Option<Refutation> {
        const SIZES: [f64; 9] = [1.0, 2.0, 0.5, 4.0, 0.25, 10.0, 0.1, 100.0, 0.01];
        let zero = self.single(&[])?;
        let size = |k: &[f64]| self.single(k).map(|s| (s.0 - zero.0).hypot(s.1 - zero.1));
        for direction in self.directions() {
            let along = |x: f64| direction.iter().map(|d| d * x).collect::<Vec<f64>>();
            for first in SIZES {
                for ratio in [1.0, 0.5, 0.25] {
                    let (k, q) = (along(first), along(first * ratio));
                    let sum = along(first + first * ratio);
                    let (Some(one), Some(other), Some(both)) = (size(&k), size(&q), size(&sum)) else { continue };
                    let sizes = [one, other, both];
                    let roots = sizes.map(f64::sqrt);
                    let beyond_rounding = both > 1e-9 * self.scale(&sum);
                    if beyond_rounding && roots[2] > (roots[0] + roots[1]) * (1.0 + 1e-6) && roots[2].is_finite() {
                        let text = format!(
                            "sqrt|psi({s})| = {} exceeds sqrt|psi({a})| + sqrt|psi({b})| = {}{} (psi = -s, psi(0) \
                             subtracted)",
                            roots[2],
                            roots[0] + roots[1],
                            crate::witness::assignments(self.params),
                            s = crate::witness::vector(&sum),
                            a = crate::witness::vector(&k),
                            b = crate::witness::vector(&q),
                        );
                        return Some(Refutation {
                            rule: "subadditivity",
                            witness: self.witness(k.clone(), text),
                            certificate: Certificate::Subadditivity {
                                params: self.params.clone(),
                                time: None,
                                k,
                                q,
                                size: sizes,
                            },
                            from_dimension: 1,
                        });
                    }
                }
            }
        }
        None
    }

    fn witness(&self, k: Vec<f64>, text: String) -> Witness {
        Witness { k, params: self.params.clone(), text, ..Witness::default() }
    }

    /// Matrices on lattices in `dim` dimensions.
    fn bochner(&self, dim: usize) -> Option<Refutation> {
        let points_per_side: i32 = if dim == 1 { 9 } else { 4 };
        let directions: Vec<Vec<Vec<f64>>> = match self.eq.space {
            Space::Radial if dim == 1 => vec![vec![vec![1.0]]],
            Space::Radial => vec![vec![vec![1.0, 0.0], vec![0.0, 1.0]]],
            Space::Components(_) if dim == 1 => self.directions().into_iter().map(|d| vec![d]).collect(),
            Space::Components(_) => return None,
        };
        for time in [1.0, 4.0, 0.25, 0.05] {
            for spacing in [1.0, 0.5, 2.0, 0.25, 4.0] {
                for axes in &directions {
                    if crate::budget::is_spent() {
                        return None;
                    }
                    let mut points = vec![vec![0.0; axes[0].len()]];
                    for axis in axes {
                        points = points
                            .iter()
                            .flat_map(|p| {
                                (0..points_per_side).map(move |j| {
                                    p.iter().zip(axis).map(|(x, a)| x + a * f64::from(j) * spacing).collect()
                                })
                            })
                            .collect();
                    }
                    if let Some(found) = self.matrix(&points, time, dim) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    fn matrix(&self, points: &[Vec<f64>], time: f64, dim: usize) -> Option<Refutation> {
        // Many differences are equal; each is computed once.
        let mut known: Vec<(Vec<f64>, C)> = Vec::new();
        let mut entry = |difference: Vec<f64>| -> Option<C> {
            if let Some((_, value)) = known.iter().find(|(d, _)| *d == difference) {
                return Some(*value);
            }
            let value = self.transform(&difference, time)?;
            known.push((difference, value));
            Some(value)
        };
        let mut matrix = vec![vec![(0.0, 0.0); points.len()]; points.len()];
        for (i, a) in points.iter().enumerate() {
            for (j, b) in points.iter().enumerate() {
                matrix[i][j] = entry(a.iter().zip(b).map(|(x, y)| x - y).collect())?;
            }
        }
        let (value, weights) = eigen::least(&matrix)?;
        let largest = matrix.iter().flatten().map(|z| z.0.hypot(z.1)).fold(0.0, f64::max);
        if value >= -1e-7 * largest * points.len() as f64 {
            return None;
        }
        let weights: Vec<[f64; 2]> = weights.into_iter().map(|(re, im)| [re, im]).collect();
        let text = format!(
            "the Bochner matrix of p-hat(k_i - k_j, {time}) for {} wave vectors in {dim} dimension{}{} has the \
             eigenvalue {value:.6e} < 0",
            points.len(),
            if dim == 1 { "" } else { "s" },
            crate::witness::assignments(self.params),
        );
        Some(Refutation {
            rule: "bochner-matrix",
            witness: self.witness(points.last()?.clone(), text),
            certificate: Certificate::Bochner {
                params: self.params.clone(),
                time,
                points: points.to_vec(),
                weights,
                value,
            },
            from_dimension: u32::try_from(dim).unwrap_or(u32::MAX),
        })
    }

    /// p(r, t) in N = 1 or N = 3 for isotropic equations whose p̂ decays fast.
    fn density(&self, dim: u32) -> Option<Refutation> {
        if self.eq.space != Space::Radial {
            return None;
        }
        for time in [1.0, 0.25, 4.0] {
            let mut cut = 1.0;
            let at_zero = self.transform(&[0.0], time)?.0;
            while self.transform(&[cut], time)?.0.abs() > 1e-14 * at_zero.abs() {
                cut *= 1.25;
                if cut > 1e4 {
                    return None;
                }
            }
            const STEPS: usize = 2048;
            let h = cut / STEPS as f64;
            let values: Vec<f64> =
                (0..=STEPS).map(|i| self.transform(&[i as f64 * h], time).map(|z| z.0)).collect::<Option<_>>()?;
            for i in 1..=60 {
                let r = f64::from(i) * 12.0 / cut; // 4 h r < 1.5: every sum resolves the oscillation
                let weight = |k: f64| match dim {
                    1 => (k * r).cos() / std::f64::consts::PI,
                    _ => k * (k * r).sin() / (2.0 * std::f64::consts::PI.powi(2) * r),
                };
                let sum = |stride: usize| {
                    let inner: f64 = (stride..STEPS).step_by(stride).map(|j| values[j] * weight(j as f64 * h)).sum();
                    (inner + 0.5 * (values[0] * weight(0.0) + values[STEPS] * weight(cut))) * h * stride as f64
                };
                let (fine, coarse, coarser) = (sum(1), sum(2), sum(4));
                let size: f64 =
                    values.iter().enumerate().map(|(j, v)| (v * weight(j as f64 * h)).abs()).sum::<f64>() * h;
                // The trapezoidal rule converges fast here; the coarse sums bound the error of the fine one.
                let error = 4.0 * (fine - coarse).abs().max((coarse - coarser).abs()) + 1e-12 * size;
                if fine < -10.0 * error && fine < -1e-9 * size {
                    let text = format!(
                        "p({r:.6}, {time}) = {fine:.6e} +- {error:.1e} in N = {dim} for a unit point source{}",
                        crate::witness::assignments(self.params)
                    );
                    return Some(Refutation {
                        rule: "negative-kernel",
                        witness: self.witness(Vec::new(), text),
                        certificate: Certificate::NegativeDensity {
                            params: self.params.clone(),
                            dim,
                            time,
                            r,
                            value: fine,
                            error,
                        },
                        from_dimension: dim,
                    });
                }
            }
        }
        None
    }
}

/// (s₁ e^{s₂t} − s₂ e^{s₁t})/(s₁ − s₂) = e^{mt} (cosh dt − m sinh(dt)/d) with m, d half the sum and the difference.
fn two_branches(x: C, y: C, t: f64) -> Option<C> {
    let (m, d) = ((0.5 * (x.0 + y.0), 0.5 * (x.1 + y.1)), (0.5 * (x.0 - y.0), 0.5 * (x.1 - y.1)));
    let z = (d.0 * t, d.1 * t);
    let (up, down) = (exponential(z), exponential((-z.0, -z.1)));
    let cosh = (0.5 * (up.0 + down.0), 0.5 * (up.1 + down.1));
    let square = times(z, z);
    let sinh_over_d = if z.0.hypot(z.1) < 1e-3 {
        // t (1 + z²/6 + …)
        (t * (1.0 + square.0 / 6.0), t * square.1 / 6.0)
    } else {
        over((0.5 * (up.0 - down.0), 0.5 * (up.1 - down.1)), d)
    };
    let product = times(m, sinh_over_d);
    let value = times(exponential((m.0 * t, m.1 * t)), (cosh.0 - product.0, cosh.1 - product.1));
    (value.0.is_finite() && value.1.is_finite()).then_some(value)
}

fn exponential(z: C) -> C {
    let size = z.0.exp();
    (size * z.1.cos(), size * z.1.sin())
}

fn plus(x: C, y: C) -> C {
    (x.0 + y.0, x.1 + y.1)
}

fn times(x: C, y: C) -> C {
    (x.0 * y.0 - x.1 * y.1, x.0 * y.1 + x.1 * y.0)
}

fn over(x: C, y: C) -> C {
    let norm = y.0 * y.0 + y.1 * y.1;
    ((x.0 * y.0 + x.1 * y.1) / norm, (x.1 * y.0 - x.0 * y.1) / norm)
}
