//! Which tier a job is of.

use super::log::{NO_QUEUE, listed};
use super::names::Names;

/// What decides it.
#[derive(Debug)]
pub(super) enum Tiers {
    /// The tier is given.
    Given,
    /// How many processors the job takes.
    Size { last: u32 },
    /// The word's number.
    Words { last: u32 },
    /// The queue's place among the queues, in ascending order.
    Queues { last: u32, queues: Vec<u32>, more: bool },
}

impl Tiers {
    /// By the queues of these jobs.
    pub(super) fn queues(last: u32, marks: impl Iterator<Item = u32>) -> Self {
        let (mut queues, mut more): (Vec<u32>, bool) = (Vec::new(), false);
        for mark in marks {
            if mark != NO_QUEUE
                && let Err(place) = queues.binary_search(&mark)
            {
                // Beyond the last tier all queues are alike.
                if place <= last as usize {
                    queues.insert(place, mark);
                    more |= queues.len() > last as usize + 1;
                    queues.truncate(last as usize + 1);
                } else {
                    more = true;
                }
            }
        }
        Self::Queues { last, queues, more }
    }

    /// The tier of a job with this mark and so many tasks.
    pub(super) fn of(&self, mark: u32, tasks: u32) -> u32 {
        match self {
            Self::Given => mark,
            Self::Size { last } => size_class(tasks).min(*last),
            Self::Words { last } => mark.min(*last),
            Self::Queues { last, queues, .. } => queues.binary_search(&mark).map_or(*last, |tier| tier as u32),
        }
    }

    /// What the tiers mean, where there is more than one.
    pub(super) fn told(&self, words: &Names) -> Option<String> {
        match self {
            Self::Words { last } => {
                let more = if words.count() > *last as usize + 1 {
                    format!("; all from tier {last} on are of tier {last}, the last")
                } else {
                    String::new()
                };
                Some(format!(
                    "tiers are words, numbered from 0 in the order of their first appearance: {}{more}",
                    listed(words)
                ))
            }
            Self::Queues { last, queues, more } if *last > 0 && !queues.is_empty() => {
                let each: Vec<String> = queues.iter().map(u32::to_string).collect();
                let rest = if *more {
                    format!("; further queues, and jobs without one, are of tier {last}, the last")
                } else {
                    String::new()
                };
                Some(format!("tiers from 0 on are the queues {}{rest}", each.join(", ")))
            }
            Self::Size { last } if *last > 0 => {
                let bounds = |tier: u32| match tier {
                    0 => "1 processor is tier 0".to_owned(),
                    // Sizes are below 2^32, so classes end at 16.
                    _ => format!("{} to {} tier {tier}", (1u64 << (2 * tier - 2)) + 1, 1u64 << (2 * tier)),
                };
                let each: Vec<String> = (0..*last.min(&4)).map(bounds).collect();
                let more = if *last > 4 { ", and so on by powers of 4" } else { "" };
                Some(format!(
                    "tiers are by size: {}{more}; more processors are of tier {last}, the last",
                    each.join(", ")
                ))
            }
            _ => None,
        }
    }
}

/// Powers of 4: 1 is class 0, 2 to 4 class 1, 5 to 16 class 2.
fn size_class(tasks: u32) -> u32 {
    (u32::BITS - tasks.saturating_sub(1).leading_zeros()).div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::size_class;

    #[test]
    fn sizes_fall_into_powers_of_four() {
        let classes = [
            (1, 0),
            (2, 1),
            (4, 1),
            (5, 2),
            (16, 2),
            (17, 3),
            (64, 3),
            (65, 4),
            (1 << 20, 10),
        ];
        for (tasks, class) in classes {
            assert_eq!(size_class(tasks), class, "{tasks}");
        }
    }
}
