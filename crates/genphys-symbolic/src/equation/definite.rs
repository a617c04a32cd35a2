//! `poly > 0` for every wave vector k ≠ 0, where the closed forms of `positivity.rs` leave it open: multipliers that
//! are algebraic in |k| become rational functions of one variable, directions become parameters of their own, and the
//! sign over all waves, directions and parameters is found by an open decomposition.

use crate::algebra::components::{in_terms_of_components, isotropic};
use crate::algebra::decomposition::{Values, values};
use crate::algebra::formula::Formula;
use crate::algebra::fraction::Fraction;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, K1, Meaning, Poly, RADIAL, S, SIGMA, coefficients};
use crate::algebra::tree;
use crate::base::budget::WORK;
use crate::equation::bounded_multiplier::{have_a_common_period, only_in_cosines};
use crate::equation::linear::Equation;
use crate::trees::expression::{K, mentions, visit};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use num_integer::gcd;
use symbolica::domains::rational::Rational;

/// `poly > 0` for every k ≠ 0; `Unknown` parts are left where this does not decide it either.
pub(crate) fn positive(eq: &Equation, poly: &Poly, space: Space) -> Formula {
    if eq.ring.work.budget.is_spent() {
        return Formula::Unknown(WORK.into());
    }
    if eq.ring.has_atom(poly) {
        return with_multipliers(eq, poly, space);
    }
    match space {
        Space::Radial => half_line(eq, poly),
        Space::Components(1) => {
            // k = ±|k|; the root of the radial variable is needed only where |k| occurs itself.
            let root = if poly.degree(RADIAL) == 0 { 1 } else { u16::try_from(eq.ring.root).unwrap_or(1) };
            let right = poly.replace_with_poly(K1, &eq.ring.power(RADIAL, root));
            let left = poly.replace_with_poly(K1, &-eq.ring.power(RADIAL, root));
            Formula::all([half_line(eq, &right), half_line(eq, &left)]).simplify(&eq.oracle)
        }
        Space::Components(n) => in_directions(eq, poly, n as usize),
    }
}

fn open(what: &str) -> Formula {
    Formula::Unknown(what.into())
}

/// A polynomial in q = |k|^(1/root) alone, for all q > 0.
fn half_line(eq: &Equation, poly: &Poly) -> Formula {
    if poly.is_zero() {
        return Formula::False;
    }
    let signs = eq.oracle.signs(poly);
    if signs.always_positive() {
        return Formula::True;
    }
    if !signs.positive {
        return Formula::False;
    }
    let mut list = coefficients(poly, RADIAL);
    list.retain(|(c, _)| !c.is_zero());
    let ends = [list.first(), list.last()].into_iter().flatten();
    let necessary = Formula::all(ends.map(|(c, _)| Formula::non_negative(c)).collect::<Vec<_>>()).simplify(&eq.oracle);
    if necessary == Formula::False {
        return Formula::False;
    }
    let lowest = list.first().map_or(0, |(_, e)| *e);
    let step = list.iter().map(|(_, e)| e - lowest).fold(0, gcd).max(1);
    let highest = list.last().map_or(0, |(_, e)| (e - lowest) / step);
    let part = |i: u16| {
        let found = list.iter().find(|(_, e)| (e - lowest) / step == i);
        found.map_or_else(|| eq.ring.zero(), |(c, _)| c.clone())
    };
    if list.iter().all(|(c, _)| c.is_constant()) {
        return match tree::poly(&eq.ring, poly) {
            Some(f) if crate::trees::enclosure::positive(&f, &eq.ring.work.budget) => Formula::True,
            _ => open("sign of a polynomial in k of high degree"),
        };
    }
    if highest == 3 {
        return cubic(&part(0), &part(1), &part(2), &part(3)).simplify(&eq.oracle);
    }
    Formula::all([necessary, open("sign of a polynomial in k whose coefficients depend on several parameters")])
}

