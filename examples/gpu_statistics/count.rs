//! Cycles of the vector unit counted from a shader's assembly: every path taken once, every loop so many times.
//!
//! Compilers estimate as well, but weigh loops and branches by rules of their own. This count is as rough, but the same for every
//! shader: good for before against after. What an instruction costs is from AMD's *RDNA3* and *Vega* instruction set architecture
//! guides: a wave takes its width over the width of the unit, a 32-bit product or a reciprocal four times as long, 64 bits twice.
//! Where it is known how many waves enter some blocks at all, those blocks count so much less.

use std::collections::BTreeMap;

/// How often a loop turns where nothing is said.
pub const TURNS: f64 = 8.0;

/// How many of a shader's waves, from 0 to 1, enter these blocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    pub first: u32,
    pub last: u32,
    pub share: f64,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    /// Cycles of the vector unit for one wave.
    pub cycles: f64,
    /// Loops, in the order of the code.
    pub loops: usize,
}

/// A stretch of code that is entered at its beginning only.
#[derive(Default)]
struct Block {
    /// Passes of a wave of plain instructions that it takes.
    passes: f64,
    /// Blocks that it jumps to.
    jumps: Vec<u32>,
}

/// Counts the assembly of a wave of so many invocations on units so wide; of loops, the first turns as often as the first of
/// `turns` says, and so on. Of a block that several `shares` name, the last one counts.
pub fn count(assembly: &str, wave: u32, unit: u32, turns: &[f64], shares: &[Share]) -> Count {
    let blocks = blocks(assembly);
    // A loop is what lies between a jump backwards and its target.
    let mut loops: BTreeMap<u32, u32> = BTreeMap::new();
    for (&from, block) in &blocks {
        for &to in block.jumps.iter().filter(|&&to| to <= from) {
            let end = loops.entry(to).or_insert(from);
            *end = from.max(*end);
        }
    }
    let times = |at: u32| -> f64 {
        let around = loops
            .iter()
            .enumerate()
            .filter(|(_, (first, last))| (**first..=**last).contains(&at));
        let times: f64 = around.map(|(k, _)| turns.get(k).copied().unwrap_or(TURNS)).product();
        let named = shares.iter().rfind(|share| (share.first..=share.last).contains(&at));
        times * named.map_or(1.0, |share| share.share)
    };
    let passes: f64 = blocks.iter().map(|(&at, block)| times(at) * block.passes).sum();
    Count {
        cycles: passes * f64::from(wave) / f64::from(unit),
        loops: loops.len(),
    }
}

/// The assembly with what each block costs a wave behind its label, and where its loops begin: what `--turns` and `--shares` are told by.
pub fn annotated(assembly: &str, wave: u32, unit: u32) -> String {
    let blocks = blocks(assembly);
    let heads: BTreeMap<u32, u32> = blocks
        .iter()
        .flat_map(|(&from, block)| {
            block
                .jumps
                .iter()
                .filter(move |&&to| to <= from)
                .map(move |&to| (to, from))
        })
        .collect();
    let mut text = String::new();
    for line in assembly.lines() {
        text += line;
        if let Some(at) = line.trim().strip_suffix(':').and_then(number) {
            let passes = blocks.get(&at).map_or(0.0, |block| block.passes);
            text += &format!(" ; {} cycles", passes * f64::from(wave) / f64::from(unit));
            if let Some(k) = heads.keys().position(|&head| head == at) {
                text += &format!(", loop {k} as far as BB{}", heads[&at]);
            }
        }
        text += "\n";
    }
    text
}

fn blocks(assembly: &str) -> BTreeMap<u32, Block> {
    let mut blocks: BTreeMap<u32, Block> = BTreeMap::new();
    let mut at = 0;
    for line in assembly.lines() {
        if let Some(label) = line.trim().strip_suffix(':').and_then(number) {
            at = label;
            continue;
        }
        let mut words = line.split_ascii_whitespace();
        let Some(name) = words.next().filter(|_| line.starts_with(char::is_whitespace)) else {
            continue;
        };
        let block = blocks.entry(at).or_default();
        block.passes += passes(name);
        if name.starts_with("s_branch") || name.starts_with("s_cbranch") {
            block.jumps.extend(words.find_map(number));
        }
    }
    blocks
}

/// The number of a block, as in `BB12`.
fn number(label: &str) -> Option<u32> {
    label.strip_prefix("BB")?.parse().ok()
}

