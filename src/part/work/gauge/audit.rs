//! Whether every task is accounted for.

use super::reading::Work;
use crate::error::Error;

/// Checks a row.
///
/// # Errors
/// [`Error::Ledger`] naming the tick and what does not add up.
pub(super) fn audit(tick: u32, work: &Work) -> Result<(), Error> {
    let broken = |message: String| Err(Error::Ledger { tick, message });
    let account = &work.account;
    if account.broken != 0 {
        return broken(format!(
            "{} cells or tasks contradict themselves: a queue beyond its bound, a task from later than now, or a source that holds back nothing and yet something",
            account.broken
        ));
    }
    for (tier, of) in work.tiers.iter().enumerate() {
        let ended = of.committed + of.failed + of.destroyed;
        let delegated = of.with_children.unwrap_or(0);
        let found = of.queued + of.running + of.held + delegated + ended;
        if account.admitted[tier] != found || of.submitted < account.admitted[tier] {
            return broken(format!(
                "of tier {tier} {} tasks were submitted and {} taken in, but {} are queued, {} running, {} held and {ended} ended, \
                 which is {found}",
                of.submitted, account.admitted[tier], of.queued, of.running, of.held
            ));
        }
    }
    if account.waiting != work.waiting {
        return broken(format!(
            "the sources hold back {} tasks, but {} were submitted and not taken in",
            account.waiting, work.waiting
        ));
    }
    let sum = |k: usize| {
        [account.held_back[k], account.in_cells[k], account.ended[k]]
            .into_iter()
            .fold(0, u32::wrapping_add)
    };
    let found = [sum(0), sum(1)];
    if found != account.submitted {
        return broken(format!(
            "as many tasks as were submitted are accounted for, but not the same ones: their identities sum to {:08x}{:08x}, those \
             submitted to {:08x}{:08x}",
            found[0], found[1], account.submitted[0], account.submitted[1]
        ));
    }
    Ok(())
}
