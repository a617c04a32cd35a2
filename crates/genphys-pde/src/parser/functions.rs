//! Functions that are not part of the language: those that are written out in the ones that are, such as the hyperbolic
//! ones, and others, for which an error says what to write.

use super::expression::{closing, expression};
use super::node::Node;
use super::stream::{Context, Parsed, Problem, Tokens, fail};
use crate::ast::{Expr, ExprKind, Number, ScalarFunction};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::Sign;
use crate::limits::MAX_NODES;
use crate::printer::print_expr;
use crate::span::Span;
use crate::suggest::{Advice, function};
use std::collections::BTreeSet;

/// Functions that are written out: `tanh(a)` is `(1 - exp(-2*a))/(1 + exp(-2*a))`.
pub(crate) const WRITTEN_OUT: [&str; 15] =
    ["tanh", "coth", "sinh", "cosh", "sech", "csch", "tan", "cot", "sec", "csc", "log10", "log2", "abs", "min", "max"];

/// Those of them that have a meaning for real numbers only.
const REAL: [&str; 3] = ["abs", "min", "max"];

/// `tanh(a)` or `max(a, b)`, at the name.
pub(super) fn written_out<'a>(input: Tokens<'a>, name: &str) -> Parsed<'a, Node> {
    let (start, open) = (input.head().span, input.advance());
    let (mut rest, first) = open.advance().nested(expression)?;
    let mut arguments = vec![first];
    while rest.is(Sign::Comma) {
        let further;
        (rest, further) = rest.advance().nested(expression)?;
        arguments.push(further);
    }
    let (rest, close) = closing(rest, Sign::RightParen, open.head().span)?;
    let span = start.to(close);
    let several = ["min", "max"].contains(&name);
    if several == (arguments.len() == 1) {
        let message = format!("`{name}` takes {}", if several { "two arguments or more" } else { "one argument" });
        let help = format!("it is written `{name}({})`", if several { "a, b" } else { "a" });
        return Err(fail(Diagnostic::new(Code::ArgumentCount, message).label(span, "").help(help)));
    }
    let mut arguments = arguments.into_iter();
    let mut node = arguments.next().unwrap_or_else(|| Node::leaf(ExprKind::Number(Number::integer(1)), span));
    formula_grows(input.context, name, &node, span)?;
    if !several {
        return Ok((rest, apply(name, node, span)?));
    }
    for other in arguments {
        formula_grows(input.context, name, &node, span)?;
        formula_grows(input.context, name, &other, span)?;
        node = extreme(name == "max", node, other, span)?;
    }
    Ok((rest, node))
}

/// `|a|`.
pub(super) fn absolute_value(input: Tokens<'_>) -> Parsed<'_, Node> {
    let open = input.head().span;
    let context = input.context;
    let bars = context.in_bars.replace(true);
    let result = input.advance().nested(expression);
    context.in_bars.set(bars);
    let (rest, argument) = result?;
    if !rest.is(Sign::Bar) {
        let mut problem = rest.unexpected("an operator or `|`");
        problem.code = Code::UnclosedBracket;
        return Err(fail(problem.label(open, "opened here").help("an absolute value may also be written `abs(a)`")));
    }
    let span = open.to(rest.head().span);
    formula_grows(context, "abs", &argument, span)?;
    Ok((rest.advance(), apply("abs", argument, span)?))
}

/// Fails where the argument, which stands there more often then, makes the file too large, or is not real as it must be.
pub(super) fn formula_grows(
    context: &Context<'_>,
    name: &str,
    argument: &Node,
    span: Span,
) -> Result<(), nom::Err<Problem>> {
    if !context.may_grow(print_expr(&argument.expr).len()) {
        let message = format!("the functions of this file grow beyond {MAX_NODES} parts when they are written out");
        let help = "name the argument with `let`";
        return Err(fail(Diagnostic::new(Code::ExpressionTooLarge, message).label(span, "here").help(help)));
    }
    if REAL.contains(&name) {
        let has = |names: &BTreeSet<String>| may_be_complex(&argument.expr, names);
        let field = BTreeSet::from([context.field.to_owned()]);
        let of = if has(&field) {
            "the field"
        } else if has(&context.complex.borrow()) {
            "what may be complex"
        } else {
            return Ok(());
        };
        let message = format!("`{name}` of {of} is not part of the language");
        let help = "it is taken of real numbers: of the time, of parameters, and of `k` in `fourier`";
        return Err(fail(Diagnostic::new(Code::UnknownFunction, message).label(span, "").help(help)));
    }
    Ok(())
}

/// Whether the imaginary unit or one of the names occurs.
pub(super) fn may_be_complex(expr: &Expr, names: &BTreeSet<String>) -> bool {
    match &expr.kind {
        ExprKind::Imaginary => true,
        ExprKind::Symbol(name) => names.contains(name),
        _ => expr.children().into_iter().any(|child| may_be_complex(child, names)),
    }
}

/// A scalar function of one argument, written out where it is not part of the language.
pub(super) fn apply(name: &str, argument: Node, span: Span) -> Result<Node, nom::Err<Problem>> {
    let own = ScalarFunction::ALL.into_iter().find(|function| function.name() == name);
    match own {
        Some(function) => Node::unary(|argument| ExprKind::Function { function, argument }, argument, span),
        None => formula(name, argument, span),
    }
}

/// `(a + b)/2` with half the distance of `a` and `b` added or taken off.
fn extreme(larger: bool, a: Node, b: Node, span: Span) -> Result<Node, nom::Err<Problem>> {
    let height = a.height.max(b.height);
    let made = |kind: ExprKind| Expr::new(kind, span);
    let two = || Box::new(made(ExprKind::Number(Number::integer(2))));
    let sum = made(ExprKind::Add(Box::new(a.expr.clone()), Box::new(b.expr.clone())));
    let difference = made(ExprKind::Sub(Box::new(a.expr), Box::new(b.expr)));
    let square = made(ExprKind::Pow(Box::new(difference), two()));
    let distance = Box::new(made(ExprKind::Function { function: ScalarFunction::Sqrt, argument: Box::new(square) }));
    let make = if larger { ExprKind::Add } else { ExprKind::Sub };
    Node::over(height + 4, span, ExprKind::Div(Box::new(made(make(Box::new(sum), distance))), two()))
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
        // The wave number is a length.
        "abs" if a.kind == ExprKind::Symbol("k".into()) => return Ok(Node { expr: Expr::new(a.kind, span), height }),
        "abs" => {
            let square = made(ExprKind::Pow(Box::new(a), number(2)));
            return Node::over(height + 1, span, function(ScalarFunction::Sqrt, square).kind);
        }
        "log10" => (function(ScalarFunction::Log, a), function(ScalarFunction::Log, *number(10))),
        "log2" => (function(ScalarFunction::Log, a), function(ScalarFunction::Log, *number(2))),
        "tan" => (function(ScalarFunction::Sin, a.clone()), function(ScalarFunction::Cos, a)),
        "cot" => (function(ScalarFunction::Cos, a.clone()), function(ScalarFunction::Sin, a)),
        "sec" => (number(1), function(ScalarFunction::Cos, a)),
        "csc" => (number(1), function(ScalarFunction::Sin, a)),
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
