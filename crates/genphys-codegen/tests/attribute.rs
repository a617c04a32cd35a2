//! The attribute as a function on tokens: what it expands to, and the one error it gives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use genphys_codegen::{attribute, store};
use genphys_pde::derivation::{Derivation, Proposal};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{Status, Verdict};
use proc_macro2::TokenStream;
use quote::quote;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const YUKAWA: &str =
    "pde yukawa \"Screened Poisson (Yukawa)\" {\n    param m > 0 = 1.0\n    dt(phi, 2) + lap(phi) - m^2*phi = 0\n}\n";

/// A crate with the equation and a fresh derivation of it.
fn crate_with(equation: &str, edit: impl FnOnce(&mut Derivation)) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("pdes")).unwrap();
    let path = root.path().join("pdes/yukawa.pde");
    fs::write(&path, equation).unwrap();
    let mut derivation = common::derivation("yukawa");
    derivation.pde.hash = genphys_pde::read(equation.as_bytes()).unwrap().pde.hash;
    edit(&mut derivation);
    fs::write(store::derivation_path(&path), store::derivation_text(&derivation).unwrap()).unwrap();
    root
}

/// A crate with a shipped equation and its derivation.
fn crate_of(name: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pdes");
    fs::create_dir(root.path().join("pdes")).unwrap();
    for file in [format!("{name}.pde"), format!("{name}.derivation.json")] {
        fs::copy(shipped.join(&file), root.path().join("pdes").join(&file)).unwrap();
    }
    root
}

/// In the crate at `root`, with or without an engine.
fn site<'a>(root: &'a Path, live: Option<attribute::LiveDerivation<'a>>) -> attribute::Site<'a> {
    attribute::Site { root, genphys: None, live }
}

fn expand(root: &Path, arguments: TokenStream, item: TokenStream) -> String {
    let tokens = attribute::expand(arguments, item, site(root, None));
    prettyplease::unparse(&syn::parse2(tokens).expect("an expansion is Rust"))
}

/// The text of the only `compile_error!` of the expansion.
fn error(root: &Path, arguments: TokenStream, item: TokenStream) -> String {
    let file: syn::File = syn::parse2(attribute::expand(arguments, item, site(root, None))).unwrap();
    let mut messages = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item) if item.mac.path.segments.last()?.ident == "compile_error" => {
            Some(syn::parse2::<syn::LitStr>(item.mac.tokens.clone()).unwrap().value())
        }
        _ => None,
    });
    let message = messages.next().expect("there is an error");
    assert_eq!(messages.next(), None, "there is one error only");
    message.replace(&root.display().to_string(), "ROOT")
}

#[test]
fn a_fresh_derivation_becomes_an_implementation() {
    let root = crate_with(YUKAWA, |_| ());
    let item = quote!(
        /// What the user wrote.
        #[derive(Debug)]
        pub(crate) struct Weak;
    );
    let expansion = expand(root.path(), quote!("pdes/yukawa.pde"), item);
    insta::assert_snapshot!("expansion", expansion.replace(&root.path().display().to_string(), "ROOT"));
}

#[test]
fn the_engine_is_asked_when_the_derivation_is_stale_and_only_then() {
    let fresh = crate_with(YUKAWA, |_| ());
    let refuse = |_: &Pde, _: Option<u32>| -> Result<Proposal, String> { panic!("a fresh derivation needs no engine") };
    attribute::expand(
        quote!("pdes/yukawa.pde"),
        quote!(
            struct A;
        ),
        site(fresh.path(), Some(&refuse)),
    );

    let stale = crate_with(YUKAWA, |derivation| derivation.pde.hash = "another".to_owned());
    let derive = |pde: &Pde, _: Option<u32>| {
        assert_eq!(pde.name, "yukawa");
        let mut derivation = common::derivation("yukawa");
        derivation.pde.hash.clone_from(&pde.hash);
        Ok(Proposal(derivation))
    };
    let tokens = attribute::expand(
        quote!("pdes/yukawa.pde"),
        quote!(
            struct A;
        ),
        site(stale.path(), Some(&derive)),
    );
    let code = tokens.to_string();
    assert!(
        code.replace(' ', "").contains("impl::genphys::GenerativePdeforA") && !code.contains("compile_error"),
        "{code}"
    );

    let fail = |_: &Pde, _: Option<u32>| Err("the engine is busy".to_owned());
    let tokens = attribute::expand(
        quote!("pdes/yukawa.pde"),
        quote!(
            struct A;
        ),
        site(stale.path(), Some(&fail)),
    );
    assert!(tokens.to_string().contains("the engine is busy"));
}

