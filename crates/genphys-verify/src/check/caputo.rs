//! Caputo's derivative: every claim from one about the equation without memory, which is read from the syntax tree here.
//!
//! With s the branch of that equation a point source has p̂ = E_b(s t^b) at each k, E_b Mittag and Leffler's function.
//!
//! - 0 < b ≤ 1: p̂ = E e^{su}, u of Mittag and Leffler's law, of which all exponential moments are finite (Pollard,
//!   Bulletin of the AMS 54 (1948) 1115). So p is a mean over u of the densities without memory. Conversely
//!   (p̂(0) − p̂(k)) Γ(1+b)/t^b → s(0) − s(k) as t → 0 is negative definite where p ≥ 0 at all times: C1 is the same claim.
//! - |p̂(k)| ≤ E e^{u Re s(k)} < E e^{u s(0)} = p̂(0) where Re s(k) < s(0), and for s(0) ≥ 0 the quotient tends to 0: by
//!   E_b(z) ~ e^{z^{1/b}}/b for positive z, and → 0 for Re z < 0. For real s the converse holds, since E_b grows.
//!   For s(0) < 0, b < 1: E_b(z) ~ −1/(z Γ(1−b)) where it decays, so that p̂(k)/p̂(0) never tends to 0.
//! - 1 < b < 2, at rest at first, s = −c|k|²: in N = 1 p is Wright's M function, positive (Fujita, Osaka J. Math. 27
//!   (1990) 309; Mainardi), which has its top away from the source: p₃ = −p₁′/(2πr) < 0 near r = 0, and in N = 2 Abel's
//!   integral of −p₁′ is negative there. Marginals of larger N are these. As p̂ of a density without atoms |E_b(−x)| < 1
//!   for x > 0, and E_b(−x) → 0.

use super::prove::{LONG, OrOpen, Outcome, Prover, Stop, open, wrong};
use super::{Claim, Level, Report, form, kernel, one_condition, problem};
use crate::exact::fraction::Complex;
use crate::sign::Relation;
use genphys_pde::ast::Bound;
use genphys_pde::certificate::Certificate;
use genphys_pde::condition::Condition;
use genphys_pde::derivation::{Derivation, KernelSpec};
use genphys_pde::memory::{Memory, Orders};
use genphys_pde::print_expr;
use genphys_pde::verdict::{ConditionReport, Problem, Status};

