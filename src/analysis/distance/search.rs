//! Breadth-first searches: one alone, or up to 64 at once, a bit each (Then et al., *The more the merrier: efficient
//! multi-source graph traversal*, VLDB 2014).

use crate::analysis::network::Network;

/// What one search found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::analysis) struct Found {
    /// The greatest distance.
    pub eccentricity: u32,
    /// The sum of distances.
    pub sum: u64,
    /// Nodes reached, the source not counted.
    pub reached: u32,
}

/// The distances from one node, and a node farthest from it. Takes 5 bytes a node.
pub(in crate::analysis) fn single(network: &Network, source: u32) -> (Found, u32) {
    let mut seen = vec![false; network.nodes() as usize];
    let mut queue = vec![source];
    seen[source as usize] = true;
    let (mut level, mut found) = (0..1, Found::default());
    let mut distance = 0;
    loop {
        let end = queue.len();
        for at in level.clone() {
            for &j in network.neighbours(queue[at]) {
                if !seen[j as usize] {
                    seen[j as usize] = true;
                    queue.push(j);
                }
            }
        }
        level = end..queue.len();
        if level.is_empty() {
            // The last level begins where the last but one ended; its first node is as far as any.
            return (found, queue[end - 1]);
        }
        distance += 1;
        found.eccentricity = distance;
        found.sum += u64::from(distance) * level.len() as u64;
        found.reached += level.len() as u32;
    }
}

/// What a batch of searches found.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Batch {
    /// The eccentricity of each source.
    pub eccentricities: Vec<u32>,
    /// The sum of distances of all sources.
    pub sum: u64,
    /// The row entries that were looked at: the work.
    pub looks: u64,
}

/// Searches from up to 64 nodes at once. Takes 32 bytes a node.
///
/// The frontiers are lists, so that a level costs what its frontier is long: in a network of long distances the searches
/// share little, but cost no more than one by one.
pub(in crate::analysis) fn batch(network: &Network, sources: &[u32]) -> Batch {
    let n = network.nodes() as usize;
    let (mut seen, mut now, mut next) = (vec![0u64; n], vec![0u64; n], vec![0u64; n]);
    let (mut front, mut reached): (Vec<u32>, Vec<u32>) = (sources.to_vec(), Vec::new());
    for (bit, &source) in sources.iter().enumerate() {
        seen[source as usize] = 1 << bit;
        now[source as usize] = 1 << bit;
    }
    let mut result = Batch {
        eccentricities: vec![0; sources.len()],
        sum: 0,
        looks: 0,
    };
    let mut distance = 0;
    while !front.is_empty() {
        distance += 1;
        for &i in &front {
            let mask = std::mem::take(&mut now[i as usize]);
            let row = network.neighbours(i);
            result.looks += row.len() as u64;
            for &j in row {
                let new = mask & !seen[j as usize];
                if new != 0 {
                    if next[j as usize] == 0 {
                        reached.push(j);
                    }
                    next[j as usize] |= new;
                }
            }
        }
        let (mut any, mut count) = (0, 0);
        for &j in &reached {
            let new = next[j as usize];
            seen[j as usize] |= new;
            any |= new;
            count += u64::from(new.count_ones());
        }
        result.sum += u64::from(distance) * count;
        for bit in bits(any) {
            result.eccentricities[bit] = distance;
        }
        std::mem::swap(&mut front, &mut reached);
        std::mem::swap(&mut now, &mut next);
        reached.clear();
    }
    result
}

/// The places of the ones.
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros() as usize;
        (word != 0).then(|| {
            word &= word - 1;
            bit
        })
    })
}
