//! What people write in papers, LaTeX or Unicode, is read where it has one meaning, with a note where a sign was left
//! out; where it has several it is an error, and what the error says to write is read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::{Checked, Code, Diagnostic, parse, print_file, read};

fn source(body: &str) -> String {
    format!("pde a {{ {body} }}")
}

fn problems(source: &str) -> Vec<Diagnostic> {
    read(source.as_bytes()).map_or_else(|problems| problems, |checked| checked.warnings)
}

/// Reads a body; what `genphys fmt` makes of it means the same and needs no note about notation.
fn checked(body: &str) -> Checked {
    let source = source(body);
    let checked = read(source.as_bytes()).unwrap_or_else(|problems| panic!("{source}\n{problems:#?}"));
    let printed = print_file(&parse(&source).unwrap());
    let again = read(printed.as_bytes()).unwrap_or_else(|problems| panic!("{printed}\n{problems:#?}"));
    assert_eq!((&again.pde.hash, &again.pde.equation), (&checked.pde.hash, &checked.pde.equation), "{printed}");
    let notes = |warnings: &[Diagnostic]| warnings.iter().filter(|w| w.message.contains("without its sign")).count();
    assert_eq!(notes(&again.warnings), 0, "{printed}");
    checked
}

const PARAMS: &str = "param D > 0; param c > 0; param lambda > 0; param sigma > 0; param theta > 0; param a in (0, 2)";

