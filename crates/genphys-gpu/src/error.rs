//! What can be wrong with a device.

/// A device or a format of numbers that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// The device that was asked for cannot be used.
    #[error("device `{device}` cannot be used: {reason}")]
    Device {
        /// The device as it was asked for.
        device: String,
        /// Why not, and what would help.
        reason: String,
    },
    /// There are no such kernels.
    #[error("unknown kernels `{found}`; known: {known}")]
    Kernels {
        /// What was asked for.
        found: String,
        /// What there is.
        known: String,
    },
    /// There is no such format of numbers.
    #[error("unknown precision `{found}`; known: {known}")]
    Precision {
        /// What was asked for.
        found: String,
        /// What there is.
        known: String,
    },
}
