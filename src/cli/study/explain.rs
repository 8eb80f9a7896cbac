//! `study --explain`: how many runs, how long, how much memory, by a timed sample.

use crate::output::study::time;
use crate::output::text::{bytes, grouped, list};
use std::time::Instant;
use tetraswarm::Error;
use tetraswarm::device::Halt;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::study::{self, Design, Engine, Role};

/// How many variants are timed.
const SAMPLE: usize = 3;

/// How many variants are listed.
const LISTED: usize = 12;

pub fn text(design: &Design, engine: &Engine<'_>, shard: Option<(u32, u32)>) -> Result<String, Error> {
    let variants = design.variants.len();
    let tuned = design.of_role(Role::Tune).len() + usize::from(design.study.against.is_some());
    // Candidates for a choice are run on the seeds that choose, and what is chosen on the others.
    let winners = design.variants.iter().map(|variant| {
        (
            design.part(variant.id, Role::Level),
            design.part(variant.id, Role::Compare),
        )
    });
    let mut groups: Vec<_> = winners.collect();
    groups.dedup();
    let compared = if design.of_role(Role::Tune).is_empty() {
        variants
    } else {
        groups.len()
    };
    let choosing = if tuned > 0 {
        variants * design.tune_seeds.len()
    } else {
        0
    };
    let mut runs = choosing + compared * design.seeds.len();
    if let Some((_, count)) = shard {
        runs = (variants * (design.tune_seeds.len() + design.seeds.len())).div_ceil(count as usize);
    }
    let mut sample = Vec::new();
    let (mut most, mut side) = (0, 1);
    let alone = CpuDevice::new(1)?;
    for k in 0..variants.min(SAMPLE) {
        let at = if variants <= SAMPLE {
            k
        } else {
            k * (variants - 1) / (SAMPLE - 1)
        };
        let variant = &design.variants[at];
        let jobs = engine.side_by_side(variant.bytes);
        let start = Instant::now();
        let device = if jobs > 1 { &alone } else { engine.device() };
        study::run(
            &design.scenario_of(design.task(at, 0, !design.tune_seeds.is_empty())),
            device,
            &design.figures,
            design.study.twin,
            &Halt::default(),
        )?;
        sample.push(start.elapsed().as_secs_f64() / jobs as f64);
        side = side.max(jobs);
    }
    for variant in &design.variants {
        most = most.max(variant.bytes * engine.side_by_side(variant.bytes) as u64);
    }
    let mean = sample.iter().sum::<f64>() / sample.len().max(1) as f64;
    let figures: Vec<String> = design.figures.iter().map(|figure| figure.title()).collect();
    let mut facts = vec![
        (
            "study",
            format!("{}, of the scenario {}", design.study.name, design.scenario),
        ),
        ("variants", grouped(variants as u64)),
        ("figures", figures.join(", ")),
        (
            "seeds",
            format!(
                "{} to compare on, {} to choose on",
                design.seeds.len(),
                design.tune_seeds.len()
            ),
        ),
        (
            "runs",
            format!(
                "{}{}{}",
                if design.study.tune.is_some_and(|tune| tune.halving) {
                    "at most "
                } else {
                    ""
                },
                grouped(runs as u64),
                if design.study.twin { ", each with its twin" } else { "" }
            ),
        ),
        (
            "time",
            format!(
                "about {}, by {} timed runs of different variants, {side} side by side",
                time(mean * runs as f64),
                sample.len()
            ),
        ),
        ("memory", format!("about {}", bytes(most))),
    ];
    for variant in design.variants.iter().take(LISTED) {
        facts.push(("", format!("{}: {}", variant.id, variant.name)));
    }
    if variants > LISTED {
        facts.push(("", format!("and {} more", grouped((variants - LISTED) as u64))));
    }
    Ok(list(&facts))
}
