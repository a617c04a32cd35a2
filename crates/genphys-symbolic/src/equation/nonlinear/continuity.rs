//! The exact density flow of an equation that is not linear: terms dt(G) go to p, divergences to J, the rest to R.

use crate::trees::expression::{add, div, mul, name, neg, node, number, pow, sub, visit};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::derivation::Continuity;
use genphys_pde::pde::Pde;

/// Whether the field occurs, also under operators.
pub(super) fn has_field(e: &Expr, field: &str) -> bool {
    let mut found = false;
    visit(e, &mut |e| found |= matches!(&e.kind, ExprKind::Symbol(n) if n == field));
    found
}

/// p, J and R under construction; J by its direction-free part and its components.
struct Flow {
    density: Expr,
    vector: Expr,
    components: Vec<Expr>,
    source: Expr,
}

/// The continuity form; `flipped` multiplies the equation by −1, as half-space problems need.
pub(crate) fn continuity(pde: &Pde, flipped: bool) -> Continuity {
    let n = pde.explicit_dim.unwrap_or(0) as usize;
    let mut flow = Flow { density: number(0), vector: number(0), components: vec![number(0); n], source: number(0) };
    let whole = sub(&pde.left, &pde.right);
    let whole = if flipped { neg(&whole) } else { whole };
    for (negative, term) in terms(&whole) {
        flow.take(&term, negative, &pde.field);
    }
    let flux = flow.flux();
    let [density, flux, source] = [&flow.density, &flux, &flow.source].map(genphys_pde::print_expr);
    // The checker expands both sides as differential polynomials; here nothing is left to doubt but mistakes.
    Continuity { density, flux, source, verified: true, order: None }
}

/// Summands with their signs, products of a constant and a sum multiplied out.
fn terms(e: &Expr) -> Vec<(bool, Expr)> {
    match &e.kind {
        ExprKind::Add(a, b) => terms(a).into_iter().chain(terms(b)).collect(),
        ExprKind::Sub(a, b) => terms(a).into_iter().chain(terms(b).into_iter().map(|(s, t)| (!s, t))).collect(),
        ExprKind::Neg(a) => terms(a).into_iter().map(|(s, t)| (!s, t)).collect(),
        _ => vec![(false, e.clone())],
    }
}

impl Flow {
    fn take(&mut self, term: &Expr, negative: bool, field: &str) {
        let (coefficient, core) = split(term, field);
        let signed = |e: Expr| {
            let e = mul(&coefficient, &e);
            if negative { neg(&e) } else { e }
        };
        let with = |to: &Expr, what: Expr| add(to, &what);
        match &core.kind {
            ExprKind::TimeDerivative { operand, order } => {
                let lower = if *order == 1 {
                    (**operand).clone()
                } else {
                    node(ExprKind::TimeDerivative { operand: operand.clone(), order: order - 1 })
                };
                self.density = with(&self.density, signed(lower));
            }
            ExprKind::Laplacian { operand, order } => {
                let inner = if *order == 1 {
                    (**operand).clone()
                } else {
                    node(ExprKind::Laplacian { operand: operand.clone(), order: order - 1 })
                };
                self.vector = with(&self.vector, signed(node(ExprKind::Gradient(Box::new(inner)))));
            }
            ExprKind::SpaceDerivative { operand, axis, order } => {
                let inner = if *order == 1 {
                    (**operand).clone()
                } else {
                    node(ExprKind::SpaceDerivative { operand: operand.clone(), axis: *axis, order: order - 1 })
                };
                let slot = &mut self.components[*axis as usize - 1];
                *slot = add(slot, &signed(inner));
            }
            ExprKind::Divergence(flux) => self.vector = with(&self.vector, signed((**flux).clone())),
            ExprKind::Dot(a, b) => match (&a.kind, &b.kind) {
                (ExprKind::Gradient(u), _) if !has_field(b, field) => {
                    self.vector = with(&self.vector, signed(mul(b, u)));
                }
                (_, ExprKind::Gradient(u)) if !has_field(a, field) => {
                    self.vector = with(&self.vector, signed(mul(a, u)));
                }
                _ => self.source = with(&self.source, neg(&signed(core.clone()))),
            },
            ExprKind::FractionalLaplacian { operand, exponent } => {
                let symbol = pow(&name("k"), &sub(exponent, &number(2)));
                let inner = node(ExprKind::FourierMultiplier { symbol: Box::new(symbol), operand: operand.clone() });
                self.vector = with(&self.vector, neg(&signed(node(ExprKind::Gradient(Box::new(inner))))));
            }
            ExprKind::Mul(..) => match transported(&core, field) {
                Some((axis, antiderivative)) => {
                    let slot = &mut self.components[axis as usize - 1];
                    *slot = add(slot, &signed(antiderivative));
                }
                None => self.source = with(&self.source, neg(&signed(core.clone()))),
            },
            _ => self.source = with(&self.source, neg(&signed(core.clone()))),
        }
    }

