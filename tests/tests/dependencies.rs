//! Dependencies point one way: what may reach what, held on `cargo metadata`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};

struct Graph {
    edges: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Normal and build dependencies of every package, with the default features of the workspace members.
    fn read() -> Self {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
        let metadata = MetadataCommand::new().manifest_path(manifest).exec().expect("cargo metadata runs");
        let members: BTreeMap<String, &Package> =
            metadata.workspace_packages().into_iter().map(|p| (p.name.to_string(), p)).collect();
        let name = |id: &cargo_metadata::PackageId| metadata[id].name.to_string();
        // What only the compiler runs (serde's and thiserror's derives) is no part of the program.
        let derives: BTreeSet<String> = metadata
            .packages
            .iter()
            .filter(|p| !members.contains_key(p.name.as_str()) && p.targets.iter().any(|t| t.is_proc_macro()))
            .map(|p| p.name.to_string())
            .collect();
        let nodes = &metadata.resolve.as_ref().expect("a resolved graph").nodes;
        let edges = nodes.iter().map(|node| {
            let package = name(&node.id);
            let optional: BTreeSet<String> = members
                .get(&package)
                .map(|p| p.dependencies.iter().filter(|d| d.optional).map(|d| d.name.clone()).collect())
                .unwrap_or_default();
            let used = node.deps.iter().filter(|d| d.dep_kinds.iter().any(|k| k.kind != DependencyKind::Development));
            // Optional dependencies of members are reached only when a feature asks for them.
            (package, used.map(|d| name(&d.pkg)).filter(|n| !optional.contains(n) && !derives.contains(n)).collect())
        });
        Self { edges: edges.collect() }
    }

    fn reachable(&self, from: &str) -> BTreeSet<String> {
        assert!(self.edges.contains_key(from), "no package {from}");
        let mut seen = BTreeSet::new();
        let mut waiting = vec![from.to_string()];
        while let Some(next) = waiting.pop() {
            for dependency in self.edges.get(&next).into_iter().flatten() {
                if seen.insert(dependency.clone()) {
                    waiting.push(dependency.clone());
                }
            }
        }
        seen
    }

    fn forbid(&self, from: &str, forbidden: &[&str]) {
        let reachable = self.reachable(from);
        for name in forbidden {
            assert!(!reachable.contains(*name), "{from} must not reach {name}");
        }
    }
}

/// What every crate may name, a crate a line, lowest first; `?` marks what only a feature brings.
const EDGES: [(&str, &[&str]); 22] = [
    ("genphys-suggest", &[]),
    ("genphys-pde", &["genphys-suggest"]),
    ("genphys-files", &[]),
    ("genphys-kernels", &[]),
    ("genphys-numeric", &[]),
    ("genphys-gpu", &[]),
    ("genphys-verify", &["genphys-pde"]),
    ("genphys-symbolic", &["genphys-pde"]),
    ("genphys-codegen", &["genphys-files", "genphys-pde", "genphys-suggest", "genphys-verify"]),
    ("genphys-macros", &["genphys-codegen", "genphys-symbolic?"]),
    (
        "genphys-cli",
        &[
            "genphys-codegen",
            "genphys-files",
            "genphys-kernels",
            "genphys-pde",
            "genphys-suggest",
            "genphys-symbolic",
            "genphys-verify",
        ],
    ),
    ("genphys-data", &["genphys-files", "genphys-numeric", "genphys-suggest"]),
    ("genphys-metrics", &["genphys-data"]),
    ("genphys-flow", &["genphys-kernels", "genphys-numeric"]),
    ("genphys-nn", &["genphys-gpu", "genphys-numeric"]),
    ("genphys-exact-field", &["genphys-flow", "genphys-gpu", "genphys-numeric"]),
    (
        "genphys-train",
        &[
            "genphys-data",
            "genphys-files",
            "genphys-flow",
            "genphys-gpu",
            "genphys-metrics",
            "genphys-nn",
            "genphys-numeric",
        ],
    ),
    (
        "genphys-app",
        &[
            "genphys-data",
            "genphys-files",
            "genphys-flow",
            "genphys-gpu",
            "genphys-nn",
            "genphys-numeric",
            "genphys-train",
        ],
    ),
    (
        "genphys",
        &[
            "genphys-app",
            "genphys-data",
            "genphys-exact-field",
            "genphys-flow",
            "genphys-kernels",
            "genphys-macros?",
            "genphys-metrics",
            "genphys-nn",
            "genphys-numeric",
            "genphys-train",
        ],
    ),
    // Of tests only.
    ("genphys-fuzz", &[]),
    ("genphys-tests", &[]),
    ("genphys-examples", &["genphys", "genphys-kernels", "genphys-pde", "genphys-symbolic"]),
];

#[test]
fn the_edges_between_crates_are_these() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata runs");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in &metadata.packages {
        let ours = package.dependencies.iter().filter(|d| d.path.is_some() && d.kind != DependencyKind::Development);
        let names = ours.map(|d| format!("{}{}", d.name, if d.optional { "?" } else { "" }));
        found.insert(package.name.to_string(), names.collect());
    }
    let expected: BTreeMap<String, BTreeSet<String>> = EDGES
        .iter()
        .map(|(name, edges)| ((*name).to_owned(), edges.iter().map(|edge| (*edge).to_owned()).collect()))
        .collect();
    for (name, edges) in &expected {
        assert_eq!(found.get(name), Some(edges), "what {name} depends on, found first");
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "the crates, found first");
}

#[test]
fn dependencies_point_one_way() {
    let graph = Graph::read();
    graph.forbid("genphys-pde", &["symbolica", "candle-core", "syn", "genphys-symbolic", "genphys-codegen"]);
    graph.forbid("genphys-files", &["symbolica", "candle-core", "syn", "genphys-pde"]);
    graph.forbid("genphys-kernels", &["nom", "syn", "symbolica", "candle-core", "genphys-pde"]);
    // What needs no tensors reaches none; the program of a model is not a part of its training.
    for free in ["genphys-numeric", "genphys-data", "genphys-metrics", "genphys-flow"] {
        graph.forbid(free, &["candle-core", "syn", "symbolica", "genphys-pde", "clap", "indicatif"]);
    }
    for engine in ["genphys-gpu", "genphys-nn", "genphys-exact-field", "genphys-train"] {
        graph.forbid(engine, &["clap", "indicatif"]);
    }
    // candle's tokenizers bring a nom of their own; ours comes with genphys-pde.
    graph.forbid("genphys-app", &["syn", "symbolica", "genphys-pde", "genphys-codegen"]);
    graph.forbid("genphys-symbolic", &["candle-core", "genphys-codegen"]);
    // The checker must not share code with the engine it checks.
    graph.forbid("genphys-verify", &["symbolica", "genphys-symbolic", "candle-core"]);
    graph.forbid("genphys-codegen", &["symbolica", "candle-core", "genphys-symbolic", "genphys-app"]);
    graph.forbid("genphys-macros", &["symbolica", "candle-core"]);
    graph.forbid("genphys", &["symbolica"]);
    graph.forbid("genphys-cli", &["candle-core", "genphys-app"]);
}

#[test]
fn only_the_engine_names_symbolica() {
    let graph = Graph::read();
    for (package, dependencies) in &graph.edges {
        if package.starts_with("genphys") && package != "genphys-symbolic" {
            assert!(!dependencies.contains("symbolica"), "{package} depends on symbolica directly");
        }
    }
    assert!(graph.edges["genphys-symbolic"].contains("symbolica"));
}
