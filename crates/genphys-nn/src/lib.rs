//! Networks on candle, their parameters, and a step of their training.
//!
//! The layers of a network are one node of candle's graph, with loops of their own on a CPU ([`genphys_numeric`]) and
//! kernels of their own on a GPU ([`genphys_gpu`]).

pub mod ema;
mod error;
pub mod fused;
pub mod gradients;
pub mod network;
pub mod optimizer;
pub mod quantisation;

pub use error::{NnError, Result};
