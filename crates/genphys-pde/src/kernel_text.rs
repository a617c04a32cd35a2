//! What a reader is told of a kernel, as a function of its family and parameters alone: the engine writes it, the
//! checker writes it again and compares.
//!
//! In the texts `speed`, `mass`, `scale`, `clock`, … are the parameters of the kernel, z is the displacement. With a
//! clock its reading takes the place of t, and everything that changes in time gains the factor d/dt(clock).

use crate::ast::{Expr, ExprKind, Number, ScalarFunction};
use crate::derivation::{Kernel, KernelFamily};
use crate::{parse_expression, print_expr};
use std::collections::BTreeMap;

impl Kernel {
    /// A kernel with its texts; `time` is the name of the time and `lambda` the variable of an exponent, see
    /// [`exponent_variable`](crate::derivation::exponent_variable). `None` where a parameter is missing or cannot be
    /// read.
    pub fn new(family: KernelFamily, parameters: BTreeMap<String, String>, time: &str, lambda: &str) -> Option<Self> {
        let texts = Texts { parameters: &parameters, time, lambda };
        let mut said = texts.of_family(family)?;
        texts.in_shape(&mut said);
        texts.by_the_clock(&mut said)?;
        if !said.where_in_growth.is_empty() {
            said.growth = format!("{}, {}", said.growth, said.where_in_growth);
        }
        Some(Self {
            family,
            velocity: said.velocity,
            growth: said.growth,
            sampler: said.sampler,
            prior: said.prior,
            subordinator: said.subordinator,
            time_change: said.time_change,
            prior_error: said.prior_error,
            parameters,
        })
    }
}

/// The texts of a kernel.
#[derive(Default)]
struct Said {
    velocity: String,
    growth: String,
    /// What names in the growth stand for.
    where_in_growth: String,
    sampler: String,
    prior: String,
    subordinator: Option<String>,
    time_change: Option<String>,
    prior_error: Option<String>,
}

struct Texts<'a> {
    parameters: &'a BTreeMap<String, String>,
    time: &'a str,
    lambda: &'a str,
}

