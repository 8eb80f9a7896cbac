//! The rule `phase`: against two plain accounts of it, against Kuramoto's theory, under faults, and on every device.

#[cfg(feature = "gpu")]
use crate::kernel;
use crate::support;

use crate::support::{files, samples, timing_text};
use std::f64::consts::{PI, TAU};
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
#[cfg(feature = "gpu")]
use tetraswarm::number::{QUARTER_SINES, sine};
#[cfg(feature = "gpu")]
use tetraswarm::part::consensus::RULES;
#[cfg(feature = "gpu")]
use tetraswarm::part::phase::{Coupling, mean_sine};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::{Schedule, Timing};
use tetraswarm::topology::Topology;

const TURN: f64 = 4_294_967_296.0;

/// A scenario; `more` is whole sections.
fn scenario(nodes: u32, ticks: u32, topology: &str, rule: &str, more: &str) -> Scenario {
    let agents = if nodes == 0 {
        String::new()
    } else {
        format!("agents = {nodes}\n")
    };
    let topology = match topology.starts_with('[') {
        true => format!("topology = {topology}"),
        false => format!("[topology]\n{topology}"),
    };
    let text = format!(
        "{agents}ticks = {ticks}\nseed = 11\n{topology}\n[consensus]\nrule = \"phase\"\n{rule}\n{more}\n\
         [measure]\nevery = {}\n",
        ticks.div_ceil(8).max(1)
    );
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn simulation(scenario: &Scenario) -> Simulation {
    Simulation::new(scenario, &CpuDevice::new(2).unwrap()).unwrap()
}

fn order(simulation: &Simulation) -> f64 {
    simulation
        .measurements()
        .last()
        .unwrap()
        .phases()
        .unwrap()
        .order
        .unwrap()
}

/// The order parameter at the end.
fn settled(nodes: u32, time: f64, step: f64, rule: &str, more: &str) -> f64 {
    let rule = format!("step = {step}\n{rule}");
    let mut run = simulation(&scenario(nodes, (time / step) as u32, "kind = \"ring\"", &rule, more));
    run.run().unwrap();
    order(&run)
}

/// The rule as its documentation states it, in wide integers and one node at a time.
struct Plain<'a> {
    topology: &'a dyn Topology,
    schedule: Schedule,
    phases: Vec<u32>,
    turns: Vec<u32>,
    coupling: i128,
    table: Vec<i64>,
    tick: u32,
}

impl<'a> Plain<'a> {
    fn new(swarm: &'a Swarm, radians: f64) -> Self {
        Self {
            topology: &*swarm.plan.topology,
            schedule: swarm.plan.schedule,
            phases: swarm.initial[0].to_vec(),
            turns: swarm.initial[1].to_vec(),
            coupling: 2 * (radians / TAU * 2f64.powi(47) / 32_767.0).round() as i128,
            table: (0..=257)
                .map(|i| (32_767.0 * (PI * f64::from(i.min(256)) / 512.0).sin()).round() as i64)
                .collect(),
            tick: 0,
        }
    }

    /// Quarter by quarter, with the interpolated value rounded to the nearest.
    fn sine(&self, phase: u32) -> i64 {
        let within = i64::from(phase % (1 << 30));
        let x = if phase >> 30 & 1 == 0 {
            within
        } else {
            (1 << 30) - within
        };
        let (i, part) = ((x >> 22) as usize, x & ((1 << 22) - 1));
        let size = self.table[i] + ((self.table[i + 1] - self.table[i]) * part + (1 << 21)).div_euclid(1 << 22);
        if phase >> 31 == 0 { size } else { -size }
    }

