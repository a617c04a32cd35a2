//! What can be wrong with the parameters of a generated model.

use genphys_kernels::KernelError;

/// A parameter outside its domain. Returned by the constructors of generated models.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamError {
    /// The value is not in the domain declared in the `.pde` file.
    #[error("parameter `{name}` must be {domain}, found {value}")]
    Domain {
        /// Name of the parameter.
        name: &'static str,
        /// The domain as declared: `> 0`, `in (0, 2]`, `real`.
        domain: &'static str,
        /// The value that was given.
        value: f64,
    },
    /// Each value is in its domain, but a constant of the kernel that is computed from them left the range of numbers.
    #[error("the parameters give no usable kernel: {0}")]
    Kernel(#[from] KernelError),
    /// More or fewer values than parameters.
    #[error("expected {expected} parameter values, found {found}")]
    Count {
        /// How many parameters there are.
        expected: usize,
        /// How many values were given.
        found: usize,
    },
    /// The model was written with its values in place.
    #[error("the parameters of this model cannot be changed")]
    Unchangeable,
}

impl ParamError {
    /// Passes when the value is finite and `in_domain` holds.
    ///
    /// # Errors
    /// [`ParamError::Domain`] otherwise.
    pub fn require(name: &'static str, value: f64, domain: &'static str, in_domain: bool) -> Result<(), Self> {
        if in_domain && value.is_finite() { Ok(()) } else { Err(Self::Domain { name, domain, value }) }
    }

    /// As many values as there are parameters.
    ///
    /// # Errors
    /// [`ParamError::Count`] when there are more or fewer.
    pub fn values<const K: usize>(values: &[f64]) -> Result<[f64; K], Self> {
        values.try_into().map_err(|_| Self::Count { expected: K, found: values.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::ParamError;

    #[test]
    fn the_message_names_parameter_domain_and_value() {
        assert_eq!(ParamError::require("m", 1.0, "> 0", true), Ok(()));
        let error = ParamError::require("m", -1.0, "> 0", false).unwrap_err();
        assert_eq!(error.to_string(), "parameter `m` must be > 0, found -1");
        assert!(ParamError::require("m", f64::INFINITY, "> 0", true).is_err());
    }

    #[test]
    fn values_are_counted() {
        assert_eq!(ParamError::values(&[1.0, 2.0]), Ok([1.0, 2.0]));
        assert_eq!(ParamError::values::<2>(&[1.0]), Err(ParamError::Count { expected: 2, found: 1 }));
    }
}