/// Checks all parts of a derivation but its source and verdict.
pub(super) fn verify(claim: &Claim, report: &mut Report) {
    let found = claim.pde.memory().and_then(|memory| {
        let fixed = |name: &str| {
            let param = claim.derivation.pde.params.iter().find(|param| param.name == name && param.fixed);
            param.and_then(|param| param.value)
        };
        let orders = memory.orders(&fixed)?;
        Some((memory, orders))
    });
    let Some((memory, orders)) = found else {
        for part in ["c1", "c2", "continuity", "kernel", "dispersion", "problem"] {
            report.add(part, Level::Unchecked, "the equation is out of reach of the checker");
        }
        return;
    };
    let derivation = without_memory(claim.derivation, &memory);
    let mut local = Claim { pde: &memory.local, derivation: &derivation, ..*claim };
    if claim.problem != Problem::Evolution {
        // Growth without bound is what such a certificate shows itself.
        let grows = matches!(derivation.c2.certificate, Some(Certificate::IllPosed { .. }));
        let otherwise = if grows { Problem::IllPosed } else { Problem::Undetermined };
        local.problem = problem::kind(&local).unwrap_or(otherwise);
    }
    for (part, condition, is_c1) in [("c1", &claim.derivation.c1, true), ("c2", &claim.derivation.c2, false)] {
        claim.work.start();
        if condition.status == Status::Undecided {
            report.add(part, Level::Unchecked, "nothing is claimed");
            continue;
        }
        let outcome = match &condition.certificate {
            Some(Certificate::Caputo { status, of }) => {
                let inner = ConditionReport {
                    conditions: condition.conditions.clone(),
                    certificate: of.as_deref().cloned(),
                    ..ConditionReport::proposed(*status, condition.rule.clone(), "")
                };
                if is_c1 {
                    c1(&local, condition, &inner, &orders, report)
                } else {
                    c2(&local, condition, &inner, &orders, report)
                }
            }
            _ => open("the claim comes without a certificate for equations with memory"),
        };
        conclude(part, outcome, report);
    }
    kernel::prior_error(claim, report);
    claim.work.start();
    continuity(claim, &local, &memory, report);
    claim.work.start();
    if claim.derivation.kernel.is_some() {
        let outcome = kernel_of(claim, &local, &memory, &orders);
        match outcome {
            Ok(()) => {
                report.add("kernel", Level::Proved, "its transform is that of the equation, its texts are its own")
            }
            Err(stop) => conclude("kernel", Err(stop), report),
        }
    }
    if claim.derivation.dispersion.is_some() {
        report.add("dispersion", Level::Unchecked, "with memory no wave goes as exp(-I*omega*t)");
    }
    // Where Re s is bounded above, so is E_b(s t^b) for b ≤ 1, and for real s.
    let kind = problem::kind(&local);
    match (kind, claim.problem) {
        (Some(Problem::Evolution), Problem::Evolution) if orders.at_most_one() || is_real(&local) => {
            report.add("problem", Level::Proved, "the kind of problem follows from short waves");
        }
        (Some(Problem::Evolution), Problem::Undetermined) if orders.at_most_one() || is_real(&local) => {
            report.add("problem", Level::Rejected, "the problem is an evolution, which short waves show");
        }
        (Some(Problem::IllPosed), Problem::Evolution) => {
            report.add("problem", Level::Rejected, "the problem is not shown to be an evolution");
        }
        (_, Problem::HalfSpace | Problem::IllPosed) => {
            report.add(
                "problem",
                Level::Rejected,
                "with memory no branch is left out, and nothing is shown to be ill posed",
            );
        }
        _ => report.add("problem", Level::Unchecked, "the kind of problem is out of reach of the checker"),
    }
    for (part, condition) in [("c1 witness", &claim.derivation.c1), ("c2 witness", &claim.derivation.c2)] {
        if condition.witness.is_some() {
            report.add(part, Level::Unchecked, "numbers about an equation with memory are not looked at");
        }
    }
}

fn conclude(part: &'static str, outcome: Outcome, report: &mut Report) {
    match outcome {
        Ok(()) => {}
        Err(Stop::Wrong(text)) => report.add(part, Level::Rejected, text),
        Err(Stop::Open(text)) => report.add(part, Level::Unchecked, text),
    }
}

/// A derivation of the equation without memory, in which nothing is said but of its parameters.
fn without_memory(derivation: &Derivation, memory: &Memory) -> Derivation {
    let mut derivation = derivation.clone();
    derivation.pde.equation.clone_from(&memory.local.equation);
    derivation.kernel = None;
    derivation.dispersion = None;
    for condition in [&mut derivation.c1, &mut derivation.c2] {
        condition.certificate = match condition.certificate.take() {
            Some(Certificate::Caputo { status, of }) if status == condition.status => of.map(|of| *of),
            _ => {
                condition.status = Status::Undecided;
                None
            }
        };
        condition.witness = None;
    }
    derivation
}

/// The claim about the equation without memory, with its findings as they are, or as sufficient ones.
fn without(local: &Claim, part: &'static str, inner: &ConditionReport, exact: bool, report: &mut Report) {
    let mut found = Report::default();
    one_condition(local, part, inner, part == "c1", &mut found);
    for finding in found.findings {
        let level = match finding.level {
            Level::Proved if !exact && inner.status == Status::Conditional => Level::Sufficient,
            level => level,
        };
        report.add(part, level, format!("without memory: {}", finding.text));
    }
}

fn c1(
    local: &Claim,
    outer: &ConditionReport,
    inner: &ConditionReport,
    orders: &Orders,
    report: &mut Report,
) -> Outcome {
    if orders.above_one() {
        return fast(local, outer, inner, report);
    }
    if !orders.at_most_one() {
        return open("orders below and above 1 are different equations");
    }
    if outer.status != inner.status {
        return wrong("C1 is another claim than without memory");
    }
    // Only densities that are linear in the field have an equation with memory of their own.
    if matches!(inner.certificate, Some(Certificate::QuadraticDensity { .. } | Certificate::Linearised { .. })) {
        return wrong("the density is quadratic in the field, and obeys no equation with memory");
    }
    without(local, "c1", inner, true, report);
    report.add(
        "c1",
        Level::Proved,
        "for orders of at most 1 the density is a mean of those without memory, and conversely",
    );
    Ok(())
}

