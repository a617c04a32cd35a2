//! C1: the equation is a density flow whose density stays non-negative for every data distribution (GenPhys,
//! section 3; the ladder of rules is theory, section 4). One rule per file.

mod atom;
mod bernstein;
mod bounded_force;
pub(crate) mod closure;
mod declared;
mod elliptic;
mod excited;
mod half_plane;
mod in_time;
mod jumps;
pub(crate) mod levy;
mod line_quotient;
mod local;
mod memory;
mod quadratic_density;
mod real_density;
mod relaxation;
mod short_waves;
mod stable;
mod threshold;
mod triple;
mod two_branches;

pub(crate) use declared::is_derived as density_is_derived;

use super::answer::{C1, QuadraticDensity, undecided};
use super::{bessel, moving_frame, schedule, spherical_means};
use crate::algebra::formula::Formula;
use crate::algebra::implication;
use crate::algebra::ring::{CPoly, Poly};
use crate::equation::linear::Equation;
use crate::equation::petrovsky::Kind;
use crate::equation::time::at_all_times;
use genphys_pde::certificate::{Certificate, Class, Closure, ClosureRule};
use genphys_pde::derivation::Continuity;
use genphys_pde::verdict::Problem;

/// Decides C1 for the branches that count. Where it is open for some parameter values, a condition is sufficient that
/// leaves them out.
pub(crate) fn decide(eq: &Equation, kind: &Kind) -> C1 {
    let mut c1 = exactly(eq, kind);
    if c1.line.is_none() && c1.quadratic.is_none() && !c1.formula.unknowns().is_empty() {
        let sure = implication::reduced(&c1.formula.without_unknowns().simplify(&eq.oracle), &eq.oracle);
        if sure != Formula::False {
            (c1.formula, c1.exact) = (sure, false);
        }
    }
    c1
}

fn exactly(eq: &Equation, kind: &Kind) -> C1 {
    let problem = kind.problem();
    if let Some(mut c1) = declared::c1(eq, kind, decide) {
        c1.formula = Formula::all([eq.regular.clone(), c1.formula]).simplify(&eq.oracle);
        c1.formula = implication::reduced(&c1.formula, &eq.oracle);
        return by_dimension(c1);
    }
    if let Some(form) = bessel::recognise(eq) {
        let mut c1 = bessel::c1(eq, &form);
        c1.formula = Formula::all([eq.regular.clone(), c1.formula]).simplify(&eq.oracle);
        return c1;
    }
    let mut c1 = match eq.a.as_slice() {
        _ if eq.depends_on_time() && eq.order() > 1 => {
            undecided("no rule reaches coefficients that depend on the time at second order in time")
        }
        [a0, a1] if (eq.depends_on_time() || eq.motion.is_some()) && a1.is_real() => {
            schedule::c1(eq, a0, a1, first_order(eq, a0, a1))
        }
        [a0, a1] => first_order(eq, a0, a1),
        [a0, a1, a2] if problem == Problem::HalfSpace => half_space(eq, [a0, a1, a2]),
        a if problem == Problem::Evolution && a.len() > 2 => excited::decide(eq, a),
        a if problem == Problem::IllPosed && a.len() > 2 => excited::ill_posed(eq, a),
        [a0, a1, a2] => either(eq, kind, [a0, a1, a2]),
        a => undecided(&format!("no rule reaches {} excited branches", a.len().saturating_sub(1))),
    };
    let real = real_density::necessary(eq, kind);
    if real == Formula::False {
        c1 = C1::new("real-density", Formula::False, real_density::BECAUSE);
    } else {
        c1.line = c1.line.map(|line| Formula::all([real.clone(), line]));
        c1.formula = Formula::all([real, c1.formula]);
    }
    let drops = crate::equation::time::order_drops(eq);
    if drops != Formula::False {
        let lower = eq.of_lower_order();
        let below = if lower.order() > 0 {
            exactly(&lower, &crate::claims::c2::decide(&lower).kind)
        } else {
            C1::new("none", Formula::False, "no time derivative is left")
        };
        let open = |c1: &C1| {
            if c1.further.is_empty() { c1.formula.clone() } else { Formula::Unknown(c1.because.clone()) }
        };
        let drop_line = |line: Formula| {
            Formula::any([Formula::all([drops.negate(), line]), Formula::all([drops.clone(), open(&below)])])
        };
        c1.line = c1.line.map(drop_line);
        // A further condition is asked only where the order does not drop.
        let limited = match c1.further.as_slice() {
            [single] if below.further.is_empty() => {
                Some(format!("{single} or {}", crate::algebra::print::conditions(&eq.ring, &drops).join(" and ")))
            }
            _ => None,
        };
        let above = if limited.is_some() { c1.formula.clone() } else { open(&c1) };
        c1.formula = Formula::any([Formula::all([drops.negate(), above]), Formula::all([drops, open(&below)])]);
        c1.further = limited.into_iter().collect();
        c1.quadratic = None;
    }
    let finished = |formula: &Formula| {
        let always = at_all_times(eq, formula);
        let formula = Formula::all([eq.regular.clone(), always]).simplify(&eq.oracle);
        let formula = in_values(eq, &crate::equation::time::without_logarithms(eq, &formula));
        implication::reduced(&formula, &eq.oracle)
    };
    c1.formula = finished(&c1.formula);
    c1.line = c1.line.map(|line| finished(&line));
    by_dimension(c1)
}

