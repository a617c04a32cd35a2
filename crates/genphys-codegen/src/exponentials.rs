//! Exponentials that grow, taken out of sums, so that nothing overflows: log(e^x + e^{−x}) is x + log(1 + e^{−2x}), and
//! 2/(e^x + e^{−x}) is 2/(1 + e^{−2x}) e^{−x}. The logarithm is then the branch that is continued from the real axis:
//! 1 + e^{−2x} does not turn round 0 where Re x > 0, as e^x + e^{−x} does.

use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::span::Span;
use std::collections::BTreeMap;

/// The same function of `lambda` in this form; where no exponential grows, the expression itself.
pub(crate) fn bounded(expr: &Expr, lambda: &str) -> Expr {
    let form = Form { lambda };
    if form.grows(expr) { form.of(expr).whole() } else { expr.clone() }
}

/// Terms without signs by their texts, and how often each occurs in a sum.
type Exponent = BTreeMap<String, (Expr, i32)>;

/// e^{exponent}·rest.
struct Scaled {
    exponent: Exponent,
    rest: Expr,
}

struct Form<'a> {
    lambda: &'a str,
}

impl Form<'_> {
    fn depends(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Symbol(name) => name == self.lambda,
            _ => children(expr).into_iter().any(|child| self.depends(child)),
        }
    }

    /// Whether an exponential has a term with a plus sign before it.
    fn grows(&self, expr: &Expr) -> bool {
        let here = match &expr.kind {
            ExprKind::Function { function: ScalarFunction::Exp, argument } if self.depends(argument) => {
                terms(argument).values().any(|(term, count)| *count > 0 && self.depends(term))
            }
            _ => false,
        };
        here || children(expr).into_iter().any(|child| self.grows(child))
    }

    fn of(&self, expr: &Expr) -> Scaled {
        let plain = |rest: Expr| Scaled { exponent: Exponent::new(), rest };
        if !self.depends(expr) {
            return plain(expr.clone());
        }
        match &expr.kind {
            ExprKind::Neg(a) => {
                let a = self.of(a);
                Scaled { rest: node(ExprKind::Neg(Box::new(a.rest))), ..a }
            }
            ExprKind::Add(a, b) => self.sum(a, b, ExprKind::Add, expr),
            ExprKind::Sub(a, b) => self.sum(a, b, ExprKind::Sub, expr),
            ExprKind::Mul(a, b) => {
                let (a, b) = (self.of(a), self.of(b));
                Scaled { exponent: joined(a.exponent, &b.exponent, 1), rest: product(a.rest, b.rest) }
            }
            ExprKind::Div(a, b) => {
                let (a, b) = (self.of(a), self.of(b));
                let rest = node(ExprKind::Div(Box::new(a.rest), Box::new(b.rest)));
                Scaled { exponent: joined(a.exponent, &b.exponent, -1), rest }
            }
            ExprKind::Pow(a, b) => {
                plain(node(ExprKind::Pow(Box::new(self.of(a).whole()), Box::new(self.of(b).whole()))))
            }
            ExprKind::Function { function, argument } => match function {
                ScalarFunction::Exp => Scaled { exponent: terms(&self.of(argument).whole()), rest: number(1) },
                ScalarFunction::Log => {
                    let inside = self.of(argument);
                    let log = call(ScalarFunction::Log, inside.rest);
                    plain(match written(&inside.exponent) {
                        Some(taken_out) => node(ExprKind::Add(Box::new(taken_out), Box::new(log))),
                        None => log,
                    })
                }
                other => plain(call(*other, self.of(argument).whole())),
            },
            _ => plain(expr.clone()),
        }
    }

    /// With the larger exponential before it, where all terms tell which it is.
    fn sum(&self, a: &Expr, b: &Expr, made: fn(Box<Expr>, Box<Expr>) -> ExprKind, whole: &Expr) -> Scaled {
        let (a, b) = (self.of(a), self.of(b));
        let excess = joined(b.exponent.clone(), &a.exponent, -1);
        if excess.values().all(|(_, count)| *count <= 0) {
            let smaller = Scaled { exponent: excess, rest: b.rest }.whole();
            return Scaled { exponent: a.exponent, rest: node(made(Box::new(a.rest), Box::new(smaller))) };
        }
        if excess.values().all(|(_, count)| *count >= 0) {
            let smaller = Scaled { exponent: joined(Exponent::new(), &excess, -1), rest: a.rest }.whole();
            return Scaled { exponent: b.exponent, rest: node(made(Box::new(smaller), Box::new(b.rest))) };
        }
        Scaled { exponent: Exponent::new(), rest: whole.clone() }
    }
}

