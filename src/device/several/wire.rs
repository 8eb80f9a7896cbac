//! How words get from one device to another: in one process, or between processes.

use crate::device::Halt;
use crate::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// Words on their way.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub from: usize,
    pub to: usize,
    pub words: Arc<Vec<u32>>,
}

/// What is to arrive: from which device, at which, how many words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub from: usize,
    pub to: usize,
    pub words: usize,
}

/// What is done while words are on their way.
pub(super) type Meanwhile<'a> = &'a mut dyn FnMut() -> Result<(), Error>;

/// The way between devices. All that a run exchanges goes over [`Wire::swap`]; all processes call it alike, in the same order.
pub(super) trait Wire: Send + Debug {
    /// Whether a device is of this process.
    fn is_here(&self, device: usize) -> bool;

    /// Hands over parcels from devices that are here, and answers those for devices that are here, in the order of `expected`. Between two
    /// devices parcels do not overtake each other.
    /// Does `meanwhile` while they are on their way.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`], and those of `meanwhile`.
    fn swap(
        &mut self,
        parcels: Vec<Parcel>,
        expected: &[Expected],
        meanwhile: Meanwhile<'_>,
    ) -> Result<Vec<Parcel>, Error>;

    /// From now on who does not answer within this time has all end; without one, everybody is waited for.
    #[cfg(feature = "checkpoint")]
    fn limit(&mut self, within: Option<Duration>) {
        let _ = within;
    }

    /// Whose word ends a run: once it has come, the others are not waited for for ever, see [`Wire::took`].
    fn heed(&mut self, halt: &Halt) {
        let _ = halt;
    }

    /// How long the last tick took.
    fn took(&mut self, tick: Duration) {
        let _ = tick;
    }

    /// Tells the processes of the other devices what to do next; only the first one's does.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn tell(&mut self, order: &[u32]) -> Result<(), Error> {
        let _ = order;
        Ok(())
    }

    /// Waits for the next order; only the others do.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    #[cfg(any(feature = "mpi", test))]
    fn hear(&mut self) -> Result<Vec<u32>, Error> {
        Err(Error::DeviceFailed {
            device: "several devices in one process".into(),
            message: "nobody gives orders here".into(),
        })
    }

    /// Something has failed here, and the others, if there are any, cannot know: ends all. Comes back where there are none.
    fn fail(&self, error: &Error) {
        let _ = error;
    }
}

/// A text in as many words as it takes, the number of its bytes first.
#[cfg(any(feature = "mpi", feature = "checkpoint"))]
pub(super) fn words_of(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let word = |bytes: &[u8]| {
        let mut all = [0; 4];
        all[..bytes.len()].copy_from_slice(bytes);
        u32::from_le_bytes(all)
    };
    let len = std::iter::once(bytes.len() as u32);
    len.chain(bytes.chunks(4).map(word)).collect()
}

/// The text that such words say.
#[cfg(any(feature = "mpi", feature = "checkpoint"))]
pub(super) fn text_of(words: &[u32]) -> String {
    let Some((&len, words)) = words.split_first() else {
        return String::new();
    };
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    String::from_utf8_lossy(&bytes[..bytes.len().min(len as usize)]).into_owned()
}

/// All devices are of this process.
#[derive(Debug)]
pub(super) struct InProcess;

impl Wire for InProcess {
    fn is_here(&self, _device: usize) -> bool {
        true
    }

    fn swap(
        &mut self,
        parcels: Vec<Parcel>,
        expected: &[Expected],
        meanwhile: Meanwhile<'_>,
    ) -> Result<Vec<Parcel>, Error> {
        meanwhile()?;
        // They come in the order in which they are sent, and are asked for in that.
        let is_as_expected = |(parcel, expected): (&Parcel, &Expected)| {
            (parcel.from, parcel.to, parcel.words.len()) == (expected.from, expected.to, expected.words)
        };
        debug_assert!(parcels.len() == expected.len() && parcels.iter().zip(expected).all(is_as_expected));
        Ok(parcels)
    }
}