/// Relations that hold by the enclosures of the functions in them, and A√q + B ≥ 0 by cases of the signs of A and B.
fn in_values(eq: &Equation, formula: &Formula) -> Formula {
    let functions: Vec<usize> = (0..eq.ring.meanings.len())
        .filter(|i| matches!(eq.ring.meanings[*i], crate::algebra::ring::Meaning::Function { in_time: false, .. }))
        .collect();
    if functions.is_empty() {
        return formula.clone();
    }
    let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
    let enclosed =
        |p: &Poly| crate::algebra::tree::poly(&eq.ring, p).and_then(|e| crate::trees::interval::enclose(&e, &names));
    let by_cases = |p: &Poly, strict: bool| -> Option<Formula> {
        let root = functions.iter().copied().find(|i| p.degree(*i) == 1)?;
        let crate::algebra::ring::Meaning::Function { square: Some(square), .. } = &eq.ring.meanings[root] else {
            return None;
        };
        let part = |e: u16| crate::algebra::ring::coefficient(p, root, e);
        let (a, b) = (part(1), part(0));
        let (size, rest) = (&(&a * &a) * square, &b * &b);
        let sign = |p: &Poly| if strict { Formula::positive(p) } else { Formula::non_negative(p) };
        Some(Formula::any([
            Formula::all([Formula::non_negative(&a), sign(&b)]),
            Formula::all([Formula::non_negative(&a), sign(&(&size - &rest))]),
            Formula::all([Formula::non_negative(&b), sign(&(&rest - &size))]),
        ]))
    };
    let replaced = |p: &Poly, relation: crate::algebra::formula::Relation| {
        use crate::algebra::formula::Relation;
        let kept = Formula::Atom(p.clone(), relation);
        let strict = relation == Relation::Positive;
        if !matches!(relation, Relation::Positive | Relation::NonNegative)
            || functions.iter().all(|i| p.degree(*i) == 0)
        {
            return kept;
        }
        match enclosed(p) {
            Some(v) if v.positive() || (!strict && v.non_negative()) => Formula::True,
            Some(v) if v.hi < 0.0 || (strict && v.non_positive()) => Formula::False,
            _ => by_cases(p, strict).unwrap_or(kept),
        }
    };
    formula.map_atoms(&replaced).simplify(&eq.oracle)
}

/// A condition of its own in N = 1 as one that is listed beside the others, where that says the same.
fn by_dimension(mut c1: C1) -> C1 {
    let Some(line) = c1.line.take() else { return c1 };
    match (&c1.formula, line) {
        (space, line) if *space == line => {}
        // Without a claim for N >= 2 the line is not enough.
        (space, line) if !space.unknowns().is_empty() || !line.unknowns().is_empty() => {
            c1.formula = Formula::any([
                c1.formula.clone(),
                Formula::all([line, Formula::Unknown("a condition that depends on the dimension".into())]),
            ]);
        }
        (Formula::False, Formula::False) => {}
        (Formula::False, line) => {
            c1.formula = line;
            c1.further.push("N = 1".into());
        }
        (_, line) => c1.line = Some(line),
    }
    c1
}

/// The decaying branch of a half-space problem, in a frame that moves with it.
fn half_space(eq: &Equation, [a0, a1, a2]: [&CPoly; 3]) -> C1 {
    match moving_frame::at_rest(eq) {
        Some(moving) => match moving.eq.a.as_slice() {
            [a0, a1, a2] => elliptic::decide(&moving.eq, a0, a1, a2),
            _ => elliptic::decide(eq, a0, a1, a2),
        },
        None => elliptic::decide(eq, a0, a1, a2),
    }
}

