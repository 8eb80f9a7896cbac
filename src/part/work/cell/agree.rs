//! Roles in a cell, and whether a result counts as right. Twins: `shaders/part/work/roles.wgsl`, `shaders/part/work/agree-*.wgsl`.

use crate::part::work::Agreement;

/// Which of the members that are up (a bit each) has a role: that number of role whose rank among them, moved on by the epoch,
/// is `role`. There must be more than `role` of them.
#[inline(always)]
#[must_use]
pub fn member(up: u32, epoch: u32, role: u32) -> u32 {
    let count = up.count_ones();
    let rank = (role + count - epoch % count) % count;
    // The rank-th bit that is set.
    let mut left = up;
    for _ in 0..rank {
        left &= left - 1;
    }
    left.trailing_zeros()
}

/// The role of the coordinator, who orders and dispatches.
pub const COORDINATOR: u32 = 0;
/// The role of the executor.
pub const EXECUTOR: u32 = 1;
/// The role of the referee, who verifies.
pub const REFEREE: u32 = 2;

/// Who has to agree on what.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The members that are up, a bit each: three or four.
    pub up: u32,
    /// Those that lie.
    pub liars: u32,
    /// The executor.
    pub executor: u32,
    /// The referee.
    pub referee: u32,
    /// Whether the result is right; a lying executor's never is.
    pub right: bool,
    /// To which members a lying executor tells the right result nevertheless, under oral messages.
    pub faces: u32,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the result is committed.
    pub committed: bool,
    /// Whether what is committed is wrong: some honest member holds the wrong result.
    pub wrong: bool,
    /// How many messages it took.
    pub votes: u32,
}

/// Whether the members agree.
#[inline(always)]
#[must_use]
pub fn verdict(agreement: Agreement, case: Case) -> Verdict {
    match agreement {
        Agreement::Trust => {
            let committed = case.right != is(case.liars, case.referee);
            Verdict {
                committed,
                wrong: committed && !case.right,
                votes: 1,
            }
        }
        Agreement::Quorum => quorum(case),
        Agreement::Oral => oral(case),
    }
}

#[inline(always)]
fn is(mask: u32, member: u32) -> bool {
    mask >> member & 1 != 0
}

/// Three votes are needed, of which the executor's is always one.
fn quorum(case: Case) -> Verdict {
    let others = case.up & !(1 << case.executor);
    // Honest members vote for the truth, liars against it.
    let agreeing = if case.right {
        others & !case.liars
    } else {
        others & case.liars
    };
    let committed = agreeing.count_ones() >= 2;
    Verdict {
        committed,
        wrong: committed && !case.right,
        votes: case.up.count_ones(),
    }
}

/// OM(1): every other member takes the majority of what it heard from the executor and from the others as the result, and votes for
/// it if it is right. Where two values differ, as among three members, none is taken.
fn oral(case: Case) -> Verdict {
    let others = case.up & !(1 << case.executor);
    let told = if is(case.liars, case.executor) {
        others & case.faces
    } else if case.right {
        others
    } else {
        0
    };
    // What each relays: liars the opposite.
    let relayed = (told ^ case.liars) & others;
    let heard_by = others.count_ones();
    let mut right = 0;
    for member in 0..4 {
        if is(others, member) {
            let own = told >> member & 1;
            let ones = own + (relayed & !(1 << member)).count_ones();
            right |= u32::from(2 * ones > heard_by) << member;
        }
    }
    let against_the_truth = if case.right { 0 } else { case.liars };
    let agreeing = others & (right & !case.liars | against_the_truth);
    let committed = agreeing.count_ones() >= 2;
    let executor_is_honest = !is(case.liars, case.executor);
    let misled = others & !case.liars & !right != 0 || executor_is_honest && !case.right;
    let nobody_is_honest = case.up & !case.liars == 0;
    Verdict {
        committed,
        wrong: committed && (misled || nobody_is_honest && !case.right),
        votes: heard_by * heard_by,
    }
}
