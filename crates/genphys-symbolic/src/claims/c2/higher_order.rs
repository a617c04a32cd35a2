//! C2 for real equations of any order in time (and for complex ones through P P̄): with s₀ the slowest growth rate at
//! k = 0, P(s + s₀, k) must be a Hurwitz polynomial for every k ≠ 0 (Routh, Hurwitz; Liénard, Chipart).

use crate::algebra::formula::Formula;
use crate::algebra::hurwitz;
use crate::algebra::ring::{CPoly, Poly};
use crate::claims::answer::C2;
use crate::claims::c2::{even_in_time, factors, rates, rates_certificate};
use crate::equation::linear::Equation;
use crate::equation::petrovsky;
use crate::equation::petrovsky::Kind;
use genphys_pde::verdict::Problem;

const RULE: &str = "routh-hurwitz";

/// Orders above this are not decided: the determinants become too large.
const MAX_ORDER: usize = 6;

/// Above order 4 the determinants of polynomials with more terms than this take longer than a verdict may.
const MOST_TERMS: usize = 9;

/// Decides C2 from the coefficients of s^j; `again` decides that of a factor.
pub(super) fn decide(eq: &Equation, a: &[CPoly], again: fn(&Equation) -> C2) -> C2 {
    let real = hurwitz::real(a);
    if eq.is_real()
        && let Some(found) = factors::decide(eq, &real, again).or_else(|| even_in_time::decide(eq, &real))
    {
        return found;
    }
    let terms: usize = real.iter().map(|p| p.nterms()).sum();
    if real.len() > MAX_ORDER + 1 || (real.len() > 5 && terms > MOST_TERMS) {
        let why = format!("Routh-Hurwitz conditions of order {}", real.len() - 1);
        let unknown = || Formula::Unknown(why.clone());
        let kind = Kind { evolution: unknown(), half_space: unknown() };
        return C2::new(RULE, unknown(), kind, "the order in time is above what is decided here");
    }
    let leads = |list: &[Poly]| {
        list.last().map_or(Formula::False, |lead| {
            // Where it vanishes at k = 0 roots are lost there, and only there.
            let zero = eq.ring.at_zero(lead);
            let at_zero = if zero.is_zero() { Formula::True } else { Formula::positive(&zero) };
            if eq.ring.has_wave(lead) { Formula::all([at_zero, eq.positive(lead)]) } else { at_zero }
                .simplify(&eq.oracle)
        })
    };
    let minus: Vec<Poly> = real.iter().map(|p| -p.clone()).collect();
    let real = if leads(&real) == Formula::True { real } else { minus };
    let mut kind = petrovsky::higher_order(eq, &real);
    if leads(&real) != Formula::True {
        let why = "a leading coefficient that changes its sign";
        return C2::new(RULE, Formula::Unknown(why.into()), kind, why);
    }
    let mut at_zero: Vec<Poly> = real.iter().map(|p| eq.ring.at_zero(p)).collect();
    while at_zero.last().is_some_and(Poly::is_zero) {
        at_zero.pop();
    }
    if let [_] | [] = at_zero.as_slice() {
        return C2::new(
            RULE,
            Formula::Unknown("no growth rate at k = 0".into()),
            kind,
            "no growth rate is left at k = 0",
        );
    }
    let (mut options, mut rates) = (Vec::new(), Vec::new());
    for rate in rates::slowest(eq, &at_zero) {
        let Some(rate) = rate else {
            options.push(Formula::Unknown("the slowest growth rate at k = 0".into()));
            continue;
        };
        let decays =
            rate.statement(eq, &|eq, shift| Formula::all(conditions(eq, &real, shift).iter().map(|p| eq.positive(p))));
        if decays != Formula::False {
            rates.push(rate);
        }
        options.push(decays);
    }
    let decay = Formula::any(options).simplify(&eq.oracle);
    if decay == Formula::True {
        // No root has Re s above s₀ at any k.
        kind.evolution = Formula::True;
        kind.half_space = Formula::False;
    }
    let evolution = Formula::all([kind.evolution.clone(), decay]);
    let half_space = Formula::all([
        kind.half_space.clone(),
        Formula::Unknown("the branches that count of a half-space problem of this order in time".into()),
    ]);
    let formula = Formula::any([evolution, half_space]).simplify(&eq.oracle);
    let because = match kind.problem() {
        Problem::IllPosed => "some growth rate is unbounded at short waves and the branches do not pair up: ill posed",
        _ => {
            "P(s + s0, k), s0 the slowest growth rate at k = 0, has all its roots in the left half-plane for every \
             k != 0 (Routh-Hurwitz)"
        }
    };
    let mut c2 = C2::new(RULE, formula, kind, because);
    c2.certificate = rates_certificate::by_rates(eq, &rates);
    c2
}

/// The conditions of Liénard and Chipart for P(s + s₀): leading coefficient, every second coefficient from s⁰ on, and
/// every second Hurwitz determinant.
fn conditions(eq: &Equation, real: &[Poly], shift: &rates::Shift) -> Vec<Poly> {
    let shifted = shift.apply(real);
    let n = shifted.len() - 1;
    let mut list: Vec<Poly> = shifted.iter().take(n).step_by(2).cloned().collect();
    // Δ_{n−1}, Δ_{n−3}, …
    list.extend((1..n).rev().step_by(2).map(|j| shift.reduce(&hurwitz::determinant(&shifted, j))));
    // A leading coefficient without k is a condition on parameters, and is known to be positive.
    if eq.ring.has_wave(&shifted[n]) {
        list.push(shifted[n].clone());
    }
    list
}
