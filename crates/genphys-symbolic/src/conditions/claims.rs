//! What a C2 that holds comes down to, for its certificate: expressions that are positive for every k ≠ 0.

use super::rates::{self, Rate, Shift};
use crate::conditions::bessel;
use crate::equation::Equation;
use crate::hurwitz;
use crate::positivity::Space;
use crate::print;
use crate::ring::{CPoly, Poly, R, S, scale};
use genphys_pde::certificate::AlgebraicNumber;
use genphys_pde::verdict::Problem;

/// Expressions whose positivity is C2; empty where the decision was of another kind.
pub(crate) fn positive(eq: &Equation, problem: Problem) -> Vec<String> {
    if let Some(form) = bessel(eq) {
        let rise = &form.psi.0 - &eq.ring.at_zero(&form.psi.0);
        return vec![fraction(eq, &rise, &form.psi.1), fraction(eq, &form.d.0, &form.d.1)];
    }
    match eq.a.as_slice() {
        [a0, a1] => {
            let (num, den) = crate::dispersion::quotient(a0, a1);
            let at_zero = (eq.ring.at_zero(&num.re), eq.ring.at_zero(&den));
            let rise = &(&num.re * &at_zero.1) - &(&at_zero.0 * &den);
            vec![fraction(eq, &rise, &(&den * &at_zero.1))]
        }
        [a0, a1, a2] if eq.is_real() => second_order(eq, problem, &a0.re, &a1.re, &a2.re),
        _ => Vec::new(),
    }
}

/// Expressions that are positive exactly where a wave decays faster than the slowest at k = 0, and the number `r` that
/// may occur in them.
pub(crate) struct Claims {
    pub(crate) positive: Vec<String>,
    pub(crate) root: Option<AlgebraicNumber>,
}

impl Claims {
    /// Claims without another number.
    pub(super) fn plain(positive: Vec<String>) -> Self {
        Self { positive, root: None }
    }

    /// The polynomials that a shift leads to, as text; `None` where the kind of root depends on the parameters.
    pub(super) fn at_rate(eq: &Equation, rate: &Rate, polys: &dyn Fn(&Equation, &Shift) -> Vec<Poly>) -> Option<Self> {
        match rate {
            Rate::Quotient { num, den } => {
                let reduce = |p: &Poly| eq.ring.reduce(p);
                let shift = Shift::new(num.clone(), den.clone(), &reduce);
                Some(Self::plain(polys(eq, &shift).iter().map(|p| print::poly(&eq.ring, p)).collect()))
            }
            Rate::Root { num, square, den } => {
                let signs = eq.oracle.signs(square);
                let root = if signs.always_negative() || square.is_zero() {
                    eq.ring.zero()
                } else if signs.never_negative() {
                    eq.ring.variable(R)
                } else {
                    return None;
                };
                let reduce = |p: &Poly| eq.ring.reduce(&eq.ring.reduce_square(p, R, square));
                let shift = Shift::new(num + &root, den.clone(), &reduce);
                let non_negative = |q: &Poly| eq.oracle.signs(q).never_negative();
                let under = print::square_root(&eq.ring, square, non_negative);
                Some(Self::plain(polys(eq, &shift).iter().map(|p| with_root_text(eq, p, &under)).collect()))
            }
            Rate::Algebraic { polynomial, lower, upper } => {
                let minimal = polynomial.replace_with_poly(S, &eq.ring.variable(R));
                let reduce = |p: &Poly| rates::reduce_by(p, &minimal);
                let shift = Shift::new(eq.ring.variable(R), eq.ring.integer(1), &reduce);
                Some(Self {
                    positive: polys(eq, &shift).iter().map(|p| print::poly(&eq.ring, p)).collect(),
                    root: Some(AlgebraicNumber {
                        polynomial: print::poly(&eq.ring, &minimal),
                        lower: lower.to_f64(),
                        upper: upper.to_f64(),
                    }),
                })
            }
        }
    }

    /// The claims, if there is one set of them and no more.
    pub(super) fn only(mut list: Vec<Option<Self>>) -> Option<Self> {
        if list.len() == 1 { list.pop().flatten() } else { None }
    }
}

