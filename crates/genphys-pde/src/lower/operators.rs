//! The conditions of the operators: derivatives, `fraclap`, `fourier`, `aniso`, exponents, lengths.

use super::check::{Checker, TooLarge, constant};
use super::facts::{Facts, FieldUse, Shape};
use crate::ast::{Expr, ExprKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::evaluate::Complex;
use crate::limits::MAX_EXPONENT;
use crate::span::Span;

impl Checker<'_> {
    /// Checks an operator that acts on the field.
    pub(super) fn operator(&mut self, expr: &Expr) -> Result<(ExprKind, Facts), TooLarge> {
        match &expr.kind {
            ExprKind::TimeDerivative { operand, order } => {
                let (operand, facts) = self.operand(operand)?;
                let kind = ExprKind::TimeDerivative { operand, order: *order };
                Ok((kind, Facts { time_derivative: true, ..facts }))
            }
            ExprKind::Caputo { operand, order } => {
                let (operand, facts) = self.operand(operand)?;
                let (order, inner) = self.expr(order)?;
                let kind = ExprKind::Caputo { operand, order: Box::new(order) };
                Ok((kind, Facts { time_derivative: true, ..merged(facts, inner) }))
            }
            ExprKind::SpaceDerivative { operand, axis, order } => {
                self.axis(*axis, expr.span);
                let (operand, facts) = self.operand(operand)?;
                Ok((ExprKind::SpaceDerivative { operand, axis: *axis, order: *order }, facts))
            }
            ExprKind::Gradient(operand) => {
                let (operand, facts) = self.scalar_operand(operand, "the gradient is of a scalar")?;
                Ok((ExprKind::Gradient(operand), Facts { shape: Shape::Vector, ..facts }))
            }
            ExprKind::Divergence(operand) => {
                let (operand, facts) = self.operand(operand)?;
                self.vector_needed(&operand, facts, "the divergence is of a vector");
                Ok((ExprKind::Divergence(operand), Facts { shape: Shape::Scalar, ..facts }))
            }
            ExprKind::Laplacian { operand, order } => {
                let (operand, facts) = self.scalar_operand(operand, "the Laplacian is of a scalar")?;
                Ok((ExprKind::Laplacian { operand, order: *order }, facts))
            }
            ExprKind::FractionalLaplacian { operand, exponent } => {
                let (operand, facts) = self.scalar_operand(operand, "the fractional Laplacian is of a scalar")?;
                let (exponent, inner) = self.expr(exponent)?;
                self.fractional_exponent(&exponent, inner);
                let kind = ExprKind::FractionalLaplacian { operand, exponent: Box::new(exponent) };
                Ok((kind, merged(facts, inner)))
            }
            ExprKind::FourierMultiplier { symbol, operand } => self.fourier(symbol, operand),
            ExprKind::Anisotropic { matrix, operand } => self.anisotropic(matrix, operand, expr.span),
            // Everything else is checked by `expr`.
            other => Ok((other.clone(), Facts::unknown())),
        }
    }

    /// What an operator acts on; it has the field in it.
    fn operand(&mut self, operand: &Expr) -> Result<(Box<Expr>, Facts), TooLarge> {
        let (operand, facts) = self.expr(operand)?;
        if facts.field.is_free() {
            let message = format!("a derivative of something without the field `{}`", self.scope.field);
            let help = "the derivative of a coefficient is zero, or is to be written out";
            self.fieldless.push(
                Diagnostic::new(Code::DerivativeOfConstant, message).label(operand.span, "no field in here").help(help),
            );
        }
        let field = if facts.field.is_free() { FieldUse::Unknown } else { facts.field };
        Ok((Box::new(operand), Facts { field, operator: true, constant: false, ..facts.above() }))
    }

    fn scalar_operand(&mut self, operand: &Expr, message: &str) -> Result<(Box<Expr>, Facts), TooLarge> {
        let (operand, facts) = self.operand(operand)?;
        self.scalar(&operand, facts, message, "");
        Ok((operand, Facts { shape: Shape::Scalar, ..facts }))
    }

    fn fractional_exponent(&mut self, exponent: &Expr, facts: Facts) {
        if facts.field == FieldUse::Unknown || facts.shape == Shape::Any {
            return;
        }
        let wrong = if !is_coefficient(facts) || facts.wave_number {
            "built from something other than numbers and parameters"
        } else if !facts.constant {
            return;
        } else {
            match constant(exponent) {
                Some(value) if value.im != 0.0 => "not real",
                Some(value) if value.re <= 0.0 => "not positive",
                Some(value) if value.re > MAX_EXPONENT => "above 64",
                _ => return,
            }
        };
        let help = "`fraclap(phi, a)` is |k|^a in Fourier space, with a > 0: `fraclap(phi, 1.5)`";
        self.report(Code::FractionalExponent, exponent.span, format!("the exponent of `fraclap` is {wrong}"), "", help);
    }

    fn fourier(&mut self, symbol: &Expr, operand: &Expr) -> Result<(ExprKind, Facts), TooLarge> {
        let outside = std::mem::replace(&mut self.in_symbol, true);
        let result = self.expr(symbol);
        self.in_symbol = outside;
        let (symbol, inner) = result?;
        let wrong = if inner.field.has_field() {
            Some("the field")
        } else if inner.time {
            Some("the time")
        } else if inner.position || inner.shape == Shape::Vector {
            Some("a vector")
        } else if inner.operator {
            Some("a derivative")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            let help = "the symbol is built from `k`, parameters, numbers and scalar functions";
            let message = format!("the symbol of `fourier` has {wrong} in it");
            self.report(Code::FourierSymbol, symbol.span, message, "the symbol", help);
        }
        let (operand, facts) = self.scalar_operand(operand, "`fourier` acts on a scalar")?;
        let kind = ExprKind::FourierMultiplier { symbol: Box::new(symbol), operand };
        // Inside a symbol the wave number is at home.
        Ok((kind, merged(facts, Facts { wave_number: false, ..inner })))
    }

    fn anisotropic(&mut self, matrix: &[Vec<Expr>], operand: &Expr, span: Span) -> Result<(ExprKind, Facts), TooLarge> {
        let size = matrix.len();
        let mut expanded = Vec::with_capacity(size);
        let mut entries = Facts { nodes: 0, height: 0, ..Facts::leaf() };
        for row in matrix {
            if row.len() != size {
                let place =
                    row.first().map_or(span, |first| row.iter().fold(first.span, |all, entry| all.to(entry.span)));
                let message =
                    format!("the matrix of `aniso` is not square: it has {size} rows, one of length {}", row.len());
                self.report(Code::WrongMatrix, place, message, &format!("expected {size} entries"), "");
            }
            let mut expanded_row = Vec::with_capacity(row.len());
            for entry in row {
                let (entry, facts) = self.expr(entry)?;
                let known = facts.field != FieldUse::Unknown && facts.shape != Shape::Any;
                if known && (!is_coefficient(facts) || facts.wave_number) {
                    let help = "the entries are numbers, parameters, and expressions of these";
                    self.report(
                        Code::WrongMatrix,
                        entry.span,
                        "the matrix of `aniso` is not constant",
                        "not a constant",
                        help,
                    );
                }
                entries = entries.join(facts);
                expanded_row.push(entry);
            }
            expanded.push(expanded_row);
        }
        self.length(size, span);
        let (operand, facts) = self.scalar_operand(operand, "`aniso` acts on a scalar")?;
        Ok((ExprKind::Anisotropic { matrix: expanded, operand }, merged(facts, entries)))
    }

    /// Checks a constant exponent and returns the product of the nested ones.
    pub(super) fn exponent(&mut self, exponent: &Expr, value: Complex, inner: f64) -> f64 {
        let size = value.abs();
        let nested = inner * size.max(1.0);
        if nested <= MAX_EXPONENT {
            return nested;
        }
        let message = if size > MAX_EXPONENT {
            format!("the exponent is above {MAX_EXPONENT}")
        } else {
            format!("nested powers multiply to an exponent above {MAX_EXPONENT}")
        };
        self.report(Code::ExponentTooLarge, exponent.span, message, "too large", "");
        1.0
    }

    /// Notes the length of a vector or the size of a matrix; all of them agree.
    pub(super) fn length(&mut self, length: usize, span: Span) {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        match self.extent.length {
            None => self.extent.length = Some((length, span)),
            Some((first, place)) if first != length => self.problems.push(
                Diagnostic::new(Code::LengthMismatch, format!("a length of {length} beside a length of {first}"))
                    .label(span, format!("length {length}"))
                    .label(place, format!("length {first}"))
                    .help("all vectors and matrices of an equation have one length: its number of dimensions"),
            ),
            Some(_) => {}
        }
    }

    pub(super) fn axis(&mut self, axis: u32, span: Span) {
        if self.extent.axis.is_none_or(|(largest, _)| axis > largest) {
            self.extent.axis = Some((axis, span));
        }
    }
}

/// Facts of an operator with a coefficient-like argument: size from both, the rest from the operand.
fn merged(operand: Facts, argument: Facts) -> Facts {
    let both = operand.join(argument);
    Facts { field: operand.field, shape: operand.shape, height: operand.height.max(argument.height + 1), ..both }
}

/// A scalar without field, time, position and derivatives.
fn is_coefficient(facts: Facts) -> bool {
    facts.field.is_free() && !facts.time && !facts.position && !facts.operator && facts.shape != Shape::Vector
}
