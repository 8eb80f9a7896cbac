//! From a scenario's `[growth]` to the columns and steps of the swarm.

use super::gauge::GrowthGauge;
use super::spec::{GrowthSpec, Inherit};
use super::steps::{
    AccountStep, BequeathStep, CapStep, CountStep, DecideStep, EmptyStep, EstateStep, GrantStep, JoinStep,
    MOST_EMPTIED, Retirement, SettleStep, TakeStep, WatchStep,
};
use super::{DEEPEST, NeedsGauge, account, delegated, ledger};
use crate::column::{ColumnId, Extent, Kinship};
use crate::counters::words;
use crate::draft::{Conserved, Draft};
use crate::error::Error;
use crate::fault::{MEMBERS, bits};
use crate::number::threshold;
use crate::part::work::delegation::{order, part};
use crate::part::work::{Delegates, Families, Mode, WorkPlan};
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::scan::scan_groups;
use crate::shown::{Shown, ShownKind};
use crate::topology::FAMILY;

impl Part for GrowthSpec {
    fn place(&self) -> Place {
        Place::section("growth")
    }

    fn stage(&self) -> Stage {
        Stage::Growth
    }

    fn agents(&self) -> u32 {
        MEMBERS
    }

    fn grows(&self) -> bool {
        self.enabled
    }

    fn brings_down(&self) -> bool {
        self.enabled
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        draft.counts_messages();
        if !self.enabled {
            return Ok(());
        }
        let places = self.places(draft.nodes())?;
        self.check()?;
        let mut add = |name, extent| {
            let column = draft.column(name, extent, false);
            draft.fix(column);
            column
        };
        let depth = add("growth.depth", Extent::Node);
        let kinship = Kinship {
            parents: add("growth.parent", Extent::Node),
            families: add("growth.family", Extent::Node),
        };
        // What the cells count of their own is of the ledger that their gauge reads, too.
        let count = add("growth.ledger", Extent::Swarm(words(ledger::ALL as u32)));
        let delegates = self.delegate.as_ref().map(|delegate| {
            let order = add("growth.order", Extent::Words(order::ALL as u32));
            let part = add("growth.part", Extent::Words(part::ALL as u32));
            Delegates {
                order,
                part,
                need: delegate.need,
                accounts: delegate.account,
            }
        });
        if let Some(delegates) = delegates {
            draft.know(delegates);
        }
        draft.grows_to(places, kinship);
        draft.know(Families {
            share: self.spawn.share,
            depth,
            ledger: count,
        });
        let about =
            "0 for cells that are there from the start, 1 for their children, …; nothing of a place where nobody is";
        if let Some(members) = draft.members() {
            draft.show(Shown::new(
                ("depth", "", about),
                ShownKind::Optional,
                vec![(depth, 0), (members, 0)],
                |words| (words[1] & bits::GONE == 0).then_some(words[0]),
            ));
        }
        Ok(())
    }

