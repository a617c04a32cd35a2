//! `genphys check`: exit statuses, streams, formats.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{BROKEN, Genphys, HEAT, WAVE};
use serde_json::Value;

#[test]
fn the_exit_status_says_whether_all_are_s_generative() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT).with_file("wave.pde", WAVE);
    assert_eq!(genphys.run(&["check", "heat.pde"]).code, 0);
    assert_eq!(genphys.run(&["check", "wave.pde"]).code, 1);
    assert_eq!(genphys.run(&["check", "heat.pde", "wave.pde"]).code, 1);
    assert_eq!(genphys.run(&["check", "nowhere.pde"]).code, 2);
    assert_eq!(genphys.run(&["check"]).code, 2);
    assert_eq!(genphys.run(&["check", "heat.pde", "--format", "pdf"]).code, 2);
}

#[test]
fn errors_of_one_file_do_not_hide_the_verdicts_of_others() {
    let genphys =
        Genphys::new().with_file("heat.pde", HEAT).with_file("broken.pde", BROKEN).with_file("wave.pde", WAVE);
    let ended = genphys.run(&["check", "heat.pde", "broken.pde", "nowhere.pde", "wave.pde"]).expect_code(2);
    assert!(ended.stdout.contains("s-generative") && ended.stdout.contains("not s-generative"), "{ended:?}");
    // Every problem of the broken file, with its place and what was likely meant or missing.
    for part in ["velocty", "masss", "broken.pde:2", "broken.pde:3", "nowhere.pde"] {
        assert!(ended.stderr.contains(part), "{part} is not in {}", ended.stderr);
    }
}

#[test]
fn json_is_one_object_for_one_file() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    let ended = genphys.run(&["check", "heat.pde", "--format", "json"]).expect_code(0);
    let verdict = ended.json();
    assert_eq!(verdict["schema"], 1);
    assert_eq!(verdict["pde"]["name"], "heat");
    assert_eq!(verdict["pde"]["params"][0]["domain"], "> 0");
    assert_eq!(verdict["verdict"], "s-generative");
    assert_eq!(verdict["c1"]["status"], "holds");
    assert_eq!(verdict["c2"]["status"], "holds");
    assert_eq!(verdict["problem"], "evolution");
    assert_eq!(verdict["kernel"]["family"], "heat");
    assert_eq!(verdict["continuity"]["verified"], true);
    assert_eq!(verdict["dispersion"]["branches"][0]["selected"], true);
    assert!(verdict["repairs"].is_array());
    assert_eq!(ended.stderr, "");
}

#[test]
fn json_is_one_array_for_several_files_with_the_errors_in_place() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT).with_file("broken.pde", BROKEN);
    let ended = genphys.run(&["check", "broken.pde", "heat.pde", "--format", "json"]).expect_code(2);
    let Value::Array(values) = ended.json() else { panic!("{ended:?}") };
    assert_eq!(values.len(), 2);
    assert_eq!(values[0]["file"], "broken.pde");
    let errors = values[0]["errors"].as_array().unwrap();
    assert!(errors.len() >= 2, "{errors:?}");
    assert_eq!(errors[0]["line"], 2);
    assert!(errors.iter().any(|error| error["line"] == 3));
    assert!(errors.iter().all(|error| error["code"].is_string() && error["message"].is_string()));
    assert_eq!(values[1]["verdict"], "s-generative");
}

#[test]
fn a_shipped_name_and_standard_input_stand_for_files() {
    let genphys = Genphys::new();
    assert_eq!(genphys.run(&["check", "yukawa"]).code, 0);
    assert_eq!(genphys.run_with_input(&["check", "-"], HEAT).code, 0);
    let ended = genphys.run(&["check", "yukava"]).expect_code(2);
    assert!(ended.stderr.contains("`yukawa`") && ended.stderr.contains("genphys list"), "{ended:?}");
    let ended = genphys.run(&["check", "pdes/yukawa.pde"]).expect_code(2);
    assert!(ended.stderr.contains("`yukawa`"), "{ended:?}");
}

