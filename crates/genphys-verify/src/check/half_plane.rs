//! Complete Bernstein functions by the half-plane: R = P/Q in y = λ^γ, 0 < γ ≤ 1.
//!
//! |Q(z)|² Im R(z) = Bez(z, z̄) Im z with Bez(x, y) = (P(x)Q(y) − P(y)Q(x))/(x − y). A positive semidefinite matrix of Bez
//! makes R map the upper half-plane into its closure; with R ≥ 0 and without poles on (0, ∞) it is a complete Bernstein
//! function (SSV, theorem 6.2), and so is R(λ^γ), for compositions of complete Bernstein functions are ones (SSV,
//! chapter 7).
//!
//! √(αλ² + βλ + γ) = √α √((λ + r₁)(λ + r₂)) is one where r₁, r₂ ≥ 0 are real, as √(f g) is for complete Bernstein
//! functions f, g (SSV, proposition 7.13), and so is √(βλ + γ): where α, β, γ ≥ 0 and β² ≥ 4αγ. So are λ/g and √(g h)
//! of any complete g, h.

use super::prove::{LONG, OrOpen, Outcome, Prover, open};
use super::quadratic::positive_semidefinite;
use crate::exact::Atom;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::sign::Relation;
use num_rational::BigRational;

/// Degrees beyond this are not looked at.
const LARGEST_DEGREE: usize = 6;

pub(super) fn check(prover: &mut Prover, f: &Fraction) -> Outcome {
    let f = prover.model.algebra.reduced(f).or_open(LONG)?;
    if let Some(coefficients) = square_in_lambda(prover, &f) {
        return root_of_quadratic(prover, &f, &coefficients);
    }
    let (y, step) = generator(prover, &f)?;
    let part = |p: &Poly| -> Option<Vec<Poly>> {
        let list = p.coefficients(y);
        let kept = list.iter().enumerate().filter(|(i, _)| i % step == 0).map(|(_, c)| c.clone());
        list.iter().enumerate().all(|(i, c)| i % step == 0 || c.is_zero()).then(|| kept.collect())
    };
    let (p, q) = part(&f.num).zip(part(&f.den)).or_open("no powers of one variable")?;
    let n = p.len().max(q.len()) - 1;
    if n > LARGEST_DEGREE {
        return open("the degree is too large");
    }
    if n > 0 {
        let matrix = bezoutian(&p, &q, n).or_open(LONG)?;
        positive_semidefinite(prover, &matrix, "the Bezoutian")?;
    }
    // Both are looked at for k > 0.
    prover.sign(&f.den.clone().into(), Relation::NonZero, "the denominator")?;
    prover.non_negative(&f, "the function")
}

/// λ/g or √(g h) of complete Bernstein functions, given their product (SSV, propositions 7.1 and 7.13).
pub(super) fn of_complete(prover: &mut Prover, f: &Fraction, product: &Complex, parts: usize) -> Outcome {
    let f: Complex = f.clone().into();
    if parts == 1 {
        let k = prover.k();
        let (square, whole) = (k.times(&k).or_open(LONG)?, f.times(product).or_open(LONG)?);
        return prover.same(&whole, &square, "it is not k^2 over its part");
    }
    if parts != 2 {
        return open("it is no quotient and no root of two functions");
    }
    let square = prover.model.algebra.times(&f, &f).or_open(LONG)?;
    prover.same(&square, product, "its square is not the product of its parts")?;
    let f = prover.real(&f)?;
    prover.non_negative(&f, "the function")
}