    fn step(&mut self) {
        let acts = |i: u32| self.schedule.is_active(i, self.tick);
        let next = (0..self.topology.nodes()).map(|i| {
            let (own, neighbours) = (self.phases[i as usize], self.topology.neighbours_of(i));
            let heard = neighbours.iter().filter(|&&j| acts(i) || acts(j));
            let sum: i64 = heard
                .map(|&j| self.sine(self.phases[j as usize].wrapping_sub(own)))
                .sum();
            let mean = (sum << 16).div_euclid(neighbours.len().max(1) as i64);
            let pull = (i128::from(mean) * self.coupling).div_euclid(1 << 32);
            own.wrapping_add(self.turns[i as usize]).wrapping_add(pull as u32)
        });
        self.phases = next.collect();
        self.tick += 1;
    }
}

#[test]
fn every_topology_and_timing_equals_the_plain_account() {
    let (folder, device) = (files(), CpuDevice::new(2).unwrap());
    let rule = "coupling = 2.5\nfrequencies = { kind = \"lorentz\", width = 0.5 }\nstart = { kind = \"uniform\" }";
    for (k, (nodes, topology)) in samples().into_iter().enumerate() {
        let timing = Timing::KINDS[k % Timing::KINDS.len()];
        let timing = format!("[timing]\n{}", timing_text(timing));
        let scenario = scenario(nodes, 6, &topology, rule, &timing);
        let swarm = Swarm::build(&scenario, folder.path()).unwrap();
        let mut plain = Plain::new(&swarm, 2.5 * 0.05);
        let mut run = Simulation::load(Swarm::build(&scenario, folder.path()).unwrap(), &device).unwrap();
        for tick in 1..=6 {
            run.run_until(tick, |_| ControlFlow::Continue(())).unwrap();
            plain.step();
            assert!(
                run.column("consensus.phase").unwrap() == plain.phases,
                "{topology} of {nodes}, {timing}: tick {tick}"
            );
        }
    }
}

/// How far two phases are apart, in radians.
fn apart(a: f64, b: f64) -> f64 {
    ((a - b + PI).rem_euclid(TAU) - PI).abs()
}

/// What integers lose against real numbers: the error of the sines, 3.3e-5, adds up to at most K · 3.3e-5 · time = 1.3e-3 where
/// neighbouring paths do not part, as they do not once oscillators have locked.
#[test]
fn real_numbers_give_the_same_paths() {
    let (time, step, coupling) = (20.0, 0.05, 2.0);
    for (nodes, topology) in [
        (2, "kind = \"complete\""),
        (30, "kind = \"complete\""),
        (64, "kind = \"hypercube\""),
    ] {
        let rule = format!(
            "coupling = {coupling}\nfrequencies = {{ kind = \"gauss\", sigma = 0.3, mean = 0.5 }}\n\
             start = {{ kind = \"spread\", width = 2.0 }}"
        );
        let scenario = scenario(nodes, (time / step) as u32, topology, &rule, "");
        let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
        let radians = |word: u32| f64::from(word as i32) / TURN * TAU;
        let mut phases: Vec<f64> = swarm.initial[0].iter().map(|&word| radians(word)).collect();
        let turns: Vec<f64> = swarm.initial[1].iter().map(|&word| radians(word)).collect();
        let links: Vec<Vec<u32>> = (0..nodes).map(|i| swarm.plan.topology.neighbours_of(i)).collect();
        let mut run = simulation(&scenario);
        run.run().unwrap();
        for _ in 0..run.tick() {
            let pull = |i: usize| {
                let sum: f64 = links[i].iter().map(|&j| (phases[j as usize] - phases[i]).sin()).sum();
                coupling * step * sum / links[i].len() as f64
            };
            phases = (0..nodes as usize).map(|i| phases[i] + turns[i] + pull(i)).collect();
        }
        for (found, expected) in run.column("consensus.phase").unwrap().into_iter().zip(&phases) {
            let error = apart(radians(found), *expected);
            assert!(error < 1.3e-3, "{topology}: off by {error}");
        }
    }
}

