//! The dispersion relation exactly: D(ω, k) = Σ_j a_j (−iω)^j up to a factor free of ω, Π_j (ω − ω_j) = D/lead for the
//! printed branches, and the branches that count are marked.

use super::identity;
use super::{Claim, Level, Report};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Var;
use crate::exact::range::Range;
use crate::exact::{Algebra, Reader, Symbol};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::derivation::{Branch, Dispersion};
use genphys_pde::verdict::Problem;
use num_traits::Signed;

/// Whether the relation was looked at, and is not found wrong.
pub(super) enum Found {
    /// All is said.
    Settled,
    /// The relation is that of the equation, and the branches are out of reach of this method.
    Relation,
    /// The relation is out of reach.
    Nothing,
}

/// The relation, and branches in closed form.
pub(super) fn check(claim: &Claim, found: &Dispersion, report: &mut Report) -> Found {
    let Some((mut algebra, symbol)) = identity::symbol(claim) else { return Found::Nothing };
    let Some(coefficients) = in_omega(&algebra, &symbol) else { return Found::Nothing };
    match relation(claim, &mut algebra, &coefficients, &found.relation) {
        Some(true) => {}
        Some(false) => {
            let text = format!("`{}` is not the dispersion relation of the equation", found.relation);
            report.add("dispersion", Level::Rejected, text);
            return Found::Settled;
        }
        None => return Found::Nothing,
    }
    if let Some(text) = wrong_marks(claim.problem, &found.branches) {
        report.add("dispersion", Level::Rejected, text);
        return Found::Settled;
    }
    let order = coefficients.len() - 1;
    let without_form: Vec<String> = (1..=order).map(|j| format!("root({j})")).collect();
    if found.branches.iter().map(|b| &b.omega).eq(&without_form) {
        report.add("dispersion", Level::Proved, "the relation is that of the equation; its roots have no closed form");
        return Found::Settled;
    }
    let read = |b: &Branch| genphys_pde::parse_expression(&b.omega).ok();
    let Some(omega) = found.branches.iter().map(read).collect::<Option<Vec<Expr>>>() else { return Found::Relation };
    let roots = omega.iter().map(|e| Reader::new(&mut algebra, claim.pde).scalar(e)).collect::<Option<Vec<_>>>();
    let Some(roots) = roots else { return Found::Relation };
    if product(&algebra, &roots, &coefficients) != Some(true) {
        return Found::Relation;
    }
    if claim.problem == Problem::HalfSpace {
        let ([first, second], [mark, _]) = (omega.as_slice(), found.branches.as_slice()) else {
            return Found::Relation;
        };
        let (marked, other) = if mark.selected { (first, second) } else { (second, first) };
        if is_lower(claim, &mut algebra, marked, other) != Some(true) {
            return Found::Relation;
        }
    }
    report.add("dispersion", Level::Proved, "the relation is that of the equation, and the branches are its roots");
    Found::Settled
}

/// Coefficients by rising power of ω, s = −iω.
fn in_omega(algebra: &Algebra, symbol: &Symbol) -> Option<Vec<Complex>> {
    let turn = Complex::i().negated();
    let turned = |(j, a): (usize, &Complex)| algebra.times(a, &algebra.pow(&turn, i32::try_from(j).ok()?)?);
    (symbol.a.len() > 1).then(|| symbol.a.iter().enumerate().map(turned).collect::<Option<_>>())?
}

fn relation(claim: &Claim, algebra: &mut Algebra, coefficients: &[Complex], text: &str) -> Option<bool> {
    let Some(left) = text.strip_suffix(" = 0").and_then(|left| genphys_pde::parse_expression(left).ok()) else {
        return Some(false);
    };
    if algebra.value("omega").is_some() {
        return None;
    }
    let omega = algebra.named("omega", Range::real());
    let value = Reader::new(algebra, claim.pde).scalar(&left)?;
    let stated = by_power(&value, omega)?;
    let (Some(top), Some(lead)) = (stated.last(), coefficients.last()) else { return Some(false) };
    if stated.len() != coefficients.len() || algebra.is_zero(top)? {
        return Some(false);
    }
    for (x, y) in stated.iter().zip(coefficients) {
        if !algebra.same(&algebra.times(x, lead)?, &algebra.times(y, top)?)? {
            return Some(false);
        }
    }
    Some(true)
}

