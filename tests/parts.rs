//! Parts of one's own: registered, parsed, planned and run by what ours are, and refused by name where they do not fit.

use crate::support;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use tetraswarm::column::{Access, Binding, ColumnId, Extent};
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::draft::Draft;
use tetraswarm::gauge::Measurement;
use tetraswarm::part::consensus::BeliefGauge;
use tetraswarm::part::{Part, Place};
use tetraswarm::plan::Plan;
use tetraswarm::scenario::{Registry, Scenario};
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};
use tetraswarm::swarm::Swarm;
use tetraswarm::{Error, Simulation, Words};

/// Every node's level rises by the same in every tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Drip {
    /// By how much.
    #[schemars(range(min = 0, max = 1000))]
    by: u32,
    /// The level at tick 0.
    #[serde(default)]
    level: u32,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrong: Option<String>,
}

impl Part for Drip {
    fn place(&self) -> Place {
        Place::section(if self.wrong.as_deref() == Some("place") {
            "drop"
        } else {
            "drip"
        })
    }

    fn version(&self) -> u32 {
        3
    }

    fn agents(&self) -> u32 {
        if self.wrong.as_deref() == Some("agents") { 3 } else { 1 }
    }

    fn reads(&self) -> Vec<&str> {
        match self.wrong.as_deref() {
            Some("cycle") => vec!["consensus"],
            _ => Vec::new(),
        }
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let level = draft.column("drip.level", Extent::Node, false);
        draft.step(DripStep {
            level,
            by: self.by,
            is_twice: self.wrong.as_deref() == Some("slot"),
        });
        if self.wrong.as_deref() == Some("name") {
            draft.column("consensus.belief", Extent::Node, false);
        }
        draft.gauge(BeliefGauge::of(level, false));
        Ok(())
    }

    fn start(&self, plan: &Plan, _seed: u32, _folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        let count = plan.nodes() as usize - usize::from(self.wrong.as_deref() == Some("words"));
        Ok(vec![(
            plan.column("drip.level")?,
            Words::from(&*vec![self.level; count]),
        )])
    }

    fn describe(&self, plan: &Plan) -> Vec<(&'static str, String)> {
        vec![("drip", format!("{} nodes, by {}", plan.nodes(), self.by))]
    }
}

#[derive(Debug)]
struct DripStep {
    level: ColumnId,
    by: u32,
    is_twice: bool,
}

const SHADER: &str = "@group(2) @binding(0) var<storage, read_write> level: array<u32>;\noverride BY: u32;\n\
    @compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3<u32>) {\n\
    let i = clock.first + id.y * ROW + id.x;\n\
    if (i >= clock.end || control.stopped != 0u) { return; }\n    level[i] += BY;\n}\n";

impl Step for DripStep {
    fn name(&self) -> &'static str {
        "drip"
    }

    fn bindings(&self) -> Vec<Binding> {
        let own = Binding::new(0, self.level, Access::Update);
        if self.is_twice { vec![own, own] } else { vec![own] }
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![Module {
            name: "drip",
            source: Cow::Borrowed(SHADER),
            constants: vec![("BY".into(), self.by)],
        }]
    }

    fn run(&self, _view: &View<'_>, _block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        outputs[0][0].iter_mut().for_each(|word| *word += self.by);
    }

    fn describe(&self) -> String {
        format!("levels rise by {}", self.by)
    }
}

fn registry() -> Registry {
    let mut registry = Registry::standard();
    registry.section::<Drip>("drip").unwrap();
    registry
}

fn parse(text: &str) -> Result<Scenario, Error> {
    let whole = format!("agents = 50\nticks = 8\ntopology = {{ kind = \"ring\" }}\nmeasure.every = 1\n{text}\n");
    Scenario::from_toml_with(&registry(), "drip.toml", &whole)
}

fn rows(scenario: &Scenario, device: &dyn Device) -> Vec<Measurement> {
    let swarm = Swarm::build(scenario, Path::new("")).unwrap();
    let mut simulation = Simulation::load(swarm, device).unwrap();
    simulation.run().unwrap();
    simulation.measurements().to_vec()
}

fn assert_refused(found: Result<impl Sized, Error>, says: &[&str]) {
    let message = found.err().expect("it is taken").to_string();
    assert!(says.iter().all(|part| message.contains(part)), "{message}");
}

#[test]
fn a_part_of_ones_own_runs_alone_on_every_device() {
    let scenario = parse("[drip]\nby = 3\nlevel = 100").unwrap();
    let part = scenario.parts.section("drip").unwrap();
    assert_eq!(
        (part.name(), part.version(), scenario.part::<Drip>().unwrap().by),
        ("drip", 3, 3)
    );
    let expected = rows(&scenario, &CpuDevice::new(2).unwrap());
    let sums: Vec<i64> = expected.iter().map(|row| row.beliefs().unwrap().sum).collect();
    assert_eq!(sums, (0..=8).map(|tick| 50 * (100 + 3 * tick)).collect::<Vec<_>>());
    #[cfg(feature = "gpu")]
    for gpu in support::gpus() {
        assert_eq!(rows(&scenario, &gpu), expected, "{}", gpu.info().backend);
    }
    let again = Scenario::from_toml_with(&registry(), "again", &scenario.to_toml().unwrap()).unwrap();
    assert_eq!(again, scenario);
    assert_refused(
        Scenario::from_toml("ours", &scenario.to_toml().unwrap()),
        &["drip is no known key"],
    );
}

