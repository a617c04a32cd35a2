//! What a rule answers, before it is turned into words.

use crate::algebra::formula::Formula;
use crate::equation::linear::Equation;
use crate::equation::petrovsky::Kind;
use genphys_pde::certificate::Certificate;
use genphys_pde::derivation::Continuity;
use genphys_pde::verdict::Problem;

/// Of C1.
pub(crate) struct C1 {
    pub(crate) formula: Formula,
    pub(crate) rule: &'static str,
    pub(crate) because: String,
    /// Conditions that are not about parameters, such as `N = 1`; the formula holds under them only.
    pub(crate) further: Vec<String>,
    /// The density is |phi|^2 and not linear in the field.
    pub(crate) quadratic: Option<QuadraticDensity>,
    /// Coefficients that change in time: it is the integral of the exponent from the start that is a Lévy exponent.
    pub(crate) by_clock: bool,
    /// The formula is necessary as well; otherwise it is proved to suffice only.
    pub(crate) exact: bool,
    /// What is necessary and sufficient in N = 1, where it differs from `formula`, which is about N >= 2 then.
    pub(crate) line: Option<Formula>,
}

impl C1 {
    pub(crate) fn new(rule: &'static str, formula: Formula, because: impl Into<String>) -> Self {
        Self {
            formula,
            rule,
            because: because.into(),
            further: Vec::new(),
            quadratic: None,
            by_clock: false,
            exact: true,
            line: None,
        }
    }
}

/// The continuity form of |φ|².
#[derive(Clone, Debug)]
pub(crate) struct QuadraticDensity {
    pub(crate) continuity: Continuity,
}

pub(crate) fn undecided(why: &str) -> C1 {
    C1::new("none", Formula::Unknown(why.into()), why)
}

/// One condition for N ≥ 2 and one, implied by it, for N = 1.
pub(crate) fn by_dimension(
    eq: &Equation,
    rule: &'static str,
    [space, line]: [Formula; 2],
    because: impl Fn(&Formula) -> &'static str,
) -> C1 {
    let (space, line) = (space.simplify(&eq.oracle), line.simplify(&eq.oracle));
    let why = because(&space);
    if eq.dims.only() == Some(1) {
        return C1::new(rule, line, why);
    }
    if eq.dims.least >= 2 || space == line || line == Formula::False || space == Formula::True {
        return C1::new(rule, space, why);
    }
    C1 { line: Some(line), ..C1::new(rule, space, why) }
}

/// The condition of C1 and C2 together.
pub(crate) fn both(eq: &Equation, c1: &C1, c2: &C2) -> Formula {
    Formula::all([c1.formula.clone(), c2.formula.clone()]).simplify(&eq.oracle)
}

/// Of C2.
pub(crate) struct C2 {
    pub(crate) formula: Formula,
    pub(crate) kind: Kind,
    pub(crate) rule: &'static str,
    /// What the claim comes down to.
    pub(crate) because: String,
    /// Long waves oscillate instead of decaying: the condition on k under which C2 holds against the band's edge.
    pub(crate) band: Option<String>,
    /// Conditions that are not about parameters; the formula holds under them only.
    pub(crate) further: Vec<String>,
    /// The certificate of a formula that holds, where the rule has one of its own.
    pub(crate) certificate: Option<Certificate>,
    /// The formula is necessary as well; otherwise it is proved to suffice only.
    pub(crate) exact: bool,
}

impl C2 {
    pub(crate) fn new(rule: &'static str, formula: Formula, kind: Kind, because: impl Into<String>) -> Self {
        let because = because.into();
        Self { formula, kind, rule, because, band: None, further: Vec::new(), certificate: None, exact: true }
    }

    /// Which problem the equation poses, for all parameter values.
    pub(crate) fn problem(&self) -> Problem {
        self.kind.problem()
    }
}
