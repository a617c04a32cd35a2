//! The conservative velocity at one distance.

use crate::kernel::PointSourceKernel;

/// v_r/r of the mass-normalised kernel p̃ = p/∫p, for which ∂p̃/∂t + ∇·(p̃ v) = 0 without a source.
///
/// Equal to [`PointSourceKernel::velocity_over_r`] where the growth rate is the same everywhere. Otherwise the births
/// and deaths inside the sphere of radius r must pass through it:
/// v_r/r = J/(p r) − (r^N p(r))⁻¹ ∫₀^r s^{N−1} (g(s) − ḡ) p(s) ds, with g = R/p and ḡ its mean. The whole integral is
/// zero, so beyond the radius where g = ḡ the part outside r is taken, with the other sign: both parts are of one sign
/// and nothing cancels. Good to about 1e-10 of J/(p r), or to the rounding of ln p where that is more (1e-16 |ln p|);
/// costs some hundred kernel evaluations.
pub fn conservative_velocity_over_r<K: PointSourceKernel>(kernel: &K, dim: usize, t: f64, r: f64) -> f64 {
    let flux = kernel.velocity_over_r(dim, t, r);
    let mean = kernel.mean_growth_rate(t);
    let surplus = |s: f64| kernel.growth_rate(dim, t, s) - mean;
    let here = surplus(r);
    if here == 0.0 {
        return flux;
    }
    if r == 0.0 {
        return flux - here / dim as f64;
    }
    let log_here = kernel.log_density(dim, t, r);
    // s = r e^{∓w}: the integral over w of e^{∓Nw} (g − ḡ) p(s)/p(r).
    let direction = if here > 0.0 { -1.0 } else { 1.0 };
    let exponent =
        |w: f64| direction * dim as f64 * w + kernel.log_density(dim, t, r * (direction * w).exp()) - log_here;
    let end = far_end(&exponent, 1.0 / dim as f64);
    let integrand = |w: f64| exponent(w).exp() * surplus(r * (direction * w).exp());
    // Differences of ln p are no better than its rounding; asking for more would bisect noise.
    let precision = 1e-13 + 4.0 * f64::EPSILON * (log_here.abs() + dim as f64 * r.ln().abs());
    let estimate = gauss(&integrand, 0.0, end).abs();
    flux + direction * adaptive(&integrand, (0.0, end), (precision * estimate, precision), 30)
}

/// A point beyond which the integrand is e⁻⁴² of its peak and falling.
fn far_end(exponent: &impl Fn(f64) -> f64, first: f64) -> f64 {
    let mut peak = exponent(0.0);
    let mut w = 0.25 * first;
    // The doubling ends: the integrand is summable, so its exponent falls at least linearly in w.
    for _ in 0..200 {
        let value = exponent(w);
        if value < peak - 42.0 {
            break;
        }
        peak = peak.max(value);
        w *= 1.5;
    }
    w
}

/// Bisects until two halves agree with the whole within the absolute or the relative tolerance.
fn adaptive(f: &impl Fn(f64) -> f64, (from, to): (f64, f64), tolerance: (f64, f64), depth: u32) -> f64 {
    let middle = 0.5 * (from + to);
    let whole = gauss(f, from, to);
    let halves = gauss(f, from, middle) + gauss(f, middle, to);
    if depth == 0 || (whole - halves).abs() <= tolerance.0.max(tolerance.1 * halves.abs()) {
        return halves;
    }
    adaptive(f, (from, middle), tolerance, depth - 1) + adaptive(f, (middle, to), tolerance, depth - 1)
}

