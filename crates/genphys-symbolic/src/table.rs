//! Branches as numbers, for tables and plots.

use crate::algebra::steps::Workspace;
use crate::base::error::EngineError;
use crate::base::options::Options;
use crate::claims::c2;
use crate::equation::dispersion;
use crate::equation::linear::Equation;
use crate::equation::{declared, nonlinear};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::Problem;
use std::collections::BTreeMap;
use std::rc::Rc;

/// One branch at one wave number.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DispersionRow {
    /// Wave number |k|.
    pub k: f64,
    /// Number of the branch, from 0, in the order of the printed branches.
    pub branch: usize,
    /// Re ω.
    pub re_omega: f64,
    /// Im ω, the growth rate.
    pub im_omega: f64,
    /// Whether the branch counts.
    pub selected: bool,
}

pub(crate) fn dispersion_table(
    pde: &Pde,
    options: &Options,
    k: &[f64],
    work: &Rc<Workspace>,
) -> Result<Vec<DispersionRow>, EngineError> {
    let fixed = declared::fixed_values(pde, options)?;
    let dims = declared::dims(pde, options)?;
    // An equation that is not linear has the dispersion relation of small disturbances of its first background.
    let linear = match pde.nonlinear.is_empty() {
        true => None,
        false => Some(nonlinear::linearise(pde, &fixed, work).map_err(EngineError::NoDispersion)?),
    };
    let pde = linear.as_ref().and_then(|list| list.first()).map_or(pde, |background| &background.pde);
    let eq = Equation::read(pde, fixed, dims, work).map_err(|u| EngineError::NoDispersion(u.what))?;
    let mut values = BTreeMap::new();
    for param in pde.params.iter().filter(|p| !eq.fixed.contains_key(&p.name)) {
        let value = param.default.as_ref().map(|n| crate::trees::number::rational(n).to_f64());
        let value = value.ok_or_else(|| EngineError::NoValue(param.name.clone()))?;
        // A complex parameter is two real variables of the ring; a default is a real number.
        values.insert(if param.complex { format!("re({})", param.name) } else { param.name.clone() }, value);
    }
    let mut point = eq.point(&values);
    let problem = c2::decide(&eq).problem();
    let mut rows = Vec::new();
    let mut previous: Vec<(f64, f64)> = Vec::new();
    for k in k {
        eq.set_wave_vector(&mut point, &[k.abs()]);
        let rates = dispersion::growth_rates(&eq, &point);
        let rates = if eq.order() > 2 { dispersion::continued(&previous, rates) } else { rates };
        let counts = dispersion::branches_that_count(&rates, problem);
        for (branch, ((re, im), selected)) in rates.iter().zip(counts).enumerate() {
            // ω = i s; adding zero turns −0 into 0.
            let selected = selected && problem != Problem::IllPosed;
            rows.push(DispersionRow { k: *k, branch, re_omega: -im + 0.0, im_omega: re + 0.0, selected });
        }
        previous = rates;
    }
    Ok(rows)
}
