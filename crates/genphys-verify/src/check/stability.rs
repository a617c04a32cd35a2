//! Σ a_j s^j with coefficients that are polynomials, and the determinants whose signs say on which side of Re s = s₀ its
//! roots lie (Liénard and Chipart for real coefficients, Hermite for complex ones).

use crate::exact::poly::{Poly, Var};
use crate::sign::division::determinant;
use crate::sign::{Region, Relation};
use num_rational::BigRational;

/// Orders in time above this have determinants that are too long.
const MOST_ORDER: usize = 6;

/// Σ a_j s^j with a_j = re + i im, up to a factor that is nowhere zero.
#[derive(Clone, Debug)]
pub(super) struct Symbol {
    pub(super) a: Vec<(Poly, Poly)>,
}

/// s₀ = num/den, where `num` may contain a square root.
#[derive(Clone, Debug)]
pub(super) struct Shift {
    pub(super) num: Poly,
    pub(super) den: Poly,
    pub(super) root: Option<(Var, Poly)>,
}

impl Shift {
    pub(super) fn zero() -> Self {
        Self { num: Poly::zero(), den: Poly::one(), root: None }
    }

    /// With a denominator that is positive in a region.
    pub(super) fn oriented(&self, region: &Region) -> Option<Self> {
        if region.prove(&self.den, Relation::Positive).is_some() {
            return Some(self.clone());
        }
        region.prove(&self.den.negated(), Relation::Positive)?;
        Some(Self { num: self.num.negated(), den: self.den.negated(), root: self.root.clone() })
    }
}

impl Symbol {
    pub(super) fn order(&self) -> usize {
        self.a.len().saturating_sub(1)
    }

    pub(super) fn is_real(&self) -> bool {
        self.a.iter().all(|(_, im)| im.is_zero())
    }

    pub(super) fn variables(&self) -> Vec<Var> {
        let all = self.a.iter().flat_map(|(re, im)| re.variables().into_iter().chain(im.variables()));
        let mut list: Vec<Var> = all.collect();
        list.sort_unstable();
        list.dedup();
        list
    }

    pub(super) fn reals(&self) -> Vec<Poly> {
        self.a.iter().map(|(re, _)| re.clone()).collect()
    }

    /// Where leading coefficients vanish in a whole region, as on an axis, there are fewer roots.
    pub(super) fn without_lost_roots(&self, region: &Region) -> Self {
        let mut symbol = self.clone();
        while symbol.a.len() > 2
            && symbol.a.last().is_some_and(|(re, im)| [re, im].iter().all(|p| region.at_points(p).is_zero()))
        {
            symbol.a.pop();
        }
        symbol
    }

    pub(super) fn negated(&self) -> Self {
        Self { a: self.a.iter().map(|(re, im)| (re.negated(), im.negated())).collect() }
    }

    /// den^m P((s + num)/den): the roots are those of P(s + s₀), times den > 0.
    pub(super) fn shifted(&self, shift: &Shift, region: &Region) -> Option<Self> {
        let m = self.order();
        let powers = |p: &Poly| -> Option<Vec<Poly>> {
            let mut list = vec![Poly::one()];
            for _ in 0..m {
                list.push(region.reduced(&list.last()?.times(p)?)?);
            }
            Some(list)
        };
        let (num, den) = (powers(&shift.num)?, powers(&shift.den)?);
        let mut a = vec![(Poly::zero(), Poly::zero()); m + 1];
        for (i, (re, im)) in self.a.iter().enumerate() {
            let mut binomial = BigRational::from_integer(1.into());
            for j in (0..=i).rev() {
                let factor = num[i - j].times(&den[m - i])?.scaled(&binomial);
                a[j].0 = a[j].0.plus(&re.times(&factor)?);
                a[j].1 = a[j].1.plus(&im.times(&factor)?);
                // C(i, j−1) = C(i, j) j/(i − j + 1).
                binomial *= BigRational::new(j.into(), (i - j + 1).into());
            }
        }
        let reduced = |p: &Poly| region.reduced(p);
        Some(Self { a: a.iter().map(|(re, im)| Some((reduced(re)?, reduced(im)?))).collect::<Option<_>>()? })
    }

    /// The leading coefficient is real and has one sign in the region; the symbol with a positive one.
    pub(super) fn oriented(&self, region: &Region) -> Option<Self> {
        let (lead, im) = self.a.last()?;
        if !im.is_zero() {
            return None;
        }
        if region.prove(lead, Relation::Positive).is_some() {
            return Some(self.clone());
        }
        region.prove(&lead.negated(), Relation::Positive)?;
        Some(self.negated())
    }

