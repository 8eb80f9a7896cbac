//! What is known of a network, and how well.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// How well a figure is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Known {
    /// A count, a closed form, or a computation without truncation: right to rounding.
    Exact,
    /// An estimate from searches that start at random nodes.
    Sampled {
        /// How many searches.
        sources: u32,
        /// The standard error of the value, in its unit, where one is known.
        standard_error: Option<f64>,
    },
    /// Not known: each of many values is an estimate, and the greatest of few says more of the searches than of the network. What is
    /// near a source that happens to be drawn seems loaded, until a good part of all nodes are sources.
    TooFew {
        /// How many searches there were.
        sources: u32,
        /// How many would do.
        needed: u32,
    },
    /// The true value is at least this.
    AtLeast {
        /// How many searches looked for a greater one.
        sources: u32,
    },
    /// The true value is at most this.
    AtMost {
        /// How many searches looked for a lesser one.
        sources: u32,
    },
    /// From an eigenvalue by iteration.
    Iterated {
        /// ‖Av − λv‖ at ‖v‖ = 1: an eigenvalue lies within this of λ. It is in the value's unit, carried over to first order
        /// where the value is not the eigenvalue itself.
        residual: f64,
        /// Whether the residual is at most a ten-thousandth of the value. The eigenvalue's error is then about the square of
        /// that, over how far the next eigenvalue lies off.
        converged: bool,
    },
}

/// A value and how well it is known. Serialises as `{"value": 7, "exact": true}`; an estimate says
/// `"estimate": "sampled" | "at least" | "at most" | "iterated"` and its `sources`, `standard_error`, `residual` and
/// `converged`. One that is not known has the value null, `"estimate": "unknown"`, its `sources`, those `needed`, and a `reason`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure<T> {
    /// The value.
    pub value: T,
    /// How well it is known.
    pub known: Known,
}

impl<T> Figure<T> {
    /// A value that is exact.
    pub const fn exact(value: T) -> Self {
        Self {
            value,
            known: Known::Exact,
        }
    }

    /// Whether the value is exact.
    pub fn is_exact(&self) -> bool {
        self.known == Known::Exact
    }

    /// Another value that is known as well; errors grow by the factor |`slope`|.
    pub fn map<U>(self, slope: f64, f: impl FnOnce(T) -> U) -> Figure<U> {
        let slope = slope.abs();
        let known = match self.known {
            Known::Sampled {
                sources,
                standard_error,
            } => Known::Sampled {
                sources,
                standard_error: standard_error.map(|e| e * slope),
            },
            Known::Iterated { residual, converged } => Known::Iterated {
                residual: residual * slope,
                converged,
            },
            known => known,
        };
        Figure {
            value: f(self.value),
            known,
        }
    }
}

impl<T: Serialize> Serialize for Figure<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("value", &self.value)?;
        map.serialize_entry("exact", &self.is_exact())?;
        let mut estimate = |name: &str| map.serialize_entry("estimate", name);
        match self.known {
            Known::Exact => {}
            Known::Sampled {
                sources,
                standard_error,
            } => {
                estimate("sampled")?;
                map.serialize_entry("sources", &sources)?;
                if let Some(error) = standard_error {
                    map.serialize_entry("standard_error", &error)?;
                }
            }
            Known::TooFew { sources, needed } => {
                estimate("unknown")?;
                map.serialize_entry("sources", &sources)?;
                map.serialize_entry("needed", &needed)?;
                let reason = format!(
                    "the greatest of estimates from {sources} searches; {needed} are needed, which takes more effort"
                );
                map.serialize_entry("reason", &reason)?;
            }
            Known::AtLeast { sources } => {
                estimate("at least")?;
                map.serialize_entry("sources", &sources)?;
            }
            Known::AtMost { sources } => {
                estimate("at most")?;
                map.serialize_entry("sources", &sources)?;
            }
            Known::Iterated { residual, converged } => {
                estimate("iterated")?;
                map.serialize_entry("residual", &residual)?;
                map.serialize_entry("converged", &converged)?;
            }
        }
        map.end()
    }
}

/// The measures of a network. Distances count links; a pair is an ordered pair of different nodes unless it says otherwise.
/// Parallel links count each in degrees, links and matrices, and as one in distances and loads.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Report {
    /// Nodes.
    pub nodes: u32,
    /// Links.
    pub links: u64,
    /// The least degree; 0 of no nodes.
    pub degree_least: u32,
    /// 2 · links / nodes; 0 of no nodes.
    pub degree_mean: f64,
    /// The greatest degree; 0 of no nodes.
    pub degree_greatest: u32,
    /// Connected components.
    pub components: u32,
    /// The nodes of the largest component.
    pub largest_component: u32,
    /// The greatest distance of two nodes that reach each other.
    pub diameter: Figure<u32>,
    /// The least eccentricity of a node of the largest component, the first of that size: its distance to the node farthest
    /// from it.
    pub radius: Figure<u32>,
    /// The mean distance over pairs that reach each other; none where no pair does.
    pub mean_distance: Option<Figure<f64>>,
    /// The sum of distances over pairs that reach each other, rounded where it is an estimate.
    pub distance_sum: Figure<u128>,
    /// Pairs that do not reach each other.
    pub unreached_pairs: u64,
    /// The Laplacian's second least eigenvalue (algebraic connectivity, Fiedler 1973): 0 of a network in pieces, none below
    /// two nodes.
    pub laplacian_lambda2: Option<Figure<f64>>,
    /// The Laplacian's greatest eigenvalue.
    pub laplacian_lambda_max: Figure<f64>,
    /// The second greatest eigenvalue of the Metropolis matrix, W_ij = 1 / (1 + max(d_i, d_j)); none below two nodes.
    pub metropolis_lambda2: Option<Figure<f64>>,
    /// Its least eigenvalue; none below two nodes.
    pub metropolis_lambda_min: Option<Figure<f64>>,
    /// The second largest eigenvalue modulus, max(|λ₂|, |λ_min|): disagreement shrinks by this factor at least in a tick.
    pub metropolis_slem: Option<Figure<f64>>,
    /// The spectral gap, 1 − λ₂. In dense bipartite networks the second largest modulus leaves less than that.
    pub metropolis_gap: Option<Figure<f64>>,
    /// ln(nodes) over 1 less the second largest modulus, which is the gap in all but dense bipartite networks; none where that
    /// is 0 or there is none.
    pub ticks_to_mix: Option<Figure<f64>>,
    /// The load of a node is its betweenness: over unordered pairs of other nodes, the shortest paths' share that runs
    /// through it. This is the greatest. Sampled, it is the load, by one half of the sources, of the node that carries the most
    /// by the other half: right in the mean for that node, so that it is rather too small than too great. Nothing where fewer than a
    /// quarter of the nodes are sources: [`Known::TooFew`].
    pub node_load_max: Figure<Option<f64>>,
    /// The mean over nodes; 0 of no nodes.
    pub node_load_mean: Figure<f64>,
    /// Greatest over mean, 1 where no node carries anything.
    pub node_load_max_over_mean: Figure<Option<f64>>,
    /// The load of a link likewise, over unordered pairs of nodes: the greatest.
    pub link_load_max: Figure<Option<f64>>,
    /// The mean over links; 0 of no links.
    pub link_load_mean: Figure<f64>,
    /// Greatest over mean, 1 where there are no links.
    pub link_load_max_over_mean: Figure<Option<f64>>,
}
