//! What a row is called outside: its figures with their units, and its JSON. One name is one thing: what cells count is named otherwise
//! than what nodes that agree count.

use super::{Figure, Measurement, Reading, Reason, Work};
use serde::{Serialize, Serializer};

/// A row of nodes that agree.
#[derive(Serialize)]
struct Agreeing<'a> {
    tick: u32,
    reason: Reason,
    spread: Option<u32>,
    #[serde(flatten)]
    reading: &'a Reading,
    up: u64,
    active: u64,
    exchanges: u64,
    messages: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<u64>,
    fingerprint: String,
}

/// A row of cells that work.
#[derive(Serialize)]
struct Working<'a> {
    tick: u32,
    reason: Reason,
    outstanding: u64,
    #[serde(flatten)]
    work: &'a Work,
    messages_so_far: u64,
    agents_up: u64,
    cells_up: u64,
    cells_active: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<u64>,
    fingerprint: String,
}

impl Serialize for Measurement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fingerprint = self.fingerprint_text();
        match &self.reading {
            Reading::Work(work) => Working {
                tick: self.tick,
                reason: self.reason,
                outstanding: work.outstanding(),
                work,
                messages_so_far: work.messages(),
                agents_up: work.agents_up(),
                cells_up: self.up,
                cells_active: self.active,
                component: self.component,
                fingerprint,
            }
            .serialize(serializer),
            reading => Agreeing {
                tick: self.tick,
                reason: self.reason,
                spread: self.spread,
                reading,
                up: self.up,
                active: self.active,
                exchanges: self.exchanges,
                messages: self.messages,
                component: self.component,
                fingerprint,
            }
            .serialize(serializer),
        }
    }
}

impl Measurement {
    fn fingerprint_text(&self) -> String {
        format!("{:016x}", self.fingerprint)
    }

    /// All figures, in order; of every row of a run the same.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        let about_reason = "Why it was measured: every, as it is every so many ticks; event, just before or after one; end, the run ended there";
        let mut all = vec![
            Figure::new("tick", "ticks", "Ticks that were done", self.tick),
            Figure::new("reason", "word", about_reason, self.reason.name().to_owned()),
        ];
        match &self.reading {
            Reading::Work(work) => self.of_cells(work, &mut all),
            Reading::Belief(beliefs) => self.of_nodes(beliefs.figures(), &mut all),
            Reading::Opinion(opinions) => self.of_nodes(opinions.figures(), &mut all),
            Reading::Phase(phases) => self.of_nodes(phases.figures(), &mut all),
        }
        all.extend(self.component.map(|nodes| {
            let about = "The largest connected part of those that are up";
            Figure::new("component", "nodes", about, nodes)
        }));
        let about = "64 bits that identify the whole state, as 16 digits";
        all.push(Figure::new(
            "fingerprint",
            "hexadecimal",
            about,
            self.fingerprint_text(),
        ));
        all
    }

    /// Of nodes that agree.
    fn of_nodes(&self, reading: Vec<Figure>, all: &mut Vec<Figure>) {
        let about = "How far the swarm is from agreement: of beliefs the greatest less the least, of others how many disagree; null \
                     where no honest node is up";
        all.push(Figure::new("spread", "units", about, self.spread));
        all.extend(reading);
        let about_exchanges =
            "Links over which an exchange took place in the last tick, or pairs of nodes of which one asked the other";
        all.extend([
            Figure::new("up", "nodes", "Nodes that are up", self.up),
            Figure::new("active", "nodes", "Nodes that acted in the last tick", self.active),
            Figure::new("exchanges", "links", about_exchanges, self.exchanges),
            Figure::new("messages", "messages", "Messages sent in the last tick", self.messages),
        ]);
    }

    /// Of cells that work.
    fn of_cells(&self, work: &Work, all: &mut Vec<Figure>) {
        let about = "Outstanding tasks: those that wait at their sources and all that cells hold";
        all.push(Figure::new("outstanding", "tasks", about, work.outstanding()));
        all.extend(work.figures());
        let about_cells = "Cells that are up: two or more of their four agents are";
        let about_active = "Cells that were up and whose turn it was, by the timing, in the last tick";
        all.extend([
            Figure::new("agents_up", "agents", "Agents that are up", work.agents_up()),
            Figure::new("cells_up", "cells", about_cells, self.up),
            Figure::new("cells_active", "cells", about_active, self.active),
        ]);
    }
}
