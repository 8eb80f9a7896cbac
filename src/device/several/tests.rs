//! Ranges, halos, and the bytes that are moved.

use super::execution::SeveralExecution;
use super::halo::{halos, parted};
use super::order::Order;
use super::wire::{Expected, InProcess, Meanwhile, Parcel, Wire};
use super::{Forecast, SeveralDevices, ranges};
use crate::column::ColumnId;
use crate::device::cpu::CpuDevice;
use crate::device::{Device, Event, Execution};
use crate::error::Error;
use crate::gauge::{Fingerprint, Measurement};
use crate::plan::Plan;
use crate::scenario::{Document, Scenario};
use crate::swarm::Swarm;
use std::collections::VecDeque;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

fn cpus(count: usize) -> Vec<Arc<dyn Device>> {
    (0..count)
        .map(|_| Arc::new(CpuDevice::new(1).unwrap()) as Arc<dyn Device>)
        .collect()
}

fn swarm(nodes: u32, topology: &str) -> Swarm {
    let text = format!(
        "agents = {nodes}\nticks = 9\ntopology = {topology}\n\
         consensus = {{ rule = \"average\", start = {{ kind = \"uniform\", low = 0, high = 999 }} }}\n"
    );
    Swarm::build(&Scenario::from_toml("test", &text).unwrap(), Path::new("")).unwrap()
}

#[test]
fn ranges_follow_each_other_and_are_all() {
    for (nodes, shares, grain) in [
        (100, &[1, 1, 1][..], 1),
        (1000, &[3, 1], 256),
        (7, &[1; 7], 1),
        (u32::MAX - 1, &[u32::MAX, 1], 256),
    ] {
        let all = ranges(nodes, shares, grain);
        assert_eq!((all[0].start, all[all.len() - 1].end), (0, nodes));
        for pair in all.windows(2) {
            assert_eq!(pair[0].end, pair[1].start);
            assert!(pair[0].end.is_multiple_of(grain));
        }
    }
    assert_eq!(ranges(1000, &[3, 1], 1), [0..750, 750..1000]);
}

#[test]
fn a_halo_is_what_is_linked_and_outside() {
    let one = |nodes: Range<u32>| Vec::from([nodes]);
    let ring = swarm(100, "{ kind = \"ring\" }").plan.topology;
    let parts = ranges(100, &[1, 1, 1, 1], 1);
    let parts: Vec<_> = parts.into_iter().map(one).collect();
    let all = halos(&*ring, &parts, None);
    for at in 0..4 {
        // What is found without a look at the others' links.
        let own = halos(&*ring, &parts, Some(at));
        assert_eq!(own[at], all[at]);
        assert!((0..4).all(|to| own[to][at] == all[to][at]));
    }
    // The last of the one before, the first of the one after.
    assert_eq!(all[1], [one(24..25), vec![], one(50..51), vec![]]);
    assert_eq!(all[0], [vec![], one(25..26), vec![], one(99..100)]);
    // On a torus of 10 × 10 a row on either side.
    let torus = swarm(100, "{ kind = \"torus2d\", width = 10 }").plan.topology;
    let halves: Vec<_> = ranges(100, &[1, 1], 1).into_iter().map(one).collect();
    assert_eq!(halos(&*torus, &halves, None)[0], [vec![], vec![50..60, 90..100]]);
    // Of two ranges with one memory, what is between them is at hand.
    let places = [vec![0..30, 70..100], one(30..70)];
    assert_eq!(halos(&*torus, &places, None)[0], [vec![], vec![30..40, 60..70]]);
}

/// Each range with a memory of its own.
fn apart(ranges: &[Range<u32>]) -> Vec<Vec<Range<u32>>> {
    ranges.iter().map(|range| vec![range.clone()]).collect()
}

/// So many devices, each with a memory of its own.
fn alone(count: usize) -> Vec<Vec<usize>> {
    (0..count).map(|at| vec![at]).collect()
}

/// So many ranges alike, each on a CPU.
fn execution(count: usize, swarm: Swarm) -> SeveralExecution {
    let devices: Vec<_> = cpus(count).into_iter().enumerate().collect();
    let ranges = ranges(swarm.plan.nodes(), &vec![1; count], 1);
    SeveralExecution::new(&devices, (apart(&ranges), 1), Box::new(InProcess), swarm).unwrap()
}

/// Runs ticks after which nothing is measured.
fn tick(run: &mut SeveralExecution, ticks: u64) {
    for _ in 0..ticks {
        (0..run.plan().steps.len()).for_each(|step| run.step(step).unwrap());
    }
}

