//! Standard normal numbers, many at once.

use rand::RngCore;

use crate::{ln, quarter_turns, vectorised};

/// Pairs of numbers per request to the generator.
const PAIRS: usize = 256;

/// Fills `out` with independent standard normal numbers, in pairs by the method of Box and Muller: the same on every
/// machine, and four bytes of the generator for each.
///
/// The radius of a pair takes 32 random bits, so that numbers reach to 6.7; one in 10¹¹ lies beyond, and no training
/// draws as many. (The 24 bits of an `f32` between 0 and 1 would end at 5.9, one in 3·10⁸.) Near zero, numbers are as
/// fine as an `f32` of size one: a divisor should be drawn in another way.
pub fn fill_normals(rng: &mut impl RngCore, out: &mut [f32]) {
    let (mut bytes, mut pairs) = ([0; 8 * PAIRS], [[0f32; PAIRS]; 2]);
    for block in out.chunks_mut(2 * PAIRS) {
        let count = block.len().div_ceil(2);
        rng.fill_bytes(&mut bytes[..8 * count]);
        let (radii, angles) = bytes.as_chunks::<4>().0[..2 * count].split_at(count);
        let [first, second] = &mut pairs;
        vectorised(
            #[inline(always)]
            || {
                for (((a, b), radius), angle) in first.iter_mut().zip(second.iter_mut()).zip(radii).zip(angles) {
                    (*a, *b) = normal_pair(u32::from_le_bytes(*radius), u32::from_le_bytes(*angle));
                }
            },
        );
        let (a, b) = block.split_at_mut(count);
        a.copy_from_slice(&first[..count]);
        b.copy_from_slice(&second[..b.len()]);
    }
}

/// Two independent standard normal numbers from 64 random bits: radius √(−2 ln u), u = (`radius` + ½)/2³², and an
/// angle.
#[inline(always)]
fn normal_pair(radius: u32, angle: u32) -> (f32, f32) {
    const UNIT: f32 = 1.0 / 4_294_967_296.0;
    // How far u is from the nearer end of the interval from 0 to 1. The upper half of the words, negative as signed
    // numbers, are counted from the end at 0.
    let signed = radius as i32;
    let distance = ((signed ^ (signed >> 31)) as f32 + 0.5) * UNIT;
    // Near one u is rounded, by `lost`, which is the leading part of what is missing in its logarithm.
    let complement = 1.0 - distance;
    let (u, lost) = if signed < 0 { (distance, 0.0) } else { (complement, distance - (1.0 - complement)) };
    let length = (-2.0 * (ln(u) - lost)).sqrt();
    // Two bits for the quarter of the circle, thirty for the place on it.
    let within = ((angle << 2) as i32) as f32 * (std::f32::consts::FRAC_PI_4 / 2_147_483_648.0);
    let (sine, cosine) = quarter_turns(within, angle >> 30);
    (length * cosine, length * sine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Purpose, stream};

    fn draw(count: usize, index: u64) -> Vec<f32> {
        let mut numbers = vec![f32::NAN; count];
        fill_normals(&mut stream(0, Purpose::Calibration, index), &mut numbers);
        numbers
    }

    /// Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/15 + …).
    fn cumulative(x: f64) -> f64 {
        let (mut sum, mut term, mut odd) = (0.0, x, 1.0);
        while sum + term != sum {
            sum += term;
            odd += 2.0;
            term *= x * x / odd;
        }
        0.5 + sum * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
    }

    #[test]
    fn numbers_have_the_normal_law() {
        for (index, count) in [(1, 1 << 17), (2, 100_001)] {
            let mut numbers = draw(count, index);
            numbers.sort_by(f32::total_cmp);
            let place = |(i, x): (usize, &f32)| (cumulative(f64::from(*x)) - (i as f64 + 0.5) / count as f64).abs();
            let farthest = numbers.iter().enumerate().map(place).fold(0.0, f64::max);
            // Kolmogorov and Smirnov: exceeded by chance once in a thousand.
            assert!(farthest * (count as f64).sqrt() < 1.95, "{farthest}");
        }
    }

    #[test]
    fn numbers_do_not_know_of_each_other() {
        let count = 1 << 18;
        let numbers: Vec<f64> = draw(count, 3).into_iter().map(f64::from).collect();
        // Neighbours, the two of a pair, and numbers of two blocks.
        for lag in [1, PAIRS, 2 * PAIRS] {
            for power in [1, 2] {
                let centred = |x: f64| if power == 1 { x } else { (x * x - 1.0) / 2f64.sqrt() };
                let pairs = numbers.iter().zip(&numbers[lag..]);
                let sum: f64 = pairs.map(|(a, b)| centred(*a) * centred(*b)).sum();
                assert!((sum / (count as f64).sqrt()).abs() < 4.0, "lag {lag}, power {power}: {sum}");
            }
        }
    }

    #[test]
    fn tails_are_as_heavy_as_they_should_be() {
        let mut beyond = [0u32; 3];
        let (rounds, count) = (32, 1 << 20);
        for round in 0..rounds {
            for x in draw(count, 10 + round) {
                for (i, number) in beyond.iter_mut().enumerate() {
                    *number += u32::from(x.abs() > 3.0 + i as f32);
                }
            }
        }
        for (number, share) in beyond.into_iter().zip([2.699_796e-3, 6.334_248e-5, 5.733_031e-7]) {
            let expected = share * (rounds as f64) * count as f64;
            assert!((f64::from(number) - expected).abs() < 4.0 * expected.sqrt(), "{number} {expected}");
        }
    }

    #[test]
    fn every_radius_is_that_of_its_word() {
        let few = (0..31).flat_map(|bit| [(1u32 << bit) - 1, 1 << bit]);
        for word in few.chain([0x7fff_fffe, 0x7fff_ffff]) {
            let distance = (f64::from(word) + 0.5) / 2f64.powi(32);
            for (radius, logarithm) in [(word, (-distance).ln_1p()), (!word, distance.ln())] {
                let (length, expected) = (f64::from(normal_pair(radius, 0).0), (-2.0 * logarithm).sqrt());
                assert!((length / expected - 1.0).abs() < 3e-7, "{radius:x}: {length} {expected}");
            }
        }
        assert!(normal_pair(u32::MAX, 0).0 > 6.7);
        for (angle, expected) in
            [(0, (1.0, 0.0)), (1 << 30, (0.0, 1.0)), (1 << 31, (-1.0, 0.0)), (3 << 30, (0.0, -1.0))]
        {
            let (a, b) = normal_pair(u32::MAX, angle);
            let length = a.hypot(b);
            assert!((a / length - expected.0).abs() + (b / length - expected.1).abs() < 1e-6, "{angle:x}: {a} {b}");
        }
    }
}
