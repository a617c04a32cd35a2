//! Coordinates as values: coefficients that are linear in them, of first derivatives, in an equation of first order in
//! time. Everything else with a coordinate is an error that says where it stops being so.

use super::check::OddTerm;
use crate::ast::{Expr, ExprKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

const HELP: &str = "a coordinate is a linear coefficient of a first derivative: `x2*d(phi, x1)`, `d(x1*phi, x1)`, \
                    `div([x2, -x1 - x2]*phi)`";

/// Orders of derivatives in space, as bits; the highest stands for itself and all above.
const NONE: u8 = 1;
const ONE: u8 = 2;
const MORE: u8 = 4;

/// The terms of an expression: the orders of derivatives in those without a coordinate, and in those with one.
#[derive(Clone, Copy, Debug, Default)]
struct Terms {
    free: u8,
    linear: u8,
    /// A term in which a coordinate stands before no derivative.
    bare: Option<Span>,
    field: bool,
}

impl Terms {
    fn free(orders: u8) -> Self {
        Self { free: orders, ..Self::default() }
    }

    fn has_coordinate(self) -> bool {
        self.linear != 0
    }

    fn plus(self, other: Self) -> Self {
        Self {
            free: self.free | other.free,
            linear: self.linear | other.linear,
            bare: self.bare.or(other.bare),
            field: self.field || other.field,
        }
    }
}

type IsOfKind = fn(&ExprKind) -> bool;

struct Walk<'a> {
    field: &'a str,
    problems: &'a mut Vec<Diagnostic>,
}

/// Checks an equation with a coordinate in it; others are none of this file's business.
pub(super) fn check(
    sides: [&Expr; 2],
    density: Option<&Expr>,
    field: &str,
    odd: &[OddTerm],
    problems: &mut Vec<Diagnostic>,
) {
    let mentions = |e: &Expr| first(e, &|kind| matches!(kind, ExprKind::Coordinate(_)));
    if let Some(span) = density.and_then(mentions) {
        let message = "a density with a coordinate in it";
        problems.push(Diagnostic::new(Code::CoordinateAsValue, message).label(span, "").help(HELP));
    }
    let Some(place) = sides.into_iter().find_map(mentions) else { return };
    let already = problems.len();
    let mut walk = Walk { field, problems };
    let all = sides.map(|side| walk.terms(side));
    if problems.len() > already {
        return;
    }
    let mut report = |span: Span, message: &str, label: &str, help: &str| {
        let mut problem = Diagnostic::new(Code::CoordinateAsValue, message).label(span, label);
        if place.start < span.start || place.end > span.end {
            problem = problem.label(place, "a coordinate");
        }
        problems.push(problem.help(help));
    };
    if let Some(term) = odd.first() {
        let help = "leave out the coordinates, or what is not linear in the field";
        report(term.span, "a coordinate in an equation that is not linear in the field", "not linear", help);
        return;
    }
    let beside: [(&str, IsOfKind); 3] = [
        ("a derivative of higher order in time", |k| matches!(k, ExprKind::TimeDerivative { order: 2.., .. })),
        ("`fraclap`", |k| matches!(k, ExprKind::FractionalLaplacian { .. })),
        ("`fourier`", |k| matches!(k, ExprKind::FourierMultiplier { .. })),
    ];
    for (what, is) in beside {
        if let Some(span) = sides.into_iter().find_map(|side| first(side, &is)) {
            let help = "coordinates stand in equations of first order in time with `lap`, `aniso` and derivatives \
                        of first and second order";
            report(span, &format!("a coordinate beside {what}"), "", help);
        }
    }
    if let Some(span) = all.into_iter().find_map(|terms| terms.bare) {
        let message = "a coordinate is multiplied with the field and not with a derivative of it";
        report(span, message, "a rate that changes in space", HELP);
    }
}

/// The first place where something of a kind stands.
fn first(expr: &Expr, is: &dyn Fn(&ExprKind) -> bool) -> Option<Span> {
    if is(&expr.kind) {
        return Some(expr.span);
    }
    expr.children().into_iter().find_map(|child| first(child, is))
}

