//! `genphys fmt`: canonical form, in place and through a pipe.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{BROKEN, Genphys};

const UNTIDY: &str = "# the head\npde  heat{\r\n param  D>0=1.0  # how fast\n\n ∂t φ=D*∇²φ ;}\n";

#[test]
fn formatting_keeps_comments_and_is_idempotent() {
    let genphys = Genphys::new().with_file("a.pde", UNTIDY);
    assert_eq!(genphys.run(&["fmt", "--check", "a.pde"]).expect_code(1).stdout, "a.pde\n");
    assert_eq!(genphys.read("a.pde"), UNTIDY, "--check writes nothing");
    assert_eq!(genphys.run(&["fmt", "a.pde"]).expect_code(0).stdout, "");
    let once = genphys.read("a.pde");
    assert!(once.contains("# the head") && once.contains("# how fast"), "{once}");
    assert!(once.contains("dt(phi) = D*lap(phi)") && !once.contains('\r'), "{once}");
    assert_eq!(genphys.run(&["fmt", "a.pde"]).code, 0);
    assert_eq!(genphys.read("a.pde"), once);
    assert_eq!(genphys.run(&["fmt", "--check", "a.pde"]).code, 0);
}

#[test]
fn a_pipe_is_formatted_from_stdin_to_stdout() {
    let genphys = Genphys::new();
    let once = genphys.run_with_input(&["fmt", "-"], UNTIDY).expect_code(0).stdout;
    let twice = genphys.run_with_input(&["fmt", "-"], &once).expect_code(0).stdout;
    assert_eq!(once, twice);
    assert_eq!(genphys.run_with_input(&["fmt", "--check", "-"], UNTIDY).expect_code(1).stdout, "<stdin>\n");
}

#[test]
fn a_file_with_errors_stays_as_it_is_and_does_not_stop_the_others() {
    let bad = "pde a { dt(phi) = = 2 }";
    let genphys = Genphys::new().with_file("bad.pde", bad).with_file("good.pde", UNTIDY);
    let ended = genphys.run(&["fmt", "bad.pde", "nowhere.pde", "good.pde"]).expect_code(2);
    assert!(ended.stderr.contains("bad.pde") && ended.stderr.contains("nowhere.pde"), "{ended:?}");
    assert_eq!(genphys.read("bad.pde"), bad);
    assert_ne!(genphys.read("good.pde"), UNTIDY);
    // Names are no matter of form: this file has a canonical form although it means nothing.
    let form = genphys.run_with_input(&["fmt", "-"], BROKEN).expect_code(0).stdout;
    assert!(form.contains("dt(phi, 2) = c*lap(phi) + masss*phi"), "{form}");
}

#[test]
fn shipped_equations_are_in_canonical_form() {
    let genphys = Genphys::new();
    assert_eq!(genphys.run(&["list", "--write", "."]).code, 0);
    let files: Vec<String> = common::files_below(genphys.directory.path());
    let mut arguments = vec!["fmt", "--check"];
    arguments.extend(files.iter().map(String::as_str));
    let ended = genphys.run(&arguments);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{ended:?}");
}
