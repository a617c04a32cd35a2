//! What a reader is told of a kernel, as a function of its family and parameters alone: the engine writes it, the
//! checker writes it again and compares.
//!
//! In the texts `speed`, `mass`, `scale`, `clock`, … are the parameters of the kernel, z is the displacement. With a
//! clock its reading takes the place of t, and everything that changes in time gains the factor d/dt(clock).

use crate::ast::{Expr, ExprKind, Number, ScalarFunction};
use crate::expression::Expression;
use crate::kernel::{Kernel, KernelConstants, KernelSpec};
use crate::print_expr;
use crate::span::Span;

impl Kernel {
    /// A kernel with its texts; `time` is the name of the time and `lambda` the variable of an exponent, see
    /// [`exponent_variable`](crate::derivation::exponent_variable). `None` where nothing can be told of it.
    pub fn new(constants: KernelConstants, time: &str, lambda: &str) -> Option<Self> {
        let texts = Texts { constants: &constants, time, lambda };
        let mut said = texts.of_family();
        texts.in_shape(&mut said);
        texts.by_the_clock(&mut said)?;
        if !said.where_in_growth.is_empty() {
            said.growth = format!("{}, {}", said.growth, said.where_in_growth);
        }
        Some(Self {
            velocity: said.velocity,
            growth: said.growth,
            sampler: said.sampler,
            prior: said.prior,
            subordinator: said.subordinator,
            time_change: said.time_change,
            prior_error: said.prior_error,
            constants,
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
    constants: &'a KernelConstants,
    time: &'a str,
    lambda: &'a str,
}

impl Texts<'_> {
    fn has_clock(&self) -> bool {
        self.constants.clock.is_some()
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
    fn around(&self) -> &'static str {
        match &self.constants.clock {
            Some(clock) if !stands_still(&clock.scale, &clock.mean) => "around scale*(data mean) + mean",
            _ => "around the data mean",
        }
    }

    /// −decay, or 0.
    fn killed(&self, decay: &Expression) -> String {
        tidy(&neg(decay.tree()))
    }

    /// One constant times the time.
    fn walked(&self, constant: &Expression) -> Expr {
        folded(&mul(constant.tree(), &name(self.now())))
    }

    fn of_family(&self) -> Said {
        match &self.constants.spec {
            KernelSpec::Heat { diffusivity, decay } => self.heat(diffusivity, decay),
            KernelSpec::Poisson { speed, decay } => self.poisson(speed, decay),
            KernelSpec::Yukawa { speed, mass, decay } => self.yukawa(speed, mass, decay),
            KernelSpec::Stable { rate, index, decay } => self.stable(rate, index, decay),
            KernelSpec::Subordinated { exponent, decay } => self.subordinated(exponent, decay),
            KernelSpec::Pfgmpp { augmented_dim, speed } => self.pfgmpp(augmented_dim, speed),
            KernelSpec::ScreenedPfgmpp { augmented_dim, speed, mass: _ } => self.screened_pfgmpp(augmented_dim, speed),
            KernelSpec::Telegraph { mass, .. } => self.telegraph(mass),
            KernelSpec::SpaceTimeFractional { rate, index, order } => self.space_time_fractional(rate, index, order),
            KernelSpec::Gaussian { scale, mean, covariance, log_mass } => {
                self.gaussian([scale, mean], covariance, log_mass)
            }
        }
    }

    fn heat(&self, diffusivity: &Expression, decay: &Expression) -> Said {
        let (now, d) = (self.now(), diffusivity.tree());
        let twice = mul(&number(2), d);
        let variance = tidy(&mul(&twice, &name(now)));
        Said {
            velocity: format!("z/(2*{now})"),
            growth: self.killed(decay),
            sampler: format!("z = sqrt({variance})*xi, xi standard normal"),
            prior: format!("Gaussian with variance {} per coordinate {}", at_end(&twice, self.end()), self.around()),
            subordinator: Some(format!("u = {}", print_expr(&self.walked(diffusivity)))),
            time_change: Some(format!("sigma = sqrt({variance})")),
            prior_error: Some(format!("KL <= {}", tidy(&div(&name("M2"), &mul(&mul(&number(4), d), &name(now)))))),
            ..Said::default()
        }
    }

    fn poisson(&self, speed: &Expression, decay: &Expression) -> Said {
        let (now, distance) = (self.now(), self.walked(speed));
        let scale = at_end(speed.tree(), self.end());
        Said {
            velocity: format!("z/{now}"),
            growth: self.killed(decay),
            sampler: format!("z = sqrt(2*u)*xi, u = (speed*{now})^2/(2*chi^2_1), xi standard normal"),
            prior: format!("multivariate Cauchy of scale {scale} {}", self.around()),
            subordinator: Some(format!("positive 1/2-stable: u = {}/(2*chi^2_1)", squared(&distance))),
            time_change: Some(format!("sigma = {}", print_expr(&distance))),
            prior_error: Some(format!("KL <= M2/(2*{})", squared(&distance))),
            ..Said::default()
        }
    }

    fn yukawa(&self, speed: &Expression, mass: &Expression, decay: &Expression) -> Said {
        let (now, distance) = (self.now(), self.walked(speed));
        let law = format!("inverse Gaussian with mean speed^2*{now}/(2*mass) and shape (speed*{now})^2/2");
        let decay = self.killed(decay);
        let extra = if decay == "0" { String::new() } else { format!(" + {decay}").replace("+ -", "- ") };
        let died = print_expr(&self.walked(mass));
        Said {
            velocity: format!("z/{now}"),
            growth: format!("-kappa*rho*K_(nu-1)(kappa*rho)/({now}*K_nu(kappa*rho)){extra}"),
            where_in_growth: format!("kappa = mass/speed, rho^2 = |z|^2 + (speed*{now})^2, nu = (N+1)/2"),
            sampler: format!("z = sqrt(2*u)*xi, u {law}, xi standard normal"),
            prior: self.mixture(),
            subordinator: Some(law),
            time_change: Some(format!("sigma = {}", print_expr(&distance))),
            prior_error: Some(format!("KL <= M2*(1 + {died})/(2*{})", squared(&distance))),
        }
    }

    fn mixture(&self) -> String {
        format!("the kernel itself at {} = T {} (Gaussian scale mixture)", self.time, self.around())
    }

    /// rate·|k|^index: the law keeps its shape, and only its scale depends on the time.
    fn stable(&self, rate: &Expression, index: &Expression, decay: &Expression) -> Said {
        let (now, walked, lambda) = (self.now(), self.walked(rate), self.lambda);
        let half = folded(&div(index.tree(), &number(2)));
        let power = pow(&name(lambda), &half);
        let half = print_expr(&half);
        Said {
            velocity: tidy(&div(&name("z"), &mul(index.tree(), &name(now)))),
            growth: self.killed(decay),
            sampler: "z = sqrt(2*u)*xi, u drawn from the stable subordinator, xi standard normal".into(),
            prior: format!("isotropic stable distribution of scale sigma at {} = T {}", self.time, self.around()),
            subordinator: Some(format!(
                "positive ({half})-stable with Laplace exponent {} (Kanter)",
                tidy(&mul(rate.tree(), &power))
            )),
            time_change: Some(format!("sigma = {}", tidy(&pow(&walked, &div(&number(1), index.tree()))))),
            prior_error: Some(format!(
                "KL <= M2/4*integral over {lambda} > 0 of exp(-{}*{})",
                grouped(&walked),
                tidy(&power)
            )),
            ..Said::default()
        }
    }

    /// The stable law at a random time: the law keeps its shape, as that does.
    fn space_time_fractional(&self, rate: &Expression, index: &Expression, order: &Expression) -> Said {
        let (now, order_text) = (self.now(), print_expr(&folded(order.tree())));
        let later = mul(rate.tree(), &pow(&name(now), order.tree()));
        let random = format!("tau = ({now}/S)^{}", grouped(order.tree()));
        let law = format!("S positive stable of index {order_text} (Kanter)");
        let of_tau = if print_expr(&folded(index.tree())) == "2" {
            format!("u = {}", tidy(&mul(rate.tree(), &name("tau"))))
        } else {
            let half = print_expr(&folded(&div(index.tree(), &number(2))));
            let power = pow(&name(self.lambda), &folded(&div(index.tree(), &number(2))));
            let exponent = tidy(&mul(rate.tree(), &power));
            format!("u positive ({half})-stable with Laplace exponent {exponent} at the time tau")
        };
        Said {
            velocity: tidy(&div(&mul(order.tree(), &name("z")), &mul(index.tree(), &name(now)))),
            growth: "0".into(),
            sampler: format!("z = sqrt(2*u)*xi, {of_tau}, {random}, xi standard normal"),
            prior: self.mixture(),
            subordinator: Some(format!("{of_tau}, {random}, {law}")),
            time_change: Some(format!(
                "sigma = ({}/Gamma(1 + {order_text}))^(1/{})",
                tidy(&later),
                grouped(index.tree())
            )),
            ..Said::default()
        }
    }

    /// Any other Bernstein exponent: an integral over the law of u(t).
    fn subordinated(&self, exponent: &Expression, decay: &Expression) -> Said {
        let (now, lambda) = (self.now(), self.lambda);
        let law = Law { lambda, now }.name(exponent.tree()).unwrap_or_else(|| {
            let text = print_expr(exponent.tree());
            format!("the positive law with E exp(-{lambda}*u) = exp(-{now}*({text})), by numerical inversion")
        });
        Said {
            velocity: format!("E[J/p | z] over the law of u({now})"),
            growth: self.killed(decay),
            sampler: "z = sqrt(2*u)*xi, u drawn from the subordinator, xi standard normal".into(),
            prior: self.mixture(),
            subordinator: Some(law),
            prior_error: Some(format!(
                "KL <= M2/4*integral over {lambda} > 0 of exp(-{now}*exponent); infinite where the exponent is bounded: a \
                 share exp(-{now}*exponent(inf)) of the data has not moved"
            )),
            ..Said::default()
        }
    }

    /// What PFGM++ and its screened form have in common.
    fn augmented(&self, augmented_dim: &Expression, speed: &Expression) -> Said {
        let d = folded(augmented_dim.tree());
        let sigma = tidy(&div(&self.walked(speed), &call(ScalarFunction::Sqrt, &d)));
        let velocity = format!("z/{}", self.now());
        Said { velocity, time_change: Some(format!("sigma = {sigma}")), ..Said::default() }
    }

    fn pfgmpp(&self, augmented_dim: &Expression, speed: &Expression) -> Said {
        let (d, t) = (folded(augmented_dim.tree()), self.now());
        let text = print_expr(&d);
        let is_name = text.chars().all(|c| c.is_alphanumeric() || "_.".contains(c));
        let degrees = if is_name { text.clone() } else { format!("({text})") };
        Said {
            growth: "0".into(),
            sampler: format!("z = sqrt(2*u)*xi, u = (speed*{t})^2/(2*chi^2_{degrees}), xi standard normal"),
            prior: format!(
                "Student distribution with {text} degrees of freedom and scale sigma at {} = T {}",
                self.time,
                self.around()
            ),
            subordinator: Some(format!(
                "inverse Gamma: u = (speed*{t})^2/(4*G), G ~ Gamma({})",
                tidy(&div(&d, &number(2)))
            )),
            prior_error: Some(format!("KL <= M2*D/(2*(speed*{t})^2)")),
            ..self.augmented(augmented_dim, speed)
        }
    }

    fn screened_pfgmpp(&self, augmented_dim: &Expression, speed: &Expression) -> Said {
        let t = self.now();
        Said {
            growth: format!("-x*K_(mu-1)(x)/({t}*K_mu(x))"),
            where_in_growth: format!("x = mass/speed*rho, rho^2 = |z|^2 + (speed*{t})^2, mu = (N+D)/2"),
            sampler: "z = sqrt(2*u)*xi, u generalised inverse Gaussian, xi standard normal".into(),
            prior: self.mixture(),
            subordinator: Some(format!(
                "density of u proportional to u^(-D/2 - 1)*exp(-(speed*{t})^2/(4*u) - (mass/speed)^2*u)"
            )),
            prior_error: Some(format!("KL <= M2/4*E[1/u({t})]")),
            ..self.augmented(augmented_dim, speed)
        }
    }

    /// Kac's random walk, in N = 1: e^{−damping t} (cosh w t + damping sinh(w t)/w) is what is left of a mass; w is the
    /// rate at which walkers turn round.
    fn telegraph(&self, mass: &Expression) -> Said {
        let (t, end, centre) = (self.now(), self.end(), self.around());
        let turning = "w = sqrt(damping^2 - mass^2)";
        let mut said = Said {
            velocity: format!(
                "from p and J of the walk: two travelling points at z = +-speed*{t} and Bessel functions inside"
            ),
            ..Said::default()
        };
        if mass.is_zero() {
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
        said
    }

    /// x = scale·y + mean + z with a normal z: J/p = d/dt(scale·y + mean) + Σ′Σ⁻¹z/2 is the flux of drift and
    /// diffusion.
    fn gaussian(&self, [scale, mean]: [&Expression; 2], covariance: &Expression, log_mass: &Expression) -> Said {
        let is_matrix = matches!(covariance.tree().kind, ExprKind::Vector(_));
        let spread = (!is_matrix).then(|| folded(covariance.tree()));
        let (spreading, what) = match &spread {
            Some(_) => ("d/dt(covariance)*z/(2*covariance)", "variance `covariance` per coordinate"),
            None => ("d/dt(covariance)*inverse(covariance)*z/2", "covariance `covariance`"),
        };
        let velocity = if stands_still(scale, mean) {
            spreading.to_string()
        } else {
            format!("d/dt(scale*y + mean) + {spreading}, z = x - scale*y - mean")
        };
        let square = pow(&name("scale"), &number(2));
        let in_step = |s: &Expr| if scale.is_one() { print_expr(s) } else { tidy(&div(s, &square)) };
        let m2 = if scale.is_one() { name("M2") } else { mul(&name("M2"), &square) };
        Said {
            velocity,
            growth: mass_change(log_mass).to_string(),
            sampler: "x = scale*y + mean + sqrt(covariance)*xi, xi standard normal".into(),
            prior: format!("Gaussian with {what} at {} = T around scale*(data mean) + mean", self.time),
            subordinator: spread.as_ref().map(|s| format!("u = {}", tidy(&div(s, &number(2))))),
            time_change: spread.as_ref().map(|s| format!("sigma^2 = {}", in_step(s))),
            prior_error: Some(match &spread {
                Some(s) => format!("KL <= {}", tidy(&div(&m2, &mul(&number(2), s)))),
                None => format!("KL <= {}/(2*least eigenvalue of covariance)", print_expr(&m2)),
            }),
            ..Said::default()
        }
    }

    /// With a matrix A and k·Ak in place of |k|².
    fn in_shape(&self, said: &mut Said) {
        if self.constants.shape.is_none() {
            return;
        }
        said.sampler = said.sampler.replace("xi standard normal", "xi normal with covariance `shape`");
        said.where_in_growth = said.where_in_growth.replace("|z|^2", "z.inverse(shape)*z");
        said.prior.push_str(", stretched by the root of `shape`");
        said.prior_error = said.prior_error.take().map(|text| format!("{text}, lengths in the shape"));
    }

    /// With another clock than t, in coordinates x = scale·(y + z) + mean.
    fn by_the_clock(&self, said: &mut Said) -> Option<()> {
        let Some(clock) = &self.constants.clock else { return Some(()) };
        if self.constants.spec.decay().is_some_and(|decay| !decay.is_zero()) {
            // A death rate by the clock has no text: it belongs to the mass.
            return None;
        }
        said.velocity.push_str("*d/dt(clock)");
        if !stands_still(&clock.scale, &clock.mean) {
            said.velocity = format!("velocity of x = scale*(y + z) + mean at fixed y, z moving with {}", said.velocity);
            said.sampler = format!("x = scale*(y + z) + mean, {}", said.sampler);
        }
        said.growth = match (said.growth.as_str(), mass_change(&clock.log_mass)) {
            ("0", change) => change.to_string(),
            (own, "0") => format!("{own}*d/dt(clock)"),
            (own, change) => format!("{own}*d/dt(clock) + {change}"),
        };
        let clock_text = match clock.by_rate {
            true => format!("integral of {} from the start of the time", clock.reading),
            false => clock.reading.to_string(),
        };
        let reading = format!("{} -> {clock_text}", self.time);
        said.time_change = Some(match said.time_change.take() {
            Some(text) => format!("{reading}, {text}"),
            None => reading,
        });
        said.prior_error = said.prior_error.take().map(|text| format!("{text}, clock = {clock_text}"));
        Some(())
    }
}

fn mass_change(log_mass: &Expression) -> &'static str {
    if log_mass.is_zero() { "0" } else { "d/dt(log_mass)" }
}

/// Whether no coordinates move along.
fn stands_still(scale: &Expression, mean: &Expression) -> bool {
    scale.is_one() && mean.is_zero()
}

/// factor·T.
fn at_end(factor: &Expr, end: &str) -> String {
    let factor = folded(factor);
    if factor == number(1) { end.to_string() } else { format!("{}*{end}", grouped(&factor)) }
}

/// e².
fn squared(e: &Expr) -> String {
    tidy(&pow(e, &number(2)))
}

/// In parentheses where a factor stands to the right of it.
fn grouped(e: &Expr) -> String {
    match e.kind {
        ExprKind::Add(..) | ExprKind::Sub(..) | ExprKind::Neg(_) => format!("({})", print_expr(e)),
        _ => print_expr(e),
    }
}

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

fn name(text: &str) -> Expr {
    node(ExprKind::Symbol(text.to_string()))
}

fn number(value: u32) -> Expr {
    node(ExprKind::Number(Number::integer(value)))
}

fn neg(e: &Expr) -> Expr {
    node(ExprKind::Neg(Box::new(e.clone())))
}

fn mul(a: &Expr, b: &Expr) -> Expr {
    node(ExprKind::Mul(Box::new(a.clone()), Box::new(b.clone())))
}

fn div(a: &Expr, b: &Expr) -> Expr {
    node(ExprKind::Div(Box::new(a.clone()), Box::new(b.clone())))
}

fn pow(a: &Expr, b: &Expr) -> Expr {
    node(ExprKind::Pow(Box::new(a.clone()), Box::new(b.clone())))
}

fn call(function: ScalarFunction, argument: &Expr) -> Expr {
    node(ExprKind::Function { function, argument: Box::new(argument.clone()) })
}

/// The canonical text of an expression without factors 1, summands 0 and quotients of quotients.
fn tidy(e: &Expr) -> String {
    print_expr(&folded(e))
}

fn folded(e: &Expr) -> Expr {
    let is = |e: &Expr, value: u32| *e == number(value);
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
                let product = small(&n).zip(small(&m)).map(|(n, m)| number(n * m));
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
    (1..=16).find(|n| *e == number(*n))
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
                let one_more = self.constant_and_linear(argument).is_some_and(|c| *c == number(1));
                one_more.then(|| format!("Gamma process: shape {now}, Laplace exponent {}", print_expr(exponent)))
            }
            // 1 − e^{−aλ}
            ExprKind::Sub(one, e) if **one == number(1) => {
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
    use crate::kernel::KernelFamily;

    fn kernel(family: KernelFamily, list: &[(&str, &str)]) -> Kernel {
        let named = list.iter().map(|(name, text)| ((*name).to_string(), Expression::read(*text).unwrap())).collect();
        Kernel::new(KernelConstants::new(family, named).unwrap(), "t", "lambda").unwrap()
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
    fn constants_are_those_of_the_family() {
        let of = |list: &[&str]| {
            let one = || Expression::read("1").unwrap();
            KernelConstants::new(KernelFamily::Heat, list.iter().map(|name| ((*name).to_string(), one())).collect())
        };
        assert!(of(&["diffusivity", "decay"]).is_ok());
        assert!(of(&["diffusivity"]).unwrap_err().contains("`decay` of the kernel is missing"));
        assert!(of(&["diffusivity", "decay", "mass"]).unwrap_err().contains("no constant `mass`"));
        assert!(of(&["diffusivity", "decay", "clock"]).unwrap_err().contains("`scale` of the kernel is missing"));
        assert!(Expression::read("D +").unwrap_err().contains("`D +` is no expression"));
        // A death rate by the clock has no text.
        let with_clock = of(&["diffusivity", "decay", "clock", "scale", "mean", "log_mass"]).unwrap();
        assert_eq!(Kernel::new(with_clock, "t", "lambda"), None);
    }
}
