//! What papers, documents and other programs write is read as what it means, or an error says what to write, and
//! pasting that works.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::{Code, Diagnostic, parse, parse_expression, print_expr, print_file, read};
use std::fs;
use std::path::Path;

/// The canonical equation of a body; what is printed reads back the same.
fn equation(body: &str) -> String {
    let source = format!("pde a {{ {body} }}");
    let checked = read(source.as_bytes()).unwrap_or_else(|problems| panic!("{source}\n{problems:#?}"));
    let file = parse(&source).unwrap();
    let printed = print_file(&file);
    assert!(printed.is_ascii(), "{printed}");
    assert_eq!(parse(&printed).unwrap(), file, "{printed}");
    assert_eq!(print_file(&parse(&printed).unwrap()), printed);
    let again = read(printed.as_bytes()).unwrap();
    assert_eq!((&again.pde.hash, &again.pde.field), (&checked.pde.hash, &checked.pde.field), "{printed}");
    checked.pde.equation
}

fn problems(source: &str) -> Vec<Diagnostic> {
    read(source.as_bytes()).map_or_else(|problems| problems, |checked| checked.warnings)
}

#[test]
fn derivatives() {
    for (written, meant) in [
        ("∂ₜφ = ∇²φ", "dt(phi) = lap(phi)"),
        ("φₜₜ + φₓₓ = 0", "dt(phi, 2) + d(phi, x1, 2) = 0"),
        ("∂²ₜφ = ∂ₓₓφ", "dt(phi, 2) = d(phi, x1, 2)"),
        ("∂ₜ²φ = ∂ₓ²φ", "dt(phi, 2) = d(phi, x1, 2)"),
        ("φₜ = φₓ₂ₓ₂", "dt(phi) = d(phi, x2, 2)"),
        ("dim 2; phi_t = phi_xx + phi_yy", "dt(phi) = d(phi, x1, 2) + d(phi, x2, 2)"),
        ("dim 3; ∂t φ = ∂²φ/∂y² + d(φ, z, 2) + ∂z φ", "dt(phi) = d(phi, x2, 2) + d(phi, x3, 2) + d(phi, x3)"),
        ("∂φ/∂t = ∂²φ/∂x∂y", "dt(phi) = dx(d(phi, x2))"),
        ("∂φ/∂t = ∂³φ/∂x²∂y", "dt(phi) = d(d(phi, x2), x1, 2)"),
        ("dφ/dt = d²φ/dx²", "dt(phi) = d(phi, x1, 2)"),
        ("d/dt phi = d²/dx² phi", "dt(phi) = d(phi, x1, 2)"),
        ("d^2 phi/dt^2 = lap(phi)", "dt(phi, 2) = lap(phi)"),
        ("𝜕²𝜙/𝜕𝑡² = 𝛻²𝜙", "dt(phi, 2) = lap(phi)"),
        ("∂_t^2 φ = ∂²_{xx} φ", "dt(phi, 2) = d(phi, x1, 2)"),
        ("phi_t = nabla^2 phi - nabla^4 phi", "dt(phi) = lap(phi) - lap(phi, 2)"),
        ("phi_t = Delta phi - Δ²φ", "dt(phi) = lap(phi) - lap(phi, 2)"),
        ("phi_t = del^2 phi", "dt(phi) = lap(phi)"),
        ("phi_t = (∇²)φ - (∇²)²φ", "dt(phi) = lap(phi) - lap(phi, 2)"),
    ] {
        assert_eq!(equation(written), meant, "{written}");
    }
}

