//! One tick of a cell's work: arrivals, order, dispatch, execution, verification, commitment. Twin of `shaders/part/work/cell.wgsl`.
//!
//! A cell reads and writes its own words only. Roles are derived from who is up and from the epoch, never stored: a missing
//! member's role is taken over in the same tick. With fewer than two members up, or two that hold a result, a cell is closed: it
//! keeps what it holds; after a while its neighbours take it over, see [`super::OfferStep`].

mod agree;
mod count;
mod delegate;
mod desk;
mod events;
mod learnt;
mod order;
mod own;
mod quiet;
mod shader;
mod source;

pub use agree::{COORDINATOR, Case, EXECUTOR, REFEREE, Verdict, member, verdict};
pub use events::{Events, InForce, MOST_AT_ONCE};
pub use learnt::Learnt;
pub use order::{Ageing, Next, Queue};
pub use own::{Dispatches, Orders};
pub use source::{Counts, Drawn, Log, Needs, Places, Source, Stretch};

use crate::column::{Access, Binding, ColumnId, Fold, Folded, Reach};
use crate::hear::links::for_each_flag;
use crate::part::work::choices::earned;
use crate::part::work::ledger::{Layout, of_all};
use crate::part::work::{Agreement, Delegates, Retry, TaskFormat, job, state};
use crate::shader::Module;
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use count::Count;
use delegate::Slots;
use desk::{Desk, Team};
use source::{At, SourceWords};
use std::ops::Range;

/// The columns of the step.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// Who is up and who lies, a word an agent; nothing where nothing goes wrong.
    pub members: Option<ColumnId>,
    /// What neighbours read of a cell.
    pub state: ColumnId,
    /// The cell's own words.
    pub cell: ColumnId,
    /// The waiting tasks, two words each.
    pub queue: ColumnId,
    /// What the swarm counts.
    pub ledger: ColumnId,
    /// How long it takes.
    pub times: ColumnId,
    /// Tables that do not change.
    pub workload: ColumnId,
    /// The results of jobs, if they come from a log.
    pub jobs: Option<ColumnId>,
}

/// The numbers of the step.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The most tasks that a cell holds.
    pub queue: u32,
    /// Ticks of an epoch.
    pub epoch: u32,
    /// Ticks after which the neighbours of a closed cell take over.
    pub lease: u32,
    /// Whether members that come back have forgotten.
    pub forgets: bool,
    /// How many cells have a source: those that are there from the start.
    pub sources: u32,
    /// Where tasks come from.
    pub source: Source,
    /// Whether all come from one source.
    pub is_one: bool,
    /// Which is next.
    pub next: Next,
    /// When one that was refused is offered again, where that is not each cell's own choice.
    pub retry: Retry,
    /// What cells choose for themselves, where they learn.
    pub learnt: Option<Learnt>,
    /// Which tasks are delegated, and where they stand, where any are.
    pub delegates: Option<Delegates>,
    /// The probability, in 2^-32, that a result is verified; `u32::MAX` is certain.
    pub verify: u32,
    /// The probability, in 2^-32, that an honest executor errs; `u32::MAX` is certain.
    pub error: u32,
    /// Who has to agree.
    pub agreement: Agreement,
    /// The most rejections of a task that has not failed.
    pub max_tries: u32,
    /// What the draws of errors and verifications depend on.
    pub result_key: u32,
    /// What a task's words mean.
    pub format: TaskFormat,
    /// Where the ledger has what.
    pub layout: Layout,
}

/// The step.
#[derive(Clone, Debug)]
pub struct CellStep {
    columns: Columns,
    parameters: Parameters,
}

/// After how many ticks a task is offered again that has been refused `times` times.
#[inline(always)]
#[must_use]
pub fn pause(retry: Retry, times: u32) -> u32 {
    match retry {
        Retry::None => 1,
        Retry::Binary => 1 << (times.min(11) - 1),
        Retry::Quadratic => times.min(31).pow(2),
        Retry::Fibonacci => {
            let (mut low, mut high) = (1, 1);
            for _ in 1..times.min(16) {
                (low, high) = (high, low + high);
            }
            low
        }
    }
}

