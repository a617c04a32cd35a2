//! The functions: `dt(f, 2)`, `d(f, x1)`, `fraclap(f, a)`, ….

use super::bare::bare_function;
use super::expression::{closing, expression, power};
use super::node::Node;
use super::notation::root_of_laplacian;
use super::stream::{Parsed, Problem, Tokens};
use crate::ast::{Expr, ExprKind, Number, ScalarFunction};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::limits::MAX_ORDER;
use crate::span::Span;
use crate::subscript::{Variable, variable};
use crate::words::{OPERATORS, is_keyword, reserved_for};

/// What stands between two commas.
enum Argument<'a> {
    Expression(Node),
    /// The second argument of `d`, a coordinate or the time.
    Direction(&'a str, Span),
}

impl Argument<'_> {
    fn span(&self) -> Span {
        match self {
            Self::Expression(node) => node.span(),
            Self::Direction(_, span) => *span,
        }
    }
}

/// How many arguments a function takes, and how it is written.
fn signature(name: &str) -> (usize, usize, &'static str) {
    match name {
        "dt" => (1, 2, "`dt(f)` or `dt(f, n)`"),
        "caputo" => (2, 2, "`caputo(f, b)` with an order b between 0 and 2"),
        "dx" => (1, 2, "`dx(f)` or `dx(f, n)`"),
        "d" => (2, 3, "`d(f, x1)` or `d(f, x1, n)`"),
        "lap" => (1, 2, "`lap(f)` or `lap(f, n)`"),
        "grad" => (1, 1, "`grad(f)`"),
        "div" => (1, 1, "`div(F)`"),
        "fraclap" => (2, 2, "`fraclap(f, a)`"),
        "fourier" => (2, 2, "`fourier(g, f)`"),
        "dot" => (2, 2, "`dot(a, b)`"),
        "aniso" => (2, 2, "`aniso([[a, b], [c, d]], f)`"),
        "sqrt" => (1, 1, "`sqrt(a)`"),
        "exp" => (1, 1, "`exp(a)`"),
        "log" => (1, 1, "`log(a)`"),
        "sin" => (1, 1, "`sin(a)`"),
        _ => (1, 1, "`cos(a)`"),
    }
}

/// Whether a function takes so many arguments.
pub(crate) fn takes(name: &str, count: usize) -> bool {
    let (least, most, _) = signature(name);
    (least..=most).contains(&count)
}

/// A call of the function whose name stands here.
pub(super) fn call<'a>(input: Tokens<'a>, name: &'a str) -> Parsed<'a, Node> {
    let (start, context) = (input.head().span, input.context);
    let rest = input.advance();
    if !rest.is(Sign::LeftParen) {
        let scalar = !OPERATORS.contains(&name);
        return if scalar { bare_function(input, name) } else { without_parentheses(input, name) };
    }
    if name == "sqrt"
        && let Some(found) = root_of_laplacian(rest, start)
    {
        return found;
    }
    let (rest, arguments, close) = arguments(rest, name)?;
    let span = start.to(close);
    let (least, most, form) = signature(name);
    if (least..=most).contains(&arguments.len()) {
        return Ok((rest, assemble(input, name, arguments, span)?));
    }
    let given = arguments.len();
    let plural = if given == 1 { "argument" } else { "arguments" };
    context.report(
        Diagnostic::new(Code::ArgumentCount, format!("`{name}` does not take {given} {plural}"))
            .label(span, "")
            .help(format!("it is written {form}")),
    );
    let stand_in = arguments.into_iter().find_map(|argument| match argument {
        Argument::Expression(node) => Some(node),
        Argument::Direction(..) => None,
    });
    Ok((rest, stand_in.unwrap_or_else(|| Node::leaf(ExprKind::Number(Number::integer(1)), span))))
}

/// `lap phi`: reported, and read as `lap(phi)` where it can be.
fn without_parentheses<'a>(input: Tokens<'a>, name: &'a str) -> Parsed<'a, Node> {
    let (span, rest) = (input.head().span, input.advance());
    let mut problem =
        Diagnostic::new(Code::FunctionWithoutArgument, format!("`{name}` is a function and needs its argument"))
            .label(span, "a function")
            .help(format!("it is written {}", signature(name).2));
    let operand = matches!(&rest.head().kind, TokenKind::Name(next) if !is_keyword(next));
    if !operand || signature(name).0 != 1 {
        input.context.report(problem);
        return Ok((rest, Node::leaf(ExprKind::Number(Number::integer(1)), span)));
    }
    let (rest, operand) = rest.nested(power)?;
    let whole = span.to(operand.span());
    problem.help = None;
    input.context.report(problem.instead(whole, format!("{name}({})", input.written(operand.span()))));
    Ok((rest, assemble(input, name, vec![Argument::Expression(operand)], whole)?))
}

