//! Stage 4: the equation as a density flow ∂p/∂t + ∇·J − R = 0 (GenPhys, section 3): terms with a time derivative
//! go to p, terms divisible by ∇ to J, the rest to R; the sign makes p positive on the branch that counts. The
//! printed result is parsed again, put back and compared with the equation.

use crate::algebra::components::in_terms_of_components;
use crate::algebra::fraction::Fraction;
use crate::algebra::positivity::Space;
use crate::algebra::print;
use crate::algebra::print::join;
use crate::algebra::ring::{CPoly, K1, Meaning, Poly, RADIAL, Ring, S};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;
use crate::equation::operator::{complex_monomials, expression, in_time, spatial, term};
use crate::equation::symbol;
use genphys_pde::derivation::Continuity;
use genphys_pde::verdict::Problem;

/// The continuity form of the density that C1 is about.
pub(crate) fn of(eq: &Equation, c1: &C1, problem: Problem) -> Continuity {
    match &c1.quadratic {
        Some(quadratic) => quadratic.continuity.clone(),
        None => derive(eq, problem),
    }
}

/// The continuity form of a linear equation.
fn derive(eq: &Equation, problem: Problem) -> Continuity {
    // The field itself is what is derived at first order in time.
    let is_field = |e: &genphys_pde::ast::Expr| genphys_pde::print_expr(e) == eq.pde.field;
    let declared = eq.pde.density.as_ref().filter(|e| eq.order() > 1 || !is_field(e));
    if let (Some(form), None) = (crate::claims::bessel::recognise(eq), declared) {
        return weighted(eq, &form);
    }
    if let (None, Some(split)) = (declared, changing(eq)) {
        return with_rates_of_change(eq, problem, split);
    }
    let sign = if flips(eq, problem) { 2 } else { 0 };
    let a: Vec<CPoly> = eq.a.iter().map(|c| c.mul_i(sign)).collect();
    let damping = if declared.is_none() { damping_of_the_density(eq, problem, &a) } else { None };
    let density = match (declared, &damping) {
        (Some(expr), _) => genphys_pde::print_expr(expr),
        (None, Some(Damping::Whole(part))) => expression(eq, &[part.clone(), a[2].clone()], &eq.den),
        (None, Some(Damping::Root(square))) => {
            let lead = expression(eq, &[CPoly::real(eq.ring.zero()), a[2].clone()], &eq.den);
            let b = print::poly(&eq.ring, &a[1].re);
            format!("{lead} + 0.5*({b}{})*{}", plus_root(eq, square), eq.pde.field)
        }
        (None, None) => expression(eq, &a[1..], &eq.den),
    };
    // What is left for the flux and the source once ∂p/∂t is taken away.
    let (rest, den) = match declared {
        Some(_) => match left_over(eq, &density) {
            Some(rest) => rest,
            None => return Continuity { density, flux: "0".into(), source: "0".into(), verified: false, order: None },
        },
        None => (vec![a[0].clone()], eq.den.clone()),
    };
    let births = if declared.is_none() { births_of_the_density(eq, &a) } else { None };
    let (rest, den) = births.as_ref().map_or((rest, den), |births| (vec![births.rest.clone()], births.den.clone()));
    let inner = Equation { den: den.clone(), ..eq.of_order(eq.order()) };
    let mut source: Vec<String> = births.into_iter().map(|births| births.source).collect();
    let mut flux = Flux { text: "0".into(), divergence_times_square: None };
    for (order, rest) in rest.iter().enumerate().rev() {
        let constant = rest.map(|p| eq.ring.at_zero(p));
        let operand = in_time(&eq.pde.field, order);
        flux = flux.add(&inner, self::flux(&inner, &rest.sub(&constant), order));
        source.extend(term(&inner, &constant.neg(), &den, &operand));
    }
    if let Some(c) = &eq.motion {
        let drift = term(eq, &CPoly::real(c.clone()).mul_i(sign), &eq.den, &format!("x*{}", eq.pde.field));
        let local = Some(flux.text).filter(|t| t != "0");
        let local = match (local, eq.space) {
            // One entry is written as a scalar elsewhere; beside x it is a vector.
            (Some(text), Space::Components(1)) => Some(format!("[{text}]")),
            (local, _) => local,
        };
        flux.text = join(local.into_iter().chain(drift));
        if let (Some(divergence), Some(index)) = (&flux.divergence_times_square, eq.ring.motion()) {
            let drifting = CPoly::real(&(c * &eq.ring.variable(index)) * &squared_wave_number(eq)).mul_i(sign);
            flux.divergence_times_square = Some(divergence.add(&drifting));
        }
    }
    let moving = in_time(&eq.pde.field, 1);
    let root = match &damping {
        Some(Damping::Root(square)) => Some(plus_root(eq, square)),
        _ => None,
    };
    let damped = damping.and_then(|damping| match damping {
        Damping::Whole(part) => term(eq, &part.sub(&a[1]), &eq.den, &moving),
        Damping::Root(square) => {
            let b = print::poly(&eq.ring, &-a[1].re.clone());
            Some(format!("0.5*({b}{})*{moving}", plus_root(eq, &square)))
        }
    });
    let source = join(damped.into_iter().chain(source));
    // The root stands in ∂p/∂t and in R alike: the engine looks at the rest, the checker at all of it.
    let without = |text: &str, root: &str| text.replacen(root, "", 1);
    let verified = match &root {
        Some(root) => {
            let (density, source) = (without(&density, root), without(&source, root));
            verify(eq, &in_time(&density, 1), &flux, &den, &source)
        }
        None => verify(eq, &in_time(&density, 1), &flux, &den, &source),
    };
    Continuity { density, flux: flux.text, source, verified, order: None }
}