#[test]
fn fractional_laplacians() {
    for (written, meant) in [
        ("param alpha in (0, 2); ∂t φ = −(−Δ)^(alpha/2) φ", "dt(phi) = -fraclap(phi, alpha)"),
        ("param s in (0, 1); phi_t = -(-Δ)^s phi", "dt(phi) = -fraclap(phi, 2*s)"),
        ("param s in (0, 1); phi_t = -(-∇²)^s(phi)", "dt(phi) = -fraclap(phi, 2*s)"),
        ("phi_t = -(-Δ)^(1/2) phi", "dt(phi) = -fraclap(phi, 1)"),
        ("phi_t = -(-Δ)^0.75 phi", "dt(phi) = -fraclap(phi, 1.5)"),
        ("phi_t = -(-Δ)^(3/4) phi", "dt(phi) = -fraclap(phi, 2*(3/4))"),
        ("phi_t = -(-lap)^0.5 phi", "dt(phi) = -fraclap(phi, 1)"),
        ("phi_t = -(−Δ)φ", "dt(phi) = -(-lap(phi))"),
        ("phi_t = -(−Δ)²φ", "dt(phi) = -lap(phi, 2)"),
        ("phi_t = -√(−Δ) φ - sqrt(-Δ) φ", "dt(phi) = -fraclap(phi, 1) - fraclap(phi, 1)"),
        ("param a in (0, 2); phi_t = -2*(-\\Delta)^{a/2} phi", "dt(phi) = -2*fraclap(phi, a)"),
        ("param a in (0, 2); phi_t = -\\left(-\\nabla^2\\right)^{\\frac{a}{2}} phi", "dt(phi) = -fraclap(phi, a)"),
    ] {
        assert_eq!(equation(written), meant, "{written}");
    }
}

#[test]
fn latex() {
    for (written, meant) in [
        ("param D; \\partial_t \\phi = D \\cdot \\nabla^2 \\phi", "dt(phi) = D*lap(phi)"),
        ("\\partial_{tt} \\phi = \\Delta\\phi", "dt(phi, 2) = lap(phi)"),
        ("\\partial_t^2 \\varphi = \\nabla^{2}\\varphi", "dt(phi, 2) = lap(phi)"),
        ("\\frac{\\partial \\phi}{\\partial t} = \\frac{1}{2}*\\nabla^2\\phi", "dt(phi) = 1/2*lap(phi)"),
        ("\\dfrac{\\partial^2 \\phi}{\\partial t^2} = \\phi_{xx}", "dt(phi, 2) = d(phi, x1, 2)"),
        ("\\frac{\\partial}{\\partial t}\\phi = \\frac{\\partial^2}{\\partial x_1^2}\\phi", "dt(phi) = d(phi, x1, 2)"),
        ("\\frac{d\\phi}{dt} = \\frac{\\partial^2\\phi}{\\partial x\\,\\partial y}", "dt(phi) = dx(d(phi, x2))"),
        ("\\frac{\\mathrm{d}^2\\phi}{\\mathrm{d}t^2} = \\Delta \\phi", "dt(phi, 2) = lap(phi)"),
        ("\\dot{\\phi} = \\nabla\\cdot\\left(x \\cdot \\phi\\right)", "dt(phi) = div(x*phi)"),
        ("\\ddot\\phi = -\\sqrt{2}*\\phi", "dt(phi, 2) = -sqrt(2)*phi"),
        ("param \\sigma_{max} \\geq 0; \\phi_t = \\sigma_{max}^{2}*\\Delta\\phi", "dt(phi) = sigma_max^2*lap(phi)"),
        ("param \\varepsilon \\in (0, \\infty); phi_t = \\varepsilon*\\phi_{yy}", "dt(phi) = eps*d(phi, x2, 2)"),
        ("phi_t = -fourier(1 - \\exp(-k^{2}), phi)", "dt(phi) = -fourier(1 - exp(-k^2), phi)"),
    ] {
        assert_eq!(equation(written), meant, "{written}");
    }
}

