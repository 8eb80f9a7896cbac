//! Who acts when: counts computed independently, bounds, and what must hold for every kind.

use crate::support::{every_sample, files, links};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::geometry::GOLDEN;
use tetraswarm::number::threshold;
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::{Schedule, Timing};
use tetraswarm::topology::Ids;

/// The multiplier of the literature, ⌊2^32/φ⌋.
const USUAL: u32 = 0x9E37_79B9;

fn schedule(kind: &str, rate: f64, nodes: u32) -> Schedule {
    Timing::named(kind, rate).unwrap().schedule(nodes, 1)
}

/// The least and the most of `ids` that act in a tick, over `ticks` ticks.
fn extremes(ids: impl Iterator<Item = u32> + Clone, ticks: u32, acts: impl Fn(u32, u32) -> bool) -> (usize, usize) {
    let counts = (0..ticks).map(|t| ids.clone().filter(|&i| acts(i, t)).count());
    counts.fold((usize::MAX, 0), |(least, most), count| {
        (least.min(count), most.max(count))
    })
}

/// Of all nodes, over 1200 ticks, computed independently with the multiplier 0x9E3779B9 (`usual`): our rule is that rule
/// with another multiplier, and its counts (`ours`) are the same or closer together.
#[test]
fn published_activation_counts() {
    let carry = [
        (1000, 0.1, (99, 101), (99, 101)),
        (1000, 0.25, (249, 251), (249, 251)),
        (1000, 0.381_966, (381, 382), (381, 382)),
        (4096, 0.0625, (255, 258), (255, 257)),
        (4096, 0.1, (409, 411), (409, 410)),
    ];
    for (nodes, rate, usual, ours) in carry {
        let r = threshold(rate);
        let rule = |i: u32, t: u32| i.wrapping_mul(USUAL).wrapping_add(t.wrapping_mul(r)) < r;
        assert_eq!(
            extremes(0..nodes, 1200, rule),
            usual,
            "the usual multiplier, {rate} of {nodes}"
        );
        let golden = schedule("golden", rate, nodes);
        assert_eq!(
            extremes(0..nodes, 1200, |i, t| golden.is_active(i, t)),
            ours,
            "golden, {rate} of {nodes}"
        );
    }
    let rotation = [
        (1000, 0.1, (99, 101), (99, 101)),
        (1000, 0.25, (250, 251), (250, 251)),
        (1000, 0.381_966, (381, 382), (381, 382)),
        (4096, 0.0625, (256, 258), (255, 257)),
        (4096, 0.1, (408, 411), (408, 411)),
    ];
    for (nodes, rate, usual, ours) in rotation {
        let r = threshold(rate);
        let rule = |i: u32, t: u32| i.wrapping_add(t).wrapping_mul(USUAL) < r;
        assert_eq!(
            extremes(0..nodes, 1200, rule),
            usual,
            "the usual multiplier, {rate} of {nodes}"
        );
        let rotation = schedule("rotation", rate, nodes);
        assert_eq!(
            extremes(0..nodes, 1200, |i, t| rotation.is_active(i, t)),
            ours,
            "rotation, {rate} of {nodes}"
        );
    }
    let equispaced = [
        (1000, 0.1, (100, 101)),
        (1000, 0.25, (250, 250)),
        (1000, 0.381_966, (381, 382)),
        (4096, 0.0625, (256, 256)),
        (4096, 0.1, (409, 410)),
    ];
    for (nodes, rate, expected) in equispaced {
        let equispaced = schedule("equispaced", rate, nodes);
        assert_eq!(
            extremes(0..nodes, 1200, |i, t| equispaced.is_active(i, t)),
            expected,
            "equispaced, {rate} of {nodes}"
        );
    }
    // Computed with our multiplier.
    let golden = schedule("golden", 0.1, 100_000);
    assert_eq!(extremes(0..100_000, 10, |i, t| golden.is_active(i, t)), (9999, 10_002));
}

