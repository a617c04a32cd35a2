//! C2 that holds, everywhere or under conditions on parameters: from its certificate to statements about signs.

use super::decay::{Calculus, Waves};
use super::stability::Shift;
use super::under_conditions::{Tools, formula, under_conditions, words};
use super::waves::Model;
use super::{Claim, Level, Report};
use crate::exact::Atom;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Poly;
use crate::exact::range::Range;
use crate::sign::logic::Formula;
use crate::sign::{Fact, Proof, Region, Relation, both};
use genphys_pde::certificate::Certificate;
use genphys_pde::condition::Condition;
use genphys_pde::verdict::Problem;
use num_traits::Zero;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Checks a C2 that holds under conditions (none for "everywhere").
pub(super) fn check(claim: &Claim, conditions: &[Condition], certificate: &Certificate, report: &mut Report) {
    let Some(mut model) = Model::new(claim) else {
        report.add("c2", Level::Unchecked, "the equation is out of reach of the checker");
        return;
    };
    let done = match certificate {
        Certificate::Rates { rates, root } => {
            let algebraic = root.as_ref().map(|root| model.algebraic(root));
            if let Some(None) = algebraic {
                report.add("c2", Level::Rejected, "r is no root of its polynomial between the numbers given");
                return;
            }
            let algebraic = algebraic.flatten();
            let Some((mut waves, shifts)) = model.waves_where_defined().and_then(|w| {
                Some((super::moving_frame::at_rest(w), model.shifts(rates, algebraic.as_ref().map(|(r, ..)| *r))?))
            }) else {
                report.add("c2", Level::Unchecked, "the symbol or a rate is out of reach of the checker");
                return;
            };
            if let Some((r, range, polynomial)) = algebraic {
                waves.region = waves.region.with_algebraic(r, range, polynomial);
            }
            by_rates(&mut model, conditions, &waves, &shifts, report)
                .or_else(|| square_root(&mut model, conditions, report))
        }
        Certificate::Factors { factors } => super::factors::product(&mut model, conditions, factors, report),
        Certificate::EvenInTime => super::factors::even_in_time(&mut model, conditions, report),
        Certificate::Band => band(&mut model, conditions, report),
        Certificate::SquareRoot => square_root(&mut model, conditions, report),
        Certificate::BesselAmplitude => bessel(&mut model, conditions, report),
        Certificate::Amplitude { exponent, scale } => {
            super::amplitude::check(&mut model, conditions, exponent.as_deref(), scale.as_deref(), report)
        }
        _ => None,
    };
    if done.is_none() {
        report.add("c2", Level::Unchecked, "the certificate does not prove it");
    }
}

fn by_rates(
    model: &mut Model,
    conditions: &[Condition],
    waves: &Waves,
    shifts: &[Shift],
    report: &mut Report,
) -> Option<()> {
    let problem = model.claim.problem;
    let Some(formula) = formula(model, conditions) else {
        report.add("c2", Level::Unchecked, "a condition is out of reach of the checker");
        return Some(());
    };
    let tools = Tools(RefCell::new(model));
    let every = |part: &Region, claim: OfCase<'_>| {
        let cases = waves.cases(part, shifts)?;
        cases.iter().try_fold(Proof::new(), |proof, (w, part, shifts)| Some(both(proof, claim(w, part, shifts)?)))
    };
    let decay = |part: &Region| every(part, &|w, part, shifts| w.decay(part, shifts, &tools));
    let half_space = |part: &Region| every(part, &|w, part, shifts| w.half_space(part, shifts, &tools));
    let holds = |part: &Region| {
        let defined = part.prove(&waves.defined, Relation::NonZero)?;
        let proof = match problem {
            Problem::Evolution => decay(part),
            Problem::HalfSpace => half_space(part),
            _ => decay(part).or_else(|| half_space(part)),
        };
        Some(both(defined, proof?))
    };
    // Where a denominator vanishes there is no equation.
    let somewhere = |part: &Region| match waves.defined.as_constant() {
        Some(_) => part.clone(),
        None => part.with(Fact { poly: waves.defined.clone(), relation: Relation::NonZero }),
    };
    // Of odd order all branches count where that is said of the problem.
    let initial = |w: &Waves| problem == Problem::Evolution && w.symbol.order() % 2 == 1;
    let fails = |part: &Region| {
        let part = somewhere(part);
        part.is_empty()
            .or_else(|| every(&part, &|w, part, shifts| w.violated(part, shifts, initial(w))))
            .or_else(|| after_a_period(waves, &part, shifts, &tools))
            .or_else(|| at_first(waves, &part, shifts, &tools))
    };
    under_conditions(formula.as_ref(), &waves.region, &holds, &fails, report)
}