impl Texts<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    fn has_clock(&self) -> bool {
        self.parameters.contains_key("clock")
    }

    /// What takes the place of t.
    fn now(&self) -> &str {
        if self.has_clock() { "clock" } else { self.time }
    }

    /// The same at the end.
    fn end(&self) -> &str {
        if self.has_clock() { "clock(T)" } else { "T" }
    }

    /// Where the prior lies.
    fn around(&self) -> Option<&'static str> {
        let moves = self.has_clock() && !self.stands_still()?;
        Some(if moves { "around scale*(data mean) + mean" } else { "around the data mean" })
    }

    /// −decay, or 0.
    fn killed(&self) -> Option<String> {
        tidy(&format!("-({})", self.get("decay").unwrap_or("0")))
    }

    /// One constant times the time.
    fn walked(&self, name: &str) -> Option<String> {
        tidy(&format!("({})*{}", self.get(name)?, self.now()))
    }

    fn of_family(&self, family: KernelFamily) -> Option<Said> {
        match family {
            KernelFamily::Heat => self.heat(),
            KernelFamily::Poisson => self.poisson(),
            KernelFamily::Yukawa => self.yukawa(),
            KernelFamily::Stable => self.stable(),
            KernelFamily::Subordinated => self.subordinated(),
            KernelFamily::Pfgmpp | KernelFamily::ScreenedPfgmpp => self.pfgmpp(family),
            KernelFamily::Telegraph => self.telegraph(),
            KernelFamily::Gaussian => self.gaussian(),
        }
    }

    fn heat(&self) -> Option<Said> {
        let (now, end, d) = (self.now(), self.end(), self.get("diffusivity")?);
        let variance = tidy(&format!("2*({d})*{now}"))?;
        Some(Said {
            velocity: format!("z/(2*{now})"),
            growth: self.killed()?,
            sampler: format!("z = sqrt({variance})*xi, xi standard normal"),
            prior: format!(
                "Gaussian with variance {} per coordinate {}",
                at_end(&format!("2*({d})"), end)?,
                self.around()?
            ),
            subordinator: Some(format!("u = {}", self.walked("diffusivity")?)),
            time_change: Some(format!("sigma = sqrt({variance})")),
            prior_error: Some(format!("KL <= {}", tidy(&format!("M2/(4*({d})*{now})"))?)),
            ..Said::default()
        })
    }

    fn poisson(&self) -> Option<Said> {
        let (now, distance) = (self.now(), self.walked("speed")?);
        let scale = at_end(&format!("({})", self.get("speed")?), self.end())?;
        Some(Said {
            velocity: format!("z/{now}"),
            growth: self.killed()?,
            sampler: format!("z = sqrt(2*u)*xi, u = (speed*{now})^2/(2*chi^2_1), xi standard normal"),
            prior: format!("multivariate Cauchy of scale {scale} {}", self.around()?),
            subordinator: Some(format!("positive 1/2-stable: u = {}/(2*chi^2_1)", squared(&distance)?)),
            time_change: Some(format!("sigma = {distance}")),
            prior_error: Some(format!("KL <= M2/(2*{})", squared(&distance)?)),
            ..Said::default()
        })
    }

    fn yukawa(&self) -> Option<Said> {
        let (now, distance) = (self.now(), self.walked("speed")?);
        let law = format!("inverse Gaussian with mean speed^2*{now}/(2*mass) and shape (speed*{now})^2/2");
        let decay = self.killed()?;
        let extra = if decay == "0" { String::new() } else { format!(" + {decay}").replace("+ -", "- ") };
        Some(Said {
            velocity: format!("z/{now}"),
            growth: format!("-kappa*rho*K_(nu-1)(kappa*rho)/({now}*K_nu(kappa*rho)){extra}"),
            where_in_growth: format!("kappa = mass/speed, rho^2 = |z|^2 + (speed*{now})^2, nu = (N+1)/2"),
            sampler: format!("z = sqrt(2*u)*xi, u {law}, xi standard normal"),
            prior: self.mixture()?,
            subordinator: Some(law),
            time_change: Some(format!("sigma = {distance}")),
            prior_error: Some(format!("KL <= M2*(1 + {})/(2*{})", self.walked("mass")?, squared(&distance)?)),
        })
    }

    fn mixture(&self) -> Option<String> {
        let centre = self.around()?;
        Some(format!("the kernel itself at {} = T {centre} (Gaussian scale mixture)", self.time))
    }

    /// rate·|k|^index: the law keeps its shape, and only its scale depends on the time.
    fn stable(&self) -> Option<Said> {
        let (now, index, walked, lambda) = (self.now(), self.get("index")?, self.walked("rate")?, self.lambda);
        let half = tidy(&format!("({index})/2"))?;
        let power = tidy(&format!("{lambda}^({half})"))?;
        let weighted = |factor: &str| tidy(&format!("({factor})*{lambda}^({half})"));
        Some(Said {
            velocity: tidy(&format!("z/(({index})*{now})"))?,
            growth: self.killed()?,
            sampler: "z = sqrt(2*u)*xi, u drawn from the stable subordinator, xi standard normal".into(),
            prior: format!("isotropic stable distribution of scale sigma at {} = T {}", self.time, self.around()?),
            subordinator: Some(format!(
                "positive ({half})-stable with Laplace exponent {} (Kanter)",
                weighted(self.get("rate")?)?
            )),
            time_change: Some(format!("sigma = {}", tidy(&format!("({walked})^(1/({index}))"))?)),
            prior_error: Some(format!("KL <= M2/4*integral over {lambda} > 0 of exp(-{}*{power})", grouped(&walked))),
            ..Said::default()
        })
    }

    /// Any other Bernstein exponent: an integral over the law of u(t).
    fn subordinated(&self) -> Option<Said> {
        let (now, exponent, lambda) = (self.now(), parse_expression(self.get("exponent")?).ok()?, self.lambda);
        let law = Law { lambda, now }.name(&exponent).unwrap_or_else(|| {
            let text = print_expr(&exponent);
            format!("the positive law with E exp(-{lambda}*u) = exp(-{now}*({text})), by numerical inversion")
        });
        Some(Said {
            velocity: format!("E[J/p | z] over the law of u({now})"),
            growth: self.killed()?,
            sampler: "z = sqrt(2*u)*xi, u drawn from the subordinator, xi standard normal".into(),
            prior: self.mixture()?,
            subordinator: Some(law),
            prior_error: Some(format!(
                "KL <= M2/4*integral over {lambda} > 0 of exp(-{now}*exponent); infinite where the exponent is bounded: a \
                 share exp(-{now}*exponent(inf)) of the data has not moved"
            )),
            ..Said::default()
        })
    }

    fn pfgmpp(&self, family: KernelFamily) -> Option<Said> {
        let (d, distance, t) = (tidy(self.get("D")?)?, self.walked("speed")?, self.now());
        let sigma = tidy(&format!("({distance})/sqrt({d})"))?;
        let mut said =
            Said { velocity: format!("z/{t}"), time_change: Some(format!("sigma = {sigma}")), ..Said::default() };
        if family == KernelFamily::Pfgmpp {
            said.growth = "0".into();
            let is_name = d.chars().all(|c| c.is_alphanumeric() || "_.".contains(c));
            let degrees = if is_name { d.clone() } else { format!("({d})") };
            said.sampler = format!("z = sqrt(2*u)*xi, u = (speed*{t})^2/(2*chi^2_{degrees}), xi standard normal");
            said.prior = format!(
                "Student distribution with {d} degrees of freedom and scale sigma at {} = T {}",
                self.time,
                self.around()?
            );
            said.subordinator =
                Some(format!("inverse Gamma: u = (speed*{t})^2/(4*G), G ~ Gamma({})", tidy(&format!("({d})/2"))?));
            said.prior_error = Some(format!("KL <= M2*D/(2*(speed*{t})^2)"));
            return Some(said);
        }
        self.get("mass")?;
        said.growth = format!("-x*K_(mu-1)(x)/({t}*K_mu(x))");
        said.where_in_growth = format!("x = mass/speed*rho, rho^2 = |z|^2 + (speed*{t})^2, mu = (N+D)/2");
        said.sampler = "z = sqrt(2*u)*xi, u generalised inverse Gaussian, xi standard normal".into();
        said.prior = self.mixture()?;
        said.subordinator =
            Some(format!("density of u proportional to u^(-D/2 - 1)*exp(-(speed*{t})^2/(4*u) - (mass/speed)^2*u)"));
        said.prior_error = Some(format!("KL <= M2/4*E[1/u({t})]"));
        Some(said)
    }

    /// Kac's random walk, in N = 1: e^{−damping t} (cosh w t + damping sinh(w t)/w) is what is left of a mass; w is the
    /// rate at which walkers turn round.
    fn telegraph(&self) -> Option<Said> {
        let (t, end, centre) = (self.now(), self.end(), self.around()?);
        let turning = "w = sqrt(damping^2 - mass^2)";
        self.get("damping").and(self.get("speed"))?;
        let mut said = Said {
            velocity: format!(
                "from p and J of the walk: two travelling points at z = +-speed*{t} and Bessel functions inside"
            ),
            ..Said::default()
        };
        if self.get("mass")? == "0" {
            said.growth = "0".into();
            said.sampler = "a walker of speed `speed` that turns round at the rate `damping` (mass 0)".into();
            said.prior = format!("Gaussian with variance speed^2*{end}/damping {centre}");
            said.time_change =
                Some(format!("sigma^2 = speed^2*({t}/damping - (1 - exp(-2*damping*{t}))/(2*damping^2))"));
            said.prior_error = Some(format!("a share exp(-damping*{t}) of the mass sits in the two travelling points"));
        } else {
            said.growth = "-mass^2*phi/p".into();
            said.where_in_growth = format!("phi = exp(-damping*{t})*I_0(eta)/(2*speed)");
            said.sampler = format!(
                "a walker of speed `speed` that turns round at the rate {turning}, an odd number of turns weighted with \
                 damping/w, and dies"
            );
            said.prior = format!("Gaussian with variance speed^2*{end}/w, {turning}, {centre}");
            said.prior_error = Some(format!(
                "a share 1/(cosh(w*{t}) + damping*sinh(w*{t})/w), {turning}, of the mass sits in the two travelling points"
            ));
        }
        Some(said)
    }

    /// x = scale·y + mean + z with a normal z: J/p = d/dt(scale·y + mean) + Σ′Σ⁻¹z/2 is the flux of drift and
    /// diffusion.
    fn gaussian(&self) -> Option<Said> {
        let (scale, covariance) = (self.get("scale")?, self.get("covariance")?);
        let spread = if covariance.starts_with('[') { None } else { Some(tidy(covariance)?) };
        let (spreading, what) = match &spread {
            Some(_) => ("d/dt(covariance)*z/(2*covariance)", "variance `covariance` per coordinate"),
            None => ("d/dt(covariance)*inverse(covariance)*z/2", "covariance `covariance`"),
        };
        let velocity = if self.stands_still()? {
            spreading.to_string()
        } else {
            format!("d/dt(scale*y + mean) + {spreading}, z = x - scale*y - mean")
        };
        let in_step = |text: String| {
            if scale == "1" { Some(text) } else { tidy(&format!("({text})/scale^2")) }
        };
        let m2 = if scale == "1" { "M2" } else { "M2*scale^2" };
        Some(Said {
            velocity,
            growth: self.mass_change()?.to_string(),
            sampler: "x = scale*y + mean + sqrt(covariance)*xi, xi standard normal".into(),
            prior: format!("Gaussian with {what} at {} = T around scale*(data mean) + mean", self.time),
            subordinator: spread.as_ref().and_then(|s| Some(format!("u = {}", tidy(&format!("({s})/2"))?))),
            time_change: spread.as_ref().and_then(|s| Some(format!("sigma^2 = {}", in_step(s.clone())?))),
            prior_error: Some(match &spread {
                Some(s) => format!("KL <= {}", tidy(&format!("{m2}/(2*({s}))"))?),
                None => format!("KL <= {m2}/(2*least eigenvalue of covariance)"),
            }),
            ..Said::default()
        })
    }

    fn mass_change(&self) -> Option<&'static str> {
        Some(if self.get("log_mass")? == "0" { "0" } else { "d/dt(log_mass)" })
    }

    /// Whether no coordinates move along.
    fn stands_still(&self) -> Option<bool> {
        let mean = self.get("mean")?;
        Some(self.get("scale")? == "1" && mean.chars().all(|c| "[0, ]".contains(c)))
    }

    /// With a matrix A and k·Ak in place of |k|².
    fn in_shape(&self, said: &mut Said) {
        if !self.parameters.contains_key("shape") {
            return;
        }
        said.sampler = said.sampler.replace("xi standard normal", "xi normal with covariance `shape`");
        said.where_in_growth = said.where_in_growth.replace("|z|^2", "z.inverse(shape)*z");
        said.prior.push_str(", stretched by the root of `shape`");
        said.prior_error = said.prior_error.take().map(|text| format!("{text}, lengths in the shape"));
    }

    /// With another clock than t, in coordinates x = scale·(y + z) + mean.
    fn by_the_clock(&self, said: &mut Said) -> Option<()> {
        let Some(clock) = self.get("clock") else { return Some(()) };
        if !matches!(self.get("decay"), None | Some("0")) {
            // A death rate by the clock has no text: it belongs to the mass.
            return None;
        }
        said.velocity.push_str("*d/dt(clock)");
        if !self.stands_still()? {
            said.velocity = format!("velocity of x = scale*(y + z) + mean at fixed y, z moving with {}", said.velocity);
            said.sampler = format!("x = scale*(y + z) + mean, {}", said.sampler);
        }
        said.growth = match (said.growth.as_str(), self.mass_change()?) {
            ("0", change) => change.to_string(),
            (own, "0") => format!("{own}*d/dt(clock)"),
            (own, change) => format!("{own}*d/dt(clock) + {change}"),
        };
        let reading = format!("{} -> {clock}", self.time);
        said.time_change = Some(match said.time_change.take() {
            Some(text) => format!("{reading}, {text}"),
            None => reading,
        });
        said.prior_error = said.prior_error.take().map(|text| format!("{text}, clock = {clock}"));
        Some(())
    }
}

