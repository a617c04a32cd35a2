//! Signs of polynomials over the declared domains: sound, never sampled.

mod by_terms;
mod substitution;

pub(crate) use substitution::{faces, on_interior, substitutions};

use crate::algebra::decomposition;
use crate::algebra::decomposition::Values;
use crate::algebra::ring::{Meaning, Memo, Poly, Ring, coefficients, terms};
use crate::algebra::steps::Workspace;
use crate::trees::enclosure::positive;
use crate::trees::interval::Interval;
use crate::trees::range::{Endpoint, Range};
use genphys_pde::ast::{Expr, ExprKind};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use substitution::{Substitution, substitute};
use symbolica::domains::rational::Rational;

/// The signs a polynomial may take; a sign that is not listed is proved impossible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs {
    pub(crate) negative: bool,
    pub(crate) zero: bool,
    pub(crate) positive: bool,
}

impl Signs {
    pub(crate) const ANY: Self = Self { negative: true, zero: true, positive: true };
    const NONE: Self = Self { negative: false, zero: false, positive: false };

    fn of(value: &Rational) -> Self {
        Self {
            negative: value.is_negative(),
            zero: value.is_zero(),
            positive: !value.is_negative() && !value.is_zero(),
        }
    }

    pub(crate) fn times(self, other: Self) -> Self {
        Self {
            negative: (self.negative && other.positive) || (self.positive && other.negative),
            zero: self.zero || other.zero,
            positive: (self.positive && other.positive) || (self.negative && other.negative),
        }
    }

    fn union(self, other: Self) -> Self {
        Self {
            negative: self.negative || other.negative,
            zero: self.zero || other.zero,
            positive: self.positive || other.positive,
        }
    }

    fn intersect(self, other: Self) -> Self {
        Self {
            negative: self.negative && other.negative,
            zero: self.zero && other.zero,
            positive: self.positive && other.positive,
        }
    }

    pub(crate) fn always_positive(self) -> bool {
        !self.negative && !self.zero
    }

    pub(crate) fn always_negative(self) -> bool {
        !self.positive && !self.zero
    }

    pub(crate) fn never_zero(self) -> bool {
        !self.zero
    }

    pub(crate) fn never_negative(self) -> bool {
        !self.negative
    }
}

/// Decides signs over a box of ranges, one per variable of the ring.
#[derive(Clone)]
pub(crate) struct SignOracle {
    ranges: Vec<Range>,
    /// Parameters and functions of them as expressions; `None` for everything else.
    values: Vec<Option<Expr>>,
    known: RefCell<Memo<Signs>>,
    /// What the derivation may spend and has found.
    pub(crate) work: Rc<Workspace>,
}

/// The box falls into at most this many parts; polynomials that would take more are judged by the signs of their terms
/// alone.
const MOST_PARTS: usize = 64;

/// A polynomial that may have more terms than this in the variables of a part is not written in them.
const MOST_TERMS: usize = 4096;

impl SignOracle {
    /// `params` holds the range of each parameter by name.
    pub(crate) fn new(ring: &Ring, params: &HashMap<String, Range>, time: &Range) -> Self {
        let names = |name: &str| params.get(name).map(Interval::of_range);
        let ranges = ring
            .meanings
            .iter()
            .map(|meaning| match meaning {
                Meaning::Radial | Meaning::SymbolicPower { .. } => Range::positive(),
                Meaning::Root => Range::non_negative(),
                Meaning::Constant { lower, upper, .. } => {
                    Range { lower: Some((lower.clone(), false)), upper: Some((upper.clone(), false)), excluded: None }
                }
                Meaning::Param(name) => params.get(name).cloned().unwrap_or_default(),
                Meaning::Multiplier { proof: Some(proof), .. } if proof.strict => Range::positive(),
                Meaning::Multiplier { proof: Some(_), .. } => Range::non_negative(),
                Meaning::Multiplier { expr, .. } if positive(expr, &ring.work.budget) => Range::positive(),
                // f(k) − f(0).
                Meaning::Multiplier { expr, .. } if crate::trees::bernstein::rises(expr, &names) => Range::positive(),
                Meaning::Function { interval, .. } => interval.sign(),
                Meaning::Time => time.clone(),
                Meaning::Dimension => Range { lower: Some((Rational::from(1), true)), ..Range::default() },
                Meaning::GrowthRate
                | Meaning::Shift
                | Meaning::Component(_)
                | Meaning::Motion
                | Meaning::Multiplier { proof: None, .. } => Range::default(),
            })
            .collect();
        let values = ring.meanings.iter().map(|meaning| match meaning {
            Meaning::Param(name) => Some(crate::trees::expression::name(name)),
            Meaning::Function { expr, in_time: false, .. } => Some(expr.clone()),
            _ => None,
        });
        Self { ranges, values: values.collect(), known: RefCell::default(), work: ring.work.clone() }
    }

