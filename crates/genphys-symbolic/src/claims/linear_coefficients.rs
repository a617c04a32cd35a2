//! Coefficients that are linear in the coordinates: φ_t = −∇·((A x + b) φ) + ∇·(Σ∇φ) + c φ, first order in time. The
//! equation is read as an operator in normal order, coordinates before derivatives, and C1 and C2 are conditions on the
//! matrices A and Σ (theory, "Linear coefficients").

use crate::algebra::formula::Formula;
use crate::algebra::fraction::Fraction;
use crate::algebra::hurwitz::{determinants, shift};
use crate::algebra::polynomial::determinant;
use crate::algebra::positivity::positive_semidefinite;
use crate::algebra::ring::{CPoly, Poly, RADIAL};
use crate::algebra::{implication, print};
use crate::claims::c2::amplitude::prior_error_at_end;
use crate::equation::linear::Equation;
use crate::equation::symbol::scalar_in;
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::certificate::Certificate;
use genphys_pde::derivation::Continuity;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::Problem;
use std::collections::BTreeMap;
use symbolica::domains::rational::Rational;

/// More dimensions than this are not looked at.
const MOST_DIMENSIONS: u32 = 12;
/// Larger blocks have too many minors.
const MOST_BLOCK: usize = 6;

/// The rule.
pub(crate) const RULE: &str = "linear-coefficients";

/// What is found out.
pub(crate) struct Found {
    pub(crate) c1: Formula,
    pub(crate) c2: Formula,
    /// Conditions of C2 that are not about parameters.
    pub(crate) further: Vec<String>,
    pub(crate) certificate: Certificate,
    pub(crate) continuity: Continuity,
    pub(crate) problem: Problem,
}

/// A coordinate or none, and the axes of the derivatives behind it, rising; the time is axis 0.
type Key = (Option<u32>, Vec<u32>);

/// An operator on the field, or a function of the coordinates.
#[derive(Clone, Default)]
struct Operator {
    terms: BTreeMap<Key, Fraction>,
    field: bool,
}

enum Value {
    Scalar(Operator),
    Vector(Vec<Operator>),
}

struct Reader<'a> {
    pde: &'a Pde,
    eq: &'a Equation<'a>,
    n: u32,
}

type Read<T> = Result<T, String>;

impl Operator {
    fn add(&mut self, key: Key, c: &Fraction) {
        let sum = self.terms.remove(&key).map_or_else(|| c.clone(), |old| old.add(c));
        if !sum.num.is_zero() {
            self.terms.insert(key, sum);
        }
    }

    fn plus(mut self, other: &Self) -> Self {
        other.terms.iter().for_each(|(key, c)| self.add(key.clone(), c));
        self.field |= other.field;
        self
    }

    fn negated(&self) -> Self {
        Self { terms: self.terms.iter().map(|(key, c)| (key.clone(), c.neg())).collect(), field: self.field }
    }

    /// The product with a function of the coordinates on either side.
    fn times(&self, other: &Self) -> Read<Self> {
        let (function, operator) = if self.field { (other, self) } else { (self, other) };
        let mut product = Self { field: operator.field, ..Self::default() };
        if function.field {
            return Err("a term that is not linear in the field".into());
        }
        for ((x, _), a) in &function.terms {
            for ((y, axes), b) in &operator.terms {
                if x.is_some() && y.is_some() {
                    return Err("a product of coordinates".into());
                }
                product.add((x.or(*y), axes.clone()), &a.mul(b));
            }
        }
        Ok(product)
    }

    /// ∂_i of it, i = 0 for the time: ∂_i x_i = x_i ∂_i + 1.
    fn derived(&self, axis: u32) -> Self {
        let mut sum = Self { field: self.field, ..Self::default() };
        for ((x, axes), c) in &self.terms {
            let mut more = axes.clone();
            more.push(axis);
            more.sort_unstable();
            sum.add((*x, more), c);
            if *x == Some(axis) {
                sum.add((None, axes.clone()), c);
            }
        }
        sum
    }
}

