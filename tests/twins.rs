//! Every function of words in `shaders/lib/` and every timing, executed on every GPU at hand and compared with its Rust twin
//! over random and extreme inputs. The calls are generated from the functions' signatures.
#![cfg(feature = "gpu")]

use crate::kernel::{CASES, Domain, Function, gpus, inputs, library, signatures};
use std::collections::BTreeSet;
use tetraswarm::number::{
    Permutation, bounded, happens, link_phase, mix, multiply_high, scramble, threefry2x32, threefry2x32_13,
};
use tetraswarm::timing::{Schedule, Timing};

fn any(_: &mut [u32]) {}

/// The two halves of `happens`, which the CPU has in one.
fn deciding_bits(x: &[u32]) -> Vec<u32> {
    let words = threefry2x32_13([x[0], x[1]], [(x[2] >> 7 << 4) | (x[2] & 15), x[3]]);
    let word = words[(x[2] >> 6 & 1) as usize];
    vec![(word >> (x[2] >> 1 & 24)) & 0xFF]
}

fn happens_after_all(x: &[u32]) -> Vec<u32> {
    let fine = threefry2x32_13([x[0] ^ 0x8000_0000, x[1]], [x[2], x[3]])[0];
    vec![u32::from(fine >> 8 < x[4] & 0xFF_FFFF)]
}

/// ⌊sum/q⌋ is asked for sums of a magnitude below 2^31 and positive q below 2^31.
fn signed_by_divisor(input: &mut [u32]) {
    if input[0] == 1 << 31 {
        input[0] += 1;
    }
    input[1] = (input[1] & 0x7FFF_FFFF).max(1);
}

/// 0 ≤ ρ < q < 2^28.
fn rho_below_divisor(input: &mut [u32]) {
    input[3] = (input[3] >> 4).max(1);
    input[2] %= input[3];
}

/// A cell of a grid of 1 to 2^16 rows and 2 to 2^16 columns.
fn cell_in_grid(input: &mut [u32]) {
    input[2] = 1 + input[2] % 65_536;
    input[3] = 1 + input[3] % 16;
    input[0] %= input[2];
    input[1] %= 1 << input[3];
}

/// An index of at least three.
fn index_in_range(input: &mut [u32]) {
    input[1] = input[1].clamp(3, u32::MAX - 1);
    input[0] %= input[1];
}

fn feistel_round(x: &[u32]) -> Vec<u32> {
    let row = (u64::from(x[0]) + u64::from(bounded(scramble(x[1], x[4]), x[2]))) % u64::from(x[2]);
    let column = u64::from(x[1]) + u64::from(scramble(row as u32, x[5]) >> (32 - x[3]));
    vec![row as u32, (column % (1 << x[3])) as u32]
}

fn feistel_round_back(x: &[u32]) -> Vec<u32> {
    let (rows, columns) = (i64::from(x[2]), 1i64 << x[3]);
    let column = (i64::from(x[1]) - i64::from(scramble(x[0], x[5]) >> (32 - x[3]))).rem_euclid(columns);
    let row = i64::from(x[0]) - i64::from(bounded(scramble(column as u32, x[4]), x[2]));
    vec![row.rem_euclid(rows) as u32, column as u32]
}

/// An index of a grid of `x[1]` rows and 2^`x[2]` columns.
fn place_in_grid(x: &mut [u32]) {
    x[1] = (x[1] & 0x7FFF) + 1;
    x[2] = 1 + x[2] % 15;
    x[0] %= x[1] << x[2];
}

/// Four rounds over the grid, with these pairs of keys.
fn once(x: &[u32], pairs: [usize; 4], round: fn(&[u32]) -> Vec<u32>) -> Vec<u32> {
    let bits = x[2];
    let mut cell = vec![x[0] >> bits, x[0] & ((1 << bits) - 1)];
    for pair in pairs {
        cell = round(&[cell[0], cell[1], x[1], bits, x[3 + 2 * pair], x[4 + 2 * pair]]);
    }
    vec![cell[0] << bits | cell[1]]
}

fn permutation(x: &[u32]) -> Permutation {
    Permutation::new(x[1], x[2..].try_into().unwrap())
}

