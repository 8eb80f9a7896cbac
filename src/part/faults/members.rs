//! Who of a cell's four agents is up, and so whether the cell is: the tick's first step where anything can go wrong in a swarm of
//! cells. Twin of `shaders/part/faults/members.wgsl`.
//!
//! To agent 4c + m of cell c happens what happens to a node of that number in [`super::FaultStep`]. A cell counts as crashed while
//! fewer than [`FEWEST_UP`] of its agents are up.

use super::step::{describe, outage, set, strike_bindings, strike_folds, turned};
use super::strikes::{self, Strikes};
use crate::column::{Access, Binding, ColumnId, Folded, Reach};
use crate::fault::{FEWEST_LIARS, FEWEST_UP, Faults, MEMBERS, Relations, bits};
use crate::number::{bytes, finely, room};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct MembersStep {
    faults: Faults,
    members: ColumnId,
    /// How many cells are there from the start.
    cells: u32,
    /// The bit of places where nobody is, if cells come and go; else none.
    gone: u32,
    /// How deep each cell is, if an event asks.
    depth: Option<ColumnId>,
}

impl MembersStep {
    /// The step that keeps the agents' words, the column `members` of [`MEMBERS`] words a node, and from them `faults.status`, of so
    /// many cells.
    #[must_use]
    pub fn new(faults: Faults, members: ColumnId, cells: u32) -> Self {
        Self {
            faults,
            members,
            cells,
            gone: 0,
            depth: None,
        }
    }

    /// The same where cells come and go, if they do, and the column of how deep each is.
    #[must_use]
    pub fn growing(mut self, grows: bool, depth: Option<ColumnId>) -> Self {
        self.gone = if grows { bits::GONE } else { 0 };
        self.depth = depth.filter(|_| strikes::asks_depth(&self.faults));
        self
    }

    /// Lets the agents of consecutive cells, of which `first` is the first, crash or come back; the bits of `old` are cleared first.
    fn draw(&self, first: u32, tick: u32, old: u32, lanes: &mut [&mut [u32]]) {
        let thresholds = [self.faults.crash, self.faults.recovery];
        let key = [self.faults.crash_key, 0];
        let mut drawn = [0; room(MEMBERS as usize * CHUNK)];
        let mut refined = [(0, 0); MEMBERS as usize * CHUNK];
        let first = first * MEMBERS;
        let len = lanes.iter().map(|lane| lane.len()).sum();
        let start = bytes(key, first, tick, len, &mut drawn);
        let drawn = &drawn[start..start + len];
        let upper = thresholds.map(|t| (t >> 24) as u8);
        // A byte on its threshold is refined, which is rare; whose it is, the word before says.
        let mut more = 0;
        for l in memchr::memchr2_iter(upper[0], upper[1], drawn) {
            let (cell, member) = (l / MEMBERS as usize, l % MEMBERS as usize);
            let crashed = (lanes[member][cell] & bits::CRASHED) as usize;
            if drawn[l] == upper[crashed] && finely(key, first + l as u32, tick, thresholds[crashed]) {
                refined[more] = (member, cell);
                more += 1;
            }
        }
        for (member, lane) in lanes.iter_mut().enumerate() {
            turn(upper, old, member, drawn.as_chunks().0, lane);
        }
        for &(member, cell) in &refined[..more] {
            set(&mut lanes[member][cell]);
        }
    }
}

/// Cells whose bytes are drawn at a time.
const CHUNK: usize = 256;