impl Step for CellStep {
    fn name(&self) -> &'static str {
        "cell"
    }

    fn bindings(&self) -> Vec<Binding> {
        let columns = &self.columns;
        let mut all = vec![
            Binding::new(0, columns.state, Access::Update),
            Binding::new(1, columns.cell, Access::Update),
            Binding::new(2, columns.queue, Access::Update),
            Binding::new(3, columns.workload, Access::Read),
        ];
        all.extend(
            columns
                .members
                .map(|members| Binding::new(4, members, Access::Read).within(Reach::Own)),
        );
        all.extend(columns.jobs.map(|jobs| Binding::new(5, jobs, Access::Fold)));
        all.push(Binding::new(6, columns.times, Access::Fold));
        all.push(Binding::new(7, columns.ledger, Access::Fold));
        if let Some(learnt) = &self.parameters.learnt {
            all.push(Binding::new(8, learnt.strategy, Access::Read));
            all.push(Binding::new(9, learnt.earned, Access::Update));
        }
        if let Some(delegates) = &self.parameters.delegates {
            all.push(Binding::new(10, delegates.order, Access::Update));
            all.push(Binding::new(11, delegates.part, Access::Update));
        }
        all
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        self.pieces()
    }

    fn folds(&self) -> Vec<Folded> {
        let (columns, parameters) = (&self.columns, &self.parameters);
        let jobs = match &parameters.source {
            Source::Log(log) => log.jobs,
            Source::Drawn(_) => 0,
        };
        let mut all: Vec<Folded> = columns
            .jobs
            .iter()
            .flat_map(|&column| job::folds(column, jobs))
            .collect();
        let buckets = 2 * parameters.layout.buckets() as u32;
        all.push(Folded::new(columns.times, 0..buckets, Fold::Add64));
        all.extend(parameters.layout.folds(columns.ledger));
        all
    }

    fn turns(&self, bounds: Bounds) -> u64 {
        self.parameters.turns(bounds.ticks)
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        const CHUNK: usize = 512;
        /// How many cells ahead words are fetched.
        const AHEAD: usize = 8;
        let parameters = &self.parameters;
        let tables = view.reads[0];
        let members = self.columns.members.map(|_| view.lanes(1));
        let learnt = parameters.learnt.as_ref();
        let strategies = learnt.map(|learnt| (learnt, view.reads[1 + usize::from(members.is_some())]));
        let (jobs, times, ledger) = match *view.folds {
            [jobs, times, ledger] => (Some(jobs), times, ledger),
            [times, ledger] => (None, times, ledger),
            _ => return,
        };
        let mut count = Count::new(parameters.layout, jobs, times, ledger);
        let [mut draws, mut acts, mut arrivals] = [(); 3].map(|()| scratch.take(CHUNK));
        // Of whoever may begin something in ticks of its own it is looked at one by one whether it does.
        let anybody = learnt.filter(|learnt| learnt.dispatches_by_choice()).map(|_| {
            let mut all = scratch.take(CHUNK);
            all.fill(1);
            all
        });
        let mut flags = [1u8; CHUNK];
        // The places in a chunk of cells that do more than go on.
        let mut others = [0; CHUNK];
        let [states, words, queue, more @ ..] = outputs.as_mut_slice() else {
            return;
        };
        let (earned, slots) = more.split_at_mut(usize::from(learnt.is_some()));
        let mut slots = match slots {
            [order, part] => Some((order, part)),
            _ => None,
        };
        let states = &mut states[0];
        let mut first = block.start;
        while first < block.end {
            let len = CHUNK.min((block.end - first) as usize);
            let start = (first - block.start) as usize;
            source::draw(&parameters.source, first, view.tick, &mut draws[..len]);
            view.traffic.acting(first, &mut acts[..len]);
            if parameters.has_quiet() {
                arrivals[..len].copy_from_slice(&draws[..len]);
                quiet::arrivals(&parameters.source, tables, (first, view.tick), &mut arrivals[..len]);
                let (waiting, remaining) = quiet::lanes(words, &(start..start + len));
                let looked = quiet::Looked {
                    states: &states[start..start + len],
                    members: members.map(|members| quiet::members(members, &(first as usize..first as usize + len))),
                    acts: &anybody.as_ref().unwrap_or(&acts)[..len],
                    arrivals: &arrivals[..len],
                    waiting,
                };
                count.add(of_all::BUSY, quiet::go_on(&looked, remaining, &mut flags[..len]).into());
                if let Some((learnt, earned)) = learnt.zip(earned.first_mut()) {
                    let cells = start..start + len;
                    quiet::earn(learnt, &states[cells.clone()], &flags[..len], earned, &cells);
                }
            }
            let mut count_of_others = 0;
            for_each_flag(&flags[..len], |l| {
                others[count_of_others] = l;
                count_of_others += 1;
            });
            for (k, &l) in others[..count_of_others].iter().enumerate() {
                if let Some(&next) = others[..count_of_others].get(k + AHEAD) {
                    quiet::fetch(states[start + next], arrivals[next] != 0, start + next, words, queue);
                }
                let cell = first + l as u32;
                let (at, draw) = (start + l, draws[l]);
                let team = members.map_or(Team::WHOLE, |members| Team::of(members, cell as usize));
                let state = states[at];
                if team.is_gone {
                    states[at] = 0;
                    continue;
                }
                let mut desk = Desk {
                    parameters,
                    at: At {
                        source: &parameters.source,
                        tables,
                        format: parameters.format,
                        is_one: parameters.is_one,
                        cell,
                        tick: view.tick,
                    },
                    team,
                    words: SourceWords { lanes: words, at },
                    queue: Queue { lanes: queue, at },
                    queued: state & state::QUEUED,
                    busy: state & state::BUSY != 0,
                    count: &mut count,
                    choice: strategies.map(|(learnt, of)| learnt.choice(tables, of[cell as usize])),
                    slots: slots.as_mut().map(|(order, part)| Slots {
                        order,
                        part,
                        at,
                        need: parameters.delegates.map_or(u32::MAX, |delegates| delegates.need),
                        accounts: parameters.delegates.is_some_and(|delegates| delegates.accounts),
                    }),
                };
                let acts = acts[l] != 0;
                let may_dispatch = match &desk.choice {
                    Some(choice) => {
                        let before = earned.first().and_then(|lanes| lanes.get(earned::BEFORE));
                        choice.may_dispatch(acts, (cell, view.tick), before.map_or(0, |lane| lane[at]))
                    }
                    None => acts,
                };
                states[at] = desk.tick(state, draw, may_dispatch);
                if let Some((choice, earned)) = desk.choice.zip(earned.first_mut()) {
                    choice.put(earned, at, view.tick);
                }
            }
            first += len as u32;
        }
        [draws, acts, arrivals]
            .into_iter()
            .chain(anybody)
            .for_each(|words| scratch.give(words));
        count.finish();
    }

    fn describe(&self) -> String {
        let parameters = &self.parameters;
        let source = match &parameters.source {
            Source::Drawn(_) => "tasks that are drawn".to_owned(),
            Source::Log(log) => format!("{} jobs of a log", log.jobs),
        };
        let mut text = format!(
            "{source}; queues of {}, epochs of {} ticks, leases of {}",
            parameters.queue, parameters.epoch, parameters.lease
        );
        if let Some(learnt) = &parameters.learnt {
            text += &learnt.describe();
        }
        text
    }
}

impl CellStep {
    /// The step.
    #[must_use]
    pub fn new(columns: Columns, parameters: Parameters) -> Self {
        Self { columns, parameters }
    }
}
