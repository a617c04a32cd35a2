//! The search for a closure proof: structural recursion, no search over numbers.

use crate::trees::expression::{
    Term, add, depends_on_k, div, function, mul, neg, number, pow, root_or_power, sub, summands, wave_number,
};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{Class, Closure, ClosureRule};
use genphys_pde::print_expr;

/// A proved Lévy exponent g − g(0).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Proof {
    /// The tree; its class is [`Class::LevyExponent`].
    pub(crate) closure: Closure,
    /// Whether it is a Bernstein function of λ, so that it rises strictly and has a subordinator.
    pub(crate) bernstein: bool,
    /// Whether it is > 0 for every k ≠ 0.
    pub(crate) strict: bool,
}

/// Proves claims about functions of `k` with parameters enclosed by `names`.
pub(crate) struct Prover<'a> {
    /// Enclosures of the parameters.
    pub(crate) names: &'a dyn Fn(&str) -> Option<Interval>,
}

pub(super) fn leaf(function: &Expr, class: Class, rule: ClosureRule) -> Closure {
    Closure::leaf(print_expr(function), class, rule)
}

pub(super) fn step(function: &Expr, class: Class, rule: ClosureRule, of: Vec<Closure>) -> Closure {
    Closure::step(print_expr(function), class, rule, of)
}

/// Rules whose Bernstein functions are complete: closed under λ/f and √(f g).
fn complete(c: &Closure) -> bool {
    let here = match c.rule {
        ClosureRule::Power
        | ClosureRule::Constant
        | ClosureRule::Logarithm
        | ClosureRule::HalfPlane
        | ClosureRule::Hyperbolic
        | ClosureRule::Sum
        | ClosureRule::Scale
        | ClosureRule::Shift
        | ClosureRule::Composition => true,
        ClosureRule::Complement => c.of.iter().all(|f| f.rule == ClosureRule::Reciprocal),
        _ => false,
    };
    here && (c.rule == ClosureRule::Complement || c.of.iter().all(complete))
}