fn rounds(x: &[u32], rotations: [u32; 4]) -> Vec<u32> {
    let (mut a, mut b) = (x[0], x[1]);
    for by in rotations {
        a = a.wrapping_add(b);
        b = b.rotate_left(by) ^ a;
    }
    vec![a, b]
}

fn add_wide(input: &[u32]) -> Vec<u32> {
    let n = input.len() / 2;
    let wide = |words: &[u32]| words.iter().rev().fold(0u128, |sum, &w| sum << 32 | u128::from(w));
    let sum = wide(&input[..n]) + wide(&input[n..]);
    (0..n).map(|k| (sum >> (32 * k)) as u32).collect()
}

/// File, function, domain, and the same in Rust.
fn table() -> Vec<(&'static str, &'static str, Domain, Box<Function>)> {
    vec![
        (
            "number",
            "rotate_left",
            |x| x[1] = 1 + x[1] % 31,
            Box::new(|x| vec![x[0].rotate_left(x[1])]),
        ),
        (
            "number",
            "threefry_rounds_even",
            any,
            Box::new(|x| rounds(x, [13, 15, 26, 6])),
        ),
        (
            "number",
            "threefry_rounds_odd",
            any,
            Box::new(|x| rounds(x, [17, 29, 16, 24])),
        ),
        (
            "number",
            "threefry2x32",
            any,
            Box::new(|x| threefry2x32([x[0], x[1]], [x[2], x[3]]).to_vec()),
        ),
        (
            "number",
            "threefry2x32_13",
            any,
            Box::new(|x| threefry2x32_13([x[0], x[1]], [x[2], x[3]]).to_vec()),
        ),
        (
            "number",
            "multiply_high",
            any,
            Box::new(|x| vec![multiply_high(x[0], x[1])]),
        ),
        ("number", "bounded", any, Box::new(|x| vec![bounded(x[0], x[1])])),
        ("number", "mix", any, Box::new(|x| mix(x[0], x[1], x[2]).to_vec())),
        ("number", "link_phase", any, Box::new(|x| vec![link_phase(x[0], x[1])])),
        (
            "number",
            "happens",
            any,
            Box::new(|x| vec![u32::from(happens([x[0], x[1]], x[2], x[3], x[4]))]),
        ),
        ("number", "deciding_bits", any, Box::new(deciding_bits)),
        ("number", "happens_after_all", any, Box::new(happens_after_all)),
        ("number", "scramble", any, Box::new(|x| vec![scramble(x[0], x[1])])),
        ("number", "feistel_round", cell_in_grid, Box::new(feistel_round)),
        (
            "number",
            "feistel_round_back",
            cell_in_grid,
            Box::new(feistel_round_back),
        ),
        (
            "number",
            "permuted_once",
            place_in_grid,
            Box::new(|x| once(x, [0, 1, 2, 3], feistel_round)),
        ),
        (
            "number",
            "unpermuted_once",
            place_in_grid,
            Box::new(|x| once(x, [3, 2, 1, 0], feistel_round_back)),
        ),
        (
            "number",
            "permuted",
            index_in_range,
            Box::new(|x| vec![permutation(x).permuted(x[0])]),
        ),
        (
            "number",
            "unpermuted",
            index_in_range,
            Box::new(|x| vec![permutation(x).unpermuted(x[0])]),
        ),
        (
            "flow",
            "floor_divide",
            signed_by_divisor,
            Box::new(|x| vec![(x[0] as i32).div_euclid(x[1] as i32) as u32]),
        ),
        ("flow", "value_of", any, Box::new(|x| vec![x[0]])),
        (
            "flow",
            "divide_towards_zero",
            signed_by_divisor,
            Box::new(|x| vec![(x[0] as i32).wrapping_div(x[1] as i32) as u32]),
        ),
        (
            "flow",
            "seen_from",
            rho_below_divisor,
            Box::new(|x| vec![if x[0] > x[1] { x[2] } else { x[3] - 1 - x[2] }]),
        ),
        ("tally", "add64", any, Box::new(add_wide)),
        ("tally", "add96", any, Box::new(add_wide)),
        (
            "tally",
            "squared",
            any,
            Box::new(|x| {
                let square = u64::from((x[0] as i32).unsigned_abs()).pow(2);
                vec![square as u32, (square >> 32) as u32]
            }),
        ),
        (
            "tally",
            "compare",
            any,
            Box::new(|x| {
                let wide = |k: usize| (u64::from(x[k]) | u64::from(x[k + 1]) << 32) as i64;
                vec![wide(0).cmp(&wide(2)) as i32 as u32]
            }),
        ),
        (
            "tally",
            "widened",
            any,
            Box::new(|x| vec![x[0], ((x[0] as i32) >> 31) as u32]),
        ),
    ]
}

