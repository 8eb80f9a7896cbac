//! What a study makes of its scenario: every variant, checked before the first run.

mod places;

use super::axis::{Point, Role};
use super::figure::{FigureSpec, How, Known, known, usual};
use super::key::Files;
use super::spec::{Seeds, Study};
use crate::error::{Error, Place, for_shell};
use crate::scenario::{Document, Registry, Scenario};
use crate::swarm::Swarm;
use places::places;
use serde_json::{Map, Value as Json};

/// One combination of values.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its number in the study.
    pub id: usize,
    /// As in `work.balance.policy=flow, work.arrivals.load=0.7`.
    pub name: String,
    /// Of each axis the place of its value; nothing where the scenario's own is left.
    pub places: Vec<Option<usize>>,
    /// The values by their axes.
    pub axes: Map<String, Json>,
    /// What it sets.
    pub settings: Map<String, Json>,
    /// Complete, but for the seed.
    pub scenario: Scenario,
    /// Of everything that decides on its numbers, but the seed.
    pub hash: String,
    /// Bytes that a run takes.
    pub bytes: u64,
    /// Nodes of a run.
    pub nodes: u32,
}

/// A study, worked out.
#[derive(Clone, Debug)]
pub struct Design {
    /// Its text, with the scenario whole.
    pub study: Study,
    /// The scenario's name.
    pub scenario: String,
    /// Of each axis its values.
    pub points: Vec<Vec<Point>>,
    /// The combinations.
    pub variants: Vec<Variant>,
    /// The figures, with which way is good.
    pub figures: Vec<FigureSpec>,
    /// What the rows have.
    pub known: Vec<Known>,
    /// The seeds that are compared on.
    pub seeds: Vec<u32>,
    /// The seeds on which something is chosen.
    pub tune_seeds: Vec<u32>,
}

/// A run that a study asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number: the seeds that choose come first, then those that compare; of a seed the variants, one after the other.
    pub row: u64,
    /// The variant.
    pub variant: usize,
    /// The seed.
    pub seed: u32,
    /// Whether it is for choosing.
    pub is_tune: bool,
}

impl Design {
    /// Works a study out, and checks every combination: that the scenario is one, that its swarm can be planned, and that it has the
    /// figures.
    ///
    /// # Errors
    /// Those of the scenarios, naming the axis and the value; [`Error::Invalid`] if the study's own keys do not fit together.
    pub fn new(study: Study, registry: &Registry) -> Result<Self, Error> {
        study.check()?;
        let study = study.whole()?;
        let document = study.document()?;
        let mut base = document.clone();
        base.set_all(&study.set)?;
        let scenario = complete(&base, registry)?;
        let (points, places) = places(&study)?;
        let first = scenario.seed;
        let mut design = Self {
            scenario: scenario.name.clone(),
            seeds: study.seeds.all(first),
            tune_seeds: study.tune.map_or_else(Vec::new, |tune| tune.all(first)),
            variants: Vec::new(),
            figures: study.figures.clone(),
            known: Vec::new(),
            points,
            study,
        };
        design.check_seeds()?;
        let mut files = Files::default();
        for places in places {
            design.add(places, &document, registry, &mut files)?;
        }
        design.check_choice()?;
        Ok(design)
    }

    fn check_seeds(&self) -> Result<(), Error> {
        if let Some(seed) = self.tune_seeds.iter().find(|seed| self.seeds.contains(seed)) {
            let message = format!(
                "has {seed}, which is among those that choose (from {} on); compare on others",
                self.tune_seeds[0]
            );
            return Err(Error::invalid("seeds", message));
        }
        if self.study.axes.iter().any(|axis| axis.role == Role::Tune) && self.tune_seeds.is_empty() {
            return Err(Error::invalid(
                "tune",
                "is missing: an axis is to be tuned, on seeds of its own; say how many, as in tune = { seeds = 5 }",
            ));
        }
        if self
            .study
            .axes
            .iter()
            .any(|axis| axis.touched().iter().any(|key| key == "seed"))
        {
            return Err(Error::invalid(
                "axis seed",
                "is what all variants share, so that they can be compared; say seeds = 20, or seeds = [1, 2, 3]",
            ));
        }
        Ok(())
    }

