//! Every file in `tests/pde/pass` and `tests/pde/fail` has a snapshot: a new case is a new file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::{Checked, Diagnostic, parse, print_file, read, render};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn cases(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pde").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pde"));
    paths.sort();
    assert!(paths.len() > 10, "the corpus is gone");
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.into_iter().map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

fn rendered(problems: &[Diagnostic], name: &str, source: &[u8]) -> String {
    let text = String::from_utf8_lossy(source);
    problems.iter().map(|problem| render(problem, &format!("{name}.pde"), &text)).collect::<Vec<_>>().join("\n")
}

#[test]
fn pass() {
    for (name, source) in cases("pass") {
        let Checked { pde, warnings } =
            read(&source).unwrap_or_else(|problems| panic!("{}", rendered(&problems, &name, &source)));
        let text = String::from_utf8(source.clone()).unwrap();
        let file = parse(&text).unwrap();
        let printed = print_file(&file);
        let again =
            parse(&printed).unwrap_or_else(|problems| panic!("{}", rendered(&problems, &name, printed.as_bytes())));
        assert_eq!(again, file, "{name}");
        assert_eq!(print_file(&again), printed, "{name} is not printed to a fixed point");
        assert_eq!(file.comments().count(), text.matches('#').count(), "{name} lost a comment");
        assert_eq!(again.comments().count(), file.comments().count(), "{name} lost a comment when printed");
        assert_eq!(read(printed.as_bytes()).unwrap().pde.hash, pde.hash, "{name}");
        let mut shown = printed;
        let _ = write!(shown, "\nequation: {}\nexplicit_dim: {:?}\n", pde.equation, pde.explicit_dim);
        if !warnings.is_empty() {
            let _ = write!(shown, "\n{}", rendered(&warnings, &name, &source));
        }
        insta::assert_snapshot!(format!("pass_{name}"), shown);
    }
}

#[test]
fn fail() {
    for (name, source) in cases("fail") {
        let Err(problems) = read(&source) else { panic!("{name} is accepted") };
        assert!(problems.iter().any(Diagnostic::is_error), "{name} has no error");
        insta::assert_snapshot!(format!("fail_{name}"), rendered(&problems, &name, &source));
    }
}
