//! What the file called each node.

use std::borrow::Cow;
use std::io::{self, Write};

/// The ids that a file gave to the nodes `0..len()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ids {
    /// Node `i` is id `i`.
    Same { nodes: u32 },
    /// Node `i` is id `i + 1`, as METIS and Matrix Market count.
    OneBased { nodes: u32 },
    /// Node `i` is the `i`-th of these, ascending.
    Integers(Vec<u32>),
    /// Node `i` is the `i`-th word that occurred.
    Words(WordList),
}

impl Ids {
    /// The number of nodes.
    pub fn len(&self) -> u32 {
        match self {
            Ids::Same { nodes } | Ids::OneBased { nodes } => *nodes,
            Ids::Integers(ids) => ids.len() as u32, // ids are 32-bit and distinct, and one value is none
            Ids::Words(words) => words.len(),
        }
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of `node`, as text; for words and plain numbers as the file wrote it.
    ///
    /// # Panics
    /// If `node` is not below [`len`](Self::len).
    pub fn get(&self, node: u32) -> Cow<'_, str> {
        assert!(node < self.len(), "node {node} of {}", self.len());
        match self {
            Ids::Same { .. } => node.to_string().into(),
            Ids::OneBased { .. } => (u64::from(node) + 1).to_string().into(),
            Ids::Integers(ids) => ids[node as usize].to_string().into(),
            Ids::Words(words) => words.get(node).into(),
        }
    }

    /// Writes a CSV table (RFC 4180, lines ended by LF) with the header `node,id` and a row per node, in order.
    ///
    /// # Errors
    /// Those of the writer. It is written to in small pieces: hand over a buffered one.
    pub fn write_csv(&self, mut to: impl Write) -> io::Result<()> {
        writeln!(to, "node,id")?;
        for node in 0..self.len() {
            let id = self.get(node);
            if id.contains(['"', ',', '\r', '\n']) {
                writeln!(to, "{node},\"{}\"", id.replace('"', "\"\""))?;
            } else {
                writeln!(to, "{node},{id}")?;
            }
        }
        Ok(())
    }
}

/// Words in one string: beside their letters, eight bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordList {
    letters: String,
    stops: Vec<usize>,
}

impl WordList {
    /// Adds a word at the end.
    pub(in crate::topology) fn push(&mut self, word: &str) {
        self.letters.push_str(word);
        self.stops.push(self.letters.len());
    }

    /// The number of words.
    pub fn len(&self) -> u32 {
        self.stops.len() as u32 // one per node, which is 32-bit
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
    }

    /// The word at `index`.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    pub fn get(&self, index: u32) -> &str {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.stops[index - 1] };
        &self.letters[start..self.stops[index]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(ids: &Ids) -> String {
        let mut table = Vec::new();
        ids.write_csv(&mut table).expect("a vector takes everything");
        String::from_utf8(table).expect("text")
    }

    #[test]
    fn each_kind_is_written_as_the_file_wrote_it() {
        assert_eq!(csv(&Ids::Same { nodes: 2 }), "node,id\n0,0\n1,1\n");
        assert_eq!(csv(&Ids::OneBased { nodes: 2 }), "node,id\n0,1\n1,2\n");
        assert_eq!(
            csv(&Ids::Integers(vec![7, 4_294_967_294])),
            "node,id\n0,7\n1,4294967294\n"
        );
    }

    #[test]
    fn words_are_quoted_where_a_table_needs_it() {
        let mut words = WordList::default();
        for word in ["zoë", "6\"", "a,b", ""] {
            words.push(word);
        }
        assert_eq!(words.len(), 4);
        assert_eq!(words.get(0), "zoë");
        assert_eq!(words.get(3), "");
        assert_eq!(csv(&Ids::Words(words)), "node,id\n0,zoë\n1,\"6\"\"\"\n2,\"a,b\"\n3,\n");
    }
}