/// Births and deaths in proportion to p.
struct Births {
    source: String,
    /// What is left for the flux, zero at k = 0, over `den`.
    rest: CPoly,
    den: Poly,
}

/// With p = a₁φ, a₁ an operator, a₁φ_t + a₀φ = 0 has R = −c p, c = a₀(0)/a₁(0), and the flux of the rest a₀ − c a₁: the
/// kernel of such an equation dies at the same rate everywhere. R = −a₀(0)φ would not be a multiple of p.
fn births_of_the_density(eq: &Equation, a: &[CPoly]) -> Option<Births> {
    let [c, lead] = a else { return None };
    if !eq.ring.has_wave(&lead.re) || !lead.is_real() || eq.motion.is_some() || eq.depends_on_time() {
        return None;
    }
    let (whole, at_rest) = (eq.ring.at_zero(&lead.re), c.map(|p| eq.ring.at_zero(p)));
    if !eq.oracle.signs(&whole).never_zero() || at_rest.is_zero() || !at_rest.is_real() {
        return None;
    }
    let den = &eq.den * &whole;
    let dying = lead.scale(&at_rest.re);
    Some(Births { source: expression(eq, &[dying.neg()], &den), rest: c.scale(&whole).sub(&dying), den })
}

/// h of p = a φ_t + h φ, a < 0, for a half-space problem a φ_tt + b φ_t + c φ with constants a and b, such that J/p and
/// R/p are those of its kernel; R = (h − b) φ_t − … holds the rest of the damping.
///
/// With c = c₀ + v²|k|² (Yukawa) h = b/2: p is |a| √(b² − 4ac)/|2a| times φ on the decaying branch and so positive
/// whatever the sign of b. Otherwise the kernel is that of a subordinator with a constant death rate, R = −decay p,
/// where h² − bh + ac₀ = 0.
fn damping_of_the_density(eq: &Equation, problem: Problem, a: &[CPoly]) -> Option<Damping> {
    let [c, b, lead] = a else { return None };
    let constant = |c: &CPoly| !eq.ring.has_wave(&c.re) && !eq.ring.has_wave(&c.im);
    if problem != Problem::HalfSpace || !constant(b) || !constant(lead) || !eq.is_real() {
        return None;
    }
    let half = |p: &Poly| p.clone().mul_coeff((1, 2).into());
    let at_rest = eq.ring.at_zero(&c.re);
    let square = crate::algebra::polynomial::discriminant(&lead.re, &b.re, &at_rest);
    let waves = crate::algebra::polynomial::monomials(&(&c.re - &at_rest), &eq.ring);
    let is_screened = waves.iter().all(|(key, _)| crate::equation::clock::degree(eq, key) == Some(2.into()));
    if is_screened || square.is_zero() || !eq.oracle.signs(&lead.re).always_negative() {
        return (!b.is_zero()).then(|| Damping::Whole(b.map(half)));
    }
    match root(eq, &square) {
        Some(root) => Some(Damping::Whole(CPoly::real(half(&(&b.re + &root))))),
        None if eq.den.is_one() => Some(Damping::Root(square)),
        None => (!b.is_zero()).then(|| Damping::Whole(b.map(half))),
    }
}

