//! A random permutation of 0..n that is a function of a key: either direction in constant time, without memory.
//!
//! The indices are laid out in a grid of `rows` rows of 2^`bits` columns, both near √n, and permuted there by an alternating
//! Feistel network: a hash of the column moves the row, a hash of the row moves the column, and so on. Where that leaves the
//! range 0..n, as it does for fewer than √(2n) indices, it is applied again until it is back (Black and Rogaway, *Ciphers with
//! Arbitrary Finite Domains*, 2002). Twin: `permuted` and `unpermuted` in `shaders/lib/number.wgsl`.

use super::threefry::{Stream, threefry2x32};
use multiversion::multiversion;

/// Half-rounds. Four make a network of good expansion; with fewer than eight the differences of P at neighbouring indices are
/// visibly uneven in small grids.
pub const HALF_ROUNDS: usize = 8;

/// A hash of `word` under `key`, best in its upper bits.
#[inline(always)]
#[must_use]
pub fn scramble(word: u32, key: u32) -> u32 {
    let mut h = (word ^ key).wrapping_mul(0x7FEB_352D);
    h ^= h >> 15;
    h.wrapping_mul(key | 1)
}

/// A permutation of 0..nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permutation {
    nodes: u32,
    /// The logarithm of the number of columns: 1..=16.
    bits: u32,
    /// At most 2^16.
    rows: u32,
    keys: [u32; HALF_ROUNDS],
}

impl Permutation {
    /// The permutation of 0..nodes with these keys; of fewer than 3 nodes, as of 3.
    #[must_use]
    pub fn new(nodes: u32, keys: [u32; HALF_ROUNDS]) -> Self {
        let nodes = nodes.max(3);
        let bits = (32 - (nodes - 1).leading_zeros()) / 2;
        Self {
            nodes,
            bits,
            rows: ((nodes - 1) >> bits) + 1,
            keys,
        }
    }

    /// The `number`-th random permutation of a seed.
    #[must_use]
    pub fn random(nodes: u32, seed: u32, number: u32) -> Self {
        let mut keys = [0; HALF_ROUNDS];
        for (pair, k) in keys.chunks_exact_mut(2).zip(0..) {
            pair.copy_from_slice(&threefry2x32([seed, Stream::Permutation as u32], [number, k]));
        }
        Self::new(nodes, keys)
    }

    /// The keys, one a half-round.
    #[must_use]
    pub fn keys(&self) -> &[u32; HALF_ROUNDS] {
        &self.keys
    }

    /// Where index `i`, below the number of nodes, goes.
    #[must_use]
    pub fn permuted(&self, i: u32) -> u32 {
        let mut at = self.forward(i);
        while at >= self.nodes {
            at = self.forward(at);
        }
        at
    }

    /// The index that goes to `i`.
    #[must_use]
    pub fn unpermuted(&self, i: u32) -> u32 {
        let mut at = self.backward(i);
        while at >= self.nodes {
            at = self.backward(at);
        }
        at
    }

    /// [`Self::permuted`] for each of a list.
    pub fn permute(&self, list: &mut [u32]) {
        if forward_all(*self, list) {
            for at in list {
                while *at >= self.nodes {
                    *at = self.forward(*at);
                }
            }
        }
    }

    /// [`Self::unpermuted`] for each of a list.
    pub fn unpermute(&self, list: &mut [u32]) {
        if backward_all(*self, list) {
            for at in list {
                while *at >= self.nodes {
                    *at = self.backward(*at);
                }
            }
        }
    }

    /// Once through the network, on the whole grid.
    #[inline(always)]
    fn forward(&self, i: u32) -> u32 {
        let columns = (1 << self.bits) - 1;
        let (mut row, mut column) = (i >> self.bits, i & columns);
        for keys in self.keys.as_chunks::<2>().0 {
            row += ((scramble(column, keys[0]) >> 16) * self.rows) >> 16;
            // One too large becomes small, a small one huge.
            row = row.min(row.wrapping_sub(self.rows));
            column = (column + (scramble(row, keys[1]) >> (32 - self.bits))) & columns;
        }
        row << self.bits | column
    }

    /// Back through the network.
    #[inline(always)]
    fn backward(&self, i: u32) -> u32 {
        let columns = (1 << self.bits) - 1;
        let (mut row, mut column) = (i >> self.bits, i & columns);
        for keys in self.keys.as_chunks::<2>().0.iter().rev() {
            column = column.wrapping_sub(scramble(row, keys[1]) >> (32 - self.bits)) & columns;
            row = row.wrapping_sub(((scramble(column, keys[0]) >> 16) * self.rows) >> 16);
            row = row.min(row.wrapping_add(self.rows));
        }
        row << self.bits | column
    }
}