impl Scaled {
    fn whole(self) -> Expr {
        match written(&self.exponent) {
            Some(exponent) => product(self.rest, call(ScalarFunction::Exp, exponent)),
            None => self.rest,
        }
    }
}

fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Neg(a) | ExprKind::Function { argument: a, .. } => vec![a],
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) | ExprKind::Pow(a, b) => {
            vec![a, b]
        }
        _ => Vec::new(),
    }
}

/// The terms of a sum.
fn terms(sum: &Expr) -> Exponent {
    fn collect(expr: &Expr, sign: i32, into: &mut Exponent) {
        match &expr.kind {
            ExprKind::Neg(a) => collect(a, -sign, into),
            ExprKind::Add(a, b) => {
                collect(a, sign, into);
                collect(b, sign, into);
            }
            ExprKind::Sub(a, b) => {
                collect(a, sign, into);
                collect(b, -sign, into);
            }
            _ => {
                let (negative, term) = unsigned(expr);
                let sign = if negative { -sign } else { sign };
                into.entry(genphys_pde::print_expr(&term)).or_insert((term, 0)).1 += sign;
            }
        }
    }
    let mut found = Exponent::new();
    collect(sum, 1, &mut found);
    found.retain(|_, (_, count)| *count != 0);
    found
}

/// A product without the sign that stands before its first factors, and whether there was one.
fn unsigned(expr: &Expr) -> (bool, Expr) {
    let of_first = |a: &Expr, b: &Expr, made: fn(Box<Expr>, Box<Expr>) -> ExprKind| {
        let (negative, a) = unsigned(a);
        (negative, node(made(Box::new(a), Box::new(b.clone()))))
    };
    match &expr.kind {
        ExprKind::Neg(a) => {
            let (negative, a) = unsigned(a);
            (!negative, a)
        }
        ExprKind::Number(number) if number.negative => {
            (true, node(ExprKind::Number(Number { negative: false, ..number.clone() })))
        }
        ExprKind::Mul(a, b) => of_first(a, b, ExprKind::Mul),
        ExprKind::Div(a, b) => of_first(a, b, ExprKind::Div),
        _ => (false, expr.clone()),
    }
}

/// a + sign·b.
fn joined(mut a: Exponent, b: &Exponent, sign: i32) -> Exponent {
    for (text, (term, count)) in b {
        a.entry(text.clone()).or_insert((term.clone(), 0)).1 += sign * count;
    }
    a.retain(|_, (_, count)| *count != 0);
    a
}

/// The sum as an expression; `None` for 0.
fn written(exponent: &Exponent) -> Option<Expr> {
    let mut sum: Option<Expr> = None;
    for (term, count) in exponent.values() {
        let size = match count.unsigned_abs() {
            1 => term.clone(),
            more => node(ExprKind::Mul(Box::new(number(more)), Box::new(term.clone()))),
        };
        sum = Some(match (sum, *count < 0) {
            (None, false) => size,
            (None, true) => node(ExprKind::Neg(Box::new(size))),
            (Some(sum), false) => node(ExprKind::Add(Box::new(sum), Box::new(size))),
            (Some(sum), true) => node(ExprKind::Sub(Box::new(sum), Box::new(size))),
        });
    }
    sum
}

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(0, 0))
}