#[test]
fn without_engine_the_error_names_the_command() {
    let root = crate_with(YUKAWA, |derivation| derivation.pde.hash = "another".to_owned());
    insta::assert_snapshot!(
        "stale",
        error(
            root.path(),
            quote!("pdes/yukawa.pde"),
            quote!(
                struct A;
            )
        )
    );
    fs::remove_file(root.path().join("pdes/yukawa.derivation.json")).unwrap();
    insta::assert_snapshot!(
        "missing",
        error(
            root.path(),
            quote!("pdes/yukawa.pde"),
            quote!(
                struct A;
            )
        )
    );
    let inline = quote!(inline = "dt(phi) = lap(phi)");
    let message = error(
        root.path(),
        inline,
        quote!(
            struct A;
        ),
    );
    assert!(message.contains("at pdes/inline/") && message.contains("feature `live`"), "{message}");
}

#[test]
fn an_inline_equation_finds_its_derivation() {
    let root = tempfile::tempdir().unwrap();
    let text = "dt(phi, 2) + lap(phi) = 0";
    let pde = genphys_pde::inline(text).unwrap().pde;
    let path = store::inline_derivation_path(root.path(), &pde.hash);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut derivation = common::derivation("poisson");
    (derivation.pde.hash, derivation.pde.name, derivation.pde.title) = (pde.hash, pde.name, pde.title);
    fs::write(path, store::derivation_text(&derivation).unwrap()).unwrap();
    let code = expand(
        root.path(),
        quote!(inline = #text),
        quote!(
            struct P;
        ),
    );
    assert!(code.contains("kernels::Poisson::new(1.0)?") && !code.contains("compile_error"), "{code}");
}

#[test]
fn comments_and_layout_do_not_make_a_derivation_stale() {
    let root = crate_with(YUKAWA, |_| ());
    let relaid =
        "# new comment\npde yukawa \"Screened Poisson (Yukawa)\" { param m>0=1\n dt(phi,2)+lap(phi)-m^2*phi = 0 }";
    fs::write(root.path().join("pdes/yukawa.pde"), relaid).unwrap();
    assert!(
        !expand(
            root.path(),
            quote!("pdes/yukawa.pde"),
            quote!(
                struct A;
            )
        )
        .contains("compile_error")
    );
}

#[test]
fn a_syntax_error_shows_file_line_and_caret() {
    let root = crate_with(YUKAWA, |_| ());
    fs::write(
        root.path().join("pdes/yukawa.pde"),
        "pde yukawa {\n  param m > 0\n  dt(phi, 2) + lap(phi) - n^2*phi = \n}\n",
    )
    .unwrap();
    insta::assert_snapshot!(
        "syntax_error",
        error(
            root.path(),
            quote!("pdes/yukawa.pde"),
            quote!(
                struct A;
            )
        )
    );
    let code = expand(
        root.path(),
        quote!("pdes/yukawa.pde"),
        quote!(
            struct A;
        ),
    );
    assert!(
        code.contains("pub fn new(\n        pde_m: ::core::primitive::f64,\n    )")
            || code.contains("pub fn new(pde_m: ::core::primitive::f64)"),
        "the stand-in takes the declared parameter:\n{code}"
    );
    fs::write(root.path().join("pdes/yukawa.pde"), b"pde \xff").unwrap();
    let message = error(
        root.path(),
        quote!("pdes/yukawa.pde"),
        quote!(
            struct A;
        ),
    );
    assert!(message.contains("pdes/yukawa.pde:1:5"), "{message}");
}

#[test]
fn a_verdict_that_is_no_proof_is_explained() {
    let root = crate_of("wave");
    insta::assert_snapshot!(
        "not_s_generative",
        error(
            root.path(),
            quote!("pdes/wave.pde"),
            quote!(
                struct A;
            )
        )
    );
}

#[test]
fn a_condition_tells_how_to_narrow_it() {
    let root = crate_of("dissipative_wave");
    let message = error(
        root.path(),
        quote!("pdes/dissipative_wave.pde"),
        quote!(
            struct A;
        ),
    );
    assert!(message.contains("condition: N = 1") && message.contains("--dim N"), "{message}");
}

#[test]
fn every_shipped_equation_expands_to_rust_or_to_one_error() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut models, mut errors) = (0, 0);
    for entry in fs::read_dir(root.join("pdes")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".pde") {
            continue;
        }
        let file = format!("pdes/{name}");
        let tokens = attribute::expand(
            quote!(#file),
            quote!(
                struct Model;
            ),
            site(&root, None),
        );
        let parsed: syn::File = syn::parse2(tokens).unwrap_or_else(|error| panic!("{name}: {error}"));
        let refused = parsed.items.iter().filter(|item| matches!(item, syn::Item::Macro(_))).count();
        assert!(refused <= 1, "{name}");
        models += 1 - refused;
        errors += refused;
    }
    assert!(models >= 23 && errors >= 20, "{models} models, {errors} errors");
}