/// `(a, b, …)`: at least one argument.
fn arguments<'a>(input: Tokens<'a>, name: &str) -> Result<(Tokens<'a>, Vec<Argument<'a>>, Span), nom::Err<Problem>> {
    let open = input.head().span;
    let mut input = input.advance();
    let mut arguments = Vec::new();
    if input.is(Sign::RightParen) {
        return Ok((input.advance(), arguments, input.head().span));
    }
    loop {
        let direction = input.head().name().filter(|_| {
            name == "d"
                && arguments.len() == 1
                && (input.second().is(Sign::Comma) || input.second().is(Sign::RightParen))
        });
        input = if let Some(direction) = direction {
            arguments.push(Argument::Direction(direction, input.head().span));
            input.advance()
        } else {
            let (rest, argument) = input.nested(expression)?;
            arguments.push(Argument::Expression(argument));
            rest
        };
        if !input.is(Sign::Comma) {
            let (rest, close) = closing(input, Sign::RightParen, open)?;
            return Ok((rest, arguments, close));
        }
        input = input.advance();
    }
}

/// The tree of a call whose number of arguments is right.
fn assemble<'a>(
    input: Tokens<'a>,
    name: &str,
    arguments: Vec<Argument<'a>>,
    span: Span,
) -> Result<Node, nom::Err<Problem>> {
    let given = arguments.len();
    let mut arguments = arguments.into_iter();
    let mut next = || arguments.next().unwrap_or(Argument::Direction("", span));
    let first = node(next());
    let function = ScalarFunction::ALL.into_iter().find(|function| function.name() == name);
    if let Some(function) = function {
        return Node::unary(|argument| ExprKind::Function { function, argument }, first, span);
    }
    match name {
        "grad" => Node::unary(ExprKind::Gradient, first, span),
        "div" => Node::unary(ExprKind::Divergence, first, span),
        "caputo" => in_time(input, first, next(), span, true),
        "dt" if given > 1 => in_time(input, first, next(), span, false),
        "dt" | "dx" | "lap" => {
            let order = arguments.next().map_or(1, |argument| order(input, &argument));
            let make = |operand| match name {
                "dt" => ExprKind::TimeDerivative { operand, order },
                "dx" => ExprKind::SpaceDerivative { operand, axis: 1, order },
                _ => ExprKind::Laplacian { operand, order },
            };
            Node::unary(make, first, span)
        }
        "d" => {
            let direction = next();
            let time = matches!(&direction, Argument::Direction(name, _) if is_time(input, name));
            if time && let Some(order) = arguments.next() {
                return in_time(input, first, order, span, false);
            }
            let order = arguments.next().map_or(1, |argument| order(input, &argument));
            let make = |operand| match axis(input, &direction) {
                Some(axis) => ExprKind::SpaceDerivative { operand, axis, order },
                None => ExprKind::TimeDerivative { operand, order },
            };
            Node::unary(make, first, span)
        }
        "aniso" => anisotropic(input, first, node(next()), span),
        _ => {
            let second = node(next());
            let mut both = Node::binary(
                |first, second| match name {
                    "fraclap" => ExprKind::FractionalLaplacian { operand: first, exponent: second },
                    "fourier" => ExprKind::FourierMultiplier { symbol: first, operand: second },
                    _ => ExprKind::Dot(first, second),
                },
                first,
                second,
            )?;
            both.expr.span = span;
            Ok(both)
        }
    }
}

fn node(argument: Argument<'_>) -> Node {
    match argument {
        Argument::Expression(node) => node,
        Argument::Direction(_, span) => Node::leaf(ExprKind::Number(Number::integer(1)), span),
    }
}

fn is_time(input: Tokens<'_>, name: &str) -> bool {
    variable(name, input.context.time) == Some(Variable::Time)
}

