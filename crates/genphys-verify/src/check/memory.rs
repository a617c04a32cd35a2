//! C1 of equations that are linear in one exponent: E(s) + B(s) ψ, a point at rest and a mixture of the laws of ψ
//! ([`Certificate::Memory`](genphys_pde::certificate::Certificate)), or with a bounded ψ a power series in what it is
//! made of.

use super::branch::{constant_coefficients, density_is, not_zero};
use super::closure::{add, proof};
use super::in_time::{
    all, any, density, difference, discriminant, divided, holds, maps_half_plane, not_negative, over_s, positive,
    product, settled, times, trimmed, zero,
};
use super::prove::{LONG, OrOpen, Outcome, Prover};
use super::waves::Model;
use super::{Claim, Level, Report};
use crate::exact::Reader;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::sign::Region;
use crate::sign::logic::Formula;
use genphys_pde::certificate::{Class, Closure};
use genphys_pde::condition::Condition;
use num_traits::Zero;

/// The variable s of a certificate.
pub(super) const S: Var = 2_000_000;

/// A polynomial in `s` whose coefficients are polynomials in the parameters, by rising power.
pub(super) fn in_s(model: &mut Model, text: &str) -> Option<Vec<Poly>> {
    let expr = genphys_pde::parse_expression(text).ok()?;
    let value = Reader::new(&mut model.algebra, model.claim.pde).with("s", Fraction::var(S).into()).scalar(&expr)?;
    let value = value.as_real()?.clone();
    let den = value.den.as_constant().filter(|d| !d.is_zero())?;
    Some(trimmed(&value.num.scaled(&den.recip()).coefficients(S)))
}

/// The symbol is a constant times Σ (rest_j + factor_j ψ) s^j.
fn is_form(model: &mut Model, rest: &[Poly], factor: &[Poly], psi: &Complex) -> Option<bool> {
    let symbol = model.symbol()?;
    let m = rest.len().max(factor.len()) - 1;
    if symbol.a.len() != m + 1 || !symbol.drift.is_zero() {
        return Some(false);
    }
    let none = Poly::zero();
    let part = |list: &[Poly], j: usize| Complex::from(Fraction::from(list.get(j).unwrap_or(&none).clone()));
    let form: Vec<Complex> =
        (0..=m).map(|j| part(rest, j).plus(&model.algebra.times(&part(factor, j), psi)?)).collect::<Option<_>>()?;
    let scale = model.algebra.over(&symbol.a[m], &form[m])?;
    if model.depends_on_wave(&scale.re) || model.depends_on_wave(&scale.im) || model.depends_on_time(&scale.re) {
        return Some(false);
    }
    for (a, f) in symbol.a.iter().zip(&form) {
        let f = model.algebra.times(&scale, f)?;
        if !model.algebra.same(a, &f)? {
            return Some(false);
        }
    }
    Some(true)
}

pub(super) const DENSITY: &str = "the density is the sum of a_j times the derivative of order j - 1";

/// The density is Σ_{j≥1} a_j ∂_t^{j−1} φ, of an equation with constant coefficients.
pub(super) fn density_of_theorem(claim: &Claim, conditions: &[Condition]) -> Outcome {
    let mut prover = Prover::new(claim, conditions)?;
    let symbol = prover.symbol()?;
    constant_coefficients(&mut prover, &symbol)?;
    not_zero(&mut prover, symbol.a.last().or_open(LONG)?, "the leading coefficient")?;
    density_is(&mut prover, &symbol.a[1..])
}

/// What is claimed of a range of dimensions: conditions on parameters, or `None` where nothing is.
struct Cases {
    /// N = 1, and with it every N that is claimed.
    line: Option<Vec<Formula>>,
    /// N = 2 and 3.
    plane: Option<Vec<Formula>>,
    /// N ≥ 4.
    space: Option<Vec<Formula>>,
}

