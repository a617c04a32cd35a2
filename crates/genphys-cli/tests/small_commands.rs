//! `list`, `explain`, `doctor`, `completions`, `--version`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Genphys, HEAT, files_below};

const CONTRACT: [&str; 7] = ["diffusion", "dissipative_wave", "helmholtz", "poisson", "schroedinger", "wave", "yukawa"];

#[test]
fn the_shipped_equations_are_listed_printed_and_saved() {
    let genphys = Genphys::new();
    let table = genphys.run(&["list"]).expect_code(0).stdout;
    for name in CONTRACT {
        assert!(table.lines().any(|line| line.starts_with(name)), "{name} is not in {table}");
    }
    let printed = genphys.run(&["list", "yukawa"]).expect_code(0).stdout;
    assert!(printed.contains("pde yukawa") && printed.contains("lap(phi)"), "{printed}");

    genphys.run(&["list", "yukawa", "--write", "one"]).expect_code(0);
    assert_eq!(genphys.read("one/yukawa.pde"), printed);
    let saved = genphys.run(&["list", "--write", "all"]).expect_code(0);
    assert_eq!(saved.stdout.lines().count(), files_below(&genphys.path("all")).len());
    for name in CONTRACT {
        assert!(genphys.path(&format!("all/{name}.pde")).exists());
    }
}

#[test]
fn a_file_with_changes_is_not_overwritten() {
    let genphys = Genphys::new().with_file("wave.pde", "mine");
    let ended = genphys.run(&["list", "wave", "--write", "."]).expect_code(1);
    assert!(ended.stderr.contains("wave.pde"), "{ended:?}");
    assert_eq!(genphys.read("wave.pde"), "mine");
    genphys.run(&["list", "poisson", "--write", "."]).expect_code(0);
    // Saving again what is there already is no conflict.
    genphys.run(&["list", "poisson", "--write", "."]).expect_code(0);
}

#[test]
fn unknown_names_and_codes_are_corrected() {
    let genphys = Genphys::new();
    let ended = genphys.run(&["list", "poison"]).expect_code(2);
    assert!(ended.stderr.contains("did you mean `poisson`"), "{ended:?}");
    assert_eq!(ended.stdout, "");
    assert_eq!(genphys.run(&["explain", "E999"]).code, 2);
}

#[test]
fn codes_are_explained_in_any_case() {
    let genphys = Genphys::new();
    let upper = genphys.run(&["explain", "E002"]).expect_code(0).stdout;
    assert_eq!(genphys.run(&["explain", "e002"]).expect_code(0).stdout, upper);
    assert!(upper.contains("Im omega(k) < Im omega(0)"), "{upper}");
    let all = genphys.run(&["explain"]).expect_code(0).stdout;
    assert!(all.lines().any(|line| line.starts_with("E002")), "{all}");
}

#[test]
fn completions_know_the_commands_and_not_the_engine() {
    let genphys = Genphys::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = genphys.run(&["completions", shell]).expect_code(0).stdout;
        assert!(script.contains("dispersion") && script.contains("conservative"), "{shell}");
    }
    assert_eq!(genphys.run(&["completions", "cmd"]).code, 2);
}

