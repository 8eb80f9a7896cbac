//! From the events of a scenario's arrivals to stretches of ticks in which the same ones hold, and their rates.

use super::plan::ArrivalChange;
use super::source::{of_rate, put};
use super::{ArrivalEvent, Arrivals, Process};
use crate::digits::grouped;
use crate::error::{Error, quoted};
use crate::fault::{Chosen, Crowd, Draw, Selection, places};
use crate::part::work::{Counts, Events, InForce, MOST_AT_ONCE};
use crate::topology::Topology;

/// An event with its cells worked out.
struct Known<'a> {
    spec: &'a ArrivalEvent,
    who: Chosen,
    /// How many cells those are.
    count: u32,
}

impl Known<'_> {
    fn holds(&self, tick: u32) -> bool {
        self.spec.tick <= tick && self.spec.until.is_none_or(|until| tick < until)
    }
}

/// All events of a scenario.
pub(super) struct Course<'a> {
    events: Vec<Known<'a>>,
    cells: u32,
}

impl<'a> Course<'a> {
    /// Works out which cells each falls on.
    pub fn of(arrivals: &'a Arrivals, topology: &dyn Topology, seed: u32) -> Result<Self, Error> {
        let (specs, crowd) = (&arrivals.events, Crowd::of_cells(topology, seed));
        let items: Vec<_> = specs
            .iter()
            .map(|event| (event.name.as_deref(), format!("arrivals,{}", event.tick)))
            .collect();
        let places = places("work.arrivals.events", &items);
        let mut events = Vec::new();
        for (k, (spec, place)) in specs.iter().zip(places).enumerate() {
            let key = format!("work.arrivals.events[{k}]");
            check(spec, &specs[..k], &key)?;
            let draw = Draw::at(&format!("{place}.who"));
            let (who, count) = match &spec.who {
                // Of those whom their family says only those are left by now who are there from the start.
                Some(Selection::Depth(_)) => (Chosen::All, Some(topology.nodes())),
                Some(who) => who.choose(&crowd, &format!("{key}.who"), draw)?,
                None => (Chosen::All, Some(topology.nodes())),
            };
            let count = count.unwrap_or(0);
            events.push(Known { spec, who, count });
        }
        let course = Self {
            events,
            cells: topology.nodes(),
        };
        for (k, known) in course.events.iter().enumerate() {
            let at_once = course.holding(known.spec.tick).len();
            if at_once > MOST_AT_ONCE {
                let message = format!(
                    "is {}, in which {at_once} events of arrivals hold; at most {MOST_AT_ONCE} can at once: put some of them together, or \
                     let some end before",
                    known.spec.tick
                );
                return Err(Error::invalid(format!("work.arrivals.events[{k}].tick"), message));
            }
        }
        Ok(course)
    }

    /// The first ticks of the stretches in which the same events hold, ascending from 0.
    fn starts(&self) -> Vec<u32> {
        let ends = |known: &Known<'_>| known.spec.until;
        let mut starts: Vec<u32> = self.events.iter().map(|known| known.spec.tick).collect();
        starts.extend(self.events.iter().filter_map(ends));
        starts.push(0);
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// Those that hold in a tick.
    fn holding(&self, tick: u32) -> Vec<&Known<'a>> {
        self.events.iter().filter(|known| known.holds(tick)).collect()
    }

    /// The rate that a cell has at the most in each stretch, from that without events, and how many ticks it has up to `last`.
    pub fn rates(&self, rate: f64, last: u32) -> Vec<(f64, u32)> {
        let starts = self.starts();
        let ends = starts[1..].iter().copied().chain([u32::MAX]);
        let of = |(&start, end): (&u32, u32)| {
            let greatest: f64 = self
                .holding(start)
                .iter()
                .map(|known| known.spec.times.max(1.0))
                .product();
            (rate * greatest, end.min(last) - start.min(last))
        };
        starts.iter().zip(ends).map(of).collect()
    }