    /// From now on more is known of a variable.
    pub(crate) fn confine(&mut self, index: usize, range: Range) {
        if let Some(known) = self.ranges.get_mut(index) {
            *known = range;
        }
        self.known = RefCell::default();
    }

    pub(crate) fn range(&self, index: usize) -> Option<&Range> {
        self.ranges.get(index)
    }

    /// The same with one variable confined to an open interval.
    pub(crate) fn confined(&self, variable: usize, lower: &Rational, upper: &Rational) -> Self {
        let mut ranges = self.ranges.clone();
        if let Some(range) = ranges.get_mut(variable) {
            *range = Range { lower: Some((lower.clone(), false)), upper: Some((upper.clone(), false)), excluded: None };
        }
        Self { ranges, values: self.values.clone(), known: RefCell::default(), work: self.work.clone() }
    }

    /// The signs the polynomial may take over the box.
    pub(crate) fn signs(&self, poly: &Poly) -> Signs {
        if poly.is_zero() {
            return Signs { zero: true, ..Signs::NONE };
        }
        if poly.is_constant() {
            return Signs::of(&poly.get_constant());
        }
        if let Some(signs) = self.known.borrow().get(poly) {
            return *signs;
        }
        if self.work.budget.is_spent() {
            return Signs::ANY;
        }
        let signs = self.product_signs(poly, 2);
        self.known.borrow_mut().insert(poly.clone(), signs);
        signs
    }

    fn factor_signs(&self, factor: &Poly, depth: u32) -> Signs {
        if factor.is_constant() {
            return Signs::of(&factor.get_constant());
        }
        let variables: Vec<usize> = (0..factor.nvars()).filter(|i| factor.degree(*i) > 0).collect();
        let mut signs = match variables.as_slice() {
            [single] => self.univariate(factor, *single),
            _ => {
                let by_terms = self.by_terms(factor, &variables);
                if by_terms.never_zero() {
                    by_terms
                } else {
                    by_terms.intersect(self.on_box(factor, &variables, &coefficient_signs))
                }
            }
        };
        if depth > 0 && signs == Signs::ANY {
            for variable in &variables {
                signs = signs.intersect(self.by_discriminant(factor, *variable, depth - 1));
            }
        }
        if signs == Signs::ANY && variables.len() > 1 {
            signs = self.on_box(factor, &variables, &|p| decomposed_signs(p, &self.work));
        }
        if !signs.always_positive() && !signs.always_negative() {
            signs = self.of_one_parameter(factor, &variables).map_or(signs, |found| signs.intersect(found));
        }
        signs
    }

