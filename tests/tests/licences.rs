//! Model crates contain permissive code only: every package that they are built from, on every kind of device.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use spdx::{Expression, LicenseReq, ParseMode};
use std::collections::{BTreeMap, BTreeSet};

fn root(file: &str) -> String {
    format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"))
}

/// With all features, so with those of GPUs; `live` of the macro, which is not in a model crate, is left out by name.
fn model_packages(metadata: &Metadata) -> BTreeMap<String, &Package> {
    let nodes = &metadata.resolve.as_ref().expect("a resolved graph").nodes;
    let start = metadata.packages.iter().find(|package| package.name == "genphys").expect("the facade");
    let (mut found, mut waiting) = (BTreeMap::new(), vec![start]);
    while let Some(package) = waiting.pop() {
        if found.insert(format!("{} {}", package.name, package.version), package).is_some() {
            continue;
        }
        let node = nodes.iter().find(|node| node.id == package.id).expect("its node");
        for dependency in &node.deps {
            let next = &metadata[&dependency.pkg];
            let live = package.name == "genphys-macros" && next.name == "genphys-symbolic";
            if !live && dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development) {
                waiting.push(next);
            }
        }
    }
    found
}

/// The licences that deny.toml allows everybody.
fn allowed() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root("deny.toml")).unwrap();
    let (_, list) = text.split_once("\nallow = [").expect("the list of licences");
    let (list, _) = list.split_once(']').expect("its end");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let Ok(expression) = Expression::parse_mode(expression, ParseMode::LAX) else { return false };
    expression.evaluate(|requirement: &LicenseReq| allowed.contains(&requirement.to_string()))
}

#[test]
fn model_crates_are_permissive() {
    let metadata = MetadataCommand::new()
        .manifest_path(root("Cargo.toml"))
        .features(cargo_metadata::CargoOpt::AllFeatures)
        .exec()
        .expect("cargo metadata runs");
    let (packages, allowed) = (model_packages(&metadata), allowed());
    assert!(packages.len() > 50 && packages.keys().any(|name| name.starts_with("candle-core ")), "{packages:?}");
    assert!(allowed.contains("MIT") && allowed.contains("Apache-2.0"), "{allowed:?}");
    for (name, package) in &packages {
        let licence = package.license.as_deref().unwrap_or("none");
        assert!(is_allowed(licence, &allowed), "{name}: {licence}");
    }
    // And none of what the engine brings.
    let engine = ["symbolica", "numerica", "graphica", "malachite", "smartstring", "colored", "option-ext"];
    let of_engine = |name: &&String| engine.iter().any(|other| name.starts_with(other));
    assert_eq!(packages.keys().filter(of_engine).collect::<Vec<_>>(), Vec::<&String>::new());
    // They are in the workspace, so the test looks for what there is.
    for name in engine {
        assert!(metadata.packages.iter().any(|package| package.name.starts_with(name)), "{name}");
    }
}

#[test]
fn licences_are_judged_as_expressions() {
    let allowed = allowed();
    for right in ["MIT", "MIT/Apache-2.0", "MIT OR LGPL-2.1-or-later", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert!(is_allowed(right, &allowed), "{right}");
    }
    for wrong in [
        "LGPL-3.0-only",
        "MPL-2.0",
        "MPL-2.0+",
        "MIT AND GPL-2.0-only",
        "none",
        "Apache-2.0 WITH Classpath-exception-2.0",
    ] {
        assert!(!is_allowed(wrong, &allowed), "{wrong}");
    }
}

/// What has an exception is named in NOTICE, with its version and a text.
#[test]
fn exceptions_are_named_in_the_notice() {
    let (deny, notice) =
        (std::fs::read_to_string(root("deny.toml")).unwrap(), std::fs::read_to_string(root("NOTICE")).unwrap());
    let lock = std::fs::read_to_string(root("Cargo.lock")).unwrap();
    let (_, exceptions) = deny.split_once("exceptions = [").expect("the list of exceptions");
    let mut seen = 0;
    for line in exceptions.lines().take_while(|line| *line != "]").filter(|line| line.contains("crate =")) {
        let words: Vec<&str> = line.split('"').collect();
        let (name, licence) = (words[1], words[3]);
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).expect("it is in Cargo.lock");
        let version = rest.split('"').next().unwrap();
        if name != "symbolica" {
            assert!(notice.contains(name) && notice.contains(licence) && notice.contains(version), "{name} {version}");
            let text = licence.trim_end_matches("-only");
            assert!(std::path::Path::new(&root(&format!("licenses/{text}.txt"))).is_file(), "{text}");
        }
        seen += 1;
    }
    assert!(seen >= 7, "{seen}");
}

/// A package is read without the repository around it: the licences and what they ask are inside.
#[test]
fn packages_carry_the_licences() {
    let metadata =
        MetadataCommand::new().manifest_path(root("Cargo.toml")).no_deps().exec().expect("cargo metadata runs");
    let published = metadata.packages.iter().filter(|package| package.publish.is_none());
    let names: Vec<&str> = published.map(|package| package.name.as_str()).collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        for file in ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"] {
            let (inside, above) = (std::fs::read(root(&format!("crates/{name}/{file}"))), std::fs::read(root(file)));
            assert_eq!(inside.unwrap_or_default(), above.unwrap(), "{name}: {file}");
        }
    }
}
