//! All complex roots of a polynomial in floating point, by Aberth's simultaneous iteration from circles that the Newton
//! polygon of the coefficients gives (Bini, *Numer. Algorithms* 13, 1996). A root is done where the value is down to
//! its rounding, so that roots that coincide end as well; each of m is then known to the m-th root of the rounding
//! only.

type C = (f64, f64);

const MOST_SWEEPS: usize = 200;

/// The roots of Σ a_j s^j, sorted by real part; empty where the leading coefficient vanishes.
pub(crate) fn all(a: &[C]) -> Vec<C> {
    let size = a.iter().copied().map(norm).fold(0.0, f64::max);
    if a.last().is_none_or(|lead| norm(*lead) <= 1e-14 * size) || !size.is_finite() {
        return Vec::new();
    }
    let zeros = a.iter().take_while(|c| norm(**c) == 0.0).count();
    let mut roots = starts(&a[zeros..]);
    let mut done = vec![false; roots.len()];
    for _ in 0..MOST_SWEEPS {
        for i in (0..roots.len()).filter(|i| !done[*i]).collect::<Vec<_>>() {
            let here = roots[i];
            let (value, slope, rounding) = evaluate(&a[zeros..], here);
            if norm(value) <= rounding {
                done[i] = true;
                continue;
            }
            // 1/step = p'/p − Σ 1/(s_i − s_j).
            let others =
                roots.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, s)| over((1.0, 0.0), minus(here, *s)));
            let repulsion =
                others.filter(|z| norm(*z).is_finite()).fold((0.0, 0.0), |sum, z| (sum.0 + z.0, sum.1 + z.1));
            let step = over((1.0, 0.0), minus(over(slope, value), repulsion));
            if norm(step).is_finite() {
                roots[i] = minus(here, step);
                done[i] = norm(step) <= 1e-16 * norm(here);
            } else {
                // Two roots on one point part.
                roots[i] = times(here, (1.0, 1e-3));
            }
        }
        if done.iter().all(|d| *d) {
            break;
        }
    }
    roots.extend(std::iter::repeat_n((0.0, 0.0), zeros));
    roots.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
    roots
}

/// p, p′ and a bound on the rounding of p at a point (Horner).
fn evaluate(a: &[C], s: C) -> (C, C, f64) {
    let (mut value, mut slope, mut size) = ((0.0, 0.0), (0.0, 0.0), 0.0);
    for c in a.iter().rev() {
        slope = times(slope, s);
        slope = (slope.0 + value.0, slope.1 + value.1);
        value = times(value, s);
        value = (value.0 + c.0, value.1 + c.1);
        size = size * norm(s) + norm(*c);
    }
    (value, slope, 4.0 * f64::EPSILON * size)
}

/// Points on circles: an edge of the upper hull of (j, log|a_j|) from j to l stands for l − j roots of modulus
/// |a_j/a_l|^{1/(l−j)}.
fn starts(a: &[C]) -> Vec<C> {
    let height: Vec<f64> = a.iter().map(|c| norm(*c).ln()).collect();
    let mut roots = Vec::with_capacity(a.len());
    let mut from = 0;
    while from + 1 < a.len() {
        let rise = |to: usize| (height[to] - height[from]) / (to - from) as f64;
        let Some(to) = (from + 1..a.len()).rev().max_by(|x, y| rise(*x).total_cmp(&rise(*y))) else { break };
        let (radius, count) = ((-rise(to)).exp(), to - from);
        roots.extend((0..count).map(|i| {
            // Turned by an angle of its own, so that no circle is symmetric to the real axis.
            let angle = std::f64::consts::TAU * (i as f64 / count as f64 + from as f64 / a.len() as f64) + 0.7;
            (radius * angle.cos(), radius * angle.sin())
        }));
        from = to;
    }
    roots
}

fn norm(z: C) -> f64 {
    z.0.hypot(z.1)
}

fn minus(x: C, y: C) -> C {
    (x.0 - y.0, x.1 - y.1)
}

fn times(x: C, y: C) -> C {
    (x.0 * y.0 - x.1 * y.1, x.0 * y.1 + x.1 * y.0)
}

fn over(x: C, y: C) -> C {
    let size = y.0 * y.0 + y.1 * y.1;
    ((x.0 * y.0 + x.1 * y.1) / size, (x.1 * y.0 - x.0 * y.1) / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The coefficients of Π (s − s_j), ascending.
    fn product(roots: &[C]) -> Vec<C> {
        roots.iter().fold(vec![(1.0, 0.0)], |p, s| {
            let mut next = vec![(0.0, 0.0); p.len() + 1];
            for (i, c) in p.iter().enumerate() {
                let moved = times(*c, *s);
                next[i + 1] = (next[i + 1].0 + c.0, next[i + 1].1 + c.1);
                next[i] = minus(next[i], moved);
            }
            next
        })
    }

    fn worst(roots: &[C]) -> f64 {
        let found = all(&product(roots));
        assert_eq!(found.len(), roots.len());
        let nearest =
            |s: &C| found.iter().map(|z| norm(minus(*z, *s)) / norm(*s).max(1e-3)).fold(f64::INFINITY, f64::min);
        roots.iter().map(nearest).fold(0.0, f64::max)
    }

    #[test]
    fn simple_distant_and_coinciding_roots() {
        assert!(worst(&[(1.0, 0.0), (-2.0, 0.0), (0.0, 3.0), (0.0, -3.0)]) < 1e-13);
        assert!(worst(&[(1e-3, 0.0), (-1e4, 2.0), (5.0, 1.0)]) < 1e-12);
        assert!(worst(&[(0.0, 0.0), (0.0, 0.0), (-1.0, 1.0), (-1.0, -1.0)]) < 1e-12);
        assert!(worst(&[(-1.0, 0.0), (-1.0, 0.0), (-1.0, 0.0)]) < 1e-4);
        assert!(all(&[(1.0, 0.0), (1.0, 0.0), (0.0, 0.0)]).is_empty());
    }
}
