//! An equation is read: its symbol as polynomials in a ring of its own.

use crate::algebra::components::{in_terms_of_components, isotropic};
use crate::algebra::formula::Formula;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, Meaning, Poly, RADIAL, Ring, S, coefficients};
use crate::algebra::sign::SignOracle;
use crate::algebra::steps::Workspace;
use crate::equation::declared::{Dims, range_of, time_range};
use crate::equation::linear::Equation;
use crate::equation::symbol;
use crate::equation::symbol::Unsupported;
use crate::trees::range::Range;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::pde::Pde;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use symbolica::domains::rational::Rational;

/// More components than this are not written out.
const MOST_COMPONENTS: u32 = 64;

impl<'a> Equation<'a> {
    /// Reads the symbol of the equation.
    pub(crate) fn read(
        pde: &'a Pde,
        fixed: BTreeMap<String, Rational>,
        dims: Dims,
        work: &Rc<Workspace>,
    ) -> Result<Self, Unsupported> {
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
        let mut symbol = symbol::of_equation(pde, &fixed, components, work)?;
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
        let common = a.iter().flat_map(|c| [&c.re, &c.im]).fold(ring.zero(), |g, p| crate::algebra::ring::gcd(&g, p));
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
                        crate::equation::skewness::adjoin(&mut ring, n, &a);
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
        eq.regular = crate::equation::time::at_all_times(&eq, &eq.regular);
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
            let (num, den) = symbol::scalar_in(self.pde, &self.fixed, &self.ring, e)?;
            Some(self.oracle.signs(&(&(&num - &crate::algebra::ring::scale(&den, n)) * &den)))
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
}

/// Takes the terms with `div(x·)` out of the symbol: their coefficient, which must be free of k and s. It is real, or
/// not, only beside that of the time derivative: I φ_t + I div(xφ) drifts, I φ_t + div(xφ) does not.
fn take_motion(ring: &Ring, symbol: &mut CPoly) -> Result<Option<CPoly>, Unsupported> {
    let Some(index) = ring.motion().filter(|i| symbol.re.degree(*i) > 0 || symbol.im.degree(*i) > 0) else {
        return Ok(None);
    };
    let part = |p: &Poly| crate::algebra::ring::coefficient(p, index, 1);
    let rate = symbol.map(part);
    let plain = [&rate.re, &rate.im].iter().all(|p| !ring.has_wave(p) && p.degree(S) == 0);
    if !plain || symbol.re.degree(index) > 1 || symbol.im.degree(index) > 1 {
        return Err(Unsupported { what: "linear drift in x under another operator".into() });
    }
    *symbol = symbol.map(|p| crate::algebra::ring::coefficient(p, index, 0));
    Ok(Some(rate))
}
