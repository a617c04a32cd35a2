//! The kernel's part of a plan: family, constants, and what stands on top, read out of the derivation.

use crate::error::PlanError;
use crate::exponent::ExponentParts;
use crate::expression::{Argument, Scope, rust_expression, rust_tree};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::derivation::{Derivation, Kernel, KernelFamily};
use proc_macro2::TokenStream;
use quote::quote;

/// The point-source kernel as a type of `genphys::kernels` and its constants.
#[derive(Clone, Debug)]
pub(crate) struct PlannedKernel {
    pub(crate) family: Family,
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
    /// What takes the place of t.
    pub(crate) reading: PlannedConstant,
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
    /// In the `.pde` language.
    pub(crate) text: String,
    /// In Rust, with the variable of [`crate::names::variable`] for each name of the equation.
    pub(crate) tokens: TokenStream,
}

impl PlannedKernel {
    /// The constants with their values, for the reader.
    pub(crate) fn described(&self) -> Vec<(&'static str, String)> {
        let mut list = self.constants();
        list.extend(self.shape.as_ref().map(|rows| ("shape", matrix_text(rows))));
        if let Some(clock) = &self.clock {
            list.push(("clock", clock.reading.text.clone()));
            list.extend(clock.log_mass.as_ref().map(|log_mass| ("log_mass", log_mass.text.clone())));
        }
        list
    }

    /// Whether the kernel holds nothing but numbers, so that the model can be `Copy` and compared.
    pub(crate) fn is_plain(&self) -> bool {
        let family = !matches!(self.family, Family::Stable | Family::Subordinated | Family::Gaussian);
        family && self.shape.is_none() && self.clock.is_none()
    }

    /// Whether it is not the same in all directions.
    pub(crate) fn has_shape(&self) -> bool {
        let matrix = matches!(&self.construction, Construction::InTime { covariance: Covariance::Matrix(_), .. });
        matrix || self.shape.is_some()
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

/// The kernels that generated code knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Heat,
    Poisson,
    Yukawa,
    PfgmPlusPlus,
    ScreenedPfgmPlusPlus,
    Stable,
    Subordinated,
    Gaussian,
    Telegraph,
}

impl Family {
    fn of(family: KernelFamily) -> Self {
        match family {
            KernelFamily::Heat => Self::Heat,
            KernelFamily::Poisson => Self::Poisson,
            KernelFamily::Yukawa => Self::Yukawa,
            KernelFamily::Pfgmpp => Self::PfgmPlusPlus,
            KernelFamily::ScreenedPfgmpp => Self::ScreenedPfgmPlusPlus,
            KernelFamily::Stable => Self::Stable,
            KernelFamily::Subordinated => Self::Subordinated,
            KernelFamily::Gaussian => Self::Gaussian,
            KernelFamily::Telegraph => Self::Telegraph,
        }
    }

    /// The variant of `Spreading`, where the kernel does not keep its shape.
    pub(crate) fn spreading(self) -> Option<&'static str> {
        match self {
            Self::Subordinated => Some("Radial"),
            Self::Telegraph => Some("PerCoordinate"),
            _ => None,
        }
    }
}

pub(super) fn planned_kernel(derivation: &Derivation, kernel: &Kernel) -> Result<PlannedKernel, PlanError> {
    let reader = Reader { derivation, kernel, params: params_of(derivation) };
    let family = Family::of(kernel.family);
    let constants = |names: &[&'static str]| -> Result<Construction, PlanError> {
        Ok(Construction::Constants(names.iter().copied().map(|name| reader.constant(name)).collect::<Result<_, _>>()?))
    };
    let construction = match family {
        Family::Heat => constants(&["diffusivity"])?,
        Family::Poisson => constants(&["speed"])?,
        Family::Yukawa => constants(&["speed", "mass"])?,
        Family::PfgmPlusPlus => constants(&["speed", "D"])?,
        Family::ScreenedPfgmPlusPlus => constants(&["speed", "D", "mass"])?,
        Family::Stable => constants(&["rate", "index"])?,
        Family::Telegraph => constants(&["damping", "speed"])?,
        Family::Subordinated => reader.exponent()?,
        Family::Gaussian => reader.in_time()?,
    };
    let decay = match kernel.parameters.get("decay").map(String::as_str) {
        None | Some("0") => None,
        Some(_) => Some(reader.constant("decay")?),
    };
    Ok(PlannedKernel {
        family,
        construction,
        shape: kernel.parameters.contains_key("shape").then(|| reader.shape()).transpose()?,
        clock: kernel.parameters.contains_key("clock").then(|| reader.clock()).transpose()?,
        span: reader.span()?,
        end: kernel.parameters.contains_key("end").then(|| reader.constant("end")).transpose()?,
        decay,
        velocity: kernel.velocity.clone(),
        growth: kernel.growth.clone(),
        sampler: kernel.sampler.clone(),
        prior: kernel.prior.clone(),
    })
}

