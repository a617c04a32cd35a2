//! Complete Bernstein and Stieltjes functions by the sector they map the upper half-plane into. With θ = arg λ, 0 < θ <
//! π, a function f that is holomorphic off (−∞, 0], real and positive on (0, ∞) and without zeros lies in the sector
//! [a, b] if aθ ≤ arg f(λ) ≤ bθ. Then
//!
//! - |k|^p lies in [p/2, p/2], a positive number in [0, 0];
//! - the product of functions in [a, b] and [c, d] lies in [a + c, b + d], and f^p, where −1 ≤ a ≤ b ≤ 1, between pa
//!   and pb, as f does not meet (−∞, 0];
//! - a sum lies in the hull of the sectors of its terms where that has a width of at most 1: such a sector is convex;
//! - log(1 + f) lies in the hull of [a, b] and 0, where −1 ≤ a ≤ b ≤ 1: log(1 + z) is complete Bernstein, and 0 ≤ arg
//!   F(z) ≤ arg z for such F.
//!
//! What lies in [0, 1] maps the upper half-plane into its closure and is a complete Bernstein function (SSV, theorem
//! 6.2); what lies in [−1, 0] is the reciprocal of one, a Stieltjes function (SSV, theorem 7.3), and completely
//! monotone.

use super::prove::{LONG, OrOpen, Outcome, Prover, open};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::range::Range;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::Class;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

type Q = BigRational;

/// [a, b].
type Sector = (Q, Q);

/// The function is of its class.
pub(super) fn check(prover: &mut Prover, function: &Expr, class: Class) -> Outcome {
    let (low, high) = sector(prover, function)?;
    let fits = match class {
        Class::Bernstein => !low.is_negative() && high <= Q::one(),
        Class::CompletelyMonotone => low >= -Q::one() && !high.is_positive(),
        _ => false,
    };
    if fits { Ok(()) } else { open("its sector is too wide") }
}

fn depends(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Symbol(name) => name == "k",
        ExprKind::Neg(a) | ExprKind::Function { argument: a, .. } => depends(a),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) | ExprKind::Pow(a, b) => {
            depends(a) || depends(b)
        }
        _ => false,
    }
}

fn sector(prover: &mut Prover, e: &Expr) -> Outcome<Sector> {
    if !depends(e) {
        positive(prover, e)?;
        return Ok((Q::zero(), Q::zero()));
    }
    match &e.kind {
        ExprKind::Symbol(_) => Ok((half(), half())),
        ExprKind::Add(a, b) => {
            let ((a, b), (c, d)) = (sector(prover, a)?, sector(prover, b)?);
            let hull = (a.min(c), b.max(d));
            if &hull.1 - &hull.0 <= Q::one() { Ok(hull) } else { open("a sum of functions in sectors that lie apart") }
        }
        ExprKind::Mul(a, b) => {
            let ((a, b), (c, d)) = (sector(prover, a)?, sector(prover, b)?);
            Ok((a + c, b + d))
        }
        ExprKind::Div(a, b) => {
            let ((a, b), (c, d)) = (sector(prover, a)?, sector(prover, b)?);
            Ok((a - d, b - c))
        }
        ExprKind::Pow(base, exponent) if !depends(exponent) => {
            let exponent = range(prover, exponent)?;
            let base = within_one(sector(prover, base)?)?;
            Ok(multiple(&base, &exponent))
        }
        ExprKind::Function { function: ScalarFunction::Sqrt, argument } => {
            let base = within_one(sector(prover, argument)?)?;
            Ok(multiple(&base, &(half(), half())))
        }
        ExprKind::Function { function: ScalarFunction::Log, argument } => logarithm(prover, argument),
        _ => open("a function that has no sector"),
    }
}

fn half() -> Q {
    Q::new(1.into(), 2.into())
}

fn within_one((low, high): Sector) -> Outcome<Sector> {
    let fits = low >= -Q::one() && high <= Q::one();
    if fits { Ok((low, high)) } else { open("a power of a function that may meet the negative axis") }
}

/// Between all products.
fn multiple((a, b): &Sector, (p, q): &Sector) -> Sector {
    let mut list = [a * p, a * q, b * p, b * q];
    list.sort();
    let [low, .., high] = list;
    (low, high)
}

/// log(1 + f): the summands free of k add up to at least 1.
fn logarithm(prover: &mut Prover, argument: &Expr) -> Outcome<Sector> {
    let (mut free, mut rest) = (Vec::new(), Vec::new());
    summands(argument, &mut free, &mut rest);
    let mut constant = Complex::zero();
    for e in &free {
        let value = prover.scalar(e, &[])?;
        constant = constant.plus(&value).or_open(LONG)?;
    }
    let constant = prover.real(&constant)?;
    let excess = constant.minus(&Fraction::one()).or_open(LONG)?;
    prover.non_negative(&excess, "the constant part of the argument of a logarithm less 1")?;
    let mut hull = if excess.is_zero() { None } else { Some((Q::zero(), Q::zero())) };
    for e in &rest {
        let (c, d) = sector(prover, e)?;
        hull = Some(hull.map_or((c.clone(), d.clone()), |(a, b): Sector| (a.min(c), b.max(d))));
    }
    let (low, high) = within_one(hull.or_open(LONG)?)?;
    if &high - &low > Q::one() {
        return open("a sum of functions in sectors that lie apart");
    }
    Ok((low.min(Q::zero()), high.max(Q::zero())))
}

/// The terms of a sum, free of k and others.
fn summands<'a>(e: &'a Expr, free: &mut Vec<&'a Expr>, rest: &mut Vec<&'a Expr>) {
    match &e.kind {
        ExprKind::Add(a, b) => {
            summands(a, free, rest);
            summands(b, free, rest);
        }
        _ if depends(e) => rest.push(e),
        _ => free.push(e),
    }
}

fn positive(prover: &mut Prover, e: &Expr) -> Outcome {
    let value = prover.scalar(e, &[])?;
    prover.require_free(&value, "a coefficient")?;
    let value = prover.real(&value)?;
    prover.positive(&value, "a coefficient")
}

/// The values of an exponent.
fn range(prover: &mut Prover, e: &Expr) -> Outcome<Sector> {
    let value = prover.scalar(e, &[])?;
    prover.require_free(&value, "an exponent")?;
    let value = prover.real(&value)?;
    if let Some(number) = value.as_constant() {
        return Ok((number.clone(), number));
    }
    let polynomial = value.num.scaled(&value.den.as_constant().or_open("an exponent without bounds")?.recip());
    let Some(Range { lower: Some((low, _)), upper: Some((high, _)), .. }) = prover.model.algebra.bounds(&polynomial)
    else {
        return open("an exponent without bounds");
    };
    Ok((low, high))
}
