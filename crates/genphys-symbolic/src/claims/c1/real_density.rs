//! A density is real: p̂(−k, t) = p̂(k, t)* . With D = Σ a_j s^j and data in the highest derivative the Laplace
//! transform of p̂ in t is (1 − a_0/D)/s, so that D/a_0, and with a real constant a_m every a_j, has to be Hermitian,
//! a_j(−k) = a_j(k)*. Of second order in time this holds for every choice of a branch as well, where a_1 is Hermitian:
//! a common root of D and of its mirror image is a zero of a_0(k) − a_0(−k)*.

use crate::algebra::formula::Formula;
use crate::algebra::polynomial::mirror;
use crate::algebra::ring::{CPoly, K1};
use crate::equation::linear::Equation;
use crate::equation::petrovsky::Kind;

pub(super) const BECAUSE: &str = "the coefficients at -k are not the complex conjugates of those at k, so that the density of a \
                                  real source is not real";

/// A condition without which p is not real; `True` where nothing is said.
pub(super) fn necessary(eq: &Equation, kind: &Kind) -> Formula {
    let [first, .., last] = eq.a.as_slice() else { return Formula::True };
    let plain = last.is_real() && !eq.ring.has_wave(&last.re);
    if eq.order() < 2 || !plain || eq.pde.density.is_some() || first.is_zero() || eq.depends_on_time() {
        return Formula::True;
    }
    let hermitian = |list: &[CPoly]| Formula::all(list.iter().map(|c| is_hermitian(eq, c))).simplify(&eq.oracle);
    let evolution = hermitian(&eq.a);
    let any_branch =
        if eq.order() == 2 && hermitian(&eq.a[1..2]) == Formula::True { evolution.clone() } else { Formula::True };
    if any_branch != Formula::True {
        return any_branch;
    }
    match kind.evolution {
        Formula::True => evolution,
        _ => Formula::True,
    }
}

/// c(−k) = c(k)*.
pub(super) fn is_hermitian(eq: &Equation, c: &CPoly) -> Formula {
    let turned = c.map(|p| (K1..K1 + eq.ring.components as usize).fold(p.clone(), |p, i| mirror(&p, i)));
    let (odd, even) = (&c.re - &turned.re, &c.im + &turned.im);
    Formula::all([
        crate::algebra::positivity::vanishes(&odd, &eq.ring),
        crate::algebra::positivity::vanishes(&even, &eq.ring),
    ])
}
