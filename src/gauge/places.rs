//! Where a device puts what it adds up: the words of a row, the parts' words, the bins; and the WGSL that does so.
//!
//! A measurement has a pass for each gauge, in which each workgroup adds up over every so-manieth stretch of nodes, and a last one that
//! puts the workgroups' parts together. Both texts are written here from the gauges' accumulators. Those of one kind follow each other in a
//! part and in a row, so that what a workgroup has added up of a kind is read off by as many of its invocations at once.

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
            let accumulators = gauge.accumulators();
            let mut order: Vec<usize> = (0..accumulators.len()).collect();
            order.sort_by_key(|&k| kind(accumulators[k].op));
            let mut places: Vec<(usize, Place)> = order
                .into_iter()
                .map(|k| (k, place(accumulators[k], &mut part)))
                .collect();
            part_words.push(part);
            places.sort_by_key(|&(k, _)| k);
            places.into_iter().map(|(_, place)| place).collect()
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
        let places = &self.gauges[gauge];
        let pool = Pool::of(places, 0);
        let mut text = pool_text(pool.words);
        let (first_bin, bins) = self.bins_of(gauge);
        let held = bins.min(BINS_AT_ONCE);
        let (mut begin, mut end) = ("    clear_pool(lane);\n".to_owned(), String::new());
        if bins > 0 {
            let _ = writeln!(
                text,
                "var<workgroup> own_bins: array<atomic<u32>, {held}>;\nvar<private> first_bin: u32;\n"
            );
            let _ = writeln!(
                begin,
                "    first_bin = lap * {BINS_AT_ONCE}u;\n    \
                 for (var k = lane; k < {held}u; k += 64u) {{ atomicStore(&own_bins[k], 0u); }}"
            );
        }
        begin += "    workgroupBarrier();\n";
        for (k, (accumulator, place)) in accumulators.iter().zip(places).enumerate() {
            let name = accumulator.name;
            if let Op::Bins(of) = place.op {
                let offset = place.bins - first_bin;
                let _ = writeln!(
                    text,
                    "fn add_{name}(bin: u32, by: u32) {{\n    let k = {offset}u + bin - first_bin;\n    \
                     if (bin < {of}u && k < {held}u) {{ atomicAdd(&own_bins[k], by); }}\n}}\n"
                );
            }
            let Some(wgsl) = Wgsl::of(place.op) else {
                continue;
            };
            let own = format!("tallied_{name}");
            let (ty, nothing, argument) = (wgsl.ty, wgsl.nothing, wgsl.argument);
            let added = place.op.together_wgsl(&own, wgsl.value);
            let declare = format!("fn add_{name}({argument}) {{ {own} = {added}; }}");
            let _ = writeln!(text, "var<private> {own}: {ty} = {nothing};\n{declare}\n");
            let _ = writeln!(end, "    {}({}u, lane, {own});", wgsl.put, pool.at[k]);
        }
        end += "    workgroupBarrier();\n";
        let (base, stride) = (self.part_base(gauge) * parts as usize, self.part_words[gauge]);
        let _ = writeln!(
            end,
            "    if (lap == 0u) {{\n        let at = {base}u + part * {stride}u;"
        );
        end += &read_off(places, &pool, |place| place.part, "partials");
        end += "    }\n";
        if bins > 0 {
            let _ = writeln!(
                end,
                "    for (var k = lane; k < min({held}u, {bins}u - first_bin); k += 64u) {{\n        \
                 let held = atomicLoad(&own_bins[k]);\n        \
                 if (held != 0u) {{ atomicAdd(&bins[{first_bin}u + first_bin + k], held); }}\n    }}"
            );
        }
        let _ = writeln!(
            text,
            "fn begin(lane: u32, lap: u32) {{\n{begin}}}\n\nfn end(lane: u32, part: u32, lap: u32) {{\n{end}}}"
        );
        module("gauge/adding", text)
    }

    /// The functions `gather(lane)`, which puts the parts of all gauges into the pool, and, once the workgroup has met,
    /// `put_together(lane, at)`, which writes the words of all gauges into the row at `at`. The pool's first two words are left to others.
    pub(crate) fn putting_together(&self, parts: u32) -> Module {
        let (mut gather, mut write) = (String::new(), String::new());
        let mut words = 2;
        for (gauge, places) in self.gauges.iter().enumerate() {
            let pool = Pool::of(places, words);
            words = pool.words;
            let (base, stride) = (self.part_base(gauge) * parts as usize, self.part_words[gauge]);
            let (mut owns, mut steps, mut puts) = (String::new(), String::new(), String::new());
            for (k, place) in places.iter().enumerate() {
                if let Op::Bins(bins) = place.op {
                    let _ = writeln!(
                        write,
                        "    for (var k = lane; k < {bins}u; k += 64u) {{ rows[at + {}u + k] = bins[{}u + k]; }}",
                        place.row, place.bins
                    );
                }
                // A column has been put there by a pass of its own.
                let Some(wgsl) = Wgsl::of(place.op) else {
                    continue;
                };
                let (own, ty) = (format!("own_{k}"), wgsl.ty);
                let word = |word: usize| format!("partials[first + {}u]", place.part + word);
                let all: Vec<String> = (0..place.words).map(word).collect();
                let step = place.op.together_wgsl(&own, &format!("{ty}({})", all.join(", ")));
                let _ = writeln!(owns, "        var {own} = {};", wgsl.nothing);
                let _ = writeln!(steps, "            {own} = {step};");
                let _ = writeln!(puts, "        {}({}u, lane, {own});", wgsl.put, pool.at[k]);
            }
            if !puts.is_empty() {
                let _ = writeln!(
                    gather,
                    "    {{\n{owns}        for (var part = lane; part < {parts}u; part += 64u) {{\n            \
                     let first = {base}u + part * {stride}u;\n{steps}        }}\n{puts}    }}"
                );
            }
            write += &read_off(places, &pool, |place| place.row, "rows");
        }
        let text = format!(
            "{}fn gather(lane: u32) {{\n{gather}}}\n\nfn put_together(lane: u32, at: u32) {{\n{write}}}\n",
            pool_text(words)
        );
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

/// In which order accumulators stand in a part and a row.
fn kind(op: Op) -> usize {
    match op {
        Op::Count => 0,
        Op::Sum => 1,
        Op::Squares => 2,
        Op::Minimum => 3,
        Op::Maximum => 4,
        Op::Bins(_) => 5,
        Op::Column(_) => 6,
    }
}

/// Where accumulators are in the words that a workgroup adds up together, see `shaders/lib/together.wgsl`.
struct Pool {
    /// The first word of each.
    at: Vec<usize>,
    /// Behind the last one.
    words: usize,
}

impl Pool {
    /// From a word on.
    fn of(places: &[Place], first: usize) -> Self {
        let (mut at, mut words) = (vec![0; places.len()], first);
        for k in kinds(places).into_iter().flatten() {
            at[k] = words;
            words += Wgsl::of(places[k].op).map_or(0, |wgsl| wgsl.pooled);
        }
        Self { at, words }
    }
}

/// The numbers of the accumulators of each kind whose parts are words, in the order of their places.
fn kinds(places: &[Place]) -> Vec<Vec<usize>> {
    let of = |wanted: usize| (0..places.len()).filter(|&k| kind(places[k].op) == wanted).collect();
    (0..kind(Op::Bins(0))).map(of).collect()
}

/// The pool, and what empties it: several copies of its words, so that invocations meet less often at one, as long as they are small.
fn pool_text(words: usize) -> String {
    const MOST: usize = 2048;
    let copies = [8, 4, 2].into_iter().find(|copies| copies * words <= MOST).unwrap_or(1);
    // So many invocations empty each copy.
    let each = 64 / copies;
    let words = words.max(1).next_multiple_of(each);
    let clear: String = (0..words / each)
        .map(|k| {
            format!(
                "    atomicStore(&pool[lane % {copies}u][lane / {copies}u + {}u], 0u);\n",
                each * k
            )
        })
        .collect();
    format!(
        "const COPIES: u32 = {copies}u;\nvar<workgroup> pool: array<array<atomic<u32>, {words}>, {copies}>;\n\n\
         fn clear_pool(lane: u32) {{\n{clear}}}\n\n"
    )
}

/// Statements by which the words that a workgroup has added up go into a buffer, from `at` on, an invocation for each accumulator.
fn read_off(places: &[Place], pool: &Pool, offset: impl Fn(&Place) -> usize, into: &str) -> String {
    let mut text = String::new();
    for all in kinds(places) {
        for some in all.chunks(64) {
            let (first, count) = (some[0], some.len());
            let Some(wgsl) = Wgsl::of(places[first].op) else {
                continue;
            };
            let (read, pooled, of) = (wgsl.read, wgsl.pooled, wgsl.words.len());
            let _ = writeln!(
                text,
                "    if (lane < {count}u) {{\n        let all = {read}({}u + {pooled}u * lane);",
                pool.at[first]
            );
            for (k, word) in wgsl.words.iter().enumerate() {
                let _ = writeln!(
                    text,
                    "        {into}[at + {}u + {of}u * lane] = {word};",
                    offset(&places[first]) + k
                );
            }
            text += "    }\n";
        }
    }
    text
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
    /// What puts an invocation's into the pool, how many words it takes there, and what reads off the workgroup's.
    put: &'static str,
    pooled: usize,
    read: &'static str,
    /// The words of `all`, a value.
    words: &'static [&'static str],
}

