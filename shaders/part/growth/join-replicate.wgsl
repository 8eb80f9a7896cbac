// What three of four replicas agree on is the result. Twin: Mode::joined in src/part/work/delegation.rs.

fn joined(right: u32, wrong: u32, failed: u32) -> u32 {
    if (right >= 3u) {
        return RESULT_RIGHT;
    }
    if (wrong >= 3u) {
        return RESULT_WRONG;
    }
    return select(RESULT_NONE, RESULT_FAILED, right + wrong + failed == 4u);
}
