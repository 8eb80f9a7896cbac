// Every node acts in every tick. Twin: src/timing.rs.

fn is_active(i: u32, tick: u32) -> bool {
    return true;
}
