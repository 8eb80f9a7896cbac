//! `tetraswarm run --explain`: what a run would do, hold and move, without doing it.

pub mod several;
mod work;

use crate::output::later::Later;
use crate::output::text::{bytes, grouped, list};
use crate::output::unused;
use crate::output::wrap::{fitted, wrapped};
use tetraswarm::column::{Access, Binding, ColumnId, Extent};
use tetraswarm::fault::MEMBERS;
use tetraswarm::gauge::{Condition, Relation};
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::step::Step;

/// The widest cells of the table of memory, where it would not fit otherwise.
const WIDEST_NAME: usize = 34;
const WIDEST_EXTENT: usize = 28;

/// The plan, the columns, the memory and the topology's facts.
pub fn text(scenario: &Scenario, plan: &Plan, unused: &[String]) -> String {
    let mut facts = vec![
        ("scenario", format!("{}, seed {}", scenario.name, scenario.seed)),
        (
            "ticks",
            format!(
                "{}{}, measured every {}",
                // Only a stop condition ends it earlier.
                if plan.stop.is_empty() { "" } else { "at most " },
                grouped(plan.ticks),
                grouped(plan.every)
            ),
        ),
    ];
    if !plan.stop.is_empty() {
        let all: Vec<String> = plan.stop.iter().map(|condition| when(plan, condition)).collect();
        facts.push(("stops", format!("when {}", all.join(", and "))));
    }
    facts.extend(topology(plan));
    facts.push(("timing", timing(scenario, plan)));
    facts.extend(work::facts(scenario, plan));
    facts.extend(scenario.parts.iter().flat_map(|part| part.describe(plan)));
    if let Some((faults, liars)) = plan.faults.as_ref().and_then(|faults| Some((faults, faults.liars?))) {
        let from = if faults.lies_change {
            ", at the start; events change who lies"
        } else {
            ""
        };
        facts.push(("liars", format!("{} {}{from}", grouped(liars), faults.all)));
        if faults.members.is_some() && faults.lie.is_none() && scenario.parts.iter().any(|part| part.agents() == 1) {
            facts.push((
                "",
                "they lie about work; what cells tell each other besides is true".to_owned(),
            ));
        }
    }
    if let Some((faults, count)) = plan
        .faults
        .as_ref()
        .and_then(|faults| Some((faults, faults.false_members?)))
    {
        let text = format!(
            "{} {} lie about what their cells tell; a cell lies while two of them are up",
            grouped(count),
            faults.all
        );
        facts.push((if faults.liars.is_some() { "" } else { "liars" }, text));
    }
    let events = plan.faults.iter().flat_map(|faults| &faults.events);
    facts.extend(events.enumerate().map(|(k, event)| {
        let name = if k == 0 { "events" } else { "" };
        (name, format!("tick {}: {}", grouped(event.tick), event.text))
    }));
    facts.extend(Later::of(scenario, plan.ticks).map(Later::fact));
    facts.extend(unused::facts(unused));
    let mut text = list(&facts);

    text.push_str("\nA tick, step by step\n");
    for (k, step) in plan.steps.iter().enumerate() {
        let number = format!("  {}. ", k + 1);
        let rest = " ".repeat(number.len());
        text += &wrapped(&format!("{}: {}", step.name(), step.describe()), &number, &rest);
        text += &wrapped(&accesses(&**step, plan), &rest, &rest);
    }

    text.push_str("\nMemory\n");
    text.push_str(&memory(plan));
    text.push('\n');
    text += &wrapped(
        "That is what the swarm takes. A GPU holds buffers for measurements besides, and the processor what its threads work on: the line memory \
         at a run's end says how much in all.",
        "",
        "",
    );
    let moved = plan.bytes_per_tick();
    // A step of cells reads of a queue what is there: see the steps.
    let (least, note) = match plan.work() {
        Some(_) => ("", ", every column of a step counted once in full; typical is less"),
        None => ("at least ", ""),
    };
    let moves = format!(
        "A tick moves {least}{} ({}), {}{note}.",
        exact(moved),
        bytes(moved),
        each(plan, moved)
    );
    text.push('\n');
    text += &wrapped(&moves, "", "");
    text
}

