//! Inside a crate imports go down: the floors of the engine, and no large circles of files anywhere.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module as the names on the way to it; the root of the crate is empty.
type Module = Vec<String>;

/// The floors of the engine, the lowest first. The driver stands on all of them.
const FLOORS: [&str; 6] = ["base", "trees", "algebra", "equation", "claims", "evidence"];

/// As many files may import each other in a circle.
const LARGEST_CIRCLE: usize = 3;

/// Lines of a file, at most.
const LONGEST: usize = 700;

/// Circles that are meant, by a file of each: an expression of the language holds expressions.
const RECURSIVE: [(&str, &str); 1] = [("genphys-pde", "parser/expression.rs")];

/// The files of a crate and what each imports, inside the crate.
struct Imports {
    files: BTreeMap<Module, PathBuf>,
    edges: BTreeMap<Module, BTreeSet<Module>>,
}

impl Imports {
    fn read(source: &Path) -> Self {
        let mut files = BTreeMap::new();
        list(source, &mut Vec::new(), &mut files);
        let mut edges = BTreeMap::new();
        for (module, path) in &files {
            let text = fs::read_to_string(path).expect("a readable file");
            let tokens: TokenStream = text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let mut paths = Vec::new();
            collect(tokens, &mut paths);
            let targets = paths.iter().filter_map(|path| resolve(module, path, &files)).filter(|to| to != module);
            edges.insert(module.clone(), targets.collect());
        }
        Self { files, edges }
    }

    /// The files that import each other in a circle, each circle once.
    fn circles(&self) -> Vec<BTreeSet<Module>> {
        let mut found: Vec<BTreeSet<Module>> = Vec::new();
        for module in self.files.keys() {
            if found.iter().any(|circle| circle.contains(module)) {
                continue;
            }
            let ahead = self.reachable(module);
            let circle: BTreeSet<Module> =
                ahead.iter().filter(|other| self.reachable(other).contains(module)).cloned().collect();
            if circle.len() > 1 {
                found.push(circle);
            }
        }
        found
    }

    fn reachable(&self, from: &Module) -> BTreeSet<Module> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![from.clone()];
        while let Some(next) = waiting.pop() {
            for to in self.edges.get(&next).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    waiting.push(to.clone());
                }
            }
        }
        seen
    }
}

/// The modules below a folder by their files.
fn list(folder: &Path, prefix: &mut Module, files: &mut BTreeMap<Module, PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|s| s.to_str()).expect("a name in UTF-8").to_string();
        if path.is_dir() {
            prefix.push(stem);
            list(&path, prefix, files);
            prefix.pop();
        } else if path.extension().is_some_and(|e| e == "rs") {
            let mut module = prefix.clone();
            if !["mod", "lib", "main"].contains(&stem.as_str()) {
                module.push(stem);
            }
            files.insert(module, path);
        }
    }
}

/// All paths that start with `crate`, `super` or `self`, also in groups and inside functions; modules written in the
/// same file (tests) are left out.
fn collect(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut i = 0;
    while i < tokens.len() {
        match &tokens[i] {
            TokenTree::Ident(word) if *word == "mod" && matches!(tokens.get(i + 2), Some(TokenTree::Group(_))) => {
                i += 3
            }
            TokenTree::Ident(word) if ["crate", "super"].iter().any(|root| word == root) && is_start(&tokens, i) => {
                i = path(&tokens, i, Vec::new(), paths);
            }
            TokenTree::Group(group) => {
                collect(group.stream(), paths);
                i += 1;
            }
            _ => i += 1,
        }
    }
}

/// Not the end of another path, and followed by `::`.
fn is_start(tokens: &[TokenTree], i: usize) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(i + 1) && colon(i + 2) && !(i >= 2 && colon(i - 1) && colon(i - 2))
}

/// Reads a path from `i` on, with everything in its groups; gives where it ends.
fn path(tokens: &[TokenTree], mut i: usize, mut prefix: Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    loop {
        match tokens.get(i) {
            Some(TokenTree::Ident(word)) => prefix.push(Ident::to_string(word)),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inner.split(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ',')) {
                    if !part.is_empty() {
                        path(part, 0, prefix.clone(), paths);
                    }
                }
                return i + 1;
            }
            _ => break,
        }
        i += 1;
        let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
        if !(colon(i) && colon(i + 1)) {
            break;
        }
        i += 2;
    }
    paths.push(prefix);
    i
}

