//! The equation as the engine works on it: the coefficients of s^j as polynomials in k and the parameters.

use crate::formula::Formula;
use crate::positivity::Space;
use crate::ring::{CPoly, K1, Meaning, Poly, RADIAL, Ring, S, coefficients, evaluate};
use crate::sign::{Range, SignOracle};
use crate::symbol::{self, Unsupported};
use crate::{EngineError, Options};
use genphys_pde::ast::{Bound, Dim, Domain, Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::pde::{Param, Pde};
use std::collections::{BTreeMap, HashMap};
use symbolica::domains::rational::Rational;

/// The space dimensions a verdict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dims {
    pub(crate) least: u32,
    pub(crate) most: Option<u32>,
}

impl Dims {
    pub(crate) fn only(self) -> Option<u32> {
        (self.most == Some(self.least)).then_some(self.least)
    }
}

impl std::fmt::Display for Dims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.least, self.most) {
            (1, None) => write!(f, "any"),
            (a, Some(b)) if a == b => write!(f, "{a}"),
            (a, Some(b)) => write!(f, "{a}..{b}"),
            (a, None) => write!(f, "{a}.."),
        }
    }
}

/// A linear equation with constant coefficients: Σ_j a_j(k) s^j = 0.
pub(crate) struct Equation<'a> {
    pub(crate) pde: &'a Pde,
    pub(crate) fixed: BTreeMap<String, Rational>,
    pub(crate) ring: Ring,
    pub(crate) oracle: SignOracle,
    pub(crate) space: Space,
    pub(crate) dims: Dims,
    /// a_0 … a_m; the common denominator is left out.
    pub(crate) a: Vec<CPoly>,
    /// The common denominator, a polynomial in the parameters.
    pub(crate) den: Poly,
    /// Denominators do not vanish and exponents are positive.
    pub(crate) regular: Formula,
    /// c in a_1 φ_t + c ∇·(x φ) + a_0 φ = 0: linear drift in x.
    pub(crate) motion: Option<Poly>,
}

/// More components than this are not written out.
const MOST_COMPONENTS: u32 = 64;

/// The dimensions asked about, from the file and the options.
pub(crate) fn dims(pde: &Pde, options: &Options) -> Result<Dims, EngineError> {
    let declared = match pde.dim {
        Dim::Any => match pde.explicit_dim {
            Some(n) => Dims { least: n, most: Some(n) },
            None => Dims { least: 1, most: None },
        },
        Dim::Exactly(n) => Dims { least: n, most: Some(n) },
        Dim::Range(a, b) => Dims { least: a, most: b },
    };
    let Some(n) = options.dim else { return Ok(declared) };
    if n < declared.least || declared.most.is_some_and(|most| n > most) {
        return Err(EngineError::Dimension { asked: n, declared: declared.to_string() });
    }
    Ok(Dims { least: n, most: Some(n) })
}

/// The values fixed by the options, checked against names and domains.
pub(crate) fn fixed_values(pde: &Pde, options: &Options) -> Result<BTreeMap<String, Rational>, EngineError> {
    let mut fixed = BTreeMap::new();
    for (name, value) in &options.set {
        let Some(param) = pde.params.iter().find(|p| p.name == *name) else {
            let known = pde.params.iter().map(|p| p.name.clone()).collect();
            return Err(EngineError::UnknownParameter { name: name.clone(), known });
        };
        let exact = crate::ring::rational(value);
        if !range_of(param).contains(exact.to_f64()) {
            return Err(EngineError::OutsideDomain {
                name: name.clone(),
                value: exact.to_f64(),
                domain: param.domain.to_string(),
            });
        }
        fixed.insert(name.clone(), exact);
    }
    Ok(fixed)
}

/// The times an equation is about.
pub(crate) fn time_range(pde: &Pde) -> Range {
    interval_range(&pde.time.interval)
}