impl Walk<'_> {
    fn wrong(&mut self, span: Span, message: &str) -> Terms {
        self.problems.push(Diagnostic::new(Code::CoordinateAsValue, message).label(span, "").help(HELP));
        Terms::free(NONE)
    }

    fn terms(&mut self, e: &Expr) -> Terms {
        match &e.kind {
            ExprKind::Symbol(name) => Terms { field: name == self.field, ..Terms::free(NONE) },
            ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi => Terms::free(NONE),
            ExprKind::Coordinate(_) | ExprKind::Position => {
                Terms { linear: NONE, bare: Some(e.span), ..Terms::default() }
            }
            ExprKind::Neg(a) => self.terms(a),
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) => self.terms(a).plus(self.terms(b)),
            ExprKind::Vector(items) => items.iter().fold(Terms::default(), |all, item| all.plus(self.terms(item))),
            ExprKind::Mul(a, b) | ExprKind::Dot(a, b) => self.product(a, b, e.span),
            ExprKind::Div(a, b) => {
                let (above, below) = (self.terms(a), self.terms(b));
                if below.has_coordinate() { self.wrong(b.span, "a coordinate in a divisor") } else { above }
            }
            ExprKind::Pow(a, b) => {
                let (base, exponent) = (self.terms(a), self.terms(b));
                match (base.has_coordinate() || exponent.has_coordinate(), &b.kind) {
                    (true, ExprKind::Number(n)) if n.to_u32() == Some(1) => base,
                    (true, _) => self.wrong(e.span, "a power of a coordinate"),
                    (false, _) => Terms { free: base.free, field: base.field || exponent.field, ..Terms::default() },
                }
            }
            ExprKind::Function { argument, .. } => {
                let inner = self.terms(argument);
                if inner.has_coordinate() { self.wrong(argument.span, "a function of a coordinate") } else { inner }
            }
            ExprKind::SpaceDerivative { operand, order, .. } => self.derived(operand, *order),
            ExprKind::Gradient(operand) | ExprKind::Divergence(operand) => self.derived(operand, 1),
            ExprKind::Laplacian { operand, .. } => self.derived(operand, 2),
            ExprKind::Anisotropic { matrix, operand } => {
                for entry in matrix.iter().flatten() {
                    self.terms(entry);
                }
                self.derived(operand, 2)
            }
            ExprKind::TimeDerivative { operand: a, .. }
            | ExprKind::Caputo { operand: a, .. }
            | ExprKind::FractionalLaplacian { operand: a, .. }
            | ExprKind::FourierMultiplier { operand: a, .. } => {
                let inner = self.terms(a);
                if inner.has_coordinate() {
                    self.wrong(a.span, "an operator on a term with a coordinate")
                } else {
                    inner
                }
            }
        }
    }

    fn product(&mut self, a: &Expr, b: &Expr, span: Span) -> Terms {
        let (left, right) = (self.terms(a), self.terms(b));
        let field = left.field || right.field;
        let (linear, other) = match (left.has_coordinate(), right.has_coordinate()) {
            (true, true) => return self.wrong(span, "a product of two coordinates"),
            (true, false) => (left, right),
            (false, true) => (right, left),
            // One of them has the field, and the other no derivative.
            (false, false) => {
                let free = if left.field { left.free } else { right.free };
                return Terms { field, ..Terms::free(free) };
            }
        };
        if !other.field {
            return linear;
        }
        if other.free & MORE != 0 {
            return self.wrong(span, "a coordinate in the coefficient of a derivative of higher order");
        }
        let bare = (other.free & NONE != 0).then_some(span);
        // Beside the coordinates a coefficient may have a constant.
        Terms { free: if linear.free == 0 { 0 } else { other.free }, linear: other.free, bare, field }
    }

    fn derived(&mut self, operand: &Expr, order: u32) -> Terms {
        let inner = self.terms(operand);
        if inner.has_coordinate() && (order > 1 || inner.linear & !NONE != 0) {
            return self.wrong(operand.span, "a derivative of higher order of a term with a coordinate");
        }
        let raised = |orders: u8| (0..order.min(2)).fold(orders, |o, _| (o << 1 | o & MORE) & (NONE | ONE | MORE));
        let released = if inner.linear & NONE != 0 { NONE } else { 0 };
        Terms { free: raised(inner.free) | released, linear: raised(inner.linear), bare: None, field: inner.field }
    }
}
