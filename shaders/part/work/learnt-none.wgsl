// All cells do as the scenario says, and earn nothing. Twin: src/part/work/cell/desk.rs.

fn verify_share() -> u32 {
    return VERIFY;
}

fn earn_messages(count: u32) {}

fn earn_commit(task: vec2<u32>, is_wrong: bool) {}

fn earn_rejected() {}

fn earn(waiting: u32) {}
