//! A node that comes back has forgotten a column: its words are 0. Twin of `shaders/step/forget.wgsl`.
//!
//! Where the column is conserved, the ledger adds up what was destroyed: 64 bits a node.

use super::{Outputs, Scratch, Step, View};
use crate::fault::bits;
use crate::plan::{Access, Binding, ColumnId};
use crate::shader::{Module, module};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct ForgetStep {
    status: ColumnId,
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
            column,
            lanes,
            ledger,
            gives_back: false,
        }
    }

    /// The step on what was added to a conserved column from outside: forgotten, it counts against what is destroyed.
    #[must_use]
    pub fn giving_back(mut self) -> Self {
        self.gives_back = true;
        self
    }
}

/// Adds a signed word to a 64-bit number in two words.
#[inline(always)]
pub(crate) fn add_wide(low: &mut u32, high: &mut u32, word: i32) {
    let sum = (u64::from(*high) << 32 | u64::from(*low)).wrapping_add(i64::from(word) as u64);
    (*low, *high) = (sum as u32, (sum >> 32) as u32);
}

impl Step for ForgetStep {
    fn name(&self) -> &'static str {
        "forget"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.status, Access::Read),
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
            Some(_) if self.gives_back => module!("lib/destroyed-given-back"),
            Some(_) => module!("lib/destroyed"),
            None => module!("lib/destroyed-uncounted"),
        };
        vec![ledger, module!("step/forget").with("LANES", self.lanes)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let status = &view.reads[0][block.start as usize..block.end as usize];
        for (l, &status) in status.iter().enumerate() {
            if status & bits::FRESH == 0 {
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
        "nodes that have just come back know nothing".to_owned()
    }
}
