// Each child does a quarter, and divides it once more if that is big enough. Twin: src/part/growth/steps/take.rs.

override DIVIDE_NEED: u32;

fn size_of(size: u32, k: u32) -> u32 {
    return size / 4u + select(0u, 1u, (size & 3u) > k);
}

fn goes_on(level: u32, size: u32) -> bool {
    return size >= DIVIDE_NEED;
}
