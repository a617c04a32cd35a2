//! Equations that are not linear in the field: the state about which they are linearised, and claims about small
//! disturbances of it.
//!
//! For a uniform φ₀ with F[φ₀] = 0 the part of F[φ₀ + εψ] that is linear in ε is Fréchet's derivative of F, an equation
//! with the symbol that [`Reader::linearised`] computes. The linear equation of the certificate must have the same
//! symbol, exactly; then the claim about it is checked like any other. What follows is about small disturbances, so it
//! is never more than sufficient.

use super::{Claim, Level, Report, one_condition};
use crate::exact::fraction::Complex;
use crate::exact::{Algebra, Reader, Symbol};
use genphys_pde::ast::{Domain, Expr, Number};
use genphys_pde::certificate::Certificate;
use genphys_pde::condition::{Condition, StatedCondition};
use genphys_pde::derivation::{Derivation, ParamSummary};
use genphys_pde::pde::{Param, Pde};
use genphys_pde::span::Span;
use genphys_pde::verdict::{ConditionReport, Status};

/// A uniform state, read from `phi = 0` or `phi = phi0 for any phi0 > 0`.
pub(super) struct Background {
    value: Expr,
    /// The parameter that the value is, where any one of its domain solves the equation.
    level: Option<Param>,
}

impl Background {
    pub(super) fn read(pde: &Pde, text: &str) -> Option<Self> {
        let (name, rest) = text.split_once(" = ")?;
        if name != pde.field {
            return None;
        }
        let Some((value, domain)) = rest.split_once(" for any ") else {
            return Some(Self { value: genphys_pde::parse_expression(rest).ok()?, level: None });
        };
        let positive = match domain.strip_prefix(value)? {
            "" => false,
            " > 0" => true,
            _ => return None,
        };
        // A name that nothing else has.
        let is_new = value.strip_prefix(&pde.field).is_some_and(|end| !end.is_empty() && end.chars().all(|c| c == '0'))
            && pde.params.iter().all(|p| p.name != value)
            && pde.time.name != value;
        let level = Param {
            name: value.into(),
            complex: false,
            domain: if positive { Domain::Greater(Number::integer(0)) } else { Domain::Unrestricted },
            default: None,
            span: Span::new(0, 0),
        };
        is_new.then_some(Self { value: genphys_pde::parse_expression(value).ok()?, level: Some(level) })
    }

    /// The equation with the level among its parameters.
    pub(super) fn extended(&self, pde: &Pde) -> Pde {
        let mut pde = pde.clone();
        pde.params.extend(self.level.clone());
        pde
    }

    /// The symbol of the linear part, and whether the state solves the equation. `pde` is the extended one.
    pub(super) fn symbol(&self, algebra: &mut Algebra, pde: &Pde) -> Option<(Symbol, bool)> {
        let mut reader = Reader::new(algebra, pde);
        let value = reader.scalar(&self.value)?;
        let (symbol, rest) = reader.linearised(&value)?;
        Some((symbol, rest.is_zero()))
    }
}

/// Whether two symbols are found to be the same.
pub(super) fn same(algebra: &Algebra, a: &Symbol, b: &Symbol) -> bool {
    let same = |x: &Complex, y: &Complex| algebra.same(x, y) == Some(true);
    a.a.len() == b.a.len() && a.a.iter().zip(&b.a).all(|(x, y)| same(x, y)) && same(&a.drift, &b.drift)
}

/// Checks a claim about small disturbances.
pub(super) fn check(claim: &Claim, part: &'static str, condition: &ConditionReport, is_c1: bool, report: &mut Report) {
    let Some(Certificate::Linearised { background: text, equation, status, conditions, of }) = &condition.certificate
    else {
        return;
    };
    if let Err((level, why)) = fits(claim, condition, text, (*status, conditions), is_c1) {
        report.add(part, level, why);
        return;
    }
    let inner = match linear_equation(claim, text, equation) {
        Ok(inner) => inner,
        Err((level, why)) => {
            report.add(part, level, why);
            return;
        }
    };
    let derivation = about(&inner, claim.derivation);
    let inner_claim = Claim { pde: &inner, derivation: &derivation, shift: None, ..*claim };
    let rule = condition.rule.strip_prefix("linearised-").unwrap_or(&condition.rule);
    let inner_condition = ConditionReport {
        conditions: conditions.clone(),
        certificate: of.as_deref().cloned(),
        ..ConditionReport::proposed(*status, rule, "")
    };
    let mut found = Report::default();
    one_condition(&inner_claim, part, &inner_condition, is_c1, &mut found);
    for finding in found.findings {
        // What small disturbances do is sufficient at best; a refutation of smoothing is one of the equation too.
        let level = match (finding.level, condition.status) {
            (Level::Proved, Status::Conditional) => Level::Sufficient,
            (level, _) => level,
        };
        report.add(part, level, format!("for small disturbances of {text}: {}", finding.text));
    }
}

