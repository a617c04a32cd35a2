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
//! With drift e φ_x beside −c φ_xx, φ = e^{ex/(2c)} χ turns the equation into one for χ without drift, with d + e²/(4c)
//! in place of d, and p into e^{ex/(2c)} (a χ_t + b χ): the same conditions with that d. An equation in one of several
//! named coordinates moves nothing along the others and is one in N = 1.
//!
//! With f φ_xt besides, a φ_tt + f φ_xt + b φ_t + e φ_x − c φ_xx + d φ = 0, the equation is one of two velocities v±
//! with a v² = f v + c, and Δ = f² + 4ac = a²(v₊ − v₋)². With D/a = X₊ X₋ − κ, X± = s + i v± k + ρ±, and the shares w±
//! of the two fronts,
//!
//!   p̂ = Σ_n κ^n [w₊/(X₊^{n+1} X₋^n) + w₋/(X₊^n X₋^{n+1}) + ξ/(X₊ X₋)^{n+1}],  ξ = w₊ρ₊ + w₋ρ₋,
//!
//! where 1/(X₊^i X₋^j) is a positive density in the cone. So p ≥ 0 exactly if Δ > 0, w± ≥ 0, ξ ≥ 0 (the density at the
//! apex) and κ ≥ 0 (otherwise Bessel functions J₀ and J₁ oscillate); times positive factors: c ≥ 0, 2bc + ef ≥ 0, b²c +
//! bef − ae² − dΔ ≥ 0.

use crate::algebra::formula::Formula;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, K1, Poly, scale};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;
use genphys_pde::certificate::Certificate;

const RULE: &str = "two-branches";

