//! What of the faults' columns means something to whoever reads the state.

use super::{Faults, MEMBERS, bits};
use crate::shown::{Shown, ShownKind};

impl Faults {
    /// Who is up, and who lies.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let is_up = |word| word & bits::DOWN == 0;
        let Some(members) = self.members else {
            let is_liar = |word| word & bits::LIAR != 0;
            let mut shown = vec![Shown::flag("up", "whether the node is up", self.status, is_up)];
            if self.lie.is_some() {
                let about = "whether the node tells its neighbours what it does not believe";
                shown.push(Shown::flag("liar", about, self.status, is_liar));
            }
            return shown;
        };
        let count = |name, about, is: fn(u32) -> bool| {
            let words = (0..MEMBERS).map(|member| (members, member)).collect();
            let value = move |words: &[u32]| Some(words.iter().filter(|&&word| is(word)).count() as u32);
            Shown::new((name, "agents", about), ShownKind::Unsigned, words, value)
        };
        let mut shown = vec![
            Shown::flag(
                "up",
                "whether at least two of the cell's agents are up",
                self.status,
                is_up,
            ),
            count("up_members", "how many of the cell's four agents are up", |word| {
                word & bits::DOWN == 0
            }),
        ];
        if self.lie.is_some() {
            shown.push(count(
                "lying_members",
                "how many of the cell's four agents lie about what it tells",
                |word| word & bits::FALSE != 0,
            ));
            let about = "whether two of the cell's agents that are up lie about what it tells, so that it lies";
            shown.push(Shown::flag("liar", about, self.status, |word| word & bits::LIAR != 0));
        }
        shown
    }
}
