//! Nodes that begin to lie and cease to: the same on every device, what honest ones took is accounted for to the unit, and cells whose
//! members lie for a while reject results for a while.

use crate::support::same_on_every_device;
use std::path::Path;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::{Error, Simulation};

const TICKS: u32 = 40;

/// Liars from the start and later, some of whom are honest again; nodes that crash, and forget.
fn faults(tell: &str) -> String {
    format!(
        "loss = 0.05\ncrash = 0.02\nrecovery = 0.2\nstate = \"reset\"\nliars = {{ who = {{ kind = \"share\", share = 0.05 }}, tell = {tell} }}\n\
         events = [{{ kind = \"lie\", tick = 5, name = \"a\", who = {{ kind = \"share\", share = 0.2 }} }}, \
         {{ kind = \"kill\", tick = 9, who = {{ kind = \"share\", share = 0.2 }} }}, {{ kind = \"lie\", tick = 12, who = {{ kind = \"nodes\", nodes = [3, 200] }} }}, \
         {{ kind = \"honest\", tick = 12, who = {{ event = \"a\" }} }}, {{ kind = \"revive\", tick = 25 }}, {{ kind = \"honest\", tick = 30 }}]"
    )
}

fn scenario(topology: &str, parts: &str, faults: &str) -> Scenario {
    let text = format!(
        "agents = 256\nticks = {TICKS}\nseed = 5\ntopology = {topology}\ntiming = {{ kind = \"golden\", rate = 0.7 }}\nmeasure.every = 1\n{parts}\n[faults]\n{faults}\n"
    );
    Scenario::from_toml("lies", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

const TORUS: &str = "{ kind = \"torus2d\" }";

/// Rules, their networks, and what liars tell.
fn rules() -> Vec<(&'static str, String, &'static str)> {
    let number = "{ kind = \"two-faced\", low = -90000, high = 70000 }";
    let start = "start = { kind = \"uniform\", low = -1000, high = 3000 }";
    let of = |rule: &str| format!("[consensus]\nrule = {rule}\n{start}");
    vec![
        (TORUS, of("\"average\"\nrounding = \"trunc\""), number),
        (TORUS, of("\"average\"\nrounding = \"random\""), number),
        ("{ kind = \"random-regular\" }", of("\"average\"\nrounding = \"golden\""), number),
        (TORUS, of("\"tracking\"\nsignal = { kind = \"drift\", low = -7, high = 30 }"), number),
        (TORUS, of("\"pairwise\""), number),
        ("{ kind = \"hamming\" }", of("\"exchange\""), number),
        ("{ kind = \"circulant\", offsets = [1, 2, 3] }", of("\"trimmed\"\nfaults = 1"), number),
        (TORUS, of("\"maximum\""), number),
        (
            TORUS,
            "[consensus]\nrule = \"majority\"\nkind = \"three-majority\"\nfrom = \"neighbours\"\nopinions = 3".into(),
            "{ kind = \"against\" }",
        ),
        (
            TORUS,
            "[consensus]\nrule = \"phase\"\ncoupling = 2.0\nfrequencies = { kind = \"lorentz\", width = 0.5 }\nstart = { kind = \"uniform\" }".into(),
            "{ kind = \"against\" }",
        ),
        (
            "{ kind = \"hypercube\" }",
            "[work]\nerror = 0.05\nneed = { kind = \"geometric\", mean = 3 }\narrivals = { load = 0.8 }".into(),
            "{ kind = \"against\" }",
        ),
    ]
}

#[test]
fn every_rule_has_the_same_state_and_rows_on_every_device() {
    for (topology, parts, tell) in rules() {
        let scenario = scenario(topology, &parts, &faults(tell));
        same_on_every_device(&scenario, TICKS, &parts);
    }
}

/// A run whose audit is broken ends with an error.
#[test]
fn what_was_taken_from_liars_is_accounted_for_to_the_unit() {
    for (topology, parts, tell) in rules() {
        let mut simulation =
            Simulation::new(&scenario(topology, &parts, &faults(tell)), &CpuDevice::new(2).unwrap()).unwrap();
        simulation.run().unwrap_or_else(|e| panic!("{parts}: {e}"));
        if let (Some(first), Some(last)) = (
            simulation.measurements()[0].beliefs(),
            simulation.measurements().last().unwrap().beliefs(),
        ) {
            assert_eq!(last.kept, 0, "all are honest at the end: {parts}");
            let is_conserved = !parts.contains("trimmed") && !parts.contains("maximum");
            if is_conserved {
                assert_ne!((last.injected, last.forgotten), (0, 0), "{parts}");
                let account = last.sum - last.injected + last.forgotten - last.inputs;
                assert_eq!(account, first.sum + first.kept - first.inputs, "{parts}");
            }
        }
    }
}

#[test]
fn a_cell_rejects_results_while_its_members_lie() {
    let events = "liars = { tell = { kind = \"against\" } }\nevents = [{ kind = \"lie\", tick = 10, who = { kind = \"role\", role = \"executor\" } }, \
                  { kind = \"honest\", tick = 25 }]";
    let work = "[work]\nneed = { kind = \"constant\", ticks = 1 }\narrivals = { rate = 0.9, until = 39 }";
    let mut simulation = Simulation::new(
        &scenario("{ kind = \"hypercube\" }", work, events),
        &CpuDevice::new(2).unwrap(),
    )
    .unwrap();
    simulation.run().unwrap();
    let rejected = |tick: u32| {
        let mut rows = simulation.measurements().iter();
        rows.find(|row| row.tick == tick).unwrap().work().unwrap().rejected
    };
    assert_eq!(rejected(10), 0);
    assert!(rejected(25) > 300, "{}", rejected(25));
    assert_eq!(rejected(40), rejected(25));
}

#[test]
fn words_at_both_ends_of_a_link_are_refused_where_lies_change() {
    for (rule, says) in [
        ("rounding = \"quasi\"", ["consensus.rounding is quasi", "golden"]),
        (
            "order = 2\nbeta = 1.5\nrounding = \"trunc\"",
            ["consensus.order is 2", "order 1"],
        ),
    ] {
        let parts = format!(
            "[consensus]\nrule = \"average\"\n{rule}\nstart = {{ kind = \"uniform\", low = -1000, high = 3000 }}"
        );
        let scenario = scenario(TORUS, &parts, &faults("{ kind = \"constant\", value = 1 }"));
        let error = Swarm::build(&scenario, Path::new("")).map(drop).unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error}");
        let text = error.to_string();
        assert!(says.iter().all(|word| text.contains(word)), "{text}");
    }
}
