//! Every example in `docs/language.md` does what the page says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::{Code, read};
use std::fs;
use std::path::Path;

#[test]
fn examples_work_as_printed() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language.md")).unwrap();
    let mut examples = 0;
    for block in page.split("\n```pde").skip(1) {
        let (flags, rest) = block.split_once('\n').unwrap();
        let source = &rest[..rest.find("```").unwrap()];
        let expected: Vec<Code> = flags.trim().strip_prefix("error=").and_then(Code::parse).into_iter().collect();
        let found = read(source.as_bytes()).map_or_else(|problems| problems, |checked| checked.warnings);
        let found: Vec<Code> = found.iter().map(|problem| problem.code).collect();
        assert_eq!(found, expected, "{source}");
        examples += 1;
    }
    assert!(examples >= 12, "only {examples} examples were found");
}

/// Every code that the page names exists.
#[test]
fn codes_exist() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language.md")).unwrap();
    let words = page.split(|letter: char| !letter.is_ascii_alphanumeric());
    let codes: Vec<&str> = words
        .filter(|word| word.len() == 4 && word[1..].bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|word| word.starts_with(['P', 'W', 'E']))
        .collect();
    assert!(codes.len() > 10);
    for code in codes {
        assert!(Code::parse(code).is_some(), "{code}");
    }
}
