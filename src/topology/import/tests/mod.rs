//! Small files worked out by hand, one theme per file.

mod edge_lists;
mod formats;
mod matrices;
mod metis_files;
mod sources;
mod threads;

use super::*;

/// Reads `content` as the file `g`.
fn import(content: impl AsRef<[u8]>) -> Result<Imported, ImportError> {
    read_bytes("g", content.as_ref(), Limits::default())
}

fn import_as(format: Format, content: impl AsRef<[u8]>) -> Result<Imported, ImportError> {
    read_bytes(
        "g",
        content.as_ref(),
        Limits {
            format: Some(format),
            ..Limits::default()
        },
    )
}

/// The message for a file that must be refused.
fn refusal(content: impl AsRef<[u8]>) -> String {
    import(content).expect_err("a bad file").to_string()
}

fn refusal_as(format: Format, content: impl AsRef<[u8]>) -> String {
    import_as(format, content).expect_err("a bad file").to_string()
}

/// The rows of a graph, one list per node.
fn rows(imported: &Imported) -> Vec<Vec<u32>> {
    (0..imported.graph.nodes())
        .map(|node| imported.graph.row(node).to_vec())
        .collect()
}

/// The ids, in the order of the nodes.
fn ids(imported: &Imported) -> Vec<String> {
    (0..imported.ids.len())
        .map(|node| imported.ids.get(node).into_owned())
        .collect()
}

/// Asserts that `message` holds each of `parts`.
#[track_caller]
fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}