    /// Adds a variant.
    fn add(
        &mut self,
        places: Vec<Option<usize>>,
        document: &Document,
        registry: &Registry,
        files: &mut Files,
    ) -> Result<(), Error> {
        let (mut axes, mut settings, mut names) = (Map::new(), Map::new(), Vec::new());
        let mut assignments = self.study.set.clone();
        let mut own = Vec::new();
        for ((axis, points), place) in self.study.axes.iter().zip(&self.points).zip(&places) {
            let title = axis.title();
            let Some(point) = place.map(|place| &points[place]) else {
                axes.insert(title, Json::Null);
                continue;
            };
            axes.insert(title.clone(), point.value.clone());
            names.push(format!("{title}={}", point.name));
            for (key, value) in &point.settings {
                let told = serde_json::to_value(crate::study::toml_value(value)).unwrap_or_default();
                settings.insert(key.clone(), told);
                own.push((
                    format!("{key}={value}"),
                    format!("--axis {}", for_shell(&format!("{title}={}", point.name))),
                ));
                assignments.push(format!("{key}={value}"));
            }
        }
        let name = if names.is_empty() {
            "as the scenario says".to_owned()
        } else {
            names.join(", ")
        };
        let built = (|| {
            let mut document = document.clone();
            document.set_all(&assignments)?;
            let mut scenario = complete(&document, registry)?;
            let plan = Swarm::plan(&scenario, document.folder()).map_err(|error| document.locate(error))?;
            let known = known(&plan);
            if self.known.is_empty() {
                if self.figures.is_empty() {
                    self.figures = usual(&known, !plan.stop.is_empty());
                }
                self.known = known.clone();
            }
            for figure in &mut self.figures {
                let is_of_window = matches!(
                    figure.how,
                    How::Mean | How::Percentile | How::Min | How::Max | How::Deviation | How::Sum
                );
                if is_of_window {
                    figure.from = figure.from.or(scenario.measure.from);
                }
                figure.check(&known, self.study.twin)?;
            }
            if self.study.twin && scenario.faults.as_ref().is_none_or(|faults| faults.events.is_empty()) {
                return Err(Error::invalid(
                    "twin",
                    "is the run without faults.events, of which this scenario has none; leave it out, or add events",
                ));
            }
            scenario.seed = 0;
            let hash = files.hash(&scenario, &self.figures, self.study.twin)?;
            Ok((scenario, hash, plan.bytes(), plan.nodes()))
        })();
        let (scenario, hash, bytes, nodes) = built.map_err(|error| by_axis(error, &own))?;
        let id = self.variants.len();
        self.variants.push(Variant {
            id,
            name,
            places,
            axes,
            settings,
            scenario,
            hash,
            bytes,
            nodes,
        });
        Ok(())
    }

