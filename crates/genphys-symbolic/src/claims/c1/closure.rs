//! The matched form of ψ and its closure proof, for certificates: what the rules of this folder found, written so that
//! it can be checked step by step.

use crate::algebra::positivity::Space;
use crate::algebra::print;
use crate::algebra::print::join;
use crate::algebra::ring::{CPoly, K1, Meaning, Poly, RADIAL, scale};
use crate::equation::linear::Equation;
use crate::equation::operator::complex_monomials;
use genphys_pde::certificate::{BranchForm, Certificate, Class, Closure, ClosureRule};
use genphys_pde::verdict::Problem;
use symbolica::domains::rational::Rational;

/// The certificate of C1 for the one branch that counts; `None` where it is not of a form known here.
pub(super) fn certificate(eq: &Equation, problem: Problem) -> Option<Certificate> {
    if let Some(form) = crate::claims::bessel::recognise(eq) {
        let psi = CPoly::real(form.psi.0.clone());
        let decay = text(eq, &psi.map(|p| eq.ring.at_zero(p)), &form.psi.1);
        let closure = levy(eq, &psi, &form.psi.1)?;
        return Some(Certificate::LevyExponent { branch: BranchForm::Bessel, decay, closure });
    }
    match eq.a.as_slice() {
        [a0, a1] => {
            let (psi, den) = crate::equation::dispersion::quotient(a0, a1);
            let (decay, closure) = if eq.ring.has_wave(&den) {
                rational(eq, a0, a1)?
            } else {
                (text(eq, &psi.map(|p| eq.ring.at_zero(p)), &den), levy(eq, &psi, &den)?)
            };
            Some(Certificate::LevyExponent { branch: BranchForm::Evolution, decay, closure })
        }
        [a0, a1, a2] if problem == Problem::HalfSpace => {
            let (decay, closure) = decaying_branch(eq, a0, a1, a2)?;
            Some(Certificate::LevyExponent { branch: BranchForm::HalfSpace, decay, closure })
        }
        _ => None,
    }
}

fn text(eq: &Equation, p: &CPoly, den: &Poly) -> String {
    print::fraction(&eq.ring, p, den)
}

fn shift(function: String, bernstein: Closure) -> Closure {
    Closure::step(function, Class::LevyExponent, ClosureRule::Shift, vec![bernstein])
}

/// One summand of ψ.
enum Part {
    Bernstein(Closure),
    Levy(Closure),
}

/// ψ − ψ(0) as a Bernstein function of λ, where every summand is one.
fn bernstein(eq: &Equation, psi: &CPoly, den: &Poly) -> Option<Closure> {
    let list: Option<Vec<Closure>> = parts(eq, psi, den)?
        .into_iter()
        .map(|part| match part {
            Part::Bernstein(closure) => Some(closure),
            Part::Levy(_) => None,
        })
        .collect();
    summed(list?, Class::Bernstein)
}

/// ψ − ψ(0) as a Lévy exponent.
pub(crate) fn levy(eq: &Equation, psi: &CPoly, den: &Poly) -> Option<Closure> {
    if let Some(closure) = bernstein(eq, psi, den) {
        return Some(shift(closure.function.clone(), closure));
    }
    let list = parts(eq, psi, den)?
        .into_iter()
        .map(|part| match part {
            Part::Bernstein(closure) => shift(closure.function.clone(), closure),
            Part::Levy(closure) => closure,
        })
        .collect();
    summed(list, Class::LevyExponent)
}

fn summed(mut list: Vec<Closure>, class: Class) -> Option<Closure> {
    match list.len() {
        // Nothing moves.
        0 => (class == Class::Bernstein).then(|| Closure::leaf("0", class, ClosureRule::Constant)),
        1 => list.pop(),
        _ => {
            let function = join(list.iter().map(|c| c.function.clone()));
            Some(Closure::step(function, class, ClosureRule::Sum, list))
        }
    }
}

