//! Operator symbols as text in the `.pde` language: monomials in k become derivatives of the field.

use crate::algebra::polynomial::monomials;
use crate::algebra::print;
use crate::algebra::ring::{CPoly, Meaning, Poly, Ring};
use crate::equation::linear::Equation;
use symbolica::domains::rational::Rational;

/// A spatial operator applied to something, with the unit that its symbol leaves over:
/// monomial = unit × symbol of the operator.
pub(crate) struct Spatial {
    pub(crate) quarter_turns: u32,
    pub(crate) text: String,
}

/// The operator whose symbol is the given monomial in the wave variables, applied to `operand`.
pub(crate) fn spatial(eq: &Equation, exponents: &[u16], operand: &str) -> Spatial {
    let mut turns = 0;
    let mut text = operand.to_string();
    for (index, exponent) in eq.ring.wave_variables().into_iter().zip(exponents) {
        let e = u32::from(*exponent);
        if e == 0 {
            continue;
        }
        match &eq.ring.meanings[index] {
            Meaning::Radial if e.is_multiple_of(2 * eq.ring.root) => {
                let n = e / (2 * eq.ring.root);
                turns += 2 * n;
                text = if n == 1 { format!("lap({text})") } else { format!("lap({text}, {n})") };
            }
            Meaning::Radial => {
                let a = Rational::new(i64::from(e), i64::from(eq.ring.root));
                text = format!("fraclap({text}, {})", print::number(&a));
            }
            Meaning::Component(axis) => {
                // k^e = (−i)^e ∂^e
                turns += 3 * e;
                text = match (axis, e) {
                    (1, 1) => format!("dx({text})"),
                    (axis, 1) => format!("d({text}, x{axis})"),
                    (axis, e) => format!("d({text}, x{axis}, {e})"),
                };
            }
            Meaning::SymbolicPower { text: exponent, .. } => {
                let exponent = if e == 1 { exponent.clone() } else { format!("{e}*({exponent})") };
                text = format!("fraclap({text}, {exponent})");
            }
            Meaning::Multiplier { text: symbol, .. } => {
                let symbol = if e == 1 { symbol.clone() } else { format!("({symbol})^{e}") };
                text = format!("fourier({symbol}, {text})");
            }
            _ => {}
        }
    }
    Spatial { quarter_turns: turns % 4, text }
}

/// `dt(text, n)`.
pub(crate) fn in_time(text: &str, order: usize) -> String {
    match order {
        0 => text.to_string(),
        1 => format!("dt({text})"),
        n => format!("dt({text}, {n})"),
    }
}

/// Monomials of a complex polynomial with their complex coefficients.
pub(crate) fn complex_monomials(eq: &Equation, p: &CPoly) -> Vec<(Vec<u16>, CPoly)> {
    let mut list: Vec<(Vec<u16>, CPoly)> =
        monomials(&p.re, &eq.ring).into_iter().map(|(e, c)| (e, CPoly::real(c))).collect();
    for (exponents, c) in monomials(&p.im, &eq.ring) {
        match list.iter_mut().find(|(e, _)| *e == exponents) {
            Some((_, found)) => found.im = c,
            None => list.push((exponents, CPoly { re: c.zero(), im: c })),
        }
    }
    list
}

/// A coefficient times an operator text; `None` for zero.
pub(crate) fn term(eq: &Equation, coefficient: &CPoly, den: &Poly, what: &str) -> Option<String> {
    term_in(&eq.ring, coefficient, den, what)
}

fn term_in(ring: &Ring, coefficient: &CPoly, den: &Poly, what: &str) -> Option<String> {
    if coefficient.is_zero() {
        return None;
    }
    let factor = print::fraction(ring, coefficient, den);
    Some(match factor.as_str() {
        "1" => what.to_string(),
        "-1" => format!("-{what}"),
        _ => format!("{}*{what}", print::grouped(&factor)),
    })
}

/// Σ_j a_j s^j as an expression in the derivatives of the field, highest order in time first.
pub(crate) fn expression(eq: &Equation, a: &[CPoly], den: &Poly) -> String {
    expression_in(eq, &eq.ring, a, den)
}

/// The same with parameters of a ring that extends that of the equation.
pub(crate) fn expression_in(eq: &Equation, ring: &Ring, a: &[CPoly], den: &Poly) -> String {
    let mut parts = Vec::new();
    for (j, coefficient) in a.iter().enumerate().rev() {
        let mut list = complex_monomials(eq, coefficient);
        list.reverse();
        for (exponents, c) in list {
            let operator = spatial(eq, &exponents, &eq.pde.field);
            parts.extend(term_in(ring, &c.mul_i(operator.quarter_turns), den, &in_time(&operator.text, j)));
        }
    }
    print::join(parts)
}