fn params_of(derivation: &Derivation) -> Vec<String> {
    derivation.pde.params.iter().map(|param| param.name.clone()).collect()
}

/// Reads the constants of a kernel out of its derivation.
struct Reader<'a> {
    derivation: &'a Derivation,
    kernel: &'a Kernel,
    params: Vec<String>,
}

impl Reader<'_> {
    fn text(&self, name: &'static str) -> Result<&str, PlanError> {
        let missing = || PlanError::MissingConstant { name: self.derivation.pde.name.clone(), constant: name };
        self.kernel.parameters.get(name).map(String::as_str).ok_or_else(missing)
    }

    fn constant(&self, name: &'static str) -> Result<PlannedConstant, PlanError> {
        let text = self.text(name)?;
        Ok(PlannedConstant {
            name,
            text: text.to_owned(),
            tokens: rust_expression(text, self.scope(Argument::Nothing))?,
        })
    }

    fn scope<'s>(&'s self, of: Argument<'s>) -> Scope<'s> {
        Scope { params: &self.params, of }
    }

    fn tree(&self, name: &'static str) -> Result<Expr, PlanError> {
        let text = self.text(name)?;
        let refused = |_| PlanError::Constant { expression: text.to_owned(), found: "a syntax error".to_owned() };
        genphys_pde::parse_expression(text).map_err(refused)
    }

    fn exponent(&self) -> Result<Construction, PlanError> {
        let lambda = self.derivation.pde.exponent_variable();
        let parts = ExponentParts::of(&self.tree("exponent")?, &lambda);
        let planned = |name, expr: &Expr| self.planned(name, expr, Argument::Lambda(&lambda));
        let jumps = parts.jumps.iter().map(|(rate, size)| Ok([planned("rate", rate)?, planned("size", size)?]));
        let laws = parts.laws.iter().map(|(rate, log)| Ok([planned("rate", rate)?, planned("law", log)?]));
        Ok(Construction::Exponent {
            laws: laws.collect::<Result<_, PlanError>>()?,
            text: self.text("exponent")?.to_owned(),
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
        Ok(PlannedConstant { name, text: genphys_pde::print_expr(expr), tokens: rust_tree(expr, self.scope(of))? })
    }

    /// Start and end of the time, where the kernel depends on it.
    fn span(&self) -> Result<Option<(PlannedConstant, Option<PlannedConstant>)>, PlanError> {
        let given = |name| self.kernel.parameters.contains_key(name);
        let in_time = self.kernel.family == KernelFamily::Gaussian || given("clock");
        if !in_time || !(given("start") || given("end")) {
            return Ok(None);
        }
        let start = match given("start") {
            true => self.constant("start")?,
            false => PlannedConstant { name: "start", text: "0".to_owned(), tokens: quote!(0.0) },
        };
        Ok(Some((start, given("end").then(|| self.constant("end")).transpose()?)))
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

    fn shape(&self) -> Result<Vec<Vec<PlannedConstant>>, PlanError> {
        let tree = self.tree("shape")?;
        let ExprKind::Vector(rows) = &tree.kind else {
            return Err(PlanError::Constant {
                expression: self.text("shape")?.to_owned(),
                found: "no matrix".to_owned(),
            });
        };
        self.matrix("shape", rows, Argument::Nothing)
    }

    fn clock(&self) -> Result<Clock, PlanError> {
        let (reading, log_mass) = (self.tree("clock")?, self.tree("log_mass")?);
        let time = self.time_in(&[&reading, &log_mass]);
        Ok(Clock {
            reading: self.planned("clock", &reading, of_time(&time))?,
            log_mass: (self.text("log_mass")? != "0")
                .then(|| self.planned("log_mass", &log_mass, of_time(&time)))
                .transpose()?,
            scale: self.text("scale")?.to_owned(),
            mean: self.text("mean")?.to_owned(),
            time,
        })
    }

    fn in_time(&self) -> Result<Construction, PlanError> {
        let (scale, covariance) = (self.tree("scale")?, self.tree("covariance")?);
        let log_mass = self.tree("log_mass")?;
        let time = self.time_in(&[&scale, &covariance, &log_mass]);
        let planned = |name, expr: &Expr| self.planned(name, expr, of_time(&time));
        let covariance = match &covariance.kind {
            ExprKind::Vector(rows) => Covariance::Matrix(self.matrix("covariance", rows, of_time(&time))?),
            _ => Covariance::Isotropic(planned("covariance", &covariance)?),
        };
        Ok(Construction::InTime {
            scale: planned("scale", &scale)?,
            mean: self.text("mean")?.to_owned(),
            covariance,
            log_mass: (self.text("log_mass")? != "0").then(|| planned("log_mass", &log_mass)).transpose()?,
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
