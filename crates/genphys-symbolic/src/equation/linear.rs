//! The equation as the engine works on it: the coefficients of s^j as polynomials in k and the parameters.

use crate::algebra::formula::Formula;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, Meaning, Poly, Ring, S, evaluate};
use crate::algebra::sign::SignOracle;
use crate::equation::declared::{Dims, time_range};
use genphys_pde::ast::Expr;
use genphys_pde::pde::Pde;
use std::collections::BTreeMap;
use symbolica::domains::rational::Rational;

/// A linear equation with constant coefficients: Σ_j a_j(k) s^j = 0.
pub(crate) struct Equation<'a> {
    pub(crate) pde: &'a Pde,
    pub(crate) fixed: BTreeMap<String, Rational>,
    pub(crate) ring: Ring,
    pub(crate) oracle: SignOracle,
    pub(crate) space: Space,
    pub(crate) dims: Dims,
    /// a_0 … a_m; the common denominator is left out.
    pub(crate) a: Vec<CPoly>,
    /// The common denominator, a polynomial in the parameters.
    pub(crate) den: Poly,
    /// Denominators do not vanish and exponents are positive.
    pub(crate) regular: Formula,
    /// c in a_1 φ_t + c ∇·(x φ) + a_0 φ = 0: linear drift in x.
    pub(crate) motion: Option<Poly>,
}

impl<'a> Equation<'a> {
    /// The equation that is left where the leading coefficient vanishes.
    pub(crate) fn of_lower_order(&self) -> Self {
        self.of_order(self.order().saturating_sub(1))
    }

    /// The coefficients up to s^order.
    pub(crate) fn of_order(&self, order: usize) -> Self {
        let mut a = self.a[..=order].to_vec();
        while a.len() > 1 && a.last().is_some_and(CPoly::is_zero) {
            a.pop();
        }
        Self {
            pde: self.pde,
            fixed: self.fixed.clone(),
            ring: self.ring.clone(),
            oracle: self.oracle.clone(),
            space: self.space,
            dims: self.dims,
            a,
            den: self.den.clone(),
            regular: self.regular.clone(),
            motion: self.motion.clone(),
        }
    }

    /// The operator symbol Σ_j a_j s^j.
    pub(crate) fn symbol(&self) -> CPoly {
        let zero = CPoly::real(self.ring.zero());
        let terms = self.a.iter().enumerate();
        let symbol = terms.fold(zero, |sum, (j, a)| sum.add(&a.scale(&self.ring.power(S, j as u16))));
        match (&self.motion, self.ring.motion()) {
            (Some(c), Some(index)) => symbol.add(&CPoly::real(c * &self.ring.variable(index))),
            _ => symbol,
        }
    }

    /// Order in time.
    pub(crate) fn order(&self) -> usize {
        self.a.len().saturating_sub(1)
    }

    /// Whether a parameter occurs in a coefficient, or in a function of k or a constant that does.
    pub(crate) fn has_parameters(&self) -> bool {
        let occurs = |i: usize| {
            let in_poly = |p: &Poly| p.degree(i) > 0;
            self.a.iter().any(|c| in_poly(&c.re) || in_poly(&c.im)) || self.motion.as_ref().is_some_and(in_poly)
        };
        let named = |e: &Expr| self.pde.params.iter().any(|p| crate::trees::expression::mentions(e, &p.name));
        self.ring.meanings.iter().enumerate().any(|(i, meaning)| match meaning {
            Meaning::Param(_) | Meaning::SymbolicPower { .. } => occurs(i),
            Meaning::Multiplier { expr, .. } | Meaning::Function { expr, .. } => occurs(i) && named(expr),
            _ => false,
        })
    }

    /// Whether all coefficients are real.
    pub(crate) fn is_real(&self) -> bool {
        self.a.iter().all(CPoly::is_real)
    }

    /// The same equation with a variable of the ring confined to an open interval.
    pub(crate) fn confined(&self, variable: usize, lower: &Rational, upper: &Rational) -> Self {
        let mut confined = self.of_order(self.order());
        confined.oracle = self.oracle.confined(variable, lower, upper);
        confined
    }

