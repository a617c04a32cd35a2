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
    /// `\mathbf{x}` and `\vec{\nabla}`: the position and the sign are vectors anyway.
    Vector,
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
        "Delta" | "triangle" | "vartriangle" | "laplacian" => Command::Sign(Sign::Delta),
        "cdot" | "times" | "ast" => Command::Sign(Sign::Star),
        "div" => Command::Sign(Sign::Slash),
        "frac" | "dfrac" | "tfrac" => Command::Sign(Sign::Fraction),
        "sqrt" => Command::Sign(Sign::Root),
        "dot" => Command::Sign(Sign::Dot),
        "ddot" => Command::Sign(Sign::TwoDots),
        "lvert" | "rvert" | "vert" => Command::Sign(Sign::Bar),
        "ge" | "geq" | "geqslant" => Command::Sign(Sign::GreaterEqual),
        "le" | "leq" | "leqslant" => Command::Sign(Sign::LessEqual),
        "ne" | "neq" => Command::Sign(Sign::NotEqual),
        "mathrm" | "mathit" | "mathnormal" | "text" | "textrm" | "operatorname" => Command::Upright,
        "left" | "right" | "big" | "bigl" | "bigr" | "Big" | "Bigl" | "Bigr" | "bigg" | "biggl" | "biggr" | "Bigg"
        | "Biggl" | "Biggr" | "quad" | "qquad" | "enspace" | "thinspace" | "displaystyle" | "textstyle" | "limits"
        | "nolimits" | "nonumber" | "notag" => Command::Space,
        "mathbf" | "boldsymbol" | "bm" | "vec" => Command::Vector,
        _ => return None,
    })
}

/// What stands in braces here, on one line and not long, and what follows.
pub(super) fn braced(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('{')?;
    let mut open = 0;
    for (at, letter) in inside.char_indices().take(64) {
        match letter {
            '{' => open += 1,
            '}' if open == 0 => return Some((&inside[..at], &inside[at + 1..])),
            '}' => open -= 1,
            '\r' | '\n' => return None,
            _ => {}
        }
    }
    None
}

/// Environments that hold one formula; the marks around it mean nothing.
const DISPLAYS: [&str; 11] = [
    "equation",
    "equation*",
    "align",
    "align*",
    "aligned",
    "split",
    "gather",
    "gather*",
    "displaymath",
    "math",
    "multline",
];

/// What follows the marks around a formula, if they stand here: `$`, `\[`, `\begin{equation}`, `\label{eq:heat}`.
pub(super) fn wrapper(text: &str) -> Option<&str> {
    for mark in ["$", "\\[", "\\]", "\\(", "\\)"] {
        if let Some(rest) = text.strip_prefix(mark) {
            return Some(rest);
        }
    }
    let (letters, rest) = letters(text)?;
    match letters {
        "begin" | "end" => braced(rest).filter(|(name, _)| DISPLAYS.contains(name)).map(|(_, rest)| rest),
        "label" | "tag" => braced(rest).map(|(_, rest)| rest),
        _ => None,
    }
}

/// `\begin{pmatrix}` or `\end{pmatrix}`, and what follows.
pub(super) fn matrix(text: &str) -> Option<(Sign, &str)> {
    let (letters, rest) = letters(text)?;
    let sign = match letters {
        "begin" => Sign::BeginMatrix,
        "end" => Sign::EndMatrix,
        _ => return None,
    };
    let (name, rest) = braced(rest)?;
    ["matrix", "pmatrix", "bmatrix"].contains(&name).then_some((sign, rest))
}

/// What follows `\mathcal{F}^{-1}`, if that stands here.
pub(super) fn inverse_fourier(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("\\mathcal")?.trim_start();
    let rest = rest.strip_prefix("{F}").or_else(|| rest.strip_prefix('F'))?;
    rest.trim_start().strip_prefix('^')?.trim_start().strip_prefix("{-1}")
}

/// What `\mathbf` or `\vec` acts on, with and without braces, and what follows.
pub(super) fn vector(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let (inside, rest) = match (braced(text), letters(text)) {
        (Some((inside, rest)), _) => (inside.trim(), rest),
        (None, Some((letters, rest))) => (&text[..=letters.len()], rest),
        (None, None) => (text.get(..1)?, text.get(1..)?),
    };
    ["x", "\\nabla"].contains(&inside).then_some((inside, rest))
}

/// Whether the formula ends here, so that the comma or full stop before it belongs to the sentence around; a line ends
/// a sentence, but no list.
pub(super) fn is_end(text: &str, stop: bool) -> bool {
    let line = text.trim_start_matches([' ', '\t']);
    let rest = text.trim_start();
    rest.is_empty()
        || stop && line.starts_with(['\r', '\n', '#'])
        || ["}", "$", "\\]", "\\)", "\\\\"].iter().any(|mark| rest.starts_with(mark))
        || letters(rest).is_some_and(|(letters, _)| ["end", "label", "tag", "nonumber", "notag"].contains(&letters))
}

/// Behind `\\` and what aligns the next line: what follows, if the formula goes on there.
pub(super) fn continued(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.trim_start().trim_start_matches('&');
        match letters(rest) {
            Some(("quad" | "qquad" | "nonumber" | "notag", after)) => rest = after,
            Some(("cdot" | "times", _)) => return Some(rest),
            _ if rest.starts_with(char::is_whitespace) => {}
            _ => return rest.starts_with(['+', '-', '−', '=', '*', '/', '·', '×']).then_some(rest),
        }
    }
}

/// Commands that are names of their own.
const NAMES: [&str; 48] = [
    "alpha", "beta", "gamma", "delta", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "omicron",
    "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Theta", "Lambda", "Xi", "Pi",
    "Sigma", "Upsilon", "Phi", "Psi", "Omega", "hbar", "in", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh",
    "coth", "sech", "csch", "min", "max",
];
