//! Evolution equations that are linear in one Lévy exponent, D(s, k) = E(s) + B(s) ψ(k), with data in the highest
//! derivative. With E₀ = E(0), B₀ = B(0) and g = E/B the Laplace transform of p̂ in t is
//!
//!   a(s) + h(s)/(ψ + g(s)),   a = (B − B₀)/(s B),   h = (E B₀ − E₀ B)/(s B²),
//!
//! and 1/(ψ + g) = ∫₀^∞ e^{−uψ} e^{−ug} du: a point at rest, and a mixture of the laws with transform e^{−uψ}.
//!
//! - *In every N*: p ≥ 0 if a and h are Laplace transforms of measures that are nowhere negative and g is α s + β minus
//!   one, α ≥ 0: then e^{−ug} is one too (Bernstein).
//! - *In N = 1, ψ = c|k|², E₀ = 0*: p is a point and h/√g e^{−y√g}, which is one if √g is complete Bernstein and h/√g
//!   is logarithmically completely monotone. With E = s E₁ and e = E₁/B both follow where e or 1/e is complete
//!   Bernstein, since g = s e
//!   and h/√g = B₀ s^{−1/2} E₁^{1/2} B^{−3/2}.
//!   For a quadratic E₁ and a linear B it is enough that the zeros of E₁ are real and not both to the right of the
//!   pole: then arg g
//!   lies in [0, 2π] in the upper half-plane, and h/√g is a product of roots of (s + z₁)/s and (s + z₂)/(s + π), z₂ ≥
//!   π, and of 1/(s + π).
//! - *In N ≤ 3*, ψ = c|k|², E of degree 3 and B of degree 1: the kernels of 1/(|k|² + g), e^{−r√g}/(4πr) and
//!   K₀(r√g)/(2π), are completely monotone where √g is Bernstein. In N ≥ 4 p is no measure: p̂ is that of the point and
//!   e^{−αt} c sin(v|k|t)/|k| + O(|k|^{−2}), a
//!   step at the front along a line, where the marginals of spheres are continuous.
//! - *Only if*, ψ = c|k|²: in N ≥ 2 h must be such a transform, for near the source p behaves like its original times
//!   log 1/r or r^{2−N}, and for h(0) = 0 the integral of p over t is 0 off the source. Where the degrees of E and B
//!   are equal,
//!   g = g₀ + g₁/s + …, g₀ > 0, must have g₁ ≤ 0, in every N: for small t and large r, p is a positive function times a
//!   Bessel
//!   function of √(g₁ r t), which oscillates.

use super::in_time;
use super::in_time::Sign;
use crate::algebra::formula::Formula;
use crate::algebra::implication;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, K1, Poly, RADIAL, gcd};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;
use genphys_pde::certificate::Certificate;

pub(super) const RULE: &str = "relaxation";

/// E and B by rising power of s, B with a positive leading coefficient, and ψ.
pub(super) struct Form {
    pub(super) rest: Vec<Poly>,
    pub(super) factor: Vec<Poly>,
    pub(super) psi: Poly,
    /// ψ is |k|² and nothing else.
    laplacian: bool,
}

/// `None` where the equation is not of this form.
pub(super) fn form(eq: &Equation, a: &[CPoly]) -> Option<Form> {
    if !a.iter().all(CPoly::is_real) {
        return None;
    }
    let rest: Vec<Poly> = a.iter().map(|c| eq.ring.at_zero(&c.re)).collect();
    let moving: Vec<Poly> = a.iter().zip(&rest).map(|(c, e)| &c.re - e).collect();
    let monomials = |p: &Poly| crate::algebra::polynomial::monomials(p, &eq.ring);
    let first = moving.iter().find(|p| !p.is_zero())?;
    // ψ without a common factor of its coefficients, so that every other multiple of it has a polynomial for a factor.
    let common = monomials(first).iter().fold(eq.ring.zero(), |g, (_, c)| gcd(&g, c));
    let psi = first.try_div(&common)?;
    let factor: Vec<Poly> = moving
        .iter()
        .map(|p| match (monomials(p).pop(), monomials(&psi).pop()) {
            (None, _) => Some(eq.ring.zero()),
            (Some((key, c)), Some((high, unit))) if key == high => {
                let ratio = c.try_div(&unit)?;
                (&psi * &ratio == *p).then_some(ratio)
            }
            _ => None,
        })
        .collect::<Option<_>>()?;
    let (rest, factor) = (in_time::trimmed(&rest), in_time::trimmed(&factor));
    let signs = eq.oracle.signs(factor.last()?);
    let turn = if signs.always_positive() {
        1
    } else if signs.always_negative() {
        -1
    } else {
        return None;
    };
    let turned = |list: Vec<Poly>| list.iter().map(|p| crate::algebra::ring::scale(p, turn)).collect::<Vec<_>>();
    // Of a lower order in time at k = 0 the equation has growth rates without bound at long waves, and p no finite
    // mass.
    let starts = eq.oracle.signs(rest.last()?);
    let starts = if turn > 0 { starts.always_positive() } else { starts.always_negative() };
    if rest.len() < factor.len() || !starts {
        return None;
    }
    let laplacian = is_laplacian(eq, &psi);
    Some(Form { rest: turned(rest), factor: turned(factor), psi, laplacian })
}

