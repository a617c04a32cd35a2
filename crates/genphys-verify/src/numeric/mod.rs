//! An equation as numbers, straight from its syntax tree: symbol, growth rates, transform and density of a point
//! source. It shares nothing with the symbolic engine, so that each can be tested against the other.

mod density;
mod roots;
mod symbol;
mod transform;

pub(crate) use roots::of_polynomial as roots_of;
pub use symbol::Unsupported;

use genphys_pde::Complex;
use genphys_pde::pde::Pde;
use std::collections::BTreeMap;
use symbol::Reader;

/// An equation at fixed parameter values.
#[derive(Clone, Debug)]
pub struct Model {
    pde: Pde,
    values: BTreeMap<String, Complex>,
}

/// Σ_j a_j s^j + θ div(x·) = 0 at one wave vector and time.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// a_0, a_1, …; the last one is not zero.
    pub a: Vec<Complex>,
    /// θ, the coefficient of div(x φ).
    pub drift: Complex,
}

impl Model {
    /// `params` holds real values by name; a complex parameter may be given as `re(c)` and `im(c)`.
    ///
    /// # Errors
    /// [`Unsupported`] for an equation that is not linear in the field or not of the language's linear operators.
    pub fn new(pde: &Pde, params: &BTreeMap<String, f64>) -> Result<Self, Unsupported> {
        if !pde.nonlinear.is_empty() {
            return Err(Unsupported("an equation that is not linear in the field".into()));
        }
        let mut values: BTreeMap<String, Complex> =
            params.iter().map(|(name, value)| (name.clone(), Complex::real(*value))).collect();
        for param in &pde.params {
            let part = |which: &str| params.get(&format!("{which}({})", param.name)).copied();
            if let (Some(re), im) = (part("re"), part("im").unwrap_or(0.0)) {
                values.insert(param.name.clone(), Complex::new(re, im));
            } else if let Some(default) = &param.default {
                values.entry(param.name.clone()).or_insert_with(|| Complex::real(default.to_f64()));
            }
        }
        let model = Self { pde: pde.clone(), values };
        let start = vec![0.73; model.least_dimension()];
        model.symbol(&start, model.start() + 0.37)?;
        Ok(model)
    }

    /// The dimension that named coordinates ask for, at least 1.
    pub fn least_dimension(&self) -> usize {
        self.pde.explicit_dim.unwrap_or(1).max(1) as usize
    }

    /// The start of the time interval, 0 where it has none.
    pub fn start(&self) -> f64 {
        match &self.pde.time.interval.lower {
            genphys_pde::ast::Bound::Finite(n) => n.to_f64(),
            _ => 0.0,
        }
    }

    /// The symbol of `left − right` at the wave vector `k` (N = its length) and time `t`.
    ///
    /// # Errors
    /// [`Unsupported`] where an operator or a value is out of reach.
    pub fn symbol(&self, k: &[f64], t: f64) -> Result<Symbol, Unsupported> {
        let reader = Reader { pde: &self.pde, values: &self.values, k };
        let mut symbol = reader.equation(t)?;
        while symbol.a.len() > 1 && symbol.a.last().is_some_and(|c| c.abs() == 0.0) {
            symbol.a.pop();
        }
        Ok(symbol)
    }

    /// The symbol of another expression that is linear in the field, such as a density.
    ///
    /// # Errors
    /// [`Unsupported`] where an operator is out of reach.
    pub fn expression(&self, expr: &genphys_pde::ast::Expr, k: &[f64], t: f64) -> Result<Symbol, Unsupported> {
        Reader { pde: &self.pde, values: &self.values, k }.side(expr, t)
    }

    /// The value of a scalar expression in parameters, the time, `k` = |k|, `k1`, `k2`, … and `omega` or others given.
    pub fn scalar(
        &self,
        expr: &genphys_pde::ast::Expr,
        k: &[f64],
        t: f64,
        more: &[(&str, Complex)],
    ) -> Option<Complex> {
        let mut values = self.values.clone();
        let norm = k.iter().map(|x| x * x).sum::<f64>().sqrt();
        values.insert("k".into(), Complex::real(norm));
        for (i, x) in k.iter().enumerate() {
            // A parameter may be called so where the equation names no coordinates.
            values.entry(format!("k{}", i + 1)).or_insert_with(|| Complex::real(*x));
        }
        values.insert(self.pde.time.name.clone(), Complex::real(t));
        values.extend(more.iter().map(|(name, value)| ((*name).to_string(), *value)));
        Reader { pde: &self.pde, values: &values, k }.number(expr, t)
    }
}
