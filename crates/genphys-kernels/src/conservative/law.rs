//! The law of a point source's distance at one time, by quadrature: mass, mean growth, and the velocity without births.

/// A point source at one time, as functions of the distance.
#[derive(Clone, Copy)]
pub struct RadialSource<'a> {
    /// Number of dimensions.
    pub dim: usize,
    /// Typical displacement per coordinate.
    pub spread: f64,
    /// ln p.
    pub log_density: &'a dyn Fn(f64) -> f64,
    /// J/p over the displacement.
    pub velocity_over_r: &'a dyn Fn(f64) -> f64,
    /// R/p.
    pub growth_rate: &'a dyn Fn(f64) -> f64,
}

/// A point source at one time, in `w = ln r`: everything follows from `ln p`, `J/p` and `R/p` at some hundred
/// distances.
///
/// The conservative velocity is that of the mass-normalised density,
/// `v_r/r = J/(p r) − (r^N p)⁻¹ ∫₀^r s^{N−1} (g − ḡ) p ds` with `g = R/p` and `ḡ` its mean: births and deaths inside
/// the sphere of radius r must pass through it. It equals `−∂ₜF/(r ∂ᵣF)` with the distribution function F of the
/// distance.
#[derive(Clone, Debug)]
pub struct RadialLaw {
    /// Nodes in `ln r`, evenly spaced on either side of the peak.
    nodes: Vec<f64>,
    /// Conservative velocity per unit of displacement at the nodes.
    velocities: Vec<f64>,
    /// ln of the integral of `r^{N−1} p`.
    log_integral: f64,
    mean_growth: f64,
    mean_velocity: f64,
    greatest_velocity: f64,
}

/// Intervals between nodes on the inner and on the outer side of the peak.
const INNER: usize = 320;
const OUTER: usize = 320;

/// `r^N p` below e^-DEPTH of its peak is left out.
const DEPTH: f64 = 40.0;

/// Gauss and Legendre on [0, 1], three points.
const RULE: [(f64, f64); 3] =
    [(0.112_701_665_379_258_3, 5.0 / 18.0), (0.5, 8.0 / 18.0), (0.887_298_334_620_741_7, 5.0 / 18.0)];

impl RadialLaw {
    /// The law of this source.
    pub fn new(source: &RadialSource<'_>) -> Self {
        let dim = source.dim as f64;
        let exponent = |w: f64| dim * w + (source.log_density)(w.exp());
        let peak = peak_of(&exponent, (source.spread * dim.sqrt()).ln());
        let top = exponent(peak);
        let (first, last) = (edge(&exponent, peak, top, -1.0), edge(&exponent, peak, top, 1.0));
        let spaced =
            |from: f64, to: f64, count: usize| (0..count).map(move |i| from + (to - from) * i as f64 / count as f64);
        let nodes: Vec<f64> = spaced(first, peak, INNER).chain(spaced(peak, last, OUTER)).chain([last]).collect();

        // Mass and growth of every interval, relative to the peak.
        let parts: Vec<[f64; 2]> = nodes
            .windows(2)
            .map(|pair| {
                let width = pair[1] - pair[0];
                RULE.iter().fold([0.0; 2], |[mass, growth], (node, weight)| {
                    let w = pair[0] + node * width;
                    let part = width * weight * (exponent(w) - top).exp();
                    [mass + part, growth + part * (source.growth_rate)(w.exp())]
                })
            })
            .collect();
        let [mass, growth] = parts.iter().fold([0.0; 2], |[a, b], part| [a + part[0], b + part[1]]);
        let mean_growth = growth / mass;
        let velocities = conservative(source, &nodes, &parts, mean_growth, &|w| exponent(w) - top);
        // Simpson's rule on either side of the peak, both of an even number of intervals.
        let mut moving = 0.0;
        for (from, to) in [(0, INNER), (INNER, INNER + OUTER)] {
            let third = (nodes[to] - nodes[from]) / (to - from) as f64 / 3.0;
            moving += (from..=to)
                .map(|i| {
                    let weight = if i == from || i == to { 1.0 } else { [2.0, 4.0][(i - from) % 2] };
                    third * weight * velocities[i] * (exponent(nodes[i]) - top).exp()
                })
                .sum::<f64>();
        }
        let greatest_velocity = velocities.iter().copied().fold(0.0, f64::max);
        let (log_integral, mean_velocity) = (top + mass.ln(), moving / mass);
        Self { nodes, velocities, log_integral, mean_growth, mean_velocity, greatest_velocity }
    }

