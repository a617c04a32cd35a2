//! e^{i angle}, sines and cosines.

use super::algebra::{Algebra, Atom};
use super::fraction::{Complex, Fraction};
use super::functions::{as_one, ratio, split};
use super::poly::{Poly, Var};
use super::range::Range;
use crate::enclosure::Interval;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

impl Algebra {
    /// cos a + i sin a.
    pub(crate) fn turn(&mut self, angle: &Fraction) -> Option<Complex> {
        let angle = self.reduced(angle)?;
        let (number, mut terms) = split(&angle)?;
        let mut number = (!number.is_zero()).then(|| (number, Fraction::one()));
        // A phase that passes with the time, such as π(t + s)/2, is one angle, so that its quadrant is known.
        let mut waves = [self.k()].into_iter().chain(self.components().to_vec()).chain(self.beyond());
        let (cosine, sine) = self.turn_ranges(&angle, &Range::between(-BigRational::one(), BigRational::one()));
        if angle.num.len() > 1
            && (cosine.is_nonnegative() || sine.is_nonnegative())
            && self.depends(&angle, self.time())
            && !waves.any(|v| self.depends(&angle, v))
        {
            (number, terms) = (None, vec![as_one(&angle)?]);
        }
        let mut product = Complex::one();
        let pi = self.value("pi")?.as_real()?.clone();
        for (c, m) in number.into_iter().chain(terms) {
            let mut c = c;
            if m == pi {
                if let Some(known) = self.known_turn(&c)? {
                    product = self.times(&product, &known)?;
                    continue;
                }
                // π c = π (quarters/2 + rest) with −1/4 < rest ≤ 1/4.
                let two = BigRational::from_integer(2.into());
                let quarters = (&c * &two).round();
                c -= &quarters / two;
                let turns: BigRational = &quarters / BigRational::from_integer(4.into());
                let left = (quarters - turns.floor() * BigRational::from_integer(4.into())).to_integer().to_i32()?;
                let quarter = self.pow(&Complex::i(), left)?;
                product = self.times(&product, &quarter)?;
            }
            let (cosine, sine, times) = self.angle(&c, &m)?;
            let sine = Complex { re: self.variable(cosine), im: self.variable(sine) };
            let sine = if times < 0 { sine.conjugate() } else { sine };
            product = self.times(&product, &self.pow(&sine, times.checked_abs()?)?)?;
        }
        Some(product)
    }

    /// e^{iπc} for multiples of π/4 and π/6.
    fn known_turn(&mut self, c: &BigRational) -> Option<Option<Complex>> {
        let twelfths = c * BigRational::from_integer(12.into());
        if !twelfths.is_integer() {
            return Some(None);
        }
        let turn = (twelfths / BigRational::from_integer(24.into())).fract();
        let steps = (turn * BigRational::from_integer(24.into())).to_integer().to_i32()?.rem_euclid(24);
        let (quarters, rest) = (steps / 6, steps % 6);
        // Four times the square of the cosine and of the sine.
        let (cosine, sine) = match rest {
            0 => (4, 0),
            2 => (3, 1),
            3 => (2, 2),
            4 => (1, 3),
            _ => return Some(None),
        };
        let half = BigRational::new(1.into(), 2.into());
        let mut root = |n: i64| Some(self.sqrt(&Fraction::integer(n).into())?.re.scaled(&half));
        let first = Complex { re: root(cosine)?, im: if sine == 0 { Fraction::zero() } else { root(sine)? } };
        self.times(&first, &self.pow(&Complex::i(), quarters)?).map(Some)
    }