const BECAUSE: &str = "p is a point at rest and a mixture of subordinated densities with weights that are not negative: the equation is \
                       linear in one Levy exponent, E(s) + B(s) psi, and E/B is a Bernstein function of s";
const IN_SPACE: &str =
    "linear in |k|^2, E(s) + B(s) |k|^2: near a point source p turns negative in N >= 2, or short waves oscillate";
const UP_TO_THREE: &str = "linear in |k|^2, E(s) + B(s) |k|^2: p is a point at rest and functions whose Laplace transform in t is \
                           completely monotone in N <= 3, since the square root of E(s)/B(s) is a complete Bernstein function; in N >= 4 \
                           the front is none of a finite measure";
const FRONT: &str = "p has a front that is a step along a line, which no finite measure has in N >= 4";
const ON_THE_LINE: &str = "in N = 1 p is a point at rest and a function whose Laplace transform in t is completely monotone, since \
                           the square root of E(s)/B(s) is a complete Bernstein function";

/// `necessary` holds wherever p ≥ 0, by other rules. `None` where the form is another one, or nothing is gained.
pub(super) fn decide(eq: &Equation, a: &[CPoly], necessary: &Formula) -> Option<C1> {
    let Form { rest, factor, psi, laplacian } = &form(eq, a)?;
    let (e0, b0) = (rest.first()?, factor.first()?);
    let over_s = |list: &[Poly]| list.get(1..).unwrap_or_default().to_vec();
    let at_rest = in_time::sign(&over_s(factor), factor, 1)?;
    let h = {
        let zero = eq.ring.zero();
        let part = |list: &[Poly], i: usize| list.get(i).unwrap_or(&zero).clone();
        let all: Vec<Poly> =
            (0..rest.len().max(factor.len())).map(|i| &(&part(rest, i) * b0) - &(e0 * &part(factor, i))).collect();
        in_time::trimmed(&over_s(&all))
    };
    let mixed = in_time::sign(&h, factor, 2);
    let (quotient, remainder) = in_time::divided(rest, factor);
    let falling: Vec<Poly> = remainder.iter().map(|p| -p.clone()).collect();
    let jumps = in_time::sign(&falling, factor, 1);
    let levy = super::levy::levy_exponent(eq, &CPoly::real(psi.clone()));
    if !levy.further.is_empty() {
        return None;
    }
    let slope = quotient.get(1).map_or(Formula::True, Formula::non_negative);
    // With E₀ = 0 and real poles −r₁ ≥ −r₂ the slowest jumps have the sign of −E(−r₁) = r₁ E₁(−r₁), as h has: that of
    // the fast ones is left to ask. In N = 1 they alone do: a zero of E₁ to the right of −r₁ makes √g complete
    // Bernstein.
    let fast = two_poles(eq, rest, factor).then(|| falling.last().map(Formula::non_negative)).flatten();
    let jumps = match (&fast, jumps) {
        (Some(fast), Some(_)) => Some(Sign { sufficient: fast.clone(), necessary: fast.clone() }),
        (_, jumps) => jumps,
    };
    let everywhere = match (&mixed, &jumps) {
        (Some(h), Some(g)) if quotient.len() <= 2 => Formula::all([
            levy.formula.clone(),
            at_rest.sufficient.clone(),
            h.sufficient.clone(),
            slope,
            g.sufficient.clone(),
        ]),
        _ => Formula::False,
    }
    .simplify(&eq.oracle);
    // For small t and large r.
    let early = if *laplacian && rest.len() == factor.len() && rest.len() > 1 {
        let limit = quotient.first().map_or(Formula::False, Formula::positive).simplify(&eq.oracle);
        let leading = falling.last().filter(|_| falling.len() + 1 == factor.len());
        match (limit, leading) {
            (Formula::True, Some(leading)) => Formula::non_negative(leading),
            _ => Formula::True,
        }
    } else {
        Formula::True
    };
    let point = if *laplacian { at_rest.necessary } else { Formula::True };
    let always = Formula::all([necessary.clone(), point, early]).simplify(&eq.oracle);
    let vanishes_at_zero = h.first().is_some_and(Poly::is_zero) && eq.oracle.signs(b0).never_zero();
    let front = *laplacian && rest.len() == 4 && factor.len() == 2 && eq.oracle.signs(b0).never_zero();
    if front && eq.dims.least >= 4 {
        return Some(C1::new(RULE, Formula::False, FRONT));
    }
    let in_space = match &mixed {
        _ if *laplacian && vanishes_at_zero => Formula::False,
        Some(Sign { necessary, .. }) if *laplacian => Formula::all([always.clone(), necessary.clone()]),
        // h is a polynomial of higher degree than B², or its sign is not known.
        _ => always.clone(),
    }
    .simplify(&eq.oracle);
    let on_the_line = match fast {
        _ if !laplacian => Formula::False,
        Some(fast) => fast,
        None => root_is_bernstein(rest, factor),
    };
    let everywhere = match &mixed {
        Some(h) if front => {
            let parts = [levy.formula.clone(), at_rest.sufficient.clone(), h.sufficient.clone(), on_the_line.clone()];
            Formula::all(parts).simplify(&eq.oracle)
        }
        _ => everywhere,
    };
    let line = Formula::any([everywhere.clone(), Formula::all([levy.formula, at_rest.sufficient, on_the_line])]);
    let settle = |sufficient: Formula, necessary: &Formula| {
        let sufficient = implication::reduced(&sufficient.simplify(&eq.oracle), &eq.oracle);
        if sufficient == Formula::True {
            return Formula::True;
        }
        if crate::algebra::implication::implies(necessary, &sufficient) {
            return necessary.clone();
        }
        let open = "an equation linear in one exponent, between what suffices and what is necessary";
        Formula::any([sufficient, Formula::all([necessary.clone(), Formula::Unknown(open.into())])])
            .simplify(&eq.oracle)
    };
    let (space, line) = (settle(everywhere, &in_space), settle(line, &always));
    if !laplacian {
        return Some(C1::new(RULE, space, BECAUSE));
    }
    let mut c1 = crate::claims::answer::by_dimension(eq, RULE, [space, line], |space| match (space, eq.dims.least) {
        (Formula::False, 2..) => IN_SPACE,
        (Formula::False, _) => ON_THE_LINE,
        _ if front => UP_TO_THREE,
        _ => BECAUSE,
    });
    if front && c1.formula != Formula::False && eq.dims.most.is_none_or(|most| most > 3) {
        c1.further.push("N <= 3".into());
    }
    Some(c1)
}

