//! Building the tree with its height under control: a tree that is too high would overflow the stack of whoever
//! walks over it, so it is never built.

use super::stream::{Problem, fail};
use crate::ast::{Expr, ExprKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::limits::MAX_HEIGHT;
use crate::span::Span;

/// An expression and the height of its tree.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) expr: Expr,
    pub(super) height: usize,
}

impl Node {
    pub(super) fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Expr::new(kind, span), height: 1 }
    }

    pub(super) fn span(&self) -> Span {
        self.expr.span
    }

    /// An expression over children of which the highest has the given height.
    pub(super) fn over(height: usize, span: Span, kind: ExprKind) -> Result<Self, nom::Err<Problem>> {
        if height >= MAX_HEIGHT {
            let message = format!("this expression has more than {MAX_HEIGHT} terms or levels");
            return Err(fail(
                Diagnostic::new(Code::ExpressionTooLarge, message)
                    .label(Span::new(span.start, span.start), "starts here")
                    .help("name parts of the expression with `let`"),
            ));
        }
        Ok(Self { expr: Expr::new(kind, span), height: height + 1 })
    }

    /// An expression over one child.
    pub(super) fn unary(
        make: impl FnOnce(Box<Expr>) -> ExprKind,
        child: Self,
        span: Span,
    ) -> Result<Self, nom::Err<Problem>> {
        Self::over(child.height, span, make(Box::new(child.expr)))
    }

    /// An expression over two children.
    pub(super) fn binary(
        make: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
        left: Self,
        right: Self,
    ) -> Result<Self, nom::Err<Problem>> {
        let span = left.span().to(right.span());
        Self::over(left.height.max(right.height), span, make(Box::new(left.expr), Box::new(right.expr)))
    }
}