    /// A parameter point: values of all ring variables, with everything but constants and parameters zero.
    pub(crate) fn point(&self, params: &BTreeMap<String, f64>) -> Vec<f64> {
        self.ring
            .meanings
            .iter()
            .map(|meaning| match meaning {
                Meaning::Constant { value, .. } => *value,
                Meaning::Param(name) => params.get(name).copied().unwrap_or(0.0),
                Meaning::Time => self.moment(params),
                Meaning::Dimension => f64::from(self.dims.least),
                Meaning::Function { expr, .. } => self.number(expr, params, None).unwrap_or(0.0),
                _ => 0.0,
            })
            .collect()
    }

    /// The time looked at: the one in `params`, or one inside the interval.
    pub(crate) fn moment(&self, params: &BTreeMap<String, f64>) -> f64 {
        params.get(&self.pde.time.name).copied().unwrap_or_else(|| {
            let range = time_range(self.pde);
            match (range.lower, range.upper) {
                (Some((l, _)), Some((u, _))) => 0.5 * (l.to_f64() + u.to_f64()),
                (Some((l, _)), None) => l.to_f64() + 1.0,
                (None, Some((u, _))) => u.to_f64() - 1.0,
                (None, None) => 0.0,
            }
        })
    }

    /// The value of an expression in the parameters, the time and |k|.
    pub(crate) fn number(&self, expr: &Expr, params: &BTreeMap<String, f64>, k: Option<f64>) -> Option<f64> {
        let mut values = params.clone();
        values.extend(self.fixed.iter().map(|(name, value)| (name.clone(), value.to_f64())));
        values.insert(self.pde.time.name.clone(), self.moment(params));
        values.extend(k.map(|k| ("k".to_string(), k)));
        genphys_pde::evaluate_real(expr, &values).ok()
    }

    /// Whether coefficients depend on the time.
    pub(crate) fn depends_on_time(&self) -> bool {
        self.a
            .iter()
            .chain(std::iter::once(&CPoly::real(self.den.clone())))
            .any(|c| self.ring.has_time(&c.re) || self.ring.has_time(&c.im))
            || self.motion.as_ref().is_some_and(|c| self.ring.has_time(c))
    }

    /// Sets the wave variables of a point to a wave vector; one entry is |k| along the first axis.
    pub(crate) fn set_wave_vector(&self, point: &mut [f64], k: &[f64]) {
        let norm = k.iter().map(|x| x * x).sum::<f64>().sqrt();
        let multipliers = self.ring.meanings.iter().any(|m| matches!(m, Meaning::Multiplier { .. }));
        let values = if multipliers && norm != 0.0 { self.values(point, norm) } else { BTreeMap::new() };
        for (index, meaning) in self.ring.meanings.iter().enumerate() {
            let value = match meaning {
                Meaning::Radial => norm.powf(1.0 / f64::from(self.ring.root)),
                Meaning::Component(axis) => k.get(*axis as usize - 1).copied().unwrap_or(0.0),
                Meaning::SymbolicPower { exponent, .. } => norm.powf(evaluate(exponent, point).0),
                // At k = 0 the expression may be 0/0; what it stands for vanishes there.
                Meaning::Multiplier { .. } if norm == 0.0 => 0.0,
                Meaning::Multiplier { expr, .. } => genphys_pde::evaluate_real(expr, &values).unwrap_or(f64::NAN),
                _ => continue,
            };
            point[index] = value;
        }
    }

    /// The parameters, the time and |k| by name.
    fn values(&self, point: &[f64], norm: f64) -> BTreeMap<String, f64> {
        let of_point = self.ring.meanings.iter().zip(point).filter_map(|(meaning, value)| match meaning {
            Meaning::Param(name) => Some((name.clone(), *value)),
            _ => None,
        });
        let mut values: BTreeMap<String, f64> = of_point.collect();
        values.extend(self.fixed.iter().map(|(name, value)| (name.clone(), value.to_f64())));
        let time = self.ring.time().and_then(|i| point.get(i).copied());
        values.insert(self.pde.time.name.clone(), time.unwrap_or_else(|| self.moment(&values)));
        values.insert("k".into(), norm);
        values
    }
}