/// √g is complete Bernstein and h/√g completely monotone, E₀ = 0.
fn root_is_bernstein(rest: &[Poly], factor: &[Poly]) -> Formula {
    let [e0, inner @ ..] = rest else { return Formula::False };
    let non_negative = |list: &[Poly]| Formula::all(list.iter().map(Formula::non_negative));
    let signs = Formula::all([Formula::zero(e0), non_negative(inner), non_negative(factor)]);
    let mut options =
        vec![super::half_plane::maps_half_plane(inner, factor), super::half_plane::maps_half_plane(factor, inner)];
    if let ([e1, e2, e3], [b0, b1]) = (inner, factor) {
        let mean = &(e2 * b1) - &crate::algebra::ring::scale(&(e3 * b0), 2);
        let real = crate::algebra::polynomial::discriminant(e3, e2, e1);
        options.push(Formula::all([Formula::non_negative(&real), Formula::non_negative(&mean)]));
    }
    Formula::all([signs, Formula::any(options)])
}

/// E = s (e₁ s + e₀) and a quadratic B, all coefficients positive but e₀ ≥ 0.
fn two_poles(eq: &Equation, rest: &[Poly], factor: &[Poly]) -> bool {
    let positive = |p: &Poly| eq.oracle.signs(p).always_positive();
    match (rest, factor) {
        ([none, e0, e1], [_, _, _]) => {
            none.is_zero() && positive(e1) && eq.oracle.signs(e0).never_negative() && factor.iter().all(positive)
        }
        _ => false,
    }
}

/// c|k|² and nothing else.
pub(super) fn is_laplacian(eq: &Equation, psi: &Poly) -> bool {
    let square = u16::try_from(2 * eq.ring.root).unwrap_or(u16::MAX);
    let wave = eq.ring.wave_variables();
    match (crate::algebra::polynomial::monomials(psi, &eq.ring).as_slice(), eq.space) {
        ([(key, _)], Space::Radial) => wave.iter().zip(key).all(|(i, e)| *e == if *i == RADIAL { square } else { 0 }),
        ([(key, _)], Space::Components(1)) => wave.iter().zip(key).all(|(i, e)| *e == if *i == K1 { 2 } else { 0 }),
        _ => false,
    }
}

/// The matched form.
pub(super) fn certificate(eq: &Equation) -> Option<Certificate> {
    let form = form(eq, &eq.a)?;
    let in_s = |list: &[Poly]| crate::algebra::print::in_s(&eq.ring, list);
    Some(Certificate::Memory {
        rest: in_s(&form.rest),
        factor: in_s(&form.factor),
        closure: super::closure::levy(eq, &CPoly::real(form.psi.clone()), &eq.ring.integer(1))?,
    })
}
