//! Rule 5: two excited branches of a wave equation a φ_tt + b φ_t − c ∇²φ + d φ = 0 with constant coefficients,
//! p = a φ_t + b φ, data φ = 0 and a φ_t = q. With ε = b/(2a) and μ² = ε² − d/a,
//!
//!   p̂(k, t)/q̂ = e^{−εt} (cosh(√(μ² − v²k²) t) + ε sinh(√(μ² − v²k²) t)/√(μ² − v²k²)),  v² = c/a.
//!
//! In N = 1 its inverse transform is e^{−εt}/2 times two travelling points δ(x ± vt), plus Bessel functions I₀ and
//! I₁ inside the light cone, so p ≥ 0 when b ≥ 0 and μ² ≥ 0 (Kac's persistent random walk for d = 0); for μ² < 0 the
//! Bessel functions oscillate and p turns negative. In N ≥ 2 p̂ keeps oscillating like e^{−εt} cos(v|k|t): the mean
//! of |p̂|² over large balls is positive although a radial measure has its only atom at 0, where the mean of p̂
//! vanishes; by Wiener's lemma p is not a finite measure, so it cannot be non-negative with finite mass.
//!
//! With drift e φ_x beside −c φ_xx, φ = e^{ex/(2c)} χ turns the equation into one for χ without drift, with d + e²/(4c) in place of
//! d, and p into e^{ex/(2c)} (a χ_t + b χ): the same conditions with that d. An equation in one of several named coordinates
//! moves nothing along the others and is one in N = 1.

use super::C1;
use crate::equation::Equation;
use crate::formula::Formula;
use crate::hurwitz;
use crate::positivity::Space;
use crate::ring::{CPoly, K1, Poly};
use genphys_pde::certificate::Certificate;

const RULE: &str = "two-branches";

/// Whether the equation is of this form.
pub(super) fn applies(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> bool {
    wave_form(eq, a0, a1, a2).is_some()
}

/// C1 of a second-order evolution equation.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> C1 {
    let Some(Walk { a, b, c, d, e, axis }) = wave_form(eq, a0, a1, a2) else {
        let why = "two excited branches that are not those of a wave equation with constant damping";
        return C1::new(RULE, Formula::Unknown(why.into()), why);
    };
    let normalised = |sign: i64| {
        let signed = |p: &Poly| p.clone().mul_coeff(sign.into());
        let (a, b, c, d) = (signed(&a), signed(&b), signed(&c), signed(&d));
        let mut real = hurwitz::discriminant(&a, &b, &d);
        if !e.is_zero() {
            real = &(&real * &c) - &(&a * &(&e * &e));
        }
        Formula::all([
            Formula::positive(&a),
            Formula::positive(&c),
            Formula::non_negative(&b),
            Formula::non_negative(&real),
        ])
    };
    if c.is_zero() {
        return at_rest(eq, [&a, &b, &d]);
    }
    let on_the_line = Formula::any([normalised(1), normalised(-1)]).simplify(&eq.oracle);
    // Where a vanishes the equation is one of first order, which is looked at by itself.
    let sharp_front = Formula::any([
        Formula::all([Formula::non_negative(&a), Formula::positive(&c)]),
        Formula::all([Formula::non_negative(&-a.clone()), Formula::negative(&c)]),
    ])
    .simplify(&eq.oracle);
    if sharp_front != Formula::True {
        let why = "two excited branches whose wave speed may vanish";
        return C1::new(RULE, Formula::Unknown(why.into()), why);
    }
    if eq.dims.only() == Some(1) || axis.is_some() {
        let because = "in N = 1 the density is two travelling points and Bessel functions inside the light cone, \
                       non-negative when damping is not negative and overcomes the mass (Kac)";
        return C1::new(RULE, on_the_line, because);
    }
    let wave_front = "in N >= 2 the wave front makes p negative for concentrated data: p-hat oscillates like \
                      exp(-eps t) cos(v |k| t) for short waves, which no finite non-negative density does (Wiener)";
    let ideal = b.is_zero() && d.is_zero();
    if eq.dims.least >= 2 || ideal || on_the_line == Formula::False {
        let extra = if ideal && eq.dims.least == 1 { "; undamped, it keeps p >= 0 in N = 1 at best" } else { "" };
        return C1::new(RULE, Formula::False, format!("{wave_front}{extra}"));
    }
    let mut c1 = C1::new(RULE, on_the_line, format!("p >= 0 in N = 1 (Kac's persistent random walk); {wave_front}"));
    c1.further.push("N = 1".into());
    c1
}