/// A polynomial that is linear in the root, with the root as text.
fn with_root_text(eq: &Equation, p: &Poly, under: &str) -> String {
    let (free, with) = (crate::ring::coefficient(p, R, 0), crate::ring::coefficient(p, R, 1));
    let free = print::poly(&eq.ring, &free);
    let with = (!with.is_zero() && under != "0").then(|| {
        let factor = print::poly(&eq.ring, &with);
        match factor.as_str() {
            "1" => under.to_string(),
            _ => format!("{}*{}", print::grouped(&factor), print::grouped(under)),
        }
    });
    crate::operator::join(Some(free).filter(|t| t != "0").into_iter().chain(with))
}

fn fraction(eq: &Equation, num: &Poly, den: &Poly) -> String {
    print::fraction(&eq.ring, &CPoly::real(num.clone()), den)
}

/// P′ and P at s₀ = shift/(2a₀), times positive factors: a·shift + b a₀ and a·shift² + 2 a₀ b·shift + 4 a₀² c.
fn at_shift([a, b, c]: [&Poly; 3], a0: &Poly, shift: &Poly) -> (Poly, Poly) {
    let slope = &(a * shift) + &(b * a0);
    let value = &(&(a * &(shift * shift)) + &scale(&(&(a0 * b) * shift), 2)) + &scale(&(&(a0 * a0) * c), 4);
    (slope, value)
}

/// P(s + s₀) is Hurwitz, where the branches at k = 0 are complex for some parameter values and real for others:
/// s₀ = (−b₀ + Re r)/(2a₀) with Re r = √((D + |D|)/2), D = r².
fn in_either_case(eq: &Equation, [a, b, c]: [&Poly; 3], [a0, b0]: [&Poly; 2], discriminant: &Poly) -> Vec<String> {
    let (slope, value) = at_shift([a, b, c], a0, &(&eq.ring.variable(R) - b0));
    let d = print::grouped(&print::poly(&eq.ring, discriminant));
    let square = format!("({d} + sqrt({d}^2))/2");
    let text = |p: &Poly| {
        let parts = [None, Some(format!("sqrt({square})")), Some(square.clone())].into_iter().enumerate();
        crate::operator::join(parts.filter_map(|(power, factor)| {
            let part = crate::ring::coefficient(p, R, u16::try_from(power).unwrap_or(0));
            let text = print::grouped(&print::poly(&eq.ring, &part));
            (!part.is_zero()).then_some(match (factor, text.as_str()) {
                (None, _) => text,
                (Some(factor), "1") => factor,
                (Some(factor), _) => format!("{text}*{factor}"),
            })
        }))
    };
    vec![text(&slope), text(&value)]
}

/// P(s + s₀) is Hurwitz (evolution), or P(s₀) < 0 lies between the roots (half-space), s₀ the rate at k = 0.
fn second_order(eq: &Equation, problem: Problem, c: &Poly, b: &Poly, a: &Poly) -> Vec<String> {
    let sign = if eq.oracle.signs(a).always_negative() { -1 } else { 1 };
    let [a, b, c] = [a, b, c].map(|p| scale(p, sign));
    let (a0, b0, c0) = (eq.ring.at_zero(&a), eq.ring.at_zero(&b), eq.ring.at_zero(&c));
    let discriminant = hurwitz::discriminant(&a0, &b0, &c0);
    let at_zero = eq.oracle.signs(&discriminant);
    let complex = problem == Problem::Evolution && at_zero.always_negative();
    if problem == Problem::Evolution && !complex && !at_zero.never_negative() {
        return in_either_case(eq, [&a, &b, &c], [&a0, &b0], &discriminant);
    }
    let root = if complex { eq.ring.zero() } else { eq.ring.variable(R) };
    // s₀ = (−b₀ ± r)/(2a₀), times 2a₀.
    let shift = if problem == Problem::HalfSpace { -(&b0 + &root) } else { &root - &b0 };
    let (slope, value) = at_shift([&a, &b, &c], &a0, &shift);
    let reduced = |p: &Poly| eq.ring.reduce(&eq.ring.reduce_square(p, R, &discriminant));
    let non_negative = |q: &Poly| eq.oracle.signs(q).never_negative();
    let under = print::square_root(&eq.ring, &discriminant, non_negative);
    let text = |p: &Poly| with_root_text(eq, &reduced(p), &under);
    match problem {
        Problem::HalfSpace => vec![text(&-value), print::poly(&eq.ring, &-c)],
        _ if eq.space == Space::Radial || !value.is_zero() => vec![text(&slope), text(&value)],
        _ => Vec::new(),
    }
}