/// The certificate of a half-space problem with a drift of its branch.
fn moving_certificate(eq: &Equation, problem: Problem) -> Option<Certificate> {
    let moving = moving_frame::at_rest(eq)?;
    let Certificate::LevyExponent { branch, decay, closure } = closure::certificate(&moving.eq, problem)? else {
        return None;
    };
    let drift = CPoly { re: eq.ring.zero(), im: moving.drift.clone() };
    let drift = crate::algebra::print::fraction(&eq.ring, &drift, &moving.scale);
    let drift = Closure::leaf(drift, Class::LevyExponent, ClosureRule::Drift);
    let function = crate::algebra::print::join([closure.function.clone(), drift.function.clone()]);
    let closure = Closure::step(function, Class::LevyExponent, ClosureRule::Sum, vec![closure, drift]);
    Some(Certificate::LevyExponent { branch, decay, closure })
}

/// An evolution equation for some parameter values and a half-space problem for others.
fn either(eq: &Equation, kind: &Kind, [a0, a1, a2]: [&CPoly; 3]) -> C1 {
    let (waves, half_space) = (excited::decide(eq, &eq.a), half_space(eq, [a0, a1, a2]));
    let waves_formula = match waves.further.first() {
        Some(condition) => Formula::Unknown(format!("parameter values together with {condition}")),
        None if waves.line.is_some() => {
            Formula::any([waves.formula, Formula::Unknown("parameter values together with N = 1".into())])
        }
        None => waves.formula,
    };
    let formula = Formula::any([
        Formula::all([kind.evolution.clone(), waves_formula]),
        Formula::all([kind.half_space.clone(), half_space.formula.clone()]),
    ]);
    let formula = formula.simplify(&eq.oracle);
    let of_waves = formula == Formula::False && half_space.formula.simplify(&eq.oracle) != Formula::False;
    let (rule, because) = if of_waves { (waves.rule, waves.because) } else { (half_space.rule, half_space.because) };
    C1::new(rule, formula, because)
}

/// What re-checks that C1 holds (under its conditions).
pub(crate) fn certificate(eq: &Equation, c1: &C1, problem: Problem) -> Option<Certificate> {
    if let Some(QuadraticDensity { continuity: Continuity { flux, source, .. } }) = &c1.quadratic {
        return Some(Certificate::QuadraticDensity { flux: flux.clone(), source: source.clone() });
    }
    // The other certificates are about the derived density.
    if problem != Problem::HalfSpace && !declared::is_derived(eq) {
        return declared::certificate(eq, |plain, kind| certificate(plain, &decide(plain, kind), kind.problem()));
    }
    // A half-space problem for some parameter values, which the conditions may be about.
    let problem = if problem == Problem::Undetermined && eq.order() == 2 { Problem::HalfSpace } else { problem };
    match problem {
        Problem::Evolution if c1.rule == spherical_means::RULE => {
            spherical_means::certificate(eq, &bessel::recognise(eq)?)
        }
        Problem::Evolution if c1.rule == relaxation::RULE => match eq.a.as_slice() {
            [a0, _, _] if !eq.ring.at_zero(&a0.re).is_zero() => {
                relaxation::certificate(eq).or_else(|| memory::certificate(eq))
            }
            _ => memory::certificate(eq),
        },
        Problem::Evolution if c1.rule == bounded_force::RULE => bounded_force::certificate(eq),
        Problem::Evolution if eq.order() == 2 => two_branches::certificate(eq),
        _ if c1.by_clock => schedule::certificate(eq),
        _ if c1.rule == line_quotient::RULE => line_quotient::certificate(eq),
        Problem::HalfSpace if moving_frame::at_rest(eq).is_some() => moving_certificate(eq, problem),
        _ => closure::certificate(eq, problem),
    }
}

/// s = −ψ(k) with ψ = a0/a1: the rules for one branch.
fn first_order(eq: &Equation, a0: &CPoly, a1: &CPoly) -> C1 {
    if eq.ring.has_wave(&a1.re) || eq.ring.has_wave(&a1.im) {
        return half_plane::decide(eq, a0, a1);
    }
    // Multiplying by conj(a1) keeps signs: ψ = a0 conj(a1)/|a1|².
    let psi = a0.mul(&a1.conj());
    let mut c1 = levy::levy_exponent(eq, &psi);
    if c1.formula != Formula::False || eq.pde.density.is_some() {
        return c1;
    }
    if eq.motion.is_none()
        && !eq.depends_on_time()
        && let Some(quadratic) = quadratic_density::decide(eq, a0, a1)
    {
        return quadratic;
    }
    if real_density::is_hermitian(eq, &psi).simplify(&eq.oracle) == Formula::False {
        c1.because = real_density::BECAUSE.into();
    }
    c1
}