    /// A factor with functions of one parameter, by enclosures over its range.
    fn of_one_parameter(&self, factor: &Poly, variables: &[usize]) -> Option<Signs> {
        use crate::trees::expression::{add, exact, mentions, mul, neg, number, pow, substitute};
        let is_name = |e: &Expr| matches!(e.kind, ExprKind::Symbol(_));
        let values: Vec<&Expr> = variables.iter().map(|v| self.values.get(*v)?.as_ref()).collect::<Option<_>>()?;
        if values.iter().all(|e| is_name(e)) {
            return None;
        }
        let mut names = self.values.iter().enumerate().filter_map(|(i, e)| match &e.as_ref()?.kind {
            ExprKind::Symbol(name) if values.iter().any(|e| mentions(e, name)) => Some((i, name.clone())),
            _ => None,
        });
        let ((index, name), None) = (names.next()?, names.next()) else { return None };
        let mut sum = number(0);
        for (coefficient, exponents) in terms(factor) {
            let mut term = exact(coefficient);
            for (v, value) in variables.iter().zip(&values) {
                match exponents[*v] {
                    0 => {}
                    1 => term = mul(&term, value),
                    e => term = mul(&term, &pow(value, &number(u32::from(e)))),
                }
            }
            sum = add(&sum, &term);
        }
        let range = self.ranges.get(index)?;
        let at = |value: &Expr| substitute(&sum, &|n: &str| (n == name).then(|| value.clone()), &|_| None);
        let mut signs = Signs::NONE;
        let k = crate::trees::expression::wave_number();
        for by in substitutions(range) {
            let inside = at(&match &by {
                Substitution::Above(lower) => add(&exact(lower), &k),
                Substitution::Below(upper) => crate::trees::expression::sub(&exact(upper), &k),
                Substitution::Between(l, u) => {
                    let top = add(&exact(l), &mul(&exact(u), &k));
                    crate::trees::expression::div(&top, &add(&number(1), &k))
                }
            });
            let sign = if positive(&inside, &self.work.budget) {
                Signs { positive: true, ..Signs::NONE }
            } else {
                positive(&neg(&inside), &self.work.budget).then_some(Signs { negative: true, ..Signs::NONE })?
            };
            signs = signs.union(sign);
        }
        for face in faces(range) {
            let value = crate::trees::interval::enclose(&at(&exact(&face)), &|_| None)?;
            let sign = Signs { negative: value.lo < 0.0, zero: !value.nonzero, positive: value.hi > 0.0 };
            signs = signs.union(sign);
        }
        Some(signs)
    }

    /// A factor in one variable, by counting roots inside the range: exact where it is irreducible.
    fn univariate(&self, factor: &Poly, variable: usize) -> Signs {
        let range = self.ranges.get(variable).cloned().unwrap_or_default();
        let mut signs = Signs::NONE;
        for by in substitutions(&range) {
            let moved = substitute(factor, variable, &by);
            let signs_inside = match self.work.count_positive_roots(&moved, variable) {
                Some(0) => Signs::of(&moved.replace(variable, &Rational::from(1)).get_constant()),
                // A root inside of an irreducible factor is a change of sign.
                _ => Signs::ANY,
            };
            signs = signs.union(signs_inside);
        }
        for value in faces(&range) {
            signs = signs.union(Signs::of(&factor.replace(variable, &value).get_constant()));
        }
        // A linear factor vanishes only at the one excluded value.
        if let Some(hole) = &range.excluded
            && factor.degree(variable) == 1
            && factor.replace(variable, hole).is_zero()
        {
            signs.zero = false;
        }
        signs
    }

    /// Every variable is expressed by one that is positive, in the interior of the box, where `judge` says which signs
    /// occur; the closed faces of the box are looked at one by one.
    fn on_box(&self, factor: &Poly, variables: &[usize], judge: &dyn Fn(&Poly) -> Signs) -> Signs {
        let ranges: Vec<(usize, Range)> =
            variables.iter().map(|v| (*v, self.ranges.get(*v).cloned().unwrap_or_default())).collect();
        let parts = ranges.iter().fold(1, |n: usize, (_, range)| {
            let closed = [&range.lower, &range.upper].into_iter().flatten().filter(|(_, closed)| *closed).count();
            n.saturating_mul(substitutions(range).len().max(1 + closed))
        });
        if parts > MOST_PARTS || terms_on_box(factor, &ranges) > MOST_TERMS {
            return Signs::ANY;
        }
        let mut cases = vec![factor.clone()];
        for (variable, range) in &ranges {
            let parts = substitutions(range);
            cases = cases.iter().flat_map(|case| parts.iter().map(|p| substitute(case, *variable, p))).collect();
        }
        let mut interior = Signs::NONE;
        for case in &cases {
            interior = interior.union(judge(case));
            if interior == Signs::ANY {
                return interior;
            }
        }
        ranges.iter().fold(interior, |signs, (variable, range)| {
            faces(range).iter().fold(signs, |signs, value| signs.union(self.signs(&factor.replace(*variable, value))))
        })
    }

