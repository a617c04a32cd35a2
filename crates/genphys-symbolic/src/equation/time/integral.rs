//! Antiderivatives of coefficients that depend on the time, as polynomials and as text.

use crate::algebra::ring::{Meaning, Poly, coefficients};
use crate::equation::clock::by_time;
use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

/// ∫ of a polynomial in the time alone, from the start of the interval to t, times nothing else; `None` where other
/// functions of the time occur or the interval has no start.
pub(crate) fn integral(eq: &Equation, poly: &Poly) -> Option<Poly> {
    let start = time_range(eq.pde).lower?.0;
    let time = eq.ring.time()?;
    if (0..eq.ring.meanings.len()).any(|i| i != time && poly.degree(i) > 0 && eq.ring.changes_in_time(i)) {
        return None;
    }
    let mut sum = poly.zero();
    for (coefficient, exponent) in coefficients(poly, time) {
        let weight = Rational::new(1, i64::from(exponent) + 1);
        sum = &sum + &(&coefficient * &eq.ring.power(time, exponent + 1)).mul_coeff(weight);
    }
    let at_start = sum.replace(time, &start);
    Some(&sum - &at_start)
}

/// ∫ num/den dt from the start of the interval to t, as text, where a rule for the terms is known.
pub(crate) fn integral_text(eq: &Equation, num: &Poly, den: &Poly) -> Option<String> {
    let name = &eq.pde.time.name;
    if num.is_zero() {
        return Some("0".into());
    }
    let start = time_range(eq.pde).lower?.0;
    let (num, den) = &crate::algebra::ring::lowest_terms(num, den);
    if let Some(text) = logarithm(eq, num, den, &start) {
        return Some(text);
    }
    let den_time = by_time(eq, den);
    let [(den_key, den_constant)] = &den_time.iter().collect::<Vec<_>>()[..] else { return None };
    let den_power = single_power(eq, den_key)?;
    let mut parts = Vec::new();
    for (key, c) in by_time(eq, num) {
        let factor = crate::algebra::print::fraction(&eq.ring, &crate::algebra::ring::CPoly::real(c), den_constant);
        let functions: Vec<usize> = (0..key.len())
            .filter(|i| key[*i] > 0 && matches!(eq.ring.meanings[*i], Meaning::Function { .. }))
            .collect();
        let power = eq.ring.time().map_or(0, |t| i64::from(key[t])) - den_power;
        let text = match functions.as_slice() {
            [] if power == -1 => {
                if start.is_zero() {
                    return None;
                }
                format!("log({name}/{})", crate::algebra::print::operand(&crate::algebra::print::number(&start)))
            }
            [] => {
                let next = power + 1;
                if start.is_zero() && next < 0 {
                    return None;
                }
                let at = |x: &str| match next {
                    1 => x.to_string(),
                    _ => format!("{x}^{next}/{next}"),
                };
                if start.is_zero() {
                    at(name)
                } else {
                    format!(
                        "({} - {})",
                        at(name),
                        at(&crate::algebra::print::operand(&crate::algebra::print::number(&start)))
                    )
                }
            }
            [single] if power == 0 && key[*single] == 1 => {
                let Meaning::Function { expr, .. } = &eq.ring.meanings[*single] else { return None };
                exponential_integral(expr, name, &start)?
            }
            _ => return None,
        };
        parts.push(match factor.as_str() {
            "1" => text,
            "-1" => format!("-{}", crate::algebra::print::operand(&text)),
            _ => format!("{}*{}", crate::algebra::print::grouped(&factor), crate::algebra::print::operand(&text)),
        });
    }
    Some(crate::algebra::print::join(parts))
}

/// ∫₀ c/(a + b t) = (c/b) log((a + b t)/a).
fn logarithm(eq: &Equation, num: &Poly, den: &Poly, start: &Rational) -> Option<String> {
    let time = eq.ring.time()?;
    let others = (0..eq.ring.meanings.len()).any(|i| i != time && den.degree(i) > 0 && eq.ring.changes_in_time(i));
    if others || eq.ring.has_time(num) || !start.is_zero() || den.degree(time) != 1 {
        return None;
    }
    let [a, b] = [0, 1].map(|power| crate::algebra::ring::coefficient(den, time, power));
    if a.is_zero() {
        return None;
    }
    let text = |num: &Poly, den: &Poly| {
        crate::algebra::print::fraction(&eq.ring, &crate::algebra::ring::CPoly::real(num.clone()), den)
    };
    let log = format!("log({})", text(den, &a));
    Some(match text(num, &b).as_str() {
        "1" => log,
        factor => format!("{}*{log}", crate::algebra::print::grouped(factor)),
    })
}

fn single_power(eq: &Equation, key: &[u16]) -> Option<i64> {
    let mut power = 0;
    for (i, e) in key.iter().enumerate().filter(|(_, e)| **e > 0) {
        match eq.ring.meanings[i] {
            Meaning::Time => power = i64::from(*e),
            _ => return None,
        }
    }
    Some(power)
}

/// ∫ e^{q t}, ∫ t^p and ∫ b^{q t} from the start to t.
fn exponential_integral(expr: &Expr, name: &str, start: &Rational) -> Option<String> {
    use crate::trees::expression::{function, mentions, substitute};
    let at_start = |e: &Expr| {
        let value = |n: &str| (n == name).then(|| crate::trees::expression::exact(start));
        genphys_pde::print_expr(&substitute(e, &value, &|_| None))
    };
    let rate_text = |rate: &Expr| crate::algebra::print::grouped(&genphys_pde::print_expr(rate));
    let text = genphys_pde::print_expr(expr);
    match &expr.kind {
        ExprKind::Function { function: ScalarFunction::Exp, argument } => {
            let rate = crate::trees::calculus::differentiate(argument, name).filter(|r| !mentions(r, name))?;
            Some(format!("({text} - {})/({})", at_start(expr), rate_text(&rate)))
        }
        ExprKind::Pow(base, exponent) if !mentions(base, name) => {
            let rate = crate::trees::calculus::differentiate(exponent, name).filter(|r| !mentions(r, name))?;
            let log = genphys_pde::print_expr(&function(ScalarFunction::Log, base));
            Some(format!("({text} - {})/({}*{log})", at_start(expr), rate_text(&rate)))
        }
        ExprKind::Pow(base, exponent) if matches!(&base.kind, ExprKind::Symbol(n) if n == name) && start.is_zero() => {
            let e = genphys_pde::print_expr(exponent);
            Some(format!("{name}^({e} + 1)/({e} + 1)"))
        }
        ExprKind::Function { function: ScalarFunction::Sqrt, argument }
            if matches!(&argument.kind, ExprKind::Symbol(n) if n == name) && start.is_zero() =>
        {
            Some(format!("{name}^(3/2)*2/3"))
        }
        _ => None,
    }
}
