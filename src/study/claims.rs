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

claims! {
    "golden-timing": "golden timing spreads activity evenly", ["evenness", "collisions", "waiting"];
    "golden-allocation": "golden allocation wastes least", ["shares"];
    "fibonacci-priority": "Fibonacci priority", ["order"];
    "fibonacci-backoff": "Fibonacci back-off", ["retry"];
    "tetrahedral-cells": "tetrahedral cells", ["liars"];
    "stable-triangles": "triangles are stable", ["members", "lease"];
    "networks": "tetrahedral network, molecular lattices, Fibonacci chords", ["degree-four", "chords", "partition"];
    "loops": "information flows in loops without a bottleneck", ["twist", "bottleneck"];
    "fractal-recursion": "fractal recursion", ["surge", "delegate"];
    "recursive-verification": "recursive verification", ["replicas"];
    "learning": "learning", ["regret"];
    "no-single-point": "no single point of failure", ["hubs"];
    "natural-scaling": "natural scaling", ["agree"];
    "geometry-balances": "geometry balances", ["networks"];
    "coherence": "consensus ensures coherence", ["liars"];
}

/// Claims that cannot be put to the test yet, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[(
    "groups of 3, 5 and 7",
    "cells have four members; other groups are known by formula only",
)];
