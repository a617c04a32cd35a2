//! Differential polynomials: expressions in a field and its derivatives, which are variables of an algebra. Two
//! expressions are equal for every field where they are equal as elements of the algebra.
//!
//! A multiplier g(k) that is no polynomial in |k|² makes a new field g[u] of its argument u; −|k|² is ∇².
//!
//! The coordinates are written out in one dimension n. Expressions without named coordinates are contractions of
//! derivatives, and relations between contractions that are special to n need 2(n + 1) derivatives in one product
//! (second fundamental theorem for the orthogonal group): with fewer an identity in n holds in every N, and it always
//! holds in N < n.

use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::exact::range::{Range, rational};
use crate::exact::{Algebra, Reader};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::pde::Pde;
use num_rational::BigRational;

/// Derivatives in one product beyond this are not expanded.
const MOST_DERIVATIVES: u32 = 16;
/// More variables than this are not introduced.
const MOST_VARIABLES: usize = 600;

/// A field: the one of the equation, or a multiplier on an expression.
struct Unit {
    multiplier: Complex,
    base: Complex,
}

/// A derivative of a field, by (t, x1, …, xn).
struct Jet {
    unit: usize,
    index: Vec<u32>,
    var: Var,
}

pub(super) struct Jets<'a> {
    algebra: Algebra,
    pde: &'a Pde,
    n: usize,
    units: Vec<Unit>,
    jets: Vec<Jet>,
    coordinates: Vec<Var>,
}

enum Value {
    Scalar(Complex),
    Vector(Vec<Complex>),
}

/// The number of space derivatives and factors x in one product, at most; `None` where there is no bound.
fn derivatives(e: &Expr) -> Option<u32> {
    Some(match &e.kind {
        ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi | ExprKind::Symbol(_) => 0,
        ExprKind::Position | ExprKind::Coordinate(_) => 1,
        ExprKind::Vector(items) => items.iter().map(derivatives).collect::<Option<Vec<_>>>()?.into_iter().max()?,
        ExprKind::Neg(a) | ExprKind::TimeDerivative { operand: a, .. } => derivatives(a)?,
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) => derivatives(a)?.max(derivatives(b)?),
        ExprKind::Mul(a, b) | ExprKind::Dot(a, b) => derivatives(a)? + derivatives(b)?,
        ExprKind::Div(a, b) if derivatives(b)? == 0 => derivatives(a)?,
        ExprKind::Pow(a, n) => match (derivatives(a)?, &n.kind) {
            (0, _) => 0,
            (d, ExprKind::Number(n)) => d.checked_mul(n.to_u32()?)?,
            _ => return None,
        },
        ExprKind::Function { argument, .. } if derivatives(argument)? == 0 => 0,
        ExprKind::SpaceDerivative { operand, order, .. } => derivatives(operand)? + order,
        ExprKind::Laplacian { operand, order } => derivatives(operand)? + 2 * order,
        ExprKind::Anisotropic { operand, .. }
        | ExprKind::FractionalLaplacian { operand, .. }
        | ExprKind::FourierMultiplier { operand, .. } => derivatives(operand)? + 2,
        ExprKind::Gradient(a) | ExprKind::Divergence(a) => derivatives(a)? + 1,
        _ => return None,
    })
    .filter(|d| *d <= MOST_DERIVATIVES)
}

/// The number of factors x in one product, at most.
fn positions(e: &Expr) -> usize {
    match &e.kind {
        ExprKind::Position | ExprKind::Coordinate(_) => 1,
        ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi | ExprKind::Symbol(_) => 0,
        ExprKind::Vector(items) => items.iter().map(positions).max().unwrap_or(0),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) => positions(a).max(positions(b)),
        ExprKind::Mul(a, b) | ExprKind::Dot(a, b) => positions(a) + positions(b),
        ExprKind::Div(a, b) if positions(b) == 0 => positions(a),
        // More than once wherever it is no factor.
        ExprKind::Div(a, b) | ExprKind::Pow(a, b) => 2 * (positions(a) + positions(b)),
        ExprKind::Function { argument, .. } => 2 * positions(argument),
        ExprKind::Neg(a) | ExprKind::Gradient(a) | ExprKind::Divergence(a) => positions(a),
        ExprKind::TimeDerivative { operand, .. }
        | ExprKind::SpaceDerivative { operand, .. }
        | ExprKind::Laplacian { operand, .. }
        | ExprKind::FractionalLaplacian { operand, .. }
        | ExprKind::FourierMultiplier { operand, .. }
        | ExprKind::Anisotropic { operand, .. }
        | ExprKind::Caputo { operand, .. } => positions(operand),
    }
}

