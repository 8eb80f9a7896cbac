// What a committed result counts: all the same. Twin: src/part/work/cell/learnt.rs.

override PAY_COMMIT: u32;

fn points_of(task: vec2<u32>) -> u32 {
    return PAY_COMMIT;
}
