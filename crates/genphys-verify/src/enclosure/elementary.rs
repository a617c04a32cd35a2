//! exp, log, sin and cos of intervals: argument reduction and Taylor's theorem with its remainder, in interval
//! arithmetic. The library's functions serve as guesses only.

use super::Interval;

/// The first 32 bits of log 2, and the rest.
const LN2: (f64, Interval) =
    (0.693_147_180_369_123_8, Interval { lo: 1.908_214_929_270_587_7e-10, hi: 1.908_214_929_270_588e-10 });
/// Twice 33 bits of π/2, and the rest.
const HALF_PI: (f64, f64, Interval) = (
    1.570_796_326_734_125_6,
    6.077_100_506_303_966e-11,
    Interval { lo: 2.022_266_248_795_950_6e-21, hi: 2.022_266_248_795_951e-21 },
);

impl Interval {
    pub(crate) fn exp(self) -> Self {
        Self::new(exp_of(self.lo).lo, exp_of(self.hi).hi)
    }

    /// `None` where it does not lie above 0.
    pub(crate) fn ln(self) -> Option<Self> {
        (self.lo > 0.0).then(|| Self::new(ln_of(self.lo).lo, ln_of(self.hi).hi))
    }

    pub(crate) fn sin(self) -> Self {
        self.wave(0)
    }

    pub(crate) fn cos(self) -> Self {
        self.wave(1)
    }

    /// x^y for x ≥ 0; 0 to a positive power is 0.
    pub(crate) fn powf(self, exponent: Self) -> Option<Self> {
        if exponent.is_point() && exponent.lo.fract() == 0.0 && exponent.lo.abs() <= 64.0 {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number up to 64")]
            return Some(self.powi(exponent.lo as i32));
        }
        let doubled = exponent + exponent;
        if doubled.is_point() && doubled.lo.fract() == 0.0 && (0.0..=64.0).contains(&doubled.lo) && self.lo >= 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number up to 64")]
            return Some(self.sqrt()?.powi(doubled.lo as i32));
        }
        if self.lo > 0.0 {
            return Some((self.ln()? * exponent).exp());
        }
        if self.lo < 0.0 || exponent.lo <= 0.0 {
            return None;
        }
        let top = if self.hi == 0.0 { Self::ZERO } else { (Self::point(self.hi).ln()? * exponent).exp() };
        Some(Self::new(0.0, top.hi))
    }

    /// sin(x + shift·π/2), from the middle: it changes by no more than its argument.
    fn wave(self, shift: u8) -> Self {
        let all = Self { lo: -1.0, hi: 1.0 };
        let middle = self.middle();
        let spread = (self - Self::point(middle)).around_zero();
        if !middle.is_finite() || middle.abs() > 1e6 || spread.hi > 1.0 {
            return all;
        }
        let turns = (middle * std::f64::consts::FRAC_2_PI).round();
        let n = Self::point(turns);
        let x = Self::point(middle) - n * Self::point(HALF_PI.0) - n * Self::point(HALF_PI.1) - n * HALF_PI.2;
        #[expect(clippy::cast_possible_truncation, reason = "below 10^6")]
        let quarter = (turns as i64 + i64::from(shift)).rem_euclid(4);
        let square = x.square();
        // sin x = x Σ (−x²)^j/(2j+1)!, cos x = Σ (−x²)^j/(2j)!; alternating, |x| < 1.
        let series = |first: f64| {
            let (mut sum, mut term) = (Self::ZERO, Self::ONE);
            for j in 0..12 {
                sum = sum + term;
                let (a, b) = (f64::from(2 * j) + first, f64::from(2 * j + 1) + first);
                term = -(term * square) / (Self::point(a) * Self::point(b));
            }
            sum + term.around_zero()
        };
        let value = if quarter % 2 == 0 { x * series(2.0) } else { series(1.0) };
        let value = if quarter >= 2 { -value } else { value };
        (value + spread).meet(all)
    }
}

fn exp_of(x: f64) -> Interval {
    if x.is_nan() {
        return Interval { lo: 0.0, hi: f64::INFINITY };
    }
    if x > 709.0 {
        return Interval { lo: f64::MAX.sqrt(), hi: f64::INFINITY };
    }
    if x < -700.0 {
        return Interval { lo: 0.0, hi: 1e-300 };
    }
    let turns = (x * std::f64::consts::LOG2_E).round();
    let n = Interval::point(turns);
    let r = Interval::point(x) - n * Interval::point(LN2.0) - n * LN2.1;
    let (mut sum, mut term) = (Interval::ZERO, Interval::ONE);
    for j in 1..=17 {
        sum = sum + term;
        term = term * r / Interval::point(f64::from(j));
    }
    // |r| < 1/2: the rest is below twice the first term left out.
    sum = sum + (term + term).around_zero();
    #[expect(clippy::cast_possible_truncation, reason = "between −1011 and 1023")]
    let (half, other) = ((turns as i32) / 2, (turns as i32) - (turns as i32) / 2);
    let power = |n: i32| Interval::point(2.0_f64.powi(n));
    sum * power(half) * power(other)
}