#[test]
fn two_oscillators_lock_where_the_pull_balances_their_difference() {
    // d(θ₁ − θ₀)/dt = Δω − 2K sin(θ₁ − θ₀), each having one neighbour; quantiles ±1/2 of the half width.
    let run = |coupling: f64| {
        let rule = format!(
            "coupling = {coupling}\nfrequencies = {{ kind = \"uniform\", half_width = 0.8 }}\nstart = {{ kind = \"aligned\" }}"
        );
        let mut run = simulation(&scenario(2, 2000, "kind = \"complete\"", &rule, ""));
        run.run().unwrap();
        let phases = run.column("consensus.phase").unwrap();
        f64::from(phases[1].wrapping_sub(phases[0]) as i32) / TURN * TAU
    };
    for coupling in [0.41, 0.5, 1.0, 3.0] {
        let difference = run(coupling);
        assert!(
            (difference.sin() - 0.8 / (2.0 * coupling)).abs() < 1e-4,
            "K = {coupling}: {difference}"
        );
    }
    // Too weak: they drift.
    assert!((run(0.3).sin() - 0.8 / 0.6).abs() > 0.3);
}

#[test]
fn equal_frequencies_come_into_step_on_a_ring() {
    let rule = "coupling = 2.0\nstep = 0.4\nfrequencies = { kind = \"constant\", value = 1.0 }\nstart = { kind = \"spread\", width = 2.5 }";
    let mut run = simulation(&scenario(24, 2000, "kind = \"ring\"", rule, ""));
    let before = order(&run);
    run.run().unwrap();
    let (row, phases) = (
        run.measurements().last().unwrap().clone(),
        run.column("consensus.phase").unwrap(),
    );
    assert!(
        before < 0.95 && row.spread == Some(0) && order(&run) > 0.999_99,
        "{before} {row:?}"
    );
    // The sine tells phases apart by 1/32767 of a radian.
    let furthest = phases
        .iter()
        .map(|phase| phase.wrapping_sub(phases[0]) as i32)
        .map(i32::unsigned_abs)
        .max();
    assert!(
        f64::from(furthest.unwrap()) / TURN * TAU < 24.0 / 32_767.0,
        "{furthest:?}"
    );
    // All turn at their common pace, 0.4 radians a tick.
    run.run_until(2001, |_| ControlFlow::Continue(())).unwrap();
    let turned = run.column("consensus.phase").unwrap()[5].wrapping_sub(phases[5]);
    assert!((f64::from(turned) / TURN * TAU - 0.4).abs() < 1e-3, "{turned}");
}

/// What the noise of sampling takes off r, at the most: as a diffusion D it widens a Lorentz distribution by D.
fn noisy(coupling: f64, width: f64, step: f64, samples: f64) -> f64 {
    let diffusion = coupling * coupling * step / (4.0 * samples);
    (1.0 - 2.0 * (width + diffusion) / coupling).sqrt()
}

/// Kuramoto 1975: r = √(1 − K_c/K) with K_c = 2γ = 1.
#[test]
fn a_million_oscillators_have_the_order_of_theory_within_one_percent() {
    let rule = "coupling = 2.0\nfrom = \"swarm\"\nfrequencies = { kind = \"lorentz\", width = 0.5 }\nstart = { kind = \"aligned\" }";
    let found = settled(1 << 20, 7.0, 0.05, rule, "");
    assert!((found / 0.5f64.sqrt() - 1.0).abs() < 0.01, "{found}");
}

#[test]
fn lorentz_frequencies_have_the_order_of_theory() {
    // The sum of so many unit vectors is off by at most 1/√n.
    let error = 4.0 / f64::from(1 << 16).sqrt();
    for (coupling, time, theory) in [(1.5, 16.0, 0.577_35), (3.0, 6.0, 0.816_50), (4.0, 5.0, 0.866_03)] {
        let (step, samples) = (0.05, 16.0);
        let rule = format!(
            "coupling = {coupling}\nfrom = \"swarm\"\nsamples = {samples}\nfrequencies = {{ kind = \"lorentz\", width = 0.5 }}\n\
             start = {{ kind = \"aligned\" }}"
        );
        let found = settled(1 << 16, time, step, &rule, "");
        let least = noisy(coupling, 0.5, step, samples);
        assert!(
            found > least - error && found < theory + error,
            "K = {coupling}: {found} for {theory}"
        );
    }
    // Below the critical coupling nothing but chance is left.
    let rule = "coupling = 0.5\nfrom = \"swarm\"\nfrequencies = { kind = \"lorentz\", width = 0.5 }\nstart = { kind = \"uniform\" }";
    let found = settled(1 << 16, 20.0, 0.1, rule, "");
    assert!(found < 2.0 * error, "{found}");
}