    fn complete(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let Some((places, kinship)) = draft.growth().filter(|_| self.enabled) else {
            return Ok(());
        };
        let missing = |_| {
            let message = "is there, but no [work] whose load could make cells grow; add it, or leave growth out";
            Error::invalid("growth", message)
        };
        let state = draft.foreign("work.state").map_err(missing)?;
        let status = draft.foreign("faults.status").map_err(missing)?;
        let members = draft.members().ok_or_else(|| missing(Vec::new()))?;
        self.check_queue(draft)?;
        let strategy = match self.inherit {
            Inherit::Strategy => draft.foreign("learning.strategy").ok(),
            Inherit::Nothing => None,
        };
        let (depth, count) = draft
            .fact::<Families>()
            .map_or_else(Default::default, |families| (families.depth, families.ledger));
        // What others hold is known before growth's own columns are added.
        let kept = [status, members, state, depth, kinship.parents, kinship.families];
        let others: Vec<(ColumnId, u32)> = draft
            .of_nodes()
            .into_iter()
            .filter(|(column, _)| !kept.contains(column) && Some(*column) != strategy)
            .collect();
        let bequeathed = draft.bequeathed();
        let of_estates: Vec<ColumnId> = bequeathed.iter().flat_map(Conserved::columns).collect();
        let mut add = |name, extent| {
            let column = draft.column(name, extent, false);
            draft.fix(column);
            column
        };
        let watch = add("growth.watch", Extent::Node);
        let wish = add("growth.wish", Extent::Node);
        let event = add("growth.event", Extent::Node);
        let born = add("growth.born", Extent::Node);
        let pause = add("growth.pause", Extent::Words(3));
        let heritage = add("growth.heritage", Extent::Words(3));
        let sums = [
            add("growth.asks.sums-1", Extent::Groups(1)),
            add("growth.free.sums-1", Extent::Groups(1)),
        ];
        let free = scan_groups(sums[1], places, &crate::scan_names!("growth.free"), &mut add);
        let asks = scan_groups(sums[0], places, &crate::scan_names!("growth.asks"), &mut add);
        let founders = draft.nodes();
        let delegated = self.delegation(draft, (state, depth));
        draft.step(WatchStep {
            columns: [state, members, watch],
            founders,
            load: self.spawn.load,
        });
        draft.step(DecideStep {
            columns: super::steps::Decided {
                state,
                watch,
                depth,
                pause,
                wish,
                heritage,
                status,
                strategy,
            },
            founders,
            after: self.spawn.ticks,
            deepest: self.depth,
            retire: Retirement {
                idle: self.retire.idle,
                load: self.retire.load,
            },
        });
        draft.step(CountStep {
            wish,
            sums,
            nodes: places,
        });
        draft.steps(free.steps);
        draft.step(CapStep {
            sums: sums[0],
            free: free.total,
            share: if self.most_at_once >= 1.0 {
                u32::MAX
            } else {
                threshold(self.most_at_once)
            },
        });
        draft.steps(asks.steps);
        // Before anybody is gone.
        for conserved in &bequeathed {
            draft.step(EstateStep {
                belief: conserved.column,
                basis: conserved.basis,
                destroyed: conserved.destroyed,
                wish,
            });
            if let Some(column) = conserved.injected {
                draft.step(BequeathStep { column, wish });
            }
        }
        draft.step(GrantStep {
            columns: super::steps::Granted {
                kinship,
                wish,
                pause,
                event,
                asks: sums[0],
                asks_before: asks.prefix,
                all_asks: asks.total,
                free: sums[1],
                free_before: free.prefix,
                ledger: count,
            },
            founders,
            nodes: places,
        });
        let faults = draft.faults();
        draft.step(SettleStep {
            columns: super::steps::Settled {
                event,
                heritage,
                members,
                status,
                state,
                strategy,
                depth,
                born,
            },
            delay: self.spawn.delay,
            liars: (faults.and_then(|faults| faults.liars).unwrap_or(0), founders * MEMBERS),
            key: draft.key("growth.liars"),
        });
        // What is accounted for keeps the words of a part until it has been.
        let accounted = draft.fact::<Delegates>().filter(|delegates| delegates.accounts);
        let accounted = accounted.map(|delegates| delegates.part);
        let emptied: Vec<(ColumnId, u32)> = others
            .into_iter()
            .filter(|(column, _)| Some(*column) != accounted)
            .filter(|(column, _)| !of_estates.contains(column))
            .chain([(pause, 3), (watch, 1)])
            .collect();
        for columns in emptied.chunks(MOST_EMPTIED) {
            draft.step(EmptyStep {
                event,
                columns: columns.to_vec(),
            });
        }
        draft.gauge(GrowthGauge {
            depth,
            state,
            ledger: count,
            delegated,
            founders,
        });
        Ok(())
    }

    fn describe(&self, plan: &Plan) -> Vec<(&'static str, String)> {
        if !self.enabled {
            return vec![("growth", "none: growth.enabled is false".to_owned())];
        }
        let (founders, nodes) = (plan.founders(), plan.nodes());
        let spawn = format!(
            "{} cells from the start, {} at most; a family after {} ticks with {} tasks waiting, {} levels at most",
            crate::grouped(founders),
            crate::grouped(nodes),
            self.spawn.ticks,
            self.spawn.load,
            self.depth
        );
        vec![("growth", spawn)]
    }
}

