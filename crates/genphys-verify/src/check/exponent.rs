//! C1 by a Lévy exponent: −(c + ψ) is the branch that counts, and ψ is a Lévy exponent.

use super::branch::{self, bessel, density_of_branch};
use super::closure::{add, proof};
use super::condition::Condition;
use super::prove::{LONG, OrOpen, Outcome, Prover, wrong};
use super::{Claim, Level, Report};
use crate::exact::fraction::Complex;
use genphys_pde::certificate::{BranchForm, Class, Closure};
use genphys_pde::verdict::Problem;

/// Checks the matched form and the closure proof.
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
    add(
        report,
        "c1",
        form(claim, conditions, branch, decay, closure),
        "the matched form is the branch of the equation",
    );
    add(report, "c1", proof(claim, conditions, closure), "every step of the closure proof follows by its rule");
}

fn form(claim: &Claim, conditions: &[Condition], branch: BranchForm, decay: &str, closure: &Closure) -> Outcome {
    let mut prover = Prover::new(claim, conditions)?;
    let psi = prover.read(&closure.function)?;
    let c: Complex = prover.read_constant(decay, false)?.into();
    let rate = c.plus(&psi).or_open(LONG)?;
    let symbol = prover.symbol()?;
    match branch {
        BranchForm::Evolution => {
            branch::first_order(&mut prover, &symbol, &rate)?;
            density_of_branch(&mut prover, &symbol, &rate)
        }
        BranchForm::HalfSpace => {
            if claim.problem != Problem::HalfSpace || symbol.a.len() != 3 {
                return wrong("the equation has other branches than the form says");
            }
            branch::is_rate(&mut prover, &rate)?;
            density_of_branch(&mut prover, &symbol, &rate)
        }
        BranchForm::Bessel => {
            if claim.problem != Problem::HalfSpace {
                return wrong("the equation has other branches than the form says");
            }
            let (d, found) = bessel(&mut prover, &symbol)?;
            prover.same(&rate, &found, "the form is not that of the equation")?;
            prover.positive(&d, "D")?;
            // E exp(−Ψu) is finite for Re Ψ ≥ 0 only: u has no exponential moments.
            prover.non_negative(&c.re, "the constant part")?;
            branch::unbounded(&mut prover, &found)?;
            branch::bessel_density(&mut prover, &d)
        }
    }
}
