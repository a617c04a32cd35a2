//! Why the engine has no answer at all.

/// Why the engine has no answer at all. "Undecided" is an answer and not an error.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// `--set` names a parameter that the equation does not have.
    #[error("unknown parameter `{name}`; the equation has {}", list(known))]
    UnknownParameter {
        /// The name given.
        name: String,
        /// The parameters there are.
        known: Vec<String>,
    },
    /// `--set` gives a value outside the declared domain.
    #[error("{name} = {value} lies outside its domain, {name} {domain}")]
    OutsideDomain {
        /// Parameter.
        name: String,
        /// Value given.
        value: f64,
        /// Domain as declared.
        domain: String,
    },
    /// The equation is not meant for the dimension asked about.
    #[error("the equation is declared for dimension {declared}, not for N = {asked}")]
    Dimension {
        /// N asked about.
        asked: u32,
        /// Dimensions declared or implied by coordinates.
        declared: String,
    },
    /// A value is needed and none is given.
    #[error("parameter `{0}` has no default value; give one with --set {0}=…")]
    NoValue(String),
    /// The equation has no dispersion relation with constant coefficients.
    #[error("the equation has no dispersion relation here: it contains {0}")]
    NoDispersion(String),
    /// The lock that keeps two genphys processes from using Symbolica at once could not be taken.
    #[error("cannot wait for other genphys processes: {0}")]
    Lock(String),
    /// The engine thread ended without an answer.
    #[error("the symbolic engine stopped without an answer; this is a bug in genphys, please report the equation")]
    Stopped,
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "no parameters".into() } else { names.join(", ") }
}
