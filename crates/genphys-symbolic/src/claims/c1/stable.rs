//! ψ = c − i b·k + k·A k + Σ_a H_a(k) with functions H_a = Σ |k|^g P(k), homogeneous of degree a, P polynomials, g < 2.
//! With the terms sorted by degree (their sum determines them) ψ − c is a Lévy exponent only if
//!
//! - ψ(−k) = ψ(k)*: even terms are real, odd ones imaginary;
//! - no degree is above 2, as |ψ(k)| ≤ C(1 + |k|²), and the one of degree 2 is a form A ⪰ 0, the limit of ψ(tk)/t²
//!   (Lévy–Khintchine).
//!
//! What is left below 2, beside the drift, is c_a |k|^a + i |k|^{a−1} b_a·k, the latter for 1 < a < 2. By the theorem
//! of Bochner and Hecke it is the transform of the jump density r^{−N−a} (c_a/μ₀ + b_a·θ/μ₁) up to a positive factor,
//! with μ₁/μ₀ = ±T,
//!
//!   T = |Γ((1−a)/2) Γ((N+a)/2)/(Γ(−a/2) Γ((N+1+a)/2))|,   T = |tan(πa/2)| in N = 1,
//!
//! which is ≥ 0 for every direction θ exactly where |b_a| ≤ T c_a: stable laws with skewness (Lévy; Feller, volume 2,
//! XVII.6). The jump density of ψ is the sum of these and unique: for all r it is ≥ 0 if every one is, and only if the
//! one of the lowest degree (r → ∞) and the one of the highest (r → 0) are.

use super::local;
use crate::algebra::components::in_terms_of_components;
use crate::algebra::formula::Formula;
use crate::algebra::polynomial::monomials;
use crate::algebra::ring::{CPoly, Meaning, Poly, RADIAL, Ring};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;
use crate::equation::skewness::{about, tangent};
use symbolica::domains::rational::Rational;

pub(super) const RULE: &str = "sum-of-levy-exponents";

/// C1 of ψ with components of k and powers of |k|.
pub(super) fn decide(eq: &Equation, psi: &CPoly) -> C1 {
    let (formula, exact) = formula(eq, psi);
    let formula = formula.simplify(&eq.oracle);
    if eq.dims.only().is_none()
        && !matches!(formula, Formula::True | Formula::False)
        && let Some(limited) = up_to_a_dimension(eq, psi)
    {
        return limited;
    }
    C1 { exact, ..C1::new(RULE, formula.clone(), because(&formula)) }
}

fn because(formula: &Formula) -> &'static str {
    match formula {
        Formula::False => {
            "psi is no Levy exponent: an even term is not real or an odd one not imaginary, a term grows faster than |k|^2 or like \
             it without being a form A >= 0, or the jump density is negative in some direction (Levy, Khintchine)"
        }
        _ => {
            "psi is a quadratic form with drift plus stable exponents, whose skewness is not above the largest that a \
             jump density >= 0 has (Levy, Khintchine; Feller)"
        }
    }
}

/// T falls with N: the dimensions up to some largest one, where that is the same for all parameter values.
fn up_to_a_dimension(eq: &Equation, psi: &CPoly) -> Option<C1> {
    const LARGEST: u32 = 64;
    let (least, most) = (eq.dims.least, eq.dims.most.unwrap_or(LARGEST).min(LARGEST));
    let at = |n: u32| in_dimension(eq, psi, Some(n)).0.simplify(&eq.oracle);
    let mut limit = None;
    for n in least..=most {
        match at(n) {
            Formula::True => limit = Some(n),
            Formula::False => break,
            _ => return None,
        }
    }
    let formula = if limit.is_none() { Formula::False } else { Formula::True };
    let mut c1 = C1::new(RULE, formula.clone(), because(&formula));
    match limit {
        Some(n) if n == LARGEST && eq.dims.most.is_none_or(|m| m > LARGEST) => return None,
        Some(n) if eq.dims.most == Some(n) => {}
        Some(n) => c1.further.push(if n == 1 { "N = 1".into() } else { format!("N <= {n}") }),
        None => {}
    }
    Some(c1)
}