#[test]
fn functions_that_are_written_out() {
    for (name, meant) in [
        ("tanh", "(1 - exp(-2*k))/(1 + exp(-2*k))"),
        ("coth", "(1 + exp(-2*k))/(1 - exp(-2*k))"),
        ("sinh", "(exp(k) - exp(-k))/2"),
        ("cosh", "(exp(k) + exp(-k))/2"),
        ("sech", "2/(exp(k) + exp(-k))"),
        ("csch", "2/(exp(k) - exp(-k))"),
        ("tan", "sin(k)/cos(k)"),
    ] {
        assert_eq!(equation(&format!("phi_t = -fourier({name}(k), phi)")), format!("dt(phi) = -fourier({meant}, phi)"));
    }
    // A parameter may have such a name.
    assert_eq!(equation("param tan; phi_t = tan*lap(phi)"), "dt(phi) = tan*lap(phi)");
    // Written out they double, and there is an end to that.
    let nested = format!("pde a {{ phi_t = {}phi{} }}", "sinh(".repeat(60), ")".repeat(60));
    assert!(problems(&nested).iter().any(|problem| problem.code == Code::ExpressionTooLarge));
    let many = format!("pde a {{ phi_t = fourier({}, phi) }}", vec!["cosh(k + k + k + k)"; 20_000].join(" + "));
    assert!(problems(&many).iter().any(|problem| problem.code == Code::ExpressionTooLarge));
}

/// In an expression nobody declares names, and what is printed there has no sugar: nothing is guessed.
#[test]
fn expressions_are_canonical() {
    for text in ["dphi/dx1", "nabla^2*phi", "(-Delta)^pi", "Delta", "du/dx1", "tanh*(phi + 1)"] {
        assert_eq!(print_expr(&parse_expression(text).unwrap()), text);
    }
    assert_eq!(equation("param dphi; param dx1 != 0; phi_t = dphi/dx1*lap(phi)"), "dt(phi) = dphi/dx1*lap(phi)");
    assert_eq!(
        equation("param nabla; param Delta; phi_t = nabla^2*Delta^2*lap(phi)"),
        "dt(phi) = nabla^2*Delta^2*lap(phi)"
    );
}

/// The field that nobody declares is what the derivative in time is taken of.
#[test]
fn undeclared_fields() {
    for (body, field) in [
        ("u_t = u_xx", "u"),
        ("dt(u) = lap(u)", "u"),
        ("I*∂t ψ = -Δψ", "psi"),
        ("∂²u/∂t² = ∂²u/∂x²", "u"),
        ("∂ₜ²u = ∂ₓ²u", "u"),
        ("∂/∂t u = Δu", "u"),
        ("du/dt = Δu", "u"),
        ("d^2 u/dt^2 = Δu", "u"),
        ("\\frac{\\partial u}{\\partial t} = \\Delta u", "u"),
        ("\\frac{d^2 u}{dt^2} = \\Delta u", "u"),
        ("\\frac{\\partial^{2}u}{\\partial t^{2}} = \\Delta u", "u"),
        ("\\dot{u} = \\Delta u", "u"),
        ("time s in (0, 1); u_s = u_xx", "u"),
        ("param D > 0; rho_t = D*rho_xx", "rho"),
    ] {
        let source = format!("pde a {{ {body} }}");
        let checked = read(source.as_bytes()).unwrap_or_else(|problems| panic!("{source}\n{problems:#?}"));
        assert_eq!(checked.pde.field, field, "{body}");
        let codes: Vec<Code> = checked.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, [Code::ImpliedField], "{body}");
        let printed = print_file(&parse(&source).unwrap());
        assert!(printed.contains(&format!("    field {field}\n")), "{printed}");
        assert_eq!(problems(&printed), []);
    }
    // Two of them, or one that means something else, are not guessed.
    for body in ["u_t = v_t", "param u; u_t = lap(u)", "u_xx = lap(u)", "phi_t = u_xx", "field v; u_t = u_xx"] {
        let source = format!("pde a {{ {body} }}");
        assert!(read(source.as_bytes()).is_err(), "{body}");
    }
}

/// Puts every fix into the text until there is none left.
fn mended(source: &str) -> (String, Vec<Diagnostic>) {
    let mut text = source.to_owned();
    for _ in 0..40 {
        let found = problems(&text);
        let Some(fix) = found.iter().find_map(|problem| problem.fix.clone()) else { return (text, found) };
        text.replace_range(fix.span.start..fix.span.end, &fix.text);
    }
    panic!("the fixes do not end: {source}\n{text}");
}

