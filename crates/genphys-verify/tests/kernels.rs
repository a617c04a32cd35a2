//! Kernels and branches of derivations that are made by hand: what the checker keeps of them, and what it leaves out.
#![allow(clippy::unwrap_used, clippy::panic)]

use genphys_pde::certificate::{BranchForm, Certificate, Class, Closure, ClosureRule};
use genphys_pde::derivation::{
    Derivation, Kernel, KernelConstants, KernelFamily, ParamSummary, PdeSummary, Proposal, SCHEMA,
};
use genphys_pde::expression::Expression;
use genphys_pde::verdict::{ConditionReport, Problem, Status, Verdict};
use genphys_verify::{Judged, judge};

/// A claim that C1 holds by this exponent, with this kernel.
fn judged(
    source: &str,
    branch: BranchForm,
    (decay, closure): (&str, Closure),
    kernel: Option<(KernelFamily, &[(&str, &str)])>,
) -> Judged {
    let pde = genphys_pde::read(source.as_bytes()).unwrap().pde;
    let certificate = Certificate::LevyExponent { branch, decay: decay.into(), closure };
    let problem = if branch == BranchForm::HalfSpace { Problem::HalfSpace } else { Problem::Evolution };
    let kernel = kernel.map(|(family, list)| {
        let named = list.iter().map(|(name, text)| ((*name).to_string(), Expression::read(*text).unwrap())).collect();
        Kernel::new(KernelConstants::new(family, named).unwrap(), "t", "lambda").unwrap()
    });
    let derivation = Derivation {
        schema: SCHEMA,
        pde: PdeSummary {
            name: pde.name.clone(),
            title: None,
            equation: pde.equation.clone(),
            hash: pde.hash.clone(),
            params: pde
                .params
                .iter()
                .map(|param| ParamSummary {
                    name: param.name.clone(),
                    domain: param.declared(),
                    value: param.default.as_ref().map(genphys_pde::ast::Number::to_f64),
                    fixed: false,
                })
                .collect(),
            dim: pde.dim,
        },
        verdict: Verdict::Undecided,
        c1: ConditionReport {
            certificate: Some(certificate),
            ..ConditionReport::proposed(Status::Holds, "levy-closure", "by hand")
        },
        c2: ConditionReport::proposed(Status::Undecided, "none", "not asked"),
        problem,
        dispersion: None,
        continuity: None,
        kernel,
        repairs: Vec::new(),
        background: None,
        words: None,
    };
    judge(&pde, Proposal(derivation))
}

fn shifted(bernstein: Closure) -> Closure {
    Closure::step(bernstein.function.clone(), Class::LevyExponent, ClosureRule::Shift, vec![bernstein])
}

#[test]
fn a_subordinated_kernel_needs_a_bernstein_function() {
    let exponential = "pde a { dim 1; dt(phi) = -fourier(k^2/(1 + k^2), phi) }";
    let function = || Closure::leaf("k^2/(1 + k^2)", Class::Bernstein, ClosureRule::HalfPlane);
    let parameters = [("exponent", "lambda/(1 + lambda)"), ("decay", "0")];
    let subordinated = Some((KernelFamily::Subordinated, &parameters[..]));
    let found = judged(exponential, BranchForm::Evolution, ("0", shifted(function())), subordinated);
    assert!(found.c1.status == Status::Holds && found.kernel.is_some(), "{:?}", found.report().findings);

    // Jumps by one to either side: C1 holds in N = 1, and no time makes them of Gaussians.
    let lattice = "pde a { dim 1; dt(phi) = -fourier(1 - cos(k), phi) }";
    let cosine = Closure { dim: Some(1), ..Closure::leaf("cos(k)", Class::PositiveDefinite, ClosureRule::Cosine) };
    let jumps = Closure::step("1 - cos(k)", Class::LevyExponent, ClosureRule::Complement, vec![cosine]);
    let jumps = Closure { dim: Some(1), ..jumps };
    let parameters = [("exponent", "1 - cos(lambda^(1/2))"), ("decay", "0")];
    let subordinated = Some((KernelFamily::Subordinated, &parameters[..]));
    let found = judged(lattice, BranchForm::Evolution, ("0", jumps), subordinated);
    assert!(found.c1.status == Status::Holds && found.kernel.is_none(), "{:?}", found.report().findings);
}

/// Exponents whose denominators are too large for roots.
#[test]
fn powers_may_have_any_rational_exponent() {
    for exponent in ["0.01", "1.999999", "2.01"] {
        let source = format!("pde a {{ dt(phi) = -fraclap(phi, {exponent}) }}");
        let power = Closure::leaf(format!("k^({exponent})"), Class::Bernstein, ClosureRule::Power);
        let parameters = [("rate", "1"), ("index", exponent), ("decay", "0")];
        let stable = Some((KernelFamily::Stable, &parameters[..]));
        let found = judged(&source, BranchForm::Evolution, ("0", shifted(power)), stable);
        let is_stable = exponent != "2.01";
        assert_eq!(found.c1.status == Status::Holds, is_stable, "{exponent}: {:?}", found.report().findings);
        assert_eq!(found.kernel.is_some(), is_stable, "{exponent}: {:?}", found.report().findings);
    }
}

