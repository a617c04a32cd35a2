//! A density that is declared, p = P(∂_t, ∇) φ, for an equation D(∂_t, ∇) φ = 0 of second or higher order in time with
//! data in the highest derivative: p̂ has the Laplace transform P/D in t, where the derived density has P = (D(s) −
//! D(0))/s. With P of degree m − 1 and a leading coefficient in proportion to that of D, and with η such that (s + η)
//! P(s) = D(s) − D(−η) up to that proportion, s = σ − η turns P into the density derived from D̃(σ) = D(σ − η), so that
//!
//!   p̂(k, t) = e^{−η(k) t} p̃(k, t),  p̃ that of D̃ with its derived density.
//!
//! A product of positive-definite functions is one (Schur): C1 holds where η is a Lévy exponent up to a real constant
//! and C1 of D̃ holds. For constant η nothing else does. Every other declared density is left open; nothing is said of
//! another one.
//!
//! At first order in time, and on the one branch of a half-space problem, p̂(k, t) = e^{s(k) t} for every p = P φ that
//! the data are put in for.

use super::levy::levy_exponent;
use crate::algebra::components::isotropic;
use crate::algebra::formula::Formula;
use crate::algebra::ring::{CPoly, Poly, S};
use crate::claims::answer::{C1, undecided};
use crate::equation::linear::Equation;
use crate::equation::petrovsky::Kind;
use genphys_pde::certificate::Certificate;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::Problem;

/// η with its denominator, which is real and free of k.
struct Shift {
    num: CPoly,
    den: Poly,
}

/// C1 for the declared density; `None` where there is none, or where it makes no difference.
pub(super) fn c1(eq: &Equation, kind: &Kind, again: fn(&Equation, &Kind) -> C1) -> Option<C1> {
    eq.pde.density.as_ref()?;
    if eq.order() < 2 || kind.problem() == Problem::HalfSpace {
        return None;
    }
    let why = "the declared density is not the derived one, and no rule decides about it";
    if kind.problem() == Problem::IllPosed {
        return Some(undecided("the equation is ill posed, so there is no density to follow"));
    }
    let Some(shift) = shift(eq) else { return Some(undecided(why)) };
    let pde = Pde { density: None, ..eq.pde.clone() };
    let plain: Equation<'_> = eq.of_order(eq.order());
    let mut plain = Equation { pde: &pde, ..plain };
    if shift.num.is_zero() {
        return Some(again(&plain, kind));
    }
    plain.a = shifted(eq, &shift);
    let below = again(&plain, &crate::claims::c2::decide(&plain).kind);
    let constant = shift.num.is_real() && !eq.ring.has_wave(&shift.num.re);
    let eta = levy_exponent(eq, &shift.num.scale(&shift.den));
    let both = Formula::all([eta.formula, below.formula.clone()]).simplify(&eq.oracle);
    let limited = !eta.further.is_empty() || !below.further.is_empty() || below.line.is_some();
    let formula = match both {
        Formula::True => Formula::True,
        both if constant => both,
        both => Formula::any([both, Formula::Unknown(why.into())]),
    };
    let because = format!(
        "p-hat = exp(-eta t) times that of the equation in s + eta for its own density, eta a Levy exponent up to a constant: {}",
        below.because
    );
    let mut c1 = C1::new("declared-density", formula, because);
    c1.further = eta.further.into_iter().chain(below.further).collect();
    c1.further.dedup();
    c1.line = if constant { below.line } else { None };
    c1.exact = below.exact && eta.exact && (constant || !limited);
    Some(c1)
}

