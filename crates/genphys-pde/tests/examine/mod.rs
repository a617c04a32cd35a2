//! What must hold for any source, with sources to begin from and words to put into them.

use genphys_pde::span::Span;
use genphys_pde::{
    Checked, Code, Diagnostic, evaluate_complex, inline, lower, parse, parse_expression, print_expr, print_file, read,
    render,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// All files of the corpus and the shipped equations.
pub static SEEDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seeds = Vec::new();
    for folder in ["pdes", "tests/pde/pass", "tests/pde/fail"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "pde") {
                seeds.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    seeds.sort();
    seeds
});

pub const WORDS: &[&str] = &[
    "pde",
    "a",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "=",
    "+",
    "-",
    "*",
    "/",
    "^",
    ">",
    ">=",
    "!=",
    "..",
    "\n",
    "\r\n",
    " ",
    "\t",
    "param",
    "complex",
    "field",
    "dim",
    "any",
    "time",
    "let",
    "density",
    "in",
    "inf",
    "phi",
    "D",
    "t",
    "x",
    "x1",
    "x2",
    "k",
    "I",
    "pi",
    "dt",
    "dx",
    "d",
    "grad",
    "div",
    "lap",
    "fraclap",
    "fourier",
    "dot",
    "aniso",
    "sqrt",
    "exp",
    "log",
    "0",
    "1",
    "2",
    "0.5",
    "1e3",
    ".5",
    "17",
    "65",
    "∂",
    "∂t",
    "∇",
    "Δ",
    "√",
    "²",
    "⁻¹",
    "φ",
    "ε",
    "·",
    "×",
    "−",
    "∂²φ/∂t²",
    "phi_tt",
    "phi_x",
    "\"title\"",
    "\"",
    "# c\n",
    "é",
    "@",
    "\0",
    "\u{FEFF}",
    "==",
    "**",
    "dt(phi) = lap(phi)",
    "dt(phi, 2)",
    "param D > 0 = 1\n",
    "2phi",
    "∈",
    "φₜ",
    "∂ₜ",
    "∂²φ/∂x∂y",
    "u_t",
    "phi_yy",
    "dphi/dt",
    "d²",
    "(−Δ)^",
    "(-lap)",
    "√(−Δ)",
    "nabla^2",
    "Delta",
    "tanh(",
    "cosh(k)",
    "\\phi",
    "\\partial_t",
    "\\frac{",
    "\\frac{\\partial \\phi}{\\partial t}",
    "\\dot{",
    "\\sqrt{",
    "\\mathrm{d}",
    "\\mathbf{x}",
    "\\left(",
    "\\,",
    "\\",
    "_{xx}",
    "^{",
    "𝜙",
    "𝜕",
    "а",
    "ａ",
    "½",
    "ᵅ",
    "$",
    "'",
    "phi(x, t)",
    "\\begin{equation}",
    "\\end{align}",
    "\\begin{pmatrix}",
    "\\end{pmatrix}",
    "\\\\",
    "&",
    "\\mathcal{F}^{-1}\\left[",
    "\\hat{",
    "\\right]",
    "\\frac12",
    "\\sqrt[3]",
    "\\nabla\\cdot",
    "\\sin^2",
    "e^{-t}",
    "e⁻²ᵗ",
    "|",
    "abs(",
    "max(",
    "u̇",
    "ü",
    "\\{",
    "a(t)",
    "1/2\\lambda",
    "∂ₓ(x φ)",
    "x*dx(phi)",
    "i",
    ".",
];

/// Everything that must hold for any source. Returns the codes of its problems, each once.
pub fn examine(source: &[u8]) -> String {
    let text = String::from_utf8_lossy(source);
    let shown = |problems: &[Diagnostic]| {
        for problem in problems {
            assert!(!render(problem, "a.pde", &text).is_empty());
            for Span { start, end } in problem.labels.iter().map(|label| label.span) {
                // A span of bad bytes is one of the source, see `genphys_pde::decode`.
                let whole = problem.code == Code::InvalidUtf8 || text.get(start..end).is_some();
                assert!(start <= end && end <= text.len() && whole, "{problem:#?}");
            }
        }
    };
    let problems = match read(source) {
        Err(problems) => {
            assert!(problems.iter().any(Diagnostic::is_error));
            problems
        }
        Ok(checked) => {
            assert!(!checked.warnings.iter().any(Diagnostic::is_error));
            accepted(&checked, &text);
            checked.warnings
        }
    };
    shown(&problems);
    if let Err(problems) = inline(&text) {
        shown(&problems);
    }
    match parse_expression(&text) {
        Ok(tree) => {
            assert_eq!(parse_expression(&print_expr(&tree)).unwrap(), tree);
            let _ = evaluate_complex(&tree, &BTreeMap::from([("phi".to_owned(), 0.5), ("t".to_owned(), 2.0)]));
        }
        Err(problems) => shown(&problems),
    }
    let codes: BTreeSet<&str> = problems.iter().map(|problem| problem.code.id()).collect();
    codes.into_iter().collect::<Vec<_>>().join(" ")
}

fn accepted(checked: &Checked, text: &str) {
    let file = parse(text).unwrap();
    let printed = print_file(&file);
    let again = parse(&printed).unwrap();
    assert_eq!(again, file);
    assert_eq!(print_file(&again), printed);
    assert_eq!(again.comments().count(), file.comments().count());
    let same = read(printed.as_bytes()).unwrap();
    assert_eq!((&same.pde.hash, &same.pde.equation), (&checked.pde.hash, &checked.pde.equation));
    assert_eq!(lower(&file, text).unwrap().pde, checked.pde);
}