/// factor·T.
fn at_end(factor: &str, end: &str) -> Option<String> {
    let factor = tidy(factor)?;
    Some(if factor == "1" { end.to_string() } else { format!("{}*{end}", grouped(&factor)) })
}

/// text².
fn squared(text: &str) -> Option<String> {
    tidy(&format!("({text})^2"))
}

/// In parentheses where a factor stands to the right of it.
fn grouped(text: &str) -> String {
    match parse_expression(text).map(|e| e.kind) {
        Ok(ExprKind::Add(..) | ExprKind::Sub(..) | ExprKind::Neg(_)) => format!("({text})"),
        _ => text.to_string(),
    }
}

/// The canonical text of an expression without factors 1, summands 0 and quotients of quotients.
fn tidy(text: &str) -> Option<String> {
    parse_expression(text).ok().map(|e| print_expr(&folded(&e)))
}

fn folded(e: &Expr) -> Expr {
    let is = |e: &Expr, value: u32| *e == whole(e, value);
    let with = |kind: ExprKind| Expr::new(kind, e.span);
    let boxed = |e: &Expr| Box::new(e.clone());
    match &e.kind {
        ExprKind::Neg(a) => match folded(a) {
            a if is(&a, 0) => a,
            Expr { kind: ExprKind::Neg(inner), .. } => *inner,
            a => with(ExprKind::Neg(Box::new(a))),
        },
        ExprKind::Mul(a, b) => match (folded(a), folded(b)) {
            (a, _) if is(&a, 0) => a,
            (_, b) if is(&b, 0) => b,
            (a, b) if is(&a, 1) => b,
            (a, b) if is(&b, 1) => a,
            // a·(b·c) is (a·b)·c.
            (a, Expr { kind: ExprKind::Mul(b, c), .. }) => {
                with(ExprKind::Mul(Box::new(folded(&with(ExprKind::Mul(Box::new(a), b)))), c))
            }
            (a, b) => with(ExprKind::Mul(Box::new(a), Box::new(b))),
        },
        ExprKind::Div(a, b) => match (folded(a), folded(b)) {
            (a, b) if is(&b, 1) || is(&a, 0) => a,
            // 1/(x/n) is n/x, and (x/n)/m is x/(nm).
            (a, Expr { kind: ExprKind::Div(x, n), .. }) if is(&a, 1) => with(ExprKind::Div(n, x)),
            (Expr { kind: ExprKind::Div(x, n), .. }, m) if small(&n).is_some() && small(&m).is_some() => {
                let product = small(&n).zip(small(&m)).map(|(n, m)| whole(e, n * m));
                with(ExprKind::Div(x, Box::new(product.unwrap_or(*n))))
            }
            (a, b) => with(ExprKind::Div(Box::new(a), Box::new(b))),
        },
        ExprKind::Pow(a, b) => match (folded(a), folded(b)) {
            (a, b) if is(&b, 1) => a,
            (a, b) => with(ExprKind::Pow(Box::new(a), Box::new(b))),
        },
        ExprKind::Add(a, b) => with(ExprKind::Add(Box::new(folded(a)), Box::new(folded(b)))),
        ExprKind::Sub(a, b) => with(ExprKind::Sub(Box::new(folded(a)), Box::new(folded(b)))),
        ExprKind::Function { function, argument } => {
            with(ExprKind::Function { function: *function, argument: boxed(&folded(argument)) })
        }
        _ => e.clone(),
    }
}

