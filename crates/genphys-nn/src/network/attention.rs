//! Self-attention between the positions of an image, with its projections.

use super::layers::{Activation, Dense, LayersBuilder};

/// Channels per head that are aimed at.
const HEAD_CHANNELS: usize = 32;

/// Queries, keys and values of every position, then attention (Vaswani et al., arXiv 1706.03762). What follows is the
/// projection `name.projection`.
pub(super) fn attended(network: &mut LayersBuilder, name: &str, from: Activation) -> Activation {
    let channels = network.size(from).width;
    let wanted = (channels / HEAD_CHANNELS).max(1);
    let heads = (1..=wanted).rev().find(|heads| channels.is_multiple_of(*heads)).unwrap_or(1);
    let joint = network.dense(Dense::new(format!("{name}.joint"), from, 3 * channels));
    network.attention(joint, heads)
}
