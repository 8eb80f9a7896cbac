//! Figures that no row has, since nothing that happens in a run changes them: of the network, and of who acts when. Where nodes come and
//! go, they are of those that are there from the start.

use super::rows::Known;
#[cfg(feature = "analysis")]
use crate::analysis::{self, Figure, Hints, Options, Report};
use crate::plan::Plan;

/// How a figure is found.
#[derive(Clone, Copy)]
enum Found {
    /// Off the measures of the network.
    #[cfg(feature = "analysis")]
    Network(fn(&Report) -> Option<f64>),
    /// By asking the timing.
    Collisions,
}

/// Each: its name, its unit, what it means, and how it is found.
type Fixed = (&'static str, &'static str, &'static str, Found);

/// Two cores measure a network exactly if that takes about so many seconds; else the figure is not known.
#[cfg(feature = "analysis")]
const EFFORT: f64 = 10.0;

/// So many links are asked whether both of their ends act, over all ticks.
const LOOKS: u64 = 1 << 28;

/// What is no estimate.
#[cfg(feature = "analysis")]
fn exact<T: Copy + Into<f64>>(figure: &Figure<T>) -> Option<f64> {
    use analysis::Known;
    let is_exact = matches!(figure.known, Known::Exact | Known::Iterated { converged: true, .. });
    is_exact.then(|| figure.value.into())
}

#[cfg(feature = "analysis")]
fn known_load(figure: &Figure<Option<f64>>) -> Option<f64> {
    figure.value.filter(|_| matches!(figure.known, analysis::Known::Exact))
}

const FIXED: &[Fixed] = &[
    #[cfg(feature = "analysis")]
    (
        "network.diameter",
        "links",
        "the greatest distance of two nodes",
        Found::Network(|report| exact(&report.diameter)),
    ),
    #[cfg(feature = "analysis")]
    (
        "network.mean_distance",
        "links",
        "the mean distance of two nodes",
        Found::Network(|report| report.mean_distance.as_ref().and_then(exact)),
    ),
    #[cfg(feature = "analysis")]
    (
        "network.gap",
        "",
        "the spectral gap of the Metropolis matrix",
        Found::Network(|report| report.metropolis_gap.as_ref().and_then(exact)),
    ),
    #[cfg(feature = "analysis")]
    (
        "network.busiest_node",
        "times the mean",
        "the load of the busiest node by shortest paths between all pairs, over the mean",
        Found::Network(|report| known_load(&report.node_load_max_over_mean)),
    ),
    #[cfg(feature = "analysis")]
    (
        "network.busiest_link",
        "times the mean",
        "the load of the busiest link by shortest paths between all pairs, over the mean",
        Found::Network(|report| known_load(&report.link_load_max_over_mean)),
    ),
    (
        "timing.collisions",
        "of all links",
        "the share of links both of whose ends act, as a mean over the ticks that the scenario asks for, with everybody there",
        Found::Collisions,
    ),
];

fn of(name: &str) -> Option<&'static Fixed> {
    FIXED.iter().find(|(own, ..)| *own == name)
}

/// Whether a figure of that name is one of them.
pub(super) fn is_fixed(name: &str) -> bool {
    of(name).is_some()
}

/// All of them, as a study knows figures.
pub(super) fn all() -> impl Iterator<Item = Known> {
    FIXED.iter().map(|(name, unit, about, _)| Known {
        name: (*name).to_owned(),
        unit,
        about,
        is_number: true,
    })
}

/// The numbers of those of these names that are fixed, each in its place.
pub(super) fn numbers<'a>(plan: &Plan, names: impl Iterator<Item = &'a str>) -> Vec<Option<f64>> {
    #[cfg(feature = "analysis")]
    let mut report = None;
    names
        .map(|name| match of(name)?.3 {
            #[cfg(feature = "analysis")]
            Found::Network(read) => read(report.get_or_insert_with(|| measured(plan)).as_ref()?),
            Found::Collisions => collisions(plan),
        })
        .collect()
}