/// Ten-point Gauss–Legendre rule.
fn gauss(f: &impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    const RULE: [(f64, f64); 5] = [
        (0.148_874_338_981_631_21, 0.295_524_224_714_752_87),
        (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
        (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
        (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
        (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
    ];
    let (centre, half) = (0.5 * (from + to), 0.5 * (to - from));
    half * RULE.iter().map(|(node, weight)| weight * (f(centre - half * node) + f(centre + half * node))).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Heat, Killed, Poisson, Yukawa};

    #[test]
    fn the_published_value_of_the_yukawa_kernel() {
        let kernel = Yukawa::new(1.0, 1.3).unwrap();
        let found = conservative_velocity_over_r(&kernel, 3, 0.7, 0.9);
        assert!((found - 0.957346307506).abs() < 1e-11, "{found}");
    }

    #[test]
    fn without_births_it_is_the_flux_velocity() {
        assert_eq!(conservative_velocity_over_r(&Heat::new(2.0).unwrap(), 5, 0.3, 1.0), 0.5 / 0.3);
        for decay in [0.5, 0.3, -1.7] {
            let killed = Killed::new(Poisson::new(1.5).unwrap(), decay).unwrap();
            assert_eq!(conservative_velocity_over_r(&killed, 784, 0.7, 1e-3), 1.0 / 0.7);
        }
    }

    #[test]
    fn a_constant_death_rate_changes_nothing() {
        let kernel = Yukawa::new(1.4, 0.9).unwrap();
        let killed = Killed::new(kernel, 0.3).unwrap();
        for r in [0.2, 1.3, 12.0] {
            let (with, without) =
                (conservative_velocity_over_r(&killed, 3, 0.7, r), conservative_velocity_over_r(&kernel, 3, 0.7, r));
            assert!((with / without - 1.0).abs() < 1e-11, "{r}: {with} {without}");
        }
    }

    #[test]
    fn at_any_radius_it_is_positive_and_below_the_flux_velocity() {
        for mass in [1e-6, 1e-2, 1.0, 1e2, 1e5] {
            let kernel = Yukawa::new(1.0, mass).unwrap();
            for dim in [1, 2, 64, 3072, 200_000] {
                for factor in [0.0, 1e-9, 1e-3, 0.3, 1.0, 3.0, 1e3, 1e9] {
                    let r = factor * kernel.spread(1.0) * (dim as f64).sqrt();
                    let found = conservative_velocity_over_r(&kernel, dim, 1.0, r);
                    let rounding = 1e-9 + 1e-15 * kernel.log_density(dim, 1.0, r).abs();
                    let fine = found > -rounding && found < 1.0 + rounding;
                    assert!(fine && (factor > 1e3 || found > 0.0), "m = {mass}, N = {dim}, r = {r}: {found}");
                }
            }
        }
        // Far out p̃ falls as e^{−mr}, and all that is added beyond r, p̃/(mt), comes through it: v_r/r = 1/(mtr).
        let found = conservative_velocity_over_r(&Yukawa::new(1.0, 1e-6).unwrap(), 1, 1.0, 1e9);
        assert!((found / 1e-3 - 1.0).abs() < 3e-3, "{found}");
    }

    #[test]
    fn long_times_spread_like_a_gaussian_and_short_ones_like_poisson() {
        // Spread √t of a Gaussian: v_r/r = 1/2t. Corrections are of order 1/(mt).
        let kernel = Yukawa::new(1.0, 1e6).unwrap();
        for dim in [1, 3, 64] {
            let r = kernel.spread(1.0) * (dim as f64).sqrt();
            let found = conservative_velocity_over_r(&kernel, dim, 1.0, r);
            assert!((found - 0.5).abs() < 1e-3, "{dim}: {found}");
        }
        let weak = Yukawa::new(1.0, 1e-6).unwrap();
        assert!((conservative_velocity_over_r(&weak, 2, 1.0, 1.5) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn the_normalised_density_is_transported() {
        // ∂p̃/∂t + r^{1−N} ∂(r^{N−1} p̃ v_r)/∂r = 0 by central differences, on both sides of g = ḡ.
        let kernel = Yukawa::new(1.4, 0.9).unwrap();
        for dim in [1, 2, 3, 64] {
            for (t, r) in [(0.7, 0.2), (0.7, 1.3), (0.7, 12.0), (3.0, 8.0)] {
                let log = |t: f64, r: f64| kernel.log_density(dim, t, r) - kernel.log_mass(t);
                let h = 1e-4;
                let rate = (log(t + h * t, r) - log(t - h * t, r)) / (2.0 * h * t);
                let flux = |r: f64| conservative_velocity_over_r(&kernel, dim, t, r) * r;
                let (below, above) = (r * (1.0 - h), r * (1.0 + h));
                let slope = (log(t, above) - log(t, below)) / (above - below) + (dim as f64 - 1.0) / r;
                let divergence = (flux(above) - flux(below)) / (above - below) + flux(r) * slope;
                let scale = rate.abs() + (flux(r) * slope).abs() + 1.0 / t;
                assert!((rate + divergence).abs() < 1e-5 * scale, "{dim} {t} {r}: {rate} {divergence}");
            }
        }
    }

    #[test]
    fn at_the_source_it_is_continuous() {
        let kernel = Yukawa::new(1.0, 2.0).unwrap();
        let (zero, near) =
            (conservative_velocity_over_r(&kernel, 3, 0.5, 0.0), conservative_velocity_over_r(&kernel, 3, 0.5, 1e-6));
        assert!((zero - near).abs() < 1e-9);
    }
}
