//! Stage 1: `SGenerative` -> `ModelPlan`. Everything is decided here; the emitters only write down what the plan says.

use crate::domain::{self, Comparison};
use crate::error::PlanError;
use crate::exponent::{ExponentParts, LAMBDA};
use crate::expression::{rust_expression, rust_tree};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::derivation::{Derivation, Kernel, KernelFamily, ParamSummary, SGenerative};
use genphys_pde::verdict::ConditionReport;
use proc_macro2::TokenStream;
use quote::quote;

/// A model that can be emitted: names, parameters, kernel, formulas. Holds nothing that still can fail.
#[derive(Clone, Debug)]
pub struct ModelPlan {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) equation: String,
    pub(crate) hash: String,
    pub(crate) dim: Dims,
    /// Whether births and deaths are rewritten into the velocity.
    pub(crate) conservative: bool,
    /// Where the equation stands, such as "`pdes/yukawa.pde`, line 7", when that is known.
    pub(crate) origin: Option<String>,
    pub(crate) params: Vec<PlannedParam>,
    pub(crate) kernel: PlannedKernel,
    pub(crate) formulas: Vec<Formula>,
}

/// The dimensions of data that an equation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dims {
    first: u32,
    last: Option<u32>,
}

impl Dims {
    /// Reads `any`, `2`, `2..` or `1..3`, as derivations have it.
    pub fn of(text: &str) -> Self {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        Self { first: first.parse().unwrap_or(1), last: last.parse().ok() }
    }

    /// Whether this dimension is among them.
    pub fn contains(self, dim: u32) -> bool {
        self.first <= dim && self.last.is_none_or(|last| dim <= last)
    }

    /// First and last, unless they are all.
    pub(crate) fn bounds(self) -> Option<(u32, Option<u32>)> {
        (self.first > 1 || self.last.is_some()).then_some((self.first, self.last))
    }
}

/// A parameter of the equation.
#[derive(Clone, Debug)]
pub(crate) struct PlannedParam {
    /// Its name in the equation.
    pub(crate) name: String,
    /// Its domain as written, for messages.
    pub(crate) domain: String,
    /// Its domain, to be checked.
    pub(crate) comparisons: Vec<Comparison>,
    /// Default value, or the fixed value.
    pub(crate) value: Option<f64>,
    /// Whether the verdict is about this one value, so that the model has no choice.
    pub(crate) fixed: bool,
}

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
        /// A function of λ.
        rest: Option<PlannedConstant>,
    },
    /// Functions of the time.
    InTime {
        /// The name of the time.
        time: String,
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
    /// The name of the time.
    pub(crate) time: String,
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
    /// In Rust, with one local variable per parameter.
    pub(crate) tokens: TokenStream,
}

/// A line of the derivation: a name, an expression of the `.pde` language, a sentence.
#[derive(Clone, Debug)]
pub(crate) struct Formula {
    pub(crate) name: &'static str,
    pub(crate) expression: Option<String>,
    pub(crate) remark: String,
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

impl ModelPlan {
    /// Plans the model of an s-generative equation.
    ///
    /// # Errors
    /// [`PlanError::NoKernel`] where the derivation has no point-source kernel to build on. The other errors say
    /// that the derivation contradicts itself, as one edited by hand may.
    pub fn new(proof: &SGenerative) -> Result<Self, PlanError> {
        let derivation = proof.derivation();
        let name = derivation.pde.name.clone();
        let kernel = derivation.kernel.as_ref().ok_or_else(|| PlanError::NoKernel { name: name.clone() })?;
        Ok(Self {
            title: derivation.pde.title.clone(),
            equation: derivation.pde.equation.clone(),
            hash: derivation.pde.hash.clone(),
            dim: Dims::of(&derivation.pde.dim),
            conservative: false,
            origin: None,
            params: derivation.pde.params.iter().map(planned_param).collect::<Result<_, _>>()?,
            kernel: planned_kernel(derivation, kernel)?,
            formulas: formulas(derivation),
            name,
        })
    }