/// By formula: of a ring each range needs two words of others in a tick, of a torus two rows; of fibonacci-chords what is a Fibonacci
/// number away from it. That is foretold, and counted, to the byte.
#[test]
fn bytes_moved_are_those_of_the_halos() {
    let away = |count: u32| {
        let (size, nodes) = (1024 / count, 1024);
        let near = |i: u32| {
            let mut offsets = vec![1u32, 2];
            while let [.., a, b] = offsets[..]
                && a + b < nodes
            {
                offsets.push(a + b);
            }
            let is_within = |j: u32| j % nodes < size;
            // Both ways round.
            offsets
                .iter()
                .any(|&offset| is_within(i + offset) || is_within(i + nodes - offset))
        };
        (size..nodes).filter(|&i| near(i)).count() as u64
    };
    for (topology, words) in [
        ("{ kind = \"ring\" }", None),
        ("{ kind = \"torus2d\", width = 32 }", Some(64)),
        ("{ kind = \"fibonacci-chords\" }", Some(0)),
    ] {
        for count in [1, 2, 4] {
            let swarm = swarm(1024, topology);
            let forecast = Forecast::of(&swarm.plan, &[], &vec!["cpu"; count], (&alone(count), 1)).unwrap();
            let mut run = execution(count, swarm);
            tick(&mut run, 1);
            run.counted.ticks.fill(0);
            tick(&mut run, 5);
            let expected = match words.unwrap_or(2) {
                _ if count == 1 => 0,
                // Stretches with small gaps are brought as one, so that it is a little more.
                0 => forecast.tick()[0] / 4,
                words => words,
            };
            let near = away(count as u32);
            if words == Some(0) && count > 1 {
                assert!(
                    expected >= near && expected <= 1024 - 1024 / count as u64,
                    "{expected}, {near}"
                );
            }
            assert_eq!(forecast.tick(), vec![4 * expected; count], "{topology}, {count} ranges");
            assert_eq!(
                run.counted.ticks,
                vec![5 * 4 * expected; count],
                "{topology}, {count} ranges"
            );
        }
    }
}

/// Whatever the steps: folds, groups, families.
#[test]
fn what_is_foretold_is_what_is_counted() {
    for scenario in [
        "blackout",
        "orchestra",
        "learning",
        "living",
        "resilient",
        "gossip",
        "sync",
    ] {
        let mut document = Document::open(scenario).unwrap();
        document.set("a test", "agents", "4096").unwrap();
        let scenario = document.scenario().unwrap();
        let swarm = || Swarm::build(&scenario, Path::new("")).unwrap();
        let plan = swarm().plan;
        let forecast = Forecast::of(&plan, &[], &["cpu"; 3], (&alone(3), 1)).unwrap();
        let devices: Vec<_> = cpus(3).into_iter().enumerate().collect();
        let ranges = apart(&forecast.ranges);
        let mut run = SeveralExecution::new(&devices, (ranges, 1), Box::new(InProcess), swarm()).unwrap();
        tick(&mut run, 2);
        run.counted.ticks.fill(0);
        tick(&mut run, 3);
        let expected: Vec<u64> = forecast.tick().iter().map(|bytes| 3 * bytes).collect();
        assert_eq!(run.counted.ticks, expected, "{}", scenario.name);
        assert_eq!(run.counted.besides, [0; 3]);
        // The first and the last have one memory: nothing is brought between them.
        let forecast = Forecast::of(&plan, &[], &["cpu"; 3], (&[vec![0, 2], vec![1]], 1)).unwrap();
        let ranges = &forecast.ranges;
        let cuts = vec![vec![ranges[0].clone(), ranges[2].clone()], vec![ranges[1].clone()]];
        let devices: Vec<_> = cpus(2).into_iter().enumerate().collect();
        let mut run = SeveralExecution::new(&devices, (cuts, 1), Box::new(InProcess), swarm()).unwrap();
        tick(&mut run, 2);
        run.counted.ticks.fill(0);
        tick(&mut run, 3);
        let expected: Vec<u64> = forecast.tick().iter().map(|bytes| 3 * bytes).collect();
        assert_eq!(run.counted.ticks, expected, "{}", scenario.name);
        let one = Forecast::of(&plan, &[], &["cpu"; 3], (&[vec![0, 1, 2]], 1)).unwrap();
        assert_eq!(one.tick(), [0]);
    }
}

