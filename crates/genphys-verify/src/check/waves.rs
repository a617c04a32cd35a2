//! From an equation to the polynomials of [`super::decay`]: its symbol for k ≠ 0 and at k = 0, without denominators,
//! and what is known of all variables.

use super::Claim;
use super::decay::Waves;
use super::stability::{Shift, Symbol};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use crate::exact::{Algebra, Atom, Reader};
use crate::sign::logic::Formula;
use crate::sign::{Fact, Region, Relation};
use genphys_pde::ast::Expr;
use genphys_pde::certificate::{AlgebraicNumber, Rate};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// An equation with its variables.
pub(super) struct Model<'a> {
    pub(super) claim: &'a Claim<'a>,
    pub(super) algebra: Algebra,
    /// Variables that stand for others: a power of what replaces them.
    powers: BTreeMap<Var, (Var, u32)>,
    /// Roots that the certificate has brought.
    roots: usize,
}

/// Equations with more variables are out of reach.
const MOST_VARIABLES: usize = 200;

impl<'a> Model<'a> {
    pub(super) fn new(claim: &'a Claim<'a>) -> Option<Self> {
        Self::with_components(claim, claim.components())
    }

    /// With variables that were made elsewhere.
    pub(super) fn of_algebra(claim: &'a Claim<'a>, algebra: Algebra) -> Self {
        Self { claim, algebra, powers: BTreeMap::new(), roots: 0 }
    }

    /// For functions of |k| alone where there are no components.
    pub(super) fn with_components(claim: &'a Claim<'a>, components: u32) -> Option<Self> {
        let algebra = Algebra::new(claim.work, claim.pde, claim.derivation, claim.dims, components)?;
        Some(Self { claim, algebra, powers: BTreeMap::new(), roots: 0 })
    }

    /// The symbol for k ≠ 0, by rising power of s, and the factor of div(x·).
    pub(super) fn symbol(&mut self) -> Option<crate::exact::Symbol> {
        let symbol = Reader::new(&mut self.algebra, self.claim.pde).equation()?;
        let Some(eta) = self.claim.shift else { return Some(symbol) };
        // Σ a_j (σ − η)^j by powers of σ.
        let expr = genphys_pde::parse_expression(eta).ok()?;
        let eta = Reader::new(&mut self.algebra, self.claim.pde).scalar(&expr)?;
        let mut a = symbol.a;
        for start in 0..a.len() {
            for i in (start..a.len() - 1).rev() {
                a[i] = self.algebra.reduced_pair(&a[i].minus(&self.algebra.times(&a[i + 1], &eta)?)?)?;
            }
        }
        Some(crate::exact::Symbol { a, drift: symbol.drift })
    }

    /// A real expression in parameters (and k), as a fraction; `r` stands for a root.
    pub(super) fn expression(&mut self, text: &str, r: Option<Var>) -> Option<Fraction> {
        let expr = genphys_pde::parse_expression(text).ok()?;
        self.scalar(&expr, r)
    }

    fn scalar(&mut self, expr: &Expr, r: Option<Var>) -> Option<Fraction> {
        let mut reader = Reader::new(&mut self.algebra, self.claim.pde);
        if let Some(r) = r {
            reader = reader.with("r", Fraction::var(r).into());
        }
        reader.scalar(expr)?.as_real().cloned()
    }

    /// A value at k = 0.
    pub(super) fn at_rest(&mut self, value: &Complex) -> Option<Complex> {
        let waves =
            [self.algebra.k()].into_iter().chain(self.algebra.components().to_vec()).chain(self.algebra.beyond());
        let zero: BTreeMap<Var, Fraction> = waves.map(|v| (v, Fraction::zero())).collect();
        // Where numerator and denominator vanish it is a limit.
        if self.algebra.components().is_empty()
            && [&value.re, &value.im].iter().any(|f| self.replaced(f, &zero).is_none())
        {
            let k = self.algebra.k();
            return self.algebra.limit(value, k, &BigRational::zero());
        }
        let im = self.replaced(&value.im, &zero)?.times(&Complex::i())?;
        self.replaced(&value.re, &zero)?.plus(&im)
    }

    /// With fractions in place of variables, inside functions too.
    pub(super) fn replaced(&mut self, value: &Fraction, by: &BTreeMap<Var, Fraction>) -> Option<Complex> {
        let (num, den) = (self.replaced_in_poly(&value.num, by)?, self.replaced_in_poly(&value.den, by)?);
        self.algebra.over(&num, &den)
    }

