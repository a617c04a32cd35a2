//! Names of an equation as names of Rust, so that none of them captures anything or is captured.
//!
//! A name of the equation stands at two kinds of places. As a *field* of the model it keeps its spelling; nothing else
//! lives in that name space but two fields of ours, which get out of its way. As a *variable* it has a prefix that no
//! variable of ours has; in a file of its own it is written without where nothing in reach has the bare name
//! ([`Names::in_file`]). Inside a program of somebody's, where every name may mean something, variables of ours have a
//! prefix as well and all else is reached by absolute paths ([`hygienic`]).

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet};
use syn::ext::IdentExt;

/// What a variable for a name of the equation begins with.
const PREFIX: &str = "pde_";
/// What a variable of ours begins with inside a program of somebody's.
const OURS: &str = "genphys_";

/// Names that clippy does not want for variables.
const DISALLOWED: [&str; 3] = ["foo", "baz", "quux"];

/// The variable for a name of the equation, as plans have it.
pub(crate) fn variable(name: &str) -> Ident {
    format_ident!("{PREFIX}{name}")
}

/// The field for a parameter among those of an equation: its name, raw where that is a keyword.
pub(crate) fn field(name: &str, all: &[&str]) -> Ident {
    if is_free(name) {
        return Ident::new(name, Span::call_site());
    }
    // `_` and the four keywords that have no raw form.
    if syn::parse_str::<Ident>(&format!("r#{name}")).is_ok() {
        return Ident::new_raw(name, Span::call_site());
    }
    fresh(&format!("{name}_"), |taken| all.contains(&taken))
}

/// Whether two fields are the same: `gen` is `r#gen` in editions that have the keyword.
pub(crate) fn same_field(a: &Ident, b: &Ident) -> bool {
    a.unraw() == b.unraw()
}

/// Whether a name is an identifier in every edition.
fn is_free(name: &str) -> bool {
    name != "gen" && syn::parse_str::<Ident>(name).is_ok()
}

/// The name, with as many `_` behind it as it takes.
fn fresh(name: &str, taken: impl Fn(&str) -> bool) -> Ident {
    let mut name = name.to_owned();
    while taken(&name) {
        name.push('_');
    }
    Ident::new(&name, Span::call_site())
}

/// How the names of one equation are spelled in one piece of generated code.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    fields: BTreeMap<String, Ident>,
    variables: BTreeMap<String, Ident>,
    /// The field that holds the kernel.
    pub(crate) kernel: Ident,
    /// The field that uses generic parameters which no field of the user's does.
    pub(crate) unused: Ident,
}

impl Names {
    /// Fields with their names, beside `further` ones of the user's that are no parameters; variables with the prefix.
    pub(crate) fn new(params: &[&str], variables: &[&str], further: &[String]) -> Self {
        let fields: BTreeMap<String, Ident> =
            params.iter().map(|name| ((*name).to_owned(), field(name, params))).collect();
        let taken =
            |name: &str| fields.values().any(|field| field.unraw() == name) || further.iter().any(|f| f == name);
        let (kernel, unused) = (fresh("kernel", taken), fresh("generics", taken));
        let variables = variables.iter().map(|name| ((*name).to_owned(), variable(name))).collect();
        Self { fields, variables, kernel, unused }
    }

    /// The same with fields that nothing else can be mistaken for, and what each of them stands for.
    pub(crate) fn guarded(&self) -> (Self, BTreeMap<String, Ident>) {
        let mut stands_for = BTreeMap::new();
        let mut guard = |name: String, field: &Ident| {
            stands_for.insert(name.clone(), field.clone());
            Ident::new(&name, Span::call_site())
        };
        let fields =
            self.fields.iter().map(|(name, field)| (name.clone(), guard(format!("field_{name}"), field))).collect();
        let (kernel, unused) =
            (guard("own_kernel".to_owned(), &self.kernel), guard("own_generics".to_owned(), &self.unused));
        (Self { fields, variables: self.variables.clone(), kernel, unused }, stands_for)
    }

    /// The same for a file of our own, whose constructors use the names `ours`: a variable has no prefix where it
    /// cannot be mistaken for one of these, for what Rust itself puts in reach (whose values begin with a capital and
    /// go on in small letters: `Some`), or for a keyword.
    pub(crate) fn in_file(mut self, ours: &BTreeSet<String>) -> Self {
        for (name, variable) in &mut self.variables {
            let mut letters = name.chars();
            let first = letters.next().is_some_and(|first| first.is_ascii_uppercase());
            let capital = first && letters.any(|c| c.is_ascii_lowercase());
            let bare = name.starts_with(|c: char| c.is_ascii_alphabetic())
                && !name.starts_with(PREFIX)
                && !capital
                && is_free(name)
                && !DISALLOWED.contains(&name.as_str())
                && !ours.contains(name);
            if bare {
                *variable = Ident::new(name, Span::call_site());
            }
        }
        self
    }