    /// Checks what chooses between variants.
    fn check_choice(&mut self) -> Result<(), Error> {
        let mut titles: Vec<String> = self.figures.iter().map(FigureSpec::title).collect();
        if titles.is_empty() {
            let known: Vec<&str> = self
                .known
                .iter()
                .filter(|known| known.is_number)
                .map(|known| known.name.as_str())
                .collect();
            return Err(Error::invalid(
                "figure",
                format!(
                    "is missing, and none is usual for this scenario; name some of: {}",
                    crate::error::listed(&known)
                ),
            ));
        }
        titles.sort();
        if let Some(pair) = titles.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::invalid(
                "figure",
                format!("\"{}\" is there twice; give one of the two another label", pair[0]),
            ));
        }
        let chooses = self.study.against.is_some() || self.study.axes.iter().any(|axis| axis.role == Role::Tune);
        if chooses && self.figures[0].better.is_none() {
            let message =
                "decides what is chosen, and it is not said which way is good; say better = \"less\" or \"more\"";
            return Err(Error::invalid(format!("figure {}", self.figures[0].name), message));
        }
        self.reference().map(drop)?;
        self.subject().map(drop)
    }

    /// The places of the axes that compare, as a word of the study names them.
    fn named(&self, value: &toml::Value, what: &str) -> Result<Vec<Option<usize>>, Error> {
        let compared: Vec<usize> = self.of_role(Role::Compare);
        let mut places = vec![None; self.study.axes.len()];
        let table = value.as_table().filter(|table| {
            table
                .keys()
                .any(|key| self.study.axes.iter().any(|axis| axis.title() == *key))
        });
        match (table, &*compared) {
            (Some(table), _) => {
                for (key, value) in table {
                    let Some(&at) = compared.iter().find(|&&at| self.study.axes[at].title() == *key) else {
                        return Err(Error::invalid(format!("{what}.{key}"), "is no axis that compares"));
                    };
                    places[at] = Some(self.study.axes[at].find(value, &format!("{what}.{key}"))?);
                }
                if let Some(&at) = compared.iter().find(|&&at| places[at].is_none()) {
                    return Err(Error::invalid(
                        what,
                        format!(
                            "says nothing of {}; give a value of each axis that compares",
                            self.study.axes[at].title()
                        ),
                    ));
                }
            }
            (None, [one]) => places[*one] = Some(self.study.axes[*one].find(value, what)?),
            (None, []) => return Err(Error::invalid(what, "is given, but no axis compares; leave it out")),
            (None, _) => {
                let titles: Vec<String> = compared.iter().map(|&at| self.study.axes[at].title()).collect();
                return Err(Error::invalid(
                    what,
                    format!(
                        "is one value, but several axes compare; give a table with a value of each of {}",
                        titles.join(", ")
                    ),
                ));
            }
        }
        Ok(places)
    }

    /// The axes of a role.
    #[must_use]
    pub fn of_role(&self, role: Role) -> Vec<usize> {
        (0..self.study.axes.len())
            .filter(|&at| self.study.axes[at].role == role)
            .collect()
    }

    /// The places, on the axes that compare, of what all others are compared with; nothing where it is chosen. Left out, the first.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not among the values.
    pub fn reference(&self) -> Result<Option<Vec<Option<usize>>>, Error> {
        if self.study.against.is_some() {
            return Ok(None);
        }
        let first = |at: usize| (self.study.axes[at].role == Role::Compare).then_some(0);
        match &self.study.baseline {
            Some(value) => self.named(value, "baseline").map(Some),
            None => Ok(Some((0..self.study.axes.len()).map(first).collect())),
        }
    }

    /// The same of what alone is compared, if that is said.
    ///
    /// # Errors
    /// As [`Design::reference`].
    pub fn subject(&self) -> Result<Option<Vec<Option<usize>>>, Error> {
        self.study
            .subject
            .as_ref()
            .map(|value| self.named(value, "subject"))
            .transpose()
    }

    /// The places of a variant on the axes of one role, nothing on the others.
    #[must_use]
    pub fn part(&self, variant: usize, role: Role) -> Vec<Option<usize>> {
        let places = self.variants[variant].places.iter().zip(&self.study.axes);
        places
            .map(|(place, axis)| place.filter(|_| axis.role == role))
            .collect()
    }

    /// The run of a variant on the k-th seed that chooses, or that compares.
    #[must_use]
    pub fn task(&self, variant: usize, k: usize, is_tune: bool) -> Task {
        let before = if is_tune { 0 } else { self.tune_seeds.len() };
        let seed = if is_tune { self.tune_seeds[k] } else { self.seeds[k] };
        Task {
            row: (before + k) as u64 * self.variants.len() as u64 + variant as u64,
            variant,
            seed,
            is_tune,
        }
    }

    /// The run of that number, if the study has it.
    #[must_use]
    pub fn task_at(&self, row: u64) -> Option<Task> {
        let count = self.variants.len() as u64;
        let (k, variant) = (usize::try_from(row / count).ok()?, (row % count) as usize);
        let before = self.tune_seeds.len();
        let is_there = k < before + self.seeds.len();
        is_there.then(|| {
            if k < before {
                self.task(variant, k, true)
            } else {
                self.task(variant, k - before, false)
            }
        })
    }

    /// The scenario of a run.
    #[must_use]
    pub fn scenario_of(&self, task: Task) -> Scenario {
        Scenario {
            seed: task.seed,
            ..self.variants[task.variant].scenario.clone()
        }
    }

    /// Adds seeds to compare on.
    pub fn grow(&mut self, count: usize) {
        let mut next = self.seeds.iter().max().copied().unwrap_or(0);
        for _ in 0..count {
            next = next.wrapping_add(1);
            self.seeds.push(next);
        }
        self.study.seeds = Seeds::List(self.seeds.clone());
    }
}

/// The scenario of a document, with its files named so that they are found from anywhere.
fn complete(document: &Document, registry: &Registry) -> Result<Scenario, Error> {
    document.scenario_with(registry)?.with_absolute_files(document.folder())
}

/// Names the axis where an error is about what an axis sets.
fn by_axis(error: Error, own: &[(String, String)]) -> Error {
    match error {
        Error::Invalid {
            place: Some(Place::Argument(argument)),
            key,
            message,
        } => {
            let set = |assignment: &str| format!("--set {}", for_shell(assignment));
            let axis = own.iter().find(|(assignment, _)| set(assignment) == argument);
            let argument = axis.map_or(argument, |(_, axis)| axis.clone());
            Error::Invalid {
                place: Some(Place::Argument(argument)),
                key,
                message,
            }
        }
        other => other,
    }
}
