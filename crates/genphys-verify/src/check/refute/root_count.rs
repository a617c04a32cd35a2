//! How many roots of a polynomial with coefficients in ℚ(i) lie to the left of, on and to the right of the imaginary
//! axis: exact, by the argument principle, Cauchy's index and Sturm's chain (Routh; Hurwitz; Gantmacher,
//! *Matrizentheorie*, ch. 16).

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

pub(super) type Q = BigRational;
/// x + iy.
pub(super) type Gauss = (Q, Q);
/// Coefficients by rising power; the last one is not zero.
type Real = Vec<Q>;

/// Roots with Re < 0, Re = 0 and Re > 0, with their multiplicities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) left: usize,
    pub(super) on: usize,
    pub(super) right: usize,
}

fn trimmed(mut p: Real) -> Real {
    while p.last().is_some_and(Zero::is_zero) {
        p.pop();
    }
    p
}

/// `None` for the zero polynomial.
pub(super) fn sides(p: &[Gauss]) -> Option<Sides> {
    // p(iω) = u(ω) + i v(ω).
    let (mut u, mut v) = (Vec::new(), Vec::new());
    for (j, (x, y)) in p.iter().enumerate() {
        let (a, b) = match j % 4 {
            0 => (x.clone(), y.clone()),
            1 => (-y.clone(), x.clone()),
            2 => (-x.clone(), -y.clone()),
            _ => (y.clone(), -x.clone()),
        };
        u.push(a);
        v.push(b);
    }
    let (u, v) = (trimmed(u), trimmed(v));
    let degree = u.len().max(v.len()).checked_sub(1)?;
    // Common roots: the real ones lie on the axis, the others in pairs on either side.
    let shared = gcd(u.clone(), v.clone());
    let common = shared.len().saturating_sub(1);
    let on = real_roots(&shared);
    let pairs = (common - on) / 2;
    let (u, v) = (divided(&u, &shared).0, divided(&v, &shared).0);
    // left − right of the others is the change of the argument over π.
    let difference = if v.len() <= u.len() { -index(&v, &u) } else { index(&u, &v) };
    let others = i64::try_from(degree - common).ok()?;
    let half = |twice: i64| usize::try_from(twice / 2).ok();
    Some(Sides { left: half(others + difference)? + pairs, on, right: half(others - difference)? + pairs })
}

/// Of P(s + σ).
pub(super) fn shifted(p: &[Gauss], sigma: &Q) -> Vec<Gauss> {
    let mut result: Vec<Gauss> = Vec::new();
    for (x, y) in p.iter().rev() {
        // result·(s + σ) + c.
        let mut next = vec![(Q::zero(), Q::zero()); result.len() + 1];
        for (j, (a, b)) in result.iter().enumerate() {
            next[j].0 += a * sigma;
            next[j].1 += b * sigma;
            next[j + 1].0 += a;
            next[j + 1].1 += b;
        }
        next[0].0 += x;
        next[0].1 += y;
        while next.len() > 1 && next.last().is_some_and(|(a, b)| a.is_zero() && b.is_zero()) {
            next.pop();
        }
        result = next;
    }
    result
}

/// Quotient and remainder.
fn divided(p: &Real, d: &Real) -> (Real, Real) {
    let Some(lead) = d.last() else { return (Vec::new(), p.clone()) };
    let mut rest = p.clone();
    let mut quotient = vec![Q::zero(); (p.len() + 1).saturating_sub(d.len())];
    while rest.len() >= d.len() {
        let Some(top) = rest.last() else { break };
        let factor = top / lead;
        let shift = rest.len() - d.len();
        for (i, c) in d.iter().enumerate() {
            rest[shift + i] -= &factor * c;
        }
        quotient[shift] = factor;
        rest.pop();
    }
    (trimmed(quotient), trimmed(rest))
}

