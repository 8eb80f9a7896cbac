//! The rules `fixed` and `random`: what learning is compared with.

use crate::error::Error;
use crate::part::learning::reward::Given;
use crate::part::learning::rule::Learns;
use crate::part::learning::site::Site;
use crate::part::learning::steps::DrawStep;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Nobody ever changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixed {}

impl Learns for Fixed {
    fn plan(&self, _site: &mut Site<'_, '_>, _given: &Given) -> Result<(), Error> {
        Ok(())
    }

    fn about(&self) -> String {
        "fixed: nobody changes".to_owned()
    }
}

/// Every node draws any strategy each time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Random {}

impl Learns for Random {
    fn plan(&self, site: &mut Site<'_, '_>, _given: &Given) -> Result<(), Error> {
        let key = site.draft.key("learning.random");
        site.draft.step(DrawStep::new(site.base(), key));
        Ok(())
    }

    fn about(&self) -> String {
        "random: every node draws any strategy".to_owned()
    }
}
