//! Equations with memory: Caputo's derivative in the place of the one derivative in the time, and the equation without
//! memory that has ∂/∂t there.
//!
//! Constant coefficients only: then a(k) (D^b φ̂) + c(k) φ̂ = 0 at each k, and what is known of s = −c/a by the equation
//! without memory decides about E_b(s t^b), Mittag and Leffler's function.

use crate::ast::{Bound, Domain, Expr, ExprKind, Interval, Number};
use crate::pde::Pde;
use crate::printer::print_equation;

/// What an equation with Caputo's derivative is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// The order: a number, a quotient of whole numbers, or a parameter.
    pub order: Expr,
    /// The same equation with ∂/∂t for Caputo's derivative.
    pub local: Pde,
}

/// The orders that an equation is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Orders {
    /// All of them lie in it; between 0 and 2.
    pub interval: [f64; 2],
    /// Which ends are among them.
    pub closed: [bool; 2],
}

impl Orders {
    fn one(value: f64) -> Self {
        Self { interval: [value; 2], closed: [true; 2] }
    }

    /// Orders of 0 < b ≤ 1.
    pub fn at_most_one(&self) -> bool {
        self.interval[1] <= 1.0
    }

    /// Orders of 0 < b < 1.
    pub fn below_one(&self) -> bool {
        self.interval[1] < 1.0 || self.interval[1] == 1.0 && !self.closed[1]
    }

    /// Orders of 1 < b < 2.
    pub fn above_one(&self) -> bool {
        self.interval[0] > 1.0 || self.interval[0] == 1.0 && !self.closed[0]
    }
}

impl Pde {
    /// Whether Caputo's derivative occurs.
    pub fn has_memory(&self) -> bool {
        [&self.left, &self.right].into_iter().any(occurs)
    }

    /// The order of Caputo's derivative, and the equation without it. `None` where there is none, or another derivative
    /// in the time beside it, or anything but constant coefficients from the time 0 on, which the language refuses.
    pub fn memory(&self) -> Option<Memory> {
        let mut found = Vec::new();
        [&self.left, &self.right].into_iter().for_each(|side| collect(side, &mut found));
        let order = match found.first() {
            Some(ExprKind::Caputo { order, .. }) => (**order).clone(),
            _ => return None,
        };
        let alone = found.iter().all(|kind| match kind {
            ExprKind::Caputo { operand, order: other } => **other == order && !in_time(operand),
            _ => false,
        });
        let constant = [&self.left, &self.right].into_iter().all(|side| !varies(side, &self.time.name));
        let from_zero = matches!(&self.time.interval.lower, Bound::Finite(start) if start.is_zero());
        if !alone || !constant || !from_zero || self.density.is_some() || !self.nonlinear.is_empty() {
            return None;
        }
        let mut local = self.clone();
        [&mut local.left, &mut local.right].into_iter().for_each(forget);
        local.equation = print_equation(&local.left, &local.right);
        Some(Memory { order, local })
    }
}

impl Memory {
    /// The orders that are meant, where `fixed` has the values of parameters that have one.
    pub fn orders(&self, fixed: &dyn Fn(&str) -> Option<f64>) -> Option<Orders> {
        orders_of(&self.order, |name| {
            if let Some(value) = fixed(name) {
                return Some(Orders::one(value));
            }
            let param = self.local.param(name).filter(|param| !param.complex)?;
            orders_in(&param.domain)
        })
        .filter(|orders| orders.interval[0] > 0.0 || orders.interval[0] == 0.0 && !orders.closed[0])
        .filter(|orders| orders.interval[1] < 2.0 || orders.interval[1] == 2.0 && !orders.closed[1])
    }
}

/// The orders that an expression may have; `None` for one of another form.
pub(crate) fn orders_of(order: &Expr, param: impl Fn(&str) -> Option<Orders>) -> Option<Orders> {
    match &order.kind {
        ExprKind::Number(number) => Some(Orders::one(number.to_f64())),
        ExprKind::Div(above, below) => {
            let whole = |e: &Expr| match &e.kind {
                ExprKind::Number(number) => number.to_u32(),
                _ => None,
            };
            // Rounded once, so that it is on the right side of 1.
            let (above, below) = (whole(above)?, whole(below).filter(|below| *below > 0)?);
            Some(Orders::one(f64::from(above) / f64::from(below)))
        }
        ExprKind::Symbol(name) => param(name),
        _ => None,
    }
}

