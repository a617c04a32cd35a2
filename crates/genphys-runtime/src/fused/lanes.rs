//! Sums and maxima in lanes, which compilers turn into vector instructions.

/// Lanes of a running sum or maximum: one vector register.
pub(crate) const LANES: usize = 16;

/// The largest value.
#[inline(always)]
pub(crate) fn largest(values: &[f32]) -> f32 {
    extreme(values, f32::NEG_INFINITY, |a, b| if a > b { a } else { b })
}

/// The least value.
#[inline(always)]
pub(crate) fn least(values: &[f32]) -> f32 {
    extreme(values, f32::INFINITY, |a, b| if a < b { a } else { b })
}

#[inline(always)]
fn extreme(values: &[f32], start: f32, of_two: impl Fn(f32, f32) -> f32) -> f32 {
    let (pieces, rest) = values.as_chunks::<LANES>();
    let mut lanes = [start; LANES];
    for piece in pieces {
        for i in 0..LANES {
            lanes[i] = of_two(piece[i], lanes[i]);
        }
    }
    rest.iter().copied().fold(over_lanes(lanes, &of_two), &of_two)
}

/// `Σ f(a_i, b_i)`.
#[inline(always)]
pub(crate) fn sum_over_pairs(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            sums[i] += f(a[i], b[i]);
        }
    }
    over_lanes(sums, |a, b| a + b) + rest_a.iter().zip(rest_b).map(|(a, b)| f(*a, *b)).sum::<f32>()
}

/// One of all lanes, by halves.
#[inline(always)]
pub(crate) fn over_lanes(mut lanes: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = f(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}