/// Dimensions in which an identity between the expressions, of an equation in N = `dims`, must hold to be one in all
/// those.
///
/// With a factor x the divergence brings in N, to the first power where there is one x in a product: two dimensions
/// tell.
pub(super) fn dimensions(pde: &Pde, dims: (u32, Option<u32>), list: &[&Expr]) -> Option<Vec<usize>> {
    let named = pde.explicit_dim.unwrap_or(0);
    if dims.1 == Some(dims.0) && dims.0 <= 4 {
        return Some(vec![dims.0 as usize]);
    }
    let factors = list.iter().map(|e| positions(e)).max()?;
    let most = list.iter().map(|e| derivatives(e)).collect::<Option<Vec<_>>>()?.into_iter().max()?;
    let enough = (named + (most / 2).max(1)) as usize;
    // An identity in more dimensions than the claim has says what is needed as well, without x.
    match factors {
        _ if enough > 6 => None,
        0 => Some(vec![enough]),
        1 => Some(vec![enough, enough + 1]),
        _ => None,
    }
}

impl<'a> Jets<'a> {
    /// `positive`: only fields with positive values are looked at.
    pub(super) fn new(mut algebra: Algebra, pde: &'a Pde, n: usize, positive: bool) -> Self {
        let range = if positive { Range::positive() } else { Range::real() };
        let var = algebra.named("(field)", range);
        let coordinates = (1..=n).map(|i| algebra.named(&format!("(x{i})"), Range::real())).collect();
        let units = vec![Unit { multiplier: Complex::one(), base: Complex::zero() }];
        let jets = vec![Jet { unit: 0, index: vec![0; n + 1], var }];
        Self { algebra, pde, n, units, jets, coordinates }
    }

    /// Whether a sum of expressions vanishes for every field; minus where it says so.
    pub(super) fn vanishes(&mut self, sum: &[(bool, Expr)]) -> Option<bool> {
        let mut total = Complex::zero();
        for (minus, term) in sum {
            let value = self.scalar(term)?;
            total = if *minus { total.minus(&value)? } else { total.plus(&value)? };
        }
        self.algebra.is_zero(&total)
    }

    /// The coefficients of the derivatives of the field, by (t, x1, …), of a sum of expressions (true for minus) that is
    /// linear in them; they are real and do not change in time.
    pub(super) fn linear(&mut self, sum: &[(bool, &Expr)]) -> Option<Vec<(Vec<u32>, Fraction)>> {
        let mut total = Complex::zero();
        for (minus, term) in sum {
            let value = self.scalar(term)?;
            total = if *minus { total.minus(&value)? } else { total.plus(&value)? };
        }
        let total = self.algebra.reduced_pair(&total)?;
        let whole = total.as_real()?;
        let (mut rest, mut list) = (whole.clone(), Vec::new());
        for jet in &self.jets {
            if !self.algebra.depends(whole, jet.var) {
                continue;
            }
            let c = self.algebra.derivative(whole, jet.var)?;
            let moves = self.jets.iter().any(|other| self.algebra.depends(&c, other.var));
            if jet.unit != 0 || moves || self.algebra.depends(&c, self.algebra.time()) {
                return None;
            }
            rest = rest.minus(&c.times(&Fraction::var(jet.var))?)?;
            list.push((jet.index.clone(), c));
        }
        (self.algebra.is_zero(&rest.into()) == Some(true)).then_some(list)
    }

    /// The variables of the coordinates.
    pub(super) fn coordinates(&self) -> &[Var] {
        &self.coordinates
    }

