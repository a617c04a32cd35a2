//! Stable laws with skewness: ψ = c|k|^a + i|k|^{a−1} b·k with 1 < a < 2. By the theorem of Bochner and Hecke its jump
//! density is r^{−N−a} (c + b·θ/T) up to a positive factor, so that it is a Lévy exponent exactly for |b| ≤ T c (Lévy;
//! in N = 1, T = |tan(πa/2)|, Feller).
//!
//! T(N + 2) = T(N) (N + a)/(N + 1 + a), which gives it in odd dimensions from N = 1. In even ones Γ(x)/Γ(x + 1/2) is
//! convex in its logarithm, so that T(N + 1)² ≤ T(N) T(N + 2), between which and its neighbours T lies. T falls with N.

use super::prove::{LONG, OrOpen, Outcome, Prover, open};
use super::shapes::{half, power_of_k};
use crate::enclosure::Interval;
use crate::exact::fraction::{Complex, Fraction};
use num_rational::BigRational;
use num_traits::{One, Zero};

/// ψ is of this form, and the skewness is not too large.
pub(super) fn check(prover: &mut Prover, whole: &Complex) -> Outcome {
    let Some(most) = prover.model.claim.dims.1 else { return open("no skewed law is stable in every dimension") };
    let whole = prover.model.algebra.reduced_pair(whole).or_open(LONG)?;
    let re = prover.real(&whole.re.clone().into())?;
    let im = prover.real(&whole.im.clone().into())?;
    let components = prover.model.algebra.components().to_vec();
    let k = Fraction::var(prover.model.algebra.k());
    let (a, c) = power_of_k(prover, &re)?;
    let left = Fraction::integer(2).minus(&a).or_open(LONG)?;
    prover.positive(&left, "2 less the exponent")?;
    prover.positive(&a.minus(&Fraction::one()).or_open(LONG)?, "the exponent less 1")?;
    // b·k.
    let line = im.times(&k).and_then(|x| x.times(&c)?.over(&re)).or_open(LONG)?;
    let line = prover.model.algebra.reduced(&line).or_open(LONG)?;
    let (mut rest, mut slopes) = (line.clone(), Vec::new());
    for v in components {
        let slope = line.derivative(v).or_open(LONG)?;
        let slope = prover.model.algebra.reduced(&slope).or_open(LONG)?;
        prover.require_free(&slope.clone().into(), "the skewness")?;
        rest = rest.minus(&slope.times(&Fraction::var(v)).or_open(LONG)?).or_open(LONG)?;
        if !slope.is_zero() {
            slopes.push(slope);
        }
    }
    prover.same(&rest.into(), &Complex::zero(), "the odd part is not linear in k times a power of |k|")?;
    let pi = prover.model.algebra.value("pi").and_then(Complex::as_real).cloned().or_open(LONG)?;
    let angle = a.times(&pi).or_open(LONG)?.scaled(&half());
    // The sine is positive, the cosine negative.
    let turn = prover.model.algebra.turn(&angle).or_open(LONG)?;
    let what = "the skewness is too large";
    if let Some(fits) = by_numbers(&a, &c, &slopes, most) {
        return if fits { Ok(()) } else { open(what) };
    }
    if let ([b], Some(share)) = (&slopes[..], root_of_share(&a, most)) {
        // c T ± b, times the cosine.
        let top = turn.im.times(&share).and_then(|x| x.times(&c)).or_open(LONG)?;
        let skewness = turn.re.times(b).or_open(LONG)?;
        prover.non_negative(&top.plus(&skewness).or_open(LONG)?, what)?;
        return prover.non_negative(&top.minus(&skewness).or_open(LONG)?, what);
    }
    let square = |x: &Fraction| x.times(x).or_open(LONG);
    let mut size = Fraction::zero();
    for slope in &slopes {
        size = size.plus(&square(slope)?).or_open(LONG)?;
    }
    let bound = square(&turn.re)?.times(&size).or_open(LONG)?;
    let most = least_share(&a, most).or_open(LONG)?.times(&square(&c)?).or_open(LONG)?;
    let rest = square(&turn.im)?.times(&most).and_then(|x| x.minus(&bound)).or_open(LONG)?;
    prover.non_negative(&rest, what)
}

/// |b|² ≤ T²c² where no parameter occurs and tan²(πa/2) is not rational, by a number below T²; `None` elsewhere.
fn by_numbers(a: &Fraction, c: &Fraction, slopes: &[Fraction], most: u32) -> Option<bool> {
    let (a, c) = (a.as_constant()?, c.as_constant()?);
    let size = slopes.iter().try_fold(BigRational::zero(), |sum, b| Some(sum + b.as_constant()?.pow(2)))?;
    let angle = Interval::PI * Interval::rational(&(&a * half()));
    let below = (angle.sin().square() / angle.cos().square()).lo();
    let tangent = BigRational::from_float(below).filter(|x| *x > BigRational::zero())?;
    let share = least_share(&Fraction::constant(a), most)?.as_constant()?;
    (size <= share * tangent * c.pow(2)).then_some(true)
}

/// Steps to a dimension where bounds are sharp.
const STEPS: u32 = 200;

fn at(a: &Fraction, x: u32) -> Option<Fraction> {
    Fraction::integer(i64::from(x)).plus(a)
}

