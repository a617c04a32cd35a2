//! What holds where conditions do, and fails where they do not; and what the functions in an equation allow beyond
//! signs of polynomials.

use super::decay::Calculus;
use super::waves::Model;
use super::{Level, Report};
use crate::exact::Atom;
use crate::exact::poly::{Poly, Var};
use crate::sign::logic::Formula;
use crate::sign::{Proof, Region, both};
use genphys_pde::condition::Condition;
use std::cell::RefCell;

/// A claim about the parameter values of a region.
pub(super) type Statement<'a> = &'a dyn Fn(&Region) -> Option<Proof>;

/// The conditions about parameters, all of them; the inner `None` says that there is none.
pub(super) fn formula(model: &mut Model, conditions: &[Condition]) -> Option<Option<Formula>> {
    let list: Vec<&Condition> = conditions.iter().filter(|c| c.is_about_parameters()).collect();
    let list = list.iter().map(|c| model.formula(c)).collect::<Option<Vec<_>>>()?;
    Some((!list.is_empty()).then_some(Formula::All(list)))
}

/// What the functions in an equation allow beyond signs of polynomials.
pub(super) struct Tools<'a, 'b>(pub(super) RefCell<&'a mut Model<'b>>);

impl<'a, 'b> Tools<'a, 'b> {
    pub(super) fn new(model: &'a mut Model<'b>) -> Self {
        Self(RefCell::new(model))
    }
}

impl Calculus for Tools<'_, '_> {
    fn positive(&self, region: &Region, p: &Poly) -> Option<Proof> {
        let mut model = self.0.borrow_mut();
        if super::half_line::positive(&model.algebra, p) == Some(true) {
            return Some(Proof::from(["enclosures of a function of one variable"]));
        }
        let is_function = |v: &Var| !matches!(model.algebra.atom(*v), Some(Atom::Named(_)) | None);
        let functions: Vec<Var> = p.variables().into_iter().filter(is_function).collect();
        model.rises(region, p, 0).or_else(|| region.prove_between(p, &functions))
    }

    fn unbounded(&self, region: &Region, p: &Poly, sigma: Var) -> Option<Proof> {
        let model = self.0.borrow();
        model.tends_to_infinity(region, p, model.algebra.k(), Some(sigma))
    }
}

/// A claim that holds where conditions do; whether it fails where they do not is said in the finding.
pub(super) fn under_conditions(
    formula: Option<&Formula>,
    region: &Region,
    holds: Statement,
    fails: Statement,
    report: &mut Report,
) -> Option<()> {
    let Some(formula) = formula else {
        let proof = holds(region)?;
        report.add("c2", Level::Proved, words(&proof));
        return Some(());
    };
    if formula.holds_in(region).is_some() {
        report.add("c2", Level::Rejected, "the condition always holds in the declared domains");
        return Some(());
    }
    let parts = formula.parts(region)?;
    if parts.is_empty() {
        report.add("c2", Level::Rejected, "no parameter values satisfy the condition");
        return Some(());
    }
    let whole = parts.iter().try_fold(Proof::new(), |proof, part| Some(both(proof, holds(part)?)));
    // Where the kind of problem changes with a sign, each side has a proof of its own.
    let proof = whole.or_else(|| {
        let finer = formula.by_signs().parts(region)?;
        finer.iter().try_fold(Proof::new(), |proof, part| Some(both(proof, holds(part)?)))
    })?;
    let converse = formula.negated().parts(region).is_some_and(|parts| parts.iter().all(|part| fails(part).is_some()));
    let (level, scope) = if converse {
        (Level::Proved, "if and only if the condition holds")
    } else {
        (Level::Sufficient, "where the condition holds")
    };
    report.add("c2", level, format!("{scope}: {}", words(&proof)));
    Some(())
}

pub(super) fn words(proof: &Proof) -> String {
    let methods: Vec<&str> = proof.iter().copied().collect();
    format!("every wave decays faster than the one at k = 0, by {}", methods.join(", "))
}
