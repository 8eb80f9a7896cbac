// Each number of a range is as likely. Twin: src/part/work/cell/source.rs.

override LOW: u32;
override SPAN: u32;

fn need(origin: u32, tick: u32) -> u32 {
    if (SPAN == 1u) {
        return LOW;
    }
    return LOW + multiply_high(task_draw(origin, tick).y, SPAN);
}