    /// The variables, for what is to be said of the coefficients.
    pub(super) fn into_algebra(self) -> Algebra {
        self.algebra
    }

    fn scalar(&mut self, e: &Expr) -> Option<Complex> {
        match self.value(e)? {
            Value::Scalar(c) => Some(c),
            Value::Vector(_) => None,
        }
    }

    fn vector(&mut self, e: &Expr) -> Option<Vec<Complex>> {
        match self.value(e)? {
            Value::Vector(list) => Some(list),
            Value::Scalar(_) => None,
        }
    }

    fn value(&mut self, e: &Expr) -> Option<Value> {
        Some(Value::Scalar(match &e.kind {
            ExprKind::Number(n) => Fraction::constant(rational(n)?).into(),
            ExprKind::Imaginary => Complex::i(),
            ExprKind::Pi => self.algebra.value("pi")?.clone(),
            ExprKind::Symbol(name) if *name == self.pde.field => Fraction::var(self.jets.first()?.var).into(),
            ExprKind::Symbol(name) => self.algebra.value(name)?.clone(),
            ExprKind::Coordinate(axis) => Fraction::var(*self.coordinates.get(*axis as usize - 1)?).into(),
            ExprKind::Position => {
                return Some(Value::Vector(self.coordinates.iter().map(|v| Fraction::var(*v).into()).collect()));
            }
            ExprKind::Vector(items) => {
                let mut list: Vec<Complex> = items.iter().map(|e| self.scalar(e)).collect::<Option<_>>()?;
                if list.len() > self.n {
                    return None;
                }
                list.resize(self.n, Complex::zero());
                return Some(Value::Vector(list));
            }
            ExprKind::Neg(a) => {
                let a = self.value(a)?;
                return self.scaled(a, &Complex::one().negated());
            }
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                let sign = if matches!(&e.kind, ExprKind::Sub(..)) { Complex::one().negated() } else { Complex::one() };
                let b = self.scaled(b, &sign)?;
                return self.sum(a, b);
            }
            ExprKind::Mul(a, b) => match (self.value(a)?, self.value(b)?) {
                (Value::Scalar(c), other) | (other, Value::Scalar(c)) => return self.scaled(other, &c),
                _ => return None,
            },
            ExprKind::Div(a, b) => {
                let (a, b) = (self.value(a)?, self.scalar(b)?);
                let inverse = self.algebra.over(&Complex::one(), &b)?;
                return self.scaled(a, &inverse);
            }
            ExprKind::Pow(a, n) => {
                let (a, n) = (self.scalar(a)?, self.scalar(n)?);
                self.algebra.power(&a, n.as_real()?)?
            }
            ExprKind::Function { function, argument } => {
                let z = self.scalar(argument)?;
                match function {
                    ScalarFunction::Sqrt => self.algebra.sqrt(&z)?,
                    ScalarFunction::Exp => self.algebra.exp(&z)?,
                    ScalarFunction::Log => self.algebra.log(&z)?,
                    ScalarFunction::Sin => self.algebra.sin(&z)?,
                    ScalarFunction::Cos => self.algebra.cos(&z)?,
                }
            }
            ExprKind::Caputo { .. } => return None,
            ExprKind::TimeDerivative { operand, order } => {
                let value = self.scalar(operand)?;
                self.times_derived(value, 0, *order)?
            }
            ExprKind::SpaceDerivative { operand, axis, order } => {
                let value = self.scalar(operand)?;
                self.times_derived(value, *axis as usize, *order)?
            }
            ExprKind::Gradient(a) => {
                let a = self.scalar(a)?;
                return Some(Value::Vector(self.gradient(&a)?));
            }
            ExprKind::Divergence(a) => match self.value(a)? {
                Value::Vector(list) => self.divergence(&list)?,
                // One component stands for the vector in one dimension.
                Value::Scalar(c) if c.is_zero() => c,
                Value::Scalar(c) if self.n == 1 => self.derivative(&c, 1)?,
                Value::Scalar(_) => return None,
            },
            ExprKind::Laplacian { operand, order } => {
                let mut value = self.scalar(operand)?;
                for _ in 0..*order {
                    value = self.laplacian(&value)?;
                }
                value
            }
            ExprKind::Anisotropic { matrix, operand } => {
                let value = self.scalar(operand)?;
                let gradient = self.gradient(&value)?;
                let mut flux = vec![Complex::zero(); self.n];
                for (row, slot) in matrix.iter().zip(&mut flux) {
                    for (entry, slope) in row.iter().zip(&gradient) {
                        let c = self.scalar(entry)?;
                        *slot = slot.plus(&self.algebra.times(&c, slope)?)?;
                    }
                }
                self.divergence(&flux)?
            }
            ExprKind::Dot(a, b) => {
                let (a, b) = (self.vector(a)?, self.vector(b)?);
                let mut sum = Complex::zero();
                for (x, y) in a.iter().zip(&b) {
                    sum = sum.plus(&self.algebra.times(x, y)?)?;
                }
                sum
            }
            ExprKind::FractionalLaplacian { operand, exponent } => {
                let (value, exponent) = (self.scalar(operand)?, self.scalar(exponent)?);
                let k = Fraction::var(self.algebra.k()).into();
                let multiplier = self.algebra.power(&k, exponent.as_real()?)?;
                self.multiplied(&multiplier, &value)?
            }
            ExprKind::FourierMultiplier { symbol, operand } => {
                let value = self.scalar(operand)?;
                let multiplier = Reader::new(&mut self.algebra, self.pde).scalar(symbol)?;
                self.multiplied(&multiplier, &value)?
            }
        }))
    }

    fn scaled(&self, value: Value, c: &Complex) -> Option<Value> {
        Some(match value {
            Value::Scalar(x) => Value::Scalar(self.algebra.times(&x, c)?),
            Value::Vector(v) => Value::Vector(v.iter().map(|x| self.algebra.times(x, c)).collect::<Option<_>>()?),
        })
    }

    fn sum(&self, a: Value, b: Value) -> Option<Value> {
        Some(match (a, b) {
            (Value::Scalar(x), Value::Scalar(y)) => Value::Scalar(x.plus(&y)?),
            (Value::Vector(x), Value::Vector(y)) => {
                Value::Vector(x.iter().zip(&y).map(|(x, y)| x.plus(y)).collect::<Option<_>>()?)
            }
            (Value::Scalar(x), vector) | (vector, Value::Scalar(x)) if x.is_zero() => vector,
            _ => return None,
        })
    }

    fn times_derived(&mut self, value: Complex, axis: usize, order: u32) -> Option<Complex> {
        if order > MOST_DERIVATIVES || axis > self.n {
            return None;
        }
        (0..order).try_fold(value, |value, _| self.derivative(&value, axis))
    }

    fn gradient(&mut self, value: &Complex) -> Option<Vec<Complex>> {
        (1..=self.n).map(|axis| self.derivative(value, axis)).collect()
    }

    fn divergence(&mut self, list: &[Complex]) -> Option<Complex> {
        list.iter().enumerate().try_fold(Complex::zero(), |sum, (i, c)| sum.plus(&self.derivative(c, i + 1)?))
    }

    fn laplacian(&mut self, value: &Complex) -> Option<Complex> {
        let gradient = self.gradient(value)?;
        self.divergence(&gradient)
    }

    /// The total derivative by the time (0) or a coordinate.
    fn derivative(&mut self, value: &Complex, axis: usize) -> Option<Complex> {
        let (re, im) = (self.derivative_of(&value.re, axis)?, self.derivative_of(&value.im, axis)?);
        re.plus(&self.algebra.times(&im, &Complex::i())?)
    }

    fn derivative_of(&mut self, value: &Fraction, axis: usize) -> Option<Complex> {
        let explicit = if axis == 0 { self.algebra.time() } else { *self.coordinates.get(axis - 1)? };
        let mut sum: Complex = self.algebra.derivative(value, explicit)?.into();
        for i in 0..self.jets.len() {
            let var = self.jets.get(i)?.var;
            if !self.algebra.depends(value, var) {
                continue;
            }
            let slope = self.algebra.derivative(value, var)?;
            let raised = self.raised(i, axis)?;
            sum = sum.plus(&self.algebra.times(&slope.into(), &raised)?)?;
        }
        self.algebra.reduced_pair(&sum)
    }

    /// The derivative of a jet. Of a unit with a multiplier, second derivatives by the last coordinate are written with
    /// the others: ∂_n² = −|k|² − Σ_{i<n} ∂_i².
    fn raised(&mut self, jet: usize, axis: usize) -> Option<Complex> {
        let Jet { unit, index, .. } = self.jets.get(jet)?;
        let (unit, mut index) = (*unit, index.clone());
        *index.get_mut(axis)? += 1;
        if unit == 0 || axis < self.n || index.last().is_none_or(|last| *last < 2) {
            return Some(Fraction::var(self.jet(unit, index)?).into());
        }
        *index.last_mut()? -= 2;
        let Unit { multiplier, base } = self.units.get(unit)?;
        let (multiplier, base) = (multiplier.clone(), base.clone());
        let square = Poly::power(self.algebra.k(), 2);
        let higher = self.algebra.times(&multiplier, &Fraction::from(square).into())?;
        let mut sum = self.multiplied_unit(&higher, &base, &index)?.negated();
        for i in 1..self.n {
            let mut other = index.clone();
            *other.get_mut(i)? += 2;
            sum = sum.minus(&Fraction::var(self.jet(unit, other)?).into())?;
        }
        Some(sum)
    }

    /// The variable of a derivative of a unit.
    fn jet(&mut self, unit: usize, index: Vec<u32>) -> Option<Var> {
        if let Some(jet) = self.jets.iter().find(|j| j.unit == unit && j.index == index) {
            return Some(jet.var);
        }
        if self.jets.len() > MOST_VARIABLES {
            return None;
        }
        let var = self.algebra.named(&format!("(jet {})", self.jets.len()), Range::real());
        self.jets.push(Jet { unit, index, var });
        Some(var)
    }

    /// A multiplier on an expression, term by term.
    fn multiplied(&mut self, multiplier: &Complex, value: &Complex) -> Option<Complex> {
        let time = self.algebra.time();
        if self.algebra.depends(&multiplier.re, time) || self.algebra.depends(&multiplier.im, time) {
            return None;
        }
        let still = vec![0; self.n + 1];
        let mut sum = Complex::zero();
        for (turn, part) in [(Complex::one(), &value.re), (Complex::i(), &value.im)] {
            for (m, _) in part.num.terms() {
                let one = part.num.number(BigRational::from_integer(1.into()));
                let (mut outer, mut inner) = (one.clone(), one);
                for (v, e) in m.powers() {
                    let factor = Poly::power(*v, *e);
                    let slot = if self.is_still(&Fraction::var(*v)) { &mut outer } else { &mut inner };
                    *slot = slot.times(&factor)?;
                }
                let c = part.num.terms().find(|(n, _)| *n == m).map(|(_, c)| c.clone())?;
                let den: Fraction = part.den.clone().into();
                let (outer, inner) = if self.is_still(&den) {
                    (Fraction::from(outer).over(&den)?, Fraction::from(inner))
                } else {
                    (Fraction::from(outer), Fraction::from(inner).over(&den)?)
                };
                let whole = self.multiplied_product(multiplier, &inner, &still)?;
                let factor = self.algebra.times(&turn, &outer.scaled(&c).into())?;
                sum = sum.plus(&self.algebra.times(&whole, &factor)?)?;
            }
        }
        self.algebra.reduced_pair(&sum)
    }

    /// Whether it depends on parameters and the time only.
    fn is_still(&self, value: &Fraction) -> bool {
        let moves = self.jets.iter().map(|j| j.var).chain(self.coordinates.iter().copied());
        !moves.into_iter().any(|v| self.algebra.depends(value, v))
    }

    fn multiplied_product(&mut self, multiplier: &Complex, inner: &Fraction, still: &[u32]) -> Option<Complex> {
        if self.is_still(inner) {
            // What is uniform sees the multiplier at k = 0, which is left out of reach.
            return None;
        }
        let single = inner.as_poly().and_then(|p| match (p.len(), p.variables()[..].first()) {
            (1, Some(v)) if *p == Poly::var(*v) => self.jets.iter().find(|j| j.var == *v),
            _ => None,
        });
        match single {
            // A multiplier on a derivative of a unit.
            Some(Jet { unit, index, .. }) => {
                let (unit, index) = (*unit, index.clone());
                let (product, base) = if unit == 0 {
                    (multiplier.clone(), Fraction::var(self.jets.first()?.var).into())
                } else {
                    let unit = self.units.get(unit)?;
                    (self.algebra.times(&unit.multiplier, multiplier)?, unit.base.clone())
                };
                self.multiplied_unit(&product, &base, &index)
            }
            None => self.multiplied_unit(multiplier, &inner.clone().into(), still),
        }
    }

    /// A derivative of a multiplier on an expression: even powers of k are Laplacians, all else makes units.
    fn multiplied_unit(&mut self, multiplier: &Complex, base: &Complex, index: &[u32]) -> Option<Complex> {
        let mut sum = Complex::zero();
        let multiplier = self.algebra.reduced_pair(multiplier)?;
        for (turn, part) in [(Complex::one(), &multiplier.re), (Complex::i(), &multiplier.im)] {
            if part.is_zero() {
                continue;
            }
            let terms: Vec<Fraction> = if part.den.len() == 1 {
                let monomials = part.num.terms();
                let whole =
                    monomials.map(|(m, c)| Fraction::new(part.num.of_monomial(m.clone()).scaled(c), part.den.clone()));
                whole.collect::<Option<_>>()?
            } else {
                vec![part.clone()]
            };
            for term in terms {
                let value = match self.laplacians(&term) {
                    Some((power, factor)) => {
                        let mut value = base.clone();
                        for _ in 0..power {
                            value = self.laplacian(&value)?.negated();
                        }
                        for (axis, order) in index.iter().enumerate() {
                            value = self.times_derived(value, axis, *order)?;
                        }
                        self.algebra.times(&value, &factor.into())?
                    }
                    None => self.unit_of(&term, base, index)?,
                };
                sum = sum.plus(&self.algebra.times(&turn, &value)?)?;
            }
        }
        Some(sum)
    }

    /// (j, c) of c |k|^{2j}.
    fn laplacians(&self, term: &Fraction) -> Option<(u32, Fraction)> {
        let k = self.algebra.k();
        let (up, down) = (term.num.degree(k), term.den.degree(k));
        let power = up.checked_sub(down).filter(|p| p % 2 == 0 && *p <= MOST_DERIVATIVES)?;
        let factor = term.over(&Poly::power(k, power).into())?;
        let factor = self.algebra.reduced(&factor)?;
        (!self.algebra.depends(&factor, k)).then_some((power / 2, factor))
    }

    fn unit_of(&mut self, term: &Fraction, base: &Complex, index: &[u32]) -> Option<Complex> {
        // A number in front is none of the unit's business.
        let content = term.num.content() / term.den.content();
        let negative = term.num.leading_coefficient().is_some_and(|c| c < &BigRational::from_integer(0.into()));
        let content = if negative { -content } else { content };
        let unit: Complex = term.scaled(&content.recip()).into();
        let found = self.units.iter().skip(1).position(|u| {
            self.algebra.same(&u.multiplier, &unit) == Some(true) && self.algebra.same(&u.base, base) == Some(true)
        });
        let number = match found {
            Some(i) => i + 1,
            None => {
                self.units.push(Unit { multiplier: unit, base: base.clone() });
                self.units.len() - 1
            }
        };
        // In normal form from the start.
        let (last, first) = index.split_last()?;
        let mut lowered = first.to_vec();
        lowered.push(0);
        let mut value: Complex = Fraction::var(self.jet(number, lowered)?).into();
        value = self.times_derived(value, if self.n == 0 { return None } else { self.n }, *last)?;
        self.algebra.reduced_pair(&value.scaled(&Fraction::constant(content))?)
    }
}
