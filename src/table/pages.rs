//! Pages of Parquet, looked at before the parquet crate takes memory on their word.

use super::thrift::page_head;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Bytes of memory that a value of a dictionary takes at the most, beside its letters.
const VALUE: u64 = 32;

/// The most bytes of memory that reading a column's chunk takes at a time: the largest of its pages, and its dictionary.
pub(super) fn memory(file: &File, chunk: &ColumnChunkMetaData) -> io::Result<u64> {
    let first = chunk
        .dictionary_page_offset()
        .unwrap_or(i64::MAX)
        .min(chunk.data_page_offset());
    // Some writers say 0 for no dictionary.
    let first = if first == 0 { chunk.data_page_offset() } else { first };
    let refused = || io::Error::new(io::ErrorKind::InvalidData, "a column has a negative place or size");
    let first = u64::try_from(first).map_err(|_| refused())?;
    let mut left = u64::try_from(chunk.compressed_size()).map_err(|_| refused())?;
    let mut from = BufReader::new(file);
    from.seek(SeekFrom::Start(first))?;
    let (mut page, mut dictionary) = (0, 0);
    while left > 0 {
        let (head, taken) = page_head(from.by_ref().take(left))?;
        left -= taken;
        if head.packed > left {
            let message = "a page is longer than its column";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        left -= head.packed;
        page = page.max(head.unpacked.saturating_add(head.packed));
        dictionary = dictionary.max(head.dictionary.saturating_mul(VALUE));
        from.seek_relative(head.packed as i64)?; // at most the file's length
    }
    Ok(page + dictionary)
}

/// The pages of a chunk of a column that is in no list. Those are refused whose values claim to be more than the page says.
pub(super) struct Checked {
    pub pages: Box<dyn PageReader>,
    /// Whether values may be null, so that their levels come before them.
    pub is_optional: bool,
}

impl Iterator for Checked {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Checked {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        match &page {
            Some(page) if !self.holds(page) => Err(ParquetError::General(
                "a page claims more values than it has".to_owned(),
            )),
            _ => Ok(page),
        }
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl Checked {
    /// Whether a page has as many lengths of texts as it claims: the decoder makes room for those.
    fn holds(&self, page: &Page) -> bool {
        if matches!(page, Page::DictionaryPage { .. }) || page.encoding() != Encoding::DELTA_LENGTH_BYTE_ARRAY {
            return true;
        }
        let start = match page {
            Page::DataPageV2 {
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len),
            _ if !self.is_optional => 0,
            // The length of the levels, and the levels.
            page => match page.buffer().first_chunk::<4>() {
                Some(length) => 4 + u64::from(u32::from_le_bytes(*length)),
                None => return false,
            },
        };
        let values = usize::try_from(start).ok().and_then(|start| page.buffer().get(start..));
        values
            .and_then(claimed)
            .is_some_and(|count| count <= page.num_values().into())
    }
}

/// How many values a first block of differences claims: after the size of its blocks and the number of their parts.
fn claimed(mut bytes: &[u8]) -> Option<u64> {
    let mut number = || -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = bytes.split_first()?;
            bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    };
    let (_block, _parts) = (number()?, number()?);
    number()
}