/// 1 < b < 2.
fn fast(local: &Claim, outer: &ConditionReport, inner: &ConditionReport, report: &mut Report) -> Outcome {
    if inner.certificate.is_some() || inner.status != outer.status {
        return wrong("for orders above 1 the form of the equation is the certificate");
    }
    let mut prover = Prover::new(local, &[])?;
    let symbol = prover.symbol()?;
    let [a0, a1] = &symbol.a[..] else { return open("the equation is of another order") };
    let k = prover.k();
    let algebra = &prover.model.algebra;
    let square = algebra.times(&k, &k).or_open(LONG)?;
    let ratio = algebra.over(a0, a1).and_then(|psi| algebra.over(&psi, &square)).or_open(LONG)?;
    prover.require_free(&ratio, "s/|k|^2")?;
    let c = ratio.as_real().cloned().or_open("s/|k|^2 is not real")?;
    prover.positive(&c, "-s/|k|^2")?;
    let (least, most) = local.dims;
    let (status, conditions): (Status, &[&str]) = match (least, most) {
        (1, Some(1)) => (Status::Holds, &[]),
        (1, _) => (Status::Conditional, &["N = 1"]),
        _ => (Status::Fails, &[]),
    };
    let stated: Vec<&str> = outer.conditions.iter().map(|c| &**c).collect();
    if outer.status != status || stated != conditions {
        return wrong("s = -c |k|^2 with an order above 1: p >= 0 in N = 1, and not in N >= 2");
    }
    let text = "s = -c |k|^2: in N = 1 p is a positive Wright function, and in N >= 2 it is negative near the source";
    report.add("c1", Level::Proved, text);
    Ok(())
}

fn c2(
    local: &Claim,
    outer: &ConditionReport,
    inner: &ConditionReport,
    orders: &Orders,
    report: &mut Report,
) -> Outcome {
    if outer.status == Status::Fails && inner.status != Status::Fails {
        return never_forgets(local, orders, inner, report);
    }
    if outer.status != inner.status {
        return wrong("C2 is another claim than without memory");
    }
    let real = is_real(local);
    if outer.status == Status::Fails {
        if !real || !orders.at_most_one() {
            return open("only for real branches and orders of at most 1 C2 fails as it does without memory");
        }
        without(local, "c2", inner, true, report);
        return Ok(());
    }
    let conditions = super::condition::all(&outer.conditions);
    if orders.above_one() {
        if !real {
            return open("for orders above 1 the branch must be real");
        }
        at_rest(local, &conditions, Rest::Zero)?;
    } else if orders.at_most_one() {
        at_rest(local, &conditions, Rest::NotNegative)?;
    } else {
        return open("orders below and above 1 are different equations");
    }
    without(local, "c2", inner, real, report);
    report.add("c2", Level::Proved, "with memory waves fade as those without it do, by a power of the time");
    Ok(())
}

/// s(0) < 0 and b < 1.
fn never_forgets(local: &Claim, orders: &Orders, inner: &ConditionReport, report: &mut Report) -> Outcome {
    if inner.certificate.is_some() || inner.status != Status::Undecided {
        return wrong("C2 is another claim than without memory");
    }
    if !orders.below_one() || !matches!(local.pde.time.interval.upper, Bound::Infinity) {
        return open("waves are not shown to remain");
    }
    at_rest(local, &[], Rest::Negative)?;
    let text =
        "the mass dies, and p(k)/p(0) of the transform tends to s(0)/s(k), which is not 0, or does not fade at all";
    report.add("c2", Level::Proved, text);
    Ok(())
}

/// What is asked of s(0).
#[derive(Clone, Copy)]
enum Rest {
    Zero,
    NotNegative,
    Negative,
}

