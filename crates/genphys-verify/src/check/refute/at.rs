//! What fails at one wave vector and k = 0, for all parameter values and whatever functions of k occur: the
//! coefficients of the symbol at both are expressions in the parameters, and their signs are proved.

use crate::check::Claim;
use crate::check::decay::Calculus;
use crate::check::under_conditions::Tools;
use crate::check::waves::Model;
use crate::exact::Atom;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Var;
use crate::sign::{Proof, Relation};
use num_rational::BigRational;
use std::collections::BTreeMap;

/// The symbol, and its coefficients at k = 0.
struct Symbol<'a> {
    model: Model<'a>,
    a: Vec<Complex>,
    at_rest: Vec<Complex>,
}

fn symbol<'a>(claim: &'a Claim<'a>) -> Option<Symbol<'a>> {
    let mut model = Model::new(claim)?;
    let symbol = model.symbol()?;
    let timed = symbol.a.iter().any(|c| model.depends_on_time(&c.re) || model.depends_on_time(&c.im));
    if timed || !symbol.drift.is_zero() {
        return None;
    }
    let at_rest = symbol.a.iter().map(|c| model.at_rest(c)).collect::<Option<Vec<_>>>()?;
    Some(Symbol { model, a: symbol.a, at_rest })
}

impl Symbol<'_> {
    /// Wave vectors of a short list, each as values of |k| and the components.
    fn points(&self) -> Vec<BTreeMap<Var, Fraction>> {
        let algebra = &self.model.algebra;
        let components: Vec<Var> = algebra.components().iter().copied().chain(algebra.beyond()).collect();
        let lengths = [(1, 1), (2, 1), (1, 2), (4, 1), (1, 4), (16, 1), (1, 16)];
        let mut list = Vec::new();
        for (a, b) in lengths {
            let q = Fraction::constant(BigRational::new(a.into(), b.into()));
            let along = |axis: usize| {
                let mut values: BTreeMap<Var, Fraction> = components.iter().map(|v| (*v, Fraction::zero())).collect();
                values.insert(algebra.k(), q.clone());
                if let Some(v) = components.get(axis) {
                    values.insert(*v, q.clone());
                }
                values
            };
            list.extend((0..components.len().clamp(1, 3)).map(along));
        }
        list
    }

    fn value(&mut self, c: &Complex, at: &BTreeMap<Var, Fraction>) -> Option<Complex> {
        let im = self.model.replaced(&c.im, at)?.times(&Complex::i())?;
        self.model.replaced(&c.re, at)?.plus(&im)
    }

    fn holds(&mut self, f: &Fraction, relation: Relation) -> bool {
        prove(&mut self.model, f, relation).is_some()
    }

    fn over(&self, a: &Complex, b: &Complex) -> Option<Complex> {
        self.model.algebra.over(a, b)
    }
}

fn prove(model: &mut Model, f: &Fraction, relation: Relation) -> Option<Proof> {
    let f = model.algebra.reduced(f)?;
    let region = model.region_of(&[&f])?;
    let p = model.signed(&f)?;
    region.prove(&p, relation)
}

/// First order in time: Re ψ(k) − Re ψ(0) has a sign at some k, below 0 (strictly or not).
fn falls(claim: &Claim, strictly: bool) -> Option<()> {
    let mut symbol = symbol(claim)?;
    let ([a0, a1], [r0, r1]) = (&symbol.a.clone()[..], &symbol.at_rest.clone()[..]) else { return None };
    let rest = symbol.over(r0, r1)?.re;
    let relation = if strictly { Relation::Positive } else { Relation::NonNegative };
    symbol.points().iter().find_map(|at| {
        let (top, bottom) = (symbol.value(a0, at)?, symbol.value(a1, at)?);
        let here = symbol.over(&top, &bottom)?.re;
        symbol.holds(&rest.minus(&here)?, relation).then_some(())
    })
}

/// First order in time, with drift and coefficients in the time too: Re ψ(k) − Re ψ(0) < 0 (≤ 0 for C2) for every k ≠ 0
/// at all times, functions of
/// |k| included.
pub(super) fn never_falls(claim: &Claim, strictly: bool) -> Option<String> {
    let mut model = Model::new(claim)?;
    let symbol = model.symbol()?;
    let ([a0, a1], []) = (&symbol.a[..], &model.components()[..]) else { return None };
    let psi = model.algebra.over(a0, a1)?;
    let rest = model.at_rest(&psi)?.re;
    let gain = model.algebra.reduced(&rest.minus(&psi.re)?)?;
    let region = model.region_of(&[&gain])?;
    let p = model.signed(&gain)?;
    let relation = if strictly { Relation::Positive } else { Relation::NonNegative };
    region.prove(&p, relation).or_else(|| Tools::new(&mut model).positive(&region, &p))?;
    Some("no wave falls below the longest one at any time".into())
}