/// A small whole number.
fn small(e: &Expr) -> Option<u32> {
    (1..=16).find(|n| *e == whole(e, *n))
}

/// A whole number that stands where `e` does.
fn whole(e: &Expr, value: u32) -> Expr {
    let digits = value.to_string();
    let kept = digits.trim_end_matches('0');
    let (kept, exponent) =
        if kept.is_empty() { ("0", 0) } else { (kept, i32::try_from(digits.len() - kept.len()).unwrap_or(0)) };
    Expr::new(ExprKind::Number(Number { digits: kept.into(), exponent, negative: false }), e.span)
}

/// The law of u(t), in an exponent that is a function of `lambda`.
struct Law<'a> {
    lambda: &'a str,
    now: &'a str,
}

impl Law<'_> {
    /// Its name, where it has one.
    fn name(&self, exponent: &Expr) -> Option<String> {
        let now = self.now;
        match &exponent.kind {
            ExprKind::Function { function: ScalarFunction::Log, argument } => {
                let one_more = self.constant_and_linear(argument).is_some_and(|c| *c == whole(c, 1));
                one_more.then(|| format!("Gamma process: shape {now}, Laplace exponent {}", print_expr(exponent)))
            }
            // 1 − e^{−aλ}
            ExprKind::Sub(one, e) if **one == whole(one, 1) => {
                let ExprKind::Function { function: ScalarFunction::Exp, argument } = &e.kind else { return None };
                let ExprKind::Neg(size) = &argument.kind else { return None };
                self.is_linear(size).then(|| {
                    format!("a constant times a Poisson number with mean {now}: compound Poisson with equal jumps")
                })
            }
            // λ/(a + bλ)
            ExprKind::Div(top, bottom) if self.is_linear(top) => {
                self.constant_and_linear(bottom)?;
                Some("compound Poisson with exponential jumps".to_string())
            }
            _ => None,
        }
    }

    /// a of a + bλ.
    fn constant_and_linear<'e>(&self, e: &'e Expr) -> Option<&'e Expr> {
        let ExprKind::Add(a, b) = &e.kind else { return None };
        match (self.is_constant(a) && self.is_linear(b), self.is_linear(a) && self.is_constant(b)) {
            (true, _) => Some(a),
            (_, true) => Some(b),
            _ => None,
        }
    }

    /// λ times or over a constant.
    fn is_linear(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Symbol(name) => name == self.lambda,
            ExprKind::Mul(a, b) => self.is_constant(a) && self.is_linear(b) || self.is_linear(a) && self.is_constant(b),
            ExprKind::Div(a, b) => self.is_linear(a) && self.is_constant(b),
            _ => false,
        }
    }

    fn is_constant(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Number(_) | ExprKind::Pi => true,
            ExprKind::Symbol(name) => name != self.lambda,
            ExprKind::Neg(a) | ExprKind::Function { argument: a, .. } => self.is_constant(a),
            ExprKind::Add(a, b)
            | ExprKind::Sub(a, b)
            | ExprKind::Mul(a, b)
            | ExprKind::Div(a, b)
            | ExprKind::Pow(a, b) => self.is_constant(a) && self.is_constant(b),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(family: KernelFamily, list: &[(&str, &str)]) -> Kernel {
        let parameters = list.iter().map(|(name, text)| ((*name).to_string(), (*text).to_string())).collect();
        Kernel::new(family, parameters, "t", "lambda").unwrap()
    }

    #[test]
    fn an_index_that_is_a_quotient_keeps_its_meaning() {
        let found = kernel(KernelFamily::Stable, &[("rate", "1"), ("index", "alpha/2"), ("decay", "0")]);
        assert_eq!(found.time_change.as_deref(), Some("sigma = t^(2/alpha)"));
        assert_eq!(
            found.subordinator.as_deref(),
            Some("positive (alpha/4)-stable with Laplace exponent lambda^(alpha/4) (Kanter)")
        );
        assert_eq!(found.velocity, "z/(alpha/2*t)");
        let found = kernel(KernelFamily::Stable, &[("rate", "a + b"), ("index", "3/2"), ("decay", "a - b")]);
        assert_eq!(found.time_change.as_deref(), Some("sigma = ((a + b)*t)^(2/3)"));
        assert_eq!(found.growth, "-(a - b)");
    }

    #[test]
    fn a_clock_takes_the_place_of_the_time_everywhere() {
        let clock = [("clock", "t - 1"), ("scale", "1"), ("mean", "0"), ("log_mass", "-c*(t - 1)")];
        let found = kernel(KernelFamily::Heat, &[&clock[..], &[("diffusivity", "D"), ("decay", "0")]].concat());
        assert_eq!(found.velocity, "z/(2*clock)*d/dt(clock)");
        assert_eq!(found.growth, "d/dt(log_mass)");
        assert_eq!(found.prior, "Gaussian with variance 2*D*clock(T) per coordinate around the data mean");
        assert_eq!(found.time_change.as_deref(), Some("t -> t - 1, sigma = sqrt(2*D*clock)"));
        let moving = [("clock", "t"), ("scale", "exp(-t)"), ("mean", "0"), ("log_mass", "0")];
        let found = kernel(KernelFamily::Poisson, &[&moving[..], &[("speed", "1"), ("decay", "0")]].concat());
        assert_eq!(
            found.velocity,
            "velocity of x = scale*(y + z) + mean at fixed y, z moving with z/clock*d/dt(clock)"
        );
    }

    #[test]
    fn a_law_has_its_name_only_where_it_is_that_law() {
        let of = |exponent: &str| {
            kernel(KernelFamily::Subordinated, &[("exponent", exponent), ("decay", "0")]).subordinator.unwrap()
        };
        assert!(of("log(1 + a*lambda)").starts_with("Gamma process"));
        assert!(of("log(1 + lambda^(1/2))").starts_with("the positive law"));
        assert!(of("1 - exp(-a*lambda)").contains("equal jumps"));
        assert!(of("1 - exp(-lambda^(1/2))").starts_with("the positive law"));
        assert!(of("lambda/(a*lambda + 1)").contains("exponential jumps"));
        assert!(of("lambda/(1 + lambda)^(1/2)").starts_with("the positive law"));
    }

    #[test]
    fn a_missing_parameter_makes_no_text() {
        assert_eq!(Kernel::new(KernelFamily::Heat, BTreeMap::new(), "t", "lambda"), None);
        let odd = BTreeMap::from([("diffusivity".to_string(), "D +".to_string())]);
        assert_eq!(Kernel::new(KernelFamily::Heat, odd, "t", "lambda"), None);
    }
}
