//! What the first process has all do, as words.

use crate::column::ColumnId;
use crate::gauge::{Fingerprint, Tallies};
use std::ops::Range;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order<'a> {
    /// No more.
    End,
    /// A step of a tick.
    Step(usize, u32),
    /// A measurement after so many ticks.
    Tally(u32),
    /// The fingerprints of all columns.
    Prints,
    /// Some words of a column, to the first process.
    Read(ColumnId, Range<u64>),
    /// Words of a column from one on, for all.
    Write(ColumnId, u64, &'a [u32]),
    /// To wait until all is done.
    Finish,
    /// To say whether a folder is there.
    #[cfg(feature = "checkpoint")]
    Sees(&'a [u32]),
    /// To write the own words of all columns into that folder, compressed if the first is 1.
    #[cfg(feature = "checkpoint")]
    Save(bool, &'a [u32]),
}

fn halves(number: u64) -> [u32; 2] {
    [number as u32, (number >> 32) as u32]
}

#[cfg(any(feature = "mpi", test))]
fn whole(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

impl<'a> Order<'a> {
    /// As it is told.
    pub fn words(&self) -> Vec<u32> {
        match self {
            Self::End => vec![0],
            // A plan has few steps and columns.
            Self::Step(step, tick) => vec![1, *step as u32, *tick],
            Self::Tally(tick) => vec![2, *tick],
            Self::Prints => vec![3],
            Self::Read(column, words) => {
                let [first, end] = [words.start, words.end].map(halves);
                vec![4, column.0 as u32, first[0], first[1], end[0], end[1]]
            }
            Self::Write(column, first, words) => {
                let first = halves(*first);
                let mut all = vec![5, column.0 as u32, first[0], first[1]];
                all.extend(*words);
                all
            }
            Self::Finish => vec![6],
            #[cfg(feature = "checkpoint")]
            Self::Sees(folder) => [&[7][..], folder].concat(),
            #[cfg(feature = "checkpoint")]
            Self::Save(compress, folder) => [&[8, u32::from(*compress)][..], folder].concat(),
        }
    }

    /// As it is heard; nothing if that is the end.
    #[cfg(any(feature = "mpi", test))]
    pub fn of(words: &'a [u32]) -> Option<Self> {
        Some(match *words {
            [1, step, tick] => Self::Step(step as usize, tick),
            [2, tick] => Self::Tally(tick),
            [3] => Self::Prints,
            [4, column, a, b, c, d] => Self::Read(ColumnId(column as usize), whole(a, b)..whole(c, d)),
            [5, column, a, b, ref words @ ..] => Self::Write(ColumnId(column as usize), whole(a, b), words),
            [6] => Self::Finish,
            #[cfg(feature = "checkpoint")]
            [7, ref folder @ ..] => Self::Sees(folder),
            #[cfg(feature = "checkpoint")]
            [8, compress, ref folder @ ..] => Self::Save(compress == 1, folder),
            _ => return None,
        })
    }
}

/// What came of it, in the first process.
#[derive(Debug)]
pub(super) enum Done {
    Nothing,
    Tallies(Tallies),
    Prints(Vec<Fingerprint>),
    Words(Vec<u32>),
}

impl Done {
    pub fn tallies(self) -> Option<Tallies> {
        match self {
            Self::Tallies(tallies) => Some(tallies),
            _ => None,
        }
    }

    pub fn prints(self) -> Option<Vec<Fingerprint>> {
        match self {
            Self::Prints(prints) => Some(prints),
            _ => None,
        }
    }

    pub fn words(self) -> Option<Vec<u32>> {
        match self {
            Self::Words(words) => Some(words),
            _ => None,
        }
    }
}
