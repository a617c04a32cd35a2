//! a s² + (b + i β·k) s + c with real a, b free of k: at s = s' − i β·k/(2a), where Re s is the same, 4a times it is
//! 4a² s'² + 4ab s' + 4ac + (β·k)² − 2i b β·k.

use super::decay::Waves;
use super::in_time::times;
use super::stability::Symbol;
use crate::exact::poly::Poly;

/// The waves in that frame, where the symbol is real there; as they were otherwise.
pub(super) fn at_rest(waves: Waves) -> Waves {
    match moved(&waves) {
        Some((symbol, at_rest)) => Waves { symbol, at_rest, ..waves },
        None => waves,
    }
}

fn moved(waves: &Waves) -> Option<(Symbol, Symbol)> {
    let [(c, c_im), (b, beta), (a, none)] = &waves.symbol.a[..] else { return None };
    let moving = |p: &Poly| waves.components.iter().chain([&waves.k]).any(|v| p.contains(*v));
    if !none.is_zero() || beta.is_zero() || moving(a) || moving(b) {
        return None;
    }
    // β is linear in the components.
    let degree =
        |v: &[(u32, u32)]| v.iter().filter(|(v, _)| waves.components.contains(v)).map(|(_, e)| *e).sum::<u32>();
    if beta.contains(waves.k) || beta.terms().any(|(m, _)| degree(m.powers()) != 1) {
        return None;
    }
    let oscillation = times(&a.times(c_im)?, 4).minus(&times(&b.times(beta)?, 2));
    if !oscillation.is_zero() {
        return None;
    }
    let four = times(a, 4);
    let symbol = vec![four.times(c)?.plus(&beta.times(beta)?), four.times(b)?, four.times(a)?];
    let [(c0, c0_im), (b0, b0_im), (a0, _)] = &waves.at_rest.a[..] else { return None };
    if !c0_im.is_zero() || !b0_im.is_zero() || a0 != a {
        return None;
    }
    let at_rest = vec![four.times(c0)?, four.times(b0)?, four.times(a0)?];
    let real = |list: Vec<Poly>| Symbol { a: list.into_iter().map(|p| (p, Poly::zero())).collect() };
    Some((real(symbol), real(at_rest)))
}
