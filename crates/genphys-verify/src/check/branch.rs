//! The branch that counts is −(c + ψ), exactly: what Lévy exponents and kernels are compared with.

use super::prove::{LONG, OrOpen, Outcome, Prover, Stop, open, wrong};
use super::quadratic::matrix;
use crate::exact::Symbol;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Monomial, Poly, Var};
use crate::sign::Relation;
use genphys_pde::derivation::{Clock, KernelSpec};
use genphys_pde::verdict::Problem;
use num_rational::BigRational;
use num_traits::Zero;
use std::collections::BTreeMap;

/// −`rate` is the one root of a first-order equation, or the one that decays of a half-space problem.
pub(super) fn is_rate(prover: &mut Prover, rate: &Complex) -> Outcome {
    let symbol = prover.symbol()?;
    match (symbol.a.len(), prover.model.claim.problem) {
        (2, _) => first_order(prover, &symbol, rate),
        // What is undetermined in the whole domain may be a half-space problem under the conditions: that is shown.
        (3, Problem::HalfSpace | Problem::Undetermined) => decaying(prover, &symbol, rate),
        _ => open("several branches count"),
    }
}

/// a_0 = a_1 rate, and a_1 vanishes nowhere. With drift θ div(xφ): θ/a_1 is real and free of k.
pub(super) fn first_order(prover: &mut Prover, symbol: &Symbol, rate: &Complex) -> Outcome {
    let [a0, a1] = &symbol.a[..] else { return wrong("the equation is not of first order in time") };
    let product = prover.model.algebra.times(a1, rate).or_open(LONG)?;
    prover.same(&product, a0, "the form is not that of the equation")?;
    not_zero(prover, a1, "the coefficient of the time derivative")?;
    if !symbol.drift.is_zero() {
        let drift = prover.model.algebra.over(&symbol.drift, a1).or_open(LONG)?;
        prover.require_free(&drift, "the drift")?;
        prover.real(&drift)?;
    }
    Ok(())
}

/// A coefficient of the equation is zero for no k ≠ 0.
pub(super) fn not_zero(prover: &mut Prover, value: &Complex, what: &str) -> Outcome {
    if value.is_zero() {
        return wrong(format!("{what} is zero"));
    }
    if value.re.is_zero() || value.im.is_zero() {
        let part = if value.im.is_zero() { &value.re } else { &value.im };
        return prover.sign(part, Relation::NonZero, what);
    }
    let size = value.re.times(&value.re).and_then(|x| x.plus(&value.im.times(&value.im)?)).or_open(LONG)?;
    prover.positive(&size, what)
}

/// No coefficient depends on the time, and nothing drifts in x.
pub(super) fn constant_coefficients(prover: &mut Prover, symbol: &Symbol) -> Outcome {
    if !symbol.drift.is_zero() {
        return wrong("the equation has a drift in x");
    }
    let lead = symbol.a.last().or_open(LONG)?;
    for c in &symbol.a {
        let c = prover.model.algebra.over(c, lead).or_open(LONG)?;
        if prover.depends_on_time(&c) {
            return wrong("the coefficients depend on the time");
        }
    }
    Ok(())
}

/// −∂_t ln p̂(κ, t) = `rate` in coordinates that move with a drift in x, in which a wave κ is κ/scale in the equation:
/// φ_t = θ div(xφ) − ψφ has rate = ψ(κ/scale, t) with scale′ = −θ scale.
pub(super) fn moving(prover: &mut Prover, rate: &Complex, scale: &Fraction) -> Outcome {
    let symbol = prover.symbol()?;
    if symbol.drift.is_zero() {
        prover.same(&scale.clone().into(), &Complex::one(), "the scale changes without a drift in x")?;
        return is_rate(prover, rate);
    }
    let [a0, a1] = &symbol.a[..] else { return wrong("the equation is not of first order in time") };
    not_zero(prover, a1, "the coefficient of the time derivative")?;
    let algebra = &mut prover.model.algebra;
    let drift = algebra.over(&symbol.drift, a1).or_open(LONG)?;
    let psi = algebra.over(a0, a1).or_open(LONG)?;
    let time = algebra.time();
    let change = algebra.derivative(scale, time).and_then(|s| s.over(scale)).or_open(LONG)?;
    prover.require_free(&drift, "the drift")?;
    prover.same(&change.into(), &drift, "the scale is not that of the drift")?;
    let inverse = scale.recip().or_open(LONG)?;
    let mut moved = BTreeMap::new();
    for v in prover.model.components().into_iter().chain([prover.model.algebra.k()]) {
        moved.insert(v, Fraction::var(v).times(&inverse).or_open(LONG)?.into());
    }
    let psi = prover.model.algebra.compose_all(&psi, &moved).or_open(LONG)?;
    prover.same(rate, &psi, "the transform is not that of the equation")
}

