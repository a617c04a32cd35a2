//! Particles on their way along the flow: from the prior to samples, between data and latents, and past known values.

pub mod added_noise;
pub mod birth_death;
pub mod bounds;
pub mod inpainting;
pub mod sampler;
pub mod transport;
