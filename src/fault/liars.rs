//! Who lies from the start, and whether events change that.

use super::build::{FirstWords, Setting};
use super::chosen::Chosen;
use super::draw::Draw;
use super::spec::{Event, FaultSpec};
use super::{About, Liars, bits};
use crate::error::Error;

impl FaultSpec {
    /// Marks those who lie from the start, by `[section.liars]`, with this bit.
    pub(super) fn mark_liars(
        &self,
        spec: &Liars,
        setting: &Setting<'_>,
        (section, bit): (&str, u32),
        first: &mut FirstWords,
    ) -> Result<Option<(Chosen, u32)>, Error> {
        let (crowd, key) = (setting.crowd(), format!("{section}.liars.who"));
        let Some(who) = &spec.who else {
            if self.events.iter().any(|event| matches!(event, Event::Lie(_))) {
                return Ok(None);
            }
            let message = "is missing, so that nobody lies; say who does, or from when on by an event of the kind lie";
            return Err(Error::invalid(key, message));
        };
        let (who, count) = who.mark(&crowd, &key, Draw::at(&key), bit, first.agents())?;
        if count == crowd.agents() {
            let message = format!("means all {}s; somebody must be honest", crowd.agent());
            return Err(Error::invalid(key, message));
        }
        Ok(Some((who, count)))
    }

    /// Whether events let nodes lie or be honest; what liars tell must be known.
    pub(super) fn lies_change(&self, setting: &Setting<'_>) -> Result<bool, Error> {
        let mut any = false;
        for (k, event) in self.events.iter().enumerate() {
            let about = match event {
                Event::Lie(lying) => lying.about,
                Event::Honest(honesty) => honesty.about,
                _ => continue,
            };
            any = true;
            let key = format!("faults.events[{k}]");
            let section = setting.about_beliefs.map(|(_, _, section)| section);
            let message = match about {
                None if self.liars.is_some() || section.is_some() => continue,
                None => format!(
                    "is {}, but nothing says what liars tell; give faults.liars too, as in liars = {{ tell = {{ … }} }}, with who if some \
                     lie from the start",
                    event.kind()
                ),
                Some(_) if !setting.has_cells() => {
                    let message =
                        "is for the agents of cells that work; leave it out: nodes lie about what they agree on";
                    return Err(Error::invalid(format!("{key}.about"), message));
                }
                Some(About::Work) if self.liars.is_some() => continue,
                Some(About::Beliefs) if section.is_some() => continue,
                Some(about) => {
                    let (about, wanted) = match about {
                        About::Work => ("work", "faults.liars"),
                        About::Beliefs => ("beliefs", "consensus.liars"),
                    };
                    let message = format!("is {about}, but nothing says what liars about it tell; give {wanted} too");
                    return Err(Error::invalid(format!("{key}.about"), message));
                }
            };
            return Err(Error::invalid(format!("{key}.kind"), message));
        }
        Ok(any)
    }

    /// The bits of those who lie about this, or about whatever the scenario has liars about.
    pub(super) fn liar_bits(&self, about: Option<About>, setting: &Setting<'_>) -> u32 {
        let bit = |is: bool, bit: u32| if is { bit } else { 0 };
        match about {
            Some(About::Work) => bits::LIAR,
            Some(About::Beliefs) => bits::FALSE,
            None => bit(self.liars.is_some(), bits::LIAR) | bit(setting.about_beliefs.is_some(), bits::FALSE),
        }
    }
}
