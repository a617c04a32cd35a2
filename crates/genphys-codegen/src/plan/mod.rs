//! Stage 1: `SGenerative` -> `ModelPlan`. Everything is decided here; the emitters only write down what the plan says.

mod kernel;

use crate::error::PlanError;
use crate::expression::{Argument, Scope, rust_tree};
use genphys_pde::ast::{Dim, Domain, Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::derivation::{Derivation, KernelFamily, ParamSummary, exponent_variable};
use genphys_pde::span::Span;
use genphys_pde::verdict::ConditionReport;
use genphys_verify::SGenerative;
use kernel::planned_kernel;
use quote::quote;

pub(crate) use kernel::{Construction, Covariance, PlannedConstant, PlannedKernel};

/// A model that can be emitted: names, parameters, kernel, formulas. Holds nothing that still can fail.
#[derive(Clone, Debug)]
pub struct ModelPlan {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) equation: String,
    pub(crate) hash: String,
    /// The dimensions of data that the equation is about.
    pub(crate) dim: Dim,
    /// Whether births and deaths are rewritten into the velocity.
    pub(crate) conservative: bool,
    /// Where the equation stands, such as "`pdes/yukawa.pde`, line 7", when that is known.
    pub(crate) origin: Option<String>,
    pub(crate) params: Vec<PlannedParam>,
    pub(crate) kernel: PlannedKernel,
    pub(crate) formulas: Vec<Formula>,
}

/// A parameter of the equation.
#[derive(Clone, Debug)]
pub(crate) struct PlannedParam {
    /// Its name in the equation.
    pub(crate) name: String,
    /// The real numbers it may be.
    pub(crate) domain: Domain,
    /// Default value, or the fixed value.
    pub(crate) value: Option<f64>,
    /// Whether the verdict is about this one value, so that the model has no choice.
    pub(crate) fixed: bool,
}

/// A line of the derivation: a name, an expression of the `.pde` language, a sentence.
#[derive(Clone, Debug)]
pub(crate) struct Formula {
    pub(crate) name: &'static str,
    pub(crate) expression: Option<String>,
    pub(crate) remark: String,
}

