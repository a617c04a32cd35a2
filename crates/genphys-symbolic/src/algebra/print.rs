//! Polynomials and conditions as text in the `.pde` language.

use crate::algebra::formula::{Formula, Relation, integral};
use crate::algebra::ring::{CPoly, Meaning, Poly, Ring, S, gcd, terms};
use symbolica::domains::rational::Rational;

/// A term: sign and magnitude of the rational coefficient, whether I multiplies it, and its factors.
pub(super) struct Term {
    pub(super) coefficient: Rational,
    pub(super) imaginary: bool,
    pub(super) exponents: Vec<u16>,
}

/// How a variable is written.
fn name(ring: &Ring, index: usize) -> String {
    match &ring.meanings[index] {
        Meaning::GrowthRate => "omega".into(),
        Meaning::Shift => "sigma".into(),
        Meaning::Root => "r".into(),
        Meaning::Radial | Meaning::SymbolicPower { .. } => "k".into(),
        Meaning::Component(i) => format!("k{i}"),
        Meaning::Constant { text, .. } => text.clone(),
        Meaning::Param(name) => name.clone(),
        Meaning::Multiplier { text, .. } => grouped(text),
        Meaning::Function { text, .. } => text.clone(),
        Meaning::Time => ring.time_name.clone(),
        Meaning::Motion => "div(x*)".into(),
        // N in the language.
        Meaning::Dimension => "div(x)".into(),
    }
}

/// `k^2`, `k^1.5`, `k^alpha`, `m`, … for one variable with an exponent.
fn factor(ring: &Ring, index: usize, exponent: u16) -> String {
    let base = name(ring, index);
    match &ring.meanings[index] {
        Meaning::Radial => power(&base, &Rational::new(i64::from(exponent), i64::from(ring.root))),
        Meaning::SymbolicPower { text, .. } => {
            let simple = text.chars().all(|c| c.is_alphanumeric() || c == '_');
            let single = if simple { text.clone() } else { format!("({text})") };
            if exponent == 1 { format!("{base}^{single}") } else { format!("{base}^({exponent}*{single})") }
        }
        // t^a squared is (t^a)^2.
        Meaning::Function { .. } | Meaning::Multiplier { .. } if exponent > 1 && is_operation(&base) => {
            power(&format!("({base})"), &Rational::from(i64::from(exponent)))
        }
        _ => power(&base, &Rational::from(i64::from(exponent))),
    }
}

fn power(base: &str, exponent: &Rational) -> String {
    if exponent.is_one() {
        base.to_string()
    } else if exponent.is_integer() {
        format!("{base}^{exponent}")
    } else {
        format!("{base}^({exponent})")
    }
}

pub(super) fn collect(poly: &Poly, imaginary: bool) -> Vec<Term> {
    terms(poly).map(|(c, e)| Term { coefficient: c.clone(), imaginary, exponents: e.to_vec() }).collect()
}

/// Wave variables, then growth rate, as the leading ones; parameters after them.
pub(super) fn sort(ring: &Ring, list: &mut [Term]) {
    let wave = ring.wave_variables();
    let key = |t: &Term| {
        let omega = t.exponents[S];
        let k: u32 = wave.iter().map(|i| u32::from(t.exponents[*i])).sum();
        let components: Vec<u16> = wave.iter().map(|i| t.exponents[*i]).collect();
        (omega, k, components, t.exponents.clone())
    };
    list.sort_by_key(|t| std::cmp::Reverse(key(t)));
}

fn sum(ring: &Ring, mut list: Vec<Term>) -> String {
    if list.is_empty() {
        return "0".into();
    }
    sort(ring, &mut list);
    let mut text = String::new();
    for term in &list {
        let negative = term.coefficient.is_negative();
        match (text.is_empty(), negative) {
            (true, true) => text.push('-'),
            (true, false) => {}
            (false, true) => text.push_str(" - "),
            (false, false) => text.push_str(" + "),
        }
        text.push_str(&magnitude(ring, term));
    }
    text
}

/// The term without its sign: number, I, parameters, growth rate, wave variables.
fn magnitude(ring: &Ring, term: &Term) -> String {
    let absolute = term.coefficient.abs();
    let mut parts = Vec::new();
    let is_late = |i: usize| ring.is_wave(i) || i == S;
    if term.imaginary {
        parts.push("I".to_string());
    }
    let occurring = (0..ring.meanings.len()).filter(|i| term.exponents[*i] > 0);
    let (late, early): (Vec<usize>, Vec<usize>) = occurring.partition(|i| is_late(*i));
    parts.extend(early.into_iter().chain(late).map(|i| factor(ring, i, term.exponents[i])));
    if parts.is_empty() {
        return number(&absolute);
    }
    if absolute.is_one() { parts.join("*") } else { format!("{}*{}", number(&absolute), parts.join("*")) }
}

