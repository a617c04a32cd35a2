//! The numbers |tan(πa/2)| that bound the skewness of a stable law of index a (Feller, volume 2, XVII.6), as constants
//! of the ring.

use crate::algebra::ring::{CPoly, K1, Meaning, RADIAL, Ring};
use crate::algebra::tree;
use crate::trees::expression::{div, function, mul, node, number};
use genphys_pde::ast::{ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

/// Adds the numbers T that the equation may need to the ring: those that the language can name, which it can in odd
/// dimensions, T = |tan(πa/2)| Π (a + 1 + 2j)/(a + 2 + 2j), j < (N − 1)/2.
pub(crate) fn adjoin(ring: &mut Ring, n: u32, a: &[CPoly]) {
    if n.is_multiple_of(2) {
        return;
    }
    let one = u16::try_from(ring.root).unwrap_or(u16::MAX);
    let mut excesses: Vec<u16> = Vec::new();
    for p in a.iter().flat_map(|c| [&c.re, &c.im]) {
        for (_, e) in crate::algebra::ring::terms(p) {
            let linear = (K1..K1 + ring.components as usize).map(|i| e[i]).sum::<u16>() == 1;
            if linear && e[RADIAL] > 0 && e[RADIAL] < one && !excesses.contains(&e[RADIAL]) {
                excesses.push(e[RADIAL]);
            }
        }
    }
    for excess in excesses {
        if let Some(meaning) = tangent(ring, u32::from(excess)) {
            ring.adjoin(meaning);
        }
    }
}

/// |tan(πa/2)| = cot(πg/2) for a = 1 + g, where it is not rational.
pub(crate) fn tangent(ring: &Ring, excess: u32) -> Option<Meaning> {
    let g = Rational::new(i64::from(excess), i64::from(ring.root));
    if g == Rational::new(1, 2) {
        return None;
    }
    // cot(π/6) = √3, cot(π/3) = √3/3.
    if g == Rational::new(1, 3) || g == Rational::new(2, 3) {
        return Some(root_of_three(ring));
    }
    let value = 1.0 / (0.5 * std::f64::consts::PI * g.to_f64()).tan();
    let (lower, upper) = about(value)?;
    let share = &g / &Rational::from(2);
    let angle = mul(&tree::number(&share)?, &node(ExprKind::Pi));
    let expr = div(&function(ScalarFunction::Cos, &angle), &function(ScalarFunction::Sin, &angle));
    let share = crate::algebra::print::number(&share);
    let share = if share.contains('/') { format!("({share})") } else { share };
    let text = format!("(cos({share}*pi)/sin({share}*pi))");
    Some(Meaning::Constant { text, expr, lower, upper, value, square: None })
}

fn root_of_three(ring: &Ring) -> Meaning {
    Meaning::Constant {
        text: "sqrt(3)".into(),
        expr: function(ScalarFunction::Sqrt, &number(3)),
        lower: Rational::new(17_320_508, 10_000_000),
        upper: Rational::new(17_320_509, 10_000_000),
        value: 3.0_f64.sqrt(),
        square: Some(ring.integer(3)),
    }
}

/// Rational numbers on either side of a positive number that is known to 10⁻¹⁰ of itself.
pub(crate) fn about(value: f64) -> Option<(Rational, Rational)> {
    const UNIT: i64 = 1 << 40;
    let at = |share: f64, up: bool| {
        let scaled = value * share * UNIT as f64;
        #[allow(clippy::cast_possible_truncation, reason = "below 2^60")]
        let whole = (if up { scaled.ceil() } else { scaled.floor() }) as i64;
        Rational::new(whole, UNIT)
    };
    (value > 1e-6 && value < 1e6).then(|| (at(1.0 - 1e-10, false), at(1.0 + 1e-10, true)))
}
