//! C2 for s² = ψ with complex ψ = x + i y: the branches are ±√ψ, and Re √ψ = √((|ψ| + x)/2). With
//! m₀ = |ψ(0)| + x(0) the decaying branch lies below its value at k = 0 exactly where |ψ| + x > m₀. For m₀ > 0 this is
//!
//!   y² + 2 m₀ x − m₀² > 0,
//!
//! since |ψ| > m₀ − x holds where x > m₀, and may be squared where x ≤ m₀. The growing branch lies below its value at
//! k = 0 where the opposite sign holds; it counts where Re √ψ is bounded.

use crate::algebra::formula::Formula;
use crate::algebra::hurwitz;
use crate::algebra::print;
use crate::algebra::ring::{CPoly, Poly, R, scale};
use crate::claims::answer::C2;
use crate::claims::c2::two_roots::with_root;
use crate::equation::linear::Equation;
use crate::equation::petrovsky;
use genphys_pde::certificate::Certificate;
use genphys_pde::verdict::Problem;

const RULE: &str = "real-part-of-root";

/// Decides C2 for a s² + c = 0; `a` is positive and free of k.
pub(super) fn decide(eq: &Equation, c: &CPoly, a: &Poly) -> C2 {
    let real = hurwitz::real(&[c.clone(), CPoly::real(eq.ring.zero()), CPoly::real(a.clone())]);
    let mut kind = petrovsky::higher_order(eq, &real);
    let psi = c.neg();
    let (x, y) = (&psi.re, &psi.im);
    let (x0, y0) = (eq.ring.at_zero(x), eq.ring.at_zero(y));
    let square = &(&x0 * &x0) + &(&y0 * &y0);
    // y² + 2 m₀ x − m₀² at m₀ = x₀ + r, r = |ψ(0)|.
    let excess = |r: &Poly| {
        let m = &x0 + r;
        let value = &(&(y * y) + &scale(&(&m * x), 2)) - &(&m * &m);
        eq.ring.reduce(&eq.ring.reduce_square(&value, R, &square))
    };
    let grounded = |then: &dyn Fn(&Poly) -> Formula| {
        with_root(eq, &square, |r| Formula::all([Formula::positive(&(&x0 + r)), then(r)])).simplify(&eq.oracle)
    };
    let rising = grounded(&|r| eq.positive(&excess(r)));
    let falling = grounded(&|r| eq.positive(&-excess(r)));
    let from_nothing = at_rest(eq, x, y, &x0, &y0);
    if falling == Formula::True {
        (kind.evolution, kind.half_space) = (Formula::True, Formula::False);
    }
    let decay = Formula::any([rising.clone(), from_nothing]).simplify(&eq.oracle);
    let grows = Formula::all([Formula::zero(&y0), Formula::non_negative(&x0), eq.positive(&(x - &x0))]);
    if grows.simplify(&eq.oracle) == Formula::True {
        // Elliptic: at every k one branch grows and one decays.
        (kind.evolution, kind.half_space) = (Formula::False, Formula::True);
    }
    let formula =
        Formula::any([Formula::all([kind.evolution.clone(), falling]), Formula::all([kind.half_space.clone(), decay])])
            .simplify(&eq.oracle);
    let size = format!("sqrt({} + {})", squared(eq, x), squared(eq, y));
    let rise = crate::algebra::print::join([print::poly(&eq.ring, x), size].into_iter().filter(|t| t != "0"));
    let (proved, because) = match kind.problem() {
        Problem::IllPosed => (
            false,
            "some growth rate is unbounded at short waves and the branches do not pair up: ill posed".to_string(),
        ),
        Problem::Evolution => {
            (true, "the branches are s = +-sqrt(psi(k)), and Re sqrt(psi) falls from its value at k = 0".to_string())
        }
        _ => (
            true,
            format!(
                "the decaying branch is s = -sqrt(psi(k)), and |psi(k)| + Re psi(k) = {rise} is above its value at \
                 k = 0 (up to a positive factor)"
            ),
        ),
    };
    let mut c2 = C2::new(RULE, formula, kind, because);
    c2.certificate = proved.then_some(Certificate::SquareRoot);
    c2
}

fn squared(eq: &Equation, p: &Poly) -> String {
    print::poly(&eq.ring, &(p * p))
}

/// ψ(0) = 0: |ψ| + x > 0 for every k ≠ 0 where ψ is nowhere real and ≤ 0. ψ(0) < 0 is left open.
fn at_rest(eq: &Equation, x: &Poly, y: &Poly, x0: &Poly, y0: &Poly) -> Formula {
    let why = "a wave k = 0 that oscillates beside decaying ones";
    let below = Formula::all([Formula::negative(x0), Formula::zero(y0), Formula::Unknown(why.into())]);
    let grounded = Formula::all([Formula::zero(x0), Formula::zero(y0)]).simplify(&eq.oracle);
    if grounded == Formula::False {
        return below;
    }
    let square = y * y;
    let options = [x.clone(), square.clone(), &square + x, &square + &scale(x, 8), &scale(&square, 8) + x];
    if options.iter().any(|option| eq.positive(option) == Formula::True) {
        return Formula::any([grounded, below]);
    }
    let open = Formula::Unknown("whether a complex square root is purely imaginary at some k".into());
    Formula::any([Formula::all([grounded, open]), below])
}
