//! Every different shader of every topology, timing and rounding, parsed and validated.

use crate::support::work::{SAMPLES, put_files};
use crate::support::{combinations, counting, every_rule, files, learning};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::OnceLock;
use tetraswarm::column::{Column, ColumnId};
use tetraswarm::device::gpu::{bindings, layout, network, shaders, tiled_shaders};
use tetraswarm::gauge::{Condition, Relation};
use tetraswarm::plan::Plan;
use tetraswarm::scan::compact;
use tetraswarm::scan_names;
use tetraswarm::scenario::{Document, Scenario};
use tetraswarm::shader::Shader;
use tetraswarm::swarm::Swarm;
use tetraswarm::topology::ShaderBuffer;

/// A shader of a plan.
pub struct Case {
    pub label: String,
    pub shader: Shader,
    /// The slots that its group 2 must have, `true` where they are written.
    pub columns: Vec<(u32, bool)>,
    /// Whether it reads the nodes' status.
    pub status: bool,
    /// The topology's buffers: the words of a uniform block, nothing for a storage buffer.
    pub topology: Vec<Option<usize>>,
    pub group: u32,
}

fn cases_of(label: &str, plan: &Plan) -> Vec<Case> {
    let topology = network(plan);
    let topology: Vec<Option<usize>> = topology
        .buffers
        .iter()
        .map(|buffer| matches!(buffer, ShaderBuffer::Uniform(_)).then_some(buffer.words().len()))
        .collect();
    let all = shaders(plan);
    assert!(all.len() > plan.steps.len(), "{label}: no measurement");
    // A step by tiles binds what the step does.
    let bound = bindings(plan);
    let tiled = tiled_shaders(plan).into_iter().map(|(step, shader)| Case {
        label: format!("{} for {label}", shader.name()),
        shader,
        columns: bound[step].0.iter().map(|&(slot, reads)| (slot, !reads)).collect(),
        status: bound[step].1,
        topology: topology.clone(),
        group: layout::STEP_GROUP,
    });
    let tiled: Vec<Case> = tiled.collect();
    all.into_iter()
        .zip(bound)
        .enumerate()
        .map(|(k, (shader, (slots, status)))| {
            let label = format!("{} for {label}", shader.name());
            let columns = slots.into_iter().map(|(slot, reads)| (slot, !reads)).collect();
            let group = match plan.steps.get(k) {
                Some(step) => {
                    let (folder, file) = shader.name().rsplit_once('/').unwrap();
                    let is_named = match folder.split_once('/') {
                        // A part's first step is called after the part.
                        Some(("part", part)) => file == step.name() || file == "step" && part.starts_with(step.name()),
                        _ => ["step", "scan"].contains(&folder) && file == step.name(),
                    };
                    assert!(is_named, "{label}");
                    layout::STEP_GROUP
                }
                None => layout::MEASURE_GROUP,
            };
            Case {
                label,
                shader,
                columns,
                status,
                topology: topology.clone(),
                group,
            }
        })
        .chain(tiled)
        .collect()
}

/// The plan with a stop condition on everything that one can look at.
fn watched(mut plan: Plan) -> Plan {
    for (gauge, of) in plan.gauges.iter().enumerate() {
        plan.stop.extend((0..of.indicators().len()).map(|indicator| Condition {
            gauge,
            indicator,
            relation: Relation::ALL[indicator % 6].1,
            bound: -(indicator as i64),
        }));
    }
    plan
}

/// A plan that lists the nodes whose words are not zero.
fn scanning(nodes: u32) -> Plan {
    let mut plan = counting::swarm(nodes, 5, 1, 1, true).plan;
    let columns = &mut plan.columns;
    let compact = compact(ColumnId(0), nodes, &scan_names!("test.scan"), |name, extent| {
        columns.push(Column {
            name,
            extent,
            doubled: false,
            fixed: false,
        });
        ColumnId(columns.len() - 1)
    });
    plan.steps.extend(compact.steps);
    plan
}

/// A scenario that comes with the program, whose cells forget.
fn forgetful(name: &str) -> Plan {
    let mut document = Document::open(name).unwrap();
    for setting in [
        "agents=1024",
        "faults.crash=0.1",
        "faults.recovery=0.1",
        "faults.state=reset",
    ] {
        document.set_argument(setting).unwrap();
    }
    Swarm::plan(&document.scenario().unwrap(), Path::new("")).unwrap()
}

