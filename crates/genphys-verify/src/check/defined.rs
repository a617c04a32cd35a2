//! Where an equation is defined: its divisors that are free of k and of the time are not zero there, and the exponents
//! of its fractional Laplacians are positive. What holds is claimed of no other parameter values.

use super::Claim;
use super::condition::cases;
use super::under_conditions::formula;
use super::waves::Model;
use crate::exact::Reader;
use crate::exact::poly::Poly;
use crate::sign::{Region, Relation};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::condition::Condition;

/// What may be undefined at some parameter values that meet the conditions, in words.
pub(super) fn undefined(claim: &Claim, conditions: &[Condition]) -> Option<String> {
    let needs = needs(claim);
    if needs.is_empty() {
        return None;
    }
    // Conditions about something else leave all values.
    let lists = match cases(conditions) {
        Some(cases) => cases.into_iter().map(|(_, list)| list).collect(),
        None => vec![conditions.to_vec()],
    };
    let text = |(expr, relation): &(&Expr, Relation)| {
        let text = genphys_pde::print_expr(expr);
        match relation {
            Relation::NonZero => format!("the divisor `{text}` may be zero"),
            _ => format!("the exponent `{text}` of `fraclap` may not be positive"),
        }
    };
    needs.into_iter().find(|need| lists.iter().any(|list| shown(claim, list, *need).is_none())).as_ref().map(text)
}

/// What is undefined for all parameter values in the domains.
pub(super) fn nowhere(claim: &Claim) -> Option<String> {
    let mut model = Model::new(claim)?;
    needs(claim).into_iter().find_map(|(expr, relation)| {
        let value = Reader::new(&mut model.algebra, claim.pde).scalar(expr);
        let text = genphys_pde::print_expr(expr);
        match (value?.as_real()?, relation) {
            (value, Relation::NonZero) => value.is_zero().then(|| format!("the divisor `{text}` is zero")),
            (value, _) => {
                let value = value.clone();
                let region = model.region_of(&[&value])?;
                let below = model.signed(&value)?.negated();
                region.prove(&below, Relation::NonNegative)?;
                Some(format!("the exponent `{text}` of `fraclap` is not positive"))
            }
        }
    })
}

fn needs<'a>(claim: &Claim<'a>) -> Vec<(&'a Expr, Relation)> {
    let mut needs = Vec::new();
    for side in [&claim.pde.left, &claim.pde.right] {
        collect(side, &mut needs);
    }
    needs.retain(|(expr, _)| depends_on_parameters_only(claim, expr));
    needs
}

/// Whether it is as it must be wherever the conditions hold.
fn shown(claim: &Claim, conditions: &[Condition], (expr, relation): (&Expr, Relation)) -> Option<()> {
    let mut model = Model::new(claim)?;
    let value = Reader::new(&mut model.algebra, claim.pde).scalar(expr)?;
    let formula = formula(&mut model, conditions)?;
    let poly = match (relation, value.as_real()) {
        (_, None) => value.re.times(&value.re)?.plus(&value.im.times(&value.im)?)?.num,
        (Relation::NonZero, Some(value)) => value.num.clone(),
        (_, Some(value)) => model.signed(value)?,
    };
    let all: Vec<Poly> = formula.iter().flat_map(|f| f.polynomials()).chain([&poly]).cloned().collect();
    let region = model.extended(&Region::default(), &all.iter().collect::<Vec<_>>())?;
    let poly = model.flat(&poly)?;
    let parts = match &formula {
        Some(formula) => formula.parts(&region)?,
        None => vec![region],
    };
    parts.iter().all(|part| part.prove(&poly, relation).is_some()).then_some(())
}

/// Divisors and exponents.
fn collect<'a>(expr: &'a Expr, list: &mut Vec<(&'a Expr, Relation)>) {
    match &expr.kind {
        ExprKind::Div(_, b) => list.push((b, Relation::NonZero)),
        ExprKind::FractionalLaplacian { exponent, .. } => list.push((exponent, Relation::Positive)),
        _ => {}
    }
    expr.children().into_iter().for_each(|child| collect(child, list));
}

/// Whether parameters occur, and neither the field, nor the time, nor the wave number.
fn depends_on_parameters_only(claim: &Claim, expr: &Expr) -> bool {
    let mut names = Vec::new();
    let mut left = vec![expr];
    while let Some(next) = left.pop() {
        if let ExprKind::Symbol(name) = &next.kind {
            names.push(name);
        }
        left.extend(next.children());
    }
    !names.is_empty() && names.iter().all(|name| claim.pde.param(name).is_some())
}
