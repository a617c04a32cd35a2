//! The steps of the algebra that cannot be interrupted: factors, resultants, real roots. Each is refused where the size
//! of what it starts from says that it would take longer than a verdict may; the question then stays open.

use crate::algebra::ring::{Memo, Poly, coefficients, terms};
use crate::base::budget::Budget;
use num_integer::gcd;
use std::cell::RefCell;
use std::sync::Arc;
use symbolica::domains::rational::{Q, Rational};
use symbolica::poly::PolyVariable;
use symbolica::poly::factor::Factorize;
use symbolica::symbol;

/// What one derivation may spend and has found: the rings of all equations that it looks at share it.
pub(crate) struct Workspace {
    pub(crate) budget: Budget,
    /// A verdict and its repairs ask for most factors several times.
    factored: RefCell<Memo<Vec<(Poly, usize)>>>,
    /// The variables that have been named so far; each is named once, since Symbolica parses its name.
    named: RefCell<Vec<PolyVariable>>,
}

impl Workspace {
    pub(crate) fn new(limit: u64) -> Self {
        Self { budget: Budget::new(limit), factored: RefCell::default(), named: RefCell::default() }
    }

    /// The first variables of every ring.
    pub(crate) fn variables(&self, count: usize) -> Vec<PolyVariable> {
        let mut named = self.named.borrow_mut();
        let known = named.len();
        named.extend((known..count).map(|i| PolyVariable::from(symbol!(format!("genphys::v{i}")))));
        named[..count].to_vec()
    }

    /// The irreducible factors with their powers.
    pub(crate) fn factors(&self, poly: &Poly) -> Option<Vec<(Poly, usize)>> {
        if self.budget.is_spent() {
            return None;
        }
        if let Some(known) = self.factored.borrow().get(poly) {
            return Some(known.clone());
        }
        let work = work_of_factors(poly);
        if work > MOST_FACTOR_WORK || is_wide(poly) {
            return None;
        }
        self.budget.spend(work / 2);
        let mut found = poly.factor();
        // Symbolica's order differs from run to run.
        found.sort_by_cached_key(|(factor, power)| (factor.exponents.clone(), *power, factor.to_string()));
        self.factored.borrow_mut().insert(poly.clone(), found.clone());
        Some(found)
    }

    /// The resultant by one variable.
    pub(crate) fn resultant(&self, p: &Poly, q: &Poly, variable: usize) -> Option<Poly> {
        let work = work_of_resultant(p, q, variable);
        if self.budget.is_spent() || work > MOST_RESULTANT_WORK {
            return None;
        }
        self.budget.spend(2 * work);
        Some(p.to_univariate(variable).resultant(&q.to_univariate(variable)))
    }

    /// Isolating intervals of the real roots of a polynomial in one variable, ascending; those of simple roots do not
    /// touch.
    pub(crate) fn real_roots(&self, poly: &Poly, variable: usize) -> Option<Vec<(Rational, Rational)>> {
        let work = work_of_roots(poly, variable);
        if self.budget.is_spent() || poly.is_zero() || work > MOST_ROOT_WORK {
            return None;
        }
        self.budget.spend(work / 20);
        let found = poly.to_univariate_from_univariate(variable).isolate_real_root_intervals();
        let mut roots: Vec<(Rational, Rational)> = found.into_iter().map(|(lower, upper, _)| (lower, upper)).collect();
        roots.sort_by(|a, b| {
            let difference = &a.0 - &b.0;
            match (difference.is_zero(), difference.is_negative()) {
                (true, _) => std::cmp::Ordering::Equal,
                (_, true) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            }
        });
        let negative = |x: &Rational| poly.replace(variable, x).get_constant().is_negative();
        let halved = |(lower, upper): &(Rational, Rational)| {
            let middle = &(lower + upper) / &2.into();
            if negative(lower) == negative(&middle) { (middle, upper.clone()) } else { (lower.clone(), middle) }
        };
        let simple = |(lower, upper): &(Rational, Rational)| negative(lower) != negative(upper);
        for i in 1..roots.len() {
            for _ in 0..MOST_HALVINGS {
                if (&roots[i - 1].1 - &roots[i].0).is_negative() {
                    break;
                }
                for j in [i - 1, i] {
                    if simple(&roots[j]) {
                        roots[j] = halved(&roots[j]);
                    }
                }
            }
        }
        Some(roots)
    }

