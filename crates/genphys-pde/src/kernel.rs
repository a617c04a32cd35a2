//! The point-source kernel of a derivation: its family with the family's constants, and what stands on top of it.

use crate::expression::Expression;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Families of point-source kernels in closed form (theory, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KernelFamily {
    /// [`KernelSpec::Heat`].
    Heat,
    /// [`KernelSpec::Poisson`].
    Poisson,
    /// [`KernelSpec::Yukawa`].
    Yukawa,
    /// [`KernelSpec::Pfgmpp`].
    Pfgmpp,
    /// [`KernelSpec::ScreenedPfgmpp`].
    ScreenedPfgmpp,
    /// [`KernelSpec::Gaussian`].
    Gaussian,
    /// [`KernelSpec::Stable`].
    Stable,
    /// [`KernelSpec::Subordinated`].
    Subordinated,
    /// [`KernelSpec::Telegraph`].
    Telegraph,
    /// [`KernelSpec::SpaceTimeFractional`].
    SpaceTimeFractional,
}

impl KernelFamily {
    /// The name in the JSON, such as `heat`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heat => "heat",
            Self::Poisson => "poisson",
            Self::Yukawa => "yukawa",
            Self::Pfgmpp => "pfgmpp",
            Self::ScreenedPfgmpp => "screened-pfgmpp",
            Self::Gaussian => "gaussian",
            Self::Stable => "stable",
            Self::Subordinated => "subordinated",
            Self::Telegraph => "telegraph",
            Self::SpaceTimeFractional => "space-time-fractional",
        }
    }
}

/// A family with its constants, expressions in the parameters of the equation. `decay` is a constant death rate.
#[derive(Clone, Debug, PartialEq)]
pub enum KernelSpec {
    /// p̂ = exp(−(decay + diffusivity k²) t).
    Heat {
        /// D.
        diffusivity: Expression,
        /// A death rate.
        decay: Expression,
    },
    /// p̂ = exp(−(decay + speed |k|) t).
    Poisson {
        /// v.
        speed: Expression,
        /// A death rate.
        decay: Expression,
    },
    /// p̂ = exp(−(decay + √(speed² k² + mass²)) t).
    Yukawa {
        /// v.
        speed: Expression,
        /// The k = 0 decay rate of the square root alone.
        mass: Expression,
        /// A death rate.
        decay: Expression,
    },
    /// φ_tt + (D − 1)/t φ_t + speed² ∇²φ = 0: PFGM++ (arXiv 2302.04265).
    Pfgmpp {
        /// D.
        augmented_dim: Expression,
        /// v.
        speed: Expression,
    },
    /// φ_tt + (D − 1)/t φ_t + speed² ∇²φ − mass² φ = 0: Yukawa in N + D dimensions.
    ScreenedPfgmpp {
        /// D.
        augmented_dim: Expression,
        /// v.
        speed: Expression,
        /// m.
        mass: Expression,
    },
    /// A Gaussian whose constants are functions of the time: drift, anisotropic diffusion, coefficients that depend on
    /// t, Ornstein–Uhlenbeck; x = scale·y + mean + z.
    Gaussian {
        /// What becomes of a distance between sources.
        scale: Expression,
        /// Where a source at the origin goes: a vector, or 0.
        mean: Expression,
        /// A matrix, or the variance of every coordinate.
        covariance: Expression,
        /// ln ∫p.
        log_mass: Expression,
    },
    /// p̂ = exp(−(decay + rate |k|^index) t), 0 < index ≤ 2: fractional diffusion, Lévy flights.
    Stable {
        /// The factor.
        rate: Expression,
        /// The exponent.
        index: Expression,
        /// A death rate.
        decay: Expression,
    },
    /// p̂ = exp(−(decay + exponent(|k|²)) t): a Gaussian scale mixture over the subordinator u(t).
    Subordinated {
        /// A Bernstein function of λ ([`exponent_variable`](crate::derivation::exponent_variable)), 0 at λ = 0.
        exponent: Expression,
        /// A death rate.
        decay: Expression,
    },
    /// Kac's persistent random walk, N = 1: φ_tt + 2 damping φ_t − speed² ∇²φ + mass² φ = 0.
    Telegraph {
        /// ε.
        damping: Expression,
        /// v.
        speed: Expression,
        /// m.
        mass: Expression,
    },
    /// Memory: p̂ = E_order(−rate |k|^index t^order), 0 < order ≤ 1, 0 < index ≤ 2, E Mittag and Leffler's function:
    /// Caputo's derivative and (fractional) diffusion.
    SpaceTimeFractional {
        /// The factor.
        rate: Expression,
        /// The exponent of |k|.
        index: Expression,
        /// The order of Caputo's derivative.
        order: Expression,
    },
}

