//! Tree to canonical text. Parentheses stand only where the tree needs them, so that parsing the text gives the
//! tree back.

use crate::ast::{Comment, Domain, Equation, Expr, ExprKind, File, Item, ItemKind};
use std::fmt::Write;

/// Indentation of what stands between the braces.
const INDENT: &str = "    ";
/// Sums are broken where a line would be wider than this.
const MAX_WIDTH: usize = 100;

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    /// `a + b`, `a - b`.
    Sum,
    /// `-a`.
    Minus,
    /// `a*b`, `a/b`.
    Product,
    /// `a^b`.
    Power,
    /// Names, numbers, calls.
    Atom,
}

/// The canonical text of a file, comments included; the form that `genphys fmt` writes.
pub fn print_file(file: &File) -> String {
    print(file, true)
}

/// The canonical text without comments and empty lines, each item on one line: what the hash is made of.
pub(crate) fn print_bare(file: &File) -> String {
    print(file, false)
}

/// An expression in canonical form: `dt(phi, 2) + lap(phi) - m^2*phi`.
pub fn print_expr(expr: &Expr) -> String {
    let mut text = String::new();
    write_expr(&mut text, expr, Binding::Sum);
    text
}

/// The equation in canonical form: `dt(phi) = lap(phi)`.
pub(crate) fn print_equation(left: &Expr, right: &Expr) -> String {
    format!("{} = {}", print_expr(left), print_expr(right))
}

fn print(file: &File, with_comments: bool) -> String {
    let mut text = String::new();
    if with_comments {
        write_comments(&mut text, &file.leading, "");
    }
    text.push_str("pde ");
    text.push_str(&file.name.text);
    if let Some(title) = &file.title {
        let escaped = title.replace('\\', "\\\\").replace('"', "\\\"");
        text.push_str(&format!(" \"{escaped}\""));
    }
    text.push_str(" {\n");
    let Equation { left, right, comments, .. } = &file.equation;
    let lines = file.items.iter().map(|item| (print_item(item), &item.comments));
    let lines = lines.chain([(pieces(left, " =").chain(right), comments)]);
    let last = file.items.len();
    for (at, (line, comments)) in lines.enumerate() {
        // The equation stands apart from what is declared for it.
        if with_comments && at > 0 && (comments.blank_before || at == last) {
            text.push('\n');
        }
        if with_comments {
            write_comments(&mut text, &comments.leading, INDENT);
        }
        text.push_str(INDENT);
        line.write(&mut text, if with_comments { MAX_WIDTH } else { usize::MAX });
        if let Some(comment) = comments.trailing.as_ref().filter(|_| with_comments) {
            text.push_str("  #");
            text.push_str(&comment.text);
        }
        text.push('\n');
    }
    if with_comments {
        write_comments(&mut text, &file.closing, INDENT);
    }
    text.push_str("}\n");
    if with_comments {
        write_comments(&mut text, &file.after, "");
    }
    text
}

fn write_comments(text: &mut String, comments: &[Comment], indent: &str) {
    for comment in comments {
        if comment.blank_before && !text.is_empty() && !text.ends_with("{\n") && !text.ends_with("\n\n") {
            text.push('\n');
        }
        text.push_str(&format!("{indent}#{}\n", comment.text));
    }
}

/// A declaration or the equation, in pieces between which a line may end: each ends with an operator, but the last.
struct Pieces(Vec<String>);

impl Pieces {
    fn line(text: String) -> Self {
        Self(vec![text])
    }

    /// Goes on with the terms of a sum.
    fn chain(mut self, sum: &Expr) -> Self {
        let mut terms = Vec::new();
        let mut rest = sum;
        while let ExprKind::Add(left, right) | ExprKind::Sub(left, right) = &rest.kind {
            terms.push((right, if matches!(rest.kind, ExprKind::Add(..)) { " +" } else { " -" }));
            rest = left;
        }
        let mut piece = print_expr(rest);
        for (term, operator) in terms.into_iter().rev() {
            piece.push_str(operator);
            self.0.push(std::mem::take(&mut piece));
            write_expr(&mut piece, term, Binding::Product);
        }
        self.0.push(piece);
        self
    }

    /// Writes the pieces, with line ends only where a line would be too wide.
    fn write(&self, text: &mut String, width: usize) {
        let mut column = INDENT.len();
        for (at, piece) in self.0.iter().enumerate() {
            let length = piece.chars().count();
            if at > 0 && column + 1 + length > width {
                text.push_str(&format!("\n{INDENT}{INDENT}"));
                column = 2 * INDENT.len();
            } else if at > 0 {
                text.push(' ');
                column += 1;
            }
            text.push_str(piece);
            column += length;
        }
    }
}

/// The left side of an equation with its `=`.
fn pieces(left: &Expr, end: &str) -> Pieces {
    let mut pieces = Pieces(Vec::new()).chain(left);
    if let Some(last) = pieces.0.last_mut() {
        last.push_str(end);
    }
    pieces
}

