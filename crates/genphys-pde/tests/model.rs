//! What a checked equation says, and that all spellings of an equation mean the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::ast::{Dim, Domain, ExprKind};
use genphys_pde::{Code, Diagnostic, inline, parse_expression, print_expr, read};

fn codes(source: &[u8]) -> Vec<Code> {
    read(source)
        .map_or_else(|problems| problems, |checked| checked.warnings)
        .iter()
        .map(|problem| problem.code)
        .collect()
}

#[test]
fn a_whole_model() {
    let source = "
        pde damped \"Damped wave\" {
            param eps >= 0 = 0.5
            param complex c
            param m in (0, 2]
            field u
            dim 2..3
            time s in [0, 5)
            let rate = 2*eps
            density dt(u) + rate*u

            dt(u, 2) + rate*u_s - lap(u) + c*m*dot([1, eps], grad(u)) = 0
        }";
    let pde = read(source.as_bytes()).unwrap().pde;
    assert_eq!((pde.name.as_str(), pde.title.as_deref()), ("damped", Some("Damped wave")));
    assert_eq!((pde.field.as_str(), pde.time.name.as_str()), ("u", "s"));
    assert_eq!((pde.dim, pde.explicit_dim), (Dim::Range(2, Some(3)), Some(2)));
    assert_eq!(pde.time.interval.to_string(), "[0, 5)");
    assert_eq!(pde.equation, "dt(u, 2) + 2*eps*dt(u) - lap(u) + c*m*dot([1, eps], grad(u)) = 0");
    assert_eq!(pde.density.as_ref().map(print_expr).as_deref(), Some("dt(u) + 2*eps*u"));
    assert!(pde.nonlinear.is_empty());
    let params: Vec<String> = pde.params.iter().map(|param| format!("{} {}", param.name, param.declared())).collect();
    assert_eq!(params, ["eps >= 0", "c complex", "m in (0, 2]"]);
    assert_eq!(pde.param("m").map(|param| matches!(param.domain, Domain::Interval(_))), Some(true));
    assert_eq!(pde.param("eps").and_then(|param| param.default.clone()).map(|number| number.to_f64()), Some(0.5));
    assert_eq!(&source[pde.params[1].span.start..pde.params[1].span.end], "c");
    assert_eq!(pde.hash.len(), 64);
}

#[test]
fn spellings_mean_the_same() {
    for (written, canonical) in [
        ("∂²φ/∂t² + ∇²φ − m²·φ", "dt(phi, 2) + lap(phi) - m^2*phi"),
        ("∂²t φ", "dt(phi, 2)"),
        ("∂t φ", "dt(phi)"),
        ("∂_t φ", "dt(phi)"),
        ("∂_tt φ", "dt(phi, 2)"),
        ("∂t² φ", "dt(phi, 2)"),
        ("∂/∂t φ", "dt(phi)"),
        ("∂²/∂x₂² φ", "d(phi, x2, 2)"),
        ("∂/∂t ∂/∂x φ", "dt(dx(phi))"),
        ("∂φ/∂x", "dx(phi)"),
        ("∂^2φ/∂x^2", "d(phi, x1, 2)"),
        ("Δφ", "lap(phi)"),
        ("Δ²φ", "lap(phi, 2)"),
        ("∇⁴φ", "lap(phi, 2)"),
        ("∇^2 φ", "lap(phi)"),
        ("∇·(D·∇φ)", "div(D*grad(phi))"),
        ("∇·∇φ", "div(grad(phi))"),
        ("∇φ", "grad(phi)"),
        ("Δφ²", "lap(phi^2)"),
        ("Δφ·m", "lap(phi)*m"),
        ("√(k² + m²) − m", "sqrt(k^2 + m^2) - m"),
        ("√2·φ", "sqrt(2)*phi"),
        ("m⁻¹⁰", "m^(-10)"),
        ("φ_t", "dt(phi)"),
        ("phi_tt", "dt(phi, 2)"),
        ("phi_xx", "d(phi, x1, 2)"),
        ("phi_x2", "d(phi, x2)"),
        ("phi_xxt", "dt(d(phi, x1, 2))"),
        ("phi_0", "phi_0"),
        ("u_t", "u_t"),
        ("dx(phi, 3)", "d(phi, x1, 3)"),
        ("d(phi, x, 2)", "d(phi, x1, 2)"),
        ("d(phi, t, 2)", "dt(phi, 2)"),
        ("2×ħ·ν·σ_max", "2*hbar*nu*sigma_max"),
        ("-a*b", "-a*b"),
        ("-a^2", "-a^2"),
        ("(-a)*b", "(-a)*b"),
        ("a - -b", "a - (-b)"),
        ("2^-3^2", "2^(-3^2)"),
    ] {
        let parsed = parse_expression(written).unwrap_or_else(|problems| panic!("{written}: {problems:#?}"));
        assert_eq!(print_expr(&parsed), canonical, "{written}");
        assert_eq!(parse_expression(canonical).unwrap(), parsed, "{written}");
    }
}

