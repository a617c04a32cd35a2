//! The polynomial ring of one equation: growth rate s, wave vector, constants and parameters over the rationals.

use crate::algebra::steps::Workspace;
use crate::trees::bernstein::Proof;
use crate::trees::interval::Interval;
use genphys_pde::ast::Expr;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use symbolica::domains::rational::{Q, Rational, RationalField};
use symbolica::poly::PolyVariable;
use symbolica::poly::polynomial::MultivariatePolynomial;

/// Polynomial with rational coefficients in the variables of a [`Ring`].
pub(crate) type Poly = MultivariatePolynomial<RationalField, u16>;

/// Index of the growth rate s = −iω.
pub(crate) const S: usize = 0;
/// Index of the shift σ of the Petrovsky test.
pub(crate) const SIGMA: usize = 1;
/// Index of r = √disc at k = 0.
pub(crate) const R: usize = 2;
/// Index of the radial variable q with |k| = q^root.
pub(crate) const RADIAL: usize = 3;
/// Index of the first component k1.
pub(crate) const K1: usize = 4;

/// What is known about polynomials. The exponents alone are the key: hashing a polynomial hashes all variables of its
/// ring.
#[derive(Clone)]
pub(crate) struct Memo<T>(HashMap<Vec<u16>, Vec<(Poly, T)>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Memo<T> {
    pub(crate) fn get(&self, poly: &Poly) -> Option<&T> {
        self.0.get(&poly.exponents)?.iter().find_map(|(known, value)| (known == poly).then_some(value))
    }

    pub(crate) fn insert(&mut self, poly: Poly, value: T) {
        self.0.entry(poly.exponents.clone()).or_default().push((poly, value));
    }
}

/// What a variable of the ring stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    GrowthRate,
    Shift,
    Root,
    Radial,
    Component(u32),
    /// |k|^exponent with an exponent that is a parameter expression, given as polynomial and text.
    SymbolicPower {
        exponent: Poly,
        text: String,
        expr: Expr,
    },
    /// A named constant such as pi or sqrt(2), with a rational enclosure, its value, and its square if rational.
    Constant {
        text: String,
        expr: Expr,
        lower: Rational,
        upper: Rational,
        value: f64,
        square: Option<Poly>,
    },
    Param(String),
    /// g(|k|) − g(0) for a Fourier multiplier g that is no polynomial, with the proof that it is a Lévy exponent.
    Multiplier {
        text: String,
        expr: Expr,
        proof: Option<Box<Proof>>,
    },
    /// A function of parameters and the time that is no polynomial, with an enclosure, and its square if polynomial.
    Function {
        text: String,
        expr: Expr,
        interval: Interval,
        square: Option<Poly>,
        in_time: bool,
    },
    Time,
    /// The operator f -> div(x f).
    Motion,
    /// The number of space dimensions N.
    Dimension,
}

/// The variables of one equation.
#[derive(Clone)]
pub(crate) struct Ring {
    pub(crate) vars: Arc<Vec<PolyVariable>>,
    pub(crate) meanings: Vec<Meaning>,
    /// |k| = q^root.
    pub(crate) root: u32,
    /// Number of components k1 … kn; 0 for an isotropic equation.
    pub(crate) components: u32,
    /// How the time is called.
    pub(crate) time_name: String,
    /// What the derivation may spend and has found.
    pub(crate) work: Rc<Workspace>,
}

/// Slots kept for constants and symbolic powers that turn up while the symbol is read.
const SPARE: usize = 16;

impl Ring {
    pub(crate) fn new(params: &[String], components: u32, root: u32, time_name: &str, work: &Rc<Workspace>) -> Self {
        let mut meanings = vec![Meaning::GrowthRate, Meaning::Shift, Meaning::Root, Meaning::Radial];
        meanings.extend((1..=components).map(Meaning::Component));
        meanings.extend(params.iter().cloned().map(Meaning::Param));
        let total = meanings.len() + SPARE;
        let vars = Arc::new(work.variables(total));
        Self { vars, meanings, root, components, time_name: time_name.into(), work: work.clone() }
    }

    pub(crate) fn zero(&self) -> Poly {
        Poly::new(&Q, None, self.vars.clone())
    }

    pub(crate) fn constant(&self, value: Rational) -> Poly {
        self.zero().constant(value)
    }

    pub(crate) fn integer(&self, value: i64) -> Poly {
        self.constant(Rational::from(value))
    }