/// The coefficients of a polynomial in a variable.
fn by_power(value: &Complex, v: Var) -> Option<Vec<Complex>> {
    let part = |f: &Fraction| -> Option<Vec<Fraction>> {
        if f.den.contains(v) {
            return None;
        }
        f.num.coefficients(v).into_iter().map(|c| Fraction::new(c, f.den.clone())).collect()
    };
    let (re, im) = (part(&value.re)?, part(&value.im)?);
    let at = |list: &[Fraction], j: usize| list.get(j).cloned().unwrap_or_else(Fraction::zero);
    Some((0..re.len().max(im.len())).map(|j| Complex { re: at(&re, j), im: at(&im, j) }).collect())
}

/// The branches that count are those that the kind of problem says.
fn wrong_marks(problem: Problem, branches: &[Branch]) -> Option<&'static str> {
    let marked = branches.iter().filter(|b| b.selected).count();
    let closed = branches.iter().all(|b| !b.omega.starts_with("root("));
    let expected = match problem {
        Problem::Evolution => branches.len(),
        Problem::HalfSpace if closed && branches.len() == 2 => 1,
        _ => 0,
    };
    (marked != expected).then_some("other branches count than those marked")
}

/// lead·Π(ω − ω_j) has these coefficients.
fn product(algebra: &Algebra, roots: &[Complex], coefficients: &[Complex]) -> Option<bool> {
    let lead = coefficients.last()?;
    let mut list = vec![lead.clone()];
    for root in roots {
        // (ω − root)·Σ c_j ω^j
        let mut next = vec![Complex::zero()];
        next.extend(list.iter().cloned());
        for (slot, c) in next.iter_mut().zip(&list) {
            *slot = algebra.reduced_pair(&slot.minus(&algebra.times(root, c)?)?)?;
        }
        list = next;
    }
    if list.len() != coefficients.len() {
        return Some(false);
    }
    list.iter().zip(coefficients).try_fold(true, |same, (x, y)| Some(same && algebra.same(x, y)?))
}

/// Of two branches one decays at least as fast as the other: s = −iω, and the difference of the growth rates is c ≥ 0
/// times 1 or the one square root that occurs, whose principal value has no negative real part.
fn is_lower(claim: &Claim, algebra: &mut Algebra, lower: &Expr, other: &Expr) -> Option<bool> {
    let mut root = None;
    let (lower, other) = (without_root(lower, &mut root), without_root(other, &mut root));
    let w = algebra.named(ROOT, Range::nonnegative());
    let lower = Reader::new(algebra, claim.pde).scalar(&lower)?;
    let other = Reader::new(algebra, claim.pde).scalar(&other)?;
    let difference = algebra.times(&other.minus(&lower)?, &Complex::i().negated())?;
    let difference = difference.as_real()?;
    let factor = if difference.contains(w) { difference.over(&Fraction::var(w))? } else { difference.clone() };
    let positive = algebra.is_positive(&factor) || factor.as_constant().is_some_and(|c| c.is_positive());
    Some(!factor.contains(w) && positive)
}

/// What stands for the square root.
const ROOT: &str = "rootofboth";

/// With a name in place of a square root and of others that are written like it.
fn without_root(e: &Expr, root: &mut Option<Expr>) -> Expr {
    let mut go = |a: &Expr| Box::new(without_root(a, root));
    let kind = match &e.kind {
        ExprKind::Neg(a) => ExprKind::Neg(go(a)),
        ExprKind::Add(a, b) => ExprKind::Add(go(a), go(b)),
        ExprKind::Sub(a, b) => ExprKind::Sub(go(a), go(b)),
        ExprKind::Mul(a, b) => ExprKind::Mul(go(a), go(b)),
        ExprKind::Div(a, b) => ExprKind::Div(go(a), go(b)),
        ExprKind::Function { function: ScalarFunction::Sqrt, .. } if root.as_ref().is_none_or(|r| r == e) => {
            *root = Some(e.clone());
            ExprKind::Symbol(ROOT.into())
        }
        other => other.clone(),
    };
    Expr::new(kind, e.span)
}