fn interval_range(interval: &genphys_pde::ast::Interval) -> Range {
    let bound = |b: &Bound, closed: bool| match b {
        Bound::Finite(n) => Some((crate::ring::rational(n), closed)),
        Bound::MinusInfinity | Bound::Infinity => None,
    };
    Range {
        lower: bound(&interval.lower, interval.lower_closed),
        upper: bound(&interval.upper, interval.upper_closed),
        excluded: None,
    }
}

/// The declared domain as a range.
pub(crate) fn range_of(param: &Param) -> Range {
    let end = |n: &Number, closed: bool| Some((crate::ring::rational(n), closed));
    let mut range = Range::default();
    match &param.domain {
        Domain::Unrestricted => {}
        Domain::Greater(n) => range.lower = end(n, false),
        Domain::GreaterEqual(n) => range.lower = end(n, true),
        Domain::Less(n) => range.upper = end(n, false),
        Domain::LessEqual(n) => range.upper = end(n, true),
        Domain::NotEqual(n) => range.excluded = Some(crate::ring::rational(n)),
        Domain::Interval(i) => range = interval_range(i),
    }
    range
}

impl<'a> Equation<'a> {
    /// Reads the symbol of the equation.
    pub(crate) fn read(pde: &'a Pde, fixed: BTreeMap<String, Rational>, dims: Dims) -> Result<Self, Unsupported> {
        // Coordinates are needed only where the equation names them; otherwise |k| says everything.
        // Where the equation lives in more dimensions than it names, one spare axis stands for all of them.
        let components = pde.explicit_dim.map_or(0, |n| match dims.most {
            Some(most) if dims.only().is_some() => most.max(n),
            Some(most) if most <= n => n,
            _ => n + 1,
        });
        if components > MOST_COMPONENTS {
            return Err(Unsupported {
                what: format!("coordinates in {components} dimensions (more than {MOST_COMPONENTS})"),
            });
        }
        let mut symbol = symbol::of_equation(pde, &fixed, components)?;
        let mut ring = symbol.ring;
        if let (Some(n), Some(index)) = (dims.only(), ring.meanings.iter().position(|m| *m == Meaning::Dimension)) {
            symbol.fraction.num = symbol.fraction.num.map(|p| p.replace(index, &Rational::from(i64::from(n))));
        }
        let mut motion = take_motion(&ring, &mut symbol.fraction.num)?;
        let params: HashMap<String, Range> = pde.params.iter().map(|p| (p.name.clone(), range_of(p))).collect();
        let degree = symbol.fraction.num.re.degree(S).max(symbol.fraction.num.im.degree(S));
        let (re, im) = (coefficients(&symbol.fraction.num.re, S), coefficients(&symbol.fraction.num.im, S));
        let part = |list: &[(Poly, u16)], j: u16| {
            list.iter().find(|(_, e)| *e == j).map_or_else(|| ring.zero(), |(c, _)| c.clone())
        };
        let mut a: Vec<CPoly> = (0..=degree).map(|j| CPoly { re: part(&re, j), im: part(&im, j) }).collect();
        // A complex factor in front of everything is divided out.
        let mut den = symbol.fraction.den;
        if let Some(lead) = a.last().cloned()
            && !lead.is_real()
            && !ring.has_wave(&lead.re)
            && !ring.has_wave(&lead.im)
        {
            a = a.iter().map(|c| c.mul(&lead.conj())).collect();
            motion = motion.map(|c| c.mul(&lead.conj()));
            den = &den * &lead.norm();
        }
        if motion.as_ref().is_some_and(|c| !c.is_real()) {
            return Err(Unsupported { what: "linear drift in x with a complex rate".into() });
        }
        let motion = motion.map(|c| c.re);
        let plain_rate = a.len() == 2 && !ring.has_wave(&a[1].re) && a[1].is_real();
        if motion.is_some() && !plain_rate {
            return Err(Unsupported { what: "linear drift in x beside more than one plain derivative in time".into() });
        }
        // φ_t stands alone where its factor changes in time, so that p = φ.
        if let [_, lead] = a.as_slice()
            && lead.is_real()
            && ring.has_time(&lead.re)
            && !ring.has_wave(&lead.re)
        {
            den = lead.re.clone();
        }
        let common = a.iter().flat_map(|c| [&c.re, &c.im]).fold(ring.zero(), |g, p| crate::ring::gcd(&g, p));
        if ring.has_wave(&common) {
            return Err(Unsupported { what: "an operator in space that is common to all terms".into() });
        }
        let mut space = Space::Radial;
        if components > 0 {
            let radial: Option<Vec<CPoly>> = a
                .iter()
                .map(|c| {
                    Some(CPoly { re: isotropic(&c.re, &ring, components)?, im: isotropic(&c.im, &ring, components)? })
                })
                .collect();
            match radial {
                Some(radial) => a = radial,
                None => {
                    space = Space::Components(components);
                    // |k|^g with g < 2 only: products with components of k are then independent functions.
                    let normal = |p: &Poly| in_terms_of_components(&ring, p);
                    let high = a.iter().flat_map(|c| [&c.re, &c.im]).map(|p| p.degree(RADIAL)).max().unwrap_or(0);
                    if symbol::power_of_sum(components as usize, u64::from(high) / u64::from(2 * ring.root)).is_none() {
                        return Err(Unsupported { what: "a power of |k| of this size beside components of k".into() });
                    }
                    a = a.iter().map(|c| c.map(normal)).collect();
                    if let Some(n) = dims.only() {
                        crate::conditions::c1::adjoin_skewness(&mut ring, n, &a);
                    }
                }
            }
        }
        let oracle = SignOracle::new(&ring, &params, &time_range(pde));
        let regular = Formula::all(
            symbol.non_zero.iter().map(Formula::non_zero).chain(symbol.positive.iter().map(Formula::positive)),
        )
        .simplify(&oracle);
        let mut eq = Self { pde, fixed, ring, oracle, space, dims, a, den, regular, motion };
        eq.confine_functions();
        eq.regular = crate::time::at_all_times(&eq, &eq.regular);
        Ok(eq)
    }