#[test]
fn generic_parameters_and_bounds_stay() {
    let root = crate_with(YUKAWA, |_| ());
    let item = quote!(
        pub struct Tagged<'a, T: Clone, const N: usize>
        where
            T: Send,
        {
            pub m: f64,
        }
    );
    let expansion = expand(root.path(), quote!("pdes/yukawa.pde"), item);
    insta::assert_snapshot!("generic", expansion.replace(&root.path().display().to_string(), "ROOT"));
    // A `PhantomData` of the user's own is kept instead.
    let item = quote!(
        struct Tagged<T> {
            m: f64,
            tag: std::marker::PhantomData<T>,
        }
    );
    let expansion = expand(root.path(), quote!("pdes/yukawa.pde"), item);
    assert!(expansion.contains("tag: std::marker::PhantomData<T>") && !expansion.contains("generics:"), "{expansion}");
}

#[test]
fn a_dimension_of_its_own() {
    let item = || {
        quote!(
            struct A;
        )
    };
    let root = crate_with(YUKAWA, |_| ());
    let expansion = expand(root.path(), quote!("pdes/yukawa.pde", dim = 2), item());
    assert!(expansion.contains("2..=2"), "{expansion}");

    // A derivation in one dimension says nothing about another.
    let root = crate_with(YUKAWA, |derivation| derivation.pde.dim = "1".parse().unwrap());
    assert!(expand(root.path(), quote!("pdes/yukawa.pde", dim = 1), item()).contains("1..=1"));
    let message = error(root.path(), quote!("pdes/yukawa.pde", dim = 3), item());
    assert!(message.contains("genphys derive pdes/yukawa.pde --dim 3"), "{message}");

    // One that proves nothing in all dimensions may prove something in one: the engine is asked about that one.
    let root = crate_of("dissipative_wave");
    let message = error(root.path(), quote!("pdes/dissipative_wave.pde", dim = 1), item());
    assert!(message.contains("proves nothing in 1 alone"), "{message}");
    let derive = |_: &Pde, dim: Option<u32>| {
        assert_eq!(dim, Some(1));
        let text = include_str!("data/dissipative_wave_on_the_line.derivation.json");
        Ok(Proposal(serde_json::from_str(text).unwrap()))
    };
    let tokens =
        attribute::expand(quote!("pdes/dissipative_wave.pde", dim = 1), item(), site(root.path(), Some(&derive)));
    assert!(!tokens.to_string().contains("compile_error"));
}

#[test]
fn births_and_deaths_can_be_rewritten() {
    let root = crate_with(YUKAWA, |_| ());
    let item = quote!(
        struct A;
    );
    let expansion = expand(root.path(), quote!("pdes/yukawa.pde", conservative), item);
    insta::assert_snapshot!("conservative", expansion.replace(&root.path().display().to_string(), "ROOT"));
}

