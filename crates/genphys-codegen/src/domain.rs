//! Domains of parameters as Rust: `m > 0.0`.

use genphys_pde::ast::{Bound, Domain, Number};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// `m > 0.0`, `a > 0.0 && a <= 2.0`, `(0.0..=2.0).contains(&a)`; `b.is_finite()` for all real numbers.
pub(crate) fn condition(variable: &Ident, domain: &Domain) -> TokenStream {
    let compared = |operator: TokenStream, with: &Number| {
        let with = literal(with);
        quote!(#variable #operator #with)
    };
    match domain {
        Domain::Unrestricted => quote!(#variable.is_finite()),
        Domain::Greater(with) => compared(quote!(>), with),
        Domain::GreaterEqual(with) => compared(quote!(>=), with),
        Domain::Less(with) => compared(quote!(<), with),
        Domain::LessEqual(with) => compared(quote!(<=), with),
        Domain::NotEqual(with) => compared(quote!(!=), with),
        Domain::Interval(interval) => {
            let above = if interval.lower_closed { quote!(>=) } else { quote!(>) };
            let below = if interval.upper_closed { quote!(<=) } else { quote!(<) };
            match (&interval.lower, &interval.upper) {
                // Clippy wants a range wherever Rust has one, which is where the lower end belongs to the domain.
                (Bound::Finite(from), Bound::Finite(to)) if interval.lower_closed => {
                    let (from, to) = (literal(from), literal(to));
                    let dots = if interval.upper_closed { quote!(..=) } else { quote!(..) };
                    quote!((#from #dots #to).contains(&#variable))
                }
                (Bound::Finite(from), Bound::Finite(to)) => {
                    let (above, below) = (compared(above, from), compared(below, to));
                    quote!(#above && #below)
                }
                (Bound::Finite(from), _) => compared(above, from),
                (_, Bound::Finite(to)) => compared(below, to),
                _ => quote!(#variable.is_finite()),
            }
        }
    }
}

fn literal(number: &Number) -> TokenStream {
    let value = number.to_f64();
    let size = Literal::f64_unsuffixed(value.abs());
    if value < 0.0 { quote!(-#size) } else { quote!(#size) }
}

#[cfg(test)]
mod tests {
    use super::condition;
    use genphys_pde::pde::ParamDomain;
    use proc_macro2::Span;

    fn rust(domain: &str) -> String {
        let variable = proc_macro2::Ident::new("a", Span::call_site());
        condition(&variable, &domain.parse::<ParamDomain>().unwrap().domain).to_string()
    }

    #[test]
    fn every_form_of_the_language_is_understood() {
        assert_eq!(rust("> 0"), "a > 0.0");
        assert_eq!(rust(">= 0.5"), "a >= 0.5");
        assert_eq!(rust("< -1e-3"), "a < - 0.001");
        assert_eq!(rust("<= 2"), "a <= 2.0");
        assert_eq!(rust("!= 0"), "a != 0.0");
        assert_eq!(rust("in (0, 2]"), "a > 0.0 && a <= 2.0");
        assert_eq!(rust("in [0, inf)"), "a >= 0.0");
        assert_eq!(rust("in (-inf, 3)"), "a < 3.0");
        assert_eq!(rust("in [-1, 2]"), "(- 1.0 ..= 2.0) . contains (& a)");
        assert_eq!(rust("in [0, 2)"), "(0.0 .. 2.0) . contains (& a)");
        assert_eq!(rust("in (-inf, inf)"), "a . is_finite ()");
        assert_eq!(rust("real"), "a . is_finite ()");
    }
}
