//! Stage 2: symbol -> dispersion relation D(ω, k) = 0 and its branches, as text and as numbers.

use crate::algebra::print;
use crate::algebra::ring::{CPoly, Poly, S, coefficients, evaluate, scale};
use crate::equation::linear::Equation;
use genphys_pde::derivation::{Branch, Dispersion};
use genphys_pde::verdict::Problem;

/// Text of the relation and of its solutions.
pub(crate) fn describe(eq: &Equation, problem: Problem, amplitude: Option<String>) -> Dispersion {
    Dispersion { relation: relation(eq), branches: branches(eq, problem), amplitude }
}

/// s = −iω, multiplied by the power of i that makes the leading coefficient real and positive where possible.
fn relation(eq: &Equation) -> String {
    let with_omega = |turn: u32| {
        eq.a.iter().enumerate().fold(CPoly::real(eq.ring.zero()), |sum, (j, a)| {
            // (−i)^j = i^(3j)
            let term = a.mul_i(3 * j as u32 + turn);
            sum.add(&term.scale(&eq.ring.power(S, j as u16)))
        })
    };
    let leads_well = |turn: &u32| {
        let lead = eq.a.last().map(|a| a.mul_i(3 * eq.order() as u32 + turn));
        lead.is_some_and(|l| l.im.is_zero() && !l.re.is_zero() && !l.re.lcoeff().is_negative())
    };
    let turn = (0..4).find(leads_well).unwrap_or(0);
    format!("{} = 0", print::complex(&eq.ring, &with_omega(turn)))
}

/// Whether the leading coefficient in k, or else the whole, is known to be negative.
fn negative_at_infinity(eq: &Equation, poly: &Poly) -> bool {
    let mut lead = poly.clone();
    for variable in eq.ring.wave_variables() {
        if let Some((top, _)) = coefficients(&lead, variable).into_iter().max_by_key(|(_, e)| *e) {
            lead = top;
        }
    }
    eq.oracle.signs(&lead).always_negative()
}

fn branches(eq: &Equation, problem: Problem) -> Vec<Branch> {
    let all = |omega: String, selected: bool| Branch { omega, selected };
    let evolution = problem == Problem::Evolution;
    match eq.a.as_slice() {
        [a0, a1] => {
            // ω = i s = −i a0/a1.
            let (num, den) = quotient(&a0.mul_i(3), a1);
            vec![all(print::fraction(&eq.ring, &num, &den), evolution)]
        }
        [a0, a1, a2] if eq.is_real() => {
            let flip = if eq.oracle.signs(&a2.re).always_negative() { 2 } else { 0 };
            let [c, b, a] = [a0, a1, a2].map(|p| p.mul_i(flip).re);
            let (c, b, a) = (&c, &b, &a);
            let discriminant = crate::algebra::polynomial::discriminant(a, b, c);
            // Short waves of a half-space problem decay or grow; elsewhere the highest power of k tells.
            let oscillates = problem != Problem::HalfSpace && negative_at_infinity(eq, &discriminant);
            let under_root = if oscillates { -discriminant } else { discriminant };
            // ω = −i b/(2a) ± √(−disc)/(2a), or −i b/(2a) ± i √disc/(2a).
            let centre = print::fraction(&eq.ring, &CPoly { re: b.zero(), im: -b.clone() }, &scale(a, 2));
            let root = root_text(eq, &under_root, a);
            let spread = |sign: &str| {
                let root = if oscillates { print::grouped(&root) } else { imaginary(&print::grouped(&root)) };
                match (centre.as_str(), sign) {
                    ("0", "+") => root,
                    ("0", _) => format!("-{root}"),
                    (centre, sign) => format!("{centre} {sign} {root}"),
                }
            };
            let half_space = problem == Problem::HalfSpace;
            if oscillates {
                vec![all(spread("+"), evolution), all(spread("-"), evolution)]
            } else {
                vec![all(spread("-"), evolution || half_space), all(spread("+"), evolution)]
            }
        }
        [a0, a1, a2] if a1.is_zero() => {
            // ω = ∓ i √ψ with a2 s² = −a0.
            let (num, den) = quotient(&a0.neg(), a2);
            let root = format!("I*sqrt({})", print::fraction(&eq.ring, &num, &den));
            let half_space = problem == Problem::HalfSpace;
            vec![all(format!("-{root}"), evolution || half_space), all(root, evolution)]
        }
        _ => (1..=eq.order()).map(|j| all(format!("root({j})"), evolution)).collect(),
    }
}

/// I times a product; a leading number stays in front.
fn imaginary(product: &str) -> String {
    match product.split_once('*') {
        Some((number, rest)) if number.parse::<f64>().is_ok() => format!("{number}*I*{rest}"),
        _ => format!("I*{product}"),
    }
}