/// Of first order with functions of |k|: Re s − s₀ rises from 0 for long waves, where its first derivative at k = 0
/// that does not vanish is positive.
fn at_first(waves: &Waves, part: &Region, shifts: &[Shift], tools: &Tools) -> Option<Proof> {
    if waves.symbol.order() != 1 || !waves.symbol.is_real() || !waves.components.is_empty() {
        return None;
    }
    waves.by_shifts(part, shifts, &|part, shift| {
        let shift = shift.oriented(part)?;
        let moving = waves.symbol.shifted(&shift, part)?.oriented(part)?.reals().first()?.clone();
        let mut model = tools.0.borrow_mut();
        let k = model.algebra.k();
        let mut value = Fraction::from(moving);
        let mut proof = Proof::new();
        for order in 0..MOST_DERIVATIVES {
            let at_rest = model.at_rest(&value.clone().into())?.as_real()?.clone();
            let sign = model.signed(&at_rest)?;
            match part.prove(&sign, Relation::Zero) {
                Some(zero) => proof = both(proof, zero),
                // s₀ is the rate at k = 0 itself.
                None if order == 0 => return None,
                None => return Some(both(proof, part.prove(&sign.negated(), Relation::Positive)?)),
            }
            value = model.algebra.derivative(&value, k)?;
        }
        None
    })
}

/// Derivatives at k = 0 that are looked at.
const MOST_DERIVATIVES: usize = 5;

/// Of first order: Re s(k) ≥ s₀ ≥ Re s(0) at |k| = 2π/w, w|k| the argument of a sine or cosine.
fn after_a_period(waves: &Waves, part: &Region, shifts: &[Shift], tools: &Tools) -> Option<Proof> {
    if waves.symbol.order() != 1 || !waves.symbol.is_real() || !waves.components.is_empty() {
        return None;
    }
    waves.by_shifts(part, shifts, &|part, shift| {
        let shift = shift.oriented(part)?;
        let at_rest = waves.at_rest.shifted(&shift, part)?.oriented(part)?.reals();
        let proof = part.prove(at_rest.first()?, Relation::NonNegative)?;
        let moving = waves.symbol.shifted(&shift, part)?.oriented(part)?.reals().first()?.clone();
        let mut model = tools.0.borrow_mut();
        let k = model.algebra.k();
        moving.variables().into_iter().find_map(|v| {
            let Some(Atom::Cos(angle) | Atom::Sin(angle)) = model.algebra.atom(v) else { return None };
            let angle = angle.clone();
            let speed = model.algebra.derivative(&angle, k).filter(|w| !w.is_zero())?;
            if model.depends_on_wave(&speed) {
                return None;
            }
            let turn = model.algebra.value("pi")?.as_real()?.scaled(&num_rational::BigRational::from_integer(2.into()));
            let period = turn.over(&speed)?;
            let value = model.replaced(&moving.clone().into(), &BTreeMap::from([(k, period.clone())]))?;
            let (value, period) = (model.signed(value.as_real()?)?, model.signed(&period)?);
            // 2π may be new.
            let known = model.extended(part, &[&value, &period])?;
            let there =
                both(known.prove(&period, Relation::Positive)?, known.prove(&value.negated(), Relation::NonNegative)?);
            Some(both(proof.clone(), there))
        })
    })
}

