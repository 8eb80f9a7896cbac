//! The claims that this project was founded on, each with the study that puts it to the test.

/// A claim.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// A short name, which is that of its folder in `studies/`.
    pub name: &'static str,
    /// The claim, in a few words.
    pub claim: &'static str,
    /// The studies: the name of each, and its text.
    pub studies: &'static [(&'static str, &'static str)],
}

macro_rules! claims {
    ($($name:literal: $claim:literal, [$($study:literal),* $(,)?];)*) => {
        /// All of them, in the order of the table.
        pub const CLAIMS: &[Claim] = &[$(Claim {
            name: $name,
            claim: $claim,
            studies: &[$(($study, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/studies/", $name, "/", $study, ".toml")))),*],
        }),*];
    };
}

claims! {}

/// Claims that cannot be put to the test yet, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[("fractal recursion", "cells do not grow sub-cells yet")];
