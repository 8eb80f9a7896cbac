//! The tiers' shares of service, as whole numbers that sum to about 2^16.

use super::{Order, Weighted};
use crate::error::Error;

/// What the weights sum to.
const WHOLE: f64 = 65_536.0;

/// Checks that shares sum to 1.
///
/// # Errors
/// [`Error::Invalid`] naming the key, with the sum.
pub(super) fn sums_to_one(shares: &[f64], key: &str) -> Result<(), Error> {
    if let Some((k, share)) = shares
        .iter()
        .enumerate()
        .find(|(_, share)| !(0.0..=1.0).contains(*share))
    {
        return Err(Error::invalid(
            format!("{key}[{k}]"),
            format!("is {share}; a share is from 0 to 1"),
        ));
    }
    let sum: f64 = shares.iter().sum();
    if (sum - 1.0).abs() > 1e-6 {
        // Without the digits that are owed to binary fractions.
        let short = |number: f64| (number * 1e9).round() / 1e9;
        // A change of one share that leaves it from 0 to 1, if there is one.
        let change = 1.0 - sum;
        let remedy = match shares.iter().position(|share| (0.0..=1.0).contains(&(share + change))) {
            Some(k) => format!("make {key}[{k}] {}", short(shares[k] + change)),
            None if sum > 0.0 => format!("divide each by {}", short(sum)),
            None => "make one of them 1".to_owned(),
        };
        let message = format!("sums to {}, and must sum to 1; {remedy}", short(sum));
        return Err(Error::invalid(key, message));
    }
    Ok(())
}

/// The weights of an order that has them. `shares` are the tiers' shares of the tasks, `load` what arrives as a share of what can be
/// executed, if that is known; `key` is the order's own.
///
/// # Errors
/// [`Error::Invalid`] naming the key.
pub(super) fn weights(order: &Order, key: &str, shares: &[f64], load: Option<f64>) -> Result<Option<Vec<u32>>, Error> {
    let tiers = shares.len();
    let all: Vec<f64> = match order {
        Order::Fifo | Order::Strict | Order::Fibonacci | Order::Binary | Order::Linear(_) => return Ok(None),
        Order::Equal => vec![1.0 / tiers as f64; tiers],
        Order::Golden => golden(tiers),
        Order::Weighted(Weighted { weights }) => {
            let key = format!("{key}.weights");
            sums_to_one(weights, &key)?;
            if weights.len() != tiers {
                let message = format!(
                    "has {} weights, but there are {tiers} tiers; give one each",
                    weights.len()
                );
                return Err(Error::invalid(key, message));
            }
            weights.clone()
        }
        Order::SquareRoot => match load {
            Some(load) if load < 1.0 => square_root(shares, load),
            Some(load) => {
                let message = format!(
                    "is square-root, which divides what the load leaves over, but the load is {load}; let less arrive, so that it is \
                     below 1, or use another order"
                );
                return Err(Error::invalid(format!("{key}.kind"), message));
            }
            None => {
                let message = "is square-root, which needs to know the load, but a job log does not say it; use work.arrivals, or another order";
                return Err(Error::invalid(format!("{key}.kind"), message));
            }
        },
    };
    Ok(Some(
        all.into_iter()
            .map(|share| (share * WHOLE).round().max(1.0) as u32)
            .collect(),
    ))
}

/// φ⁻¹, φ⁻³, φ⁻⁵, …, of which each is what the one before left, times φ⁻¹; the last has the rest.
fn golden(tiers: usize) -> Vec<f64> {
    let inverse = (5f64.sqrt() - 1.0) / 2.0;
    let mut share = inverse;
    let mut all: Vec<f64> = (1..tiers)
        .map(|_| {
            let this = share;
            share *= inverse * inverse;
            this
        })
        .collect();
    all.push(1.0 - all.iter().sum::<f64>());
    all
}

/// Each tier's own load, and of the rest a part in proportion to its root.
fn square_root(shares: &[f64], load: f64) -> Vec<f64> {
    let roots: f64 = shares.iter().map(|share| (share * load).sqrt()).sum();
    let part = |share: &f64| share * load + (1.0 - load) * (share * load).sqrt() / roots.max(f64::MIN_POSITIVE);
    shares.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values computed independently: the optimal split of two M/M/1 queues, and golden tiers.
    #[test]
    fn shares_are_those_of_the_formulas() {
        let close = |found: &[f64], expected: &[f64]| {
            assert_eq!(found.len(), expected.len());
            for (a, b) in found.iter().zip(expected) {
                assert!((a - b).abs() < 1e-12, "{found:?} {expected:?}");
            }
        };
        // λ = (0.4, 0.2), C = 1.
        close(
            &square_root(&[2.0 / 3.0, 1.0 / 3.0], 0.6),
            &[0.6343145750507619, 0.36568542494923795],
        );
        close(
            &square_root(&[0.5 / 0.69098, 0.19098 / 0.69098], 0.69098),
            &[0.6909854372363659, 0.30901456276363415],
        );
        close(
            &golden(3),
            &[0.6180339887498948, 0.23606797749978967, 0.14589803375031551],
        );
        close(
            &golden(5),
            &[
                0.6180339887498948,
                0.23606797749978967,
                0.09016994374947422,
                0.03444185374863302,
                0.021286236252208268,
            ],
        );
    }
}