fn plus_root(eq: &Equation, square: &Poly) -> String {
    format!(" + sqrt({})", print::poly(&eq.ring, square))
}

/// h of p = a φ_t + h φ.
enum Damping {
    /// h.
    Whole(CPoly),
    /// The square r² of h = (b + r)/2, where r is no polynomial.
    Root(Poly),
}

/// The root of a square that is nowhere negative.
fn root(eq: &Equation, square: &Poly) -> Option<Poly> {
    let root = eq.ring.work.perfect_root(square)?;
    [root.clone(), -root].into_iter().find(|root| eq.oracle.signs(root).never_negative())
}

/// The continuity form of an equation of first order in time for p = φ.
pub(crate) fn derive_linear(eq: &Equation) -> Continuity {
    let rest = &eq.a[0];
    let constant = rest.map(|p| eq.ring.at_zero(p));
    let flux = flux(eq, &rest.sub(&constant), 0);
    let source = join(term(eq, &constant.neg(), &eq.den, &eq.pde.field));
    let verified = verify(eq, &in_time(&eq.pde.field, 1), &flux, &eq.den, &source);
    Continuity { density: eq.pde.field.clone(), flux: flux.text, source, verified, order: None }
}

/// Coefficients that change in time: Σ a_j ∂_t^j φ = ∂_t P + rest φ with P = Σ_{j≥1} b_j ∂_t^{j−1} φ, b_m = a_m,
/// b_j = a_j − ∂b_{j+1}/∂t and rest = a_0 − ∂b_1/∂t.
struct Split {
    /// b_1 … b_m.
    density: Vec<Fraction>,
    rest: Fraction,
    /// With the functions that the derivatives bring in.
    ring: Ring,
}

/// The split of an equation of second or higher order in time; `None` where its coefficients are constant, or where
/// the derivative of one is not known.
fn changing(eq: &Equation) -> Option<Split> {
    if eq.order() < 2 || !eq.depends_on_time() {
        return None;
    }
    let mut ring = eq.ring.clone();
    let mut density: Vec<Fraction> = Vec::new();
    let mut rest = None;
    for a in eq.a.iter().rev() {
        let whole = Fraction { num: a.clone(), den: eq.den.clone() }.cancelled();
        let b = match &rest {
            None => whole,
            Some(above) => {
                let (rate, extended) = symbol::rate_of_change(eq.pde, &eq.fixed, &ring, above).ok()?;
                ring = extended;
                whole.add(&rate.neg()).cancelled()
            }
        };
        density.extend(rest.replace(b));
    }
    density.reverse();
    Some(Split { density, rest: rest?, ring })
}

/// The continuity form where coefficients of second or higher order in time change.
fn with_rates_of_change(eq: &Equation, problem: Problem, split: Split) -> Continuity {
    let Split { density, rest, ring } = split;
    let sign = if flips(eq, problem) { 2 } else { 0 };
    let inner = Equation { ring, den: rest.den.clone(), ..eq.of_order(eq.order()) };
    let zero = || CPoly::real(eq.ring.zero());
    let density = join(density.iter().enumerate().rev().filter(|(_, b)| !b.num.is_zero()).map(|(order, b)| {
        let mut coefficients = vec![zero(); order];
        coefficients.push(b.num.mul_i(sign));
        expression(&inner, &coefficients, &b.den)
    }));
    let rest = rest.num.mul_i(sign);
    let constant = rest.map(|p| eq.ring.at_zero(p));
    let flux = flux(&inner, &rest.sub(&constant), 0);
    let source = join(term(&inner, &constant.neg(), &inner.den, &eq.pde.field));
    let verified = verify(&inner, &in_time(&density, 1), &flux, &inner.den, &source);
    Continuity { density, flux: flux.text, source, verified, order: None }
}

