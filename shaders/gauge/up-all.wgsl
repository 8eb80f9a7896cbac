// All nodes are up and honest: the sum of all is that of those that count.
fn add_up(own: i32) {}
