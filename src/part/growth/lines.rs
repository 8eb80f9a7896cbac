//! What the summary of a run says of how a swarm has grown.

use super::Grown;
use crate::digits::real;
use crate::gauge::Line;
use crate::grouped;

/// The facts of the last row.
pub(super) fn of_grown(grown: &Grown) -> Vec<Line> {
    let mut facts = vec![(
        "growth",
        format!(
            "{} agents in {} cells at the end, of which {} cells were there from the start",
            grouped(grown.agents),
            grouped(grown.cells),
            grouped(grown.founders)
        ),
    )];
    let deepest = grown.cells_by_depth.iter().rposition(|&cells| cells > 0).unwrap_or(0);
    let depths = (1..=deepest).map(|depth| {
        let load = grown.load_by_depth[depth].map_or_else(String::new, |load| format!(", {} tasks each", real(load)));
        format!("depth {depth}: {} cells{load}", grouped(grown.cells_by_depth[depth]))
    });
    let depths: Vec<String> = depths.collect();
    if !depths.is_empty() {
        facts.push(("", depths.join("; ")));
    }
    let lost = match grown.lost {
        0 => String::new(),
        lost => format!(", {} given up with all their agents killed", grouped(lost)),
    };
    facts.push((
        "births",
        format!(
            "{} cells born, {} merged back{lost}",
            grouped(grown.born),
            grouped(grown.retired)
        ),
    ));
    let waited = grown.request_wait_mean.map_or_else(String::new, |wait| {
        format!(", {} ticks after they first asked on average", real(wait))
    });
    facts.push((
        "requests",
        format!(
            "{} got a family{waited}; {} times none was free",
            grouped(grown.granted),
            grouped(grown.refused)
        ),
    ));
    if let Some(delegated) = &grown.delegated {
        let last = delegated.parts_by_level.iter().rposition(|&parts| parts > 0);
        let levels = (0..=last.unwrap_or(0)).map(|level| grouped(delegated.parts_by_level[level]));
        facts.push((
            "delegated",
            format!(
                "{} tasks to children, in {} parts by level; by one cell: {} that came while it had another with its children, {} tasks and parts \
                 for want of a family",
                grouped(delegated.tasks),
                levels.collect::<Vec<_>>().join(", "),
                grouped(delegated.alone),
                grouped(delegated.undivided)
            ),
        ));
        facts.push((
            "parts",
            format!(
                "{} begun again by another child, {} dropped with {} ticks to go",
                grouped(delegated.again),
                grouped(delegated.dropped),
                grouped(delegated.given_up)
            ),
        ));
    }
    facts.push(("cost", format!("{} agent-ticks", grouped(grown.agent_ticks))));
    facts
}
