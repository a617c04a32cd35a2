//! The closed forms: heat, Poisson, Yukawa.

use crate::print;
use genphys_pde::derivation::{Kernel, KernelFamily};
use std::collections::BTreeMap;

/// A kernel with its constants; `texts` are velocity, growth, sampler and prior.
pub(super) fn kernel(family: KernelFamily, parameters: &[(&str, String)], texts: [String; 4]) -> Kernel {
    let parameters: BTreeMap<String, String> = parameters.iter().map(|(k, v)| ((*k).to_string(), v.clone())).collect();
    let [velocity, growth, sampler, prior] = texts;
    Kernel {
        family,
        parameters,
        velocity,
        growth,
        sampler,
        prior,
        subordinator: None,
        time_change: None,
        prior_error: None,
    }
}

/// `-decay`, or `0`.
pub(super) fn killed(decay: &str) -> String {
    if decay == "0" { "0".into() } else { format!("-{}", print::operand(decay)) }
}

/// `factor*rest` without a factor 1.
pub(super) fn times(factor: &str, rest: &str) -> String {
    if factor == "1" { rest.to_string() } else { format!("{}*{rest}", print::grouped(factor)) }
}

pub(super) fn heat(diffusivity: String, decay: String) -> Kernel {
    let growth = killed(&decay);
    let prior =
        format!("Gaussian with variance 2*{}*T per coordinate around the data mean", print::grouped(&diffusivity));
    let sampler = format!("z = sqrt(2*{}*t)*xi, xi standard normal", print::grouped(&diffusivity));
    let walked = times(&diffusivity, "t");
    let mut found = kernel(
        KernelFamily::Heat,
        &[("diffusivity", diffusivity), ("decay", decay)],
        ["z/(2*t)".into(), growth, sampler, prior],
    );
    found.subordinator = Some(format!("u = {walked}"));
    found.time_change = Some(format!("sigma = sqrt(2*{walked})"));
    found.prior_error = Some(format!("KL <= M2/(4*{walked})"));
    found
}

pub(super) fn poisson(speed: String, decay: String) -> Kernel {
    let growth = killed(&decay);
    let scale = if speed == "1" { "T".to_string() } else { format!("{}*T", print::grouped(&speed)) };
    let sampler = "z = sqrt(2*u)*xi, u = (speed*t)^2/(2*chi^2_1), xi standard normal".to_string();
    let distance = times(&speed, "t");
    let mut found = kernel(
        KernelFamily::Poisson,
        &[("speed", speed), ("decay", decay)],
        ["z/t".into(), growth, sampler, format!("multivariate Cauchy of scale {scale} around the data mean")],
    );
    found.subordinator = Some(format!("positive 1/2-stable: u = ({distance})^2/(2*chi^2_1)"));
    found.time_change = Some(format!("sigma = {distance}"));
    found.prior_error = Some(format!("KL <= M2/(2*({distance})^2)"));
    found
}

pub(super) fn yukawa(speed: String, mass: String, decay: String) -> Kernel {
    let extra = if decay == "0" { String::new() } else { format!(" - {}", print::operand(&decay)) };
    let growth = format!(
        "-kappa*rho*K_(nu-1)(kappa*rho)/(t*K_nu(kappa*rho)){extra}, kappa = mass/speed, rho^2 = |z|^2 + (speed*t)^2, nu = (N+1)/2"
    );
    let sampler =
        "z = sqrt(2*u)*xi, u inverse Gaussian with mean speed^2*t/(2*mass) and shape (speed*t)^2/2, xi standard normal";
    let distance = times(&speed, "t");
    let error = format!("KL <= M2*(1 + {})/(2*({distance})^2)", times(&mass, "t"));
    let mut found = kernel(
        KernelFamily::Yukawa,
        &[("speed", speed), ("mass", mass), ("decay", decay)],
        [
            "z/t".into(),
            growth,
            sampler.into(),
            "the kernel itself at t = T around the data mean (Gaussian scale mixture)".into(),
        ],
    );
    found.subordinator = Some("inverse Gaussian with mean speed^2*t/(2*mass) and shape (speed*t)^2/2".into());
    found.time_change = Some(format!("sigma = {distance}"));
    found.prior_error = Some(error);
    found
}