/// The condition on ψ, and whether it is necessary as well.
pub(super) fn formula(eq: &Equation, psi: &CPoly) -> (Formula, bool) {
    in_dimension(eq, &psi.map(|p| in_terms_of_components(&eq.ring, p)), eq.dims.only())
}

/// The same in N dimensions, where N is given.
fn in_dimension(eq: &Equation, psi: &CPoly, dimension: Option<u32>) -> (Formula, bool) {
    let wave = eq.ring.wave_variables();
    let degree = |key: &[u16]| {
        wave.iter()
            .zip(key)
            .map(|(i, e)| if *i == RADIAL { u32::from(*e) } else { u32::from(*e) * eq.ring.root })
            .sum::<u32>()
    };
    let order = |key: &[u16]| wave.iter().zip(key).filter(|(i, _)| **i != RADIAL).map(|(_, e)| *e).sum::<u16>();
    let is_plain = |key: &[u16]| wave.iter().zip(key).all(|(i, e)| *i != RADIAL || *e == 0);
    let (one, two) = (eq.ring.root, 2 * eq.ring.root);
    let (mut conditions, mut local) = (Vec::new(), CPoly::real(eq.ring.zero()));
    let mut jumps: Vec<Jumps> = Vec::new();
    for (imaginary, part) in [(false, &psi.re), (true, &psi.im)] {
        for (key, c) in monomials(part, &eq.ring) {
            let (a, j) = (degree(&key), order(&key));
            if is_plain(&key) && a <= two {
                let mut exponents = vec![0; eq.ring.vars.len()];
                wave.iter().zip(&key).for_each(|(i, e)| exponents[*i] = *e);
                let term = &c * &eq.ring.zero().monomial(1.into(), exponents);
                let term = if imaginary { CPoly::real(term).mul_i(1) } else { CPoly::real(term) };
                local = local.add(&term);
            } else if a >= two || imaginary != (j % 2 == 1) {
                conditions.push(Formula::zero(&c));
            } else {
                let position = jumps.iter().position(|x| x.degree == a).unwrap_or_else(|| {
                    jumps.push(Jumps { degree: a, even: eq.ring.zero(), odd: Vec::new() });
                    jumps.len() - 1
                });
                if imaginary {
                    jumps[position].odd.push(c);
                } else {
                    jumps[position].even = c;
                }
            }
        }
    }
    jumps.sort_by_key(|x| x.degree);
    conditions.push(local::levy_khintchine(eq, &local));
    let judged: Vec<(Formula, bool)> = jumps.iter().map(|x| x.condition(eq, one, dimension)).collect();
    let exact = judged.iter().all(|(_, exact)| *exact);
    let each = Formula::all(judged.iter().map(|(f, _)| f.clone()).collect::<Vec<_>>());
    let weights = if judged.len() <= 2 {
        each
    } else {
        let ends = [judged.first(), judged.last()].into_iter().flatten().map(|(f, _)| f.clone());
        let open = Formula::Unknown("a sum of powers of |k| with a negative weight between positive ones".into());
        Formula::any([each, Formula::all(ends.chain([open]).collect::<Vec<_>>())])
    };
    (Formula::all(conditions.into_iter().chain([weights])), exact)
}

/// c_a |k|^a + i |k|^{a−1} b_a·k.
struct Jumps {
    /// a, in units of the radial variable.
    degree: u32,
    even: Poly,
    odd: Vec<Poly>,
}