    fn replaced_in_poly(&mut self, p: &Poly, by: &BTreeMap<Var, Fraction>) -> Option<Complex> {
        let mut sum = Complex::zero();
        let mut known: BTreeMap<Var, Complex> = BTreeMap::new();
        for (monomial, c) in p.terms() {
            let mut term: Complex = Fraction::constant(c.clone()).into();
            for (v, e) in monomial.powers() {
                if !known.contains_key(v) {
                    let value = self.replaced_variable(*v, by)?;
                    known.insert(*v, value);
                }
                let factor = self.algebra.pow(known.get(v)?, i32::try_from(*e).ok()?)?;
                term = self.algebra.times(&term, &factor)?;
            }
            sum = sum.plus(&term)?;
        }
        self.algebra.reduced_pair(&sum)
    }

    fn replaced_variable(&mut self, v: Var, by: &BTreeMap<Var, Fraction>) -> Option<Complex> {
        if let Some(value) = by.get(&v) {
            return Some(value.clone().into());
        }
        let itself = Fraction::var(v);
        if !by.keys().any(|w| self.algebra.depends(&itself, *w)) {
            return Some(itself.into());
        }
        match self.algebra.atom(v)?.clone() {
            Atom::Named(_) => None,
            Atom::Root { degree, of } => {
                let of = self.replaced(&of, by)?;
                self.algebra.power(&of, &Fraction::constant(BigRational::new(1.into(), degree.into())))
            }
            Atom::Power { base, exponent } => {
                let (base, exponent) = (self.replaced(&base, by)?, self.replaced(&exponent, by)?);
                self.algebra.power(&base, exponent.as_real()?)
            }
            Atom::Exp(z) => {
                let z = self.replaced(&z, by)?;
                self.algebra.exp(&z)
            }
            Atom::Log(z) => {
                let z = self.replaced(&z, by)?;
                self.algebra.log(&z)
            }
            Atom::Cos(z) => {
                let z = self.replaced(&z, by)?;
                self.algebra.cos(&z)
            }
            Atom::Sin(z) => {
                let z = self.replaced(&z, by)?;
                self.algebra.sin(&z)
            }
        }
    }

    pub(super) fn depends_on_wave(&self, value: &Fraction) -> bool {
        let a = &self.algebra;
        a.components().iter().chain(a.beyond().as_ref()).chain([&a.k()]).any(|v| a.depends(value, *v))
    }

    pub(super) fn depends_on_time(&self, value: &Fraction) -> bool {
        self.algebra.depends(value, self.algebra.time())
    }

    /// A region and what is known of further variables that some polynomials contain. Roots of single variables take
    /// their place, so that |k|^{1/2} is a variable and |k| its square.
    pub(super) fn extended(&mut self, region: &Region, list: &[&Poly]) -> Option<Region> {
        let mut variables: Vec<Var> = list.iter().flat_map(|p| p.variables()).collect();
        variables.extend([self.algebra.k()]);
        variables.extend(self.algebra.components());
        variables.extend(self.algebra.beyond());
        // And of what functions are made of.
        let mut i = 0;
        while i < variables.len() {
            let v = variables[i];
            if variables[..i].contains(&v) || region.knows(v) {
                variables.remove(i);
                continue;
            }
            variables.extend(self.inside(v));
            i += 1;
            if i > MOST_VARIABLES {
                return None;
            }
        }
        variables.sort_unstable();
        let mut region = region.clone();
        let mut roots = Vec::new();
        let mut taken: Vec<(Var, Var, u32)> = Vec::new();
        let mut sums = Vec::new();
        for v in &variables {
            let range = self.algebra.range(*v)?.clone();
            if let Some(Atom::Root { degree: 1, of }) = self.algebra.atom(*v)
                && let Some(of) = of.as_poly()
            {
                sums.push(self.flat(&Poly::var(*v).minus(of))?);
            }
            if let Some((degree, of)) = self.algebra.relation(*v)
                && range.is_nonnegative()
                && let Some(of) = of.as_poly()
            {
                match of.variables()[..] {
                    [w] if *of == Poly::var(w) => taken.push((*v, w, *degree)),
                    _ if *degree == 2 => roots.push((*v, of.clone(), range.clone())),
                    _ => {}
                }
            }
            region = region.with_range(*v, range);
        }
        for (v, w, degree) in taken {
            if self.powers.contains_key(&w) {
                continue;
            }
            self.powers.insert(w, (v, degree));
            // The range of w as facts about v.
            let power = Poly::power(v, degree);
            let range = region.range(w);
            for (end, sign) in [(&range.lower, 1), (&range.upper, -1)] {
                if let Some((x, closed)) = end
                    && !(sign > 0 && x.is_zero())
                {
                    let poly = power.minus(&Poly::constant(x.clone()));
                    let poly = if sign > 0 { poly } else { poly.negated() };
                    region = region.with(if *closed { Fact::non_negative(poly) } else { Fact::positive(poly) });
                }
            }
        }
        for (v, of, range) in roots {
            let of = self.flat(&of)?;
            region = region.with_known_root(v, of, range);
        }
        for sum in sums {
            region = region.with(Fact::zero(sum));
        }
        for v in variables {
            region = self.facts_of(v).into_iter().fold(region, |region, fact| region.with(fact));
        }
        Some(region)
    }

