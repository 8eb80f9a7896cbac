// What stands in the columns of growth. Twin: src/part/growth/steps/mod.rs.

// A wish: 1 + its depth if it asks for a family; the first place of a free one; its family goes, is gone, with all agents killed, or
// stays after all; it is not loaded.
const WISH_ASKS: u32 = 15u;
const WISH_FREE: u32 = 16u;
const WISH_RETIRES: u32 = 32u;
const WISH_GOES: u32 = 64u;
const WISH_LOST: u32 = 128u;
const WISH_KEEPS: u32 = 256u;
const WISH_CALM: u32 = 512u;

// What has happened to a cell in this tick.
const NOTHING: u32 = 0u;
const BORN: u32 = 1u;
const GONE: u32 = 2u;
const FAMILY_RETIRES: u32 = 3u;
const FAMILY_KEEPS: u32 = 4u;

// For how many ticks loaded, whether all agents are killed, and for how many without a task.
const LOADED: u32 = 0x7FFFu;
const DEAD: u32 = 0x8000u;
const IDLE_SHIFT: u32 = 16u;
const MOST_IDLE: u32 = 0xFFFFu;

const FAMILY_SIZE: u32 = 4u;
