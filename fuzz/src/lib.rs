//! Fuzzing the importer: whatever a file holds, it is read into a valid graph or refused in one printable line.
//!
//! `cargo +nightly fuzz run <target> fuzz/corpus fuzz/seeds` (new inputs go to the first folder, which must exist) with a target of `edge_list`, `metis`, `matrix_market`, `formats` (all others), `detect`;
//! `scenario` fuzzes scenarios and what overrides them, `trace` job logs.

use tetraswarm::topology::import::{Format, Limits, read_bytes};

/// Reads `bytes` as `format`, or as what they seem to be, and checks what comes back.
pub fn check(bytes: &[u8], format: Option<Format>) {
    // A fuzzer soon learns to write gzip bombs; those are refused at a size that does not slow it down.
    let limits = Limits {
        memory: Some(1 << 22),
        format,
        ..Limits::default()
    };
    match read_bytes("fuzz", bytes, limits) {
        Ok(imported) => {
            let graph = &imported.graph;
            assert!(graph.nodes() >= 2 && graph.links() >= 1);
            assert_eq!(graph.offsets()[0], 0);
            assert_eq!(
                graph.offsets()[graph.nodes() as usize] as usize,
                graph.ends().len()
            );
            assert_eq!(imported.ids.len(), graph.nodes());
            for node in 0..graph.nodes() {
                let row = graph.row(node);
                assert!(
                    row.windows(2).all(|pair| pair[0] < pair[1]),
                    "row {node} is not ascending"
                );
                assert!(
                    row.iter()
                        .all(|&end| end != node && graph.linked(end, node)),
                    "row {node} is one-sided"
                );
            }
            if matches!(imported.format, Format::EdgeList | Format::MatrixMarket) {
                let dropped = imported.self_loops + imported.duplicates;
                assert_eq!(imported.links_read, u64::from(graph.links()) + dropped);
            }
            imported
                .ids
                .write_csv(std::io::sink())
                .expect("a sink takes everything");
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with("fuzz:"), "no file in {message}");
            assert!(
                !message.chars().any(char::is_control),
                "unprintable: {message:?}"
            );
        }
    }
}