impl Reader<'_> {
    fn scalar(&self, e: &Expr) -> Read<Operator> {
        match self.value(e)? {
            Value::Scalar(operator) => Ok(operator),
            Value::Vector(_) => Err("a vector where a scalar is expected".into()),
        }
    }

    fn vector(&self, e: &Expr) -> Read<Vec<Operator>> {
        match self.value(e)? {
            Value::Vector(list) => Ok(list),
            Value::Scalar(operator) if operator.terms.is_empty() => Ok(vec![operator; self.n as usize]),
            Value::Scalar(_) => Err("a scalar where a vector is expected".into()),
        }
    }

    fn times(&self, a: &Expr, b: &Expr) -> Read<Value> {
        let scaled =
            |v: Vec<Operator>, s: &Operator| v.iter().map(|o| o.times(s)).collect::<Read<_>>().map(Value::Vector);
        match (self.value(a)?, self.value(b)?) {
            (Value::Scalar(x), Value::Scalar(y)) => x.times(&y).map(Value::Scalar),
            (Value::Vector(v), Value::Scalar(s)) | (Value::Scalar(s), Value::Vector(v)) => scaled(v, &s),
            (Value::Vector(_), Value::Vector(_)) => Err("a product of two vectors".into()),
        }
    }

    fn gradient(&self, a: &Operator) -> Vec<Operator> {
        (1..=self.n).map(|axis| a.derived(axis)).collect()
    }

    fn divergence(list: &[Operator]) -> Operator {
        (1..).zip(list).fold(Operator::default(), |sum, (axis, o)| sum.plus(&o.derived(axis)))
    }

    fn constant(&self, e: &Expr) -> Read<Fraction> {
        let (num, den) = scalar_in(self.pde, &self.eq.fixed, &self.eq.ring, e).ok_or_else(|| {
            let text = genphys_pde::print_expr(e);
            format!("the coefficient `{text}`, which is no real rational function of the parameters or changes in time")
        })?;
        Ok(Fraction { num: CPoly::real(num), den })
    }

    fn value(&self, e: &Expr) -> Read<Value> {
        let one = || Fraction::whole(CPoly::real(self.eq.ring.integer(1)));
        let single = |key: Key, c: Fraction, field: bool| Operator { terms: BTreeMap::from([(key, c)]), field };
        if is_constant(e, &self.pde.field) {
            let mut constant = Operator::default();
            constant.add((None, Vec::new()), &self.constant(e)?);
            return Ok(Value::Scalar(constant));
        }
        Ok(Value::Scalar(match &e.kind {
            ExprKind::Symbol(_) => single((None, Vec::new()), one(), true),
            ExprKind::Coordinate(axis) => single((Some(*axis), Vec::new()), one(), false),
            ExprKind::Position => {
                let list = (1..=self.n).map(|axis| single((Some(axis), Vec::new()), one(), false));
                return Ok(Value::Vector(list.collect()));
            }
            ExprKind::Vector(items) => {
                return items.iter().map(|item| self.scalar(item)).collect::<Read<_>>().map(Value::Vector);
            }
            ExprKind::Neg(a) => {
                return Ok(match self.value(a)? {
                    Value::Scalar(o) => Value::Scalar(o.negated()),
                    Value::Vector(v) => Value::Vector(v.iter().map(Operator::negated).collect()),
                });
            }
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) => {
                let minus = matches!(&e.kind, ExprKind::Sub(..));
                let sum = |x: Operator, y: &Operator| if minus { x.plus(&y.negated()) } else { x.plus(y) };
                return Ok(match (self.value(a)?, self.value(b)?) {
                    (Value::Scalar(x), Value::Scalar(y)) => Value::Scalar(sum(x, &y)),
                    (Value::Vector(x), Value::Vector(y)) if x.len() == y.len() => {
                        Value::Vector(x.into_iter().zip(&y).map(|(x, y)| sum(x, y)).collect())
                    }
                    _ => return Err("a sum of a vector and a scalar".into()),
                });
            }
            ExprKind::Mul(a, b) => return self.times(a, b),
            ExprKind::Div(a, b) => {
                let divisor = self.constant(b)?;
                let inverse = Fraction { num: CPoly::real(divisor.den.clone()), den: divisor.num.re };
                let mut factor = Operator::default();
                factor.add((None, Vec::new()), &inverse);
                return Ok(match self.value(a)? {
                    Value::Scalar(o) => Value::Scalar(o.times(&factor)?),
                    Value::Vector(v) => Value::Vector(v.iter().map(|o| o.times(&factor)).collect::<Read<_>>()?),
                });
            }
            ExprKind::Dot(a, b) => {
                let (a, b) = (self.vector(a)?, self.vector(b)?);
                a.iter().zip(&b).try_fold(Operator::default(), |sum, (x, y)| Ok::<_, String>(sum.plus(&x.times(y)?)))?
            }
            ExprKind::TimeDerivative { operand, order } => (0..*order).fold(self.scalar(operand)?, |o, _| o.derived(0)),
            ExprKind::SpaceDerivative { operand, axis, order } => {
                (0..*order).fold(self.scalar(operand)?, |o, _| o.derived(*axis))
            }
            ExprKind::Gradient(a) => return Ok(Value::Vector(self.gradient(&self.scalar(a)?))),
            ExprKind::Divergence(a) => Self::divergence(&self.vector(a)?),
            ExprKind::Laplacian { operand, order: 1 } => Self::divergence(&self.gradient(&self.scalar(operand)?)),
            ExprKind::Anisotropic { matrix, operand } => {
                let gradient = self.gradient(&self.scalar(operand)?);
                let row = |row: &Vec<Expr>| {
                    row.iter().zip(&gradient).try_fold(Operator::default(), |sum, (entry, slope)| {
                        Ok::<_, String>(sum.plus(&self.scalar(entry)?.times(slope)?))
                    })
                };
                Self::divergence(&matrix.iter().map(row).collect::<Read<Vec<_>>>()?)
            }
            _ => return Err(format!("`{}` beside coordinates", genphys_pde::print_expr(e))),
        }))
    }
}