/// A derivative in the time: an ordinary one where the order is a whole number, else Caputo's, whose order is looked at
/// once its names are known. `by_name`: it is called Caputo's.
fn in_time<'a>(
    input: Tokens<'a>,
    operand: Node,
    order: Argument<'_>,
    span: Span,
    by_name: bool,
) -> Result<Node, nom::Err<Problem>> {
    let order = node(order);
    let whole = matches!(&order.expr.kind, ExprKind::Number(number) if number.exponent >= 0 && !number.is_zero());
    if !whole {
        let mut both = Node::binary(|operand, order| ExprKind::Caputo { operand, order }, operand, order)?;
        both.expr.span = span;
        return Ok(both);
    }
    let number = match &order.expr.kind {
        ExprKind::Number(number) => Some(number),
        _ => None,
    };
    let place = order.span();
    let order = checked_order(input, number, place);
    if by_name {
        let message = "Caputo's derivative of a whole order is read as the ordinary one";
        let operand = input.written(operand.span());
        let counted = if order == 1 { String::new() } else { format!(", {order}") };
        let note = Diagnostic::new(Code::TakenAs, message).label(place, "a whole number");
        input.context.report(note.instead(span, format!("dt({operand}{counted})")));
    }
    Node::unary(|operand| ExprKind::TimeDerivative { operand, order }, operand, span)
}

/// The order of a derivative; 1 after a report.
fn order(input: Tokens<'_>, argument: &Argument<'_>) -> u32 {
    let number = match argument {
        Argument::Expression(Node { expr: Expr { kind: ExprKind::Number(number), .. }, .. }) => Some(number),
        _ => None,
    };
    checked_order(input, number, argument.span())
}

/// A written order, checked against the limit; 1 after a report.
pub(super) fn checked_order(input: Tokens<'_>, number: Option<&Number>, span: Span) -> u32 {
    let too_high = |number: &&Number| number.exponent >= 0 && number.to_f64() > f64::from(MAX_ORDER);
    let problem = match number {
        Some(number) if number.to_u32().is_some_and(|order| (1..=MAX_ORDER).contains(&order)) => {
            return number.to_u32().unwrap_or(1);
        }
        Some(number) if too_high(&number) => {
            Diagnostic::new(Code::OrderTooHigh, format!("the order is above {MAX_ORDER}")).label(span, "too high")
        }
        _ => Diagnostic::new(Code::OrderNotWhole, "the order is not a whole number from 1")
            .label(span, "expected a whole number")
            .help(
                "orders are written out: `dt(phi, 2)`; a fractional Laplacian is `fraclap(phi, a)`, a fractional derivative \
                 in the time `dt(phi, 0.5)`",
            ),
    };
    input.context.report(problem);
    1
}

/// The axis of a derivative, `None` for the time; 1 after a report.
fn axis(input: Tokens<'_>, direction: &Argument<'_>) -> Option<u32> {
    let (name, span) = match direction {
        Argument::Direction(name, span) => (*name, *span),
        Argument::Expression(node) => ("", node.span()),
    };
    match variable(name, input.context.time) {
        Some(Variable::Time) => None,
        Some(Variable::Axis(axis)) => Some(axis),
        None => {
            input.context.report(not_a_coordinate(input, name, span));
            Some(1)
        }
    }
}

/// "`r` is not a coordinate".
pub(super) fn not_a_coordinate(input: Tokens<'_>, name: &str, span: Span) -> Diagnostic {
    let message =
        if name.is_empty() { "this is not a coordinate".into() } else { format!("`{name}` is not a coordinate") };
    let time = input.context.time;
    let mut help = format!("the coordinates are x1, x2, … or x, y, z, and the time is `{time}`");
    if time == "t" && reserved_for(name).is_none() && !name.is_empty() {
        help.push_str(&format!("; a time of another name is declared, as in `time {name} in (0, inf)`"));
    }
    Diagnostic::new(Code::CoordinateExpected, message).label(span, "expected a coordinate").help(help)
}

fn anisotropic(input: Tokens<'_>, matrix: Node, operand: Node, span: Span) -> Result<Node, nom::Err<Problem>> {
    let height = matrix.height.max(operand.height);
    let place = matrix.span();
    let rows = match matrix.expr.kind {
        ExprKind::Vector(rows) => rows,
        _ => Vec::new(),
    };
    let row = |row: Expr| match row.kind {
        ExprKind::Vector(entries) => Some(entries),
        _ => None,
    };
    let matrix = rows.into_iter().map(row).collect::<Option<Vec<_>>>().filter(|rows| !rows.is_empty());
    let operand = Box::new(operand.expr);
    let Some(matrix) = matrix else {
        input.context.report(
            Diagnostic::new(Code::WrongMatrix, "the first argument of `aniso` is not a matrix")
                .label(place, "expected a matrix, row by row")
                .help("write it like `aniso([[2, 0], [0, 1]], phi)`"),
        );
        return Node::over(height, span, ExprKind::Laplacian { operand, order: 1 });
    };
    Node::over(height, span, ExprKind::Anisotropic { matrix, operand })
}