/// Beliefs of ours follow a column of the other part, which is planned before although its step comes after.
#[test]
fn one_of_ours_follows_a_column_of_anothers() {
    let text = "[consensus]\nrule = \"tracking\"\ninput = \"drip.level\"\nstart = { kind = \"uniform\", low = 0, high = 0 }\n\
                [drip]\nby = 7";
    let scenario = parse(text).unwrap();
    let plan = Swarm::plan(&scenario, Path::new("")).unwrap();
    let steps: Vec<&str> = plan.steps.iter().map(|step| step.name()).collect();
    assert_eq!(steps, ["track", "average", "drip"]);
    let sums: Vec<i64> = rows(&scenario, &CpuDevice::new(1).unwrap())
        .iter()
        .map(|row| row.beliefs().unwrap().sum)
        .collect();
    assert_eq!(sums, [0, 0, 350, 700, 1050, 1400, 1750, 2100, 2450]);
    assert_refused(
        Swarm::plan(
            &parse(&text.replace("drip.level", "drip.levels")).unwrap(),
            Path::new(""),
        ),
        &["consensus.input is drip.levels", "this swarm has: drip.level"],
    );
}

#[test]
fn keys_of_a_part_of_ones_own_are_checked_as_ours_are() {
    assert_refused(
        parse("[drip]\nbuy = 3"),
        &["drip.toml:6:1", "drip.buy is no known key", "did you mean 'by'?"],
    );
    assert_refused(
        parse("[drip]\nby = 1001"),
        &["drip.toml:6:6", "drip.by is 1001", "from 0 to 1_000"],
    );
    assert_refused(parse("[drip]"), &["drip.by is missing (By how much)"]);
    assert_refused(
        parse("[dripp]\nby = 1"),
        &["dripp is no known key; did you mean 'drip'?"],
    );
    assert_eq!(
        registry().schema()["properties"]["drip"]["properties"]["by"]["maximum"],
        1000
    );
    assert!(Scenario::schema()["properties"].get("drip").is_none());
}

#[test]
fn a_section_or_word_that_is_taken_is_refused_by_name() {
    let of = |put: &dyn Fn(&mut Registry) -> Result<(), Error>| put(&mut registry());
    let section = |name: &'static str| of(&move |registry| registry.section::<Drip>(name).map(drop));
    let tagged = |section: &'static str, tag: &'static str, word: &'static str| {
        of(&move |registry| registry.tagged::<Drip>(section, tag, word).map(drop))
    };
    assert_refused(section("drip"), &["the part [drip]", "registered already"]);
    assert_refused(section("work"), &["the part [work]", "registered already"]);
    assert_refused(section("faults"), &["faults", "every scenario has"]);
    assert_refused(section("a.b"), &["\"a.b\"", "letters"]);
    assert_refused(section("consensus"), &["told apart by rule"]);
    assert_refused(
        tagged("consensus", "rule", "average"),
        &["rule = \"average\"", "another word"],
    );
    assert_refused(tagged("consensus", "kind", "mine"), &["told apart by rule"]);
    assert_refused(tagged("drip", "kind", "mine"), &["[drip] is one part"]);
    assert!(tagged("consensus", "rule", "mine").is_ok());
}

#[test]
fn what_does_not_fit_the_other_parts_is_refused_by_name() {
    let consensus = "[consensus]\nrule = \"average\"\nstart = { kind = \"point\", value = 1 }\n";
    let with = |wrong: &str, more: &str| {
        let text = format!("{more}[drip]\nby = 1\nwrong = \"{wrong}\"");
        parse(&text).and_then(|scenario| Swarm::build(&scenario, Path::new("")))
    };
    assert!(with("nothing", consensus).is_ok());
    assert_refused(
        with("name", consensus),
        &["column 'consensus.belief'", "[consensus]", "[drip]"],
    );
    assert_refused(with("slot", ""), &["step 'drip'", "'drip.level'", "slot 0"]);
    assert_refused(with("words", ""), &["column 'drip.level'", "49 words", "50"]);
    assert_refused(with("agents", ""), &["drip", "3 agents"]);
    assert_refused(with("place", ""), &["drip", "\"drop\""]);
    let tracking =
        "[consensus]\nrule = \"tracking\"\ninput = \"drip.level\"\nstart = { kind = \"point\", value = 1 }\n";
    assert_refused(
        with("cycle", tracking),
        &["consensus reads drip", "drip reads consensus"],
    );
    let liars =
        "[faults]\nliars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"constant\", value = 1 } }\n";
    assert_refused(with("nothing", liars), &["faults.liars", "no part"]);
}