/// p̂ = exp(−total) in coordinates that move with a drift in x, and it starts from 1.
pub(super) fn clock(prover: &mut Prover, total: &Complex) -> Outcome {
    prover.starts_from(total, &Complex::zero(), "the integral")?;
    let time = prover.model.algebra.time();
    let rate = prover.model.algebra.derivative_of_pair(total, time).or_open(LONG)?;
    let scale = scale(prover)?;
    moving(prover, &rate, &scale)
}

/// exp(∫ drift/a_1): that of the kernel, or where the quotient is a polynomial in t.
fn scale(prover: &mut Prover) -> Outcome<Fraction> {
    let symbol = prover.symbol()?;
    if symbol.drift.is_zero() {
        return Ok(Fraction::one());
    }
    let kernel = prover.model.claim.derivation.kernel.as_ref();
    let stated = kernel.and_then(|kernel| match (&kernel.constants.spec, &kernel.constants.clock) {
        (KernelSpec::Gaussian { scale, .. }, _) | (_, Some(Clock { scale, .. })) => Some(scale),
        _ => None,
    });
    let value = if let Some(scale) = stated {
        prover.constant(scale, false)?
    } else {
        let exponent = integrated_drift(prover, &symbol)?;
        prover.model.algebra.exp(&exponent.into()).or_open(LONG)?.re
    };
    prover.starts_from(&value.clone().into(), &Complex::one(), "the scale")?;
    Ok(value)
}

/// ∫ drift/a_1 from the start of the time, where the quotient is a polynomial in t.
pub(super) fn integrated_drift(prover: &mut Prover, symbol: &Symbol) -> Outcome<Fraction> {
    let lead = symbol.a.last().or_open(LONG)?;
    let drift = prover.model.algebra.over(&symbol.drift, lead).or_open(LONG)?;
    let drift = prover.real(&drift)?;
    let t = prover.model.algebra.time();
    if prover.model.depends_on_time(&Fraction::from(drift.den.clone())) {
        return open("the drift is not integrated");
    }
    let mut sum = Fraction::zero();
    for (i, c) in (1_u32..).zip(drift.num.coefficients(t)) {
        if prover.model.depends_on_time(&Fraction::from(c.clone())) {
            return open("the drift is not integrated");
        }
        let part = c.times(&Poly::power(t, i)).or_open(LONG)?.scaled(&BigRational::new(1.into(), i.into()));
        sum = Fraction::new(part, drift.den.clone()).and_then(|p| sum.plus(&p)).or_open(LONG)?;
    }
    let start = match &prover.model.claim.pde.time.interval.lower {
        genphys_pde::ast::Bound::Finite(n) => crate::exact::range::rational(n).or_open(LONG)?,
        _ => return open("the time has no start"),
    };
    let from = sum.at(t, &start).or_open(LONG)?;
    sum.minus(&from).or_open(LONG)
}

/// s = −rate solves a_2 s² + a_1 s + a_0 = 0, decays no more slowly than the other root, which grows without bound
/// while this one decays without bound.
fn decaying(prover: &mut Prover, symbol: &Symbol, rate: &Complex) -> Outcome {
    constant_coefficients(prover, symbol)?;
    let [a0, a1, a2] = &symbol.a[..] else { return wrong("the equation is not of second order in time") };
    not_zero(prover, a2, "the leading coefficient")?;
    let algebra = &prover.model.algebra;
    let (b, c) = (algebra.over(a1, a2).or_open(LONG)?, algebra.over(a0, a2).or_open(LONG)?);
    let square = algebra.times(rate, rate).or_open(LONG)?;
    let product = algebra.times(&b, rate).or_open(LONG)?;
    let left = square.plus(&c).or_open(LONG)?;
    prover.same(&left, &product, "the form is no branch of the equation")?;
    // The other root less this one: 2 rate − b.
    let apart = rate.plus(rate).and_then(|r| r.minus(&b)).or_open(LONG)?;
    real_part_not_negative(prover, &apart, "this is not the decaying branch")?;
    if b.im.is_zero() {
        return half_space(prover, &b, &c);
    }
    // In a frame that moves with both: s² + Re b s + c − (b² − (Re b)²)/4.
    super::quadratic::drift(prover, &Complex { re: Fraction::zero(), im: b.im.clone() })?;
    let damping: Complex = b.re.clone().into();
    let algebra = &prover.model.algebra;
    let squares = algebra.times(&b, &b).and_then(|x| x.minus(&algebra.times(&damping, &damping)?)).or_open(LONG)?;
    let quarter = Fraction::constant(BigRational::new(1.into(), 4.into()));
    let rest = squares.scaled(&quarter).and_then(|q| c.minus(&q)).or_open(LONG)?;
    half_space(prover, &damping, &rest)
}