/// Bessel form: times −t^{D−1}, so that p = −t^{D−1} φ_t absorbs the damping (PFGM++); of waves times t^{D−1}.
fn weighted(eq: &Equation, form: &crate::claims::bessel::Bessel) -> Continuity {
    let exponent = print::fraction(&eq.ring, &CPoly::real(&form.d.0 - &form.d.1), &form.d.1);
    let time = &eq.pde.time.name;
    let weight = if exponent == "0" { None } else { Some(format!("{time}^{}", in_parentheses(&exponent))) };
    let times = |text: &str| match (&weight, text) {
        (None, _) | (_, "0") => text.to_string(),
        (Some(w), text) if print::is_sum(text) => format!("{w}*({text})"),
        (Some(w), text) => match text.strip_prefix('-') {
            Some(rest) => format!("-{w}*{rest}"),
            None => format!("{w}*{text}"),
        },
    };
    let waves = crate::claims::spherical_means::applies(eq, form);
    let (psi, den) = (CPoly::real(form.psi.0.clone()).mul_i(if waves { 2 } else { 0 }), &form.psi.1);
    let constant = psi.map(|p| eq.ring.at_zero(p));
    let inner = Equation { den: den.clone(), ..eq.of_lower_order() };
    let flux = flux(&inner, &psi.sub(&constant), 0);
    let density = format!("{}{}", if waves { "" } else { "-" }, in_time(&eq.pde.field, 1));
    let source = join(term(&inner, &constant.neg(), den, &eq.pde.field));
    // ∂(t^a p)/∂t = t^a (∂p/∂t + a/t p): the form is read back with the common factor t^a left out.
    let moving = if exponent == "0" {
        in_time(&density, 1)
    } else {
        format!("{} + ({exponent})/{time}*({density})", in_time(&density, 1))
    };
    let verified = verify(eq, &moving, &flux, den, &source);
    Continuity { density: times(&density), flux: times(&flux.text), source: times(&source), verified, order: None }
}

/// |k|².
fn squared_wave_number(eq: &Equation) -> Poly {
    match eq.space {
        Space::Radial => eq.ring.power(RADIAL, u16::try_from(2 * eq.ring.root).unwrap_or(u16::MAX)),
        Space::Components(n) => (0..n as usize).fold(eq.ring.zero(), |sum, i| &sum + &eq.ring.power(K1 + i, 2)),
    }
}

fn in_parentheses(text: &str) -> String {
    if text.chars().all(|c| c.is_alphanumeric() || c == '_') { text.to_string() } else { format!("({text})") }
}

/// Whether the equation must be multiplied by −1 for p to be positive.
fn flips(eq: &Equation, problem: Problem) -> bool {
    let Some(lead) = eq.a.last() else { return false };
    let signed = &eq.ring.at_zero(&lead.re) * &eq.den;
    let signs = eq.oracle.signs(&signed);
    // On the decaying branch of a s² + b s + c the factor a s + b of p has the sign of −a.
    if problem == Problem::HalfSpace { signs.always_positive() } else { signs.always_negative() }
}

/// κ(equation) − ∂p/∂t for a density given by the user, by powers of ∂_t, with its denominator: the leading
/// coefficients in ∂_t cancel.
fn left_over(eq: &Equation, density: &str) -> Option<(Vec<CPoly>, Poly)> {
    let moving = genphys_pde::parse_expression(&in_time(density, 1)).ok()?;
    let mut moved = symbol::of_expression(eq.pde, &eq.fixed, &eq.ring, &moving).ok()?;
    if eq.space == Space::Radial && eq.ring.components > 0 {
        // The text is read in components.
        let radial = |p: &Poly| crate::algebra::components::isotropic(p, &eq.ring, eq.ring.components);
        moved.num = CPoly { re: radial(&moved.num.re)?, im: radial(&moved.num.im)? };
    }
    let whole = eq.symbol();
    let order = u16::try_from(eq.order()).ok()?;
    let lead = |p: &CPoly| p.map(|q| crate::algebra::ring::coefficient(q, S, order));
    let (of_whole, of_moved) = (lead(&whole), lead(&moved.num));
    let plain = of_whole.is_real() && !eq.ring.has_wave(&of_whole.re) && !of_moved.is_zero();
    if !plain || eq.motion.is_some() || (eq.order() > 1 && eq.depends_on_time()) || moved.num.re.degree(S) > order {
        return None;
    }
    let rest = whole.mul(&of_moved).sub(&moved.num.scale(&of_whole.re)).map(|p| eq.ring.reduce(p));
    let parts = (0..order).map(|j| rest.map(|p| crate::algebra::ring::coefficient(p, S, j)));
    Some((parts.collect(), &of_whole.re * &moved.den))
}

struct Flux {
    text: String,
    /// i k·Ĵ, times |k|² where the text holds a negative power of |k| that the language cannot read back.
    divergence_times_square: Option<CPoly>,
}