/// a + b x + c x² + d x³ > 0 on (0, ∞). With a, d > 0 one root is negative; the others are complex (discriminant
/// below 0), or all are real, and then none is positive exactly when no coefficient is negative (Descartes).
fn cubic(a: &Poly, b: &Poly, c: &Poly, d: &Poly) -> Formula {
    let times = |n: i64, list: &[&Poly]| list.iter().fold(a.one().mul_coeff(n.into()), |product, p| &product * p);
    let discriminant = &(&(&times(18, &[a, b, c, d]) - &times(4, &[c, c, c, a])) + &times(1, &[b, b, c, c]))
        - &(&times(4, &[b, b, b, d]) + &times(27, &[a, a, d, d]));
    let rising = Formula::all([Formula::non_negative(b), Formula::non_negative(c)]);
    Formula::any([
        Formula::all([
            Formula::positive(a),
            Formula::positive(d),
            Formula::any([Formula::negative(&discriminant), rising]),
        ]),
        Formula::all([Formula::zero(a), quadratic(b, c, d)]),
        Formula::all([Formula::zero(d), quadratic(a, b, c)]),
    ])
}

/// a + b x + c x² > 0 on (0, ∞).
fn quadratic(a: &Poly, b: &Poly, c: &Poly) -> Formula {
    let discriminant = crate::algebra::polynomial::discriminant(a, b, c);
    let rising = Formula::all([Formula::non_negative(a), Formula::non_negative(b)]);
    let one = Formula::any([
        Formula::all([Formula::positive(a), Formula::non_negative(b)]),
        Formula::all([Formula::non_negative(a), Formula::positive(b)]),
    ]);
    Formula::any([
        Formula::all([Formula::positive(c), Formula::any([rising, Formula::negative(&discriminant)])]),
        Formula::all([Formula::zero(c), one]),
    ])
}

/// Several components: k = q·direction, with the directions as rational functions of parameters over the reals.
fn in_directions(eq: &Equation, poly: &Poly, n: usize) -> Formula {
    let why = "positivity of a symbol in several components of k";
    if n > 3 {
        return open(why);
    }
    let mut parts = Vec::new();
    for case in directions(eq, poly, n) {
        let signs = eq.oracle.signs(&case);
        if signs.always_positive() {
            continue;
        }
        if !signs.positive {
            return Formula::False;
        }
        // Without parameters in it a sign that occurs refutes.
        let geometric = (0..case.nvars()).all(|i| case.degree(i) == 0 || i == RADIAL || ANGLES.contains(&i));
        if geometric && takes_no_sign(eq, &case) {
            return Formula::False;
        }
        parts.push(open(why));
    }
    Formula::all(parts)
}

/// Whether the polynomial is ≤ 0 somewhere, for sure.
fn takes_no_sign(eq: &Equation, poly: &Poly) -> bool {
    let angles: Vec<usize> = ANGLES.into_iter().filter(|i| poly.degree(*i) > 0).collect();
    if angles.is_empty() {
        let at_one = poly.replace(RADIAL, &1.into()).get_constant();
        let crosses = eq.ring.work.count_positive_roots(poly, RADIAL).is_some_and(|roots| roots > 0);
        return at_one.is_negative() || at_one.is_zero() || crosses;
    }
    (0..1_u32 << angles.len()).any(|mirrored| {
        let case = angles
            .iter()
            .enumerate()
            .filter(|(i, _)| mirrored >> i & 1 == 1)
            .fold(poly.clone(), |p, (_, v)| crate::algebra::polynomial::mirror(&p, *v));
        matches!(values(&case, &eq.ring.work), Some(Values::Both | Values::Negative | Values::NonPositive))
    })
}

/// The directions are rational functions of these; neither the shift nor the growth rate occurs in coefficients.
const ANGLES: [usize; 2] = [SIGMA, S];