    /// The variables for the cosine and the sine of a part of c·m, and how many parts it has.
    fn angle(&mut self, c: &BigRational, m: &Fraction) -> Option<(Var, Var, i32)> {
        let find = |atom: &Atom| match atom {
            Atom::Cos(e) => ratio(e, m),
            _ => None,
        };
        let found = self.atoms().filter(|(v, _)| !self.is_replaced(*v)).find_map(|(v, atom)| Some((v, find(atom)?)));
        let unit = match &found {
            None => c.abs(),
            Some((old, unit)) => {
                let times = c / unit;
                if times.is_integer() {
                    return Some((*old, old + 1, times.to_integer().to_i32()?));
                }
                unit / BigRational::from_integer(times.denom().clone())
            }
        };
        let range = self.is_real(m).then(|| Range::between(-BigRational::one(), BigRational::one()));
        let (of_cosine, of_sine) = match &range {
            Some(range) => {
                let (cosine, sine) = self.turn_ranges(&m.scaled(&unit), range);
                (Some(cosine), Some(sine))
            }
            None => (None, None),
        };
        let cosine = self.add(Atom::Cos(m.scaled(&unit)), of_cosine, None);
        let rest = Poly::one().minus(&Poly::power(cosine, 2));
        let sine = self.add(Atom::Sin(m.scaled(&unit)), of_sine, Some((2, rest.into())));
        if let Some((old, large)) = found {
            let parts = (large / &unit).to_integer().to_i32()?;
            let turn = Complex { re: self.variable(cosine), im: self.variable(sine) };
            let whole = self.pow(&turn, parts)?;
            self.replace(old, whole.re);
            self.replace(old + 1, whole.im);
        }
        Some((cosine, sine, (c / &unit).to_integer().to_i32()?))
    }

    /// The values of cosine and sine: π q with 0 < q < 1 has a positive sine, with |q| < 1/2 a positive cosine.
    fn turn_ranges(&self, angle: &Fraction, all: &Range) -> (Range, Range) {
        let (mut cosine, mut sine) = (all.clone(), all.clone());
        let pi = self.value("pi").and_then(Complex::as_real);
        let parts = pi.and_then(|pi| self.reduced(&angle.over(pi)?)).filter(|q| q.den.as_constant().is_some());
        if let Some(q) = parts.and_then(|q| self.bounds(&q.num.scaled(&q.den.as_constant()?.recip()))) {
            let below = |limit: BigRational| q.plus(&Range::point(limit)).negated();
            let (half, one) = (BigRational::new((-1).into(), 2.into()), -BigRational::one());
            let from = |positive: bool| Some((BigRational::zero(), !positive));
            if q.is_nonnegative() && below(one.clone()).is_nonnegative() {
                sine.lower = from(q.is_positive() && below(one).is_positive());
            }
            let above = q.plus(&Range::point(-half.clone()));
            if above.is_nonnegative() && below(half.clone()).is_nonnegative() {
                cosine.lower = from(above.is_positive() && below(half).is_positive());
            }
        }
        // Numbers below π and π/2.
        let values = angle.den.as_constant().and_then(|d| self.bounds(&angle.num.scaled(&d.recip())));
        if let Some(Range { lower: Some((low, closed)), upper: Some((high, _)), .. }) = values {
            if low == high {
                let angle = Interval::rational(&low);
                let number = |x: Interval, all: Range| {
                    let ends = BigRational::from_float(x.lo()).zip(BigRational::from_float(x.hi()));
                    ends.map_or(all, |(lo, hi)| Range::between(lo, hi))
                };
                return (number(angle.cos(), cosine), number(angle.sin(), sine));
            }
            let half = BigRational::new(157.into(), 100.into());
            let from = |positive: bool| Some((BigRational::zero(), !positive));
            if !low.is_negative() && high <= &half + &half {
                sine.lower = from(low.is_positive() || !closed);
            }
            if low >= -&half && high <= half {
                cosine.lower = from(true);
            }
        }
        (cosine, sine)
    }

    pub(crate) fn cos(&mut self, z: &Complex) -> Option<Complex> {
        let (up, down) = self.turns(z)?;
        self.halved(&up.plus(&down)?, &Complex::one())
    }

    pub(crate) fn sin(&mut self, z: &Complex) -> Option<Complex> {
        let (up, down) = self.turns(z)?;
        self.halved(&up.minus(&down)?, &Complex::i().negated())
    }

    /// e^{iz} and e^{−iz}.
    fn turns(&mut self, z: &Complex) -> Option<(Complex, Complex)> {
        let up = Complex { re: z.im.negated(), im: z.re.clone() };
        Some((self.exp(&up)?, self.exp(&up.negated())?))
    }

    fn halved(&self, value: &Complex, factor: &Complex) -> Option<Complex> {
        let half = Fraction::constant(BigRational::new(1.into(), 2.into()));
        self.times(&value.scaled(&half)?, factor)
    }
}