#[cfg(feature = "analysis")]
fn measured(plan: &Plan) -> Option<Report> {
    let founders = plan.topology.of_founders();
    let topology = &**founders.as_ref().unwrap_or(&plan.topology);
    let hints = Hints {
        vertex_transitive: topology.is_vertex_transitive(),
        laplacian_spectrum: topology.laplacian_spectrum(),
    };
    let options = Options { hints, effort: EFFORT };
    analysis::analyse(topology, options, &mut |_| std::ops::ControlFlow::Continue(())).ok()
}

/// Of a network that is too large for all ticks, over as many of the first as there is time for.
fn collisions(plan: &Plan) -> Option<f64> {
    let founders = plan.topology.of_founders();
    let (topology, schedule) = (&**founders.as_ref().unwrap_or(&plan.topology), plan.schedule);
    if topology.links() == 0 || topology.links() > LOOKS {
        return None;
    }
    let above = |node: u32| {
        let all = (0..topology.slots_of(node)).map(move |slot| topology.neighbour(node, slot));
        all.filter(move |&other| other > node).map(move |other| (node, other))
    };
    let links: Vec<(u32, u32)> = (0..topology.nodes()).flat_map(above).collect();
    let ticks = u64::from(plan.ticks).min(LOOKS / links.len().max(1) as u64) as u32;
    let both = |&(one, other): &(u32, u32), tick| schedule.is_active(one, tick) && schedule.is_active(other, tick);
    let count = |tick| links.iter().filter(|link| both(link, tick)).count() as f64;
    let all: f64 = (0..ticks).map(count).sum();
    (ticks > 0 && !links.is_empty()).then(|| all / (links.len() as f64 * f64::from(ticks)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::swarm::Swarm;
    use std::path::Path;

    fn plan(topology: &str, timing: &str) -> Plan {
        let text = format!(
            "agents = 64\nticks = 1000\ntopology = {topology}\ntiming = {timing}\n\
             consensus = {{ rule = \"maximum\", start = {{ kind = \"point\", value = 1 }} }}"
        );
        Swarm::plan(&Scenario::from_toml("test", &text).unwrap(), Path::new("")).unwrap()
    }

    fn number(plan: &Plan, name: &str) -> f64 {
        numbers(plan, [name].into_iter())[0].unwrap()
    }

    #[test]
    fn neighbours_on_a_ring_never_act_together_where_golden_timing_keeps_them_apart() {
        // Their phases are 0.382 of a turn apart, so that no two neighbours act in one tick below that rate. The two that close the ring
        // are 63 · 0.618 = 38.936 turns apart: of the ten turns that ticks of 0.3 come to, 0.1 and 0.2 have both.
        let golden = number(
            &plan("{ kind = \"ring\" }", "{ kind = \"golden\", rate = 0.3 }"),
            "timing.collisions",
        );
        assert_eq!(golden, 0.2 / 64.0);
        let path = number(
            &plan("{ kind = \"path\" }", "{ kind = \"golden\", rate = 0.3 }"),
            "timing.collisions",
        );
        assert_eq!(path, 0.0);
        // Who draws anew each tick meets a neighbour as often as two draws agree.
        let drawn = number(
            &plan("{ kind = \"ring\" }", "{ kind = \"bernoulli\", rate = 0.3 }"),
            "timing.collisions",
        );
        assert!((drawn - 0.09).abs() < 0.005, "{drawn}");
        let all = number(
            &plan("{ kind = \"ring\" }", "{ kind = \"synchronous\" }"),
            "timing.collisions",
        );
        assert_eq!(all, 1.0);
    }

    #[cfg(feature = "analysis")]
    #[test]
    fn measures_of_networks_are_those_of_the_analysis() {
        let path = plan("{ kind = \"path\" }", "{ kind = \"synchronous\" }");
        assert_eq!(number(&path, "network.diameter"), 63.0);
        assert_eq!(number(&path, "network.mean_distance"), 65.0 / 3.0);
        // The link in the middle carries 32 · 32 pairs; all 63 together the sum of k (64 − k).
        assert!((number(&path, "network.busiest_link") - 1024.0 / (43_680.0 / 63.0)).abs() < 1e-9);
        let ring = plan("{ kind = \"ring\" }", "{ kind = \"synchronous\" }");
        assert_eq!(number(&ring, "network.busiest_link"), 1.0);
        assert_eq!(number(&ring, "network.diameter"), 32.0);
    }
}
