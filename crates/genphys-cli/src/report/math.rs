//! Expressions of the `.pde` language as LaTeX mathematics.

use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};

/// How tightly the outermost operator binds; a looser operand of a tighter operator gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    /// `\nabla f`, `\partial_t f`: may be a factor, but not the base of a power or the operand of an operator.
    Operator,
    Atom,
}

struct Piece {
    text: String,
    binding: Binding,
}

/// An expression as LaTeX for math mode (amsmath).
pub(crate) fn expression(expr: &Expr) -> String {
    piece(expr).text
}

/// Formulas beyond the language, such as `|phi|^2` and `Im(conj(phi)*grad(phi))`, sign by sign. `None` where a
/// character occurs that mathematics does not have.
pub(crate) fn by_words(text: &str) -> Option<String> {
    let mut latex = String::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = match first {
            c if c.is_ascii_alphabetic() => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
            c if c.is_ascii_digit() => rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        match word {
            "grad" => latex.push_str(r"\nabla"),
            "Im" | "Re" | "conj" => latex.push_str(&format!(r"\operatorname{{{word}}}")),
            "*" => latex.push_str(r"\,"),
            "|" | "(" | ")" | "[" | "]" | "," | "+" | "-" | "/" | "^" | " " => latex.push_str(word),
            word if first.is_ascii_digit() => latex.push_str(&format!("{{{word}}}")),
            word if first.is_ascii_alphabetic() => latex.push_str(&symbol(word)),
            _ => return None,
        }
        rest = after;
    }
    Some(latex)
}

/// A name as a letter with an index: `eps`, `k0`, `D_max`.
pub(crate) fn symbol(name: &str) -> String {
    const GREEK: [&str; 23] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
        "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    ];
    let (stem, index) = split_index(name);
    let lower = stem.to_lowercase();
    let stem = match stem {
        "eps" => r"\varepsilon".to_owned(),
        "lam" => r"\lambda".to_owned(),
        _ if GREEK.contains(&stem) => format!(r"\{stem}"),
        _ if ["gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega"]
            .contains(&lower.as_str())
            && stem.starts_with(char::is_uppercase) =>
        {
            format!(r"\{stem}")
        }
        _ if stem.chars().count() == 1 => stem.to_owned(),
        _ => format!(r"\mathrm{{{}}}", stem.replace('_', r"\_")),
    };
    match index {
        "" => stem,
        index if index.chars().all(|c| c.is_ascii_digit()) => format!("{stem}_{{{index}}}"),
        index => format!(r"{stem}_{{\mathrm{{{}}}}}", index.replace('_', r"\_")),
    }
}

/// `k0` -> (`k`, `0`), `eps_max` -> (`eps`, `max`).
fn split_index(name: &str) -> (&str, &str) {
    if let Some((stem, index)) = name.split_once('_')
        && !stem.is_empty()
        && !index.is_empty()
    {
        return (stem, index);
    }
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.is_empty() { (name, "") } else { name.split_at(stem.len()) }
}

fn piece(expr: &Expr) -> Piece {
    let of = |text: String, binding| Piece { text, binding };
    match &expr.kind {
        ExprKind::Number(value) => number(value),
        ExprKind::Imaginary => of(r"\mathrm{i}".to_owned(), Binding::Atom),
        ExprKind::Pi => of(r"\pi".to_owned(), Binding::Atom),
        ExprKind::Symbol(name) => of(symbol(name), Binding::Atom),
        ExprKind::Position => of("x".to_owned(), Binding::Atom),
        ExprKind::Vector(entries) => of(column(entries), Binding::Atom),
        ExprKind::Neg(operand) => of(format!("-{}", at_least(operand, Binding::Product)), Binding::Sum),
        ExprKind::Add(left, right) => of(format!("{} + {}", expression(left), sum_operand(right, false)), Binding::Sum),
        ExprKind::Sub(left, right) => of(format!("{} - {}", expression(left), sum_operand(right, true)), Binding::Sum),
        ExprKind::Mul(left, right) => of(product(left, right), Binding::Product),
        ExprKind::Div(above, below) => {
            of(format!(r"\frac{{{}}}{{{}}}", expression(above), expression(below)), Binding::Atom)
        }
        ExprKind::Pow(base, exponent) => of(power(base, exponent), Binding::Atom),
        ExprKind::TimeDerivative { operand, order } => of(derivative("t", *order, operand), Binding::Operator),
        ExprKind::SpaceDerivative { operand, axis, order } => {
            of(derivative(&format!("x_{{{axis}}}"), *order, operand), Binding::Operator)
        }
        ExprKind::Gradient(operand) => of(applied(r"\nabla", operand), Binding::Operator),
        ExprKind::Divergence(operand) => of(applied(r"\nabla\cdot", operand), Binding::Operator),
        ExprKind::Laplacian { operand, order: 1 } => of(applied(r"\nabla^{2}", operand), Binding::Operator),
        ExprKind::Laplacian { operand, order } => {
            of(applied(&format!(r"\nabla^{{{}}}", 2 * order), operand), Binding::Operator)
        }
        ExprKind::FractionalLaplacian { operand, exponent } => {
            let operator = format!(r"(-\nabla^{{2}})^{{{}/2}}", at_least(exponent, Binding::Atom));
            of(applied(&operator, operand), Binding::Operator)
        }
        ExprKind::FourierMultiplier { symbol, operand } => of(
            format!(
                r"\mathcal{{F}}^{{-1}}\!\left[{}\,\hat{{{}}}\right]",
                at_least(symbol, Binding::Product),
                expression(operand)
            ),
            Binding::Atom,
        ),
        ExprKind::Dot(left, right) => of(
            format!(r"{} \cdot {}", at_least(left, Binding::Operator), at_least(right, Binding::Operator)),
            Binding::Product,
        ),
        ExprKind::Anisotropic { matrix: rows, operand } => {
            of(format!(r"\nabla\cdot\left({}\,{}\right)", matrix(rows), applied(r"\nabla", operand)), Binding::Operator)
        }
        ExprKind::Function { function, argument } => scalar_function(*function, argument),
    }
}

