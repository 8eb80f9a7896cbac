use super::super::{bias, flow};
use super::*;
use crate::number::{BELIEF_RANGE, threefry2x32};
use crate::topology::Ids;

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

/// Terms of a rounding and a divisor, if the processor has what it takes.
fn terms(rounding: Rounding, q: u32) -> Option<Terms> {
    let terms = Terms {
        rounding,
        tick: 77 + q,
        q,
        divisor: Divisor::new(q),
        bias: bias(q),
        signed: signed_reciprocal(q),
    };
    is_here(terms).then_some(terms)
}

/// What the passes of `flow.rs` make of links between nodes from `own` and from `other` on: what the own ends gain.
fn by_passes(beliefs: &[i32], (own, other): (u32, u32), len: usize, terms: Terms) -> Vec<u32> {
    let of = |first: u32| &beliefs[first as usize..first as usize + len];
    let mut out = vec![0; len];
    let (q, bias) = (terms.q, terms.bias.0 + terms.divisor.increment);
    match terms.rounding {
        Rounding::Trunc => flow::differences_towards_zero(of(own), of(other), q, bias, &mut out),
        _ => {
            let ids = (Ids::Run(own), Ids::Run(other));
            flow::golden_differences(ids.0, ids.1, (of(own), of(other)), terms.tick, q, bias, &mut out);
        }
    }
    flow::divide(&mut out, terms.divisor);
    out.iter_mut().for_each(|flow| *flow = flow.wrapping_sub(terms.bias.1));
    out
}

/// What stands between ends: nobody's status, or somebody's; and each link's byte, by its lower end and its slot.
struct Barrier {
    status: Vec<u32>,
    drawn: Vec<Vec<u8>>,
}

impl Barrier {
    fn new(nodes: u32) -> Self {
        let word = |key: u32, i: u32| threefry2x32([key, 8], [i, 0])[0];
        Self {
            status: (0..nodes).map(|i| word(7, i) & word(9, i)).collect(),
            drawn: (20..24)
                .map(|key| (0..nodes).map(|i| word(key, i) as u8).collect())
                .collect(),
        }
    }

    fn gates(&self) -> Gates<'_> {
        Gates {
            status: &self.status,
            walls: 0x30,
            barred: 0x7,
            lost_to: 60,
        }
    }

    /// The bytes of the links of slot `k` with these lower ends.
    fn bytes(&self, k: usize, low: u32, len: usize) -> &[u8] {
        &self.drawn[k][low as usize..low as usize + len]
    }

    /// Takes away what flows where something stands between; counts the links that are closed, and those that are open.
    fn close(&self, k: usize, (own, other): (u32, u32), flows: &mut [u32], seen: &mut [u32; 2]) {
        let bytes = self.bytes(k, own.min(other), flows.len());
        for ((l, flow), &byte) in flows.iter_mut().enumerate().zip(bytes) {
            let [a, b] = [own, other].map(|first| self.status[first as usize + l]);
            let is_open = (a | b) & 7 == 0 && (a ^ b) & 0x30 == 0 && byte > 60;
            seen[usize::from(is_open)] += 1;
            if !is_open {
                *flow = 0;
            }
        }
    }
}

const DIVISORS: [u32; 14] = [2, 3, 4, 5, 7, 9, 16, 17, 35, 255, 257, 65_535, 65_536, 1 << 20];

#[test]
fn signed_reciprocals_divide_towards_zero() {
    for q in (1..3000).chain(DIVISORS).chain([(1 << 28) + 1, (1 << 29) - 1]) {
        let Some((multiplier, shift)) = signed_reciprocal(q) else {
            assert!(q < 3, "{q}");
            continue;
        };
        let divided = |n: i32| {
            let product = (i64::from(n) * i64::from(multiplier)) >> (32 + shift);
            product as i32 - (n >> 31)
        };
        let (most, q) = (DIFFERENCE as i32, q as i32);
        for times in [0, 1, 2, 3, most / q / 2, most / q - 1, most / q] {
            for n in (-2..=2).map(|near| times * q + near).chain([most]) {
                let n = n.clamp(0, most);
                assert_eq!([divided(n), divided(-n)], [n / q, -n / q], "{n} / {q}");
            }
        }
    }
}

