//! C1 of equations of second order in time, and of ill-posed ones, refuted for all parameter values by the form of the
//! symbol. p starts from data in the highest derivative: Laplace transform Q/D in t, Q = (D − a_0)/s, D = Σ a_j s^j.

use super::Refuted;
use super::negative_definite::no_levy_exponent;
use super::powers;
use super::ray::{Along, Exact, Terms, low, number, top};
use crate::check::Claim;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Poly;
use crate::sign::Relation;
use genphys_pde::verdict::Problem;
use num_traits::Signed;

/// a s² + b s + c with real coefficients; a and b free of k and of the time.
struct Second<'a> {
    a: &'a Fraction,
    c: &'a Fraction,
}

fn second<'a>(exact: &'a Exact) -> Option<Second<'a>> {
    let [c, b, a] = exact.a.as_slice() else { return None };
    let plain = |x: &Complex| !exact.has_wave(x) && !exact.has_time(x);
    (plain(a) && plain(b) && !exact.has_time(c)).then_some(())?;
    b.as_real()?;
    Some(Second { a: a.as_real()?, c: c.as_real()? })
}

/// num/den as a polynomial of the same sign.
fn signed(f: &Fraction) -> Option<Poly> {
    f.num.times(&f.den)
}

/// Whether the equation is one in a single variable |k|, or one component.
fn is_radial(exact: &Exact) -> bool {
    exact.algebra.components().len() + usize::from(exact.algebra.beyond().is_some()) <= 1
}

fn found(text: impl Into<String>, from_dimension: u32) -> Option<Refuted> {
    Some(Refuted { text: text.into(), from_dimension })
}

/// c/a along the first axis, over a constant denominator; terms times a positive factor.
fn stiffness(exact: &Exact, form: &Second) -> Option<Terms> {
    let ratio = exact.algebra.reduced(&form.c.over(form.a)?)?;
    let d = exact.directions().into_iter().next()?;
    let Along { re, den, .. } = exact.along(&ratio.into(), &d)?;
    let (e, base) = top(&den)?;
    (den.len() == 1 && *e == number(0) && exact.nonzero(base)).then_some(re)
}

/// Short waves oscillate like e^{−εt} cos(Φ(k) t) for ever, Φ² = c/a → ∞. By Wiener's lemma the mean of |p̂|² over
/// large balls, e^{−2εt}/2, is the sum of the squares of the atoms of p. In N ≥ 2 a radial law has its only atom at 0,
/// where the mean of p̂ vanishes. In N = 1 there are atoms only where Φ runs along with v|k|, at ±vt: none unless Φ² ~
/// v² k², and none if the next power of |k| lies in (1, 2); with |k| itself they are e^{−εt} cos(νt)/2, negative at
/// some t.
pub(super) fn short_waves(exact: &Exact) -> Option<Refuted> {
    let form = second(exact)?;
    if !is_radial(exact) {
        return definite_form(exact, &form);
    }
    let text =
        "short waves oscillate like cos(Phi(k) t) for ever, which needs point masses that p does not have (Wiener)";
    let Some(terms) = stiffness(exact, &form) else {
        let ratio = exact.algebra.reduced(&form.c.over(form.a)?)?;
        let other = powers::rises(exact, &ratio.into())?;
        return match exact.algebra.components().is_empty() {
            _ if other => found(text, 1),
            true => found(text, 2),
            false => None,
        };
    };
    let (last, lead) = top(&terms)?;
    if !last.is_positive() || !exact.positive(lead) {
        return None;
    }
    let after = if exact.endless() { number(0) } else { number(1) };
    let between = terms.iter().any(|(e, c)| *e >= number(1) && *e > after && *e < number(2) && exact.nonzero(c));
    if *last != number(2) || between {
        return found(text, 1);
    }
    if exact.algebra.components().is_empty() { found(text, 2) } else { None }
}