/// a s² + b s + c = 0 with a > 0 and Re b free of k, for b = 0: s = ±√ψ and Re √ψ = √((|ψ| + x)/2), ψ = x + i y.
///
/// Half-space: |ψ| + x is above its value m₀ at k = 0 for k ≠ 0, and tends to infinity. For m₀ > 0 the first is
/// y² + 2m₀x > m₀², since |ψ| > m₀ − x; for ψ(0) = 0 it says that ψ is nowhere a number ≤ 0, as where x > 0 or y² +
/// λx > 0 with some λ > 0. If y² + λx tends to infinity for every λ > 0, so does |ψ| + x, which is y²/(|ψ| − x) for x <
/// 0. Evolution: |ψ| + x is below m₀ > 0.
fn square_root(model: &mut Model, conditions: &[Condition], report: &mut Report) -> Option<()> {
    let waves = model.waves()?;
    let formula = formula(model, conditions)?;
    let problem = model.claim.problem;
    let r = model.new_root();
    let tools = Tools(RefCell::new(model));
    let holds = |part: &Region| {
        let ([c, _, lead], [c0, _, lead_at_rest]) = (&waves.symbol.a[..], &waves.at_rest.a[..]) else { return None };
        if lead != lead_at_rest || !lead.1.is_zero() {
            return None;
        }
        if lead.0.variables().iter().any(|v| *v == waves.k || waves.components.contains(v)) {
            return None;
        }
        let [(x, y), (x0, y0)] = match centred(&waves, part) {
            Some(psi) => psi?,
            None => {
                // a ψ in place of ψ: a > 0 changes nothing.
                let turn = if part.prove(&lead.0, Relation::Positive).is_some() {
                    |p: &Poly| p.negated()
                } else {
                    part.prove(&lead.0.negated(), Relation::Positive)?;
                    |p: &Poly| p.clone()
                };
                [c, c0].map(|c| (turn(&c.0), turn(&c.1)))
            }
        };
        let everywhere = |of: &dyn Fn(&Region) -> Option<Proof>| {
            let parts = waves.moving(part);
            parts.iter().try_fold(Proof::new(), |proof, region| Some(both(proof, of(region)?)))
        };
        let positive =
            |region: &Region, p: &Poly| region.prove(p, Relation::Positive).or_else(|| tools.positive(region, p));
        let square = y.times(&y)?;
        let grounded = x0.is_zero() && y0.is_zero();
        if problem == Problem::HalfSpace && grounded {
            let mut options = vec![x.clone(), square.clone()];
            for (p, q) in [(1, 1), (8, 1), (1, 8)] {
                options.push(square.plus(&x.scaled(&num_rational::BigRational::new(p.into(), q.into()))));
            }
            let rises = options.iter().find_map(|p| everywhere(&|region| positive(region, p)))?;
            return Some(both(rises, unbounded(&waves, part, &x, &square, &tools)?));
        }
        let region = part.with_root(r, x0.times(&x0)?.plus(&y0.times(&y0)?));
        let m = x0.plus(&Poly::var(r));
        let grows = region.prove(&m, Relation::Positive)?;
        let excess =
            square.plus(&m.times(&x)?.scaled(&num_rational::BigRational::from_integer(2.into()))).minus(&m.times(&m)?);
        let excess = if problem == Problem::HalfSpace { excess } else { excess.negated() };
        let mut proof = grows;
        for region in waves.moving(&region) {
            proof = both(proof, positive(&region, &region.reduced(&excess)?)?);
        }
        match problem {
            Problem::HalfSpace => Some(both(proof, unbounded(&waves, part, &x, &square, &tools)?)),
            Problem::Evolution => Some(proof),
            _ => None,
        }
    };
    let region = waves.region.clone();
    under_conditions(formula.as_ref(), &region, &holds, &|_| None, report)
}

