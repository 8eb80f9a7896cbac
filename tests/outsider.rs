//! What a program of a user's own can bring besides a part with a section: a rule, a network, a timing and a fault, each through a public
//! seam, from a scenario's text to the same rows on every device.

use crate::support;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tetraswarm::bench::{Tick, standard_network};
use tetraswarm::column::{Access, Binding, ColumnId, Extent};
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Outcome};
use tetraswarm::draft::Draft;
use tetraswarm::fault::{Domain, bits};
use tetraswarm::gauge::{Line, Measurement, Told};
use tetraswarm::part::consensus::OpinionGauge;
use tetraswarm::part::{Part, Place, Stage};
use tetraswarm::plan::Plan;
use tetraswarm::scenario::{Registry, Scenario};
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::OwnSchedule;
use tetraswarm::timing::TimingKind;
use tetraswarm::topology::{Build, Fit, Neighbours, Rows, Site, Topology, TopologyShader};
use tetraswarm::{Error, Simulation};

/// Every node holds as its opinion how many of its neighbours it has heard in the last tick, and 1: a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Mine {
    /// Whom it takes after.
    #[serde(default)]
    habit: Habit,
}

/// What nodes take after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Habit {
    /// Those that they hear.
    #[default]
    Heard,
    /// Nobody.
    Nobody,
}

impl Part for Mine {
    fn place(&self) -> Place {
        Place::tagged("consensus", "rule", "mine")
    }

    fn stage(&self) -> Stage {
        Stage::Consensus
    }

    fn domain(&self) -> Option<Domain> {
        Some(Domain::Opinion(4))
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let heard = draft.column("mine.heard", Extent::Node, true);
        draft.step(HeardStep { heard });
        draft.gauge(OpinionGauge {
            column: heard,
            opinions: 4,
            decides: false,
            right: 1,
        });
        Ok(())
    }
}

#[derive(Debug)]
struct HeardStep {
    heard: ColumnId,
}

const HEARD: &str = "@group(2) @binding(0) var<storage, read_write> heard: array<u32>;\n\
    @compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3<u32>) {\n\
    let i = clock.first + id.y * ROW + id.x;\n\
    if (i >= clock.end || control.stopped != 0u) { return; }\n\
    var count = 1u;\n\
    for (var k = 0u; k < slots(i); k++) {\n\
        let j = neighbour(i, k);\n\
        if (j != i && hears(i, is_active(i, clock.tick), j, k, clock.tick)) { count += 1u; }\n\
    }\n    if (takes_part(i)) { heard[i] = count; }\n}\n";

impl Step for HeardStep {
    fn name(&self) -> &'static str {
        "heard"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![Binding::new(0, self.heard, Access::Update)]
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        vec![Module::new("mine/heard", HEARD)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        for (node, word) in block.zip(outputs[0][0].iter_mut()) {
            let links = (0..view.topology.slots_of(node)).map(|slot| (slot, view.topology.neighbour(node, slot)));
            let heard = links.filter(|&(slot, other)| other != node && view.traffic.hears(node, other, slot));
            let count = 1 + heard.count() as u32;
            if view.traffic.takes_part(node) {
                *word = count;
            }
        }
    }

    fn describe(&self) -> String {
        "how many are heard".to_owned()
    }
}

/// Node i is linked to i ± stride, round and round: a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Strides {
    /// How far the links go.
    #[schemars(range(min = 1, max = 1000))]
    stride: u32,
}

impl Build for Strides {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(2 * self.stride + 1, nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let stride = self.stride;
        Ok(Arc::new(StrideNetwork { nodes, stride }))
    }
}

#[derive(Debug)]
struct StrideNetwork {
    nodes: u32,
    stride: u32,
}

const STRIDES: &str = "override STRIDE: u32;\n\
    fn slots(i: u32) -> u32 { return 2u; }\n\
    fn degree(i: u32) -> u32 { return 2u; }\n\
    fn neighbour(i: u32, k: u32) -> u32 {\n    \
    let far = select(NODES - STRIDE, STRIDE, k == 0u);\n    \
    return select(i - (NODES - far), i + far, i < NODES - far);\n}\n\
    fn link_end(i: u32, k: u32) -> u32 { return k * NODES + i; }\n";

impl Topology for StrideNetwork {
    fn kind(&self) -> &str {
        "strides"
    }

    fn nodes(&self) -> u32 {
        self.nodes
    }

    fn links(&self) -> u64 {
        self.nodes.into()
    }

    fn degree(&self, _node: u32) -> u32 {
        2
    }