/// r of a coupling, from r = K r ∫ cos²θ g(K r sin θ) dθ over the half circle.
fn self_consistent(coupling: f64, density: impl Fn(f64) -> f64) -> f64 {
    let mut r = 1.0;
    for _ in 0..200 {
        let sum: f64 = (0..4000)
            .map(|k| PI * ((f64::from(k) + 0.5) / 4000.0 - 0.5))
            .map(|angle| angle.cos().powi(2) * density(coupling * r * angle.sin()))
            .sum();
        r *= coupling * sum * PI / 4000.0;
    }
    r
}

#[test]
fn other_distributions_have_their_own_critical_coupling() {
    let error = 4.0 / f64::from(1 << 16).sqrt();
    let gauss = |x: f64| (-x * x / 2.0).exp() / TAU.sqrt();
    let even = |x: f64| if x.abs() <= 1.0 { 0.5 } else { 0.0 };
    // K_c is 1.5958 and 1.2732.
    let cases = [
        ("gauss\", sigma = 1.0", 2.5, self_consistent(2.5, gauss)),
        ("gauss\", sigma = 1.0", 1.2, 0.0),
        ("uniform\", half_width = 1.0", 1.6, self_consistent(1.6, even)),
        ("uniform\", half_width = 1.0", 1.1, 0.0),
    ];
    for (frequencies, coupling, theory) in cases {
        let start = if theory > 0.0 { "aligned" } else { "uniform" };
        let rule = format!(
            "coupling = {coupling}\nfrom = \"swarm\"\nsamples = 16\nfrequencies = {{ kind = \"{frequencies} }}\n\
             start = {{ kind = \"{start}\" }}"
        );
        let found = settled(1 << 16, 15.0, 0.05, &rule, "");
        // Sampling's diffusion is below 0.005, and lowers r by less than twice that.
        assert!(
            found > theory - error - 0.01 && found < theory + 2.0 * error,
            "{frequencies}, {coupling}: {found} for {theory}"
        );
    }
}

#[test]
fn lost_messages_weaken_the_coupling_by_their_share() {
    let rule = "coupling = 4.0\nfrom = \"swarm\"\nsamples = 16\nfrequencies = { kind = \"lorentz\", width = 0.5 }\nstart = { kind = \"aligned\" }";
    let found = settled(1 << 16, 8.0, 0.05, rule, "[faults]\nloss = 0.5");
    let error = 4.0 / f64::from(1 << 16).sqrt();
    let least = noisy(2.0, 0.5, 4.0 * 0.05, 32.0);
    assert!(found > least - error && found < 0.5f64.sqrt() + error, "{found}");
}

#[test]
fn who_is_down_or_lies_stands_still_and_nobody_hears_the_former() {
    let rule = "coupling = 2.0\nfrequencies = { kind = \"constant\", value = 1.0 }\nstart = { kind = \"spread\", width = 1.0 }";
    let faults = "[faults]\nevents = [{ kind = \"kill\", tick = 3, who = { kind = \"range\", first = 10, last = 19 } }]\n\
                  liars = { who = { kind = \"nodes\", nodes = [40] }, tell = { kind = \"against\" } }\n";
    let mut run = simulation(&scenario(64, 400, "kind = \"ring\"", rule, faults));
    let start = run.column("consensus.phase").unwrap();
    run.run_until(3, |_| ControlFlow::Continue(())).unwrap();
    let before = run.column("consensus.phase").unwrap();
    run.run().unwrap();
    let after = run.column("consensus.phase").unwrap();
    assert_eq!(before[10..20], after[10..20]);
    assert_eq!(start[40], after[40]);
    assert!(
        (0..64)
            .filter(|i| !(10..20).contains(i) && *i != 40)
            .all(|i| before[i] != after[i])
    );
    // A liar that tells each listener the opposite of its own phase does not pull: sin ½ turn is 0. So the rest is a path.
    let rest: Vec<u32> = after[41..].iter().chain(&after[..10]).copied().collect();
    assert!(
        rest.windows(2)
            .all(|pair| (pair[0].wrapping_sub(pair[1]) as i32).unsigned_abs() < 1 << 26),
        "{rest:?}"
    );
}

