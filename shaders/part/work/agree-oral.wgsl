// OM(1): every other member takes the majority of what it heard from the executor and from the others as the result, and votes for
// it if it is right. Twin: src/part/work/cell/agree.rs.

fn agree(matter: Matter) -> Verdict {
    let others = matter.up & ~(1u << matter.executor);
    let executor_lies = ((matter.liars >> matter.executor) & 1u) != 0u;
    let told_right = select(select(0u, others, matter.right), others & matter.faces, executor_lies);
    // What each relays: liars the opposite.
    let relayed = (told_right ^ matter.liars) & others;
    let heard_by = countOneBits(others);
    var right = 0u;
    for (var m = 0u; m < 4u; m++) {
        if (((others >> m) & 1u) != 0u) {
            let ones = ((told_right >> m) & 1u) + countOneBits(relayed & ~(1u << m));
            right |= select(0u, 1u, 2u * ones > heard_by) << m;
        }
    }
    let against_the_truth = select(matter.liars, 0u, matter.right);
    let agreeing = others & ((right & ~matter.liars) | against_the_truth);
    let committed = countOneBits(agreeing) >= 2u;
    let misled = (others & ~matter.liars & ~right) != 0u || (!executor_lies && !matter.right);
    let nobody_is_honest = (matter.up & ~matter.liars) == 0u;
    return Verdict(committed, committed && (misled || (nobody_is_honest && !matter.right)), heard_by * heard_by);
}