/// First order in time with coefficients that do not depend on it, beside a drift: |ψ(k) − ψ(0)| ≤ C|k|^ε for long
/// waves with some ε > 0.
pub(super) fn is_tame(claim: &Claim) -> Option<()> {
    let mut model = Model::new(claim)?;
    let symbol = model.symbol()?;
    let ([a0, a1], []) = (&symbol.a[..], &model.components()[..]) else { return None };
    let psi = model.algebra.over(a0, a1)?;
    if [&psi.re, &psi.im].iter().any(|f| model.depends_on_time(f)) {
        return None;
    }
    [&psi.re, &psi.im].into_iter().try_for_each(|f| tame(&mut model, f))
}

/// A quotient that is Hölder continuous at k = 0: of such functions where the denominator does not vanish there, or of
/// analytic ones with a finite limit.
fn tame(model: &mut Model, f: &Fraction) -> Option<()> {
    let den: Fraction = f.den.clone().into();
    let variables = f.variables();
    if variables.iter().all(|v| is_analytic(model, *v)) {
        return model.at_rest(&f.clone().into()).map(|_| ());
    }
    let value = model.at_rest(&den.into())?;
    prove(model, value.as_real()?, Relation::NonZero)?;
    variables.into_iter().try_for_each(|v| tame_variable(model, v))
}

/// Powers of |k| with whole exponents, and exponentials, sines and cosines of polynomials in |k|.
fn is_analytic(model: &Model, v: Var) -> bool {
    let polynomial = |f: &Fraction| {
        let moves = |v: &Var| *v != model.algebra.k() && model.depends_on_wave(&Fraction::var(*v));
        !f.num.variables().iter().any(moves) && !model.depends_on_wave(&f.den.clone().into())
    };
    v == model.algebra.k()
        || !model.depends_on_wave(&Fraction::var(v))
        || matches!(model.algebra.atom(v), Some(Atom::Exp(f) | Atom::Cos(f) | Atom::Sin(f)) if polynomial(f))
}

fn tame_variable(model: &mut Model, v: Var) -> Option<()> {
    if is_analytic(model, v) {
        return Some(());
    }
    match model.algebra.atom(v)?.clone() {
        // |a^(1/n) − b^(1/n)| ≤ |a − b|^(1/n).
        Atom::Root { of, .. } | Atom::Exp(of) | Atom::Cos(of) | Atom::Sin(of) => tame(model, &of),
        Atom::Log(of) => {
            let value = model.at_rest(&of.clone().into())?;
            prove(model, value.as_real()?, Relation::Positive)?;
            tame(model, &of)
        }
        Atom::Power { base, exponent } => {
            (base == Fraction::var(model.algebra.k())).then_some(())?;
            prove(model, &exponent, Relation::Positive).map(|_| ())
        }
        Atom::Named(_) => None,
    }
}

/// C1 of first order: |p̂(k, t)| > p̂(0, t).
pub(super) fn outgrows(claim: &Claim) -> Option<String> {
    falls(claim, true).map(|()| "Re psi is below Re psi(0) at one wave number".into())
}

/// C2 of first order.
pub(super) fn first_order(claim: &Claim) -> Option<String> {
    falls(claim, false).map(|()| "Im omega is not below Im omega(0) at one wave number".into())
}

/// C2 of second order with real coefficients, all branches counting: no Re s(0) is positive; and with s also −s is a
/// root at every k, or some Re s(k) ≥ 0 at one (Routh, Hurwitz).
pub(super) fn second_order(claim: &Claim) -> Option<String> {
    let mut symbol = symbol(claim)?;
    let ([a0, a1, a2], [r0, r1, r2]) = (&symbol.a.clone()[..], &symbol.at_rest.clone()[..]) else { return None };
    for r in [symbol.over(r0, r2)?, symbol.over(r1, r2)?] {
        let r = r.as_real()?.clone();
        if !symbol.holds(&r, Relation::NonNegative) {
            return None;
        }
    }
    if a1.is_zero() {
        return Some("with s also -s is a root, and at k = 0 both are imaginary".into());
    }
    symbol.points().iter().find_map(|at| {
        let lead = symbol.value(a2, at)?;
        [a0, a1].into_iter().find_map(|c| {
            let value = symbol.value(c, at)?;
            let value = symbol.over(&value, &lead)?.as_real()?.negated();
            let text = "no Re s(0) is positive, and some Re s(k) >= 0 at one wave number (Routh-Hurwitz)";
            symbol.holds(&value, Relation::NonNegative).then(|| text.into())
        })
    })
}

/// Whether the j-th coefficient, a function of |k| alone, has an imaginary part that is not zero at one k: it is not
/// the conjugate of itself.
pub(super) fn has_imaginary_part(claim: &Claim, j: usize) -> bool {
    let find = || {
        let mut symbol = symbol(claim)?;
        let c = symbol.a.get(j)?.clone();
        if !symbol.model.components().is_empty() || c.im.is_zero() {
            return None;
        }
        symbol.points().iter().find_map(|at| {
            let value = symbol.value(&c, at)?.im;
            symbol.holds(&value, Relation::NonZero).then_some(())
        })
    };
    find().is_some()
}
