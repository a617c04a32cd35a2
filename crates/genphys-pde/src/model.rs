//! Whether a model can be made of a derivation: of which family its kernel is, or why there is none. The report, the
//! generator and the checker of repairs ask here, so that they say the same.

use crate::ast::{Expr, ExprKind};
use crate::certificate::{BranchForm, Certificate, Class, Closure, ClosureRule};
use crate::derivation::{Derivation, KernelConstants, KernelFamily, KernelSpec};
use crate::evaluate_real;
use crate::expression::Expression;
use crate::verdict::Problem;
use std::collections::BTreeMap;

/// A walk that dies or is born where it turns.
const WALK_WITH_MASS: &str = "walkers with a mass die at a rate that depends on where they are, and a model of such a walk is not \
                              written yet";
/// A Gaussian with several clocks.
const PROPORTIONS: &str = "it spreads by a covariance whose proportions change with the time, and a model has one clock for all \
                           directions";

impl Derivation {
    /// The family that a model of this equation is built on, whatever the verdict is.
    ///
    /// # Errors
    /// Why there is none, as the end of a sentence.
    pub fn model(&self) -> Result<KernelFamily, String> {
        let Some(kernel) = &self.kernel else { return Err(self.why_no_kernel().into()) };
        match &kernel.constants.spec {
            KernelSpec::Telegraph { mass, .. } if !mass.is_zero() => Err(WALK_WITH_MASS.into()),
            KernelSpec::Gaussian { covariance, .. } if !self.keeps_proportions(covariance, &kernel.constants) => {
                Err(PROPORTIONS.into())
            }
            spec => Ok(spec.family()),
        }
    }

    fn why_no_kernel(&self) -> &'static str {
        if self.background.is_some() {
            return "it is not linear: the verdict is about small disturbances, and data are none";
        }
        let Some(certificate) = &self.c1.certificate else {
            return "no kernel follows from the way in which C1 is decided";
        };
        match certificate {
            Certificate::LevyExponent { branch, closure, .. } => self.why_not_of_exponent(branch, closure),
            Certificate::Telegraph { .. } | Certificate::TwoVelocities { .. } => {
                "the kernel of a walk is known in N = 1, for one speed, one rate of turning, no drift and a mass that is real"
            }
            Certificate::Relaxation { .. } | Certificate::Memory { .. } | Certificate::BoundedForce { .. } => {
                "several branches count, and the law that they add up to is not evaluated"
            }
            Certificate::RationalExponent { .. } => {
                "its jumps on the line have a density, but are no mixture of Gaussians that is known"
            }
            Certificate::SphericalMeans { .. } => {
                "the mass lies on spheres and inside of them, and is no mixture of Gaussians"
            }
            Certificate::DeclaredDensity { .. } => "the kernel of a declared density is not evaluated",
            Certificate::Caputo { .. } => {
                "with memory a kernel is known for powers of |k| alone: lap, and fraclap to less than the second power, in an \
                 order of at most 1"
            }
            Certificate::QuadraticDensity { .. } => {
                "its density is quadratic in the field, so that the data do not add up from point sources"
            }
            Certificate::Cases { .. } => {
                "C1 has a proof of its own for each of several cases; fix parameters with --set for the kernel of one"
            }
            _ => "no kernel follows from the way in which C1 is proved",
        }
    }

    fn why_not_of_exponent(&self, branch: &BranchForm, closure: &Closure) -> &'static str {
        let uses = |rule: ClosureRule| any(closure, &|c| c.rule == rule);
        if any(closure, &|c| c.class == Class::PositiveDefinite) {
            "its jumps have a law that is no mixture of Gaussians"
        } else if uses(ClosureRule::Stable) {
            "it is a stable law with skewness, which is not evaluated"
        } else if *branch == BranchForm::Bessel {
            "the kernel of a half-space with this coefficient of dt is known for c^2*lap alone, with a mass"
        } else if matches!(self.c2.certificate, Some(Certificate::Amplitude { .. })) || *branch == BranchForm::Clock {
            "its coefficients have no common clock, or an integral of them over the time has no closed form"
        } else if uses(ClosureRule::QuadraticForm) || uses(ClosureRule::Drift) {
            "drift or a form in the components of k stands together with another function of k, and the law that they add up \
             to is not evaluated"
        } else if self.problem == Problem::HalfSpace {
            "the decaying branch is no power or Bernstein function of |k| alone"
        } else {
            "its exponent is not known as a Bernstein function of |k|^2"
        }
    }

    /// Whether a covariance is at all times a multiple of what it is at one, at the values of the parameters.
    fn keeps_proportions(&self, covariance: &Expression, times: &KernelConstants) -> bool {
        let ExprKind::Vector(rows) = &covariance.tree().kind else { return true };
        let values: BTreeMap<String, f64> =
            self.pde.params.iter().map(|param| (param.name.clone(), param.value.unwrap_or(1.0))).collect();
        let entries: Vec<&Expr> = rows
            .iter()
            .flat_map(|row| match &row.kind {
                ExprKind::Vector(entries) => entries.iter().collect(),
                _ => vec![row],
            })
            .collect();
        let mut names = Vec::new();
        entries.iter().for_each(|entry| symbols(entry, &mut names));
        let Some(time) = names.into_iter().find(|name| !values.contains_key(name)) else { return true };
        let number = |time: &Option<Expression>, otherwise: f64| {
            time.as_ref().and_then(|time| evaluate_real(time.tree(), &values).ok()).unwrap_or(otherwise)
        };
        let (start, end) = (number(&times.start, 0.0), number(&times.end, f64::INFINITY));
        let length = if end.is_finite() { end - start } else { 1.0 };
        let at = |share: f64| -> Option<Vec<f64>> {
            let mut values = values.clone();
            values.insert(time.clone(), start + share * length);
            let matrix: Vec<f64> = entries.iter().map(|e| evaluate_real(e, &values).ok()).collect::<Option<_>>()?;
            let size = matrix.iter().map(|x| x.abs()).fold(0.0, f64::max);
            (size > 0.0).then(|| matrix.iter().map(|x| x / size).collect())
        };
        let Some(middle) = at(0.5) else { return true };
        [1e-3, 0.1, 0.9].into_iter().filter_map(at).all(|m| m.iter().zip(&middle).all(|(a, b)| (a - b).abs() < 1e-8))
    }
}

fn any(closure: &Closure, is: &impl Fn(&Closure) -> bool) -> bool {
    is(closure) || closure.of.iter().any(|part| any(part, is))
}

/// The names in an expression.
fn symbols(expr: &Expr, names: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Symbol(name) => names.push(name.clone()),
        ExprKind::Neg(a) | ExprKind::Function { argument: a, .. } => symbols(a, names),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) | ExprKind::Pow(a, b) => {
            symbols(a, names);
            symbols(b, names);
        }
        _ => {}
    }
}