/// The interval of a domain.
pub(crate) fn orders_in(domain: &Domain) -> Option<Orders> {
    // A bound beside a whole number must be told from it.
    let value = |n: &Number| Some(n.to_f64()).filter(|value| value.fract() != 0.0 || n.exponent >= 0 || n.is_zero());
    let end = |bound: &Bound| match bound {
        Bound::Finite(n) => value(n),
        infinite => Some(infinite.to_f64()),
    };
    let (lower, upper, closed) = match domain {
        Domain::Interval(Interval { lower, lower_closed, upper, upper_closed }) => {
            (end(lower)?, end(upper)?, [*lower_closed, *upper_closed])
        }
        Domain::Greater(n) => (value(n)?, f64::INFINITY, [false; 2]),
        Domain::GreaterEqual(n) => (value(n)?, f64::INFINITY, [true, false]),
        Domain::Less(n) => (f64::NEG_INFINITY, value(n)?, [false; 2]),
        Domain::LessEqual(n) => (f64::NEG_INFINITY, value(n)?, [false, true]),
        Domain::Unrestricted | Domain::NotEqual(_) => return None,
    };
    Some(Orders { interval: [lower, upper], closed })
}

/// Whether Caputo's derivative occurs in an expression.
fn occurs(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Caputo { .. }) || expr.children().into_iter().any(occurs)
}

/// All derivatives in the time.
fn collect<'a>(expr: &'a Expr, found: &mut Vec<&'a ExprKind>) {
    if matches!(expr.kind, ExprKind::Caputo { .. } | ExprKind::TimeDerivative { .. }) {
        found.push(&expr.kind);
    }
    expr.children().into_iter().for_each(|child| collect(child, found));
}

/// Whether a derivative in the time occurs.
pub(crate) fn in_time(expr: &Expr) -> bool {
    let mut found = Vec::new();
    collect(expr, &mut found);
    !found.is_empty()
}

/// Whether the time or the position occurs as a value.
fn varies(expr: &Expr, time: &str) -> bool {
    let itself = match &expr.kind {
        ExprKind::Position | ExprKind::Coordinate(_) => true,
        ExprKind::Symbol(name) => name == time,
        _ => false,
    };
    itself || expr.children().into_iter().any(|child| varies(child, time))
}

/// ∂/∂t for Caputo's derivative.
fn forget(expr: &mut Expr) {
    if let ExprKind::Caputo { operand, .. } = &mut expr.kind {
        let operand = std::mem::replace(&mut operand.kind, ExprKind::Imaginary);
        let operand = Box::new(Expr::new(operand, expr.span));
        expr.kind = ExprKind::TimeDerivative { operand, order: 1 };
    }
    expr.children_mut().into_iter().for_each(forget);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pde(body: &str) -> Pde {
        crate::inline(body).unwrap_or_else(|problems| panic!("{body}: {problems:#?}")).pde
    }

    #[test]
    fn the_equation_without_memory() {
        let found = pde("param b in (0, 1] = 0.5; dt(phi, b) - lap(caputo(phi, b)) = lap(phi)").memory().unwrap();
        assert_eq!(found.local.equation, "dt(phi) - lap(dt(phi)) = lap(phi)");
        assert_eq!(crate::print_expr(&found.order), "b");
        assert!(pde("dt(phi) = lap(phi)").memory().is_none());
    }

    #[test]
    fn orders_and_the_sides_of_one() {
        let at = |body: &str| pde(body).memory().unwrap().orders(&|_| None).unwrap();
        let sides = |orders: Orders| [orders.below_one(), orders.at_most_one(), orders.above_one()];
        assert_eq!(sides(at("dt(phi, 1/3) = lap(phi)")), [true, true, false]);
        assert_eq!(sides(at("param b in (0, 1] = 1; dt(phi, b) = lap(phi)")), [false, true, false]);
        assert_eq!(sides(at("param b in (0, 1) = 0.5; dt(phi, b) = lap(phi)")), [true, true, false]);
        assert_eq!(sides(at("dt(phi, 1.5) = lap(phi)")), [false, false, true]);
        assert_eq!(sides(at("param b in (0, 2) = 0.5; dt(phi, b) = lap(phi)")), [false, false, false]);
        let fixed = pde("param b in (0, 2) = 0.5; dt(phi, b) = lap(phi)").memory().unwrap();
        assert_eq!(sides(fixed.orders(&|_| Some(1.25)).unwrap()), [false, false, true]);
    }
}
