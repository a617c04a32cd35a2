//! Sums and maxima in lanes, which compilers turn into vector instructions.

use std::hint::black_box;

/// Lanes of a running sum or maximum: one vector register.
pub const LANES: usize = 16;

/// The largest value.
#[inline(always)]
pub fn largest(values: &[f32]) -> f32 {
    extreme(values, f32::NEG_INFINITY, |a, b| if a > b { a } else { b })
}

/// The least value.
#[inline(always)]
pub fn least(values: &[f32]) -> f32 {
    extreme(values, f32::INFINITY, |a, b| if a < b { a } else { b })
}

#[inline(always)]
fn extreme(values: &[f32], start: f32, of_two: impl Fn(f32, f32) -> f32) -> f32 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [start; LANES];
    for chunk in chunks {
        for i in 0..LANES {
            lanes[i] = of_two(chunk[i], lanes[i]);
        }
    }
    rest.iter().copied().fold(over_lanes(lanes, &of_two), &of_two)
}

/// `Σ f(a_i, b_i)`.
#[inline(always)]
pub fn sum_over_pairs(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            sums[i] += f(a[i], b[i]);
        }
    }
    // Nothing to do for the lanes of a few values.
    let start = if a.is_empty() { 0.0 } else { over_lanes(sums, |a, b| a + b) };
    start + rest_a.iter().zip(rest_b).map(|(a, b)| f(*a, *b)).sum::<f32>()
}

/// The sum of all values.
#[inline(always)]
pub fn sum_of(values: &[f32]) -> f32 {
    let (pieces, rest) = values.as_chunks::<LANES>();
    let mut sums = [0f32; LANES];
    for piece in pieces {
        for i in 0..LANES {
            sums[i] += piece[i];
        }
    }
    over_lanes(sums, |a, b| a + b) + rest.iter().sum::<f32>()
}

/// Adds the values to sums in lanes, every sixteenth to the same sum.
#[inline(always)]
pub fn add_lanes(sums: &mut [f32; LANES], values: &[f32]) {
    let (pieces, rest) = values.as_chunks::<LANES>();
    let mut lanes = *sums;
    for piece in pieces {
        for i in 0..LANES {
            lanes[i] += piece[i];
        }
    }
    *sums = black_box(lanes);
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += value;
    }
}

/// Adds `weight_i a_i` and `weight_i b_i` to two sums in lanes.
#[inline(always)]
pub fn add_products(sums: &mut [[f32; LANES]; 2], weights: &[f32], [a, b]: [&[f32]; 2]) {
    let (pieces, rest) = weights.as_chunks::<LANES>();
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let [mut of_a, mut of_b] = *sums;
    for ((weights, a), b) in pieces.iter().zip(a).zip(b) {
        for i in 0..LANES {
            of_a[i] += weights[i] * a[i];
            of_b[i] += weights[i] * b[i];
        }
    }
    *sums = black_box([of_a, of_b]);
    for (i, weight) in rest.iter().enumerate() {
        sums[0][i] += weight * rest_a[i];
        sums[1][i] += weight * rest_b[i];
    }
}

/// One of all lanes, by halves.
#[inline(always)]
pub fn over_lanes(lanes: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> f32 {
    // All lanes at once until here, or the compiler works on them in pairs from the beginning, as the last halves are.
    let mut lanes = black_box(lanes);
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = f(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}