/// The sign of s at k = 0, under the conditions on parameters.
fn at_rest(local: &Claim, conditions: &[Condition], asked: Rest) -> Outcome {
    let sign = || -> Option<bool> {
        let mut model = super::waves::Model::new(local)?;
        let list: Vec<Condition> = conditions.iter().filter(|c| c.is_about_parameters()).cloned().collect();
        let formula = super::under_conditions::formula(&mut model, &list)?;
        let waves = model.waves()?;
        let [(c, c_im), (a, a_im)] = &waves.at_rest.a[..] else { return None };
        if !a_im.is_zero() || !c_im.is_zero() {
            return None;
        }
        let product = waves.region.reduced(&a.times(c)?)?;
        let parts = match &formula {
            Some(formula) => formula.parts(&waves.region)?,
            None => vec![waves.region.clone()],
        };
        Some(parts.iter().all(|part| match asked {
            Rest::Zero => product.is_zero(),
            Rest::NotNegative => product.is_zero() || part.prove(&product.negated(), Relation::NonNegative).is_some(),
            Rest::Negative => part.prove(&product, Relation::Positive).is_some(),
        }))
    };
    match sign() {
        Some(true) => Ok(()),
        _ => open(match asked {
            Rest::Zero => "waves of infinite length are not shown to keep their mass",
            Rest::NotNegative => "with a mass that dies the memory does not fade, and s(0) >= 0 is not shown",
            Rest::Negative => "s(0) < 0 is not shown",
        }),
    }
}

/// Whether the branch is real at every k.
fn is_real(local: &Claim) -> bool {
    let real = || -> Outcome<bool> {
        let mut prover = Prover::new(local, &[])?;
        let symbol = prover.symbol()?;
        let [a0, a1] = &symbol.a[..] else { return Ok(false) };
        let psi: Complex = prover.model.algebra.over(a0, a1).or_open(LONG)?;
        Ok(psi.as_real().is_some())
    };
    matches!(real(), Ok(true))
}

/// The form of the equation without memory, with the order of the derivative that stands for ∂/∂t.
fn continuity(claim: &Claim, local: &Claim, memory: &Memory, report: &mut Report) {
    let Some(stated) = &claim.derivation.continuity else { return };
    if stated.order.as_deref() != Some(print_expr(&memory.order).as_str()) {
        report.add("continuity", Level::Rejected, "the order of the derivative in the time is another one");
        return;
    }
    if stated.verified && super::quadratic_density::is_density(local.pde, &stated.density) {
        report.add("continuity", Level::Rejected, "a density that is quadratic in the field has no flow with memory");
        return;
    }
    form::continuity(local, report);
}

fn kernel_of(claim: &Claim, local: &Claim, memory: &Memory, orders: &Orders) -> Outcome {
    let Some(kernel) = &claim.derivation.kernel else { return Ok(()) };
    kernel::has_the_times(claim, &kernel.constants)?;
    kernel::has_its_texts(claim, kernel)?;
    let KernelSpec::SpaceTimeFractional { rate, index, order } = &kernel.constants.spec else {
        return wrong("the kernel has no memory");
    };
    if kernel.constants.clock.is_some() || kernel.constants.shape.is_some() || !orders.at_most_one() {
        return wrong("a kernel with memory has no clock, no shape, and an order of at most 1");
    }
    if *order.tree() != memory.order {
        return wrong("the order of the kernel is another one");
    }
    if !matches!(claim.derivation.c1.status, Status::Holds | Status::Conditional) {
        return wrong("without C1 there is no kernel");
    }
    let conditions = super::condition::all(&claim.derivation.c1.conditions);
    let mut prover = Prover::new(local, &conditions)?;
    let symbol = prover.symbol()?;
    let [a0, a1] = &symbol.a[..] else { return wrong("the equation is of another order") };
    let (rate, index) = (prover.read_constant(rate.text(), false)?, prover.read_constant(index.text(), false)?);
    prover.positive(&rate, "the rate of the kernel")?;
    prover.positive(&index, "the index of the kernel")?;
    let k = prover.k();
    let own = prover.model.algebra.power(&k, &index).and_then(|p| p.scaled(&rate)).or_open(LONG)?;
    let psi = prover.model.algebra.over(a0, a1).or_open(LONG)?;
    prover.same(&psi, &own, "rate and index are not those of the equation")
}