/// Cells that learn and of which none is ever down, nodes that agree and begin to lie, and pairs on random cycles.
fn besides() -> [Plan; 3] {
    let text = include_str!("../../scenarios/learning.toml");
    let (learning, _) = text.split_once("[faults]").unwrap();
    let lying = "agents = 64\nticks = 9\ntopology.kind = \"ring\"\n[consensus]\nrule = \"average\"\n\
                 start = { kind = \"uniform\", low = 0, high = 9 }\n[faults]\nliars = { tell = { kind = \"constant\", value = 3 } }\n\
                 events = [{ kind = \"lie\", tick = 4, who = { kind = \"share\", share = 0.5 } }]\n";
    [learning, lying, crate::rules::PAIRS_ON_CYCLES].map(|text| {
        let scenario = Scenario::from_toml("besides", text).unwrap();
        Swarm::plan(&scenario, Path::new("")).unwrap()
    })
}

/// Every different shader of every sample of every topology, timing and rounding; worked out once for all tests.
pub fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(all_cases)
}

fn all_cases() -> Vec<Case> {
    let folder = files();
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    let mut add = |label: &str, plan: &Plan| {
        for case in cases_of(label, plan) {
            let constants = case.shader.constants();
            let constants: Vec<(String, u32)> = constants.map(|(name, value)| (name.to_owned(), value)).collect();
            if seen.insert((case.shader.source(), constants)) {
                all.push(case);
            }
        }
    };
    combinations(1, |label, scenario| {
        let plan = watched(Swarm::plan(scenario, folder.path()).unwrap());
        add(label, &plan);
    });
    every_rule(folder.path(), |label, scenario| {
        let plan = watched(Swarm::plan(scenario, folder.path()).unwrap());
        add(label, &plan);
    });
    learning::every(folder.path(), |label, scenario| {
        let plan = watched(Swarm::plan(scenario, folder.path()).unwrap());
        add(label, &plan);
    });
    for (name, plan) in crate::growth::plans() {
        add(name, &watched(plan));
    }
    crate::tiles::every(|label, scenario| add(label, &watched(Swarm::plan(scenario, folder.path()).unwrap())));
    for records in [true, false] {
        all.extend(cases_of("counting", &counting::swarm(100, 5, 1, 1, records).plan));
    }
    all.extend(cases_of("scanning", &scanning(70_000)));
    put_files(folder.path());
    for sample in SAMPLES {
        let plan = watched(Swarm::plan(&sample.scenario(1), folder.path()).unwrap());
        all.extend(cases_of(sample.name, &plan));
    }
    for name in ["concert", "learning"] {
        all.extend(cases_of(name, &watched(forgetful(name))));
    }
    for plan in besides() {
        all.extend(cases_of("besides", &watched(plan)));
    }
    for plan in crate::growth_beliefs::plans()
        .into_iter()
        .chain(crate::growth_who::plans())
    {
        all.extend(cases_of("growth", &watched(plan)));
    }
    for plan in crate::learning_account::plans() {
        all.extend(cases_of("account", &watched(plan)));
    }
    for plan in crate::learning_choices::plans() {
        all.extend(cases_of("choices", &watched(plan)));
    }
    let copy = layout::copy_shader(1000);
    all.push(Case {
        label: "copy".into(),
        shader: copy,
        columns: vec![(0, false), (1, true)],
        status: false,
        topology: Vec::new(),
        group: layout::STEP_GROUP,
    });
    assert!(all.len() > 100);
    all
}

fn parse(label: &str, source: &str) -> (naga::Module, ModuleInfo) {
    let module =
        naga::front::wgsl::parse_str(source).unwrap_or_else(|e| panic!("{label}: {}", e.emit_to_string(source)));
    let info = Validator::new(ValidationFlags::all(), Capabilities::default())
        .validate(&module)
        .unwrap_or_else(|e| panic!("{label}: {}", e.emit_to_string(source)));
    (module, info)
}

/// Hands every case to `f`, with what parsing its source gave, which is done once for all tests.
pub fn each(mut f: impl FnMut(&Case, &naga::Module, &ModuleInfo)) {
    type Parsed = (Vec<(naga::Module, ModuleInfo)>, Vec<usize>);
    static PARSED: OnceLock<Parsed> = OnceLock::new();
    let (parsed, which) = PARSED.get_or_init(|| {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut sources = Vec::new();
        let mut which = Vec::new();
        for case in cases() {
            let count = known.len();
            which.push(*known.entry(case.shader.source()).or_insert_with_key(|source| {
                sources.push((&case.label, source.clone()));
                count
            }));
        }
        let parsed = sources.par_iter().map(|(label, source)| parse(label, source));
        (parsed.collect(), which)
    });
    for (case, &at) in cases().iter().zip(which) {
        let (module, info) = &parsed[at];
        f(case, module, info);
    }
}
