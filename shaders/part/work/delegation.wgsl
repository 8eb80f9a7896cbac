// Where what stands of tasks that are delegated. Twin: src/part/work/delegation.rs.

const ORDER_ORIGIN: u32 = 0u;
const ORDER_RECORD: u32 = 1u;
const ORDER_PATH: u32 = 2u;
const ORDER_SIZE: u32 = 3u;
const ORDER_ATTEMPT: u32 = 4u;
const ORDER_PARTS: u32 = 5u;
const ORDER_SINCE: u32 = 6u;
const ORDER_STATE: u32 = 7u;
const ORDER_ALL: u32 = 8u;

const ORDER_WAITS: u32 = 0u;
const ORDER_OUT: u32 = 1u;
const ORDER_UNDIVIDED: u32 = 2u;
const ORDER_DONE: u32 = 3u;
const ORDER_STANDS: u32 = 3u;
const ORDER_RESULT_SHIFT: u32 = 2u;
const ORDER_JUST_OUT: u32 = 16u;
const ORDER_JUST_UNDIVIDED: u32 = 32u;
const ORDER_AGAIN_SHIFT: u32 = 6u;
const ORDER_ALONE: u32 = 512u;

const PART_ORIGIN: u32 = 0u;
const PART_RECORD: u32 = 1u;
const PART_PATH: u32 = 2u;
const PART_SIZE: u32 = 3u;
const PART_ATTEMPT: u32 = 4u;
const PART_REMAINING: u32 = 5u;
const PART_STATE: u32 = 6u;
const PART_ALL: u32 = 7u;

const PART_RESULT: u32 = 3u;
const PART_OUT: u32 = 4u;
const PART_NEW: u32 = 8u;
const PART_INDEX_SHIFT: u32 = 4u;
const PART_TRIES_SHIFT: u32 = 8u;

const RESULT_NONE: u32 = 0u;
const RESULT_RIGHT: u32 = 1u;
const RESULT_WRONG: u32 = 2u;
const RESULT_FAILED: u32 = 3u;
