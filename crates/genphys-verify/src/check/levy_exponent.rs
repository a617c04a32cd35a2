//! C1 by a Lévy exponent: −(c + ψ) is the branch that counts, and ψ is a Lévy exponent.

use super::Claim;
use super::branch::{self, bessel, density_of_branch};
use super::closure::proof;
use super::prove::{LONG, OrOpen, Outcome, Prover, wrong};
use crate::exact::fraction::Complex;
use genphys_pde::certificate::{BranchForm, Class, Closure};
use genphys_pde::condition::Condition;
use genphys_pde::verdict::Problem;

/// Checks the matched form and the closure proof.
pub(super) fn check(
    claim: &Claim,
    conditions: &[Condition],
    branch: BranchForm,
    decay: &str,
    closure: &Closure,
) -> Outcome<Vec<&'static str>> {
    if closure.class != Class::LevyExponent {
        return wrong("the proof ends in another class than that of Levy exponents");
    }
    form(claim, conditions, branch, decay, closure)?;
    proof(claim, conditions, closure)?;
    Ok(vec!["the matched form is the branch of the equation", "every step of the closure proof follows by its rule"])
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
        BranchForm::Clock => {
            branch::clock(&mut prover, &rate)?;
            density_of_branch(&mut prover, &symbol, &Complex::zero())
        }
        BranchForm::HalfSpace => {
            if !matches!(claim.problem, Problem::HalfSpace | Problem::Undetermined) || symbol.a.len() != 3 {
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
            branch::half_space(&mut prover, &Complex::zero(), &found.negated())?;
            branch::bessel_density(&mut prover, &d)
        }
    }
}
