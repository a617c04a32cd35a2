//! Screened PFGM++: Yukawa in N + D dimensions, radial in the last D: φ_tt + (D−1)/t φ_t + c²∇²φ − m²φ = 0 in t > 0,
//! p = −t^{D−1}φ_t, J = −c² t^{D−1}∇φ, R = −m² t^{D−1}φ.
//!
//! With ν = D/2 and κ² = c²k² + m² the solution that decays in t is φ̂ ∝ (κ/t)^{ν−1} K_{ν−1}(κt), so that
//! p̂ = 2^{1−ν}/Γ(ν) (κt)^ν K_ν(κt) by x K_ν′ + ν K_ν = −x K_{ν−1}. Both follow from one integral (DLMF 10.32.10):
//! p̂ = (c²t²/4)^ν/Γ(ν) ∫₀^∞ u^{−ν−1} exp(−c²t²/4u − (k² + m²/c²) u) du.

use crate::error::{KernelError, non_negative, positive};
use crate::kernel::PointSourceKernel;
use crate::special::{log_bessel_k_normalised, scaled_bessel_k_ratio};
use crate::student;
use rand::Rng;
use rand_distr::Exp1;
use std::f64::consts::LN_2;

/// The PFGM++ density at τ = ct times x^μ K_μ(x) / (2^{μ−1} Γ(μ)), μ = (N+D)/2, x = (m/c) √(r² + τ²), for real D > 0.
///
/// D = 1 is the [`Yukawa`](crate::Yukawa) kernel, m = 0 that of [`PfgmPlusPlus`](crate::PfgmPlusPlus) at τ; D → ∞ with
/// t = σ√D is the Gaussian of standard deviation cσ, of mass exp(−m²σ²/2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScreenedPfgmPlusPlus {
    speed: f64,
    augmented_dim: f64,
    mass: f64,
}

impl ScreenedPfgmPlusPlus {
    /// `speed` c in length per time; `augmented_dim` D, the number of extra dimensions, not necessarily whole; `mass` m
    /// per time. m = 0 is PFGM++ with the time in other units.
    ///
    /// # Errors
    /// Unless c and D are finite and positive and m finite and not negative.
    pub fn new(speed: f64, augmented_dim: f64, mass: f64) -> Result<Self, KernelError> {
        const NAME: &str = "screened PFGM++";
        Ok(Self {
            speed: positive(NAME, "speed", speed)?,
            augmented_dim: positive(NAME, "D", augmented_dim)?,
            mass: non_negative(NAME, "mass", mass)?,
        })
    }

    /// c.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// D.
    pub fn augmented_dim(&self) -> f64 {
        self.augmented_dim
    }

    /// m.
    pub fn mass(&self) -> f64 {
        self.mass
    }

    /// μ and the argument x of the Bessel function.
    fn order_and_argument(&self, dim: usize, t: f64, r: f64) -> (f64, f64) {
        let rho = r.hypot(self.speed * t);
        (0.5 * (dim as f64 + self.augmented_dim), self.mass / self.speed * rho)
    }

    /// ln u, in log domain because the tail u^{−D/2−1} of small D overflows while m is zero or small.
    ///
    /// u = c²t² e^{−X}/(2(ν + √(ν² + ω²))) with ω = mt: the most likely ln u is at X = 0, and m cancels as it tends to
    /// zero.
    fn sample_log_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let law = CentredLogarithm::new(0.5 * self.augmented_dim, self.mass * t);
        2.0 * (self.speed * t).ln() - LN_2 - law.sum.ln() - law.sample(rng)
    }
}