    /// The variables in the argument of a function.
    fn inside(&self, v: Var) -> Vec<Var> {
        match self.algebra.atom(v) {
            Some(Atom::Root { of, .. } | Atom::Exp(of) | Atom::Log(of) | Atom::Cos(of) | Atom::Sin(of)) => {
                of.variables()
            }
            Some(Atom::Power { base, exponent }) => base.variables().into_iter().chain(exponent.variables()).collect(),
            _ => self.algebra.relation(v).map(|(_, of)| of.variables()).unwrap_or_default(),
        }
    }

    /// With roots in place of the variables that they are roots of.
    pub(super) fn flat(&self, p: &Poly) -> Option<Poly> {
        self.powers.iter().try_fold(p.clone(), |p, (w, (v, degree))| {
            if p.contains(*w) { p.substitute(*w, &Poly::power(*v, *degree)) } else { Some(p) }
        })
    }

    /// The variable for |k|, or the root that takes its place.
    pub(super) fn wave_number(&self) -> Var {
        self.root_of_wave_number().0
    }

    /// The same with the power of it that |k| is.
    fn root_of_wave_number(&self) -> (Var, u32) {
        let k = self.algebra.k();
        self.powers.get(&k).copied().unwrap_or((k, 1))
    }

    /// The variables that k consists of.
    pub(super) fn components(&self) -> Vec<Var> {
        self.algebra.components().iter().copied().chain(self.algebra.beyond()).collect()
    }

    /// The product of numerator and denominator, which has the sign of the fraction.
    pub(super) fn signed(&self, value: &Fraction) -> Option<Poly> {
        let (num, den) = (self.flat(&value.num)?, self.flat(&value.den)?);
        if den.as_constant().is_some_and(|c| c.is_positive()) { Some(num) } else { num.times(&den) }
    }

    /// What is known of all variables of some fractions.
    pub(super) fn region_of(&mut self, list: &[&Fraction]) -> Option<Region> {
        let all: Vec<&Poly> = list.iter().flat_map(|f| [&f.num, &f.den]).collect();
        self.extended(&Region::default(), &all)
    }

    /// Symbols without denominators, and the region. `None` where a denominator may vanish.
    pub(super) fn waves(&mut self) -> Option<Waves> {
        self.waves_where_defined().filter(|w| w.region.prove(&w.defined, Relation::NonZero).is_some())
    }