type Refusal = (Level, String);

/// The claim about the equation must be what the claim about the linear one says of small disturbances.
fn fits(
    claim: &Claim,
    condition: &ConditionReport,
    text: &str,
    (status, conditions): (Status, &[StatedCondition]),
    is_c1: bool,
) -> Result<(), Refusal> {
    let rejected = |why: &str| Err((Level::Rejected, why.to_string()));
    if claim.pde.nonlinear.is_empty() {
        return rejected("the equation is linear");
    }
    if claim.derivation.background.as_deref() != Some(text) {
        return rejected("the certificate is about another background");
    }
    let allowed = match condition.status {
        Status::Conditional => matches!(status, Status::Holds | Status::Conditional),
        // Growing disturbances refute smoothing, negative ones do not refute a density that is positive as a whole.
        Status::Fails => !is_c1 && status == Status::Fails,
        Status::Holds | Status::Undecided => false,
    };
    if !allowed {
        return rejected("the claim does not follow from the one about the linear equation");
    }
    let mut expected = conditions.to_vec();
    if condition.status == Status::Conditional {
        expected.push(format!("linearised about {text}").into());
    }
    if condition.conditions != expected {
        return rejected("the conditions are not those of the linear equation and its background");
    }
    if status == Status::Holds && !conditions.is_empty() {
        return rejected("what holds has no conditions");
    }
    // A condition must be about the parameters of the linear equation.
    let readable = super::condition::all(conditions);
    if readable.iter().any(|c| matches!(c, Condition::Words(text) if text.starts_with("linearised about"))) {
        return rejected("the linear equation is linearised again");
    }
    Ok(())
}

/// The linear equation of a certificate, with all parameters, the time and the dimensions of the equation, where it has
/// the symbol of the linear part.
fn linear_equation(claim: &Claim, text: &str, equation: &str) -> Result<Pde, Refusal> {
    let rejected = |why: &str| (Level::Rejected, why.to_string());
    let unchecked = |why: &str| (Level::Unchecked, why.to_string());
    let outer = claim.pde;
    let background = Background::read(outer, text).ok_or_else(|| rejected("the background is not readable"))?;
    let read = genphys_pde::inline(equation).map_err(|_| rejected("the linear equation is not readable"))?.pde;
    let extended = background.extended(outer);
    let declared =
        |p: &Param| extended.params.iter().any(|q| p.name == q.name && p.domain == q.domain && p.complex == q.complex);
    if !read.nonlinear.is_empty() || read.density.is_some() {
        return Err(rejected("the linear equation is not linear, or declares a density"));
    }
    if !read.params.iter().all(declared) || read.field != outer.field || read.time != outer.time {
        return Err(rejected("the linear equation declares other names"));
    }
    let inner = Pde {
        left: read.left,
        right: read.right,
        equation: read.equation,
        hash: read.hash,
        nonlinear: Vec::new(),
        density: None,
        ..extended.clone()
    };
    let components = outer.explicit_dim.unwrap_or(0);
    if read.explicit_dim.unwrap_or(0) > components {
        return Err(rejected("the linear equation has more coordinates"));
    }
    let derivation = about(&inner, claim.derivation);
    let algebra = Algebra::new(claim.work, &inner, &derivation, claim.dims, components);
    let mut algebra = algebra.ok_or_else(|| unchecked("the parameters are out of reach of the checker"))?;
    let Some((symbol, solves)) = background.symbol(&mut algebra, &extended) else {
        return Err(unchecked("the linear part of the equation is out of reach of the checker"));
    };
    if !solves {
        return Err(rejected("the background does not solve the equation"));
    }
    let stated = Reader::new(&mut algebra, &inner).equation();
    let stated = stated.ok_or_else(|| unchecked("the linear equation is out of reach of the checker"))?;
    if !same(&algebra, &stated, &symbol) {
        return Err(rejected("the linear equation is not the linear part of the equation"));
    }
    Ok(inner)
}

/// A derivation with the parameters of the linear equation, in which nothing else is said.
fn about(inner: &Pde, derivation: &Derivation) -> Derivation {
    let mut derivation = derivation.clone();
    for param in &inner.params {
        if derivation.pde.params.iter().all(|p| p.name != param.name) {
            let (name, domain) = (param.name.clone(), param.declared());
            derivation.pde.params.push(ParamSummary { name, domain, value: None, fixed: false });
        }
    }
    derivation.pde.equation.clone_from(&inner.equation);
    derivation.pde.hash.clone_from(&inner.hash);
    derivation.continuity = None;
    derivation.kernel = None;
    derivation.background = None;
    derivation
}
