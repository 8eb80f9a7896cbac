// Nothing comes back with a measurement besides.
override RECORD: u32;

fn recorded(k: u32) -> u32 {
    return 0u;
}