/// c = 0: nothing moves, and every point grows like f(t) with f = (s₁ e^{s₂t} − s₂ e^{s₁t})/(s₁ − s₂). f ≥ 0 for every t
/// exactly when the rates are real and not both positive.
fn at_rest(eq: &Equation, [a, b, d]: [&Poly; 3]) -> C1 {
    let formula = Formula::all([
        Formula::non_negative(&hurwitz::discriminant(a, b, d)),
        Formula::any([Formula::non_negative(&(a * b)), Formula::non_negative(&-(a * d))]),
    ]);
    let because = "nothing moves: p at every point grows by a factor that is never negative exactly when both rates are real \
                   and not both positive";
    C1::new(RULE, formula.simplify(&eq.oracle), because)
}

/// The matched form.
pub(super) fn certificate(eq: &Equation) -> Option<Certificate> {
    let [a0, a1, a2] = eq.a.as_slice() else { return None };
    let Walk { a, b, c, d, e, axis } = wave_form(eq, a0, a1, a2)?;
    let sign = if eq.oracle.signs(&a).always_negative() { -1 } else { 1 };
    let text = |p: &Poly| crate::print::poly(&eq.ring, &p.clone().mul_coeff(sign.into()));
    let drift = (!e.is_zero()).then(|| text(&e));
    Some(Certificate::Telegraph { a: text(&a), b: text(&b), c: text(&c), d: text(&d), drift, axis })
}

/// a s² + b s + c|k|² + d, or with one component k_j in place of |k| and i e k_j besides; all coefficients are constant.
struct Walk {
    a: Poly,
    b: Poly,
    c: Poly,
    d: Poly,
    e: Poly,
    /// j.
    axis: Option<u32>,
}

fn wave_form(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Option<Walk> {
    if !a1.is_real() || !a2.is_real() || eq.ring.has_wave(&a1.re) || eq.ring.has_wave(&a2.re) {
        return None;
    }
    let d = eq.ring.at_zero(&a0.re);
    let rest = &a0.re - &d;
    let walk = |c: Poly, e: Poly, axis| Some(Walk { a: a2.re.clone(), b: a1.re.clone(), c, d: d.clone(), e, axis });
    if a0.is_real() && rest.is_zero() {
        return walk(eq.ring.zero(), eq.ring.zero(), None);
    }
    let square = |wave: usize, power: u16| {
        let c = crate::ring::coefficient(&rest, wave, power);
        (!eq.ring.has_wave(&c) && &c * &eq.ring.power(wave, power) == rest && !c.is_zero()).then_some(c)
    };
    match eq.space {
        Space::Radial if a0.is_real() => {
            let c = square(crate::ring::RADIAL, u16::try_from(2 * eq.ring.root).ok()?)?;
            walk(c, eq.ring.zero(), None)
        }
        Space::Components(n) => (1..=n).find_map(|j| {
            let wave = K1 + j as usize - 1;
            let (c, e) = (square(wave, 2)?, crate::ring::coefficient(&a0.im, wave, 1));
            let linear = !eq.ring.has_wave(&e) && &e * &eq.ring.variable(wave) == a0.im;
            if linear { walk(c, e, Some(j)) } else { None }
        }),
        Space::Radial => None,
    }
}
