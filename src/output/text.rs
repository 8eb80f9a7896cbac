//! Figures and tables for a person to read.

use super::wrap::{WIDTH, wrapped};
use tetraswarm::topology::Topology;
use tetraswarm::topology::import::Import;

pub use crate::digits::{known, plural, real};
pub use tetraswarm::grouped;

/// A number of bytes in the largest unit that leaves at least one of it.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 7] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let unit = (count.max(1).ilog2() / 10) as usize;
    if unit == 0 {
        return format!("{count} bytes");
    }
    format!("{:.1} {}", count as f64 / (1u64 << (10 * unit)) as f64, UNITS[unit])
}

/// To a tenth, so that a column's points stand below each other.
pub fn tenths(value: f64) -> String {
    if value >= 1000.0 {
        grouped(value.round() as i128)
    } else {
        format!("{value:.1}")
    }
}

/// A duration in seconds.
pub fn seconds(value: f64) -> String {
    if value < 1.0 {
        format!("{:.1} ms", 1000.0 * value)
    } else {
        format!("{} s", real(value))
    }
}

/// What was read from a network's file, and what was left out.
pub fn import(import: &Import) -> String {
    let plural = |count: u64, one: &str| format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" });
    let mut text = format!(
        "read as {} of {}, undirected and unweighted; dropped {} and {}",
        import.format.title(),
        plural(import.links_read, "link"),
        plural(import.self_loops, "self-loop"),
        plural(import.duplicates, "duplicate")
    );
    if let Some(header) = &import.header {
        text.push_str(&format!("; skipped the header \"{header}\""));
    }
    for note in &import.notes {
        text.push_str("; ");
        text.push_str(note);
    }
    text
}

/// In how many parts a network from a file falls, if it does: no link leads from one to another, so neither does any agreement.
pub fn parts(topology: &dyn Topology) -> Option<String> {
    topology.import()?;
    let rows = topology.rows()?;
    let nodes = topology.nodes() as usize;
    let mut seen = vec![false; nodes];
    let (mut count, mut largest, mut waiting) = (0u64, 0u64, Vec::new());
    for start in 0..nodes {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        waiting.push(start);
        let mut size = 0;
        while let Some(node) = waiting.pop() {
            size += 1;
            for &other in &rows.ends[rows.offsets[node] as usize..rows.offsets[node + 1] as usize] {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    waiting.push(other as usize);
                }
            }
        }
        count += 1;
        largest = largest.max(size);
    }
    (count > 1).then(|| {
        format!(
            "{} parts without a link between, the largest of {}",
            grouped(count),
            plural(largest, "node")
        )
    })
}

/// Rows whose columns are as wide as their widest cell; the last is ragged. Each row ends its line.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| {
        rows.iter()
            .filter_map(|row| row.get(c))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let is_figure = |cell: &String| cell == "-" || cell.starts_with(|c: char| c.is_ascii_digit());
    // A column of figures, below its title if it has one, is aligned at its end.
    let right: Vec<bool> = (0..columns)
        .map(|c| {
            let mut cells = rows
                .iter()
                .skip(usize::from(rows.len() > 1))
                .filter_map(|row| row.get(c))
                .peekable();
            cells.peek().is_some() && cells.all(is_figure)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(c, cell)| {
                if right[c] {
                    format!("{cell:>0$}", widths[c])
                } else {
                    format!("{cell:<0$}", widths[c])
                }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Names and what is to be said of each, aligned, in lines that fit.
pub fn list(facts: &[(&str, String)]) -> String {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    facts
        .iter()
        .map(|(name, fact)| {
            let first = format!("{name:<width$}  ");
            // Tables are aligned by blanks; they stay as they are.
            if first.chars().count() + fact.chars().count() <= WIDTH || fact.contains("  ") {
                return format!("{first}{fact}\n");
            }
            wrapped(fact, &first, &" ".repeat(width + 2))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_the_largest_unit() {
        let expected = [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (8 << 20, "8.0 MiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (count, text) in expected {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn a_dash_is_aligned_as_the_figure_that_is_not_known() {
        let rows = [["size"], ["1,000"], ["-"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), " size\n1,000\n    -\n");
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [["name", "size"], ["a", "5"], ["bcdefg", "1,000"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "name     size\na           5\nbcdefg  1,000\n");
    }
}
