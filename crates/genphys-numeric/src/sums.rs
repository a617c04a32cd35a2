//! Sums of slices.

use rayon::prelude::*;

use super::{BLOCK, vectorised};

/// `sum += values`.
pub fn add_to(sum: &mut [f32], values: &[f32]) {
    vectorised(
        #[inline(always)]
        || sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value),
    );
}

/// Adds all rows to `sum`.
pub fn add_rows(sum: &mut [f32], rows: &[f32]) {
    vectorised(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(sum.len()) {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        },
    );
}

/// Adds partial sums in their order, so that the result is the same for any number of threads.
pub fn add_in_order(total: &mut [f32], partial: &[Vec<f32>]) {
    total.par_chunks_mut(BLOCK).enumerate().for_each(|(i, total)| {
        for sums in partial {
            add_to(total, &sums[i * BLOCK..][..total.len()]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_right() {
        let count = 2 * BLOCK + 7;
        let partial: Vec<Vec<f32>> = (0..3).map(|i| (0..count).map(|j| (i * count + j) as f32).collect()).collect();
        let mut total = vec![1f32; count];
        add_in_order(&mut total, &partial);
        assert!((0..count).all(|j| total[j] == (3 * count + 3 * j + 1) as f32));
        let mut sum = [1f32; 3];
        add_rows(&mut sum, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(sum, [6.0, 8.0, 10.0]);
    }
}
