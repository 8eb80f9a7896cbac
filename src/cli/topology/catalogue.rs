//! The catalogue of networks.

use crate::cli::{Answer, answer, answer_json};
use crate::output::wrap::fitted;
use std::process::ExitCode;
use tetraswarm::scenario::Registry;
use tetraswarm::topology::KINDS;

/// Prints every kind: its neighbours, the numbers of nodes it allows, what it is good for; of registered ones what they say of themselves.
pub fn run(json: bool, registry: &Registry) -> Answer {
    if json {
        let mut kinds: Vec<_> = KINDS
            .iter()
            .map(|kind| {
                serde_json::json!({
                    "kind": kind.name, "summary": kind.summary, "degree": kind.degree, "nodes": kind.nodes,
                    "purpose": kind.purpose, "standard": kind.standard,
                })
            })
            .collect();
        kinds.extend(
            registry
                .networks()
                .map(|(kind, about)| serde_json::json!({ "kind": kind, "summary": about })),
        );
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
    // What these allow, only they know: a number that does not fit is refused with the nearest that do.
    let own = |(kind, about): (&str, String)| [kind.to_owned(), "-".to_owned(), "-".to_owned(), about].to_vec();
    rows.extend(registry.networks().map(own));
    let mut text = fitted(&rows, &[17, 22, 26, 29]);
    text += "\nKinds can be laid over each other, as in:\n  tetraswarm topology tetrahedral+fibonacci-chords --nodes 1024\n\
             `tetraswarm topology KIND` measures one, `--compare all` all of them;\n`tetraswarm schema` has the parameters.\n";
    answer(&text)?;
    Ok(ExitCode::SUCCESS)
}
