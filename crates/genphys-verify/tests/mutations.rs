//! Mutations of derivations: a change of any claim is refused, a change of what only bears evidence is refused or leaves
//! every claim as it is. The shipped derivations are changed in every place, one at a time.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use genphys_verify::recheck;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn shipped() -> Vec<(String, Pde, Value)> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pdes"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pde"));
    files.sort();
    let load = |path: PathBuf| {
        let pde = genphys_pde::read(&std::fs::read(&path).unwrap()).unwrap().pde;
        let text = std::fs::read_to_string(path.with_extension("derivation.json")).unwrap();
        (pde.name.clone(), pde, serde_json::from_str(&text).unwrap())
    };
    files.into_iter().map(load).collect()
}

/// Words of the report that explain and claim nothing; those about a kernel are made of its family and parameters.
const EXPLANATIONS: [&str; 16] = [
    "title",
    "because",
    "rule",
    "witness",
    "tried",
    "believed",
    "undecided_because",
    "repairs",
    "amplitude",
    "velocity",
    "growth",
    "sampler",
    "prior",
    "prior_error",
    "subordinator",
    "time_change",
];

/// Whether a change only leaves something out: no kernel, no branches, no flow, no answer, a condition that is said to be
/// sufficient only, or a claim about one value of a parameter in place of all.
fn says_less(path: &str, new: &Value) -> bool {
    let part = [".kernel", ".dispersion", ".continuity"].contains(&path) && new.is_null();
    let flag = path.ends_with(".exact") || path.ends_with(".verified");
    part || flag && *new == Value::Bool(false)
        || path.ends_with(".fixed") && *new == Value::Bool(true)
        || path == ".verdict" && new == "undecided"
        // The zero vector.
        || path == ".kernel.parameters.mean" && new == "0"
}

/// Whether a place in the tree only bears evidence.
fn is_evidence(path: &str) -> bool {
    path.contains(".certificate")
}

/// Other values in one place.
fn others(value: &Value) -> Vec<Value> {
    const STATUS: [&str; 4] = ["holds", "conditional", "fails", "undecided"];
    const VERDICTS: [&str; 4] = ["s-generative", "conditional", "not-s-generative", "undecided"];
    const PROBLEMS: [&str; 4] = ["evolution", "half-space", "ill-posed", "undetermined"];
    match value {
        Value::Bool(flag) => vec![Value::Bool(!flag)],
        Value::Number(number) => {
            let x = number.as_f64().unwrap();
            [2.0 * x + 1.0, -x - 0.5, 0.0].iter().filter(|y| **y != x).map(|y| serde_json::json!(y)).collect()
        }
        Value::String(text) => {
            for words in [STATUS, VERDICTS, PROBLEMS] {
                if words.contains(&text.as_str()) {
                    return words.iter().filter(|w| *w != text).map(|w| Value::from(*w)).collect();
                }
            }
            ["2*(X) + 1", "-(X) - 1", "(X)*k + 3", "0"]
                .iter()
                .map(|form| form.replace('X', text))
                .filter(|new| new != text)
                .map(Value::from)
                .collect()
        }
        Value::Array(list) if !list.is_empty() => {
            let mut shorter = list.clone();
            shorter.remove(0);
            vec![Value::Array(shorter)]
        }
        Value::Object(fields) if !fields.is_empty() => vec![Value::Null],
        _ => Vec::new(),
    }
}

/// Every place of the tree with its path, explanations left out.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_string());
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields.iter().filter(|(key, _)| !EXPLANATIONS.contains(&key.as_str())) {
                places(inner, &format!("{path}.{key}"), found);
            }
        }
        Value::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                places(inner, &format!("{path}.{i}"), found);
            }
        }
        _ => {}
    }
}

fn at<'a>(tree: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').filter(|key| !key.is_empty()).fold(tree, |node, key| match node {
        Value::Array(list) => &mut list[key.parse::<usize>().unwrap()],
        other => &mut other[key],
    })
}

/// What a derivation claims: everything but evidence and explanations.
fn claims(tree: &Value) -> Value {
    match tree {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, _)| *key != "certificate" && !EXPLANATIONS.contains(&key.as_str()));
            Value::Object(kept.map(|(key, inner)| (key.clone(), claims(inner))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(claims).collect()),
        other => other.clone(),
    }
}

/// Whether the checker takes the changed tree; one that is no derivation is refused by its form.
fn is_accepted(pde: &Pde, tree: &Value) -> bool {
    serde_json::from_value::<Derivation>(tree.clone()).is_ok_and(|derivation| recheck(pde, &derivation).is_ok())
}

#[test]
fn shipped_derivations_are_accepted() {
    for (name, pde, tree) in shipped() {
        let derivation: Derivation = serde_json::from_value(tree).unwrap();
        if let Err(why) = recheck(&pde, &derivation) {
            panic!("{name}: {why:#?}");
        }
    }
}

/// One change in each place; which one, goes round from place to place.
#[test]
fn a_changed_claim_is_refused() {
    let (mut refused, mut harmless) = (0, 0);
    let mut taken: Vec<String> = Vec::new();
    let only = std::env::var("GENPHYS_ONLY").ok();
    let mut turn = 0;
    for (name, pde, tree) in
        shipped().into_iter().filter(|(name, ..)| only.as_ref().is_none_or(|only| only.contains(name)))
    {
        let mut list = Vec::new();
        places(&tree, "", &mut list);
        for path in list {
            let all = others(at(&mut tree.clone(), &path));
            turn += 1;
            if let Some(new) = all.get(turn % all.len().max(1)).cloned() {
                let mut changed = tree.clone();
                *at(&mut changed, &path) = new.clone();
                if !is_accepted(&pde, &changed) {
                    refused += 1;
                } else if says_less(&path, &new) || is_evidence(&path) && claims(&changed) == claims(&tree) {
                    harmless += 1;
                } else {
                    taken.push(format!("{name}: {path} = {new}"));
                }
            }
        }
    }
    println!("{refused} mutations refused, {harmless} of evidence that leave every claim as it is");
    assert!(taken.is_empty(), "{} changed claims were accepted:\n{}", taken.len(), taken.join("\n"));
    assert!(only.is_some() || refused > 1000, "{refused}");
}

/// A badly merged file: one part of it is that of another equation.
#[test]
fn parts_of_another_equation_are_refused() {
    let all = shipped();
    let mut taken: Vec<String> = Vec::new();
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    for part in
        ["/verdict", "/c1", "/c2", "/c1/certificate", "/c2/certificate", "/kernel", "/continuity", "/dispersion"]
    {
        for (i, (name, pde, tree)) in all.iter().enumerate() {
            for step in [1, 7, 19] {
                let (other, _, from) = &all[(i + step) % all.len()];
                let Some(foreign) = from.pointer(part) else { continue };
                let mut changed = tree.clone();
                *changed.pointer_mut(part).unwrap() = foreign.clone();
                if claims(&changed) == claims(tree) && !part.ends_with("certificate") {
                    continue;
                }
                *tried.entry(part).or_default() += 1;
                let less = says_less(&part.replace('/', "."), foreign)
                    || changed.pointer("/verdict") == Some(&"undecided".into())
                    || foreign.pointer("/status") == Some(&"undecided".into());
                if is_accepted(pde, &changed) && claims(&changed) != claims(tree) && !less {
                    taken.push(format!("{name} with {part} of {other}"));
                }
            }
        }
    }
    println!("{tried:?}");
    assert!(taken.is_empty(), "{taken:#?}");
}