#[test]
fn every_function_of_the_library_is_in_the_table() {
    for file in ["number", "flow", "tally"] {
        let found: BTreeSet<String> = signatures(&library(file)).into_iter().map(|s| s.name).collect();
        let known: BTreeSet<String> = table()
            .iter()
            .filter(|row| row.0 == file)
            .map(|row| row.1.to_owned())
            .collect();
        assert_eq!(found, known, "shaders/lib/{file}.wgsl");
        assert!(!found.is_empty());
    }
}

#[test]
fn every_function_equals_its_twin() {
    for gpu in gpus() {
        for (file, name, domain, function) in table() {
            let library = library(file);
            let signature = signatures(&library).into_iter().find(|s| s.name == name).unwrap();
            let inputs = inputs(signature.inputs(), domain);
            let difference = gpu.difference(&signature, &library, &[], &inputs, &*function);
            assert_eq!(difference, None);
        }
    }
}

#[test]
fn every_timing_equals_its_twin() {
    let gpus = gpus();
    for kind in Timing::KINDS {
        for (rate, nodes, seed) in [
            (0.1, 1000, 7),
            (1.0 / 4_294_967_296.0, 2, 0),
            (0.999_999_999, u32::MAX - 1, u32::MAX),
            (0.5, 3, 1),
        ] {
            let schedule = Timing::named(kind, rate).unwrap().schedule(nodes, seed);
            let module = schedule.module();
            assert_eq!(module.name, format!("timing/{kind}"));
            let library = format!("{}{}", library("number"), module.source);
            let constants: Vec<(&str, f64)> = module
                .constants
                .iter()
                .map(|(name, value)| (&**name, f64::from(*value)))
                .collect();
            let signature = signatures(&library)
                .into_iter()
                .find(|s| s.name == "is_active")
                .unwrap();
            assert_eq!((signature.inputs(), signature.result.0.as_str()), (2, "bool"));
            let inputs = inputs(2, any);
            let active = move |x: &[u32]| vec![u32::from(schedule.is_active(x[0], x[1]))];
            let share = inputs.chunks_exact(2).filter(|x| active(x)[0] == 1).count() as f64 / CASES as f64;
            assert!(
                schedule == Schedule::Always || (share - rate).abs() < 0.2,
                "{kind}, {rate}: {share}"
            );
            for gpu in &gpus {
                assert_eq!(
                    gpu.difference(&signature, &library, &constants, &inputs, &active),
                    None,
                    "{kind}, {rate}"
                );
            }
        }
    }
}

/// The comparison can fail: a twin that is wrong for one input in thousands is noticed.
#[test]
fn a_wrong_twin_is_noticed() {
    let library = library("number");
    let signature = signatures(&library).into_iter().find(|s| s.name == "bounded").unwrap();
    let inputs = inputs(2, any);
    let wrong_at = inputs.chunks_exact(2).nth(CASES - 7).unwrap().to_vec();
    let wrong = move |x: &[u32]| vec![bounded(x[0], x[1]) ^ u32::from(x == wrong_at)];
    for gpu in gpus() {
        let difference = gpu.difference(&signature, &library, &[], &inputs, &wrong);
        assert!(difference.is_some_and(|d| d.starts_with("bounded(")));
        // The bound up to which only half of the word is used, too low by two (by one makes no difference).
        let halves = |x: &[u32]| {
            vec![if x[1] < 65_535 {
                bounded(x[0], x[1])
            } else {
                multiply_high(x[0], x[1])
            }]
        };
        assert!(gpu.difference(&signature, &library, &[], &inputs, &halves).is_some());
    }
}
