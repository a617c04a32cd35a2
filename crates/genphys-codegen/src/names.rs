//! Names of an equation as names of Rust: `yukawa` -> `Yukawa`, `type` -> `r#type`.

use proc_macro2::{Ident, Span};
use quote::format_ident;

/// Fields and locals of the generated code that a parameter must not take.
const RESERVED: [&str; 2] = ["kernel", "_"];

/// The variable for a parameter. It keeps the name of the equation; only keywords and the generator's own names change.
pub(crate) fn rust_name(name: &str) -> Ident {
    if RESERVED.contains(&name) {
        return format_ident!("{name}_");
    }
    if syn::parse_str::<Ident>(name).is_ok() {
        return Ident::new(name, Span::call_site());
    }
    let raw = format!("r#{name}");
    if syn::parse_str::<Ident>(&raw).is_ok() {
        Ident::new_raw(name, Span::call_site())
    } else {
        format_ident!("{name}_")
    }
}

/// Types that the generated code speaks of: an equation called `result` becomes `ResultModel`.
const TAKEN: [&str; 7] = ["GenerativePde", "ParamError", "PointSourceKernel", "Result", "RngCore", "Self", "Vec"];

/// The type for an equation: `dissipative_wave` -> `DissipativeWave`.
pub fn type_name(name: &str) -> String {
    let camel: String = name
        .split('_')
        .filter(|word| !word.is_empty())
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect();
    match camel.as_str() {
        "" => "Model".to_owned(),
        taken if TAKEN.contains(&taken) => format!("{camel}Model"),
        _ if camel.starts_with(|c: char| c.is_ascii_digit()) => format!("Model{camel}"),
        _ => camel,
    }
}

/// Whether rustc takes the name for a variable without a style warning.
pub(crate) fn is_snake_case(name: &str) -> bool {
    !name.chars().any(|c| c.is_uppercase()) && !name.trim_matches('_').contains("__")
}

#[cfg(test)]
mod tests {
    use super::{is_snake_case, rust_name, type_name};

    #[test]
    fn types_are_camel_case() {
        assert_eq!(type_name("dissipative_wave"), "DissipativeWave");
        assert_eq!(type_name("pfgmpp"), "Pfgmpp");
        assert_eq!(type_name("self"), "SelfModel");
        assert_eq!(type_name("result"), "ResultModel");
        assert_eq!(type_name("_"), "Model");
        assert_eq!(type_name("_2d"), "Model2d");
    }

    #[test]
    fn keywords_and_reserved_names_get_out_of_the_way() {
        assert_eq!(rust_name("m").to_string(), "m");
        assert_eq!(rust_name("type").to_string(), "r#type");
        assert_eq!(rust_name("self").to_string(), "self_");
        assert_eq!(rust_name("kernel").to_string(), "kernel_");
    }

    #[test]
    fn diffusivity_d_is_no_snake_case() {
        assert!(is_snake_case("k0") && is_snake_case("eps_1"));
        assert!(!is_snake_case("D"));
    }
}