#[test]
fn a_node_that_forgets_keeps_its_frequency() {
    let rule = "coupling = 0.0\nstep = 0.5\nfrequencies = { kind = \"uniform\", half_width = 2.0 }\nstart = { kind = \"uniform\" }";
    let faults = "[faults]\nstate = \"reset\"\nevents = [{ kind = \"kill\", tick = 1, who = { kind = \"all\" } }, \
                  { kind = \"revive\", tick = 5, who = { kind = \"all\" } }]\n";
    let mut run = simulation(&scenario(100, 8, "kind = \"ring\"", rule, faults));
    let turns = run.column("consensus.frequency").unwrap();
    run.run().unwrap();
    // From 0 in tick 5, three ticks.
    let expected: Vec<u32> = turns.iter().map(|turn| turn.wrapping_mul(3)).collect();
    assert_eq!(run.column("consensus.phase").unwrap(), expected);
    assert_eq!(run.column("consensus.frequency").unwrap(), turns);
}

/// What nodes turn by in a unit of time, in radians, from the column.
fn frequencies(nodes: u32, frequencies: &str) -> Vec<f64> {
    let rule = format!("coupling = 0.0\nstep = 0.001\nfrequencies = {frequencies}\nstart = {{ kind = \"aligned\" }}");
    let swarm = Swarm::build(&scenario(nodes, 1, "kind = \"ring\"", &rule, ""), Path::new("")).unwrap();
    let mut all: Vec<f64> = swarm.initial[1]
        .iter()
        .map(|&word| f64::from(word as i32) / TURN * TAU * 1000.0)
        .collect();
    all.sort_by(f64::total_cmp);
    all
}

#[test]
fn frequencies_are_distributed_as_they_say() {
    let n = 40_000;
    let quantile = |all: &[f64], share: f64| all[(share * f64::from(n)) as usize];
    for (kind, draw, shares, bound) in [
        (
            "lorentz\", width = 0.5",
            "stratified",
            [(0.25, 0.5), (0.5, 1.0), (0.75, 1.5)],
            1e-3,
        ),
        (
            "gauss\", sigma = 2.0",
            "stratified",
            [(0.158_655, -1.0), (0.5, 1.0), (0.841_345, 3.0)],
            1e-3,
        ),
        (
            "uniform\", half_width = 3.0",
            "stratified",
            [(0.1, -1.4), (0.5, 1.0), (0.9, 3.4)],
            1e-3,
        ),
        // Four standard errors of a quantile: 4 √(p(1 − p)/n) / density.
        (
            "lorentz\", width = 0.5",
            "independent",
            [(0.25, 0.5), (0.5, 1.0), (0.75, 1.5)],
            0.03,
        ),
        (
            "gauss\", sigma = 2.0",
            "independent",
            [(0.158_655, -1.0), (0.5, 1.0), (0.841_345, 3.0)],
            0.065,
        ),
        (
            "uniform\", half_width = 3.0",
            "independent",
            [(0.1, -1.4), (0.5, 1.0), (0.9, 3.4)],
            0.065,
        ),
    ] {
        let all = frequencies(n, &format!("{{ kind = \"{kind}, mean = 1.0, draw = \"{draw}\" }}"));
        for (share, expected) in shares {
            let expected = if kind.starts_with("lorentz") {
                1.0 + 0.5 * (PI * (share - 0.5)).tan()
            } else {
                expected
            };
            let found = quantile(&all, share);
            assert!(
                (found - expected).abs() < bound,
                "{kind}, {draw}: {found} for {expected} at {share}"
            );
        }
    }
    assert!(
        frequencies(10, "{ kind = \"constant\", value = -2.5 }")
            .iter()
            .all(|x| (x + 2.5).abs() < 1e-5)
    );
}