#[test]
fn orders_are_heard_as_they_are_told() {
    let words = [7, 8, 9];
    for order in [
        Order::Step(3, u32::MAX),
        Order::Tally(9),
        Order::Prints,
        Order::Read(ColumnId(2), 5..1 << 40),
        Order::Write(ColumnId(1), 1 << 33, &words),
        Order::Finish,
    ] {
        assert_eq!(Order::of(&order.words()), Some(order.clone()));
    }
    assert_eq!(Order::of(&Order::End.words()), None);
}

/// Threads that know of each other only what is sent, as processes do.
#[derive(Debug)]
struct Channels {
    rank: usize,
    senders: Vec<Sender<(usize, Arc<Vec<u32>>)>>,
    receiver: Receiver<(usize, Arc<Vec<u32>>)>,
    /// What has arrived before it was asked for.
    early: Vec<VecDeque<Arc<Vec<u32>>>>,
}

impl Channels {
    fn all(count: usize) -> Vec<Self> {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..count).map(|_| channel()).unzip();
        let of = |(rank, receiver)| Self {
            rank,
            senders: senders.clone(),
            receiver,
            early: vec![VecDeque::new(); count],
        };
        receivers.into_iter().enumerate().map(of).collect()
    }

    fn next(&mut self, from: usize) -> Arc<Vec<u32>> {
        while self.early[from].is_empty() {
            let (from, words) = self.receiver.recv().unwrap();
            self.early[from].push_back(words);
        }
        self.early[from].pop_front().unwrap()
    }
}

impl Wire for Channels {
    fn is_here(&self, device: usize) -> bool {
        device == self.rank
    }

    fn swap(
        &mut self,
        parcels: Vec<Parcel>,
        expected: &[Expected],
        meanwhile: Meanwhile<'_>,
    ) -> Result<Vec<Parcel>, Error> {
        for parcel in parcels {
            assert_eq!(parcel.from, self.rank);
            // Whoever has ended listens no more.
            let _ = self.senders[parcel.to].send((parcel.from, parcel.words));
        }
        meanwhile()?;
        let arrived = expected.iter().map(|&Expected { from, to, words: count }| {
            let words = self.next(from);
            assert_eq!((to, words.len()), (self.rank, count));
            Parcel { from, to, words }
        });
        Ok(arrived.collect())
    }

    fn tell(&mut self, order: &[u32]) -> Result<(), Error> {
        let order = Arc::new(order.to_vec());
        for sender in self.senders.iter().skip(1).filter(|_| self.rank == 0) {
            let _ = sender.send((0, Arc::clone(&order)));
        }
        Ok(())
    }

    fn hear(&mut self) -> Result<Vec<u32>, Error> {
        Ok(self.next(0).to_vec())
    }
}

/// Rows, fingerprints of columns, and the words of all.
type End = (Vec<Measurement>, Vec<Fingerprint>, Vec<Vec<u32>>);

/// Of a run whose state is read and overwritten on the way.
fn end(mut run: Box<dyn Execution>) -> End {
    let mut rows = vec![run.measure().unwrap()];
    let mut note = |event: Event<'_>| {
        if let Event::Measured(row) = event {
            rows.push(row.clone());
        }
        ControlFlow::Continue(())
    };
    run.advance(17, &mut note).unwrap();
    let main = run.plan().main();
    let some = run.read_range(main, 300..900).unwrap();
    run.write_range(main, 300, &some).unwrap();
    run.advance(30, &mut note).unwrap();
    let prints = run.fingerprints().unwrap();
    let columns = 0..run.plan().columns.len();
    let columns = columns.map(|column| run.read(ColumnId(column)).unwrap()).collect();
    (rows, prints, columns)
}

/// The end of a run on three processes, whose words at tick 0 are those that each wants, and no more.
fn end_of_three(plan: &dyn Fn() -> Plan, fill: &(dyn Fn(Plan) -> Swarm + Sync), halo: u32) -> End {
    let ranges = ranges(plan().nodes(), &[2, 1, 1], 1);
    std::thread::scope(|scope| {
        let mut all = Channels::all(3)
            .into_iter()
            .zip((0..3).map(|_| plan()))
            .map(|(wire, plan)| {
                let ranges = &ranges;
                move || {
                    let mut plan = plan;
                    if plan.kinship.is_none() {
                        plan.wanted = super::wanted(&plan, (ranges, halo), wire.rank).unwrap();
                    }
                    let own = (wire.rank, Arc::new(CpuDevice::new(1).unwrap()) as Arc<dyn Device>);
                    SeveralExecution::new(&[own], (apart(ranges), halo), Box::new(wire), fill(plan)).unwrap()
                }
            });
        let first = all.next().unwrap();
        all.for_each(|part| {
            scope.spawn(move || part().serve().unwrap());
        });
        end(Box::new(first().leading()))
    })
}

