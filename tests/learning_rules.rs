//! What rules of learning come to, against theory and published values: laws of one tick, regrets, patterns, shares of work.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use tetraswarm::Simulation;
use tetraswarm::column::Extent;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::learned::prepare_export;
use tetraswarm::part::learning::{Learnt, STRATEGY, Searched, Weights};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

fn reference() -> serde_json::Value {
    serde_json::from_str(include_str!("reference/learning.json")).unwrap()
}

fn scenario(nodes: u32, topology: &str, learning: &str, ticks: u32, rest: &str) -> Scenario {
    let text = format!("agents = {nodes}\nticks = {ticks}\n[topology]\n{topology}\n[learning]\n{learning}\n{rest}");
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn simulation(scenario: &Scenario, threads: usize) -> Simulation {
    Simulation::new(scenario, &CpuDevice::new(threads).unwrap()).unwrap()
}

/// What the last rows of runs with the seeds 1..=runs say, on two threads.
fn last_rows(scenario: &Scenario, runs: u32) -> Vec<Learnt> {
    let next = AtomicU32::new(1);
    let work = || {
        let mut rows = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > runs {
                return rows;
            }
            let mut scenario = scenario.clone();
            scenario.seed = seed;
            let row = simulation(&scenario, 1).run().unwrap().measurement;
            rows.push(row.get::<Learnt>().unwrap().clone());
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut rows = work();
        rows.extend(other.join().unwrap());
        rows
    })
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

/// Celis, Krafft, Vishnoi 2017, with the rates of their example.
#[test]
fn regrets_of_social_learning_are_the_published_ones() {
    for (which, idle) in [("social_keep", "keep"), ("social_sit_out", "sit-out")] {
        for entry in reference()[which].as_array().unwrap() {
            let number = |key: &str| entry[key].as_f64().unwrap();
            let learning = format!(
                "rule = {{ kind = \"social\", explore = {}, adopt = {}, from = \"swarm\", idle = \"{idle}\" }}\n\
                 reward = {{ kind = \"bandit\", rates = [0.8, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5] }}",
                number("explore"),
                number("adopt")
            );
            let scenario = scenario(4096, "kind = \"ring\"", &learning, 2000, "[measure]\nevery = 2000");
            let regrets: Vec<f64> = last_rows(&scenario, 10)
                .iter()
                .map(|learnt| learnt.regret.unwrap())
                .collect();
            let (mean, error) = mean_and_error(&regrets);
            let apart = (mean - number("mean")) / error.hypot(number("sem"));
            println!("{which}, {}: {mean:.4} ± {error:.4}: {apart:+.2}", number("adopt"));
            assert!(apart.abs() < 4.0, "{which} {entry}: {mean} ± {error}");
        }
    }
}

/// x'_j = y_j + (1 − Σy) x_j with y_j = ((1 − μ) x_j + μ/m) · (β if j succeeds, else 1 − β).
#[test]
fn one_tick_of_social_learning_follows_its_law() {
    let (explore, adopt, nodes) = (0.2, 0.7, 1 << 18);
    let shares = [0.5, 0.3, 0.15, 0.05];
    for signal in ["common", "own"] {
        // One option that always succeeds, one that never does.
        let rates = [1.0, 0.0, 1.0, 0.0];
        let learning = format!(
            "rule = {{ kind = \"social\", explore = {explore}, adopt = {adopt}, from = \"swarm\" }}\n\
             start = {{ kind = \"shares\", shares = {shares:?} }}\n\
             reward = {{ kind = \"bandit\", signal = \"{signal}\", rates = {rates:?} }}"
        );
        let scenario = scenario(nodes, "kind = \"ring\"", &learning, 1, "");
        let learnt = last_rows(&scenario, 1).remove(0);
        let y: Vec<f64> = (0..4)
            .map(|j| ((1.0 - explore) * shares[j] + explore / 4.0) * if rates[j] > 0.5 { adopt } else { 1.0 - adopt })
            .collect();
        let kept = 1.0 - y.iter().sum::<f64>();
        for (j, (_, found)) in learnt.shares().enumerate() {
            let expected = y[j] + kept * shares[j];
            let error = (expected * (1.0 - expected) / f64::from(nodes)).sqrt();
            assert!(
                (found.unwrap() - expected).abs() < 4.5 * error,
                "{signal} {j}: {found:?} for {expected}"
            );
        }
        // x before the tick: half and .15 hold one of the best.
        assert!((learnt.regret.unwrap() - 0.35).abs() < 1e-5, "{:?}", learnt.regret);
    }
}

/// A sum of rates that is known by hand: nobody ever changes, and the rates change under them.
#[test]
fn regret_is_exact_and_does_not_depend_on_when_it_is_looked_at() {
    let learning = "rule = { kind = \"fixed\" }\nstart = { kind = \"shares\", shares = [0.25, 0.75] }\n\
                    reward = { kind = \"bandit\", rates = [0.75, 0.25], changes = [{ tick = 6, rates = [0.5, 1.0] }] }";
    for every in [1, 3, 100] {
        let scenario = scenario(
            1000,
            "kind = \"ring\"",
            learning,
            10,
            &format!("[measure]\nevery = {every}"),
        );
        let learnt = last_rows(&scenario, 1).remove(0);
        // Six ticks .75 of the nodes miss ½, four ticks a quarter does.
        assert_eq!(learnt.regret, Some((6.0 * 0.375 + 4.0 * 0.125) / 10.0), "{every}");
        assert_eq!(
            (learnt.best_after, learnt.switches, learnt.looks),
            (vec![None, None], 0, 0)
        );
    }
}

/// Fermi imitation between strategies of constant payoffs, well mixed: x' = x + x(1 − x) tanh(s Δ / 2).
#[test]
fn imitation_follows_its_mean_field() {
    for entry in reference()["fermi"].as_array().unwrap() {
        let (product, start) = (entry["product"].as_f64().unwrap(), entry["start"].as_f64().unwrap());
        // On a ring the first strategy brings 2 and the second 0.
        let learning = format!(
            "rule = {{ kind = \"imitation\", strength = {}, from = \"swarm\" }}\nstart = {{ kind = \"shares\", shares = [{start}, {}] }}\n\
             reward = {{ kind = \"game\", payoffs = [[1, 1], [0, 0]] }}",
            product / 2.0,
            1.0 - start
        );
        let scenario = scenario(1 << 20, "kind = \"ring\"", &learning, 40, "[measure]\nevery = 5");
        let mut simulation = simulation(&scenario, 2);
        simulation.run().unwrap();
        for (row, share) in simulation.measurements().iter().zip(entry["share"].as_array().unwrap()) {
            let (_, found) = row.get::<Learnt>().unwrap().shares().next().unwrap();
            let apart = (found.unwrap() - share.as_f64().unwrap()).abs();
            assert!(apart < 0.0075, "{product} at tick {}: {found:?} for {share}", row.tick);
        }
    }
}

/// The spatial game of Nowak and May, *Evolutionary games and spatial chaos*, Nature 359, 1992, as they describe it: each plays with all
/// around it, and takes over what the best of them and itself did.
struct Chaos {
    side: usize,
    defects: Vec<bool>,
    with_self: bool,
}

impl Chaos {
    /// The eight around a node of a torus whose rows go on in the next one.
    fn around(&self, i: usize) -> [usize; 8] {
        let n = self.side * self.side;
        [
            1,
            self.side - 1,
            self.side,
            self.side + 1,
            n - 1,
            n + 1 - self.side,
            n - self.side,
            n - 1 - self.side,
        ]
        .map(|d| (i + d) % n)
    }

    fn step(&mut self) {
        let brings = |own: bool, other: bool| match (own, other) {
            (false, false) => 20,
            (true, false) => 37,
            _ => 0,
        };
        let payoffs: Vec<i32> = (0..self.defects.len())
            .map(|i| {
                let own = self.defects[i];
                let others: i32 = self.around(i).iter().map(|&j| brings(own, self.defects[j])).sum();
                others + if self.with_self { brings(own, own) } else { 0 }
            })
            .collect();
        self.defects = (0..self.defects.len())
            .map(|i| {
                let best = |defects: bool| {
                    let all = self.around(i).into_iter().chain([i]);
                    all.filter(|&j| self.defects[j] == defects).map(|j| payoffs[j]).max()
                };
                // Of equals the first strategy, to cooperate; none is less than any.
                best(true) > best(false)
            })
            .collect();
    }
}

#[test]
fn spatial_chaos_is_that_of_nowak_and_may() {
    for (with_self, expected) in [(true, [9, 25, 41, 81, 253]), (false, [9, 25, 45, 89, 173])] {
        for side in [23, 40] {
            let learning = format!(
                "rule = {{ kind = \"imitation\", how = \"best\" }}\nstart = {{ kind = \"point\", node = {}, strategy = 2 }}\n\
                 reward = {{ kind = \"game\", payoffs = [[20, 0], [37, 0]], self = {with_self} }}",
                side * side / 2
            );
            let topology = format!(
                "kind = \"circulant\"\noffsets = [1, {}, {side}, {}]",
                side - 1,
                side + 1
            );
            let scenario = scenario(side * side, &topology, &learning, 12, "[measure]\nevery = 1");
            let mut simulation = simulation(&scenario, 1);
            let mut plain = Chaos {
                side: side as usize,
                defects: (0..side * side).map(|i| i == side * side / 2).collect(),
                with_self,
            };
            let mut counts = Vec::new();
            for tick in 1..=12 {
                simulation.run_until(tick, |_| ControlFlow::Continue(())).unwrap();
                plain.step();
                let found = simulation.column(STRATEGY).unwrap();
                let defects: Vec<bool> = found.iter().map(|&word| word == 2).collect();
                assert!(defects == plain.defects, "{with_self}, side {side}, tick {tick}");
                counts.push(defects.iter().filter(|defects| **defects).count());
            }
            assert_eq!(
                [1, 2, 3, 5, 10].map(|tick| counts[tick - 1]),
                expected,
                "{with_self}, side {side}"
            );
        }
    }
}

/// The loss that a node of these losses expects.
fn expected(weights: &Weights, losses: &[u32], costs: &[u32]) -> f64 {
    let all = f64::from(weights.total(losses));
    losses
        .iter()
        .zip(costs)
        .map(|(&loss, &cost)| f64::from(weights.of(loss)) / all * f64::from(cost))
        .sum()
}

/// Cesa-Bianchi and Lugosi 2006, theorem 2.2: √(T ln K / 2), whoever chooses the losses.
#[test]
fn hedge_keeps_its_bound_against_adversaries() {
    type Adversary = fn(usize, usize, &[u32]) -> usize;
    let adversaries: [Adversary; 3] = [
        // On the heaviest: the first of the least losses.
        |_, _, losses| losses.iter().position(|&loss| loss == 0).unwrap_or(0),
        |t, _, losses| t % losses.len(),
        |t, all, losses| if t < all / 2 { 0 } else { 1 % losses.len() },
    ];
    for (ticks, many) in [(1000, 4), (1000, 10), (10_000, 10)] {
        let rate = (8.0 * f64::from(many as u32).ln() / ticks as f64).sqrt();
        let weights = Weights::new(rate, true);
        let bound = (ticks as f64 * f64::from(many as u32).ln() / 2.0).sqrt();
        for (which, adversary) in adversaries.iter().enumerate() {
            let (mut losses, mut sums, mut sum) = (vec![0; many], vec![0; many], 0.0);
            for t in 0..ticks {
                let mut costs = vec![0; many];
                costs[adversary(t, ticks, &losses)] = 1;
                sum += expected(&weights, &losses, &costs);
                sums.iter_mut().zip(&costs).for_each(|(sum, cost)| *sum += cost);
                weights.charge(&mut losses, &costs);
            }
            let regret = sum - f64::from(*sums.iter().min().unwrap());
            println!("hedge, {many} for {ticks}, adversary {which}: {regret:.2} of {bound:.2}");
            assert!(regret <= 1.05 * bound, "{many}, {ticks}, {which}: {regret} of {bound}");
        }
    }
}

/// Each node of a swarm that sees its own success alone is a run of EXP3 (Bubeck and Cesa-Bianchi 2012, theorem 3.1): √(2 T K ln K).
#[test]
fn exp3_keeps_its_bound_in_the_mean_and_hedge_with_all_bits_does_better() {
    let ticks = 1000;
    let rates = [0.5, 0.4, 0.7, 0.5, 0.5];
    let regret = |signal: &str, from: &str| {
        let learning = format!(
            "rule = {{ kind = \"hedge\", horizon = {ticks}{from} }}\n\
             reward = {{ kind = \"bandit\", signal = \"{signal}\", rates = {rates:?} }}"
        );
        let scenario = scenario(256, "kind = \"ring\"", &learning, ticks, "[measure]\nevery = 1000");
        last_rows(&scenario, 1).remove(0).regret.unwrap() * f64::from(ticks)
    };
    let bound = (2.0 * f64::from(ticks) * 5.0 * 5f64.ln()).sqrt();
    let (own, common) = (regret("own", ""), regret("common", ""));
    let heard = regret("own", ", from = \"swarm\"");
    println!("EXP3 that hears another: {heard:.1}");
    assert!(heard > 0.0 && heard < own, "{heard} {own}");
    println!(
        "EXP3: {own:.1} of {bound:.1}; with all bits {common:.1} of {:.1}",
        (f64::from(ticks) * 5f64.ln() / 2.0).sqrt()
    );
    assert!(own > 0.0 && own <= bound, "{own} of {bound}");
    assert!(common < own, "{common} {own}");
}

/// Bonabeau, Theraulaz, Deneubourg 1996: whatever the thresholds, δ/α of the nodes are active.
#[test]
fn as_many_work_as_there_is_to_do() {
    for thresholds in ["low = 10", "low = 1, high = 20"] {
        let learning = format!(
            "rule = {{ kind = \"thresholds\", {thresholds}, quit = 0.2 }}\nstart = {{ kind = \"idle\" }}\n\
             reward = {{ kind = \"stimulus\", growth = 1, relief = 3 }}"
        );
        let scenario = scenario(1000, "kind = \"ring\"", &learning, 2000, "[measure]\nevery = 1");
        let mut simulation = simulation(&scenario, 1);
        simulation.run().unwrap();
        let active: Vec<f64> = simulation.measurements()[500..]
            .iter()
            .map(|row| row.get::<Learnt>().unwrap().strategies[0].1 as f64 / 1000.0)
            .collect();
        let (mean, _) = mean_and_error(&active);
        // The stimulus stays bounded, so that over 1500 ticks the mean is within a few thousandths.
        assert!((mean - 1.0 / 3.0).abs() < 0.003, "{thresholds}: {mean}");
    }
}

/// Theraulaz, Bonabeau, Deneubourg 1998: who does a task becomes its specialist; when the specialists are gone, others take it over.
#[test]
fn others_take_over_when_specialists_are_gone() {
    let learning = "rule = { kind = \"thresholds\", low = 5, high = 20, learn = 0.5, forget = 0.05, least = 0.5, most = 50 }\n\
                    start = { kind = \"idle\" }\nreward = { kind = \"stimulus\", tasks = 2, growth = 0.5, relief = 3 }";
    let before = scenario(600, "kind = \"ring\"", learning, 1500, "");
    let mut run = simulation(&before, 1);
    run.run().unwrap();
    // Whose thresholds for the first task have fallen.
    let changes = run.column("learning.thresholds").unwrap();
    let specialists: Vec<usize> = (0..600).filter(|&i| (changes[i] as i32) < 0).collect();
    assert!((50..400).contains(&specialists.len()), "{}", specialists.len());
    let rest = format!(
        "[faults]\nevents = [{{ kind = \"kill\", tick = 1500, who = {{ kind = \"nodes\", nodes = {specialists:?} }} }}]\n\
         [measure]\nevery = 10"
    );
    let after = scenario(600, "kind = \"ring\"", learning, 3000, &rest);
    let mut run = simulation(&after, 1);
    run.run().unwrap();
    let active = |from: u32, until: u32, task: usize| {
        let rows = run
            .measurements()
            .iter()
            .filter(|row| (from..until).contains(&row.tick));
        let values: Vec<f64> = rows
            .map(|row| row.get::<Learnt>().unwrap().strategies[task].1 as f64)
            .collect();
        mean_and_error(&values).0
    };
    // A sixth of all do each, before and after, though fewer are left.
    assert!((active(1000, 1500, 0) - 100.0).abs() < 4.0, "{}", active(1000, 1500, 0));
    assert!(active(1501, 1502, 0) < 50.0, "{}", active(1501, 1502, 0));
    for task in [0, 1] {
        assert!(
            (active(2500, 3000, task) - 100.0).abs() < 4.0,
            "{}",
            active(2500, 3000, task)
        );
    }
}

/// Kiefer 1953: 20 looks find the best of 17,710 points, wherever it is.
#[test]
fn a_search_finds_the_best_of_17710_points_by_20_looks() {
    for peak in [1, 2, 6765, 10_946, 12_345, 17_709, 17_710] {
        let learning =
            format!("rule = {{ kind = \"search\" }}\nreward = {{ kind = \"curve\", points = 17710, peak = {peak} }}");
        let scenario = scenario(6, "kind = \"ring\"", &learning, 21, "[measure]\nevery = 1");
        let mut simulation = simulation(&scenario, 1);
        simulation.run().unwrap();
        let found = |tick: usize| simulation.measurements()[tick].get::<Searched>().unwrap().clone();
        // The second look is the first that can be compared; after the twentieth the better one is known.
        let last = found(20);
        assert_eq!(
            (last.point, last.least, last.greatest),
            (Some(f64::from(peak)), Some(peak), Some(peak)),
            "{peak}"
        );
        assert_eq!(
            (found(20).done, found(21).done, found(21).least),
            (0, 6, Some(peak)),
            "{peak}"
        );
    }
}

/// Alone a node goes astray by noise; with neighbours it goes as most of them say.
#[test]
fn a_majority_searches_better_than_a_node_alone() {
    let off = |offsets: &str, every: u32| {
        let learning =
            "rule = { kind = \"search\" }\nreward = { kind = \"curve\", points = 986, peak = 700, noise = 150 }";
        let topology = format!("kind = \"circulant\"\noffsets = [{offsets}]");
        let mut scenario = scenario(2000, &topology, learning, 20, "");
        if every > 0 {
            scenario = Scenario::from_toml(
                "test",
                &format!("{}\n[faults]\nloss = 0.999999\n", scenario.to_toml().unwrap()),
            )
            .unwrap();
        }
        let mut simulation = simulation(&scenario, 2);
        simulation.run().unwrap();
        let points = simulation.column("learning.point").unwrap();
        points
            .iter()
            .map(|&point| (f64::from(point) - 700.0).abs())
            .sum::<f64>()
            / 2000.0
    };
    let (together, alone) = (off("1, 2, 3, 5, 8, 13", 0), off("1, 2, 3, 5, 8, 13", 1));
    println!("{together:.1} together, {alone:.1} alone");
    assert!(together < 0.7 * alone, "{together} {alone}");
}

/// What was learned is written as a scenario that starts with it: strategies, and what nodes remember besides.
#[test]
fn a_run_starts_with_what_another_learned() {
    let folder = tempfile::tempdir().unwrap();
    let own = "reward = { kind = \"bandit\", signal = \"own\", rates = [0.2, 0.9, 0.4] }";
    for (at, learning) in [
        "rule = { kind = \"social\", from = \"swarm\" }\nreward = { kind = \"bandit\", rates = [0.2, 0.9, 0.4] }"
            .to_owned(),
        format!("rule = {{ kind = \"hedge\", rate = 0.1, from = \"swarm\" }}\n{own}"),
        "rule = { kind = \"thresholds\", learn = 1, forget = 0.5 }\nreward = { kind = \"stimulus\", tasks = 3 }"
            .to_owned(),
        "rule = { kind = \"search\" }\nreward = { kind = \"curve\", points = 17710, peak = 77, noise = 5 }".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let export = folder.path().join(format!("learned-{at}.toml"));
        let asked = format!("{learning}\nexport = {export:?}");
        let scenario = scenario(500, "kind = \"ring\"", &asked, 12, "");
        prepare_export(&scenario).unwrap();
        let mut first = simulation(&scenario, 1);
        first.run().unwrap();
        assert_eq!(tetraswarm::learned::export(&scenario, &mut first).unwrap().len(), 2);
        let text = std::fs::read_to_string(&export).unwrap();
        let next = Scenario::from_toml("learned", &text).unwrap();
        let swarm = Swarm::build(&next, folder.path()).unwrap();
        for (id, column) in swarm.plan.columns.iter().enumerate() {
            // The swarm's own counts begin anew.
            if matches!(column.extent, Extent::Node | Extent::Words(_)) {
                assert_eq!(
                    swarm.initial[id][..],
                    first.column(column.name).unwrap()[..],
                    "{}",
                    column.name
                );
            }
        }
        let error = prepare_export(&scenario).unwrap_err().to_string();
        assert!(
            error.contains("learning.export") && error.contains("overwrite"),
            "{error}"
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_by_its_key() {
    let refusal = |learning: &str| {
        let text = format!("agents = 100\nticks = 5\n[topology]\nkind = \"ring\"\n[learning]\n{learning}\n");
        let planned = Scenario::from_toml("test", &text).and_then(|scenario| Swarm::build(&scenario, Path::new("")));
        planned.map(drop).expect_err(&text).to_string()
    };
    let bandit = "reward = { kind = \"bandit\", rates = [0.5, 0.2] }\n";
    let social = "rule = { kind = \"social\" }\n";
    let game = "reward = { kind = \"game\", payoffs = [[1, 2], [3, 4]] }\n";
    let many = vec!["0.5"; 17].join(", ");
    for (text, parts) in [
        (
            format!("{social}reward = {{ kind = \"bandit\", rates = [{many}] }}"),
            ["rates", "16"],
        ),
        (
            format!("{social}{bandit}strategy = [{{ name = \"a\" }}, {{ name = \"a\" }}]"),
            ["learning.strategy[1].name", "own"],
        ),
        (
            format!("{social}{bandit}strategy = [{{ name = \"a\" }}]"),
            ["learning.strategy", "has 2"],
        ),
        (
            format!("{social}{bandit}strategy = [{{ name = \"a\" }}, {{ name = \"b c\" }}]"),
            ["learning.strategy[1].name", "letters"],
        ),
        (
            format!("rule = {{ kind = \"social\", adopt = 0.4 }}\n{bandit}"),
            ["learning.rule.adopt", "allow"],
        ),
        (
            format!("rule = {{ kind = \"social\", adopt = 1.4 }}\n{bandit}"),
            ["adopt", "1"],
        ),
        (format!("{social}{game}"), ["learning.rule.kind", "bandit"]),
        (
            format!("{social}reward = {{ kind = \"bandit\", rates = [0.5, 1.2] }}"),
            ["rates", "1"],
        ),
        (
            format!(
                "{social}reward = {{ kind = \"bandit\", rates = [0.5, 0.2], changes = [{{ tick = 5, rates = [0.1] }}] }}"
            ),
            ["learning.reward.changes[0].rates", "2 options"],
        ),
        (
            format!(
                "{social}reward = {{ kind = \"bandit\", rates = [0.5], \
                 changes = [{{ tick = 5, rates = [0.1] }}, {{ tick = 5, rates = [0.1] }}] }}"
            ),
            ["learning.reward.changes[1].tick", "order"],
        ),
        (
            format!("rule = {{ kind = \"imitation\", how = \"best\", strength = 2 }}\n{game}"),
            ["learning.rule.strength", "fermi"],
        ),
        (
            format!("rule = {{ kind = \"imitation\", how = \"best\", from = \"swarm\" }}\n{game}"),
            ["learning.rule.from", "fermi"],
        ),
        (
            "rule = { kind = \"imitation\" }\nreward = { kind = \"game\", payoffs = [[1, 2], [3]] }".to_owned(),
            ["learning.reward.payoffs[1]", "2 rows"],
        ),
        (
            "rule = { kind = \"imitation\" }\nreward = { kind = \"game\", payoffs = [[1000000000, 2], [3, 4]] }"
                .to_owned(),
            ["learning.reward.payoffs", "134217728"],
        ),
        (
            format!("rule = {{ kind = \"hedge\" }}\n{bandit}"),
            ["learning.rule.rate", "horizon"],
        ),
        (
            format!("rule = {{ kind = \"hedge\", rate = 0.1, horizon = 5 }}\n{bandit}"),
            ["learning.rule.rate", "leave one"],
        ),
        (
            format!("rule = {{ kind = \"hedge\", rate = 0.1 }}\n{game}"),
            ["learning.rule.kind", "bandit"],
        ),
        (
            format!("rule = {{ kind = \"thresholds\" }}\n{bandit}"),
            ["learning.rule.kind", "stimulus"],
        ),
        (
            "rule = { kind = \"thresholds\", low = 5, high = 3 }\nreward = { kind = \"stimulus\" }".to_owned(),
            ["learning.rule.low", "exchange"],
        ),
        (
            "rule = { kind = \"search\" }\nreward = { kind = \"curve\", points = 100, peak = 3 }".to_owned(),
            ["learning.reward.points", "88 and 143"],
        ),
        (
            "rule = { kind = \"search\" }\nreward = { kind = \"curve\", points = 7, peak = 8 }".to_owned(),
            ["learning.reward.peak", "1 to 7"],
        ),
        (
            format!("rule = {{ kind = \"search\" }}\n{bandit}"),
            ["learning.rule.kind", "curve"],
        ),
        (
            format!("{social}{bandit}export = \"learned.txt\""),
            ["learning.export", ".toml"],
        ),
        (
            format!("{social}{bandit}start = {{ kind = \"shares\", shares = [0.5, 0.4] }}"),
            ["learning.start.shares", "0.9"],
        ),
        (
            format!("{social}{bandit}start = {{ kind = \"shares\", shares = [1] }}"),
            ["learning.start.shares", "2 strategies"],
        ),
        (
            format!("{social}{bandit}start = {{ kind = \"point\", node = 100, strategy = 1 }}"),
            ["learning.start.node", "100 nodes"],
        ),
        (
            format!("{social}{bandit}start = {{ kind = \"point\", strategy = 3 }}"),
            ["learning.start.strategy", "2 strategies"],
        ),
        (
            format!("{social}{bandit}start = {{ kind = \"file\", file = \"none.npz\" }}"),
            ["learning.start.file", "none.npz"],
        ),
        (format!("{social}{bandit}reward2 = 1"), ["reward2", "known"]),
    ] {
        let found = refusal(&text);
        assert!(parts.iter().all(|part| found.contains(part)), "{text}: {found}");
    }
}

/// A table that is not there is not called one of another kind.
#[test]
fn a_missing_start_is_told_as_missing() {
    let text = "name = \"t\"\nagents = 100\nticks = 1\n[topology]\nkind = \"ring\"\n[learning]\nrule = { kind = \"random\" }\n\
                reward = { kind = \"bandit\", rates = [0.5, 0.2] }\nstart = { kind = \"file\", file = \"no.parquet\" }\n";
    let scenario = Scenario::from_toml("t", text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let error = Swarm::build(&scenario, folder.path()).unwrap_err().to_string();
    for part in ["learning.start.file", "no.parquet", "cannot be opened"] {
        assert!(error.contains(part), "{error}");
    }
}
