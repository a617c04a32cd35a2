//! What is checked, and how sure the answer is.

mod amplitude;
mod amplitude_text;
mod atoms;
mod band;
mod branch;
mod c1;
mod caputo;
mod closure;
mod condition;
mod decay;
mod declared;
mod defined;
mod exact_theorem;
mod exponentials;
mod factors;
mod form;
mod half_line;
mod half_plane;
mod hyperbolic;
mod identity;
mod in_time;
mod jets;
mod kernel;
mod kernel_flow;
mod levy_exponent;
mod linear_coefficients;
mod linearised;
mod memory;
mod moving_frame;
mod over_interval;
mod problem;
mod prove;
mod quadratic;
mod quadratic_density;
mod rate;
mod rational_exponent;
mod refute;
mod relation;
mod relaxation;
mod sample;
mod schedule;
mod sector;
mod shapes;
mod smoothing;
mod source;
mod spherical_means;
mod stability;
mod stable;
mod telegraph;
mod two_velocities;
mod under_conditions;
mod violated;
mod waves;
mod witness;

use crate::numeric::Model;
use crate::sign::Region;
use crate::work::Work;
use genphys_pde::certificate::Certificate;
use genphys_pde::condition::Condition;
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{ConditionReport, PRIOR_ERROR, Problem, Status, Verdict};
use sample::Samples;

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Shown exactly, or by numbers that prove it.
    Proved,
    /// Proved where the conditions hold; what holds elsewhere is not shown.
    Sufficient,
    /// Not proved.
    Unchecked,
    /// Contradicted.
    Rejected,
}

/// One claim and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `source`, `verdict`, `c1`, `c2`, `continuity`, `dispersion`, `amplitude`, `kernel`, `problem`, `c1 witness` or
    /// `c2 witness`.
    pub part: &'static str,
    /// How it stands.
    pub level: Level,
    /// In words.
    pub text: String,
}

/// All findings about one derivation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order they were looked at.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing was contradicted.
    pub fn accepted(&self) -> bool {
        self.findings.iter().all(|f| f.level != Level::Rejected)
    }

    /// What was contradicted.
    pub fn rejections(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.level == Level::Rejected)
    }

    /// Whether a part was looked at, and every finding about it is a proof.
    pub fn is_proved(&self, part: &str) -> bool {
        let mut levels = self.findings.iter().filter(|f| f.part == part).map(|f| f.level).peekable();
        levels.peek().is_some() && levels.all(|level| matches!(level, Level::Proved | Level::Sufficient))
    }

    /// Whether a conditional claim was shown to hold if and only if its conditions do.
    pub fn is_exact(&self, part: &str) -> bool {
        self.is_proved(part) && !self.findings.iter().any(|f| f.part == part && f.level == Level::Sufficient)
    }

    pub(crate) fn add(&mut self, part: &'static str, level: Level, text: impl Into<String>) {
        self.findings.push(Finding { part, level, text: text.into() });
    }
}

/// What every check needs.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) pde: &'a Pde,
    pub(crate) derivation: &'a Derivation,
    /// What pays for the arithmetic.
    pub(crate) work: &'a Work,
    pub(crate) problem: Problem,
    /// Least and largest N of the claim.
    pub(crate) dims: (u32, Option<u32>),
    /// η where the equation is looked at in σ = s + η, with the density that is derived from it.
    pub(crate) shift: Option<&'a str>,
    /// Parameters to which the conditions give a value are read as that number.
    pub(crate) with_values: bool,
}

impl Claim<'_> {
    /// Parameter values inside the domains and fixed values of the derivation.
    pub(crate) fn samples(&self, seed: u64) -> Samples<'_> {
        Samples::new(self.pde, self.derivation, seed)
    }

    /// The model at parameter values.
    pub(crate) fn model(&self, params: &std::collections::BTreeMap<String, f64>) -> Option<Model> {
        Model::new(self.pde, params).ok()
    }

    /// The number of components of k that are variables of their own: none for an isotropic equation.
    pub(crate) fn components(&self) -> u32 {
        self.pde.explicit_dim.map_or(0, |n| n.max(self.dims.0.min(MOST_COMPONENTS)))
    }
}

