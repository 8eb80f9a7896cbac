//! What stands between the two ends of links, for loops that work it out by themselves, many links at a time.

use super::Traffic;
use crate::fault::{Faults, bits};
use crate::number::{PART, TOGETHER, bytes, finely_each, places_of};

/// Who hears whom in a tick in which everybody acts and something can go wrong: over a link from `a` to `b`, if of neither status any of the
/// bits `barred` is set, both are alike in the bits `walls`, and the exchange is not lost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate<'a> {
    pub status: &'a [u32],
    pub walls: u32,
    pub barred: u32,
    faults: &'a Faults,
    tick: u32,
}

impl<'a> Traffic<'a> {
    /// The gate between honest nodes, if everybody acts, something can go wrong, no slot is cut, and losses are not nearly certain.
    pub(crate) fn gate(&self) -> Option<Gate<'a>> {
        let (faults, status) = self.faults?;
        let is_plain = self.schedule.is_always() && self.now.cuts == 0 && faults.loss >> 24 < 255;
        is_plain.then_some(Gate {
            status,
            walls: self.now.walls,
            barred: bits::DOWN | bits::LIAR,
            faults,
            tick: self.tick,
        })
    }
}

impl Gate<'_> {
    /// Whether anything is lost.
    pub fn loses(&self) -> bool {
        self.faults.loss != 0
    }

    /// An exchange is lost whose byte is not above this one.
    pub fn lost_to(&self) -> u8 {
        (self.faults.loss >> 24) as u8
    }

    /// Writes a byte for each of `len` links of one length, of which `low` is the lowest end; answers where the first one is.
    pub fn draw(&self, low: u32, distance: u32, len: usize, drawn: &mut [u8]) -> usize {
        let key = [self.faults.loss_key, distance];
        let start = bytes(key, low, self.tick, len, drawn);
        let drawn = &mut drawn[start..start + len];
        // Where the byte does not decide, it is made to.
        let mut undecided = [0; PART + 2];
        for (drawn, low) in drawn.chunks_mut(PART).zip((low..).step_by(PART)) {
            let count = places_of([self.lost_to(); 2], drawn, &mut undecided);
            for some in undecided[..count].chunks(TOGETHER) {
                self.decide((key, low), some, drawn);
            }
        }
        start
    }

    /// Whether the link between these two carries anything.
    pub fn is_open(&self, a: u32, b: u32) -> bool {
        let [of_a, of_b] = [a, b].map(|node| self.status[node as usize]);
        let stands = (of_a | of_b) & self.barred | (of_a ^ of_b) & self.walls;
        stands == 0 && !self.faults.is_lost(a.min(b), a.max(b), self.tick)
    }

    /// Raises the bytes of those exchanges that are not lost.
    fn decide(&self, (key, low): ([u32; 2], u32), undecided: &[u16], drawn: &mut [u8]) {
        let indices = std::array::from_fn(|k| low + u32::from(undecided.get(k).copied().unwrap_or(0)));
        let lost = finely_each(key, &indices, self.tick, self.faults.loss);
        for (&l, _) in undecided.iter().zip(lost).filter(|(_, lost)| *lost == 0) {
            drawn[usize::from(l)] = u8::MAX;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::room;
    use crate::timing::Schedule;

    #[test]
    fn bytes_say_what_is_lost() {
        for loss in [0.3, 0.01, 0.001] {
            let faults = Faults {
                loss: crate::number::threshold(loss),
                loss_key: 77,
                ..Faults::none(5)
            };
            let traffic = Traffic::new(Schedule::Always, 9, Some((&faults, &[] as &[u32])));
            let gate = traffic.gate().unwrap();
            for (low, distance, len) in [(0, 1, 700), (131, 4096, 2048)] {
                let mut drawn = vec![0; room(len)];
                let start = gate.draw(low, distance, len, &mut drawn);
                for l in 0..len as u32 {
                    let is_lost = faults.is_lost(low + l, low + l + distance, 9);
                    assert_eq!(
                        drawn[start + l as usize] <= gate.lost_to(),
                        is_lost,
                        "{loss}: {low} + {l}"
                    );
                }
            }
        }
    }
}