#[test]
fn trees() {
    let shape = |text: &str| match parse_expression(text).unwrap().kind {
        ExprKind::Neg(_) => "neg",
        ExprKind::Mul(..) => "mul",
        ExprKind::Sub(..) => "sub",
        ExprKind::Pow(..) => "pow",
        _ => "other",
    };
    assert_eq!((shape("-a*b"), shape("(-a)*b"), shape("-a^2"), shape("a - b - c")), ("neg", "mul", "neg", "sub"));
    let ExprKind::Pow(_, exponent) = parse_expression("a^b^c").unwrap().kind else { panic!("not a power") };
    assert!(matches!(exponent.kind, ExprKind::Pow(..)));
}

#[test]
fn inline_equations() {
    let bare = inline("dt(phi) = lap(phi)").unwrap().pde;
    assert_eq!((bare.name.as_str(), bare.equation.as_str()), ("inline", "dt(phi) = lap(phi)"));
    let items = inline("# heat\nparam D > 0\ndt(phi) = D*lap(phi)\n").unwrap().pde;
    assert_eq!(items.params.len(), 1);
    assert_eq!(inline("param D > 0; dt(phi) = D*lap(phi)").unwrap().pde.hash, items.hash);
    let whole = inline("  # heat\n  pde heat { dt(phi) = lap(phi) }").unwrap().pde;
    assert_eq!(whole.name, "heat");
    let problem = |text: &str| inline(text).unwrap_err()[0].clone();
    assert_eq!(problem("").code, Code::NoEquation);
    assert_eq!(problem("dt(phi) = lap(phi) }").code, Code::UnexpectedToken);
    let unknown = problem("dt(phi) = D*lap(phi)");
    assert_eq!((unknown.code, unknown.span().start), (Code::UnknownName, 10));
    assert_eq!(problem("pde heat dt(phi) = lap(phi)").code, Code::UnexpectedToken);
}

#[test]
fn hash_is_of_the_meaning() {
    let hash = |source: &str| read(source.as_bytes()).unwrap().pde.hash;
    let plain = hash("pde a { param eps > 0 = 1; dt(phi) = eps*lap(phi) }");
    assert_eq!(hash("# c\npde a {\n\n param ε > 0 = 1.0 # d\n ∂t φ = ε·Δφ\n}\n"), plain);
    for other in [
        "pde b { param eps > 0 = 1; dt(phi) = eps*lap(phi) }",
        "pde a { param eps > 0 = 2; dt(phi) = eps*lap(phi) }",
        "pde a { param eps >= 0 = 1; dt(phi) = eps*lap(phi) }",
        "pde a { param eps > 0 = 1; dt(phi) = lap(phi)*eps }",
    ] {
        assert_ne!(hash(other), plain);
    }
}