fn print_item(item: &Item) -> Pieces {
    match &item.kind {
        ItemKind::Param { name, complex, domain, default } => {
            let mut text = format!("param {}{}", if *complex { "complex " } else { "" }, name.text);
            if *domain != Domain::Unrestricted {
                text.push_str(&format!(" {domain}"));
            }
            if let Some(default) = default {
                text.push_str(&format!(" = {default}"));
            }
            Pieces::line(text)
        }
        ItemKind::Field(name) => Pieces::line(format!("field {}", name.text)),
        ItemKind::Dim(dim) => Pieces::line(format!("dim {dim}")),
        ItemKind::Time { name, interval } => Pieces::line(format!("time {} in {interval}", name.text)),
        ItemKind::Let { name, value } => Pieces::line(format!("let {} =", name.text)).chain(value),
        ItemKind::Density(density) => {
            // No line may end right behind the keyword.
            let mut pieces = Pieces(Vec::new()).chain(density);
            if let Some(first) = pieces.0.first_mut() {
                first.insert_str(0, "density ");
            }
            pieces
        }
    }
}

fn binding(kind: &ExprKind) -> Binding {
    match kind {
        ExprKind::Add(..) | ExprKind::Sub(..) => Binding::Sum,
        ExprKind::Neg(_) => Binding::Minus,
        // A minus is an operator: a number that carries one, put in for a name, reads back as the negative of its size.
        ExprKind::Number(number) if number.negative && !number.is_zero() => Binding::Minus,
        ExprKind::Mul(..) | ExprKind::Div(..) => Binding::Product,
        ExprKind::Pow(..) => Binding::Power,
        _ => Binding::Atom,
    }
}

/// Writes an expression where at least the given binding is needed.
fn write_expr(text: &mut String, expr: &Expr, needed: Binding) {
    let parentheses = binding(&expr.kind) < needed;
    if parentheses {
        text.push('(');
    }
    write_kind(text, &expr.kind);
    if parentheses {
        text.push(')');
    }
}

fn write_kind(text: &mut String, kind: &ExprKind) {
    let mut infix = |left: &Expr, operator: &str, right: &Expr, left_needs: Binding, right_needs: Binding| {
        write_expr(text, left, left_needs);
        text.push_str(operator);
        write_expr(text, right, right_needs);
    };
    match kind {
        ExprKind::Add(left, right) => infix(left, " + ", right, Binding::Sum, Binding::Product),
        ExprKind::Sub(left, right) => infix(left, " - ", right, Binding::Sum, Binding::Product),
        ExprKind::Mul(left, right) => infix(left, "*", right, Binding::Product, Binding::Power),
        ExprKind::Div(left, right) => infix(left, "/", right, Binding::Product, Binding::Power),
        ExprKind::Pow(base, exponent) => infix(base, "^", exponent, Binding::Atom, Binding::Power),
        ExprKind::Neg(operand) => {
            text.push('-');
            write_expr(text, operand, Binding::Product);
        }
        ExprKind::Number(number) => _ = write!(text, "{number}"),
        ExprKind::Imaginary => text.push('I'),
        ExprKind::Pi => text.push_str("pi"),
        ExprKind::Symbol(name) => text.push_str(name),
        ExprKind::Position => text.push('x'),
        ExprKind::Coordinate(axis) => _ = write!(text, "x{axis}"),
        ExprKind::Vector(entries) => write_list(text, entries),
        _ => write_call(text, kind),
    }
}

fn write_call(text: &mut String, kind: &ExprKind) {
    let mut call = |name: &str, arguments: &[&Expr], rest: &str| {
        text.push_str(name);
        text.push('(');
        for (at, argument) in arguments.iter().enumerate() {
            text.push_str(if at > 0 { ", " } else { "" });
            write_expr(text, argument, Binding::Sum);
        }
        text.push_str(rest);
        text.push(')');
    };
    let counted = |order: u32| if order == 1 { String::new() } else { format!(", {order}") };
    match kind {
        ExprKind::TimeDerivative { operand, order } => call("dt", &[operand], &counted(*order)),
        ExprKind::Caputo { operand, order } => call("dt", &[operand, order], ""),
        ExprKind::SpaceDerivative { operand, axis: 1, order: 1 } => call("dx", &[operand], ""),
        ExprKind::SpaceDerivative { operand, axis, order } => {
            call("d", &[operand], &format!(", x{axis}{}", counted(*order)));
        }
        ExprKind::Laplacian { operand, order } => call("lap", &[operand], &counted(*order)),
        ExprKind::Gradient(operand) => call("grad", &[operand], ""),
        ExprKind::Divergence(operand) => call("div", &[operand], ""),
        ExprKind::FractionalLaplacian { operand, exponent } => call("fraclap", &[operand, exponent], ""),
        ExprKind::FourierMultiplier { symbol, operand } => call("fourier", &[symbol, operand], ""),
        ExprKind::Dot(left, right) => call("dot", &[left, right], ""),
        ExprKind::Function { function, argument } => call(function.name(), &[argument], ""),
        ExprKind::Anisotropic { matrix, operand } => {
            text.push_str("aniso([");
            for (at, row) in matrix.iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                write_list(text, row);
            }
            text.push_str("], ");
            write_expr(text, operand, Binding::Sum);
            text.push(')');
        }
        // Everything else is written by `write_kind`.
        _ => {}
    }
}

fn write_list(text: &mut String, entries: &[Expr]) {
    text.push('[');
    for (at, entry) in entries.iter().enumerate() {
        text.push_str(if at > 0 { ", " } else { "" });
        write_expr(text, entry, Binding::Sum);
    }
    text.push(']');
}
