//! What `genphys check --format latex` writes beyond papers: columns and matrices, and the inverse Fourier transform of
//! a multiplier.

use super::expression::{closing, expression, power};
use super::node::Node;
use super::stream::{Parsed, Tokens, fail};
use crate::ast::{Expr, ExprKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::Sign;

/// `\begin{pmatrix} 1 \\ 2 \end{pmatrix}`: a vector, and with several columns its rows.
pub(super) fn matrix(input: Tokens<'_>) -> Parsed<'_, Node> {
    let open = input.head().span;
    let (mut rows, mut row, mut height): (Vec<Vec<Expr>>, Vec<Expr>, usize) = (Vec::new(), Vec::new(), 0);
    let mut rest = input.advance();
    loop {
        let (after, entry) = rest.nested(expression)?;
        height = height.max(entry.height);
        row.push(entry.expr);
        let (ampersand, ends) = (after.is(Sign::Ampersand), after.is(Sign::EndMatrix));
        rest = after.advance();
        if ampersand {
            continue;
        }
        rows.push(std::mem::take(&mut row));
        // `\\` may also end the last row.
        if ends || after.is(Sign::Row) && rest.is(Sign::EndMatrix) {
            let close = if ends { after.head().span } else { rest.head().span };
            let rest = if ends { rest } else { rest.advance() };
            let span = open.to(close);
            let single = rows.iter().all(|row| row.len() == 1) || rows.len() == 1;
            let entries = if single {
                rows.into_iter().flatten().collect()
            } else {
                rows.into_iter().map(|row| Expr::new(ExprKind::Vector(row), span)).collect()
            };
            return Ok((rest, Node::over(height + 1, span, ExprKind::Vector(entries))?));
        }
        if !after.is(Sign::Row) {
            return Err(fail(after.unexpected("`&`, `\\\\` or `\\end{pmatrix}`").label(open, "opened here")));
        }
    }
}

/// `∇·(A∇f)` with a matrix: what the divergence acts on is its product with a gradient.
pub(super) fn anisotropic(operand: Node) -> Result<Node, Node> {
    let (span, height) = (operand.span(), operand.height);
    let ExprKind::Mul(left, right) = operand.expr.kind else { return Err(operand) };
    let whole = |left, right| Node { expr: Expr::new(ExprKind::Mul(left, right), span), height };
    let ExprKind::Vector(rows) = &left.kind else { return Err(whole(left, right)) };
    let ExprKind::Gradient(field) = &right.kind else { return Err(whole(left, right)) };
    let matrix: Option<Vec<Vec<Expr>>> = if let [single] = rows.as_slice() {
        Some(vec![vec![single.clone()]])
    } else {
        let entries = |row: &Expr| match &row.kind {
            ExprKind::Vector(entries) => Some(entries.clone()),
            _ => None,
        };
        rows.iter().map(entries).collect()
    };
    let Some(matrix) = matrix else { return Err(whole(left, right)) };
    let kind = ExprKind::Anisotropic { matrix, operand: field.clone() };
    Ok(Node { expr: Expr::new(kind, span), height })
}

/// `\mathcal{F}^{-1}[g\,\hat{\phi}]`.
pub(super) fn inverse_fourier(input: Tokens<'_>) -> Parsed<'_, Node> {
    let (start, open) = (input.head().span, input.advance());
    let close = match () {
        () if open.is(Sign::LeftBracket) => Sign::RightBracket,
        () if open.is(Sign::LeftParen) => Sign::RightParen,
        () => return Err(fail(open.unexpected("`[`, a function of `k` and `\\hat{\\phi}`"))),
    };
    let (rest, symbol) = open.advance().nested(expression)?;
    if !rest.is(Sign::Hat) {
        let problem = rest.unexpected("`\\hat{…}`, what is transformed");
        return Err(fail(Diagnostic { code: Code::FourierSymbol, ..problem }.help("write `fourier(g, phi)`")));
    }
    let (rest, operand) = rest.advance().nested(power)?;
    let (rest, end) = closing(rest, close, open.head().span)?;
    let make = |symbol, operand| ExprKind::FourierMultiplier { symbol, operand };
    let mut node = Node::binary(make, symbol, operand)?;
    node.expr.span = start.to(end);
    Ok((rest, node))
}
