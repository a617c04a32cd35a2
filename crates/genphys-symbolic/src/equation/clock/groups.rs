//! A symbol that changes in time as Σ_i c_i(t) Q_i(k): terms whose coefficients are one function of the time up to
//! constants are taken together.

use crate::algebra::polynomial::monomials;
use crate::algebra::ring::{Meaning, Poly, gcd, lowest_terms, terms};
use crate::equation::linear::Equation;
use std::collections::BTreeMap;
use symbolica::domains::rational::Rational;

/// c(t) Q(k); in coordinates that move with linear drift, in which k grows like e^Θ, c(t) e^{aΘ} Q(k).
pub(crate) struct Group {
    /// c as a quotient.
    pub(crate) num: Poly,
    pub(crate) den: Poly,
    /// a, the degree of Q; zero where nothing moves.
    pub(crate) degree: Rational,
    /// Q, with coefficients in the parameters.
    pub(crate) form: Poly,
}

impl Group {
    pub(crate) fn rate(&self) -> super::Rate<'_> {
        super::Rate { num: &self.num, den: &self.den, degree: self.degree.clone() }
    }
}

/// The groups of `symbol`/`den`, `den` free of k; `None` where Q has no degree although the coordinates move.
pub(crate) fn groups(eq: &Equation, symbol: &Poly, den: &Poly) -> Option<Vec<Group>> {
    let wave = eq.ring.wave_variables();
    let mut list: Vec<(Poly, Rational, Poly)> = Vec::new();
    for (key, c) in monomials(symbol, &eq.ring) {
        let degree = if eq.motion.is_some() { degree(eq, &key)? } else { Rational::from(0) };
        let mut exponents = vec![0; eq.ring.vars.len()];
        wave.iter().zip(&key).for_each(|(i, e)| exponents[*i] = *e);
        let monomial = eq.ring.zero().monomial(Rational::from(1), exponents);
        let known = list.iter_mut().filter(|(_, a, _)| *a == degree).find_map(|(first, _, form)| {
            let ratio = c.try_div(first).filter(|q| !eq.ring.has_time(q))?;
            Some((form, ratio))
        });
        if let Some((form, ratio)) = known {
            *form = &*form + &(&ratio * &monomial);
            continue;
        }
        // What is free of the time belongs to Q.
        let content = by_time(eq, &c).values().fold(eq.ring.zero(), |g, p| gcd(&g, p));
        let first = c.try_div(&content)?;
        list.push((first, degree, &content * &monomial));
    }
    let group = |(first, degree, form): (Poly, Rational, Poly)| {
        let (num, den) = lowest_terms(&first, den);
        Group { num, den, degree, form }
    };
    Some(list.into_iter().map(group).collect())
}

/// The degree in |k| of a monomial.
pub(crate) fn degree(eq: &Equation, key: &[u16]) -> Option<Rational> {
    let mut total = Rational::from(0);
    for (index, e) in eq.ring.wave_variables().into_iter().zip(key).filter(|(_, e)| **e > 0) {
        let one = match eq.ring.meanings[index] {
            Meaning::Radial => Rational::new(1, i64::from(eq.ring.root)),
            Meaning::Component(_) => Rational::from(1),
            _ => return None,
        };
        total = &total + &(&one * &Rational::from(i64::from(*e)));
    }
    Some(total)
}

/// The polynomial by monomials in the time and its functions.
pub(crate) fn by_time(eq: &Equation, poly: &Poly) -> BTreeMap<Vec<u16>, Poly> {
    let mut grouped: BTreeMap<Vec<u16>, Poly> = BTreeMap::new();
    for (coefficient, exponents) in terms(poly) {
        let (mut key, mut rest) = (vec![0; exponents.len()], exponents.to_vec());
        for i in 0..eq.ring.meanings.len() {
            if eq.ring.changes_in_time(i) {
                key[i] = exponents[i];
                rest[i] = 0;
            }
        }
        let term = poly.zero().monomial(coefficient.clone(), rest);
        let entry = grouped.entry(key).or_insert_with(|| poly.zero());
        *entry = &*entry + &term;
    }
    grouped
}
