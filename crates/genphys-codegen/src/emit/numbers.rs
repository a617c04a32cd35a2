//! Numbers of the equation in Rust.

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote;
use std::f64::consts;

/// A number as a literal of `f64`.
pub(super) fn float(value: f64) -> TokenStream {
    let size = Literal::f64_unsuffixed(value.abs());
    if value.is_sign_negative() { quote!(-#size) } else { quote!(#size) }
}

/// The attribute that keeps clippy quiet where a number of these tokens resembles a constant of mathematics: the
/// equation says 3.14 and means 3.14. Nothing where none does.
pub(super) fn allow_constants(tokens: &TokenStream) -> Option<TokenStream> {
    resembles_constant(tokens.clone()).then(|| quote!(#[allow(clippy::approx_constant)]))
}

fn resembles_constant(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => resembles_constant(group.stream()),
        TokenTree::Literal(literal) => {
            literal.to_string().trim_end_matches("f64").parse().is_ok_and(|value: f64| near_constant(value))
        }
        TokenTree::Ident(_) | TokenTree::Punct(_) => false,
    })
}

/// Wider than clippy's own test, which compares digits: an attribute too many does no harm.
fn near_constant(value: f64) -> bool {
    const GOLDEN_RATIO: f64 = 1.618_033_988_749_895;
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    let constants = [
        [consts::E, consts::PI, consts::TAU, GOLDEN_RATIO, EULER_GAMMA],
        [consts::FRAC_1_PI, consts::FRAC_2_PI, consts::FRAC_1_SQRT_2, consts::FRAC_2_SQRT_PI, consts::SQRT_2],
        [consts::FRAC_PI_2, consts::FRAC_PI_3, consts::FRAC_PI_4, consts::FRAC_PI_6, consts::FRAC_PI_8],
        [consts::LN_2, consts::LN_10, consts::LOG10_2, consts::LOG10_E, consts::LOG2_E],
        [consts::LOG2_10; 5],
    ];
    constants.as_flattened().iter().any(|constant| (value - constant).abs() < 0.002)
}

#[cfg(test)]
mod tests {
    use super::{allow_constants, float};
    use quote::quote;

    #[test]
    fn numbers_are_exact_and_signed() {
        assert_eq!(float(-0.1).to_string(), "- 0.1");
        assert_eq!(float(1e300).to_string().parse(), Ok(1e300));
    }

    #[test]
    fn only_what_resembles_a_constant_is_excused() {
        assert!(allow_constants(&quote!(f(g(3.14), 2))).is_some());
        assert!(allow_constants(&quote!(2.718f64.sqrt())).is_some());
        assert!(allow_constants(&quote!(f("3.14", 1.0, 2.5))).is_none());
    }
}
