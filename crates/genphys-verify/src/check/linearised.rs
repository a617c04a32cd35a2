//! An equation that is not linear, to first order in ψ about a uniform background: F[φ₀ + εψ] = F[φ₀] + ε L ψ + …

use genphys_pde::ast::{Domain, Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::{Param, Pde};
use genphys_pde::span::Span;

/// How the condition of such a claim begins.
pub(super) const ABOUT: &str = "linearised about";

/// A value and what it changes by to first order.
struct Jet {
    value: Expr,
    /// Linear in the field, which stands for the disturbance; absent where there is none.
    change: Option<Expr>,
}

/// The linear equation about the background of the derivation, which must solve the equation itself; `None` where the
/// equation is linear, or out of reach.
pub(super) fn equation(pde: &Pde, derivation: &Derivation) -> Option<Pde> {
    if pde.nonlinear.is_empty() {
        return None;
    }
    // `phi = 0`, `phi = phi0 for any phi0`, `phi = phi0 for any phi0 > 0`.
    let text = derivation.background.as_ref()?;
    let rest = text.strip_prefix(&format!("{} = ", pde.field))?;
    let (value, any) = rest.split_once(" for any ").map_or((rest, None), |(value, any)| (value, Some(any)));
    let mut linear = pde.clone();
    if let Some(any) = any {
        let (name, domain) = match any.split_once(" > ") {
            Some((name, number)) => (name, Domain::Greater(Number::from_decimal(number)?)),
            None => (any, Domain::Unrestricted),
        };
        if pde.params.iter().any(|p| p.name == name) || name == pde.field || name == pde.time.name {
            return None;
        }
        let span = Span::new(0, 0);
        linear.params.push(Param { name: name.into(), complex: false, domain, default: None, span });
    }
    let value = genphys_pde::parse_expression(value).ok()?;
    let background = Background { pde, value };
    let (left, right) = (background.of(&pde.left)?, background.of(&pde.right)?);
    linear.left = left.change.unwrap_or_else(zero);
    linear.right = right.change.unwrap_or_else(zero);
    linear.nonlinear.clear();
    // F[φ₀] = 0: uniform and constant, so that only terms without derivatives remain.
    let claim = super::Claim { pde: &linear, derivation, problem: derivation.problem, dims: (1, None) };
    let mut model = super::waves::Model::new(&claim)?;
    let rest = make(ExprKind::Sub(Box::new(left.value), Box::new(right.value)));
    let is_zero = model.is_zero(&rest)?;
    is_zero.then_some(linear)
}

struct Background<'a> {
    pde: &'a Pde,
    value: Expr,
}

fn make(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(0, 0))
}

fn number(digits: &str) -> Expr {
    make(ExprKind::Number(Number { digits: digits.into(), exponent: 0, negative: false }))
}

fn zero() -> Expr {
    number("0")
}

fn plus(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(make(ExprKind::Add(Box::new(a), Box::new(b)))),
        (a, b) => a.or(b),
    }
}

fn times(a: Expr, b: Expr) -> Expr {
    make(ExprKind::Mul(Box::new(a), Box::new(b)))
}