/// Re z ≥ 0: by its sign, or as a multiple of a principal square root.
pub(super) fn real_part_not_negative(prover: &mut Prover, z: &Complex, what: &str) -> Outcome {
    let z = prover.model.algebra.reduced_pair(z).or_open(LONG)?;
    if z.im.is_zero() && is_multiple_of_root(prover, &z.re)? {
        return Ok(());
    }
    prover.non_negative(&z.re, what)
}

/// c √w with a real c ≥ 0, whatever w is.
fn is_multiple_of_root(prover: &mut Prover, value: &Fraction) -> Outcome<bool> {
    use crate::exact::Atom;
    for v in value.num.variables() {
        let algebra = &prover.model.algebra;
        let root = matches!(algebra.atom(v), Some(Atom::Root { degree: 2, .. })) && algebra.range(v).is_none();
        if root && !value.den.contains(v) && value.num.coefficients(v).len() == 2 {
            let factor = value.over(&Fraction::var(v)).or_open(LONG)?;
            return Ok(!factor.contains(v) && prover.proves(&factor, Relation::NonNegative)?);
        }
    }
    Ok(false)
}

/// −(σ² + bσ + c) → ∞ with `base` for every σ: there is a root on either side of it.
fn parted(prover: &mut Prover, b: &Complex, c: &Complex, base: Var, text: &str) -> Outcome {
    let (b, c) = (prover.real(b)?, prover.real(c)?);
    let sigma = prover.model.new_root();
    let s = Fraction::var(sigma);
    let value = s.times(&s).and_then(|x| x.plus(&b.times(&s)?)?.plus(&c)).or_open(LONG)?.negated();
    prover.rises(&value, base, sigma, text)
}

/// b² − 4c = x + iy are polynomials in `base` with bounded x, or y² that grows faster than x: Re √(x + iy) =
/// √((|x + iy| + x)/2) → ∞, since |x + iy| + x = y²/(|x + iy| − x) for x < 0. With b free of k one root rises without
/// bound while the other falls.
fn turned(prover: &mut Prover, b: &Complex, c: &Complex, base: Var) -> Outcome<bool> {
    let algebra = &prover.model.algebra;
    let spread = algebra.times(b, b).and_then(|x| x.minus(&c.scaled(&Fraction::integer(4))?)).or_open(LONG)?;
    let spread = algebra.reduced_pair(&spread).or_open(LONG)?;
    let lead = |f: &Fraction| {
        let list = f.num.coefficients(base);
        let plain = list.iter().chain([&f.den]).all(|p| !prover.model.depends_on_wave(&p.clone().into()));
        plain.then(|| (list.len().saturating_sub(1), list.last().cloned().unwrap_or_default()))
    };
    let (Some((degree, _)), Some((turn, top))) = (lead(&spread.re), lead(&spread.im)) else { return Ok(false) };
    Ok(turn > 0 && 2 * turn > degree && prover.proves(&top.into(), Relation::NonZero)?)
}