    pub(crate) fn variable(&self, index: usize) -> Poly {
        self.power(index, 1)
    }

    pub(crate) fn power(&self, index: usize, exponent: u16) -> Poly {
        let mut exponents = vec![0; self.vars.len()];
        exponents[index] = exponent;
        self.zero().monomial(Rational::from(1), exponents)
    }

    pub(crate) fn param(&self, name: &str) -> Option<usize> {
        self.meanings.iter().position(|m| matches!(m, Meaning::Param(n) if n == name))
    }

    /// Adds a constant or a symbolic power, or finds it; `None` when all spare slots are taken.
    pub(crate) fn adjoin(&mut self, meaning: Meaning) -> Option<usize> {
        let same = |m: &Meaning| match (m, &meaning) {
            (Meaning::SymbolicPower { exponent: a, .. }, Meaning::SymbolicPower { exponent: b, .. }) => a == b,
            (Meaning::Multiplier { text: a, .. }, Meaning::Multiplier { text: b, .. })
            | (Meaning::Function { text: a, .. }, Meaning::Function { text: b, .. }) => a == b,
            (a, b) => a == b,
        };
        if let Some(index) = self.meanings.iter().position(same) {
            return Some(index);
        }
        if self.meanings.len() == self.vars.len() {
            return None;
        }
        self.meanings.push(meaning);
        Some(self.meanings.len() - 1)
    }

    /// Replaces squares of algebraic constants by their values.
    pub(crate) fn reduce(&self, poly: &Poly) -> Poly {
        let mut result = poly.clone();
        for (index, meaning) in self.meanings.iter().enumerate() {
            if let Meaning::Constant { square: Some(square), .. } | Meaning::Function { square: Some(square), .. } =
                meaning
            {
                result = self.reduce_square(&result, index, square);
            }
        }
        result
    }

    /// Replaces every v² by `square`.
    pub(crate) fn reduce_square(&self, poly: &Poly, index: usize, square: &Poly) -> Poly {
        if poly.degree(index) < 2 {
            return poly.clone();
        }
        let mut result = self.zero();
        for (coefficient, exponent) in coefficients(poly, index) {
            let even = square.pow(usize::from(exponent / 2));
            let odd = self.power(index, exponent % 2);
            result = &result + &(&(&coefficient * &even) * &odd);
        }
        result
    }

    /// Whether the polynomial depends on the wave vector.
    pub(crate) fn has_wave(&self, poly: &Poly) -> bool {
        self.wave_variables().into_iter().any(|i| poly.degree(i) > 0)
    }

    /// Radial variable, components and symbolic powers.
    pub(crate) fn wave_variables(&self) -> Vec<usize> {
        (0..self.meanings.len()).filter(|i| self.is_wave(*i)).collect()
    }

    pub(crate) fn is_wave(&self, index: usize) -> bool {
        matches!(
            self.meanings.get(index),
            Some(Meaning::Radial | Meaning::Component(_) | Meaning::SymbolicPower { .. } | Meaning::Multiplier { .. })
        )
    }

    /// Whether the variable is a power with a parameter for exponent or a Fourier multiplier.
    pub(crate) fn is_atom(&self, index: usize) -> bool {
        matches!(self.meanings.get(index), Some(Meaning::SymbolicPower { .. } | Meaning::Multiplier { .. }))
    }

    /// Whether such a variable occurs.
    pub(crate) fn has_atom(&self, poly: &Poly) -> bool {
        (0..self.meanings.len()).any(|i| self.is_atom(i) && poly.degree(i) > 0)
    }

    /// The variable that stands for `div(x·)`.
    pub(crate) fn motion(&self) -> Option<usize> {
        self.meanings.iter().position(|m| *m == Meaning::Motion)
    }

    /// The time.
    pub(crate) fn time(&self) -> Option<usize> {
        self.meanings.iter().position(|m| *m == Meaning::Time)
    }

    /// Whether the variable is the time or a function of it.
    pub(crate) fn changes_in_time(&self, index: usize) -> bool {
        matches!(self.meanings.get(index), Some(Meaning::Time | Meaning::Function { in_time: true, .. }))
    }

    /// Whether the polynomial depends on the time.
    pub(crate) fn has_time(&self, poly: &Poly) -> bool {
        (0..self.meanings.len()).any(|i| poly.degree(i) > 0 && self.changes_in_time(i))
    }

