//! The kernel's part of a plan: family, constants, and what stands on top, read out of the derivation.

use crate::error::PlanError;
use crate::exponent::ExponentParts;
use crate::expression::{Argument, Scope, rust_tree};
use genphys_pde::ast::{Expr, ExprKind, Number};
use genphys_pde::derivation::{self, Derivation, Kernel, KernelConstants, KernelFamily, KernelSpec};
use genphys_pde::expression::Expression;
use genphys_pde::span::Span;
use proc_macro2::TokenStream;

/// The point-source kernel as a type of `genphys::kernels` and its constants.
#[derive(Clone, Debug)]
pub(crate) struct PlannedKernel {
    pub(crate) family: KernelFamily,
    /// How it is made.
    pub(crate) construction: Construction,
    /// A matrix A with k·Ak in the place of |k|², by rows.
    pub(crate) shape: Option<Vec<Vec<PlannedConstant>>>,
    /// Another clock than t.
    pub(crate) clock: Option<Clock>,
    /// The times of the equation where they are not (0, ∞): start, and end where there is one.
    pub(crate) span: Option<(PlannedConstant, Option<PlannedConstant>)>,
    /// The last time of the equation, where there is one.
    pub(crate) end: Option<PlannedConstant>,
    /// A death rate on top of the family's own; `None` where it is zero.
    pub(crate) decay: Option<PlannedConstant>,
    /// J/p as the derivation writes it.
    pub(crate) velocity: String,
    /// R/p as the derivation writes it.
    pub(crate) growth: String,
    /// How a displacement is drawn.
    pub(crate) sampler: String,
    /// What the prior is.
    pub(crate) prior: String,
}

/// What the kernel's constructor is given.
#[derive(Clone, Debug)]
pub(crate) enum Construction {
    /// Constants, in its order.
    Constants(Vec<PlannedConstant>),
    /// The exponent of the subordinator, in parts.
    Exponent {
        /// All of it, for the reader.
        text: String,
        drift: Option<PlannedConstant>,
        /// Rate and size of equal jumps.
        jumps: Vec<[PlannedConstant; 2]>,
        /// Rate of jumps, and the logarithm of the transform of their law, a function of λ.
        laws: Vec<[PlannedConstant; 2]>,
        /// A function of λ.
        rest: Option<PlannedConstant>,
    },
    /// Functions of the time.
    InTime {
        /// The name of the time; `None` where nothing depends on it.
        time: Option<String>,
        scale: PlannedConstant,
        /// Where a source at the origin goes, for the reader.
        mean: String,
        covariance: Covariance,
        /// ln ∫p, where births and deaths change it.
        log_mass: Option<PlannedConstant>,
    },
}

/// The clock of a kernel whose coefficients depend on the time, or that moves.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    /// The name of the time; `None` where nothing depends on it.
    pub(crate) time: Option<String>,
    /// What takes the place of t, or the rate of it.
    pub(crate) reading: PlannedConstant,
    /// Whether it is the rate, whose integral from the start is the clock.
    pub(crate) by_rate: bool,
    /// ln ∫p, where births and deaths change it.
    pub(crate) log_mass: Option<PlannedConstant>,
    /// Scale and mean of the coordinates that move along, for the reader.
    pub(crate) scale: String,
    pub(crate) mean: String,
}

/// The covariance of a Gaussian, a function of the time.
#[derive(Clone, Debug)]
pub(crate) enum Covariance {
    /// The variance of every coordinate.
    Isotropic(PlannedConstant),
    /// The matrix, by rows.
    Matrix(Vec<Vec<PlannedConstant>>),
}

/// A constant of the kernel, computed from the parameters.
#[derive(Clone, Debug)]
pub(crate) struct PlannedConstant {
    /// Its name in the kernel: `speed`.
    pub(crate) name: &'static str,
    /// In the `.pde` language, as the derivation writes it.
    pub(crate) text: String,
    /// The same as a tree.
    pub(crate) tree: Expr,
    /// In Rust, with the variable of [`crate::names::variable`] for each name of the equation.
    pub(crate) tokens: TokenStream,
}

