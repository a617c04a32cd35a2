//! That C2 fails wherever a condition is violated: some wave does not decay faster than the slowest at k = 0. This
//! makes a condition exact ("only if").

use super::decay::Waves;
use super::stability::{Shift, Symbol, hurwitz_determinant};
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use crate::sign::division::{determinant, resultant};
use crate::sign::{Fact, Proof, Region, Relation, both};
use num_rational::BigRational;
use num_traits::Zero;

impl Waves {
    /// C2 fails in a region of parameter values, however the branches that count are chosen: some wave does not decay
    /// faster than the slowest at k = 0; and where half of the branches could count alone, as in a half-space problem,
    /// they do not decay faster than at k = 0 either; `initial` says that all branches count.
    pub(super) fn violated(&self, part: &Region, shifts: &[Shift], initial: bool) -> Option<Proof> {
        let proof = self.by_shifts(part, shifts, &|part, shift| self.violated_at(part, shift))?;
        if self.symbol.order() == 1 || initial {
            return Some(proof);
        }
        let other = self
            .by_shifts(part, shifts, &|part, shift| self.bounded_on_a_ray(part, shift))
            .or_else(|| self.by_shifts(part, shifts, &|part, shift| self.half_space_violated_at(part, shift)))?;
        Some(both(proof, other))
    }

    fn violated_at(&self, part: &Region, shift: &Shift) -> Option<Proof> {
        let shift = shift.oriented(part)?;
        // s₀ is the largest Re s at k = 0, or above it.
        let rest = self.at_rest.shifted(&shift, part)?;
        let bounded = no_root_to_the_right(&rest, part)?;
        if let Some(proof) = self.indefinite(part, &shift) {
            return Some(both(bounded, proof));
        }
        let found = self.rays(part).into_iter().find_map(|(region, symbol, k)| {
            let minors = reduced_minors(&symbol, &shift, &region)?;
            self.somewhere_not_positive(&region, &minors, k)
        })?;
        Some(both(bounded, found))
    }

    /// A minor is a quadratic form in the components of k that is not positive definite, for one of its own principal
    /// minors is not positive.
    fn indefinite(&self, part: &Region, shift: &Shift) -> Option<Proof> {
        let n = self.components.len();
        if !(2..=4).contains(&n) || self.has_functions() {
            return None;
        }
        let region = part.off_zero(&self.components).into_iter().next()?;
        let minors = reduced_minors(&self.symbol, shift, &region)?;
        minors.iter().find_map(|q| if q.contains(self.k) { None } else { not_definite(q, &self.components, part) })
    }

    /// Along some line no branch grows without bound: P(s + s₀ + σ) is a Hurwitz polynomial for all short waves, where
    /// σ is one more than the squares of all parameters.
    fn bounded_on_a_ray(&self, part: &Region, shift: &Shift) -> Option<Proof> {
        if self.has_functions() {
            return None;
        }
        let mut shift = shift.oriented(part)?;
        let mut sigma = Poly::one();
        for v in &self.parameters {
            sigma = sigma.plus(&Poly::power(*v, 2));
        }
        shift.num = shift.num.plus(&shift.den.times(&sigma)?);
        self.rays(part).into_iter().find_map(|(region, symbol, k)| {
            let minors = reduced_minors(&symbol, &shift, &region)?;
            minors.iter().try_fold(Proof::new(), |proof, p| {
                Some(both(proof, region.prove(&p.coefficients(k).pop()?, Relation::Positive)?))
            })
        })
    }

    /// Order two: at some k ≠ 0 both roots have Re s ≥ s₀, and one at k = 0 has Re s ≤ s₀.
    fn half_space_violated_at(&self, part: &Region, shift: &Shift) -> Option<Proof> {
        if self.symbol.order() != 2 || !self.symbol.is_real() {
            return None;
        }
        let shift = shift.oriented(part)?;
        let rest = self.at_rest.oriented(part)?.shifted(&shift, part)?.reals();
        let low = part
            .prove(&rest[1], Relation::NonNegative)
            .or_else(|| part.prove(&rest[0].negated(), Relation::NonNegative))?;
        let found = self.rays(part).into_iter().find_map(|(region, symbol, k)| {
            let symbol = symbol.oriented(&region)?.shifted(&shift, &region)?.reals();
            let slope = region.prove(&symbol[1].negated(), Relation::NonNegative)?;
            Some(both(slope, self.somewhere_not_positive(&region, &[symbol[0].negated()], k)?))
        })?;
        Some(both(low, found))
    }