/// A rational number; a decimal where it is one of few digits.
pub(crate) fn number(value: &Rational) -> String {
    let plain = value.to_string();
    if value.is_integer() {
        return plain;
    }
    let decimal = format!("{}", value.to_f64());
    let exact = decimal.len() <= 8
        && !decimal.contains('e')
        && decimal.split_once('.').is_some_and(|(whole, fraction)| {
            let digits = format!("{whole}{fraction}");
            let scale = 10_i64.checked_pow(fraction.len() as u32);
            match (digits.parse::<i64>(), scale) {
                (Ok(n), Some(d)) => Rational::new(n, d) == *value,
                _ => false,
            }
        });
    if exact { decimal } else { plain }
}

/// A real polynomial.
pub(crate) fn poly(ring: &Ring, p: &Poly) -> String {
    sum(ring, collect(p, false))
}

/// A polynomial in `s` with these coefficients, by rising power.
pub(crate) fn in_s(ring: &Ring, list: &[Poly]) -> String {
    let terms = list.iter().enumerate().filter(|(_, c)| !c.is_zero()).map(|(j, c)| {
        let power = match j {
            0 => return poly(ring, c),
            1 => "s".to_string(),
            _ => format!("s^{j}"),
        };
        match poly(ring, c).as_str() {
            "1" => power,
            text => format!("{}*{power}", grouped(text)),
        }
    });
    join(terms)
}

/// A polynomial with complex coefficients.
pub(crate) fn complex(ring: &Ring, p: &CPoly) -> String {
    let mut list = collect(&p.re, false);
    list.extend(collect(&p.im, true));
    sum(ring, list)
}

/// Whether a text is a sum and needs parentheses as a factor.
pub(crate) fn is_sum(text: &str) -> bool {
    joins(text, &['+', '-'])
}

/// Whether a text is more than a name, a number or one function, and needs parentheses as the base of a power.
fn is_operation(text: &str) -> bool {
    joins(text, &['+', '-', '*', '/', '^'])
}

/// Whether one of these operators stands outside of parentheses, beyond a leading sign.
fn joins(text: &str, operators: &[char]) -> bool {
    let mut depth = 0_i32;
    text.char_indices().any(|(i, c)| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            c if depth == 0 && i > 0 => return operators.contains(&c),
            _ => {}
        }
        false
    })
}

/// In parentheses where it is a sum.
pub(crate) fn grouped(text: &str) -> String {
    if is_sum(text) { format!("({text})") } else { text.to_string() }
}

/// In parentheses where it is a sum or begins with a sign: as what stands right of an operator, or as a base.
pub(crate) fn operand(text: &str) -> String {
    if is_sum(text) || text.starts_with('-') { format!("({text})") } else { text.to_string() }
}

/// num and den without common factors; a constant den is 1.
pub(super) fn reduced(num: &CPoly, den: &Poly) -> (CPoly, Poly) {
    if num.is_zero() {
        return (num.clone(), den.one());
    }
    let common = gcd(&gcd(&num.re, &num.im), den);
    let divide = |p: &Poly| p.try_div(&common).unwrap_or_else(|| p.clone());
    let (num, den) = (num.map(divide), divide(den));
    if den.is_constant() {
        let inverse = den.get_constant().inv();
        return (num.map(|p| p.clone().mul_coeff(inverse.clone())), den.one());
    }
    (num, den)
}

/// `num/den` with common factors removed.
pub(crate) fn fraction(ring: &Ring, num: &CPoly, den: &Poly) -> String {
    let (num, den) = reduced(num, den);
    let top = complex(ring, &num);
    if den.is_one() {
        return top;
    }
    let bottom = poly(ring, &den);
    let single = !bottom.contains(['*', '/', ' ']);
    let bottom = if single { bottom } else { format!("({bottom})") };
    format!("{}/{bottom}", grouped(&top))
}

