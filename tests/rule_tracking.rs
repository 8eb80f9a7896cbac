//! Dynamic average consensus: beliefs follow the average of inputs that change, and their sum is the inputs' at every tick.

use crate::support;

use crate::support::files;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::fault::bits;
use tetraswarm::gauge::Measurement;
use tetraswarm::number::{Stream, hash_name, multiply_high, stream_key, threefry2x32};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::{Error, Simulation};

fn parse(agents: u32, ticks: u32, topology: &str, tracking: &str, rest: &str) -> Scenario {
    let agents = if agents == 0 {
        String::new()
    } else {
        format!("agents = {agents}\n")
    };
    let text = format!(
        "{agents}ticks = {ticks}\nseed = 11\ntopology = {{ {topology} }}\nmeasure.every = 1\n\
         [consensus]\nrule = \"tracking\"\n{tracking}\n{rest}\n"
    );
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn load(scenario: &Scenario, folder: &Path, device: &dyn Device) -> Simulation {
    Simulation::load(Swarm::build(scenario, folder).unwrap_or_else(|e| panic!("{e}")), device).unwrap()
}

fn cpu() -> CpuDevice {
    CpuDevice::new(2).unwrap()
}

fn advance(simulation: &mut Simulation, tick: u32) {
    simulation
        .run_until(tick, |_| ControlFlow::Continue(()))
        .unwrap_or_else(|e| panic!("{e}"));
}

fn rows(scenario: &Scenario, folder: &Path, device: &dyn Device) -> Vec<Measurement> {
    let mut simulation = load(scenario, folder, device);
    simulation.run().unwrap_or_else(|e| panic!("{e}"));
    simulation.measurements().to_vec()
}

const START: &str = "start = { kind = \"uniform\", low = -1000, high = 3000 }";

/// Three signals at once, as text, and by their definition.
const SIGNALS: &str = "signal = [{ kind = \"step\", tick = 4, by = -800, who = { kind = \"range\", first = 1, last = 5 } }, \
                       { kind = \"drift\", low = -5, high = 40 }, { kind = \"noise\", amplitude = 300 }]";

fn input(base: i64, node: u32, tick: u32) -> i64 {
    // What stands for a signal: its kind, and which of that kind it is, not its place in the list.
    let draw =
        |place: &str, tick: u32| threefry2x32([stream_key(11, Stream::Signal), hash_name(place)], [node, tick])[0];
    let step = if tick >= 4 && (1..=5).contains(&node) { -800 } else { 0 };
    let slope = i64::from(multiply_high(draw("consensus.signal@drift,0", 0), 46)) - 5;
    let noise = i64::from(multiply_high(draw("consensus.signal@noise,0", tick), 601)) - 300;
    base + step + slope * i64::from(tick) + noise
}

const FAULTS: [&str; 6] = [
    "",
    "[faults]\nloss = 0.3",
    "[faults]\ncrash = 0.1\nrecovery = 0.3",
    "[faults]\nloss = 0.1\ncrash = 0.1\nrecovery = 0.3\nstate = \"reset\"",
    "[faults]\nliars = { who = { kind = \"share\", share = 0.2 }, tell = { kind = \"two-faced\", low = -5000, high = 9000 } }",
    "[faults]\nloss = 0.1\ncrash = 0.1\nrecovery = 0.3\nstate = \"reset\"\n\
     liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"random\", low = -5000, high = 5000 } }",
];

const NETWORKS: [(u32, &str); 5] = [
    (37, "kind = \"ring\""),
    (64, "kind = \"hamming\""),
    (30, "kind = \"random-regular\", degree = 8"),
    (50, "kind = \"path\""),
    (0, "kind = \"graph\", file = \"star.txt\""),
];

/// The sum of the beliefs is the sum of the inputs that have been taken in, plus what came from liars, less what was forgotten; a
/// node that is up and honest has taken in its input, which is what the signals say; one that has forgotten everything has
/// neither belief nor input.
#[test]
fn the_sum_of_beliefs_is_the_sum_of_inputs_at_every_tick() {
    let folder = files();
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    for (turn, (agents, network)) in NETWORKS.into_iter().enumerate() {
        for (kind, faults) in FAULTS.into_iter().enumerate() {
            let rounding = ["trunc", "random", "golden", "quasi"][(turn + kind) % 4];
            let timing = ["", "[timing]\nkind = \"bernoulli\"\nrate = 0.4"][turn % 2];
            let tracking = format!("rounding = \"{rounding}\"\n{SIGNALS}\n{START}");
            let label = format!("{network}, {rounding}, {timing}, {faults}");
            let scenario = parse(agents, 20, network, &tracking, &format!("{timing}\n{faults}"));
            let mut simulation = load(&scenario, folder.path(), &cpu());
            let base = simulation.beliefs().unwrap();
            let mut before = base.clone();
            let (mut seen, mut destroyed) = (base.iter().map(|&u| i64::from(u)).collect::<Vec<_>>(), 0);
            for tick in 0..20 {
                advance(&mut simulation, tick + 1);
                let status = match faults {
                    "" => vec![0; base.len()],
                    _ => simulation.column("faults.status").unwrap(),
                };
                for (node, &status) in status.iter().enumerate() {
                    if status & bits::FRESH != 0 && faults.contains("reset") {
                        destroyed += i64::from(before[node]) - seen[node];
                        seen[node] = 0;
                    }
                    if status & (bits::DOWN | bits::LIAR) == 0 {
                        seen[node] = input(base[node].into(), node as u32, tick);
                    }
                }
                let found: Vec<i64> = simulation
                    .column("consensus.seen")
                    .unwrap()
                    .into_iter()
                    .map(|w| i64::from(w as i32))
                    .collect();
                assert_eq!(found, seen, "{label}, tick {tick}");
                before = simulation.beliefs().unwrap();
                let honest = |i: &usize| status[*i] & bits::LIAR == 0;
                let sum: i64 = (0..before.len()).filter(honest).map(|i| i64::from(before[i])).sum();
                let inputs: i64 = (0..before.len()).filter(honest).map(|i| seen[i]).sum();
                let row = simulation.measurements().last().unwrap().beliefs().unwrap();
                assert_eq!(
                    (row.sum, row.inputs, row.forgotten),
                    (sum, inputs, destroyed),
                    "{label}, tick {tick}"
                );
                assert_eq!(sum, inputs + row.injected - destroyed, "{label}, tick {tick}");
            }
            assert_eq!(destroyed != 0, faults.contains("reset"), "{label}");
            let expected = simulation.measurements().to_vec();
            assert_eq!(
                rows(&scenario, folder.path(), &CpuDevice::new(3).unwrap()),
                expected,
                "{label}"
            );
            #[cfg(feature = "gpu")]
            for gpu in gpus.iter().filter(|_| turn == kind && turn % 2 == 1) {
                assert_eq!(
                    rows(&scenario, folder.path(), gpu),
                    expected,
                    "{label} on {}",
                    gpu.info().backend
                );
            }
        }
    }
}

#[test]
fn after_a_step_all_agree_on_the_new_average() {
    let tracking = "signal = { kind = \"step\", tick = 100, by = 640000, who = { kind = \"nodes\", nodes = [3] } }\n\
                    start = { kind = \"point\", value = 64000 }";
    let rows = rows(
        &parse(64, 700, "kind = \"hypercube\"", tracking, ""),
        Path::new(""),
        &cpu(),
    );
    let of = |tick: usize| {
        let beliefs = rows[tick].beliefs().unwrap();
        beliefs.minimum.unwrap()..=beliefs.maximum.unwrap()
    };
    assert!(of(100).end() - of(100).start() <= 8 && of(100).contains(&1000));
    assert!(*of(101).end() > 50_000, "the step has come");
    assert!(of(700).end() - of(700).start() <= 8 && of(700).contains(&11_000));
}

/// Ramps of different slopes: Zhu and Martínez' bound for the first-order estimator is a constant. It settles where what diffuses
/// away in a tick is what the slope adds beyond the mean slope: W·e + (s − mean s) = e, worked out here by iteration.
#[test]
fn ramps_leave_a_constant_error() {
    let tracking = "rounding = \"random\"\nsignal = { kind = \"drift\", low = -2000, high = 4000 }\n\
                    start = { kind = \"uniform\", low = 0, high = 0 }";
    let scenario = parse(32, 3000, "kind = \"hypercube\"", tracking, "");
    let mut simulation = load(&scenario, Path::new(""), &cpu());
    let error = |simulation: &mut Simulation| -> Vec<f64> {
        let beliefs = simulation.beliefs().unwrap();
        let mean = beliefs.iter().map(|&x| f64::from(x)).sum::<f64>() / 32.0;
        beliefs.iter().map(|&x| f64::from(x) - mean).collect()
    };
    advance(&mut simulation, 1500);
    let early = error(&mut simulation);
    advance(&mut simulation, 3000);
    let late = error(&mut simulation);
    let slopes: Vec<f64> = (0..32)
        .map(|i| {
            f64::from(multiply_high(
                threefry2x32(
                    [stream_key(11, Stream::Signal), hash_name("consensus.signal@drift,0")],
                    [i, 0],
                )[0],
                6001,
            )) - 2000.0
        })
        .collect();
    let mean = slopes.iter().sum::<f64>() / 32.0;
    let mut expected = vec![0.0; 32];
    for _ in 0..500 {
        let gained: Vec<f64> = (0..32).map(|i| expected[i] + slopes[i] - mean).collect();
        let flow = |i: usize| (0..5).map(|bit| gained[i ^ 1 << bit] - gained[i]).sum::<f64>() / 6.0;
        expected = (0..32).map(|i| gained[i] + flow(i)).collect();
    }
    // Rounding moves a belief by less than a unit a link and tick, most of which diffuses away.
    let farthest = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(
        farthest(&late, &expected) < 10.0 && farthest(&early, &late) < 10.0,
        "{late:?} for {expected:?}"
    );
    assert!(expected.iter().any(|e| e.abs() > 1000.0));
}

/// A node that was down makes up for all that its input has gained, in the tick in which it is back.
#[test]
fn a_node_that_was_down_catches_up_at_once() {
    let tracking = "rounding = \"trunc\"\nsignal = { kind = \"drift\", low = 100, high = 100 }\nstart = { kind = \"uniform\", low = 0, high = 0 }";
    let events = "[faults]\nevents = [{ kind = \"kill\", tick = 2, who = { kind = \"nodes\", nodes = [0] } }, \
                  { kind = \"revive\", tick = 7, who = { kind = \"nodes\", nodes = [0] } }]";
    let mut simulation = load(&parse(8, 9, "kind = \"ring\"", tracking, events), Path::new(""), &cpu());
    let mut seen = Vec::new();
    for tick in 1..=9 {
        advance(&mut simulation, tick);
        seen.push(simulation.column("consensus.seen").unwrap()[0]);
    }
    assert_eq!(seen, [0, 100, 100, 100, 100, 100, 100, 700, 800]);
    let last = simulation.measurements()[9].beliefs().unwrap();
    assert_eq!((last.sum, last.inputs), (8 * 800, 8 * 800));
}

#[test]
fn another_column_is_followed() {
    let faults = "[faults]\ncrash = 0.2\nrecovery = 0.4";
    let scenario = parse(
        64,
        30,
        "kind = \"hypercube\"",
        &format!("input = \"status\"\n{START}"),
        faults,
    );
    let expected = rows(&scenario, Path::new(""), &cpu());
    let mut simulation = load(&scenario, Path::new(""), &cpu());
    advance(&mut simulation, 30);
    let (status, seen) = (
        simulation.column("faults.status").unwrap(),
        simulation.column("consensus.seen").unwrap(),
    );
    assert!(
        status
            .iter()
            .zip(&seen)
            .all(|(&status, &seen)| status & bits::DOWN != 0 || status == seen)
    );
    assert!(expected[30].beliefs().unwrap().inputs != expected[1].beliefs().unwrap().inputs);
    #[cfg(feature = "gpu")]
    for gpu in support::gpus() {
        assert_eq!(rows(&scenario, Path::new(""), &gpu), expected, "{}", gpu.info().backend);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |tracking: &str, rest: &str| {
        let scenario = parse(64, 1000, "kind = \"ring\"", &format!("{tracking}\n{START}"), rest);
        match Swarm::build(&scenario, Path::new("")) {
            Err(error @ Error::Invalid { .. }) => error.to_string(),
            other => panic!("{tracking}: {:?}", other.map(|_| ())),
        }
    };
    let contains = |message: String, words: &[&str]| {
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    contains(refused("", ""), &["consensus.signal", "missing"]);
    contains(
        refused("input = \"belief\"", ""),
        &["consensus.input", "belief", "none"],
    );
    contains(
        refused("input = \"nothing\"", "[faults]\nloss = 0.1"),
        &["nothing", "status"],
    );
    contains(
        refused(
            "input = \"status\"\nsignal = { kind = \"noise\", amplitude = 1 }",
            "[faults]\nloss = 0.1",
        ),
        &["consensus.input", "leave"],
    );
    contains(
        refused("signal = { kind = \"drift\", low = 3, high = 2 }", ""),
        &["consensus.signal.low", "exchange"],
    );
    contains(
        refused("signal = { kind = \"drift\", low = 0, high = 300000 }", ""),
        &["consensus.signal", "1000 ticks"],
    );
    contains(
        refused("signal = { kind = \"step\", tick = 999, by = -268440000 }", ""),
        &["consensus.signal", "-26844"],
    );
    contains(
        refused(
            "signal = [{ kind = \"noise\", amplitude = 5, who = { kind = \"nodes\", nodes = [64] } }]",
            "",
        ),
        &["consensus.signal[0].who.nodes[0]", "64"],
    );
    // What happens after the last tick does not count.
    let scenario = parse(
        64,
        10,
        "kind = \"ring\"",
        &format!("signal = {{ kind = \"step\", tick = 10, by = -268435456 }}\n{START}"),
        "",
    );
    assert!(Swarm::build(&scenario, Path::new("")).is_ok());
    let again = Scenario::from_toml("again", &scenario.to_toml().unwrap()).unwrap();
    assert_eq!(again, scenario);
}
