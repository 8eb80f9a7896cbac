use super::super::{bias, flow};
use super::*;
use crate::number::{BELIEF_RANGE, threefry2x32};
use crate::topology::Ids;
use std::ops::Range;

/// Every fourth belief is at an end of the range.
fn beliefs(count: u32) -> Vec<i32> {
    let of = |i: u32| {
        let [word, kind] = threefry2x32([5, 6], [i, 7]);
        match kind % 8 {
            0 => BELIEF_RANGE,
            1 => -BELIEF_RANGE,
            _ => (word as i32) >> 3,
        }
    };
    (0..count).map(of).collect()
}

/// The links from `nodes` to as many from `other` on.
fn ends<'a>(beliefs: &'a [i32], nodes: &Range<u32>, other: u32) -> Ends<'a> {
    let of = |first: u32| &beliefs[first as usize..first as usize + nodes.len()];
    Ends {
        first: nodes.start,
        other,
        own_beliefs: of(nodes.start),
        other_beliefs: of(other),
    }
}

/// What the passes of `flow.rs` make of it.
fn by_passes(ends: Ends<'_>, terms: Terms) -> Vec<u32> {
    let mut out = vec![0; ends.own_beliefs.len()];
    let (own, other) = (ends.own_beliefs, ends.other_beliefs);
    let (q, bias) = (terms.q, terms.bias.0 + terms.divisor.increment);
    match terms.rounding {
        Rounding::Trunc => flow::differences_towards_zero(own, other, q, bias, &mut out),
        _ => {
            let ids = (Ids::Run(ends.first), Ids::Run(ends.other));
            flow::golden_differences(ids.0, ids.1, (own, other), terms.tick, q, bias, &mut out);
        }
    }
    flow::divide(&mut out, terms.divisor);
    out
}

#[test]
fn one_pass_is_the_same_as_many() {
    let beliefs = beliefs(500);
    for rounding in [Rounding::Trunc, Rounding::Golden] {
        for q in [2, 3, 4, 5, 7, 9, 17, 35, 255, 257, 65_535, 65_536, 1 << 20] {
            let terms = Terms {
                rounding,
                tick: 77 + q,
                q,
                divisor: Divisor::new(q),
                bias: bias(q),
            };
            if !is_here(terms) {
                continue;
            }
            for (nodes, others) in [
                (100..101, [99, 101]),
                (1..16, [0, 2]),
                (64..128, [0, 300]),
                (33..102, [90, 31]),
                (200..333, [100, 367]),
            ] {
                for other in others {
                    let ends = ends(&beliefs, &nodes, other);
                    let mut out = vec![0; nodes.len()];
                    native::flows(ends, terms, &mut out);
                    assert_eq!(out, by_passes(ends, terms), "{rounding:?}, q = {q}, {nodes:?}");
                }
            }
        }
    }
}

fn gates(status: &[u32]) -> Gates<'_> {
    Gates {
        status,
        walls: 0x30,
        barred: 0x7,
        lost_to: 60,
    }
}

/// As [`by_passes`], with nothing where something stands between; counts the links that are closed, and those that are open.
fn by_gate(ends: Ends<'_>, terms: Terms, status: &[u32], drawn: &[u8], seen: &mut [u32; 2]) -> Vec<u32> {
    let mut flows = by_passes(ends, terms);
    for (l, flow) in flows.iter_mut().enumerate() {
        let [a, b] = [ends.first, ends.other].map(|first| status[first as usize + l]);
        let is_lost = drawn.get(l).is_some_and(|&byte| byte <= 60);
        let is_open = (a | b) & 7 == 0 && (a ^ b) & 0x30 == 0 && !is_lost;
        seen[usize::from(is_open)] += 1;
        if !is_open {
            *flow = terms.bias.1;
        }
    }
    flows
}