/// The polynomial along all directions, times positive factors: one case with the angles over the
/// reals for almost all of them, and cases for the rest.
fn directions(eq: &Equation, poly: &Poly, n: usize) -> Vec<Poly> {
    let ring = &eq.ring;
    let q = ring.variable(RADIAL);
    if poly.degree(RADIAL) == 0 {
        // k = ±q (0, …, 0, 1, τ, …).
        let mut cases = Vec::new();
        for first in 0..n {
            let mut along = poly.clone();
            for i in 0..n {
                let value = match i.cmp(&first) {
                    std::cmp::Ordering::Less => ring.zero(),
                    std::cmp::Ordering::Equal => q.clone(),
                    std::cmp::Ordering::Greater => &q * &ring.variable(ANGLES[i - first - 1]),
                };
                along = along.replace_with_poly(K1 + i, &value);
            }
            let mirrored = crate::algebra::polynomial::mirror(&along, RADIAL);
            if mirrored != along {
                cases.push(mirrored);
            }
            cases.push(along);
        }
        return cases;
    }
    // Stereographic projection: |k| is rational as well. k = q^root (2τ, 1 − |τ|²)/(1 + |τ|²), and the pole by itself.
    let norm = ring.power(RADIAL, ring.root as u16);
    let square = (0..n - 1).fold(ring.zero(), |sum, i| &sum + &ring.power(ANGLES[i], 2));
    let (below, above) = (&ring.integer(1) - &square, &ring.integer(1) + &square);
    let degree = |exponents: &[u16]| (0..n).map(|i| exponents[K1 + i]).sum::<u16>();
    let highest = crate::algebra::ring::terms(poly).map(|(_, e)| degree(e)).max().unwrap_or(0);
    let mut around = ring.zero();
    for (coefficient, exponents) in crate::algebra::ring::terms(poly) {
        let mut rest = exponents.to_vec();
        (0..n).for_each(|i| rest[K1 + i] = 0);
        let mut term = ring.zero().monomial(coefficient.clone(), rest);
        for i in 0..n {
            let component =
                if i + 1 < n { crate::algebra::ring::scale(&ring.variable(ANGLES[i]), 2) } else { below.clone() };
            term = &term * &(&component * &norm).pow(usize::from(exponents[K1 + i]));
        }
        around = &around + &(&term * &above.pow(usize::from(highest - degree(exponents))));
    }
    let pole = (0..n).fold(poly.clone(), |p, i| {
        let value = if i + 1 < n { ring.zero() } else { -norm.clone() };
        p.replace_with_poly(K1 + i, &value)
    });
    vec![around, pole]
}

/// Fourier multipliers that are algebraic in |k|, exactly; others by interval arithmetic where nothing but |k| varies.
fn with_multipliers(eq: &Equation, poly: &Poly, space: Space) -> Formula {
    if space == Space::Radial
        && let Some(rational) = rational(eq, poly)
    {
        // num/den > 0 exactly where num·den > 0.
        let positive = eq.oracle.signs(&rational.den).always_positive();
        let product = if positive { rational.num.re } else { &rational.num.re * &rational.den };
        let exact = crate::algebra::positivity::positive_for_all(&product, &eq.ring, Space::Radial, &eq.oracle);
        return if exact.unknowns().is_empty() { exact } else { half_line(eq, &product) };
    }
    if returns_to_zero(eq, poly) {
        return Formula::False;
    }
    if space == Space::Radial
        && let Some(found) = crate::equation::bounded_multiplier::positive(eq, poly)
    {
        return found;
    }
    let only_k =
        space == Space::Radial && (0..eq.ring.meanings.len()).all(|i| poly.degree(i) == 0 || eq.ring.is_wave(i));
    if only_k && tree::poly(&eq.ring, poly).is_some_and(|f| crate::trees::enclosure::positive(&f, &eq.ring.work.budget))
    {
        return Formula::True;
    }
    open("balance between different functions of |k|")
}

/// Whether k occurs in nothing but cos(a k) with numbers a that are whole multiples of one, of parameters too: at |k| =
/// 2π over that one, or at every k where it is 0, everything is as at k = 0.
fn returns_to_zero(eq: &Equation, poly: &Poly) -> bool {
    let waves: Vec<usize> = eq.ring.wave_variables().into_iter().filter(|i| poly.degree(*i) > 0).collect();
    let mut arguments: Vec<Expr> = Vec::new();
    let all = waves.iter().all(|i| match &eq.ring.meanings[*i] {
        Meaning::Multiplier { expr, .. } => only_in_cosines(expr, &mut arguments),
        _ => false,
    });
    let timed = arguments.iter().any(|a| mentions(a, &eq.pde.time.name));
    let complex = eq.pde.params.iter().any(|p| p.complex && arguments.iter().any(|a| mentions(a, &p.name)));
    all && !arguments.is_empty()
        && !timed
        && !complex
        && have_a_common_period(&arguments)
        && eq.ring.at_zero(poly).is_zero()
}