/// Passes of a wave through the vector unit, in those of a plain instruction.
fn passes(name: &str) -> f64 {
    let starts = |with: &[&str]| with.iter().any(|start| name.starts_with(start));
    let slow = [
        "v_mul_lo_u32",
        "v_mul_lo_i32",
        "v_mul_hi_",
        "v_mad_u64_u32",
        "v_mad_i64_i32",
        "v_mad_co_u64",
        "v_mad_co_i64",
    ];
    let wide = ["b64", "u64", "i64", "f64"];
    if !name.starts_with("v_") {
        0.0
    } else if starts(&slow) || starts(&["v_rcp", "v_sqrt", "v_rsq", "v_exp_f32", "v_log", "v_sin", "v_cos"]) {
        4.0
    } else if !name.starts_with("v_cmp") && wide.iter().any(|wide| name.contains(wide)) {
        2.0
    } else {
        1.0
    }
}

/// The width of the vector unit of a family: 16 before RDNA and of the compute cards, 32 since.
pub fn unit(family: &str) -> u32 {
    const NARROW: &[&str] = &[
        "tahiti",
        "pitcairn",
        "verde",
        "oland",
        "hainan",
        "bonaire",
        "kaveri",
        "kabini",
        "hawaii",
        "tonga",
        "iceland",
        "carrizo",
        "fiji",
        "stoney",
        "polaris",
        "vegam",
        "vega",
        "raven",
        "renoir",
        "arcturus",
        "aldebaran",
        "gfx9",
    ];
    match NARROW.iter().any(|name| family.starts_with(name)) {
        true => 16,
        false => 32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two loops, one within the other, with a product in the inner one.
    const NESTED: &str = "\
BB0:
\ts_load_dwordx2 s[0:1], s[2:3], 0x0                         ; F4040001 FA000000
\tv_mov_b32_e32 v0, 0                                        ; 7E000280
BB1:
\tv_add_nc_u32_e32 v1, v0, v1                                ; 4A020300
BB2:
\tv_mul_lo_u32 v1, v1, v2                                    ; D72C0001 00020501
\ts_cbranch_scc1 BB2                                         ; BFA20000
BB3:
\tv_lshlrev_b64 v[0:1], 2, v[0:1]                            ; D73C0000
\tv_cmp_gt_u64_e32 vcc, s[0:1], v[0:1]                       ; 7DB80000
\ts_branch BB1                                               ; BFA00000
BB4:
\ts_endpgm                                                   ; BFB00000
";

    #[test]
    fn loops_multiply_what_is_in_them() {
        let of = |wave, turns: &[f64]| count(NESTED, wave, 32, turns, &[]);
        // 1 before, 1 + 2 + 1 in the outer loop, 4 in the inner one; two cycles each for a wave of 64.
        assert_eq!(of(64, &[1.0, 1.0]), Count { cycles: 18.0, loops: 2 });
        assert_eq!(of(64, &[3.0, 5.0]).cycles, 2.0 * (1.0 + 3.0 * (4.0 + 5.0 * 4.0)));
        assert_eq!(of(32, &[1.0]).cycles, 1.0 + 4.0 + 8.0 * 4.0);
        assert_eq!(of(64, &[]).cycles, 2.0 * (1.0 + 8.0 * (4.0 + 8.0 * 4.0)));
    }

    #[test]
    fn blocks_that_few_waves_enter_count_less() {
        let share = |first, last, share| Share { first, last, share };
        let of = |shares: &[Share]| count(NESTED, 64, 32, &[3.0, 5.0], shares).cycles;
        assert_eq!(of(&[share(2, 2, 0.5)]), 2.0 * (1.0 + 3.0 * (4.0 + 5.0 * 2.0)));
        assert_eq!(of(&[share(1, 3, 0.5), share(2, 2, 0.0)]), 2.0 * (1.0 + 3.0 * 2.0));
    }

    #[test]
    fn labels_say_what_their_blocks_cost() {
        let text = annotated(NESTED, 64, 32);
        assert!(text.contains("BB0: ; 2 cycles\n"), "{text}");
        assert!(text.contains("BB1: ; 2 cycles, loop 0 as far as BB3\n"), "{text}");
        assert!(text.contains("BB2: ; 8 cycles, loop 1 as far as BB2\n"), "{text}");
    }

    #[test]
    fn a_wave_takes_four_passes_on_a_narrow_unit() {
        assert_eq!(["vega10", "navi21", "gfx1100", "gfx90a"].map(unit), [16, 32, 32, 16]);
        assert_eq!(count("\tv_mov_b32 v0, 0\n", 64, 16, &[], &[]).cycles, 4.0);
    }
}