    /// What the step needs to know, and its tables; nothing if there are no events.
    pub fn build(&self, process: &Process, rates: [f64; 2], tables: &mut Vec<u32>) -> Result<Option<Events>, Error> {
        if self.events.is_empty() {
            return Ok(None);
        }
        let placed: Vec<u32> = self.events.iter().map(|known| place(&known.who, tables)).collect();
        let starts = self.starts();
        let (mut records, mut stretches, mut most) = (Vec::new(), Vec::new(), 0);
        // Rates by their bits, with their words and the most that arrive by them.
        let mut known_rates: Vec<(u64, [u32; 2], u64)> = Vec::new();
        for &start in &starts {
            let holding: Vec<usize> = (0..self.events.len())
                .filter(|&k| self.events[k].holds(start))
                .collect();
            let mut words = Vec::new();
            for set in 0..1_usize << holding.len() {
                let falls = holding.iter().enumerate().filter(|(bit, _)| set >> bit & 1 != 0);
                let times: f64 = falls.map(|(_, &k)| self.events[k].spec.times).product();
                for rate in rates {
                    let rate = rate * times;
                    let known = known_rates.iter().find(|(known, ..)| *known == rate.to_bits());
                    let (_, of, greatest) = match known {
                        Some(&known) => known,
                        None => {
                            let (of, greatest) = of_rate(process, rate, tables)?;
                            known_rates.push((rate.to_bits(), of, greatest));
                            (0, of, greatest)
                        }
                    };
                    most = greatest.max(most);
                    words.extend(of);
                }
            }
            let rates = put(tables, words).start;
            let mut record = vec![rates as u32, holding.len() as u32];
            record.extend(holding.iter().map(|&k| placed[k]));
            record.resize(Events::WORDS, 0);
            records.extend(record);
            stretches.push(InForce {
                rates,
                who: holding.iter().map(|&k| self.events[k].who.clone()).collect(),
            });
        }
        Ok(Some(Events {
            starts: put(tables, starts.into_iter().skip(1)),
            records: put(tables, records),
            stretches,
            most,
            cells: self.cells,
        }))
    }

    /// What is said of them; nothing arrives from `until` on.
    pub fn changes(&self, until: Option<u32>) -> Vec<ArrivalChange> {
        let of = |known: &Known<'_>| {
            let all = format!("of {} cells", grouped(self.cells));
            let whom = match known.count {
                count if count == self.cells => "all cells".to_owned(),
                count => format!("{} {all}", grouped(count)),
            };
            ArrivalChange {
                tick: known.spec.tick,
                until: known.spec.until,
                has_effect: until.is_none_or(|until| known.spec.tick < until || known.spec.ends_all()),
                text: format!("{} times the arrivals at {whom}", known.spec.times),
            }
        };
        self.events.iter().map(of).collect()
    }
}

/// Puts what a selection says into the tables; returned is where.
fn place(who: &Chosen, tables: &mut Vec<u32>) -> u32 {
    let listed = match who {
        Chosen::Listed(bits) => put(tables, bits.iter().copied()).start as u32,
        _ => 0,
    };
    put(tables, who.words(listed)).start as u32
}

/// Whether an event is possible by itself, and has a name of its own.
fn check(event: &ArrivalEvent, before: &[ArrivalEvent], key: &str) -> Result<(), Error> {
    if let Some(until) = event.until.filter(|&until| until <= event.tick) {
        let message = format!(
            "is {until}, but the event begins at tick {}; let it end later, as in until = {}, or leave until out",
            event.tick,
            event.tick.saturating_add(1)
        );
        return Err(Error::invalid(format!("{key}.until"), message));
    }
    if matches!(event.who, Some(Selection::Role(_))) {
        let message = "is role, which agents have in their cells, but arrivals are at cells; choose them by share, range or nodes";
        return Err(Error::invalid(format!("{key}.who.kind"), message));
    }
    let by_family = match &event.who {
        Some(Selection::Depth(of)) => of.depth != 0,
        Some(Selection::Family(_) | Selection::Parents(_)) => true,
        _ => false,
    };
    if by_family {
        let message = "means cells by their families, which come and go, but tasks arrive from outside at the cells that are there from the \
                       start, and how many in a tick does not depend on what has become of a cell: a source that is refused works it out \
                       again later; choose cells by share, range or nodes, or take depth = 0, which is all of them";
        return Err(Error::invalid(format!("{key}.who.kind"), message));
    }
    let taken = before
        .iter()
        .position(|other| event.name.is_some() && other.name == event.name);
    if let Some((name, taken)) = event.name.as_deref().zip(taken) {
        let message = format!(
            "is {}, as that of work.arrivals.events[{taken}]; give each its own, or tie what they draw together by draw",
            quoted(name)
        );
        return Err(Error::invalid(format!("{key}.name"), message));
    }
    Ok(())
}

/// The least word that means that nothing arrives at any cell in any tick, if there is one.
pub(super) fn none_from(process: &Counts, events: Option<&Events>, tables: &[u32]) -> Option<u32> {
    let Counts::Whole { whole, fraction, .. } = process else {
        return None;
    };
    let mut all: Vec<(u32, u32)> = whole.iter().copied().zip(fraction.iter().copied()).collect();
    for stretch in events.iter().flat_map(|events| &events.stretches) {
        let rates = &tables[stretch.rates..][..4 << stretch.who.len()];
        all.extend(rates.chunks_exact(2).map(|rate| (rate[0], rate[1])));
    }
    let is_rare = all.iter().all(|&(whole, _)| whole == 0);
    is_rare.then(|| all.iter().map(|&(_, fraction)| fraction).max().unwrap_or(0))
}
