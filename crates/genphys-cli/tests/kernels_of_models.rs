//! `genphys kernel` has a number for every kernel that a model can have, and they are those of the models:
//! `crates/genphys/tests/generated_physics.rs` holds the generated ones to the same table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Genphys;
use genphys_pde::derivation::Derivation;
use std::collections::BTreeSet;
use std::path::Path;

/// What `genphys kernel EQUATION --dim N --t T --r R` prints: log_p, v_over_r and growth.
const TABLE: &str = include_str!("data/kernels_of_models.csv");

fn rows() -> Vec<Vec<&'static str>> {
    TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect()).collect()
}

#[test]
fn the_table_has_every_equation_that_becomes_a_model() {
    let listed: BTreeSet<&str> = rows().iter().map(|row| row[0]).collect();
    let mut families = BTreeSet::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pdes")).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with(".derivation.json") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let derivation: Derivation = serde_json::from_str(&text).unwrap();
        let has_model = derivation.makes_a_model() && derivation.model().is_ok();
        let name = derivation.pde.name.as_str();
        assert_eq!(listed.contains(name), has_model, "{name}");
        if has_model {
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            families.insert(json["kernel"]["family"].as_str().unwrap().to_owned());
        }
    }
    let all = [
        "gaussian",
        "heat",
        "pfgmpp",
        "poisson",
        "screened-pfgmpp",
        "space-time-fractional",
        "stable",
        "subordinated",
        "telegraph",
        "yukawa",
    ];
    assert_eq!(families.iter().collect::<Vec<_>>(), all, "each has a shipped equation");
}

#[test]
fn the_command_prints_the_table() {
    let (genphys, rows) = (Genphys::new(), rows());
    // The distances of an equation at one time are asked for at once.
    for same in rows.chunk_by(|a, b| a[..3] == b[..3]) {
        let [equation, dim, t] = [same[0][0], same[0][1], same[0][2]];
        let distances = same.iter().map(|row| row[3]).collect::<Vec<_>>().join(",");
        let ended = genphys.run(&["kernel", equation, "--dim", dim, "--t", t, "--r", &distances]).expect_code(0);
        let printed: Vec<&str> = ended.stdout.lines().skip(1).collect();
        assert_eq!(printed.len(), same.len(), "{ended:?}");
        for (line, row) in printed.iter().zip(same) {
            for (found, expected) in line.split(',').skip(1).zip(&row[4..]) {
                let (found, expected): (f64, f64) = (found.parse().unwrap(), expected.parse().unwrap());
                assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{row:?}: {found}");
            }
        }
    }
}