fn parts(eq: &Equation, psi: &CPoly, den: &Poly) -> Option<Vec<Part>> {
    let rest = psi.sub(&psi.map(|p| eq.ring.at_zero(p)));
    let wave = eq.ring.wave_variables();
    let (mut form, mut drift) = (CPoly::real(eq.ring.zero()), CPoly::real(eq.ring.zero()));
    let mut parts = Vec::new();
    let mut skewed: Vec<(u32, CPoly)> = Vec::new();
    let list = complex_monomials(eq, &rest);
    // Degrees, in units of the radial variable, of the terms |k|^g k_j; those with |k| alone of such a degree belong to
    // them.
    let skew_degree = |exponents: &[u16]| {
        let of = |index: usize| wave.iter().zip(exponents).find(|(i, _)| **i == index).map_or(0, |(_, e)| *e);
        let linear = (0..n(eq)).map(|j| of(K1 + j)).sum::<u16>() == 1 && of(RADIAL) > 0;
        linear.then(|| u32::from(of(RADIAL)) + eq.ring.root)
    };
    let degrees: Vec<u32> = list.iter().filter_map(|(e, _)| skew_degree(e)).collect();
    let belongs = |exponents: &[u16]| {
        let alone = wave.iter().zip(exponents).all(|(i, e)| *e == 0 || *i == RADIAL);
        let degree = wave.iter().zip(exponents).find(|(i, _)| **i == RADIAL).map(|(_, e)| u32::from(*e));
        degree.filter(|d| alone && degrees.contains(d))
    };
    for (exponents, c) in list.into_iter().rev() {
        if let Some(degree) = skew_degree(&exponents).or_else(|| belongs(&exponents)) {
            let mut monomial = vec![0; eq.ring.vars.len()];
            wave.iter().zip(&exponents).for_each(|(i, e)| monomial[*i] = *e);
            let term = c.scale(&eq.ring.zero().monomial(1.into(), monomial));
            match skewed.iter_mut().find(|(d, _)| *d == degree) {
                Some((_, sum)) => *sum = term.add(sum),
                None => skewed.push((degree, term)),
            }
            continue;
        }
        let in_components = wave.iter().zip(&exponents).any(|(i, e)| *e > 0 && (K1..K1 + n(eq)).contains(i));
        if in_components {
            if wave.iter().zip(&exponents).any(|(i, e)| *e > 0 && !(K1..K1 + n(eq)).contains(i)) {
                return None;
            }
            let mut monomial = vec![0; eq.ring.vars.len()];
            wave.iter().zip(&exponents).for_each(|(i, e)| monomial[*i] = *e);
            let term = c.scale(&eq.ring.zero().monomial(1.into(), monomial));
            match exponents.iter().map(|e| u32::from(*e)).sum::<u32>() {
                1 => drift = drift.add(&term),
                2 => form = form.add(&term),
                _ => return None,
            }
            continue;
        }
        let base = function_of_wave_number(eq, &wave, &exponents)?;
        let weight = text(eq, &c, den);
        let (function, dim) = match weight.as_str() {
            "1" => (base.function.clone(), base.dim),
            w => (format!("{}*{}", print::grouped(w), print::grouped(&base.function)), base.dim),
        };
        let class = base.class;
        let scaled = if weight == "1" { base } else { Closure::step(function, class, ClosureRule::Scale, vec![base]) };
        let scaled = Closure { dim, ..scaled };
        parts.push(if class == Class::Bernstein { Part::Bernstein(scaled) } else { Part::Levy(scaled) });
    }
    for (_, stable) in skewed {
        parts.push(Part::Levy(Closure::leaf(text(eq, &stable, den), Class::LevyExponent, ClosureRule::Stable)));
    }
    if !form.is_zero() {
        parts.push(Part::Levy(Closure::leaf(text(eq, &form, den), Class::LevyExponent, ClosureRule::QuadraticForm)));
    }
    if !drift.is_zero() {
        parts.push(Part::Levy(Closure::leaf(text(eq, &drift, den), Class::LevyExponent, ClosureRule::Drift)));
    }
    Some(parts)
}

fn n(eq: &Equation) -> usize {
    match eq.space {
        Space::Radial => 0,
        Space::Components(n) => n as usize,
    }
}