    fn somewhere_not_positive(&self, region: &Region, list: &[Poly], k: Var) -> Option<Proof> {
        if self.has_functions() {
            return list.iter().find_map(|p| region.prove(&p.negated(), Relation::NonNegative));
        }
        somewhere_not_positive(region, list, k, 0)
    }

    /// Whether other functions of the wave vector occur than powers of |k| and of its components: coefficients of
    /// powers are then no numbers.
    fn has_functions(&self) -> bool {
        let known = |v: &Var| *v == self.k || self.components.contains(v) || self.parameters.contains(v);
        !self.symbol.variables().iter().all(known)
    }

    /// Waves along one line: all there are where only |k| counts, otherwise along each axis.
    fn rays(&self, part: &Region) -> Vec<(Region, Symbol, Var)> {
        if self.components.is_empty() {
            return vec![(part.clone(), self.symbol.clone(), self.k)];
        }
        let along = |i: usize| {
            let v = self.components[i];
            let others: Vec<Var> = self.components.iter().copied().filter(|w| *w != v).collect();
            let zero = BigRational::zero();
            let mut region = part.with_range(v, Range::positive());
            for w in &others {
                region = region.with_range(*w, Range::point(zero.clone()));
            }
            // |k|, a power of what stands for it, is the component itself, and no root of its square any more.
            let radial = self.symbol.variables().contains(&self.k);
            if radial {
                region = region.with_free(self.k);
            }
            let length = Poly::power(self.k, self.degree);
            let on_line = |p: &Poly| {
                let p = others.iter().fold(p.clone(), |p, w| p.at(*w, &zero));
                if radial { p.substitute(v, &length) } else { Some(p) }
            };
            let a = self.symbol.a.iter().map(|(re, im)| Some((on_line(re)?, on_line(im)?))).collect::<Option<_>>()?;
            Some((region, Symbol { a }, if radial { self.k } else { v }))
        };
        (0..self.components.len()).filter_map(along).collect()
    }
}

/// No root has Re s > 0, for real coefficients: by the closed conditions up to order three, without a factor s.
fn no_root_to_the_right(symbol: &Symbol, part: &Region) -> Option<Proof> {
    // s = −a₀/a₁ has the real part −Re(a₀ ā₁)/|a₁|².
    if let [(x, y), (u, v)] = &symbol.a[..] {
        return part.prove(&part.reduced(&x.times(u)?.plus(&y.times(v)?))?, Relation::NonNegative);
    }
    if !symbol.is_real() {
        return None;
    }
    let symbol = symbol.oriented(part)?;
    let a = symbol.reals();
    if a.len() == 1 {
        return Some(Proof::new());
    }
    if a[0].is_zero() {
        return no_root_to_the_right(&Symbol { a: symbol.a[1..].to_vec() }, part);
    }
    let every = |list: &[Poly], relation: Relation| {
        list.iter().try_fold(Proof::new(), |proof, p| Some(both(proof, part.prove(&part.reduced(p)?, relation)?)))
    };
    match a.len() {
        2 | 3 => every(&a[..a.len() - 1], Relation::NonNegative),
        4 => Some(both(
            every(&[a[0].clone(), a[1].clone(), hurwitz_determinant(&a, 2)?], Relation::NonNegative)?,
            every(&a[2..3], Relation::Positive)?,
        )),
        _ => every(&symbol.minors()?, Relation::Positive),
    }
}

/// A quadratic form in the components of k that is not positive definite, since one of its principal minors is not
/// positive.
pub(super) fn not_definite(q: &Poly, components: &[Var], part: &Region) -> Option<Proof> {
    let n = components.len();
    let homogeneous = q
        .terms()
        .all(|(m, _)| m.powers().iter().filter(|(v, _)| components.contains(v)).map(|(_, e)| *e).sum::<u32>() == 2);
    if !homogeneous || !(2..=4).contains(&n) {
        return None;
    }
    // Twice the matrix of the form.
    let second = |i: usize, j: usize| q.derivative(components[i]).derivative(components[j]);
    let matrix: Vec<Vec<Poly>> = (0..n).map(|i| (0..n).map(|j| second(i, j)).collect()).collect();
    (1_u32..1 << n).find_map(|chosen| {
        let rows: Vec<usize> = (0..n).filter(|i| chosen >> i & 1 == 1).collect();
        let block: Vec<Vec<Poly>> =
            rows.iter().map(|i| rows.iter().map(|j| matrix[*i][*j].clone()).collect()).collect();
        part.prove(&part.reduced(&determinant(&block)?)?.negated(), Relation::NonNegative)
    })
}

