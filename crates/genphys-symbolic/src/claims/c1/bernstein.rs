//! Rule 2: isotropic equations with one branch s = −B(|k|²). p ≥ 0 in every dimension exactly when B − B(0) is a
//! Bernstein function (Schoenberg). Sums of powers λ^a with 0 < a ≤ 1 and positive weights are; what grows faster than
//! |k|² is refuted in every dimension, since a negative-definite function satisfies |ψ(k)| ≤ C(1 + |k|²).

use super::{stable, triple};
use crate::algebra::formula::Formula;
use crate::algebra::polynomial::monomials;
use crate::algebra::positivity::Space;
use crate::algebra::positivity::vanishes;
use crate::algebra::ring::{CPoly, Meaning, Poly, RADIAL};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;
use crate::trees::bernstein::Proof;
use genphys_pde::certificate::{Closure, ClosureRule};

const RULE: &str = "bernstein";

/// ψ is a sum of powers of |k|, possibly with a local part.
pub(super) fn powers(eq: &Equation, psi: &CPoly) -> C1 {
    if eq.space != Space::Radial {
        return mixed(eq, psi);
    }
    let oscillating = without_constant(eq, &psi.im);
    let symbolic = eq.ring.wave_variables().into_iter().any(|i| i != RADIAL && oscillating.degree(i) > 0);
    let no_phase = if symbolic {
        // Powers with different parameters for exponents may coincide and cancel.
        Formula::Unknown("imaginary weights of powers of |k| whose exponents are parameters".into())
    } else {
        vanishes(&oscillating, &eq.ring)
    };
    let formula = Formula::all([no_phase, non_negative_weights(eq, &psi.re)]);
    let formula = Formula::all([formula, constant_is_real(eq, psi)]).simplify(&eq.oracle);
    if eq.ring.has_atom(&psi.re) && multipliers(eq, psi).next().is_some() {
        return of_multipliers(eq, psi, formula);
    }
    let because = match &formula {
        Formula::False => {
            "a power of |k| above 2, or a leading term of the wrong sign: |p-hat(k)| <= p-hat(0) or the growth bound \
             |psi(k)| <= C(1 + |k|^2) of negative-definite functions is violated"
        }
        _ => {
            "s = -B(|k|^2) with B a sum of powers of |k| up to 2 with positive weights, a Bernstein function: \
             p >= 0 in every dimension (Schoenberg)"
        }
    };
    C1::new(RULE, formula, because)
}

/// The Fourier multipliers that occur: index and proof.
fn multipliers<'a>(eq: &'a Equation, psi: &'a CPoly) -> impl Iterator<Item = Option<&'a Proof>> {
    let occurs = |i: usize| psi.re.degree(i) > 0 || psi.im.degree(i) > 0;
    eq.ring.meanings.iter().enumerate().filter(move |(i, _)| occurs(*i)).filter_map(|(_, meaning)| match meaning {
        Meaning::Multiplier { proof, .. } => Some(proof.as_deref()),
        _ => None,
    })
}

/// ψ with Fourier multipliers: closure rules, which may hold up to some dimension only.
fn of_multipliers(eq: &Equation, psi: &CPoly, formula: Formula) -> C1 {
    // Without a proof for all parameter values a function decides by the exponent in it.
    let bernstein = multipliers(eq, psi).all(|proof| proof.is_none_or(|p| p.bernstein));
    let (rule, because) = if bernstein {
        (
            RULE,
            match &formula {
                Formula::False => {
                    "psi is no Levy exponent: it has the wrong sign, or is o(|k|^2) for long waves, so that there is no variance"
                }
                _ => {
                    "s = -B(|k|^2) with B - B(0) a Bernstein function, by the closure rules of these functions: p >= 0 in \
                     every dimension (Schoenberg)"
                }
            },
        )
    } else {
        (
            "levy-closure",
            "psi is a sum of Bernstein functions and of f(0) - f for positive-definite f (compound Poisson): a Levy \
             exponent",
        )
    };
    limited(eq, psi, C1::new(rule, formula, because))
}

/// With the largest dimension that the proofs of the Fourier multipliers in `psi` reach as a condition.
pub(super) fn limited(eq: &Equation, psi: &CPoly, mut c1: C1) -> C1 {
    let limit = multipliers(eq, psi).flatten().filter_map(|proof| proof.closure.dim).min();
    if let Some(limit) = limit
        && eq.dims.most.is_none_or(|most| most > limit)
    {
        if eq.dims.least > limit {
            let why = format!("a jump measure on the sphere, whose rule ends at N = {limit}");
            c1.formula = Formula::all([c1.formula, Formula::Unknown(why)]).simplify(&eq.oracle);
        } else {
            c1.further.push(if limit == 1 { "N = 1".into() } else { format!("N <= {limit}") });
            let one = multipliers(eq, psi).count() == 1;
            c1.exact &= one && multipliers(eq, psi).flatten().all(|proof| is_sphere(&proof.closure));
        }
    }
    c1
}