/// The parts of the proof for a density with η ≠ 0; `inner` is the proof of the equation for its own density.
pub(super) fn certificate(
    eq: &Equation,
    inner: impl Fn(&Equation, &Kind) -> Option<Certificate>,
) -> Option<Certificate> {
    let shift = shift(eq).filter(|shift| !shift.num.is_zero())?;
    let pde = Pde { density: None, ..eq.pde.clone() };
    let plain: Equation<'_> = eq.of_order(eq.order());
    let plain = Equation { pde: &pde, a: shifted(eq, &shift), ..plain };
    let kind = crate::claims::c2::decide(&plain).kind;
    let inner = inner(&plain, &kind)?;
    let text = |p: &CPoly| crate::algebra::print::fraction(&eq.ring, p, &shift.den);
    let constant = shift.num.map(|p| eq.ring.at_zero(p));
    let moves = !shift.num.sub(&constant).is_zero();
    let closure = if moves { Some(super::closure::levy(eq, &shift.num, &shift.den)?) } else { None };
    Some(Certificate::DeclaredDensity {
        eta: text(&shift.num),
        decay: text(&constant),
        closure,
        coefficients: plain.a.iter().map(|c| crate::algebra::print::complex(&eq.ring, c)).collect(),
        inner: Box::new(inner),
    })
}

/// Whether the density of an evolution equation is the derived one.
pub(crate) fn is_derived(eq: &Equation) -> bool {
    eq.pde.density.is_none() || eq.order() < 2 || shift(eq).is_some_and(|shift| shift.num.is_zero())
}

/// The coefficients of P by powers of s, times its denominator.
fn density(eq: &Equation) -> Option<Vec<CPoly>> {
    let expr = eq.pde.density.as_ref()?;
    let p = crate::equation::symbol::of_expression(eq.pde, &eq.fixed, &eq.ring, expr).ok()?;
    let degree = p.num.re.degree(S).max(p.num.im.degree(S));
    (0..=degree)
        .map(|j| {
            let part = p.num.map(|q| crate::algebra::ring::coefficient(q, S, j));
            if eq.space == crate::algebra::positivity::Space::Radial && eq.ring.components > 0 {
                let radial = |q: &Poly| isotropic(q, &eq.ring, eq.ring.components);
                return Some(CPoly { re: radial(&part.re)?, im: radial(&part.im)? });
            }
            Some(part.map(|q| crate::algebra::components::in_terms_of_components(&eq.ring, q)))
        })
        .collect()
}

fn shift(eq: &Equation) -> Option<Shift> {
    let p = density(eq)?;
    let m = eq.order();
    let (lead, top) = (eq.a.last()?, p.last()?);
    let constant = |c: &CPoly| c.is_real() && !eq.ring.has_wave(&c.re);
    let plain = !eq.depends_on_time() && eq.motion.is_none() && p.len() == m && constant(lead) && constant(top);
    if !plain || m < 2 || !eq.oracle.signs(&(&lead.re * &top.re)).never_zero() {
        return None;
    }
    let (lead, top) = (&lead.re, &top.re);
    let den = lead * top;
    let num = eq.a[m - 1].scale(top).sub(&p[m - 2].scale(lead));
    // a_j = P_{j−1} + η P_j, with P times lead/top, for j = 1 … m − 1.
    let fits = (1..m).all(|j| {
        let left = eq.a[j].scale(&den).scale(top);
        let right = p[j - 1].scale(lead).scale(&den).add(&num.mul(&p[j]).scale(lead));
        left.sub(&right).map(|q| eq.ring.reduce(q)).is_zero()
    });
    fits.then_some(Shift { num, den })
}

/// D(σ − η) times a power of the denominator.
fn shifted(eq: &Equation, shift: &Shift) -> Vec<CPoly> {
    let m = eq.order();
    // In x = den σ: Σ a_j den^{m−j} (x − num)^j.
    let mut list: Vec<CPoly> = eq.a.iter().enumerate().map(|(j, c)| c.scale(&shift.den.pow(m - j))).collect();
    for start in 0..list.len() {
        for i in (start..list.len() - 1).rev() {
            list[i] = list[i].sub(&list[i + 1].mul(&shift.num));
        }
    }
    list.iter().enumerate().map(|(j, c)| c.scale(&shift.den.pow(j)).map(|p| eq.ring.reduce(p))).collect()
}