fn cases(model: &mut Model, conditions: &[Condition]) -> Option<Cases> {
    let (least, most) = model.claim.dims;
    let mut at = |lowest: u32, highest: Option<u32>| -> Option<Option<Vec<Formula>>> {
        if highest.is_some_and(|n| least > n) || most.is_some_and(|n| n < lowest) {
            return Some(None);
        }
        let list = conditions.iter().map(|c| at_dimension(model, c, highest)).collect::<Option<Vec<_>>>()?;
        Some((settled(&all(list.clone())) != any([])).then_some(list))
    };
    Some(Cases { line: at(1, Some(1))?, plane: at(2, Some(3))?, space: at(4, None)? })
}

/// A condition in the range of dimensions that ends with `highest`: 1, 3 or all.
fn at_dimension(model: &mut Model, condition: &Condition, highest: Option<u32>) -> Option<Formula> {
    let mut each =
        |list: &[Condition]| -> Option<Vec<Formula>> { list.iter().map(|c| at_dimension(model, c, highest)).collect() };
    Some(match condition {
        Condition::All(list) => all(each(list)?),
        Condition::Any(list) => any(each(list)?),
        Condition::Words(_) => return None,
        Condition::AtMostDimensions(most) => match (*most, highest) {
            (limit, Some(highest)) if limit >= highest => all([]),
            (1 | 3, _) => any([]),
            _ => return None,
        },
        other => model.formula(other)?,
    })
}

/// What is known of all variables of some polynomials.
pub(super) fn region_of(model: &mut Model, polys: &[&Poly]) -> Option<Region> {
    let list: Vec<Fraction> = polys.iter().map(|p| Fraction::from((*p).clone())).collect();
    model.region_of(&list.iter().collect::<Vec<_>>())
}

/// A claim follows from conditions wherever parameters lie in their domains; and they can be met.
fn follows(model: &mut Model, from: &[Formula], claim: &Formula, polys: &[&Poly]) -> Option<()> {
    let region = region_of(model, polys)?;
    let parts = settled(&all(from.to_vec())).parts(&region)?;
    let claim = settled(claim);
    parts.iter().all(|part| holds(&claim, part)).then_some(())
}

/// E, B and ψ of a certificate.
pub(super) struct Linear<'a> {
    pub(super) rest: &'a str,
    pub(super) factor: &'a str,
    pub(super) closure: &'a Closure,
}

/// Checks [`Certificate::Memory`](genphys_pde::certificate::Certificate).
pub(super) fn check(claim: &Claim, conditions: &[Condition], form: &Linear, report: &mut Report) {
    let found = Model::new(claim).and_then(|mut model| verdict(&mut model, conditions, form));
    conclude(claim, conditions, found, form.closure, report);
}

/// Puts what was found about a form into the report, and where it is right its density and the proof of its exponent.
fn conclude(
    claim: &Claim,
    conditions: &[Condition],
    found: Option<Result<String, String>>,
    closure: &Closure,
    report: &mut Report,
) {
    match found {
        Some(Ok(text)) => {
            report.add("c1", Level::Proved, text);
            add(report, "c1", density_of_theorem(claim, conditions), DENSITY);
            add(report, "c1", proof(claim, conditions, closure), "every step of the closure proof follows by its rule");
        }
        Some(Err(text)) => report.add("c1", Level::Rejected, text),
        None => report.add("c1", Level::Unchecked, "the certificate does not prove it"),
    }
}

