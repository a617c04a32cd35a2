//! ψ = n/d with a denominator that depends on |k|: a rational function f(μ) of μ = |k|^g, g ≤ 2. It is a complete
//! Bernstein function of μ, and so ψ one of |k|² (μ is one, and they can be composed), when f ≥ 0 maps the upper
//! half-plane into its closure (Schilling, Song, Vondraček, *Bernstein Functions*, theorem 6.2). With coprime real p, q
//! and f = p/q,
//!
//!   |q(z)|² Im f(z)/Im z = Bez(z, z̄),  Bez(x, y) = (p(x) q(y) − p(y) q(x))/(x − y),
//!
//! so that a positive semidefinite matrix of Bez is all it takes (Hermite; Biehler): poles and zeros interlace.
//!
//! What no density can have, in any dimension, with ψ(0) = 0: growth beyond |k|²; a wrong sign for long or for short
//! waves; ψ = o(|k|²) for long waves, where the variance is 0; ψ → 0 for short waves, where the mean of ψ over large
//! balls, which is the rate of jumps, is 0. Where Re ψ does not depend on k, |p̂(k, t)| = p̂(0, t), p is a single
//! point, and ψ linear.

use super::line_quotient;
use crate::algebra::formula::Formula;
use crate::algebra::polynomial::{monomials, radial};
use crate::algebra::positivity::{Space, positive_semidefinite};
use crate::algebra::ring::{CPoly, K1, Poly, RADIAL};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;
use crate::trees::expression::K;
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::certificate::{Class, Closure, ClosureRule};
use symbolica::domains::rational::Rational;

const RULE: &str = "bernstein";
/// Matrices above this are not looked at.
const MOST_ROWS: usize = 4;
/// Powers above this are not multiplied out.
const MOST_POWER: usize = 8;

/// C1 of a1(k) φ_t + a0(k) φ = 0.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly) -> C1 {
    if let Some(point) = single_point(eq, a0, a1)
        && point.simplify(&eq.oracle) == Formula::False
    {
        let because = "Re psi is the same for every k, so that |p-hat(k, t)| = p-hat(0, t) and p is a single point, but Im psi is not \
                       linear in k";
        return C1::new("single-point", Formula::False, because);
    }
    // In N = 1 the triple decides more; a complete Bernstein function says more: that p >= 0 in every dimension, and
    // the kernel.
    let line = line_quotient::decide(eq, a0, a1).filter(|found| found.formula.unknowns().is_empty());
    let found = of_bernstein(eq, a0, a1);
    match line {
        Some(line) if found.formula != Formula::True => line,
        _ => found,
    }
}

/// By the quotient as a function of |k|^g.
fn of_bernstein(eq: &Equation, a0: &CPoly, a1: &CPoly) -> C1 {
    let why = "a quotient of polynomials in |k| that is no complete Bernstein function";
    if !a0.is_real()
        || !a1.is_real()
        || eq.space != Space::Radial
        || eq.ring.has_atom(&a0.re)
        || eq.ring.has_atom(&a1.re)
    {
        let why = "a quotient of functions of k that are no polynomials in |k|, or with complex coefficients";
        return C1::new(RULE, Formula::Unknown(why.into()), why);
    }
    // ψ − ψ(0) = p/q.
    let (n0, d0) = (eq.ring.at_zero(&a0.re), eq.ring.at_zero(&a1.re));
    let (p, q) = (&(&a0.re * &d0) - &(&n0 * &a1.re), &a1.re * &d0);
    let regular = Formula::all([Formula::positive(&(&d0 * &d0)), eq.positive(&q)]).simplify(&eq.oracle);
    let (complete, exact) = complete(eq, &p, &q);
    let open = Formula::Unknown(why.into());
    let formula = match regular {
        Formula::True if exact => complete,
        Formula::True => Formula::all([possible(eq, &p, &q), Formula::any([complete, open])]),
        regular => Formula::any([Formula::all([regular, complete]), open]),
    };
    let formula = formula.simplify(&eq.oracle);
    let because = match &formula {
        Formula::False => {
            "s = -psi with a quotient psi that is no Levy exponent: it grows faster than |k|^2, has the wrong sign or no \
             variance for long waves, vanishes for short ones, or has a negative jump density"
        }
        _ => {
            "s = -B(|k|^2) with a quotient B - B(0) that maps the upper half-plane into itself, a complete Bernstein function: \
             p >= 0 in every dimension (Schoenberg)"
        }
    };
    C1::new(RULE, formula, because)
}