/// √p/(2a).
pub(crate) fn root_text(eq: &Equation, p: &Poly, a: &Poly) -> String {
    let non_negative = |q: &Poly| eq.oracle.signs(q).never_negative();
    if a.is_constant() {
        let factor = (&a.get_constant() * &a.get_constant()).inv();
        let scaled = p.clone().mul_coeff(&factor / &4.into());
        return print::square_root(&eq.ring, &scaled, non_negative);
    }
    let top = print::square_root(&eq.ring, p, non_negative);
    format!("{}/({})", print::grouped(&top), print::poly(&eq.ring, &scale(a, 2)))
}

/// a/b with a real denominator.
pub(crate) fn quotient(a: &CPoly, b: &CPoly) -> (CPoly, Poly) {
    if b.is_real() { (a.clone(), b.re.clone()) } else { (a.mul(&b.conj()), b.norm()) }
}

/// The growth rates s_j at a point of all ring variables, in the order of the printed branches where there are two.
///
/// Empty where the leading coefficient vanishes.
pub(crate) fn growth_rates(eq: &Equation, point: &[f64]) -> Vec<(f64, f64)> {
    let a: Vec<(f64, f64)> = eq.a.iter().map(|c| (evaluate(&c.re, point).0, evaluate(&c.im, point).0)).collect();
    match a.as_slice() {
        [a0, a1] => divide(negate(*a0), *a1).into_iter().collect(),
        [a0, a1, a2] => quadratic(*a0, *a1, *a2),
        _ => crate::algebra::roots::all(&a),
    }
}

/// Which of the growth rates at one k count.
pub(crate) fn branches_that_count(rates: &[(f64, f64)], problem: Problem) -> Vec<bool> {
    if problem != Problem::HalfSpace {
        return vec![true; rates.len()];
    }
    let size = rates.iter().map(|(re, im)| re.hypot(*im)).fold(0.0, f64::max);
    rates.iter().map(|(re, _)| *re <= 1e-12 * size).collect()
}

/// Roots in the order that continues the branches of the previous wave number.
pub(crate) fn continued(previous: &[(f64, f64)], mut rates: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if previous.len() != rates.len() {
        return rates;
    }
    let mut ordered = Vec::with_capacity(rates.len());
    for p in previous {
        let distance = |z: &(f64, f64)| (z.0 - p.0).hypot(z.1 - p.1);
        let nearest = (0..rates.len()).min_by(|i, j| distance(&rates[*i]).total_cmp(&distance(&rates[*j])));
        if let Some(i) = nearest {
            ordered.push(rates.swap_remove(i));
        }
    }
    ordered
}

type C = (f64, f64);

fn negate(z: C) -> C {
    (-z.0, -z.1)
}

fn times(x: C, y: C) -> C {
    (x.0 * y.0 - x.1 * y.1, x.0 * y.1 + x.1 * y.0)
}

fn divide(x: C, y: C) -> Option<C> {
    let norm = y.0 * y.0 + y.1 * y.1;
    (norm > 0.0).then(|| ((x.0 * y.0 + x.1 * y.1) / norm, (x.1 * y.0 - x.0 * y.1) / norm))
}

fn root(z: C) -> C {
    let norm = z.0.hypot(z.1);
    let re = ((norm + z.0.abs()) / 2.0).sqrt();
    if re == 0.0 {
        return (0.0, 0.0);
    }
    let im = z.1 / (2.0 * re);
    if z.0 >= 0.0 { (re, im) } else { (im.abs(), if z.1 < 0.0 { -re } else { re }) }
}

/// Both roots of a2 s² + a1 s + a0, the one with the smaller real part first (for equal real parts the one with
/// the smaller imaginary part: Re ω = −Im s is then the larger).
fn quadratic(a0: C, a1: C, a2: C) -> Vec<C> {
    let four = times((4.0, 0.0), times(a2, a0));
    let square = times(a1, a1);
    let spread = root((square.0 - four.0, square.1 - four.1));
    let same_side = a1.0 * spread.0 + a1.1 * spread.1 >= 0.0;
    let sum = if same_side { (a1.0 + spread.0, a1.1 + spread.1) } else { (a1.0 - spread.0, a1.1 - spread.1) };
    let larger = divide(negate(sum), times((2.0, 0.0), a2));
    let smaller = if sum == (0.0, 0.0) { larger } else { divide(times((-2.0, 0.0), a0), sum) };
    let mut roots: Vec<C> = larger.into_iter().chain(smaller).collect();
    roots.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let close = |x: f64, y: f64| (x - y).abs() <= 1e-12 * (x.abs() + y.abs());
    if let [x, y] = roots.as_mut_slice()
        && close(x.0, y.0)
        && x.1 > y.1
    {
        std::mem::swap(x, y);
    }
    roots
}
