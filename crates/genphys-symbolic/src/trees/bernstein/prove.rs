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
pub(super) fn complete(c: &Closure) -> bool {
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
    pub(super) fn bernstein_rise(&self, h: &Expr) -> Expr {
        // Summands that do not depend on k drop out; the others may still have a value at 0.
        let mut rest = number(0);
        for (negative, e) in summands(h).into_iter().filter(|(_, e)| depends_on_k(e)) {
            rest = if negative { sub(&rest, &e) } else { add(&rest, &e) };
        }
        let zero = self.at_zero(&rest);
        sub(&rest, &zero)
    }
}

/// c f as a node over f.
fn scaled(proof: Closure, function: &Expr, class: Class) -> Closure {
    let text = print_expr(function);
    if proof.function == text { proof } else { step(function, class, ClosureRule::Scale, vec![proof]) }
}

/// The same node under the text of the expression it stands for.
pub(super) fn relabel(proof: Closure, function: &Expr) -> Closure {
    let text = print_expr(function);
    if proof.of.is_empty() && proof.function != text {
        // A leaf keeps the form that its rule recognises.
        let class = proof.class;
        return step(function, class, ClosureRule::Scale, vec![proof]);
    }
    Closure { function: text, ..proof }
}

/// 1/(base^exponent) for a negative exponent, as a power with a positive one.
pub(super) fn inverse_power(base: &Expr, exponent: &Expr) -> Option<Expr> {
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
