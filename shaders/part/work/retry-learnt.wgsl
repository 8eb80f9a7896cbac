// A refused task is offered again after as many ticks as the cell's strategy says. Twin: src/part/work/cell/learnt.rs.

override PAUSES_AT: u32;
override PAUSES: u32;

fn pause_after(attempts: u32) -> u32 {
    return workload[PAUSES_AT + PAUSES * strategies[own_cell] + attempts];
}