fn gcd(mut p: Real, mut q: Real) -> Real {
    while !q.is_empty() {
        (p, q) = (q.clone(), divided(&p, &q).1);
    }
    match p.last().cloned() {
        Some(lead) => p.iter().map(|c| c / &lead).collect(),
        None => vec![Q::one()],
    }
}

/// Jumps of f/g from −∞ to ∞ less those from ∞ to −∞ along the real line; deg f ≤ deg g.
fn index(f: &Real, g: &Real) -> i64 {
    let mut chain = vec![g.clone(), f.clone()];
    while let [.., a, b] = chain.as_slice() {
        if b.is_empty() {
            chain.pop();
            break;
        }
        let rest: Real = divided(a, b).1.into_iter().map(|c| -c).collect();
        chain.push(rest);
    }
    let changes = |negative_end: bool| {
        let signs = chain.iter().filter_map(|p| {
            let lead = p.last()?;
            Some(lead.is_positive() != (negative_end && p.len() % 2 == 0))
        });
        let signs: Vec<bool> = signs.collect();
        i64::try_from(signs.windows(2).filter(|w| w[0] != w[1]).count()).unwrap_or(0)
    };
    changes(true) - changes(false)
}

/// Real roots with their multiplicities: those of p, of the common divisor of p and p′, and so on.
fn real_roots(p: &Real) -> usize {
    let (mut p, mut count) = (p.clone(), 0);
    while p.len() > 1 {
        let slope: Real = p.iter().enumerate().skip(1).map(|(i, c)| c * Q::from_integer(i.into())).collect();
        // The index of p′/p counts distinct real roots.
        count += usize::try_from(index(&slope, &p)).unwrap_or(0);
        p = gcd(p, slope);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauss(list: &[(i64, i64)]) -> Vec<Gauss> {
        list.iter().map(|(x, y)| (Q::from_integer((*x).into()), Q::from_integer((*y).into()))).collect()
    }

    fn product(roots: &[(i64, i64)]) -> Vec<Gauss> {
        roots.iter().fold(gauss(&[(2, 1)]), |p, (a, b)| {
            let (a, b) = (Q::from_integer((*a).into()), Q::from_integer((*b).into()));
            let mut next = vec![(Q::zero(), Q::zero()); p.len() + 1];
            for (j, (x, y)) in p.iter().enumerate() {
                next[j + 1].0 += x;
                next[j + 1].1 += y;
                next[j].0 -= x * &a - y * &b;
                next[j].1 -= x * &b + y * &a;
            }
            next
        })
    }

    #[test]
    fn known_roots_are_counted() {
        let lists: [&[(i64, i64)]; 9] = [
            &[(-1, 0)],
            &[(0, 2)],
            &[(3, 1)],
            &[(-1, 2), (-1, -2), (4, 0)],
            &[(0, 0), (0, 0), (0, 5), (1, 1), (-2, 3)],
            &[(1, 2), (-1, 2), (0, 1), (0, 1)],
            &[(1, 2), (-1, 2), (-1, 2), (1, -3), (0, -1), (0, 1), (5, 0)],
            &[(-1, 1), (-1, -1), (-2, 0), (-3, 5), (-3, -5)],
            &[(2, 0), (-2, 0), (2, 0), (-2, 0), (0, 0)],
        ];
        for roots in lists {
            let count = |f: &dyn Fn(i64) -> bool| roots.iter().filter(|(a, _)| f(*a)).count();
            let expected = Sides { left: count(&|a| a < 0), on: count(&|a| a == 0), right: count(&|a| a > 0) };
            assert_eq!(sides(&product(roots)), Some(expected), "{roots:?}");
            let one = Q::one();
            let moved = Sides { left: count(&|a| a < 1), on: count(&|a| a == 1), right: count(&|a| a > 1) };
            assert_eq!(sides(&shifted(&product(roots), &one)), Some(moved), "{roots:?}");
        }
        assert_eq!(sides(&[]), None);
        assert_eq!(sides(&gauss(&[(1, 1)])), Some(Sides { left: 0, on: 0, right: 0 }));
    }
}