/// What is told and sent between processes is all that they need.
#[test]
fn processes_that_share_nothing_come_to_the_same() {
    for name in ["blackout", "living", "learning", "gossip", "resilient", "sync"] {
        let mut document = Document::open(name).unwrap();
        document.set("a test", "agents", "4096").unwrap();
        document.set("a test", "measure.every", "7").unwrap();
        let scenario = document.scenario().unwrap();
        let plan = || Swarm::plan(&scenario, Path::new("")).unwrap();
        let fill = |plan| Swarm::fill(plan, &scenario, Path::new("")).unwrap();
        let one = end(CpuDevice::new(1).unwrap().load(fill(plan())).unwrap());
        assert!(one == end_of_three(&plan, &fill, 1), "{name}");
    }
}

#[test]
fn nodes_are_parted_by_whether_they_need_words_of_others() {
    let one = |nodes: Range<u32>| Vec::from([nodes]);
    let torus = swarm(65_536, "{ kind = \"torus2d\" }").plan.topology;
    let all = parted(&*torus, &one(16_384..40_000), 1).unwrap();
    // A row at either end, in stretches of 256.
    assert_eq!(all.border, [16_384..16_640, 39_680..40_000]);
    assert_eq!(all.inside, one(16_640..39_680));
    let all = parted(&*torus, &vec![0..32_768, 49_152..65_536], 1).unwrap();
    assert_eq!(all.border, [32_512..32_768, 49_152..49_408]);
    assert_eq!(all.inside, [0..32_512, 49_408..65_536]);
    assert_eq!(parted(&*torus, &one(256..768), 1), None);
    let chords = swarm(65_536, "{ kind = \"hypercube\" }").plan.topology;
    assert_eq!(parted(&*chords, &one(0..32_768), 1), None);
}

/// Whoever needs no words of others is done while these are on their way.
#[test]
fn what_is_done_meanwhile_comes_to_the_same() {
    for rule in [
        "rule = \"average\", rounding = \"golden\"",
        "rule = \"average\", rounding = \"quasi\"",
        "rule = \"maximum\"",
    ] {
        let text = format!(
            "agents = 16384\nticks = 30\ntopology = {{ kind = \"torus2d\", width = 64 }}\nmeasure.every = 7\n\
             consensus = {{ {rule}, start = {{ kind = \"uniform\", low = 0, high = 99999 }} }}\n\
             faults = {{ loss = 0.05, crash = 0.01, recovery = 0.1 }}\n"
        );
        let scenario = Scenario::from_toml("a test", &text).unwrap();
        let plan = || Swarm::plan(&scenario, Path::new("")).unwrap();
        let fill = |plan| Swarm::fill(plan, &scenario, Path::new("")).unwrap();
        assert!(
            execution(3, fill(plan()))
                .parts
                .iter()
                .all(|part| part.parted.is_some())
        );
        let one = end(CpuDevice::new(1).unwrap().load(fill(plan())).unwrap());
        assert!(one == end_of_three(&plan, &fill, 1), "{rule}");
        assert!(one == end(Box::new(execution(3, fill(plan())))), "{rule}");
    }
}

/// Every way in which words at tick 0 are made, by range.
#[test]
fn start_words_are_the_same_by_range() {
    let folder = tempfile::tempdir().unwrap();
    let numbers: String = (0..1024).map(|i| format!("{}\n", (i * 37) % 1000)).collect();
    std::fs::write(folder.path().join("start.txt"), numbers).unwrap();
    for (at, consensus) in [
        "rule = \"average\", start = { kind = \"ramp\", low = -9, high = 999 }",
        "rule = \"average\", start = { kind = \"two-blocks\", low = -9, high = 999 }",
        "rule = \"average\", start = { kind = \"point\", node = 700, value = 999 }",
        "rule = \"average\", start = { kind = \"file\", file = \"start.txt\" }",
        "rule = \"majority\", opinions = 3",
        "rule = \"snow\", opinions = 2",
        "rule = \"rumour\", start = { kind = \"share\", share = 0.1 }",
        "rule = \"phase\", coupling = 1.0, start = { kind = \"uniform\" }, frequencies = { kind = \"gauss\", sigma = 0.1 }",
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!(
            "agents = 1024\nticks = 30\ntopology = {{ kind = \"torus2d\", width = 32 }}\nconsensus = {{ {consensus} }}\n\
             faults = {{ liars = {{ who = {{ kind = \"share\", share = 0.1 }}, tell = {{ kind = \"constant\", value = 500 }} }} }}\n"
        );
        let lies = if at > 3 { text.split("faults").next().unwrap() } else { &*text };
        let scenario = Scenario::from_toml("test", lies)
            .or_else(|_| Scenario::from_toml("test", text.split("faults").next().unwrap()))
            .unwrap_or_else(|error| panic!("{consensus}: {error}"));
        let plan = || Swarm::plan(&scenario, folder.path()).unwrap();
        let fill = |plan| Swarm::fill(plan, &scenario, folder.path()).unwrap();
        let one = end(CpuDevice::new(1).unwrap().load(fill(plan())).unwrap());
        assert!(one == end_of_three(&plan, &fill, 1), "{consensus}");
    }
}