    /// Exponentials and powers on one side of 1, logarithms on one side of 0, by the signs of what they are made of.
    fn confine_functions(&mut self) {
        for index in 0..self.ring.meanings.len() {
            let Some(Meaning::Function { expr, in_time: false, .. }) = self.ring.meanings.get(index) else { continue };
            let known = self.oracle.range(index).cloned().unwrap_or_default();
            if let Some(range) = self.range_of_function(expr, &known) {
                self.oracle.confine(index, range);
            }
        }
    }

    fn range_of_function(&self, e: &Expr, known: &Range) -> Option<Range> {
        // The signs of e − n.
        let signs = |e: &Expr, n: i64| {
            let (num, den) = symbol::scalar_in(self, e)?;
            Some(self.oracle.signs(&(&(&num - &crate::ring::scale(&den, n)) * &den)))
        };
        let (at, signs) = match &e.kind {
            ExprKind::Function { function: ScalarFunction::Exp, argument } => (1, signs(argument, 0)?),
            ExprKind::Function { function: ScalarFunction::Log, argument } => (0, signs(argument, 1)?),
            ExprKind::Pow(base, exponent) => (1, signs(base, 1)?.times(signs(exponent, 0)?)),
            _ => return None,
        };
        let end = |closed: bool| Some((Rational::from(at), closed));
        let floor = known.lower.clone();
        if signs.never_negative() {
            Some(Range { lower: end(signs.zero), ..Range::default() })
        } else if !signs.positive {
            Some(Range { lower: floor, upper: end(signs.zero), excluded: None })
        } else {
            None
        }
    }

    /// The equation that is left where the leading coefficient vanishes.
    pub(crate) fn of_lower_order(&self) -> Self {
        self.of_order(self.order().saturating_sub(1))
    }