    /// The same with a denominator that may vanish for some parameters.
    pub(super) fn waves_where_defined(&mut self) -> Option<Waves> {
        let symbol = self.symbol()?;
        // Growth rates say something where coefficients do not depend on the time.
        let changes = symbol.a.iter().any(|c| self.depends_on_time(&c.re) || self.depends_on_time(&c.im));
        if !symbol.drift.is_zero() || changes {
            return None;
        }
        let parts = symbol.a.iter().any(|c| !c.im.is_zero()) || !self.components().is_empty();
        let of_length = if parts && symbol.a.len() == 2 { self.of_length() } else { None };
        let (symbol, lead) = of_length.unwrap_or((symbol, Poly::one()));
        let mut at_rest: Vec<Complex> = symbol.a.iter().map(|c| self.at_rest(c)).collect::<Option<_>>()?;
        // A root that is lost at k = 0 is at infinity there.
        while at_rest.last().is_some_and(Complex::is_zero) {
            at_rest.pop();
        }
        let ((moving, den), (resting, den_at_rest)) = (cleared(&symbol.a)?, cleared(&at_rest)?);
        let den = den.times(&lead)?;
        let all: Vec<&Poly> =
            moving.iter().chain(&resting).flat_map(|(re, im)| [re, im]).chain([&den, &den_at_rest]).collect();
        let region = self.extended(&Region::default(), &all)?;
        let flat = |list: &[(Poly, Poly)]| -> Option<Symbol> {
            let a = list.iter().map(|(re, im)| Some((self.flat(re)?, self.flat(im)?))).collect::<Option<_>>()?;
            Some(Symbol { a })
        };
        let (symbol, at_rest) = (flat(&moving)?, flat(&resting)?);
        let components = self.components();
        let parameters = symbol.variables().into_iter().filter(|v| !self.depends_on_wave(&Fraction::var(*v))).collect();
        let (k, degree) = self.root_of_wave_number();
        let still = !self.depends_on_wave(&den.clone().into());
        let (den, den_at_rest) = (self.flat(&den)?, self.flat(&den_at_rest)?);
        let defined = if still { den.times(&den_at_rest)? } else { den_at_rest };
        let waves = Waves { region, components, k, degree, parameters, symbol, at_rest, defined };
        if !still {
            for part in waves.moving(&waves.region) {
                part.prove(&den, Relation::NonZero)?;
            }
        }
        Some(waves)
    }

    /// Of first order only Re s counts: the equation s + Re(a₀/a₁) = 0 where that is a function of |k|, as beside a
    /// real drift, and what must not vanish then. It is read again in |k|, and components are forgotten.
    fn of_length(&mut self) -> Option<(crate::exact::Symbol, Poly)> {
        if self.roots > 0 || !self.powers.is_empty() {
            return None;
        }
        let mut other = Self::with_components(self.claim, self.claim.components())?;
        other.algebra.prefer_length();
        let symbol = other.symbol()?;
        let [a0, a1] = &symbol.a[..] else { return None };
        let rate = other.algebra.over(a0, a1)?.re;
        let size = other.algebra.reduced(&a1.re.times(&a1.re)?.plus(&a1.im.times(&a1.im)?)?)?;
        if !other.algebra.forget_components(&[&rate, &size]) {
            return None;
        }
        if !other.depends_on_wave(&size) {
            // Where a₁ may vanish at all k there are cases, and no rate.
            other.region_of(&[&size])?.prove(&size.num, Relation::NonZero)?;
        }
        *self = other;
        Some((crate::exact::Symbol { a: vec![rate.into(), Complex::one()], drift: symbol.drift }, size.num))
    }

    /// A variable that a root of the checker's own stands for.
    pub(super) fn new_root(&mut self) -> Var {
        self.roots += 1;
        self.algebra.named(&format!("root {}", self.roots), Range::real())
    }

    /// The shifts of a certificate, each with its real part where the root is imaginary.
    pub(super) fn shifts(&mut self, rates: &[Rate], r: Option<Var>) -> Option<Vec<Shift>> {
        let mut list = Vec::new();
        for rate in rates {
            let (num, den) = (self.expression(&rate.num, r)?, self.expression(&rate.den, r)?);
            let mean = num.over(&den)?;
            if self.depends_on_wave(&mean) {
                return None;
            }
            if let Some(text) = &rate.square {
                // (num + √(p/q))/den = (num q + √(p q))/(den q) for q > 0; q² under the root takes care of its sign.
                let square = self.expression(text, r)?;
                let square = self.algebra.reduced(&square)?;
                if self.depends_on_wave(&square) {
                    return None;
                }
                let (p, q) = (square.num.clone(), square.den.clone());
                if let Some(root) = self.algebra.root_of_known_sign(&square) {
                    let rate = num.plus(&root)?.over(&den)?;
                    list.push(Shift { num: self.flat(&rate.num)?, den: self.flat(&rate.den)?, root: None });
                    continue;
                }
                let root = self.new_root();
                if q.as_constant().is_none_or(|c| !c.is_one()) || num.den != den.den {
                    return None;
                }
                let under = self.flat(&p)?;
                // √ over a common denominator of num and den: both have the same one.
                let scale = self.flat(&num.den)?;
                let top = self.flat(&num.num)?.plus(&scale.times(&Poly::var(root))?);
                list.push(Shift { num: top, den: self.flat(&den.num)?, root: Some((root, under)) });
            }
            list.push(Shift { num: self.flat(&mean.num)?, den: self.flat(&mean.den)?, root: None });
        }
        Some(list)
    }