/// In more dimensions components beyond those that the equation names are not written one by one.
const MOST_COMPONENTS: u32 = 64;

/// Re-checks a derivation of an equation.
pub fn verify(pde: &Pde, derivation: &Derivation) -> Report {
    verify_with(&Work::default(), pde, derivation)
}

/// The same with a counter of the caller's.
pub(crate) fn verify_with(work: &Work, pde: &Pde, derivation: &Derivation) -> Report {
    let mut report = Report::default();
    work.start();
    source::check(pde, derivation, &mut report);
    let problem = derivation.problem;
    let dims = derivation.pde.dim.bounds();
    let claim = Claim { pde, derivation, work, problem, dims, shift: None, with_values: false };
    verdict(&claim, &mut report);
    if pde.has_memory() {
        caputo::verify(&claim, &mut report);
        return report;
    }
    let linear = pde.nonlinear.is_empty();
    let in_reach = !linear || pde.has_coordinates() || claim.model(&claim.samples(1).next_point()).is_some();
    for (part, condition, is_c1) in [("c1", &derivation.c1, true), ("c2", &derivation.c2, false)] {
        if !in_reach {
            report.add(part, Level::Unchecked, "the equation is out of reach of the checker");
        } else if linear || matches!(condition.certificate, Some(Certificate::Linearised { .. })) {
            work.start();
            one_condition(&claim, part, condition, is_c1, &mut report);
        } else if condition.status == Status::Holds {
            report.add(part, Level::Rejected, "an equation that is not linear cannot be better than conditional");
        } else if condition.status == Status::Undecided {
            report.add(part, Level::Unchecked, "nothing is claimed");
        } else {
            report.add(part, Level::Unchecked, "the claim comes without a certificate");
        }
    }
    kernel::prior_error(&claim, &mut report);
    work.start();
    if linear && pde.has_coordinates() {
        if let Some(form) = &derivation.continuity {
            linear_coefficients::continuity(&claim, form, &mut report);
        }
        if derivation.kernel.is_some() {
            report.add("kernel", Level::Rejected, "there is no kernel for linear coefficients yet");
        }
    } else if linear {
        form::continuity(&claim, &mut report);
        work.start();
        kernel::check(&claim, &mut report);
    } else {
        identity::nonlinear(&claim, &mut report);
        if derivation.kernel.is_some() {
            report.add("kernel", Level::Rejected, "an equation that is not linear has no kernel");
        }
    }
    work.start();
    form::dispersion(&claim, &mut report);
    work.start();
    if linear && pde.has_coordinates() {
        linear_coefficients::problem(&claim, &mut report);
    } else {
        problem::check(&claim, &mut report);
    }
    work.start();
    witness::check(&claim, &mut report);
    report
}

/// What C1 and C2 add up to.
fn verdict(claim: &Claim, report: &mut Report) {
    let derivation = claim.derivation;
    let both = [derivation.c1.status, derivation.c2.status];
    let verified = derivation.continuity.as_ref().is_some_and(|c| c.verified);
    let stated =
        [&derivation.c1, &derivation.c2].map(|c| condition::all(&c.conditions)).into_iter().flatten().collect();
    let allowed: &[Verdict] = if both.contains(&Status::Fails) {
        &[Verdict::NotSGenerative]
    } else if both.contains(&Status::Undecided) || !verified {
        &[Verdict::Undecided]
    } else if both.contains(&Status::Conditional) {
        // Conditions that exclude each other refute.
        if exclude_each_other(claim, stated) {
            &[Verdict::NotSGenerative, Verdict::Undecided]
        } else {
            &[Verdict::Conditional, Verdict::Undecided]
        }
    } else {
        &[Verdict::SGenerative]
    };
    let conditional = allowed.contains(&Verdict::Conditional);
    if conditional && derivation.verdict == Verdict::NotSGenerative {
        let text = "no proof is found that the conditions of C1 and C2 exclude each other";
        report.add("verdict", Level::Unchecked, text);
    } else if allowed.contains(&derivation.verdict) {
        report.add("verdict", Level::Proved, "the verdict is what C1, C2 and the continuity form add up to");
    } else {
        let text = format!("C1 {:?} and C2 {:?} do not add up to {:?}", both[0], both[1], derivation.verdict);
        report.add("verdict", Level::Rejected, text);
    }
}