    /// The coefficients up to s^order.
    pub(crate) fn of_order(&self, order: usize) -> Self {
        let mut a = self.a[..=order].to_vec();
        while a.len() > 1 && a.last().is_some_and(CPoly::is_zero) {
            a.pop();
        }
        Self {
            pde: self.pde,
            fixed: self.fixed.clone(),
            ring: self.ring.clone(),
            oracle: self.oracle.clone(),
            space: self.space,
            dims: self.dims,
            a,
            den: self.den.clone(),
            regular: self.regular.clone(),
            motion: self.motion.clone(),
        }
    }

    /// Where the leading coefficient vanishes at every k although it is not zero identically.
    pub(crate) fn order_drops(&self) -> Formula {
        let Some(lead) = self.a.last() else { return Formula::False };
        if self.ring.has_time(&lead.re)
            && lead.is_real()
            && crate::time::at_all_times(self, &Formula::non_zero(&lead.re)) == Formula::True
        {
            return Formula::False;
        }
        let parts = [&lead.re, &lead.im].into_iter().flat_map(|p| crate::positivity::monomials(p, &self.ring));
        Formula::all(parts.map(|(_, c)| Formula::zero(&c)).collect::<Vec<_>>()).simplify(&self.oracle)
    }

    /// The operator symbol Σ_j a_j s^j.
    pub(crate) fn symbol(&self) -> CPoly {
        let zero = CPoly::real(self.ring.zero());
        let terms = self.a.iter().enumerate();
        let symbol = terms.fold(zero, |sum, (j, a)| sum.add(&a.scale(&self.ring.power(S, j as u16))));
        match (&self.motion, self.ring.motion()) {
            (Some(c), Some(index)) => symbol.add(&CPoly::real(c * &self.ring.variable(index))),
            _ => symbol,
        }
    }

    /// Order in time.
    pub(crate) fn order(&self) -> usize {
        self.a.len().saturating_sub(1)
    }

    /// Whether a parameter occurs in a coefficient, or in a function of k or a constant that does.
    pub(crate) fn has_parameters(&self) -> bool {
        let occurs = |i: usize| {
            let in_poly = |p: &Poly| p.degree(i) > 0;
            self.a.iter().any(|c| in_poly(&c.re) || in_poly(&c.im)) || self.motion.as_ref().is_some_and(in_poly)
        };
        let named = |e: &Expr| self.pde.params.iter().any(|p| crate::expression::mentions(e, &p.name));
        self.ring.meanings.iter().enumerate().any(|(i, meaning)| match meaning {
            Meaning::Param(_) | Meaning::SymbolicPower { .. } => occurs(i),
            Meaning::Multiplier { expr, .. } | Meaning::Function { expr, .. } => occurs(i) && named(expr),
            _ => false,
        })
    }

    /// Whether all coefficients are real.
    pub(crate) fn is_real(&self) -> bool {
        self.a.iter().all(CPoly::is_real)
    }

    /// `poly > 0` for every k ≠ 0.
    pub(crate) fn positive(&self, poly: &Poly) -> Formula {
        // Where components occur elsewhere only, as in a drift, |k| says everything.
        let radial = match self.space {
            Space::Components(n) => isotropic(poly, &self.ring, n),
            Space::Radial => None,
        };
        let (poly, space) = radial.as_ref().map_or((poly, self.space), |radial| (radial, Space::Radial));
        let closed = crate::positivity::positive_for_all(poly, &self.ring, space, &self.oracle);
        if closed.unknowns().is_empty() {
            return closed;
        }
        let wider = crate::definite::positive(self, poly, space);
        if wider.unknowns().is_empty() {
            return wider;
        }
        let open = Formula::all([closed.clone(), wider]).simplify(&self.oracle);
        self.exact_on_axes(poly, space, &closed).unwrap_or(open)
    }

