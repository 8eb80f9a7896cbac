// Nothing is delegated. Twin: src/part/work/cell/delegate.rs.

fn reserved() -> u32 {
    return 0u;
}

fn has_delegated_task(i: u32) -> bool {
    return false;
}

fn recalled(i: u32) -> vec2<u32> {
    return vec2<u32>();
}

fn forget_part(i: u32) {}

fn begin_delegation(i: u32) {}

fn delegates(i: u32, task: vec2<u32>, need: u32) -> bool {
    return false;
}

fn delegated(i: u32) -> bool {
    return false;
}

fn delegation_bits(i: u32) -> u32 {
    return 0u;
}
