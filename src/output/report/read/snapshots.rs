//! The snapshots of a run: `snapshots.parquet` and `links.parquet`.

use super::table::{Table, number, text};
use crate::output::snapshots::{CAPTION_KEY, LEVELS_KEY};
use std::collections::HashMap;
use std::path::Path;
use tetraswarm::Error;

/// What the nodes held of one thing.
#[derive(Clone, Debug)]
pub struct Quantity {
    pub name: String,
    pub unit: String,
    pub about: String,
    /// A list for each snapshot, and in it a value for each node.
    pub values: Vec<Vec<Option<f64>>>,
}

/// Pictures of a network over time.
#[derive(Clone, Debug, Default)]
pub struct Snapshots {
    pub ticks: Vec<u64>,
    /// What each node is called.
    pub names: Vec<String>,
    /// To the right and up.
    pub places: Vec<[f64; 2]>,
    /// Whose child each of the last of them is that are somebody's, by places among the nodes: a place that is another cell's child later
    /// is another of them.
    pub parents: Vec<u32>,
    /// For each snapshot which of these are there.
    pub there: Vec<Vec<bool>>,
    /// By their places among the nodes.
    pub links: Vec<(u32, u32)>,
    pub levels: Vec<u32>,
    pub level_names: Vec<String>,
    pub quantities: Vec<Quantity>,
    pub caption: String,
}

impl Snapshots {
    /// How many are there from the start.
    pub fn founders(&self) -> usize {
        self.places.len() - self.parents.len()
    }

    /// Reads them, if there are any.
    ///
    /// # Errors
    /// If a table cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let (states, links) = (folder.join("snapshots.parquet"), folder.join("links.parquet"));
        if !states.is_file() || !links.is_file() {
            return Ok(None);
        }
        let mut all = Self::default();
        let numbers = all.states(&Table::open(&states)?)?;
        all.link(&Table::open(&links)?, &numbers)?;
        Ok((!all.ticks.is_empty() && !all.names.is_empty()).then_some(all))
    }

    /// The nodes' places in the lists by their numbers.
    fn states(&mut self, table: &Table) -> Result<HashMap<u64, u32>, Error> {
        self.caption = table.says(CAPTION_KEY).unwrap_or_default().to_owned();
        let ground = ["tick", "node", "x", "y"].map(|name| table.column(name));
        let mut columns = ground.into_iter().collect::<Result<Vec<_>, _>>()?;
        let id = table.names().iter().position(|name| name == "id");
        let parent = table.names().iter().position(|name| name == "parent");
        let is_own = |name: &&String| !["tick", "node", "x", "y", "id", "parent"].contains(&name.as_str());
        let names: Vec<String> = table.names().iter().filter(is_own).cloned().collect();
        for name in &names {
            columns.push(table.column(name)?);
            let (unit, about) = table.meaning(name);
            self.quantities.push(Quantity {
                name: name.clone(),
                unit,
                about,
                values: Vec::new(),
            });
        }
        columns.extend(id);
        columns.extend(parent);
        let of_parent = parent.map(|_| columns.len() - 1);
        let of_id = id.map(|_| 4 + names.len());
        // The children so far, by number and parent; those of this snapshot, by number.
        let mut known: HashMap<(u64, u32), u32> = HashMap::new();
        let mut now: HashMap<u64, u32> = HashMap::new();
        let mut row_of_tick = 0u32;
        let mut numbers = HashMap::new();
        table.read(&columns, |items| {
            (0..items[0].len()).for_each(|row| {
                let of = |column: usize| number(&items[column][row]);
                let tick = of(0).unwrap_or_default() as u64;
                if self.ticks.last() != Some(&tick) {
                    self.ticks.push(tick);
                    self.quantities
                        .iter_mut()
                        .for_each(|quantity| quantity.values.push(Vec::new()));
                    self.there.push(vec![false; self.parents.len()]);
                    now.clear();
                    row_of_tick = 0;
                }
                let node = of(1).unwrap_or_default() as u64;
                let id = of_id.and_then(|of| text(&items[of][row]));
                let place = [of(2).unwrap_or_default(), of(3).unwrap_or_default()];
                let at = match of_parent.and_then(|of| number(&items[of][row])) {
                    None => {
                        if self.ticks.len() == 1 {
                            numbers.insert(node, self.names.len() as u32);
                            self.names.push(id.unwrap_or_else(|| node.to_string()));
                            self.places.push(place);
                        }
                        row_of_tick += 1;
                        row_of_tick - 1
                    }
                    Some(parent) => {
                        let parent = parent as u64;
                        let parent = now
                            .get(&parent)
                            .or_else(|| numbers.get(&parent))
                            .copied()
                            .unwrap_or_default();
                        let own = *known.entry((node, parent)).or_insert_with(|| {
                            self.names.push(node.to_string());
                            self.places.push(place);
                            self.parents.push(parent);
                            self.names.len() as u32 - 1
                        });
                        now.insert(node, own);
                        let founders = self.names.len() - self.parents.len();
                        if let Some(there) = self.there.last_mut() {
                            there.resize(self.parents.len(), false);
                            there[own as usize - founders] = true;
                        }
                        own
                    }
                };
                for (k, quantity) in self.quantities.iter_mut().enumerate() {
                    if let Some(values) = quantity.values.last_mut() {
                        let len = values.len().max(at as usize + 1);
                        values.resize(len, None);
                        values[at as usize] = number(&items[4 + k][row]);
                    }
                }
            });
        })?;
        let nodes = self.names.len();
        for quantity in &mut self.quantities {
            quantity.values.iter_mut().for_each(|values| values.resize(nodes, None));
        }
        let children = self.parents.len();
        self.there.iter_mut().for_each(|there| there.resize(children, false));
        Ok(numbers)
    }

    fn link(&mut self, table: &Table, numbers: &HashMap<u64, u32>) -> Result<(), Error> {
        let names = table.says(LEVELS_KEY).and_then(|text| serde_json::from_str(text).ok());
        self.level_names = names.unwrap_or_default();
        let mut columns = vec![table.column("from")?, table.column("to")?];
        let level = table.names().iter().position(|name| name == "level");
        columns.extend(level);
        table.read(&columns, |items| {
            (0..items[0].len()).for_each(|row| {
                let end = |column: usize| number(&items[column][row]).and_then(|node| numbers.get(&(node as u64)));
                if let (Some(&from), Some(&to)) = (end(0), end(1)) {
                    self.links.push((from, to));
                    if level.is_some() {
                        self.levels.push(number(&items[2][row]).unwrap_or_default() as u32);
                    }
                }
            });
        })
    }
}