fn verdict(model: &mut Model, conditions: &[Condition], form: &Linear) -> Option<Result<String, String>> {
    if form.closure.class != Class::LevyExponent {
        return Some(Err("the proof ends in another class than that of Levy exponents".into()));
    }
    let (e, b) = (in_s(model, form.rest)?, in_s(model, form.factor)?);
    let psi = genphys_pde::parse_expression(&form.closure.function).ok()?;
    let psi = Reader::new(&mut model.algebra, model.claim.pde).scalar(&psi)?;
    if b.is_empty() || !is_form(model, &e, &b, &psi)? {
        return Some(Err("the form is not that of the equation".into()));
    }
    let square = Complex::from(Fraction::from(Poly::power(model.algebra.k(), 2)));
    let ratio = model.algebra.over(&psi, &square)?;
    let laplacian = !model.depends_on_wave(&ratio.re) && !model.depends_on_wave(&ratio.im);
    let polys: Vec<&Poly> = e.iter().chain(&b).collect();
    let cases = cases(model, conditions)?;
    if cases.line.is_none() && cases.plane.is_none() && cases.space.is_none() {
        return Some(Err("no dimension satisfies the conditions".into()));
    }
    let oriented = all([positive(b.last()?), starts_everywhere(&e, &b)?]);
    let everywhere = mixture(&e, &b).map(|m| all([oriented.clone(), m]));
    if let Some(conditions) = &cases.space {
        follows(model, conditions, everywhere.as_ref()?, &polys)?;
    }
    let of_laplacian = |found: Option<Formula>| found.filter(|_| laplacian).map(|f| all([oriented.clone(), f]));
    if let Some(conditions) = &cases.plane {
        let plane = of_laplacian(plane(&e, &b));
        follows(model, conditions, &any([everywhere.clone(), plane].into_iter().flatten()), &polys)?;
    }
    if let Some(conditions) = &cases.line {
        let line = of_laplacian(line(&e, &b));
        follows(model, conditions, &any([everywhere, line].into_iter().flatten()), &polys)?;
    }
    Some(Ok("a point at rest and a mixture of the laws of psi, with weights that are not negative".into()))
}

/// The order in time is the same at ψ = 0, where E alone is left: otherwise growth rates rise without bound for long
/// waves, and no finite density has such a transform.
fn starts_everywhere(e: &[Poly], b: &[Poly]) -> Option<Formula> {
    (e.len() >= b.len()).then(|| e.last().map(positive))?
}

/// a, h and the jumps of g.
fn mixture(e: &[Poly], b: &[Poly]) -> Option<Formula> {
    let (e0, b0) = (e.first()?, b.first()?);
    let at_rest = density(&over_s(b), b, 1)?;
    let h = over_s(&difference(&product(e, std::slice::from_ref(b0))?, &product(b, std::slice::from_ref(e0))?));
    let (quotient, rest) = divided(e, b)?;
    if quotient.len() > 2 {
        return None;
    }
    let falling: Vec<Poly> = rest.iter().map(Poly::negated).collect();
    let jumps = match (e, b) {
        // −E(−r₁) = r₁ E₁(−r₁) ≥ 0 where h is no negative density.
        ([none, _, _], [_, _, _]) if none.is_zero() && falling.len() == 2 => {
            let decaying = all(b.iter().map(positive));
            any([all([decaying, not_negative(&discriminant(b)?), not_negative(&falling[1])]), density(&falling, b, 1)?])
        }
        _ => density(&falling, b, 1)?,
    };
    let slope = quotient.get(1).map_or(all([]), not_negative);
    Some(all([at_rest, density(&h, b, 2)?, slope, jumps]))
}

/// √g is complete Bernstein and h/√g logarithmically completely monotone, E = s E₁; or with two poles the jumps of g
/// that come first are not negative: either a zero of E₁ lies to the right of both poles, or the mixture is one.
fn line(e: &[Poly], b: &[Poly]) -> Option<Formula> {
    let mut options = vec![root_is_bernstein(e, b)?];
    if let ([_, e0, e1], [_, b1, b2]) = (e, b) {
        let decaying = all(b.iter().chain([e1]).map(positive));
        // With −d = −e₀/e₁: d ≤ r₁ + r₂, and E₁(−r₁) of either sign.
        let first = b1.times(e1)?.minus(&b2.times(e0)?);
        options.push(all([decaying, not_negative(&discriminant(b)?), not_negative(&first)]));
    }
    let signs = all([zero(e.first()?)].into_iter().chain(over_s(e).iter().chain(b).map(not_negative)));
    Some(all([signs, density(&over_s(b), b, 1)?, any(options)]))
}

