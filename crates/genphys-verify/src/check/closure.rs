//! C1 that holds: the matched form is compared with the equation at random points, and the closure proof of the Lévy
//! exponent is followed node by node (Schilling, Song, Vondraček, *Bernstein Functions*).

use super::condition::{Condition, all_hold};
use super::{Claim, Level, Report};
use crate::numeric::Model;
use genphys_pde::Complex;
use genphys_pde::ast::Expr;
use genphys_pde::certificate::{BranchForm, Class, Closure, ClosureRule};
use genphys_pde::verdict::Problem;

/// Random points per statement.
pub(super) const POINTS: usize = 200;
/// Relative tolerance of an identity.
const CLOSE: f64 = 1e-7;

/// Checks that −(decay + ψ) is the branch, and that ψ is a Lévy exponent.
pub(super) fn check(
    claim: &Claim,
    conditions: &[Condition],
    branch: BranchForm,
    decay: &str,
    closure: &Closure,
    report: &mut Report,
) {
    if closure.class != Class::LevyExponent {
        report.add("c1", Level::Rejected, "the proof ends in another class than that of Levy exponents");
        return;
    }
    match matches_equation(claim, conditions, branch, decay, closure) {
        Ok(points) if points < POINTS / 4 => {
            report.add("c1", Level::Unchecked, "too few points satisfy the conditions to compare the form");
            return;
        }
        Ok(points) => report.add("c1", Level::Probed(points), "the matched form is the branch of the equation"),
        Err(text) => {
            report.add("c1", Level::Rejected, text);
            return;
        }
    }
    proof(claim, conditions, closure, report);
}

/// What is left by rounding of terms that cancel.
pub(super) const CANCELLED: f64 = 1e-12;

/// Follows a closure proof, and looks whether the dimensions where it ends are a stated condition.
pub(super) fn proof(claim: &Claim, conditions: &[Condition], closure: &Closure, report: &mut Report) {
    let Some(dim) = dimension(claim) else { return };
    match node(claim, conditions, closure, dim) {
        Ok(()) => report.add("c1", Level::Probed(POINTS), "every step of the closure proof follows by its rule"),
        Err(text) => {
            report.add("c1", Level::Rejected, text);
            return;
        }
    }
    if let Some(limit) = closure.dim
        && claim.dims.1.is_none_or(|most| most > limit)
    {
        let stated = conditions.iter().filter_map(Condition::unreadable);
        let wanted = if limit == 1 { "N = 1".to_string() } else { format!("N <= {limit}") };
        if !stated.into_iter().any(|c| c == wanted) {
            report.add("c1", Level::Rejected, format!("the proof is for {wanted} only, which is no condition"));
        }
    }
}

/// The number of components to draw wave vectors in.
pub(super) fn dimension(claim: &Claim) -> Option<usize> {
    let point = claim.samples(3).next_point();
    claim.model(&point).map(|m| claim.dimension(&m))
}

pub(super) fn parse(text: &str) -> Result<Expr, String> {
    genphys_pde::parse_expression(text).map_err(|_| format!("`{text}` cannot be read"))
}

fn matches_equation(
    claim: &Claim,
    conditions: &[Condition],
    branch: BranchForm,
    decay: &str,
    closure: &Closure,
) -> Result<usize, String> {
    let (decay_expr, psi_expr) = (parse(decay)?, parse(&closure.function)?);
    let mut samples = claim.samples(11);
    let mut looked_at = 0;
    for _ in 0..POINTS * 10 {
        if looked_at == POINTS {
            break;
        }
        let params = samples.next_point();
        if !all_hold(conditions, &params) {
            continue;
        }
        let Some(model) = claim.model(&params) else { continue };
        let (k, t) = (samples.wave_vector(claim.dimension(&model)), samples.time());
        let scalar = |e: &Expr| model.scalar(e, &k, t, &[]);
        let (Some(c), Some(psi)) = (scalar(&decay_expr), scalar(&psi_expr)) else { continue };
        let expected = match branch {
            BranchForm::Evolution | BranchForm::HalfSpace => {
                let roots = model.roots(&k, t);
                let fits = match branch {
                    BranchForm::Evolution => roots.len() == 1,
                    _ => claim.problem == Problem::HalfSpace,
                };
                if !fits {
                    return Err("the equation has other branches than the form says".into());
                }
                roots.first().map(|s| -*s)
            }
            BranchForm::Clock => model.accumulated(&k, t, 1_000).map(|log| -log),
            BranchForm::Bessel => model
                .bessel(&k, t)
                .map(|(d, psi)| {
                    // D > 0, or the solution does not start from the data.
                    if d > 0.0 { Complex::real(psi) } else { Complex::real(f64::NAN) }
                })
                .or_else(|| {
                    // D = 1 is no damping at all.
                    let roots = model.roots(&k, t);
                    roots.first().filter(|_| roots.len() == 2).map(|s| *s * *s)
                }),
        };
        let Some(expected) = expected else { return Err("the branch cannot be computed".into()) };
        let sum = c + psi;
        let difference = (sum - expected).abs();
        // What is integrated over the time is known to fewer digits.
        let close = if branch == BranchForm::Clock { 1e-3 } else { CLOSE };
        if difference.is_nan() || difference > close * (sum.abs() + expected.abs() + c.abs()) + CANCELLED {
            return Err(format!(
                "decay + psi = {} + {}i is not {} + {}i, as the equation says at k = {k:?}, {params:?}",
                sum.re, sum.im, expected.re, expected.im
            ));
        }
        if c.im.abs() > CLOSE * (1.0 + c.abs()) {
            return Err("the constant part is not real".into());
        }
        looked_at += 1;
    }
    Ok(looked_at)
}