impl PointSourceKernel for ScreenedPfgmPlusPlus {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        let (order, x) = self.order_and_argument(dim, t, r);
        student::log_density(dim, self.augmented_dim, self.speed * t, r) + log_bessel_k_normalised(order, x)
    }

    /// φ depends on ρ² = r² + c²t² only, so that c²∇φ = z φ_t/t.
    fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        1.0 / t
    }

    /// −x K_{μ−1}(x) / (t K_μ(x)).
    fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
        let (order, x) = self.order_and_argument(dim, t, r);
        -scaled_bessel_k_ratio(order, x) / t
    }

    fn log_mass(&self, t: f64) -> f64 {
        log_bessel_k_normalised(0.5 * self.augmented_dim, self.mass * t)
    }

    /// −ω K_{ν−1}(ω) / (t K_ν(ω)) with ω = mt.
    fn mean_growth_rate(&self, t: f64) -> f64 {
        -scaled_bessel_k_ratio(0.5 * self.augmented_dim, self.mass * t) / t
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        log_bessel_k_normalised(0.5 * self.augmented_dim, t * (self.speed * k).hypot(self.mass))
    }

    /// u is generalised inverse Gaussian, of density ∝ u^{−D/2−1} exp(−c²t²/4u − (m/c)² u).
    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        self.sample_log_subordinator(t, rng).exp()
    }

    /// ct/√D.
    fn sigma(&self, t: f64) -> f64 {
        self.speed * t / self.augmented_dim.sqrt()
    }

    fn time(&self, sigma: f64) -> f64 {
        sigma * self.augmented_dim.sqrt() / self.speed
    }

    /// ct/√(b + h + √(h² + m²t²)) with h = max(D−1, 0)/2 and b = min(D, 1): [`sigma`](Self::sigma) while mt ≪ D, the
    /// standard deviation where D or mt is large, and the spread of Yukawa at D = 1.
    fn spread(&self, t: f64) -> f64 {
        let half = 0.5 * (self.augmented_dim - 1.0).max(0.0);
        let inverse_square = self.augmented_dim.min(1.0) + half + half.hypot(self.mass * t);
        self.speed * t / inverse_square.sqrt()
    }

    /// Halves the exponent before leaving the log domain, which doubles the range of u that small D can reach.
    fn sample_scale<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        (0.5 * (LN_2 + self.sample_log_subordinator(t, rng))).exp()
    }

    /// Known for D = 1, the Yukawa kernel.
    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        let known = self.augmented_dim == 1.0;
        if known {
            self.sample_displacement(t[1] - t[0], rng, z);
        }
        known
    }
}

/// The law of density ∝ exp ψ(x), ψ(x) = −α(cosh x − 1) − ν(eˣ − x − 1), ν > 0 and α = √(ν² + ω²) − ν ≥ 0: minus the
/// logarithm of a generalised inverse Gaussian variate of index −ν and concentration ω ≥ 0, moved to its mode. ω = 0 is
/// ln(G/ν) with G ~ Gamma(ν).
///
/// ψ is concave with its top ψ(0) = 0, so that it lies under zero and under its tangents at any two points on either
/// side of the top. Rejection from these three pieces is exact wherever the points are; where Devroye, *Statistics and
/// Computing* 24 (2014) 239, puts them, a bounded number of trials is enough for all ν and ω.
struct CentredLogarithm {
    order: f64,
    /// ν + √(ν² + ω²).
    sum: f64,
    /// √α = ω/√(ν + √(ν² + ω²)), which does not underflow with its square.
    root: f64,
    log_root: f64,
}

impl CentredLogarithm {
    fn new(order: f64, concentration: f64) -> Self {
        let sum = order + order.hypot(concentration);
        let root = concentration / sum.sqrt();
        Self { order, sum, root, log_root: root.ln() }
    }

    /// √α sinh y, finite also where sinh y is not, and zero for α = 0.
    fn root_sinh(&self, y: f64) -> f64 {
        let size = y.abs();
        if size < 1.0 {
            return self.root * y.sinh();
        }
        0.5 * y.signum() * ((self.log_root + size).exp() - (self.log_root - size).exp())
    }

    /// −ψ(x).
    fn depth(&self, x: f64) -> f64 {
        let sine = self.root_sinh(0.5 * x);
        2.0 * sine * sine + self.order * exp_minus_one_minus(x)
    }

    /// |ψ′(x)|.
    fn slope(&self, x: f64) -> f64 {
        let sine = self.root_sinh(0.5 * x);
        (2.0 * sine * self.root.hypot(sine) + self.order * x.exp_m1()).abs()
    }

