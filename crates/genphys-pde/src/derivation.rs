//! The derivation: everything the engine found out about one equation. The only serialised type of genphys;
//! `genphys check --format json` prints it, `genphys derive` stores it, the code generator reads it.
//! Expressions are strings in the `.pde` language, with `omega` and `k`.

use crate::ast::Dim;
pub use crate::kernel::{Clock, Kernel, KernelConstants, KernelFamily, KernelSpec};
use crate::pde::ParamDomain;
use crate::verdict::{ConditionReport, Problem, Verdict};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Version of the serialised form; keys may be added, never renamed.
pub const SCHEMA: u32 = 1;

/// A parameter as the derivation saw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamSummary {
    /// Name.
    pub name: String,
    /// The values it may take.
    pub domain: ParamDomain,
    /// Default value, or the value fixed with `--set`.
    pub value: Option<f64>,
    /// Whether `--set` fixed it, so that the verdict is about this value only.
    #[serde(default)]
    pub fixed: bool,
}

/// The equation that was analysed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PdeSummary {
    /// Name.
    pub name: String,
    /// Title in quotes.
    #[serde(default)]
    pub title: Option<String>,
    /// Canonical equation, abbreviations expanded.
    pub equation: String,
    /// Hash of the source, see [`crate::pde::Pde::hash`].
    pub hash: String,
    /// Parameters.
    pub params: Vec<ParamSummary>,
    /// The dimensions the verdict is about.
    pub dim: Dim,
}

/// One solution ω(k) of the dispersion relation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// ω as an expression in k and the parameters, or `root(j)` where it has no closed form here.
    pub omega: String,
    /// Whether the branch counts (theory, section 2).
    pub selected: bool,
}

/// The dispersion relation D(ω, k) = 0 and its branches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dispersion {
    /// `omega^2 + k^2 + m^2 = 0`.
    pub relation: String,
    /// Its solutions.
    pub branches: Vec<Branch>,
    /// |p̂(k, t)/p̂(0, t)| of a point source where coefficients depend on the time or on x (there `relation` is that of
    /// one moment); with drift in x, in coordinates that move with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amplitude: Option<String>,
}

/// The equation as a density flow ∂p/∂t + ∇·J − R = 0 (GenPhys, condition C1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Continuity {
    /// p.
    pub density: String,
    /// J = p v.
    pub flux: String,
    /// R.
    pub source: String,
    /// The order b of Caputo's derivative, where one stands in the place of ∂/∂t: ∂ᵇp/∂tᵇ + ∇·J − R = 0 then, and flux
    /// and source of the density flow are the Riemann–Liouville derivatives of order 1 − b of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Whether ∂p/∂t + ∇·J − R was put back and found identical to the equation.
    pub verified: bool,
}

impl PdeSummary {
    /// The variable of a subordinator's exponent in the kernel of this equation, see [`exponent_variable`].
    pub fn exponent_variable(&self) -> String {
        exponent_variable(self.params.iter().map(|param| param.name.as_str()))
    }
}

/// The variable λ of a subordinator's exponent, as derivations of an equation with these parameters write it: `lambda`,
/// behind it one `_` more than behind any parameter of that name. Whoever writes or reads an exponent asks here.
pub fn exponent_variable<'a>(params: impl IntoIterator<Item = &'a str>) -> String {
    const LAMBDA: &str = "lambda";
    let underscores = |name: &str| {
        let rest = name.strip_prefix(LAMBDA)?;
        rest.bytes().all(|byte| byte == b'_').then_some(rest.len() + 1)
    };
    let longest = params.into_iter().filter_map(underscores).max().unwrap_or(0);
    format!("{LAMBDA}{}", "_".repeat(longest))
}

/// A neighbouring equation that the engine itself found better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repair {
    /// What is changed, such as `add damping`.
    pub change: String,
    /// The changed equation.
    pub equation: String,
    /// The verdict on it, checked as every verdict is.
    pub verdict: Verdict,
    /// The kernel of its model, where a model can be made of it.
    #[serde(default)]
    pub model: Option<KernelFamily>,
    /// The whole `.pde` file, ready to be saved.
    #[serde(default)]
    pub source: String,
    /// What proves the verdict on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derivation: Option<Box<Derivation>>,
}

/// Everything found out about one equation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Derivation {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The equation.
    pub pde: PdeSummary,
    /// The answer.
    pub verdict: Verdict,
    /// Condition C1: a density flow with p ≥ 0.
    pub c1: ConditionReport,
    /// Condition C2: Im ω(k) < Im ω(0).
    pub c2: ConditionReport,
    /// Which kind of problem the equation poses in t.
    pub problem: Problem,
    /// Dispersion relation; `null` where the equation has none (nonlinear, variable coefficients).
    pub dispersion: Option<Dispersion>,
    /// Continuity form; `null` where none was found.
    pub continuity: Option<Continuity>,
    /// Kernel in closed form; `null` where there is none.
    pub kernel: Option<Kernel>,
    /// Repairs, nearest first.
    pub repairs: Vec<Repair>,
    /// The uniform background about which an equation that is not linear was linearised, such as `phi0 = 1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// [`Derivation::hash_of_words`] of a derivation that was judged. It guards against accidents, such as a merge of
    /// two files; it proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Derivation {
    /// Hash of what is said in words, which claims nothing and which no proof covers: rules and reasons, what was tried
    /// and believed, witnesses, what repairs change.
    pub fn hash_of_words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for report in [&self.c1, &self.c2] {
            words.extend([report.rule.clone(), report.because.clone()]);
            words.extend(report.tried.iter().cloned());
            words.extend(report.undecided_because.clone());
            words.extend(report.witness.iter().map(|witness| format!("{witness:?}")));
            words.extend(report.believed.iter().map(|belief| format!("{belief:?}")));
        }
        words.extend(self.repairs.iter().map(|repair| repair.change.clone()));
        let mut hash = Sha256::new();
        for word in words {
            // With its length, so that no word flows into the next.
            hash.update(word.len().to_le_bytes());
            hash.update(word.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether a model can be made of it: it is s-generative, or would be if the time did not end; then the model's T
    /// is the end, and what is left of the data there is its prior error.
    pub fn makes_a_model(&self) -> bool {
        match self.verdict {
            Verdict::SGenerative => true,
            Verdict::Conditional => self.c1.holds_up_to_prior_error() && self.c2.holds_up_to_prior_error(),
            Verdict::NotSGenerative | Verdict::Undecided => false,
        }
    }
}

/// What the engine proposes about an equation. Nothing in it is a claim of genphys before the checker (crate
/// `genphys-verify`) has looked at its certificates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Proposal(pub Derivation);

impl std::ops::Deref for Proposal {
    type Target = Derivation;

    fn deref(&self) -> &Derivation {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::exponent_variable;

    #[test]
    fn no_parameter_is_the_variable_of_the_exponent() {
        assert_eq!(exponent_variable(["m", "Lambda", "lambda2"]), "lambda");
        assert_eq!(exponent_variable(["lambda"]), "lambda_");
        assert_eq!(exponent_variable(["lambda__", "lambda"]), "lambda___");
    }
}
