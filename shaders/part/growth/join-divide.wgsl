// All four parts must be right, and one that failed fails all. Twin: Mode::joined in src/part/work/delegation.rs.

fn joined(right: u32, wrong: u32, failed: u32) -> u32 {
    if (failed > 0u) {
        return RESULT_FAILED;
    }
    if (right == 4u) {
        return RESULT_RIGHT;
    }
    return select(RESULT_NONE, RESULT_WRONG, right + wrong == 4u);
}