    fn regular_degree(&self) -> Option<u32> {
        Some(2)
    }

    fn slots(&self) -> u32 {
        2
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, _list: &mut [u32]) -> (Neighbours, u32) {
        let far = if slot == 0 {
            self.stride
        } else {
            self.nodes - self.stride
        };
        let turn = self.nodes - far;
        // Up to where it goes on from 0.
        let (first, end) = match nodes.start < turn {
            true => (nodes.start + far, nodes.end.min(turn)),
            false => (nodes.start - turn, nodes.end),
        };
        (Neighbours::Run(first), end - nodes.start)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(1 - slot)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn shader(&self) -> TopologyShader<'_> {
        Module::new("mine/strides", STRIDES).with("STRIDE", self.stride).into()
    }
}

/// Node i acts when i + tick is a multiple of a number: a timing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Turns {
    /// How many nodes in a row have a turn each.
    #[schemars(range(min = 1, max = 1000))]
    among: u32,
}

impl TimingKind for Turns {
    fn schedule(&self, _nodes: u32, _seed: u32) -> OwnSchedule {
        OwnSchedule {
            name: "mine/turns",
            numbers: [self.among, 0, 0, 0],
            acts: |[among, ..], node, tick| node.wrapping_add(tick) % among == 0,
            source: "override AMONG: u32;\nfn is_active(i: u32, tick: u32) -> bool { return (i + tick) % AMONG == 0u; }\n",
            names: &["AMONG"],
        }
    }
}

/// A flood that rises by a node a tick, from node 0 on: a fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Flood {
    /// The tick in which it begins.
    from: u32,
}

impl Part for Flood {
    fn place(&self) -> Place {
        Place::section("flood")
    }

    fn stage(&self) -> Stage {
        Stage::Faults
    }

    fn brings_down(&self) -> bool {
        true
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let missing = |_| Error::invalid("flood", "finds no column that says who is up");
        let status = draft.foreign("faults.status").map_err(missing)?;
        draft.counts_messages();
        draft.step(FloodStep {
            status,
            from: self.from,
        });
        Ok(())
    }
}

#[derive(Debug)]
struct FloodStep {
    status: ColumnId,
    from: u32,
}

const FLOOD: &str = "@group(2) @binding(0) var<storage, read_write> status: array<u32>;\noverride FROM: u32;\n\
    @compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3<u32>) {\n\
    let i = clock.first + id.y * ROW + id.x;\n\
    if (i >= clock.end || control.stopped != 0u) { return; }\n\
    if (clock.tick >= FROM && i <= clock.tick - FROM) { status[i] |= 2u; }\n}\n";

impl Step for FloodStep {
    fn name(&self) -> &'static str {
        "flood"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![Binding::new(0, self.status, Access::Update)]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![Module::new("mine/flood", FLOOD).with("FROM", self.from)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let Some(height) = view.tick.checked_sub(self.from) else {
            return;
        };
        for (node, status) in block.zip(outputs[0][0].iter_mut()) {
            if node <= height {
                *status |= bits::KILLED;
            }
        }
    }

    fn rests(&self, tick: u32) -> bool {
        tick < self.from
    }

    fn describe(&self) -> String {
        format!("a flood from tick {} on", self.from)
    }
}

fn registry() -> Registry {
    let mut registry = Registry::standard();
    let mine = registry.tagged::<Mine>("consensus", "rule", "mine").unwrap();
    mine.about("Nodes count whom they hear.")
        .standard("", "kind = \"ring\"");
    registry.section::<Flood>("flood").unwrap();
    registry.topology::<Strides>("strides").unwrap();
    registry.timing::<Turns>("turns").unwrap();
    registry
}

/// All of them at once.
const TEXT: &str = "agents = 700\nticks = 12\nmeasure.every = 1\n[topology]\nkind = \"strides\"\nstride = 3\n\
    [timing]\nkind = \"turns\"\namong = 4\n[consensus]\nrule = \"mine\"\n[flood]\nfrom = 5\n";

fn parse(text: &str) -> Result<Scenario, Error> {
    Scenario::from_toml_with(&registry(), "mine.toml", text)
}

fn rows(scenario: &Scenario, device: &dyn Device) -> Vec<Measurement> {
    let swarm = Swarm::build(scenario, Path::new("")).unwrap();
    let mut simulation = Simulation::load(swarm, device).unwrap();
    assert_eq!(simulation.run().unwrap().outcome, Outcome::Ticks);
    simulation.measurements().to_vec()
}

