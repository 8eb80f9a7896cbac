// A task rises after 1, 2, 3, 5, 8, ... ticks. Twin: src/part/work/cell/order.rs.

fn levels(waited: u32) -> u32 {
    var low = 1u;
    var high = 2u;
    // The 41st is beyond 2^28, and no run has so many ticks.
    for (var level = 0u; level < 42u; level++) {
        if (low > waited) {
            return level;
        }
        let sum = low + high;
        low = high;
        high = sum;
    }
    return 42u;
}
