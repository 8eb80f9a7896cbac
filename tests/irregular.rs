//! Topologies that a user of the library writes: computed links between nodes of different degrees, and stored ones besides.

use crate::support;

use crate::support::{Plain, scenario};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tetraswarm::Simulation;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::part::average::Rounding;
use tetraswarm::shader::Module;
use tetraswarm::swarm::Swarm;
use tetraswarm::topology::{Neighbours, Rows, ShaderBuffer, Topology, TopologyShader};

/// A line of two slots, whose ends lack one, and on request stored links from every fifth node to the seventh after it.
#[derive(Clone, Debug)]
struct Line {
    nodes: u32,
    offsets: Vec<u32>,
    ends: Vec<u32>,
    degrees: Vec<u8>,
}

impl Line {
    fn new(nodes: u32, stored: bool) -> Self {
        let mut rows = vec![Vec::new(); nodes as usize];
        for i in (0..nodes.saturating_sub(7)).step_by(5).filter(|_| stored) {
            rows[i as usize].push(i + 7);
            rows[i as usize + 7].push(i);
        }
        let mut line = Self {
            nodes,
            offsets: vec![0],
            ends: Vec::new(),
            degrees: Vec::new(),
        };
        for mut row in rows {
            row.sort_unstable();
            line.degrees.push(row.len() as u8);
            line.ends.extend(row);
            line.offsets.push(line.ends.len() as u32);
        }
        line
    }
}

impl Topology for Line {
    fn kind(&self) -> &'static str {
        "line"
    }

    fn nodes(&self) -> u32 {
        self.nodes
    }

    fn links(&self) -> u64 {
        u64::from(self.nodes - 1) + self.ends.len() as u64 / 2
    }

    fn degree(&self, i: u32) -> u32 {
        u32::from(i > 0) + u32::from(i + 1 < self.nodes) + u32::from(self.degrees[i as usize])
    }

    fn regular_degree(&self) -> Option<u32> {
        None
    }

    fn largest_degree(&self) -> u32 {
        4
    }

    fn slots(&self) -> u32 {
        2
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let len = nodes.end - nodes.start;
        // Runs in the middle, so that both forms are met.
        if slot == 0 && nodes.end < self.nodes {
            return (Neighbours::Run(nodes.start + 1), len);
        }
        for (i, other) in nodes.zip(list) {
            *other = if slot == 0 {
                (i + 1).min(self.nodes - 1)
            } else {
                i.saturating_sub(1)
            };
        }
        (Neighbours::List, len)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(1 - slot)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        (!self.ends.is_empty()).then_some(Rows {
            offsets: &self.offsets,
            ends: &self.ends,
            degrees: &self.degrees,
            greater: &[],
        })
    }

    fn shader(&self) -> TopologyShader<'_> {
        let (source, storage): (_, Vec<&[u32]>) = if self.ends.is_empty() {
            (
                "fn stored(i: u32) -> u32 { return 0u; }\nfn stored_end(i: u32, k: u32) -> u32 { return i; }\n\
              fn stored_at(i: u32) -> u32 { return 0u; }\n",
                Vec::new(),
            )
        } else {
            (
                "@group(1) @binding(0) var<storage, read> row_offsets: array<u32>;\n\
              @group(1) @binding(1) var<storage, read> row_ends: array<u32>;\n\
              fn stored(i: u32) -> u32 { return row_offsets[i + 1u] - row_offsets[i]; }\n\
              fn stored_end(i: u32, k: u32) -> u32 { return row_ends[row_offsets[i] + k]; }\n\
              fn stored_at(i: u32) -> u32 { return row_offsets[i]; }\n",
                vec![&self.offsets, &self.ends],
            )
        };
        let line = "fn slots(i: u32) -> u32 { return 2u + stored(i); }\n\
            fn degree(i: u32) -> u32 { return u32(i > 0u) + u32(i + 1u < NODES) + stored(i); }\n\
            fn neighbour(i: u32, k: u32) -> u32 {\n\
              if (k == 0u) { return min(i + 1u, NODES - 1u); }\n\
              if (k == 1u) { return select(i - 1u, 0u, i == 0u); }\n\
              return stored_end(i, k - 2u);\n}\n\
            fn link_end(i: u32, k: u32) -> u32 {\n\
              if (k < 2u) { return k * NODES + i; }\n\
              return 2u * NODES + stored_at(i) + k - 2u;\n}\n";
        // The program's own modules are constants; a test can afford to leak.
        let source: &'static str = Box::leak(format!("{source}{line}").into_boxed_str());
        TopologyShader {
            module: Module::new("topology/line", source),
            buffers: storage.into_iter().map(ShaderBuffer::Storage).collect(),
        }
    }
}

#[test]
fn every_rounding_equals_the_plain_account_on_every_device() {
    let cpus = [CpuDevice::new(1).unwrap(), CpuDevice::new(2).unwrap()];
    let mut devices: Vec<&dyn Device> = cpus.iter().map(|d| d as &dyn Device).collect();
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    #[cfg(feature = "gpu")]
    devices.extend(gpus.iter().map(|d| d as &dyn Device));
    for (nodes, stored) in [(50, false), (20_000, false), (50, true), (20_000, true)] {
        for (rounding, timing) in Rounding::ALL
            .into_iter()
            .zip(["synchronous", "golden", "bernoulli", "golden"])
        {
            let scenario = scenario(
                nodes,
                "kind = \"ring\"",
                &format!("kind = \"{timing}\""),
                rounding.name(),
                10,
            );
            let build = || {
                let plan = Swarm::plan_on(&scenario, Arc::new(Line::new(nodes, stored))).unwrap();
                Swarm::fill(plan, &scenario, Path::new("")).unwrap()
            };
            let mut plain = Plain::of(&scenario, &build());
            (0..10).for_each(|_| plain.step());
            let mut first = None;
            for device in &devices {
                let label = format!(
                    "{nodes}, stored {stored}, {}, {}",
                    rounding.name(),
                    device.info().backend
                );
                let mut run = Simulation::load(build(), *device).unwrap();
                run.run().unwrap();
                let beliefs: Vec<i64> = run.beliefs().unwrap().into_iter().map(i64::from).collect();
                assert!(beliefs == plain.beliefs, "{label}");
                let rows = run.measurements().to_vec();
                assert_eq!(first.get_or_insert_with(|| rows.clone()), &rows, "{label}");
            }
        }
    }
}
