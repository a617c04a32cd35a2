//! Evolution equations with several excited branches, D(s) = Σ a_j s^j: p = Σ_{j≥1} a_j ∂_t^{j−1} φ with data in the
//! highest derivative only, so that p̂ has the Laplace transform Q/D in t, Q = (D − a_0)/s. Then
//!
//!   p̂(k, t) = 1 − (a_0/a_m) t^m/m! + O(t^{m+1})  as t → 0 at every k.
//!
//! - *Short times.* If p̂(·, t) is positive definite then p̂(0, t) − p̂(·, t) is negative definite, and so is its limit
//!   after division by t^m (Berg, Forst, section 7): a_0/a_m must be a Lévy exponent up to a real constant.
//! - *No wave may grow faster than the longest.* |p̂(k, t)| ≤ p̂(0, t), so that Q/D has no pole at k to the right of
//!   all those at k = 0; at a zero s ≠ 0 of D, Q = −a_0/s does not vanish. An ill-posed problem violates it.

use super::{atom, bernstein, bounded_force, half_plane, local, memory, relaxation, short_waves, two_branches};
use crate::algebra::formula::Formula;
use crate::algebra::ring::CPoly;
use crate::claims::answer::C1;
use crate::equation::linear::Equation;

/// C1 of an evolution equation of second or higher order in time.
pub(super) fn decide(eq: &Equation, a: &[CPoly]) -> C1 {
    if let [a0, a1, a2] = a
        && eq.pde.density.is_none()
        && two_branches::applies(eq, a0, a1, a2)
    {
        return two_branches::decide(eq, a0, a1, a2);
    }
    let (Some(first), Some(last)) = (a.first(), a.last()) else {
        return crate::claims::answer::undecided("no branch");
    };
    let why = format!("{} excited branches of a form that no rule reaches", a.len() - 1);
    if eq.pde.density.is_some() || first.is_zero() {
        return crate::claims::answer::undecided(&why);
    }
    let mut known = Vec::new();
    for (rule, because, necessary) in necessary(eq, a, first, last) {
        let necessary = necessary.simplify(&eq.oracle);
        if necessary == Formula::False {
            return C1::new(rule, Formula::False, because);
        }
        known.push(necessary);
    }
    let known = Formula::all(known).simplify(&eq.oracle);
    let open = Formula::all([known.clone(), Formula::Unknown(why.clone())]);
    // Without decay of the longest wave it is a case of `memory`.
    if let [a0, a1, a2] = a
        && !eq.ring.at_zero(&a0.re).is_zero()
        && let Some(found) = relaxation::decide(eq, a0, a1, a2)
    {
        return bernstein::limited(eq, a0, relaxing(eq, found, open));
    }
    if let Some(found) = bounded_force::decide(eq, a, &known)
        && found.formula.unknowns().is_empty()
    {
        return bernstein::limited(eq, first, found);
    }
    match memory::decide(eq, a, &known) {
        Some(found) => bernstein::limited(eq, first, found),
        None => C1::new("short-times", open, why),
    }
}

/// What p ≥ 0 needs: rule, reason, condition.
fn necessary(
    eq: &Equation,
    a: &[CPoly],
    first: &CPoly,
    last: &CPoly,
) -> impl Iterator<Item = (&'static str, &'static str, Formula)> {
    let mut list = Vec::new();
    if let [a0, a1, a2] = a {
        let waves = match short_waves::anisotropic(eq, a0, a1, a2).simplify(&eq.oracle) {
            Formula::True => Formula::False,
            _ => short_waves::necessary(eq, a0, a1, a2),
        };
        list.push(("short-waves", short_waves::BECAUSE, waves));
    }
    let early = "at short times p-hat(k, t) = 1 - (a_0/a_m) t^m/m!, so that a_0/a_m has to be a Levy exponent up to a real constant; \
                 it is none";
    list.push(("short-times", early, short_times(eq, first, last)));
    list.push(("atom", atom::BECAUSE, atom::necessary(eq, a)));
    let faster = "|p-hat(k, t)| <= p-hat(0, t) for every density p >= 0, but some wave grows faster than the longest";
    list.push(("growth", faster, atom::no_faster_wave(eq, a)));
    list.into_iter()
}

/// Of relaxation, by dimension; `open` is what is not known otherwise.
fn relaxing(eq: &Equation, found: relaxation::Relaxation, open: Formula) -> C1 {
    let relaxation::Relaxation { everywhere, on_the_line, open_on_the_line } = found;
    let rule = |formula: Formula, because| C1::new(relaxation::RULE, formula.simplify(&eq.oracle), because);
    if everywhere == Formula::True {
        return rule(everywhere, relaxation::BECAUSE);
    }
    let Some(line) = on_the_line else {
        // Another ψ than c|k|²: the condition is sufficient.
        if everywhere == Formula::False {
            return rule(open, relaxation::BECAUSE);
        }
        return C1 { exact: false, ..rule(everywhere, relaxation::BECAUSE) };
    };
    let because = if everywhere == Formula::False { relaxation::IN_SPACE } else { relaxation::BECAUSE };
    if eq.dims.least >= 2 {
        return rule(everywhere, because);
    }
    let line = Formula::any([everywhere.clone(), line, open_on_the_line]).simplify(&eq.oracle);
    if eq.dims.only() == Some(1) {
        return rule(line, if everywhere == Formula::False { relaxation::ON_THE_LINE } else { relaxation::BECAUSE });
    }
    let because = if everywhere == Formula::False { relaxation::ON_THE_LINE } else { relaxation::BECAUSE };
    C1 { line: Some(line), ..rule(everywhere, because) }
}

/// C1 of an ill-posed problem of second or higher order in time, read as one that starts from data.
pub(super) fn ill_posed(eq: &Equation, a: &[CPoly]) -> C1 {
    if eq.pde.density.is_some() || a.first().is_none_or(CPoly::is_zero) {
        return crate::claims::answer::undecided("the equation is ill posed, so there is no density to follow");
    }
    let because = "ill posed: the growth rate of short waves is unbounded, but |p-hat(k, t)| <= p-hat(0, t) for every \
                   density p >= 0";
    C1::new("unbounded-growth", Formula::False, because)
}

/// a_0/a_m is a Lévy exponent up to a real constant, as far as it is decided.
fn short_times(eq: &Equation, first: &CPoly, last: &CPoly) -> Formula {
    if eq.ring.has_wave(&last.re) || eq.ring.has_wave(&last.im) {
        // p̂ has this expansion at k = 0 too.
        if eq.ring.at_zero(&last.norm()).is_zero() {
            return Formula::Unknown("short times where the leading coefficient vanishes at k = 0".into());
        }
        return half_plane::decide(eq, first, last).formula;
    }
    let psi = first.mul(&last.conj());
    if local::is_local(eq, &psi) { local::levy_khintchine(eq, &psi) } else { bernstein::powers(eq, &psi).formula }
}