#[test]
fn every_suggestion_can_be_pasted() {
    for (body, meant) in [
        ("dt(phi) == lap(phi)", "dt(phi) = lap(phi)"),
        ("dt(phi) = 2**3*phi", "dt(phi) = 2^3*phi"),
        ("dt(phi) = lap(phi) – phi", "dt(phi) = lap(phi) - phi"),
        ("dt(phi) = .5*phi + 2.*phi", "dt(phi) = 0.5*phi + 2*phi"),
        ("dt(phi) = ２*lap（phi）", "dt(phi) = 2*lap(phi)"),
        ("param D; dt(phi) = 2 D lap(phi)", "dt(phi) = 2*D*lap(phi)"),
        ("param D; \\partial_t \\phi = D \\nabla^2 \\phi", "dt(phi) = D*lap(phi)"),
        ("\\partial_t \\phi = D \\nabla^2 \\phi", "dt(phi) = D*lap(phi)"),
        ("dt(phi) = $\\nabla^2 \\phi$", "dt(phi) = lap(phi)"),
        ("\\partial_t \\phi = \\mathbf{D} \\cdot \\Delta\\phi", "dt(phi) = D*lap(phi)"),
        ("dt(phi) = D*lap(phi)", "dt(phi) = D*lap(phi)"),
        ("param eps; dt(phi) = epsilon*lap(phi)", "dt(phi) = eps*lap(phi)"),
        ("i*dt(phi) = lap(phi)", "I*dt(phi) = lap(phi)"),
        ("dt phi = lap phi", "dt(phi) = lap(phi)"),
        ("dt(phi) = laplacian(phi) + dyy(phi)", "dt(phi) = lap(phi) + d(phi, x2, 2)"),
        ("diff(phi, t) = gard(phi)", ""),
        ("diff(phi, t) = dvi(grad(phi))", "dt(phi) = div(grad(phi))"),
        ("dtt(phi) = lap(phi)", "dt(phi, 2) = lap(phi)"),
        (
            "dt(phi) = -fourier(abs(k) + ln(1 + k^2) + pow(k, 3), phi)",
            "dt(phi) = -fourier(k + log(1 + k^2) + k^3, phi)",
        ),
        ("param a in (0, 2); dt(phi) = -(-Δ)^a/2 phi", "dt(phi) = -fraclap(phi, a)"),
        ("dt(phi) = -(Δ)^(1/2) phi", "dt(phi) = -fraclap(phi, 1)"),
        ("param а > 0; dt(phi) = а*lap(phi)", "dt(phi) = a*lap(phi)"),
        ("param Κ > 0; dt(phi) = Κ*lap(phi)", "dt(phi) = K*lap(phi)"),
        ("param 𝐃 > 0; dt(phi) = 𝐃*lap(phi)", "dt(phi) = D*lap(phi)"),
        ("u_t = D*u_xx", "dt(u) = D*d(u, x1, 2)"),
        ("time s in (0, 1); dt(phi) = t*lap(phi)", "dt(phi) = s*lap(phi)"),
        ("phi_t = ∇.(x*phi)", "dt(phi) = div(x*phi)"),
        ("dt(phi(x, t)) = lap(phi(x, t))", "dt(phi) = lap(phi)"),
    ] {
        let source = format!("pde a {{ {body} }}");
        let first = problems(&source);
        assert!(first.iter().any(|problem| problem.fix.is_some()), "{source}\n{first:#?}");
        let (text, left) = mended(&source);
        if !meant.is_empty() {
            assert!(left.iter().all(|problem| !problem.is_error()), "{text}\n{left:#?}");
            assert_eq!(read(text.as_bytes()).unwrap().pde.equation, meant, "{text}");
        }
        for problem in first.iter().filter(|problem| problem.fix.is_some()) {
            assert!(problem.help.is_some(), "{problem:#?}");
        }
    }
}