impl Jumps {
    /// |b_a| ≤ T c_a; and whether that is exact, or T is only known to lie between two numbers that enter it.
    fn condition(&self, eq: &Equation, one: u32, dimension: Option<u32>) -> (Formula, bool) {
        let c = &self.even;
        let flat = Formula::all(self.odd.iter().map(Formula::zero).collect::<Vec<_>>());
        let flat = Formula::all([flat, Formula::non_negative(c)]);
        if self.odd.is_empty() {
            return (flat, true);
        }
        let within = |t: &Poly| {
            let most = c * t;
            match self.odd.as_slice() {
                [single] => {
                    Formula::all([Formula::non_negative(&(&most - single)), Formula::non_negative(&(&most + single))])
                }
                list => {
                    let square = list.iter().fold(eq.ring.zero(), |sum, b| &sum + &(b * b));
                    Formula::all([
                        Formula::non_negative(c),
                        Formula::non_negative(&eq.ring.reduce(&(&(&most * &most) - &square))),
                    ])
                }
            }
        };
        let excess = self.degree - one;
        let open = || Formula::Unknown("the largest skewness of a stable law in a dimension that is not given".into());
        let Some(n) = dimension else {
            return (Formula::any([flat, Formula::all([Formula::non_negative(c), open()])]), true);
        };
        if let Some(t) = known(&eq.ring, n, excess) {
            return (within(&t), true);
        }
        // T has no name in the language: it lies between two numbers.
        let Some((lower, upper)) = enclosure(n, excess, one) else {
            return (Formula::any([flat, Formula::all([Formula::non_negative(c), open()])]), true);
        };
        let (sure, possible) = (within(&eq.ring.constant(lower.clone())), within(&eq.ring.constant(upper)));
        match (sure.simplify(&eq.oracle), possible.simplify(&eq.oracle)) {
            (Formula::True, _) => (Formula::True, true),
            (_, Formula::False) => (Formula::False, true),
            (Formula::False, _) => {
                (Formula::Unknown("a skewness at the edge of what a jump density >= 0 allows".into()), true)
            }
            // A bound of few digits reads better; it is sufficient.
            _ => {
                #[allow(clippy::cast_possible_truncation, reason = "T is below 10^6")]
                let few = Rational::new(lower.to_f64().mul_add(1e6, -1.0).floor() as i64, 1_000_000);
                (within(&eq.ring.constant(few)), false)
            }
        }
    }
}

/// T in an odd dimension as a polynomial in the constants of the ring.
fn known(ring: &Ring, n: u32, excess: u32) -> Option<Poly> {
    if n.is_multiple_of(2) {
        return None;
    }
    let a = &Rational::from(1) + &Rational::new(i64::from(excess), i64::from(ring.root));
    let factor = (0..(n - 1) / 2).fold(Rational::from(1), |product, j| {
        let (top, bottom) = (i64::from(1 + 2 * j), i64::from(2 + 2 * j));
        &product * &(&(&a + &Rational::from(top)) / &(&a + &Rational::from(bottom)))
    });
    let Some(meaning) = tangent(ring, excess) else { return Some(ring.constant(factor)) };
    let Meaning::Constant { text, .. } = &meaning else { return None };
    let same = |m: &Meaning| matches!(m, Meaning::Constant { text: t, .. } if t == text);
    let variable = ring.variable(ring.meanings.iter().position(same)?);
    let third = u32::from(3 * excess == 2 * ring.root);
    let divisor = if third == 1 { Rational::from(3) } else { Rational::from(1) };
    Some(variable.mul_coeff(&factor / &divisor))
}

/// Two numbers around T, 10⁻⁹ apart.
fn enclosure(n: u32, excess: u32, one: u32) -> Option<(Rational, Rational)> {
    let g = f64::from(excess) / f64::from(one);
    let a = 1.0 + g;
    // T(N + 2) = T(N) (N + a)/(N + 1 + a), from N = 1 or, with Γ of positive arguments only, from N = 2.
    let tangent = 1.0 / (0.5 * std::f64::consts::PI * g).tan();
    let (mut value, mut m) = if n % 2 == 1 {
        (tangent, 1)
    } else {
        let log = 2.0 * log_gamma(1.0 + 0.5 * a) - log_gamma(0.5 * (1.0 + a)) - log_gamma(0.5 * (3.0 + a));
        (tangent * log.exp(), 2)
    };
    while m < n {
        value *= (f64::from(m) + a) / (f64::from(m) + 1.0 + a);
        m += 2;
    }
    about(value)
}

/// log Γ(x) for x > 0, to 10⁻¹³: Stirling's series beyond 20.
fn log_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0_f64);
    while x < 20.0 {
        product *= x;
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - product.ln()
}