/// Whether the equation is of this form.
pub(super) fn applies(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> bool {
    wave_form(eq, a0, a1, a2).is_some()
}

/// C1 of a second-order evolution equation.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> C1 {
    let Some(Walk { a, b, c, d, e, f, axis }) = wave_form(eq, a0, a1, a2) else {
        let why = "two excited branches that are not those of a wave equation with constant damping";
        return C1::new(RULE, Formula::Unknown(why.into()), why);
    };
    if !f.is_zero() {
        return two_velocities(eq, [&a, &b, &c, &d, &e, &f]);
    }
    let normalised = |sign: i64| {
        let signed = |p: &Poly| p.clone().mul_coeff(sign.into());
        let (a, b, c, d) = (signed(&a), signed(&b), signed(&c), signed(&d));
        let mut real = crate::algebra::polynomial::discriminant(&a, &b, &d);
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

/// With a mixed derivative: exact, as said above.
fn two_velocities(eq: &Equation, [a, b, c, d, e, f]: [&Poly; 6]) -> C1 {
    let apart = &(f * f) + &scale(&(a * c), 4);
    let apex = &scale(&(b * c), 2) + &(e * f);
    let jumps = &(&(&(&(b * b) * c) + &(&(b * e) * f)) - &(a * &(e * e))) - &(d * &apart);
    // All of a, …, f may have the other sign; Δ is even, and the last expression odd.
    let turned = |sign: i64| {
        let [damping, decay] = [b, d].map(|p| eq.oracle.signs(&scale(p, sign)));
        // b (bc + ef) ≥ ae² + dΔ: with b > 0 and d ≥ 0 the apex follows.
        let follows = damping.always_positive() && decay.never_negative();
        Formula::all([
            Formula::positive(&scale(a, sign)),
            Formula::positive(&apart),
            Formula::non_negative(&scale(c, sign)),
            if follows { Formula::True } else { Formula::non_negative(&apex) },
            Formula::non_negative(&scale(&jumps, sign)),
        ])
    };
    let formula = Formula::any([turned(1), turned(-1)]).simplify(&eq.oracle);
    let because = match &formula {
        Formula::False => {
            "on the line the equation is a walk with two velocities, and one of the shares or rates of its Markov chain is negative"
        }
        _ => {
            "on the line the equation is a Markov chain of two velocities, a v^2 = f v + c, with shares and rates that are not \
             negative (Goldstein; Kac)"
        }
    };
    C1::new(RULE, formula, because)
}

/// c = 0: nothing moves, and every point grows like f(t) with f = (s₁ e^{s₂t} − s₂ e^{s₁t})/(s₁ − s₂). f ≥ 0 for every
/// t exactly when the rates are real and not both positive.
fn at_rest(eq: &Equation, [a, b, d]: [&Poly; 3]) -> C1 {
    let formula = Formula::all([
        Formula::non_negative(&crate::algebra::polynomial::discriminant(a, b, d)),
        Formula::any([Formula::non_negative(&(a * b)), Formula::non_negative(&-(a * d))]),
    ]);
    let because = "nothing moves: p at every point grows by a factor that is never negative exactly when both rates are real \
                   and not both positive";
    C1::new(RULE, formula.simplify(&eq.oracle), because)
}

/// The matched form.
pub(super) fn certificate(eq: &Equation) -> Option<Certificate> {
    let [a0, a1, a2] = eq.a.as_slice() else { return None };
    if eq.depends_on_time() {
        return None;
    }
    let Walk { a, b, c, d, e, f, axis } = wave_form(eq, a0, a1, a2)?;
    // The certificate is about a > 0; where a = 0 it is another equation.
    let signs = eq.oracle.signs(&a);
    let sign = match (signs.negative, signs.positive) {
        (false, _) => 1,
        (_, false) => -1,
        _ => return None,
    };
    let text = |p: &Poly| crate::algebra::print::poly(&eq.ring, &p.clone().mul_coeff(sign.into()));
    if !f.is_zero() {
        let [a, b, c, d, e, f] = [&a, &b, &c, &d, &e, &f].map(text);
        return Some(Certificate::TwoVelocities { a, b, c, d, e, f, axis: axis.unwrap_or(1) });
    }
    let drift = (!e.is_zero()).then(|| text(&e));
    Some(Certificate::Telegraph { a: text(&a), b: text(&b), c: text(&c), d: text(&d), drift, axis })
}

/// a s² + b s + c|k|² + d, or with one component k_j in place of |k| and i e k_j + i f k_j s besides; all coefficients
/// are constant.
struct Walk {
    a: Poly,
    b: Poly,
    c: Poly,
    d: Poly,
    e: Poly,
    f: Poly,
    /// j.
    axis: Option<u32>,
}

fn wave_form(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Option<Walk> {
    if !a2.is_real() || eq.ring.has_wave(&a1.re) || eq.ring.has_wave(&a2.re) {
        return None;
    }
    let d = eq.ring.at_zero(&a0.re);
    let rest = &a0.re - &d;
    let zero = || eq.ring.zero();
    let walk = |c: Poly, e: Poly, f: Poly, axis| {
        Some(Walk { a: a2.re.clone(), b: a1.re.clone(), c, d: d.clone(), e, f, axis })
    };
    if a0.is_real() && a1.is_real() && rest.is_zero() {
        return walk(zero(), zero(), zero(), None);
    }
    let only = |p: &Poly, wave: usize, power: u16| {
        let c = crate::algebra::ring::coefficient(p, wave, power);
        (!eq.ring.has_wave(&c) && &c * &eq.ring.power(wave, power) == *p).then_some(c)
    };
    match eq.space {
        Space::Radial if a0.is_real() && a1.is_real() => {
            let c = only(&rest, crate::algebra::ring::RADIAL, u16::try_from(2 * eq.ring.root).ok()?)?;
            walk(c, zero(), zero(), None)
        }
        Space::Components(n) => (1..=n).find_map(|j| {
            let wave = K1 + j as usize - 1;
            let (c, e, f) = (only(&rest, wave, 2)?, only(&a0.im, wave, 1)?, only(&a1.im, wave, 1)?);
            if c.is_zero() && f.is_zero() { None } else { walk(c, e, f, Some(j)) }
        }),
        Space::Radial => None,
    }
}
