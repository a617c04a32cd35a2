//! Cosines and sines of every value at several frequencies, on slices.

use super::elementary::{LARGEST_PHASE, sin_cos};
use super::vectorised;
use std::f64::consts::TAU;

/// `(rows, width)` to `(rows, 2 width frequencies)`: `cos(f x)`, for one frequency f after the other, then `sin(f x)`.
pub(super) fn forward(width: usize, frequencies: &[f32], x: &[f32], out: &mut [f32]) {
    let half = width * frequencies.len();
    vectorised(
        #[inline(always)]
        || {
            for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(2 * half)) {
                let (cosines, sines) = out.split_at_mut(half);
                for (cosines, f) in cosines.chunks_exact_mut(width).zip(frequencies) {
                    // The phases go where the cosines will be.
                    cosines.iter_mut().zip(x).for_each(|(phase, x)| *phase = f * x);
                }
                let largest =
                    cosines.iter().fold(0f32, |most, phase| if phase.abs() > most { phase.abs() } else { most });
                if largest > LARGEST_PHASE {
                    cosines.iter_mut().for_each(|phase| *phase = (f64::from(*phase) % TAU) as f32);
                }
                for (cosine, sine) in cosines.iter_mut().zip(sines) {
                    (*sine, *cosine) = sin_cos(*cosine);
                }
            }
        },
    );
}

/// Adds `∂/∂x` to `sum`; `waves` is what [`forward`] returned.
pub(super) fn add_gradient(width: usize, frequencies: &[f32], waves: &[f32], gradient: &[f32], sum: &mut [f32]) {
    let half = width * frequencies.len();
    vectorised(
        #[inline(always)]
        || {
            let rows = waves.chunks_exact(2 * half).zip(gradient.chunks_exact(2 * half));
            for (sum, (waves, gradient)) in sum.chunks_exact_mut(width).zip(rows) {
                for (i, f) in frequencies.iter().enumerate() {
                    let (cosine, sine) = (i * width, half + i * width);
                    for (j, sum) in sum.iter_mut().enumerate() {
                        *sum += f * (gradient[sine + j] * waves[cosine + j] - gradient[cosine + j] * waves[sine + j]);
                    }
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_values_are_right_too() {
        let (x, frequencies) = ([0.3f32, -2.0, 1e5, 4e6], [0.5f32, 1.0]);
        let mut out = vec![0f32; 16];
        forward(2, &frequencies, &x, &mut out);
        for (x, out) in x.chunks(2).zip(out.chunks(8)) {
            for (i, f) in frequencies.iter().enumerate() {
                for (j, x) in x.iter().enumerate() {
                    let (sine, cosine) = f64::from(f * x).sin_cos();
                    assert!((f64::from(out[2 * i + j]) - cosine).abs() < 3e-7, "cos({f} {x})");
                    assert!((f64::from(out[4 + 2 * i + j]) - sine).abs() < 3e-7, "sin({f} {x})");
                }
            }
        }
    }
}