    /// Number of distinct roots in (0, ∞) of a polynomial in one variable: by the rule of Descartes where that says it, by
    /// Sturm's otherwise. `None` for the zero polynomial and where it would take too long.
    pub(crate) fn count_positive_roots(&self, poly: &Poly, variable: usize) -> Option<usize> {
        if poly.is_constant() {
            return (!poly.is_zero()).then_some(0);
        }
        let list = coefficients(poly, variable);
        let signs: Vec<bool> =
            list.iter().map(|(c, _)| c.get_constant()).filter(|c| !c.is_zero()).map(|c| c.is_negative()).collect();
        let changes = signs.windows(2).filter(|pair| pair[0] != pair[1]).count();
        if changes <= 1 {
            return Some(changes);
        }
        // Only x^step occurs, beyond a power of x.
        let lowest = list.iter().map(|(_, e)| *e).min().unwrap_or(0);
        let step = list.iter().fold(0, |g, (_, e)| gcd(g, e - lowest)).max(1);
        let alone = Arc::new(vec![poly.variables()[variable].clone()]);
        let mut single = Poly::new(&Q, None, alone);
        for (coefficient, exponent) in &list {
            single.append_monomial(coefficient.get_constant(), &[(exponent - lowest) / step]);
        }
        let work = work_of_roots(&single, 0);
        if self.budget.is_spent() || work > MOST_ROOT_WORK {
            return None;
        }
        self.budget.spend(work / 20);
        single.count_positive_real_roots().ok()
    }

    /// The square root of a polynomial that is a square.
    pub(crate) fn perfect_root(&self, poly: &Poly) -> Option<Poly> {
        let mut root = poly.one();
        for (factor, exponent) in self.factors(poly)? {
            if factor.is_constant() {
                let value = factor.get_constant();
                let value = (0..exponent).fold(Rational::from(1), |v, _| &v * &value);
                if value.is_negative() {
                    return None;
                }
                let (n, d) = (value.numerator().root(2), value.denominator().root(2));
                let candidate = &Rational::from(n) / &Rational::from(d);
                if &candidate * &candidate != value {
                    return None;
                }
                root = root.mul_coeff(candidate);
            } else if exponent % 2 == 0 {
                root = &root * &factor.pow(exponent / 2);
            } else {
                return None;
            }
        }
        (&root * &root == *poly).then_some(root)
    }
}

/// Work above this takes more than about a tenth of a second, measured with a Symbolica that is not optimised.
const MOST_FACTOR_WORK: usize = 20_000;

/// Products of the degrees in three variables or more above which factors are now and then not found at all: they are
/// put together from those in two variables, and what does not fit is tried anew.
const MOST_WIDTH: usize = 1500;

fn is_wide(poly: &Poly) -> bool {
    let degrees = (0..poly.nvars()).map(|i| usize::from(poly.degree(i))).filter(|d| *d > 0);
    let (count, width) = degrees.fold((0, 1_usize), |(n, width), d| (n + 1, width.saturating_mul(d + 1)));
    count > 2 && width > MOST_WIDTH
}

/// Variables times highest degree times terms, or the degree again where there are few, times words of the longest
/// coefficient.
fn work_of_factors(poly: &Poly) -> usize {
    let degrees: Vec<usize> = (0..poly.nvars()).map(|i| usize::from(poly.degree(i))).filter(|d| *d > 0).collect();
    let highest = degrees.iter().copied().max().unwrap_or(0);
    let terms = poly.nterms().max(highest);
    [highest, terms, bits(poly) / 64 + 1].iter().fold(degrees.len(), |work, n| work.saturating_mul(*n))
}

