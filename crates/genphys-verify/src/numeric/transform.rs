//! p̂(k, t): the Fourier transform of the density of a unit point source.

use super::Model;
use genphys_pde::Complex;
use genphys_pde::verdict::Problem;

impl Model {
    /// p̂(k, t) of a unit point source at the start of the time interval; `None` where no formula is known.
    ///
    /// Of order m in time: data in the highest derivative only, so that p̂ has the Laplace transform Q/D with
    /// D = Σ a_j s^j and Q = Σ_{j≥1} a_j s^{j−1}, or the polynomial of a declared density, of degree m − 1 and divided
    /// by its leading coefficient. With drift in x: in coordinates that move with it.
    pub fn transform(&self, k: &[f64], t: f64, problem: Problem) -> Option<Complex> {
        let here = self.symbol(k, t).ok()?;
        if let Some((d, psi)) = self.bessel(k, t) {
            return if problem == Problem::Evolution { oscillating(d, psi, t) } else { bessel_mixture(d, psi, t) };
        }
        let changes = self.changes_in_time(k, t) || here.drift.abs() > 0.0;
        let since = t - self.start();
        match (here.a.len(), problem) {
            (2, _) if changes => Some(self.accumulated(k, t, 400)?.exp()).filter(|z| z.is_finite()),
            (_, _) if changes => None,
            (2, _) | (3, Problem::HalfSpace) => Some((self.one_branch(k, t, problem)? * Complex::real(since)).exp()),
            (3, _) => two_branches(&self.roots(k, t), &self.density_polynomial(&here.a, k, t)?, since),
            (_, Problem::Evolution | Problem::IllPosed) => {
                residues(&here.a, &self.density_polynomial(&here.a, k, t)?, &self.roots(k, t), since)
            }
            _ => None,
        }
    }

    /// Q by rising power of s, so scaled that p̂ = 1 at the start; `None` where that is not possible.
    fn density_polynomial(&self, a: &[Complex], k: &[f64], t: f64) -> Option<Vec<Complex>> {
        let Some(density) = &self.pde.density else { return Some(a[1..].to_vec()) };
        let declared = self.expression(density, k, t).ok()?;
        let (order, lead) = (a.len() - 1, *a.last()?);
        let top = *declared.a.get(order - 1)?;
        if declared.drift.abs() > 0.0 || top.abs() == 0.0 || declared.a[order..].iter().any(|c| c.abs() > 0.0) {
            return None;
        }
        Some(declared.a[..order].iter().map(|c| *c * lead / top).collect())
    }

    /// Whether the symbol differs between two times, after division by its leading coefficient.
    pub(crate) fn changes_in_time(&self, k: &[f64], t: f64) -> bool {
        let normalised = |t: f64| {
            let symbol = self.symbol(k, t).ok()?;
            let lead = *symbol.a.last()?;
            Some(symbol.a.iter().map(|c| *c / lead).chain([symbol.drift / lead]).collect::<Vec<_>>())
        };
        let span = 0.3 * (t - self.start()).abs() + 1e-3;
        let (a, b) = (normalised(t), normalised(self.start() + span));
        match (a, b) {
            (Some(a), Some(b)) => a.iter().zip(&b).any(|(x, y)| (*x - *y).abs() > 1e-9 * (1.0 + x.abs())),
            _ => true,
        }
    }

    /// (D, Ψ) of φ_tt + (D − 1)/t φ_t − Ψ φ = 0.
    pub(crate) fn bessel(&self, k: &[f64], t: f64) -> Option<(f64, f64)> {
        let form = |t: f64| -> Option<(Complex, Complex)> {
            let symbol = self.symbol(k, t).ok()?;
            let [a0, a1, a2] = symbol.a[..] else { return None };
            Some((a1 / a2 * Complex::real(t), -a0 / a2))
        };
        let ((c, psi), (d, other)) = (form(t)?, form(1.7 * t + 0.1)?);
        let same = |x: Complex, y: Complex| (x - y).abs() <= 1e-9 * (1.0 + x.abs());
        let real = c.im.abs() < 1e-12 && psi.im.abs() < 1e-12;
        // Constant damping is another equation, and no damping at all is D = 1, which the root formula covers.
        (real && same(c, d) && same(psi, other) && c.abs() > 1e-12 && self.start() == 0.0)
            .then_some((c.re + 1.0, psi.re))
    }

    /// −∫ψ(e^{Θ(τ)} k, τ) dτ, Θ = ∫θ, of φ_t = θ div(xφ) − ψφ: composite midpoint rule, graded at the start.
    pub(crate) fn accumulated(&self, k: &[f64], t: f64, steps: u32) -> Option<Complex> {
        let start = self.start();
        let (mut sum, mut theta) = (Complex::default(), 0.0);
        for i in 0..steps {
            let u = (f64::from(i) + 0.5) / f64::from(steps);
            let time = start + (t - start) * u.powi(4);
            // The length of the step itself, so that constants are integrated exactly.
            let edge = |i: u32| (f64::from(i) / f64::from(steps)).powi(4);
            let weight = (t - start) * (edge(i + 1) - edge(i));
            let rate = |scale: f64| -> Option<(Complex, f64)> {
                let moved: Vec<f64> = k.iter().map(|x| x * scale).collect();
                let symbol = self.symbol(&moved, time).ok()?;
                let [a0, a1] = symbol.a[..] else { return None };
                Some((a0 / a1, -(symbol.drift / a1).re))
            };
            let (_, drift) = rate(1.0)?;
            let half = 0.5 * drift * weight;
            let (psi, _) = rate((theta + half).exp())?;
            sum = sum + psi * Complex::real(weight);
            theta += 2.0 * half;
        }
        Some(-sum).filter(|z| z.is_finite())
    }
}

