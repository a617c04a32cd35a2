//! What a file declares beside the equation: dimensions, domains of parameters, times; and what the options make of it.

use crate::base::error::EngineError;
use crate::base::options::Options;
use crate::trees::number::rational;
use crate::trees::range::Range;
use genphys_pde::ast::{Bound, Dim, Domain, Number};
use genphys_pde::derivation::{ParamSummary, PdeSummary};
use genphys_pde::pde::{Param, Pde};
use std::collections::BTreeMap;
use symbolica::domains::rational::Rational;

/// The space dimensions a verdict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dims {
    pub(crate) least: u32,
    pub(crate) most: Option<u32>,
}

impl Dims {
    pub(crate) fn only(self) -> Option<u32> {
        (self.most == Some(self.least)).then_some(self.least)
    }
}

impl From<Dims> for Dim {
    fn from(dims: Dims) -> Self {
        Self::between(dims.least, dims.most)
    }
}

/// The dimensions asked about, from the file and the options.
pub(crate) fn dims(pde: &Pde, options: &Options) -> Result<Dims, EngineError> {
    let (least, most) = match (pde.dim, pde.explicit_dim) {
        (Dim::Any, Some(n)) => (n, Some(n)),
        (dim, _) => dim.bounds(),
    };
    let declared = Dims { least, most };
    let Some(n) = options.dim else { return Ok(declared) };
    if n < declared.least || declared.most.is_some_and(|most| n > most) {
        return Err(EngineError::Dimension { asked: n, declared: Dim::from(declared).to_string() });
    }
    Ok(Dims { least: n, most: Some(n) })
}

/// The values fixed by the options, checked against names and domains.
pub(crate) fn fixed_values(pde: &Pde, options: &Options) -> Result<BTreeMap<String, Rational>, EngineError> {
    let mut fixed = BTreeMap::new();
    for (name, value) in &options.set {
        let Some(param) = pde.params.iter().find(|p| p.name == *name) else {
            let known = pde.params.iter().map(|p| p.name.clone()).collect();
            return Err(EngineError::UnknownParameter { name: name.clone(), known });
        };
        let exact = crate::trees::number::rational(value);
        if !range_of(param).contains(exact.to_f64()) {
            return Err(EngineError::OutsideDomain {
                name: name.clone(),
                value: exact.to_f64(),
                domain: param.domain.to_string(),
            });
        }
        fixed.insert(name.clone(), exact);
    }
    Ok(fixed)
}

/// The times an equation is about.
pub(crate) fn time_range(pde: &Pde) -> Range {
    interval_range(&pde.time.interval)
}

fn interval_range(interval: &genphys_pde::ast::Interval) -> Range {
    let bound = |b: &Bound, closed: bool| match b {
        Bound::Finite(n) => Some((crate::trees::number::rational(n), closed)),
        Bound::MinusInfinity | Bound::Infinity => None,
    };
    Range {
        lower: bound(&interval.lower, interval.lower_closed),
        upper: bound(&interval.upper, interval.upper_closed),
        excluded: None,
    }
}

/// The declared domain as a range.
pub(crate) fn range_of(param: &Param) -> Range {
    let end = |n: &Number, closed: bool| Some((crate::trees::number::rational(n), closed));
    let mut range = Range::default();
    match &param.domain {
        Domain::Unrestricted => {}
        Domain::Greater(n) => range.lower = end(n, false),
        Domain::GreaterEqual(n) => range.lower = end(n, true),
        Domain::Less(n) => range.upper = end(n, false),
        Domain::LessEqual(n) => range.upper = end(n, true),
        Domain::NotEqual(n) => range.excluded = Some(crate::trees::number::rational(n)),
        Domain::Interval(i) => range = interval_range(i),
    }
    range
}

/// The equation as a derivation quotes it.
pub(crate) fn summary(pde: &Pde, fixed: &BTreeMap<String, Rational>, dims: Dims) -> PdeSummary {
    let param = |p: &Param| ParamSummary {
        name: p.name.clone(),
        domain: p.declared(),
        value: fixed.get(&p.name).cloned().or_else(|| p.default.as_ref().map(rational)).map(|v| v.to_f64()),
        fixed: fixed.contains_key(&p.name),
    };
    PdeSummary {
        name: pde.name.clone(),
        title: pde.title.clone(),
        equation: pde.equation.clone(),
        hash: pde.hash.clone(),
        params: pde.params.iter().map(param).collect(),
        dim: dims.into(),
    }
}