impl ModelPlan {
    /// Plans the model of an s-generative equation.
    ///
    /// # Errors
    /// [`PlanError::NoModel`] where the derivation has no point-source kernel to build on, or none that a model is
    /// known for ([`Derivation::model`]). The other errors say that the derivation contradicts itself, as one edited by
    /// hand may.
    pub fn new(proof: &SGenerative) -> Result<Self, PlanError> {
        let derivation = proof.derivation();
        let name = derivation.pde.name.clone();
        let no_model = |why| PlanError::NoModel { name: name.clone(), why };
        derivation.model().map_err(no_model)?;
        let kernel = derivation.kernel.as_ref().ok_or_else(|| no_model(String::new()))?;
        Ok(Self {
            title: derivation.pde.title.clone(),
            equation: derivation.pde.equation.clone(),
            hash: derivation.pde.hash.clone(),
            dim: derivation.pde.dim,
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
            domain: Domain::Unrestricted,
            value: Some(1.0),
            fixed: false,
        };
        let one = Expr::new(ExprKind::Number(Number::integer(1)), Span::default());
        let diffusivity = PlannedConstant { name: "diffusivity", text: "1".to_owned(), tree: one, tokens: quote!(1.0) };
        let refused = || "refused equation".to_owned();
        Self {
            name: refused(),
            title: None,
            equation: refused(),
            hash: String::new(),
            dim: Dim::Any,
            conservative: false,
            origin: None,
            params: names.into_iter().map(param).collect(),
            kernel: PlannedKernel {
                family: KernelFamily::Heat,
                construction: Construction::Constants(vec![diffusivity]),
                shape: None,
                clock: None,
                span: None,
                end: None,
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
        self.dim = Dim::Exactly(dim);
        Ok(self)
    }

    /// The conservative rewrite: the velocity that carries the mass-normalised density, without births and deaths (the
    /// radial velocity −∂ₜF/∂ᵣF of the distribution function F). What is chosen here is a kernel that has this density;
    /// its velocity is computed in `genphys-kernels/src/conservative/`, whose tests hold the two equal.
    ///
    /// # Errors
    /// [`PlanError::Conservative`] for screened PFGM++, whose normalised kernel is of no family here.
    pub fn conservative(mut self) -> Result<Self, PlanError> {
        if self.kernel.family == KernelFamily::ScreenedPfgmpp {
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
            Construction::Constants(constants) if self.kernel.family == KernelFamily::Yukawa => {
                // exp(−t√(c²k² + m²)) without its mass e^{−mt}.
                let [speed, mass] = constants.as_slice() else { return Ok(self) };
                let params: Vec<String> = self.params.iter().map(|param| param.name.clone()).collect();
                let lambda = exponent_variable(params.iter().map(String::as_str));
                let tree = without_mass(&speed.tree, &mass.tree, &lambda);
                let text = genphys_pde::print_expr(&tree);
                let tokens = rust_tree(&tree, Scope { params: &params, of: Argument::Lambda(&lambda) })?;
                self.kernel.family = KernelFamily::Subordinated;
                self.kernel.velocity = "-dF/dt/(dF/dr*r), F the share of the mass within r".to_owned();
                let rest = PlannedConstant { name: "function", text: text.clone(), tree, tokens };
                self.kernel.construction =
                    Construction::Exponent { text, drift: None, jumps: Vec::new(), laws: Vec::new(), rest: Some(rest) };
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

    /// All names of the equation that become variables: parameters, and the time where the kernel depends on it.
    pub(crate) fn variables(&self) -> Vec<&str> {
        let time = match (&self.kernel.construction, &self.kernel.clock) {
            (Construction::InTime { time, .. }, _) => time.as_deref(),
            (_, Some(clock)) => clock.time.as_deref(),
            _ => None,
        };
        self.param_names().into_iter().chain(time).collect()
    }

    /// The names of all parameters.
    pub(crate) fn param_names(&self) -> Vec<&str> {
        self.params.iter().map(|param| param.name.as_str()).collect()
    }

    /// Whether R vanishes identically.
    pub(crate) fn conserves_particles(&self) -> bool {
        self.grows_alike() && self.kernel.decay.is_none() && !self.changes_mass_in_time()
    }

    /// Whether R/p is the same everywhere.
    pub(crate) fn grows_alike(&self) -> bool {
        !matches!(self.kernel.family, KernelFamily::Yukawa | KernelFamily::ScreenedPfgmpp)
    }

    fn changes_mass_in_time(&self) -> bool {
        matches!(&self.kernel.construction, Construction::InTime { log_mass: Some(_), .. })
            || self.kernel.clock.as_ref().is_some_and(|clock| clock.log_mass.is_some())
    }
}

/// √(speed² λ + mass²) − mass.
fn without_mass(speed: &Expr, mass: &Expr, lambda: &str) -> Expr {
    let node = |kind| Expr::new(kind, Span::default());
    let boxed = |kind| Box::new(node(kind));
    let square = |e: &Expr| boxed(ExprKind::Pow(Box::new(e.clone()), boxed(ExprKind::Number(Number::integer(2)))));
    let is_one = matches!(&speed.kind, ExprKind::Number(number) if number.to_u32() == Some(1));
    let lambda = boxed(ExprKind::Symbol(lambda.to_owned()));
    let moving = if is_one { lambda } else { boxed(ExprKind::Mul(square(speed), lambda)) };
    let argument = boxed(ExprKind::Add(moving, square(mass)));
    let root = boxed(ExprKind::Function { function: ScalarFunction::Sqrt, argument });
    node(ExprKind::Sub(root, Box::new(mass.clone())))
}

fn planned_param(param: &ParamSummary) -> Result<PlannedParam, PlanError> {
    if param.domain.complex {
        return Err(PlanError::ComplexParameter { param: param.name.clone() });
    }
    let domain = &param.domain.domain;
    if let Some(value) = param.value
        && !domain.contains(value)
    {
        return Err(PlanError::Default {
            param: param.name.clone(),
            domain: domain.to_string(),
            value: value.to_string(),
        });
    }
    Ok(PlannedParam {
        name: param.name.clone(),
        domain: domain.clone(),
        value: param.value,
        // A value is fixed only where there is one.
        fixed: param.fixed && param.value.is_some(),
    })
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
        // With memory these are of the derivative of order b; those of ∂p/∂t are derivatives of them.
        let remembered = |text: &str| match &continuity.order {
            Some(order) if text != "0" => format!("riemann_liouville({text}, 1 - {order})"),
            _ => text.to_owned(),
        };
        line("flux J = p v", Some(&remembered(&continuity.flux)), "");
        line("source R", Some(&remembered(&continuity.source)), "");
    }
    line("C1, a density flow with p >= 0", None, &reason(&derivation.c1));
    line("C2, smoothing", None, &reason(&derivation.c2));
    lines
}

fn reason(report: &ConditionReport) -> String {
    format!("{} (rule `{}`)", report.because.trim_end_matches('.'), report.rule)
}