/// 1 − cos(a|k|) or 1 − sin(a|k|)/(a|k|): jumps on a sphere of N = 1 or N = 3, signed ones above (Schoenberg).
fn is_sphere(closure: &Closure) -> bool {
    match (closure.rule, closure.of.as_slice()) {
        (ClosureRule::Cosine | ClosureRule::Sinc, []) => true,
        (ClosureRule::Complement | ClosureRule::Scale, [inner]) => is_sphere(inner),
        _ => false,
    }
}

fn without_constant(eq: &Equation, p: &Poly) -> Poly {
    p - &eq.ring.at_zero(p)
}

fn constant_is_real(eq: &Equation, psi: &CPoly) -> Formula {
    Formula::zero(&eq.ring.at_zero(&psi.im))
}

/// Σ c_j |k|^{a_j} is a Lévy exponent. No power above 2 may occur (|ψ(k)| ≤ C(1 + |k|²)), the weight of |k|² is that of
/// diffusion, and the others have the Lévy density Σ c_j C(N, a_j) r^{−N−a_j} with C > 0, which is unique
/// (Lévy–Khintchine): it is ≥ 0 for all r only if the weights of the lowest and of the highest power below 2 are, and
/// if all are.
pub(super) fn non_negative_weights(eq: &Equation, b: &Poly) -> Formula {
    let list: Vec<(Vec<u16>, Poly)> =
        monomials(b, &eq.ring).into_iter().filter(|(e, _)| e.iter().any(|x| *x > 0)).collect();
    let wave = eq.ring.wave_variables();
    let symbolic = |e: &[u16]| wave.iter().zip(e).any(|(i, x)| *x > 0 && eq.ring.is_atom(*i));
    if list.iter().any(|(e, _)| symbolic(e)) {
        return symbolic_powers(eq, b, &list);
    }
    if list.iter().any(|(e, _)| wave.iter().zip(e).any(|(i, x)| *x > 0 && *i != RADIAL)) {
        return Formula::Unknown("products of |k| with components of k".into());
    }
    let position = wave.iter().position(|i| *i == RADIAL);
    let exponent = |e: &[u16]| position.map_or(0, |p| u32::from(e[p]));
    let (fast, slow): (Vec<_>, Vec<_>) = list.into_iter().partition(|(e, _)| exponent(e) > 2 * eq.ring.root);
    let mut slow: Vec<_> = slow.into_iter().map(|(e, c)| (exponent(&e), c)).collect();
    slow.sort_by_key(|(e, _)| *e);
    let none_fast = fast.iter().map(|(_, c)| Formula::zero(c)).collect::<Vec<_>>();
    let (gaussian, jumps): (Vec<_>, Vec<_>) = slow.iter().partition(|(e, _)| *e == 2 * eq.ring.root);
    let diffuses = Formula::all(gaussian.iter().map(|(_, c)| Formula::non_negative(c)).collect::<Vec<_>>());
    let all_weights = Formula::all(jumps.iter().map(|(_, c)| Formula::non_negative(c)).collect::<Vec<_>>());
    let weights = if jumps.len() <= 2 {
        all_weights
    } else {
        let ends = [jumps.first(), jumps.last()].into_iter().flatten().map(|(_, c)| Formula::non_negative(c));
        let open = Formula::Unknown("a sum of powers of |k| with a negative weight between positive ones".into());
        Formula::any([all_weights, Formula::all(ends.chain([open]).collect::<Vec<_>>())])
    };
    Formula::all(none_fast.into_iter().chain([diffuses, weights]))
}

/// The proof of a monomial that is one Fourier multiplier and nothing else.
pub(super) fn single_multiplier<'a>(eq: &'a Equation, exponents: &[u16]) -> Option<Option<&'a Proof>> {
    let wave = eq.ring.wave_variables();
    let mut found = wave.iter().zip(exponents).filter(|(_, e)| **e > 0);
    match (found.next(), found.next()) {
        (Some((index, 1)), None) => match &eq.ring.meanings[*index] {
            Meaning::Multiplier { proof, .. } => Some(proof.as_deref()),
            _ => None,
        },
        _ => None,
    }
}

/// The function of a monomial that is one Fourier multiplier without a proof for all parameter values.
pub(super) fn unproved_multiplier<'a>(eq: &'a Equation, exponents: &[u16]) -> Option<&'a genphys_pde::ast::Expr> {
    let wave = eq.ring.wave_variables();
    let mut found = wave.iter().zip(exponents).filter(|(_, e)| **e > 0);
    match (found.next(), found.next()) {
        (Some((index, 1)), None) => match &eq.ring.meanings[*index] {
            Meaning::Multiplier { proof: None, expr, .. } => Some(expr),
            _ => None,
        },
        _ => None,
    }
}

