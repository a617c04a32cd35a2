//! The walk over an expression: names, shapes, linearity, and the conditions of each operator. It returns the
//! expression with abbreviations expanded.

use super::facts::{Facts, FieldUse, Shape};
use super::scope::Scope;
use crate::ast::{Expr, ExprKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Complex, EvaluateError, evaluate_complex};
use crate::limits::{MAX_HEIGHT, MAX_NODES};
use crate::span::Span;
use std::collections::BTreeMap;

/// The expressions of the file are too large; reported, and nothing more can be checked.
pub(super) struct TooLarge;

/// An expanded expression and what is known about it.
pub(super) type Checked = Result<(Expr, Facts), TooLarge>;

/// A term that is not linear in the field, or has no field.
#[derive(Debug)]
pub(super) struct OddTerm {
    pub(super) code: Code,
    pub(super) span: Span,
}

/// Largest coordinate, and length of vectors, with the place that says so.
#[derive(Debug, Default)]
pub(super) struct Extent {
    pub(super) axis: Option<(u32, Span)>,
    pub(super) length: Option<(u32, Span)>,
}

/// State of the walk.
pub(super) struct Checker<'a> {
    pub(super) scope: &'a mut Scope,
    pub(super) problems: &'a mut Vec<Diagnostic>,
    pub(super) odd: Vec<OddTerm>,
    pub(super) extent: Extent,
    /// Whether the field occurs anywhere.
    pub(super) field_seen: bool,
    /// Derivatives of something without the field: errors, unless the field does not occur at all.
    pub(super) fieldless: Vec<Diagnostic>,
    /// Inside the first argument of `fourier`.
    pub(super) in_symbol: bool,
    /// Inside an abbreviation, which may be used in a symbol later.
    pub(super) in_abbreviation: bool,
    /// The abbreviation that is being defined.
    pub(super) defining: Option<String>,
    pub(super) nodes: usize,
    /// Terms in which `x` is read as the coordinate of a line.
    pub(super) on_line: Vec<Expr>,
}

