//! What is no Lévy exponent, for all parameter values at once. ψ is one up to a real constant exactly if e^{−tψ} is
//! positive definite for every t > 0, and so is its restriction to a line. Let ψ be one along a ray k = q d, ψ(0) taken
//! off. Then
//!
//! - |ψ(q)| ≤ C (1 + q²), Re ψ ≥ 0, Re ψ(n q) ≤ n² Re ψ(q), ψ(−q) = ψ(q)*, and ψ(0) is real (Berg, Forst, sections 7
//!   and 8);
//! - lim ψ(tq)/t² for t → ∞ is real (the form of the Lévy–Khintchine formula);
//! - Re ψ = o(q²) for q → 0 only if Re ψ = 0, by Re ψ(q) ≤ 4ⁿ Re ψ(2⁻ⁿ q);
//! - Re ψ → 0 for q → ∞ only if Re ψ = 0: the mean of Re ψ over large intervals is the rate of jumps or infinite;
//! - if Re ψ = a q² + b q^e + o(q^e) for q → 0 with e > 2, then b ≤ 0, by Re ψ(2q) ≤ 4 Re ψ(q);
//! - if Re ψ = 0 then |p̂| = 1, p is a single point, and ψ is linear in q.
//!
//! Coefficients are exact, and their signs are proved over the whole domain of the parameters.

use super::powers;
use super::ray::{Along, Direction, Exact, Terms, low, minus, number, product, root_of, scaled, top};
use crate::exact::fraction::Complex;
use crate::exact::poly::{Monomial, Poly};
use num_traits::Zero;

/// Why ψ is none, found along one of a few directions.
pub(super) fn no_levy_exponent(exact: &Exact, psi: &Complex) -> Option<String> {
    if let Some(why) = by_symbolic_powers(exact, psi).or_else(|| indefinite(exact, psi)) {
        return Some(why);
    }
    exact.directions().iter().find_map(|d| {
        let why = along_a_ray(exact, psi, d)?;
        Some(if d.is_empty() { why } else { format!("{why}, along ({})", in_words(d)) })
    })
}

fn by_symbolic_powers(exact: &Exact, psi: &Complex) -> Option<String> {
    if powers::too_fast(exact, psi, 2) {
        return Some("a power of |k| above 2".into());
    }
    let flat = powers::is_flat(exact, psi, false)
        || powers::is_flat_logarithm(exact, psi)
        || powers::is_flat_exponential(exact, psi);
    (flat && exact.drift.is_none())
        .then(|| "psi is o(|k|^2) for long waves, the law has no variance and yet is no point".into())
}

/// Re ψ is a quadratic form up to a constant, and a principal minor of its matrix is negative: Re ψ < Re ψ(0) along
/// some line.
fn indefinite(exact: &Exact, psi: &Complex) -> Option<String> {
    let variables: Vec<_> = exact.algebra.components().to_vec();
    let n = variables.len();
    if !(2..=4).contains(&n) || exact.algebra.beyond().is_some() || exact.has_time(psi) {
        return None;
    }
    let value = &psi.re;
    if value.den.variables().iter().any(|v| exact.depends(*v))
        || value.variables().iter().any(|v| exact.depends(*v) && !variables.contains(v))
    {
        return None;
    }
    let form = value.num.times(&value.den)?;
    let degree = |m: &Monomial| variables.iter().map(|v| m.degree(*v)).sum::<u32>();
    if form.terms().any(|(m, _)| !matches!(degree(m), 0 | 2)) {
        return None;
    }
    // Twice the matrix: second derivatives.
    let entry = |i: usize, j: usize| form.derivative(variables[i]).derivative(variables[j]);
    let minors = (1_usize..1 << n).filter_map(|set| {
        let chosen: Vec<usize> = (0..n).filter(|i| set >> i & 1 == 1).collect();
        let rows: Vec<Vec<Poly>> = chosen.iter().map(|i| chosen.iter().map(|j| entry(*i, *j)).collect()).collect();
        crate::sign::division::determinant(&rows)
    });
    let found = minors.into_iter().any(|minor| exact.negative(&minor));
    found.then(|| "the quadratic form Re psi is not positive semidefinite: a principal minor is negative".into())
}