    /// The points of tangency to the left and to the right of the top, where ψ is about −1.
    fn tangency(&self) -> (f64, f64) {
        let alpha = self.root * self.root;
        let left = match self.depth(-1.0) {
            depth if depth > 2.0 => (4.0 / (alpha * 1f64.cosh() + self.order)).sqrt(),
            // arcosh(1 + 1/α) = 2 arsinh(1/√(2α)).
            depth if depth < 0.5 => (1.0 / self.order).min(2.0 * (0.5f64.sqrt() / self.root).asinh()),
            _ => 1.0,
        };
        let right = match self.depth(1.0) {
            depth if depth > 2.0 => (2.0 / (alpha + self.order)).sqrt(),
            depth if depth < 0.5 => (4.0 / (alpha + 2.0 * self.order)).ln(),
            _ => 1.0,
        };
        (-left, right)
    }

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let (left, right) = self.tangency();
        // The areas under the tangents beyond the points where they reach zero.
        let (left_tail, right_tail) = (1.0 / self.slope(left), 1.0 / self.slope(right));
        let from = left + left_tail * self.depth(left);
        let to = right - right_tail * self.depth(right);
        let area = left_tail + (to - from) + right_tail;
        loop {
            let place = area * rng.random::<f64>();
            let (x, hat_depth) = if place < to - from {
                (from + place, 0.0)
            } else {
                let exponential: f64 = rng.sample(Exp1);
                let in_right_tail = place < to - from + right_tail;
                (
                    if in_right_tail { to + right_tail * exponential } else { from - left_tail * exponential },
                    exponential,
                )
            };
            let allowance: f64 = rng.sample(Exp1);
            // Written so that a NaN, which only arguments outside the domain give, ends the loop.
            if self.depth(x) > hat_depth + allowance {
                continue;
            }
            return x;
        }
    }
}

/// eˣ − 1 − x, without the cancellation at small x.
fn exp_minus_one_minus(x: f64) -> f64 {
    if x.abs() > 0.1 {
        return x.exp_m1() - x;
    }
    // x²/2 (1 + x/3 (1 + x/4 (…))).
    0.5 * x * x * (3..=11).rev().fold(1.0, |sum, n| 1.0 + x / f64::from(n) * sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    #[test]
    fn exponential_without_its_first_two_terms() {
        assert_eq!(exp_minus_one_minus(0.0), 0.0);
        for x in [0.0999999, -0.0999999, 0.05f64] {
            assert!((exp_minus_one_minus(x) / (x.exp_m1() - x) - 1.0).abs() < 1e-14, "{x}");
        }
        assert!((exp_minus_one_minus(1e-9) / 5e-19 - 1.0).abs() < 1e-9);
    }

    /// The area under the hat over that under the density, which is the mean number of trials.
    #[test]
    fn few_trials_at_every_order_and_concentration() {
        for order in [1e-6, 0.005, 0.1, 0.3, 0.5, 1.0, 2.0, 5.0, 50.0, 5e4, 5e9] {
            for concentration in [0.0, 1e-300, 1e-12, 1e-4, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 1e2, 1e4, 1e10] {
                let law = CentredLogarithm::new(order, concentration);
                let (left, right) = law.tangency();
                let (below, above) = (law.slope(left), law.slope(right));
                let flat = right - law.depth(right) / above - left - law.depth(left) / below;
                assert!(flat > 0.0, "ν = {order}, ω = {concentration}");
                let hat = flat + 1.0 / below + 1.0 / above;
                // Both sides separately: either can be a thousand times wider than the other.
                let side = |end: f64| {
                    let steps = 40_000;
                    let h = 30.0 * end / f64::from(steps);
                    (0..steps).map(|i| h.abs() * (-law.depth(h * (f64::from(i) + 0.5))).exp()).sum::<f64>()
                };
                let trials = hat / (side(left) + side(right));
                assert!((0.99..2.0).contains(&trials), "ν = {order}, ω = {concentration}: {trials}");
            }
        }
    }

    #[test]
    fn tangents_lie_above() {
        for (order, concentration) in [(0.005, 0.0), (0.3, 0.2), (2.0, 1e-9), (0.01, 40.0), (5e4, 1e4)] {
            let law = CentredLogarithm::new(order, concentration);
            for point in <[f64; 2]>::from(law.tangency()) {
                let slope = -law.slope(point) * point.signum();
                for i in -300..=300 {
                    let x = point * (1.0 + 0.01 * f64::from(i));
                    let tangent = slope * (x - point) - law.depth(point);
                    assert!(-law.depth(x) <= tangent + 1e-12 * (1.0 + law.depth(x)), "{order} {concentration} {x}");
                }
            }
        }
    }

    #[test]
    fn arguments_outside_the_domain_end() {
        let kernel = ScreenedPfgmPlusPlus::new(1.0, 0.4, 1.0).unwrap();
        assert!(kernel.sample_subordinator(f64::NAN, &mut ChaCha12Rng::seed_from_u64(1)).is_nan());
    }
}
