//! p = |φ|² of a complex field with φ_t = D ∇²φ − c φ, D and c complex and free of x: p ≥ 0, and for every solution
//!
//!   ∂_t p + ∇·J = R,  J = 2 Im D Im(φ*∇φ) − 2 Re D Re(φ*∇φ),  R = −2 Re D |∇φ|² − 2 Re c |φ|².
//!
//! With φ*∇²φ = a + ib the time derivative is 2 Re(φ* φ_t) = 2 (Re D a − Im D b) − 2 Re c |φ|², and
//! ∇·(φ*∇φ) = |∇φ|² + a + ib. So α Im(φ*∇φ) + β Re(φ*∇φ) has the divergence αb + β(a + |∇φ|²), and the sum is R for all
//! φ exactly where α = 2 Im D, β = −2 Re D and R is as above: a, b, |∇φ|² and |φ|² are independent of each other at a
//! point.
//!
//! In general, with a flux W of the linear equation, φ_t + b·∇φ + ∇·W + c φ = 0 with real b,
//!
//!   ∂_t p + ∇·(b p + 2 Re(φ*W)) = 2 Re(∇φ*·W) − 2 Re c p,
//!
//! by the product rule for φ*W: what is to be checked is that W, b and c are those of the equation.

use super::branch::{constant_coefficients, not_zero};
use super::prove::{LONG, OrOpen, Outcome, Prover, Stop, open, parse, wrong};
use super::{Claim, Level, Report};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use crate::exact::{Algebra, Reader};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::condition::StatedCondition;
use genphys_pde::derivation::Continuity;
use genphys_pde::pde::Pde;
use num_rational::BigRational;

/// What data must be like for a density that is not linear in the field.
const DATA: &str = "data are put in as phi = sqrt(q) with a chosen phase";

/// Names that stand for Im(φ*∇φ), Re(φ*∇φ), |∇φ|² and |φ|² while texts are read.
const NAMES: [&str; 4] = ["imaginarycurrent", "realcurrent", "slopesquared", "sizesquared"];

/// Whether the density of a form is |φ|².
pub(super) fn is_density(pde: &Pde, density: &str) -> bool {
    density == format!("|{}|^2", pde.field)
}

/// Checks C1 by this density.
pub(super) fn check(claim: &Claim, conditions: &[StatedCondition], [flux, source]: [&str; 2], report: &mut Report) {
    if !conditions.iter().any(|text| text == DATA) {
        report.add("c1", Level::Rejected, "the flow depends on a phase of the data, which no condition says");
        return;
    }
    if let Some(form) = &claim.derivation.continuity
        && (form.flux != flux || form.source != source || !is_density(claim.pde, &form.density))
    {
        report.add("c1", Level::Rejected, "the continuity form is another one");
        return;
    }
    add("c1", claim, [flux, source], report);
}

/// Checks the continuity form of this density.
pub(super) fn continuity(claim: &Claim, form: &Continuity, report: &mut Report) {
    add("continuity", claim, [&form.flux, &form.source], report);
}

fn add(part: &'static str, claim: &Claim, form: [&str; 2], report: &mut Report) {
    let found = identity(claim, form).or_else(|| match of_flux(claim, form) {
        Ok(()) => Some(true),
        Err(Stop::Wrong(_)) => Some(false),
        Err(Stop::Open(_)) => None,
    });
    match found {
        Some(true) => {
            let level = if part == "c1" { Level::Sufficient } else { Level::Proved };
            let text = "p = |phi|^2 >= 0 and dp/dt + div J - R = 0 for every solution; data fix |phi| and leave the phase open";
            report.add(part, level, text);
        }
        Some(false) => report.add(part, Level::Rejected, "J and R are not those of |phi|^2"),
        None => report.add(part, Level::Unchecked, "the flow of |phi|^2 is out of reach of the checker"),
    }
}

/// Whether J and R are those of the equation.
fn identity(claim: &Claim, [flux, source]: [&str; 2]) -> Option<bool> {
    let pde = claim.pde;
    if pde.density.is_some() {
        return None;
    }
    let mut algebra = Algebra::new(claim.work, pde, claim.derivation, claim.dims, 0)?;
    let symbol = Reader::new(&mut algebra, pde).equation()?;
    let [a0, a1] = symbol.a.as_slice() else { return None };
    if !symbol.drift.is_zero() {
        return None;
    }
    // ψ = a0/a1 = c + D|k|².
    let psi = algebra.over(a0, a1)?;
    let k = algebra.k();
    let (re, im) = (in_squares(&algebra, &psi.re, k)?, in_squares(&algebra, &psi.im, k)?);
    let two = |f: &Fraction, sign: i64| f.scaled(&BigRational::from_integer((2 * sign).into()));
    let expected_flux = [two(&im[1], 1), two(&re[1], -1), Fraction::zero(), Fraction::zero()];
    let expected_source = [Fraction::zero(), Fraction::zero(), two(&re[1], -1), two(&re[0], -1)];
    for (text, expected) in [(flux, expected_flux), (source, expected_source)] {
        let stated = parts(claim, &mut algebra, text)?;
        for (stated, expected) in stated.iter().zip(expected) {
            if !algebra.same(stated, &expected.into())? {
                return Some(false);
            }
        }
    }
    Some(true)
}

/// [c, D] of c + D k².
fn in_squares(algebra: &Algebra, value: &Fraction, k: Var) -> Option<[Fraction; 2]> {
    if value.den.contains(k) || value.num.degree(k) > 2 {
        return None;
    }
    let list = value.num.coefficients(k);
    let at = |j: usize| list.get(j).cloned().unwrap_or_else(Poly::zero);
    let coefficient = |j: usize| Fraction::new(at(j), value.den.clone());
    let found = [coefficient(0)?, coefficient(2)?];
    (at(1).is_zero() && !found.iter().any(|f| algebra.depends(f, k))).then_some(found)
}

