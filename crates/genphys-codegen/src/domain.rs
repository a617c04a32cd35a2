//! Domains of parameters, read back from a derivation: `> 0`, `in (0, 2]`, `real`.

use crate::error::PlanError;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// One side of a domain: the parameter compared with a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Comparison {
    operator: Operator,
    with: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    NotEqual,
}

/// The comparisons that together say "is in the domain"; none for `real`.
///
/// # Errors
/// [`PlanError::ComplexParameter`] for `complex`, [`PlanError::Domain`] for what is no domain.
pub(crate) fn comparisons(param: &str, domain: &str) -> Result<Vec<Comparison>, PlanError> {
    match domain.trim() {
        "real" | "" => Ok(Vec::new()),
        text if text.starts_with("complex") => Err(PlanError::ComplexParameter { param: param.to_owned() }),
        text => read(text).ok_or_else(|| PlanError::Domain { param: param.to_owned(), domain: domain.to_owned() }),
    }
}

fn read(text: &str) -> Option<Vec<Comparison>> {
    if let Some(interval) = text.strip_prefix("in") {
        let interval = interval.trim();
        let lower = match interval.chars().next()? {
            '(' => Operator::Greater,
            '[' => Operator::GreaterEqual,
            _ => return None,
        };
        let upper = match interval.chars().next_back()? {
            ')' => Operator::Less,
            ']' => Operator::LessEqual,
            _ => return None,
        };
        let (from, to) = interval.get(1..interval.len() - 1)?.split_once(',')?;
        let ends = [(lower, bound(from)?), (upper, bound(to)?)];
        return Some(
            ends.into_iter()
                .filter(|(_, with)| with.is_finite())
                .map(|(operator, with)| Comparison { operator, with })
                .collect(),
        );
    }
    // The two-letter signs first: `>=` begins with `>`.
    let signs = [
        (">=", Operator::GreaterEqual),
        ("<=", Operator::LessEqual),
        ("!=", Operator::NotEqual),
        (">", Operator::Greater),
        ("<", Operator::Less),
    ];
    let (operator, number) = signs.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)))?;
    bound(number).filter(|with| with.is_finite()).map(|with| vec![Comparison { operator, with }])
}

fn bound(text: &str) -> Option<f64> {
    match text.trim() {
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        number => number.parse().ok().filter(|value: &f64| value.is_finite()),
    }
}

/// `m > 0.0`, `a > 0.0 && a <= 2.0`, `(0.0..=2.0).contains(&a)`; `b.is_finite()` for all real numbers.
pub(crate) fn condition(variable: &Ident, comparisons: &[Comparison]) -> TokenStream {
    // Clippy wants a range wherever Rust has one, which is where the lower end belongs to the domain.
    if let [Comparison { operator: Operator::GreaterEqual, with: from }, Comparison { operator, with: to }] =
        comparisons
    {
        let (from, to) = (literal(*from), literal(*to));
        match operator {
            Operator::Less => return quote!((#from..#to).contains(&#variable)),
            Operator::LessEqual => return quote!((#from..=#to).contains(&#variable)),
            Operator::Greater | Operator::GreaterEqual | Operator::NotEqual => {}
        }
    }
    let sides: Vec<TokenStream> = comparisons
        .iter()
        .map(|Comparison { operator, with }| {
            let with = literal(*with);
            match operator {
                Operator::Greater => quote!(#variable > #with),
                Operator::GreaterEqual => quote!(#variable >= #with),
                Operator::Less => quote!(#variable < #with),
                Operator::LessEqual => quote!(#variable <= #with),
                Operator::NotEqual => quote!(#variable != #with),
            }
        })
        .collect();
    if sides.is_empty() { quote!(#variable.is_finite()) } else { quote!(#(#sides)&&*) }
}

fn literal(value: f64) -> TokenStream {
    let size = Literal::f64_unsuffixed(value.abs());
    if value < 0.0 { quote!(-#size) } else { quote!(#size) }
}

/// Whether a value is in the domain.
pub(crate) fn contains(comparisons: &[Comparison], value: f64) -> bool {
    value.is_finite()
        && comparisons.iter().all(|Comparison { operator, with }| match operator {
            Operator::Greater => value > *with,
            Operator::GreaterEqual => value >= *with,
            Operator::Less => value < *with,
            Operator::LessEqual => value <= *with,
            Operator::NotEqual => value != *with,
        })
}

#[cfg(test)]
mod tests {
    use super::{comparisons, condition, contains};
    use proc_macro2::Span;

    fn rust(domain: &str) -> String {
        let variable = proc_macro2::Ident::new("a", Span::call_site());
        condition(&variable, &comparisons("a", domain).unwrap()).to_string()
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
        assert_eq!(rust("in [-1, 2]"), "(- 1.0 ..= 2.0) . contains (& a)");
        assert_eq!(rust("in [0, 2)"), "(0.0 .. 2.0) . contains (& a)");
        assert_eq!(rust("in (-inf, inf)"), "a . is_finite ()");
        assert_eq!(rust("real"), "a . is_finite ()");
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for domain in ["complex", "around 3", "in 0, 2", "in (0 2)", "> inf", "> x", "in (", "=> 1"] {
            assert!(comparisons("a", domain).is_err(), "{domain}");
        }
    }

    #[test]
    fn the_ends_of_an_interval_belong_to_it_as_written() {
        let domain = comparisons("a", "in (0, 2]").unwrap();
        assert!(contains(&domain, 2.0) && contains(&domain, 1e-300));
        assert!(!contains(&domain, 0.0) && !contains(&domain, 2.1) && !contains(&domain, f64::NAN));
        assert!(!contains(&comparisons("a", "> 0").unwrap(), f64::INFINITY));
    }
}
