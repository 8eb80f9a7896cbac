//! What one family's driver makes of every shader, and the table of it.

use super::count::{Share, annotated, count, unit};
use super::driver::Driver;
use super::swarms::Named;
use super::{code, count::Count};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use tetraswarm::device::gpu::{shaders, tiled_shaders};

/// What was compiled for one family.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Family {
    pub family: String,
    /// As the driver calls the GPU.
    pub gpu: String,
    pub driver: String,
    /// Waves that a SIMD can hold.
    pub most_waves: Option<u64>,
    pub shaders: Vec<Row>,
}

/// A shader; what the driver does not tell is missing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The rules and scenarios that have it.
    pub of: Vec<String>,
    pub shader: String,
    pub vector_registers: Option<u64>,
    pub scalar_registers: Option<u64>,
    /// Registers, and bytes of memory, that took the place of registers.
    pub spilled: Option<u64>,
    /// Waves that a SIMD can hold at a time.
    pub waves: Option<u64>,
    pub instructions: Option<u64>,
    pub code_bytes: Option<u64>,
    /// Bytes of memory that a workgroup shares.
    pub workgroup_bytes: Option<u64>,
    /// Invocations of a wave.
    pub wave: u32,
    /// Cycles of the vector unit for one wave.
    pub cycles: Option<f64>,
    /// Loops, each counted so many times.
    pub loops: Option<usize>,
    /// The code, where it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assembly: Option<String>,
}

/// What is known of how a shader runs, by its name.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// How often its loops turn.
    pub turns: HashMap<String, Vec<f64>>,
    /// How many waves enter some of its blocks.
    pub shares: HashMap<String, Vec<Share>>,
    /// Of which shaders the code is asked for.
    pub shown: Vec<String>,
}

/// Compiles each different shader of these plans once, with the driver of this family.
pub fn report(driver: &Driver, family: &str, plans: &[Named], known: &Known) -> Result<Family, String> {
    let mut rows: Vec<Row> = Vec::new();
    let mut seen: HashMap<Vec<u32>, usize> = HashMap::new();
    for named in plans {
        let tiled = tiled_shaders(&named.plan).into_iter().map(|(_, shader)| shader);
        for shader in shaders(&named.plan).into_iter().chain(tiled) {
            let failed = |error| format!("{} of {} on {family}: {error}", shader.name(), named.label);
            let code = code::translate(&shader, driver.target()).map_err(failed)?;
            if let Some(&row) = seen.get(&code.words) {
                if !rows[row].of.contains(&named.label) {
                    rows[row].of.push(named.label.clone());
                }
                continue;
            }
            let compiled = driver.compile(&code).map_err(failed)?;
            let turns = known.turns.get(shader.name()).map_or(&[][..], Vec::as_slice);
            let shares = known.shares.get(shader.name()).map_or(&[][..], Vec::as_slice);
            let assembly = compiled.assembly.as_deref();
            let counted = assembly.map(|text| count(text, compiled.wave, unit(family), turns, shares));
            let shown = assembly.filter(|_| known.shown.iter().any(|name| name == shader.name()));
            seen.insert(code.words, rows.len());
            rows.push(Row {
                of: vec![named.label.clone()],
                shader: shader.name().to_owned(),
                vector_registers: compiled.statistic(&["VGPRs"]),
                // What the shader asks for, where the driver tells it: RDNA gives every wave the same.
                scalar_registers: compiled.statistic(&["Pre-Sched SGPRs", "SGPRs"]),
                spilled: compiled.spilled(),
                waves: compiled.waves(),
                instructions: compiled.statistic(&["Instructions"]),
                code_bytes: compiled.statistic(&["Code size"]),
                workgroup_bytes: compiled.statistic(&["LDS size"]),
                wave: compiled.wave,
                cycles: counted.as_ref().map(|Count { cycles, .. }| *cycles),
                loops: counted.map(|Count { loops, .. }| loops),
                assembly: shown.map(|text| annotated(text, compiled.wave, unit(family))),
            });
        }
    }
    Ok(Family {
        family: family.to_owned(),
        gpu: driver.gpu.clone(),
        driver: driver.version.clone(),
        most_waves: driver.most_waves,
        shaders: rows,
    })
}

/// The heads of the table's columns.
const HEADS: [&str; 12] = [
    "family",
    "shader",
    "vector",
    "scalar",
    "spilled",
    "waves",
    "instructions",
    "bytes",
    "shared",
    "cycles",
    "loops",
    "of",
];

/// The table for people, as Markdown.
pub fn table(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        text += &format!("{}: {}, {}\n", family.family, family.gpu, family.driver);
    }
    let lines: Vec<[String; 12]> = families
        .iter()
        .flat_map(|family| family.shaders.iter().map(|row| cells(family, row)))
        .collect();
    let width = |k: usize| {
        let lengths = lines.iter().map(|line| line[k].chars().count());
        lengths.chain([HEADS[k].len()]).max().unwrap_or(0)
    };
    let widths: [usize; 12] = std::array::from_fn(width);
    let line = |cells: [&str; 12]| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    text += "\n";
    text += &line(HEADS);
    text += &line(widths.map(|width| &DASHES[..width.min(DASHES.len())]));
    for cells in &lines {
        text += &line(std::array::from_fn(|k| cells[k].as_str()));
    }
    text
}

const DASHES: &str =
    "----------------------------------------------------------------------------------------------------------------";

fn cells(family: &Family, row: &Row) -> [String; 12] {
    let known = |value: Option<u64>| value.map_or("?".to_owned(), |value| value.to_string());
    let most = family.most_waves.map_or(String::new(), |most| format!(" of {most}"));
    [
        family.family.clone(),
        row.shader.clone(),
        known(row.vector_registers),
        known(row.scalar_registers),
        known(row.spilled),
        known(row.waves) + &most,
        known(row.instructions),
        known(row.code_bytes),
        known(row.workgroup_bytes),
        row.cycles.map_or("?".to_owned(), |cycles| format!("{cycles:.0}")),
        row.loops.map_or("?".to_owned(), |loops| loops.to_string()),
        sharers(&row.of),
    ]
}

/// Who has a shader, in few words.
fn sharers(of: &[String]) -> String {
    match of.len() {
        0..=3 => of.join("; "),
        all => format!("{}; {} and {} more", of[0], of[1], all - 2),
    }
}