/// The minors of P(s + s₀), with a positive leading coefficient where it is real.
fn reduced_minors(symbol: &Symbol, shift: &Shift, region: &Region) -> Option<Vec<Poly>> {
    let symbol = symbol.shifted(shift, region)?;
    let symbol = if symbol.is_real() { symbol.oriented(region)? } else { symbol };
    symbol.minors()?.iter().map(|m| region.reduced(m)).collect()
}

/// For all parameter values of the region some of the polynomials is ≤ 0 at some k > 0.
fn somewhere_not_positive(region: &Region, list: &[Poly], k: Var, depth: usize) -> Option<Proof> {
    if depth > 3 || region.is_empty().is_some() {
        return (depth <= 3).then(Proof::new);
    }
    for p in list {
        if let Some(proof) = region.prove(&p.negated(), Relation::NonNegative) {
            return Some(proof);
        }
    }
    let mut candidates: Vec<Poly> = Vec::new();
    for p in list {
        let mut parts: Vec<Poly> = p.coefficients(k).into_iter().filter(|c| !c.is_zero()).collect();
        // Long waves and short ones.
        for c in [parts.first()?.clone(), parts.last()?.clone()] {
            if let Some(proof) = region.prove(&c.negated(), Relation::Positive) {
                return Some(both(proof, Proof::from(["long or short waves"])));
            }
            candidates.push(c);
        }
        // a x² + b x + c with b < 0 and b² ≥ 4ac has a zero.
        if parts.len() == 3 {
            let (c, b, a) = (parts.remove(0), parts.remove(0), parts.remove(0));
            let four = BigRational::from_integer(4.into());
            let discriminant = b.times(&b)?.minus(&a.times(&c)?.scaled(&four));
            let proof = region
                .prove(&discriminant, Relation::NonNegative)
                .and_then(|proof| Some(both(proof, region.prove(&b.negated(), Relation::Positive)?)));
            if let Some(proof) = proof.filter(|_| evenly_spaced(p, k)) {
                return Some(both(proof, Proof::from(["a discriminant"])));
            }
            candidates.extend([b, discriminant.negated()]);
        }
        if let Some(proof) = cubic_with_positive_root(region, p, k) {
            return Some(proof);
        }
    }
    candidates.into_iter().filter(|c| c.as_constant().is_none()).find_map(|c| {
        let below = region.with(Fact::positive(c.negated()));
        let above = region.with(Fact::non_negative(c));
        let low = somewhere_not_positive(&below, list, k, depth + 1)?;
        Some(both(low, somewhere_not_positive(&above, list, k, depth + 1)?))
    })
}

/// a x³ + b x² + c x + d, x a power of k, with three real roots (discriminant ≥ 0), a > 0 and a negative coefficient:
/// then one is positive (Descartes's rule is exact).
fn cubic_with_positive_root(region: &Region, p: &Poly, k: Var) -> Option<Proof> {
    let parts: Vec<(u32, Poly)> = (0_u32..).zip(p.coefficients(k)).filter(|(_, c)| !c.is_zero()).collect();
    let lowest = parts.first()?.0;
    let step = parts.iter().map(|(i, _)| i - lowest).fold(0, |a, b| {
        let (mut a, mut b) = (a, b);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    });
    if step == 0 || (parts.last()?.0 - lowest) / step != 3 {
        return None;
    }
    let mut cubic = Poly::zero();
    for (i, c) in &parts {
        cubic = cubic.plus(&c.times(&Poly::power(k, (i - lowest) / step))?);
    }
    let (_, lead) = parts.last()?;
    // Res(p, p′) = −a Δ.
    let discriminant = resultant(&cubic, &cubic.derivative(k), k)?.times(lead)?.negated();
    let real = region.prove(&discriminant, Relation::NonNegative)?;
    let lead = region.prove(lead, Relation::Positive)?;
    let negative = parts.iter().find_map(|(_, c)| region.prove(&c.negated(), Relation::Positive))?;
    Some(both(both(real, Proof::from(["a discriminant"])), both(lead, negative)))
}

/// Whether three powers of k are equally far apart.
fn evenly_spaced(p: &Poly, k: Var) -> bool {
    let powers: Vec<usize> =
        p.coefficients(k).iter().enumerate().filter(|(_, c)| !c.is_zero()).map(|(i, _)| i).collect();
    matches!(powers[..], [a, b, c] if b - a == c - b)
}
