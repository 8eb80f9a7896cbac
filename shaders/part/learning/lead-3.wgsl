// What was counted of three strategies. Twin: LeadStep in src/part/learning/work_account.rs.

const SEEN: u32 = 3u;

@group(2) @binding(2) var<storage, read_write> seen_0: array<u32>;
@group(2) @binding(3) var<storage, read_write> seen_1: array<u32>;
@group(2) @binding(4) var<storage, read_write> seen_2: array<u32>;

// By how much a count has grown since the last time.
fn grown(k: u32, i: u32, now: u32) -> u32 {
    var before = 0u;
    switch k {
        case 0u: {
            before = seen_0[i];
            seen_0[i] = now;
        }
        case 1u: {
            before = seen_1[i];
            seen_1[i] = now;
        }
        default: {
            before = seen_2[i];
            seen_2[i] = now;
        }
    }
    return now - before;
}
