//! Polynomials with rational coefficients, as far as showing that one is positive needs them: signs of coefficients in
//! positive variables, and Sturm's theorem in one variable.

use genphys_pde::ast::{Expr, ExprKind, Number};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// Exponents by variable name -> coefficient.
type Poly = BTreeMap<BTreeMap<String, u32>, BigRational>;

/// Whether `expr` > 0 for every k > 0 (or every k ≠ 0 in components) and all positive values of the other names.
///
/// `positive` says of a name whether its values are all positive.
pub(super) fn is_positive(expr: &Expr, positive: &dyn Fn(&str) -> bool) -> bool {
    let Some(poly) = polynomial(expr) else { return false };
    if poly.is_empty() {
        return false;
    }
    let component = |name: &str| name.strip_prefix('k').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let names: Vec<&String> = poly.keys().flat_map(BTreeMap::keys).collect();
    // Components may have any sign: even powers, and a pure square of every one that occurs anywhere.
    let even = poly.keys().all(|m| m.iter().all(|(name, e)| !component(name) || e % 2 == 0));
    let signs = poly.values().all(Signed::is_positive);
    let others = names.iter().all(|name| name.as_str() == "k" || component(name) || positive(name));
    let components: Vec<&&String> = names.iter().filter(|name| component(name)).collect();
    let pure = components.iter().all(|c| {
        poly.keys().any(|m| m.get(c.as_str()).is_some() && m.keys().all(|name| name == **c || !component(name)))
    });
    if signs && others && even && pure {
        return true;
    }
    univariate(&poly).is_some_and(|p| sturm_positive(&p))
}

fn constant(value: BigRational) -> Poly {
    if value.is_zero() { Poly::new() } else { Poly::from([(BTreeMap::new(), value)]) }
}

fn rational(n: &Number) -> Option<BigRational> {
    let (top, bottom) = n.ratio();
    Some(BigRational::new(top.parse().ok()?, bottom.parse().ok()?))
}

fn sum(a: &Poly, b: &Poly, sign: i32) -> Poly {
    let mut result = a.clone();
    for (monomial, c) in b {
        let entry = result.entry(monomial.clone()).or_insert_with(BigRational::zero);
        *entry += if sign < 0 { -c.clone() } else { c.clone() };
    }
    result.retain(|_, c| !c.is_zero());
    result
}

fn product(a: &Poly, b: &Poly) -> Poly {
    let mut result = Poly::new();
    for (m, c) in a {
        for (n, d) in b {
            let mut monomial = m.clone();
            for (name, e) in n {
                *monomial.entry(name.clone()).or_insert(0) += e;
            }
            let entry = result.entry(monomial).or_insert_with(BigRational::zero);
            *entry += c * d;
        }
    }
    result.retain(|_, c| !c.is_zero());
    result
}

fn polynomial(e: &Expr) -> Option<Poly> {
    Some(match &e.kind {
        ExprKind::Number(n) => constant(rational(n)?),
        ExprKind::Symbol(name) => Poly::from([(BTreeMap::from([(name.clone(), 1)]), BigRational::one())]),
        ExprKind::Neg(a) => sum(&Poly::new(), &polynomial(a)?, -1),
        ExprKind::Add(a, b) => sum(&polynomial(a)?, &polynomial(b)?, 1),
        ExprKind::Sub(a, b) => sum(&polynomial(a)?, &polynomial(b)?, -1),
        ExprKind::Mul(a, b) => product(&polynomial(a)?, &polynomial(b)?),
        ExprKind::Div(a, b) => {
            let divisor = polynomial(b)?;
            let c = divisor.get(&BTreeMap::new()).filter(|_| divisor.len() == 1)?;
            product(&polynomial(a)?, &constant(c.recip()))
        }
        ExprKind::Pow(a, b) => {
            let ExprKind::Number(n) = &b.kind else { return None };
            let base = polynomial(a)?;
            (0..n.to_u32().filter(|n| *n <= 32)?).fold(constant(BigRational::one()), |p, _| product(&p, &base))
        }
        _ => return None,
    })
}

/// Coefficients by rising power of the one variable.
fn univariate(poly: &Poly) -> Option<Vec<BigRational>> {
    let mut names: Vec<&String> = poly.keys().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    let [name] = names[..] else { return None };
    if name != "k" {
        return None;
    }
    let degree = poly.keys().filter_map(|m| m.get(name)).max()?;
    let mut list = vec![BigRational::zero(); *degree as usize + 1];
    for (monomial, c) in poly {
        list[monomial.get(name).copied().unwrap_or(0) as usize] = c.clone();
    }
    Some(list)
}

/// No root in (0, ∞) and positive at infinity.
fn sturm_positive(p: &[BigRational]) -> bool {
    let lowest = p.iter().position(|c| !c.is_zero()).unwrap_or(0);
    let p = &p[lowest..];
    if !p.last().is_some_and(Signed::is_positive) || !p[0].is_positive() {
        return false;
    }
    let derivative: Vec<BigRational> =
        p.iter().enumerate().skip(1).map(|(i, c)| c * BigRational::from_integer(i.into())).collect();
    let mut chain = vec![p.to_vec(), derivative];
    while let [.., a, b] = chain.as_slice() {
        if b.len() <= 1 {
            break;
        }
        let rest: Vec<BigRational> = remainder(a, b).into_iter().map(|c| -c).collect();
        if rest.is_empty() {
            break;
        }
        chain.push(rest);
    }
    let changes = |signs: Vec<bool>| signs.windows(2).filter(|w| w[0] != w[1]).count();
    let at = |end: &dyn Fn(&Vec<BigRational>) -> Option<bool>| changes(chain.iter().filter_map(end).collect());
    let zero = at(&|q| q.first().filter(|c| !c.is_zero()).map(Signed::is_positive));
    let infinity = at(&|q| q.last().filter(|c| !c.is_zero()).map(Signed::is_positive));
    zero == infinity
}

fn remainder(a: &[BigRational], b: &[BigRational]) -> Vec<BigRational> {
    let mut rest = a.to_vec();
    while rest.len() >= b.len() {
        let (Some(top), Some(lead)) = (rest.last().cloned(), b.last()) else { break };
        let factor = top / lead;
        let shift = rest.len() - b.len();
        for (i, c) in b.iter().enumerate() {
            rest[shift + i] -= &factor * c;
        }
        rest.pop();
    }
    while rest.last().is_some_and(Zero::is_zero) {
        rest.pop();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::is_positive;

    fn shown(text: &str) -> bool {
        is_positive(&genphys_pde::parse_expression(text).unwrap(), &|name| name == "m")
    }

    #[test]
    fn positive_polynomials() {
        assert!(shown("k^2 + m^2*k^4"));
        assert!(shown("k^4 - k^2 + 1"));
        assert!(shown("k1^2 + k2^2"));
    }

    #[test]
    fn others_are_not_shown() {
        assert!(!shown("k^4 - 2*k^2 + 1"));
        assert!(!shown("k^2 - 1"));
        assert!(!shown("k^2 + c"));
        assert!(!shown("k1*k2"));
    }
}
