//! The catalogue of networks.

use crate::cli::{Answer, answer, answer_json};
use crate::output::wrap::fitted;
use std::process::ExitCode;
use tetraswarm::topology::KINDS;

/// Prints every kind: its neighbours, the numbers of nodes it allows, what it is good for.
pub fn run(json: bool) -> Answer {
    if json {
        let kinds: Vec<_> = KINDS
            .iter()
            .map(|kind| {
                serde_json::json!({
                    "kind": kind.name, "summary": kind.summary, "degree": kind.degree, "nodes": kind.nodes,
                    "purpose": kind.purpose, "standard": kind.standard,
                })
            })
            .collect();
        answer_json(&kinds)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = vec![["kind", "degree", "nodes", "good for"].map(str::to_owned).to_vec()];
    let row = |kind: &tetraswarm::topology::Kind| {
        [kind.name, kind.degree, kind.nodes, kind.purpose]
            .map(str::to_owned)
            .to_vec()
    };
    rows.extend(KINDS.iter().map(row));
    let mut text = fitted(&rows, &[17, 22, 26, 29]);
    text += "\nKinds can be laid over each other, as in:\n  tetraswarm topology tetrahedral+fibonacci-chords --nodes 1024\n\
             `tetraswarm topology KIND` measures one, `--compare all` all of them;\n`tetraswarm schema` has the parameters.\n";
    answer(&text)?;
    Ok(ExitCode::SUCCESS)
}
