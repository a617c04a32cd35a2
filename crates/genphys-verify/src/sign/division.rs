//! Division of polynomials: exact quotients, greatest common divisors, resultants, square-free parts. Every answer is
//! exact; `None` means that it would take more steps than are allowed.

use crate::exact::poly::{Poly, Var};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Polynomials of more terms than this are not divided.
const MOST_TERMS: usize = 4_000;

/// Degrees above this are not eliminated.
const MOST_DEGREE: u32 = 24;

/// Σ c_i v^i.
pub(super) fn from_coefficients(list: &[Poly], v: Var) -> Option<Poly> {
    list.iter()
        .enumerate()
        .try_fold(Poly::zero(), |sum, (i, c)| Some(sum.plus(&c.times(&Poly::power(v, u32::try_from(i).ok()?))?)))
}

/// The polynomial times a positive number, with whole coefficients that have no common divisor.
pub(super) fn primitive(p: &Poly) -> Poly {
    let Some((_, first)) = p.terms().next() else { return p.clone() };
    let (mut numer, mut denom) = (first.numer().clone(), first.denom().clone());
    for (_, c) in p.terms().skip(1) {
        numer = numer.gcd(c.numer());
        let common = denom.gcd(c.denom());
        denom = denom / common * c.denom();
    }
    if numer.is_zero() { p.clone() } else { p.scaled(&BigRational::new(denom, numer).abs()) }
}

/// q with p = q d.
pub(crate) fn quotient(p: &Poly, d: &Poly) -> Option<Poly> {
    if d.is_zero() || p.len() > MOST_TERMS {
        return None;
    }
    if let Some(c) = d.as_constant() {
        return Some(p.scaled(&c.recip()));
    }
    if p.is_zero() {
        return Some(Poly::zero());
    }
    let v = *d.variables().last()?;
    let (mut rest, divisor) = (p.coefficients(v), d.coefficients(v));
    let lead = divisor.last()?;
    let mut parts = vec![Poly::zero(); (rest.len() + 1).saturating_sub(divisor.len())];
    while rest.len() >= divisor.len() {
        let shift = rest.len() - divisor.len();
        let factor = quotient(&rest.pop()?, lead)?;
        for (i, c) in divisor[..divisor.len() - 1].iter().enumerate() {
            rest[shift + i] = rest[shift + i].minus(&factor.times(c)?);
        }
        parts[shift] = factor;
    }
    if rest.iter().any(|c| !c.is_zero()) {
        return None;
    }
    from_coefficients(&parts, v)
}

/// lead(d)^(deg p − deg d + 1) p modulo d, as polynomials in v.
pub(super) fn pseudo_remainder(p: &Poly, d: &Poly, v: Var) -> Option<Poly> {
    let (mut rest, divisor) = (p.coefficients(v), d.coefficients(v));
    let lead = divisor.last()?;
    let mut left = (rest.len() + 1).saturating_sub(divisor.len());
    while rest.len() >= divisor.len() {
        let top = rest.pop()?;
        let shift = rest.len() + 1 - divisor.len();
        for c in &mut rest {
            *c = c.times(lead)?;
        }
        for (i, c) in divisor[..divisor.len() - 1].iter().enumerate() {
            rest[shift + i] = rest[shift + i].minus(&top.times(c)?);
        }
        left -= 1;
        if rest.iter().map(Poly::len).sum::<usize>() > MOST_TERMS {
            return None;
        }
    }
    let rest = from_coefficients(&rest, v)?;
    if left > 0 && !rest.is_zero() { rest.times(&lead.pow(u32::try_from(left).ok()?)?) } else { Some(rest) }
}

/// The greatest common divisor, up to a number.
pub(super) fn gcd(p: &Poly, q: &Poly) -> Option<Poly> {
    if p.is_zero() {
        return Some(primitive(q));
    }
    if q.is_zero() {
        return Some(primitive(p));
    }
    let (of_p, of_q) = (p.variables(), q.variables());
    if of_p.iter().all(|v| !of_q.contains(v)) {
        return Some(Poly::one());
    }
    // A variable of one alone does not occur in a common divisor.
    if let Some(v) = of_p.iter().find(|v| !of_q.contains(v)) {
        return gcd(&content(p, *v)?, q);
    }
    if let Some(v) = of_q.iter().find(|v| !of_p.contains(v)) {
        return gcd(p, &content(q, *v)?);
    }
    let v = *of_p.iter().min_by_key(|v| p.degree(**v).min(q.degree(**v)))?;
    if p.degree(v).max(q.degree(v)) > MOST_DEGREE {
        return None;
    }
    let (cp, cq) = (content(p, v)?, content(q, v)?);
    let (mut a, mut b) = (primitive(&quotient(p, &cp)?), primitive(&quotient(q, &cq)?));
    if a.degree(v) < b.degree(v) {
        std::mem::swap(&mut a, &mut b);
    }
    let common = gcd(&cp, &cq)?;
    loop {
        let rest = pseudo_remainder(&a, &b, v)?;
        if rest.is_zero() {
            return common.times(&b).map(|g| primitive(&g));
        }
        if rest.degree(v) == 0 {
            return Some(primitive(&common));
        }
        a = b;
        b = primitive(&quotient(&rest, &content(&rest, v)?)?);
    }
}