impl Step for MembersStep {
    fn name(&self) -> &'static str {
        "members"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.members, Access::Update),
            Binding::new(1, self.faults.status, Access::Update),
        ];
        bindings.extend(strike_bindings(&self.faults));
        bindings.extend(
            self.depth
                .map(|depth| Binding::new(4, depth, Access::Read).within(Reach::Own)),
        );
        bindings
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = strikes::modules(&self.faults, self.cells.saturating_mul(MEMBERS));
        modules.extend([
            outage(&self.faults),
            module!("part/faults/members")
                .with("MEMBERS", MEMBERS)
                .with("FEWEST_UP", FEWEST_UP)
                .with("FEWEST_LIARS", FEWEST_LIARS)
                .with("GONE", self.gone),
        ]);
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let [parents, families] = view.topology.kin().unwrap_or_default();
        let relations = Relations {
            parents,
            families,
            depths: self.depth.and(view.reads.last().copied()).unwrap_or_default(),
        };
        let mut strikes = Strikes::of(&self.faults, view.tick)
            .among(self.cells.saturating_mul(MEMBERS), self.gone)
            .related(relations, MEMBERS);
        let draws = [self.faults.crash, self.faults.recovery] != [0, 0];
        let [members, status] = outputs.as_mut_slice() else {
            return;
        };
        let Ok(members) = <&mut [&mut [u32]; MEMBERS as usize]>::try_from(members.as_mut_slice()) else {
            return;
        };
        for (chunk, status) in status[0].chunks_mut(CHUNK).enumerate() {
            let start = chunk * CHUNK;
            let end = start + status.len();
            let mut lanes = members.each_mut().map(|lane| &mut lane[start..end]);
            let first = block.start + start as u32;
            if !strikes.is_empty() {
                for (member, lane) in (0..).zip(&mut lanes) {
                    strikes.fall(first * MEMBERS + member, MEMBERS, lane);
                }
            } else if !draws {
                lanes.iter_mut().for_each(|lane| strikes::settle(lane));
            }
            if draws {
                let old = if strikes.is_empty() { bits::FRESH } else { 0 };
                self.draw(first, view.tick, old, &mut lanes);
            }
            if self.gone != 0 {
                // Nothing happens where nobody is.
                let nobody = |word: &&mut u32| **word & bits::GONE != 0;
                let words = lanes.iter_mut().flat_map(|lane| lane.iter_mut());
                words.filter(nobody).for_each(|word| *word = bits::KILLED | bits::GONE);
            }
            let lies = self.faults.false_members.is_some();
            if lies {
                derive_liars(lanes.each_mut().map(|lane| &**lane), status);
            }
            derive(lanes, status);
        }
        strikes.count(view.folds);
    }

    fn folds(&self) -> Vec<Folded> {
        strike_folds(&self.faults)
    }

    fn rests(&self, tick: u32) -> bool {
        self.faults.rest(tick)
    }

    fn describe(&self) -> String {
        format!(
            "{}; a cell is down while fewer than {FEWEST_UP} of its {MEMBERS} agents are up",
            describe(&self.faults, "agents")
        )
    }
}

/// Crashes and recoveries of the `member`-th agents of cells whose bytes are below the thresholds'; the bits of `old` are cleared first.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn turn(upper: [u8; 2], old: u32, member: usize, bytes: &[[u8; MEMBERS as usize]], words: &mut [u32]) {
    // A shift of a word reads all lanes alike, where bytes four apart would be gathered.
    let shift = 8 * member as u32;
    for (bytes, word) in bytes.iter().zip(words) {
        let byte = (u32::from_le_bytes(*bytes) >> shift) as u8;
        *word = turned(upper, old, byte, *word);
    }
}

/// Whether each cell lies, from its agents' words: whether enough of those that are up lie about what it tells.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn derive_liars([a, b, c, d]: [&[u32]; MEMBERS as usize], status: &mut [u32]) {
    let lies = |word: &u32| u32::from(word & (bits::DOWN | bits::FALSE) == bits::FALSE);
    for ((((a, b), c), d), status) in a.iter().zip(b).zip(c).zip(d).zip(status) {
        let is_liar = u32::from(lies(a) + lies(b) + lies(c) + lies(d) >= FEWEST_LIARS);
        *status = *status & !bits::LIAR | (is_liar * bits::LIAR);
    }
}

/// Whether each cell has crashed, from its agents' words.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn derive([a, b, c, d]: [&mut [u32]; MEMBERS as usize], status: &mut [u32]) {
    let up = |word: &u32| u32::from(word & bits::DOWN == 0);
    for ((((a, b), c), d), status) in a.iter().zip(b.iter()).zip(c.iter()).zip(d.iter()).zip(status) {
        let crashed = u32::from(up(a) + up(b) + up(c) + up(d) < FEWEST_UP);
        *status = *status & !bits::CRASHED | crashed;
    }
}