/// A clock, a function of the time whose reading takes the place of t; then the kernel is that of x = scale·y + mean +
/// z, in coordinates that move along. Functions of the time all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// The clock, or where it has no closed form its rate.
    pub reading: Expression,
    /// Whether `reading` is the rate: the clock is the integral of it from the start of the time, and is computed by
    /// quadrature.
    pub by_rate: bool,
    /// What becomes of a distance between sources.
    pub scale: Expression,
    /// Where a source at the origin goes.
    pub mean: Expression,
    /// ln ∫p, besides what the family does to it.
    pub log_mass: Expression,
}

/// All constants of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelConstants {
    /// Those of its family.
    pub spec: KernelSpec,
    /// Another clock than t, for any family but the Gaussian.
    pub clock: Option<Clock>,
    /// A matrix A with which k·Ak takes the place of |k|².
    pub shape: Option<Expression>,
    /// The start of the time, where it is not 0.
    pub start: Option<Expression>,
    /// The end of the time, where there is one.
    pub end: Option<Expression>,
}

/// Constants by their names in the JSON.
type Named = BTreeMap<String, Expression>;

impl KernelSpec {
    /// Which family.
    pub fn family(&self) -> KernelFamily {
        match self {
            Self::Heat { .. } => KernelFamily::Heat,
            Self::Poisson { .. } => KernelFamily::Poisson,
            Self::Yukawa { .. } => KernelFamily::Yukawa,
            Self::Pfgmpp { .. } => KernelFamily::Pfgmpp,
            Self::ScreenedPfgmpp { .. } => KernelFamily::ScreenedPfgmpp,
            Self::Gaussian { .. } => KernelFamily::Gaussian,
            Self::Stable { .. } => KernelFamily::Stable,
            Self::Subordinated { .. } => KernelFamily::Subordinated,
            Self::Telegraph { .. } => KernelFamily::Telegraph,
            Self::SpaceTimeFractional { .. } => KernelFamily::SpaceTimeFractional,
        }
    }

    /// The death rate, in families that have one.
    pub fn decay(&self) -> Option<&Expression> {
        match self {
            Self::Heat { decay, .. }
            | Self::Poisson { decay, .. }
            | Self::Yukawa { decay, .. }
            | Self::Stable { decay, .. }
            | Self::Subordinated { decay, .. } => Some(decay),
            Self::Pfgmpp { .. }
            | Self::ScreenedPfgmpp { .. }
            | Self::Gaussian { .. }
            | Self::Telegraph { .. }
            | Self::SpaceTimeFractional { .. } => None,
        }
    }

    fn take(family: KernelFamily, named: &mut Named) -> Result<Self, String> {
        let mut get = |name: &str| taken(named, name);
        Ok(match family {
            KernelFamily::Heat => Self::Heat { diffusivity: get("diffusivity")?, decay: get("decay")? },
            KernelFamily::Poisson => Self::Poisson { speed: get("speed")?, decay: get("decay")? },
            KernelFamily::Yukawa => Self::Yukawa { speed: get("speed")?, mass: get("mass")?, decay: get("decay")? },
            KernelFamily::Pfgmpp => Self::Pfgmpp { augmented_dim: get("D")?, speed: get("speed")? },
            KernelFamily::ScreenedPfgmpp => {
                Self::ScreenedPfgmpp { augmented_dim: get("D")?, speed: get("speed")?, mass: get("mass")? }
            }
            KernelFamily::Gaussian => Self::Gaussian {
                scale: get("scale")?,
                mean: get("mean")?,
                covariance: get("covariance")?,
                log_mass: get("log_mass")?,
            },
            KernelFamily::Stable => Self::Stable { rate: get("rate")?, index: get("index")?, decay: get("decay")? },
            KernelFamily::Subordinated => Self::Subordinated { exponent: get("exponent")?, decay: get("decay")? },
            KernelFamily::Telegraph => {
                Self::Telegraph { damping: get("damping")?, speed: get("speed")?, mass: get("mass")? }
            }
            KernelFamily::SpaceTimeFractional => {
                Self::SpaceTimeFractional { rate: get("rate")?, index: get("index")?, order: get("order")? }
            }
        })
    }

    fn list(&self) -> Vec<(&'static str, &Expression)> {
        match self {
            Self::Heat { diffusivity, decay } => vec![("diffusivity", diffusivity), ("decay", decay)],
            Self::Poisson { speed, decay } => vec![("speed", speed), ("decay", decay)],
            Self::Yukawa { speed, mass, decay } => vec![("speed", speed), ("mass", mass), ("decay", decay)],
            Self::Pfgmpp { augmented_dim, speed } => vec![("D", augmented_dim), ("speed", speed)],
            Self::ScreenedPfgmpp { augmented_dim, speed, mass } => {
                vec![("D", augmented_dim), ("speed", speed), ("mass", mass)]
            }
            Self::Gaussian { scale, mean, covariance, log_mass } => {
                vec![("scale", scale), ("mean", mean), ("covariance", covariance), ("log_mass", log_mass)]
            }
            Self::Stable { rate, index, decay } => vec![("rate", rate), ("index", index), ("decay", decay)],
            Self::Subordinated { exponent, decay } => vec![("exponent", exponent), ("decay", decay)],
            Self::Telegraph { damping, speed, mass } => vec![("damping", damping), ("speed", speed), ("mass", mass)],
            Self::SpaceTimeFractional { rate, index, order } => {
                vec![("rate", rate), ("index", index), ("order", order)]
            }
        }
    }
}