/// Im ψ is linear in k, where Re ψ is the same for every k.
fn single_point(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Option<Formula> {
    let (ratio, den) = (a0.mul(&a1.conj()), a1.norm());
    let (n0, d0) = (eq.ring.at_zero(&ratio.re), eq.ring.at_zero(&den));
    let rise = &(&ratio.re * &d0) - &(&n0 * &den);
    // ψ is finite at every k.
    if !eq.oracle.signs(&d0).always_positive() || eq.positive(&den) != Formula::True {
        return None;
    }
    if !rise.is_zero() || ratio.im.is_zero() || eq.ring.has_atom(&ratio.im) || eq.ring.has_atom(&den) {
        return None;
    }
    let linear = (K1..K1 + eq.ring.components as usize).fold(eq.ring.zero(), |sum, i| {
        let slope = eq.ring.at_zero(&crate::algebra::ring::coefficient(&ratio.im, i, 1));
        &sum + &(&slope * &eq.ring.variable(i))
    });
    let excess = &(&ratio.im * &d0) - &(&linear * &den);
    Some(Formula::all(monomials(&excess, &eq.ring).iter().map(|(_, c)| Formula::zero(c))))
}

/// Where a quotient of polynomials in |k| times a weight is a Lévy exponent, for one that stands in a Fourier
/// multiplier; with the proof of the quotient there. `None` where it is none, or may have poles.
pub(super) fn of_multiplier(eq: &Equation, f: &Expr, weight: &Poly) -> Option<(Formula, Closure)> {
    let (p, q) = rational(eq, f)?;
    if !eq.ring.has_wave(&q) || eq.positive(&q).simplify(&eq.oracle) != Formula::True || !eq.ring.at_zero(&p).is_zero()
    {
        return None;
    }
    let weighted = &p * weight;
    let (complete, exact) = complete(eq, &weighted, &q);
    let open = Formula::Unknown("a quotient of polynomials in |k| that is no complete Bernstein function".into());
    let formula =
        if exact { complete } else { Formula::all([possible(eq, &weighted, &q), Formula::any([complete, open])]) };
    let text = genphys_pde::print_expr(f);
    let leaf = Closure::leaf(text.clone(), Class::Bernstein, ClosureRule::HalfPlane);
    Some((formula, Closure::step(text, Class::LevyExponent, ClosureRule::Shift, vec![leaf])))
}

/// Numerator and denominator of a rational function of |k| and the parameters.
fn rational(eq: &Equation, f: &Expr) -> Option<(Poly, Poly)> {
    let one = eq.ring.integer(1);
    let both = |a, b| Some((rational(eq, a)?, rational(eq, b)?));
    let sum = |(a, b): (Poly, Poly), (c, d): (Poly, Poly)| (&(&a * &d) + &(&c * &b), &b * &d);
    if let Some(value) = crate::trees::exponents::constant_value(f) {
        return Some((eq.ring.constant(value), one));
    }
    Some(match &f.kind {
        ExprKind::Symbol(name) if name == K => (eq.ring.power(RADIAL, u16::try_from(eq.ring.root).ok()?), one),
        ExprKind::Symbol(name) => (eq.ring.variable(eq.ring.param(name)?), one),
        ExprKind::Neg(a) => rational(eq, a).map(|(p, q)| (-p, q))?,
        ExprKind::Add(a, b) => both(a, b).map(|(a, b)| sum(a, b))?,
        ExprKind::Sub(a, b) => both(a, b).map(|(a, (c, d))| sum(a, (-c, d)))?,
        ExprKind::Mul(a, b) => both(a, b).map(|((a, b), (c, d))| (&a * &c, &b * &d))?,
        ExprKind::Div(a, b) => both(a, b).map(|((a, b), (c, d))| (&a * &d, &b * &c))?,
        ExprKind::Pow(a, n) => {
            let n = crate::trees::exponents::constant_value(n).filter(Rational::is_integer)?.numerator().to_i64()?;
            let n = usize::try_from(n).ok().filter(|n| *n <= MOST_POWER)?;
            rational(eq, a).map(|(p, q)| (p.pow(n), q.pow(n)))?
        }
        _ => return None,
    })
}

/// The step g of the exponents of |k| in both, in units of the radial variable.
fn step(p: &Poly, q: &Poly) -> u16 {
    radial(p).iter().chain(&radial(q)).fold(0, |g, (e, _)| num_integer::gcd(*e, g))
}

/// Coefficients by rising power of μ = |k|^g.
fn in_steps(eq: &Equation, poly: &Poly, g: u16) -> Vec<Poly> {
    let list = radial(poly);
    let degree = list.last().map_or(0, |(e, _)| e / g);
    let mut parts = vec![eq.ring.zero(); usize::from(degree) + 1];
    list.into_iter().for_each(|(e, c)| parts[usize::from(e / g)] = c);
    parts
}

/// p/q maps the upper half-plane of μ into its closure, for q > 0 on [0, ∞); and whether nothing else is a Lévy
/// exponent, as for b λ + c λ/(λ + a), whose jumps have the density c times a positive one in every dimension.
fn complete(eq: &Equation, p: &Poly, q: &Poly) -> (Formula, bool) {
    let g = step(p, q);
    let square = u16::try_from(2 * eq.ring.root).unwrap_or(u16::MAX);
    if g == 0 || g > square {
        return (Formula::zero(p), false);
    }
    let (p, q) = (in_steps(eq, p, g), in_steps(eq, q, g));
    (maps_half_plane(&p, &q), g == square && q.len() <= 2 && p.len() <= 3)
}

/// p/q maps the upper half-plane into its closure: Bezout's matrix of p and q, by rising powers, is positive
/// semidefinite.
pub(super) fn maps_half_plane(p: &[Poly], q: &[Poly]) -> Formula {
    let rows = p.len().max(q.len()).saturating_sub(1);
    let Some(zero) = p.first().or(q.first()).map(Poly::zero) else { return Formula::False };
    if rows > MOST_ROWS {
        return Formula::Unknown("a quotient of polynomials of high degree".into());
    }
    if rows == 0 {
        return Formula::True;
    }
    let at = |list: &[Poly], i: usize| list.get(i).unwrap_or(&zero).clone();
    let entry = |i: usize, j: usize| {
        (0..=i.min(rows - 1 - j)).fold(zero.clone(), |sum, k| {
            let (high, low) = (j + k + 1, i - k);
            &sum + &(&(&at(p, high) * &at(q, low)) - &(&at(p, low) * &at(q, high)))
        })
    };
    let matrix: Vec<Vec<Poly>> = (0..rows).map(|i| (0..rows).map(|j| entry(i, j)).collect()).collect();
    positive_semidefinite(&matrix)
}

/// What every Lévy exponent p/q with q > 0 satisfies, in every dimension.
fn possible(eq: &Equation, p: &Poly, q: &Poly) -> Formula {
    let square = u16::try_from(2 * eq.ring.root).unwrap_or(u16::MAX);
    let (above, below) = (radial(p), radial(q));
    let none = || Formula::all(above.iter().map(|(_, c)| Formula::zero(c)).collect::<Vec<_>>());
    let (Some((low, first)), Some((high, last)), Some((top, lead))) = (above.first(), above.last(), below.last())
    else {
        return Formula::True;
    };
    let mut conditions = vec![if *low > square { none() } else { Formula::non_negative(first) }];
    if eq.oracle.signs(lead).never_zero() {
        let fast = above.iter().filter(|(e, _)| *e > top + square).map(|(_, c)| Formula::zero(c));
        conditions.extend(fast);
        conditions.push(if high < top { none() } else { Formula::non_negative(&(last * lead)) });
    }
    Formula::all(conditions)
}
