//! `x` as the coordinate of a line: in one dimension papers write `∂(x φ)/∂x` and `x ∂φ/∂x`, which are `div(x*phi)` and
//! `dot(x, grad(phi))`.

use super::check::{Checker, Extent};
use super::facts::{Facts, Shape};
use crate::ast::{Dim, Expr, ExprKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::printer::print_expr;

impl Checker<'_> {
    /// Reads a vector as its one component where a scalar belongs, if it can only be meant on a line.
    pub(super) fn as_on_line(&mut self, expr: &mut Expr, facts: &mut Facts) {
        if facts.shape != Shape::Vector {
            return;
        }
        let Some(kind) = component(expr) else { return };
        expr.kind = kind;
        *facts = Facts { shape: Shape::Scalar, nodes: facts.nodes + 1, height: facts.height + 1, ..*facts };
        self.on_line.push(expr.clone());
    }
}

/// Says how terms were read, or that they have no meaning in more than one dimension.
pub(super) fn check(terms: &[Expr], extent: &Extent, dim: Dim, field: &str, problems: &mut Vec<Diagnostic>) {
    let forms = format!("write `div(x*{field})` or `dot(x, grad({field}))`");
    let several = !dim.contains(1)
        || extent.axis.is_some_and(|(axis, _)| axis > 1)
        || extent.length.is_some_and(|(length, _)| length > 1);
    for term in terms {
        let problem = if several {
            Diagnostic::new(Code::VectorForScalar, "a scalar is expected, and this is a vector")
                .label(term.span, "a vector")
                .help(format!("`x` is the position vector; in several dimensions {forms}"))
        } else {
            Diagnostic::new(Code::TakenAs, "`x` is read as the coordinate of a line")
                .label(term.span, format!("`{}`, in one dimension", print_expr(term)))
                .help(format!("in any number of dimensions {forms}"))
        };
        problems.push(problem);
    }
}

/// The component of a vector with one, where a derivative along the line says that it has one.
fn component(vector: &Expr) -> Option<ExprKind> {
    let inner = |expr: &Expr| component(expr).map(|kind| Box::new(Expr::new(kind, expr.span)));
    let (a, b) = match &vector.kind {
        ExprKind::Neg(a) => return Some(ExprKind::Neg(inner(a)?)),
        ExprKind::Add(a, b) => return Some(ExprKind::Add(inner(a)?, inner(b)?)),
        ExprKind::Sub(a, b) => return Some(ExprKind::Sub(inner(a)?, inner(b)?)),
        ExprKind::Div(a, b) => return Some(ExprKind::Div(inner(a)?, b.clone())),
        ExprKind::SpaceDerivative { operand, axis: 1, order } => {
            let divergence = ExprKind::Divergence(operand.clone());
            return Some(match order {
                1 => divergence,
                _ => {
                    let operand = Box::new(Expr::new(divergence, vector.span));
                    ExprKind::SpaceDerivative { operand, axis: 1, order: order - 1 }
                }
            });
        }
        ExprKind::Mul(a, b) => (a, b),
        _ => return None,
    };
    let (vector, scalar) = if is_vector(a) { (a, b) } else { (b, a) };
    if let Some(component) = inner(vector) {
        let factors = if is_vector(a) { (component, scalar.clone()) } else { (scalar.clone(), component) };
        return Some(ExprKind::Mul(factors.0, factors.1));
    }
    match &scalar.kind {
        ExprKind::SpaceDerivative { operand, axis: 1, order: 1 } => {
            let gradient = Expr::new(ExprKind::Gradient(operand.clone()), scalar.span);
            Some(ExprKind::Dot(vector.clone(), Box::new(gradient)))
        }
        _ => None,
    }
}

fn is_vector(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Position | ExprKind::Vector(_) | ExprKind::Gradient(_) => true,
        ExprKind::Neg(a) | ExprKind::Div(a, _) => is_vector(a),
        ExprKind::SpaceDerivative { operand, .. }
        | ExprKind::TimeDerivative { operand, .. }
        | ExprKind::Caputo { operand, .. } => is_vector(operand),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) => is_vector(a) || is_vector(b),
        _ => false,
    }
}