impl PlannedKernel {
    /// The constants with their values, for the reader.
    pub(crate) fn described(&self) -> Vec<(&'static str, String)> {
        let mut list = self.constants();
        list.extend(self.shape.as_ref().map(|rows| ("shape", matrix_text(rows))));
        if let Some(clock) = &self.clock {
            list.push((if clock.by_rate { "clock_rate" } else { "clock" }, clock.reading.text.clone()));
            list.extend(clock.log_mass.as_ref().map(|log_mass| ("log_mass", log_mass.text.clone())));
        }
        list
    }

    /// Whether the kernel holds nothing but numbers, so that the model can be `Copy` and compared.
    pub(crate) fn is_plain(&self) -> bool {
        let family = !matches!(
            self.family,
            KernelFamily::Stable
                | KernelFamily::Subordinated
                | KernelFamily::Gaussian
                | KernelFamily::SpaceTimeFractional
        );
        family && self.shape.is_none() && self.clock.is_none()
    }

    /// Scale and mean of the coordinates that move along, where they do.
    pub(crate) fn moves(&self) -> Option<(&str, &str)> {
        let (scale, mean) = match (&self.construction, &self.clock) {
            (Construction::InTime { scale, mean, .. }, _) => (scale.text.as_str(), mean.as_str()),
            (_, Some(clock)) => (clock.scale.as_str(), clock.mean.as_str()),
            _ => return None,
        };
        let still = scale == "1" && mean.trim_matches(['[', ']', '0', ',', ' ']).is_empty();
        (!still).then_some((scale, mean))
    }

    /// The variant of `Spreading`, where the kernel does not keep its shape.
    pub(crate) fn spreading(&self) -> Option<&'static str> {
        match self.family {
            KernelFamily::Subordinated => Some("Radial"),
            KernelFamily::Telegraph => Some("PerCoordinate"),
            _ => None,
        }
    }

    fn constants(&self) -> Vec<(&'static str, String)> {
        let pair = |constant: &PlannedConstant| (constant.name, constant.text.clone());
        match &self.construction {
            Construction::Constants(constants) => constants.iter().map(pair).collect(),
            Construction::Exponent { text, .. } => vec![("exponent", text.clone())],
            Construction::InTime { scale, mean, covariance, log_mass, .. } => {
                let covariance = match covariance {
                    Covariance::Isotropic(variance) => variance.text.clone(),
                    Covariance::Matrix(rows) => matrix_text(rows),
                };
                let mut list = vec![pair(scale), ("mean", mean.clone()), ("covariance", covariance)];
                list.extend(log_mass.as_ref().map(pair));
                list
            }
        }
    }
}

fn matrix_text(rows: &[Vec<PlannedConstant>]) -> String {
    let row = |row: &Vec<PlannedConstant>| {
        format!("[{}]", row.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>().join(", "))
    };
    format!("[{}]", rows.iter().map(row).collect::<Vec<_>>().join(", "))
}

