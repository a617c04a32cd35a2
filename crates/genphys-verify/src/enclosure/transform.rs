//! p̂(k, t) of a unit point source as a rectangle, where no coefficient depends on the time.
//!
//! Of order m in time: data in the highest derivative only, so that p̂ has the Laplace transform Q/D with D = Σ a_j s^j
//! and Q = Σ_{j≥1} a_j s^{j−1}.

use super::{Enclosed, Interval, Rect, roots};
use genphys_pde::Complex;
use genphys_pde::verdict::Problem;

impl Enclosed<'_> {
    /// `None` where it cannot be enclosed.
    pub(crate) fn transform(&self, k: &[Interval], t: Interval, problem: Problem) -> Option<Rect> {
        let a = self.symbol(k, None)?;
        let value = match (a.as_slice(), problem) {
            ([_, _], _) | ([_, _, _], Problem::HalfSpace) => self.one_branch(k, problem)?.scale(t).exp(),
            ([c, b, a], Problem::Evolution | Problem::IllPosed) if !a.may_vanish() => {
                let (m, square) = roots::centred(*c, *b, *a);
                let (cosh, sinh) = even(square.scale(t.square()));
                m.scale(t).exp() * (cosh - m.scale(t) * sinh)
            }
            (_, Problem::Evolution | Problem::IllPosed) if a.len() > 3 => residues(&a, t)?,
            _ => return None,
        };
        value.is_finite().then_some(value)
    }

    /// Re Σ conj(w_i) w_j f(k_i − k_j).
    pub(crate) fn form(
        &self,
        points: &[Vec<f64>],
        weights: &[Rect],
        f: &dyn Fn(&[Interval]) -> Option<Rect>,
    ) -> Option<Interval> {
        let mut known: Vec<(Vec<Interval>, Rect)> = Vec::new();
        let mut sum = Interval::ZERO;
        for (a, w) in points.iter().zip(weights) {
            for (b, v) in points.iter().zip(weights) {
                let difference: Vec<Interval> =
                    a.iter().zip(b).map(|(x, y)| Interval::point(*x) - Interval::point(*y)).collect();
                let value = match known.iter().find(|(d, _)| *d == difference) {
                    Some((_, value)) => *value,
                    None => {
                        let value = f(&difference)?;
                        known.push((difference, value));
                        value
                    }
                };
                sum = sum + (w.conj() * *v * value).re;
            }
        }
        Some(sum)
    }
}

/// Weights as rectangles.
pub(crate) fn weights(list: &[[f64; 2]]) -> Vec<Rect> {
    list.iter().map(|[re, im]| Complex::new(*re, *im)).map(|z| Rect::point(z.re, z.im)).collect()
}

/// cosh √z and sinh √z/√z, both entire.
fn even(z: Rect) -> (Rect, Rect) {
    if z.abs().hi() <= 1.0 {
        let series = |first: f64| {
            let (mut sum, mut term) = (Rect::ZERO, Rect::ONE);
            for j in 0..12 {
                sum = sum + term;
                let (a, b) = (f64::from(2 * j) + first, f64::from(2 * j + 1) + first);
                term = term * z.scale(Interval::ONE / (Interval::point(a) * Interval::point(b)));
            }
            // The rest is below twice the first term left out.
            let rest = (term.abs() + term.abs()).around_zero();
            sum + Rect::new(rest, if z.is_real() { Interval::ZERO } else { rest })
        };
        return (series(1.0), series(2.0));
    }
    let half = Interval::point(0.5);
    if z.is_real() && z.re.hi() < 0.0 {
        let x = (-z.re).sqrt().unwrap_or(Interval::WHOLE);
        return (Rect::real(x.cos()), Rect::real(x.sin() / x));
    }
    let root = z.sqrt();
    let (up, down) = (root.exp(), (-root).exp());
    ((up + down).scale(half), (up - down).scale(half) / root)
}

/// Σ Q(s_j) e^{s_j t}/D′(s_j) over simple roots.
fn residues(a: &[Rect], t: Interval) -> Option<Rect> {
    let mut sum = Rect::ZERO;
    for s in roots::all(a)? {
        let (mut q, mut slope, mut power) = (Rect::ZERO, Rect::ZERO, Rect::ONE);
        for (j, c) in a.iter().enumerate().skip(1) {
            q = q + *c * power;
            slope = slope + (*c * power).scale(Interval::point(j as f64));
            power = power * s;
        }
        if slope.may_vanish() {
            return None;
        }
        sum = sum + q * s.scale(t).exp() / slope;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::Model;
    use std::collections::BTreeMap;

    #[test]
    fn transforms_enclose_the_numbers() {
        for (text, problem) in [
            ("dt(phi) = lap(phi) - fraclap(phi, 1.5) + dx(phi)", Problem::Evolution),
            ("dt(phi, 2) + 0.5*dt(phi) - lap(phi) = 0", Problem::Evolution),
            ("dt(phi, 2) + 2*dt(phi) - lap(phi) + phi = 0", Problem::Evolution),
            ("dt(phi, 2) + lap(phi) - 2*phi = 0", Problem::HalfSpace),
            ("dt(phi, 2) = I*lap(phi) - phi", Problem::Evolution),
            ("dt(phi, 3) + 3*dt(phi, 2) + 4*dt(phi) + phi - dt(lap(phi)) - 2*lap(phi) = 0", Problem::Evolution),
        ] {
            let pde = genphys_pde::inline(text).unwrap().pde;
            let (model, here) =
                (Model::new(&pde, &BTreeMap::new()).unwrap(), Enclosed::new(&pde, &BTreeMap::new()).unwrap());
            for k in [0.0, 0.3, 1.0, 2.5, -7.0] {
                for t in [0.1, 1.0, 3.0] {
                    let expected = model.transform(&[k], t, problem).unwrap();
                    let Some(found) = here.transform(&[Interval::point(k)], Interval::point(t), problem) else {
                        panic!("{text} at {k}");
                    };
                    let near = |i: Interval, x: f64| {
                        i.lo() - 1e-11 <= x && x <= i.hi() + 1e-11 && i.hi() - i.lo() < 1e-9 * (1.0 + x.abs())
                    };
                    assert!(
                        near(found.re, expected.re) && near(found.im, expected.im),
                        "{text} {k} {t}: {found:?} {expected:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn entire_functions_near_a_double_root() {
        for x in [-1.3, -0.9, -1e-12, 0.0, 1e-9, 0.7, 1.7] {
            let (cosh, sinh) = even(Rect::point(x, 0.0));
            let one = cosh * cosh - (sinh * sinh).scale(Interval::point(x));
            assert!(one.re.contains(1.0) && one.re.hi() - one.re.lo() < 1e-13, "{x}: {one:?}");
        }
    }
}