/// Random points where the conditions hold.
pub(super) struct Probe<'a> {
    pub(super) claim: &'a Claim<'a>,
    pub(super) conditions: &'a [Condition],
    pub(super) dim: usize,
}

impl Probe<'_> {
    /// Calls `f(model, k, t)` at random points; the first error ends it.
    pub(super) fn each(
        &self,
        seed: u64,
        mut f: impl FnMut(&Model, &[f64], f64) -> Result<bool, String>,
    ) -> Result<(), String> {
        let mut samples = self.claim.samples(seed);
        let mut looked_at = 0;
        for _ in 0..POINTS * 10 {
            if looked_at == POINTS {
                break;
            }
            let params = samples.next_point();
            if !all_hold(self.conditions, &params) {
                continue;
            }
            let Some(model) = self.claim.model(&params) else { continue };
            let (k, t) = (samples.wave_vector(self.dim), samples.time());
            looked_at += usize::from(f(&model, &k, t)?);
        }
        if looked_at < POINTS / 4 { Err("a step cannot be evaluated at enough points".into()) } else { Ok(()) }
    }
}

fn along(k: f64, dim: usize) -> Vec<f64> {
    let mut vector = vec![0.0; dim];
    vector[0] = k;
    vector
}

/// One step, and all steps below it.
fn node(claim: &Claim, conditions: &[Condition], c: &Closure, dim: usize) -> Result<(), String> {
    for part in &c.of {
        node(claim, conditions, part, dim)?;
    }
    let inherited = c.of.iter().filter_map(|p| p.dim).min();
    let own = match c.rule {
        ClosureRule::Cosine => Some(1),
        ClosureRule::Sinc => Some(3),
        _ => inherited,
    };
    if own.is_some_and(|limit| c.dim.is_none_or(|d| d > limit)) {
        return Err(format!("`{}` is claimed in more dimensions than its parts", c.function));
    }
    if !class_follows(c) {
        return Err(format!("{:?} does not make `{}` {:?} of its parts", c.rule, c.function, c.class));
    }
    let probe = Probe { claim, conditions, dim };
    identity(&probe, c).map_err(|text| format!("step {:?} for `{}`: {text}", c.rule, c.function))
}