/// Of every file that is not accepted: putting a fix in mends the problem that it is the fix of.
#[test]
fn fixes_mend() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pde/fail");
    let mut fixes = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let found = problems(&text);
        for problem in found.iter().filter(|problem| problem.fix.is_some()) {
            let fix = problem.fix.clone().unwrap();
            let mut changed = text.clone();
            changed.replace_range(fix.span.start..fix.span.end, &fix.text);
            let same = |p: &&Diagnostic| (p.code, &p.message) == (problem.code, &problem.message);
            let count = |problems: &[Diagnostic]| problems.iter().filter(same).map(|p| p.labels.len()).sum::<usize>();
            assert!(count(&problems(&changed)) < count(&found), "{changed}\n{problem:#?}");
            fixes += 1;
        }
    }
    assert!(fixes > 15, "{fixes}");
}

/// What is not read says what to write.
#[test]
fn errors_say_what_to_write() {
    for (body, code, help) in [
        ("dt(phi) = √(1 − Δ) φ", Code::DerivativeNotation, "fourier(sqrt(m^2 + k^2), phi)"),
        ("dt(phi) = (Δ + 1)phi", Code::DerivativeNotation, "fourier"),
        ("dt(phi) = ∇²", Code::DerivativeNotation, "acts on"),
        ("dt(phi) = -fourier(erf(k), phi)", Code::UnknownFunction, "tanh"),
        ("dt(phi) = -fourier(atan(k), phi)", Code::UnknownFunction, "tanh"),
        ("dt(phi) = D_x phi", Code::UnknownName, "d(phi, x1, 2)"),
        ("dt(phi) = phi_rr", Code::UnknownName, "x, y, z"),
        ("dt(phi) = v_xx", Code::UnknownName, "one field, `phi`"),
        ("dt(phi) = phi''", Code::UnexpectedCharacter, "dt(phi, 2)"),
        ("dt(phi) = \\mathcal{L} phi", Code::UnexpectedCharacter, "`L`"),
        ("dt(phi) = \\foo", Code::UnexpectedCharacter, "\\frac"),
        ("∂²φ/∂t∂x∂y = phi", Code::DerivativeNotation, "∂²φ/∂t²"),
        ("∂φ/∂τ = phi", Code::CoordinateExpected, "`time tau in (0, inf)`"),
        ("∂φ/∂r = phi", Code::CoordinateExpected, "x, y, z"),
    ] {
        let source = format!("pde a {{ {body} }}");
        let found = problems(&source);
        let problem = found.iter().find(|problem| problem.code == code);
        let said = problem.and_then(|problem| problem.help.clone()).unwrap_or_default();
        assert!(said.contains(help), "{source}\n{found:#?}");
        assert!(!format!("{found:?}").contains("did you mean `phi`"), "{found:#?}");
    }
}

/// Characters that look like others never make a name that only seems to be another one.
#[test]
fn letters_that_look_alike() {
    // One letter in two encodings is one name; the ohm and kelvin signs are the letters.
    assert_eq!(equation("param \u{2126} > 0; phi_t = Ω*lap(phi)"), "dt(phi) = Omega*lap(phi)");
    assert_eq!(equation("param \u{212A} > 0; phi_t = K*lap(phi)"), "dt(phi) = K*lap(phi)");
    for (first, second) in [("v", "ν"), ("l1", "I1"), ("a", "α"), ("D0", "DO")] {
        let source =
            format!("pde a {{ param {first} > 0; param {second} > 0; dt(phi) = {first}*lap(phi) - {second}*phi }}");
        let found = problems(&source);
        assert!(found.iter().any(|problem| problem.code == Code::ConfusableNames), "{source}\n{found:#?}");
    }
    let twice = problems("pde a { param φ > 0; field u; param ϕ > 0; dt(u) = φ*ϕ*lap(u) }");
    assert!(twice[0].help.as_deref().unwrap().contains("both read as `phi`"), "{twice:#?}");
    for letter in ["а", "е", "о", "е\u{301}", "é", "e\u{301}", "ａ", "𝒂", "Α"] {
        let source = format!("pde a {{ param {letter} > 0; dt(phi) = {letter}*lap(phi) }}");
        assert!(read(source.as_bytes()).is_err(), "{letter}");
    }
}