impl Background<'_> {
    fn of(&self, e: &Expr) -> Option<Jet> {
        let boxed = |e: &Expr| Box::new(e.clone());
        let constant = || Some(Jet { value: e.clone(), change: None });
        // An operator that takes constants to zero.
        let operator = |jet: Jet, value: Expr, make_kind: &dyn Fn(Box<Expr>) -> ExprKind| {
            Some(Jet { value, change: jet.change.map(|c| make(make_kind(Box::new(c)))) })
        };
        match &e.kind {
            ExprKind::Symbol(name) if *name == self.pde.field => {
                Some(Jet { value: self.value.clone(), change: Some(e.clone()) })
            }
            ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi | ExprKind::Symbol(_) => constant(),
            ExprKind::Neg(a) => {
                let a = self.of(a)?;
                let minus = |e: Expr| make(ExprKind::Neg(Box::new(e)));
                Some(Jet { value: minus(a.value), change: a.change.map(minus) })
            }
            ExprKind::Add(a, b) => {
                let (a, b) = (self.of(a)?, self.of(b)?);
                let value = plus(Some(a.value), Some(b.value))?;
                Some(Jet { value, change: plus(a.change, b.change) })
            }
            ExprKind::Sub(a, b) => self.of(&make(ExprKind::Add(a.clone(), Box::new(make(ExprKind::Neg(b.clone())))))),
            ExprKind::Mul(a, b) => {
                let (a, b) = (self.of(a)?, self.of(b)?);
                let change =
                    plus(a.change.map(|c| times(c, b.value.clone())), b.change.map(|c| times(a.value.clone(), c)));
                Some(Jet { value: times(a.value, b.value), change })
            }
            ExprKind::Div(a, b) => {
                let (a, b) = (self.of(a)?, self.of(b)?);
                if b.change.is_some() {
                    return None;
                }
                let over = |e: Expr| make(ExprKind::Div(Box::new(e), boxed(&b.value)));
                Some(Jet { value: over(a.value), change: a.change.map(over) })
            }
            ExprKind::Pow(a, n) => {
                let (a, n) = (self.of(a)?, self.of(n)?);
                if n.change.is_some() {
                    return None;
                }
                let value = make(ExprKind::Pow(boxed(&a.value), boxed(&n.value)));
                let less = make(ExprKind::Sub(boxed(&n.value), Box::new(number("1"))));
                let factor = times(n.value.clone(), make(ExprKind::Pow(boxed(&a.value), Box::new(less))));
                Some(Jet { value, change: a.change.map(|c| times(factor, c)) })
            }
            ExprKind::Function { function, argument } => {
                let a = self.of(argument)?;
                let at = |function| make(ExprKind::Function { function, argument: boxed(&a.value) });
                let slope = match function {
                    ScalarFunction::Exp => at(ScalarFunction::Exp),
                    ScalarFunction::Sin => at(ScalarFunction::Cos),
                    ScalarFunction::Cos => make(ExprKind::Neg(Box::new(at(ScalarFunction::Sin)))),
                    ScalarFunction::Log => make(ExprKind::Div(Box::new(number("1")), boxed(&a.value))),
                    _ if a.change.is_none() => zero(),
                    _ => return None,
                };
                let value = at(*function);
                Some(Jet { value, change: a.change.map(|c| times(slope, c)) })
            }
            ExprKind::TimeDerivative { operand, order } => {
                operator(self.of(operand)?, zero(), &|operand| ExprKind::TimeDerivative { operand, order: *order })
            }
            ExprKind::SpaceDerivative { operand, axis, order } => operator(self.of(operand)?, zero(), &|operand| {
                ExprKind::SpaceDerivative { operand, axis: *axis, order: *order }
            }),
            ExprKind::Laplacian { operand, order } => {
                operator(self.of(operand)?, zero(), &|operand| ExprKind::Laplacian { operand, order: *order })
            }
            ExprKind::FractionalLaplacian { operand, exponent } => operator(self.of(operand)?, zero(), &|operand| {
                ExprKind::FractionalLaplacian { operand, exponent: exponent.clone() }
            }),
            ExprKind::Anisotropic { matrix, operand } => operator(self.of(operand)?, zero(), &|operand| {
                ExprKind::Anisotropic { matrix: matrix.clone(), operand }
            }),
            // Vectors: those of the background are zero, or numbers.
            ExprKind::Gradient(a) => operator(self.of(a)?, make(ExprKind::Vector(Vec::new())), &ExprKind::Gradient),
            ExprKind::Divergence(a) => operator(self.of(a)?, zero(), &ExprKind::Divergence),
            ExprKind::Vector(items) => {
                let jets: Vec<Jet> = items.iter().map(|item| self.of(item)).collect::<Option<_>>()?;
                let changes = jets.iter().any(|j| j.change.is_some());
                let list = jets.iter().map(|j| j.change.clone().unwrap_or_else(zero)).collect();
                Some(Jet {
                    value: make(ExprKind::Vector(jets.into_iter().map(|j| j.value).collect())),
                    change: changes.then(|| make(ExprKind::Vector(list))),
                })
            }
            ExprKind::Dot(a, b) => {
                let (a, b) = (self.of(a)?, self.of(b)?);
                let none = |e: &Expr| matches!(&e.kind, ExprKind::Vector(list) if list.is_empty());
                let dot = |x: Expr, y: Expr| make(ExprKind::Dot(Box::new(x), Box::new(y)));
                let change = plus(
                    a.change.filter(|_| !none(&b.value)).map(|c| dot(c, b.value.clone())),
                    b.change.filter(|_| !none(&a.value)).map(|c| dot(a.value.clone(), c)),
                );
                let value = if none(&a.value) || none(&b.value) { zero() } else { dot(a.value, b.value) };
                Some(Jet { value, change })
            }
            _ => None,
        }
    }
}