/// Whether no parameter values meet all of the conditions.
fn exclude_each_other(claim: &Claim, conditions: Vec<Condition>) -> bool {
    let find = || {
        let mut model = waves::Model::new(claim)?;
        let formula = under_conditions::formula(&mut model, &conditions)??;
        let waves = model.waves()?;
        formula.parts(&waves.region).map(|parts| parts.is_empty())
    };
    find() == Some(true)
}

/// Whether no parameter values and no dimension of the claim meet all conditions.
fn never_met(claim: &Claim, conditions: &[Condition]) -> bool {
    let Some(cases) = condition::cases(conditions) else { return false };
    cases.iter().all(|(limit, list)| {
        let empty = || {
            let mut model = waves::Model::new(claim)?;
            let formula = under_conditions::formula(&mut model, list)??;
            let polynomials: Vec<_> = formula.polynomials().into_iter().cloned().collect();
            let region = model.extended(&Region::default(), &polynomials.iter().collect::<Vec<_>>())?;
            formula.parts(&region).map(|parts| parts.is_empty())
        };
        limit.is_some_and(|most| most < claim.dims.0) || empty() == Some(true)
    })
}

/// Whether C2 is said to hold without a word of the end of the time, at which waves that decay at a constant rate are
/// not gone. Amplitudes that change in time say so themselves.
fn leaves_something(claim: &Claim, condition: &ConditionReport) -> bool {
    let constant = condition.certificate.as_ref().is_some_and(|c| !matches!(c, Certificate::Amplitude { .. }));
    let holds = matches!(condition.status, Status::Holds | Status::Conditional);
    let ends = claim.pde.time.interval.upper.to_f64().is_finite();
    let said = condition.conditions.iter().any(|text| text.starts_with(PRIOR_ERROR));
    constant && holds && ends && !said
}