/// 4a² times Ψ of a s² + b s + c = 0 with a > 0 for k ≠ 0 and at k = 0: S = 2as + b has S² = b² − 4ac, and with Re b
/// free of k Re S orders the waves as Re s does. The inner `None` where this is out of reach, the outer one where b = 0.
fn centred(waves: &Waves, part: &Region) -> Option<Option<[(Poly, Poly); 2]>> {
    let still = |symbol: &super::stability::Symbol| symbol.a[1].0.is_zero() && symbol.a[1].1.is_zero();
    if still(&waves.symbol) && still(&waves.at_rest) {
        return None;
    }
    let of = |symbol: &super::stability::Symbol| {
        let symbol = symbol.oriented(part)?;
        let [c, b, (a, _)] = &symbol.a[..] else { return None };
        let four = num_rational::BigRational::from_integer(4.into());
        let two = num_rational::BigRational::from_integer(2.into());
        let re = b.0.times(&b.0)?.minus(&b.1.times(&b.1)?).minus(&a.times(&c.0)?.scaled(&four));
        let im = b.0.times(&b.1)?.scaled(&two).minus(&a.times(&c.1)?.scaled(&four));
        Some((part.reduced(&re)?, part.reduced(&im)?, b.0.clone()))
    };
    let both = || {
        let ((re, im, damping), (re_at_rest, im_at_rest, damping_at_rest)) = (of(&waves.symbol)?, of(&waves.at_rest)?);
        (damping == damping_at_rest).then_some([(re, im), (re_at_rest, im_at_rest)])
    };
    Some(both())
}

/// a s² + c = 0 with real a > 0 free of k: −c > 0 exactly where a condition on k holds, and −c → ∞ for short waves.
/// Waves that satisfy it decay, the others oscillate with Re s = 0, as at the edge of the band.
fn band(model: &mut Model, conditions: &[Condition], report: &mut Report) -> Option<()> {
    let proof = beyond_a_band(model, conditions)?;
    report.add("c2", Level::Proved, format!("if and only if the condition holds: {}", words(&proof)));
    Some(())
}

/// What proves that.
pub(super) fn beyond_a_band(model: &mut Model, conditions: &[Condition]) -> Option<Proof> {
    let waves = model.waves()?;
    let list = conditions.iter().filter(|c| c.is_about_parameters());
    let list = list.map(|c| model.formula_in_k(c)).collect::<Option<Vec<_>>>()?;
    let condition = Formula::All(list);
    let tools = Tools(RefCell::new(model));
    let part = &waves.region;
    let ([c, b, a], true) = (&waves.symbol.a[..], waves.symbol.is_real()) else { return None };
    if !b.0.is_zero() || waves.components.iter().chain([&waves.k]).any(|v| a.0.contains(*v)) {
        return None;
    }
    part.prove(&a.0, Relation::Positive)?;
    // Long waves are outside, for all parameter values.
    part.prove(&waves.at_rest.a.first()?.0, Relation::Positive)?;
    let mut proof = Proof::new();
    for region in waves.moving(part) {
        for inside in condition.parts(&region)? {
            proof = both(proof, inside.prove(&c.0.negated(), Relation::Positive)?);
        }
        for outside in condition.negated().parts(&region)? {
            proof = both(proof, outside.prove(&c.0, Relation::NonNegative)?);
        }
    }
    let sigma = part.unused();
    let value = Poly::power(sigma, 2).times(&a.0)?.plus(&c.0).negated();
    let grows = if waves.components.is_empty() {
        tools.unbounded(part, &value, sigma)
    } else {
        waves.rises_everywhere(part, &c.0.negated())
    }?;
    Some(both(proof, grows))
}

/// |ψ| + x → ∞ for short waves.
fn unbounded(waves: &Waves, part: &Region, x: &Poly, square: &Poly, tools: &Tools) -> Option<Proof> {
    if !waves.components.is_empty() {
        return waves.rises_everywhere(part, x).or_else(|| waves.rises_everywhere(part, square));
    }
    let sigma = part.unused();
    let value = square.plus(&x.times(&Poly::var(sigma))?);
    tools.unbounded(&part.with_range(sigma, Range::positive()), &value, sigma)
}

