//! First order in time with ψ = c(t) − i b(t)·k + k·A(t) k and linear drift θ(t) ∇·(xφ): the kernel is a Gaussian,
//! x = e^{−Θ} (y + ∫…) with mean and covariance that are integrals over the time.

use super::family::Found;
use crate::algebra::polynomial::monomials;
use crate::algebra::positivity::Space;
use crate::algebra::print;
use crate::algebra::ring::{K1, Poly, RADIAL};
use crate::claims::c2::amplitude::{accumulated_text, drift_text, in_step_with_the_drift, mass_text};
use crate::equation::clock::{Clocks, Rate};
use crate::equation::linear::Equation;
use genphys_pde::derivation::KernelFamily;

/// 2·text, without a half that it takes away.
fn twice(text: String) -> String {
    let plain = |rest: &str| !rest.contains(['+', '-', ' ']) && !rest.is_empty();
    match text.split_once("/2*") {
        _ if text == "0" => text,
        Some(("1", rest)) => rest.to_string(),
        Some((front, rest)) if plain(front) => format!("{front}*{rest}"),
        _ => match text.strip_suffix("/2") {
            Some(front) if plain(front) => front.to_string(),
            _ => format!("2*{}", print::operand(&text)),
        },
    }
}

/// Whether linear drift has a closed form that an exponential of its integral is the best way to write.
fn is_plain(eq: &Equation) -> bool {
    eq.motion.is_none() || drift_text(eq).is_some_and(|theta| !theta.contains("log("))
}

/// factor e^{−bΘ} ∫ c e^{aΘ} as text.
fn carried(eq: &Equation, key: &[u16], c: &Poly, den: &Poly, b: i64, factor: i64) -> Option<String> {
    let degree = if eq.motion.is_some() { crate::equation::clock::degree(eq, key)? } else { 0.into() };
    let rate = Rate { num: c, den, degree };
    Some(genphys_pde::print_expr(&Clocks::new(eq).carried(&rate, b, factor)?))
}

/// Scale s and mean m of x = s y + m: what linear drift e^{−Θ} and the drift b(t) make of a place. `imaginary` is −b·k.
pub(super) fn moved(eq: &Equation, imaginary: &Poly, den: &Poly) -> Option<(String, String)> {
    let scale = match drift_text(eq) {
        _ if !is_plain(eq) => genphys_pde::print_expr(&Clocks::new(eq).scale()?),
        Some(theta) => format!("exp(-{})", print::operand(&theta)),
        None if eq.motion.is_some() => return None,
        None => "1".to_string(),
    };
    let Space::Components(n) = eq.space else {
        return imaginary.is_zero().then(|| (scale, "0".to_string()));
    };
    let mut drift = vec!["0".to_string(); n as usize];
    let wave = eq.ring.wave_variables();
    for (key, c) in monomials(imaginary, &eq.ring) {
        if key.iter().sum::<u16>() != 1 {
            return None;
        }
        let axis = wave.iter().zip(&key).find(|(_, e)| **e > 0).and_then(|(i, _)| i.checked_sub(K1))?;
        if !is_plain(eq) {
            *drift.get_mut(axis)? = carried(eq, &key, &c, den, 1, 1)?;
            continue;
        }
        let sum = accumulated_text(eq, &key, &c, den)?;
        let sum = if scale == "1" { sum } else { format!("{scale}*{}", print::grouped(&sum)) };
        *drift.get_mut(axis)? = sum;
    }
    Some((scale, format!("[{}]", drift.join(", "))))
}

/// The Gaussian kernel, where all integrals have a closed form.
pub(super) fn find(eq: &Equation) -> Option<Found> {
    let [a0, a1] = eq.a.as_slice() else { return None };
    if !a1.is_real() || eq.ring.has_wave(&a1.re) || eq.ring.has_atom(&a0.re) {
        return None;
    }
    let den = &a1.re;
    let (scale, mean) = moved(eq, &a0.im, den)?;
    let theta = drift_text(eq);
    // e^{−2Θ} (e^{2Θ} − 1) in one, which neither overflows nor cancels.
    let grouped = print::operand(theta.as_deref().unwrap_or_default());
    let growing = format!("(exp(2*{grouped}) - 1)");
    let squared = |text: String| match (scale.as_str(), text.as_str()) {
        ("1", _) | (_, "0") => text,
        (_, text) if text.ends_with(&growing) => {
            format!("{}(1 - exp(-2*{grouped}))", &text[..text.len() - growing.len()])
        }
        (s, _) => format!("{s}^2*{}", print::operand(&text)),
    };
    let constant = eq.ring.at_zero(&a0.re);
    let mass = mass_text(eq, &constant, den)?;
    let log_mass = if mass == "0" { mass } else { format!("-{}", print::operand(&mass)) };
    let rest = &a0.re - &constant;
    let list = monomials(&rest, &eq.ring);
    let simple = is_plain(eq);
    // The variance that a term of the form adds, or with `factor` 1 the covariance.
    let accumulated = |key: &[u16], c: &Poly, factor: i64| -> Option<String> {
        let text = if simple { in_step_with_the_drift(eq, key, c, den) } else { None };
        match text {
            Some(text) => Some(squared(if factor == 2 { twice(text) } else { text })),
            None => carried(eq, key, c, den, 2, factor),
        }
    };
    let wave = eq.ring.wave_variables();
    let covariance = match eq.space {
        Space::Radial => {
            let [(key, c)] = list.as_slice() else { return None };
            let radial = wave.iter().position(|i| *i == RADIAL)?;
            if u32::from(key[radial]) != 2 * eq.ring.root {
                return None;
            }
            accumulated(key, c, 2)?
        }
        Space::Components(n) => {
            let n = n as usize;
            let mut matrix = vec![vec!["0".to_string(); n]; n];
            for (key, c) in &list {
                let axes: Vec<usize> = wave
                    .iter()
                    .zip(key)
                    .flat_map(|(i, e)| std::iter::repeat_n(i.checked_sub(K1), usize::from(*e)))
                    .collect::<Option<_>>()?;
                let [i, j] = axes[..] else { return None };
                if i == j {
                    matrix[i][i] = accumulated(key, c, 2)?;
                } else {
                    let entry = accumulated(key, c, 1)?;
                    matrix[i][j] = entry.clone();
                    matrix[j][i] = entry;
                }
            }
            let rows = matrix.iter().map(|row| format!("[{}]", row.join(", "))).collect::<Vec<_>>();
            format!("[{}]", rows.join(", "))
        }
    };
    let parameters = [("scale", scale.clone()), ("mean", mean), ("covariance", covariance), ("log_mass", log_mass)];
    Some(Found::new(KernelFamily::Gaussian, parameters))
}
