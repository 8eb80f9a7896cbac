//! Figures of nobody are not known, on any device: a swarm with nobody up has not agreed, and does not stop. What the dead did counts.

use crate::support::devices;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::Outcome;
use tetraswarm::gauge::Aftermath;
use tetraswarm::gauge::{Measurement, Number};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

/// The rows, how the run ended, and what came of its events: the same on every device.
fn rows(text: &str) -> (Vec<Measurement>, Outcome, Vec<Aftermath>) {
    let scenario = Scenario::from_toml("nobody", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut found: Option<(Vec<Measurement>, Outcome, Vec<Aftermath>)> = None;
    for device in devices() {
        let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
        let mut run = Simulation::load(swarm, &*device).unwrap();
        let outcome = run.run().unwrap().outcome;
        let one = (run.measurements().to_vec(), outcome, run.aftermath().unwrap());
        assert_eq!(found.get_or_insert_with(|| one.clone()), &one, "{}", device.info().name);
    }
    found.unwrap()
}

/// A hundred nodes of which all are killed in tick 3, and, if that is said, revived later.
fn killed(rule: &str, more: &str, bound: u32) -> String {
    format!(
        "name = \"edge\"\nagents = 100\nticks = 500\nseed = 1\ntopology.kind = \"ring\"\n[consensus]\n{rule}\n[measure]\nevery = 1\n\
         [faults]\nevents = [{{ kind = \"kill\", tick = 3, who = {{ kind = \"share\", share = 1.0 }} }}{more}]\n\
         [stop]\nspread = {bound}\n"
    )
}

const AVERAGE: &str = "rule = \"average\"\nrounding = \"random\"\nstart = { kind = \"uniform\", low = 0, high = 1000 }";

/// The figures of a row that are not known.
fn unknown(row: &Measurement) -> Vec<String> {
    let is_unknown = |number: &Number| match number {
        Number::I32(value) => value.is_none(),
        Number::I64(value) => value.is_none(),
        Number::U32(value) => value.is_none(),
        Number::U64(value) => value.is_none(),
        Number::F64(value) => value.is_none(),
        Number::Text(value) => value.is_none(),
    };
    let figures = row.figures().into_iter().filter(|figure| is_unknown(&figure.number));
    figures
        .map(|figure| {
            assert!(figure.may_be_null, "{}", figure.name);
            figure.name.into_owned()
        })
        .collect()
}

#[test]
fn a_swarm_with_nobody_up_has_not_agreed() {
    let (rows, outcome, aftermath) = rows(&killed(AVERAGE, "", 16));
    assert_eq!((rows.len(), outcome), (501, Outcome::Ticks));
    for row in &rows {
        let of_nobody: &[&str] = match row.up {
            0 => &["spread", "minimum", "maximum", "disagreement"],
            _ => &[],
        };
        assert_eq!(unknown(row), of_nobody, "tick {}", row.tick);
        assert_eq!(row.up == 0, row.tick > 3, "tick {}", row.tick);
    }
    let json = serde_json::to_value(&rows[4]).unwrap();
    for key in ["spread", "minimum", "maximum", "disagreement"] {
        assert!(json[key].is_null() && json.get(key).is_some(), "{json}");
    }
    assert_eq!((aftermath[0].recovery, aftermath[0].peak), (None, None));
}

/// A bound that any spread would keep: still nobody has agreed, and those that come back have.
#[test]
fn nobody_stops_whatever_the_rule() {
    let rules = [
        (AVERAGE, &["spread", "minimum", "maximum", "disagreement"][..]),
        (
            "rule = \"majority\"\nkind = \"three-majority\"\nopinions = 3\nfrom = \"swarm\"\nstart = { kind = \"balanced\" }",
            &["spread", "leader", "agreement"],
        ),
        (
            "rule = \"phase\"\ncoupling = 2.0\nstep = 0.4\nfrequencies = { kind = \"constant\", value = 1.0 }\nstart = { kind = \"spread\", width = 2.5 }",
            &["spread", "order", "mean_phase"],
        ),
    ];
    for (rule, of_nobody) in rules {
        let (dead, outcome, _) = rows(&killed(rule, "", 1_000_000));
        assert_eq!((dead.len(), outcome), (501, Outcome::Ticks), "{rule}");
        assert_eq!(unknown(&dead[500]), of_nobody);
        let back = ", { kind = \"revive\", tick = 30, who = { kind = \"share\", share = 1.0 } }";
        let (alive, outcome, _) = rows(&killed(rule, back, 1_000_000));
        assert_eq!((alive.len(), outcome), (32, Outcome::Condition), "{rule}");
        assert!(unknown(&alive[31]).is_empty() && alive[31].spread.is_some(), "{rule}");
    }
}

/// Sixty-four cells, of which the first has done everything, and then the others are killed: Jain's index is 1 in 64, as before.
#[test]
fn fairness_counts_cells_that_are_dead() {
    let text = "name = \"fairness\"\nagents = 256\nticks = 300\ntopology.kind = \"ring\"\n[work]\n\
                need = { kind = \"constant\", ticks = 1 }\narrivals = { load = 0.01, place = { kind = \"one\", cell = 0 } }\n\
                balance = { policy = { kind = \"none\" } }\n[faults]\n\
                events = [{ kind = \"kill\", tick = 299, who = { kind = \"range\", first = 4, last = 255 } }]\n\
                [measure]\nevery = 50\n";
    let (rows, ..) = rows(text);
    let fairness = |row: &Measurement| row.work().unwrap().fairness;
    assert_eq!((fairness(&rows[0]), rows[0].work().unwrap().committed), (None, 0));
    let last = rows.last().unwrap();
    assert_eq!(last.tick, 300);
    assert_eq!((fairness(last), last.up), (Some(1.0 / 64.0), 1));
    assert!(last.work().unwrap().committed > 100);
}