/// What all of it comes to, said without any of it.
fn account(tick: u32, before: &[u32]) -> Vec<u32> {
    let n = 700u32;
    let is_up = |i: u32| tick < 5 || i > tick - 5;
    let acts = |i: u32| (i + tick).is_multiple_of(4);
    let hears = |i: u32, j: u32| is_up(i) && is_up(j) && (acts(i) || acts(j));
    let word = |i: u32| {
        let others = [(i + 3) % n, (i + n - 3) % n];
        let count = 1 + others.iter().filter(|&&j| hears(i, j)).count() as u32;
        if is_up(i) { count } else { before[i as usize] }
    };
    (0..n).map(word).collect()
}

#[test]
fn all_of_them_together_do_what_they_say_on_every_device() {
    let scenario = parse(TEXT).unwrap();
    let expected = rows(&scenario, &CpuDevice::new(2).unwrap());
    let up: Vec<u64> = expected.iter().map(|row| row.up).collect();
    assert_eq!(up, [700, 700, 700, 700, 700, 700, 699, 698, 697, 696, 695, 694, 693]);
    let mut state = vec![0; 700];
    for (tick, row) in expected.iter().enumerate().skip(1) {
        state = account(tick as u32 - 1, &state);
        let dead = tick.saturating_sub(5);
        let holds = |opinion: u32| state[dead..].iter().filter(|&&word| word == opinion).count() as u64;
        assert_eq!(row.opinions().unwrap().opinions, [1, 2, 3, 4].map(holds), "tick {tick}");
    }
    #[cfg(feature = "gpu")]
    for gpu in support::gpus() {
        assert_eq!(rows(&scenario, &gpu), expected, "{}", gpu.info().backend);
    }
    assert_eq!(rows(&scenario, &CpuDevice::new(1).unwrap()), expected);
}

#[test]
fn a_scenario_of_them_is_written_and_read_again() {
    let scenario = parse(TEXT).unwrap();
    let text = scenario.to_toml().unwrap();
    let again = parse(&text).unwrap();
    assert_eq!(again, scenario, "{text}");
    assert_ne!(parse(&text.replace("stride = 3", "stride = 4")).unwrap(), scenario);
    assert_ne!(parse(&text.replace("among = 4", "among = 5")).unwrap(), scenario);
    let message = Scenario::from_toml("ours.toml", TEXT).unwrap_err().to_string();
    assert!(message.contains("strides"), "{message}");
}

#[test]
fn a_network_of_ones_own_is_laid_over_one_of_ours() {
    let overlay = "kind = \"strides\"\nstride = 3\n";
    let text = TEXT.replace(&format!("[topology]\n{overlay}"), "");
    let text = format!("topology = [{{ kind = \"ring\" }}, {{ kind = \"strides\", stride = 2 }}]\n{text}");
    let scenario = parse(&text).unwrap();
    assert_eq!(parse(&scenario.to_toml().unwrap()).unwrap(), scenario);
    let plan = Swarm::plan(&scenario, Path::new("")).unwrap();
    assert_eq!(plan.topology.neighbours_of(0), [1, 2, 698, 699]);
    let expected = rows(&scenario, &CpuDevice::new(1).unwrap());
    #[cfg(feature = "gpu")]
    for gpu in support::gpus() {
        assert_eq!(rows(&scenario, &gpu), expected, "{}", gpu.info().backend);
    }
}

#[track_caller]
fn refused<T>(found: Result<T, Error>, says: &[&str]) {
    let message = found.err().expect("it is taken").to_string();
    assert!(says.iter().all(|part| message.contains(part)), "{message}");
}

#[test]
fn what_is_wrong_with_them_is_said_as_of_ours() {
    refused(
        parse(&TEXT.replace("stride = 3", "strid = 3")),
        &["topology.strid is no known key", "did you mean 'stride'?"],
    );
    refused(
        parse(&TEXT.replace("among = 4", "among = 0")),
        &["timing.among is 0", "from 1 to 1_000"],
    );
    refused(
        parse(&TEXT.replace("strides", "stride")),
        &["topology.kind", "did you mean 'strides'?"],
    );
    refused(
        Swarm::plan(
            &parse(&TEXT.replace("agents = 700", "agents = 5")).unwrap(),
            Path::new(""),
        ),
        &[
            "agents is 5, but the topology 'strides' has other numbers of nodes",
            "7",
        ],
    );
}