/// About the binary digits of the longest coefficient, numerator and denominator together.
fn bits(poly: &Poly) -> usize {
    // Three decimal digits are about ten binary ones.
    terms(poly).map(|(c, _)| c.to_string().len()).max().unwrap_or(0) * 10 / 3
}

/// Rows of Sylvester's matrix times terms of its determinant: more takes longer than a verdict may.
const MOST_RESULTANT_WORK: usize = 4000;

/// The work of the resultant of two polynomials.
fn work_of_resultant(p: &Poly, q: &Poly, variable: usize) -> usize {
    let (m, n) = (usize::from(p.degree(variable)), usize::from(q.degree(variable)));
    let others = (0..p.nvars()).filter(|v| *v != variable);
    let terms = others.map(|v| usize::from(p.degree(v)) * n + usize::from(q.degree(v)) * m + 1);
    terms.fold(m + n, usize::saturating_mul)
}

/// Squared degree times binary digits above which the real roots take more than about a tenth of a second.
const MOST_ROOT_WORK: usize = 400_000;

fn work_of_roots(poly: &Poly, variable: usize) -> usize {
    usize::from(poly.degree(variable)).pow(2).saturating_mul(bits(poly))
}

const MOST_HALVINGS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::ring::{RADIAL, Ring};
    use std::rc::Rc;

    fn unlimited() -> Workspace {
        Workspace::new(u64::MAX)
    }

    /// Σ c x^e, in the radial variable.
    fn poly(list: &[(i64, u16)]) -> Poly {
        let ring = Ring::new(&[], 0, 1, "t", &Rc::new(unlimited()));
        list.iter().fold(ring.zero(), |sum, (c, e)| &sum + &crate::algebra::ring::scale(&ring.power(RADIAL, *e), *c))
    }

    /// Symbolica is used by one thread only.
    fn in_session(assertions: fn()) {
        crate::base::session::run(assertions).unwrap();
    }

    #[test]
    fn positive_roots_are_counted_or_refused() {
        in_session(|| {
            let count = |list: &[(i64, u16)]| unlimited().count_positive_roots(&poly(list), RADIAL);
            assert_eq!(count(&[(1, 0), (1, 5)]), Some(0));
            // One change of sign, of any degree.
            assert_eq!(count(&[(-1, 3), (1, 9000)]), Some(1));
            // (x - 1)(x - 2)(x - 3) in x^2, times x^4.
            assert_eq!(count(&[(-6, 4), (11, 6), (-6, 8), (1, 10)]), Some(3));
            assert_eq!(count(&[(1, 0), (-1, 1), (1, 2)]), Some(0));
            // x^31 for x; the degree stays too high where the exponents have no common divisor.
            assert_eq!(count(&[(1, 0), (-3, 31), (1, 1023)]), Some(2));
            assert_eq!(count(&[(1, 0), (-3, 31), (1, 1000)]), None);
            assert_eq!(count(&[]), None);
        });
    }

    #[test]
    fn intervals_of_roots_lie_apart() {
        in_session(|| {
            // 27 - 4 x^6: two real roots, on either side of 0.
            let roots = unlimited().real_roots(&poly(&[(27, 0), (-4, 6)]), RADIAL).unwrap();
            assert_eq!(roots.len(), 2);
            assert!((&roots[0].1 - &roots[1].0).is_negative(), "{roots:?}");
        });
    }

    #[test]
    fn large_polynomials_are_not_factored() {
        in_session(|| {
            assert_eq!(unlimited().factors(&poly(&[(-1, 0), (1, 2)])).map(|list| list.len()), Some(2));
            assert!(unlimited().factors(&poly(&[(1, 0), (-3, 31), (1, 1023)])).is_none());
        });
    }
}
