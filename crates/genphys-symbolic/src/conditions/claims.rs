//! What a C2 that holds comes down to, for its certificate: expressions that are positive for every k ≠ 0.

use crate::conditions::bessel;
use crate::equation::Equation;
use crate::hurwitz;
use crate::positivity::Space;
use crate::print;
use crate::ring::{CPoly, Poly, R, scale};
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
        [a0, a1, a2] if a1.is_zero() => {
            let psi = a0.neg().scale(&a2.re).re;
            vec![print::poly(&eq.ring, &(&psi - &eq.ring.at_zero(&psi)))]
        }
        a if problem == Problem::Evolution => {
            let real = hurwitz::real(eq, a);
            let up = real.last().is_some_and(|lead| eq.oracle.signs(lead).always_negative());
            let real: Vec<Poly> = if up { real.iter().map(|p| -p.clone()).collect() } else { real };
            hurwitz::determinants(&real).iter().map(|d| print::poly(&eq.ring, d)).collect()
        }
        _ => Vec::new(),
    }
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
    let text = |p: &Poly| {
        let p = reduced(p);
        let (free, with) = (crate::ring::coefficient(&p, R, 0), crate::ring::coefficient(&p, R, 1));
        let free = print::poly(&eq.ring, &free);
        let with = if with.is_zero() || discriminant.is_zero() {
            None
        } else {
            let factor = print::poly(&eq.ring, &with);
            Some(match factor.as_str() {
                "1" => under.clone(),
                _ => format!("{}*{}", print::grouped(&factor), print::grouped(&under)),
            })
        };
        crate::operator::join(Some(free).filter(|t| t != "0").into_iter().chain(with))
    };
    match problem {
        Problem::HalfSpace => vec![text(&-value), print::poly(&eq.ring, &-c)],
        _ if eq.space == Space::Radial || !value.is_zero() => vec![text(&slope), text(&value)],
        _ => Vec::new(),
    }
}