/// A stop condition in words.
fn when(plan: &Plan, condition: &Condition) -> String {
    let gauge = &plan.gauges[condition.gauge];
    let name = gauge.indicators()[condition.indicator].name;
    let bound = grouped(condition.bound);
    let relation = match condition.relation {
        Relation::AtMost => "at most",
        Relation::AtLeast => "at least",
        Relation::Below => "below",
        Relation::Above => "above",
        Relation::Equal => "exactly",
        Relation::Unequal => "other than",
    };
    match (name, condition.relation) {
        ("outstanding", Relation::AtMost) if condition.bound == 1 => "at most 1 task is outstanding".to_owned(),
        ("outstanding", Relation::AtMost) => format!("at most {bound} tasks are outstanding"),
        ("spread", _) => format!("the spread is {relation} {bound}"),
        _ => format!("{}.{name} is {relation} {bound}", gauge.name()),
    }
}

/// What a node is called.
fn node(plan: &Plan) -> &'static str {
    if plan.has_cells() { "cell" } else { "node" }
}

/// So many bytes for each node, and for each agent where nodes are cells.
fn each(plan: &Plan, all: u64) -> String {
    let nodes = f64::from(plan.nodes().max(1));
    let a_node = all as f64 / nodes;
    match plan.work() {
        Some(_) => format!("{a_node:.2} bytes a cell, {:.2} an agent", a_node / f64::from(MEMBERS)),
        None => format!("{a_node:.2} bytes a node"),
    }
}

fn exact(count: u64) -> String {
    format!("{} bytes", grouped(count))
}

fn topology(plan: &Plan) -> Vec<(&'static str, String)> {
    let founders = plan.topology.of_founders();
    let topology = &*plan.topology;
    let nodes = topology.nodes();
    let neighbours = match (topology.regular_degree(), topology.rows()) {
        (Some(degree), _) => format!("{} each", grouped(degree)),
        (None, Some(rows)) => {
            let degrees = || rows.offsets.windows(2).map(|pair| pair[1] - pair[0]);
            let (least, most) = (degrees().min().unwrap_or(0), degrees().max().unwrap_or(0));
            format!(
                "{} to {}, {:.2} on average",
                grouped(least),
                grouped(most),
                mean_degree(plan)
            )
        }
        (None, None) => match &founders {
            // Places where nobody is have none.
            Some(founders) => format!(
                "{:.2} on average at first, and the family's: at most {}",
                2.0 * founders.links() as f64 / f64::from(founders.nodes().max(1)),
                grouped(topology.slots())
            ),
            None => format!(
                "at most {}, {:.2} on average",
                grouped(topology.slots()),
                mean_degree(plan)
            ),
        },
    };
    let mut facts = vec![("topology", topology.kind().to_owned())];
    match plan.work() {
        Some(_) => {
            let of = |cells: u32| (grouped(u64::from(MEMBERS) * u64::from(cells)), grouped(cells));
            let (founders, places) = (of(topology.founders()), of(nodes));
            let (agents, cells) = match plan.kinship {
                Some(_) => (
                    format!("{} at first, places for {}", founders.0, places.0),
                    format!("{} at first, places for {}", founders.1, places.1),
                ),
                None => places,
            };
            facts.extend([("agents", agents), ("cells", cells)]);
        }
        None => facts.push(("nodes", grouped(nodes))),
    }
    facts.extend([("links", grouped(topology.links())), ("neighbours", neighbours)]);
    if let Some(import) = topology.import() {
        facts.push(("file", crate::output::text::import(import)));
        facts.extend(crate::output::text::parts(topology).map(|parts| ("", parts)));
    }
    facts
}

fn mean_degree(plan: &Plan) -> f64 {
    2.0 * plan.topology.links() as f64 / f64::from(plan.nodes().max(1))
}