impl Equation<'_> {
    /// `poly > 0` for every k ≠ 0.
    pub(crate) fn positive(&self, poly: &Poly) -> Formula {
        // Where components occur elsewhere only, as in a drift, |k| says everything.
        let radial = match self.space {
            Space::Components(n) => isotropic(poly, &self.ring, n),
            Space::Radial => None,
        };
        let (poly, space) = radial.as_ref().map_or((poly, self.space), |radial| (radial, Space::Radial));
        let closed = crate::algebra::positivity::positive_for_all(poly, &self.ring, space, &self.oracle);
        if closed.unknowns().is_empty() {
            return closed;
        }
        let wider = positive(self, poly, space);
        if wider.unknowns().is_empty() {
            return wider;
        }
        let open = Formula::all([closed.clone(), wider]).simplify(&self.oracle);
        self.exact_on_axes(poly, space, &closed).unwrap_or(open)
    }

    /// A condition that is known to suffice, where it is necessary for the waves along the axes.
    fn exact_on_axes(&self, poly: &Poly, space: Space, closed: &Formula) -> Option<Formula> {
        let (Space::Components(n), Formula::Or(parts)) = (space, closed) else { return None };
        let sufficient = Formula::any(parts.iter().filter(|f| f.unknowns().is_empty()).cloned());
        let local = in_terms_of_components(&self.ring, poly);
        let necessary = Formula::all((0..n as usize).map(|axis| {
            let others = (0..n as usize).filter(|i| *i != axis);
            let along = others.fold(local.clone(), |p, i| p.replace(K1 + i, &Rational::from(0)));
            let along = along.replace_with_poly(K1 + axis, &self.ring.variable(K1));
            crate::algebra::positivity::positive_for_all(&along, &self.ring, Space::Components(1), &self.oracle)
        }))
        .simplify(&self.oracle);
        let implied = necessary.unknowns().is_empty()
            && crate::algebra::implication::always(
                &Formula::any([necessary.negate(), sufficient.clone()]),
                &self.oracle,
            );
        implied.then_some(sufficient)
    }
}

/// |k| and at most one root √(c² + k²) as rational functions of a variable u over (0, ∞).
struct Curve {
    wave: Fraction,
    /// The argument of the root, and the root.
    root: Option<(Expr, Fraction)>,
}

fn whole(poly: Poly) -> Fraction {
    Fraction::whole(CPoly::real(poly))
}

/// The polynomial as a rational function of u = RADIAL and the parameters.
fn rational(eq: &Equation, poly: &Poly) -> Option<Fraction> {
    let ring = &eq.ring;
    let atoms: Vec<(usize, &Expr)> = (0..ring.meanings.len())
        .filter(|i| poly.degree(*i) > 0 && ring.is_atom(*i))
        .map(|i| if let Meaning::Multiplier { expr, .. } = &ring.meanings[i] { Some((i, expr)) } else { None })
        .collect::<Option<_>>()?;
    let mut arguments: Vec<Expr> = Vec::new();
    for (_, expr) in &atoms {
        visit(expr, &mut |e| {
            if let ExprKind::Function { function: ScalarFunction::Sqrt, argument } = &e.kind
                && mentions(argument, K)
                && !arguments.contains(argument)
            {
                arguments.push((**argument).clone());
            }
        });
    }
    let u = ring.variable(RADIAL);
    let curve = match arguments.as_slice() {
        [] => Curve { wave: whole(ring.power(RADIAL, ring.root as u16)), root: None },
        [argument] => {
            // c² + k² with c > 0: k = 2c τ/(1 − τ²), root c (1 + τ²)/(1 − τ²), τ = u/(1 + u).
            let plain = Curve { wave: whole(u.clone()), root: None };
            let inside = plain.value(eq, argument)?;
            let square = &inside.num.re - &(&inside.den * &ring.power(RADIAL, 2));
            if !inside.den.is_one() || square.degree(RADIAL) > 0 {
                return None;
            }
            let c = eq.ring.work.perfect_root(&square)?;
            if !eq.oracle.signs(&c).always_positive() {
                return None;
            }
            let one = ring.integer(1);
            let below = &one + &crate::algebra::ring::scale(&u, 2);
            let wave = &crate::algebra::ring::scale(&(&c * &u), 2) * &(&one + &u);
            let root = &c * &(&(&(&one + &u) * &(&one + &u)) + &(&u * &u));
            let over = |num: Poly| Fraction { num: CPoly::real(num), den: below.clone() };
            Curve { wave: over(wave), root: Some((argument.clone(), over(root))) }
        }
        _ => return None,
    };
    let mut sum = whole(ring.zero());
    let symbols: Vec<(usize, Fraction)> =
        atoms.iter().map(|(i, e)| Some((*i, curve.value(eq, e)?))).collect::<Option<_>>()?;
    for (coefficient, exponents) in crate::algebra::ring::terms(poly) {
        let mut rest = exponents.to_vec();
        let power = rest[RADIAL];
        if !u32::from(power).is_multiple_of(ring.root) && curve.root.is_some() {
            return None;
        }
        rest[RADIAL] = 0;
        symbols.iter().for_each(|(i, _)| rest[*i] = 0);
        let mut term = whole(ring.zero().monomial(coefficient.clone(), rest));
        term = if curve.root.is_some() {
            (0..u32::from(power) / ring.root).fold(term, |t, _| t.mul(&curve.wave))
        } else {
            term.mul(&whole(ring.power(RADIAL, power)))
        };
        for (i, value) in &symbols {
            term = (0..exponents[*i]).fold(term, |t, _| t.mul(value));
        }
        sum = sum.add(&term).cancelled();
    }
    Some(sum)
}

