//! A matrix times a vector, `[[0, 1], [-1, -2]]*x`, written out as the vector that it is.

use super::check::{Checker, TooLarge};
use super::facts::{Facts, FieldUse, Shape};
use crate::ast::{Expr, ExprKind, Number};
use crate::codes::Code;
use crate::span::Span;

/// The rows of what is written as a matrix.
pub(super) fn rows(expr: &Expr) -> Option<Vec<&[Expr]>> {
    let ExprKind::Vector(entries) = &expr.kind else { return None };
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let ExprKind::Vector(row) = &entry.kind else { return None };
        rows.push(row.as_slice());
    }
    Some(rows)
}

type MakeSum = fn(Box<Expr>, Box<Expr>) -> ExprKind;

impl Checker<'_> {
    /// The product of a matrix with a vector.
    pub(super) fn matrix_product(
        &mut self,
        matrix: &Expr,
        rows: &[&[Expr]],
        right: &Expr,
    ) -> Result<(ExprKind, Facts), TooLarge> {
        let (vector, vector_facts) = self.expr(right)?;
        let mut facts = Facts { nodes: 1, height: 1, ..vector_facts };
        let mut written = Vec::with_capacity(rows.len());
        let mut known = true;
        for row in rows {
            self.length(row.len(), matrix.span);
            let mut sum: Option<Expr> = None;
            for (axis, entry) in (1..).zip(*row) {
                let (entry, entry_facts) = self.expr(entry)?;
                self.scalar(&entry, entry_facts, "an entry of a matrix is a scalar", "");
                if entry_facts.field.has_field() || entry_facts.position {
                    let message = "the matrix has the field or the position in it";
                    self.report(Code::WrongMatrix, entry.span, message, "not a constant", "");
                    known = false;
                }
                facts = Facts { shape: Shape::Vector, field: facts.field, ..facts.join(entry_facts) };
                facts = Facts { nodes: facts.nodes + vector_facts.nodes + 3, ..facts };
                self.nodes = self.nodes.saturating_add(vector_facts.nodes);
                let Some(component) = component(&vector, axis) else {
                    known = false;
                    continue;
                };
                sum = plus(sum, &entry, component);
            }
            written.push(sum.unwrap_or_else(|| number(0, matrix.span)));
        }
        self.length(rows.len(), matrix.span);
        facts.height = vector_facts.height + facts.height + rows.len() + 2;
        if vector_facts.shape != Shape::Vector || !known {
            if vector_facts.field != FieldUse::Unknown && vector_facts.shape != Shape::Vector {
                let help = "`[[0, 1], [-1, 0]]*x*phi`, with the vector directly behind the matrix";
                self.report(
                    Code::ScalarForVector,
                    right.span,
                    "a matrix is multiplied with a scalar",
                    "a scalar",
                    help,
                );
            }
            return Ok((ExprKind::Vector(written), Facts { shape: Shape::Any, ..facts }));
        }
        Ok((ExprKind::Vector(written), Facts { constant: false, ..facts }))
    }
}

fn number(value: u32, span: Span) -> Expr {
    Expr::new(ExprKind::Number(Number::integer(value)), span)
}

/// The component of a vector along an axis.
fn component(vector: &Expr, axis: u32) -> Option<Expr> {
    let inner = |e: &Expr| component(e, axis).map(Box::new);
    let kind = match &vector.kind {
        ExprKind::Position => ExprKind::Coordinate(axis),
        ExprKind::Vector(entries) => return entries.get(axis as usize - 1).cloned(),
        ExprKind::Gradient(f) => ExprKind::SpaceDerivative { operand: f.clone(), axis, order: 1 },
        ExprKind::Neg(a) => ExprKind::Neg(inner(a)?),
        ExprKind::Add(a, b) => ExprKind::Add(inner(a)?, inner(b)?),
        ExprKind::Sub(a, b) => ExprKind::Sub(inner(a)?, inner(b)?),
        ExprKind::Div(a, b) => ExprKind::Div(inner(a)?, b.clone()),
        ExprKind::Mul(a, b) => match (inner(a), inner(b)) {
            (Some(left), None) => ExprKind::Mul(left, b.clone()),
            (None, Some(right)) => ExprKind::Mul(a.clone(), right),
            _ => return None,
        },
        _ => return None,
    };
    Some(Expr::new(kind, vector.span))
}

/// sum + entry·component, without zeros and ones.
fn plus(sum: Option<Expr>, entry: &Expr, component: Expr) -> Option<Expr> {
    let value = |e: &Expr| match &e.kind {
        ExprKind::Number(n) => n.to_u32(),
        _ => None,
    };
    let (minus, size) = match &entry.kind {
        ExprKind::Neg(a) => (true, &**a),
        _ => (false, entry),
    };
    let span = entry.span;
    let term = match value(size) {
        Some(0) => return sum,
        Some(1) => component,
        _ => Expr::new(ExprKind::Mul(Box::new(size.clone()), Box::new(component)), span),
    };
    let (term, kind): (Expr, MakeSum) = match (sum.is_some(), minus) {
        (false, true) => (Expr::new(ExprKind::Neg(Box::new(term)), span), ExprKind::Add),
        (_, true) => (term, ExprKind::Sub),
        (_, false) => (term, ExprKind::Add),
    };
    Some(match sum {
        None => term,
        Some(sum) => Expr::new(kind(Box::new(sum), Box::new(term)), span),
    })
}
