//! What the engine says about an equation: statuses, conditions, witnesses. Data, never an error.

use crate::certificate::Certificate;
use crate::condition::StatedCondition;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The answer for the whole equation, over all parameter values in the declared domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// C1 and C2 hold (GenPhys, arXiv 2304.02637).
    SGenerative,
    /// They hold for some parameter values or dimensions; the conditions say which.
    Conditional,
    /// C1 or C2 fails.
    NotSGenerative,
    /// No rule decides; the report says what was tried.
    Undecided,
}

/// How a condition begins that asks only to accept what is left of the data where the time ends: it forbids no model.
pub const PRIOR_ERROR: &str = "the prior error is accepted at ";

impl ConditionReport {
    /// Whether it holds, or would if the prior error at the end of the time were accepted.
    pub fn holds_up_to_prior_error(&self) -> bool {
        match self.status {
            Status::Holds => true,
            // "…, unless a <= -1" says for which parameters there is none.
            Status::Conditional => self.conditions.iter().all(|c| c.starts_with(PRIOR_ERROR)),
            Status::Fails | Status::Undecided => false,
        }
    }
}

/// The answer for one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Holds for all parameter values in their domains.
    Holds,
    /// Holds exactly under the listed conditions.
    Conditional,
    /// Fails, with a witness.
    Fails,
    /// Not decided.
    Undecided,
}

/// How an answer stands with the checker (crate `genphys-verify`), which alone can say `proved`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Its certificate was accepted.
    Proved,
    /// There is no certificate that was accepted.
    #[default]
    None,
}

/// An answer of the engine that was not accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// The answer.
    pub status: Status,
    /// The rule.
    pub rule: String,
    /// The reason.
    pub because: String,
}

/// How the engine reads the equation (theory, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// Well-posed initial-value problem (Petrovsky): every branch counts.
    Evolution,
    /// Elliptic in t: only branches that stay bounded as t → ∞ count.
    HalfSpace,
    /// Neither: the initial-value problem is ill posed.
    IllPosed,
    /// Depends on parameter values, or not decided.
    Undetermined,
}

/// Numbers that refute a condition; whoever doubts the verdict can put them in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// The wave vector, or |k| alone for an isotropic equation.
    pub k: Vec<f64>,
    /// Parameter values, by name.
    pub params: BTreeMap<String, f64>,
    /// Largest growth rate Im ω(k) of the branches that count, if that is what fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth_rate: Option<f64>,
    /// The growth rate Im ω(0) it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth_rate_at_zero: Option<f64>,
    /// In words, with the numbers.
    pub text: String,
}

/// The answer for C1 or C2 with its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConditionReport {
    /// The answer.
    pub status: Status,
    /// Whether the checker has accepted the certificate of the answer.
    #[serde(default)]
    pub proof: Proof,
    /// Whether a conditional answer holds if *and only if* its conditions do; an answer without conditions is exact.
    #[serde(default)]
    pub exact: bool,
    /// Stable name of the rule that decided, such as `elliptic-square-root`.
    pub rule: String,
    /// The reason in a sentence, naming the theorem.
    pub because: String,
    /// Conditions under which it holds, in the `.pde` language where they concern parameters (`eps > m`, `N = 1`).
    pub conditions: Vec<StatedCondition>,
    /// Refuting numbers, for `fails` and where a conditional answer has them.
    pub witness: Option<Witness>,
    /// What was tried, for `undecided`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<String>,
    /// What re-checks the claim without the engine; `null` where the report claims nothing.
    #[serde(default)]
    pub certificate: Option<Certificate>,
    /// Where an answer of the engine was not accepted: what it was.
    #[serde(default)]
    pub believed: Option<Belief>,
    /// Why the status is `undecided`: `no rule`, `no certificate`, `work limit` or `time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided_because: Option<String>,
}

impl ConditionReport {
    /// A proposal of the engine; what proves it is not looked at yet.
    pub fn proposed(status: Status, rule: impl Into<String>, because: impl Into<String>) -> Self {
        Self {
            status,
            proof: Proof::None,
            exact: true,
            rule: rule.into(),
            because: because.into(),
            conditions: Vec::new(),
            witness: None,
            tried: Vec::new(),
            certificate: None,
            believed: None,
            undecided_because: None,
        }
    }
}