    /// Polynomials that are all positive exactly where all roots have Re s < 0, given that the leading coefficient is
    /// positive (real coefficients) or not zero.
    ///
    /// Real: every second coefficient from the constant on and every second Hurwitz determinant (Liénard, Chipart).
    /// Complex: the leading principal minors of the Hermitian form of [P(x)P̄(y) − P̄(−x)P(−y)]/(x + y) (Hermite).
    pub(super) fn minors(&self) -> Option<Vec<Poly>> {
        let n = self.order();
        if n > MOST_ORDER || n == 0 {
            return None;
        }
        if !self.is_real() {
            return self.hermite();
        }
        let a = self.reals();
        let mut list: Vec<Poly> = a.iter().take(n).step_by(2).cloned().collect();
        for size in (1..n).rev().step_by(2) {
            list.push(hurwitz_determinant(&a, size)?);
        }
        Some(list)
    }

    fn hermite(&self) -> Option<Vec<Poly>> {
        let n = self.order();
        if n > 3 {
            return None;
        }
        // Complex numbers as pairs.
        type Pair = (Poly, Poly);
        let times = |a: &Pair, b: &Pair| -> Option<Pair> {
            Some((a.0.times(&b.0)?.minus(&a.1.times(&b.1)?), a.0.times(&b.1)?.plus(&a.1.times(&b.0)?)))
        };
        let conj = |a: &Pair| (a.0.clone(), a.1.negated());
        let sub = |a: &Pair, b: &Pair| (a.0.minus(&b.0), a.1.minus(&b.1));
        // Numerator Σ c_ij x^i y^j, divided by x + y: h_{i,j} = c_{i+1,j} − h_{i+1,j−1}.
        let mut c = vec![vec![(Poly::zero(), Poly::zero()); n + 1]; n + 1];
        for (i, row) in c.iter_mut().enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                let first = times(&self.a[i], &conj(&self.a[j]))?;
                let second = times(&conj(&self.a[i]), &self.a[j])?;
                let second = if (i + j) % 2 == 1 { (second.0.negated(), second.1.negated()) } else { second };
                *entry = sub(&first, &second);
            }
        }
        let mut h = vec![vec![(Poly::zero(), Poly::zero()); n]; n];
        for j in 0..n {
            for i in (0..n).rev() {
                h[i][j] =
                    if j > 0 && i + 1 < n { sub(&c[i + 1][j], &h[i + 1][j - 1].clone()) } else { c[i + 1][j].clone() };
            }
        }
        // The determinant of a Hermitian matrix is real.
        let mut list = Vec::new();
        for size in 1..=n {
            list.push(complex_determinant(&h, &(0..size).collect::<Vec<_>>(), 0, size, &times)?.0);
        }
        Some(list)
    }
}

type Times<'a> = &'a dyn Fn(&(Poly, Poly), &(Poly, Poly)) -> Option<(Poly, Poly)>;

/// The determinant of some rows and the columns from `column` to `size`.
fn complex_determinant(
    h: &[Vec<(Poly, Poly)>],
    rows: &[usize],
    column: usize,
    size: usize,
    times: Times<'_>,
) -> Option<(Poly, Poly)> {
    if column == size {
        return Some((Poly::one(), Poly::zero()));
    }
    let mut sum = (Poly::zero(), Poly::zero());
    for (n, row) in rows.iter().enumerate() {
        let others: Vec<usize> = rows.iter().copied().filter(|r| r != row).collect();
        let term = times(&h[*row][column], &complex_determinant(h, &others, column + 1, size, times)?)?;
        sum = if n % 2 == 0 {
            (sum.0.plus(&term.0), sum.1.plus(&term.1))
        } else {
            (sum.0.minus(&term.0), sum.1.minus(&term.1))
        };
    }
    Some(sum)
}

/// The leading principal minor of that size of Hurwitz's matrix, for coefficients by rising power.
pub(super) fn hurwitz_determinant(a: &[Poly], size: usize) -> Option<Poly> {
    let n = a.len() - 1;
    let entry = |i: usize, j: usize| {
        // The coefficient of s^{n − (2j − i + 1)}, rows and columns counted from zero.
        let index = (2 * j + 1).checked_sub(i);
        index.and_then(|l| n.checked_sub(l)).map_or_else(Poly::zero, |power| a[power].clone())
    };
    determinant(&(0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect::<Vec<_>>())
}
