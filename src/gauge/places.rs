//! Where a device puts what it adds up: the words of a row, the parts' words, the bins; and the WGSL that does so.
//!
//! A measurement has a pass for each gauge, in which each workgroup adds up over every so-manieth stretch of nodes, and a last one that
//! puts the workgroups' parts together. Both texts are written here from the gauges' accumulators, one accumulator after the other.

use super::{Accumulator, Condition, Gauge, Op, Tallies};
use crate::column::ColumnId;
use std::sync::Arc;
use {crate::shader::Module, std::fmt::Write};

/// The words of a row before those of the gauges: the fingerprint's two, and whether the run had been stopped before.
pub const HEAD: usize = 3;

/// Bins that a workgroup counts in its own memory at a time; of more the nodes are gone through again.
pub const BINS_AT_ONCE: u32 = 2048;

/// Where an accumulator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// What becomes of the values.
    pub op: Op,
    /// Its first word in a row.
    pub row: usize,
    /// Its words in a row.
    pub words: usize,
    /// Its first word among those of a part of its gauge.
    pub part: usize,
    /// Its first bin among all.
    pub bins: u32,
}

impl Place {
    /// How many bins there are.
    pub(super) fn list(&self) -> u32 {
        match self.op {
            Op::Bins(bins) => bins,
            _ => 0,
        }
    }
}

/// Where all accumulators of a plan are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Of each gauge's accumulators.
    pub gauges: Vec<Vec<Place>>,
    /// The words of a row.
    pub row_words: usize,
    /// The words of a part, of each gauge.
    pub part_words: Vec<usize>,
    /// All bins.
    pub bins: u32,
}

impl Places {
    /// Those of these gauges; `words` says how many a column has.
    pub fn of(gauges: &[Arc<dyn Gauge>], words: impl Fn(ColumnId) -> u64) -> Self {
        let (mut row, mut bins) = (HEAD, 0u32);
        let mut part_words = Vec::new();
        let mut place = |accumulator: Accumulator, part: &mut usize| {
            let op = accumulator.op;
            let words = match op {
                Op::Bins(bins) => bins as usize,
                Op::Column(column) => usize::try_from(words(column)).unwrap_or(usize::MAX >> 8),
                op => op.words(),
            };
            let place = Place {
                op,
                row,
                words,
                part: *part,
                bins,
            };
            row = row.saturating_add(words);
            *part += op.words();
            bins += place.list();
            place
        };
        let gauges = gauges.iter().map(|gauge| {
            let mut part = 0;
            let accumulators = gauge.accumulators().into_iter();
            let places = accumulators.map(|accumulator| place(accumulator, &mut part)).collect();
            part_words.push(part);
            places
        });
        let gauges: Vec<Vec<Place>> = gauges.collect();
        Self {
            gauges,
            row_words: row,
            part_words,
            bins,
        }
    }

    /// The first word of a gauge's parts, in words of one part: it is to be multiplied by the number of parts.
    pub(crate) fn part_base(&self, gauge: usize) -> usize {
        self.part_words[..gauge].iter().sum()
    }

    /// The words of one part of all gauges.
    #[must_use]
    pub fn all_part_words(&self) -> usize {
        self.part_words.iter().sum()
    }

    /// The bins of a gauge: the first among all, and how many.
    fn bins_of(&self, gauge: usize) -> (u32, u32) {
        let all = self.gauges[gauge].iter().filter(|place| place.list() > 0);
        let first = all.clone().map(|place| place.bins).next().unwrap_or(0);
        (first, all.map(Place::list).sum())
    }

    /// How often a gauge's nodes are gone through, for all its bins.
    #[must_use]
    pub fn laps(&self, gauge: usize) -> u32 {
        self.bins_of(gauge).1.div_ceil(BINS_AT_ONCE).max(1)
    }

    /// The columns that come back with every measurement, and the first word of each in a row.
    pub(crate) fn columns(&self) -> Vec<(ColumnId, usize)> {
        let all = self.gauges.iter().flatten();
        all.filter_map(|place| match place.op {
            Op::Column(column) => Some((column, place.row)),
            _ => None,
        })
        .collect()
    }

