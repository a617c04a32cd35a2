//! Continuity form and dispersion relation against the equation: exactly, and where that is out of reach at random points.

use super::closure::CANCELLED;
use super::{Claim, Level, Report};
use crate::numeric::Model;
use genphys_pde::Complex;
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::span::Span;
use genphys_pde::verdict::Problem;

/// Random points per statement.
const POINTS: usize = 100;

/// Sizes up to which the numbers of a point are compared.
const LARGEST: f64 = 1e100;

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(0, 0))
}

/// ∂p/∂t + ∇·J − R is the equation, up to a factor that does not depend on k.
pub(super) fn continuity(claim: &Claim, report: &mut Report) {
    let Some(form) = &claim.derivation.continuity else { return };
    if !form.verified {
        report.add("continuity", Level::Unchecked, "the form is not claimed to be that of the equation");
        return;
    }
    if super::quadratic_density::is_density(claim.pde, &form.density) {
        super::quadratic_density::continuity(claim, form, report);
        return;
    }
    if super::identity::linear(claim, form) {
        report.add("continuity", Level::Proved, "dp/dt + div J - R is the equation, exactly");
        return;
    }
    let texts = [&form.density, &form.flux, &form.source].map(|t| genphys_pde::parse_expression(t));
    let [Ok(density), Ok(flux), Ok(source)] = texts else {
        report.add("continuity", Level::Unchecked, "the form is not written in the language");
        return;
    };
    let moving = node(ExprKind::TimeDerivative { operand: Box::new(density), order: 1 });
    let divergence = node(ExprKind::Divergence(Box::new(flux.clone())));
    let along = node(ExprKind::SpaceDerivative { operand: Box::new(flux), axis: 1, order: 1 });
    let mut samples = claim.samples(41);
    let mut looked_at = 0;
    for _ in 0..POINTS * 3 {
        if looked_at == POINTS {
            break;
        }
        let params = samples.next_point();
        let Some(model) = claim.model(&params) else { continue };
        let dim = claim.dimension(&model);
        let t = samples.time();
        let mut factor: Option<Complex> = None;
        // The factor is the same for all wave vectors.
        for _ in 0..3 {
            let k = samples.wave_vector(dim);
            let Some((form, equation)) = sides(&model, &k, t, [&moving, &divergence, &along, &source]) else {
                continue;
            };
            let size = equation.iter().map(|c| c.abs()).fold(0.0, f64::max);
            // Quotients of larger numbers would overflow.
            if size > LARGEST || form.iter().any(|c| c.abs() > LARGEST) {
                continue;
            }
            let Some(i) = (0..equation.len()).max_by(|i, j| equation[*i].abs().total_cmp(&equation[*j].abs())) else {
                continue;
            };
            let found = form[i] / equation[i];
            let scale = factor.unwrap_or(found);
            factor.get_or_insert(found);
            let wrong = form
                .iter()
                .zip(&equation)
                .any(|(x, y)| (*x - *y * scale).abs() > 1e-4 * (scale.abs() * size + x.abs()));
            if wrong || scale.abs() == 0.0 || !scale.is_finite() {
                let text = format!("dp/dt + div J - R is not the equation at k = {k:?}, {params:?}");
                report.add("continuity", Level::Rejected, text);
                return;
            }
            looked_at += 1;
        }
    }
    if looked_at < POINTS / 4 {
        report.add("continuity", Level::Unchecked, "p, J and R cannot be evaluated");
    } else {
        report.add("continuity", Level::Probed(looked_at), "dp/dt + div J - R is the equation");
    }
}