/// √g is complete Bernstein for E = s E₁, E₁ and B without negative coefficients: e = E₁/B or 1/e is, g = s e; or for a
/// quadratic E₁ and a linear B the zeros of E₁ are real and not both to the right of the pole, so that arg g lies in
/// [0, 2π] in the upper half-plane. Then h/√g, a multiple of s^{−1/2} E₁^{1/2} B^{−3/2}, is logarithmically completely
/// monotone too.
fn root_is_bernstein(e: &[Poly], b: &[Poly]) -> Option<Formula> {
    let inner = over_s(e);
    let mut options = vec![maps_half_plane(&inner, b)?, maps_half_plane(b, &inner)?];
    if let ([_, e1, e2], [b0, b1]) = (inner.as_slice(), b) {
        // Where the pole lies to the right of one zero alone the first option holds.
        let mean = e1.times(b1)?.minus(&times(&e2.times(b0)?, 2));
        options.push(all([not_negative(&discriminant(&inner)?), not_negative(&mean)]));
    }
    Some(any(options))
}

/// N ≤ 3, ψ = c|k|²: the kernels of 1/(|k|² + g), e^{−r√g} over 4πr in N = 3 and K₀(r√g) = ∫₁^∞ e^{−yr√g} dy/√(y² − 1)
/// over 2π in N = 2, are completely monotone in s where √g is a Bernstein function.
fn plane(e: &[Poly], b: &[Poly]) -> Option<Formula> {
    let signs = all([zero(e.first()?)].into_iter().chain(over_s(e).iter().chain(b).map(not_negative)));
    let h = over_s(&product(e, std::slice::from_ref(b.first()?))?);
    Some(all([signs, density(&over_s(b), b, 1)?, density(&h, b, 2)?, root_is_bernstein(e, b)?]))
}

/// A bounded restoring force C − f, with E and B.
pub(super) struct Bounded<'a> {
    pub(super) rest: &'a str,
    pub(super) factor: &'a str,
    pub(super) bound: &'a str,
    pub(super) jumps: &'a Closure,
}

/// Checks [`Certificate::BoundedForce`](genphys_pde::certificate::Certificate).
pub(super) fn bounded(claim: &Claim, conditions: &[Condition], form: &Bounded, report: &mut Report) {
    let found = Model::new(claim).and_then(|mut model| power_series(&mut model, conditions, form));
    conclude(claim, conditions, found, form.jumps, report);
}

fn power_series(model: &mut Model, conditions: &[Condition], form: &Bounded) -> Option<Result<String, String>> {
    if form.jumps.class != Class::PositiveDefinite {
        return Some(Err("the proof ends in another class than that of positive-definite functions".into()));
    }
    let (e, b) = (in_s(model, form.rest)?, in_s(model, form.factor)?);
    let bound = model.expression(form.bound, None)?;
    let f = genphys_pde::parse_expression(&form.jumps.function).ok()?;
    let f = Reader::new(&mut model.algebra, model.claim.pde).scalar(&f)?;
    let at_rest = model.at_rest(&f)?;
    if !model.algebra.same(&at_rest, &bound.clone().into())? {
        return Some(Err("the bound is not the value at k = 0".into()));
    }
    let psi = Complex::from(bound.clone()).minus(&f)?;
    if b.is_empty() || !is_form(model, &e, &b, &psi)? {
        return Some(Err("the form is not that of the equation".into()));
    }
    let c = bound.as_poly()?.clone();
    let force = product(&b, std::slice::from_ref(&c))?;
    let full = difference(&e, &force.iter().map(Poly::negated).collect::<Vec<_>>());
    let (f0, b0) = (full.first()?, force.first()?);
    let mixed = difference(&product(&full, std::slice::from_ref(b0))?, &product(&force, std::slice::from_ref(f0))?);
    let needed = all([
        starts_everywhere(&e, &b)?,
        positive(&c),
        positive(full.last()?),
        density(&over_s(&full), &full, 1)?,
        density(&force, &full, 1)?,
        density(&over_s(&mixed), &full, 2)?,
    ]);
    let cases = cases(model, conditions)?;
    let polys: Vec<&Poly> = e.iter().chain(&b).chain([&c]).collect();
    for conditions in [&cases.line, &cases.plane, &cases.space].into_iter().flatten() {
        follows(model, conditions, &needed, &polys)?;
    }
    Some(Ok("a power series in a positive-definite function, with coefficients that are nowhere negative".into()))
}