/// c/a a positive definite form in two or more components, up to a constant: a wave equation after a linear change of
/// coordinates.
fn definite_form(exact: &Exact, form: &Second) -> Option<Refuted> {
    let ratio = exact.algebra.reduced(&form.c.over(form.a)?)?;
    let value = signed(&ratio)?;
    let variables: Vec<_> = exact.algebra.components().iter().chain(&exact.algebra.beyond()).copied().collect();
    let degree = |m: &crate::exact::poly::Monomial| {
        m.powers().iter().filter(|(v, _)| variables.contains(v)).map(|(_, e)| *e).sum::<u32>()
    };
    let other = value.variables().into_iter().any(|v| exact.depends(v) && !variables.contains(&v));
    let plain = value.terms().all(|(m, _)| matches!(degree(m), 0 | 2))
        && ratio.den.variables().iter().all(|v| !exact.depends(*v));
    if other || !plain {
        return None;
    }
    let constant = variables.iter().fold(value.clone(), |p, v| p.at(*v, &number(0)));
    let quadratic = value.minus(&constant);
    let n = u32::try_from(variables.len()).ok()?;
    exact.definite(&quadratic, &variables).then_some(())?;
    found("a wave equation in more than one dimension: p-hat oscillates for ever, which needs point masses (Wiener)", n)
}

/// a φ_tt + b φ_t − c φ_xx + d φ + e φ_x in one dimension: at the wave fronts x = ±vt p is e^{−εt} (ε + μ² t/2)/(2v)
/// beside the point masses, ε = b/(2a), μ² = ε² − d/a − e²/(4ac) (Kac; Bessel functions), so that p ≥ 0 only if ε ≥ 0
/// and μ² ≥ 0. Without c every point grows by f(t) = (s₁ e^{s₂t} − s₂ e^{s₁t})/(s₁ − s₂), which is negative somewhere
/// if the rates are not real or both positive.
pub(super) fn telegraph(exact: &Exact) -> Option<Refuted> {
    let [c, b, a] = exact.a.as_slice() else { return None };
    let plain = |x: &Complex| !exact.has_wave(x) && !exact.has_time(x);
    let (a, b) = (a.as_real().filter(|_| plain(a))?, b.as_real().filter(|_| plain(b))?);
    if exact.has_time(c) {
        return None;
    }
    let damping = b.over(a)?;
    let rest = exact.algebra.over(c, &a.clone().into())?;
    let four = Fraction::integer(4);
    if !exact.has_wave(&rest) {
        let d = rest.as_real()?;
        let square = signed(&damping.times(&damping)?.minus(&four.times(d)?)?)?;
        let (damping, d) = (signed(&damping)?, signed(d)?);
        let fails = exact.negative(&square) || exact.negative(&damping) && exact.positive(&d);
        return (fails && exact.endless()).then(|| Refuted {
            text: "nothing moves, and p at every point grows by a factor that turns negative".into(),
            from_dimension: 1,
        });
    }
    // v² q² + d + i e q along one axis, and nothing along the others.
    let directions = exact.directions();
    let moving: Vec<_> =
        directions.iter().filter(|d| d.iter().filter(|x| !num_traits::Zero::is_zero(*x)).count() <= 1).collect();
    let lines: Vec<Along> = moving.iter().map(|d| exact.along(&rest, d)).collect::<Option<_>>()?;
    let moves = |line: &&Along| line.re.keys().chain(line.im.keys()).any(|e| *e != number(0));
    let walking: Vec<&Along> = lines.iter().filter(moves).collect();
    // One axis, looked at both ways; or |k| alone.
    if walking.len() > 2 || walking.len() != if exact.algebra.components().is_empty() { 1 } else { 2 } {
        return None;
    }
    let Along { re, im, den } = walking.first()?;
    let fits =
        den.len() == 1 && re.keys().all(|e| *e == number(0) || *e == number(2)) && im.keys().all(|e| *e == number(1));
    let (_, base) = top(den)?;
    let part =
        |terms: &Terms, e: i64| Fraction::new(terms.get(&number(e)).cloned().unwrap_or_else(Poly::zero), base.clone());
    let (speed, d, drift) = (part(re, 2)?, part(re, 0)?, part(im, 1)?);
    if !fits || !exact.positive(&signed(&speed)?) || !exact.only_axes(&rest)? {
        return None;
    }
    // 4 μ² = (b/a)² − 4 d − e²/c.
    let square = damping.times(&damping)?.minus(&four.times(&d)?)?.minus(&drift.times(&drift)?.over(&speed)?)?;
    let fails = exact.negative(&signed(&damping)?) || exact.endless() && exact.negative(&signed(&square)?);
    fails.then(|| Refuted {
        text: "at the wave fronts p is exp(-eps t) (eps + mu^2 t/2) up to a factor, which is negative at some t".into(),
        from_dimension: 1,
    })
}