    /// A condition that is known to suffice, where it is necessary for the waves along the axes.
    fn exact_on_axes(&self, poly: &Poly, space: Space, closed: &Formula) -> Option<Formula> {
        let (Space::Components(n), Formula::Or(parts)) = (space, closed) else { return None };
        let sufficient = Formula::any(parts.iter().filter(|f| f.unknowns().is_empty()).cloned());
        let local = in_terms_of_components(&self.ring, poly);
        let necessary = Formula::all((0..n as usize).map(|axis| {
            let others = (0..n as usize).filter(|i| *i != axis);
            let along = others.fold(local.clone(), |p, i| p.replace(K1 + i, &Rational::from(0)));
            let along = along.replace_with_poly(K1 + axis, &self.ring.variable(K1));
            crate::positivity::positive_for_all(&along, &self.ring, Space::Components(1), &self.oracle)
        }))
        .simplify(&self.oracle);
        let implied = necessary.unknowns().is_empty()
            && crate::implication::always(&Formula::any([necessary.negate(), sufficient.clone()]), &self.oracle);
        implied.then_some(sufficient)
    }

    /// The same equation with a variable of the ring confined to an open interval.
    pub(crate) fn confined(&self, variable: usize, lower: &Rational, upper: &Rational) -> Self {
        let mut confined = self.of_order(self.order());
        confined.oracle = self.oracle.confined(variable, lower, upper);
        confined
    }

    /// A parameter point: values of all ring variables, with everything but constants and parameters zero.
    pub(crate) fn point(&self, params: &BTreeMap<String, f64>) -> Vec<f64> {
        self.ring
            .meanings
            .iter()
            .map(|meaning| match meaning {
                Meaning::Constant { value, .. } => *value,
                Meaning::Param(name) => params.get(name).copied().unwrap_or(0.0),
                Meaning::Time => self.moment(params),
                Meaning::Dimension => f64::from(self.dims.least),
                Meaning::Function { expr, .. } => self.number(expr, params, None).unwrap_or(0.0),
                _ => 0.0,
            })
            .collect()
    }

    /// The time looked at: the one in `params`, or one inside the interval.
    pub(crate) fn moment(&self, params: &BTreeMap<String, f64>) -> f64 {
        params.get(&self.pde.time.name).copied().unwrap_or_else(|| {
            let range = time_range(self.pde);
            match (range.lower, range.upper) {
                (Some((l, _)), Some((u, _))) => 0.5 * (l.to_f64() + u.to_f64()),
                (Some((l, _)), None) => l.to_f64() + 1.0,
                (None, Some((u, _))) => u.to_f64() - 1.0,
                (None, None) => 0.0,
            }
        })
    }

    /// The value of an expression in the parameters, the time and |k|.
    pub(crate) fn number(&self, expr: &Expr, params: &BTreeMap<String, f64>, k: Option<f64>) -> Option<f64> {
        let mut values = params.clone();
        values.extend(self.fixed.iter().map(|(name, value)| (name.clone(), value.to_f64())));
        values.insert(self.pde.time.name.clone(), self.moment(params));
        values.extend(k.map(|k| ("k".to_string(), k)));
        genphys_pde::evaluate_real(expr, &values).ok()
    }

    /// Whether coefficients depend on the time.
    pub(crate) fn depends_on_time(&self) -> bool {
        self.a
            .iter()
            .chain(std::iter::once(&CPoly::real(self.den.clone())))
            .any(|c| self.ring.has_time(&c.re) || self.ring.has_time(&c.im))
            || self.motion.as_ref().is_some_and(|c| self.ring.has_time(c))
    }

    /// Sets the wave variables of a point to a wave vector; one entry is |k| along the first axis.
    pub(crate) fn set_wave_vector(&self, point: &mut [f64], k: &[f64]) {
        let norm = k.iter().map(|x| x * x).sum::<f64>().sqrt();
        let multipliers = self.ring.meanings.iter().any(|m| matches!(m, Meaning::Multiplier { .. }));
        let values = if multipliers && norm != 0.0 { self.values(point, norm) } else { BTreeMap::new() };
        for (index, meaning) in self.ring.meanings.iter().enumerate() {
            let value = match meaning {
                Meaning::Radial => norm.powf(1.0 / f64::from(self.ring.root)),
                Meaning::Component(axis) => k.get(*axis as usize - 1).copied().unwrap_or(0.0),
                Meaning::SymbolicPower { exponent, .. } => norm.powf(evaluate(exponent, point).0),
                // At k = 0 the expression may be 0/0; what it stands for vanishes there.
                Meaning::Multiplier { .. } if norm == 0.0 => 0.0,
                Meaning::Multiplier { expr, .. } => genphys_pde::evaluate_real(expr, &values).unwrap_or(f64::NAN),
                _ => continue,
            };
            point[index] = value;
        }
    }

