//! Coordinates as values: what is read, what it is printed as, and what is refused, with its place.
#![allow(clippy::unwrap_used, clippy::panic)]

use genphys_pde::Code;
use genphys_pde::{Checked, Diagnostic, parse, print_file, read};

fn pde(equation: &str) -> Result<Checked, Vec<Diagnostic>> {
    read(format!("pde e {{ param g > 0; {equation} }}").as_bytes())
}

/// The equation as it is read, and the number of dimensions it names.
fn reads(equation: &str) -> (String, Option<u32>) {
    match pde(equation) {
        Ok(checked) => (checked.pde.equation, checked.pde.explicit_dim),
        Err(problems) => panic!("{equation}: {problems:#?}"),
    }
}

#[test]
fn linear_coefficients_of_first_derivatives_are_read_and_printed_as_they_are_written() {
    for (equation, dim) in [
        ("dt(phi) = g*(-x2*dx(phi) + d((x1 + g*x2)*phi, x2) + g*d(phi, x2, 2))", 2),
        ("dt(phi) = g*d(x3*phi, x2) + lap(phi)", 3),
        ("dt(phi) = div([x2, -x1 - 2*x2]*phi) + g*aniso([[1, 0], [0, 0]], phi)", 2),
        ("dt(phi) = dot([x2, g*x1], grad(phi)) + lap(phi) - phi", 2),
        ("dt(phi) = g*div(x*phi) + dx((x2 + 1)*phi) + lap(phi)", 2),
        ("g*dt(phi) = 2*(x1*dx(phi)) + lap(phi)", 1),
        ("dt(phi) = (x1*dx(phi) + lap(phi))/g", 1),
    ] {
        assert_eq!(reads(equation), (equation.to_owned(), Some(dim)), "{equation}");
        let again = reads(&reads(equation).0);
        assert_eq!(again.0, equation);
    }
}

#[test]
fn a_matrix_times_a_vector_is_written_out() {
    for (written, meant) in [
        ("div([[0, 1], [-1, -2*g]]*x*phi)", "div([x2, -x1 - 2*g*x2]*phi)"),
        ("div([[0, 1], [-1, -2*g]]*(x*phi))", "div([x2*phi, -x1*phi - 2*g*(x2*phi)])"),
        ("g*div([[1, 1], [0, 2]]*grad(phi))", "g*div([dx(phi) + d(phi, x2), 2*d(phi, x2)])"),
        ("div([[1, 0], [0, g]]*[x2, x1]*phi)", "div([x2, g*x1]*phi)"),
    ] {
        let found = reads(&format!("dt(phi) = lap(phi) + g*{written}")).0;
        let expected = reads(&format!("dt(phi) = lap(phi) + g*{meant}")).0;
        assert_eq!(found, expected, "{written}");
    }
    // The formatter keeps the matrix.
    let text = "pde e {\n    dt(phi) = lap(phi) + div([[0, 1], [-1, -2]]*x*phi)\n}\n";
    assert_eq!(print_file(&parse(text).expect("the text is right")), text);
}

/// Each with its code and the text that the caret stands under.
#[test]
fn what_is_not_linear_is_refused_where_it_stands() {
    for (equation, code, place) in [
        ("dt(phi) = g*d(x1^2*phi, x1)", Code::CoordinateAsValue, "x1^2"),
        ("dt(phi) = g*x1*x2*dx(phi)", Code::CoordinateAsValue, "g*x1*x2"),
        ("dt(phi) = g*lap(phi) - x1*phi", Code::CoordinateAsValue, "x1*phi"),
        ("dt(phi) = g*x1*lap(phi)", Code::CoordinateAsValue, "g*x1*lap(phi)"),
        ("dt(phi) = g*lap(x1*phi)", Code::CoordinateAsValue, "x1*phi"),
        ("dt(phi) = g*d(x2*phi, x1, 2)", Code::CoordinateAsValue, "x2*phi"),
        ("dt(phi) = g*d(x2*dx(phi), x2)", Code::CoordinateAsValue, "x2*dx(phi)"),
        ("dt(phi) = g*dx(phi)/x1", Code::CoordinateAsValue, "x1"),
        ("dt(phi) = g*exp(-x1)*dx(phi)", Code::CoordinateAsValue, "-x1"),
        ("dt(phi, 2) = g*lap(phi) + x1*dx(phi)", Code::CoordinateAsValue, "dt(phi, 2)"),
        ("dt(phi) + dt(x1*phi) = g*lap(phi)", Code::CoordinateAsValue, "x1*phi"),
        ("dt(phi) = x2*dx(phi) - fraclap(phi, g)", Code::CoordinateAsValue, "fraclap(phi, g)"),
        ("dt(phi) = x2*dx(phi) + fourier(-g*k^2, phi)", Code::CoordinateAsValue, "fourier(-g*k^2, phi)"),
        ("dt(phi) = x2*dx(phi) + g*phi^2", Code::CoordinateAsValue, "g*phi^2"),
        ("dt(phi) = g*aniso([[x1]], phi)", Code::WrongMatrix, "x1"),
        ("dt(phi) = g*x0*dx(phi)", Code::CoordinateExpected, "x0"),
        ("dt(phi) = g*div([[0, 1], [1, 0]]*phi)", Code::ScalarForVector, "phi"),
        ("dt(phi) = g*div([[0, x1], [1, 0]]*x*phi)", Code::WrongMatrix, "x1"),
        ("dt(phi) = g*div([[0, 1], [1]]*x*phi)", Code::LengthMismatch, "[[0, 1], [1]]"),
    ] {
        let text = format!("pde e {{ param g > 0; {equation} }}");
        let problems = read(text.as_bytes()).expect_err(equation);
        let found: Vec<(Code, &str)> = problems.iter().map(|p| (p.code, &text[p.span().start..p.span().end])).collect();
        assert!(found.contains(&(code, place)), "{equation}: {found:?}");
        let problem = problems.iter().find(|p| p.code == code).expect("it is among them");
        assert!(problem.help.is_some() || !problem.labels[0].text.is_empty(), "{equation}");
    }
}

#[test]
fn y_and_z_as_values_are_told_apart_from_the_position() {
    let text = "pde e { dt(phi) = y*d(phi, x) + lap(phi) }";
    let problems = read(text.as_bytes()).expect_err("y is no name");
    let fix = problems[0].fix.as_ref().expect("there is one");
    assert_eq!(fix.text, "x2");
    let mended = format!("{}{}{}", &text[..fix.span.start], fix.text, &text[fix.span.end..]);
    assert!(read(mended.as_bytes()).is_ok());
}

/// As LaTeX writes them; a declared name keeps its own meaning.
#[test]
fn subscripts_of_latex_are_coordinates() {
    let latex = r"\partial_{t} \phi = -x_{2}\,\partial_{x_{1}} \phi + \partial_{x_{2}} \left(\left(x_{1} + g\,x_{2}\right)\,\phi\right)";
    assert_eq!(reads(latex).0, "dt(phi) = -x2*dx(phi) + d((x1 + g*x2)*phi, x2)");
    let latex = r"\partial_{t} \phi = g\,\nabla\cdot \left(\begin{pmatrix} x_{2} \\ -x_{1} \end{pmatrix}\,\phi\right)";
    assert_eq!(reads(latex).0, "dt(phi) = g*div([x2, -x1]*phi)");
    assert_eq!(reads("param x_2; dt(phi) = g*x_2*dx(phi)").0, "dt(phi) = g*x_2*dx(phi)");
}
