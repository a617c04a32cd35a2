//! Second order in time with a drift in the mixed derivative, a s² + (b + i β·k) s + c: in the frame that moves with
//! β/(2a), that is at s = s' − i β·k/(2a), it is a s'² + b s' + c + (β·k)²/(4a) − i b β·k/(2a). Real parts of growth
//! rates are the same, and so C2 and the kind of problem; a branch of a half-space problem moves as a whole, and so C1
//! is the same. (Two excited branches do not: p itself has the drift in it.)

use crate::algebra::ring::{CPoly, K1, Poly, scale};
use crate::equation::linear::Equation;

/// The equation in the moving frame, times 4a, where it is real there.
pub(super) struct Moving<'a> {
    pub(super) eq: Equation<'a>,
    /// β·k.
    pub(super) drift: Poly,
    /// 2a.
    pub(super) scale: Poly,
}

/// `None` where there is no such drift, or the equation is not real in that frame.
pub(super) fn at_rest<'a>(eq: &Equation<'a>) -> Option<Moving<'a>> {
    let [c, b, a] = eq.a.as_slice() else { return None };
    if !a.is_real() || eq.ring.has_wave(&a.re) || eq.ring.has_wave(&b.re) || b.im.is_zero() || eq.depends_on_time() {
        return None;
    }
    let drift = &b.im;
    let linear = (K1..K1 + eq.ring.components as usize).fold(eq.ring.zero(), |sum, i| {
        let slope = eq.ring.at_zero(&crate::algebra::ring::coefficient(drift, i, 1));
        &sum + &(&slope * &eq.ring.variable(i))
    });
    let oscillation = &(&scale(&a.re, 2) * &c.im) - &(&b.re * drift);
    if linear != *drift || !oscillation.is_zero() {
        return None;
    }
    let four = scale(&a.re, 4);
    let mut moving = eq.of_order(2);
    moving.a =
        vec![CPoly::real(&(&four * &c.re) + &(drift * drift)), CPoly::real(&four * &b.re), CPoly::real(&four * &a.re)];
    Some(Moving { eq: moving, drift: drift.clone(), scale: scale(&a.re, 2) })
}
