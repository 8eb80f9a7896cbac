//! What cells choose for themselves as tables of their step: a row for those that hold nothing, who do as `[work]` says, and one for each
//! strategy.

use super::build::certain;
use super::choices::{Choice, Choices, PAUSES};
use super::source::{Made, put};
use super::{Dispatches, Learnt, Order, Orders, Policies, WorkSpec, pause};
use crate::draft::Draft;
use crate::error::Error;
use crate::timing::Timing;

impl WorkSpec {
    /// The tables, and what cells offer where that is of their choice.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the strategy's key.
    pub(super) fn chosen(
        &self,
        choices: &Choices,
        draft: &Draft<'_>,
        made: &Made,
        tables: &mut Vec<u32>,
    ) -> Result<(Learnt, Option<Policies>), Error> {
        if !choices.tiers.is_empty() && choices.tiers.len() != self.tiers.len() {
            let message = format!(
                "has {} numbers, but work.tiers has {} tiers; give one for each",
                choices.tiers.len(),
                self.tiers.len()
            );
            return Err(Error::invalid("learning.reward.tiers", message));
        }
        let nothing = Choice::default();
        let all = || std::iter::once(&nothing).chain(&choices.list);
        let verify = all().map(|choice| certain(choice.verify.unwrap_or(self.verify)));
        let pauses = all().flat_map(|choice| {
            let retry = choice.retry.unwrap_or(self.retry);
            (0..PAUSES as u32).map(move |times| pause(retry, times.max(1)))
        });
        let learnt = Learnt {
            strategy: choices.strategy,
            earned: choices.earned,
            verify: put(tables, verify),
            pauses: put(tables, pauses),
            pay: choices.pay,
            tiers: match choices.tiers.is_empty() {
                true => None,
                false => Some(put(tables, choices.tiers.iter().map(|&points| points as u32))),
            },
            audit: certain(choices.audit),
            audit_key: choices.audit_key,
            audit_delay: choices.audit_delay,
            orders: self.orders(choices, made, tables)?,
            dispatches: dispatches(choices, draft, tables)?,
            change: choices.change,
            account: choices.accounts.then(|| choices.change.words()),
        };
        let policies = choices.list.iter().any(|choice| choice.balance.is_some()).then(|| {
            let policy = |choice: &Choice| choice.balance.clone().unwrap_or_else(|| self.balance.policy.clone());
            Policies::new(choices.strategy, all().map(policy).collect(), tables)
        });
        Ok((learnt, policies))
    }

    /// Who is served first, where that is of a cell's choice.
    fn orders(&self, choices: &Choices, made: &Made, tables: &mut Vec<u32>) -> Result<Option<Orders>, Error> {
        if choices.list.iter().all(|choice| choice.order.is_none()) {
            return Ok(None);
        }
        let mut all = vec![self.next_of(&self.order, "work.order", made, tables)?];
        for (at, choice) in choices.list.iter().enumerate() {
            let key = format!("learning.strategy[{at}].order");
            all.push(match &choice.order {
                None => all[0].clone(),
                Some(order) => {
                    if self.tiers.len() == 1 && *order != Order::Fifo {
                        let message = "asks for tiers, but all tasks are of one; say in work.tiers how many are of each, as in \
                                       tiers = [0.2, 0.8], or take fifo";
                        return Err(Error::invalid(key, message));
                    }
                    self.next_of(order, &key, made, tables)?
                }
            });
        }
        Ok(Some(Orders::new(all, tables)))
    }
}

/// In which ticks cells dispatch, where that is of their choice.
fn dispatches(choices: &Choices, draft: &Draft<'_>, tables: &mut Vec<u32>) -> Result<Option<Dispatches>, Error> {
    if choices.list.iter().all(|choice| choice.dispatch.is_none()) {
        return Ok(None);
    }
    let mut all = vec![None];
    for (at, choice) in choices.list.iter().enumerate() {
        if let Some(Timing::Own(_)) = choice.dispatch {
            let message = format!(
                "is a timing of a program's own; take one of {}",
                Timing::KINDS.join(", ")
            );
            return Err(Error::invalid(
                format!("learning.strategy[{at}].dispatch.kind"),
                message,
            ));
        }
        let schedule = |timing: &Timing| timing.schedule(draft.nodes(), draft.seed());
        all.push(choice.dispatch.as_ref().map(schedule));
    }
    Ok(Some(Dispatches::new(all, tables)))
}
