// A result counts as right by three votes, of which the executor's is always one. Twin: src/part/work/cell/agree.rs.

fn agree(matter: Matter) -> Verdict {
    let others = matter.up & ~(1u << matter.executor);
    // Honest members vote for the truth, liars against it.
    let agreeing = others & select(matter.liars, ~matter.liars, matter.right);
    let committed = countOneBits(agreeing) >= 2u;
    return Verdict(committed, committed && !matter.right, countOneBits(matter.up));
}