    /// ln ∫p up to a term of the dimension, and of the shape where distances are not lengths: differences between times
    /// are those of ln ∫p.
    pub fn log_mass(&self) -> f64 {
        self.log_integral
    }

    /// The mean of `R/p`.
    pub fn mean_growth(&self) -> f64 {
        self.mean_growth
    }

    /// The mean of the conservative velocity per unit of displacement.
    pub fn mean_velocity(&self) -> f64 {
        self.mean_velocity
    }

    /// The greatest conservative velocity per unit of displacement.
    pub fn greatest_velocity(&self) -> f64 {
        self.greatest_velocity
    }

    /// The conservative velocity per unit of displacement at distance `r`, by cubic interpolation; at the nearest end
    /// where nothing is.
    pub fn velocity_over_r(&self, r: f64) -> f64 {
        let w = r.ln();
        let last = self.nodes.len() - 1;
        let upper = self.nodes.partition_point(|node| *node <= w);
        if upper == 0 {
            return self.velocities[0];
        }
        if upper > last {
            return self.velocities[last];
        }
        let lower = upper - 1;
        let (left, right) = (self.nodes[lower], self.nodes[upper]);
        let width = right - left;
        let secant = |i: usize| (self.velocities[i + 1] - self.velocities[i]) / (self.nodes[i + 1] - self.nodes[i]);
        // Of the parabola through a node and its neighbours, which need not be evenly spaced.
        let slope = |i: usize| {
            if i == 0 || i == last {
                return width * secant(i.min(last - 1));
            }
            let (before, after) = (self.nodes[i] - self.nodes[i - 1], self.nodes[i + 1] - self.nodes[i]);
            width * (after * secant(i - 1) + before * secant(i)) / (before + after)
        };
        let x = (w - left) / width;
        let (p, q) = (self.velocities[lower], self.velocities[upper]);
        let (m, n) = (slope(lower), slope(upper));
        let (square, cube) = (x * x, x * x * x);
        p * (2.0 * cube - 3.0 * square + 1.0)
            + m * (cube - 2.0 * square + x)
            + q * (3.0 * square - 2.0 * cube)
            + n * (cube - square)
    }
}

/// The conservative velocity at the nodes. The surplus of births is summed from whichever side it has one sign on, so
/// that nothing cancels; what lies beyond the first and the last node follows from the slope there.
fn conservative(
    source: &RadialSource<'_>,
    nodes: &[f64],
    parts: &[[f64; 2]],
    mean: f64,
    exponent: &dyn Fn(f64) -> f64,
) -> Vec<f64> {
    let surplus: Vec<f64> = nodes.iter().map(|w| (source.growth_rate)(w.exp()) - mean).collect();
    let last = nodes.len() - 1;
    let beyond = |i: usize, j: usize| {
        let slope = (exponent(nodes[j]) - exponent(nodes[i])) / (nodes[j] - nodes[i]);
        surplus[i] * exponent(nodes[i]).exp() / slope.abs().max(1e-3)
    };
    let mut inside = vec![beyond(0, 1)];
    for part in parts {
        inside.push(inside[inside.len() - 1] + part[1] - mean * part[0]);
    }
    let mut outside = vec![beyond(last, last - 1)];
    for part in parts.iter().rev() {
        outside.push(outside[outside.len() - 1] + part[1] - mean * part[0]);
    }
    outside.reverse();
    (0..=last)
        .map(|i| {
            let flux = (source.velocity_over_r)(nodes[i].exp());
            // From the centre as long as births there have the sign they begin with.
            let from_centre = surplus[i] * surplus[0] > 0.0;
            let through = if from_centre { -inside[i] } else { outside[i] };
            flux + through / exponent(nodes[i]).exp()
        })
        .collect()
}

