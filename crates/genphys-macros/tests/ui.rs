//! What users see when an attribute is wrong: one error, at its argument, and none of the rest of their program. And
//! programs that once did not compile.
//!
//! The programs under `ui/` do not link the library `genphys`, which would build its tensor backend once more; they
//! take the trait and the kernels from a facade of the same name. trybuild compiles them as a crate of its own, so the
//! equations in `ui/pdes` are put there first.

#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn programs() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let pdes = target.join("tests/trybuild/genphys-macros/pdes");
    std::fs::create_dir_all(&pdes).unwrap();
    for entry in std::fs::read_dir("tests/ui/pdes").unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, pdes.join(path.file_name().unwrap())).unwrap();
    }
    for file in ["yukawa.pde", "yukawa.derivation.json"] {
        std::fs::copy(Path::new("../../pdes").join(file), pdes.join(file)).unwrap();
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