fn one_condition(claim: &Claim, part: &'static str, condition: &ConditionReport, is_c1: bool, report: &mut Report) {
    if condition.status == Status::Holds && !condition.conditions.is_empty() {
        report.add(part, Level::Rejected, "what holds has no conditions");
        return;
    }
    if condition.status == Status::Conditional && condition.conditions.is_empty() {
        report.add(part, Level::Rejected, "it is conditional without a condition");
        return;
    }
    match &condition.certificate {
        Some(Certificate::Linearised { .. }) => {
            linearised::check(claim, part, condition, is_c1, report);
            return;
        }
        Some(Certificate::Band) if is_c1 => {
            band::check(claim, condition.status, &condition.conditions, report);
            return;
        }
        Some(Certificate::QuadraticDensity { flux, source }) if is_c1 && condition.status == Status::Conditional => {
            quadratic_density::check(claim, &condition.conditions, [flux, source], report);
            return;
        }
        _ => {}
    }
    let conditions = condition::all(&condition.conditions);
    // What is left of the data at the end of the time interval is a number, not a claim.
    let limits =
        |text: &String| !is_c1 && text.starts_with(PRIOR_ERROR) || is_c1 && condition::cases(&conditions).is_some();
    for text in conditions.iter().filter_map(Condition::beside_parameters).filter(|text| !limits(text)) {
        report.add(part, Level::Unchecked, format!("the condition `{text}` is not about parameters"));
    }
    if !is_c1 && leaves_something(claim, condition) {
        let text = "the time ends, and it is not said that what is left of the data there is accepted";
        report.add(part, Level::Rejected, text);
        return;
    }
    if is_c1 && condition.status == Status::Conditional && never_met(claim, &conditions) {
        report.add(part, Level::Rejected, "no parameter values satisfy the condition");
        return;
    }
    if matches!(condition.status, Status::Holds | Status::Conditional)
        && let Some(what) = defined::undefined(claim, &conditions)
    {
        report.add(
            part,
            Level::Unchecked,
            format!("the equation is not defined for all of these parameter values: {what}"),
        );
        return;
    }
    if claim.pde.has_coordinates() {
        linear_coefficients::check(claim, part, condition, is_c1, report);
        return;
    }
    match (&condition.certificate, condition.status) {
        (None, Status::Undecided) => report.add(part, Level::Unchecked, "nothing is claimed"),
        (Some(Certificate::Amplitude { exponent, scale }), Status::Fails) if !is_c1 => {
            if amplitude::refute(claim, exponent.as_deref(), scale.as_deref(), report).is_none() {
                // The equation alone may say it.
                let bare = ConditionReport { certificate: None, ..condition.clone() };
                refute::check(claim, part, &bare, is_c1, report);
            }
        }
        (_, Status::Fails) => refute::check(claim, part, condition, is_c1, report),
        (None, _) => report.add(part, Level::Unchecked, "the claim comes without a certificate"),
        (Some(certificate), Status::Holds | Status::Conditional) if !refute::refutes(certificate) => {
            match certificate {
                _ if is_c1 && c1::check(claim, &conditions, certificate, report) => {}
                Certificate::Memory { rest, factor, closure } if is_c1 => {
                    memory::check(claim, &conditions, &memory::Linear { rest, factor, closure }, report);
                }
                Certificate::BoundedForce { rest, factor, bound, jumps } if is_c1 => {
                    memory::bounded(claim, &conditions, &memory::Bounded { rest, factor, bound, jumps }, report);
                }
                Certificate::TwoVelocities { a, b, c, d, e, f, axis } if is_c1 => {
                    two_velocities::check(claim, &conditions, [a, b, c, d, e, f], *axis, report);
                }
                Certificate::RationalExponent { top, bottom } if is_c1 => {
                    rational_exponent::check(claim, &conditions, [top, bottom], report);
                }
                Certificate::Rates { .. }
                | Certificate::Factors { .. }
                | Certificate::EvenInTime
                | Certificate::SquareRoot
                | Certificate::Band
                | Certificate::BesselAmplitude
                | Certificate::Amplitude { .. }
                    if !is_c1 =>
                {
                    smoothing::check(claim, &conditions, certificate, report);
                }
                _ => report.add(part, Level::Rejected, "the certificate is for the other condition"),
            }
        }
        (Some(_), _) => report.add(part, Level::Rejected, "the certificate does not fit the status"),
    }
    // These say themselves whether the conditions are exact.
    let exact =
        matches!(condition.certificate, Some(Certificate::TwoVelocities { .. } | Certificate::RationalExponent { .. }));
    if is_c1 && condition.status == Status::Conditional && condition.certificate.is_some() && !exact {
        // The converse is a question of its own.
        claim.work.start();
        match refute::only_if(claim, &conditions) {
            Some(reasons) if reasons.is_empty() => {
                report.add(part, Level::Rejected, "the condition always holds in the declared domains");
            }
            Some(reasons) => report.add(part, Level::Proved, format!("only if: otherwise {}", reasons.join("; "))),
            None => {
                claim.work.start();
                let certificate = condition.certificate.as_ref();
                match certificate.and_then(|c| refute::weights_only_if(claim, &conditions, c)) {
                    Some(reason) => report.add(part, Level::Proved, format!("only if: otherwise {reason}")),
                    None => {
                        report.add(part, Level::Sufficient, "it is not shown to fail where the conditions do not hold");
                    }
                }
            }
        }
    }
}
