//! Conditions on parameters: Boolean combinations of polynomial sign conditions, simplified over the domains.

use crate::algebra::ring::{Poly, evaluate};
use crate::algebra::sign::SignOracle;
use crate::base::budget::WORK;

/// Relation of a polynomial to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Positive,
    NonNegative,
    Zero,
    NonZero,
}

/// A condition on parameters; `Unknown` says what could not be decided.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Formula {
    True,
    False,
    Unknown(String),
    Atom(Poly, Relation),
    And(Vec<Formula>),
    Or(Vec<Formula>),
}

impl Formula {
    pub(crate) fn positive(poly: &Poly) -> Self {
        Self::Atom(poly.clone(), Relation::Positive)
    }

    pub(crate) fn negative(poly: &Poly) -> Self {
        Self::Atom(-poly.clone(), Relation::Positive)
    }

    pub(crate) fn non_negative(poly: &Poly) -> Self {
        Self::Atom(poly.clone(), Relation::NonNegative)
    }

    pub(crate) fn zero(poly: &Poly) -> Self {
        Self::Atom(poly.clone(), Relation::Zero)
    }

    pub(crate) fn non_zero(poly: &Poly) -> Self {
        Self::Atom(poly.clone(), Relation::NonZero)
    }

    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::True => {}
                Self::False => return Self::False,
                Self::And(inner) => inner.into_iter().for_each(|p| push_new(&mut kept, p)),
                other => push_new(&mut kept, other),
            }
        }
        match kept.len() {
            0 => Self::True,
            1 => kept.remove(0),
            _ => Self::And(kept),
        }
    }

    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::False => {}
                Self::True => return Self::True,
                Self::Or(inner) => inner.into_iter().for_each(|p| push_new(&mut kept, p)),
                other => push_new(&mut kept, other),
            }
        }
        match kept.len() {
            0 => Self::False,
            1 => kept.remove(0),
            _ => Self::Or(kept),
        }
    }

    pub(crate) fn negate(&self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown(why) => Self::Unknown(why.clone()),
            Self::Atom(p, Relation::Positive) => Self::Atom(-p.clone(), Relation::NonNegative),
            Self::Atom(p, Relation::NonNegative) => Self::Atom(-p.clone(), Relation::Positive),
            Self::Atom(p, Relation::Zero) => Self::Atom(p.clone(), Relation::NonZero),
            Self::Atom(p, Relation::NonZero) => Self::Atom(p.clone(), Relation::Zero),
            Self::And(parts) => Self::any(parts.iter().map(Self::negate)),
            Self::Or(parts) => Self::all(parts.iter().map(Self::negate)),
        }
    }

    /// Replaces what the domains decide and drops factors of definite sign.
    pub(crate) fn simplify(&self, oracle: &SignOracle) -> Self {
        match self {
            Self::True | Self::False | Self::Unknown(_) => self.clone(),
            Self::And(parts) => match absorb(Self::all(parts.iter().map(|p| p.simplify(oracle)))) {
                Self::And(parts) => match merge_pairs(&parts, true) {
                    Some(merged) => Self::all(merged).simplify(oracle),
                    None => Self::And(parts),
                },
                other => other,
            },
            Self::Or(parts) => match absorb(Self::any(parts.iter().map(|p| p.simplify(oracle)))) {
                Self::Or(parts) => match merge_pairs(&parts, false) {
                    Some(merged) => Self::any(merged).simplify(oracle),
                    None => Self::Or(parts),
                },
                other => other,
            },
            Self::Atom(poly, relation) => simplify_atom(poly, *relation, oracle),
        }
    }

    /// Truth at a point; `None` where it hangs on an unknown or on a value too close to zero for floating point.
    pub(crate) fn at(&self, point: &[f64]) -> Option<bool> {
        match self {
            Self::True => Some(true),
            Self::False => Some(false),
            Self::Unknown(_) => None,
            Self::And(parts) => {
                let values: Vec<_> = parts.iter().map(|p| p.at(point)).collect();
                if values.contains(&Some(false)) {
                    Some(false)
                } else {
                    values.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            }
            Self::Or(parts) => {
                let values: Vec<_> = parts.iter().map(|p| p.at(point)).collect();
                if values.contains(&Some(true)) {
                    Some(true)
                } else {
                    values.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            Self::Atom(poly, relation) => {
                let (value, size) = evaluate(poly, point);
                let exactly_zero = value == 0.0;
                if !exactly_zero && value.abs() < 1e-9 * size {
                    return None;
                }
                Some(match relation {
                    Relation::Positive => value > 0.0,
                    Relation::NonNegative => value >= 0.0,
                    Relation::Zero => exactly_zero,
                    Relation::NonZero => !exactly_zero,
                })
            }
        }
    }

    /// What could not be decided, without repetition.
    pub(crate) fn unknowns(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_unknowns(&mut found);
        found
    }

    fn collect_unknowns(&self, found: &mut Vec<String>) {
        match self {
            Self::Unknown(why) if !found.contains(why) => found.push(why.clone()),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|p| p.collect_unknowns(found)),
            _ => {}
        }
    }

    /// What holds whatever the answers to the open questions are.
    pub(crate) fn without_unknowns(&self) -> Self {
        match self {
            Self::Unknown(_) => Self::False,
            Self::And(parts) => Self::all(parts.iter().map(Self::without_unknowns)),
            Self::Or(parts) => Self::any(parts.iter().map(Self::without_unknowns)),
            other => other.clone(),
        }
    }

    /// Every polynomial replaced, for instance to eliminate an auxiliary variable.
    pub(crate) fn map_atoms(&self, f: &impl Fn(&Poly, Relation) -> Self) -> Self {
        match self {
            Self::Atom(poly, relation) => f(poly, *relation),
            Self::And(parts) => Self::all(parts.iter().map(|p| p.map_atoms(f))),
            Self::Or(parts) => Self::any(parts.iter().map(|p| p.map_atoms(f))),
            other => other.clone(),
        }
    }
}

fn push_new(kept: &mut Vec<Formula>, part: Formula) {
    if !kept.contains(&part) {
        kept.push(part);
    }
}

/// Pairs that together say more: p > 0 or p = 0 is p ≥ 0, p > 0 and p = 0 is impossible, and so on.
fn merge_pairs(parts: &[Formula], conjunction: bool) -> Option<Vec<Formula>> {
    for (i, a) in parts.iter().enumerate() {
        for (j, b) in parts.iter().enumerate() {
            let (Formula::Atom(p, r), Formula::Atom(q, s)) = (a, b) else { continue };
            if i == j {
                continue;
            }
            let (same, opposite) = (p == q, *p == -q.clone());
            use Relation::{NonNegative, NonZero, Positive, Zero};
            let merged = match (conjunction, r, s) {
                (false, Zero, NonZero) if same || opposite => Formula::True,
                (false, Positive, Zero) if same || opposite => Formula::non_negative(p),
                (false, Positive, NonNegative) if opposite => Formula::True,
                (false, NonNegative, NonNegative) if opposite => Formula::True,
                (false, NonNegative, NonZero) if same || opposite => Formula::True,
                (false, Positive, Positive) if opposite => Formula::non_zero(p),
                (true, Zero, NonZero | Positive) if same || opposite => Formula::False,
                (true, Positive, Positive | NonNegative) if opposite => Formula::False,
                (true, NonNegative, NonNegative) if opposite => Formula::zero(p),
                (true, NonNegative, NonZero) if same || opposite => Formula::positive(p),
                (true, Zero, Zero) if without_common_root(p, q) => Formula::False,
                _ => continue,
            };
            let mut rest: Vec<Formula> =
                parts.iter().enumerate().filter(|(n, _)| *n != i && *n != j).map(|(_, f)| f.clone()).collect();
            rest.push(orient(merged));
            return Some(rest);
        }
    }
    None
}

/// Whether two polynomials in one and the same variable are never zero together.
fn without_common_root(p: &Poly, q: &Poly) -> bool {
    let variables = |p: &Poly| (0..p.nvars()).filter(|i| p.degree(*i) > 0).collect::<Vec<_>>();
    variables(p).len() == 1 && variables(p) == variables(q) && crate::algebra::ring::gcd(p, q).is_constant()
}

/// Absorption: in a disjunction a part that implies another one goes (A ∧ B or A is A), and dually.
fn absorb(formula: Formula) -> Formula {
    let implies = |a: &Formula, b: &Formula| match (a, b) {
        (Formula::And(parts), b) if !matches!(b, Formula::And(_)) => parts.iter().any(|p| implies_atom(p, b)),
        (Formula::And(parts), Formula::And(others)) => others.iter().all(|o| parts.iter().any(|p| implies_atom(p, o))),
        (a, b) => implies_atom(a, b),
    };
    match formula {
        Formula::Or(parts) => {
            let kept = keep(&parts, |a, b| implies(a, b));
            Formula::any(kept)
        }
        Formula::And(parts) => {
            let dual = |a: &Formula, b: &Formula| match b {
                Formula::Or(options) => options.iter().any(|o| implies_atom(a, o)) && !matches!(a, Formula::Or(_)),
                _ => false,
            };
            // A part that follows from another one adds nothing to a conjunction.
            let kept = keep(&parts, |a, b| implies_atom(b, a) || dual(b, a));
            Formula::all(kept)
        }
        other => other,
    }
}

/// The parts that are not made redundant (first argument) by another one (second argument).
fn keep(parts: &[Formula], redundant: impl Fn(&Formula, &Formula) -> bool) -> Vec<Formula> {
    let mut dropped = vec![false; parts.len()];
    for i in 0..parts.len() {
        dropped[i] = (0..parts.len()).any(|j| i != j && !dropped[j] && redundant(&parts[i], &parts[j]));
    }
    parts.iter().zip(dropped).filter(|(_, d)| !d).map(|(p, _)| p.clone()).collect()
}

fn implies_atom(a: &Formula, b: &Formula) -> bool {
    if a == b {
        return true;
    }
    match (a, b) {
        (Formula::Atom(p, Relation::Positive), Formula::Atom(q, Relation::NonNegative)) => p == q,
        (Formula::Atom(p, Relation::Positive), Formula::Atom(q, Relation::NonZero)) => p == q || *p == -q.clone(),
        (Formula::Atom(p, Relation::Zero), Formula::Atom(q, Relation::NonNegative)) => p == q || *p == -q.clone(),
        _ => false,
    }
}

fn simplify_atom(poly: &Poly, relation: Relation, oracle: &SignOracle) -> Formula {
    if oracle.work.budget.is_spent() {
        return Formula::Unknown(WORK.into());
    }
    let signs = oracle.signs(poly);
    let decided = match relation {
        Relation::Positive if signs.always_positive() => Some(true),
        Relation::Positive if !signs.positive => Some(false),
        Relation::NonNegative if signs.never_negative() => Some(true),
        Relation::NonNegative if signs.always_negative() => Some(false),
        Relation::Zero if signs.never_zero() => Some(false),
        Relation::Zero if !signs.negative && !signs.positive => Some(true),
        Relation::NonZero if signs.never_zero() => Some(true),
        Relation::NonZero if !signs.negative && !signs.positive => Some(false),
        _ => None,
    };
    match decided {
        Some(true) => return Formula::True,
        Some(false) => return Formula::False,
        None => {}
    }
    // Split into factors of odd and even power; those of one sign only turn the relation round.
    let mut flip = false;
    let mut odd = poly.one();
    let mut even = Vec::new();
    let Some(factors) = oracle.work.factors(poly) else {
        return orient(Formula::Atom(integral(poly.clone()), relation));
    };
    for (factor, power) in factors {
        let signs = oracle.signs(&factor);
        if signs.always_positive() || (signs.always_negative() && power % 2 == 0) {
            continue;
        }
        if signs.always_negative() {
            flip = !flip;
        } else if power % 2 == 0 {
            even.push(factor);
        } else {
            odd = &odd * &factor;
        }
    }
    let core = if flip { -odd } else { odd };
    let core = integral(core);
    let core_signs = oracle.signs(&core);
    let head = match relation {
        Relation::Positive if core_signs.never_negative() => Formula::non_zero(&core),
        Relation::NonNegative if !core_signs.positive => Formula::zero(&core),
        _ => Formula::Atom(core.clone(), relation),
    };
    let head = if core.is_constant() { constant_atom(&core, relation) } else { head };
    let head = orient(head);
    match relation {
        Relation::Positive | Relation::NonZero => Formula::all(
            std::iter::once(head).chain(even.iter().map(|f| orient(Formula::non_zero(&integral(f.clone()))))),
        ),
        Relation::NonNegative | Relation::Zero => {
            Formula::any(std::iter::once(head).chain(even.iter().map(|f| orient(Formula::zero(&integral(f.clone()))))))
        }
    }
}

/// Equations and inequations do not care about the overall sign; one form is kept.
fn orient(formula: Formula) -> Formula {
    match formula {
        Formula::Atom(p, r @ (Relation::Zero | Relation::NonZero)) if p.lcoeff().is_negative() => Formula::Atom(-p, r),
        other => other,
    }
}

fn constant_atom(poly: &Poly, relation: Relation) -> Formula {
    let value = poly.get_constant();
    let holds = match relation {
        Relation::Positive => !value.is_negative() && !value.is_zero(),
        Relation::NonNegative => !value.is_negative(),
        Relation::Zero => value.is_zero(),
        Relation::NonZero => !value.is_zero(),
    };
    if holds { Formula::True } else { Formula::False }
}

/// Multiplied by a positive number so that the coefficients are coprime integers.
pub(crate) fn integral(poly: Poly) -> Poly {
    if poly.is_zero() {
        return poly;
    }
    let content = poly.content().abs();
    poly.div_coeff(&content)
}