#[test]
fn phases_and_frequencies_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("w.txt"),
        "# radians a unit of time\n0.5\n-0.5\n1e1\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("p.txt"), format!("0\n{}\n{}\n", PI / 2.0, -PI / 2.0)).unwrap();
    let rule = |w: &str, p: &str| {
        format!(
            "coupling = 0.0\nstep = 0.5\nfrequencies = {{ kind = \"file\", file = \"{w}\" }}\nstart = {{ kind = \"file\", file = \"{p}\" }}"
        )
    };
    let build = |w: &str, p: &str| Swarm::build(&scenario(3, 1, "kind = \"ring\"", &rule(w, p), ""), folder.path());
    let swarm = build("w.txt", "p.txt").unwrap();
    assert_eq!(swarm.initial[0][..], [0, 1 << 30, 3 << 30]);
    let turns = [0.25, -0.25, 5.0].map(|radians: f64| (radians / TAU * TURN).round() as i64 as u32);
    assert_eq!(swarm.initial[1][..], turns);
    for (text, says) in [
        ("1\n2\n", "2 numbers"),
        ("1\nx\n3\n", ":2"),
        ("1\n2\nnan\n", ":3"),
        ("1\n2e7\n1\n", ":2"),
    ] {
        std::fs::write(folder.path().join("bad.txt"), text).unwrap();
        let error = build("bad.txt", "p.txt").unwrap_err().to_string();
        assert!(
            error.contains("consensus.frequencies.file") && error.contains(says),
            "{error}"
        );
        let error = build("w.txt", "bad.txt").unwrap_err().to_string();
        assert!(
            error.contains("consensus.start.file") && error.contains(says),
            "{error}"
        );
    }
    let error = build("nowhere.txt", "p.txt").unwrap_err().to_string();
    assert!(error.contains("nowhere.txt: no such file"), "{error}");
}

#[test]
fn bad_parameters_are_refused_with_a_remedy() {
    let refuse = |rule: &str| {
        let text = format!("agents = 10\nticks = 1\ntopology.kind = \"ring\"\n[consensus]\nrule = \"phase\"\n{rule}");
        let plan = Scenario::from_toml("test", &text).and_then(|scenario| Swarm::plan(&scenario, Path::new("")));
        plan.unwrap_err().to_string()
    };
    let rest = "frequencies = { kind = \"constant\" }\nstart = { kind = \"aligned\" }\n";
    for (rule, key, says) in [
        ("coupling = -1.0\n", "consensus.coupling", "from 0 to"),
        ("coupling = 100.0\n", "consensus.step", "at most 0.03"),
        ("coupling = 1.0\nstep = 0.6\n", "consensus.step", "0.5"),
        ("coupling = 1.0\nstep = 0.0\n", "consensus.step", "0.5"),
        ("coupling = 1.0\nsamples = 3\n", "consensus.samples", "from = \"swarm\""),
        (
            "coupling = 1.0\nfrom = \"swarm\"\nsamples = 0\n",
            "consensus.samples",
            "from 1 to 64",
        ),
        ("coupling = nan\n", "consensus.coupling", "number"),
    ] {
        let error = refuse(&format!("{rule}{rest}"));
        assert!(error.contains(key) && error.contains(says), "{error}");
    }
    let error =
        refuse("coupling = 1.0\nfrequencies = { kind = \"lorentz\", width = -1.0 }\nstart = { kind = \"aligned\" }\n");
    assert!(error.contains("consensus.frequencies.width"), "{error}");
    let error =
        refuse("coupling = 1.0\nfrequencies = { kind = \"constant\" }\nstart = { kind = \"spread\", width = 7.0 }\n");
    assert!(error.contains("consensus.start.width"), "{error}");
}

