//! The divergence of the flow: how fast it spreads matter out at a point.

use serde::{Deserialize, Serialize};

use crate::error::FieldError;
use crate::field::empirical_field::EmpiricalField;
use crate::field::velocity_field::{FieldValues, VelocityField};

/// How the divergence of a network's field is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Divergence {
    /// One differentiation per coordinate.
    Exact,
    /// Hutchinson's estimate `ε·∇(ε·v)` with random signs ε, without bias. The same signs serve a point all along its
    /// way (Grathwohl et al., FFJORD, arXiv 1810.01367).
    Hutchinson {
        /// Random vectors per point; each costs one differentiation.
        probes: usize,
        /// Seed of the signs.
        seed: u64,
    },
}

/// A field whose divergence can be found.
pub trait Divergent: VelocityField {
    /// The field at the points `x`, `(count, dim)`, and the divergence of `dx/d ln σ` there, `(count,)`.
    ///
    /// # Errors
    /// When the field cannot be evaluated or differentiated.
    fn evaluate_with_divergence(
        &self,
        x: &[f64],
        sigma: f64,
        how: Divergence,
    ) -> Result<(FieldValues, Vec<f64>), FieldError>;
}

impl Divergent for EmpiricalField<'_> {
    fn evaluate_with_divergence(
        &self,
        x: &[f64],
        sigma: f64,
        _how: Divergence,
    ) -> Result<(FieldValues, Vec<f64>), FieldError> {
        Ok((self.evaluate(x, sigma)?, central_divergence(self, x, sigma)?))
    }
}

/// The divergence of `dx/d ln σ` by central differences, for fields in `f64`: good to about eight digits.
///
/// # Errors
/// When the field cannot be evaluated.
pub fn central_divergence(field: &dyn VelocityField, x: &[f64], sigma: f64) -> Result<Vec<f64>, FieldError> {
    let dim = field.dim();
    let step = 1e-4 * sigma;
    let mut divergence = vec![0.0; x.len() / dim];
    for j in 0..dim {
        let component = |sign: f64| -> Result<Vec<f64>, FieldError> {
            let mut moved = x.to_vec();
            moved.iter_mut().skip(j).step_by(dim).for_each(|x| *x += sign * step);
            let values = field.evaluate(&moved, sigma)?;
            let pace = |i: usize| values.pace.as_ref().map_or(1.0, |pace| pace[i]);
            Ok((j..x.len()).step_by(dim).map(|i| pace(i) * (moved[i] - values.clean[i])).collect())
        };
        let (above, below) = (component(1.0)?, component(-1.0)?);
        for (sum, (above, below)) in divergence.iter_mut().zip(above.iter().zip(&below)) {
            *sum += (above - below) / (2.0 * step);
        }
    }
    Ok(divergence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::fixture::Poisson;

    #[test]
    fn one_point_spreads_evenly() -> Result<()> {
        // dx/d ln σ = x − y: the divergence is the dimension.
        let field = EmpiricalField::new(&Poisson, &[0.3, -0.4], 2);
        let divergence = central_divergence(&field, &[1.0, 2.0, -3.0, 0.1], 0.7)?;
        assert!(divergence.iter().all(|found| (found - 2.0).abs() < 1e-9), "{divergence:?}");
        Ok(())
    }
}