#[test]
fn set_is_checked_against_names_and_domains() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT).with_file("wave.pde", WAVE);
    let verdict = genphys.run(&["check", "heat.pde", "--set", "D=2", "--format", "json"]).expect_code(0).json();
    assert_eq!(verdict["pde"]["params"][0]["value"], 2.0);
    assert_eq!(verdict["pde"]["params"][0]["fixed"], true);
    let ended = genphys.run(&["check", "heat.pde", "--set", "d=2"]).expect_code(2);
    assert!(ended.stderr.contains("did you mean `D`"), "{ended:?}");
    let ended = genphys.run(&["check", "heat.pde", "--set", "D=-1"]).expect_code(2);
    assert!(ended.stderr.contains("> 0") && ended.stderr.contains("E010"), "{ended:?}");
    // A name that one of several files declares applies to that one.
    assert_eq!(genphys.run(&["check", "heat.pde", "wave.pde", "--set", "D=2"]).code, 1);
    assert_eq!(genphys.run(&["check", "heat.pde", "--set", "D"]).code, 2);
    assert_eq!(genphys.run(&["check", "heat.pde", "--dim", "0"]).code, 2);
}

#[test]
fn a_conditional_equation_passes_where_its_condition_is_met() {
    let genphys = Genphys::new();
    let verdict = genphys.run(&["check", "dissipative_wave", "--format", "json"]).expect_code(1).json();
    assert_eq!(verdict["verdict"], "conditional");
    assert_eq!(genphys.run(&["check", "dissipative_wave", "--dim", "1"]).code, 0);
}

#[test]
fn text_is_plain_unless_someone_asks_for_colour() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT).with_file("broken.pde", BROKEN);
    let plain = genphys.run(&["check", "heat.pde", "broken.pde"]);
    assert!(!plain.stdout.contains('\u{1b}') && !plain.stderr.contains('\u{1b}'), "{plain:?}");

    let coloured = genphys.with_variable("CLICOLOR_FORCE", "1");
    let ended = coloured.run(&["check", "heat.pde"]);
    assert!(ended.stdout.contains("\u{1b}["), "{ended:?}");

    let silenced = coloured.with_variable("NO_COLOR", "1");
    let ended = silenced.run(&["check", "heat.pde", "broken.pde"]);
    assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'), "{ended:?}");
}

#[test]
fn lines_are_short() {
    let ended = Genphys::new().run(&["check", "yukawa", "wave", "helmholtz", "dissipative_wave", "schroedinger"]);
    for line in ended.stdout.lines() {
        assert!(line.chars().count() <= 100, "{} columns: {line}", line.chars().count());
    }
}

#[test]
fn the_human_verdict_has_every_part() {
    let page = Genphys::new().run(&["check", "yukawa"]).expect_code(0).stdout;
    let parts = [
        "yukawa",
        "dt(phi, 2) + lap(phi) - m^2*phi = 0",
        "m > 0",
        "s-generative",
        "C1 density",
        "C2 smoothing",
        "omega^2 + k^2 + m^2 = 0",
        "* omega = -I*sqrt(k^2 + m^2)",
        "p = -dt(phi)",
        "J = -grad(phi)",
        "R = -m^2*phi",
        "identical to the equation",
        "prior",
    ];
    for part in parts {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let page = Genphys::new().run(&["check", "wave", "yukawa"]).expect_code(1).stdout;
    for part in ["not s-generative", "fails", "witness", "repairs", "dt(phi, 2) + lap(phi) = 0"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    // The table at the end.
    assert!(page.trim_end().lines().last().is_some_and(|line| line.trim_start().starts_with("yukawa")), "{page}");
}

#[test]
fn latex_is_balanced_and_has_commands_for_all_signs() {
    for name in ["yukawa", "wave", "helmholtz", "dissipative_wave", "schroedinger", "diffusion", "poisson"] {
        let ended = Genphys::new().run(&["check", name, "--format", "latex"]);
        let text = &ended.stdout;
        let count = |part: &str| text.matches(part).count();
        assert_eq!(count(r"\begin{"), count(r"\end{"), "{text}");
        assert_eq!(count(r"\left("), count(r"\right)"), "{text}");
        let open = text.chars().filter(|c| *c == '{').count() - count(r"\{");
        let closed = text.chars().filter(|c| *c == '}').count() - count(r"\}");
        assert_eq!(open, closed, "{text}");
        let odd: Vec<char> = text.chars().filter(|c| !c.is_ascii() && !('À'..='ÿ').contains(c)).collect();
        assert!(odd.is_empty(), "{name}: {odd:?} need a LaTeX command");
    }
}

#[test]
fn two_checks_at_once_both_succeed() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    let children: Vec<_> = (0..3)
        .map(|_| genphys.command(&["check", "heat.pde", "yukawa", "--format", "json"]).spawn().unwrap())
        .collect();
    for child in children {
        let ended = common::ended(child).expect_code(0);
        assert_eq!(ended.json().as_array().unwrap().len(), 2);
    }
}
