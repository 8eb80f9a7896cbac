// A task that was refused is offered again after 1, 1, 2, 3, 5, ... ticks. Twin: src/part/work/cell/mod.rs.

fn pause_after(times: u32) -> u32 {
    var low = 1u;
    var high = 1u;
    let turns = min(times, 16u);
    for (var k = 1u; k < turns; k++) {
        let sum = low + high;
        low = high;
        high = sum;
    }
    return low;
}
