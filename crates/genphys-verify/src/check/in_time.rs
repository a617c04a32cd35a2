//! Rational functions of s that are Laplace transforms of measures on t ≥ 0 which are nowhere negative, by their
//! partial fractions. Conditions on their coefficients, which are polynomials in the parameters; leading coefficients
//! are positive.

use crate::exact::poly::Poly;
use crate::sign::logic::Formula;
use crate::sign::{Fact, Region};
use num_rational::BigRational;

pub(super) fn all(list: impl IntoIterator<Item = Formula>) -> Formula {
    Formula::All(list.into_iter().collect())
}

pub(super) fn any(list: impl IntoIterator<Item = Formula>) -> Formula {
    Formula::Any(list.into_iter().collect())
}

pub(super) fn positive(p: &Poly) -> Formula {
    Formula::Fact(Fact::positive(p.clone()))
}

pub(super) fn not_negative(p: &Poly) -> Formula {
    Formula::Fact(Fact::non_negative(p.clone()))
}

pub(super) fn zero(p: &Poly) -> Formula {
    Formula::Fact(Fact::zero(p.clone()))
}

pub(super) fn times(p: &Poly, n: i64) -> Poly {
    p.scaled(&BigRational::from_integer(n.into()))
}

/// Coefficients of the product.
pub(super) fn product(a: &[Poly], b: &[Poly]) -> Option<Vec<Poly>> {
    let mut list = vec![Poly::zero(); (a.len() + b.len()).saturating_sub(1)];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            list[i + j] = list[i + j].plus(&x.times(y)?);
        }
    }
    Some(list)
}

/// Quotient and rest of p = Q q + r, times powers of q's leading coefficient, by rising power.
pub(super) fn divided(p: &[Poly], q: &[Poly]) -> Option<(Vec<Poly>, Vec<Poly>)> {
    let lead = q.last()?;
    let (mut rest, mut quotient) = (p.to_vec(), Vec::<Poly>::new());
    while rest.len() >= q.len() {
        let top = rest.pop()?;
        let offset = rest.len() + 1 - q.len();
        rest = rest.iter().map(|c| c.times(lead)).collect::<Option<_>>()?;
        quotient = quotient.iter().map(|c| c.times(lead)).collect::<Option<_>>()?;
        for (i, c) in q[..q.len() - 1].iter().enumerate() {
            rest[offset + i] = rest[offset + i].minus(&top.times(c)?);
        }
        quotient.insert(0, top);
    }
    Some((quotient, rest))
}

pub(super) fn difference(a: &[Poly], b: &[Poly]) -> Vec<Poly> {
    let none = Poly::zero();
    (0..a.len().max(b.len())).map(|i| a.get(i).unwrap_or(&none).minus(b.get(i).unwrap_or(&none))).collect()
}

/// (p − p(0))/s.
pub(super) fn over_s(p: &[Poly]) -> Vec<Poly> {
    p.get(1..).unwrap_or_default().to_vec()
}

pub(super) fn trimmed(p: &[Poly]) -> Vec<Poly> {
    let kept = p.iter().rposition(|c| !c.is_zero()).map_or(0, |i| i + 1);
    p[..kept].to_vec()
}

/// Without facts about numbers.
pub(super) fn settled(formula: &Formula) -> Formula {
    let is = |f: &Formula, what: &Formula| f == what;
    let (always, never) = (Formula::All(Vec::new()), Formula::Any(Vec::new()));
    match formula {
        Formula::Fact(fact) => match fact.known() {
            Some(true) => always,
            Some(false) => never,
            None => formula.clone(),
        },
        Formula::All(list) => {
            let list: Vec<Formula> = list.iter().map(settled).filter(|f| !is(f, &always)).collect();
            if list.contains(&never) { never } else { Formula::All(list) }
        }
        Formula::Any(list) => {
            let list: Vec<Formula> = list.iter().map(settled).filter(|f| !is(f, &never)).collect();
            if list.contains(&always) { always } else { Formula::Any(list) }
        }
    }
}

/// Whether a formula is proved in a region: of alternatives one alone where that does, otherwise by cases.
pub(super) fn holds(formula: &Formula, region: &Region) -> bool {
    match formula {
        Formula::Fact(fact) => region.prove_fact(fact).is_some(),
        Formula::All(list) => list.iter().all(|f| holds(f, region)),
        Formula::Any(list) => list.iter().any(|f| holds(f, region)) || by_cases(list, region),
    }
}

/// Alternatives, where some statement of the first decides between it and the others.
fn by_cases(list: &[Formula], region: &Region) -> bool {
    let [first, others @ ..] = list else { return false };
    let parts = match first {
        Formula::All(parts) => parts.clone(),
        other => vec![other.clone()],
    };
    // Where it fails, one of its statements does.
    !others.is_empty()
        && parts.iter().all(|part| {
            holds(part, region)
                || part
                    .negated()
                    .parts(region)
                    .is_some_and(|regions| regions.iter().all(|r| holds(&Formula::Any(others.to_vec()), r)))
        })
}