pub(super) fn planned_kernel(derivation: &Derivation, kernel: &Kernel) -> Result<PlannedKernel, PlanError> {
    let params = derivation.pde.params.iter().map(|param| param.name.clone()).collect();
    let KernelConstants { spec, clock, shape, start, end } = &kernel.constants;
    let planner = Planner { params };
    let constants = |list: &[(&'static str, &Expression)]| -> Result<Construction, PlanError> {
        let planned = list.iter().map(|(name, constant)| planner.constant(name, constant));
        Ok(Construction::Constants(planned.collect::<Result<_, _>>()?))
    };
    let construction = match spec {
        KernelSpec::Heat { diffusivity, .. } => constants(&[("diffusivity", diffusivity)])?,
        KernelSpec::Poisson { speed, .. } => constants(&[("speed", speed)])?,
        KernelSpec::Yukawa { speed, mass, .. } => constants(&[("speed", speed), ("mass", mass)])?,
        KernelSpec::Pfgmpp { augmented_dim, speed } => constants(&[("speed", speed), ("D", augmented_dim)])?,
        KernelSpec::ScreenedPfgmpp { augmented_dim, speed, mass } => {
            constants(&[("speed", speed), ("D", augmented_dim), ("mass", mass)])?
        }
        KernelSpec::Stable { rate, index, .. } => constants(&[("rate", rate), ("index", index)])?,
        KernelSpec::SpaceTimeFractional { rate, index, order } => {
            constants(&[("rate", rate), ("index", index), ("order", order)])?
        }
        KernelSpec::Telegraph { damping, speed, .. } => constants(&[("damping", damping), ("speed", speed)])?,
        KernelSpec::Subordinated { exponent, .. } => planner.exponent(exponent, &derivation.pde.exponent_variable())?,
        KernelSpec::Gaussian { scale, mean, covariance, log_mass } => {
            planner.in_time(scale, mean, covariance, log_mass)?
        }
    };
    let in_time = spec.family() == KernelFamily::Gaussian || clock.is_some();
    let end = end.as_ref().map(|end| planner.constant("end", end)).transpose()?;
    let span = match (start, &end) {
        (None, None) => None,
        _ if !in_time => None,
        (Some(start), end) => Some((planner.constant("start", start)?, end.clone())),
        (None, end) => {
            let zero = Expr::new(ExprKind::Number(Number::integer(0)), Span::default());
            Some((planner.planned("start", &zero, Argument::Nothing)?, end.clone()))
        }
    };
    let decay = spec.decay().filter(|decay| !decay.is_zero());
    Ok(PlannedKernel {
        family: spec.family(),
        construction,
        shape: shape.as_ref().map(|shape| planner.shape(shape)).transpose()?,
        clock: clock.as_ref().map(|clock| planner.clock(clock)).transpose()?,
        span,
        end,
        decay: decay.map(|decay| planner.constant("decay", decay)).transpose()?,
        velocity: kernel.velocity.clone(),
        growth: kernel.growth.clone(),
        sampler: kernel.sampler.clone(),
        prior: kernel.prior.clone(),
    })
}

/// Plans the constants of a kernel.
struct Planner {
    params: Vec<String>,
}

impl Planner {
    fn constant(&self, name: &'static str, constant: &Expression) -> Result<PlannedConstant, PlanError> {
        let tokens = rust_tree(constant.tree(), self.scope(Argument::Nothing))?;
        Ok(PlannedConstant { name, text: constant.text().to_owned(), tree: constant.tree().clone(), tokens })
    }

    fn scope<'s>(&'s self, of: Argument<'s>) -> Scope<'s> {
        Scope { params: &self.params, of }
    }

    fn exponent(&self, exponent: &Expression, lambda: &str) -> Result<Construction, PlanError> {
        let parts = ExponentParts::of(exponent.tree(), lambda);
        let planned = |name, expr: &Expr| self.planned(name, expr, Argument::Lambda(lambda));
        let jumps = parts.jumps.iter().map(|(rate, size)| Ok([planned("rate", rate)?, planned("size", size)?]));
        let laws = parts.laws.iter().map(|(rate, log)| Ok([planned("rate", rate)?, planned("law", log)?]));
        Ok(Construction::Exponent {
            laws: laws.collect::<Result<_, PlanError>>()?,
            text: exponent.text().to_owned(),
            drift: parts.drift.as_ref().map(|drift| planned("drift", drift)).transpose()?,
            jumps: jumps.collect::<Result<_, PlanError>>()?,
            rest: parts.rest.as_ref().map(|rest| planned("function", rest)).transpose()?,
        })
    }

    /// The name of the time in these expressions: the one that is no parameter.
    fn time_in(&self, exprs: &[&Expr]) -> Option<String> {
        let mut names = Vec::new();
        exprs.iter().for_each(|expr| symbols(expr, &mut names));
        names.into_iter().find(|name| !self.params.contains(name))
    }

    /// A constant from an expression in the parameters and what it is a function of.
    fn planned(&self, name: &'static str, expr: &Expr, of: Argument<'_>) -> Result<PlannedConstant, PlanError> {
        let tokens = rust_tree(expr, self.scope(of))?;
        Ok(PlannedConstant { name, text: genphys_pde::print_expr(expr), tree: expr.clone(), tokens })
    }

    /// The rows of a matrix.
    fn matrix(
        &self,
        name: &'static str,
        rows: &[Expr],
        of: Argument<'_>,
    ) -> Result<Vec<Vec<PlannedConstant>>, PlanError> {
        let row = |row: &Expr| match &row.kind {
            ExprKind::Vector(entries) => entries.iter().map(|entry| self.planned(name, entry, of)).collect(),
            _ => self.planned(name, row, of).map(|entry| vec![entry]),
        };
        rows.iter().map(row).collect()
    }

    fn shape(&self, shape: &Expression) -> Result<Vec<Vec<PlannedConstant>>, PlanError> {
        let ExprKind::Vector(rows) = &shape.tree().kind else {
            return Err(PlanError::Constant { expression: shape.text().to_owned(), found: "no matrix".to_owned() });
        };
        self.matrix("shape", rows, Argument::Nothing)
    }

    fn clock(&self, clock: &derivation::Clock) -> Result<Clock, PlanError> {
        let (reading, log_mass) = (clock.reading.tree(), clock.log_mass.tree());
        let time = self.time_in(&[reading, log_mass]);
        Ok(Clock {
            reading: self.planned("clock", reading, of_time(&time))?,
            by_rate: clock.by_rate,
            log_mass: self.log_mass(&clock.log_mass, &time)?,
            scale: clock.scale.text().to_owned(),
            mean: clock.mean.text().to_owned(),
            time,
        })
    }

    /// ln ∫p, where it changes.
    fn log_mass(&self, log_mass: &Expression, time: &Option<String>) -> Result<Option<PlannedConstant>, PlanError> {
        (!log_mass.is_zero()).then(|| self.planned("log_mass", log_mass.tree(), of_time(time))).transpose()
    }

    fn in_time(
        &self,
        scale: &Expression,
        mean: &Expression,
        covariance: &Expression,
        log_mass: &Expression,
    ) -> Result<Construction, PlanError> {
        let time = self.time_in(&[scale.tree(), covariance.tree(), log_mass.tree()]);
        let planned = |name, expr: &Expr| self.planned(name, expr, of_time(&time));
        let covariance = match &covariance.tree().kind {
            ExprKind::Vector(rows) => Covariance::Matrix(self.matrix("covariance", rows, of_time(&time))?),
            _ => Covariance::Isotropic(planned("covariance", covariance.tree())?),
        };
        Ok(Construction::InTime {
            scale: planned("scale", scale.tree())?,
            mean: mean.text().to_owned(),
            covariance,
            log_mass: self.log_mass(log_mass, &time)?,
            time,
        })
    }
}

fn of_time(time: &Option<String>) -> Argument<'_> {
    time.as_deref().map_or(Argument::Nothing, Argument::Time)
}

/// The names in an expression, in the order of their occurrence.
fn symbols(expr: &Expr, names: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Symbol(name) => names.push(name.clone()),
        ExprKind::Neg(a) => symbols(a, names),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) | ExprKind::Pow(a, b) => {
            symbols(a, names);
            symbols(b, names);
        }
        ExprKind::Function { argument, .. } => symbols(argument, names),
        ExprKind::Vector(entries) => entries.iter().for_each(|entry| symbols(entry, names)),
        _ => {}
    }
}