impl Prover<'_> {
    pub(super) fn sign(&self, e: &Expr) -> Interval {
        enclose(e, self.names).unwrap_or(Interval::REAL)
    }

    /// Whether an expression free of k is finite for all parameter values.
    pub(crate) fn has_value(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Number(_) | ExprKind::Pi | ExprKind::Symbol(_) => true,
            ExprKind::Neg(a) => self.has_value(a),
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) => self.has_value(a) && self.has_value(b),
            ExprKind::Div(a, b) => self.has_value(a) && self.has_value(b) && self.sign(b).nonzero,
            ExprKind::Pow(a, b) => {
                let whole = crate::trees::exponents::constant_value(b).is_some_and(|v| v.is_integer());
                let (base, exponent) = (self.sign(a), self.sign(b));
                let defined = base.positive()
                    || (base.non_negative() && exponent.non_negative())
                    || (whole && (base.nonzero || exponent.non_negative()));
                self.has_value(a) && self.has_value(b) && defined
            }
            ExprKind::Function { function, argument } => {
                let inside = self.sign(argument);
                self.has_value(argument)
                    && match function {
                        ScalarFunction::Sqrt => inside.non_negative(),
                        ScalarFunction::Log => inside.positive(),
                        _ => true,
                    }
            }
            _ => false,
        }
    }

    /// g − g(0) is a Lévy exponent.
    pub(crate) fn levy(&self, g: &Expr) -> Option<Proof> {
        if !depends_on_k(g) {
            return None;
        }
        if let Some(bernstein) = self.bernstein_from_zero(g) {
            let rises = step(&sub(g, &self.at_zero(g)), Class::LevyExponent, ClosureRule::Shift, vec![bernstein]);
            return Some(Proof { closure: rises, bernstein: true, strict: true });
        }
        let mut parts = Vec::new();
        let mut strict = false;
        for (coefficient, core) in self.terms(g)? {
            let sign = self.sign(&coefficient);
            let zero = self.at_zero(&core);
            let (proof, function) = if sign.non_negative() {
                if let Some(b) = self.bernstein_from_zero(&core) {
                    strict |= sign.positive();
                    let rise = sub(&core, &zero);
                    (step(&rise, Class::LevyExponent, ClosureRule::Shift, vec![b]), mul(&coefficient, &rise))
                } else {
                    return None;
                }
            } else if sign.non_positive() {
                if !self.has_value(&zero) {
                    return None;
                }
                let (definite, drops) = self.positive_definite(&core)?;
                strict |= drops && self.sign(&neg(&coefficient)).positive();
                let fall = sub(&zero, &core);
                (
                    step(&fall, Class::LevyExponent, ClosureRule::Complement, vec![definite]),
                    mul(&neg(&coefficient), &fall),
                )
            } else {
                return None;
            };
            parts.push(scaled(proof, &function, Class::LevyExponent));
        }
        let whole = sub(g, &self.at_zero(g));
        let closure = match parts.len() {
            0 => return None,
            1 => relabel(parts.remove(0), &whole),
            _ => step(&whole, Class::LevyExponent, ClosureRule::Sum, parts),
        };
        Some(Proof { closure, bernstein: false, strict })
    }

    /// The summands that depend on k as (coefficient, product of factors).
    fn terms(&self, g: &Expr) -> Option<Vec<(Expr, Expr)>> {
        let mut list = Vec::new();
        for (negative, summand) in summands(g) {
            if !depends_on_k(&summand) {
                continue;
            }
            let term = Term::of(&summand)?;
            let coefficient = if negative { neg(&term.coefficient) } else { term.coefficient.clone() };
            let core = term.core();
            if let [(inner, exponent)] = term.factors.as_slice()
                && *exponent == number(1)
                && matches!(inner.kind, ExprKind::Add(..) | ExprKind::Sub(..) | ExprKind::Neg(_))
            {
                // A sum in parentheses is multiplied out.
                for (c, t) in self.terms(inner)? {
                    list.push((mul(&coefficient, &c), t));
                }
                continue;
            }
            list.push((coefficient, core));
        }
        Some(list)
    }

    /// g − g(0) is a Bernstein function of λ.
    pub(super) fn bernstein_from_zero(&self, g: &Expr) -> Option<Closure> {
        let mut parts = Vec::new();
        for (coefficient, core) in self.terms(g)? {
            let sign = self.sign(&coefficient);
            let zero = self.at_zero(&core);
            let (proof, function) = if sign.non_negative() {
                let rise = sub(&core, &zero);
                (self.rise(&core, &zero)?, mul(&coefficient, &rise))
            } else if sign.non_positive() {
                if !self.has_value(&zero) {
                    return None;
                }
                let monotone = self.completely_monotone(&core)?;
                let fall = sub(&zero, &core);
                (step(&fall, Class::Bernstein, ClosureRule::Complement, vec![monotone]), mul(&neg(&coefficient), &fall))
            } else {
                return None;
            };
            parts.push(scaled(proof, &function, Class::Bernstein));
        }
        let whole = sub(g, &self.at_zero(g));
        match parts.len() {
            0 => None,
            1 => Some(relabel(parts.remove(0), &whole)),
            _ => Some(step(&whole, Class::Bernstein, ClosureRule::Sum, parts)),
        }
    }

    /// T − T(0) for one product T.
    fn rise(&self, core: &Expr, zero: &Expr) -> Option<Closure> {
        if let Some(closure) = self.hyperbolic_rise(core) {
            return Some(closure);
        }
        if let ExprKind::Function { function: ScalarFunction::Log, argument } = &core.kind {
            // log(a + g) − log a = log(1 + g/a).
            let a = self.at_zero(argument);
            if !self.sign(&a).positive() {
                return None;
            }
            let growth = div(&self.bernstein_rise(argument), &a);
            let inner = self.bernstein_from_zero(argument)?;
            let inner = scaled(inner, &growth, Class::Bernstein);
            let outer = function(ScalarFunction::Log, &add(&number(1), &pow(&wave_number(), &number(2))));
            let outer = leaf(&outer, Class::Bernstein, ClosureRule::Logarithm);
            return Some(step(&sub(core, zero), Class::Bernstein, ClosureRule::Composition, vec![outer, inner]));
        }
        let bernstein = self.bernstein(core)?;
        if *zero == number(0) {
            return Some(bernstein);
        }
        Some(step(&sub(core, zero), Class::Bernstein, ClosureRule::Shift, vec![bernstein]))
    }

    /// h − h(0) as an expression.
    fn bernstein_rise(&self, h: &Expr) -> Expr {
        // Summands that do not depend on k drop out; the others may still have a value at 0.
        let mut rest = number(0);
        for (negative, e) in summands(h).into_iter().filter(|(_, e)| depends_on_k(e)) {
            rest = if negative { sub(&rest, &e) } else { add(&rest, &e) };
        }
        let zero = self.at_zero(&rest);
        sub(&rest, &zero)
    }

    /// f ≥ 0 is a Bernstein function of λ.
    pub(crate) fn bernstein(&self, f: &Expr) -> Option<Closure> {
        let complete = || {
            let (low, high) = self.sector(f)?;
            (low >= 0.0 && high <= 1.0).then(|| leaf(f, Class::Bernstein, ClosureRule::HalfPlane))
        };
        self.bernstein_by_rules(f).or_else(complete)
    }

    fn bernstein_by_rules(&self, f: &Expr) -> Option<Closure> {
        if !depends_on_k(f) {
            return self.sign(f).non_negative().then(|| leaf(f, Class::Bernstein, ClosureRule::Constant));
        }
        if matches!(f.kind, ExprKind::Add(..) | ExprKind::Sub(..) | ExprKind::Neg(_)) {
            let offset = self.at_zero(f);
            let rise = self.bernstein_from_zero(f)?;
            if offset == number(0) {
                return Some(relabel(rise, f));
            }
            if !self.sign(&offset).non_negative() {
                return None;
            }
            let constant = leaf(&offset, Class::Bernstein, ClosureRule::Constant);
            return Some(step(f, Class::Bernstein, ClosureRule::Sum, vec![constant, rise]));
        }
        // k coth(dk) is not 0 at k = 0.
        if let Some(closure) = self.hyperbolic_rise(f) {
            let zero = self.at_zero(f);
            if zero == number(0) {
                return Some(closure);
            }
            let constant =
                self.sign(&zero).non_negative().then(|| leaf(&zero, Class::Bernstein, ClosureRule::Constant))?;
            return Some(step(f, Class::Bernstein, ClosureRule::Sum, vec![constant, closure]));
        }
        let term = Term::of(f)?;
        if term.coefficient != number(1) {
            if !self.sign(&term.coefficient).non_negative() {
                return None;
            }
            let inner = self.bernstein(&term.core())?;
            return Some(step(f, Class::Bernstein, ClosureRule::Scale, vec![inner]));
        }
        match term.factors.as_slice() {
            [(base, exponent)] => self.bernstein_power(f, base, exponent),
            [one, other] => {
                self.moebius(f, one, other).or_else(|| self.moebius(f, other, one)).or_else(|| self.conjugate(f, &term))
            }
            _ => self.conjugate(f, &term),
        }
    }

    fn bernstein_power(&self, f: &Expr, base: &Expr, exponent: &Expr) -> Option<Closure> {
        let range = self.sign(exponent);
        if *base == wave_number() {
            let slow = range.non_negative() && range.hi <= 2.0;
            return slow.then(|| leaf(f, Class::Bernstein, ClosureRule::Power));
        }
        if *exponent == number(1) {
            return match &base.kind {
                ExprKind::Function { function: ScalarFunction::Log, argument } => self.logarithm(f, argument),
                ExprKind::Function { .. } => None,
                _ => self.bernstein(base),
            };
        }
        if !(range.non_negative() && range.hi <= 1.0) {
            return None;
        }
        if let Some(inner) = self.bernstein(base) {
            let outer = pow(&wave_number(), &mul(&number(2), exponent));
            let outer = leaf(&outer, Class::Bernstein, ClosureRule::Power);
            return Some(step(f, Class::Bernstein, ClosureRule::Composition, vec![outer, inner]));
        }
        if let Some(closure) = self.root_of_quadratic(f, base, exponent) {
            return Some(closure);
        }
        // √(g h) of complete Bernstein functions: the argument of g h stays between 0 and 2π.
        let product = Term::of(base)?;
        let half = *exponent == div(&number(1), &number(2));
        if !half || product.factors.len() != 2 || !self.sign(&product.coefficient).non_negative() {
            return None;
        }
        let parts: Option<Vec<Closure>> =
            product.factors.iter().map(|(b, e)| self.bernstein(&root_or_power(b, e))).collect();
        parts
            .filter(|list| list.iter().all(complete))
            .map(|list| step(f, Class::Bernstein, ClosureRule::HalfPlane, list))
    }

    /// √(αk⁴ + βk² + γ) with α, β, γ ≥ 0 and β² ≥ 4αγ.
    fn root_of_quadratic(&self, f: &Expr, base: &Expr, exponent: &Expr) -> Option<Closure> {
        if *exponent != div(&number(1), &number(2)) {
            return None;
        }
        let mut coefficients = [number(0), number(0), number(0)];
        for (negative, part) in summands(base) {
            let term = Term::of(&part)?;
            let power = match term.factors.as_slice() {
                [] => 0,
                [(k, e)] if *k == wave_number() && *e == number(2) => 1,
                [(k, e)] if *k == wave_number() && *e == number(4) => 2,
                _ => return None,
            };
            let known = &coefficients[power];
            let sum = if negative { sub(known, &term.coefficient) } else { add(known, &term.coefficient) };
            coefficients[power] = sum;
        }
        let [gamma, beta, alpha] = &coefficients;
        let discriminant = sub(&mul(beta, beta), &mul(&number(4), &mul(alpha, gamma)));
        let fits = coefficients.iter().all(|c| self.sign(c).non_negative()) && self.sign(&discriminant).non_negative();
        fits.then(|| leaf(f, Class::Bernstein, ClosureRule::HalfPlane))
    }

    /// log h with h(0) ≥ 1.
    fn logarithm(&self, f: &Expr, argument: &Expr) -> Option<Closure> {
        let inner_function = add(&sub(&self.at_zero(argument), &number(1)), &self.bernstein_rise(argument));
        let inner = self.bernstein(&inner_function)?;
        let outer = function(ScalarFunction::Log, &add(&number(1), &pow(&wave_number(), &number(2))));
        let outer = leaf(&outer, Class::Bernstein, ClosureRule::Logarithm);
        Some(step(f, Class::Bernstein, ClosureRule::Composition, vec![outer, inner]))
    }

    /// h/(a + c h) with a, c ≥ 0.
    fn moebius(&self, f: &Expr, top: &(Expr, Expr), bottom: &(Expr, Expr)) -> Option<Closure> {
        let h = root_or_power(&top.0, &top.1);
        if bottom.1 != neg(&number(1)) || !self.sign(&top.1).positive() {
            return None;
        }
        let (mut a, mut c) = (number(0), number(0));
        for (negative, e) in summands(&bottom.0) {
            let sum = |to: &Expr, what: &Expr| if negative { sub(to, what) } else { add(to, what) };
            if !depends_on_k(&e) {
                a = sum(&a, &e);
            } else {
                let term = Term::of(&e)?;
                if term.core() != h {
                    return None;
                }
                c = sum(&c, &term.coefficient);
            }
        }
        if !self.sign(&a).non_negative() || !self.sign(&c).non_negative() || !self.sign(&add(&a, &c)).positive() {
            return None;
        }
        let square = pow(&wave_number(), &number(2));
        if h == square {
            return Some(leaf(f, Class::Bernstein, ClosureRule::HalfPlane));
        }
        let inner = self.bernstein(&h)?;
        let outer = div(&square, &add(&a, &mul(&c, &square)));
        let outer = leaf(&outer, Class::Bernstein, ClosureRule::HalfPlane);
        Some(step(f, Class::Bernstein, ClosureRule::Composition, vec![outer, inner]))
    }

    /// λ/h for a complete Bernstein function h.
    fn conjugate(&self, f: &Expr, term: &Term) -> Option<Closure> {
        let square = pow(&wave_number(), &number(2));
        let numerator = term.factors.iter().position(|(b, e)| pow(b, e) == square)?;
        let mut denominator = number(1);
        for (i, (base, exponent)) in term.factors.iter().enumerate() {
            if i != numerator {
                denominator = mul(&denominator, &inverse_power(base, exponent)?);
            }
        }
        let below = self.bernstein(&denominator).filter(complete)?;
        Some(step(f, Class::Bernstein, ClosureRule::HalfPlane, vec![below]))
    }
}