/// b₁² − 4 b₂ b₀.
pub(super) fn discriminant(base: &[Poly]) -> Option<Poly> {
    let [b0, b1, b2] = base else { return None };
    Some(b1.times(b1)?.minus(&times(&b2.times(b0)?, 4)))
}

/// num/base^power: exact for one pole, and for two if the numerator over B² is linear; sufficient otherwise.
///
/// One pole −π: all coefficients of num around it are ≥ 0, the terms being t^j e^{−πt}. Two real poles −r₁ ≥ −r₂: the
/// sum of two exponentials has at most one zero, so that its signs for small and for large t decide; over B² times 1/B.
pub(super) fn density(num: &[Poly], base: &[Poly], power: usize) -> Option<Formula> {
    let num = trimmed(num);
    if num.is_empty() {
        return Some(all([]));
    }
    let none = Poly::zero();
    let part = |i: usize| num.get(i).unwrap_or(&none);
    match base {
        [_] => (num.len() == 1).then(|| not_negative(part(0))),
        [b0, b1] if num.len() <= power + 1 => {
            // b₁^n num((s − b₀)/b₁), by Horner's scheme: Σ c_j b₁^{n−j} (s − b₀)^j.
            let n = num.len() - 1;
            let factor = [b0.negated(), Poly::one()];
            let mut sum: Vec<Poly> = Vec::new();
            for (j, c) in num.iter().enumerate().rev() {
                sum = if sum.is_empty() { Vec::new() } else { product(&sum, &factor)? };
                let weight = c.times(&b1.pow(u32::try_from(n - j).ok()?)?)?;
                if sum.is_empty() {
                    sum = vec![weight];
                } else {
                    sum[0] = sum[0].plus(&weight);
                }
            }
            Some(all(sum.iter().map(not_negative)))
        }
        [b0, b1, b2] if num.len() <= 3 => {
            let f1 = part(1).times(b2)?.minus(&part(2).times(b1)?);
            let f0 = part(0).times(b2)?.minus(&part(2).times(b0)?);
            let real = not_negative(&discriminant(base)?);
            let two = all([real, not_negative(&f1), at_slowest(&f1, &f0, base)?]);
            let none = all([zero(&f1), zero(&f0)]);
            // Of a constant over B² too the poles are real.
            let rest = if power == 1 { any([none, two]) } else { any([all([none, zero(part(2))]), two]) };
            Some(all([not_negative(part(2)), rest]))
        }
        _ => None,
    }
}

/// f₁ s + f₀ ≥ 0 at the larger zero of B: 2b₂ f(−r₁) = x + f₁ √disc.
pub(super) fn at_slowest(f1: &Poly, f0: &Poly, base: &[Poly]) -> Option<Formula> {
    let [_, b1, b2] = base else { return None };
    let x = times(&f0.times(b2)?, 2).minus(&f1.times(b1)?);
    let square = x.times(&x)?.minus(&f1.times(f1)?.times(&discriminant(base)?)?);
    Some(any([
        all([not_negative(&x), not_negative(f1)]),
        all([not_negative(&x), not_negative(&square)]),
        all([not_negative(f1), not_negative(&square.negated())]),
    ]))
}

/// p/q maps the upper half-plane into its closure: Bezout's matrix is positive semidefinite, by its principal minors.
pub(super) fn maps_half_plane(p: &[Poly], q: &[Poly]) -> Option<Formula> {
    let n = p.len().max(q.len()).saturating_sub(1);
    if n > 4 {
        return None;
    }
    let none = Poly::zero();
    let at = |list: &[Poly], i: usize| list.get(i).unwrap_or(&none).clone();
    let mut matrix = vec![vec![Poly::zero(); n]; n];
    for (i, row) in matrix.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            for k in 0..=i.min(n - 1 - j) {
                let (high, low) = (j + k + 1, i - k);
                let term = at(p, high).times(&at(q, low))?.minus(&at(p, low).times(&at(q, high))?);
                *entry = entry.plus(&term);
            }
        }
    }
    let mut minors = Vec::new();
    for subset in 1_u32..1 << n {
        let rows: Vec<usize> = (0..n).filter(|i| subset >> i & 1 == 1).collect();
        let minor: Vec<Vec<Poly>> =
            rows.iter().map(|i| rows.iter().map(|j| matrix[*i][*j].clone()).collect()).collect();
        minors.push(not_negative(&crate::sign::division::determinant(&minor)?));
    }
    Some(all(minors))
}