impl Flux {
    /// The sum, where a divergence that is not read back makes the other one be left unread as well.
    fn add(self, eq: &Equation, other: Self) -> Self {
        let nothing = |f: &Self| f.text == "0";
        if nothing(&self) || nothing(&other) {
            return if nothing(&self) { other } else { self };
        }
        let read = |f: &Self| -> Option<CPoly> {
            if let Some(known) = &f.divergence_times_square {
                return Some(known.clone());
            }
            let text =
                if eq.space == Space::Components(1) { format!("dx({})", f.text) } else { format!("div({})", f.text) };
            let value =
                symbol::of_expression(eq.pde, &eq.fixed, &eq.ring, &genphys_pde::parse_expression(&text).ok()?).ok()?;
            Some(value.num.scale(&eq.den).scale(&squared_wave_number(eq))).filter(|_| value.den.is_one())
        };
        let unread = self.divergence_times_square.is_some() || other.divergence_times_square.is_some();
        let divergence_times_square = match (unread, read(&self), read(&other)) {
            (true, Some(a), Some(b)) => Some(a.add(&b)),
            _ => None,
        };
        Self { text: join([self.text, other.text]), divergence_times_square }
    }
}

/// The flux of rest ∂_t^order φ.
fn flux(eq: &Equation, rest: &CPoly, order: usize) -> Flux {
    let operand = in_time(&eq.pde.field, order);
    let mut flux = match eq.space {
        Space::Radial => radial_flux(eq, rest, &operand),
        Space::Components(n) => component_flux(eq, rest, n as usize, &operand),
    };
    let moment = eq.ring.power(S, u16::try_from(order).unwrap_or(0));
    flux.divergence_times_square = flux.divergence_times_square.map(|d| d.scale(&moment));
    flux
}

/// c |k|^a = i k·Ĵ with J = −c ∇(|k|^{a−2} φ).
fn radial_flux(eq: &Equation, rest: &CPoly, operand: &str) -> Flux {
    let wave = eq.ring.wave_variables();
    let position = wave.iter().position(|i| *i == RADIAL);
    let square = u16::try_from(2 * eq.ring.root).unwrap_or(u16::MAX);
    let mut parts = Vec::new();
    let mut unreadable = false;
    let mut list = complex_monomials(eq, rest);
    list.reverse();
    for (exponents, c) in list {
        let radial = position.map_or(0, |p| exponents[p]);
        let (turns, inner) = if radial >= square {
            let mut lower = exponents.clone();
            if let Some(p) = position {
                lower[p] -= square;
            }
            let operator = spatial(eq, &lower, operand);
            (operator.quarter_turns, operator.text)
        } else {
            unreadable = true;
            (0, format!("fourier({}, {})", negative_power(eq, &wave, &exponents), operand))
        };
        parts.extend(term(eq, &c.mul_i(turns).neg(), &eq.den, &format!("grad({inner})")));
    }
    let square = eq.ring.power(RADIAL, square);
    Flux { text: join(parts), divergence_times_square: unreadable.then(|| rest.scale(&square)) }
}

/// `k^(a - 2)` for a monomial |k|^a with a < 2 or with a parameter in the exponent.
fn negative_power(eq: &Equation, wave: &[usize], exponents: &[u16]) -> String {
    let mut parts = Vec::new();
    let mut factors = Vec::new();
    let mut number = symbolica::domains::rational::Rational::from(-2);
    for (index, e) in wave.iter().zip(exponents).filter(|(_, e)| **e > 0) {
        match &eq.ring.meanings[*index] {
            Meaning::Radial => {
                number = &number + &symbolica::domains::rational::Rational::new(i64::from(*e), i64::from(eq.ring.root));
            }
            Meaning::SymbolicPower { text, .. } if *e == 1 => parts.push(text.clone()),
            Meaning::SymbolicPower { text, .. } => parts.push(format!("{e}*({text})")),
            Meaning::Multiplier { text, .. } if *e == 1 => factors.push(format!("({text})")),
            Meaning::Multiplier { text, .. } => factors.push(format!("({text})^{e}")),
            _ => {}
        }
    }
    if !number.is_zero() {
        parts.push(print::number(&number));
    }
    if !factors.is_empty() && parts == ["-2"] {
        return format!("{}/k^2", factors.join("*"));
    }
    let power = if parts.is_empty() { None } else { Some(format!("k^({})", join(parts))) };
    factors.into_iter().chain(power).collect::<Vec<_>>().join("*")
}