/// The factors of the four quantities in a text; `None` where it is no sum of multiples of them.
fn parts(claim: &Claim, algebra: &mut Algebra, text: &str) -> Option<[Complex; 4]> {
    let field = &claim.pde.field;
    let quantities = [
        format!("Im(conj({field})*grad({field}))"),
        format!("Re(conj({field})*grad({field}))"),
        format!("|grad({field})|^2"),
        format!("|{field}|^2"),
    ];
    if NAMES.iter().any(|name| claim.pde.param(name).is_some() || claim.pde.time.name == *name || field == name) {
        return None;
    }
    let plain = quantities.iter().zip(NAMES).fold(text.to_string(), |text, (what, name)| text.replace(what, name));
    let expr = genphys_pde::parse_expression(&plain).ok()?;
    let mut reader = Reader::new(algebra, claim.pde);
    let mut variables = Vec::new();
    for name in NAMES {
        let var = match reader.algebra.value(name).and_then(Complex::as_real).map(Fraction::variables) {
            Some(found) => *found.first()?,
            None => reader.algebra.named(name, Range::real()),
        };
        variables.push(var);
    }
    let value = reader.scalar(&expr)?;
    let mut rest = value.clone();
    let mut list = Vec::new();
    for v in &variables {
        let slope = Complex { re: value.re.derivative(*v)?, im: value.im.derivative(*v)? };
        // Linear in the quantities, and nothing but them.
        if variables.iter().any(|w| slope.contains(*w)) {
            return None;
        }
        rest = rest.minus(&algebra.times(&slope, &Fraction::var(*v).into())?)?;
        list.push(slope);
    }
    (algebra.is_zero(&rest) == Some(true)).then(|| list.try_into().ok())?
}

/// Whether J = b p + 2 Re(φ*W) and R = 2 Re(∇φ*·W) + g p, with ψ = i b·k + i k·W + c and g = −2 Re c.
fn of_flux(claim: &Claim, [flux, source]: [&str; 2]) -> Outcome {
    let text = "J and R are not those of |phi|^2";
    if claim.pde.density.is_some() {
        return open("another density is declared");
    }
    let (field, on_the_line) = (&claim.pde.field, claim.dims == (1, Some(1)));
    let size = format!("*|{field}|^2");
    let mut prover = Prover::new(claim, &[])?;
    let symbol = prover.symbol()?;
    constant_coefficients(&mut prover, &symbol)?;
    let [a0, a1] = &symbol.a[..] else { return wrong("the equation is not of first order in time") };
    not_zero(&mut prover, a1, "the coefficient of the time derivative")?;
    let mut rest = prover.model.algebra.over(a0, a1).or_open(LONG)?;
    let (flow, spread) = match flux.split_once(&format!("2*Re(conj({field})*(")) {
        Some((flow, spread)) => (flow, Some(spread.strip_suffix("))").or_open(text)?)),
        None => (flux, None),
    };
    let flow = if spread.is_some() && !flow.is_empty() { flow.strip_suffix(" + ").or_open(text)? } else { flow };
    if !matches!(flow, "" | "0") {
        let speeds = flow.strip_suffix(&size).or_open(text)?;
        let list: Vec<&str> = match speeds.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            Some(inner) => inner.split(", ").collect(),
            None if on_the_line => vec![speeds],
            None => return wrong(text),
        };
        let components = prover.model.algebra.components().to_vec();
        if list.len() != components.len() || prover.model.algebra.beyond().is_some() {
            return wrong(text);
        }
        for (speed, v) in list.into_iter().zip(components) {
            let im = prover.read_constant(speed, true)?.times(&Fraction::var(v)).or_open(LONG)?;
            rest = rest.minus(&Complex { re: Fraction::zero(), im }).or_open(LONG)?;
        }
    }
    let mut left = source;
    if let Some(spread) = spread {
        let operand = Box::new(parse(spread)?);
        let span = operand.span;
        let mut read =
            |kind: ExprKind| Reader::new(&mut prover.model.algebra, claim.pde).linear(&Expr::new(kind, span));
        let divergence = match read(ExprKind::Divergence(operand.clone())) {
            None if on_the_line => read(ExprKind::SpaceDerivative { operand, axis: 1, order: 1 }),
            found => found,
        };
        let divergence = divergence.or_open("the flux is out of reach of the exact arithmetic")?;
        let [symbol] = &divergence.a[..] else { return wrong(text) };
        if !divergence.drift.is_zero() {
            return wrong(text);
        }
        rest = rest.minus(symbol).or_open(LONG)?;
        let in_space = format!("2*Re(dot(conj(grad({field})), {spread}))");
        let along = format!("2*Re(conj(dx({field}))*({spread}))");
        let after = left.strip_prefix(in_space.as_str());
        left = match after.or_else(|| left.strip_prefix(along.as_str()).filter(|_| on_the_line)) {
            Some(after) => after,
            None => return wrong(text),
        };
    }
    let rest = prover.model.algebra.reduced_pair(&rest).or_open(LONG)?;
    prover.require_free(&rest, text)?;
    let (negative, growth) = match left.strip_prefix(" - ") {
        Some(growth) => (true, growth),
        None => (false, left.strip_prefix(" + ").unwrap_or(left)),
    };
    let mut rate = Fraction::zero();
    if !matches!(growth, "" | "0") {
        rate = prover.read_constant(growth.strip_suffix(&size).or_open(text)?, true)?;
    }
    let rate = if negative { rate.negated() } else { rate };
    let expected = rest.re.scaled(&BigRational::from_integer((-2).into()));
    prover.same(&rate.into(), &expected.into(), text)
}
