//! What can be wrong with the constants of a kernel.

use thiserror::Error;

/// A constant outside the range in which the kernel exists.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("{kernel} kernel: {parameter} must be {expected}, found {found}")]
pub struct KernelError {
    /// Family, as in `Yukawa`.
    pub kernel: &'static str,
    /// Name of the constant, as in `speed`.
    pub parameter: &'static str,
    /// The admissible range in words.
    pub expected: &'static str,
    /// The offending value.
    pub found: f64,
}

/// Passes `value` on when it is finite and positive.
pub(crate) fn positive(kernel: &'static str, parameter: &'static str, value: f64) -> Result<f64, KernelError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(KernelError { kernel, parameter, expected: "finite and > 0", found: value })
    }
}

/// Passes `value` on when it is finite and not negative.
pub(crate) fn non_negative(kernel: &'static str, parameter: &'static str, value: f64) -> Result<f64, KernelError> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(KernelError { kernel, parameter, expected: "finite and >= 0", found: value })
    }
}

/// Passes `value` on when it is finite.
pub(crate) fn finite(kernel: &'static str, parameter: &'static str, value: f64) -> Result<f64, KernelError> {
    if value.is_finite() { Ok(value) } else { Err(KernelError { kernel, parameter, expected: "finite", found: value }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_enforced_and_named() {
        assert_eq!(positive("Heat", "diffusivity", 2.0), Ok(2.0));
        for bad in [0.0, -1.0, f64::INFINITY, f64::NAN] {
            assert!(positive("Heat", "diffusivity", bad).is_err());
        }
        assert_eq!(non_negative("Yukawa", "mass", 0.0), Ok(0.0));
        assert!(non_negative("Yukawa", "mass", -1e-9).is_err());
        assert_eq!(finite("Killed", "decay", -3.0), Ok(-3.0));
        assert!(finite("Killed", "decay", f64::NEG_INFINITY).is_err());
        let text = positive("Heat", "diffusivity", -1.0).unwrap_err().to_string();
        assert_eq!(text, "Heat kernel: diffusivity must be finite and > 0, found -1");
    }
}