/// Words that are brought every 2 or 5 ticks, over networks whose halo is a band; what is brought is foretold.
#[test]
fn halos_of_any_depth_come_to_the_same() {
    for (topology, more, words) in [
        ("{ kind = \"ring\" }", "", Some(2)),
        ("{ kind = \"torus2d\", width = 16 }", "", Some(32)),
        (
            "{ kind = \"torus2d\", width = 16 }",
            "faults.crash = 0.02\nfaults.recovery = 0.1\n",
            None,
        ),
        (
            "{ kind = \"torus2d\", width = 16 }",
            "timing = { kind = \"golden\", rate = 0.3 }\n",
            None,
        ),
    ] {
        let text = format!(
            "agents = 1024\nticks = 40\ntopology = {topology}\nmeasure.every = 7\n{more}\
             consensus = {{ rule = \"average\", start = {{ kind = \"uniform\", low = 0, high = 999 }} }}\n"
        );
        let scenario = Scenario::from_toml("test", &text).unwrap_or_else(|error| panic!("{topology} {more}: {error}"));
        let plan = || Swarm::plan(&scenario, Path::new("")).unwrap();
        let fill = |plan| Swarm::fill(plan, &scenario, Path::new("")).unwrap();
        let one = end(CpuDevice::new(1).unwrap().load(fill(plan())).unwrap());
        for halo in [1, 2, 5] {
            assert!(
                one == end_of_three(&plan, &fill, halo),
                "{topology} {more} every {halo}"
            );
        }
        if let Some(words) = words {
            let forecast = Forecast::of(&plan(), &[], &["cpu"; 3], (&alone(3), 5)).unwrap();
            assert_eq!(forecast.deep, Some((5, vec![4 * 5 * words; 3])), "{topology}");
            let devices: Vec<_> = cpus(3).into_iter().enumerate().collect();
            let cuts = apart(&forecast.ranges);
            let mut run = SeveralExecution::new(&devices, (cuts, 5), Box::new(InProcess), fill(plan())).unwrap();
            tick(&mut run, 10);
            assert_eq!(run.counted.ticks, [2 * 4 * 5 * words; 3], "{topology}");
        }
    }
    // What adds up over all, or looks anywhere, cannot wait.
    for name in ["orchestra", "gossip", "living"] {
        let mut document = Document::open(name).unwrap();
        document.set("a test", "agents", "4096").unwrap();
        let plan = Swarm::plan(&document.scenario().unwrap(), Path::new("")).unwrap();
        let error = Forecast::of(&plan, &[], &["cpu"; 2], (&alone(2), 5))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("--halo") && error.contains("in every tick, since"),
            "{error}"
        );
    }
}

#[test]
fn what_leaves_nothing_to_a_device_is_refused() {
    let plan = || swarm(4, "{ kind = \"ring\" }").plan;
    let five = SeveralDevices::new(cpus(5), &[]).unwrap();
    let error = five.check(&plan()).unwrap_err().to_string();
    assert!(
        error.contains("5 devices for 4 nodes") && error.contains("at most 4"),
        "{error}"
    );
    let uneven = SeveralDevices::new(cpus(2), &[1, 1000]).unwrap();
    let error = uneven.check(&plan()).unwrap_err().to_string();
    assert!(
        error.contains("--split is 1:1000") && error.contains("leaves none of the 4 nodes to number 1 of the devices"),
        "{error}"
    );
    assert!(SeveralDevices::new(cpus(4), &[]).unwrap().check(&plan()).is_ok());
    for shares in [&[1][..], &[1, 0], &[1, 1, 1]] {
        let error = SeveralDevices::new(cpus(2), shares).unwrap_err().to_string();
        assert!(error.contains("--split"), "{error}");
    }
    assert!(SeveralDevices::new(Vec::new(), &[]).is_err());
}