/// c k^e is shared out equally over the axes that occur in it: i k_i Ĵ_i.
fn component_flux(eq: &Equation, rest: &CPoly, n: usize, operand: &str) -> Flux {
    let wave = eq.ring.wave_variables();
    let mut entries: Vec<Vec<String>> = vec![Vec::new(); n];
    let mut extra = Vec::new();
    let mut unreadable = false;
    let mut list = complex_monomials(eq, rest);
    list.reverse();
    for (exponents, c) in list {
        let axes: Vec<usize> =
            (0..wave.len()).filter(|i| exponents[*i] > 0 && (K1..K1 + n).contains(&wave[*i])).collect();
        if axes.is_empty() {
            unreadable = true;
            let inner = format!("fourier({}, {})", negative_power(eq, &wave, &exponents), operand);
            extra.extend(term(eq, &c.neg(), &eq.den, &format!("grad({inner})")));
            continue;
        }
        let share = eq.ring.constant((1, axes.len() as i64).into());
        for axis in &axes {
            let mut lower = exponents.clone();
            lower[*axis] -= 1;
            let operator = spatial(eq, &lower, operand);
            let coefficient = c.scale(&share).mul_i(operator.quarter_turns + 3);
            entries[wave[*axis] - K1].extend(term(eq, &coefficient, &eq.den, &operator.text));
        }
    }
    let entries: Vec<String> = entries.into_iter().map(join).collect();
    let vector = match entries.as_slice() {
        all if all.iter().all(|e| e == "0") => "0".to_string(),
        // One entry is written as a scalar elsewhere; beside a gradient it is a vector.
        [single] if extra.is_empty() => single.clone(),
        _ => format!("[{}]", entries.join(", ")),
    };
    let text = join(std::iter::once(vector).filter(|v| v != "0").chain(extra));
    // The divergence is the symbol it was made from; it is compared below against the equation as a whole.
    let square = (0..n).fold(eq.ring.zero(), |sum, i| &sum + &eq.ring.power(K1 + i, 2));
    Flux { text, divergence_times_square: unreadable.then(|| rest.scale(&square)) }
}

/// ∂p/∂t + ∇·J − R, read back from the text, is the equation up to a factor free of k; `moving` is ∂p/∂t, `flux_den`
/// the denominator of a divergence that is not read back.
fn verify(eq: &Equation, moving: &str, flux: &Flux, flux_den: &Poly, source: &str) -> bool {
    let read = |text: &str| -> Option<(CPoly, Poly)> {
        let expr = genphys_pde::parse_expression(text).ok()?;
        let value = symbol::of_expression(eq.pde, &eq.fixed, &eq.ring, &expr).ok()?;
        Some((value.num, value.den))
    };
    let in_components = eq.ring.components > 0;
    let (text, square) = match &flux.divergence_times_square {
        None => {
            let divergence = match flux.text.as_str() {
                "0" => String::new(),
                text if eq.space == Space::Components(1) && eq.motion.is_none() => format!(" + dx({text})"),
                text => format!(" + div({text})"),
            };
            (format!("{moving}{divergence} - ({source})"), None)
        }
        Some(divergence) => (format!("{moving} - ({source})"), Some(divergence)),
    };
    let Some((mut num, den)) = read(&text) else { return false };
    let mut whole = eq.symbol();
    if let Some(divergence) = square {
        let factor = squared_wave_number(eq);
        num = num.scale(&factor).scale(flux_den).add(&divergence.scale(&den));
        whole = whole.scale(&factor);
    }
    if in_components {
        // The text is read in components; so must be the equation.
        let normal = |p: &Poly| in_terms_of_components(&eq.ring, p);
        (num, whole) = (num.map(normal), whole.map(normal));
    }
    if num.is_zero() || whole.is_zero() {
        return false;
    }
    // The factor is the quotient of the leading coefficients in s.
    let lead = |p: &CPoly| {
        let degree = p.re.degree(S).max(p.im.degree(S));
        p.map(|q| crate::algebra::ring::coefficient(q, S, degree))
    };
    let (a, b) = (lead(&num), lead(&whole));
    num.mul(&b).sub(&whole.mul(&a)).map(|p| eq.ring.reduce(p)).is_zero()
}