impl Wgsl {
    /// Of those whose parts are words.
    fn of(op: Op) -> Option<Self> {
        let (ty, nothing, [argument, value], (put, pooled, read), words): (_, _, _, _, &[&str]) = match op {
            Op::Count => ("u32", "0u", ["", "1u"], ("put_count", 1, "pooled_count"), &["all"]),
            Op::Sum => (
                "vec2<u32>",
                "vec2<u32>()",
                ["x: vec2<u32>", "x"],
                ("put_sum", 3, "pooled_sum"),
                &["all.x", "all.y"],
            ),
            Op::Squares => (
                "vec3<u32>",
                "vec3<u32>()",
                ["x: i32", "vec3<u32>(squared(x), 0u)"],
                ("put_squares", 5, "pooled_squares"),
                &["all.x", "all.y", "all.z"],
            ),
            Op::Minimum => (
                "i32",
                "2147483647",
                ["x: i32", "x"],
                ("put_minimum", 1, "pooled_minimum"),
                &["u32(all)"],
            ),
            Op::Maximum => (
                "i32",
                "-2147483647 - 1",
                ["x: i32", "x"],
                ("put_maximum", 1, "pooled_maximum"),
                &["u32(all)"],
            ),
            Op::Bins(_) | Op::Column(_) => return None,
        };
        Some(Self {
            ty,
            nothing,
            argument,
            value,
            put,
            pooled,
            read,
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