    /// What the attribute puts in place of a model that it must refuse, beside the compile error: plain diffusion with
    /// the same parameters, so that the rest of the program type-checks. It is never part of a program that runs.
    pub(crate) fn stand_in(params: &[String]) -> Self {
        let mut names: Vec<&String> = Vec::new();
        for name in params {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let param = |name: &String| PlannedParam {
            name: name.clone(),
            domain: "real".to_owned(),
            comparisons: Vec::new(),
            value: Some(1.0),
            fixed: false,
        };
        let diffusivity = PlannedConstant { name: "diffusivity", text: "1".to_owned(), tokens: quote!(1.0) };
        let refused = || "refused equation".to_owned();
        Self {
            name: refused(),
            title: None,
            equation: refused(),
            hash: String::new(),
            dim: Dims::of("any"),
            conservative: false,
            origin: None,
            params: names.into_iter().map(param).collect(),
            kernel: PlannedKernel {
                family: Family::Heat,
                construction: Construction::Constants(vec![diffusivity]),
                shape: None,
                clock: None,
                decay: None,
                velocity: refused(),
                growth: refused(),
                sampler: refused(),
                prior: refused(),
            },
            formulas: Vec::new(),
        }
    }

    /// The model for data of one dimension only. The derivation must be about it.
    ///
    /// # Errors
    /// [`PlanError::Dim`] when it is about others.
    pub fn restricted_to(mut self, dim: u32) -> Result<Self, PlanError> {
        if !self.dim.contains(dim) {
            return Err(PlanError::Dim { name: self.name, dim });
        }
        self.dim = Dims { first: dim, last: Some(dim) };
        Ok(self)
    }

    /// The conservative rewrite: the velocity that carries the mass-normalised density, without births and deaths (the
    /// radial velocity −∂ₜF/∂ᵣF of the distribution function F).
    ///
    /// # Errors
    /// [`PlanError::Conservative`] for screened PFGM++, whose normalised kernel is of no family here.
    pub fn conservative(mut self) -> Result<Self, PlanError> {
        if self.kernel.family == Family::ScreenedPfgmPlusPlus {
            return Err(PlanError::Conservative { name: self.name });
        }
        if self.conserves_particles() {
            return Ok(self);
        }
        self.conservative = true;
        self.kernel.growth = "0".to_owned();
        // A death rate that is the same everywhere changes no velocity.
        self.kernel.decay = None;
        if let Some(clock) = &mut self.kernel.clock {
            clock.log_mass = None;
        }
        match &mut self.kernel.construction {
            Construction::InTime { log_mass, .. } => *log_mass = None,
            Construction::Constants(constants) if self.kernel.family == Family::Yukawa => {
                // exp(−t√(c²k² + m²)) without its mass e^{−mt}.
                let [speed, mass] = constants.as_slice() else { return Ok(self) };
                let square = match speed.text.as_str() {
                    "1" => LAMBDA.to_owned(),
                    speed => format!("({speed})^2*{LAMBDA}"),
                };
                let text = format!("sqrt({square} + ({mass})^2) - ({mass})", mass = mass.text);
                let mut known: Vec<String> = self.params.iter().map(|param| param.name.clone()).collect();
                known.push(LAMBDA.to_owned());
                let tokens = rust_expression(&text, &known)?;
                self.kernel.family = Family::Subordinated;
                self.kernel.velocity = "-dF/dt/(dF/dr*r), F the share of the mass within r".to_owned();
                let rest = PlannedConstant { name: "function", text: text.clone(), tokens };
                self.kernel.construction =
                    Construction::Exponent { text, drift: None, jumps: Vec::new(), rest: Some(rest) };
            }
            _ => {}
        }
        Ok(self)
    }

    /// The same plan with the place where the equation stands, for the documentation.
    #[must_use]
    pub(crate) fn with_origin(mut self, origin: String) -> Self {
        self.origin = Some(origin);
        self
    }

    /// The equation's name, as in the `.pde` file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Parameters that the model's constructor takes, in the order of the equation.
    pub(crate) fn free_params(&self) -> impl Iterator<Item = &PlannedParam> {
        self.params.iter().filter(|param| !param.fixed)
    }

    /// Whether R vanishes identically.
    pub(crate) fn conserves_particles(&self) -> bool {
        self.grows_alike() && self.kernel.decay.is_none() && !self.changes_mass_in_time()
    }

    /// Whether R/p is the same everywhere.
    pub(crate) fn grows_alike(&self) -> bool {
        !matches!(self.kernel.family, Family::Yukawa | Family::ScreenedPfgmPlusPlus)
    }

    fn changes_mass_in_time(&self) -> bool {
        matches!(&self.kernel.construction, Construction::InTime { log_mass: Some(_), .. })
            || self.kernel.clock.as_ref().is_some_and(|clock| clock.log_mass.is_some())
    }
}

fn planned_param(param: &ParamSummary) -> Result<PlannedParam, PlanError> {
    let comparisons = domain::comparisons(&param.name, &param.domain)?;
    if let Some(value) = param.value
        && !domain::contains(&comparisons, value)
    {
        return Err(PlanError::Default {
            param: param.name.clone(),
            domain: param.domain.clone(),
            value: value.to_string(),
        });
    }
    Ok(PlannedParam {
        name: param.name.clone(),
        domain: param.domain.clone(),
        comparisons,
        value: param.value,
        // A value is fixed only where there is one.
        fixed: param.fixed && param.value.is_some(),
    })
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

fn planned_kernel(derivation: &Derivation, kernel: &Kernel) -> Result<PlannedKernel, PlanError> {
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
        Family::Telegraph if reader.text("mass")? == "0" => constants(&["damping", "speed"])?,
        Family::Telegraph => return Err(PlanError::NoKernel { name: derivation.pde.name.clone() }),
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
        Ok(PlannedConstant { name, text: text.to_owned(), tokens: rust_expression(text, &self.params)? })
    }

    fn tree(&self, name: &'static str) -> Result<Expr, PlanError> {
        let text = self.text(name)?;
        let refused = |_| PlanError::Constant { expression: text.to_owned(), found: "a syntax error".to_owned() };
        genphys_pde::parse_expression(text).map_err(refused)
    }

    fn exponent(&self) -> Result<Construction, PlanError> {
        if self.params.iter().any(|param| param == LAMBDA) {
            return Err(PlanError::NoKernel { name: self.derivation.pde.name.clone() });
        }
        let parts = ExponentParts::of(&self.tree("exponent")?);
        let planned = |name, expr: &Expr| self.planned(name, expr, LAMBDA);
        let jumps = parts.jumps.iter().map(|(rate, size)| Ok([planned("rate", rate)?, planned("size", size)?]));
        Ok(Construction::Exponent {
            text: self.text("exponent")?.to_owned(),
            drift: parts.drift.as_ref().map(|drift| planned("drift", drift)).transpose()?,
            jumps: jumps.collect::<Result<_, PlanError>>()?,
            rest: parts.rest.as_ref().map(|rest| planned("function", rest)).transpose()?,
        })
    }

    /// The name of the time in these expressions: the one that is no parameter.
    fn time_in(&self, exprs: &[&Expr]) -> String {
        let mut names = Vec::new();
        exprs.iter().for_each(|expr| symbols(expr, &mut names));
        names.into_iter().find(|name| !self.params.contains(name)).unwrap_or_else(|| "t".to_owned())
    }

    /// A constant from an expression in the parameters and one more name.
    fn planned(&self, name: &'static str, expr: &Expr, variable: &str) -> Result<PlannedConstant, PlanError> {
        let mut known = self.params.clone();
        known.push(variable.to_owned());
        Ok(PlannedConstant { name, text: genphys_pde::print_expr(expr), tokens: rust_tree(expr, &known)? })
    }

    /// The rows of a matrix.
    fn matrix(
        &self,
        name: &'static str,
        rows: &[Expr],
        variable: &str,
    ) -> Result<Vec<Vec<PlannedConstant>>, PlanError> {
        let row = |row: &Expr| match &row.kind {
            ExprKind::Vector(entries) => entries.iter().map(|entry| self.planned(name, entry, variable)).collect(),
            _ => self.planned(name, row, variable).map(|entry| vec![entry]),
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
        // There is no further variable.
        self.matrix("shape", rows, "")
    }

    fn clock(&self) -> Result<Clock, PlanError> {
        let (reading, log_mass) = (self.tree("clock")?, self.tree("log_mass")?);
        let time = self.time_in(&[&reading, &log_mass]);
        Ok(Clock {
            reading: self.planned("clock", &reading, &time)?,
            log_mass: (self.text("log_mass")? != "0")
                .then(|| self.planned("log_mass", &log_mass, &time))
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
        let planned = |name, expr: &Expr| self.planned(name, expr, &time);
        let covariance = match &covariance.kind {
            ExprKind::Vector(rows) => Covariance::Matrix(self.matrix("covariance", rows, &time)?),
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

/// The derivation, line by line, in the order in which it is done.
fn formulas(derivation: &Derivation) -> Vec<Formula> {
    let mut lines = Vec::new();
    let mut line = |name, expression: Option<&str>, remark: &str| {
        lines.push(Formula { name, expression: expression.map(str::to_owned), remark: remark.to_owned() });
    };
    if let Some(dispersion) = &derivation.dispersion {
        line("dispersion relation", Some(&dispersion.relation), "");
        for branch in &dispersion.branches {
            let remark = if branch.selected { "counts" } else { "does not count" };
            line("branch omega", Some(&branch.omega), remark);
        }
    }
    if let Some(continuity) = &derivation.continuity {
        line("density p", Some(&continuity.density), "");
        line("flux J = p v", Some(&continuity.flux), "");
        line("source R", Some(&continuity.source), "");
    }
    line("C1, a density flow with p >= 0", None, &reason(&derivation.c1));
    line("C2, smoothing", None, &reason(&derivation.c2));
    lines
}

fn reason(report: &ConditionReport) -> String {
    format!("{} (rule `{}`)", report.because.trim_end_matches('.'), report.rule)
}