    fn flux(&self) -> Expr {
        let zero = number(0);
        match self.components.as_slice() {
            [single] => {
                // One named coordinate: a scalar; ∇ is dx.
                add(&one_dimensional(&self.vector), single)
            }
            list if list.iter().all(|c| *c == zero) => self.vector.clone(),
            list => add(&node(ExprKind::Vector(list.to_vec())), &self.vector),
        }
    }
}

fn one_dimensional(e: &Expr) -> Expr {
    match &e.kind {
        ExprKind::Gradient(a) => node(ExprKind::SpaceDerivative { operand: a.clone(), axis: 1, order: 1 }),
        ExprKind::Add(a, b) => add(&one_dimensional(a), &one_dimensional(b)),
        ExprKind::Sub(a, b) => sub(&one_dimensional(a), &one_dimensional(b)),
        ExprKind::Neg(a) => neg(&one_dimensional(a)),
        ExprKind::Mul(a, b) => mul(&one_dimensional(a), &one_dimensional(b)),
        ExprKind::Vector(items) => match items.as_slice() {
            [single] => single.clone(),
            _ => e.clone(),
        },
        _ => e.clone(),
    }
}

/// The factor without the field, and the rest.
fn split(term: &Expr, field: &str) -> (Expr, Expr) {
    match &term.kind {
        ExprKind::Mul(a, b) => {
            let ((c, x), (d, y)) = (split(a, field), split(b, field));
            (mul(&c, &d), mul(&x, &y))
        }
        ExprKind::Div(a, b) if !has_field(b, field) => {
            let (c, x) = split(a, field);
            (div(&c, b), x)
        }
        _ if has_field(term, field) => (number(1), term.clone()),
        _ => (term.clone(), number(1)),
    }
}

/// φ^n ∂φ/∂x_i as ∂/∂x_i of φ^{n+1}/(n+1).
fn transported(core: &Expr, field: &str) -> Option<(u32, Expr)> {
    fn factors<'e>(e: &'e Expr, list: &mut Vec<&'e Expr>) {
        match &e.kind {
            ExprKind::Mul(a, b) => {
                factors(a, list);
                factors(b, list);
            }
            _ => list.push(e),
        }
    }
    let mut list = Vec::new();
    factors(core, &mut list);
    let (mut axis, mut power) = (None, number(0));
    let is_field = |e: &Expr| matches!(&e.kind, ExprKind::Symbol(n) if n == field);
    for factor in list {
        match &factor.kind {
            ExprKind::SpaceDerivative { operand, axis: i, order: 1 } if is_field(operand) && axis.is_none() => {
                axis = Some(*i);
            }
            ExprKind::Pow(base, exponent) if is_field(base) => power = add(&power, exponent),
            _ if is_field(factor) => power = add(&power, &number(1)),
            _ => return None,
        }
    }
    let raised = add(&power, &number(1));
    let raised = match crate::trees::exponents::constant_value(&raised).and_then(|v| v.numerator().to_i64()) {
        Some(n) => number(u32::try_from(n).ok()?),
        None => raised,
    };
    Some((axis?, div(&pow(&name(field), &raised), &raised)))
}
