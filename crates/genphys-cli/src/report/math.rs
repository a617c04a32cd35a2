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
    // Each name has its own letter, and is read back from it.
    const GREEK: [&str; 22] = [
        "alpha", "beta", "gamma", "delta", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi",
        "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    ];
    let (stem, index) = split_index(name);
    let lower = stem.to_lowercase();
    let stem = match stem {
        "eps" => r"\varepsilon".to_owned(),
        "hbar" => r"\hbar".to_owned(),
        _ if GREEK.contains(&stem) => format!(r"\{stem}"),
        _ if ["gamma", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega"]
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
        ExprKind::Coordinate(axis) => of(format!("x_{{{axis}}}"), Binding::Atom),
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
        ExprKind::Caputo { operand, order } => {
            of(applied(&format!(r"\partial_{{t}}^{{{}}}", expression(order)), operand), Binding::Operator)
        }
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
    let acts = ends_with_operator(left);
    let (left, right) = (at_least(left, Binding::Product), at_least(right, Binding::Product));
    // Two numbers side by side would read as one, a name before a parenthesis as a function, and an operator would act
    // on what follows.
    let point = acts || right.starts_with(|c: char| c.is_ascii_digit()) || right.starts_with(['(', '[']);
    let between = if point || right.starts_with(r"\left(") { r" \cdot " } else { r"\," };
    format!("{left}{between}{right}")
}

/// Whether the last factor is an operator in front of what it acts on.
fn ends_with_operator(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Mul(_, right) => ends_with_operator(right),
        _ => piece(expr).binding == Binding::Operator,
    }
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
        assert_eq!(latex("c*(a + b)"), r"c \cdot \left(a + b\right)");
        assert_eq!(latex("lap(phi)*m"), r"\nabla^{2} \phi \cdot m");
        assert_eq!(latex("2*3"), r"2 \cdot 3");
        assert_eq!(latex("0.05*k"), r"0.05\,k");
    }

    /// What is written is read again as the same equation.
    #[test]
    fn latex_is_read_back() {
        let declarations = "param m > 0; param sigma_max > 0; param eps in (0, 1); param k0 > 0; param lam > 0; \
                            param lambda > 0; param epsilon > 0; param Delta > 0; param rate_2b > 0; param a; param complex c; \
                            param i";
        let mut count = 0;
        for body in [
            "dt(phi) = m*lap(phi) - lap(phi)*m + lambda*(1 + m)*phi - lam*epsilon*Delta*phi",
            "dt(phi, 2) + 2*eps*dt(phi) = k0^2*lap(phi) - sigma_max^2*phi + rate_2b*phi",
            "I*dt(phi) = -lap(phi)/2 + i*c*phi",
            "dt(phi) = -fraclap(phi, m) - fraclap(phi, 1.5) - fraclap(phi, 2*m) - fraclap(phi, m + 1) - fraclap(phi, 1)",
            "dt(phi) = -lap(phi, 2) - lap(lap(phi))",
            "dim 2; dt(phi) = d(phi, x1, 2) + d(d(phi, x2), x1) - dt(dx(phi))",
            "dim 2; dt(phi) = dot([m, 0.5], grad(phi)) + aniso([[2, m], [m, 1]], phi) + div(x*phi)",
            "dim 1; dt(phi) = aniso([[m]], phi) + dot(m*x, grad(phi))",
            "dt(phi) = div(m*grad(phi)) + div(grad(phi)) + dot(x, grad(phi))",
            "dt(phi) = -fourier(sqrt(m^2 + k^2) - m, phi) - fourier(1 - exp(-k^2), m*phi)",
            "dt(phi) = exp(-t)*sin(t)^2*lap(phi) + log(1 + t)*cos(m*t)*phi",
            "dt(phi) = (a/m)^2*lap(phi) - m^(a/2)*phi - 2*3*phi + a/(m*(1 + a))*phi",
            "dt(phi) = t^(-1)*lap(phi) + pi*phi*(-m) - a/m/2*phi - (-m)*phi",
            "dt(phi) - (lap(phi) - m*phi) = m*(lap(phi) - phi)/2",
            "dt(phi) = phi^2*lap(phi^2) + dx(phi)^2",
        ] {
            let (dim, equation) = body.split_once("; ").unwrap_or(("dim any", body));
            let source = format!("pde a {{ {declarations}; {dim}; {equation} }}");
            let meant =
                genphys_pde::read(source.as_bytes()).unwrap_or_else(|problems| panic!("{source}\n{problems:#?}"));
            let (left, right) = meant.pde.equation.split_once('=').unwrap();
            let written = format!("{} &= {}", latex(left), latex(right));
            let again = format!("pde a {{ {declarations}; {dim}; \\begin{{align*}} {written} \\end{{align*}} }}");
            let read = genphys_pde::read(again.as_bytes()).unwrap_or_else(|problems| panic!("{again}\n{problems:#?}"));
            assert_eq!(read.pde.equation, meant.pde.equation, "{written}");
            count += 1;
        }
        assert!(count > 10);
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