/// The table of rules: which class each gives, from which classes.
fn class_follows(c: &Closure) -> bool {
    use Class::{Bernstein, CompletelyMonotone, LevyExponent, PositiveDefinite};
    let parts: Vec<Class> = c.of.iter().map(|p| p.class).collect();
    let one = |class: Class| parts == [class];
    let all = |class: Class| !parts.is_empty() && parts.iter().all(|p| *p == class);
    match c.rule {
        ClosureRule::Constant => parts.is_empty() && c.class != LevyExponent,
        ClosureRule::Power => parts.is_empty() && matches!(c.class, Bernstein | CompletelyMonotone),
        ClosureRule::Exponential | ClosureRule::Reciprocal => parts.is_empty() && c.class == CompletelyMonotone,
        ClosureRule::Logarithm => parts.is_empty() && c.class == Bernstein,
        ClosureRule::Hyperbolic => parts.is_empty() && super::hyperbolic::class(&c.function) == Some(c.class),
        // Parts of a half-plane step are hints; the function itself is probed.
        ClosureRule::HalfPlane => c.class == Bernstein,
        ClosureRule::Cosine | ClosureRule::Sinc => parts.is_empty() && c.class == PositiveDefinite,
        ClosureRule::QuadraticForm | ClosureRule::Drift | ClosureRule::Stable => {
            parts.is_empty() && c.class == LevyExponent
        }
        ClosureRule::Sum => parts.len() >= 2 && all(c.class),
        ClosureRule::Scale => one(c.class),
        ClosureRule::Product => {
            parts.len() >= 2 && all(c.class) && matches!(c.class, CompletelyMonotone | PositiveDefinite)
        }
        ClosureRule::Composition => match parts.as_slice() {
            [outer, Bernstein] => *outer == c.class && matches!(c.class, Bernstein | CompletelyMonotone),
            [Bernstein, LevyExponent] => c.class == LevyExponent,
            _ => false,
        },
        ClosureRule::Shift => one(Bernstein) && matches!(c.class, Bernstein | LevyExponent),
        ClosureRule::Complement => {
            (one(CompletelyMonotone) && c.class == Bernstein) || (one(PositiveDefinite) && c.class == LevyExponent)
        }
        ClosureRule::Schoenberg => one(CompletelyMonotone) && c.class == PositiveDefinite,
    }
}