    /// The field of a parameter.
    pub(crate) fn field(&self, name: &str) -> Ident {
        self.fields.get(name).cloned().unwrap_or_else(|| variable(name))
    }

    /// The variable for a name of the equation.
    pub(crate) fn variable(&self, name: &str) -> Ident {
        self.variables.get(name).cloned().unwrap_or_else(|| variable(name))
    }

    /// Tokens of a plan with its variables spelled so.
    pub(crate) fn apply(&self, tokens: &TokenStream) -> TokenStream {
        let spelled: BTreeMap<String, &Ident> =
            self.variables.iter().map(|(name, ident)| (variable(name).to_string(), ident)).collect();
        mapped(tokens.clone(), &|ident| spelled.get(&ident.to_string()).map(|ident| (*ident).clone()))
    }

    /// Whether some field or variable is written in a way that rustc has a style warning for.
    pub(crate) fn are_unusual(&self) -> bool {
        self.fields.values().chain(self.variables.values()).any(|ident| !is_snake_case(&ident.unraw().to_string()))
    }
}

fn mapped(tokens: TokenStream, other: &dyn Fn(&Ident) -> Option<Ident>) -> TokenStream {
    let one = |token: TokenTree| match token {
        TokenTree::Group(group) => proc_macro2::Group::new(group.delimiter(), mapped(group.stream(), other)).into(),
        TokenTree::Ident(ident) => other(&ident).unwrap_or(ident).into(),
        token => token,
    };
    tokens.into_iter().map(one).collect()
}

/// Every identifier that stands by itself in the tokens: not behind `::` or `.`, where names of other items do not
/// matter.
pub(crate) fn identifiers(tokens: &TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut behind, mut colons, mut dot) = (false, false, false);
    for token in tokens.clone() {
        let mut next = (false, false, false);
        match token {
            TokenTree::Group(group) => found.extend(identifiers(&group.stream())),
            TokenTree::Ident(ident) if !behind => _ = found.insert(ident.unraw().to_string()),
            TokenTree::Punct(punct) => {
                next = match punct.as_char() {
                    ':' if colons => (true, false, false),
                    ':' => (false, punct.spacing() == Spacing::Joint, false),
                    // `..` is a range.
                    '.' => (!dot, false, true),
                    _ => (false, false, false),
                };
            }
            TokenTree::Literal(_) | TokenTree::Ident(_) => {}
        }
        (behind, colons, dot) = next;
    }
    found
}

/// Items of ours for a program of somebody's: a constant or a static that lies beside would take the place of a
/// variable that has its name. So every variable gets a prefix; then guarded fields get their names back. Types,
/// functions and macros are reached by absolute paths in these items, so what begins with a small letter and stands
/// alone is a variable.
pub(crate) fn hygienic(items: TokenStream, stands_for: &BTreeMap<String, Ident>) -> TokenStream {
    let tokens: Vec<TokenTree> = items.into_iter().collect();
    let is = |at: Option<usize>, c: char| {
        at.and_then(|at| tokens.get(at)).is_some_and(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == c))
    };
    // `::`, and not the colon of a type that begins with one.
    let colons = |at: Option<usize>| {
        let first = at.and_then(|at| tokens.get(at));
        matches!(first, Some(TokenTree::Punct(p)) if p.as_char() == ':' && p.spacing() == Spacing::Joint)
    };
    let group = |at: usize, delimiter: Delimiter| matches!(tokens.get(at), Some(TokenTree::Group(g)) if g.delimiter() == delimiter);
    let one = |(at, token): (usize, &TokenTree)| -> TokenTree {
        let before = at.checked_sub(1);
        match token {
            // Attributes stay.
            TokenTree::Group(list) if list.delimiter() == Delimiter::Bracket && is(before, '#') => token.clone(),
            TokenTree::Group(list) => {
                proc_macro2::Group::new(list.delimiter(), hygienic(list.stream(), stands_for)).into()
            }
            TokenTree::Ident(ident) => {
                let text = ident.to_string();
                if let Some(field) = stands_for.get(&text) {
                    return field.clone().into();
                }
                let bare = text.trim_start_matches('_');
                let is_word =
                    syn::parse_str::<Ident>(&text).is_ok() && bare.starts_with(|c: char| c.is_ascii_lowercase());
                let dot = is(before, '.') && !is(at.checked_sub(2), '.');
                let member = dot || colons(at.checked_sub(2)) || is(before, '\'');
                let function = matches!(before.and_then(|at| tokens.get(at)), Some(TokenTree::Ident(i)) if i == "fn");
                let called = group(at + 1, Delimiter::Parenthesis) || is(Some(at + 1), '!');
                let path = colons(Some(at + 1));
                if !is_word || member || function || called || path || text.starts_with(PREFIX) {
                    return token.clone();
                }
                let silent = if text.starts_with('_') { "_" } else { "" };
                Ident::new(&format!("{silent}{OURS}{bare}"), ident.span()).into()
            }
            TokenTree::Literal(_) | TokenTree::Punct(_) => token.clone(),
        }
    };
    tokens.iter().enumerate().map(one).collect()
}