/// e^{mt} (cosh dt + (m + q) sinh(dt)/d) with m and d half the sum and half the difference of the rates, and −q the
/// root of the density's polynomial: q = −2m of the one that is not declared.
fn two_branches(roots: &[Complex], density: &[Complex], t: f64) -> Option<Complex> {
    let ([x, y], [low, high]) = (roots, density) else { return None };
    let (x, y, q) = (*x, *y, *low / *high);
    let half = Complex::real(0.5);
    let (m, d) = ((x + y) * half, (x - y) * half);
    let z = d * Complex::real(t);
    let (up, down) = (z.exp(), (-z).exp());
    let sinh_over_d = if z.abs() < 1e-4 {
        Complex::real(t) * (Complex::real(1.0) + z * z / Complex::real(6.0))
    } else {
        (up - down) * half / d
    };
    let value = (m * Complex::real(t)).exp() * ((up + down) * half + (m + q) * sinh_over_d);
    value.is_finite().then_some(value)
}

/// Σ Q(s_j) e^{s_j t}/D′(s_j).
fn residues(a: &[Complex], density: &[Complex], roots: &[Complex], t: f64) -> Option<Complex> {
    let mut sum = Complex::default();
    let size = a.iter().map(|c| c.abs()).fold(0.0, f64::max);
    for s in roots {
        let (mut q, mut slope, mut power) = (Complex::default(), Complex::default(), Complex::real(1.0));
        for (j, c) in a.iter().enumerate().skip(1) {
            q = q + density[j - 1] * power;
            slope = slope + *c * power * Complex::real(j as f64);
            power = power * *s;
        }
        if slope.abs() <= 1e-4 * size {
            return None;
        }
        sum = sum + q * (*s * Complex::real(t)).exp() / slope;
    }
    sum.is_finite().then_some(sum)
}

/// E exp(−Ψ u), u = t²/(4G), G ~ Gamma(D/2): ∫ g^{ν−1} e^{−g − Ψt²/(4g)} dg/Γ(ν) by the trapezoidal rule in ln g.
fn bessel_mixture(d: f64, psi: f64, t: f64) -> Option<Complex> {
    if d <= 0.0 || psi < 0.0 {
        return None;
    }
    let nu = 0.5 * d;
    let weight = |x: f64, psi: f64| (nu * x - x.exp() - 0.25 * psi * t * t * (-x).exp()).exp();
    // Both integrals run over the same points, so that Γ(ν) is the one with Ψ = 0.
    let centre = nu.max(1e-3).ln();
    let (lo, hi) = (centre - 60.0 / nu.min(1.0), centre + 12.0);
    let steps = 4_000;
    let h = (hi - lo) / f64::from(steps);
    let peak = |psi: f64| (0..steps).map(|i| weight(lo + f64::from(i) * h, psi)).sum::<f64>();
    let value = peak(psi) / peak(0.0);
    value.is_finite().then_some(Complex::real(value))
}

/// p of p_tt + (1 − D)/t p_t − Ψ p = 0 with p(0) = 1, D < 2: the series near 0, then the method of Runge and Kutta.
fn oscillating(d: f64, psi: f64, t: f64) -> Option<Complex> {
    let scale = psi.abs().sqrt();
    if d >= 2.0 || scale * t > 300.0 {
        return None;
    }
    if psi == 0.0 {
        return Some(Complex::real(1.0));
    }
    // p = Σ z^n/(n! (1 − D/2)_n), z = Ψt²/4.
    // Where (1 − D)/t is small enough for steps of 0.005/scale; the series knows no such bound.
    let start = (0.05_f64.max(0.01 * (1.0 - d)) / scale).min(t);
    let (z, b) = (0.25 * psi * start * start, 1.0 - 0.5 * d);
    let (mut p, mut slope, mut term) = (1.0, 0.0, 1.0);
    for n in 1..12 {
        let n = f64::from(n);
        term *= z / (n * (b + n - 1.0));
        p += term;
        slope += 2.0 * n * term / start;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 60,000")]
    let steps = ((t - start) * scale / 0.005).ceil() as u32;
    let h = (t - start) / f64::from(steps.max(1));
    let rate = |time: f64, p: f64, v: f64| (v, psi * p - (1.0 - d) / time * v);
    for i in 0..steps {
        let time = start + f64::from(i) * h;
        let a = rate(time, p, slope);
        let b = rate(time + 0.5 * h, p + 0.5 * h * a.0, slope + 0.5 * h * a.1);
        let c = rate(time + 0.5 * h, p + 0.5 * h * b.0, slope + 0.5 * h * b.1);
        let e = rate(time + h, p + h * c.0, slope + h * c.1);
        p += h / 6.0 * (a.0 + 2.0 * b.0 + 2.0 * c.0 + e.0);
        slope += h / 6.0 * (a.1 + 2.0 * b.1 + 2.0 * c.1 + e.1);
    }
    p.is_finite().then_some(Complex::real(p))
}
