//! Two branches a(k) s² + b(k) s + c(k) = 0 against those at k = 0, which are roots of their own.

use crate::algebra::formula::{Formula, Relation};
use crate::algebra::ring::{Poly, R, scale};
use crate::equation::linear::Equation;

/// Evolution: the slowest root at k lies below the slowest root at 0, for every k ≠ 0.
///
/// With s0 = max Re s(0), the shifted polynomial a (s + s0)² + b (s + s0) + c must be Hurwitz.
pub(super) fn all_branches_decay(eq: &Equation, a: &Poly, b: &Poly, c: &Poly) -> Formula {
    let (a0, b0, c0) = (eq.ring.at_zero(a), eq.ring.at_zero(b), eq.ring.at_zero(c));
    let discriminant = crate::algebra::polynomial::discriminant(&a0, &b0, &c0);
    // Complex pair at k = 0: s0 = −b0/(2 a0), which is r = 0 below.
    let complex =
        Formula::all([Formula::negative(&discriminant), decay_with_root(eq, [a, b, c], [&a0, &b0], &eq.ring.zero())]);
    let real = Formula::all([
        Formula::non_negative(&discriminant),
        with_root(eq, &discriminant, |r| decay_with_root(eq, [a, b, c], [&a0, &b0], r)),
    ]);
    Formula::any([complex, real]).simplify(&eq.oracle)
}

fn decay_with_root(eq: &Equation, [a, b, c]: [&Poly; 3], [a0, b0]: [&Poly; 2], r: &Poly) -> Formula {
    let shift = r - b0;
    // 2 a s0 + b and a s0² + b s0 + c with s0 = shift/(2 a0), times powers of 2 a0 > 0.
    let slope = &(a * &shift) + &(b * a0);
    let value = &(&(a * &(&shift * &shift)) + &scale(&(&(a0 * b) * &shift), 2)) + &scale(&(&(a0 * a0) * c), 4);
    let reduce = |p: &Poly| reduce_root(eq, p, a0, b0, &eq.ring.at_zero(c), r);
    Formula::all([eq.positive(&reduce(&slope)), eq.positive(&reduce(&value))])
}

/// Half-space: the decaying root s₋(k) lies below s₋(0), given that exactly one root decays at every k ≠ 0.
pub(super) fn decaying_branch(eq: &Equation, a: &Poly, b: &Poly, c: &Poly) -> Formula {
    let (a0, b0, c0) = (eq.ring.at_zero(a), eq.ring.at_zero(b), eq.ring.at_zero(c));
    let discriminant = crate::algebra::polynomial::discriminant(&a0, &b0, &c0);
    let below = with_root(eq, &discriminant, |r| {
        // s₋(0) = (−b0 − r)/(2 a0) lies strictly between the roots at k exactly when P(s₋(0), k) < 0.
        let shift = -(&b0 + r);
        let value = &(&(a * &(&shift * &shift)) + &scale(&(&(&a0 * b) * &shift), 2)) + &scale(&(&(&a0 * &a0) * c), 4);
        eq.positive(&-reduce_root(eq, &value, &a0, &b0, &c0, r))
    });
    Formula::all([Formula::non_negative(&discriminant), below])
}

fn reduce_root(eq: &Equation, p: &Poly, a0: &Poly, b0: &Poly, c0: &Poly, r: &Poly) -> Poly {
    if r.degree(R) == 0 {
        return eq.ring.reduce(p);
    }
    eq.ring.reduce(&eq.ring.reduce_square(p, R, &crate::algebra::polynomial::discriminant(a0, b0, c0)))
}

/// A statement about r = √disc ≥ 0: exactly where disc is a square, through conjugates otherwise.
pub(super) fn with_root(eq: &Equation, discriminant: &Poly, statement: impl Fn(&Poly) -> Formula) -> Formula {
    if discriminant.is_zero() {
        return statement(&eq.ring.zero());
    }
    if let Some(root) = eq.ring.work.perfect_root(discriminant) {
        return Formula::any([
            Formula::all([Formula::non_negative(&root), statement(&root)]),
            Formula::all([Formula::negative(&root), statement(&-root.clone())]),
        ]);
    }
    let with_r = statement(&eq.ring.variable(R));
    with_r.map_atoms(&|p, relation| {
        let reduced = eq.ring.reduce(&eq.ring.reduce_square(p, R, discriminant));
        eliminate_root(&reduced, relation, discriminant)
    })
}

/// A + B√Δ related to zero, for Δ ≥ 0, without the root.
fn eliminate_root(p: &Poly, relation: Relation, discriminant: &Poly) -> Formula {
    if p.degree(R) == 0 {
        return Formula::Atom(p.clone(), relation);
    }
    let (a, b) = (crate::algebra::ring::coefficient(p, R, 0), crate::algebra::ring::coefficient(p, R, 1));
    let difference = &(&a * &a) - &(&(&b * &b) * discriminant);
    let positive = |a: &Poly, b: &Poly, difference: &Poly| {
        Formula::any([
            Formula::all([Formula::positive(a), Formula::non_negative(b)]),
            Formula::all([Formula::non_negative(a), Formula::positive(b), Formula::positive(discriminant)]),
            Formula::all([Formula::positive(a), Formula::positive(difference)]),
            Formula::all([Formula::positive(b), Formula::negative(difference)]),
        ])
    };
    let minus = |p: &Poly| -p.clone();
    match relation {
        Relation::Positive => positive(&a, &b, &difference),
        Relation::NonNegative => positive(&minus(&a), &minus(&b), &difference).negate(),
        Relation::NonZero => {
            Formula::any([positive(&a, &b, &difference), positive(&minus(&a), &minus(&b), &difference)])
        }
        Relation::Zero => {
            Formula::any([positive(&a, &b, &difference), positive(&minus(&a), &minus(&b), &difference)]).negate()
        }
    }
}