/// The type for an equation: `dissipative_wave` -> `DissipativeWave`. Capitals alone are no name of a type for clippy:
/// `KDV` -> `Kdv`.
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
        "Self" => "SelfModel".to_owned(),
        _ if camel.starts_with(|c: char| c.is_ascii_digit()) => format!("Model{camel}"),
        _ if camel.len() > 2 && camel.chars().all(|c| c.is_ascii_uppercase()) => {
            camel[..1].to_owned() + &camel[1..].to_ascii_lowercase()
        }
        _ => camel,
    }
}

/// The type for an equation in a file that uses the names `ours`.
pub(crate) fn type_in_file(name: &str, ours: &BTreeSet<String>) -> Ident {
    let mut name = type_name(name);
    while ours.contains(&name) {
        name.push_str("Model");
    }
    Ident::new(&name, Span::call_site())
}

/// Whether rustc takes the name for a variable without a style warning.
fn is_snake_case(name: &str) -> bool {
    !name.chars().any(|c| c.is_uppercase()) && !name.trim_matches('_').contains("__")
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn types_are_camel_case() {
        assert_eq!(type_name("dissipative_wave"), "DissipativeWave");
        assert_eq!(type_name("pfgmpp"), "Pfgmpp");
        assert_eq!(type_name("self"), "SelfModel");
        assert_eq!(type_name("_"), "Model");
        assert_eq!(type_name("_2d"), "Model2d");
        assert_eq!((type_name("KDV"), type_name("VP")), ("Kdv".to_owned(), "VP".to_owned()));
        let ours = identifiers(&quote!(
            fn f() -> Result<Vec<k::Heat>, VecModel> {
                Ok(Box::new(a..b))
            }
        ));
        assert!(["a", "b", "k"].iter().all(|name| ours.contains(*name)), "{ours:?}");
        let found = ["result", "vec", "box", "heat"].map(|name| type_in_file(name, &ours).to_string());
        assert_eq!(found, ["ResultModel", "VecModelModel", "BoxModel", "Heat"]);
    }

    #[test]
    fn fields_keep_their_names() {
        let all = ["m", "type", "gen", "self", "self_", "_", "D"];
        let found = all.map(|name| field(name, &all).to_string());
        assert_eq!(found, ["m", "r#type", "r#gen", "self__", "self_", "__", "D"]);
        let names = Names::new(&["kernel", "kernel_", "generics"], &[], &["kernel__".to_owned()]);
        assert_eq!((names.kernel.to_string(), names.unused.to_string()), ("kernel___".into(), "generics_".into()));
    }

    #[test]
    fn variables_are_bare_only_where_nothing_has_their_name() {
        let all = ["m", "D", "lambda", "gen", "Some", "_1", "foo", "pde_m", "Re", "DT", "_"];
        let names = Names::new(&all, &all, &[]).in_file(&identifiers(&quote!(move |lambda| f(lambda))));
        let found = all.map(|name| names.variable(name).to_string());
        let expected =
            ["m", "D", "pde_lambda", "pde_gen", "pde_Some", "pde__1", "pde_foo", "pde_pde_m", "pde_Re", "DT", "pde__"];
        assert_eq!(found, expected);
        let written = names.apply(&quote!((pde_m.powi(2) + lambda) * pde_lambda)).to_string();
        assert_eq!(written, "(m . powi (2) + lambda) * pde_lambda");
    }

    #[test]
    fn nothing_of_a_program_is_in_the_place_of_a_variable() {
        let (names, stands_for) = Names::new(&["t"], &["t"], &[]).guarded();
        let (field, variable, kernel) = (names.field("t"), names.variable("t"), &names.kernel);
        let items = quote! {
            #[allow(dead_code)]
            fn t(&self, t: ::core::primitive::f64, r: f::A, _r: &mut dyn ::a::R) -> &'static S {
                let kernel = ::k::heat(t, self.#field.t());
                Self { #field: #variable, #kernel: kernel }
            }
        };
        let expected = quote! {
            #[allow(dead_code)]
            fn t(&self, genphys_t: ::core::primitive::f64, genphys_r: f::A, _genphys_r: &mut dyn ::a::R) -> &'static S {
                let genphys_kernel = ::k::heat(genphys_t, self.t.t());
                Self { t: pde_t, kernel: genphys_kernel }
            }
        };
        assert_eq!(hygienic(items, &stands_for).to_string(), expected.to_string());
    }
}