/// A power of |k| or one Fourier multiplier.
fn function_of_wave_number(eq: &Equation, wave: &[usize], exponents: &[u16]) -> Option<Closure> {
    let occurring: Vec<(usize, u16)> =
        wave.iter().copied().zip(exponents.iter().copied()).filter(|(_, e)| *e > 0).collect();
    if let [(index, 1)] = occurring[..]
        && let Meaning::Multiplier { proof, .. } = &eq.ring.meanings[index]
    {
        let conditional = match (proof, super::bernstein::unproved_multiplier(eq, exponents)) {
            (None, Some(expr)) => {
                let one = eq.ring.integer(1);
                let quotient = super::half_plane::of_multiplier(eq, expr, &one).map(|(_, closure)| closure);
                Some(match quotient {
                    Some(closure) => closure,
                    None => super::threshold::threshold(eq, expr)?.proof.closure,
                })
            }
            _ => None,
        };
        let closure = conditional.as_ref().or_else(|| Some(&proof.as_deref()?.closure))?;
        return match closure.of.as_slice() {
            [inner] if closure.rule == ClosureRule::Shift && inner.function == closure.function => Some(inner.clone()),
            _ => Some(closure.clone()),
        };
    }
    let mut number = Rational::from(0);
    let mut symbols = Vec::new();
    for (index, e) in occurring {
        match &eq.ring.meanings[index] {
            Meaning::Radial => number = &number + &Rational::new(i64::from(e), i64::from(eq.ring.root)),
            Meaning::SymbolicPower { text, .. } if e == 1 => symbols.push(text.clone()),
            Meaning::SymbolicPower { text, .. } => symbols.push(format!("{e}*({text})")),
            _ => return None,
        }
    }
    if !number.is_zero() {
        symbols.push(print::number(&number));
    }
    let exponent = join(symbols);
    let function = if exponent == "1" { "k".to_string() } else { format!("k^({exponent})") };
    let function =
        if exponent.chars().all(char::is_alphanumeric) && exponent != "1" { format!("k^{exponent}") } else { function };
    Some(Closure::leaf(function, Class::Bernstein, ClosureRule::Power))
}