/// The largest value of a function with one peak, near `start`.
fn peak_of(f: &impl Fn(f64) -> f64, start: f64) -> f64 {
    let (mut at, mut step) = (start, 0.5);
    while step > 1e-3 {
        let here = f(at);
        if f(at + step) > here {
            at += step;
        } else if f(at - step) > here {
            at -= step;
        } else {
            step *= 0.5;
        }
    }
    at
}

/// Where a function has fallen by [`DEPTH`] from its `top`, in the direction of `sign`.
fn edge(f: &impl Fn(f64) -> f64, peak: f64, top: f64, sign: f64) -> f64 {
    let fallen = |distance: f64| f(peak + sign * distance).max(f64::MIN) < top - DEPTH;
    let (mut low, mut high) = (0.0, 1e-2);
    while !fallen(high) && high < 1e4 {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..30 {
        let middle = 0.5 * (low + high);
        if fallen(middle) { high = middle } else { low = middle }
    }
    peak + sign * high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Heat, PointSourceKernel, Poisson, Yukawa, conservative_velocity_over_r};

    fn law<K: PointSourceKernel>(kernel: &K, dim: usize, t: f64) -> RadialLaw {
        RadialLaw::new(&RadialSource {
            dim,
            spread: kernel.spread(t),
            log_density: &|r| kernel.log_density(dim, t, r),
            velocity_over_r: &|r| kernel.velocity_over_r(dim, t, r),
            growth_rate: &|r| kernel.growth_rate(dim, t, r),
        })
    }

    #[test]
    fn the_published_value_and_those_at_one_distance() {
        let (t, m) = (0.7, 1.3);
        let found = law(&Yukawa::new(1.0, m).unwrap(), 3, t).velocity_over_r(0.9);
        assert!((found - 0.957_346_307_506).abs() < 3e-6, "{found}");
        for dim in [1, 2, 64, 784] {
            for mt in [1e-3, 1.0, 100.0] {
                let kernel = Yukawa::new(1.0, mt / t).unwrap();
                let law = law(&kernel, dim, t);
                for deviations in [-3.0, -1.0, 0.0, 0.5, 1.0] {
                    let r = kernel.spread(t) * (dim as f64).sqrt() * (deviations / (dim as f64).sqrt()).exp();
                    let expected = conservative_velocity_over_r(&kernel, dim, t, r);
                    let found = law.velocity_over_r(r);
                    assert!((found - expected).abs() < 2e-5 / t, "{dim} {mt} {r}: {found} and {expected}");
                }
            }
        }
    }

    #[test]
    fn mass_and_growth_of_the_yukawa_kernel() {
        let kernel = Yukawa::new(1.0, 1.3).unwrap();
        for dim in [1, 3, 64] {
            let (early, late) = (law(&kernel, dim, 0.5), law(&kernel, dim, 2.0));
            let change = late.log_mass() - early.log_mass();
            assert!((change + 1.3 * 1.5).abs() < 1e-6, "{dim}: {change}");
            assert!((late.mean_growth() + 1.3).abs() < 1e-6, "{dim}: {}", late.mean_growth());
        }
    }

    #[test]
    fn without_births_nothing_changes() {
        fn check<K: PointSourceKernel>(kernel: &K) {
            let law = law(kernel, 5, 0.8);
            for r in [1e-3, 0.5, 3.0, 1e6] {
                assert!((law.velocity_over_r(r) / kernel.velocity_over_r(5, 0.8, r) - 1.0).abs() < 1e-12);
            }
            assert!((law.mean_velocity() / kernel.velocity_over_r(5, 0.8, 0.0) - 1.0).abs() < 1e-4);
        }
        check(&Heat::new(1.0).unwrap());
        check(&Poisson::new(1.0).unwrap());
    }
}
