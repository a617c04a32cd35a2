//! Constants of a kernel: expressions of the `.pde` language in numbers and parameters, written as Rust on `f64`.

use crate::cancelling::{Term, beside_one, cancelling};
use crate::error::PlanError;
use crate::names;
use crate::tidy::tidy;
use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;

/// How tightly the outermost operator of a piece of Rust binds; a looser operand of a tighter operator gets
/// parentheses, and nothing else does (rustc warns of needless ones).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Prefix,
    Primary,
}

/// A piece of Rust with the binding of its outermost operator.
struct Piece {
    tokens: TokenStream,
    binding: Binding,
    /// The value of a bare number.
    number: Option<f64>,
    /// Whether its type is known without what stands around it; that of `-(1.0 + 2.0)` is not, and it has no methods.
    typed: bool,
}

impl Piece {
    fn new(tokens: TokenStream, binding: Binding, typed: bool) -> Self {
        Self { tokens, binding, number: None, typed }
    }

    /// Two operands of an operator. The left one may bind as loosely as the operator.
    fn infix(left: Self, operator: TokenStream, right: Self, binding: Binding) -> Self {
        let typed = left.typed || right.typed;
        let tighter = if binding == Binding::Sum { Binding::Product } else { Binding::Prefix };
        let (left, right) = (left.operand(binding), right.operand(tighter));
        Self::new(quote!(#left #operator #right), binding, typed)
    }

    /// The tokens as an operand that must bind at least as tightly as `least`.
    fn operand(self, least: Binding) -> TokenStream {
        let tokens = self.tokens;
        if self.binding < least { quote!((#tokens)) } else { tokens }
    }

    /// The tokens as the receiver of a method: in parentheses with a sign, because methods bind tighter, and with a
    /// type.
    fn receiver(mut self) -> TokenStream {
        if !self.typed {
            self.tokens = with_type(self.tokens, &mut false);
        }
        self.operand(Binding::Primary)
    }
}

/// The same expression with the type of its first number spelled out.
fn with_type(tokens: TokenStream, done: &mut bool) -> TokenStream {
    let one = |token: TokenTree| match token {
        TokenTree::Group(group) => Group::new(group.delimiter(), with_type(group.stream(), done)).into(),
        TokenTree::Literal(literal) if !*done => match literal.to_string().parse() {
            Ok(value) => {
                *done = true;
                Literal::f64_suffixed(value).into()
            }
            Err(_) => literal.into(),
        },
        other => other,
    };
    tokens.into_iter().map(one).collect()
}

/// The names that an expression may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// Parameters of the equation.
    pub(crate) params: &'a [String],
    /// What the expression is a function of besides.
    pub(crate) of: Argument<'a>,
}

/// The argument of a constant that is a function.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Argument<'a> {
    /// None.
    Nothing,
    /// The time, by its name in the equation.
    Time(&'a str),
    /// λ, complex, by the name that the derivation has for it.
    Lambda(&'a str),
}

impl Scope<'_> {
    /// The variable of a name: [`LAMBDA`] for λ, for a name of the equation the one that [`names::variable`] has for
    /// it.
    fn variable(&self, name: &str) -> Option<Ident> {
        match self.of {
            Argument::Lambda(lambda) if lambda == name => Some(Ident::new(LAMBDA, Span::call_site())),
            Argument::Time(time) if time == name => Some(names::variable(name)),
            _ => self.params.iter().any(|param| param == name).then(|| names::variable(name)),
        }
    }

    fn is_complex(&self, name: &str) -> bool {
        matches!(self.of, Argument::Lambda(lambda) if lambda == name)
    }
}

/// The variable λ in generated code.
pub(crate) const LAMBDA: &str = "lambda";

/// Translates an expression in numbers, `pi` and the names in scope to Rust.
///
/// # Errors
/// [`PlanError::Constant`] for anything else: derivatives, the field, `x`, the imaginary unit, unknown names.
pub(crate) fn rust_tree(expr: &Expr, scope: Scope<'_>) -> Result<TokenStream, PlanError> {
    translate(&tidy(expr), scope)
        .map(|piece| piece.tokens)
        .map_err(|found| PlanError::Constant { expression: genphys_pde::print_expr(expr), found })
}

/// A sum whose terms cancel, by functions that keep the digits of what is left.
fn cancelled(terms: Vec<(bool, Term)>, scope: Scope<'_>) -> Result<Piece, String> {
    let mut sum: Option<Piece> = None;
    for (negative, term) in terms {
        let times = |factor: Option<Expr>, piece: Piece| match factor {
            Some(factor) => Ok(Piece::infix(translate(&factor, scope)?, quote!(*), piece, Binding::Product)),
            None => Ok::<Piece, String>(piece),
        };
        let primary = |tokens| Piece::new(tokens, Binding::Primary, true);
        let piece = match term {
            Term::Plain(term) => translate(&term, scope)?,
            Term::ExpM1 { factor, argument } => {
                let a = translate(&argument, scope)?.receiver();
                times(factor, primary(quote!(#a.exp_m1())))?
            }
            Term::Square { factor, argument } => {
                let a = translate(&argument, scope)?.receiver();
                times(factor, primary(quote!(#a.exp_m1().powi(2))))?
            }
            Term::DoubleSinh { factor, argument } => {
                let a = translate(&argument, scope)?.receiver();
                let two = number_piece(&Number::integer(2))?;
                times(factor, Piece::infix(two, quote!(*), primary(quote!(#a.sinh())), Binding::Product))?
            }
            Term::Versine { factor, argument } => {
                let half = Piece::infix(
                    Piece { number: Some(0.5), ..Piece::new(quote!(0.5), Binding::Primary, false) },
                    quote!(*),
                    translate(&argument, scope)?,
                    Binding::Product,
                );
                let a = half.receiver();
                let square = Piece::infix(
                    number_piece(&Number::integer(2))?,
                    quote!(*),
                    primary(quote!(#a.sin().powi(2))),
                    Binding::Product,
                );
                times(factor, square)?
            }
        };
        sum = Some(match (sum, negative) {
            (None, false) => piece,
            (None, true) => {
                let (typed, tokens) = (piece.typed, piece.operand(Binding::Primary));
                Piece::new(quote!(-#tokens), Binding::Prefix, typed)
            }
            (Some(sum), false) => Piece::infix(sum, quote!(+), piece, Binding::Sum),
            (Some(sum), true) => Piece::infix(sum, quote!(-), piece, Binding::Sum),
        });
    }
    sum.ok_or_else(|| "an empty sum".to_owned())
}

/// Recurses at most as deep as the parser allows expressions to nest. The error names what was found.
fn translate(expr: &Expr, scope: Scope<'_>) -> Result<Piece, String> {
    // Complex numbers have no such functions, and the parts of an exponent are taken apart already.
    let real = !matches!(scope.of, Argument::Lambda(_));
    let piece = match &expr.kind {
        ExprKind::Add(..) | ExprKind::Sub(..) if real && let Some(terms) = cancelling(expr) => cancelled(terms, scope)?,
        ExprKind::Number(number) => number_piece(number)?,
        ExprKind::Pi => Piece::new(quote!(::std::f64::consts::PI), Binding::Primary, true),
        ExprKind::Symbol(name) => {
            let ident = scope.variable(name).ok_or_else(|| format!("`{name}`, which is not a parameter"))?;
            Piece::new(quote!(#ident), Binding::Primary, true)
        }
        ExprKind::Neg(a) => {
            let a = translate(a, scope)?;
            let typed = a.typed;
            // Two signs in a row would look like a decrement.
            let least = if a.binding == Binding::Prefix { Binding::Primary } else { Binding::Prefix };
            let a = a.operand(least);
            Piece::new(quote!(-#a), Binding::Prefix, typed)
        }
        ExprKind::Add(a, b) => Piece::infix(translate(a, scope)?, quote!(+), translate(b, scope)?, Binding::Sum),
        ExprKind::Sub(a, b) => Piece::infix(translate(a, scope)?, quote!(-), translate(b, scope)?, Binding::Sum),
        ExprKind::Mul(a, b) => Piece::infix(translate(a, scope)?, quote!(*), translate(b, scope)?, Binding::Product),
        ExprKind::Div(a, b) => Piece::infix(translate(a, scope)?, quote!(/), translate(b, scope)?, Binding::Product),
        ExprKind::Pow(base, exponent) => power(base, exponent, scope)?,
        ExprKind::Function { function: ScalarFunction::Log, argument }
            if real && let Some(small) = beside_one(argument) =>
        {
            let a = translate(&tidy(&small), scope)?.receiver();
            Piece::new(quote!(#a.ln_1p()), Binding::Primary, true)
        }
        ExprKind::Function { function, argument } => {
            let a = translate(argument, scope)?.receiver();
            let tokens = match function {
                ScalarFunction::Sqrt => quote!(#a.sqrt()),
                ScalarFunction::Exp => quote!(#a.exp()),
                ScalarFunction::Log => quote!(#a.ln()),
                ScalarFunction::Sin => quote!(#a.sin()),
                ScalarFunction::Cos => quote!(#a.cos()),
            };
            Piece::new(tokens, Binding::Primary, true)
        }
        ExprKind::Imaginary => return Err("the imaginary unit".to_owned()),
        ExprKind::Coordinate(_) => return Err("a coordinate".to_owned()),
        ExprKind::Position | ExprKind::Vector(_) | ExprKind::Dot(..) => return Err("a vector".to_owned()),
        ExprKind::TimeDerivative { .. }
        | ExprKind::Caputo { .. }
        | ExprKind::SpaceDerivative { .. }
        | ExprKind::Gradient(_)
        | ExprKind::Divergence(_)
        | ExprKind::Laplacian { .. }
        | ExprKind::FractionalLaplacian { .. }
        | ExprKind::FourierMultiplier { .. }
        | ExprKind::Anisotropic { .. } => return Err("a derivative".to_owned()),
    };
    Ok(piece)
}

/// `a^b`: `powi` for a whole number (exact for small ones), `sqrt` for one half, `powf` otherwise. A number has no
/// power with the complex λ as its exponent: there it is e^{b ln a}.
fn power(base: &Expr, exponent: &Expr, scope: Scope<'_>) -> Result<Piece, String> {
    let base = translate(base, scope)?.receiver();
    let complex = is_complex(exponent, scope);
    let exponent = translate(exponent, scope)?;
    let tokens = match exponent.number {
        Some(n) if n.fract() == 0.0 && n.abs() <= f64::from(u16::MAX) => {
            let n = Literal::i32_unsuffixed(n as i32);
            quote!(#base.powi(#n))
        }
        Some(0.5) => quote!(#base.sqrt()),
        _ if complex => {
            let exponent = exponent.operand(Binding::Product);
            quote!((#exponent * #base.ln()).exp())
        }
        _ => {
            let exponent = exponent.tokens;
            quote!(#base.powf(#exponent))
        }
    };
    Ok(Piece::new(tokens, Binding::Primary, true))
}

fn is_complex(expr: &Expr, scope: Scope<'_>) -> bool {
    match &expr.kind {
        ExprKind::Symbol(name) => scope.is_complex(name),
        ExprKind::Neg(a) | ExprKind::Function { argument: a, .. } => is_complex(a, scope),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) | ExprKind::Pow(a, b) => {
            is_complex(a, scope) || is_complex(b, scope)
        }
        _ => false,
    }
}

fn number_piece(number: &Number) -> Result<Piece, String> {
    let value = number.to_f64();
    if !value.is_finite() {
        return Err(format!("the number {number}, which is beyond the range of f64"));
    }
    let literal = Literal::f64_unsuffixed(value.abs());
    let (tokens, binding) = match value.is_sign_negative() {
        true => (quote!(-#literal), Binding::Prefix),
        false => (quote!(#literal), Binding::Primary),
    };
    Ok(Piece { tokens, binding, number: Some(value), typed: false })
}

#[cfg(test)]
mod tests;
