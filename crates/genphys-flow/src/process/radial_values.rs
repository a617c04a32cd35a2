//! A function of the distance at many distances, most of them by interpolation.

use std::f64::consts::PI;

/// Nodes of a polynomial, one more than its degree.
const NODES: usize = 10;
/// Distances in an octave from which on a polynomial saves work.
const MANY: usize = 4 * NODES;
/// Largest difference between polynomial and function where they are compared, relative to `1 + |f|`.
const TOLERANCE: f64 = 1e-7;
/// Bits of the fraction of an `f64`.
const FRACTION: u32 = 52;

/// A smooth function of `r²`, to within about 1e-7 of `1 + |f|`, for many distances that are known beforehand.
///
/// In every octave of `1 + (r/scale)²` that holds many of the distances `f` is replaced by a polynomial through ten
/// Chebyshev nodes, unless that differs from `f` at the ends or in the middle, where it is furthest off.
pub(crate) struct RadialValues<F> {
    f: F,
    /// A length over which `f` changes.
    scale: f64,
    nodes: [f64; NODES],
    polynomials: Vec<Option<Polynomial>>,
}

impl<F: Fn(f64) -> f64> RadialValues<F> {
    /// For use at about these `radii`.
    pub(crate) fn new(f: F, scale: f64, radii: impl Iterator<Item = f64>) -> Self {
        let mut values = Self { f, scale, nodes: nodes(), polynomials: Vec::new() };
        let mut counts = Vec::new();
        for r in radii {
            let octave = octave(values.measure(r));
            counts.resize(counts.len().max(octave + 1), 0);
            counts[octave] += 1;
        }
        let through = |(octave, count): (usize, &usize)| {
            let first = 2f64.powi(octave as i32);
            let value = |fraction: f64| (values.f)(scale * (first * fraction - 1.0).sqrt());
            if *count < MANY { None } else { Polynomial::through(&values.nodes, value) }
        };
        values.polynomials = counts.iter().enumerate().map(through).collect();
        values
    }

    /// `f(r)`.
    pub(crate) fn at(&self, r: f64) -> f64 {
        let measure = self.measure(r);
        match self.polynomials.get(octave(measure)) {
            Some(Some(polynomial)) => polynomial.at(&self.nodes, fraction(measure)),
            _ => (self.f)(r),
        }
    }

    fn measure(&self, r: f64) -> f64 {
        1.0 + (r / self.scale) * (r / self.scale)
    }
}

/// The exponent of two in a number from one on; beyond all finite numbers for what is none.
fn octave(value: f64) -> usize {
    ((value.abs().to_bits() >> FRACTION) as usize).saturating_sub(1023)
}

/// The number divided by that power of two: in [1, 2).
fn fraction(value: f64) -> f64 {
    f64::from_bits(value.to_bits() & ((1 << FRACTION) - 1) | 1f64.to_bits())
}

/// Chebyshev's nodes in [1, 2].
fn nodes() -> [f64; NODES] {
    std::array::from_fn(|i| 1.5 + 0.5 * (PI * (i as f64 + 0.5) / NODES as f64).cos())
}

/// A polynomial in Newton's form.
struct Polynomial([f64; NODES]);

impl Polynomial {
    /// The one with the values of `f` at the nodes; `None` where it is no good between them.
    fn through(nodes: &[f64; NODES], f: impl Fn(f64) -> f64) -> Option<Self> {
        let mut differences = nodes.map(&f);
        for order in 1..NODES {
            for i in (order..NODES).rev() {
                differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order]);
            }
        }
        let polynomial = Self(differences);
        let agrees = |x: f64| {
            let value = f(x);
            (polynomial.at(nodes, x) - value).abs() < TOLERANCE * (1.0 + value.abs())
        };
        [1.0, 1.5, 2.0].into_iter().all(agrees).then_some(polynomial)
    }

    fn at(&self, nodes: &[f64; NODES], x: f64) -> f64 {
        self.0.iter().zip(nodes).rev().fold(0.0, |sum, (difference, node)| sum * (x - node) + difference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Yukawa;
    use crate::process::generative_pde::GenerativePde;
    use crate::process::point_source::PointSource;
    use std::cell::Cell;

    /// Distances from a thousandth of the scale to ten thousand times it.
    fn radii(scale: f64) -> Vec<f64> {
        (0..4000).map(|i| scale * 10f64.powf(-3.0 + 7.0 * f64::from(i) / 4000.0)).collect()
    }

    #[test]
    fn growth_and_look_ahead_are_those_found_directly() {
        for dim in [1, 2, 3, 64, 784] {
            for m in [1e-3, 0.2, 10.0] {
                let pde = Yukawa { m };
                let source = PointSource::new(&pde, dim, 0.002);
                for sigma in [0.002, 0.1, 3.0, 80.0] {
                    let scale = pde.spread(pde.time(sigma));
                    let radii = radii(scale * (dim as f64).sqrt());
                    let functions: [&dyn Fn(f64) -> f64; 2] =
                        [&|r| source.growth_per_log_sigma(r, sigma), &|r| source.log_look_ahead(r, sigma)];
                    for f in functions {
                        let calls = Cell::new(0);
                        let counted = |r: f64| {
                            calls.set(calls.get() + 1);
                            f(r)
                        };
                        let values = RadialValues::new(counted, scale, radii.iter().copied());
                        for r in &radii {
                            let (value, exact) = (values.at(*r), f(*r));
                            let off = (value - exact).abs() / (1.0 + exact.abs());
                            assert!(off < 2e-7, "N = {dim}, m = {m}, σ = {sigma}, r = {r}: {value} and {exact}");
                        }
                        assert!(calls.get() < 1000, "N = {dim}, m = {m}, σ = {sigma}: {} calls", calls.get());
                    }
                }
            }
        }
    }

    #[test]
    fn a_function_with_a_corner_is_found_directly_there() {
        let corner = |r: f64| (r - 1.3).abs();
        let values = RadialValues::new(corner, 1.0, radii(1.0).into_iter());
        for r in radii(1.0) {
            assert!((values.at(r) - corner(r)).abs() < 2e-7 * (1.0 + r), "{r}: {}", values.at(r));
        }
    }

    #[test]
    fn few_distances_others_and_what_is_no_number() {
        let none = RadialValues::new(|r: f64| 2.0 * r, 1.0, std::iter::empty());
        assert_eq!((none.at(0.5), none.at(f64::INFINITY)), (1.0, f64::INFINITY));
        let strange = RadialValues::new(|r: f64| 2.0 * r, 1.0, [f64::NAN, f64::INFINITY, 1.0].into_iter());
        assert_eq!((strange.at(7.0), strange.at(f64::INFINITY)), (14.0, f64::INFINITY));
        assert!(strange.at(f64::NAN).is_nan());
    }
}