/// Neither the field nor a coordinate nor a vector occurs.
fn is_constant(e: &Expr, field: &str) -> bool {
    match &e.kind {
        ExprKind::Coordinate(_) | ExprKind::Position | ExprKind::Vector(_) => false,
        ExprKind::Symbol(name) => name != field,
        _ => e.children().into_iter().all(|child| is_constant(child, field)),
    }
}

type Matrix = Vec<Vec<Poly>>;

/// Decides C1 and C2. `eq` is an equation with the parameters, the domains and the dimensions of this one.
pub(crate) fn decide(pde: &Pde, eq: &Equation) -> Result<Found, String> {
    let n = eq.dims.only().filter(|n| *n <= MOST_DIMENSIONS).ok_or_else(|| {
        format!(
            "coordinates as coefficients in no fixed number of dimensions up to {MOST_DIMENSIONS} (declare `dim N`)"
        )
    })?;
    if pde.density.as_ref().is_some_and(|d| genphys_pde::print_expr(d) != pde.field) {
        return Err("a declared density beside coordinates".into());
    }
    let reader = Reader { pde, eq, n };
    let whole = reader.scalar(&pde.left)?.plus(&reader.scalar(&pde.right)?.negated());
    let size = n as usize;
    let zero = || Fraction::whole(CPoly::real(eq.ring.zero()));
    let half = Fraction::whole(CPoly::real(eq.ring.constant(Rational::from((1, 2)))));
    let mut lead = zero();
    let mut drift = vec![vec![zero(); size]; size];
    let (mut second, mut wind, mut rest) = (drift.clone(), vec![zero(); size], zero());
    for ((x, axes), c) in &whole.terms {
        match (x, &axes[..]) {
            (None, [0]) => lead = c.clone(),
            (None, []) => rest = c.clone(),
            (None, [i]) => wind[*i as usize - 1] = c.clone(),
            (Some(j), [i]) if *i > 0 => drift[*i as usize - 1][*j as usize - 1] = c.clone(),
            (None, [i, j]) if *i > 0 && i == j => second[*i as usize - 1][*i as usize - 1] = c.clone(),
            (None, [i, j]) if *i > 0 => {
                second[*i as usize - 1][*j as usize - 1] = c.mul(&half);
                second[*j as usize - 1][*i as usize - 1] = c.mul(&half);
            }
            _ => return Err("a term that is not of the form -div((A x + b) phi) + div(S grad(phi)) + c phi".into()),
        }
    }
    if lead.num.is_zero() {
        return Err("no time derivative once like terms are collected".into());
    }
    // φ_t = −(A x + b)·∇φ + ∇·Σ∇φ − r φ.
    let over = |f: &Fraction| f.mul(&Fraction { num: CPoly::real(lead.den.clone()), den: lead.num.re.clone() });
    let matrix = |rows: &[Vec<Fraction>]| -> Vec<Vec<Fraction>> {
        rows.iter().map(|row| row.iter().map(over).collect()).collect()
    };
    let drift = matrix(&drift);
    let noise: Vec<Vec<Fraction>> = matrix(&second).iter().map(|row| row.iter().map(Fraction::neg).collect()).collect();
    let (wind, rest): (Vec<Fraction>, Fraction) = (wind.iter().map(over).collect(), over(&rest));
    let trace = (0..size).fold(zero(), |sum, i| sum.add(&drift[i][i]));
    let growth = trace.add(&rest.neg());

    // Everything times the square of all denominators.
    let mut dens: Vec<Poly> = Vec::new();
    for f in drift.iter().chain(&noise).flatten().chain(&wind).chain([&rest, &lead]) {
        if !f.den.is_constant() && !dens.contains(&f.den) {
            dens.push(f.den.clone());
        }
    }
    let all = dens.iter().fold(eq.ring.integer(1), |product, den| &product * den);
    let cleared = |f: &Fraction| {
        let others = all.try_div(&f.den).unwrap_or_else(|| all.clone());
        &(&f.num.re * &others) * &all
    };
    let polynomials =
        |rows: &[Vec<Fraction>]| -> Matrix { rows.iter().map(|row| row.iter().map(cleared).collect()).collect() };
    let (a, sigma) = (polynomials(&drift), polynomials(&noise));
    let defined = Formula::all(dens.iter().chain([&lead.num.re]).map(Formula::non_zero)).simplify(&eq.oracle);
    let semidefinite = positive_semidefinite(&sigma);
    let finished = |formula: Formula| implication::reduced(&formula.simplify(&eq.oracle), &eq.oracle);
    let c1 = finished(Formula::all([defined.clone(), semidefinite.clone()]));
    let further: Vec<String> = prior_error_at_end(pde).into_iter().collect();
    let stable = if further.is_empty() { stable(eq, &a)? } else { Formula::True };
    let c2 = finished(Formula::all([defined, semidefinite, full_rank(eq, &a, &sigma)?, stable]));

    let text = |f: &Fraction| print::fraction(&eq.ring, &f.num, &f.den);
    let texts = |rows: &[Vec<Fraction>]| rows.iter().map(|row| row.iter().map(text).collect()).collect();
    let certificate = Certificate::LinearCoefficients { drift: texts(&drift), noise: texts(&noise) };
    let problem = match c1 {
        Formula::True => Problem::Evolution,
        Formula::False => Problem::IllPosed,
        _ => Problem::Undetermined,
    };
    let times = |f: &Fraction, what: &str| -> Option<String> {
        match text(f).as_str() {
            "0" => None,
            "1" => Some(what.to_owned()),
            "-1" => Some(format!("-{what}")),
            text => Some(format!("{}*{what}", print::grouped(text))),
        }
    };
    let field = &pde.field;
    let flux = (0..size).map(|i| {
        let speed = (0..size).filter_map(|j| times(&drift[i][j], &format!("x{}*{field}", j + 1)));
        let spread = (0..size).filter_map(|j| times(&noise[i][j].neg(), &format!("d({field}, x{})", j + 1)));
        print::join(speed.chain(times(&wind[i], field)).chain(spread))
    });
    let continuity = Continuity {
        order: None,
        density: field.clone(),
        flux: format!("[{}]", flux.collect::<Vec<_>>().join(", ")),
        source: times(&growth, field).unwrap_or_else(|| "0".into()),
        verified: true,
    };
    Ok(Found { c1, c2, further, certificate, continuity, problem })
}