/// Bodies with the parameters above, and what they mean; whether a sign of a product was left out.
const READ: &[(&str, &str, bool)] = &[
    (r"\partial_t \phi = D \nabla^2 \phi", "dt(phi) = D*lap(phi)", true),
    (r"\frac{\partial u}{\partial t} = D\frac{\partial^2 u}{\partial x^2}", "dt(u) = D*d(u, x1, 2)", true),
    (
        r"\frac{\partial\rho(x,t)}{\partial t} = D \frac{\partial^2 \rho(x,t)}{\partial x^2}",
        "dt(rho) = D*d(rho, x1, 2)",
        true,
    ),
    (r"\partial_t u = -(-\Delta)^{a/2} u", "dt(u) = -fraclap(u, a)", false),
    (r"\partial_t u = -\left(-\Delta\right)^{\frac{a}{2}} u", "dt(u) = -fraclap(u, a)", false),
    (r"\partial_t u = -\sqrt{-\Delta}\, u", "dt(u) = -fraclap(u, 1)", false),
    (r"\partial_t u = \nabla\cdot(x u) + \Delta u", "dt(u) = div(x*u) + lap(u)", true),
    (r"\partial_t u = \nabla\cdot(D\nabla u)", "dt(u) = div(D*grad(u))", true),
    (r"\partial_t u = \nabla\cdot\left[\mathbf{x}\,u\right]", "dt(u) = div(x*u)", true),
    (r"\partial_t u = \mathbf{x}\cdot\nabla u + \vec{\nabla}^2 u", "dt(u) = dot(x, grad(u)) + lap(u)", false),
    (r"\ddot{u} + \lambda\dot{u} = c^2 u_{xx}", "dt(u, 2) + lambda*dt(u) = c^2*d(u, x1, 2)", true),
    (r"\ddot u = \Delta u", "dt(u, 2) = lap(u)", false),
    (r"u_t = \frac12\sigma^2 u_{xx}", "dt(u) = 1/2*sigma^2*d(u, x1, 2)", true),
    (r"u_t = \frac 1 2 \Delta u", "dt(u) = 1/2*lap(u)", true),
    (r"u_t = \frac\sigma2\Delta u", "dt(u) = sigma/2*lap(u)", true),
    (r"u_t = \sqrt2\Delta u", "dt(u) = sqrt(2)*lap(u)", true),
    (r"u_t = \sqrt[3]{t}\Delta u", "dt(u) = t^(1/3)*lap(u)", true),
    (r"u_t = e^{-t}\,\Delta u", "dt(u) = exp(-t)*lap(u)", true),
    (r"u_t = \exp\left(-\lambda t\right) \Delta u", "dt(u) = exp(-lambda*t)*lap(u)", true),
    (r"u_t = \sin^2(t)\,\Delta u", "dt(u) = sin(t)^2*lap(u)", true),
    (r"u_t = \log_{10}(1+t)\Delta u", "dt(u) = log(1 + t)/log(10)*lap(u)", true),
    (r"\mathrm{i}\partial_t\psi = -\Delta\psi", "I*dt(psi) = -lap(psi)", true),
    (r"\frac{\mathrm d u}{\mathrm d t} = \Delta u", "dt(u) = lap(u)", false),
    (r"\partial_t u = \lambda(\Delta u - u)", "dt(u) = lambda*(lap(u) - u)", true),
    (r"\partial_t u = \sigma^2/2\,\Delta u", "dt(u) = sigma^2/2*lap(u)", true),
    (r"$u_t = D u_{xx}$", "dt(u) = D*d(u, x1, 2)", true),
    (r"\[ u_t = u_{xx}. \]", "dt(u) = d(u, x1, 2)", false),
    ("\\begin{equation}\n u_t = D u_xx, \\label{eq:heat}\n\\end{equation}", "dt(u) = D*d(u, x1, 2)", true),
    ("\\begin{align}\n u_t &= u_{xx} \\nonumber \\\\\n &\\quad - u\n\\end{align}", "dt(u) = d(u, x1, 2) - u", false),
    (r"u_t = {\Delta}{u} + \left\{ u_{xx} \right\}", "dt(u) = lap(u) + d(u, x1, 2)", false),
    (r"\partial_{t} u = \begin{pmatrix} a \\ 1 \end{pmatrix} \cdot \nabla u", "dt(u) = dot([a, 1], grad(u))", false),
    (
        r"\partial_{t} u = \nabla\cdot\left(\begin{pmatrix} a & 0 \\ 0 & 1 \end{pmatrix}\,\nabla u\right)",
        "dt(u) = aniso([[a, 0], [0, 1]], u)",
        true,
    ),
    (
        r"\partial_{t} u = -\mathcal{F}^{-1}\!\left[\left(k^{2} + 1\right)\,\hat{u}\right]",
        "dt(u) = -fourier(k^2 + 1, u)",
        false,
    ),
    (r"\partial_t p_t = \Delta p_t", "dt(p) = lap(p)", false),
    (
        r"\frac{\partial p_t(x)}{\partial t} = \nabla\cdot(x\, p_t(x)) + \Delta p_t(x)",
        "dt(p) = div(x*p) + lap(p)",
        true,
    ),
    (r"u_t = \frac{\partial_x^2 u}{2}", "dt(u) = d(u, x1, 2)/2", false),
    ("∂u/∂t = D ∂²u/∂x²", "dt(u) = D*d(u, x1, 2)", true),
    ("∂ₜu = D∇²u", "dt(u) = D*lap(u)", true),
    ("uₜₜ = c² uₓₓ", "dt(u, 2) = c^2*d(u, x1, 2)", true),
    ("𝜕𝑢/𝜕𝑡 = 𝐷 𝜕²𝑢/𝜕𝑥²", "dt(u) = D*d(u, x1, 2)", true),
    ("∂φ/∂t = ½σ²Δφ", "dt(phi) = 1/2*sigma^2*lap(phi)", true),
    ("φ̇ = Δφ − λφ", "dt(phi) = lap(phi) - lambda*phi", true),
    ("ü = c² ∇²u", "dt(u, 2) = c^2*lap(u)", true),
    ("∂φ/∂t = e⁻²ᵗ Δφ", "dt(phi) = exp(-2*t)*lap(phi)", true),
    ("∂φ/∂t = −(−Δ)^½ φ", "dt(phi) = -fraclap(phi, 1)", false),
    ("∂φ/∂t = −(−Δ)ᵃ φ", "dt(phi) = -fraclap(phi, 2*a)", false),
    ("∂²u/∂x∂t = u", "dx(dt(u)) = u", false),
    ("∂p/∂t = θ ∂(x p)/∂x + D ∂²p/∂x²", "dt(p) = theta*div(x*p) + D*d(p, x1, 2)", true),
    ("∂p/∂t = ∂²p/∂x² + x ∂p/∂x", "dt(p) = d(p, x1, 2) + dot(x, grad(p))", true),
    ("dt(phi) = -fourier(kᵅ + abs(k) + |k|, phi); param alpha in (0, 2)", "", false),
    ("dt(phi) = max(1, t)*lap(phi)", "dt(phi) = (1 + t + sqrt((1 - t)^2))/2*lap(phi)", false),
    ("dt(phi) = min(1, D)*lap(phi)", "dt(phi) = (1 + D - sqrt((1 - D)^2))/2*lap(phi)", false),
    ("dt(phi) = abs(1 - D)*lap(phi)", "dt(phi) = sqrt((1 - D)^2)*lap(phi)", false),
    ("dt(phi) = |1 - D|*lap(phi)", "dt(phi) = sqrt((1 - D)^2)*lap(phi)", false),
    (
        "dt(phi) = -fourier(log10(1 + k) + log2(1 + |k|), phi)",
        "dt(phi) = -fourier(log(1 + k)/log(10) + log(1 + k)/log(2), phi)",
        false,
    ),
];