/// The function is what the rule builds, and the rule's own hypotheses hold.
fn identity(probe: &Probe, c: &Closure) -> Result<(), String> {
    let whole = parse(&c.function)?;
    let parts: Vec<Expr> = c.of.iter().map(|p| parse(&p.function)).collect::<Result<_, _>>()?;
    probe.each(17, |model, k, t| {
        let at = |e: &Expr, k: &[f64]| model.scalar(e, k, t, &[]);
        let Some(value) = at(&whole, k) else { return Ok(false) };
        let Some(values) = parts.iter().map(|p| at(p, k)).collect::<Option<Vec<_>>>() else { return Ok(false) };
        let norm = k.iter().map(|x| x * x).sum::<f64>().sqrt();
        let radial = |size: f64| at(&whole, &along(size, k.len()));
        let same = |x: Complex, y: Complex, size: f64| {
            if (x - y).abs() <= 1e-6 * (x.abs() + y.abs()) + 1e-9 * size {
                Ok(true)
            } else {
                Err(format!("{} is not {} at k = {k:?}", x.re, y.re))
            }
        };
        let real = |z: Complex| z.im.abs() <= 1e-9 * (1.0 + z.abs());
        // A removable singularity at 0 is looked at beside it.
        let at_zero = |e: &Expr| at(e, &along(0.0, k.len())).or_else(|| at(e, &along(1e-8, k.len())));
        let require = |condition: bool, text: &str| if condition { Ok(true) } else { Err(text.to_string()) };
        // The slope in a double logarithmic plot is the exponent of a power.
        let slope = |factor: f64| -> Option<f64> {
            let (x, y) = (radial(norm)?.abs(), radial(norm * factor)?.abs());
            Some((y / x).ln() / factor.ln())
        };
        match c.rule {
            ClosureRule::Constant => {
                let other = at(&whole, &along(2.0 * norm + 1.0, k.len())).unwrap_or(value);
                same(value, other, 0.0)?;
                require(real(value) && value.re >= 0.0, "the constant is negative")
            }
            ClosureRule::Power => {
                let (Some(a), Some(b)) = (slope(1.5), slope(3.0)) else { return Ok(false) };
                require((a - b).abs() < 1e-6 * (1.0 + a.abs()) && value.re > 0.0, "this is no power of k")?;
                match c.class {
                    Class::Bernstein => require((-1e-9..=2.0 + 1e-9).contains(&a), "the exponent is not in [0, 2]"),
                    _ => require(a <= 1e-9, "the exponent is positive"),
                }
            }
            ClosureRule::Exponential => {
                // exp(−a k²): ln f/k² is one constant that is not positive.
                let Some(other) = radial(1.3 * norm) else { return Ok(false) };
                let (a, b) = (value.re.ln() / (norm * norm), other.re.ln() / (1.69 * norm * norm));
                if !a.is_finite() || !b.is_finite() {
                    return Ok(false);
                }
                require((a - b).abs() <= 1e-5 * (a.abs() + 1e-12) && a <= 0.0, "this is not exp(-a k^2)")
            }
            ClosureRule::Logarithm => {
                let Some(other) = radial(1.3 * norm) else { return Ok(false) };
                let (a, b) = (value.re.exp_m1() / (norm * norm), other.re.exp_m1() / (1.69 * norm * norm));
                require((a - b).abs() <= 1e-5 * a.abs() && a >= 0.0, "this is not log(1 + a k^2)")
            }
            ClosureRule::Hyperbolic => {
                let rate = super::hyperbolic::rate_of(&c.function).and_then(|d| at(&d, k));
                require(rate.is_some_and(|d| real(d) && d.re > 0.0), "the exponential does not grow")
            }
            ClosureRule::Reciprocal => {
                let Some(other) = radial(1.3 * norm) else { return Ok(false) };
                let (a, b) = (1.0 / value.re - norm * norm, 1.0 / other.re - 1.69 * norm * norm);
                require((a - b).abs() <= 1e-5 * (norm * norm + a.abs()) && a >= -1e-9, "this is not 1/(a + k^2)")
            }
            ClosureRule::Cosine | ClosureRule::Sinc => {
                let (small, z) = (1e-3, radial(1e-3).unwrap_or_default().re);
                let fall = 1.0 - z;
                let a = if c.rule == ClosureRule::Cosine { (2.0 * fall).sqrt() } else { (6.0 * fall).sqrt() } / small;
                let x = a * norm;
                let expected = if c.rule == ClosureRule::Cosine { x.cos() } else { x.sin() / x };
                require((value.re - expected).abs() < 1e-3 * (1.0 + x), "this is another function")
            }
            ClosureRule::HalfPlane => half_plane(model, &whole, t),
            ClosureRule::QuadraticForm => {
                let Some(double) = at(&whole, &k.iter().map(|x| 2.0 * x).collect::<Vec<_>>()) else { return Ok(false) };
                same(double, value * Complex::real(4.0), 0.0)?;
                require(real(value) && value.re >= -1e-9 * norm * norm, "the form is not positive semidefinite")
            }
            ClosureRule::Stable => {
                let Some(double) = at(&whole, &k.iter().map(|x| 2.0 * x).collect::<Vec<_>>()) else { return Ok(false) };
                let a = (double.re / value.re).log2();
                same(double, value * Complex::real(2.0_f64.powf(a)), 0.0)?;
                // T falls with the dimension, so that the one of N = 1 bounds it.
                let most = (0.5 * std::f64::consts::PI * a).tan().abs();
                let skewed = value.im.abs() <= most * value.re * (1.0 + 1e-9);
                require(a > 1.0 && a < 2.0 && value.re >= 0.0 && skewed, "the skewness is too large")
            }
            ClosureRule::Drift => {
                let Some(double) = at(&whole, &k.iter().map(|x| 2.0 * x).collect::<Vec<_>>()) else { return Ok(false) };
                same(double, value * Complex::real(2.0), 0.0)?;
                require(value.re.abs() <= 1e-9 * (1.0 + value.abs()), "the drift is not imaginary")
            }
            ClosureRule::Sum => {
                let sum = values.iter().fold(Complex::default(), |sum, v| sum + *v);
                same(value, sum, values.iter().map(|v| v.abs()).fold(0.0, f64::max))
            }
            ClosureRule::Scale => {
                let factor = |k: &[f64]| Some(at(&whole, k)? / at(&parts[0], k)?);
                let here = value / values[0];
                let Some(there) = factor(&k.iter().map(|x| 1.37 * x).collect::<Vec<_>>()) else { return Ok(false) };
                if !here.is_finite() || !there.is_finite() {
                    return Ok(false);
                }
                // Small differences such as sqrt(m^2 + k^2) - m lose digits.
                if (here - there).abs() > 1e-3 * (here.abs() + there.abs()) {
                    return Err("the factor depends on k".into());
                }
                require(real(here) && here.re >= 0.0, "the factor is negative")
            }
            ClosureRule::Product => same(value, values.iter().fold(Complex::real(1.0), |product, v| product * *v), 0.0),
            ClosureRule::Composition => {
                let inner = values[1];
                if !real(inner) {
                    // g(√h) with complex h: the outer function is read at the complex wave number.
                    let Some(outer) = model.scalar(&parts[0], k, t, &[("k", inner.sqrt())]) else { return Ok(false) };
                    return same(value, outer, inner.abs().sqrt());
                }
                if inner.re < 0.0 {
                    return if inner.re > -1e-9 { Ok(false) } else { Err("the inner function is negative".into()) };
                }
                let Some(outer) = at(&parts[0], &along(inner.re.sqrt(), k.len())) else { return Ok(false) };
                same(value, outer, 1.0)
            }
            ClosureRule::Shift => {
                let Some(zero) = at_zero(&parts[0]) else { return Ok(false) };
                same(value, values[0] - zero, 1e3 * (values[0].abs() + 1.0))
            }
            ClosureRule::Complement => {
                let Some(zero) = at_zero(&parts[0]) else { return Ok(false) };
                same(value, zero - values[0], 1e3 * (zero.abs() + 1.0))
            }
            ClosureRule::Schoenberg => same(value, values[0], 0.0),
        }
    })
}