#[cfg(feature = "gpu")]
#[test]
fn every_device_has_the_same_rows() {
    let samples = RULES.iter().find(|rule| rule.name == "phase").unwrap().samples;
    let liars = "[faults]\nloss = 0.1\ncrash = 0.02\nrecovery = 0.2\n\
                 liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"two-faced\", low = 0, high = 2000000000 } }\n";
    let timing = "[timing]\nkind = \"golden\"\nrate = 0.4\n";
    let (folder, cpu) = (files(), CpuDevice::new(2).unwrap());
    let topologies = [
        (5000, "kind = \"torus2d\""),
        (1000, "kind = \"hypercube\""),
        (0, "kind = \"graph\"\nfile = \"star.txt\""),
        (300, "kind = \"complete\""),
    ];
    for (k, sample) in samples.iter().enumerate() {
        for (l, more) in ["", liars, timing].into_iter().enumerate() {
            let (nodes, topology) = topologies[(k + l) % topologies.len()];
            let nodes = if topology.contains("hypercube") { 1024 } else { nodes };
            let scenario = scenario(nodes, 30, topology, sample, more);
            let rows = |device: &dyn tetraswarm::device::Device| {
                let swarm = Swarm::build(&scenario, folder.path()).unwrap();
                let mut run = Simulation::load(swarm, device).unwrap();
                run.run().unwrap();
                run.measurements().to_vec()
            };
            let expected = rows(&cpu);
            assert!(
                expected
                    .windows(2)
                    .all(|pair| pair[0].fingerprint != pair[1].fingerprint)
            );
            for gpu in support::gpus() {
                assert_eq!(rows(&gpu), expected, "{topology}, {sample}, {more}");
            }
        }
    }
}

/// The shaders' table is computed: every entry, and sines at the edges and between.
#[cfg(feature = "gpu")]
#[test]
fn the_shaders_have_the_same_sines_and_means() {
    use kernel::{CASES, inputs, library, signatures};
    let sources = |names: &[&str]| names.iter().map(|name| library(name)).collect::<String>();
    // As by the table that a workgroup makes.
    let by_entries = "fn sine(phase: u32) -> i32 { let i = folded(phase) >> 23u; \
                      return interpolated(phase, quarter_sine(i), quarter_sine(min(i + 1u, 256u))); }\n";
    let library = sources(&["number", "sine", "part/phase/pull"]) + by_entries;
    let of = |name: &str| signatures(&library).into_iter().find(|s| s.name == name).unwrap();
    let entries: Vec<u32> = (0..CASES as u32).map(|i| i % 257).collect();
    let any = inputs(1, |_| {});
    // A sum of at most that many sines, in two words, and their number.
    let sums = inputs(3, |x| {
        x[2] = x[2] % ((1 << 28) - 2) + 1;
        let most = 32_767 * i64::from(x[2]);
        let sum = (i64::from(x[1] as i32) << 32 | i64::from(x[0])) % (most + 1);
        (x[0], x[1]) = (sum as u32, (sum >> 32) as u32);
    });
    let coupling = Coupling::new(1.7);
    let mean = |x: &[u32]| mean_sine(i64::from(x[1] as i32) << 32 | i64::from(x[0]), x[2]);
    for gpu in kernel::gpus() {
        let check = |name: &str, inputs: &[u32], twin: &kernel::Function| {
            let constants = [("COUPLING", f64::from(coupling.word()))];
            assert_eq!(gpu.difference(&of(name), &library, &constants, inputs, twin), None);
        };
        check("quarter_sine", &entries, &|x| vec![QUARTER_SINES[x[0] as usize].into()]);
        check("sine", &any, &|x| vec![sine(x[0]) as u32]);
        check("mean_sine", &sums, &move |x| vec![mean(x)]);
        check("pull", &sums, &move |x| vec![coupling.pull(mean(x))]);
    }
}
