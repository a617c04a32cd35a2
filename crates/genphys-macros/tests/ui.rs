//! What users see when an attribute is wrong: one error, at its argument, and none of the rest of their program.
//!
//! The programs under `ui/` do not link the library `genphys`, which would build its tensor backend once more; they take
//! the trait and the kernels from a facade of the same name.

#[test]
fn errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