/// The greatest common divisor of the coefficients of the powers of v.
pub(super) fn content(p: &Poly, v: Var) -> Option<Poly> {
    let mut list: Vec<Poly> = p.coefficients(v).into_iter().filter(|c| !c.is_zero()).collect();
    list.sort_by_key(Poly::len);
    let mut common = Poly::zero();
    for c in &list {
        common = gcd(&common, c)?;
        if common.as_constant().is_some() {
            return Some(Poly::one());
        }
    }
    Some(common)
}

/// The product of the different factors that contain v, and the content.
pub(super) fn square_free(p: &Poly, v: Var) -> Option<(Poly, Poly)> {
    let content = content(p, v)?;
    let part = quotient(p, &content)?;
    let common = gcd(&part, &part.derivative(v))?;
    Some((content, primitive(&quotient(&part, &common)?)))
}

/// The resultant with respect to v, by subresultants.
pub(crate) fn resultant(p: &Poly, q: &Poly, v: Var) -> Option<Poly> {
    let (mut a, mut b) = (p.clone(), q.clone());
    let mut sign = BigRational::one();
    if a.degree(v).max(b.degree(v)) > MOST_DEGREE {
        return None;
    }
    if a.degree(v) < b.degree(v) {
        std::mem::swap(&mut a, &mut b);
        if a.degree(v) % 2 == 1 && b.degree(v) % 2 == 1 {
            sign = -sign;
        }
    }
    let (mut g, mut h) = (Poly::one(), Poly::one());
    while b.degree(v) > 0 {
        let delta = a.degree(v) - b.degree(v);
        if a.degree(v) % 2 == 1 && b.degree(v) % 2 == 1 {
            sign = -sign;
        }
        let rest = pseudo_remainder(&a, &b, v)?;
        let divisor = g.times(&h.pow(delta)?)?;
        a = b;
        b = quotient(&rest, &divisor)?;
        if b.is_zero() {
            return Some(Poly::zero());
        }
        g = a.coefficients(v).pop()?;
        let power = g.pow(delta)?;
        h = if delta == 0 { h } else { quotient(&power, &h.pow(delta - 1)?)? };
    }
    if b.is_zero() {
        return Some(Poly::zero());
    }
    let degree = a.degree(v);
    if degree == 0 {
        return Some(Poly::one());
    }
    let value = quotient(&b.pow(degree)?, &h.pow(degree - 1)?)?;
    Some(value.scaled(&sign))
}

/// The determinant of a square matrix, by Laplace's expansion along the first column.
pub(crate) fn determinant(rows: &[Vec<Poly>]) -> Option<Poly> {
    if rows.is_empty() {
        return Some(Poly::one());
    }
    let mut sum = Poly::zero();
    for (i, row) in rows.iter().enumerate() {
        let factor = row.first()?;
        if factor.is_zero() {
            continue;
        }
        let minor: Vec<Vec<Poly>> =
            rows.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, r)| r[1..].to_vec()).collect();
        let term = factor.times(&determinant(&minor)?)?;
        sum = if i % 2 == 0 { sum.plus(&term) } else { sum.minus(&term) };
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::{gcd, primitive, quotient, resultant, square_free};
    use crate::exact::poly::Poly;

    #[test]
    fn divides() {
        let (x, y) = (Poly::var(0), Poly::var(1));
        let (a, b) = (x.plus(&y), x.minus(&y));
        let product = a.times(&b).unwrap().times(&b).unwrap();
        assert_eq!(quotient(&product, &b).and_then(|q| quotient(&q, &b)), Some(a.clone()));
        assert_eq!(quotient(&a, &b), None);
        let common = gcd(&product, &b.times(&y).unwrap()).unwrap();
        assert!(common == b || common == b.negated());
        let (_, free) = square_free(&product, 0).unwrap();
        assert_eq!(primitive(&free), primitive(&a.times(&b).unwrap()));
    }

    #[test]
    fn resultants() {
        let (x, y) = (Poly::var(0), Poly::var(1));
        // Discriminant of x² + y x + 1.
        let p = x.pow(2).unwrap().plus(&x.times(&y).unwrap()).plus(&Poly::one());
        let disc = resultant(&p, &p.derivative(0), 0).unwrap();
        assert_eq!(disc, Poly::integer(4).minus(&y.pow(2).unwrap()));
        let q = x.minus(&y);
        let value = resultant(&p, &q, 0).unwrap();
        assert_eq!(
            value,
            y.pow(2).unwrap().scaled(&num_rational::BigRational::from_integer(2.into())).plus(&Poly::one())
        );
    }
}