#[test]
fn pairs_gain_what_both_ends_do() {
    let beliefs = beliefs(1000);
    let word = |key: u32, i: u32| threefry2x32([key, 8], [i, 0])[0];
    let status: Vec<u32> = (0..1000).map(|i| word(7, i) & word(9, i)).collect();
    let drawn: Vec<Vec<u8>> = (20..24)
        .map(|key| (0..1000).map(|i| word(key, i) as u8).collect())
        .collect();
    let (mut seen, mut tried) = ([0; 2], 0);
    for rounding in [Rounding::Trunc, Rounding::Golden] {
        for (q, distances, nodes) in [
            (5, &[1, 300][..], 352..608),
            (3, &[16], 16..33),
            (7, &[1, 12, 3], 112..240),
            (9, &[2, 15, 4, 9], 100..111),
            (4, &[33], 100..196),
            (4, &[3], 100..116),
        ] {
            for (goes_on, is_gated) in [(false, false), (true, false), (false, true), (true, true)] {
                let terms = Terms {
                    rounding,
                    tick: 3 + q,
                    q,
                    divisor: Divisor::new(q),
                    bias: bias(q),
                };
                if !is_here(terms) {
                    continue;
                }
                let len = nodes.len();
                let first: Vec<u32> = if goes_on {
                    (0..len as u32).collect()
                } else {
                    bytemuck::cast_slice(&beliefs[nodes.start as usize..nodes.end as usize]).to_vec()
                };
                let (mut out, mut expected) = (crate::words::Words::zeros(len), first.clone());
                // Of each pair, the flows from so many nodes below on.
                let mut kept: Vec<Vec<u32>> = Vec::new();
                let mut flows_of = |k: usize, distance: u32, from: u32, to: u32| {
                    let ends = ends(&beliefs, &(from..to), from + distance);
                    let drawn = &drawn[k][from as usize..to as usize];
                    if is_gated {
                        by_gate(ends, terms, &status, drawn, &mut seen)
                    } else {
                        by_passes(ends, terms)
                    }
                };
                for (k, &distance) in distances.iter().enumerate() {
                    let all = flows_of(k, distance, nodes.start - distance, nodes.end);
                    for (l, expected) in expected.iter_mut().enumerate() {
                        *expected = expected.wrapping_add(all[l + distance as usize].wrapping_sub(all[l]));
                    }
                    let mut room = all.clone();
                    room[distance as usize..].fill(0);
                    kept.push(room);
                }
                let from = (nodes.start - NEAR) as usize..nodes.end as usize;
                let pair_of = |k: usize| Pair {
                    distance: distances[k],
                    drawn: if is_gated { &drawn[k][from.clone()] } else { &[] },
                };
                let near: Vec<Pair<'_>> = (0..distances.len())
                    .filter(|&k| distances[k] <= NEAR)
                    .map(pair_of)
                    .collect();
                let far = distances.iter().position(|&distance| distance > NEAR);
                let made = far.map(|k| Made {
                    pair: pair_of(k),
                    words: &mut kept[k],
                    places: [distances[k] as usize, 0],
                });
                let gates = is_gated.then(|| gates(&status));
                let begun = if goes_on { Begun::Words(&first) } else { Begun::Beliefs };
                gains(
                    (&beliefs, nodes.start),
                    begun,
                    (&near, made),
                    terms,
                    gates,
                    (&mut out, goes_on),
                );
                assert_eq!(
                    out[..],
                    expected[..],
                    "{rounding:?}, q = {q}, {nodes:?}, {goes_on}, {is_gated}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried == 0 || seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

#[test]
fn what_is_barred_or_lost_moves_nothing() {
    let beliefs = beliefs(500);
    let status: Vec<u32> = (0..500)
        .map(|i| threefry2x32([7, 8], [i, 0])[0] & threefry2x32([9, 8], [i, 0])[0])
        .collect();
    let drawn: Vec<u8> = (0..500).map(|i| threefry2x32([1, 8], [i, 0])[0] as u8).collect();
    for rounding in [Rounding::Trunc, Rounding::Golden] {
        for (q, nodes) in [(5, 33..102), (7, 200..216), (4, 250..253)] {
            let terms = Terms {
                rounding,
                tick: 3,
                q,
                divisor: Divisor::new(q),
                bias: bias(q),
            };
            if !is_here(terms) {
                continue;
            }
            let len = nodes.len();
            let mut seen = [0; 2];
            for (other, drawn) in [
                (90, &drawn[..len]),
                (31, &drawn[50..50 + len]),
                (nodes.start - 1, &[]),
                (nodes.start + 1, &drawn[7..7 + len]),
            ] {
                let ends = ends(&beliefs, &nodes, other);
                let mut out = vec![0; len];
                gated_flows(ends, terms, gates(&status), drawn, &mut out);
                let expected = by_gate(ends, terms, &status, drawn, &mut seen);
                assert_eq!(out, expected, "{rounding:?}, q = {q}, {nodes:?}");
            }
            assert!(seen[0] > 0 && (seen[1] > 0 || len < 10), "{seen:?}");
        }
    }
}
