//! What is meant by a function that there is none of.

use crate::parser::{WRITTEN_OUT, takes};
use crate::words::FUNCTIONS;
use genphys_suggest::nearest;

/// What to say about a function that there is none of.
#[derive(Debug, PartialEq)]
pub(crate) enum Advice {
    /// This can be written in its place.
    Write(String),
    /// A function whose name is near, and the whole call.
    Mean(&'static str, String),
    Say(&'static str),
    None,
}

/// Functions of other languages that have no form here.
const NO_FORM: [&str; 28] = [
    "erf",
    "erfc",
    "atan",
    "arctan",
    "atan2",
    "asin",
    "arcsin",
    "acos",
    "arccos",
    "asinh",
    "acosh",
    "atanh",
    "gamma",
    "lgamma",
    "besselj",
    "besselk",
    "besseli",
    "sign",
    "sgn",
    "heaviside",
    "floor",
    "ceil",
    "round",
    "mod",
    "re",
    "im",
    "real",
    "imag",
];

/// What is meant by a function of another language, or by a mistyped one, with the arguments that are written.
pub(crate) fn function(name: &str, arguments: &[&str]) -> Advice {
    let lower = name.to_ascii_lowercase();
    let first = arguments.first().copied().unwrap_or_default();
    let all = arguments.join(", ");
    let known = match (lower.as_str(), arguments.len()) {
        ("laplace" | "laplacian" | "delta" | "del2" | "nabla2", 1) => format!("lap({all})"),
        ("gradient" | "nabla", 1) => format!("grad({all})"),
        ("divergence", 1) => format!("div({all})"),
        ("ln", 1) => format!("log({all})"),
        ("diff" | "derivative" | "partial", 2 | 3) => format!("d({all})"),
        ("dtt" | "d2t" | "dt2" | "d2dt2", 1) => format!("dt({all}, 2)"),
        ("dxx" | "d2x" | "dx2" | "d2dx2", 1) => format!("d({all}, x1, 2)"),
        ("dy" | "ddy" | "d_y", 1) => format!("d({all}, x2)"),
        ("dyy" | "d2y" | "dy2", 1) => format!("d({all}, x2, 2)"),
        ("dz" | "ddz" | "d_z", 1) => format!("d({all}, x3)"),
        ("dzz" | "d2z" | "dz2", 1) => format!("d({all}, x3, 2)"),
        ("ddt" | "d_t" | "partial_t", 1) => format!("dt({all})"),
        ("ddx" | "d_x" | "partial_x", 1) => format!("dx({all})"),
        ("fractional_laplacian" | "frac_lap" | "fractional_laplace", 2) => format!("fraclap({all})"),
        ("inner" | "scalar_product", 2) => format!("dot({all})"),
        ("fabs", 1) => format!("abs({all})"),
        ("pow" | "power", 2) => format!("(({first})^({}))", arguments[1]),
        ("square", 1) => format!("(({all})^2)"),
        ("cbrt", 1) => format!("(({all})^(1/3))"),
        ("lg", 1) => format!("log10({all})"),
        (known, _) if NO_FORM.contains(&known) => {
            return Advice::Say(
                "the scalar functions are sqrt, exp, log, log10, log2, sin, cos, tan, cot, sec, csc, sinh, cosh, tanh, \
                 coth, sech, csch, abs, min and max",
            );
        }
        _ => {
            let close = nearest(name, FUNCTIONS.into_iter().chain(WRITTEN_OUT));
            return match close.filter(|close| takes(close, arguments.len())) {
                Some(close) => Advice::Mean(close, format!("{close}({all})")),
                None => Advice::None,
            };
        }
    };
    Advice::Write(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        assert_eq!(function("laplacian", &["u"]), Advice::Write("lap(u)".into()));
        assert_eq!(function("gard", &["u"]), Advice::Mean("grad", "grad(u)".into()));
        assert_eq!(function("dtt", &["u + 1"]), Advice::Write("dt(u + 1, 2)".into()));
        assert!(matches!(function("asin", &["k"]), Advice::Say(_)));
        assert_eq!(function("bessel", &["0", "k"]), Advice::None);
    }
}
