//! Cells that work and agree: their beliefs follow their loads, no load is lost, and a cell that forgets its tasks forgets its belief.

use crate::support;

use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::fault::bits;
use tetraswarm::gauge::Measurement;
use tetraswarm::part::work::state;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

const TICKS: u32 = 60;

/// Everything that can go wrong with cells, and cells that are reset.
const FAULTS: &str = "[faults]\nloss = 0.1\ncrash = 0.1\nrecovery = 0.4\nstate = \"reset\"\n\
    liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"against\" } }\n\
    events = [{ kind = \"kill\", tick = 9, who = { kind = \"share\", share = 0.2 } }, { kind = \"revive\", tick = 30 }, \
    { kind = \"partition\", tick = 20, along = { kind = \"ranges\", starts = [20] } }]\n";

fn scenario(signal: &str, faults: &str) -> Scenario {
    let text = format!(
        "agents = 256\nticks = {TICKS}\nseed = 3\ntopology = {{ kind = \"tetrahedral\" }}\ntiming = {{ kind = \"golden\", rate = 0.5 }}\n\
         measure.every = 1\n[consensus]\nrule = \"tracking\"\nsignal = {signal}\nstart = {{ kind = \"uniform\", low = -5, high = 20 }}\n\
         [work]\nqueue = 8\nneed = {{ kind = \"geometric\", mean = 4 }}\nerror = 0.05\n\
         [work.arrivals]\nload = 0.9\nplace = {{ kind = \"hot-spots\", share = 0.2, multiple = 5 }}\n{faults}"
    );
    Scenario::from_toml("concert", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn load(scenario: &Scenario, device: &dyn Device) -> Simulation {
    Simulation::load(Swarm::build(scenario, Path::new("")).unwrap(), device).unwrap()
}

fn signed(simulation: &mut Simulation, column: &str) -> Vec<i64> {
    let words = simulation.column(column).unwrap();
    words.into_iter().map(|word| i64::from(word as i32)).collect()
}

fn loads(simulation: &mut Simulation) -> Vec<i64> {
    let words = simulation.column("work.state").unwrap();
    words.into_iter().map(|word| state::load(word).into()).collect()
}

/// Σ belief(t) = Σ load(t − 1) + Σ start at every tick where nothing goes wrong; with faults, node by node, what each has taken in.
#[test]
fn beliefs_follow_the_load_before_the_tick() {
    for faults in ["", FAULTS] {
        let mut simulation = load(&scenario("{ kind = \"load\" }", faults), &CpuDevice::new(2).unwrap());
        let start = signed(&mut simulation, "consensus.belief");
        let (mut seen, mut forgotten, mut before) = (start.clone(), 0, loads(&mut simulation));
        assert!(before.iter().all(|&load| load == 0));
        for tick in 0..TICKS {
            let beliefs = signed(&mut simulation, "consensus.belief");
            simulation.run_until(tick + 1, |_| ControlFlow::Continue(())).unwrap();
            let (status, members) = match faults {
                "" => (vec![0; 64], vec![0; 256]),
                _ => ["faults.status", "faults.members"]
                    .map(|name| simulation.column(name).unwrap())
                    .into(),
            };
            for cell in 0..64 {
                let up = (0..4)
                    .map(|m| members[m * 64 + cell])
                    .filter(|word| word & bits::DOWN == 0);
                let up: Vec<u32> = up.collect();
                if !up.is_empty() && up.iter().all(|word| word & bits::FRESH != 0) {
                    forgotten += beliefs[cell] - seen[cell];
                    seen[cell] = 0;
                }
                if status[cell] & bits::DOWN == 0 {
                    seen[cell] = start[cell] + before[cell];
                }
            }
            assert_eq!(signed(&mut simulation, "consensus.seen"), seen, "tick {tick}, {faults}");
            let sum: i64 = signed(&mut simulation, "consensus.belief").iter().sum();
            assert_eq!(sum, seen.iter().sum::<i64>() - forgotten, "tick {tick}, {faults}");
            if faults.is_empty() {
                assert_eq!(sum, before.iter().chain(&start).sum::<i64>(), "tick {tick}");
            }
            before = loads(&mut simulation);
        }
        assert!(before.iter().sum::<i64>() > 50, "little to do");
        assert_eq!(forgotten != 0, !faults.is_empty());
    }
}

fn rows(scenario: &Scenario, device: &dyn Device) -> Vec<Measurement> {
    let mut simulation = load(scenario, device);
    simulation.run().unwrap_or_else(|e| panic!("{e}"));
    simulation.measurements().to_vec()
}

#[test]
fn both_parts_have_the_same_state_and_rows_on_every_device() {
    let several = "[{ kind = \"load\", scale = 1000 }, { kind = \"noise\", amplitude = 9 }, \
                   { kind = \"load\", who = { kind = \"range\", first = 3, last = 30 } }]";
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    for (signal, faults) in [
        ("{ kind = \"load\" }", ""),
        (several, ""),
        ("{ kind = \"load\" }", FAULTS),
        (several, FAULTS),
    ] {
        let scenario = scenario(signal, faults);
        let expected = rows(&scenario, &CpuDevice::new(1).unwrap());
        assert_eq!(expected.len(), 1 + TICKS as usize);
        assert_eq!(
            rows(&scenario, &CpuDevice::new(3).unwrap()),
            expected,
            "{signal}, {faults}"
        );
        #[cfg(feature = "gpu")]
        for gpu in &gpus {
            assert_eq!(
                rows(&scenario, gpu),
                expected,
                "{signal}, {faults} on {}",
                gpu.info().backend
            );
        }
    }
}

/// The work of the same cells goes on as if they believed nothing.
#[test]
fn agreement_leaves_the_work_as_it_is() {
    let both = scenario("{ kind = \"load\" }", FAULTS);
    let mut alone = both.clone();
    alone.parts.remove("consensus");
    let state = |scenario: &Scenario| {
        let mut simulation = load(scenario, &CpuDevice::new(2).unwrap());
        simulation.run().unwrap();
        ["work.state", "work.cell", "work.queue", "work.ledger"].map(|name| simulation.column(name).unwrap())
    };
    assert_eq!(state(&both), state(&alone));
}
