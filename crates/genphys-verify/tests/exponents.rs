//! C1 by Lévy exponents: functions that are complete Bernstein or Stieltjes by the sector they map the upper half-plane
//! into, and weights of which the Lévy triple shows that none may be negative; their siblings that are false are not
//! proved.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use genphys_pde::certificate::{BranchForm, Certificate, Class, Closure, ClosureRule};
use genphys_pde::verdict::{ConditionReport, Status};
use genphys_verify::{Report, undecided, verify};

/// What the checker says of C1 by a closure proof.
fn report(text: &str, conditions: &[&str], decay: &str, closure: Closure) -> Report {
    let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
    let mut derivation = undecided(&pde, "none").derivation().clone();
    let status = if conditions.is_empty() { Status::Holds } else { Status::Conditional };
    let certificate = Some(Certificate::LevyExponent { branch: BranchForm::Evolution, decay: decay.into(), closure });
    let conditions = conditions.iter().map(|c| (*c).into()).collect();
    derivation.c1 =
        ConditionReport { certificate, conditions, ..ConditionReport::proposed(status, "a-rule", "a test") };
    verify(&pde, &derivation)
}

/// Whether f − f(0) is accepted as a Lévy exponent, f of this class by its sector.
fn by_sector(f: &str, at_zero: &str, class: Class) -> bool {
    let leaf = Closure::leaf(f, class, ClosureRule::HalfPlane);
    let (rise, rule, sign) = match class {
        Class::Bernstein => (format!("{f} - ({at_zero})"), ClosureRule::Shift, "-"),
        _ => (format!("{at_zero} - {f}"), ClosureRule::Complement, ""),
    };
    let closure = match class {
        Class::Bernstein => Closure::step(rise.clone(), Class::LevyExponent, rule, vec![leaf]),
        _ => {
            let bernstein = Closure::step(rise.clone(), Class::Bernstein, rule, vec![leaf]);
            Closure::step(rise.clone(), Class::LevyExponent, ClosureRule::Shift, vec![bernstein])
        }
    };
    let domain = "param a > 0 = 1; param b in (0, 1) = 0.5";
    let text = format!("{domain}; dt(phi) = {sign}fourier({f}, phi)");
    let decay = if class == Class::Bernstein { at_zero.to_string() } else { format!("-({at_zero})") };
    report(&text, &[], &decay, closure).is_proved("c1")
}

#[test]
fn complete_bernstein_functions_by_their_sector() {
    for (f, at_zero) in [
        ("k^2/(1 + k)", "0"),
        ("k^2/log(1 + k^2)", "1"),
        ("k*log(1 + k)", "0"),
        ("log(1 + k)^2", "0"),
        ("(a + k)^(3/2)", "a^(3/2)"),
        ("k^(3/2)/(a + k)", "0"),
        ("k^2/(1 + sqrt(k)*log(2 + k))", "0"),
        ("k^b*log(1 + a*k^b)", "0"),
        ("sqrt(k^2/(1 + k))*sqrt(log(1 + k))", "0"),
    ] {
        assert!(by_sector(f, at_zero, Class::Bernstein), "{f}");
    }
    for (f, at_zero) in [
        ("k^3/(1 + k)", "0"),
        ("log(1 + k^2)^2", "0"),
        ("k^2/(1 + k)^3", "0"),
        ("k^2*log(1 + k)", "0"),
        ("(a + k)^(5/2)", "a^(5/2)"),
        // The argument of the logarithm passes 1 only where a ≥ 1/2.
        ("log(1/2 + a + k^2)", "log(1/2 + a)"),
        ("k^(2 + b)", "0"),
        // Its zeros lie on both sides.
        ("k^2 + 1/(1 + k)^3", "1"),
    ] {
        assert!(!by_sector(f, at_zero, Class::Bernstein), "{f}");
    }
}

#[test]
fn stieltjes_functions_by_their_sector() {
    for f in ["1/(1 + k)^b", "1/(1 + sqrt(k + a*k^2))^b", "1/(1 + k*log(1 + k))"] {
        assert!(by_sector(f, "1", Class::CompletelyMonotone), "{f}");
    }
    for f in ["1/(1 + k)^3", "1/(1 + k^4)", "(1 + k)/(1 + k^3)"] {
        assert!(!by_sector(f, "1", Class::CompletelyMonotone), "{f}");
    }
}