/// φ_tt + (D − 1)/t φ_t + q φ = 0 from the time 0. Where q(k) < q(0) ≤ 0 for k ≠ 0 the bounded solution has p̂ = (κt)^ν
/// K_ν(κt) up to a constant, ν = D/2 > 0 and κ² = −q, which falls to 0 as κt rises. Where q(k) > q(0) the data are put
/// in for D < 2 and p̂ = j(√q t) with the normalised Bessel function of order −D/2: for q(0) = 0 it is below 1 and
/// falls to 0 exactly for D < 1; for q(0) < 0, where p̂(0, t) grows, D ≤ 1 will do.
fn bessel(model: &mut Model, conditions: &[Condition], report: &mut Report) -> Option<()> {
    let symbol = model.symbol()?;
    let [a0, a1, a2] = &symbol.a[..] else { return None };
    let start = model.algebra.range(model.algebra.time())?.lower.clone();
    if !symbol.drift.is_zero() || start.is_none_or(|(x, _)| !x.is_zero()) {
        return None;
    }
    let t: Complex = Fraction::var(model.algebra.time()).into();
    let ratio = model.algebra.over(a1, a2)?;
    let d = model.algebra.times(&ratio, &t)?.as_real()?.plus(&Fraction::one())?;
    let d = model.algebra.reduced(&d)?;
    let q = model.algebra.over(a0, a2)?.as_real()?.clone();
    let q0 = model.at_rest(&q.clone().into())?.as_real()?.clone();
    if [&d, &q].iter().any(|f| model.depends_on_time(f)) || model.depends_on_wave(&d) {
        return None;
    }
    let rise = model.algebra.reduced(&q.minus(&q0)?)?;
    let one_minus_d = Fraction::one().minus(&d)?;
    let region = model.region_of(&[&d, &q, &q0, &rise])?;
    let formula = formula(model, conditions)?;
    let [rise, d, one_minus_d, q0] = [&rise, &d, &one_minus_d, &q0].map(|f| model.signed(f));
    let (rise, d, one_minus_d, q0) = (rise?, d?, one_minus_d?, q0?);
    let components = model.components();
    let problem = model.claim.problem;
    let tools = Tools(RefCell::new(model));
    let holds = |part: &Region| {
        let parts = if components.is_empty() { vec![part.clone()] } else { part.off_zero(&components) };
        let everywhere = |p: &Poly| {
            parts.iter().try_fold(Proof::new(), |proof, region| {
                let more = region.prove(p, Relation::Positive).or_else(|| tools.positive(region, p))?;
                Some(both(proof, more))
            })
        };
        match problem {
            Problem::HalfSpace => {
                let grounded =
                    both(part.prove(&d, Relation::Positive)?, part.prove(&q0.negated(), Relation::NonNegative)?);
                Some(both(grounded, everywhere(&rise.negated())?))
            }
            Problem::Evolution => {
                let still =
                    || Some(both(part.prove(&q0, Relation::Zero)?, part.prove(&one_minus_d, Relation::Positive)?));
                let growing = || {
                    Some(both(
                        part.prove(&q0.negated(), Relation::Positive)?,
                        part.prove(&one_minus_d, Relation::NonNegative)?,
                    ))
                };
                Some(both(still().or_else(growing)?, everywhere(&rise)?))
            }
            _ => None,
        }
    };
    let fails = |part: &Region| match problem {
        Problem::HalfSpace => part.prove(&d.negated(), Relation::NonNegative),
        Problem::Evolution => {
            // At q(0) = 0 it is |j| < 1 that fails, at q(0) > 0 the number of particles oscillates around 0.
            let still = Some(both(
                part.prove(&q0, Relation::Zero)?,
                part.prove(&one_minus_d.negated(), Relation::NonNegative)?,
            ));
            still.or_else(|| part.prove(&q0, Relation::Positive))
        }
        _ => None,
    };
    under_conditions(formula.as_ref(), &region, &holds, &fails, report)
}

/// What is proved of one case of the leading coefficient.
type OfCase<'a> = &'a dyn Fn(&Waves, &Region, &[Shift]) -> Option<Proof>;
