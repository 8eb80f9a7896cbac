//! What has been learned, as the figures of a row.

use super::fared::Fared;
use super::lines;
use crate::gauge::{Figure, Figures, Line, Told};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// What has been learned; all of it is of honest nodes that are up.
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    /// How many there are.
    pub counted: u64,
    /// How many lie and are up.
    pub liars: u64,
    /// How many hold nothing.
    pub idle: u64,
    /// How many hold each strategy, with its name.
    pub strategies: Vec<(String, u64)>,
    /// The mean success of what is held: of a bandit the mean of its rates, of a game the mean payoff; nothing where nothing is held.
    pub success: Option<f64>,
    /// How many times a node went from one strategy to another, so far.
    pub switches: u64,
    /// How many times a node looked at another, so far.
    pub looks: u64,
    /// Of the links whose ends both hold something, the share that hold the same; nothing where there is none, or some node has more
    /// than 65,535.
    pub agreeing: Option<f64>,
    /// What that would be if strategies lay anywhere: the share of all pairs.
    pub chance: Option<f64>,
    /// Of a bandit, by how much the mean success so far fell short of always holding the best: η₁ − (1/T) Σ_t Σ_j x_j(t) η_j, x before
    /// decision t among those that held something.
    pub regret: Option<f64>,
    /// Of a bandit, for each period of rates, after how many of its ticks nine tenths of those that hold something held the best;
    /// nothing if they never did.
    pub best_after: Vec<Option<u32>>,
    /// Ticks of an epoch: nodes decide after so many each.
    pub every: u32,
    /// Of work, where strategies are accounted for, what each has brought; else nothing.
    pub fared: Vec<Fared>,
}

impl Learnt {
    /// How many hold something.
    #[must_use]
    pub fn holders(&self) -> u64 {
        self.strategies.iter().map(|(_, nodes)| nodes).sum()
    }

    /// The share of those that hold something for each strategy; nothing where nobody does.
    pub fn shares(&self) -> impl Iterator<Item = (&str, Option<f64>)> {
        let holders = self.holders();
        let share = move |nodes: u64| (holders > 0).then(|| nodes as f64 / holders as f64);
        self.strategies
            .iter()
            .map(move |(name, nodes)| (name.as_str(), share(*nodes)))
    }

    /// The entropy of these shares, in bits: 0 where all hold one, log₂ m where each of m is held by as many.
    #[must_use]
    pub fn entropy(&self) -> Option<f64> {
        let shares: Option<Vec<f64>> = self.shares().map(|(_, share)| share).collect();
        let positive = |share: &f64| *share > 0.0;
        Some(
            shares?
                .into_iter()
                .filter(positive)
                .map(|share| -share * share.log2())
                .sum(),
        )
    }

    /// The strategy that most hold, of equals the first, and its share; nothing where nobody holds anything.
    #[must_use]
    pub fn leader(&self) -> Option<(&str, f64)> {
        let mut best: Option<(&str, f64)> = None;
        for (name, share) in self.shares() {
            let share = share?;
            if best.is_none_or(|(_, most)| share > most) {
                best = Some((name, share));
            }
        }
        best
    }
}

impl Figures for Learnt {
    fn lines(&self, _told: &Told<'_>) -> Vec<Line> {
        lines::of_learnt(self)
    }

    fn figures(&self) -> Vec<Figure> {
        let nodes = "nodes";
        let mut all: Vec<Figure> = self
            .shares()
            .map(|(name, share)| {
                let about = "Share of the honest nodes that are up and hold a strategy that hold this one; null where none does";
                Figure::new(format!("share_{name}"), "share", about, share)
            })
            .collect();
        let about_idle = "Honest nodes that are up and hold no strategy";
        let about_success = "Mean of the rates, or of the payoffs, of the strategies that are held; null where none is";
        let about_agreeing = "Of the links whose ends both hold a strategy, the share that hold the same; null where there are none, or not \
                              counted";
        all.extend([
            Figure::new("idle", nodes, about_idle, self.idle),
            Figure::new("success", "", about_success, self.success),
            Figure::new("entropy", "bits", "Entropy of the strategies' shares", self.entropy()),
            Figure::new("agreeing", "share", about_agreeing, self.agreeing),
            Figure::new("chance", "share", "The same of any two nodes that hold a strategy", self.chance),
            Figure::new("switches", "switches", "Changes from one strategy to another so far", self.switches),
            Figure::new("looks", "looks", "How often a node has looked at another so far, each a question and an answer", self.looks),
            Figure::new(
                "regret",
                "",
                "By how much the mean success before each decision so far fell short of the best rate; null before the first, and where \
                 there are no rates",
                self.regret,
            ),
        ]);
        let many = self.best_after.len() > 1;
        all.extend((1..).zip(&self.best_after).map(|(period, after)| {
            let name = if many { format!("best_after_{period}") } else { "best_after".to_owned() };
            let about = "After how many ticks of these rates nine tenths of those that hold a strategy held the best; null if never so far";
            Figure::new(name, "ticks", about, *after)
        }));
        let fared = self.strategies.iter().zip(&self.fared);
        all.extend(fared.flat_map(|((name, _), fared)| fared.figures(name)));
        all
    }
}

impl Serialize for Learnt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("counted", &self.counted)?;
        fields.serialize_entry("idle", &self.idle)?;
        let strategies: serde_json::Map<String, serde_json::Value> = self
            .strategies
            .iter()
            .map(|(name, nodes)| (name.clone(), (*nodes).into()))
            .collect();
        fields.serialize_entry("strategies", &strategies)?;
        fields.serialize_entry("success", &self.success)?;
        fields.serialize_entry("entropy", &self.entropy())?;
        fields.serialize_entry("agreeing", &self.agreeing)?;
        fields.serialize_entry("chance", &self.chance)?;
        fields.serialize_entry("switches", &self.switches)?;
        fields.serialize_entry("looks", &self.looks)?;
        fields.serialize_entry("regret", &self.regret)?;
        fields.serialize_entry("best_after", &self.best_after)?;
        if !self.fared.is_empty() {
            let fared = self.strategies.iter().zip(&self.fared);
            let all: BTreeMap<&str, &Fared> = fared.map(|((name, _), fared)| (name.as_str(), fared)).collect();
            fields.serialize_entry("brought", &all)?;
        }
        fields.end()
    }
}