fn scaled(weight: &str, of: Closure) -> Closure {
    Closure::step(format!("{weight}*({})", of.function), Class::LevyExponent, ClosureRule::Scale, vec![of])
}

fn sum(of: Vec<Closure>) -> Closure {
    let text = of.iter().map(|c| c.function.clone()).collect::<Vec<_>>().join(" + ");
    Closure::step(text, Class::LevyExponent, ClosureRule::Sum, of)
}

fn atoms(rate: &str) -> Closure {
    let cosine = Closure {
        dim: Some(1),
        ..Closure::leaf(format!("cos({rate}*k)"), Class::PositiveDefinite, ClosureRule::Cosine)
    };
    Closure::step(format!("1 - cos({rate}*k)"), Class::LevyExponent, ClosureRule::Complement, vec![cosine])
}

fn gaussian_jumps() -> Closure {
    let leaf = Closure::leaf("exp(-k^2)", Class::CompletelyMonotone, ClosureRule::Exponential);
    let bernstein = Closure::step("1 - exp(-k^2)", Class::Bernstein, ClosureRule::Complement, vec![leaf]);
    Closure::step("1 - exp(-k^2)", Class::LevyExponent, ClosureRule::Shift, vec![bernstein])
}

fn power(exponent: &str) -> Closure {
    let leaf = Closure::leaf(format!("k^{exponent}"), Class::Bernstein, ClosureRule::Power);
    Closure::step(format!("k^{exponent}"), Class::LevyExponent, ClosureRule::Shift, vec![leaf])
}

const LATTICE: &str = "dim 1; param a = 1; param b = 1; param w > 0 = 1";

#[test]
fn weights_of_parts_of_the_triple_are_necessary() {
    let exact = |terms: &str, closure: Closure| {
        let found = report(&format!("{LATTICE}; dt(phi) = {terms}"), &["a >= 0", "b >= 0"], "0", closure);
        assert!(found.is_proved("c1"), "{terms}: {:#?}", found.findings);
        found.is_exact("c1")
    };
    let two = |x: Closure, y: Closure| sum(vec![scaled("a", x), scaled("b", y)]);
    assert!(exact("-a*fourier(1 - cos(k), phi) - b*fourier(1 - cos(2*k), phi)", two(atoms("1"), atoms("2"))));
    assert!(exact("-a*fourier(1 - cos(w*k), phi) - b*fourier(1 - cos(3*w*k), phi)", two(atoms("w"), atoms("3*w"))));
    assert!(exact("-a*fourier(1 - cos(k), phi) - b*fourier(1 - exp(-k^2), phi)", two(atoms("1"), gaussian_jumps())));
    assert!(exact("a*lap(phi) - b*fourier(1 - exp(-k^2), phi)", two(power("2"), gaussian_jumps())));
    assert!(exact("a*dx(phi, 2) - b*fourier(1 - cos(k), phi)", two(power("2"), atoms("1"))));
    assert!(exact("a*lap(phi) - b*fraclap(phi, 1)", two(power("2"), power("1"))));
    // Jumps to places that may be the same, or both without atoms: the sum may be admissible where a part is not.
    assert!(!exact("-a*fourier(1 - cos(k), phi) - b*fourier(1 - cos(w*k), phi)", two(atoms("1"), atoms("w"))));
    let both = "-a*fourier(1 - exp(-k^2), phi) - b*fourier(1 - exp(-2*k^2), phi)";
    let leaf = Closure::leaf("exp(-2*k^2)", Class::CompletelyMonotone, ClosureRule::Exponential);
    let bernstein = Closure::step("1 - exp(-2*k^2)", Class::Bernstein, ClosureRule::Complement, vec![leaf]);
    let wider = Closure::step("1 - exp(-2*k^2)", Class::LevyExponent, ClosureRule::Shift, vec![bernstein]);
    assert!(!exact(both, two(gaussian_jumps(), wider)));
}
