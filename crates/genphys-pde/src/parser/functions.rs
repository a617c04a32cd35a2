//! Functions that are not part of the language: the hyperbolic ones and the tangent, which are written out, and others,
//! for which an error says what to write.

use super::expression::{closing, expression};
use super::node::Node;
use super::stream::{Parsed, Problem, Tokens, fail};
use crate::ast::{Expr, ExprKind, Number, ScalarFunction};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::Sign;
use crate::limits::MAX_NODES;
use crate::printer::print_expr;
use crate::span::Span;
use crate::suggest::{Advice, function};

/// Functions that are written out: `tanh(a)` is `(1 - exp(-2*a))/(1 + exp(-2*a))`.
pub(crate) const WRITTEN_OUT: [&str; 7] = ["tanh", "coth", "sinh", "cosh", "sech", "csch", "tan"];

/// `tanh(a)`, at the name.
pub(super) fn written_out<'a>(input: Tokens<'a>, name: &str) -> Parsed<'a, Node> {
    let (start, open) = (input.head().span, input.advance());
    let (rest, argument) = open.advance().nested(expression)?;
    if rest.is(Sign::Comma) {
        let message = format!("`{name}` takes one argument");
        return Err(fail(Diagnostic::new(Code::ArgumentCount, message).label(rest.head().span, "another one")));
    }
    let (rest, close) = closing(rest, Sign::RightParen, open.head().span)?;
    let span = start.to(close);
    // The argument stands there twice, and in a chain of these functions ever more often.
    if !input.context.may_grow(print_expr(&argument.expr).len()) {
        let message = format!("the functions of this file grow beyond {MAX_NODES} parts when they are written out");
        let help = "name the argument with `let`";
        return Err(fail(Diagnostic::new(Code::ExpressionTooLarge, message).label(span, "here").help(help)));
    }
    Ok((rest, formula(name, argument, span)?))
}

fn formula(name: &str, argument: Node, span: Span) -> Result<Node, nom::Err<Problem>> {
    let height = argument.height;
    let made = |kind: ExprKind| Expr::new(kind, span);
    let number = |value: u32| Box::new(made(ExprKind::Number(Number::integer(value))));
    let function =
        |function, argument: Expr| Box::new(made(ExprKind::Function { function, argument: Box::new(argument) }));
    let minus = |expr: Expr| made(ExprKind::Neg(Box::new(expr)));
    let a = argument.expr;
    let exp = |exponent: Expr| function(ScalarFunction::Exp, exponent);
    let sum = |left, right| Box::new(made(ExprKind::Add(left, right)));
    let difference = |left, right| Box::new(made(ExprKind::Sub(left, right)));
    let (above, below) = match name {
        "tan" => (function(ScalarFunction::Sin, a.clone()), function(ScalarFunction::Cos, a)),
        "tanh" | "coth" => {
            let fall = exp(minus(made(ExprKind::Mul(number(2), Box::new(a)))));
            let (less, more) = (difference(number(1), fall.clone()), sum(number(1), fall));
            if name == "tanh" { (less, more) } else { (more, less) }
        }
        _ => {
            let (rise, fall) = (exp(a.clone()), exp(minus(a)));
            let both = if ["cosh", "sech"].contains(&name) { sum(rise, fall) } else { difference(rise, fall) };
            if ["cosh", "sinh"].contains(&name) { (both, number(2)) } else { (number(2), both) }
        }
    };
    // A quotient of sums of functions of a product.
    Node::over(height + 4, span, ExprKind::Div(above, below))
}

/// `laplace(phi)`: reported, and its argument taken in its place. In a single expression, as reports have them, `re(c)`
/// and `im(c)` are the names of the parts of a complex parameter.
pub(super) fn unknown<'a>(input: Tokens<'a>, name: &str) -> Parsed<'a, Node> {
    let (start, open) = (input.head().span, input.advance().head().span);
    let (mut rest, argument) = input.advance().advance().nested(expression)?;
    let mut arguments = vec![argument.span()];
    while rest.is(Sign::Comma) {
        let further;
        (rest, further) = rest.advance().nested(expression)?;
        arguments.push(further.span());
    }
    let (rest, close) = closing(rest, Sign::RightParen, open)?;
    if let (false, "re" | "im", 1, ExprKind::Symbol(of)) =
        (input.context.whole, name, arguments.len(), &argument.expr.kind)
    {
        let part = Expr::new(ExprKind::Symbol(format!("{name}({of})")), start.to(close));
        return Ok((rest, Node { expr: part, ..argument }));
    }
    let arguments: Vec<&str> = arguments.into_iter().map(|span| input.written(span)).collect();
    let problem =
        Diagnostic::new(Code::UnknownFunction, format!("there is no function `{name}`")).label(start, "not a function");
    let span = start.to(close);
    input.context.report(match function(name, &arguments) {
        Advice::Write(text) => problem.instead(span, text),
        Advice::Mean(close, text) => problem.help(format!("did you mean `{close}`?")).instead(span, text),
        Advice::Say(help) => problem.help(help),
        Advice::None => {
            let shown: String = arguments.join(", ").chars().take(60).collect();
            let help = format!("if a product is meant, write `{name}*({shown})` and declare `param {name}`");
            problem.help(if arguments.len() == 1 {
                help
            } else {
                "see `genphys explain P031` for those there are".into()
            })
        }
    });
    Ok((rest, argument))
}
