//! A node that comes back has forgotten a column: its words are 0. Twin of `shaders/part/faults/forget.wgsl`.
//!
//! Where the column is conserved, the ledger adds up what was destroyed: 64 bits a node.

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::fault::{MEMBERS, bits};
use crate::number::add_wide;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct ForgetStep {
    /// Who is up: a word a node, or, of cells, a word for each of their agents.
    status: ColumnId,
    is_of_cells: bool,
    column: ColumnId,
    /// The column's words a node.
    lanes: u32,
    ledger: Option<ColumnId>,
    /// Whether the ledger is given back what is forgotten: of a column whose difference from another is conserved.
    gives_back: bool,
}

impl ForgetStep {
    /// The step on a column of `lanes` words a node; `ledger` is the wide column of what was destroyed.
    #[must_use]
    pub fn new(status: ColumnId, column: ColumnId, lanes: u32, ledger: Option<ColumnId>) -> Self {
        Self {
            status,
            is_of_cells: false,
            column,
            lanes,
            ledger,
            gives_back: false,
        }
    }

    /// The step on a column of cells, which forget when all of their agents that are up have just come back: `members` has a word for
    /// each agent.
    #[must_use]
    pub fn of_cells(members: ColumnId, column: ColumnId, lanes: u32, ledger: Option<ColumnId>) -> Self {
        Self {
            is_of_cells: true,
            ..Self::new(members, column, lanes, ledger)
        }
    }

    /// The step on what was added to a conserved column from outside: forgotten, it counts against what is destroyed.
    #[must_use]
    pub fn giving_back(mut self) -> Self {
        self.gives_back = true;
        self
    }
}

impl Step for ForgetStep {
    fn name(&self) -> &'static str {
        "forget"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.status, Access::Read).within(Reach::Own),
            Binding::new(1, self.column, Access::Update),
        ];
        bindings.extend(self.ledger.map(|ledger| Binding::new(2, ledger, Access::Update)));
        bindings
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let ledger = match self.ledger {
            Some(_) if self.gives_back => module!("part/faults/destroyed-given-back"),
            Some(_) => module!("part/faults/destroyed"),
            None => module!("part/faults/destroyed-uncounted"),
        };
        let fresh = match self.is_of_cells {
            true => module!("part/faults/fresh-cell").with("AGENTS", MEMBERS),
            false => module!("part/faults/fresh-node"),
        };
        vec![ledger, fresh, module!("part/faults/forget").with("LANES", self.lanes)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let (words, lanes) = (view.reads[0], view.lanes(0));
        for (l, node) in block.map(|node| node as usize).enumerate() {
            let is_fresh = match self.is_of_cells {
                true => is_fresh_cell((0..MEMBERS as usize).map(|member| lanes.at(member, node))),
                false => words[node] & bits::FRESH != 0,
            };
            if !is_fresh {
                continue;
            }
            if self.ledger.is_some() {
                let word = outputs[0][0][l] as i32;
                let word = if self.gives_back { word.wrapping_neg() } else { word };
                if let [low, high] = outputs[1].as_mut_slice() {
                    add_wide(&mut low[l], &mut high[l], word);
                }
            }
            for lane in &mut outputs[0] {
                lane[l] = 0;
            }
        }
    }

    fn describe(&self) -> String {
        match self.is_of_cells {
            true => "cells of which all agents that are up have just come back know nothing".to_owned(),
            false => "nodes that have just come back know nothing".to_owned(),
        }
    }
}

/// Whether somebody is up of a cell whose agents have these words, and all of those have come back in this tick.
fn is_fresh_cell(words: impl Iterator<Item = u32>) -> bool {
    let up = words.filter(|word| word & bits::DOWN == 0);
    let (mut any, mut all) = (false, true);
    for word in up {
        any = true;
        all &= word & bits::FRESH != 0;
    }
    any && all
}
