// A cell that has changed its strategy dispatches nothing for some ticks. Twin: src/part/work/cell/own.rs.

// For how many ticks; and all cells decide in the last tick of every so many.
override CHANGE_TICKS: u32;
override DECIDE_EVERY: u32;

fn is_changing(i: u32, tick: u32) -> bool {
    let own = strategies[i];
    let before = earned[word_at(3u, i)];
    return tick % DECIDE_EVERY < CHANGE_TICKS && before != own && before != 0u && own != 0u;
}