/// T/|tan(πa/2)| in N dimensions, N odd.
fn root_of_share(a: &Fraction, n: u32) -> Option<Fraction> {
    if n > 64 || n.is_multiple_of(2) {
        return None;
    }
    odd(a, n)
}

fn odd(a: &Fraction, n: u32) -> Option<Fraction> {
    (1..n).step_by(2).try_fold(Fraction::one(), |p, m| p.times(&at(a, m)?)?.over(&at(a, m + 1)?))
}

/// T²/tan²(πa/2) in N dimensions, or a number below it: T(N)² ≥ T(N + 1)² (N + 1 + a)/(N + a) in even ones.
fn least_share(a: &Fraction, n: u32) -> Option<Fraction> {
    if n > 64 {
        return None;
    }
    if n % 2 == 1 {
        let share = odd(a, n)?;
        return share.times(&share);
    }
    // From N + 2 STEPS, where the bound is sharper, where a is a number.
    let far = if a.as_constant().is_some() { n + 2 * STEPS } else { n };
    let share = (n..far).step_by(2).try_fold(Fraction::one(), |p, m| p.times(&at(a, m + 1)?)?.over(&at(a, m)?))?;
    let above = odd(a, far + 1)?;
    let square = above.times(&above)?.times(&at(a, far + 1)?)?.over(&at(a, far)?)?.times(&share)?.times(&share)?;
    let Some(exact) = square.as_constant() else { return Some(square) };
    Some(Fraction::constant((exact * unit()).floor() / unit()))
}

fn unit() -> BigRational {
    BigRational::from_integer((1_u64 << 40).into())
}

/// A number that is not below T² in N dimensions, 1 < a < 2: T(N)² ≤ T(N − 1)² (N − 1 + a)/(N + a) in even ones.
pub(super) fn largest_skewness(a: &BigRational, n: u32) -> Option<BigRational> {
    let whole = |x: i64| BigRational::from_integer(x.into());
    if *a <= whole(1) || *a >= whole(2) || n == 0 {
        return None;
    }
    let exponent = Fraction::constant(a.clone());
    // T falls with N.
    let n = n.min(64);
    let share = if n % 2 == 1 {
        let share = odd(&exponent, n)?;
        share.times(&share)?
    } else {
        let far = n + 2 * STEPS;
        let back = (n..far)
            .step_by(2)
            .try_fold(Fraction::one(), |p, m| p.times(&at(&exponent, m + 1)?)?.over(&at(&exponent, m)?))?;
        let below = odd(&exponent, far - 1)?;
        let square = below.times(&below)?.times(&at(&exponent, far - 1)?)?.over(&at(&exponent, far)?)?;
        square.times(&back)?.times(&back)?
    };
    let tangent = squared_tangent(a)?;
    let exact = share.as_constant()? * tangent;
    Some(if n % 2 == 1 { exact } else { (exact * unit()).ceil() / unit() })
}

/// tan²(πa/2), or a number above it.
fn squared_tangent(a: &BigRational) -> Option<BigRational> {
    let quotient = |p: i64, q: i64| BigRational::new(p.into(), q.into());
    for (exponent, value) in [((3, 2), (1, 1)), ((4, 3), (3, 1)), ((5, 3), (1, 3))] {
        if *a == quotient(exponent.0, exponent.1) {
            return Some(quotient(value.0, value.1));
        }
    }
    let angle = Interval::PI * Interval::rational(&(a * half()));
    let cosine = angle.cos().square();
    (cosine.lo() > 0.0).then_some(())?;
    let above = (angle.sin().square() / cosine).hi();
    BigRational::from_float(above).filter(|x| *x < BigRational::one() * BigRational::from_integer(1_000_000.into()))
}

#[cfg(test)]
mod tests {
    use super::{largest_skewness, least_share};
    use crate::exact::fraction::Fraction;
    use num_rational::BigRational;
    use num_traits::ToPrimitive;

    /// T = |Γ((1−a)/2) Γ((N+a)/2)/(Γ(−a/2) Γ((N+1+a)/2))|, by 30 digits of another program.
    #[test]
    fn bounds_of_the_skewness() {
        for (a, n, t) in [((3, 2), 1, 1.0), ((3, 2), 2, 0.822_504), ((3, 2), 3, 5.0 / 7.0), ((4, 3), 1, 3_f64.sqrt())] {
            let a = BigRational::new(a.0.into(), a.1.into());
            let above = largest_skewness(&a, n).unwrap().to_f64().unwrap();
            assert!((above - t * t).abs() < 3e-6 && above >= t * t - 2e-6, "{a} {n}: {above} {}", t * t);
        }
        // Below and above enclose it, closely.
        for (a, n) in [((8, 5), 2), ((6, 5), 4), ((3, 2), 6)] {
            let a = BigRational::new(a.0.into(), a.1.into());
            let above = largest_skewness(&a, n).unwrap().to_f64().unwrap();
            let tan = (std::f64::consts::FRAC_PI_2 * a.to_f64().unwrap()).tan();
            let below = least_share(&Fraction::constant(a), n).unwrap().as_constant().unwrap().to_f64().unwrap();
            assert!(below * tan * tan <= above && above < below * tan * tan * 1.000_1, "{n}: {below} {above}");
        }
    }
}
