// Roles in a cell: derived from who is up and from the epoch. Twin: src/part/work/cell/agree.rs.

const EXECUTOR: u32 = 1u;
const REFEREE: u32 = 2u;

// Which of the members that are up has a role; there must be more than `role` of them.
fn member(up: u32, epoch: u32, role: u32) -> u32 {
    let count = countOneBits(up);
    let rank = (role + count - epoch % count) % count;
    var left = up;
    for (var k = 0u; k < rank; k++) {
        left &= left - 1u;
    }
    return countTrailingZeros(left);
}

// Who has to agree on what: the members that are up and those that lie, a bit each; the executor and the referee; whether the result
// is right; to which members a lying executor tells the right one nevertheless.
struct Matter {
    up: u32,
    liars: u32,
    executor: u32,
    referee: u32,
    right: bool,
    faces: u32,
}

// Whether the result is committed, whether what is committed is wrong, and how many messages it took.
struct Verdict {
    committed: bool,
    wrong: bool,
    votes: u32,
}