impl Checker<'_> {
    pub(super) fn report(&mut self, code: Code, span: Span, message: impl Into<String>, label: &str, help: &str) {
        let problem = Diagnostic::new(code, message).label(span, label);
        self.problems.push(if help.is_empty() { problem } else { problem.help(help) });
    }

    /// Checks and expands one expression.
    pub(super) fn expr(&mut self, expr: &Expr) -> Checked {
        self.nodes += 1;
        let (kind, facts) = match &expr.kind {
            ExprKind::Symbol(name) => return self.symbol(name, expr.span),
            ExprKind::Number(number) if number.is_zero() => {
                (expr.kind.clone(), Facts { field: FieldUse::Zero, ..Facts::leaf() })
            }
            ExprKind::Number(_) | ExprKind::Pi | ExprKind::Imaginary => (expr.kind.clone(), Facts::leaf()),
            ExprKind::Position => {
                let facts = Facts { shape: Shape::Vector, position: true, constant: false, ..Facts::leaf() };
                (ExprKind::Position, facts)
            }
            ExprKind::Coordinate(axis) => {
                self.axis(*axis, expr.span);
                (expr.kind.clone(), Facts { position: true, constant: false, ..Facts::leaf() })
            }
            ExprKind::Neg(operand) => {
                let (operand, facts) = self.expr(operand)?;
                (ExprKind::Neg(Box::new(operand)), facts.above())
            }
            ExprKind::Add(left, right) => self.sum(ExprKind::Add, left, right)?,
            ExprKind::Sub(left, right) => self.sum(ExprKind::Sub, left, right)?,
            ExprKind::Mul(left, right) => self.product(left, right, expr)?,
            ExprKind::Div(left, right) => self.quotient(left, right, expr)?,
            ExprKind::Pow(base, exponent) => self.power(base, exponent, expr)?,
            ExprKind::Function { .. } => self.function(expr)?,
            ExprKind::Vector(entries) => self.vector(entries, expr.span)?,
            ExprKind::Dot(left, right) => self.dot(left, right, expr)?,
            _ => self.operator(expr)?,
        };
        self.sized(Expr::new(kind, expr.span), facts)
    }

    /// Holds the limits on the size of expanded trees.
    fn sized(&mut self, expr: Expr, facts: Facts) -> Checked {
        if facts.height > MAX_HEIGHT || self.nodes > MAX_NODES {
            return Err(self.too_large(
                expr.span,
                Code::ExpressionTooLarge,
                "the expressions of this file are too large",
            ));
        }
        Ok((expr, facts))
    }

    fn too_large(&mut self, span: Span, code: Code, message: &str) -> TooLarge {
        let help = format!("at most {MAX_HEIGHT} terms or levels, and {MAX_NODES} parts in all");
        self.report(code, span, message, "here", &help);
        TooLarge
    }

    /// A name: the field, the time, a parameter, an abbreviation, or the wave number.
    fn symbol(&mut self, name: &str, span: Span) -> Checked {
        let itself = Expr::new(ExprKind::Symbol(name.to_owned()), span);
        let scalar = Facts { constant: false, ..Facts::leaf() };
        if name == self.scope.field {
            self.field_seen = true;
            return Ok((itself, Facts { field: FieldUse::Linear, ..scalar }));
        }
        if name == self.scope.time {
            return Ok((itself, Facts { time: true, ..scalar }));
        }
        if self.scope.params.contains(name) {
            self.scope.used_params.insert(name.to_owned());
            return Ok((itself, scalar));
        }
        if name == "k" {
            if !self.in_symbol && !self.in_abbreviation {
                self.wave_number_outside(span);
            }
            return Ok((itself, Facts { wave_number: true, ..scalar }));
        }
        let Some(abbreviation) = self.scope.abbreviations.get_mut(name) else {
            self.scope.note_unknown(name, span);
            return Ok((itself, Facts::unknown()));
        };
        abbreviation.used = true;
        let (defined, odd) = (abbreviation.defined, abbreviation.odd);
        let Some(facts) = abbreviation.value.as_ref().map(|(_, facts)| *facts) else {
            if self.defining.as_deref() == Some(name) {
                let message = format!("`{name}` is used in its own definition");
                self.report(Code::UsedBeforeDefinition, span, message, "not defined yet", "");
            } else if !defined {
                let message = format!("`{name}` is used before it is defined");
                self.report(Code::UsedBeforeDefinition, span, message, "not defined yet", "move its `let` up");
            }
            return Ok((itself, Facts::unknown()));
        };
        self.nodes = self.nodes.saturating_add(facts.nodes);
        if self.nodes > MAX_NODES {
            let message = format!("the abbreviations expand to more than {MAX_NODES} parts");
            return Err(self.too_large(span, Code::AbbreviationTooLarge, &message));
        }
        if facts.wave_number && !self.in_symbol && !self.in_abbreviation {
            self.wave_number_outside(span);
        }
        if let Some(code) = odd {
            self.odd.push(OddTerm { code, span });
        }
        let value = self.scope.abbreviations.get(name).and_then(|abbreviation| abbreviation.value.as_ref());
        Ok(value.map_or((itself, Facts::unknown()), |(value, _)| (value.clone(), facts)))
    }

    fn wave_number_outside(&mut self, span: Span) {
        let help = "write `fourier(-k^2, phi)`, or choose another name for a parameter";
        self.report(Code::WaveNumberOutside, span, "`k` has a meaning only inside `fourier`", "outside fourier", help);
    }

    fn sum(
        &mut self,
        make: fn(Box<Expr>, Box<Expr>) -> ExprKind,
        left: &Expr,
        right: &Expr,
    ) -> Result<(ExprKind, Facts), TooLarge> {
        let (mut left, mut left_facts) = self.expr(left)?;
        let (mut right, mut right_facts) = self.expr(right)?;
        if left_facts.shape == Shape::Scalar {
            self.as_on_line(&mut right, &mut right_facts);
        } else if right_facts.shape == Shape::Scalar {
            self.as_on_line(&mut left, &mut left_facts);
        }
        let mut facts = left_facts.join(right_facts).above();
        match (left_facts.shape, right_facts.shape) {
            (Shape::Scalar, Shape::Vector) | (Shape::Vector, Shape::Scalar) => {
                let (vector, scalar) =
                    if left_facts.shape == Shape::Vector { (left.span, right.span) } else { (right.span, left.span) };
                self.problems.push(
                    Diagnostic::new(Code::VectorForScalar, "a vector is added to a scalar")
                        .label(vector, "a vector")
                        .label(scalar, "a scalar"),
                );
                facts.shape = Shape::Any;
            }
            (Shape::Any, shape) => facts.shape = shape,
            _ => {}
        }
        if left_facts.field.has_field() && right_facts.field == FieldUse::Free {
            self.source_term(&right);
        }
        if right_facts.field.has_field() && left_facts.field == FieldUse::Free {
            self.source_term(&left);
        }
        Ok((make(Box::new(left), Box::new(right)), facts))
    }

    /// Notes a term without the field beside terms with it.
    pub(super) fn source_term(&mut self, expr: &Expr) {
        self.odd.push(OddTerm { code: Code::TermWithoutField, span: expr.span });
    }

    /// Notes a product, quotient, power or function that is not linear, in place of the odd terms inside it.
    fn nonlinear_term(&mut self, inside: usize, expr: &Expr) {
        self.odd.truncate(inside);
        self.odd.push(OddTerm { code: Code::NonlinearTerm, span: expr.span });
    }

    fn product(&mut self, left: &Expr, right: &Expr, whole: &Expr) -> Result<(ExprKind, Facts), TooLarge> {
        if let Some(rows) = super::matrix::rows(left) {
            return self.matrix_product(left, &rows, right);
        }
        let inside = self.odd.len();
        let (left, left_facts) = self.expr(left)?;
        let (right, right_facts) = self.expr(right)?;
        let mut facts = left_facts.join(right_facts).above();
        facts.field = left_facts.field.product(right_facts.field);
        facts.shape = match (left_facts.shape, right_facts.shape) {
            (Shape::Vector, Shape::Vector) => {
                let message = "a product of two vectors";
                self.report(Code::VectorForScalar, whole.span, message, "", "the scalar product is `dot(a, b)`");
                Shape::Any
            }
            (Shape::Scalar, other) | (other, Shape::Scalar) => other,
            _ => Shape::Any,
        };
        if facts.field == FieldUse::Nonlinear {
            self.nonlinear_term(inside, whole);
        }
        Ok((ExprKind::Mul(Box::new(left), Box::new(right)), facts))
    }

    fn quotient(&mut self, left: &Expr, right: &Expr, whole: &Expr) -> Result<(ExprKind, Facts), TooLarge> {
        let inside = self.odd.len();
        let (left, left_facts) = self.expr(left)?;
        let (right, right_facts) = self.expr(right)?;
        self.scalar(&right, right_facts, "a divisor is a scalar", "");
        let mut facts = left_facts.join(right_facts).above();
        facts.field = left_facts.field.product(right_facts.field.nonlinear());
        if facts.field == FieldUse::Nonlinear {
            self.nonlinear_term(inside, whole);
        }
        let kind = ExprKind::Div(Box::new(left), Box::new(right));
        Ok(self.with_value(kind, whole.span, facts, right_facts.constant))
    }

    fn function(&mut self, whole: &Expr) -> Result<(ExprKind, Facts), TooLarge> {
        let ExprKind::Function { function, argument } = &whole.kind else {
            return Ok((whole.kind.clone(), Facts::unknown()));
        };
        let inside = self.odd.len();
        let (argument, inner) = self.expr(argument)?;
        let message = format!("`{}` takes a scalar", function.name());
        self.scalar(&argument, inner, &message, "");
        let facts = Facts { field: inner.field.nonlinear(), shape: Shape::Scalar, ..inner.above() };
        if facts.field == FieldUse::Nonlinear {
            self.nonlinear_term(inside, whole);
        }
        let kind = ExprKind::Function { function: *function, argument: Box::new(argument) };
        Ok(self.with_value(kind, whole.span, facts, inner.constant))
    }

    fn power(&mut self, base: &Expr, exponent: &Expr, whole: &Expr) -> Result<(ExprKind, Facts), TooLarge> {
        let inside = self.odd.len();
        let (base, base_facts) = self.expr(base)?;
        let (exponent, exponent_facts) = self.expr(exponent)?;
        self.scalar(&base, base_facts, "a power is of a scalar", "the square of a vector is `dot(a, a)`");
        self.scalar(&exponent, exponent_facts, "an exponent is a scalar", "");
        let mut facts = base_facts.join(exponent_facts).above();
        facts.shape = Shape::Scalar;
        let value = if exponent_facts.constant { constant(&exponent) } else { None };
        let linear = value == Some(Complex::real(1.0)) && base_facts.field == FieldUse::Linear;
        let exponent_use = exponent_facts.field.nonlinear();
        facts.field = if linear { FieldUse::Linear } else { base_facts.field.nonlinear().sum(exponent_use) };
        if facts.field == FieldUse::Nonlinear {
            self.nonlinear_term(inside, whole);
        }
        if let Some(value) = value {
            facts.power = self.exponent(&exponent, value, base_facts.power);
        }
        let kind = ExprKind::Pow(Box::new(base), Box::new(exponent));
        Ok(self.with_value(kind, whole.span, facts, base_facts.constant && exponent_facts.constant))
    }

    fn vector(&mut self, entries: &[Expr], span: Span) -> Result<(ExprKind, Facts), TooLarge> {
        let (mut expanded, mut facts) =
            (Vec::with_capacity(entries.len()), Facts { nodes: 0, height: 0, ..Facts::leaf() });
        facts.field = FieldUse::Zero;
        for entry in entries {
            let (entry, inner) = self.expr(entry)?;
            self.scalar(&entry, inner, "an entry of a vector is a scalar", "a matrix stands only in `aniso`");
            facts = facts.join(inner);
            expanded.push(entry);
        }
        self.length(entries.len(), span);
        facts = facts.above();
        Ok((ExprKind::Vector(expanded), Facts { shape: Shape::Vector, constant: false, ..facts }))
    }

    fn dot(&mut self, left: &Expr, right: &Expr, whole: &Expr) -> Result<(ExprKind, Facts), TooLarge> {
        let inside = self.odd.len();
        let (left, left_facts) = self.expr(left)?;
        let (right, right_facts) = self.expr(right)?;
        self.vector_needed(&left, left_facts, "`dot` takes two vectors");
        self.vector_needed(&right, right_facts, "`dot` takes two vectors");
        let mut facts = left_facts.join(right_facts).above();
        facts.field = left_facts.field.product(right_facts.field);
        facts.shape = Shape::Scalar;
        if facts.field == FieldUse::Nonlinear {
            self.nonlinear_term(inside, whole);
        }
        Ok((ExprKind::Dot(Box::new(left), Box::new(right)), facts))
    }

    /// Reports a vector where a scalar belongs.
    pub(super) fn scalar(&mut self, expr: &Expr, facts: Facts, message: &str, help: &str) {
        if facts.shape == Shape::Vector {
            self.report(Code::VectorForScalar, expr.span, format!("{message}, and this is a vector"), "a vector", help);
        }
    }

    /// Reports a scalar where a vector belongs.
    pub(super) fn vector_needed(&mut self, expr: &Expr, facts: Facts, message: &str) {
        if facts.shape == Shape::Scalar {
            let help = "vectors are `grad(phi)`, `x`, `[1, 0.5]`, and these times a scalar";
            self.report(Code::ScalarForVector, expr.span, format!("{message}, and this is a scalar"), "a scalar", help);
        }
    }

    /// Reports a constant without a value where its parts have one.
    fn with_value(&mut self, kind: ExprKind, span: Span, mut facts: Facts, decidable: bool) -> (ExprKind, Facts) {
        let by_zero = match &kind {
            ExprKind::Div(_, divisor) if decidable => {
                constant(divisor).is_some_and(|value| value == Complex::default())
            }
            _ => false,
        };
        if by_zero {
            facts.constant = false;
            self.report(Code::DivisionByZero, span, "division by zero", "the divisor is zero", "");
            return (kind, facts);
        }
        if !facts.constant {
            return (kind, facts);
        }
        let expr = Expr::new(kind, span);
        match evaluate_complex(&expr, &BTreeMap::new()) {
            Err(EvaluateError::DivisionByZero) => {
                facts.constant = false;
                self.report(Code::DivisionByZero, span, "division by zero", "zero to a negative power", "");
            }
            Err(error) => {
                facts.constant = false;
                self.report(Code::UndefinedConstant, span, format!("this constant has no value: {error}"), "", "");
            }
            Ok(_) => {}
        }
        (expr.kind, facts)
    }
}

/// The value of an expression built from numbers alone.
pub(super) fn constant(expr: &Expr) -> Option<Complex> {
    evaluate_complex(expr, &BTreeMap::new()).ok()
}