/// The exponent of |k| in a monomial; `None` where components of k occur.
pub(super) fn total_exponent(eq: &Equation, exponents: &[u16]) -> Option<Poly> {
    let mut total = eq.ring.zero();
    for (index, e) in eq.ring.wave_variables().into_iter().zip(exponents).filter(|(_, e)| **e > 0) {
        let one = match &eq.ring.meanings[index] {
            Meaning::SymbolicPower { exponent, .. } => exponent.clone(),
            Meaning::Radial => eq.ring.constant((1, i64::from(eq.ring.root)).into()),
            _ => return None,
        };
        total = &total + &one.mul_coeff(i64::from(*e).into());
    }
    Some(total)
}

/// Powers |k|^α with a parameter α: each one alone is Bernstein exactly for 0 < α ≤ 2. A Fourier multiplier that is a
/// Lévy exponent needs a weight that is not negative.
fn symbolic_powers(eq: &Equation, whole: &Poly, list: &[(Vec<u16>, Poly)]) -> Formula {
    if let [(exponents, weight)] = list
        && let Some(expr) = unproved_multiplier(eq, exponents)
        && let Some((formula, _)) = super::half_plane::of_multiplier(eq, expr, weight)
    {
        return formula;
    }
    if let [(exponents, weight)] = list
        && let Some(expr) = unproved_multiplier(eq, exponents)
        && let Some(found) = super::threshold::threshold(eq, expr)
    {
        let slow = Formula::all([Formula::positive(weight), Formula::non_negative(&found.slow)]);
        return Formula::any([Formula::zero(weight), slow]);
    }
    let mut each = Vec::new();
    for (exponents, weight) in list {
        if let Some(proof) = single_multiplier(eq, exponents) {
            each.push(match proof {
                Some(_) => Formula::non_negative(weight),
                None => Formula::any([
                    Formula::zero(weight),
                    Formula::Unknown("whether a Fourier multiplier is a Levy exponent".into()),
                ]),
            });
            continue;
        }
        let Some(total) = total_exponent(eq, exponents) else {
            return Formula::Unknown("a product of different functions of k".into());
        };
        let at_most_two = Formula::non_negative(&(&eq.ring.integer(2) - &total));
        each.push(Formula::any([Formula::zero(weight), Formula::all([Formula::positive(weight), at_most_two])]));
    }
    let all = Formula::all(each);
    // |k|² is the Gaussian part and a bounded exponent the one of jumps: the triple is unique.
    let square = u16::try_from(2 * eq.ring.root).unwrap_or(u16::MAX);
    let wave = eq.ring.wave_variables();
    let is_gaussian = |key: &[u16]| wave.iter().zip(key).all(|(i, e)| *e == if *i == RADIAL { square } else { 0 });
    let is_bounded = |key: &[u16]| {
        single_multiplier(eq, key).flatten().is_some_and(|proof| super::jumps::is_bounded(&proof.closure))
    };
    let apart = list.len() == 2 && list.iter().all(|(key, _)| is_gaussian(key) || is_bounded(key));
    if list.len() == 1 || (apart && list.iter().any(|(key, _)| is_gaussian(key))) || triple::apart(eq, whole) {
        all
    } else {
        Formula::any([all, Formula::Unknown("a sum of functions of |k| that are not all Levy exponents".into())])
    }
}

/// ψ in components of k. Hypotheses: without functions of k that are no powers the theorem of `stable.rs` is exact;
/// beside them every part has to be a Lévy exponent by itself, which is sufficient.
fn mixed(eq: &Equation, psi: &CPoly) -> C1 {
    let (atoms, plain) = (psi.map(|p| part(eq, p, true)), psi.map(|p| part(eq, p, false)));
    if atoms.is_zero() {
        return stable::decide(eq, psi);
    }
    let sufficient = Formula::all([
        stable::formula(eq, &plain).0,
        vanishes(&atoms.im, &eq.ring),
        non_negative_weights(eq, &atoms.re),
    ])
    .simplify(&eq.oracle);
    let formula = match sufficient {
        Formula::True => Formula::True,
        exact if triple::apart(eq, &psi.re) => exact,
        other => Formula::any([
            other,
            Formula::Unknown("functions of k that are not each admissible beside a form and powers of |k|".into()),
        ]),
    };
    let because = "psi is a quadratic form with drift plus Levy exponents of |k|, a sum of Levy exponents";
    C1 { rule: stable::RULE, because: because.into(), ..of_multipliers(eq, psi, formula) }
}

/// The terms with, or without, powers that are parameters and Fourier multipliers.
fn part(eq: &Equation, p: &Poly, wanted: bool) -> Poly {
    let has_atom = |e: &[u16]| e.iter().enumerate().any(|(i, e)| *e > 0 && eq.ring.is_atom(i));
    let kept = crate::algebra::ring::terms(p).filter(|(_, e)| has_atom(e) == wanted);
    kept.fold(eq.ring.zero(), |sum, (c, e)| &sum + &eq.ring.zero().monomial(c.clone(), e.to_vec()))
}