/// Rows that reach each other.
fn blocks(n: usize, joined: impl Fn(usize, usize) -> bool) -> Read<Vec<Vec<usize>>> {
    let mut reach: Vec<Vec<bool>> = (0..n).map(|i| (0..n).map(|j| i == j || joined(i, j)).collect()).collect();
    for via in 0..n {
        for i in 0..n {
            for j in 0..n {
                reach[i][j] |= reach[i][via] && reach[via][j];
            }
        }
    }
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for (i, row) in reach.iter().enumerate() {
        match blocks.iter_mut().find(|block| row[block[0]] && reach[block[0]][i]) {
            Some(block) => block.push(i),
            None => blocks.push(vec![i]),
        }
    }
    if blocks.iter().any(|block| block.len() > MOST_BLOCK) {
        return Err(format!("more than {MOST_BLOCK} coordinates that are coupled to each other"));
    }
    Ok(blocks)
}

fn product(eq: &Equation, a: &Matrix, b: &Matrix) -> Matrix {
    let n = a.len();
    let entry = |i: usize, j: usize| (0..n).fold(eq.ring.zero(), |sum, l| &sum + &(&a[i][l] * &b[l][j]));
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

fn chosen(matrix: &Matrix, rows: &[usize]) -> Matrix {
    rows.iter().map(|i| rows.iter().map(|j| matrix[*i][*j].clone()).collect()).collect()
}

/// det Σ_j A^jΣA^{jT} does not vanish, block by block.
fn full_rank(eq: &Equation, a: &Matrix, sigma: &Matrix) -> Read<Formula> {
    let joined = |i: usize, j: usize| !a[i][j].is_zero() || !a[j][i].is_zero() || !sigma[i][j].is_zero();
    let mut parts = Vec::new();
    for rows in blocks(a.len(), joined)? {
        let (a, mut term) = (chosen(a, &rows), chosen(sigma, &rows));
        let n = rows.len();
        let turned: Matrix = (0..n).map(|i| (0..n).map(|j| a[j][i].clone()).collect()).collect();
        let mut sum = term.clone();
        for _ in 1..n {
            term = product(eq, &product(eq, &a, &term), &turned);
            sum = sum.iter().zip(&term).map(|(x, y)| x.iter().zip(y).map(|(x, y)| x + y).collect()).collect();
        }
        parts.push(Formula::non_zero(&determinant(&sum, &(0..n).collect::<Vec<_>>())));
    }
    Ok(Formula::all(parts))
}

/// No eigenvalue of A has Re > 0.
fn stable(eq: &Equation, a: &Matrix) -> Read<Formula> {
    let mut parts = Vec::new();
    for rows in blocks(a.len(), |i, j| !a[i][j].is_zero())? {
        let a = chosen(a, &rows);
        let n = rows.len();
        // det(s − A) by falling power (Faddeev, Le Verrier).
        let mut falling = vec![eq.ring.integer(1)];
        let mut m: Matrix = vec![vec![eq.ring.zero(); n]; n];
        for step in 1..=n {
            let last = falling[step - 1].clone();
            for (i, row) in m.iter_mut().enumerate() {
                row[i] = &row[i] + &last;
            }
            m = product(eq, &a, &m);
            let trace = (0..n).fold(eq.ring.zero(), |sum, i| &sum + &m[i][i]);
            falling.push(trace.mul_coeff(Rational::from((-1, i64::try_from(step).unwrap_or(1)))));
        }
        falling.reverse();
        if n > 3 {
            // P(s + q) is a Hurwitz polynomial for every q > 0.
            let moved = shift(&falling, &eq.ring.variable(RADIAL));
            parts.extend(determinants(&moved).map(|d| eq.positive(&d)));
            continue;
        }
        parts.extend(falling[..n].iter().map(Formula::non_negative));
        if n == 3 {
            parts.push(Formula::non_negative(&(&(&falling[2] * &falling[1]) - &falling[0])));
        }
    }
    Ok(Formula::all(parts))
}