/// Who is left acts evenly under golden phases, whoever is left.
#[test]
fn published_counts_when_some_are_missing() {
    let first = |kind| {
        let schedule = schedule(kind, 0.1, 4096);
        extremes(0..1000, 100, |i, t| schedule.is_active(i, t))
    };
    assert_eq!(first("golden"), (99, 101));
    assert_eq!(first("equispaced"), (0, 410));
    assert_eq!(first("bit-reversal"), (99, 101));
    let even = |kind| {
        let schedule = schedule(kind, 0.1, 4096);
        extremes((0..4096).step_by(2), 100, |i, t| schedule.is_active(i, t))
    };
    assert_eq!(even("golden"), (203, 206));
    assert_eq!(even("equispaced"), (204, 205));
    assert_eq!(even("bit-reversal"), (0, 410));
}

/// Random kinds spread as their laws say: Bernoulli with a variance of N·p·(1 − p).
#[test]
fn random_counts_follow_their_laws() {
    let counts = |kind| -> Vec<f64> {
        let schedule = schedule(kind, 0.1, 1000);
        (0..1200)
            .map(|t| (0..1000).filter(|&i| schedule.is_active(i, t)).count() as f64)
            .collect()
    };
    let deviation = |counts: &[f64]| (counts.iter().map(|c| (c - 100.0).powi(2)).sum::<f64>() / 1200.0).sqrt();
    let bernoulli = counts("bernoulli");
    // The standard errors of mean and deviation are 0.27 and 0.19; four of each.
    assert!((bernoulli.iter().sum::<f64>() / 1200.0 - 100.0).abs() < 1.1);
    assert!(
        (deviation(&bernoulli) - 9.487).abs() < 0.78,
        "{}",
        deviation(&bernoulli)
    );
    // Ten classes of nodes with random sizes that add up to 1000, so that ten ticks hold each node once.
    let random = counts("random-phase");
    assert_eq!(random[..10].iter().sum::<f64>(), 1000.0);
    assert!((3.0..17.0).contains(&deviation(&random)), "{}", deviation(&random));
}

#[test]
fn golden_counts_stay_within_six_of_the_mean() {
    for nodes in [10, 999, 1000, 4096, 10_946, 65_537, 1 << 17] {
        for rate in [0.01, 0.1, 0.25, 1.0 / 3.0, 0.381_966, 0.5, 0.618_034, 0.9] {
            let golden = schedule("golden", rate, nodes);
            let (least, most) = extremes(0..nodes, 25, |i, t| golden.is_active(i, t));
            let mean = f64::from(nodes) * rate;
            assert!(
                least as f64 >= mean - 6.0 && most as f64 <= mean + 6.0,
                "{rate} of {nodes}: {least} to {most}"
            );
        }
    }
    // Random phases do not: the bound tells the kinds apart.
    let random = schedule("random-phase", 0.1, 1 << 17);
    let (least, most) = extremes(0..1 << 17, 10, |i, t| random.is_active(i, t));
    assert!(most - least > 12, "{least} to {most}");
}

#[test]
fn ring_neighbours_never_coincide_under_rotation() {
    let coincide = |rate: f64| {
        let rotation = schedule("rotation", rate, 5000);
        (0..200).any(|t| (1..5000).any(|i| rotation.is_active(i, t) && rotation.is_active(i - 1, t)))
    };
    for rate in [0.001, 0.2, 0.381_966] {
        assert!(!coincide(rate), "{rate}");
    }
    assert!(coincide(0.39));
    // The bound itself: as long an arc as one golden angle leaves free, and one longer.
    let longest = Schedule::Rotation {
        rate: GOLDEN.wrapping_neg(),
    };
    let longer = Schedule::Rotation {
        rate: GOLDEN.wrapping_neg() + 1,
    };
    let both = |s: Schedule, i| s.is_active(i, 1) && s.is_active(i + 1, 1);
    assert!((0..100_000).chain(u32::MAX - 1000..u32::MAX).all(|i| !both(longest, i)));
    assert!((0..100_000).chain(u32::MAX - 1000..u32::MAX).any(|i| both(longer, i)));
}

