//! Networks on candle, their parameters, and a step of their training.
//!
//! The layers of a network are one node of candle's graph, with loops of their own on a CPU ([`genphys_numeric`]) and
//! kernels of their own on a GPU ([`genphys_gpu`]).

pub mod comparison;
pub mod ema;
mod error;
pub mod fused;
pub mod gradients;
pub mod network;
pub mod optimizer;
pub mod quantisation;

/// What networks of one's own are written with: see [`network::CandleNetwork`].
pub use candle_nn;
pub use error::{NnError, Result};