/// One root of s² + b s + c rises without bound while the other falls: a half-space problem. For |k| alone −(σ² + bσ +
/// c) → ∞ for every σ; in components so it does along some axis, or Re b is free of k and b² − 4c a form that is
/// positive somewhere, up to a constant.
pub(super) fn half_space(prover: &mut Prover, b: &Complex, c: &Complex) -> Outcome {
    let text = "the problem is not shown to be one in a half-space";
    let list = prover.model.components();
    if list.is_empty() {
        let k = prover.model.algebra.k();
        return parted(prover, b, c, k, text);
    }
    let others: Vec<Var> = list.iter().copied().chain(prover.model.algebra.beyond()).collect();
    let k = prover.model.algebra.k();
    let damped = prover.depends_on_wave(&b.re.clone().into());
    for axis in &list {
        // There |k| is the component.
        let still = others.iter().filter(|v| *v != axis).map(|v| (*v, Complex::zero()));
        let along: BTreeMap<Var, Complex> = still.chain([(k, Fraction::var(*axis).into())]).collect();
        let mut on_axis = |z: &Complex| prover.model.algebra.compose_all(z, &along).or_open(LONG);
        let (b, c) = (on_axis(b)?, on_axis(c)?);
        if parted(prover, &b, &c, *axis, text).is_ok() || !damped && turned(prover, &b, &c, *axis)? {
            return Ok(());
        }
    }
    if damped {
        return open(text);
    }
    // −b/2 ± √(b² − 4c)/2 with Re b free of k.
    let four = Fraction::integer(4);
    let spread = b.times(b).and_then(|x| x.minus(&c.scaled(&four)?)).or_open(LONG)?;
    let spread = prover.model.algebra.reduced_pair(&spread).or_open(LONG)?;
    // Beside a form a drift does not matter for short waves.
    let of_wave = |m: &Monomial| list.iter().map(|v| m.degree(*v)).sum::<u32>();
    let slow = spread.im.num.terms().all(|(m, _)| of_wave(m) <= 1)
        && !prover.model.depends_on_wave(&Fraction::from(spread.im.den.clone()))
        && spread
            .im
            .num
            .variables()
            .iter()
            .all(|v| list.contains(v) || !prover.model.depends_on_wave(&Fraction::var(*v)));
    if !slow {
        return open(text);
    }
    let value = prover.real(&spread.re.clone().into()).map_err(|_| Stop::Open(text.into()))?;
    let zero = BigRational::zero();
    let rest = list.iter().try_fold(value.clone(), |p, v| p.at(*v, &zero)).or_open(text)?;
    let form = value.minus(&rest).or_open(LONG)?;
    let rows = matrix(prover, &form, &list).map_err(|_| Stop::Open(text.into()))?;
    for (i, row) in rows.iter().enumerate() {
        if prover.proves(&row[i], Relation::Positive)? {
            return Ok(());
        }
    }
    open(text)
}

/// φ_tt + (D − 1)/t φ_t − Ψφ = 0 with D and Ψ free of t, from t = 0: (D, Ψ).
pub(super) fn bessel(prover: &mut Prover, symbol: &Symbol) -> Outcome<(Fraction, Complex)> {
    let [a0, a1, a2] = &symbol.a[..] else { return wrong("the equation is not of second order in time") };
    if !symbol.drift.is_zero() {
        return wrong("the equation has a drift in x");
    }
    not_zero(prover, a2, "the leading coefficient")?;
    let start = &prover.model.claim.pde.time.interval.lower;
    if !matches!(start, genphys_pde::ast::Bound::Finite(n) if n.is_zero()) {
        return wrong("the time does not start at 0");
    }
    let algebra = &prover.model.algebra;
    let time: Complex = Fraction::var(algebra.time()).into();
    let d = algebra.over(a1, a2).and_then(|b| algebra.times(&b, &time)?.plus(&Complex::one())).or_open(LONG)?;
    let psi = algebra.over(a0, a2).or_open(LONG)?.negated();
    let d = algebra.reduced_pair(&d).or_open(LONG)?;
    prover.require_free(&d, "D")?;
    if prover.depends_on_time(&d) || prover.depends_on_time(&psi) {
        return wrong("the coefficients depend on the time in another way");
    }
    Ok((prover.real(&d)?, psi))
}