fn number(value: u32) -> Expr {
    node(ExprKind::Number(Number::integer(value)))
}

fn call(function: ScalarFunction, argument: Expr) -> Expr {
    node(ExprKind::Function { function, argument: Box::new(argument) })
}

fn product(a: Expr, b: Expr) -> Expr {
    if a == number(1) { b } else { node(ExprKind::Mul(Box::new(a), Box::new(b))) }
}

#[cfg(test)]
mod tests {
    use super::bounded;
    use genphys_pde::{Complex, evaluate_at, evaluate_real, parse_expression, print_expr};
    use std::collections::BTreeMap;

    fn form(text: &str) -> String {
        print_expr(&bounded(&parse_expression(text).unwrap(), "lambda"))
    }

    #[test]
    fn the_larger_exponential_stands_before_the_sum() {
        assert_eq!(
            form("log((exp(a*sqrt(lambda)) + exp(-a*sqrt(lambda)))/2)"),
            "a*sqrt(lambda) + log((1 + exp(-2*(a*sqrt(lambda))))/2)"
        );
        assert_eq!(
            form("2/(exp(-sqrt(lambda)) + exp(sqrt(lambda)))"),
            "2/(exp(-2*sqrt(lambda)) + 1)*exp(-sqrt(lambda))"
        );
        // What does not grow, or not by a sign that shows, stays as it is written.
        for text in ["1 - exp(-a*lambda)", "log(2 - exp(-lambda))", "sqrt(lambda)*(1 - exp(-2*sqrt(lambda)))"] {
            assert_eq!(form(text), text);
        }
        assert_eq!(
            form("exp(lambda - a*sqrt(lambda)) + exp(a*lambda)"),
            "exp(lambda - a*sqrt(lambda)) + exp(a*lambda)"
        );
    }

    #[test]
    fn the_value_stays_and_is_finite_far_out() {
        let texts = [
            "log((exp(a*sqrt(lambda)) + exp(-a*sqrt(lambda)))/2)",
            "1 - 2/(exp(sqrt(lambda)) + exp(-sqrt(lambda)))",
            "sqrt(lambda)*(exp(2*a*sqrt(lambda)) - 1)/(exp(2*a*sqrt(lambda)) + 1)",
            "-log(2 + exp(lambda) + exp(lambda + a*sqrt(lambda)))",
        ];
        for text in texts {
            let (tree, stable) = (parse_expression(text).unwrap(), parse_expression(&form(text)).unwrap());
            for lambda in [1e-3, 0.3, 2.0, 40.0] {
                let values = BTreeMap::from([("a".to_owned(), 0.7), ("lambda".to_owned(), lambda)]);
                let (plain, found) = (evaluate_real(&tree, &values).unwrap(), evaluate_real(&stable, &values).unwrap());
                assert!((plain - found).abs() < 1e-13 * (1.0 + plain.abs()), "{text} at {lambda}: {plain} {found}");
            }
        }
        let far = BTreeMap::from([("a".to_owned(), 0.7), ("lambda".to_owned(), 1e30)]);
        let found = evaluate_real(&parse_expression(&form(texts[0])).unwrap(), &far).unwrap();
        assert!((found / 7e14 - 1.0).abs() < 1e-12);
    }

    /// log cosh z is continued along z = s + i·10 s, where the principal logarithm of cosh z jumps.
    #[test]
    fn the_logarithm_is_the_continued_one() {
        let stable = parse_expression(&form("log((exp(lambda) + exp(-lambda))/2)")).unwrap();
        let at = |s: f64| {
            let values = BTreeMap::from([("lambda".to_owned(), Complex::new(s, 10.0 * s))]);
            evaluate_at(&stable, &values).unwrap()
        };
        for i in 1..2000 {
            let s = 1e-3 * f64::from(i);
            assert!((at(s + 1e-3) - at(s)).abs() < 0.1, "{s}");
        }
    }
}