/// φ_tt + b φ_t + d φ + (1 + θ ∂_t) c|k|² φ with c, θ > 0 and 1 − bθ + dθ² > 0: for short waves
/// p̂ = e^{−t/θ}(1 + (A − B t)/|k|² + …) with B > 0, and |k|^{−2} is the transform of a function that is unbounded at
/// the source in N ≥ 2, so that p < 0 near it at late t.
pub(super) fn relaxation(exact: &Exact) -> Option<Refuted> {
    let [a0, a1, a2] = exact.a.as_slice() else { return None };
    let timed = exact.a.iter().any(|c| exact.has_time(c));
    if !exact.algebra.components().is_empty() || timed || exact.has_wave(a2) || !exact.endless() {
        return None;
    }
    let part = |c: &Complex| {
        let ratio = exact.algebra.over(c, a2)?;
        let Along { re, im, den } = exact.along(&ratio, &Vec::new())?;
        let fits = im.is_empty() && den.len() == 1 && re.keys().all(|e| *e == number(0) || *e == number(2));
        let (_, base) = top(&den).filter(|_| fits)?;
        let term = |e: i64| Fraction::new(re.get(&number(e)).cloned().unwrap_or_else(Poly::zero), base.clone());
        Some((term(0)?, term(2)?))
    };
    let ((d, c), (b, damping)) = (part(a0)?, part(a1)?);
    if !exact.positive(&signed(&c)?) || !exact.positive(&signed(&damping)?) {
        return None;
    }
    let theta = damping.over(&c)?;
    let value = Fraction::one().minus(&b.times(&theta)?)?.plus(&d.times(&theta)?.times(&theta)?)?;
    exact.positive(&signed(&value)?).then_some(())?;
    found("near a point source p turns negative: the pole of (s^2 + b s + d)/(1 + theta s) does not interlace", 2)
}