#[test]
fn single_slots_gain_what_passes_make() {
    let (beliefs, barrier) = (beliefs(700), Barrier::new(700));
    let (mut seen, mut tried) = ([0; 2], 0);
    for rounding in [Rounding::Trunc, Rounding::Golden] {
        for (q, is_gated) in DIVISORS.iter().flat_map(|&q| [(q, false), (q, true)]) {
            let Some(terms) = terms(rounding, q) else { continue };
            for (first, len, others) in [
                (100, 1, &[99, 101][..]),
                (1, 15, &[0, 2, 500]),
                (64, 64, &[0, 300, 65, 63]),
                (33, 69, &[90]),
                (200, 133, &[100, 367, 7]),
            ] {
                for begins in 0..3 {
                    let before: Vec<u32> = match begins {
                        0 => bytemuck::cast_slice(&beliefs[first as usize..first as usize + len]).to_vec(),
                        _ => (0..len as u32).collect(),
                    };
                    let mut expected = before.clone();
                    for (k, &other) in others.iter().enumerate() {
                        let mut flows = by_passes(&beliefs, (first, other), len, terms);
                        if is_gated {
                            barrier.close(k, (first, other), &mut flows, &mut seen);
                        }
                        expected
                            .iter_mut()
                            .zip(flows)
                            .for_each(|(sum, flow)| *sum = sum.wrapping_add(flow));
                    }
                    let mut out = crate::words::Words::zeros(len);
                    let begun = match begins {
                        0 => Begun::Beliefs,
                        1 => Begun::Words(&before),
                        _ => {
                            out.copy_from_slice(&before);
                            Begun::Here
                        }
                    };
                    let singles: Vec<Single<'_>> = (0..)
                        .zip(others)
                        .map(|(k, &other)| Single {
                            other,
                            drawn: if is_gated {
                                barrier.bytes(k, first.min(other), len)
                            } else {
                                &[]
                            },
                        })
                        .collect();
                    let gates = is_gated.then(|| barrier.gates());
                    let near = Lines::default();
                    let out_to = (&mut out[..], (begins == 1).then_some(&near));
                    gain_singles((&beliefs, first), begun, &singles, terms, gates, out_to);
                    assert_eq!(
                        out[..],
                        expected[..],
                        "{rounding:?}, q = {q}, {first} + {len}, {others:?}, {is_gated}"
                    );
                    tried += 1;
                }
            }
        }
    }
    assert!(tried == 0 || seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

#[test]
fn pairs_gain_what_both_ends_do() {
    let (beliefs, barrier) = (beliefs(2000), Barrier::new(2000));
    let (mut seen, mut tried) = ([0; 2], 0);
    for rounding in [Rounding::Trunc, Rounding::Golden] {
        for (q, distances, first, lens) in [
            (5, &[1, 300][..], 352, &[256, 64, 112][..]),
            (3, &[16], 32, &[17]),
            (7, &[1, 15, 31], 112, &[16, 128, 20]),
            (9, &[2, 15, 4, 9], 100, &[11]),
            (17, &[33, 32, 17, 47], 100, &[96, 100]),
            (4, &[3], 100, &[16, 16, 16, 5]),
            (1000, &[513, 500], 544, &[640, 33]),
        ] {
            for (goes_past, is_gated) in [(false, false), (true, false), (false, true), (true, true)] {
                let Some(terms) = terms(rounding, q) else { continue };
                let gates = is_gated.then(|| barrier.gates());
                let flows_of = |k: usize, from: u32, to: u32, seen: &mut [u32; 2]| {
                    let ends = (from, from + distances[k]);
                    let mut flows = by_passes(&beliefs, ends, (to - from) as usize, terms);
                    if is_gated {
                        barrier.close(k, ends, &mut flows, seen);
                    }
                    flows
                };
                // Rings one behind the other, filled in two parts where there is more than a vector.
                let words: usize = distances.iter().map(|&distance| ring_words(distance)).sum();
                let mut rings = crate::words::Words::zeros(words);
                let (mut at, mut places) = (0, Vec::new());
                for (k, &distance) in distances.iter().enumerate() {
                    let size = ring_words(distance);
                    for (from, to) in [(0, size / 32 * 16), (size / 32 * 16, size)] {
                        let low = first - size as u32 + from as u32;
                        let drawn = if is_gated {
                            barrier.bytes(k, low, to - from)
                        } else {
                            &[]
                        };
                        let ring = &mut rings[at + from..at + to];
                        fill((&beliefs, low), distance, terms, (gates, drawn), ring);
                    }
                    places.push((at, at));
                    at += size;
                }
                let mut node = first;
                for &len in lens {
                    let mut expected: Vec<u32> =
                        bytemuck::cast_slice(&beliefs[node as usize..node as usize + len]).to_vec();
                    for (k, &distance) in distances.iter().enumerate() {
                        let all = flows_of(k, node - distance, node + len as u32, &mut seen);
                        for (l, sum) in expected.iter_mut().enumerate() {
                            *sum = sum.wrapping_add(all[l + distance as usize]).wrapping_sub(all[l]);
                        }
                    }
                    let mut pairs: Vec<Pair<'_>> = (0..distances.len())
                        .map(|k| Pair {
                            distance: distances[k],
                            start: places[k].0,
                            at: places[k].1,
                            drawn: if is_gated { barrier.bytes(k, node, len) } else { &[] },
                        })
                        .collect();
                    let mut out = crate::words::Words::zeros(len);
                    // Every other line is near.
                    let near: Lines = [0xAAAA_AAAA_AAAA_AAAA; 2];
                    let out_to = (&mut out[..], goes_past.then_some(&near));
                    let begin = (&beliefs[..], node);
                    gain_pairs(begin, Begun::Beliefs, (&mut rings, &mut pairs), terms, gates, out_to);
                    for (place, pair) in places.iter_mut().zip(&pairs) {
                        place.1 = pair.at;
                    }
                    assert_eq!(
                        out[..],
                        expected[..],
                        "{rounding:?}, q = {q}, {distances:?}, {node}, {goes_past}, {is_gated}"
                    );
                    node += len as u32;
                    tried += 1;
                }
            }
        }
    }
    assert!(tried == 0 || seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

#[test]
fn flips_gain_what_both_ends_do() {
    let beliefs = beliefs(1024);
    let mut tried = 0;
    for q in DIVISORS {
        let Some(terms) = terms(Rounding::Trunc, q) else {
            continue;
        };
        for (first, len, masks) in [
            (0, 16, &[1][..]),
            (64, 64, &[3, 16]),
            (512, 128, &[0x201, 0x3F0, 12]),
            (96, 400, &[512, 256, 15, 30]),
        ] {
            for goes_on in [false, true] {
                let before: Vec<u32> = match goes_on {
                    false => bytemuck::cast_slice(&beliefs[first..first + len]).to_vec(),
                    true => (0..len as u32).collect(),
                };
                let expected: Vec<u32> = (first..)
                    .zip(&before)
                    .map(|(i, &sum)| {
                        let gained = |mask: &u32| (beliefs[i ^ *mask as usize] - beliefs[i]) / q as i32;
                        sum.wrapping_add(masks.iter().map(gained).sum::<i32>() as u32)
                    })
                    .collect();
                let mut out = crate::words::Words::zeros(len);
                let begun = if goes_on { Begun::Words(&before) } else { Begun::Beliefs };
                let near = Lines::default();
                let out_to = (&mut out[..], goes_on.then_some(&near));
                gain_flips((&beliefs, first as u32), begun, masks, terms, out_to);
                assert_eq!(out[..], expected[..], "q = {q}, {first} + {len}, {masks:?}");
                tried += 1;
            }
        }
    }
    assert!(tried == 0 || tried > 50);
}