/// γ, β and α of f² = αλ² + βλ + γ, where f itself is no quotient of polynomials.
fn square_in_lambda(prover: &Prover, f: &Fraction) -> Option<[Fraction; 3]> {
    let algebra = &prover.model.algebra;
    let k = algebra.k();
    let rational = |f: &Fraction| f.variables().iter().all(|v| *v == k || !algebra.depends(&Fraction::var(*v), k));
    let square = algebra.reduced(&f.times(f)?)?;
    if rational(f) || !rational(&square) || square.den.contains(k) || square.num.degree(k) > 4 {
        return None;
    }
    let list = square.num.coefficients(k);
    let even = list.iter().skip(1).step_by(2).all(Poly::is_zero);
    let part = |i: usize| Fraction::new(list.get(i).cloned().unwrap_or_default(), square.den.clone());
    even.then_some(())?;
    Some([part(0)?, part(2)?, part(4)?])
}

fn root_of_quadratic(prover: &mut Prover, f: &Fraction, [gamma, beta, alpha]: &[Fraction; 3]) -> Outcome {
    for coefficient in [gamma, beta, alpha] {
        prover.non_negative(coefficient, "a coefficient under the root")?;
    }
    let product = alpha.times(gamma).or_open(LONG)?.scaled(&BigRational::from_integer(4.into()));
    let discriminant = beta.times(beta).and_then(|x| x.minus(&product)).or_open(LONG)?;
    prover.non_negative(&discriminant, "the discriminant under the root")?;
    prover.non_negative(f, "the function")
}

/// The variable that f is a quotient of polynomials of, and the largest power of it that suffices; |k| to the γ.
fn generator(prover: &mut Prover, f: &Fraction) -> Outcome<(Var, usize)> {
    let algebra = &prover.model.algebra;
    let k = algebra.k();
    let list: Vec<Var> = f.variables().into_iter().filter(|v| algebra.depends(&Fraction::var(*v), k)).collect();
    let [y] = list[..] else { return open("it is no quotient of powers of one function of |k|") };
    let mut step = 0;
    for poly in [&f.num, &f.den] {
        for (monomial, _) in poly.terms() {
            step = common(step, monomial.degree(y) as usize);
        }
    }
    let step = step.max(1);
    let itself = Fraction::var(k);
    let exponent = match algebra.atom(y) {
        Some(Atom::Named(_)) => Fraction::one(),
        Some(Atom::Root { degree, of }) if *of == itself => {
            Fraction::constant(BigRational::new(1.into(), (*degree).into()))
        }
        Some(Atom::Power { base, exponent }) if *base == itself => exponent.clone(),
        _ => return open("it is no quotient of powers of |k|"),
    };
    let exponent = exponent.scaled(&BigRational::from_integer(step.into()));
    prover.non_negative(&exponent, "the exponent")?;
    let left = Fraction::integer(2).minus(&exponent).or_open(LONG)?;
    prover.non_negative(&left, "2 less the exponent")?;
    Ok((y, step))
}

fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}

/// The coefficients of (P(x)Q(y) − P(y)Q(x))/(x − y).
fn bezoutian(p: &[Poly], q: &[Poly], n: usize) -> Option<Vec<Vec<Fraction>>> {
    let at = |list: &[Poly], i: usize| list.get(i).cloned().unwrap_or_default();
    let mut matrix = vec![vec![Poly::zero(); n]; n];
    // x^i y^j − x^j y^i over x − y, i > j, is the sum of x^{i−1−m} y^{j+m}, m = 0, …, i − j − 1.
    for i in 0..=n {
        for j in 0..i {
            let c = at(p, i).times(&at(q, j))?.minus(&at(p, j).times(&at(q, i))?);
            for m in 0..i - j {
                let entry = &mut matrix[i - 1 - m][j + m];
                *entry = entry.plus(&c);
            }
        }
    }
    Some(matrix.into_iter().map(|row| row.into_iter().map(Fraction::from).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::bezoutian;
    use crate::exact::poly::Poly;

    #[test]
    fn of_a_moebius_function() {
        // (2 y)/(1 + y): 2 x (1 + y) − 2 y (1 + x) = 2 (x − y).
        let (p, q) = ([Poly::zero(), Poly::integer(2)], [Poly::one(), Poly::one()]);
        assert_eq!(bezoutian(&p, &q, 1).unwrap(), vec![vec![Poly::integer(2).into()]]);
    }
}
