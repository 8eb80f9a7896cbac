// Nobody is ever down. Twin: src/part/learning/work_steps.rs.

fn is_whole(i: u32) -> bool {
    return true;
}
