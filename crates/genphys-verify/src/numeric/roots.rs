//! Growth rates: the roots s_j of the symbol.

use super::Model;
use genphys_pde::Complex;
use genphys_pde::verdict::Problem;

impl Model {
    /// All growth rates s_j at a wave vector and time, by rising real part; empty where the symbol is out of reach.
    pub fn roots(&self, k: &[f64], t: f64) -> Vec<Complex> {
        let Ok(symbol) = self.symbol(k, t) else { return Vec::new() };
        let mut roots = of_polynomial(&symbol.a);
        roots.sort_by(|x, y| x.re.total_cmp(&y.re).then(x.im.total_cmp(&y.im)));
        roots
    }

    /// The largest Re s_j among the branches that count.
    pub fn growth_rate(&self, k: &[f64], t: f64, problem: Problem) -> Option<f64> {
        slowest(&self.roots(k, t), problem)
    }

    /// The one branch that counts; `None` where there are several, or where two coincide in Re s, so that neither is
    /// the decaying one of a half-space problem.
    pub(crate) fn one_branch(&self, k: &[f64], t: f64, problem: Problem) -> Option<Complex> {
        match (self.roots(k, t).as_slice(), problem) {
            ([single], _) => Some(*single),
            ([lower, upper], Problem::HalfSpace) => {
                (upper.re - lower.re > 1e-6 * (lower.abs() + upper.abs())).then_some(*lower)
            }
            _ => None,
        }
    }
}

/// The largest Re s_j of roots by rising real part, among the branches that count (theory, section 2): all of an
/// evolution equation, the lower half of a half-space problem.
fn slowest(roots: &[Complex], problem: Problem) -> Option<f64> {
    let counted = if problem == Problem::HalfSpace { roots.len().div_ceil(2) } else { roots.len() };
    roots.get(..counted)?.last().map(|s| s.re).filter(|rate| rate.is_finite())
}

/// The roots of Σ a_j s^j.
pub(crate) fn of_polynomial(a: &[Complex]) -> Vec<Complex> {
    match a {
        [] | [_] => Vec::new(),
        [a0, a1] => vec![-*a0 / *a1],
        [c, b, a] => {
            let spread = (*b * *b - Complex::real(4.0) * *a * *c).sqrt();
            let same = b.re * spread.re + b.im * spread.im >= 0.0;
            let sum = if same { *b + spread } else { *b - spread };
            let larger = -sum / (Complex::real(2.0) * *a);
            let smaller = if sum.abs() == 0.0 { larger } else { Complex::real(-2.0) * *c / sum };
            vec![larger, smaller]
        }
        _ => durand_kerner(a),
    }
}

/// Simultaneous iteration for all roots (Weierstrass; Durand; Kerner).
fn durand_kerner(a: &[Complex]) -> Vec<Complex> {
    let n = a.len() - 1;
    let lead = a[n];
    let value = |s: Complex| a.iter().rev().fold(Complex::default(), |sum, c| sum * s + *c);
    let radius = a.iter().take(n).map(|c| (c.abs() / lead.abs()).powf(1.0 / n as f64)).fold(0.0, f64::max).max(1e-12);
    let mut roots: Vec<Complex> = (0..n)
        .map(|i| {
            let angle = 0.4 + 2.0 * std::f64::consts::PI * i as f64 / n as f64;
            Complex::new(radius * angle.cos(), radius * angle.sin())
        })
        .collect();
    for _ in 0..500 {
        let mut moved = 0.0_f64;
        for i in 0..n {
            let others = (0..n).filter(|j| *j != i).fold(lead, |product, j| product * (roots[i] - roots[j]));
            let step = value(roots[i]) / others;
            if !step.is_finite() {
                continue;
            }
            roots[i] = roots[i] - step;
            moved = moved.max(step.abs());
        }
        if moved < 1e-14 * radius {
            break;
        }
    }
    roots
}