/// c f as a node over f.
fn scaled(proof: Closure, function: &Expr, class: Class) -> Closure {
    let text = print_expr(function);
    if proof.function == text { proof } else { step(function, class, ClosureRule::Scale, vec![proof]) }
}

/// The same node under the text of the expression it stands for.
fn relabel(proof: Closure, function: &Expr) -> Closure {
    let text = print_expr(function);
    if proof.of.is_empty() && proof.function != text {
        // A leaf keeps the form that its rule recognises.
        let class = proof.class;
        return step(function, class, ClosureRule::Scale, vec![proof]);
    }
    Closure { function: text, ..proof }
}

/// 1/(base^exponent) for a negative exponent, as a power with a positive one.
fn inverse_power(base: &Expr, exponent: &Expr) -> Option<Expr> {
    match &exponent.kind {
        ExprKind::Neg(positive) => Some(root_or_power(base, positive)),
        _ => None,
    }
}

/// `sin(a k)/(a k)` up to a constant factor: a.
pub(super) fn is_sinc(e: &Expr) -> Option<Expr> {
    let ExprKind::Div(top, bottom) = &e.kind else { return None };
    let ExprKind::Function { function: ScalarFunction::Sin, argument } = &top.kind else { return None };
    (argument == bottom && depends_on_k(argument)).then(|| (**argument).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str) -> Option<Interval> {
        match name {
            "m" | "a" | "b" => Some(Interval { lo: 0.0, hi: f64::INFINITY, nonzero: true }),
            "alpha" => Some(Interval { lo: 0.0, hi: 2.0, nonzero: true }),
            "c" => Some(Interval::REAL),
            _ => None,
        }
    }

    fn levy(text: &str) -> Option<Proof> {
        Prover { names: &names }.levy(&genphys_pde::parse_expression(text).unwrap())
    }

    #[test]
    fn known_exponents_are_found() {
        for text in [
            "k^2",
            "k^alpha",
            "sqrt(m^2 + k^2) - m",
            "1 - exp(-k^2)",
            "a*(1 - exp(-b*k^2))",
            "log(1 + a*k^2)",
            "log(m + k)",
            "k^2/(a + k^2)",
            "k^2/(1 + a*k^2)",
            "(m^2 + k^2)^(alpha/2) - m^alpha",
            "k^2 + 1 - exp(-k)",
            "log(1 + log(1 + k^2))",
            "sqrt(k^2 + sqrt(k^2 + 1))",
            "1 - 1/(1 + k^2)",
            "1 - 1/sqrt(1 + k^2)",
            "k^2/sqrt(m^2 + k^2)",
            "sqrt(k^2*log(1 + k^2))",
            "k/(1 + k)",
            "1 - exp(1 - sqrt(1 + k^2))",
            "log((exp(a*k) + exp(-a*k))/2)",
            "log((exp(k) - exp(-k))/k)",
            "k*(exp(a*k) - exp(-a*k))/(exp(a*k) + exp(-a*k))",
            "k*(1 - exp(-2*k))/(1 + exp(-2*k))",
            "k*(exp(k) + exp(-k))/(exp(k) - exp(-k)) - 1",
            "1 - 2/(exp(k) + exp(-k))",
            "1 - 2*k/(exp(k) - exp(-k))",
            "k^2 + 3*log(exp(2*k) + exp(-2*k))",
            "sqrt(k*(exp(k) - exp(-k))/(exp(k) + exp(-k)))",
            "k^2/(1 + k)",
            "k^2/log(1 + k^2) - 1",
            "k*log(1 + k)",
            "log(1 + k)^2",
            "(m + k)^(3/2) - m^(3/2)",
            "k^(3/2)/(a + k)",
            "1 - 1/(1 + k)^alpha",
            "k^2/(1 + sqrt(k)*log(2 + k))",
            "sqrt(k^4 + 3*k^2 + 1) - 1",
            "sqrt(k^4 + a*k^2)",
        ] {
            let proof = levy(text).unwrap_or_else(|| panic!("{text}"));
            assert!(proof.bernstein && proof.strict, "{text}");
            assert_eq!(proof.closure.class, Class::LevyExponent);
        }
    }

    #[test]
    fn characteristic_functions_of_jumps_are_found_with_their_dimension() {
        for (text, dim, strict) in [
            ("1 - cos(k)", Some(1), false),
            ("1 - sin(k)/k", Some(3), true),
            ("2 - cos(2*k) - exp(-k^2)", Some(1), true),
            ("1 - cos(k)*exp(-k^2)", Some(1), true),
            ("k^2 + 1 - cos(k)", Some(1), true),
            ("1 - (sin(k)/k)^2", Some(3), true),
            ("1 - cos(k)^2", Some(1), false),
        ] {
            let proof = levy(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((proof.closure.dim, proof.strict, proof.bernstein), (dim, strict, false), "{text}");
        }
    }

    #[test]
    fn values_at_rest() {
        let prover = Prover { names: &names };
        for (text, value) in [
            ("k^2/log(1 + k^2) - 1", Some("0")),
            ("(sin(k)/k)^2", Some("1")),
            ("1/(1 + sin(k)/k)", Some("1/2")),
            ("k/(a + k)", Some("0")),
            ("sin(2*k)/k", Some("2")),
            ("k^3/(k^2 + k^4)", Some("0")),
            ("1/k", None),
            ("log(1 + k)/k^2", None),
        ] {
            let e = genphys_pde::parse_expression(text).unwrap();
            let found = prover.at_zero(&e);
            let value = value.map(|v| genphys_pde::parse_expression(v).unwrap());
            let same = value.as_ref().is_some_and(|v| prover.sign(&sub(&found, v)).hi.abs() < 1e-12);
            assert!(if value.is_some() { same } else { !prover.has_value(&found) }, "{text}: {}", print_expr(&found));
        }
    }

    #[test]
    fn others_are_left_alone() {
        for text in [
            "k^3",
            "log(exp(k) + exp(-2*k))",
            "k*(exp(k) - exp(-k))",
            "log((exp(k) + exp(-k))/k)",
            "k^4",
            "exp(-k^2)",
            "k^2 - k",
            "log(1 + k^2)^2",
            "k^2/(1 + k)^3",
            "k^3/(1 + k)",
            "sqrt(k^4 + k^2 + 1) - 1",
            "c*k^2",
            "k^2*k^2/(1 + k^2)",
            "1 - exp(-k^4)",
            "sin(k)",
            "cos(k)",
        ] {
            assert!(levy(text).is_none(), "{text}");
        }
    }
}