/// The scenario's timing in its own words.
fn timing(scenario: &Scenario, plan: &Plan) -> String {
    let timing = serde_json::to_value(&scenario.timing).unwrap_or_default();
    let kind = timing["kind"].as_str().unwrap_or_default().to_owned();
    match timing["rate"].as_f64() {
        Some(rate) => format!("{kind}, a {} acts in {rate} of the ticks", node(plan)),
        None => format!("{kind}, every {} acts in every tick", node(plan)),
    }
}

fn accesses(step: &dyn Step, plan: &Plan) -> String {
    let bindings = step.bindings();
    let names = |access: Access| -> Vec<&str> {
        let of_access = |b: &&Binding| b.access == access;
        bindings
            .iter()
            .filter(of_access)
            .map(|b| plan.columns[b.column.0].name)
            .collect()
    };
    let mut parts: Vec<String> = [
        ("reads", Access::Read),
        ("writes the next", Access::Next),
        ("updates", Access::Update),
        ("folds into", Access::Fold),
    ]
    .into_iter()
    .map(|(verb, access)| (verb, names(access)))
    .filter(|(_, names)| !names.is_empty())
    .map(|(verb, names)| format!("{verb} {}", names.join(", ")))
    .collect();
    if step.reads_links() {
        parts.push("walks the links".to_owned());
    }
    parts.join("; ")
}

fn memory(plan: &Plan) -> String {
    let node = node(plan);
    let mut rows: Vec<Vec<String>> = plan
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let extent = match column.extent {
                Extent::Node => format!("a word a {node}"),
                Extent::Wide => format!("two words a {node}"),
                Extent::Words(words) => format!("{words} words a {node}"),
                Extent::LinkEnd => "a word a link end".to_owned(),
                Extent::Groups(level) => format!("a word for {} {node}s", grouped(256_u64.pow(level))),
                Extent::Swarm(1) => "a word for the swarm".to_owned(),
                Extent::Swarm(words) => format!("{} words for the swarm", grouped(words)),
                Extent::Table(words) => format!("a table of {} words", grouped(words)),
            };
            let copies = if column.doubled { ", old and new" } else { "" };
            vec![
                format!("  column {}", column.name),
                format!("{extent}{copies}"),
                exact(plan.column_bytes(ColumnId(at))),
                String::new(),
            ]
        })
        .collect();
    let stored = plan.topology.stored_bytes();
    let how = if stored == 0 {
        "computed, not stored".to_owned()
    } else {
        format!("a word a link end and a {node}")
    };
    rows.push(vec!["  links".to_owned(), how, exact(stored), String::new()]);
    let all = plan.bytes();
    rows.push(vec!["  all".to_owned(), each(plan, all), exact(all), bytes(all)]);
    fitted(&rows, &[WIDEST_NAME, WIDEST_EXTENT])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use tetraswarm::column::Column;
    use tetraswarm::swarm::Swarm;

    #[test]
    fn columns_of_the_whole_swarm_are_told_by_their_words() {
        let toml = "name = \"test\"\nagents = 10\nticks = 1\n[topology]\nkind = \"ring\"\n[consensus]\nrule = \"average\"\n\
                    start = { kind = \"uniform\", low = 0, high = 9 }\n";
        let scenario = Scenario::from_toml("test", toml).unwrap();
        let mut plan = Swarm::plan(&scenario, Path::new("")).unwrap();
        plan.columns.extend([1, 60_000].map(|words| Column {
            name: if words == 1 { "test.one" } else { "test.counted" },
            extent: Extent::Swarm(words),
            doubled: false,
            fixed: false,
        }));
        let text = memory(&plan);
        let told = |words: &str, bytes: &str| {
            let told = |line: &str| line.contains("  column test.") && line.contains(words) && line.contains(bytes);
            text.lines().any(told)
        };
        assert!(told(" a word for the swarm ", " 4 bytes"), "{text}");
        assert!(told(" 60,000 words for the swarm ", " 240,000 bytes"), "{text}");
    }
}