fn number(value: &Number) -> Piece {
    let text = value.to_string();
    let product = text.contains('e');
    let text = match text.split_once('e') {
        Some((mantissa, exponent)) => format!(r"{mantissa} \cdot 10^{{{exponent}}}"),
        None => text,
    };
    let binding = match (value.negative, product) {
        (true, _) => Binding::Sum,
        (false, true) => Binding::Product,
        (false, false) => Binding::Atom,
    };
    Piece { text, binding }
}

/// The expression, in parentheses if it binds looser than `least`.
fn at_least(expr: &Expr, least: Binding) -> String {
    let piece = piece(expr);
    if piece.binding < least { format!(r"\left({}\right)", piece.text) } else { piece.text }
}

/// The right operand of a sum or difference: a leading sign needs parentheses, and after minus so does a sum.
fn sum_operand(expr: &Expr, after_minus: bool) -> String {
    let piece = piece(expr);
    if piece.text.starts_with('-') || (after_minus && piece.binding == Binding::Sum) {
        format!(r"\left({}\right)", piece.text)
    } else {
        piece.text
    }
}

fn product(left: &Expr, right: &Expr) -> String {
    let (left, right) = (at_least(left, Binding::Product), at_least(right, Binding::Product));
    // Two numbers side by side would read as one.
    let between = if right.starts_with(|c: char| c.is_ascii_digit()) { r" \cdot " } else { r"\," };
    format!("{left}{between}{right}")
}

fn power(base: &Expr, exponent: &Expr) -> String {
    let simple = matches!(
        base.kind,
        ExprKind::Number(_) | ExprKind::Symbol(_) | ExprKind::Pi | ExprKind::Imaginary | ExprKind::Position
    );
    let text = expression(base);
    let base = if simple { text } else { format!(r"\left({text}\right)") };
    format!("{base}^{{{}}}", expression(exponent))
}

fn derivative(variable: &str, order: u32, operand: &Expr) -> String {
    let order = if order == 1 { String::new() } else { format!("^{{{order}}}") };
    applied(&format!(r"\partial_{{{variable}}}{order}"), operand)
}

fn applied(operator: &str, operand: &Expr) -> String {
    format!("{operator} {}", at_least(operand, Binding::Operator))
}

fn column(entries: &[Expr]) -> String {
    let entries: Vec<String> = entries.iter().map(expression).collect();
    format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", entries.join(r" \\ "))
}

fn matrix(rows: &[Vec<Expr>]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| row.iter().map(expression).collect::<Vec<_>>().join(" & ")).collect();
    format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", rows.join(r" \\ "))
}

fn scalar_function(function: ScalarFunction, argument: &Expr) -> Piece {
    let text = expression(argument);
    let named = |name: &str| format!(r"{name}\left({text}\right)");
    let text = match function {
        ScalarFunction::Sqrt => format!(r"\sqrt{{{text}}}"),
        ScalarFunction::Exp => named(r"\exp"),
        ScalarFunction::Log => named(r"\ln"),
        ScalarFunction::Sin => named(r"\sin"),
        ScalarFunction::Cos => named(r"\cos"),
    };
    Piece { text, binding: Binding::Atom }
}

#[cfg(test)]
mod tests {
    use super::{by_words, expression, symbol};
    use genphys_pde::parse_expression;

    fn latex(text: &str) -> String {
        expression(&parse_expression(text).unwrap())
    }

    #[test]
    fn names_get_their_letters_and_indices() {
        assert_eq!(symbol("phi"), r"\phi");
        assert_eq!(symbol("eps"), r"\varepsilon");
        assert_eq!(symbol("k0"), "k_{0}");
        assert_eq!(symbol("D"), "D");
        assert_eq!(symbol("Omega_max"), r"\Omega_{\mathrm{max}}");
        assert_eq!(symbol("rate"), r"\mathrm{rate}");
    }

    #[test]
    fn a_branch_reads_as_written() {
        assert_eq!(latex("-I*sqrt(k^2 + m^2)"), r"-\mathrm{i}\,\sqrt{k^{2} + m^{2}}");
        assert_eq!(latex("a - (b - c)"), r"a - \left(b - c\right)");
        assert_eq!(latex("(a + b)*c^2"), r"\left(a + b\right)\,c^{2}");
        assert_eq!(latex("2*3"), r"2 \cdot 3");
        assert_eq!(latex("0.05*k"), r"0.05\,k");
    }

    #[test]
    fn formulas_beyond_the_language_are_set_by_words() {
        assert_eq!(by_words("|phi|^2").unwrap(), r"|\phi|^{2}");
        assert_eq!(
            by_words("Im(conj(phi)*grad(phi))").unwrap(),
            r"\operatorname{Im}(\operatorname{conj}(\phi)\,\nabla(\phi))"
        );
        assert_eq!(by_words("50%"), None);
    }

    #[test]
    fn a_power_of_a_fraction_keeps_its_parentheses() {
        assert_eq!(latex("(a/b)^2"), r"\left(\frac{a}{b}\right)^{2}");
        assert_eq!(latex("(-a)^2"), r"\left(-a\right)^{2}");
    }
}
