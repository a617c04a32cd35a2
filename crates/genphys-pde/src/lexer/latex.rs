//! What of LaTeX is read: commands for letters, signs, functions, space and fractions; braces behind `^`, `_` and
//! commands.

use super::token::Sign;

/// What a command means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// A name, such as `phi`, or a function.
    Name(&'static str),
    Sign(Sign),
    /// `\mathrm{d}` is what stands in the braces.
    Upright,
    /// Space, or the size of a bracket: nothing.
    Space,
}

/// The letters of the command that begins here, and what follows: `phi` and `_t` of `\phi_t`.
pub(super) fn letters(text: &str) -> Option<(&str, &str)> {
    let letters = text.strip_prefix('\\')?;
    let end = letters.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(letters.len());
    (end > 0).then(|| letters.split_at(end))
}

/// The command of these letters.
pub(super) fn command(letters: &str) -> Option<Command> {
    if let Some(name) = NAMES.iter().find(|name| **name == letters) {
        return Some(Command::Name(name));
    }
    Some(match letters {
        "epsilon" | "varepsilon" => Command::Name("eps"),
        "vartheta" => Command::Name("theta"),
        "varkappa" => Command::Name("kappa"),
        "varpi" => Command::Name("pi"),
        "varrho" => Command::Name("rho"),
        "varsigma" => Command::Name("sigma"),
        "varphi" => Command::Name("phi"),
        "hslash" => Command::Name("hbar"),
        "infty" => Command::Name("inf"),
        "ln" => Command::Name("log"),
        "partial" => Command::Sign(Sign::Partial),
        "nabla" => Command::Sign(Sign::Nabla),
        "Delta" | "triangle" | "vartriangle" => Command::Sign(Sign::Delta),
        "cdot" | "times" | "ast" => Command::Sign(Sign::Star),
        "div" => Command::Sign(Sign::Slash),
        "frac" | "dfrac" | "tfrac" => Command::Sign(Sign::Fraction),
        "sqrt" => Command::Sign(Sign::Root),
        "dot" => Command::Sign(Sign::Dot),
        "ddot" => Command::Sign(Sign::TwoDots),
        "ge" | "geq" | "geqslant" => Command::Sign(Sign::GreaterEqual),
        "le" | "leq" | "leqslant" => Command::Sign(Sign::LessEqual),
        "ne" | "neq" => Command::Sign(Sign::NotEqual),
        "mathrm" | "mathit" | "mathnormal" | "text" | "textrm" | "operatorname" => Command::Upright,
        "left" | "right" | "big" | "bigl" | "bigr" | "Big" | "Bigl" | "Bigr" | "bigg" | "biggl" | "biggr" | "Bigg"
        | "Biggl" | "Biggr" | "quad" | "qquad" | "displaystyle" | "limits" | "nolimits" => Command::Space,
        _ => return None,
    })
}

/// What stands in braces here, a few letters without braces of their own, and what follows.
pub(super) fn braced(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('{')?;
    let end = inside.char_indices().take(64).find(|(_, letter)| "{}\r\n".contains(*letter))?;
    (end.1 == '}').then(|| (&inside[..end.0], &inside[end.0 + 1..]))
}

/// Commands that are names of their own.
const NAMES: [&str; 45] = [
    "alpha", "beta", "gamma", "delta", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "omicron",
    "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Theta", "Lambda", "Xi", "Pi",
    "Sigma", "Upsilon", "Phi", "Psi", "Omega", "hbar", "in", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh",
    "coth", "sech",
];