    /// A variable that is the root of a polynomial between two numbers, where there is one.
    pub(super) fn algebraic(&mut self, root: &AlgebraicNumber) -> Option<(Var, Range, Poly)> {
        let r = self.new_root();
        let polynomial = self.expression(&root.polynomial, Some(r))?;
        let polynomial = polynomial.as_poly()?.clone();
        if polynomial.variables() != [r] {
            return None;
        }
        let slack = BigRational::new(1.into(), BigRational::from_integer((1_u64 << 44).into()).to_integer());
        let around = |x: f64| BigRational::from_float(x);
        let (lower, upper) = (around(root.lower)?, around(root.upper)?);
        if lower > upper {
            return None;
        }
        let (lower, upper) = (lower - &slack, upper + slack);
        let sign = |x: &BigRational| polynomial.at(r, x).as_constant().map(|v| v.is_positive());
        if sign(&lower)? == sign(&upper)? {
            return None;
        }
        Some((r, Range { lower: Some((lower, false)), upper: Some((upper, false)), excluded: None }, polynomial))
    }

    /// A condition of a report as a formula in the parameters.
    pub(super) fn formula(&mut self, condition: &genphys_pde::condition::Condition) -> Option<Formula> {
        let formula = self.formula_in_k(condition)?;
        let waves = |p: &Poly| {
            let p = Fraction::from(p.clone());
            self.depends_on_wave(&p) || self.depends_on_time(&p)
        };
        (!formula.polynomials().into_iter().any(waves)).then_some(formula)
    }

    /// A condition of a report as a formula in the parameters and k.
    pub(super) fn formula_in_k(&mut self, condition: &genphys_pde::condition::Condition) -> Option<Formula> {
        use genphys_pde::condition::{Comparison, Condition};
        Some(match condition {
            Condition::All(list) => Formula::All(list.iter().map(|c| self.formula_in_k(c)).collect::<Option<_>>()?),
            Condition::Any(list) => Formula::Any(list.iter().map(|c| self.formula_in_k(c)).collect::<Option<_>>()?),
            Condition::Relation(left, relation, right) => {
                let (left, right) = (self.scalar(left, None)?, self.scalar(right, None)?);
                let difference = match relation {
                    Comparison::Less | Comparison::LessEqual => right.minus(&left)?,
                    _ => left.minus(&right)?,
                };
                let difference = self.algebra.reduced(&difference)?;
                // p/q has the sign of p q, or of p for q > 0.
                let plain = self.algebra.is_positive(&difference.den.clone().into());
                let (num, den) = (self.flat(&difference.num)?, self.flat(&difference.den)?);
                let product = if plain { num } else { num.times(&den)? };
                Formula::Fact(match relation {
                    Comparison::Less | Comparison::Greater => Fact::positive(product),
                    Comparison::LessEqual | Comparison::GreaterEqual => Fact::non_negative(product),
                    Comparison::Equal => Fact::zero(self.flat(&difference.num)?),
                    Comparison::NotEqual => Fact { poly: self.flat(&difference.num)?, relation: Relation::NonZero },
                })
            }
            Condition::AtMostDimensions(_) | Condition::Words(_) => return None,
        })
    }
}

/// Fractions over one denominator: numerators and the denominator.
fn cleared(list: &[Complex]) -> Option<(Vec<(Poly, Poly)>, Poly)> {
    let mut common = Poly::one();
    for part in list.iter().flat_map(|c| [&c.re, &c.im]) {
        if common.exact_quotient(&part.den).is_none() {
            common = match part.den.exact_quotient(&common) {
                Some(_) => part.den.clone(),
                None => common.times(&part.den)?,
            };
        }
    }
    let raised = |f: &Fraction| f.num.times(&common.exact_quotient(&f.den)?);
    let list = list.iter().map(|c| Some((raised(&c.re)?, raised(&c.im)?))).collect::<Option<_>>()?;
    Some((list, common))
}