/// a_0/a_1 with a denominator that depends on k: a rational function of λ, complete Bernstein.
fn rational(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Option<(String, Closure)> {
    let (num, den) = (&a0.re, &a1.re);
    let (n0, d0) = (eq.ring.at_zero(num), eq.ring.at_zero(den));
    let decay = text(eq, &CPoly::real(n0.clone()), &d0);
    let rise = &(num * &d0) - &(&n0 * den);
    let function = text(eq, &CPoly::real(rise), &(den * &d0));
    Some((decay, shift(function.clone(), Closure::leaf(function, Class::Bernstein, ClosureRule::HalfPlane))))
}

/// The decaying branch s = −b/(2a) − √Ψ; where b depends on k both parts are Lévy exponents up to a constant.
fn decaying_branch(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Option<(String, Closure)> {
    let (decay, root) = square_root(eq, a0, a1, a2)?;
    if !eq.ring.has_wave(&a1.re) {
        return Some((decay, root));
    }
    let rest = CPoly::real(&(&a1.re - &eq.ring.at_zero(&a1.re)) * &a2.re);
    let den = scale(&(&a2.re * &a2.re), 2);
    if let ([inner], Some(damping)) = (root.of.as_slice(), bernstein(eq, &rest, &den))
        && root.rule == ClosureRule::Shift
    {
        let sum = |first: &str| join([damping.function.clone(), first.to_string()]);
        let (both, rise) = (sum(&inner.function), sum(&root.function));
        let both = Closure::step(both, Class::Bernstein, ClosureRule::Sum, vec![damping, inner.clone()]);
        return Some((decay, shift(rise, both)));
    }
    let damping = levy(eq, &rest, &den)?;
    let function = join([damping.function.clone(), root.function.clone()]);
    Some((decay, Closure::step(function, Class::LevyExponent, ClosureRule::Sum, vec![damping, root])))
}

/// The constant part of the decaying branch, and √Ψ without its own.
fn square_root(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Option<(String, Closure)> {
    if !a1.is_real() || !a2.is_real() || eq.ring.has_wave(&a2.re) {
        return None;
    }
    // Ψ = (b² − 4ac)/(4a²).
    let turn = if eq.oracle.signs(&a2.re).always_negative() { 2 } else { 0 };
    let (a0, a1, a2) = (&a0.mul_i(turn), &a1.mul_i(turn), &a2.mul_i(turn));
    let (a, b) = (&a2.re, &a1.re);
    let psi = CPoly { re: crate::algebra::polynomial::discriminant(a, b, &a0.re), im: -scale(&(a * &a0.im), 4) };
    let den = scale(&(a * a), 4);
    let root = |p: &CPoly| -> String {
        if p.is_zero() {
            return "0".into();
        }
        if p.is_real() {
            return crate::equation::dispersion::root_text(eq, &p.re, a);
        }
        match text(eq, p, &den).as_str() {
            "1" => "1".into(),
            inside => format!("sqrt({inside})"),
        }
    };
    let constant = psi.map(|p| eq.ring.at_zero(p));
    let half = scale(a, 2);
    let steady = a1.map(|p| eq.ring.at_zero(p));
    let decay = join([text(eq, &steady, &half), root(&constant)].into_iter().filter(|t| t != "0"));
    let full = root(&psi);
    let rise = if constant.is_zero() {
        full.clone()
    } else {
        format!("{full} - {}", crate::algebra::print::grouped(&root(&constant)))
    };
    let constant_text = text(eq, &constant, &den);
    let plus_constant = |inner: Closure| {
        if constant.is_zero() {
            return inner;
        }
        let level = Closure::leaf(constant_text.clone(), Class::Bernstein, ClosureRule::Constant);
        let function = join([inner.function.clone(), constant_text.clone()]);
        Closure::step(function, Class::Bernstein, ClosureRule::Sum, vec![level, inner])
    };
    let power = || Closure::leaf("k", Class::Bernstein, ClosureRule::Power);
    let step = 2 * eq.ring.root;
    let quadratic = eq.space == Space::Radial
        && !eq.ring.has_atom(&psi.re)
        && crate::algebra::ring::coefficients(&psi.re, RADIAL)
            .iter()
            .any(|(c, e)| u32::from(*e) > step && !c.is_zero());
    if quadratic {
        // √ of a quadratic in λ with real roots that are not positive, or of one power up to |k|⁴.
        let function = Closure::leaf(full, Class::Bernstein, ClosureRule::HalfPlane);
        return Some((decay, shift(rise, function)));
    }
    if eq.space == Space::Radial && eq.ring.has_atom(&psi.re) && constant.is_zero() {
        // √(c k^α) = √c k^{α/2} for α up to 4.
        if let [Part::Bernstein(single)] = parts(eq, &psi, &den)?.as_slice() {
            let base = if single.rule == ClosureRule::Scale { single.of.first()? } else { single };
            if base.rule == ClosureRule::Power {
                let exponent = base.function.strip_prefix("k^").map_or("1".to_string(), str::to_string);
                let half_power = Closure::leaf(format!("k^({exponent}/2)"), Class::Bernstein, ClosureRule::Power);
                let function = Closure::step(full.clone(), Class::Bernstein, ClosureRule::Scale, vec![half_power]);
                return Some((decay, shift(full, function)));
            }
        }
    }
    if let Some(inner) = bernstein(eq, &psi, &den) {
        let inside = plus_constant(inner);
        let composed = Closure::step(full, Class::Bernstein, ClosureRule::Composition, vec![power(), inside]);
        return Some((decay, shift(rise, composed)));
    }
    let inner = levy(eq, &psi, &den)?;
    let square = Closure::leaf("k^2", Class::Bernstein, ClosureRule::Power);
    let outer_inside = plus_constant(square);
    let outer_root = format!("sqrt({})", outer_inside.function);
    let outer =
        Closure::step(outer_root.clone(), Class::Bernstein, ClosureRule::Composition, vec![power(), outer_inside]);
    let outer_rise = if constant.is_zero() {
        outer_root
    } else {
        format!("{outer_root} - {}", crate::algebra::print::grouped(&root(&constant)))
    };
    let outer = Closure::step(outer_rise, Class::Bernstein, ClosureRule::Shift, vec![outer]);
    Some((decay, Closure::step(rise, Class::LevyExponent, ClosureRule::Composition, vec![outer, inner])))
}
