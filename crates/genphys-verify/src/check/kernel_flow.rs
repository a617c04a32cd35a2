//! The flow of a kernel against the printed one: R/p of the kernel is that of p and R of the continuity form, on the
//! branch that counts. J follows from p and R: it is the radial (or, for a Gaussian, linear) flux that ∂p/∂t + ∇·J − R
//! = 0 asks for.

use super::Claim;
use super::prove::{LONG, OrOpen, Outcome, Prover, open, wrong};
use crate::exact::fraction::Complex;
use crate::exact::{Reader, Symbol};
use genphys_pde::ast::{Expr, ExprKind};

/// What a kernel says of R̂.
pub(super) enum Growth {
    /// R̂ = growth·p̂ on the one branch s = −rate.
    OnBranch {
        /// −s; `None` in coordinates that move, where p and R must not contain ∂_t.
        rate: Option<Complex>,
        /// R̂/p̂.
        growth: Complex,
    },
    /// R = factor·f·φ with p = f·(φ_t + …), whatever solution φ is.
    OfField(Complex),
}

pub(super) fn agrees(claim: &Claim, prover: &mut Prover, growth: &Growth) -> Outcome {
    let Some(form) = claim.derivation.continuity.as_ref().filter(|form| form.verified) else { return Ok(()) };
    let text = "R/p of the kernel is not that of the printed flow";
    let Some(p) = read(claim, prover, &form.density)? else { return wrong("the printed density is zero") };
    let r = read(claim, prover, &form.source)?.unwrap_or_else(|| Symbol { a: vec![], drift: Complex::zero() });
    if !p.drift.is_zero() || !r.drift.is_zero() {
        return open("the printed p or R contains x");
    }
    match growth {
        Growth::OnBranch { rate, growth } => {
            let (p, r) = (value(prover, &p, rate.as_ref())?, value(prover, &r, rate.as_ref())?);
            let expected = prover.model.algebra.times(growth, &p).or_open(LONG)?;
            prover.same(&r, &expected, text)
        }
        Growth::OfField(factor) => {
            let lead = p.a.get(1).cloned().or_open("the printed p has no time derivative")?;
            if p.a.len() > 2 {
                return wrong("the printed p is not that of a second-order equation");
            }
            let expected = prover.model.algebra.times(factor, &lead).or_open(LONG)?;
            for i in 0..r.a.len().max(1) {
                let found = r.a.get(i).cloned().unwrap_or_else(Complex::zero);
                let wanted = if i == 0 { expected.clone() } else { Complex::zero() };
                prover.same(&found, &wanted, text)?;
            }
            Ok(())
        }
    }
}

/// The symbol of an expression in the field; `None` for 0.
fn read(claim: &Claim, prover: &mut Prover, text: &str) -> Outcome<Option<Symbol>> {
    let expr: Expr = genphys_pde::parse_expression(text).ok().or_open("the form is not written in the language")?;
    if matches!(&expr.kind, ExprKind::Number(n) if n.is_zero()) {
        return Ok(None);
    }
    let symbol = Reader::new(&mut prover.model.algebra, claim.pde).linear(&expr);
    symbol.or_open("the printed flow is out of reach of the exact arithmetic").map(Some)
}

/// Σ a_j (−rate)^j.
fn value(prover: &Prover, symbol: &Symbol, rate: Option<&Complex>) -> Outcome<Complex> {
    let algebra = &prover.model.algebra;
    let [first, higher @ ..] = symbol.a.as_slice() else { return Ok(Complex::zero()) };
    if higher.is_empty() {
        return Ok(first.clone());
    }
    let s = rate.or_open("the printed p or R contains a time derivative in coordinates that move")?.negated();
    let mut sum = Complex::zero();
    for c in symbol.a.iter().rev() {
        sum = algebra.times(&sum, &s).and_then(|x| x.plus(c)).or_open(LONG)?;
    }
    Ok(sum)
}