#[test]
fn the_version_names_symbolica_and_help_does_not_name_the_engine() {
    let genphys = Genphys::new();
    let version = genphys.run(&["--version"]).expect_code(0).stdout;
    assert!(version.starts_with("genphys ") && version.contains("Symbolica"), "{version}");
    let help = genphys.run(&["--help"]).expect_code(0).stdout;
    assert!(!help.contains("__engine"), "{help}");
    assert_eq!(genphys.run(&[]).code, 2);
    assert_eq!(genphys.run(&["chek"]).code, 2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let genphys = Genphys::new();
    let mut child = genphys.command(&["list"]).spawn().unwrap();
    drop(child.stdout.take());
    let ended = common::ended(child);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

#[test]
fn doctor_says_what_the_machine_has() {
    let text = Genphys::new().run(&["doctor"]).expect_code(0).stdout;
    assert!(text.contains("cargo: cargo 1.") && text.contains("NVIDIA driver: "), "{text}");
    assert!(text.contains("cargo run --release -- doctor"), "{text}");
}

#[test]
fn points_have_no_density() {
    let found = Genphys::new().run(&["kernel", "wave", "--dim", "1", "--t", "1", "--r", "0"]).expect_code(1).stderr;
    assert!(found.contains("no known point-source kernel") && found.contains("points"), "{found}");
}

#[test]
fn equations_are_found_by_other_words() {
    let genphys = Genphys::new();
    let help = genphys.run(&["check", "heat"]).expect_code(2).stderr;
    assert!(help.contains("`diffusion`") && !help.contains("beam"), "{help}");
    let help = genphys.run(&["check", "yukava"]).expect_code(2).stderr;
    assert!(help.contains("`yukawa`"), "{help}");
    let help = genphys.run(&["list", "heat"]).expect_code(2).stderr;
    assert!(help.contains("`diffusion`"), "{help}");
}

#[test]
fn numbers_out_of_bounds_are_told_with_the_bounds() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    for dim in ["-1", "0", "200001", "1e3"] {
        for arguments in [
            &["check", "heat.pde", "--dim", dim][..],
            &["kernel", "heat.pde", "--dim", dim, "--t", "1", "--r", "1"],
            &["kernel", "heat.pde", "--dim", "1", "--along", dim, "--t", "1", "--r", "1"],
            &["new", "a", "--pde", "heat.pde", "--dim", dim],
            &["dispersion", "heat.pde", "--dim", dim],
        ] {
            let found = genphys.run(arguments).expect_code(2).stderr;
            assert!(found.contains("from 1 to 200000"), "{arguments:?}: {found}");
        }
    }
    for (option, value) in [("--steps", "-1"), ("--count", "-2"), ("--seed", "-3"), ("--minutes", "-0.5")] {
        let found =
            genphys.run(&["run", "heat.pde", "--data", "moons", "--out", "o", option, value]).expect_code(2).stderr;
        assert!(found.contains(option) && !found.contains("unexpected argument"), "{option}: {found}");
    }
}

#[test]
fn files_that_are_too_long_are_told_by_the_bound() {
    let genphys = Genphys::new();
    std::fs::write(genphys.path("a.pde"), vec![b' '; 3 << 20]).unwrap();
    let found = genphys.run(&["check", "a.pde"]).expect_code(2).stderr;
    assert!(found.contains("more than 1048576 bytes") && !found.contains("1048577"), "{found}");
}

#[test]
fn what_cargo_would_not_understand_is_told_before_a_crate_is_written() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT).with_file("file", "");
    for options in [
        &["--version", "1\""][..],
        &["--version", "one"],
        &["--version", ""],
        &["--git", "https://a.b/c\"", "--rev", "x"],
        &["--git", "nonsense", "--rev", "x"],
        &["--git", "https://a.b/c d", "--rev", "x"],
        &["--git", "https://a.b/c", "--rev", "x'y"],
        &["--git", "https://a.b/c", "--rev", ""],
    ] {
        let found = genphys.run(&[&["new", "a", "--pde", "heat.pde"], options].concat()).expect_code(2).stderr;
        assert!(found.contains("this is not"), "{options:?}: {found}");
    }
    assert!(!genphys.path("a").exists());
    // A damaged record says what to do.
    std::fs::create_dir(genphys.path("b")).unwrap();
    for text in ["", "{", "[]", "{\"name\": 1}"] {
        std::fs::write(genphys.path("b/genphys.json"), text).unwrap();
        let found = genphys.run(&["new", "b", "--update"]).expect_code(2).stderr;
        assert!(
            found.contains("genphys.json") && found.contains("damaged") && found.contains("help"),
            "{text}: {found}"
        );
    }
    let found = genphys.run(&["list", "--write", "file"]).expect_code(2).stderr;
    assert!(found.contains("--write file") && found.contains("not a directory"), "{found}");
}