    /// The parameters, the time and |k| by name.
    fn values(&self, point: &[f64], norm: f64) -> BTreeMap<String, f64> {
        let of_point = self.ring.meanings.iter().zip(point).filter_map(|(meaning, value)| match meaning {
            Meaning::Param(name) => Some((name.clone(), *value)),
            _ => None,
        });
        let mut values: BTreeMap<String, f64> = of_point.collect();
        values.extend(self.fixed.iter().map(|(name, value)| (name.clone(), value.to_f64())));
        let time = self.ring.time().and_then(|i| point.get(i).copied());
        values.insert(self.pde.time.name.clone(), time.unwrap_or_else(|| self.moment(&values)));
        values.insert("k".into(), norm);
        values
    }
}

/// Takes the terms with `div(x·)` out of the symbol: their coefficient, which must be free of k and s. It is real, or not, only
/// beside that of the time derivative: I φ_t + I div(xφ) drifts, I φ_t + div(xφ) does not.
fn take_motion(ring: &Ring, symbol: &mut CPoly) -> Result<Option<CPoly>, Unsupported> {
    let Some(index) = ring.motion().filter(|i| symbol.re.degree(*i) > 0 || symbol.im.degree(*i) > 0) else {
        return Ok(None);
    };
    let part = |p: &Poly| crate::ring::coefficient(p, index, 1);
    let rate = symbol.map(part);
    let plain = [&rate.re, &rate.im].iter().all(|p| !ring.has_wave(p) && p.degree(S) == 0);
    if !plain || symbol.re.degree(index) > 1 || symbol.im.degree(index) > 1 {
        return Err(Unsupported { what: "linear drift in x under another operator".into() });
    }
    *symbol = symbol.map(|p| crate::ring::coefficient(p, index, 0));
    Ok(Some(rate))
}

/// q^{2 root} back to k1² + … + kn².
pub(crate) fn in_terms_of_components(ring: &Ring, p: &Poly) -> Poly {
    let square = u16::try_from(2 * ring.root).unwrap_or(u16::MAX);
    if p.degree(RADIAL) < square {
        return p.clone();
    }
    let squared = (0..ring.components as usize).fold(ring.zero(), |sum, i| &sum + &ring.power(K1 + i, 2));
    coefficients(p, RADIAL).into_iter().fold(ring.zero(), |sum, (c, e)| {
        let factor = &squared.pow(usize::from(e / square)) * &ring.power(RADIAL, e % square);
        &sum + &(&c * &factor)
    })
}

/// The same polynomial in the radial variable, if it depends on k1² + … + kn² only.
pub(crate) fn isotropic(poly: &Poly, ring: &Ring, components: u32) -> Option<Poly> {
    let n = components as usize;
    let mut first = poly.clone();
    for i in 1..n {
        first = first.replace(K1 + i, &Rational::from(0));
    }
    let squared = (0..n).fold(ring.zero(), |sum, i| &sum + &ring.power(K1 + i, 2));
    let (mut radial, mut expanded) = (ring.zero(), ring.zero());
    for (coefficient, exponent) in coefficients(&first, K1) {
        if coefficient.is_zero() {
            continue;
        }
        if exponent % 2 == 1 {
            return None;
        }
        expanded = &expanded + &(&coefficient * &squared.pow(usize::from(exponent / 2)));
        radial = &radial + &(&coefficient * &ring.power(RADIAL, exponent * ring.root as u16));
    }
    (expanded == *poly).then_some(radial)
}
