// A result counts as right by the referee's word alone. Twin: src/part/work/cell/agree.rs.

fn agree(matter: Matter) -> Verdict {
    let committed = matter.right != (((matter.liars >> matter.referee) & 1u) != 0u);
    return Verdict(committed, committed && !matter.right, 1u);
}