/// Two parts that note something each: one of them would be heard.
#[test]
fn what_only_one_part_can_say_two_are_refused_for_by_name() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    struct Diary {}
    impl Part for Diary {
        fn place(&self) -> Place {
            Place::section("diary")
        }

        fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
            let column = draft.column("diary.noted", Extent::Node, false);
            draft.note(column, "write");
            Ok(())
        }
    }
    let mut registry = registry();
    registry.section::<Diary>("diary").unwrap();
    let with = |consensus: &str| {
        let text = format!("agents = 50\nticks = 3\ntopology = {{ kind = \"ring\" }}\n[diary]\n{consensus}");
        let scenario = Scenario::from_toml_with(&registry, "diary.toml", &text).unwrap();
        Swarm::plan(&scenario, Path::new(""))
    };
    assert!(with("").is_ok());
    let rumour = "[consensus]\nrule = \"rumour\"\nkind = \"push-pull\"\nfrom = \"neighbours\"\n";
    refused(
        with(rumour),
        &["[consensus]", "[diary]", "Draft::note", "leave one of the two out"],
    );
}

#[test]
fn a_kind_that_is_taken_is_refused_by_name() {
    let mut registry = registry();
    let networks: Vec<(&str, String)> = registry.networks().collect();
    assert_eq!(networks.len(), 1);
    assert_eq!(networks[0].0, "strides");
    assert!(networks[0].1.contains("linked to i ± stride"), "{networks:?}");
    refused(
        registry.topology::<Strides>("strides"),
        &["topology.kind = \"strides\"", "registered already"],
    );
    refused(
        registry.topology::<Strides>("ring"),
        &["topology.kind = \"ring\"", "the library's"],
    );
    refused(registry.topology::<Strides>("a b"), &["\"a b\"", "letters"]);
    refused(
        registry.timing::<Turns>("turns"),
        &["timing.kind = \"turns\"", "registered already"],
    );
    refused(
        registry.timing::<Turns>("golden"),
        &["timing.kind = \"golden\"", "the library's"],
    );
}

#[test]
fn a_rule_of_ones_own_has_a_standard_form_as_ours_have() {
    let registry = Arc::new(registry());
    let form = registry
        .standard_forms()
        .find(|form| form.place.name() == "mine")
        .unwrap();
    assert!(
        form.scenario().contains("[consensus]\nrule = \"mine\""),
        "{}",
        form.scenario()
    );
    assert!(parse(&form.scenario()).is_ok());
    let topology = standard_network(&form, 1000).unwrap().build().unwrap();
    let ticks = Tick::of(&form, &registry);
    assert_eq!(ticks.len(), 1);
    let plan: Plan = ticks[0].plan(&topology).unwrap();
    assert_eq!((plan.steps[0].name(), plan.nodes()), ("heard", 1000));
    // Those of ours are there, too, each by its own words.
    for form in Registry::standard().standard_forms() {
        assert!(parse(&form.scenario()).is_ok(), "{}", form.scenario());
    }
    let schema = registry.schema_at(form.place).unwrap();
    assert_eq!(schema["properties"]["rule"]["const"], "mine");
}

/// What the summary says of a part is the part's to say.
#[test]
fn lines_of_the_summary_are_the_figures_unless_a_part_says_otherwise() {
    #[derive(Debug, PartialEq, Serialize)]
    struct Plain {
        height: u32,
    }
    #[derive(Debug, PartialEq, Serialize)]
    struct Worded;
    impl tetraswarm::gauge::Figures for Plain {
        fn figures(&self) -> Vec<tetraswarm::gauge::Figure> {
            vec![tetraswarm::gauge::Figure::new(
                "height",
                "nodes",
                "How high it stands",
                self.height,
            )]
        }
    }
    impl tetraswarm::gauge::Figures for Worded {
        fn figures(&self) -> Vec<tetraswarm::gauge::Figure> {
            Vec::new()
        }

        fn lines(&self, told: &Told<'_>) -> Vec<Line> {
            vec![(told.part, format!("{} nodes are up", told.row.up))]
        }
    }
    let mut row = Measurement::default();
    row.up = 3;
    let told = Told {
        part: "flood",
        row: &row,
        first: &row,
        spread: None,
        has_faults: false,
        is_conserved: false,
    };
    let of = |reading: tetraswarm::gauge::Reading| reading.lines(&told);
    let plain = tetraswarm::gauge::Reading::new("flood", Plain { height: 7 });
    assert_eq!(of(plain), [("flood", "height 7".to_owned())]);
    let worded = tetraswarm::gauge::Reading::new("flood", Worded);
    assert_eq!(of(worded), [("flood", "3 nodes are up".to_owned())]);
}
