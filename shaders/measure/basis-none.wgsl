// Nothing is added to beliefs from outside.

fn basis_of(i: u32) -> i32 {
    return 0;
}