impl GrowthSpec {
    /// The steps of tasks that are delegated, and what is counted of them.
    fn delegation(&self, draft: &mut Draft<'_>, (state, depth): (ColumnId, ColumnId)) -> Option<ColumnId> {
        let (delegate, delegates) = self.delegate.as_ref().zip(draft.fact::<Delegates>().copied())?;
        let count = draft.column("growth.delegated", Extent::Swarm(words(delegated::ALL as u32)), false);
        draft.fix(count);
        let account = delegate.account.then(|| {
            let column = draft.column("growth.account", Extent::Swarm(words(account::ALL as u32)), false);
            draft.fix(column);
            column
        });
        let join = JoinStep {
            columns: [delegates.part, state, delegates.order],
            mode: delegate.mode,
            patience: delegate.patience,
        };
        let take = TakeStep {
            columns: [delegates.order, depth, delegates.part, count],
            founders: draft.nodes(),
            mode: delegate.mode,
            need: delegate.need,
            levels: delegate.levels,
            deepest: self.depth,
        };
        // Sections come by their names, so that all stand before the cells' work.
        draft.step_at(Stage::Work, join);
        if let Some((account, format)) = account.zip(draft.fact::<WorkPlan>().map(|work| work.format)) {
            draft.step_at(
                Stage::Work,
                AccountStep {
                    columns: [delegates.order, state, delegates.part, account],
                    founders: draft.nodes(),
                    mode: delegate.mode,
                    limits: [delegate.need, delegate.levels],
                    format,
                },
            );
            draft.gauge(NeedsGauge {
                parts: delegates.part,
                counted: account,
            });
        }
        draft.step_at(Stage::Work, take);
        Some(count)
    }

    /// How many cells there can be.
    fn places(&self, founders: u32) -> Result<u32, Error> {
        let (most, agents) = (self.max_agents, founders.saturating_mul(MEMBERS));
        let family = FAMILY * MEMBERS;
        if most < agents {
            let message = format!(
                "is {most}, but {agents} agents are there from the start; have at least as many, as in {agents}"
            );
            return Err(Error::invalid("growth.max_agents", message));
        }
        if !(most - agents).is_multiple_of(family) {
            let below = most - (most - agents) % family;
            let message = format!(
                "is {most}, which is {} more than the {agents} agents that are there from the start; agents come by {family}, four cells of \
                 four: the nearest are {below} and {}",
                most - agents,
                u64::from(below) + u64::from(family)
            );
            return Err(Error::invalid("growth.max_agents", message));
        }
        Ok(most / MEMBERS)
    }

    fn check(&self) -> Result<(), Error> {
        if self.retire.load >= self.spawn.load {
            let message = format!(
                "is {}, not below growth.spawn.load, which is {}: families would go as soon as they come; have less, as in {}",
                self.retire.load,
                self.spawn.load,
                self.spawn.load / 4
            );
            return Err(Error::invalid("growth.retire.load", message));
        }
        if !(1..=DEEPEST).contains(&self.depth) {
            let message = format!("is {}; it must be from 1 to {DEEPEST}", self.depth);
            return Err(Error::invalid("growth.depth", message));
        }
        if let Some(delegate) = self
            .delegate
            .as_ref()
            .filter(|delegate| delegate.mode == Mode::Divide && delegate.need < 2)
        {
            let message = format!(
                "is {}; what is divided needs at least 2 ticks: have more, or mode = \"replicate\"",
                delegate.need
            );
            return Err(Error::invalid("growth.delegate.need", message));
        }
        if let Some(delegate) = &self.delegate {
            let key = "growth.delegate.levels";
            if delegate.mode == Mode::Divide && delegate.levels != 1 {
                let message = format!(
                    "is {}, but mode is \"divide\", which divides as long as parts need growth.delegate.need ticks; leave it out, or take mode = \"replicate\"",
                    delegate.levels
                );
                return Err(Error::invalid(key, message));
            }
            if delegate.levels > self.depth {
                let message = format!(
                    "is {}, but growth.depth allows {} levels of families; have fewer, or a greater depth",
                    delegate.levels, self.depth
                );
                return Err(Error::invalid(key, message));
            }
        }
        if self.most_at_once.is_nan() || self.most_at_once <= 0.0 || self.most_at_once > 1.0 {
            let message = format!(
                "is {}; it is the share of the free places for families that 256 cells may take in a tick, above 0 and at most 1, as 0.25",
                self.most_at_once
            );
            return Err(Error::invalid("growth.most_at_once", message));
        }
        Ok(())
    }

    /// Whether so many tasks can wait at all.
    fn check_queue(&self, draft: &Draft<'_>) -> Result<(), Error> {
        match draft.fact::<WorkPlan>() {
            Some(work) if self.spawn.load > work.capacity => {
                let message = format!(
                    "is {}, but a cell holds at most {} tasks, by work.queue; have less",
                    self.spawn.load, work.capacity
                );
                Err(Error::invalid("growth.spawn.load", message))
            }
            _ => Ok(()),
        }
    }
}