fn ln_of(x: f64) -> Interval {
    if x == f64::INFINITY {
        return Interval { lo: 700.0, hi: f64::INFINITY };
    }
    // log x = y + log(x e^{−y}) for a guess y, and u/(1 + u) ≤ log(1 + u) ≤ u; tiny numbers are scaled first.
    if x < 1e-290 {
        let scale = Interval::point(2.0_f64.powi(100));
        let moved = ln_of(x * 2.0_f64.powi(100));
        return moved - ln_of(scale.lo);
    }
    if (0.9..1.1).contains(&x) {
        // 2 artanh(w), w = u/(2 + u), u = x − 1: |w| < 0.06.
        let u = Interval::point(x) - Interval::ONE;
        let w = u / (Interval::point(2.0) + u);
        let (square, mut power, mut sum) = (w.square(), w, Interval::ZERO);
        for j in 0..10 {
            sum = sum + power / Interval::point(f64::from(2 * j + 1));
            power = power * square;
        }
        sum = sum + power.around_zero();
        return sum + sum;
    }
    let guess = x.ln();
    let u = Interval::point(x) * exp_of(-guess) - Interval::ONE;
    Interval::point(guess) + (u / (Interval::ONE + u)).hull(u)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::approx_constant)] // Tables of numbers, some of them well known.

    use super::super::Interval;

    /// x and the neighbours of sin, cos and exp, computed with 200 bits.
    #[rustfmt::skip]
    const TABLE: [[f64; 7]; 13] = [
        [0.1, 0.09983341664682815, 0.09983341664682817, 0.9950041652780257, 0.9950041652780258, 1.1051709180756475, 1.1051709180756477],
        [-0.7, -0.6442176872376911, -0.644217687237691, 0.7648421872844884, 0.7648421872844885, 0.4965853037914095, 0.4965853037914096],
        [1.0, 0.8414709848078965, 0.8414709848078966, 0.5403023058681397, 0.5403023058681398, 2.718281828459045, 2.7182818284590455],
        [2.5, 0.5984721441039564, 0.5984721441039565, -0.8011436155469338, -0.8011436155469337, 12.182493960703473, 12.182493960703475],
        [-3.75, 0.5715613187423437, 0.5715613187423438, -0.8205593573395608, -0.8205593573395606, 0.023517745856009107, 0.02351774585600911],
        [10.0, -0.5440211108893699, -0.5440211108893698, -0.8390715290764525, -0.8390715290764524, 22026.465794806714, 22026.465794806718],
        [-20.5, -0.9968297942787993, -0.9968297942787991, -0.07956356727854007, -0.07956356727854005, 1.2501528663867426e-09, 1.2501528663867428e-09],
        [100.0, -0.5063656411097589, -0.5063656411097588, 0.8623188722876839, 0.862318872287684, 2.688117141816135e+43, 2.6881171418161356e+43],
        [1e-09, 9.999999999999999e-10, 1e-09, 0.9999999999999999, 1.0, 1.0000000009999999, 1.000000001],
        [333.25, 0.2388473960269204, 0.23884739602692043, 0.971057115421724, 0.9710571154217241, 5.353478887129077e+144, 5.3534788871290777e+144],
        [3.141592653589793, 1.224646799147353e-16, 1.2246467991473532e-16, -1.0, -0.9999999999999999, 23.140692632779263, 23.140692632779267],
        [1.5707963267948966, 0.9999999999999999, 1.0, 6.123233995736765e-17, 6.123233995736766e-17, 4.8104773809653505, 4.810477380965351],
        [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0],
    ];
    const LOGARITHMS: [[f64; 3]; 9] = [
        [0.1, -2.302585092994046, -2.3025850929940455],
        [0.5, -0.6931471805599454, -0.6931471805599453],
        [1.0, 0.0, 0.0],
        [1.0000000001, 1.0000000826903709e-10, 1.000000082690371e-10],
        [2.0, 0.6931471805599453, 0.6931471805599454],
        [10.0, 2.3025850929940455, 2.302585092994046],
        [1e300, 690.7755278982137, 690.7755278982138],
        [5e-324, -744.4400719213813, -744.4400719213812],
        [123.456, 4.815884817283264, 4.815884817283265],
    ];

    fn encloses(found: Interval, below: f64, above: f64) {
        // The true value lies between the two neighbours, so that an enclosure reaches over one of them on either side.
        assert!(found.lo() <= above && found.hi() >= below, "{found:?} {below} {above}");
        let slack = 1e-14 * below.abs().max(1e-4);
        assert!(found.lo() >= below - slack && found.hi() <= above + slack, "{found:?} is wide, {below}");
    }

    #[test]
    fn values_of_high_precision_lie_inside() {
        for [x, s, t, c, d, e, f] in TABLE {
            let x = Interval::point(x);
            encloses(x.sin(), s, t);
            encloses(x.cos(), c, d);
            encloses(x.exp(), e, f);
        }
        for [x, below, above] in LOGARITHMS {
            encloses(Interval::point(x).ln().unwrap(), below, above);
        }
        encloses(Interval::point(12345.678).sin(), -0.7040813137533817, -0.7040813137533816);
    }

    #[test]
    fn identities_at_many_points() {
        for i in 1..400 {
            let x = Interval::point(f64::from(i) * 0.377 - 70.0);
            let one = x.sin().square() + x.cos().square();
            assert!(one.contains(1.0) && one.hi() - one.lo() < 1e-14);
            let back = x.exp().ln().unwrap();
            assert!(back.contains(x.lo()) && back.hi() - back.lo() < 1e-12, "{x:?} {back:?}");
            let double = (x + x).sin() - Interval::point(2.0) * x.sin() * x.cos();
            assert!(double.contains(0.0));
            let y = Interval::point(f64::from(i) * 0.1);
            let cube = y.powf(Interval::rational(&num_rational::BigRational::new(1.into(), 3.into()))).unwrap().powi(3);
            assert!(cube.contains(y.lo()) && cube.hi() - cube.lo() < 1e-13 * y.lo().max(1.0));
        }
        let wide = Interval::new(0.5, 2.0);
        assert!(wide.sin().hi() >= 1.0 && wide.sin().lo() <= 0.48 && wide.cos().lo() <= -0.42);
        assert!(wide.exp().contains(1.7) && wide.ln().unwrap().contains(0.0));
    }
}
