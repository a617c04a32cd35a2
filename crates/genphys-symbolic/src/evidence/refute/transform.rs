//! p̂(k, t) of a unit point source as a number.

use super::{C, Numbers};
use genphys_pde::verdict::Problem;

impl Numbers<'_, '_> {
    /// p̂(k, t) of a unit point source.
    pub(super) fn transform(&self, k: &[f64], t: f64) -> Option<C> {
        if let Some((re, im)) = self.single(k) {
            let size = (re * t).exp();
            return Some((size * (im * t).cos(), size * (im * t).sin())).filter(|_| size.is_finite());
        }
        if self.problem == Problem::HalfSpace {
            return None;
        }
        self.residues(k, t)
    }

    /// p̂ = Σ Q(s_j) e^{s_j t}/D'(s_j) with D = Σ a_j s^j, Q = Σ_{j≥1} a_j s^{j−1}: data in the highest derivative
    /// only.
    fn residues(&self, k: &[f64], t: f64) -> Option<C> {
        let roots = self.rates(k);
        if let [x, y] = roots[..] {
            return two_branches(x, y, t);
        }
        let point = self.point.borrow();
        let value = |p: &crate::algebra::ring::Poly| crate::algebra::ring::evaluate(p, &point).0;
        let a: Vec<C> = self.eq.a.iter().map(|c| (value(&c.re), value(&c.im))).collect();
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