impl Curve {
    /// An expression in `k` and the parameters on the curve.
    fn value(&self, eq: &Equation, e: &Expr) -> Option<Fraction> {
        let of = |x: &Expr| self.value(eq, x);
        let constant = |value| whole(eq.ring.constant(value));
        if let Some(value) = crate::trees::exponents::constant_value(e) {
            return Some(constant(value));
        }
        let found = match &e.kind {
            ExprKind::Symbol(name) if name == K => self.wave.clone(),
            ExprKind::Symbol(name) => match eq.fixed.get(name) {
                Some(value) => constant(value.clone()),
                None => whole(eq.ring.variable(eq.ring.param(name)?)),
            },
            ExprKind::Neg(a) => of(a)?.neg(),
            ExprKind::Add(a, b) => of(a)?.add(&of(b)?),
            ExprKind::Sub(a, b) => of(a)?.add(&of(b)?.neg()),
            ExprKind::Mul(a, b) => of(a)?.mul(&of(b)?),
            ExprKind::Div(a, b) => of(a)?.mul(&inverse(of(b)?)?),
            ExprKind::Pow(a, b) => {
                let power = crate::trees::exponents::constant_value(b)?;
                if !power.is_integer() {
                    return self.fractional(eq, a, &power);
                }
                let n = power.numerator().to_i64().filter(|n| n.unsigned_abs() <= 16)?;
                let base = of(a)?;
                let raised = (0..n.unsigned_abs()).fold(constant(1.into()), |product, _| product.mul(&base));
                if n < 0 { inverse(raised)? } else { raised }
            }
            ExprKind::Function { function: ScalarFunction::Sqrt, argument } => match &self.root {
                Some((inside, root)) if inside == &**argument => root.clone(),
                _ => return None,
            },
            _ => return None,
        };
        Some(found.cancelled())
    }

    /// k^(n/d), where it is a power of u.
    fn fractional(
        &self,
        eq: &Equation,
        base: &Expr,
        power: &symbolica::domains::rational::Rational,
    ) -> Option<Fraction> {
        let is_wave = matches!(&base.kind, ExprKind::Symbol(name) if name == K);
        let in_u = power * &symbolica::domains::rational::Rational::from(i64::from(eq.ring.root));
        if !is_wave || self.root.is_some() || !in_u.is_integer() || in_u.is_negative() {
            return None;
        }
        let exponent = u16::try_from(in_u.numerator().to_i64()?).ok()?;
        Some(whole(eq.ring.power(RADIAL, exponent)))
    }
}

fn inverse(f: Fraction) -> Option<Fraction> {
    (f.num.is_real() && !f.num.is_zero()).then(|| Fraction { num: CPoly::real(f.den), den: f.num.re })
}
