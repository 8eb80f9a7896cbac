//! What of the state means something to a person, of some nodes.

use super::Simulation;
use crate::error::Error;

impl Simulation {
    /// What of the state means something, see [`crate::Shown`], of these nodes: a list for each value of the plan's `shown`, in their
    /// order, and in it a word for each of `nodes`, in theirs; nothing where a node has none.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a node is not there or the state is lost, [`Error::DeviceFailed`].
    pub fn shown(&mut self, nodes: &[u32]) -> Result<Vec<Vec<Option<u32>>>, Error> {
        self.check_state()?;
        let all = self.plan().nodes();
        if let Some(node) = nodes.iter().find(|&&node| node >= all) {
            let message = format!("is not there; nodes are numbered from 0 to {}", all - 1);
            return Err(Error::invalid(format!("node {node}"), message));
        }
        let shown = self.plan().shown.clone();
        let mut values = Vec::with_capacity(shown.len());
        for one in &shown {
            let mut lanes = Vec::with_capacity(one.words.len());
            for &(column, word) in &one.words {
                let first = u64::from(word) * u64::from(all);
                lanes.push(self.execution.read_range(column, first..first + u64::from(all))?);
            }
            let mut words = vec![0; lanes.len()];
            let value = |&node: &u32| {
                for (word, lane) in words.iter_mut().zip(&lanes) {
                    *word = lane.get(node as usize).copied().unwrap_or_default();
                }
                one.value(&words)
            };
            values.push(nodes.iter().map(value).collect());
        }
        Ok(values)
    }
}