/// s = −|k|/2 − √(k·Ak + 1): damping that depends on k beside a form in its components.
#[test]
fn roots_of_a_half_space_may_part_along_an_axis() {
    let root = |rise: &str| {
        let square = Closure::leaf("k^2", Class::Bernstein, ClosureRule::Power);
        let one = Closure::leaf("1", Class::Bernstein, ClosureRule::Constant);
        let inside = Closure::step("k^2 + 1", Class::Bernstein, ClosureRule::Sum, vec![one, square]);
        let power = Closure::leaf("k", Class::Bernstein, ClosureRule::Power);
        let outer = Closure::step("sqrt(k^2 + 1)", Class::Bernstein, ClosureRule::Composition, vec![power, inside]);
        let outer = Closure::step("sqrt(k^2 + 1) - 1", Class::Bernstein, ClosureRule::Shift, vec![outer]);
        let form = Closure::leaf("2.25*k1^2 + 1.25*k2^2", Class::LevyExponent, ClosureRule::QuadraticForm);
        Closure::step(rise, Class::LevyExponent, ClosureRule::Composition, vec![outer, form])
    };
    let half = |function: &str| {
        let power = Closure::leaf("k", Class::Bernstein, ClosureRule::Power);
        shifted(Closure::step(function, Class::Bernstein, ClosureRule::Scale, vec![power]))
    };
    let rise = "sqrt(2.25*k1^2 + 1.25*k2^2 + 1) - 1";
    let whole = |damping: &str| {
        let function = format!("{damping} + {rise}");
        Closure::step(function, Class::LevyExponent, ClosureRule::Sum, vec![half(damping), root(rise)])
    };
    let source = "pde a { dim 2; dt(phi, 2) + dt(fraclap(phi, 1)) + 2*d(phi, x1, 2) + d(phi, x2, 2) - phi = 0 }";
    let found = judged(source, BranchForm::HalfSpace, ("1", whole("k/2")), None);
    assert_eq!(found.c1.status, Status::Holds, "{:?}", found.report().findings);
    // Another share of the damping is no branch.
    let found = judged(source, BranchForm::HalfSpace, ("1", whole("k/3")), None);
    assert_eq!(found.c1.status, Status::Undecided);
}

/// A clock without a closed form: the kernel has its rate.
#[test]
fn a_clock_by_its_rate_is_that_of_the_equation() {
    let kept = |rate: &str, stated: &str, time: &str| {
        let source = format!("pde a {{ {time}; dt(phi) = ({rate})*lap(phi) }}");
        let power = Closure::leaf("k^2", Class::Bernstein, ClosureRule::Power);
        let scaled = Closure::step(format!("({rate})*k^2"), Class::Bernstein, ClosureRule::Scale, vec![power]);
        let parameters = [
            ("diffusivity", "1"),
            ("decay", "0"),
            ("clock_rate", stated),
            ("scale", "1"),
            ("mean", "0"),
            ("log_mass", "0"),
        ];
        let parameters: Vec<_> = parameters.into_iter().chain(time.contains("1]").then_some(("end", "1"))).collect();
        let kernel = Some((KernelFamily::Heat, &parameters[..]));
        let found = judged(&source, BranchForm::Evolution, ("0", shifted(scaled)), kernel);
        assert!(found.c1.status == Status::Holds, "{rate}: {:?}", found.report().findings);
        found.kernel.is_some()
    };
    let (line, unit) = ("time t in (0, inf)", "time t in (0, 1]");
    assert!(kept("exp(t^2)", "exp(t^2)", unit) && kept("exp(t^2)", "exp(t^2)", line));
    assert!(kept("1 + t", "t + 1", unit));
    // Twice the rate, and another function.
    assert!(!kept("exp(t^2)", "2*exp(t^2)", unit) && !kept("exp(t^2)", "exp(t)", unit));
}

/// Without a clock that starts there is no integral, whatever is said of C1.
#[test]
fn a_rate_that_is_infinite_at_the_start_is_no_clock() {
    let source = "pde a { dt(phi) = lap(phi)/t }";
    let power = Closure::leaf("k^2", Class::Bernstein, ClosureRule::Power);
    let scaled = Closure::step("(1/t)*k^2", Class::Bernstein, ClosureRule::Scale, vec![power]);
    let parameters =
        [("diffusivity", "1"), ("decay", "0"), ("clock_rate", "1/t"), ("scale", "1"), ("mean", "0"), ("log_mass", "0")];
    let kernel = Some((KernelFamily::Heat, &parameters[..]));
    let found = judged(source, BranchForm::Evolution, ("0", shifted(scaled)), kernel);
    assert!(found.kernel.is_none(), "{:?}", found.report().findings);
}

/// e^P - 1 has the sign of P, and its square has none.
#[test]
fn clocks_that_are_differences_of_exponentials() {
    let holds = |p: &str, power: u32, a: &str| {
        let clock = format!("(exp({p}) - 1)^{power}");
        // The rate is the derivative of the clock.
        let slope = if p.contains('+') { "(a + 2*t)" } else { "(a - 2*t)" };
        let rate = format!("{slope}*exp({p}){}", if power == 2 { format!("*2*(exp({p}) - 1)") } else { String::new() });
        let source = format!("pde a {{ time t in (0, 1]; param a {a}; dt(phi) = {rate}*lap(phi) }}");
        let power = shifted(Closure::leaf("k^2", Class::Bernstein, ClosureRule::Power));
        let scaled = Closure::step(format!("({clock})*(k^2)"), Class::LevyExponent, ClosureRule::Scale, vec![power]);
        let found = judged(&source, BranchForm::Clock, ("0", scaled), None);
        (found.c1.status == Status::Holds, format!("{:?}", found.report().findings))
    };
    for (p, power, a, expected) in [
        ("a*t + t^2", 1, "> 0 = 1", true),
        ("a*t - t^2", 1, "> 1 = 2", true),
        // Negative at the end, and the square of that.
        ("a*t - t^2", 1, "in (0, 1) = 0.5", false),
        ("a*t - t^2", 2, "in (0, 1) = 0.5", true),
    ] {
        let (found, why) = holds(p, power, a);
        assert_eq!(found, expected, "{p}, {power}, {a}: {why}");
    }
}
