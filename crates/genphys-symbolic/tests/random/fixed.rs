//! The same equation with its parameters fixed at numbers: what is claimed of these is what is claimed of all, at them.

#![allow(clippy::unwrap_used)]

use super::brute::{Question, claimed};
use genphys_pde::ast::Number;
use genphys_symbolic::{Options, derive};
use genphys_verify::judge;
use std::collections::BTreeMap;

/// A value as a decimal number; `None` where it has many digits.
fn decimal(value: f64) -> Option<Number> {
    let number = Number::from_decimal(&format!("{:.4}", value.abs()))?;
    let number = Number { negative: value < 0.0 && !number.is_zero(), ..number };
    ((number.to_f64() - value).abs() < 1e-9).then_some(number)
}

impl Question {
    /// Compares with the verdict at these values, and returns what is said there.
    pub(crate) fn at_values(&self, params: &BTreeMap<String, f64>) -> Option<Question> {
        let set: BTreeMap<String, Number> =
            params.iter().map(|(name, value)| Some((name.clone(), decimal(*value)?))).collect::<Option<_>>()?;
        let values: BTreeMap<String, f64> = set.iter().map(|(name, n)| (name.clone(), n.to_f64())).collect();
        let found = derive(&self.pde, &Options { set, repairs: false, ..Options::default() }).ok()?;
        let found = judge(&self.pde, found);
        for (name, all, one) in [("C1", &self.found.c1, &found.c1), ("C2", &self.found.c2, &found.c2)] {
            for dim in self.dims() {
                if let (Some(expected), Some(fixed)) = (claimed(all, &values, dim), claimed(one, &values, dim))
                    && expected != fixed
                {
                    let text = format!("{name} in N = {dim} is {fixed} by {} with fixed parameters", one.rule);
                    self.contradicts(&text, &values);
                }
            }
        }
        let contradictions = Default::default();
        Some(Question { pde: self.pde.clone(), found, text: format!("{} (fixed)", self.text), contradictions })
    }
}