/// The square root of a polynomial, with square factors that cannot be negative taken out.
pub(crate) fn square_root(ring: &Ring, p: &Poly, is_non_negative: impl Fn(&Poly) -> bool) -> String {
    if p.is_zero() {
        return "0".into();
    }
    let (mut outside, mut inside) = (p.one(), p.one());
    for (base, exponent) in ring.work.factors(p).unwrap_or_else(|| vec![(p.clone(), 1)]) {
        if base.is_constant() {
            let value = base.get_constant();
            let value = (0..exponent).fold(Rational::from(1), |v, _| &v * &value);
            let (n, d) = (value.numerator(), value.denominator());
            let (rn, rd) = if value.is_negative() { (0.into(), 1.into()) } else { (n.root(2), d.root(2)) };
            if &rn * &rn == n && &rd * &rd == d {
                outside = outside.mul_coeff(&Rational::from(rn) / &Rational::from(rd));
            } else {
                inside = inside.mul_coeff(value);
            }
            continue;
        }
        let mut rest = exponent;
        if is_non_negative(&base) {
            outside = &outside * &base.pow(exponent / 2);
            rest = exponent % 2;
        }
        inside = &inside * &base.pow(rest);
    }
    // Signs may sit in the factors; the outer part must not be negative.
    if outside.lcoeff().is_negative() && !is_non_negative(&outside) {
        return format!("sqrt({})", poly(ring, p));
    }
    let outer = poly(ring, &outside);
    match (outside.is_one(), inside.is_one()) {
        (_, true) => outer,
        (true, false) => format!("sqrt({})", poly(ring, &inside)),
        (false, false) => format!("{}*sqrt({})", grouped(&outer), poly(ring, &inside)),
    }
}

/// A condition as a list whose entries must all hold.
pub(crate) fn conditions(ring: &Ring, formula: &Formula) -> Vec<String> {
    match formula {
        Formula::True => Vec::new(),
        Formula::And(parts) => parts.iter().map(|p| condition(ring, p)).collect(),
        other => vec![condition(ring, other)],
    }
}

fn condition(ring: &Ring, formula: &Formula) -> String {
    let nested = |f: &Formula| match f {
        Formula::And(_) | Formula::Or(_) => format!("({})", condition(ring, f)),
        _ => condition(ring, f),
    };
    match formula {
        Formula::True => "always".into(),
        Formula::False => "never".into(),
        Formula::Unknown(why) => format!("undecided: {why}"),
        Formula::Atom(p, relation) => atom(ring, p, *relation),
        Formula::And(parts) => parts.iter().map(nested).collect::<Vec<_>>().join(" and "),
        Formula::Or(parts) => parts.iter().map(nested).collect::<Vec<_>>().join(" or "),
    }
}

/// Negative terms go to the other side: `eps > m`, `2 >= alpha`, turned round where the left side would be a number.
fn atom(ring: &Ring, p: &Poly, relation: Relation) -> String {
    let p = integral(p.clone());
    let (mut plus, mut minus) = (Vec::new(), Vec::new());
    for mut term in collect(&p, false) {
        if term.coefficient.is_negative() {
            term.coefficient = term.coefficient.neg();
            minus.push(term);
        } else {
            plus.push(term);
        }
    }
    let is_number = |list: &[Term]| list.iter().all(|t| t.exponents.iter().all(|e| *e == 0));
    let swap = is_number(&plus);
    let sign = match (relation, swap) {
        (Relation::Positive, false) => ">",
        (Relation::Positive, true) => "<",
        (Relation::NonNegative, false) => ">=",
        (Relation::NonNegative, true) => "<=",
        (Relation::Zero, _) => "=",
        (Relation::NonZero, _) => "!=",
    };
    let (left, right) = if swap { (minus, plus) } else { (plus, minus) };
    let (left, right) = single_variable(left, right);
    format!("{} {sign} {}", sum(ring, left), sum(ring, right))
}

/// `2*m > 1` is written `m > 0.5`.
fn single_variable(mut left: Vec<Term>, mut right: Vec<Term>) -> (Vec<Term>, Vec<Term>) {
    if let [only] = left.as_mut_slice()
        && !only.coefficient.is_one()
        && right.iter().all(|t| t.exponents.iter().all(|e| *e == 0))
    {
        let scale = only.coefficient.inv();
        only.coefficient = Rational::from(1);
        right.iter_mut().for_each(|t| t.coefficient = &t.coefficient * &scale);
    }
    (left, right)
}

/// Terms joined with their signs; `0` for none.
pub(crate) fn join(parts: impl IntoIterator<Item = String>) -> String {
    let mut text = String::new();
    for part in parts {
        match (text.is_empty(), part.strip_prefix('-')) {
            (true, _) => text.push_str(&part),
            (false, Some(rest)) => text.push_str(&format!(" - {rest}")),
            (false, None) => text.push_str(&format!(" + {part}")),
        }
    }
    if text.is_empty() { "0".into() } else { text }
}