/// Several permutations of one range: each index of a list goes through one of them.
#[derive(Clone, Debug)]
pub struct Permutations {
    /// One of them, for what all have in common.
    shape: Permutation,
    count: usize,
    /// Half-round by half-round the keys of all.
    keys: Vec<u32>,
}

impl Permutations {
    /// All of `permutations`, which are of the same range; at least one.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn new(permutations: &[Permutation]) -> Self {
        let rounds = 0..HALF_ROUNDS;
        Self {
            shape: permutations[0],
            count: permutations.len(),
            keys: rounds
                .flat_map(|k| permutations.iter().map(move |p| p.keys[k]))
                .collect(),
        }
    }

    /// [`Permutation::permuted`] for each of a list, by that permutation which `which` has in its place.
    pub fn permute(&self, which: &[u32], list: &mut [u32]) {
        if forward_each(self.shape, self.lanes(), which, list) {
            for (at, &which) in list.iter_mut().zip(which) {
                while *at >= self.shape.nodes {
                    *at = self.one(which).forward(*at);
                }
            }
        }
    }

    /// [`Permutation::unpermuted`] for each of a list, by that permutation which `which` has in its place.
    pub fn unpermute(&self, which: &[u32], list: &mut [u32]) {
        if backward_each(self.shape, self.lanes(), which, list) {
            for (at, &which) in list.iter_mut().zip(which) {
                while *at >= self.shape.nodes {
                    *at = self.one(which).backward(*at);
                }
            }
        }
    }

    fn lanes(&self) -> [&[u32]; HALF_ROUNDS] {
        std::array::from_fn(|k| &self.keys[k * self.count..(k + 1) * self.count])
    }

    fn one(&self, which: u32) -> Permutation {
        let lanes = self.lanes();
        Permutation {
            keys: std::array::from_fn(|k| lanes[k][which as usize]),
            ..self.shape
        }
    }
}

/// One permutation a lane: with the keys in this place of all lanes, of which there must be at least one.
macro_rules! each {
    ($shape:ident, $lanes:ident, $which:ident, $list:ident, $way:ident) => {{
        let [a, b, c, d, e, f, g, h] = $lanes;
        let Some(last) = a.len().checked_sub(1) else {
            return false;
        };
        let len = last + 1;
        let (b, c, d, e) = (&b[..len], &c[..len], &d[..len], &e[..len]);
        let (f, g, h) = (&f[..len], &g[..len], &h[..len]);
        let mut most = 0;
        for (at, &which) in $list.iter_mut().zip($which) {
            let k = (which as usize).min(last);
            let keys = [a[k], b[k], c[k], d[k], e[k], f[k], g[k], h[k]];
            *at = Permutation { keys, ..$shape }.$way(*at);
            most = most.max(*at);
        }
        most >= $shape.nodes
    }};
}

/// Takes each index once through the network of its own, and says whether any has left the range.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn forward_each(shape: Permutation, lanes: [&[u32]; HALF_ROUNDS], which: &[u32], list: &mut [u32]) -> bool {
    each!(shape, lanes, which, list, forward)
}

/// Takes each index once back through the network of its own, and says whether any has left the range.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn backward_each(shape: Permutation, lanes: [&[u32]; HALF_ROUNDS], which: &[u32], list: &mut [u32]) -> bool {
    each!(shape, lanes, which, list, backward)
}

/// Takes each index once through the network, and says whether any has left the range.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn forward_all(permutation: Permutation, list: &mut [u32]) -> bool {
    let mut most = 0;
    for at in list {
        *at = permutation.forward(*at);
        most = most.max(*at);
    }
    most >= permutation.nodes
}

