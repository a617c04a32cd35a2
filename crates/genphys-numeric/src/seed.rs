//! Where randomness comes from: one seed, and a stream of its own for every purpose and every step.
//!
//! A stream is derived from (seed, purpose, index), never from what ran before it. Hence a resumed training draws
//! what an uninterrupted one would have drawn, and a sample does not depend on the number of threads.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What a stream of random numbers is used for. Streams of different purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Initial values of the network; the index is the position of the parameter.
    Parameters = 1,
    /// Data points, noise levels and displacements of a training step; the index is the step.
    TrainingStep = 2,
    /// Estimates made before training; the index tells them apart.
    Calibration = 3,
    /// Draws from the prior; the index is the particle.
    Prior = 4,
    /// Births and deaths; the index is the solver step.
    Branching = 5,
    /// The choice of the particles that are handed out.
    Selection = 6,
    /// Random directions and subsets of an evaluation.
    Evaluation = 7,
    /// Noise that is added while sampling; the index is step and particle.
    Noise = 20,
    /// Random directions of Hutchinson's estimate; the index is the point.
    Probes = 21,
    /// Noise that makes whole-numbered data continuous; the index is the point.
    Dequantisation = 22,
}

/// The random stream of `purpose` number `index` under `seed`.
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // 64-bit stream numbers: 8 bits for the purpose leave 2^56 steps or particles.
    rng.set_stream(((purpose as u64) << 56) | (index & ((1 << 56) - 1)));
    rng
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, purpose, index| stream(seed, purpose, index).random::<u64>();
        assert_eq!(draw(1, Purpose::Prior, 5), draw(1, Purpose::Prior, 5));
        assert_ne!(draw(1, Purpose::Prior, 5), draw(1, Purpose::Prior, 6));
        assert_ne!(draw(1, Purpose::Prior, 5), draw(1, Purpose::Branching, 5));
        assert_ne!(draw(1, Purpose::Prior, 5), draw(2, Purpose::Prior, 5));
    }
}