/// Coefficients in s, then the drift, of the form and of the equation.
fn sides(model: &Model, k: &[f64], t: f64, form: [&Expr; 4]) -> Option<(Vec<Complex>, Vec<Complex>)> {
    let [moving, divergence, along, source] = form;
    let zero = |e: &Expr| matches!(&e.kind, ExprKind::Number(n) if n.is_zero());
    let flux_is_zero = matches!(&divergence.kind, ExprKind::Divergence(inner) if zero(inner));
    let moving = model.expression(moving, k, t).ok()?;
    let spatial = if flux_is_zero {
        None
    } else {
        Some(model.expression(divergence, k, t).or_else(|_| model.expression(along, k, t)).ok()?)
    };
    let source = if zero(source) { None } else { Some(model.expression(source, k, t).ok()?) };
    let equation = model.symbol(k, t).ok()?;
    let length = equation.a.len().max(moving.a.len());
    let mut sum = vec![Complex::default(); length + 1];
    let mut put = |symbol: &crate::numeric::Symbol, sign: f64| {
        for (i, c) in symbol.a.iter().enumerate() {
            if let Some(slot) = sum.get_mut(i) {
                *slot = *slot + *c * Complex::real(sign);
            }
        }
        sum[length] = sum[length] + symbol.drift * Complex::real(sign);
    };
    put(&moving, 1.0);
    if let Some(spatial) = &spatial {
        put(spatial, 1.0);
    }
    if let Some(source) = &source {
        put(source, -1.0);
    }
    let mut expected = equation.a.clone();
    expected.resize(length, Complex::default());
    expected.push(equation.drift);
    Some((sum, expected))
}

/// Every branch solves the equation, and the branches that count are marked.
pub(super) fn dispersion(claim: &Claim, report: &mut Report) {
    let Some(found) = &claim.derivation.dispersion else { return };
    if super::relation::check(claim, found, report) {
        return;
    }
    if !claim.pde.nonlinear.is_empty() {
        report.add("dispersion", Level::Unchecked, "the linear part of the equation is out of reach of the checker");
        return;
    }
    let branches: Vec<(Expr, bool)> = found
        .branches
        .iter()
        .filter(|b| !b.omega.starts_with("root("))
        .filter_map(|b| Some((genphys_pde::parse_expression(&b.omega).ok()?, b.selected)))
        .collect();
    if branches.len() != found.branches.len() || branches.is_empty() {
        report.add("dispersion", Level::Unchecked, "branches without a closed form");
        return;
    }
    let mut samples = claim.samples(43);
    let mut looked_at = 0;
    for _ in 0..POINTS {
        let params = samples.next_point();
        let Some(model) = claim.model(&params) else { continue };
        let (k, t) = (samples.wave_vector(model.least_dimension()), samples.time());
        let roots = model.roots(&k, t);
        let size = roots.iter().map(|s| s.abs()).fold(1e-12, f64::max);
        let lowest = roots.first().map_or(0.0, |s| s.re);
        for (omega, selected) in &branches {
            let Some(omega) = model.scalar(omega, &k, t, &[]) else { continue };
            let s = -Complex::I * omega;
            let distance = roots.iter().map(|r| (*r - s).abs()).fold(f64::INFINITY, f64::min);
            if distance > 1e-5 * size + CANCELLED * k.iter().map(|x| x * x).sum::<f64>().max(1.0) {
                let text = format!("omega = {} + {}i does not solve the equation at k = {k:?}", omega.re, omega.im);
                report.add("dispersion", Level::Rejected, text);
                return;
            }
            let spread = roots.last().map_or(0.0, |last| last.re) - lowest;
            let decaying = (s.re - lowest).abs() <= 1e-5 * size;
            let fits = match claim.problem {
                Problem::Evolution => *selected,
                Problem::HalfSpace if roots.len() == 2 && spread > 1e-3 * size => *selected == decaying,
                _ => true,
            };
            if !fits {
                report.add("dispersion", Level::Rejected, "another branch counts than the one marked");
                return;
            }
            looked_at += 1;
        }
    }
    if looked_at < POINTS / 4 {
        report.add("dispersion", Level::Unchecked, "the branches cannot be evaluated");
    } else {
        report.add("dispersion", Level::Probed(looked_at), "every branch solves the equation");
    }
}