/// The file that a path leads to.
fn resolve(from: &Module, path: &[String], files: &BTreeMap<Module, PathBuf>) -> Option<Module> {
    let mut base = if path[0] == "crate" { Vec::new() } else { from.clone() };
    let mut names = path;
    while let Some(("crate" | "super" | "self", rest)) = names.split_first().map(|(first, rest)| (first.as_str(), rest))
    {
        if names[0] == "super" {
            base.pop();
        }
        names = rest;
    }
    let full: Module = base.into_iter().chain(names.iter().cloned()).collect();
    (0..=full.len()).rev().map(|n| full[..n].to_vec()).find(|module| files.contains_key(module))
}

fn source(package: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(package).join("src")
}

#[test]
fn the_engine_imports_downwards() {
    let imports = Imports::read(&source("genphys-symbolic"));
    let floor = |module: &Module| {
        let name = module.first().map_or("", String::as_str);
        FLOORS.iter().position(|f| *f == name).unwrap_or(FLOORS.len())
    };
    let up: Vec<String> = imports
        .edges
        .iter()
        .flat_map(|(from, list)| list.iter().map(move |to| (from, to)))
        // The root names its modules and the errors and options that everybody may name.
        .filter(|(from, to)| !from.is_empty() && floor(to) > floor(from))
        .map(|(from, to)| format!("{} imports {}", from.join("::"), to.join("::")))
        .collect();
    assert!(up.is_empty(), "imports that go up:\n{}", up.join("\n"));
    for name in FLOORS {
        assert!(imports.files.keys().any(|m| m.first().is_some_and(|f| f == name)), "no floor {name}");
    }
}

#[test]
fn no_large_circles() {
    let crates = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")).expect("the crates");
    let mut large = Vec::new();
    for entry in crates {
        let package = entry.expect("a crate").file_name().to_string_lossy().into_owned();
        let imports = Imports::read(&source(&package));
        for circle in imports.circles().iter().filter(|circle| circle.len() > LARGEST_CIRCLE) {
            let meant = |(of, file): &(&str, &str)| {
                *of == package && circle.iter().any(|module| imports.files[module].ends_with(file))
            };
            if !RECURSIVE.iter().any(meant) {
                let names: Vec<String> = circle.iter().map(|m| m.join("::")).collect();
                large.push(format!("{package}: {}", names.join(", ")));
            }
        }
    }
    assert!(
        large.is_empty(),
        "files that import each other in a circle of more than {LARGEST_CIRCLE}:\n{}",
        large.join("\n")
    );
}

/// A module of several files is a folder with its `mod.rs`, and no file is longer than is read at once.
#[test]
fn modules_are_written_one_way() {
    let crates = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")).expect("the crates");
    let mut wrong = Vec::new();
    for entry in crates {
        let package = entry.expect("a crate").file_name().to_string_lossy().into_owned();
        for path in Imports::read(&source(&package)).files.values() {
            let folder = path.with_extension("");
            if folder.is_dir() && !folder.ends_with("genphys-verify/src/exact/symbol") {
                wrong.push(format!("{} beside {}/", path.display(), folder.display()));
            }
            let lines = fs::read_to_string(path).expect("a readable file").lines().count();
            if lines > LONGEST {
                wrong.push(format!("{}: {lines} lines", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn state_is_passed() {
    let mut found = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")).expect("the crates") {
        let mut files = BTreeMap::new();
        list(&entry.expect("a crate").path().join("src"), &mut Vec::new(), &mut files);
        assert!(!files.is_empty());
        for path in files.into_values() {
            let tokens: TokenStream = fs::read_to_string(&path).expect("a file").parse().expect("tokens");
            if names(tokens, "thread_local") {
                found.push(path);
            }
        }
    }
    assert!(found.is_empty(), "state that belongs to a thread instead of being passed: {found:?}");
    assert!(names("fn f() { std::thread_local! { static A: u8 = 0; } }".parse().expect("tokens"), "thread_local"));
}

/// Whether a word occurs in the code.
fn names(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => names(group.stream(), word),
        _ => false,
    })
}

#[test]
fn the_reader_of_imports_sees_them_all() {
    let text = "use crate::a::{b, c::{d, self}}; fn f() { crate::e::g(); super::h::<u8>() } mod tests { use crate::not::seen; }";
    let mut paths = Vec::new();
    collect(text.parse().expect("tokens"), &mut paths);
    let paths: Vec<String> = paths.iter().map(|p| p.join("::")).collect();
    assert_eq!(paths, ["crate::a::b", "crate::a::c::d", "crate::a::c::self", "crate::e::g", "super::h"]);
}
