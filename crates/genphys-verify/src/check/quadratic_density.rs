//! p = |φ|² of a complex field with φ_t = D ∇²φ − c φ, D and c complex and free of x: p ≥ 0, and for every solution
//!
//!   ∂_t p + ∇·J = R,  J = 2 Im D Im(φ*∇φ) − 2 Re D Re(φ*∇φ),  R = −2 Re D |∇φ|² − 2 Re c |φ|².
//!
//! With φ*∇²φ = a + ib the time derivative is 2 Re(φ* φ_t) = 2 (Re D a − Im D b) − 2 Re c |φ|², and
//! ∇·(φ*∇φ) = |∇φ|² + a + ib. So α Im(φ*∇φ) + β Re(φ*∇φ) has the divergence αb + β(a + |∇φ|²), and the sum is R for all φ
//! exactly where α = 2 Im D, β = −2 Re D and R is as above: a, b, |∇φ|² and |φ|² are independent of each other at a point.

use super::{Claim, Level, Report};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use crate::exact::{Algebra, Reader};
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
pub(super) fn check(claim: &Claim, conditions: &[String], [flux, source]: [&str; 2], report: &mut Report) {
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
    match identity(claim, form) {
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
    let mut algebra = Algebra::new(pde, claim.derivation, claim.dims, 0)?;
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