/// A file that was changed, or merged badly, is refused with what is wrong, whatever the engine would say.
#[test]
fn a_file_that_the_checker_does_not_accept_is_refused() {
    type Lie = fn(&mut Derivation);
    let lies: [(Lie, &str); 4] = [
        (|derivation| derivation.verdict = Verdict::NotSGenerative, "verdict"),
        (|derivation| derivation.c1.status = Status::Fails, "C1"),
        (|derivation| derivation.c1.certificate = derivation.c2.certificate.clone(), "C1"),
        (|derivation| derivation.kernel = common::derivation("poisson").kernel, "kernel"),
    ];
    let derive = |pde: &Pde, _: Option<u32>| {
        let mut derivation = common::derivation("yukawa");
        derivation.pde.hash.clone_from(&pde.hash);
        Ok(Proposal(derivation))
    };
    for (lie, part) in lies {
        let root = crate_with(YUKAWA, lie);
        for live in [None, Some(&derive as attribute::LiveDerivation<'_>)] {
            let item = quote!(
                struct A;
            );
            let code = attribute::expand(quote!("pdes/yukawa.pde"), item, site(root.path(), live)).to_string();
            let named = code.contains("is not accepted by the checker") && code.contains(part);
            assert!(named && code.contains("compile_error"), "{part}: {code}");
        }
    }
}

/// The stand-in takes its fields from the struct, raw ones too.
#[test]
fn a_field_with_the_name_of_a_keyword_stands_in() {
    let root = crate_with(YUKAWA, |_| ());
    let item = quote!(
        struct A {
            r#type: f64,
        }
    );
    assert!(error(root.path(), quote!("pdes/yukawa.pde", crate = 3), item.clone()).contains("identifier"));
    let expansion = expand(root.path(), quote!("no.pde"), item);
    assert!(expansion.contains("(\"type\", self.r#type)"), "{expansion}");
}

#[test]
fn no_kernel_no_model() {
    let root = crate_with(YUKAWA, |derivation| derivation.kernel = None);
    let message = error(
        root.path(),
        quote!("pdes/yukawa.pde"),
        quote!(
            struct A;
        ),
    );
    assert!(message.contains("has no model of it: "), "{message}");
}

#[test]
fn a_missing_file_is_looked_for_nearby() {
    let root = crate_with(YUKAWA, |_| ());
    for (named, help) in [
        ("pdes/yukava.pde", "did you mean \"pdes/yukawa.pde\"?"),
        ("yukawa.pde", "did you mean \"pdes/yukawa.pde\"?"),
        ("pdes/heat.pde", "there are pdes/yukawa.pde"),
        ("equations/heat.pde", "there is no folder ROOT/equations either"),
    ] {
        let message = error(
            root.path(),
            quote!(#named),
            quote!(
                struct A;
            ),
        );
        assert!(message.contains(&format!("there is no file `{named}`")), "{message}");
        assert!(message.contains("looked for it in ROOT") && message.contains(help), "{message}");
    }
}

#[test]
fn odd_arguments_and_items() {
    let root = crate_with(YUKAWA, |_| ());
    for arguments in [
        quote!(),
        quote!(file = "a"),
        quote!(42),
        quote!("a", "b"),
        quote!(inline "a"),
        quote!(inline = 3),
        quote!(dim = 2),
        quote!("pdes/yukawa.pde", dim = 0),
        quote!("pdes/yukawa.pde", dim = "2"),
        quote!("pdes/yukawa.pde", dim = 1, dim = 1),
        quote!("pdes/yukawa.pde", width = 3),
        quote!("pdes/yukawa.pde", crate = a, crate = a),
        quote!(crate = a),
    ] {
        let text = arguments.to_string();
        assert!(
            !error(
                root.path(),
                arguments,
                quote!(
                    struct A;
                )
            )
            .is_empty(),
            "{text}"
        );
    }
    for (item, reason) in [
        (
            quote!(
                struct A {
                    mass: f64,
                    m: f64,
                }
            ),
            "`mass` is no parameter of the equation `yukawa`; its parameters are m",
        ),
        (
            quote!(
                struct A {}
            ),
            "the struct lacks the parameter `m` of the equation; add `m: f64`",
        ),
        (
            quote!(
                struct A {
                    m: Vec<f64>,
                }
            ),
            "a parameter of an equation is an `f64`",
        ),
        (
            quote!(
                struct A(f64);
            ),
            "the fields of the struct are the parameters of the equation",
        ),
        (
            quote!(
                enum A {}
            ),
            "stands on a struct",
        ),
        (
            quote!(
                fn a() {}
            ),
            "stands on a struct",
        ),
    ] {
        let message = error(root.path(), quote!("pdes/yukawa.pde"), item);
        assert!(message.contains(reason), "{message}");
    }
}
