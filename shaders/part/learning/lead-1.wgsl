// What was counted of one strategy. Twin: LeadStep in src/part/learning/work_account.rs.

const SEEN: u32 = 1u;

@group(2) @binding(2) var<storage, read_write> seen_0: array<u32>;

// By how much a count has grown since the last time.
fn grown(k: u32, i: u32, now: u32) -> u32 {
    var before = 0u;
    switch k {
        default: {
            before = seen_0[i];
            seen_0[i] = now;
        }
    }
    return now - before;
}
