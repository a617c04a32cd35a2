//! The training step that a model crate has written out is that of the library, term by term.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::path::Path;

/// The body of `training_loss` in a file, without what only the layout of lines brings.
fn body(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let tokens: Vec<TokenTree> = text.parse::<TokenStream>().expect("Rust").into_iter().collect();
    let named = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if *word == "training_loss");
    let start = tokens.iter().position(named).unwrap_or_else(|| panic!("{file} has no training_loss"));
    let body = tokens[start..].iter().find_map(|tree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    });
    words(body.expect("a body"))
}

/// Without white space, and without the comma that a formatter puts behind the last of several lines.
fn words(tokens: TokenStream) -> String {
    plain(tokens).to_string().split_whitespace().collect()
}

fn plain(tokens: TokenStream) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    if matches!(trees.last(), Some(TokenTree::Punct(last)) if last.as_char() == ',') {
        trees.pop();
    }
    let inside = |tree| match tree {
        TokenTree::Group(group) => TokenTree::Group(Group::new(group.delimiter(), plain(group.stream()))),
        other => other,
    };
    trees.into_iter().map(inside).collect()
}

#[test]
fn model_crates_have_the_loss_of_the_library() {
    let library = body("genphys-train/src/loss.rs");
    assert!(library.contains("cross_entropy"), "{library}");
    assert_eq!(body("genphys-codegen/src/crate_files/program/train.rs.txt"), library);
}

#[test]
fn lines_may_differ_and_words_may_not() {
    let words = |text: &str| words(text.parse().unwrap());
    assert_eq!(words("f(a,\n  b,\n)?\n  .g()"), words("f(a, b)?.g()"));
    assert_ne!(words("f(a, b)"), words("f(b, a)"));
}
