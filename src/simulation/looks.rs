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

#[cfg(test)]
mod tests {
    use crate::Simulation;
    use crate::device::cpu::CpuDevice;
    use crate::scenario::Scenario;

    #[test]
    fn what_is_shown_of_some_nodes_is_theirs() {
        let text = "name = \"test\"\nagents = 16\nticks = 3\n[topology]\nkind = \"ring\"\n[consensus]\nrule = \"average\"\n\
                    start = { kind = \"uniform\", low = 0, high = 1000 }\n";
        let scenario = Scenario::from_toml("test", text).unwrap();
        let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
        simulation.run().unwrap();
        let beliefs = simulation.beliefs().unwrap();
        let shown = simulation.shown(&[3, 0, 15]).unwrap();
        let belief = |node: usize| Some(beliefs[node] as u32);
        assert_eq!(shown, [[belief(3), belief(0), belief(15)]]);
        assert!(beliefs[3] != beliefs[0]);
        let error = simulation.shown(&[1, 16]).unwrap_err().to_string();
        assert!(
            error.contains("node 16 is not there; nodes are numbered from 0 to 15"),
            "{error}"
        );
    }

    /// Pauses after some ticks, and once names one that is done, and one beyond the end.
    struct Pauses(Vec<u32>);

    impl crate::Watch for Pauses {
        fn event(&mut self, _: crate::device::Event<'_>) -> std::ops::ControlFlow<()> {
            std::ops::ControlFlow::Continue(())
        }

        fn next_pause(&self, now: u32) -> Option<u32> {
            [3, 20, 41].into_iter().find(|&tick| tick > now)
        }

        fn pause(&mut self, simulation: &mut Simulation) -> Result<(), crate::Error> {
            self.0.push(simulation.tick());
            Ok(())
        }
    }

    #[test]
    fn a_run_pauses_where_it_is_told_to_and_comes_to_the_same() {
        let text = "name = \"test\"\nagents = 64\nticks = 40\n[topology]\nkind = \"ring\"\n[consensus]\nrule = \"average\"\n\
                    start = { kind = \"uniform\", low = 0, high = 1000 }\n[measure]\nevery = 7\n";
        let scenario = Scenario::from_toml("test", text).unwrap();
        let device = CpuDevice::new(1).unwrap();
        let mut plain = Simulation::new(&scenario, &device).unwrap();
        let report = plain.run().unwrap();
        let mut pausing = Simulation::new(&scenario, &device).unwrap();
        let mut pauses = Pauses(Vec::new());
        let paused = pausing.run_watched(40, &mut pauses);
        assert_eq!(pauses.0, [3, 20]);
        assert_eq!(paused.unwrap(), report);
        assert_eq!(pausing.measurements(), plain.measurements());
    }
}