/// |D|² is a polynomial in the components of k that is not zero everywhere, whatever the parameters are: D vanishes on a null set of k only,
/// on which the law of p̂ follows by continuity.
fn almost_everywhere(prover: &mut Prover, value: &Complex) -> Outcome<bool> {
    let algebra = &prover.model.algebra;
    let components = prover.model.components();
    let size = value.re.times(&value.re).and_then(|x| x.plus(&value.im.times(&value.im)?)).or_open(LONG)?;
    let size = algebra.reduced(&size).or_open(LONG)?;
    let known = |p: &Poly| {
        p.variables().iter().all(|v| components.contains(v) || !prover.model.depends_on_wave(&Fraction::var(*v)))
    };
    if components.len() < 2 || !known(&size.num) || prover.model.depends_on_wave(&Fraction::from(size.den.clone())) {
        return Ok(false);
    }
    for v in &components {
        let others = components.iter().filter(|w| *w != v);
        let line = others.fold(size.num.clone(), |p, w| p.at(*w, &BigRational::zero()));
        let lead = line.coefficients(*v).pop().unwrap_or_default();
        if !lead.is_zero() && prover.proves(&Fraction::from(lead), Relation::NonZero)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The density of the claim is Σ_j w_j ∂_t^j φ up to a factor that is free of k and the time.
pub(super) fn density_is(prover: &mut Prover, weights: &[Complex]) -> Outcome {
    let text = "the density is another one than that of the theorem";
    for found in densities(prover)? {
        let length = found.a.len().max(weights.len());
        let at = |list: &[Complex], i: usize| list.get(i).cloned().unwrap_or_else(Complex::zero);
        let pivot = (0..weights.len()).find(|i| !weights[*i].is_zero()).or_open(LONG)?;
        let factor = prover.model.algebra.over(&at(&found.a, pivot), &weights[pivot]).or_open(LONG)?;
        if factor.is_zero() || !found.drift.is_zero() {
            return wrong(text);
        }
        prover.require_free(&factor, text)?;
        if prover.depends_on_time(&factor) {
            return wrong(text);
        }
        not_zero(prover, &factor, "the factor of the density")?;
        for i in 0..length {
            let expected = prover.model.algebra.times(&at(weights, i), &factor).or_open(LONG)?;
            prover.same(&at(&found.a, i), &expected, text)?;
        }
    }
    Ok(())
}

/// The density of the claim is t^{D−1} φ_t up to a factor that is free of k and the time.
pub(super) fn bessel_density(prover: &mut Prover, d: &Fraction) -> Outcome {
    let time: Complex = Fraction::var(prover.model.algebra.time()).into();
    let exponent = d.minus(&Fraction::one()).or_open(LONG)?;
    let power = prover.model.algebra.power(&time, &exponent).or_open(LONG)?;
    density_is(prover, &[Complex::zero(), power])
}

/// The symbols of the declared density and of the one of the continuity form, where they are there.
pub(super) fn densities(prover: &mut Prover) -> Outcome<Vec<Symbol>> {
    let claim = prover.model.claim;
    let mut list = Vec::new();
    if claim.shift.is_some() {
        // The density is the derived one.
        return Ok(list);
    }
    let mut texts: Vec<genphys_pde::ast::Expr> = claim.pde.density.iter().cloned().collect();
    if let Some(form) = &claim.derivation.continuity {
        texts.extend(genphys_pde::parse_expression(&form.density).ok());
    }
    for expr in texts {
        let mut reader = crate::exact::Reader::new(&mut prover.model.algebra, claim.pde);
        list.push(reader.linear(&expr).or_open("the density is out of reach of the exact arithmetic")?);
    }
    Ok(list)
}

/// One branch alone counts: p is a multiple D(k, t) of it, and the propagator of p is that of φ times D(k, t)/D(k, t₀).
/// The quotient must be real, free of k and positive, which it is where D does not depend on the time up to a factor.
pub(super) fn density_of_branch(prover: &mut Prover, symbol: &Symbol, rate: &Complex) -> Outcome {
    let constant = constant_coefficients(prover, symbol).is_ok();
    for density in densities(prover)? {
        if !density.drift.is_zero() {
            return open("the density contains x");
        }
        if density.a.len() > 1 && !constant {
            return open("the density has a time derivative while coefficients depend on the time");
        }
        let (mut value, mut power) = (Complex::zero(), Complex::one());
        for c in &density.a {
            let term = prover.model.algebra.times(c, &power).or_open(LONG)?;
            value = value.plus(&term).or_open(LONG)?;
            power = prover.model.algebra.times(&power, &rate.negated()).or_open(LONG)?;
        }
        let value = prover.model.algebra.reduced_pair(&value).or_open(LONG)?;
        if !almost_everywhere(prover, &value)? {
            not_zero(prover, &value, "the density of a wave")?;
        }
        let time = prover.model.algebra.time();
        let change = prover.model.algebra.derivative_of_pair(&value, time).or_open(LONG)?;
        let change = prover.model.algebra.over(&change, &value).or_open(LONG)?;
        if !change.is_zero() {
            prover.require_free(&change, "the change of the density in time")?;
            prover.real(&change)?;
        }
    }
    Ok(())
}