/// The gaps between a node's own actions, published for rotation; by the carry rule two at most, next to 1/rate.
#[test]
fn each_node_acts_evenly() {
    let gaps = |schedule: Schedule, i: u32| -> BTreeSet<u32> {
        let times: Vec<u32> = (0..1200).filter(|&t| schedule.is_active(i, t)).collect();
        times.windows(2).map(|pair| pair[1] - pair[0]).collect()
    };
    for (rate, expected) in [
        (0.1, [5, 8, 13]),
        (0.25, [2, 3, 5]),
        (0.381_966, [2, 3, 3]),
        (0.0625, [8, 13, 21]),
    ] {
        let rotation = schedule("rotation", rate, 4096);
        let found: BTreeSet<u32> = (0..4096).flat_map(|i| gaps(rotation, i)).collect();
        assert_eq!(found, expected.into(), "{rate}");
    }
    let mut carried = 0;
    for kind in Timing::KINDS {
        for rate in [0.03, 0.1, 0.3, 0.381_966, 0.5, 0.77] {
            let schedule = schedule(kind, rate, 1000);
            let Schedule::Carry { rate: r, .. } = schedule else {
                continue;
            };
            let turns = |ticks: u32| u64::from(ticks) * u64::from(r);
            for i in 0..1000 {
                let ideal = (1u64 << 32) / u64::from(r);
                assert!(
                    gaps(schedule, i)
                        .iter()
                        .all(|&g| u64::from(g) == ideal || u64::from(g) == ideal + 1),
                    "{kind}"
                );
                for (from, to) in [(0, 7), (5, 36), (100, 1100)] {
                    let count = (from..to).filter(|&t| schedule.is_active(i, t)).count() as u64;
                    let exact = turns(to - from);
                    assert!(
                        (exact >> 32..=exact.div_ceil(1 << 32)).contains(&count),
                        "{kind}, {rate}: {count} in {from}..{to}"
                    );
                }
            }
            carried += 1;
        }
    }
    assert!(carried >= 24);
}

#[test]
fn a_rate_of_one_is_synchronous() {
    for kind in Timing::KINDS {
        assert_eq!(schedule(kind, 1.0, 10), Schedule::Always, "{kind}");
        assert_eq!(schedule(kind, 0.999, 10) == Schedule::Always, kind == "synchronous");
    }
    assert!(Timing::named("unheard-of", 0.5).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// The vectorised masks are the function itself, for runs (which may wrap) and lists.
    #[test]
    fn masks_equal_the_function(
        kind in prop::sample::select(&Timing::KINDS[..]), rate in 0.0001..1.0, nodes in 2..u32::MAX, tick: u32, first: u32,
        list in prop::collection::vec(any::<u32>(), 0..70)
    ) {
        let schedule = schedule(kind, rate, nodes);
        let word = |i| if schedule.is_active(i, tick) { u32::MAX } else { 0 };
        let mut masks = vec![7; list.len()];
        schedule.masks(Ids::List(&list), tick, &mut masks);
        prop_assert_eq!(&masks, &list.iter().map(|&i| word(i)).collect::<Vec<_>>());
        schedule.masks(Ids::Run(first), tick, &mut masks);
        prop_assert_eq!(masks, (0..list.len() as u32).map(|l| word(first.wrapping_add(l))).collect::<Vec<_>>());
    }
}

/// Both ends of every link that has an active end send one message in a tick, and nobody else does.
#[test]
fn measured_messages_are_two_for_each_link_in_use() {
    let folder = files();
    let device = CpuDevice::new(1).unwrap();
    every_sample(3, |label, scenario| {
        let mut simulation = Simulation::load(Swarm::build(scenario, folder.path()).unwrap(), &device).unwrap();
        let links = links(&*simulation.plan().topology);
        let (schedule, nodes) = (simulation.plan().schedule, simulation.plan().nodes());
        for tick in 0..3 {
            simulation.run_until(tick + 1, |_| ControlFlow::Continue(())).unwrap();
            let acts = |i: u32| schedule.is_active(i, tick);
            let used = links.iter().filter(|&&(i, j)| acts(i) || acts(j)).count() as u64;
            let row = simulation.measurements().last().unwrap();
            let active = (0..nodes).filter(|&i| acts(i)).count() as u64;
            assert_eq!(
                (row.tick, row.active, row.messages),
                (tick + 1, active, 2 * used),
                "{label}"
            );
        }
    });
}
