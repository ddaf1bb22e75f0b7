//! Programs that must not compile, each with the compiler's answer beside it.
//!
//! The answers are those of the toolchain in `rust-version`; another one words
//! them differently, so the comparison asks for exactly that one.

#[test]
fn programs_that_the_types_forbid() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
