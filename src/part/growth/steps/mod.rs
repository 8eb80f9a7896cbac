//! The kernels of growth, each with a twin in `shaders/part/growth/`.

mod account;
mod bequeath;
mod count;
mod decide;
mod empty;
mod estate;
mod grant;
mod heirs;
mod join;
mod settle;
mod take;
mod watch;

pub use account::AccountStep;
pub use bequeath::BequeathStep;
pub use count::{CapStep, CountStep};
pub use decide::{DecideStep, Decided, Retirement};
pub use empty::{EmptyStep, MOST_EMPTIED};
pub use estate::EstateStep;
pub use grant::{GrantStep, Granted};
pub use join::JoinStep;
pub use settle::{SettleStep, Settled};
pub use take::TakeStep;
pub use watch::WatchStep;

/// The bits of the column `growth.wish`: what a cell, or a place where nobody is, has decided in this tick.
pub mod wish {
    /// It asks for a family: 1 + its depth, in these bits.
    pub const ASKS: u32 = 15;
    /// The first place of a family that is free.
    pub const FREE: u32 = 16;
    /// Its family goes: from now on it hands all over.
    pub const RETIRES: u32 = 32;
    /// Its family has nothing any more, and is gone.
    pub const GOES: u32 = 64;
    /// Besides: all its agents were killed.
    pub const LOST: u32 = 128;
    /// Its family stays, though it was to go.
    pub const KEEPS: u32 = 256;
    /// It is not loaded, and has forgotten that it asked.
    pub const CALM: u32 = 512;
}

/// What has happened to a cell in this tick: the values of the column `growth.event`.
pub mod event {
    /// Nothing.
    pub const NOTHING: u32 = 0;
    /// It has come into being.
    pub const BORN: u32 = 1;
    /// It is gone.
    pub const GONE: u32 = 2;
    /// Its family goes.
    pub const RETIRES: u32 = 3;
    /// It stays, though it was to go.
    pub const KEEPS: u32 = 4;
}

/// In the column `growth.watch`: for how many ticks the cell has been loaded, whether all its agents are killed, and for how many it has
/// had nothing.
pub mod watched {
    /// For how many ticks it has been loaded.
    pub const LOADED: u32 = 0x7FFF;
    /// Whether all its agents are killed.
    pub const DEAD: u32 = 0x8000;
    /// Where the number of ticks begins without a task.
    pub const IDLE_SHIFT: u32 = 16;
    /// The most of these that are counted.
    pub const MOST_IDLE: u32 = 0xFFFF;
}

/// Whether any of the words has one of these bits. All are looked at, so that many are at once.
#[inline]
fn any_has(words: &[u32], bits: u32) -> bool {
    words.iter().fold(0, |all, word| all | word) & bits != 0
}