    /// Reads a row as a device writes it, into the tallies of nobody; and whether the run had been stopped before.
    #[must_use]
    pub fn read(&self, nobody: Tallies, words: &[u32]) -> (Tallies, bool) {
        let mut tallies = nobody;
        tallies.fingerprint = super::Fingerprint([words[0], words[1]]);
        for (tally, places) in tallies.gauges.iter_mut().zip(&self.gauges) {
            for (k, place) in places.iter().enumerate() {
                tally.read(k, &words[place.row..place.row + place.words]);
            }
        }
        (tallies, words[2] != 0)
    }

    /// The functions by which the nodes of a gauge contribute, and `begin(lane)` and `end(lane, part)` of a workgroup.
    pub(crate) fn adding(&self, gauge: usize, accumulators: &[Accumulator], parts: u32) -> Module {
        let mut text = String::new();
        let (first_bin, bins) = self.bins_of(gauge);
        let held = bins.min(BINS_AT_ONCE);
        let (mut begin, mut end) = (String::new(), String::new());
        if bins > 0 {
            let _ = writeln!(
                text,
                "var<workgroup> own_bins: array<atomic<u32>, {held}>;\nvar<private> first_bin: u32;\n"
            );
            let _ = writeln!(
                begin,
                "    first_bin = lap * {BINS_AT_ONCE}u;\n    \
                 for (var k = lane; k < {held}u; k += 64u) {{ atomicStore(&own_bins[k], 0u); }}\n    workgroupBarrier();"
            );
            let _ = writeln!(
                end,
                "    workgroupBarrier();\n    \
                 for (var k = lane; k < min({held}u, {bins}u - first_bin); k += 64u) {{\n        \
                 let held = atomicLoad(&own_bins[k]);\n        \
                 if (held != 0u) {{ atomicAdd(&bins[{first_bin}u + first_bin + k], held); }}\n    }}"
            );
        }
        let base = self.part_base(gauge) * parts as usize;
        let stride = self.part_words[gauge];
        for (accumulator, place) in accumulators.iter().zip(&self.gauges[gauge]) {
            let name = accumulator.name;
            if let Op::Bins(of) = place.op {
                let offset = place.bins - first_bin;
                let _ = writeln!(
                    text,
                    "fn add_{name}(bin: u32, by: u32) {{\n    let k = {offset}u + bin - first_bin;\n    \
                     if (bin < {of}u && k < {held}u) {{ atomicAdd(&own_bins[k], by); }}\n}}\n"
                );
            }
            let Some(Wgsl {
                ty,
                nothing,
                argument,
                value,
                reduce,
                words,
            }) = Wgsl::of(place.op)
            else {
                continue;
            };
            let own = format!("tallied_{name}");
            let added = place.op.together_wgsl(&own, value);
            let declare = format!("fn add_{name}({argument}) {{ {own} = {added}; }}");
            let _ = writeln!(text, "var<private> {own}: {ty} = {nothing};\n{declare}\n");
            let _ = writeln!(
                end,
                "    {{\n        let all = {reduce}(lane, {own});\n        if (lane == 0u && lap == 0u) {{"
            );
            for (k, word) in words.iter().enumerate() {
                let _ = writeln!(
                    end,
                    "            partials[{}u + part * {stride}u] = {word};",
                    base + place.part + k
                );
            }
            end += "        }\n    }\n";
        }
        let _ = writeln!(
            text,
            "fn begin(lane: u32, lap: u32) {{\n{begin}}}\n\nfn end(lane: u32, part: u32, lap: u32) {{\n{end}}}"
        );
        module("gauge/adding", text)
    }

