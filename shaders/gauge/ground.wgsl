// Who is up, who acted in the last tick, and what was sent over how many links. Twin: src/gauge/ground.rs.

fn gauge(i: u32) {
    if (is_up(i)) {
        add_up();
    }
    if (clock.tick == 0u) {
        return;
    }
    let tick = clock.tick - 1u;
    if (acts(i, tick)) {
        add_active();
    }
    let sent = talk(i, tick);
    add_messages(vec2<u32>(sent.x, 0u));
    add_used(vec2<u32>(sent.y, 0u));
}