#[test]
fn linear_or_not() {
    let terms = |equation: &str| {
        let source = format!("pde a {{ param m > 0; {equation} }}");
        let checked = read(source.as_bytes()).unwrap();
        let terms: Vec<String> =
            checked.pde.nonlinear.iter().map(|span| source[span.start..span.end].to_owned()).collect();
        let warned = checked.warnings.iter().filter(|warning| warning.code != Code::UnusedParameter).count();
        assert_eq!(warned, terms.len());
        terms
    };
    assert!(terms("dt(phi) = t*div(x*phi)/m + exp(-t)*phi^1 + 0").is_empty());
    assert!(terms("0 = dt(phi) - lap(phi)").is_empty());
    assert_eq!(terms("dt(phi) = phi*m*phi + phi*dx(phi)"), ["phi*m*phi", "phi*dx(phi)"]);
    assert_eq!(terms("dt(phi) = m*phi^3/2"), ["m*phi^3/2"]);
    assert_eq!(terms("dt(phi) = lap(phi^2) + 1/phi + sqrt(phi)"), ["phi^2", "1/phi", "sqrt(phi)"]);
    assert_eq!(terms("dt(phi) = dot(grad(phi), grad(phi))"), ["dot(grad(phi), grad(phi))"]);
    assert_eq!(terms("dt(phi) = m"), ["m"]);
    assert_eq!(terms("dt(phi) + m^2 = lap(phi) + t"), ["m^2", "t"]);
    assert_eq!(terms("dt(phi) = 2^phi"), ["2^phi"]);
}

#[test]
fn bad_bytes() {
    assert_eq!(codes(b"pde a { dt(phi) = \xfflap(phi) }"), [Code::InvalidUtf8]);
    assert_eq!(codes(b"pde a { dt(phi) = \0lap(phi) }"), [Code::NulByte]);
    assert_eq!(codes(b"\xff\xfep\0d\0"), [Code::InvalidUtf8]);
}

#[test]
fn one_mistake_is_one_problem() {
    for (equation, code) in [
        ("dt(phi) = D*lap(phi)", Code::UnknownName),
        ("dt(phi) = lap(phi) $ phi", Code::UnexpectedCharacter),
        ("dt(phi) = $lap(phi)", Code::UnexpectedCharacter),
        ("dt(phi) = lap(phi)) + 2", Code::UnexpectedToken),
        ("dt(phi) = laplace(phi)", Code::UnknownFunction),
        ("dt(phi) = lap(grad(phi))", Code::VectorForScalar),
        ("dt(phi) = lap(phi) + phí", Code::UnexpectedCharacter),
        ("dt(u) = lap(u)", Code::ImpliedField),
        ("dt phi = lap(phi)", Code::FunctionWithoutArgument),
        ("dt(phi) = d(phi, r)", Code::CoordinateExpected),
        ("dt(phi) - lap(phi)", Code::UnexpectedToken),
        ("param D > 0; dt(phi) = D(lap(phi))", Code::ImplicitMultiplication),
        ("parm D > 0; dt(phi) = D*lap(phi)", Code::UnexpectedToken),
        ("param D > ; dt(phi) = D*lap(phi)", Code::UnexpectedToken),
        ("let a = (2; dt(phi) = a*lap(phi)", Code::UnclosedBracket),
        ("dt(phi) = lap(phi", Code::UnclosedBracket),
        ("dt(phi) = lap(phi) dim 2", Code::UnexpectedToken),
        ("param omega > 0; dt(phi) = omega*lap(phi)", Code::ReservedName),
        ("param k2 > 0; dt(phi) = k2*d(phi, x1, 2)", Code::ReservedName),
    ] {
        let source = format!("pde a {{ {equation} }}");
        let found = codes(source.as_bytes());
        assert_eq!(found.first(), Some(&code), "{equation}");
        assert_eq!(found.len(), 1, "{equation}: {found:?}");
    }
}

#[test]
fn codes_are_errors_or_warnings_by_their_letter() {
    for code in Code::all() {
        assert_eq!(Diagnostic::new(code, "").is_error(), !code.id().starts_with('W'));
    }
}