    /// The function `put_together(lane, at)`, which writes the words of all gauges into the row at `at`.
    pub(crate) fn putting_together(&self, parts: u32) -> Module {
        let mut text = "fn put_together(lane: u32, at: u32) {\n".to_owned();
        for (gauge, places) in self.gauges.iter().enumerate() {
            let base = self.part_base(gauge) * parts as usize;
            let stride = self.part_words[gauge];
            for place in places {
                let word = |k: usize| format!("partials[{}u + part * {stride}u]", base + place.part + k);
                if let Op::Bins(bins) = place.op {
                    let _ = writeln!(
                        text,
                        "    for (var k = lane; k < {bins}u; k += 64u) {{ rows[at + {}u + k] = bins[{}u + k]; }}",
                        place.row, place.bins
                    );
                }
                // A column has been put there by a pass of its own.
                let Some(Wgsl {
                    ty,
                    nothing,
                    reduce,
                    words,
                    ..
                }) = Wgsl::of(place.op)
                else {
                    continue;
                };
                let all: Vec<String> = (0..place.words).map(word).collect();
                let step = place.op.together_wgsl("own", &format!("{ty}({})", all.join(", ")));
                let _ = writeln!(
                    text,
                    "    {{\n        var own = {nothing};\n        \
                     for (var part = lane; part < {parts}u; part += 64u) {{ own = {step}; }}\n        \
                     let all = {reduce}(lane, own);\n        if (lane == 0u) {{"
                );
                for (k, word) in words.iter().enumerate() {
                    let _ = writeln!(text, "            rows[at + {}u] = {word};", place.row + k);
                }
                text += "        }\n    }\n";
            }
        }
        text += "}\n";
        module("gauge/putting-together", text)
    }

    /// The function `holds(at)`: whether all stop conditions hold of the row at `at`.
    pub(crate) fn holding(&self, gauges: &[Arc<dyn Gauge>], stop: &[Condition]) -> Module {
        module("gauge/holding", super::indicator::conditions_wgsl(gauges, stop, self))
    }
}

fn module(name: &'static str, text: String) -> Module {
    Module {
        name,
        source: text.into(),
        constants: Vec::new(),
    }
}

/// What an operation is in WGSL.
struct Wgsl {
    /// The type of what is added up.
    ty: &'static str,
    /// The value of nobody.
    nothing: &'static str,
    /// What a node hands over, and what that adds, in the type.
    argument: &'static str,
    value: &'static str,
    /// What puts a workgroup's together.
    reduce: &'static str,
    /// The words of `all`, a value.
    words: &'static [&'static str],
}

impl Wgsl {
    /// Of those whose parts are words.
    fn of(op: Op) -> Option<Self> {
        let (ty, nothing, argument, value, reduce, words): (_, _, _, _, _, &[&str]) = match op {
            Op::Count => ("u32", "0u", "", "1u", "all_counts", &["all"]),
            Op::Sum => (
                "vec2<u32>",
                "vec2<u32>()",
                "x: vec2<u32>",
                "x",
                "all_sums",
                &["all.x", "all.y"],
            ),
            Op::Squares => (
                "vec3<u32>",
                "vec3<u32>()",
                "x: i32",
                "vec3<u32>(squared(x), 0u)",
                "all_squares",
                &["all.x", "all.y", "all.z"],
            ),
            Op::Minimum => ("i32", "2147483647", "x: i32", "x", "all_minima", &["u32(all)"]),
            Op::Maximum => ("i32", "-2147483647 - 1", "x: i32", "x", "all_maxima", &["u32(all)"]),
            Op::Bins(_) | Op::Column(_) => return None,
        };
        Some(Self {
            ty,
            nothing,
            argument,
            value,
            reduce,
            words,
        })
    }
}

impl Op {
    /// Two values together, as [`Op::together`].
    fn together_wgsl(self, a: &str, b: &str) -> String {
        match self {
            Self::Sum => format!("add64({a}, {b})"),
            Self::Squares => format!("add96({a}, {b})"),
            Self::Minimum => format!("min({a}, {b})"),
            Self::Maximum => format!("max({a}, {b})"),
            Self::Count | Self::Bins(_) | Self::Column(_) => format!("{a} + {b}"),
        }
    }
}