#[test]
fn papers_are_read() {
    for (body, meant, product) in READ.iter().filter(|(_, meant, _)| !meant.is_empty()) {
        let found = checked(&format!("{PARAMS}; {body}"));
        assert_eq!(found.pde.equation, *meant, "{body}");
        let noted = found.warnings.iter().any(|w| w.code == Code::TakenAs && w.message.contains("without its sign"));
        assert_eq!(noted, *product, "{body}: {:#?}", found.warnings);
    }
}

/// The first place of a note, with how it was taken.
#[test]
fn notes_say_how_it_was_taken() {
    for (body, said) in [
        (r"param D; \partial_t u = D \Delta u", "`D*lap(u)`"),
        (r"param D; \partial_t u = (D + 1)(\Delta u - u)", "`(D + 1)*(lap(u) - u)`"),
        (r"i \partial_t \psi = -\Delta \psi", "`I`"),
        ("u_t = u_x^2", "`u_xx`"),
        (r"\phi_t^2 = \phi_{xx}", "`phi_tt`"),
        ("u_t = u_xx + x*u_x", "`div(x*u)`"),
        (r"\partial_t p_t = \Delta p_t", "`p` for the field"),
        (r"\partial_t p_t = \Delta p", "write `p`"),
    ] {
        let found = problems(&source(body));
        let notes = found.iter().filter(|note| note.code == Code::TakenAs);
        assert!(
            notes.into_iter().any(|note| note.help.as_deref().unwrap_or_default().contains(said)),
            "{body}\n{found:#?}"
        );
    }
}

