//! Stage 1: `SGenerative` -> `ModelPlan`. Everything is decided here; the emitters only write down what the plan says.

use crate::domain::{self, Comparison};
use crate::error::PlanError;
use crate::expression::rust_expression;
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
    pub(crate) dim: String,
    pub(crate) params: Vec<PlannedParam>,
    pub(crate) kernel: PlannedKernel,
    pub(crate) formulas: Vec<Formula>,
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
    /// The arguments of the kernel's constructor, in its order.
    pub(crate) constants: Vec<PlannedConstant>,
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

impl ModelPlan {
    /// Plans the model of an s-generative equation.
    ///
    /// # Errors
    /// [`PlanError::NoKernel`] where the point-source kernel has no closed form in this version. The other errors say
    /// that the derivation contradicts itself, as one edited by hand may.
    pub fn new(proof: &SGenerative) -> Result<Self, PlanError> {
        let derivation = proof.derivation();
        let name = derivation.pde.name.clone();
        let kernel = derivation.kernel.as_ref().ok_or_else(|| PlanError::NoKernel { name: name.clone() })?;
        Ok(Self {
            title: derivation.pde.title.clone(),
            equation: derivation.pde.equation.clone(),
            hash: derivation.pde.hash.clone(),
            dim: derivation.pde.dim.clone(),
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
            dim: "any".to_owned(),
            params: names.into_iter().map(param).collect(),
            kernel: PlannedKernel {
                family: Family::Heat,
                constants: vec![diffusivity],
                decay: None,
                velocity: refused(),
                growth: refused(),
                sampler: refused(),
                prior: refused(),
            },
            formulas: Vec::new(),
        }
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
        !matches!(self.kernel.family, Family::Yukawa | Family::ScreenedPfgmPlusPlus) && self.kernel.decay.is_none()
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
}

impl Family {
    fn of(family: KernelFamily) -> Option<Self> {
        match family {
            KernelFamily::Heat => Some(Self::Heat),
            KernelFamily::Poisson => Some(Self::Poisson),
            KernelFamily::Yukawa => Some(Self::Yukawa),
            KernelFamily::Pfgmpp => Some(Self::PfgmPlusPlus),
            KernelFamily::ScreenedPfgmpp => Some(Self::ScreenedPfgmPlusPlus),
            _ => None,
        }
    }
}

fn planned_kernel(derivation: &Derivation, kernel: &Kernel) -> Result<PlannedKernel, PlanError> {
    let params: Vec<String> = derivation.pde.params.iter().map(|param| param.name.clone()).collect();
    let constant = |name: &'static str| -> Result<PlannedConstant, PlanError> {
        let missing = || PlanError::MissingConstant { name: derivation.pde.name.clone(), constant: name };
        let text = kernel.parameters.get(name).ok_or_else(missing)?;
        Ok(PlannedConstant { name, text: text.clone(), tokens: rust_expression(text, &params)? })
    };
    let no_kernel = || PlanError::NoKernel { name: derivation.pde.name.clone() };
    let family = Family::of(kernel.family).ok_or_else(no_kernel)?;
    let names: &[&'static str] = match family {
        Family::Heat => &["diffusivity"],
        Family::Poisson => &["speed"],
        Family::Yukawa => &["speed", "mass"],
        Family::PfgmPlusPlus => &["speed", "D"],
        Family::ScreenedPfgmPlusPlus => &["speed", "D", "mass"],
    };
    let decay = match kernel.parameters.get("decay").map(String::as_str) {
        None | Some("0") => None,
        Some(_) => Some(constant("decay")?),
    };
    Ok(PlannedKernel {
        family,
        constants: names.iter().copied().map(constant).collect::<Result<_, _>>()?,
        decay,
        velocity: kernel.velocity.clone(),
        growth: kernel.growth.clone(),
        sampler: kernel.sampler.clone(),
        prior: kernel.prior.clone(),
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
