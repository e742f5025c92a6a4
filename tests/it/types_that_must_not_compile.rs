//! What the types forbid: each file in `tests/ui` is a way around the check, and has to be refused by the compiler.

#[test]
fn every_way_around_a_proof_is_refused_by_the_compiler() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
