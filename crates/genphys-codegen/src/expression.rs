//! Constants of a kernel: expressions of the `.pde` language in numbers and parameters, written as Rust on `f64`.

use crate::error::PlanError;
use crate::names::rust_name;
use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use proc_macro2::{Literal, TokenStream};
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
    /// A bare number: as the receiver of a method it needs its type spelled out.
    number: Option<f64>,
}

impl Piece {
    fn new(tokens: TokenStream, binding: Binding) -> Self {
        Self { tokens, binding, number: None }
    }

    /// The tokens as an operand that must bind at least as tightly as `least`.
    fn operand(self, least: Binding) -> TokenStream {
        let tokens = self.tokens;
        if self.binding < least { quote!((#tokens)) } else { tokens }
    }

    /// The tokens as the receiver of a method of `f64`.
    fn receiver(self) -> TokenStream {
        match self.number {
            Some(value) => {
                let literal = Literal::f64_suffixed(value);
                quote!(#literal)
            }
            None => self.operand(Binding::Primary),
        }
    }
}

/// Translates an expression in numbers, `pi` and the given parameters to Rust. Every parameter becomes the local
/// variable of its name.
///
/// # Errors
/// [`PlanError::Constant`] for anything else: derivatives, the field, `x`, the imaginary unit, unknown names.
pub(crate) fn rust_expression(text: &str, params: &[String]) -> Result<TokenStream, PlanError> {
    let refused = |found| PlanError::Constant { expression: text.to_owned(), found };
    let expr = genphys_pde::parse_expression(text).map_err(|_| refused("a syntax error".to_owned()))?;
    translate(&expr, params).map(|piece| piece.tokens).map_err(refused)
}

/// The same for an expression that is parsed already.
///
/// # Errors
/// As above.
pub(crate) fn rust_tree(expr: &Expr, params: &[String]) -> Result<TokenStream, PlanError> {
    translate(expr, params)
        .map(|piece| piece.tokens)
        .map_err(|found| PlanError::Constant { expression: genphys_pde::print_expr(expr), found })
}

/// Recurses at most as deep as the parser allows expressions to nest. The error names what was found.
fn translate(expr: &Expr, params: &[String]) -> Result<Piece, String> {
    let piece = match &expr.kind {
        ExprKind::Number(number) => number_piece(number)?,
        ExprKind::Pi => Piece::new(quote!(::std::f64::consts::PI), Binding::Primary),
        ExprKind::Symbol(name) if params.contains(name) => {
            let ident = rust_name(name);
            Piece::new(quote!(#ident), Binding::Primary)
        }
        ExprKind::Symbol(name) => return Err(format!("`{name}`, which is not a parameter")),
        ExprKind::Neg(a) => {
            // Two signs in a row would look like a decrement.
            if let ExprKind::Neg(inner) = &a.kind {
                return translate(inner, params);
            }
            let a = translate(a, params)?.operand(Binding::Prefix);
            Piece::new(quote!(-#a), Binding::Prefix)
        }
        ExprKind::Add(a, b) => {
            let (a, b) = (translate(a, params)?.tokens, translate(b, params)?.operand(Binding::Product));
            Piece::new(quote!(#a + #b), Binding::Sum)
        }
        ExprKind::Sub(a, b) => {
            let (a, b) = (translate(a, params)?.tokens, translate(b, params)?.operand(Binding::Product));
            Piece::new(quote!(#a - #b), Binding::Sum)
        }
        ExprKind::Mul(a, b) => {
            let a = translate(a, params)?.operand(Binding::Product);
            let b = translate(b, params)?.operand(Binding::Prefix);
            Piece::new(quote!(#a * #b), Binding::Product)
        }
        ExprKind::Div(a, b) => {
            let a = translate(a, params)?.operand(Binding::Product);
            let b = translate(b, params)?.operand(Binding::Prefix);
            Piece::new(quote!(#a / #b), Binding::Product)
        }
        ExprKind::Pow(base, exponent) => power(base, exponent, params)?,
        ExprKind::Function { function, argument } => {
            let a = translate(argument, params)?.receiver();
            let tokens = match function {
                ScalarFunction::Sqrt => quote!(#a.sqrt()),
                ScalarFunction::Exp => quote!(#a.exp()),
                ScalarFunction::Log => quote!(#a.ln()),
                ScalarFunction::Sin => quote!(#a.sin()),
                ScalarFunction::Cos => quote!(#a.cos()),
            };
            Piece::new(tokens, Binding::Primary)
        }
        ExprKind::Imaginary => return Err("the imaginary unit".to_owned()),
        ExprKind::Position | ExprKind::Vector(_) | ExprKind::Dot(..) => return Err("a vector".to_owned()),
        ExprKind::TimeDerivative { .. }
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

/// `a^b`: `powi` for a whole number (exact for small ones), `sqrt` for one half, `powf` otherwise.
fn power(base: &Expr, exponent: &Expr, params: &[String]) -> Result<Piece, String> {
    let base = translate(base, params)?.receiver();
    let exponent = translate(exponent, params)?;
    let tokens = match exponent.number {
        Some(n) if n.fract() == 0.0 && n <= f64::from(u16::MAX) => {
            let n = Literal::i32_unsuffixed(n as i32);
            quote!(#base.powi(#n))
        }
        Some(0.5) => quote!(#base.sqrt()),
        _ => {
            let exponent = exponent.tokens;
            quote!(#base.powf(#exponent))
        }
    };
    Ok(Piece::new(tokens, Binding::Primary))
}

fn number_piece(number: &Number) -> Result<Piece, String> {
    let value = number.to_f64();
    if !value.is_finite() {
        return Err(format!("the number {number}, which is beyond the range of f64"));
    }
    let literal = Literal::f64_unsuffixed(value);
    Ok(Piece { tokens: quote!(#literal), binding: Binding::Primary, number: Some(value) })
}