fn taken(named: &mut Named, name: &str) -> Result<Expression, String> {
    named.remove(name).ok_or_else(|| format!("the constant `{name}` of the kernel is missing"))
}

impl KernelConstants {
    /// The constants of a family by their names.
    ///
    /// # Errors
    /// A sentence, where one is missing or the family has no such constant.
    pub fn new(family: KernelFamily, mut named: BTreeMap<String, Expression>) -> Result<Self, String> {
        let spec = KernelSpec::take(family, &mut named)?;
        let (reading, rate) = (named.remove("clock"), named.remove("clock_rate"));
        if reading.is_some() && rate.is_some() {
            return Err("a kernel has a clock or the rate of one, not both".into());
        }
        let by_rate = rate.is_some();
        let clock = match reading.or(rate) {
            Some(reading) if !matches!(family, KernelFamily::Gaussian | KernelFamily::SpaceTimeFractional) => {
                Some(Clock {
                    reading,
                    by_rate,
                    scale: taken(&mut named, "scale")?,
                    mean: taken(&mut named, "mean")?,
                    log_mass: taken(&mut named, "log_mass")?,
                })
            }
            Some(_) => return Err(no_constant("clock")),
            None => None,
        };
        let is_radial =
            !matches!(family, KernelFamily::Gaussian | KernelFamily::Telegraph | KernelFamily::SpaceTimeFractional);
        let shape = if is_radial { named.remove("shape") } else { None };
        let (start, end) = (named.remove("start"), named.remove("end"));
        match named.keys().next() {
            Some(name) => Err(no_constant(name)),
            None => Ok(Self { spec, clock, shape, start, end }),
        }
    }

    /// All of them by their names in the JSON, in the order of the alphabet.
    pub fn named(&self) -> BTreeMap<&'static str, &Expression> {
        let mut list = self.spec.list();
        if let Some(Clock { reading, by_rate, scale, mean, log_mass }) = &self.clock {
            let clock = if *by_rate { "clock_rate" } else { "clock" };
            list.extend([(clock, reading), ("scale", scale), ("mean", mean), ("log_mass", log_mass)]);
        }
        let others = [("shape", &self.shape), ("start", &self.start), ("end", &self.end)];
        list.extend(others.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))));
        list.into_iter().collect()
    }
}

fn no_constant(name: &str) -> String {
    format!("a kernel of this family has no constant `{name}`")
}

/// The point-source kernel and what follows from it for a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Record", into = "Record")]
pub struct Kernel {
    /// Its family and constants; everything below is said of these.
    pub constants: KernelConstants,
    /// J/p of the kernel as an expression in the displacement `z` and `t`.
    pub velocity: String,
    /// R/p of the kernel; `mK` abbreviations are spelled out in words where the language has no function.
    pub growth: String,
    /// How a displacement is drawn.
    pub sampler: String,
    /// The prior at t = T.
    pub prior: String,
    /// The law of the subordinator u(t) with displacement z = √(2u) ξ, where there is one.
    pub subordinator: Option<String>,
    /// The change of time that turns the kernel into a standard one (σ = √(2Dt) for heat).
    pub time_change: Option<String>,
    /// Bound on the divergence of p(·, t)/∫p from the prior, as a function of t and of M2 = E|y − ȳ|² of the data.
    pub prior_error: Option<String>,
}

impl Kernel {
    /// Which family.
    pub fn family(&self) -> KernelFamily {
        self.constants.spec.family()
    }
}

/// A kernel in the JSON.
#[derive(Serialize, Deserialize)]
struct Record {
    family: KernelFamily,
    parameters: Named,
    velocity: String,
    growth: String,
    sampler: String,
    prior: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subordinator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_change: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prior_error: Option<String>,
}

impl TryFrom<Record> for Kernel {
    type Error = String;

    fn try_from(record: Record) -> Result<Self, String> {
        let Record { family, parameters, velocity, growth, sampler, prior, subordinator, time_change, prior_error } =
            record;
        let constants = KernelConstants::new(family, parameters)?;
        Ok(Self { constants, velocity, growth, sampler, prior, subordinator, time_change, prior_error })
    }
}

impl From<Kernel> for Record {
    fn from(kernel: Kernel) -> Self {
        let Kernel { constants, velocity, growth, sampler, prior, subordinator, time_change, prior_error } = kernel;
        let family = constants.spec.family();
        let parameters = constants.named().into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        Self { family, parameters, velocity, growth, sampler, prior, subordinator, time_change, prior_error }
    }
}