/// What may mean two things is an error; the fix, put in place, is read.
#[test]
fn two_meanings_are_an_error() {
    for (body, code, help, mended) in [
        (
            r"u_t = 1/2\lambda u_{xx}",
            Code::ImplicitMultiplication,
            r"`1/(2*\lambda)`",
            "dt(u) = 1/2*lambda*d(u, x1, 2)",
        ),
        ("dt(u) = 1/2lambda*lap(u)", Code::ImplicitMultiplication, "`1/(2*lambda)`", "dt(u) = 1/2*lambda*lap(u)"),
        (r"u_t = \lambda(t) u_{xx}", Code::ImplicitMultiplication, r"`\lambda*(t)`", ""),
        (r"u_t = \Delta u + \lambda(u)", Code::ImplicitMultiplication, r"`\lambda*(u)`", ""),
        (r"u_t = \nabla\cdot(D(u)\nabla u)", Code::ImplicitMultiplication, "`D*(u)`", ""),
        (r"u_t = \Delta u + f(u)", Code::UnknownFunction, "f", ""),
        (
            r"u_t = \lambda(1 + D) u_{xx}",
            Code::ImplicitMultiplication,
            r"`\lambda*(1 + D)`",
            "dt(u) = lambda*(1 + D)*d(u, x1, 2)",
        ),
        (r"\partial_t u = \partial_x u D", Code::ImplicitMultiplication, "`(u D)`", "dt(u) = dx(u*D)"),
        (
            r"\partial_t u = \nabla\cdot D \nabla u",
            Code::ImplicitMultiplication,
            r"`(D \nabla u)`",
            "dt(u) = div(D*grad(u))",
        ),
        (r"u_t = \lambda 2 u_{xx}", Code::ImplicitMultiplication, "`*`", "dt(u) = lambda*2*d(u, x1, 2)"),
        (
            r"u_t = \cos \lambda t\,\Delta u",
            Code::FunctionWithoutArgument,
            r"`\cos(\lambda t)`",
            "dt(u) = cos(lambda*t)*lap(u)",
        ),
        (
            r"u_t = \sinh t\,\Delta u",
            Code::FunctionWithoutArgument,
            r"`\sinh(t)`",
            "dt(u) = (exp(t) - exp(-t))/2*lap(u)",
        ),
        (r"u_t = \sin^{2} t\,\Delta u", Code::FunctionWithoutArgument, r"`\sin(t)^2`", "dt(u) = sin(t)^2*lap(u)"),
        (r"u_t = \sin^{-1}(t)\,\Delta u", Code::FunctionWithoutArgument, "no inverse", ""),
        ("uₜ = 2½ uₓₓ", Code::UnexpectedCharacter, "`(2 + 1/2)`", "dt(u) = (2 + 1/2)*d(u, x1, 2)"),
        ("param D; u_t = Du_{xx}", Code::UnknownName, "`D*u_xx`", "dt(u) = D*d(u, x1, 2)"),
        ("dt(u) = 2 lap(u)", Code::ImplicitMultiplication, "`2*lap(u)`", "dt(u) = 2*lap(u)"),
        ("dim 2; u_t = Δu + ∂(x·u)/∂x", Code::VectorForScalar, "div(x*u)", ""),
        ("param complex z0; u_t = |z0|·Δu", Code::UnknownFunction, "real", ""),
        ("param D; let b = I*D; u_t = abs(b)·Δu", Code::UnknownFunction, "real", ""),
        ("u_t = abs(u)", Code::UnknownFunction, "real", ""),
        (r"\partial_t u = \partial_x^{1/2} u", Code::OrderNotWhole, "whole", ""),
        (r"u_t = u_{xx} % heat", Code::UnexpectedCharacter, "`#`", ""),
    ] {
        let text = if body.contains("param") { body.to_owned() } else { format!("{PARAMS}; {body}") };
        let mut text = source(&text);
        let found = problems(&text);
        let problem = found.iter().find(|problem| problem.code == code).unwrap_or_else(|| panic!("{text}\n{found:#?}"));
        assert!(
            problem.is_error() && problem.help.as_deref().unwrap_or_default().contains(help),
            "{text}\n{problem:#?}"
        );
        assert!(read(text.as_bytes()).is_err());
        for _ in 0..4 {
            let found = problems(&text);
            let Some(fix) = found.iter().filter(|p| p.is_error()).find_map(|problem| problem.fix.clone()) else {
                break;
            };
            text.replace_range(fix.span.start..fix.span.end, &fix.text);
        }
        if !mended.is_empty() {
            let read = read(text.as_bytes()).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
            assert_eq!(read.pde.equation, mended, "{text}");
        }
    }
}

/// Parameters that nobody declares are asked for, wherever the field stands.
#[test]
fn undeclared_parameters_are_asked_for() {
    for body in [r"\partial_t u = D \nabla^2 u", r"u_t = D \nabla^2 u", "uₜ = D uₓₓ", "u_t = D*u_xx"] {
        let text = source(body);
        let found = problems(&text);
        let fix = found.iter().find(|problem| problem.code == Code::UnknownName).unwrap().fix.clone().unwrap();
        assert_eq!(fix.text, "param D; ", "{body}");
        let mut text = text;
        text.replace_range(fix.span.start..fix.span.end, &fix.text);
        assert!(read(text.as_bytes()).is_ok(), "{text}");
    }
    // What cannot be declared is not suggested.
    let omega = problems(&source(r"\partial_t u = \omega \Delta u"));
    let problem = omega.iter().find(|problem| problem.code == Code::UnknownName).unwrap();
    assert!(problem.fix.is_none() && problem.help.as_deref().unwrap().contains("frequency"), "{problem:#?}");
}

/// An operator named like a derivative is no field.
#[test]
fn an_operator_is_no_field() {
    for body in [r"D_t u = \Delta u", r"D_t^a u = D_x u"] {
        assert!(read(source(body).as_bytes()).is_err(), "{body}");
    }
}