/// Im f ≥ 0 in the upper half-plane of λ = k².
fn half_plane(model: &Model, f: &Expr, t: f64) -> Result<bool, String> {
    for i in -12..=12 {
        let radius = 10.0_f64.powf(0.35 * f64::from(i));
        let mut previous: Option<Complex> = None;
        for j in 1..=47 {
            let angle = std::f64::consts::PI * f64::from(j) / 48.0;
            let lambda = Complex::new(radius * angle.cos(), radius * angle.sin());
            let Some(value) = model.scalar(f, &[], t, &[("k", lambda.sqrt())]) else { return Ok(false) };
            // A principal square root jumps where its argument crosses the negative axis; f itself is continuous.
            let value = match previous {
                Some(before) if (value - before).abs() > (value + before).abs() => -value,
                _ => value,
            };
            previous = Some(value);
            if value.im < -1e-9 * value.abs() {
                return Err(format!("Im f = {} < 0 at lambda = {} + {}i", value.im, lambda.re, lambda.im));
            }
        }
    }
    Ok(true)
}

/// a φ_tt + b φ_t − c ∇²φ + e φ_x + d φ = 0 in N = 1 with a, c > 0, b ≥ 0, c (b² − 4ad) ≥ a e²; or in every N with c = 0, or along
/// one of the coordinates.
pub(super) fn telegraph(
    claim: &Claim,
    conditions: &[Condition],
    form: [&String; 5],
    axis: Option<usize>,
    report: &mut Report,
) {
    let form_of_motion = form[2];
    let result = form.into_iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>().and_then(|form| {
        let dim = dimension(claim).unwrap_or(1);
        if axis.is_some_and(|j| j == 0 || j > dim) {
            return Err("there is no such coordinate".into());
        }
        let probe = Probe { claim, conditions, dim };
        probe.each(23, |model, k, t| {
            let Some(v) = form.iter().map(|e| model.scalar(e, k, t, &[])).collect::<Option<Vec<_>>>() else {
                return Ok(false);
            };
            let [a, b, c, d, e] = [v[0].re, v[1].re, v[2].re, v[3].re, v[4].re];
            let along = k[axis.unwrap_or(1) - 1];
            let Ok(symbol) = model.symbol(k, t) else { return Ok(false) };
            let [a0, a1, a2] = symbol.a[..] else { return Err("the equation is not of second order".into()) };
            let scale = a2.re / a;
            let rest = Complex::new((c * along * along + d) * scale, e * along * scale);
            let expected = [rest, Complex::real(b * scale), Complex::real(a * scale)];
            let found = [a0, a1, a2];
            for (x, y) in expected.iter().zip(found) {
                if (y - *x).abs() > 1e-7 * (x.abs() + y.abs() + a2.abs()) {
                    return Err("the form is not that of the equation".into());
                }
            }
            let real_rates = if e == 0.0 {
                b * b >= 4.0 * a * d * (1.0 - 1e-12)
            } else {
                c * (b * b - 4.0 * a * d) >= a * e * e - 1e-9 * (c * (b * b + (a * d).abs()) + a * e * e)
            };
            // Where nothing moves one rate that is not positive is enough.
            let damped = b >= 0.0 || (c == 0.0 && d <= 0.0);
            if a > 0.0 && c >= 0.0 && damped && real_rates {
                Ok(true)
            } else {
                Err("the signs of the form are not those of a random walk".into())
            }
        })
    });
    let stated = conditions.iter().filter_map(Condition::unreadable).any(|c| c == "N = 1");
    let moves = form_of_motion != "0";
    let result = result.and_then(|()| {
        if !moves || stated || axis.is_some() || claim.dims.1 == Some(1) {
            Ok(())
        } else {
            Err("the walk is one in N = 1, which is no condition".into())
        }
    });
    match result {
        Ok(()) => report.add("c1", Level::Probed(POINTS), "the form is Kac's persistent random walk in N = 1"),
        Err(text) => report.add("c1", Level::Rejected, text),
    }
}