/// Takes each index once back through the network, and says whether any has left the range.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn backward_all(permutation: Permutation, list: &mut [u32]) -> bool {
    let mut most = 0;
    for at in list {
        *at = permutation.backward(*at);
        most = most.max(*at);
    }
    most >= permutation.nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(nodes: u32, seed: u32) -> Vec<u32> {
        let mut list: Vec<u32> = (0..nodes).collect();
        Permutation::random(nodes, seed, 0).permute(&mut list);
        list
    }

    #[test]
    fn every_index_is_met_once_and_found_again() {
        for nodes in (3..400).chain([1023, 1024, 1025, 4095, 4097, 65_537, 1 << 20, (1 << 20) + 1]) {
            let permutation = Permutation::random(nodes, nodes, 1);
            let mut list: Vec<u32> = (0..nodes).collect();
            permutation.permute(&mut list);
            let mut seen = vec![false; nodes as usize];
            for (i, &at) in (0..nodes).zip(&list) {
                assert!(
                    !std::mem::replace(&mut seen[at as usize], true),
                    "{at} of {nodes} twice"
                );
                assert_eq!(permutation.permuted(i), at);
                assert_eq!(permutation.unpermuted(at), i);
            }
            permutation.unpermute(&mut list);
            assert!(list.into_iter().eq(0..nodes));
        }
    }

    #[test]
    fn each_goes_through_its_own() {
        for nodes in [3, 100, 1000, 4097] {
            let all: Vec<Permutation> = (0..7).map(|k| Permutation::random(nodes, 5, k)).collect();
            let which: Vec<u32> = (0..nodes).map(|i| threefry2x32([1, 2], [i, 0])[0] % 7).collect();
            let permutations = Permutations::new(&all);
            let mut list: Vec<u32> = (0..nodes).collect();
            permutations.permute(&which, &mut list);
            for ((i, &at), &k) in (0..nodes).zip(&list).zip(&which) {
                assert_eq!(at, all[k as usize].permuted(i));
            }
            permutations.unpermute(&which, &mut list);
            assert!(list.into_iter().eq(0..nodes));
        }
    }

    #[test]
    fn the_largest_ranges_are_permuted_too() {
        for nodes in [1 << 31, (1 << 31) + 1, u32::MAX - 1] {
            let permutation = Permutation::random(nodes, 3, 0);
            for k in 0..10_000 {
                let i = (threefry2x32([1, 2], [k, 0])[0]) % nodes;
                for i in [i, k, nodes - 1 - k] {
                    let at = permutation.permuted(i);
                    assert!(at < nodes);
                    assert_eq!(permutation.unpermuted(at), i);
                }
            }
        }
    }

    /// A random permutation has one fixed point and 1 + 1/2 + … + 1/n cycles on average; the standard errors over 2000 of them
    /// are 0.022 and 0.054 at n = 1000 (the variance of the number of cycles is Σ 1/k − 1/k²).
    #[test]
    fn fixed_points_and_cycles_are_as_many_as_at_random() {
        let (mut fixed, mut cycles) = (0, 0);
        for seed in 0..2000 {
            let list = all(1000, seed);
            let mut seen = vec![false; list.len()];
            for start in 0..list.len() {
                fixed += usize::from(list[start] as usize == start);
                cycles += usize::from(!seen[start]);
                let mut at = start;
                while !std::mem::replace(&mut seen[at], true) {
                    at = list[at] as usize;
                }
            }
        }
        assert!((fixed as f64 / 2000.0 - 1.0).abs() < 4.0 * 0.022, "{fixed}");
        assert!((cycles as f64 / 2000.0 - 7.485).abs() < 4.0 * 0.054, "{cycles}");
    }

    /// P(i + d) − P(i) is uniform on 1..n over random keys: chi-square of 16 classes, 15 degrees of freedom, whose mean is 15
    /// and whose standard deviation is 5.5; small grids are the hardest.
    #[test]
    fn where_two_indices_go_is_independent() {
        for nodes in [64u32, 100, 1000, 4096, 5000, 65_536] {
            for distance in [1, 2, nodes / 2] {
                let mut counts = [0.0; 16];
                for seed in 0..(1_000_000 / nodes).max(16) {
                    let list = all(nodes, seed);
                    for i in 0..list.len() {
                        let next = list[(i + distance as usize) % list.len()];
                        let difference = (next + nodes - list[i]) % nodes;
                        counts[((difference - 1) * 16 / (nodes - 1)) as usize] += 1.0;
                    }
                }
                let total: f64 = counts.iter().sum();
                let edge = |class: u32| f64::from((class * (nodes - 1)).div_ceil(16));
                let chi_square: f64 = (0..16u32)
                    .map(|c| {
                        let expected = total * (edge(c + 1) - edge(c)) / f64::from(nodes - 1);
                        (counts[c as usize] - expected).powi(2) / expected
                    })
                    .sum();
                assert!(
                    chi_square < 15.0 + 5.0 * 5.5,
                    "{nodes} nodes, distance {distance}: {chi_square}"
                );
            }
        }
    }
}
