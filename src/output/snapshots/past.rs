//! The snapshots of a run that goes on: they are written down with each checkpoint, and read back.

use super::{Children, Snapshots, Taken};
use crate::whole_file;
use std::fs::File;
use std::path::Path;
use tetraswarm::table::{Values, group_count, read_group};
use tetraswarm::{Error, ShownKind};

/// Where they are.
const NAME: &str = "snapshots.parquet";

impl Snapshots {
    /// Writes down what has been taken so far, beside the rows of the run.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn keep(&self, run: &Path) -> Result<(), Error> {
        if self.taken.is_empty() {
            return Ok(());
        }
        whole_file::write(&run.join(NAME), "write the snapshots", |to| self.write(&[], to))?;
        whole_file::write(&run.join("links.parquet"), "write the snapshots' links", |to| {
            self.write_links(&[], to)
        })
    }

    /// Leaves out those before a tick: a branch begins there.
    pub fn begin_at(&mut self, tick: u32) {
        self.ticks.retain(|&of| of >= tick);
    }

    /// Takes over from the folder of a run those that were taken up to a tick, from which it goes on; answers after which ticks some are
    /// missing.
    pub fn take_up(&mut self, run: &Path, tick: u32) -> Vec<u32> {
        let (due, to_come): (Vec<u32>, Vec<u32>) = self.ticks.iter().partition(|&&of| of <= tick);
        let read = self.read(&run.join(NAME)).unwrap_or_default();
        self.taken = read.into_iter().filter(|taken| due.contains(&taken.tick)).collect();
        let is_taken = |of: &u32| self.taken.iter().any(|taken| taken.tick == *of);
        let missing: Vec<u32> = due.into_iter().filter(|of| !is_taken(of)).collect();
        // That of this very tick can still be taken.
        self.ticks = missing
            .iter()
            .copied()
            .filter(|&of| of == tick)
            .chain(to_come)
            .collect();
        missing.into_iter().filter(|&of| of < tick).collect()
    }

    /// Those in a file; nothing if they are of other nodes, or of other things that nodes hold.
    fn read(&self, path: &Path) -> Option<Vec<Taken>> {
        let file = File::open(path).ok()?;
        let headings = self.headings();
        let before = headings.len() - self.shown.len();
        let mut all = Vec::new();
        for group in 0..group_count(&file).ok()? {
            let columns = read_group(&file, group, &headings).ok()?;
            let (Values::U32(ticks), Values::U32(nodes)) = (&columns[0], &columns[1]) else {
                return None;
            };
            let (own, rest) = nodes.split_at_checked(self.nodes.len())?;
            if !own.iter().copied().eq(self.nodes.iter().copied().map(Some)) {
                return None;
            }
            let children = match &columns[before - 3..before] {
                _ if self.spaces.is_none() => Children::default(),
                [Values::F64(x), Values::F64(y), Values::U32(parents)] => {
                    let behind = own.len()..;
                    let places = x[behind.clone()].iter().zip(&y[behind.clone()]);
                    Children {
                        nodes: rest.iter().copied().collect::<Option<_>>()?,
                        parents: parents[behind].iter().copied().collect::<Option<_>>()?,
                        places: places.map(|(&x, &y)| Some([x?, y?])).collect::<Option<_>>()?,
                    }
                }
                _ => return None,
            };
            if self.spaces.is_none() && !rest.is_empty() {
                return None;
            }
            let words = |(values, kind): (&Values, ShownKind)| match (values, kind) {
                (Values::I32(of), ShownKind::Signed) => {
                    Some(of.iter().map(|value| value.map(|value| value as u32)).collect())
                }
                (Values::U32(of), _) => Some(of.clone()),
                (Values::Flag(of), _) => Some(of.iter().map(|value| value.map(u32::from)).collect()),
                _ => None,
            };
            let kinds = self.shown.iter().map(|shown| shown.kind);
            let held: Option<Vec<Vec<Option<u32>>>> = columns[before..].iter().zip(kinds).map(words).collect();
            all.push(Taken {
                tick: ticks.first().copied().flatten()?,
                children,
                values: held?,
            });
        }
        Some(all)
    }
}
