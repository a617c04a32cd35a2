//! A run's settings: everything that is decided before the first training step, and how it is read back.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::config::TrainConfig;
use crate::error::{Result, RuntimeError};
use crate::run_dir::{CONFIG, RunDir};
use genphys_data::{DataShape, Normalisation, Reading};
use genphys_flow::noise_schedule::NoiseSchedule;
use genphys_flow::{GenerativePde, Spreading};
use genphys_nn::network::{ImageSize, MOST_VALUES, NetworkConfig, NetworkKind};

/// A run's `config.json`: the equation, the data, and the choices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// Name of the equation.
    pub pde: String,
    /// Its canonical text.
    pub equation: String,
    /// The data as they were asked for: a name or a path.
    pub data: String,
    /// Name of the data set.
    pub data_name: String,
    /// What was read, changed and left out; nothing in runs of earlier versions.
    #[serde(default)]
    pub reading: Reading,
    /// What a data point is.
    pub shape: DataShape,
    /// How data were normalised.
    pub normalisation: Normalisation,
    /// Root of the mean variance of a coordinate.
    pub sigma_data: f64,
    /// Mean of `|whitener · y|²` over the training data.
    pub whitened_norm: f64,
    /// Its standard deviation.
    pub whitened_deviation: f64,
    /// Kind and size of the network.
    pub network: NetworkConfig,
    /// Names of the classes that the network knows, where they are not just numbers.
    #[serde(default)]
    pub class_names: Vec<String>,
    /// Choices of the training.
    pub training: TrainConfig,
    /// What the network learns, in the order of their numbers: mostly one equation, or the same one with several values
    /// of its parameters. Never empty. In the file one has no list around it.
    #[serde(flatten, serialize_with = "stored", deserialize_with = "of_stored")]
    pub members: Vec<Member>,
}

/// An equation with values of its parameters, and what follows from them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Values of the parameters.
    pub params: Vec<(String, f64)>,
    /// Noise levels.
    pub schedule: NoiseSchedule,
    /// Typical relative growth; one where particles are conserved.
    pub growth_scale: f64,
}

/// Parameters as they are kept.
pub(super) fn owned_params(pde: &dyn GenerativePde) -> Vec<(String, f64)> {
    pde.params().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl ModelConfig {
    /// Whether the network learns several equations, and is told which by a label.
    pub fn has_several(&self) -> bool {
        self.members.len() > 1
    }

    /// The classes that the network can be asked for; none where its labels are the numbers of equations.
    pub fn classes(&self) -> usize {
        if self.has_several() { 0 } else { self.network.classes }
    }

    /// The number of the equation among those that are learned; `None` where it is not one of them.
    pub(super) fn number(&self, pde: &dyn GenerativePde) -> Option<usize> {
        let params = owned_params(pde);
        self.members.iter().position(|member| member.params == params)
    }

    /// The label that tells the network which equation is meant; `None` where there is but one.
    pub(super) fn label(&self, number: usize) -> Option<u32> {
        self.has_several().then_some(number as u32)
    }

    /// Whether the run learned the conservative rewrite of `pde`: a network without births and deaths for an equation
    /// that has them.
    pub fn is_rewrite_of(&self, pde: &dyn GenerativePde) -> bool {
        self.equation == pde.equation() && !self.network.growth && !pde.growth_is_uniform()
    }

    /// Reads and checks the settings of a run.
    ///
    /// # Errors
    /// When the file is damaged, or a setting in it is not in its range.
    pub fn read(run: &RunDir) -> Result<Self> {
        let problem = |error: RuntimeError| run.unusable(CONFIG, "settings that can be used", error.to_string());
        let mut config: Self = run.read_json(CONFIG)?;
        if let Some(equation) = config.equation.strip_suffix(REWRITTEN) {
            config.equation = equation.to_owned();
        }
        config.check().map_err(problem)?;
        Ok(config)
    }

    /// Checks that every number is in its range, and that the parts fit each other.
    ///
    /// # Errors
    /// Names the first that does not.
    pub fn check(&self) -> Result<()> {
        let wrong = |message: String| Err(RuntimeError::Setting(message));
        self.training.check()?;
        self.network.check()?;
        let sides: &[usize] = match &self.shape {
            DataShape::Vector { dim, .. } => &[*dim],
            DataShape::Image { height, width, channels } => &[*height, *width, *channels],
        };
        let values = sides.iter().fold(1_usize, |values, side| values.saturating_mul(*side));
        if values == 0 || values > MOST_VALUES {
            return wrong(format!("a data point must have 1 to {MOST_VALUES} values, found {values}"));
        }
        let (network, training) = (&self.network, &self.training);
        let image = (network.kind != NetworkKind::Mlp).then(|| image_size(&self.shape)).flatten();
        let sizes = [
            ("dimension", network.dim, values),
            ("width", network.width, training.width),
            ("depth", network.depth, training.depth),
        ];
        if let Some((name, network, other)) = sizes.iter().find(|(_, network, other)| network != other) {
            return wrong(format!(
                "the {name} of the network, {network}, is not that of the data and choices, {other}"
            ));
        }
        if network.kind != training.network || network.image != image {
            return wrong("the network is of another kind, or for other images, than the data and choices".into());
        }
        if !self.normalisation.fits(values) {
            return wrong("the normalisation is not one of these data".into());
        }
        if self.members.is_empty() {
            return wrong("there is no equation that was learned".into());
        }
        let positive = [("deviation of the data", self.sigma_data)];
        let members = self.members.iter().map(|member| ("scale of the growth", member.growth_scale));
        for (name, value) in positive.into_iter().chain(members) {
            if !(value.is_finite() && value > 0.0) {
                return wrong(format!("the {name} must be a positive number, found {value}"));
            }
        }
        for (name, value) in [("mean", self.whitened_norm), ("deviation", self.whitened_deviation)] {
            if !(value.is_finite() && value >= 0.0) {
                return wrong(format!("the {name} of the whitened norm must not be negative, found {value}"));
            }
        }
        Ok(self.members.iter().try_for_each(|member| member.schedule.check())?)
    }

    /// Checks that the run was trained with this equation and these parameters.
    ///
    /// # Errors
    /// Says what differs.
    pub fn check_pde(&self, pde: &dyn GenerativePde) -> Result<()> {
        let form = |growth: bool| if growth { ", with births and deaths" } else { ", without births and deaths" };
        let (learned, has) = (self.network.growth, !pde.growth_is_uniform());
        let same_form = learned == has && self.network.pace == pace_of(pde, self.network.dim);
        if self.equation == pde.equation() && same_form && self.number(pde).is_some() {
            return Ok(());
        }
        let text = |params: &[(String, f64)]| {
            params.iter().map(|(name, value)| format!(", {name} = {value}")).collect::<String>()
        };
        let of_run = self.members.iter().map(|member| text(&member.params)).collect::<Vec<_>>().join(" or");
        let [of_run_form, of_program_form] = if same_form { [""; 2] } else { [form(learned), form(has)] };
        Err(RuntimeError::Setting(format!(
            "this run was trained with another equation\n  run:     {}{of_run}{of_run_form}\n  program: {}{}{of_program_form}",
            self.equation,
            pde.equation(),
            text(&owned_params(pde))
        )))
    }
}

/// Rates of the pace that a network for this equation has, see [`pace`](crate::pace).
pub(super) fn pace_of(pde: &dyn GenerativePde, dim: usize) -> usize {
    match pde.spreading() {
        Spreading::SelfSimilar => 0,
        Spreading::Radial => 1,
        Spreading::PerCoordinate => dim,
    }
}

fn stored<S: Serializer>(members: &[Member], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Several<'a> {
        members: &'a [Member],
    }
    match members {
        [one] => one.serialize(serializer),
        members => Several { members }.serialize(serializer),
    }
}

