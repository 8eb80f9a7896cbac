// Who does not know the rumour asks one node, which says it if it knows it and is honest. Twin: src/part/rumour/step.rs.

fn pulls(i: u32, tick: u32) -> bool {
    if (!acts(i, tick)) {
        return false;
    }
    let j = ask(i, 0u, tick);
    return !is_nobody(j) && (rumour[j] & 0xFFFFu) == 1u && !is_liar(j);
}