/// φ_tt + (D − 1)/t φ_t + q φ from the time 0, q free of the time. The mass obeys the equation with q(0): for q(0) > 0
/// it oscillates around 0 (Sturm). Where q rises, p̂ = j(√q t) with the normalised Bessel function of order −D/2, for D
/// < 2 only; j(c|k|t) is positive definite in N dimensions exactly for N ≤ 2 − D (Schoenberg), and q has to be a Lévy
/// exponent up to a constant (short times).
pub(super) fn bessel(exact: &Exact, problem: Problem, least: u32) -> Option<Refuted> {
    let (d, q) = bessel_form(exact)?;
    let along = exact.along(&q.clone().into(), &exact.directions().into_iter().next()?)?;
    let zero = along.re.get(&number(0)).cloned().unwrap_or_else(Poly::zero);
    let (e, base) = low(&along.den)?;
    if *e == number(0) && exact.nonzero(base) && exact.positive(&zero) && exact.endless() {
        return found("the mass oscillates around 0", 1);
    }
    if problem == Problem::HalfSpace {
        let empty = exact.holds(&signed(&d)?.negated(), Relation::NonNegative);
        return if empty { found("p does not start from the data for D <= 0", 1) } else { None };
    }
    let rises = top(&along.re).is_some_and(|(e, c)| e.is_positive() && exact.positive(c)) && along.den.len() == 1;
    if !rises {
        return None;
    }
    let above = |n: i64| Some(exact.holds(&signed(&d.plus(&Fraction::integer(n))?)?, Relation::NonNegative));
    if above(-2)? {
        return found("no solution with p(0) = q starts from phi = 0, for D >= 2", 1);
    }
    let laplacian = is_radial(exact) && along.re.keys().all(|e| *e == number(0) || *e == number(2));
    let n = i64::from(least);
    if laplacian && exact.positive(&signed(&d.plus(&Fraction::integer(n - 2))?)?) {
        return found(
            format!("j(c |k| t) of order -D/2 is not positive definite in N > 2 - D (Schoenberg), N = {n}"),
            least,
        );
    }
    let why = no_levy_exponent(exact, &q.into())?;
    found(format!("at short times q has to be a Levy exponent up to a constant, but {why}"), 1)
}

/// D and q.
pub(super) fn bessel_form(exact: &Exact) -> Option<(Fraction, Fraction)> {
    let [a0, a1, a2] = exact.a.as_slice() else { return None };
    let starts =
        exact.algebra.range(exact.algebra.time())?.lower.as_ref().is_some_and(|(x, _)| num_traits::Zero::is_zero(x));
    let damping = exact.algebra.over(a1, a2)?;
    if !starts || !exact.has_time(&damping) {
        return None;
    }
    let d = exact.algebra.times(&damping, &Fraction::var(exact.algebra.time()).into())?;
    let q = exact.algebra.over(a0, a2)?;
    if exact.has_time(&d) || exact.has_wave(&d) || exact.has_time(&q) {
        return None;
    }
    Some((d.as_real()?.plus(&Fraction::one())?, q.as_real()?.clone()))
}

/// p̂(k, t) = 1 − (a_0/a_m) t^m/m! + …: a_0/a_m is negative definite up to a real constant, as a limit of such
/// functions.
pub(super) fn short_times(exact: &Exact) -> Option<Refuted> {
    let (first, last) = (exact.a.first()?, exact.a.last()?);
    if exact.a.len() < 3 || exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let psi = exact.algebra.over(first, last)?;
    let why = no_levy_exponent(exact, &psi).or_else(|| super::negative_definite::dips(exact, &psi))?;
    found(format!("at short times a_0/a_m has to be a Levy exponent up to a constant, but of psi = a_0/a_m: {why}"), 1)
}

/// A real source has a real density: D/a_0 is Hermitian, D(s, −k) = D(s*, k)*, and with a real constant a_m every a_j.
/// Of second order this holds for every choice of a branch as well where a_1 is Hermitian: a common root of D and of
/// its mirror image is a zero of a_0(k) − a_0(−k)*.
pub(super) fn not_real(claim: &Claim, exact: &Exact, problem: Problem) -> Option<Refuted> {
    let last = exact.a.last()?;
    let timed = exact.a.iter().any(|c| exact.has_time(c));
    if exact.a.len() < 3 || timed || exact.has_wave(last) || last.as_real().is_none() {
        return None;
    }
    let never = |j: usize| exact.is_never_hermitian(&exact.a[j]) || super::at::has_imaginary_part(claim, j);
    let fails = match (problem, exact.a.as_slice()) {
        (Problem::Evolution, all) => (0..all.len()).any(never),
        (_, [_, a1, _]) => exact.is_hermitian(a1) && never(0),
        _ => false,
    };
    fails.then(|| Refuted {
        text: "the coefficients at -k are not the conjugates of those at k: the density of a real source is not real"
            .into(),
        from_dimension: 1,
    })
}