    /// a x² + b x + c with b² < 4ac everywhere has the sign of a.
    fn by_discriminant(&self, factor: &Poly, variable: usize, depth: u32) -> Signs {
        if factor.degree(variable) != 2 {
            return Signs::ANY;
        }
        let mut parts = [factor.zero(), factor.zero(), factor.zero()];
        for (coefficient, exponent) in coefficients(factor, variable) {
            parts[usize::from(exponent)] = coefficient;
        }
        let [c, b, a] = &parts;
        let discriminant = crate::algebra::polynomial::discriminant(a, b, c);
        let sign = |poly: &Poly| {
            if poly.is_constant() { Signs::of(&poly.get_constant()) } else { self.product_signs(poly, depth) }
        };
        if sign(&discriminant).always_negative() { sign(a) } else { Signs::ANY }
    }

    fn product_signs(&self, poly: &Poly, depth: u32) -> Signs {
        let mut signs = Signs { positive: true, ..Signs::NONE };
        // Signs hold for any factors; only the finest say the most.
        let factors = self.work.factors(poly).unwrap_or_else(|| vec![(poly.clone(), 1)]);
        for (factor, power) in factors {
            let base = self.factor_signs(&factor, depth);
            let powered = if power % 2 == 0 {
                Signs { negative: false, zero: base.zero, positive: base.negative || base.positive }
            } else {
                base
            };
            signs = signs.times(powered);
        }
        signs
    }
}

/// How many terms a polynomial may have once its variables are expressed by positive ones: a power of a sum each, where
/// the range does not begin or end at 0.
fn terms_on_box(poly: &Poly, ranges: &[(usize, Range)]) -> usize {
    let moved: Vec<usize> = ranges
        .iter()
        .filter(|(_, range)| {
            let at_zero = |end: &Endpoint| end.as_ref().is_some_and(|(value, _)| value.is_zero());
            let one_sided = range.lower.is_none() != range.upper.is_none();
            let free =
                range.lower.is_none() && range.upper.is_none() && range.excluded.as_ref().is_none_or(|x| x.is_zero());
            !free && !(one_sided && (at_zero(&range.lower) || at_zero(&range.upper)))
        })
        .map(|(v, _)| *v)
        .collect();
    let expanded = moved.iter().fold(1, |n: usize, v| n.saturating_mul(usize::from(poly.degree(*v)) + 1));
    poly.nterms().saturating_mul(expanded)
}

/// By an open cylindrical decomposition, for variables that are all positive.
fn decomposed_signs(poly: &Poly, work: &Workspace) -> Signs {
    let quick = coefficient_signs(poly);
    if quick != Signs::ANY {
        return quick;
    }
    match decomposition::values(poly, work) {
        Some(Values::Positive) => Signs { positive: true, ..Signs::NONE },
        Some(Values::NonNegative) => Signs { positive: true, zero: true, ..Signs::NONE },
        Some(Values::Negative) => Signs { negative: true, ..Signs::NONE },
        Some(Values::NonPositive) => Signs { negative: true, zero: true, ..Signs::NONE },
        Some(Values::Both) | None => Signs::ANY,
    }
}

/// All coefficients of one sign decide, for variables that are all positive (Pólya's criterion).
fn coefficient_signs(poly: &Poly) -> Signs {
    if poly.is_zero() {
        return Signs { zero: true, ..Signs::NONE };
    }
    let negative = terms(poly).all(|(c, _)| c.is_negative());
    let positive = terms(poly).all(|(c, _)| !c.is_negative());
    if negative || positive { Signs { negative, zero: false, positive } } else { Signs::ANY }
}
