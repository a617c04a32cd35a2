//! Short waves that never stop to oscillate: a φ_tt + b φ_t + c(k) φ = 0 with constant a, b and c/a → ∞ as |k| → ∞,
//! where p̂(k, t) = e^{−εt} cos(Φ(k) t) + o(1), Φ = √(c/a), ε = b/(2a).
//!
//! By Wiener's lemma the mean of |p̂|² over large balls, e^{−2εt}/2, is the sum of the squared atoms of p(·, t), and an
//! atom at x is the mean of p̂ e^{−ik·x}. In N ≥ 2 a radial measure has its only atom at 0, where the mean of
//! cos(Φ t) vanishes. In N = 1 there are atoms only where Φ runs along with x|k|/t, and then at x = ±vt only:
//! - c/a = v²|k|^2 + …: the atoms are e^{−εt}/2 times the mean of cos((Φ − v|k|) t). With a next power of |k| above 1
//!   it vanishes; with |k| itself, Φ − v|k| → ν, it is cos(νt), negative at some t.
//! - any other leading power: there are none.

use super::bernstein::total_exponent;
use crate::algebra::formula::Formula;
use crate::algebra::polynomial::monomials;
use crate::algebra::polynomial::radial;
use crate::algebra::positivity::{Space, form_matrix, positive_definite};
use crate::algebra::ring::{CPoly, K1, Poly, scale};
use crate::equation::linear::Equation;

pub(super) const BECAUSE: &str = "short waves oscillate like exp(-eps t) cos(Phi(k) t) for ever, which needs a \
                                  non-negative density with point masses (Wiener); there is none";

/// A condition without which p < 0 somewhere; `True` where the equation is not of this form.
pub(super) fn necessary(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Formula {
    let constant = |c: &CPoly| c.is_real() && !eq.ring.has_wave(&c.re) && !eq.ring.has_time(&c.re);
    if !constant(a1) || !constant(a2) || !a0.is_real() || eq.space != Space::Radial {
        return Formula::True;
    }
    if eq.ring.has_atom(&a0.re) {
        return symbolic_powers(eq, &(&a0.re * &a2.re));
    }
    let square = 2 * eq.ring.root;
    let signed = &a0.re * &a2.re;
    let list: Vec<_> = radial(&signed).into_iter().filter(|(e, _)| *e > 0).collect();
    let Some((top, lead)) = list.last() else { return Formula::True };
    // Where the leading coefficient may vanish nothing is said.
    if eq.oracle.signs(lead).always_positive() {
        if eq.dims.least >= 2 || u32::from(*top) != square {
            return Formula::False;
        }
        let between = list.iter().filter(|(e, _)| (eq.ring.root..square).contains(&u32::from(*e)));
        return Formula::all(between.map(|(_, c)| Formula::zero(c)).collect::<Vec<_>>());
    }
    // Not an evolution equation where it is negative.
    Formula::non_negative(lead)
}

/// The same for powers of |k| with parameters in their exponents, and weights that are positive.
fn symbolic_powers(eq: &Equation, signed: &Poly) -> Formula {
    let list: Vec<_> = monomials(signed, &eq.ring).into_iter().filter(|(key, _)| key.iter().any(|e| *e > 0)).collect();
    let exponents: Option<Vec<Poly>> = list.iter().map(|(key, _)| total_exponent(eq, key)).collect();
    let Some(exponents) = exponents else { return Formula::True };
    let rises = |p: &Poly| eq.oracle.signs(p).always_positive();
    if list.is_empty() || !list.iter().all(|(_, weight)| rises(weight)) || !exponents.iter().all(rises) {
        return Formula::True;
    }
    if eq.dims.least >= 2 {
        return Formula::False;
    }
    let excess: Vec<Poly> = exponents.iter().map(|e| e - &eq.ring.integer(2)).collect();
    match excess.as_slice() {
        [single] => Formula::zero(single),
        list if list.iter().any(rises) || list.iter().all(|e| rises(&-e.clone())) => Formula::False,
        _ => Formula::True,
    }
}

/// Whether a s² + (b + i f·k) s + k·C k + i e·k + d with constant coefficients has a positive definite form C + f
/// fᵀ/(4a) in two or more components: a wave equation in N ≥ 2 after a linear change of coordinates and, with f, in a
/// moving frame. There the short waves have the phases (−f·k/(2a) ± ω(k)) t, ω a norm, which agree with −x·k for almost
/// no direction, and shares (1 ± f·k/(2aω))/2.
pub(super) fn anisotropic(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Formula {
    let free = |p: &Poly| !eq.ring.has_wave(p) && !eq.ring.has_time(p);
    let Space::Components(n) = eq.space else { return Formula::False };
    if n < 2 || !free(&a1.re) || !a2.is_real() || !free(&a2.re) {
        return Formula::False;
    }
    let wave = eq.ring.wave_variables();
    let only = |p: &Poly, degree: u16| {
        let list = monomials(p, &eq.ring);
        let of_components =
            |key: &[u16]| wave.iter().zip(key).all(|(i, e)| *e == 0 || (K1..K1 + n as usize).contains(i));
        list.iter().all(|(key, _)| key.iter().sum::<u16>() == degree && of_components(key)).then_some(list)
    };
    let signed = &a0.re * &a2.re;
    let rest = &signed - &eq.ring.at_zero(&signed);
    // Times 4: 4aC + f fᵀ.
    let moving = &scale(&rest, 4) + &(&a1.im * &a1.im);
    match (only(&rest, 2), only(&a0.im, 1), only(&a1.im, 1), only(&moving, 2)) {
        (Some(_), Some(_), Some(_), Some(form)) => {
            form_matrix(&form, &wave, n as usize, &signed).map_or(Formula::False, |matrix| positive_definite(&matrix))
        }
        _ => Formula::False,
    }
}