    /// The polynomial at k = 0.
    pub(crate) fn at_zero(&self, poly: &Poly) -> Poly {
        let mut result = poly.clone();
        for index in self.wave_variables() {
            if result.degree(index) > 0 {
                result = result.replace(index, &Rational::from(0));
            }
        }
        result
    }
}

/// Coefficients with exponents in one variable, ascending.
pub(crate) fn coefficients(poly: &Poly, index: usize) -> Vec<(Poly, u16)> {
    poly.to_univariate_polynomial_list(index)
}

/// The coefficient of v^exponent.
pub(crate) fn coefficient(poly: &Poly, index: usize, exponent: u16) -> Poly {
    coefficients(poly, index).into_iter().find_map(|(c, e)| (e == exponent).then_some(c)).unwrap_or_else(|| poly.zero())
}

/// The terms as (coefficient, exponents).
pub(crate) fn terms(poly: &Poly) -> impl Iterator<Item = (&Rational, &[u16])> {
    (0..poly.nterms()).map(|i| (&poly.coefficients[i], poly.exponents(i)))
}

/// The polynomial multiplied by a rational number.
pub(crate) fn scale(poly: &Poly, factor: i64) -> Poly {
    poly.clone().mul_coeff(Rational::from(factor))
}

/// Greatest common divisor; zero is divisible by everything.
pub(crate) fn gcd(a: &Poly, b: &Poly) -> Poly {
    match (a.is_zero(), b.is_zero()) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => a.gcd(b),
    }
}

/// Numerator and denominator of a quotient without their common factor.
pub(crate) fn lowest_terms(num: &Poly, den: &Poly) -> (Poly, Poly) {
    let common = gcd(num, den);
    let divided = |p: &Poly| p.try_div(&common).unwrap_or_else(|| p.clone());
    (divided(num), divided(den))
}

/// Value at a point, with the sum of the absolute values of the terms as a yardstick for rounding.
pub(crate) fn evaluate(poly: &Poly, point: &[f64]) -> (f64, f64) {
    let (mut sum, mut size) = (0.0, 0.0);
    for (coefficient, exponents) in terms(poly) {
        let mut term = coefficient.to_f64();
        for (value, exponent) in point.iter().zip(exponents) {
            if *exponent > 0 {
                term *= value.powi(i32::from(*exponent));
            }
        }
        sum += term;
        size += term.abs();
    }
    (sum, size)
}

/// A polynomial with complex coefficients, real and imaginary part; all variables are taken as real.
#[derive(Clone)]
pub(crate) struct CPoly {
    pub(crate) re: Poly,
    pub(crate) im: Poly,
}

impl CPoly {
    pub(crate) fn real(re: Poly) -> Self {
        let im = re.zero();
        Self { re, im }
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        Self { re: &self.re + &other.re, im: &self.im + &other.im }
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        Self { re: &self.re - &other.re, im: &self.im - &other.im }
    }

    pub(crate) fn neg(&self) -> Self {
        Self { re: -self.re.clone(), im: -self.im.clone() }
    }

    pub(crate) fn mul(&self, other: &Self) -> Self {
        Self {
            re: &(&self.re * &other.re) - &(&self.im * &other.im),
            im: &(&self.re * &other.im) + &(&self.im * &other.re),
        }
    }

    /// Multiplied by iⁿ.
    pub(crate) fn mul_i(&self, n: u32) -> Self {
        match n % 4 {
            0 => self.clone(),
            1 => Self { re: -self.im.clone(), im: self.re.clone() },
            2 => self.neg(),
            _ => Self { re: self.im.clone(), im: -self.re.clone() },
        }
    }

    pub(crate) fn scale(&self, factor: &Poly) -> Self {
        Self { re: &self.re * factor, im: &self.im * factor }
    }

    pub(crate) fn conj(&self) -> Self {
        Self { re: self.re.clone(), im: -self.im.clone() }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.re.is_zero() && self.im.is_zero()
    }

    pub(crate) fn is_real(&self) -> bool {
        self.im.is_zero()
    }

    pub(crate) fn map(&self, f: impl Fn(&Poly) -> Poly) -> Self {
        Self { re: f(&self.re), im: f(&self.im) }
    }

    /// |z|².
    pub(crate) fn norm(&self) -> Poly {
        &(&self.re * &self.re) + &(&self.im * &self.im)
    }
}
