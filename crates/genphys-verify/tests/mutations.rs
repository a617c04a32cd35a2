//! Mutations of derivations: a change of any claim is refused, a change of what only bears evidence is refused or
//! leaves every claim as it is. The shipped derivations are changed in every place, one at a time; whoever changes them
//! knows how their words are guarded, so that nothing but proofs can refuse a change of a claim.
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

/// Words of the report that explain and claim nothing: no proof covers them, and their hash guards them against
/// accidents.
const WORDS: [&str; 9] =
    ["because", "rule", "text", "tried", "believed", "undecided_because", "change", "words", "derivation"];

/// Whether a change only leaves something out: no kernel, no branches, no flow, no answer, no witness, fewer repairs, a
/// condition that is said to be sufficient only, or a claim about one value of a parameter in place of all.
fn says_less(path: &str, new: &Value) -> bool {
    let part = [".kernel", ".dispersion", ".continuity", ".c1.witness", ".c2.witness"].contains(&path) && new.is_null()
        || path == ".repairs";
    let flag = path.ends_with(".exact") || path.ends_with(".verified");
    part || flag && *new == Value::Bool(false)
        || path.ends_with(".fixed") && *new == Value::Bool(true)
        || path == ".verdict" && new == "undecided"
        // The zero vector.
        || path == ".kernel.parameters.mean" && new == "0"
}

/// Whether a place in the tree only bears evidence: a certificate, or a witness with other numbers that are right as
/// well.
fn is_evidence(path: &str) -> bool {
    path.contains(".certificate") || path.contains(".witness.")
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

/// Every place of the tree with its path, words left out, and the numbers of witnesses that have no growth rate: with
/// them they are words.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_string());
    match value {
        Value::Object(fields) => {
            if path.ends_with(".witness") && !fields.contains_key("growth_rate") {
                return;
            }
            for (key, inner) in fields.iter().filter(|(key, _)| !WORDS.contains(&key.as_str())) {
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
            let evidence = |key: &str| ["certificate", "witness"].contains(&key) || WORDS.contains(&key);
            let kept = fields.iter().filter(|(key, _)| !evidence(key));
            Value::Object(kept.map(|(key, inner)| (key.clone(), claims(inner))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(claims).collect()),
        other => other.clone(),
    }
}

/// Whether the checker takes the changed tree; one that is no derivation is refused by its form. The words are guarded
/// anew.
fn is_accepted(pde: &Pde, tree: &Value) -> bool {
    serde_json::from_value::<Derivation>(tree.clone()).is_ok_and(|mut derivation| {
        derivation.words = Some(derivation.hash_of_words());
        recheck(pde, &derivation).is_ok()
    })
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

/// A word that was changed by hand is noticed.
#[test]
fn changed_words_are_noticed() {
    let mut changes = 0;
    for (name, pde, tree) in shipped() {
        let mut places = vec![".c1.rule".to_string(), ".c1.because".into(), ".c2.because".into()];
        places.extend(tree["c1"]["witness"].as_object().map(|_| ".c1.witness.text".to_string()));
        places.extend((0..tree["repairs"].as_array().unwrap().len()).map(|i| format!(".repairs.{i}.change")));
        for path in places {
            let mut changed = tree.clone();
            let word = at(&mut changed, &path);
            *word = Value::from(format!("{} indeed", word.as_str().unwrap()));
            let derivation: Derivation = serde_json::from_value(changed).unwrap();
            let refused = recheck(&pde, &derivation).err();
            assert!(refused.is_some_and(|why| why.iter().any(|w| w.starts_with("words"))), "{name}: {path}");
            changes += 1;
        }
    }
    assert!(changes > 100, "{changes}");
}

/// The derivation of one equation, forged to be that of one with a larger box of parameters, another time, or another
/// dimension.
#[test]
fn a_proof_for_one_box_or_time_is_none_for_another() {
    for (name, from, to) in [
        ("diffusion", "param D > 0", "param D"),
        ("diffusion", "param D > 0", "param D >= 0"),
        ("diffusion", "dt(phi)", "time t in (1, inf); dt(phi)"),
        ("levy", "in (0, 2]", "in (0, 3]"),
        ("poisson", "dt(phi, 2)", "time t in (1, 2); dt(phi, 2)"),
        ("yukawa", "dt(phi, 2)", "time t in (0, 2); dt(phi, 2)"),
        ("exponential_jumps", "param a > 0", "param a"),
        ("ornstein_uhlenbeck", "param theta > 0", "param theta"),
        ("variance_gamma", "param a > 0", "param a"),
        ("telegraph_line", "dim 1", "dim 2"),
        ("edm_time", "dt(phi)", "time t in (1, inf); dt(phi)"),
        ("variance_exploding", "dt(phi)", "time t in (0, 1); dt(phi)"),
        ("pfgmpp", "time t in (0, inf)", "time t in (1, inf)"),
    ] {
        let (_, _, tree) = shipped().into_iter().find(|(n, ..)| n == name).unwrap();
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pdes")).join(format!("{name}.pde"));
        let source = std::fs::read_to_string(path).unwrap();
        let text: String = source.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
        let text = text.replacen(from, to, 1);
        let pde = genphys_pde::read(text.as_bytes()).unwrap_or_else(|_| panic!("{name}: {text}")).pde;
        let mut derivation: Derivation = serde_json::from_value(tree).unwrap();
        assert_ne!(pde.hash, derivation.pde.hash, "{name}: {from}");
        derivation.pde.hash = pde.hash.clone();
        derivation.pde.dim = pde.dim;
        for (stated, param) in derivation.pde.params.iter_mut().zip(&pde.params) {
            stated.domain = param.declared();
        }
        let refused = recheck(&pde, &derivation).err();
        let by_proof = refused.as_ref().is_some_and(|list| !list.iter().any(|why| why.starts_with("source")));
        assert!(by_proof, "{name}, {to}: {refused:?}");
    }
}

/// A repair is believed for its own derivation alone.
#[test]
fn a_repair_needs_its_proof() {
    let mut tried = 0;
    for (name, pde, tree) in shipped() {
        let count = tree["repairs"].as_array().unwrap().len();
        for i in 0..count {
            let proof = format!(".repairs.{i}.derivation");
            let mut others = vec![Value::Null, tree.clone()];
            others.extend((0..count).filter(|j| *j != i).map(|j| tree["repairs"][j]["derivation"].clone()));
            for other in others.into_iter().filter(|other| *other != tree["repairs"][i]["derivation"]) {
                let mut changed = tree.clone();
                *at(&mut changed, &proof) = other;
                assert!(!is_accepted(&pde, &changed), "{name}: {proof}");
                tried += 1;
            }
            if !tree["repairs"][i]["model"].is_null() {
                let mut changed = tree.clone();
                *at(&mut changed, &format!("{proof}.kernel.velocity")) = Value::from("z");
                assert!(!is_accepted(&pde, &changed), "{name}: {proof}.kernel");
            }
        }
    }
    assert!(tried > 30, "{tried}");
}
