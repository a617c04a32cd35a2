//! The kernel against the equation: its transform is p̂ at random wave vectors and times.

use super::closure::CANCELLED;
use super::{Claim, Level, Report};
use crate::numeric::Model;
use genphys_pde::Complex;
use genphys_pde::ast::Expr;
use genphys_pde::derivation::{Kernel, KernelFamily};
use genphys_pde::verdict::Status;

/// Random points; fewer where every one of them is an integral over the time.
const POINTS: usize = 100;
const POINTS_IN_TIME: usize = 8;
/// ln p̂ beyond this is not integrated.
const MOST: f64 = 30.0;

/// What the kernel says about ln p̂, as expressions.
struct Parts<'a> {
    kernel: &'a Kernel,
    /// decay + B(k), or B(k) of a kernel with a clock.
    rate: Option<Expr>,
}

/// ln p̂ of the family is that of the equation.
pub(super) fn check(claim: &Claim, report: &mut Report) {
    let Some(kernel) = &claim.derivation.kernel else { return };
    if claim.derivation.c1.status == Status::Conditional {
        report.add("kernel", Level::Unchecked, "the kernel is one under conditions");
        return;
    }
    let exponent = match kernel.family {
        KernelFamily::Heat => "(diffusivity)*k^2",
        KernelFamily::Poisson => "(speed)*k",
        KernelFamily::Yukawa => "sqrt((speed)^2*k^2 + (mass)^2)",
        KernelFamily::Stable => "(rate)*k^(index)",
        KernelFamily::Subordinated => "(exponent)",
        KernelFamily::Gaussian => "0",
        _ => {
            report.add("kernel", Level::Unchecked, format!("no formula for {} here", kernel.family.name()));
            return;
        }
    };
    let in_time = kernel.family == KernelFamily::Gaussian || kernel.parameters.contains_key("clock");
    let mut text = if in_time { exponent.to_string() } else { format!("(decay) + {exponent}") };
    for (name, value) in &kernel.parameters {
        text = text.replace(&format!("({name})"), &format!("({value})"));
    }
    let parts = Parts { kernel, rate: genphys_pde::parse_expression(&text).ok() };
    if parts.rate.is_none() {
        report.add("kernel", Level::Rejected, format!("the kernel's constants cannot be read: `{text}`"));
        return;
    }
    let mut samples = claim.samples(47);
    let points = if in_time { POINTS_IN_TIME } else { POINTS };
    let mut looked_at = 0;
    for _ in 0..40 * points {
        if looked_at == points {
            break;
        }
        let params = samples.next_point();
        let Some(model) = claim.model(&params) else { continue };
        let dim = if parts.kernel.parameters.contains_key("shape") || in_time { claim.dimension(&model) } else { 1 };
        let (k, t) = (samples.wave_vector(model.least_dimension().max(dim)), samples.time());
        let sides = if in_time { parts.over_time(&model, &k, t) } else { parts.constant(&model, &k) };
        let Some((found, expected, close)) = sides else { continue };
        let apart = (found - expected).abs();
        if apart.is_nan()
            || apart > close * (found.abs() + expected.abs() + if in_time { 1.0 } else { 0.0 }) + CANCELLED
        {
            let text = format!(
                "the logarithm of the kernel's transform is {} + {}i, that of the equation's {} + {}i at k = {k:?}",
                found.re, found.im, expected.re, expected.im
            );
            report.add("kernel", Level::Rejected, text);
            return;
        }
        looked_at += 1;
    }
    if looked_at < points / 4 {
        report.add("kernel", Level::Unchecked, "the kernel cannot be evaluated at enough points");
    } else {
        report.add("kernel", Level::Probed(looked_at), "the transform of the kernel is that of the equation");
    }
}

impl Parts<'_> {
    fn parameter(&self, name: &str) -> Option<Expr> {
        genphys_pde::parse_expression(self.kernel.parameters.get(name)?).ok()
    }

    /// B at a wave vector, with √(k·Ak) for |k| where the kernel has a shape A.
    fn rate(&self, model: &Model, k: &[f64], t: f64) -> Option<Complex> {
        let mut square = Complex::real(k.iter().map(|x| x * x).sum());
        if let Some(shape) = self.kernel.parameters.get("shape") {
            square = form(model, &matrix(shape)?, k, t)?;
        }
        model.scalar(self.rate.as_ref()?, k, t, &[("k", square.sqrt()), ("lambda", square)])
    }

    /// The rates of p̂ = exp(−rate t), theirs and ours.
    fn constant(&self, model: &Model, k: &[f64]) -> Option<(Complex, Complex, f64)> {
        let rate = self.rate(model, k, 1.0)?;
        let s = model.roots(k, 1.0).first().copied()?;
        Some((-rate, s, 1e-6))
    }

    /// ln p̂(k, t) in coordinates that move with a linear drift in x, theirs and ours.
    ///
    /// A wave k there is k/scale here: x = scale·y + mean + …, so that ln p̂ = log_mass − clock·B(k) − i k·mean/scale, and for a
    /// Gaussian −k·Σk/(2 scale²) in place of clock·B.
    fn over_time(&self, model: &Model, k: &[f64], t: f64) -> Option<(Complex, Complex, f64)> {
        let at = |name: &str| model.scalar(&self.parameter(name)?, k, t, &[]);
        let (scale, log_mass) = (at("scale")?, at("log_mass")?);
        let mut shift = Complex::default();
        let mean = self.kernel.parameters.get("mean")?;
        if mean != "0" {
            for (entry, x) in row(mean.strip_prefix('[')?.strip_suffix(']')?)?.iter().zip(k) {
                shift = shift + model.scalar(entry, k, t, &[])? * Complex::real(*x);
            }
        }
        let spread = if self.kernel.family == KernelFamily::Gaussian {
            let text = self.kernel.parameters.get("covariance")?;
            let form = match matrix(text) {
                Some(matrix) => form(model, &matrix, k, t)?,
                None => at("covariance")? * Complex::real(k.iter().map(|x| x * x).sum()),
            };
            form / (scale * scale * Complex::real(2.0))
        } else {
            at("clock")? * self.rate(model, k, t)?
        };
        let found = log_mass - spread - Complex::I * shift / scale;
        if found.abs() > MOST {
            return None;
        }
        Some((found, model.accumulated(k, t, 1_000)?, 1e-3))
    }
}

/// `[[a, b], [c, d]]`.
fn matrix(text: &str) -> Option<Vec<Vec<Expr>>> {
    let inside = text.strip_prefix("[[")?.strip_suffix("]]")?;
    inside.split("], [").map(row).collect()
}

fn row(text: &str) -> Option<Vec<Expr>> {
    text.split(", ").map(|entry| genphys_pde::parse_expression(entry).ok()).collect()
}

/// k·Ak.
fn form(model: &Model, matrix: &[Vec<Expr>], k: &[f64], t: f64) -> Option<Complex> {
    let mut sum = Complex::default();
    for (entries, x) in matrix.iter().zip(k) {
        for (entry, y) in entries.iter().zip(k) {
            sum = sum + model.scalar(entry, k, t, &[])? * Complex::real(x * y);
        }
    }
    Some(sum)
}