fn in_words(d: &Direction) -> String {
    d.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn along_a_ray(exact: &Exact, psi: &Complex, d: &Direction) -> Option<String> {
    let Along { re, im, den } = exact.along(psi, d)?;
    let zero = number(0);
    let at_zero = |t: &Terms| t.get(&zero).cloned().unwrap_or_else(Poly::zero);
    // The denominator, a square, must not vanish at k = 0, nor its leading coefficient.
    let (base, (high, lead)) = (at_zero(&den), top(&den)?);
    if !exact.nonzero(&base) || !exact.nonzero(lead) {
        return None;
    }
    if exact.nonzero(&at_zero(&im)) {
        return Some("psi(0) is not real".into());
    }
    // ψ − ψ(0) over base·den.
    let off = |t: &Terms| Some(minus(&scaled(t, &base)?, &scaled(&den, &at_zero(t))?));
    let (re, im) = (off(&re)?, off(&im)?);
    let opposite = exact.along(psi, &d.iter().map(|x| -x).collect())?;
    if !hermitian(exact, (&re, &im, &den), &opposite)? {
        return Some("psi(-k) is not the conjugate of psi(k)".into());
    }
    // With coefficients that depend on the time, or drift in x, which changes the scale of k, e^{−∫ψ} is positive
    // definite, not all of its powers: growth beyond |k|² is excluded for polynomials (Marcinkiewicz), and what is left
    // of the other statements holds of every positive-definite function and of the integral, since a coefficient that
    // is never zero keeps its sign.
    let timed = exact.has_time(psi) || exact.drift.is_some();
    let even = |t: &Terms| t.keys().all(|e| (e / number(2)).is_integer());
    let polynomial = den.len() == 1 && even(&re) && im.keys().all(|e| e.is_integer() && !(e / number(2)).is_integer());
    for (part, odd) in [(&re, false), (&im, true)] {
        if let Some((e, c)) = top(part)
            && (e - high > number(2) || odd && !timed && e - high == number(2))
            && exact.nonzero(c)
            && (!timed || polynomial)
        {
            let rate = e - high;
            let way = if rate == number(2) {
                "like |k|^2 and is not real".into()
            } else {
                format!("like |k|^{rate}, faster than |k|^2")
            };
            return Some(format!("psi grows {way}"));
        }
    }
    let Some(((first, c), (last, b))) = low(&re).zip(top(&re)) else {
        return (bent(exact, &im, &den)?).then(|| "Re psi = 0, but Im psi is not linear".into());
    };
    if exact.negative(c) {
        return Some("Re psi is negative for long waves".into());
    }
    if exact.negative(b) {
        return Some("Re psi is negative for short waves".into());
    }
    if *first > number(2) && exact.is_something(&re) {
        return Some("psi is o(|k|^2) for long waves, the law has no variance and yet is no point".into());
    }
    if last < high && exact.is_something(&re) {
        return Some("Re psi vanishes for short waves, there are no jumps, and yet psi is not 0".into());
    }
    if timed {
        return None;
    }
    convex(exact, &re, &den)?.then(|| "Re psi = a |k|^2 + b |k|^e with e > 2 and b > 0 for long waves".into())
}

/// Re ψ(−q) = Re ψ(q) and Im ψ(−q) = −Im ψ(q); "yes" where it is not refuted.
fn hermitian(exact: &Exact, (re, im, den): (&Terms, &Terms, &Terms), other: &Along) -> Option<bool> {
    let zero = number(0);
    let base = other.den.get(&zero).cloned().unwrap_or_else(Poly::zero);
    if !exact.nonzero(&base) || base != den.get(&zero).cloned().unwrap_or_else(Poly::zero) {
        return Some(true);
    }
    let off = |t: &Terms| {
        let start = t.get(&zero).cloned().unwrap_or_else(Poly::zero);
        Some(minus(&scaled(t, &base)?, &scaled(&other.den, &start)?))
    };
    let (back, turned) = (off(&other.re)?, off(&other.im)?);
    let odd = minus(&product(re, &other.den)?, &product(&back, den)?);
    let even = minus(&product(im, &other.den)?, &product(&scaled(&turned, &Poly::integer(-1))?, den)?);
    Some(!exact.is_something(&odd) && !exact.is_something(&even))
}

/// Im ψ = im/den is no multiple of q for any parameters.
fn bent(exact: &Exact, im: &Terms, den: &Terms) -> Option<bool> {
    let zero = number(0);
    let base = den.get(&zero).cloned().unwrap_or_else(Poly::zero);
    let slope = im.get(&number(1)).cloned().unwrap_or_else(Poly::zero);
    // im·base − slope q den.
    let line = product(&Terms::from([(number(1), slope)]), den)?;
    Some(exact.is_something(&minus(&scaled(im, &base)?, &line)))
}

/// The term after a q² in Re ψ = re/den at q → 0 is positive: re = a q² + b q^e + …, den = base + c q^f + …
fn convex(exact: &Exact, re: &Terms, den: &Terms) -> Option<bool> {
    let (first, a) = low(re)?;
    if *first != number(2) || !exact.nonzero(a) {
        return Some(false);
    }
    // re·base − a q² den begins with the term of ψ beyond a q²/base.
    let zero = number(0);
    let base = den.get(&zero).cloned().unwrap_or_else(Poly::zero);
    let line = product(&Terms::from([(number(2), a.clone())]), den)?;
    let rest = minus(&scaled(re, &base)?, &line);
    Some(low(&rest).is_some_and(|(e, b)| *e > number(2) && exact.positive(b)))
}

/// Why √Ψ is no Lévy exponent up to its value at 0, Ψ real: the decaying branch of a half-space problem is s = −√Ψ up
/// to a constant. Beside what was said of ψ above:
///
/// - Ψ(0) < 0: the mass p̂(0, t) is not positive;
/// - Ψ = γ + c q^e + …: for γ > 0 this is √Ψ = √γ + c q^e/(2√γ) + …, and at e = 2 the next term has the sign of
///   4γ c₄ − c₂² at q⁴, or of its own coefficient below q⁴;
/// - γ ≥ 0 and c < 0: Re √Ψ falls, or is 0 near q = 0 and hence everywhere, so that √−Ψ is linear.
pub(super) fn no_square_root(exact: &Exact, square: &Complex) -> Option<String> {
    if powers::too_fast(exact, square, 4) {
        return Some("a power of |k| above 4".into());
    }
    if powers::is_flat(exact, square, true) {
        return Some("sqrt(Psi) is o(|k|^2) for long waves: the law has no variance and yet is no point".into());
    }
    exact.directions().iter().find_map(|d| root_along_a_ray(exact, square, d)).or_else(|| across(exact, square))
}

/// Ψ = c τ⁴ + m τ² + g in one component τ, c > 0 a constant, g and m polynomials in the others, and no other terms. Let
/// √Ψ be a Lévy exponent up to its value at 0, with the Lévy measure ν on τ-jumps and others. Its Gaussian part is √c
/// τ² + …, and the mean of the rest over τ, m/(2√c), is ψ₀ + ν(jumps with a part along τ), ψ₀ the exponent of the other
/// jumps (Wiener). Since the jumps along τ add at most twice their rate, m(0)/(2√c) or less, to √g, √g ≤ m/(2√c) + a
/// constant: g cannot grow faster than m².
fn across(exact: &Exact, square: &Complex) -> Option<String> {
    let value = square.as_real()?;
    let list = exact.algebra.components().to_vec();
    let waves = |p: &Poly| p.variables().iter().any(|v| exact.depends(*v));
    if waves(&value.den) || exact.algebra.beyond().is_some() && list.is_empty() {
        return None;
    }
    let whole = value.num.times(&value.den)?;
    for (i, j) in (0..list.len()).flat_map(|i| (0..list.len()).map(move |j| (i, j))).filter(|(i, j)| i != j) {
        // In the plane of two components.
        let others = list.iter().enumerate().filter(|(l, _)| *l != i && *l != j);
        let plane = others.fold(whole.clone(), |p, (_, v)| p.at(*v, &number(0)));
        let plane = exact.algebra.beyond().map_or(plane.clone(), |v| plane.at(v, &number(0)));
        if plane.variables().iter().any(|v| exact.depends(*v) && *v != list[i] && *v != list[j]) {
            continue;
        }
        let by = plane.coefficients(list[i]);
        let [g, odd, m, cubic, c] = by.as_slice() else { continue };
        let alone = odd.is_zero() && cubic.is_zero() && !waves(c) && exact.positive(c);
        let growth = g.coefficients(list[j]);
        let faster = growth.len() > 1 && growth.len() - 1 > 2 * m.coefficients(list[j]).len().saturating_sub(1);
        if alone && faster && growth.last().is_some_and(|lead| exact.positive(lead)) {
            return Some(
                "along one axis sqrt(Psi) is like a |k|^2, the law spreads as a Gaussian there, and across it sqrt(Psi) grows where \
                 the jumps that are left cannot make it grow"
                    .into(),
            );
        }
    }
    None
}

fn root_along_a_ray(exact: &Exact, square: &Complex, d: &Direction) -> Option<String> {
    let Along { re, im, den } = exact.along(square, d)?;
    let zero = number(0);
    // Over a constant, which is a square.
    let (0, Some((e, base))) = (im.len(), top(&den)) else { return None };
    if den.len() > 1 || !e.is_zero() || !exact.nonzero(base) {
        return None;
    }
    let gamma = re.get(&zero).cloned().unwrap_or_else(Poly::zero);
    if exact.negative(&gamma) {
        return Some("sqrt(Psi(0)) is imaginary: the mass is not positive".into());
    }
    let mut rest = re;
    rest.remove(&zero);
    let ((first, c), (last, b)) = low(&rest).zip(top(&rest))?;
    if *last > number(4) && exact.nonzero(b) {
        return Some(format!("sqrt(Psi) grows like |k|^{}, faster than |k|^2", last / number(2)));
    }
    if exact.negative(b) && exact.positive(&gamma) {
        return Some("Re sqrt(Psi) is below sqrt(Psi(0)) for short waves".into());
    }
    let straight = rest.len() == 1 && *first == number(2);
    let second = rest.values().skip(1).any(|c| exact.nonzero(c));
    if exact.negative(c) && (exact.positive(&gamma) || !straight && (second || *first != number(2))) {
        let grounded = exact.holds(&gamma, crate::sign::Relation::NonNegative);
        return grounded.then(|| "Re sqrt(Psi) does not rise for long waves".into());
    }
    if !exact.positive(&gamma) {
        return None;
    }
    if *first > number(2) && exact.is_something(&rest) {
        return Some("sqrt(Psi) is flat for long waves: the law has no variance and yet is no point".into());
    }
    if *first != number(2) {
        return None;
    }
    // The next term of √Ψ, times a positive factor.
    let four = scaled(&Terms::from([(number(4), gamma)]), &Poly::integer(4))?;
    let below = rest.iter().nth(1).filter(|(e, _)| **e < number(4));
    let next = match below {
        Some((_, c)) => c.clone(),
        None => {
            let quartic = rest.get(&number(4)).cloned().unwrap_or_else(Poly::zero);
            four.get(&number(4))?.times(&quartic)?.minus(&c.times(c)?)
        }
    };
    exact.positive(&next).then(|| "sqrt(Psi) = a + b |k|^2 + c |k|^e with e > 2 and c > 0 for long waves".into())
}

/// Re ψ(k) < Re ψ(0) at one wave number, where no asymptotic term shows it.
pub(super) fn dips(exact: &Exact, psi: &Complex) -> Option<String> {
    for d in exact.directions() {
        let Some(Along { re, den, .. }) = exact.along(psi, &d) else { continue };
        for q in [number(1), number(16), number(1) / number(16), number(81) / number(16)] {
            let Some((here, below)) = at(&re, &q).zip(at(&den, &q)) else { continue };
            let zero = number(0);
            let (start, base) = (re.get(&zero).cloned().unwrap_or_else(Poly::zero), den.get(&zero)?.clone());
            let rise = here.times(&base)?.minus(&start.times(&below)?);
            if exact.negative(&rise) && exact.nonzero(&base) && exact.nonzero(&below) {
                return Some(format!("Re psi is below Re psi(0) at |k| = {q}"));
            }
        }
    }
    None
}

/// The value at a number whose roots are rational as far as they are asked for.
pub(super) fn at(terms: &Terms, q: &super::ray::Q) -> Option<Poly> {
    let mut sum = Poly::zero();
    for (e, c) in terms {
        let degree: u32 = e.denom().to_string().parse().ok()?;
        let power: usize = e.numer().to_string().parse().ok()?;
        let root = root_of(q, degree)?;
        sum = sum.plus(&c.scaled(&num_traits::pow(root, power)));
    }
    Some(sum)
}