/// Runs of earlier versions that learned several equations have those of the first beside the list too.
fn of_stored<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<Member>, D::Error> {
    #[derive(Deserialize)]
    struct Stored {
        #[serde(default)]
        members: Vec<Member>,
        params: Option<Vec<(String, f64)>>,
        schedule: Option<NoiseSchedule>,
        growth_scale: Option<f64>,
    }
    let Stored { members, params, schedule, growth_scale } = Stored::deserialize(deserializer)?;
    if !members.is_empty() {
        return Ok(members);
    }
    let missing = D::Error::missing_field;
    let params = params.ok_or_else(|| missing("params"))?;
    let schedule = schedule.ok_or_else(|| missing("schedule"))?;
    let growth_scale = growth_scale.ok_or_else(|| missing("growth_scale"))?;
    Ok(vec![Member { params, schedule, growth_scale }])
}

/// What ended the text of an equation whose rewrite was learned, in runs of earlier versions.
const REWRITTEN: &str = " (conservative)";

/// The size of the data, if they are images.
pub(super) fn image_size(shape: &DataShape) -> Option<ImageSize> {
    match *shape {
        DataShape::Image { height, width, channels } => Some(ImageSize { height, width, channels }),
        DataShape::Vector { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Part {
        pde: String,
        #[serde(flatten, serialize_with = "stored", deserialize_with = "of_stored")]
        members: Vec<Member>,
    }

    #[test]
    fn parameters_and_schedule_stand_once_in_the_file() {
        let schedule = serde_json::to_value(NoiseSchedule::for_data(0.5)).unwrap();
        let member = |m: f64| json!({"params": [["m", m]], "schedule": schedule, "growth_scale": 2.0});
        let one = json!({"pde": "yukawa", "params": [["m", 1.5]], "schedule": schedule, "growth_scale": 2.0});
        let several = json!({"pde": "yukawa", "members": [member(1.5), member(3.0)]});
        let read = |value: &serde_json::Value| serde_json::from_value::<Part>(value.clone());
        for (value, count) in [(&one, 1), (&several, 2)] {
            let part = read(value).unwrap();
            assert_eq!((part.members.len(), &part.members[0].params[0].1), (count, &1.5));
            assert_eq!(serde_json::to_value(&part).unwrap(), *value);
        }
        // Earlier versions had those of the first beside the list.
        let mut old = one.clone();
        old["members"] = several["members"].clone();
        assert_eq!(read(&old).unwrap(), read(&several).unwrap());
        for name in ["params", "schedule", "growth_scale"] {
            let mut wrong = one.clone();
            wrong.as_object_mut().unwrap().remove(name);
            assert!(read(&wrong).unwrap_err().to_string().contains(name), "{name}");
        }
    }
}
