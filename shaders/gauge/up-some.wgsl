// Some nodes may be down or lie: those that count have a sum of their own.
fn add_up(own: i32) {
    add_counted_sum(widened(own));
}
