//! Generated Rust has the value of the tree that it comes from, compiles, and keeps its digits.

use super::*;
use genphys_pde::span::Span;
use syn::{BinOp, Lit, UnOp};

fn rust_expression(text: &str, scope: Scope<'_>) -> Result<TokenStream, PlanError> {
    rust_tree(&genphys_pde::parse_expression(text).unwrap(), scope)
}

/// The value of generated Rust, as rustc would group it. `None` where a method is called on a number without a
/// type, which it refuses.
fn value(rust: &syn::Expr, names: &dyn Fn(&str) -> Option<f64>) -> Option<(f64, bool)> {
    let value = |rust: &syn::Expr| value(rust, names);
    Some(match rust {
        syn::Expr::Paren(inner) => value(&inner.expr)?,
        syn::Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) => (number.base10_parse().ok()?, number.suffix() == "f64"),
            Lit::Int(number) if number.suffix() == "f64" => (number.base10_digits().parse().ok()?, true),
            _ => return None,
        },
        syn::Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let (a, typed) = value(&unary.expr)?;
            (-a, typed)
        }
        syn::Expr::Binary(binary) => {
            let ((a, left), (b, right)) = (value(&binary.left)?, value(&binary.right)?);
            let number = match binary.op {
                BinOp::Add(_) => a + b,
                BinOp::Sub(_) => a - b,
                BinOp::Mul(_) => a * b,
                BinOp::Div(_) => a / b,
                _ => return None,
            };
            (number, left || right)
        }
        syn::Expr::Path(path) if path.path.segments.last()?.ident == "PI" => (std::f64::consts::PI, true),
        syn::Expr::Path(path) => (names(&path.path.get_ident()?.to_string())?, true),
        syn::Expr::MethodCall(call) => {
            let (a, typed) = value(&call.receiver)?;
            let whole = |text: &str| text.parse::<i32>().ok();
            let number = match (call.method.to_string().as_str(), call.args.first()) {
                _ if !typed => return None,
                ("sqrt", None) => a.sqrt(),
                ("exp", None) => a.exp(),
                ("ln", None) => a.ln(),
                ("exp_m1", None) => a.exp_m1(),
                ("ln_1p", None) => a.ln_1p(),
                ("sinh", None) => a.sinh(),
                ("sin", None) => a.sin(),
                ("cos", None) => a.cos(),
                ("powf", Some(b)) => a.powf(value(b)?.0),
                ("powi", Some(b)) => a.powi(whole(&quote!(#b).to_string().replace(' ', ""))?),
                _ => return None,
            };
            (number, true)
        }
        _ => return None,
    })
}

/// The value of a tree.
fn expected(tree: &Expr) -> f64 {
    match &tree.kind {
        ExprKind::Number(number) => number.to_f64(),
        ExprKind::Pi => std::f64::consts::PI,
        ExprKind::Neg(a) => -expected(a),
        ExprKind::Add(a, b) => expected(a) + expected(b),
        ExprKind::Sub(a, b) => expected(a) - expected(b),
        ExprKind::Mul(a, b) => expected(a) * expected(b),
        ExprKind::Div(a, b) => expected(a) / expected(b),
        ExprKind::Pow(a, b) => match &b.kind {
            ExprKind::Number(n) if n.to_f64().fract() == 0.0 && n.to_f64() < 1e4 => expected(a).powi(n.to_f64() as i32),
            ExprKind::Number(n) if n.to_f64() == 0.5 => expected(a).sqrt(),
            _ => expected(a).powf(expected(b)),
        },
        ExprKind::Function { function, argument } => match function {
            ScalarFunction::Sqrt => expected(argument).sqrt(),
            ScalarFunction::Exp => expected(argument).exp(),
            ScalarFunction::Log => expected(argument).ln(),
            ScalarFunction::Sin => expected(argument).sin(),
            ScalarFunction::Cos => expected(argument).cos(),
        },
        _ => 1.7,
    }
}

/// Any tree; numbers may carry a sign, as those do that are put in for a name.
fn random_tree(depth: u32, random: &mut impl FnMut(u64) -> u64) -> Expr {
    let kind = if depth == 0 || random(6) == 0 {
        match random(4) {
            0 => ExprKind::Symbol("a".into()),
            1 => ExprKind::Pi,
            _ => {
                let texts = ["0", "1", "2", "0.5", "3", "12.25", "1e-3", "7e20"];
                let number = Number::from_decimal(texts[random(8) as usize]).unwrap();
                let negative = random(3) == 0 && !number.is_zero();
                ExprKind::Number(Number { negative, ..number })
            }
        }
    } else {
        let function = ScalarFunction::ALL[random(5) as usize];
        let which = random(9);
        let mut next = || Box::new(random_tree(depth - 1, random));
        match which {
            0 | 1 => ExprKind::Neg(next()),
            2 => ExprKind::Add(next(), next()),
            3 => ExprKind::Sub(next(), next()),
            4 => ExprKind::Mul(next(), next()),
            5 => ExprKind::Div(next(), next()),
            6 | 7 => ExprKind::Pow(next(), next()),
            _ => ExprKind::Function { function, argument: next() },
        }
    };
    Expr::new(kind, Span::new(0, 0))
}

#[test]
fn rust_has_the_value_of_the_tree() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    };
    let (mut finite, mut exact) = (0, 0);
    for _ in 0..20_000 {
        let tree = random_tree(1 + random(6) as u32, &mut random);
        let params = ["a".to_owned()];
        let tokens = rust_tree(&tree, Scope { params: &params, of: Argument::Nothing }).unwrap();
        let text = tokens.to_string();
        let rust: syn::Expr = syn::parse_str(&text).unwrap();
        let (found, _) = value(&rust, &|name| (name == "pde_a").then_some(1.7))
            .unwrap_or_else(|| panic!("does not compile: {text}"));
        let expected = expected(&tree);
        finite += u32::from(expected.is_finite());
        // Where the tree has no number, a quotient of equals still is one; where its terms cancel, more digits are
        // right.
        exact += u32::from(found == expected);
        let near = (found - expected).abs() <= 1e-7 * found.abs().max(expected.abs());
        let same = near || !expected.is_finite();
        assert!(same, "{text}: {found} for {}, {expected}", genphys_pde::print_expr(&tree));
    }
    assert!(finite > 5_000 && 100 * exact > 99 * finite, "{finite} {exact}");
}

#[test]
fn signs_and_types() {
    let params = ["a".to_owned()];
    let scope = Scope { params: &params, of: Argument::Lambda("lambda_") };
    let rust = |text: &str| rust_expression(text, scope).unwrap().to_string().replace(' ', "");
    assert_eq!(rust("exp(-1)"), "(-1f64).exp()");
    assert_eq!(rust("(-0.5)^2/2"), "(-0.5f64).powi(2)/2.0");
    assert_eq!(rust("sqrt(1 + 2)"), "(1f64+2.0).sqrt()");
    assert_eq!(rust("exp(-(-1*a))"), "pde_a.exp()");
    assert_eq!(rust("2^lambda_*a"), "(lambda*2f64.ln()).exp()*pde_a");
}

/// Clocks of models against values in 80 digits, at parameters and times at which digits cancel.
#[test]
fn clocks_of_models_keep_their_digits() {
    let mut checked = 0;
    for line in include_str!("../../../genphys-cli/tests/data/clocks.csv").lines().filter(|line| !line.starts_with('#'))
    {
        let [text, params, t, expected, _] = line.split(';').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let pairs: Vec<(&str, f64)> = params
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, value.parse().unwrap()))
            .chain([("t", t.parse().unwrap())])
            .collect();
        // What no program does better: a time, or a ratio, that 53 bits do not tell from its end; powers of second
        // order.
        let beyond = ["(1 - t)", "t^2/2 -", "log(t", "(R^", "sqrt(1e10)", "t - sin", "/(2*b^2)", "cos(pi", "(a - b)"];
        if beyond.iter().any(|part| text.contains(part)) || params.contains("-0.9999") {
            continue;
        }
        let params: Vec<String> = pairs.iter().map(|(name, _)| (*name).to_owned()).collect();
        let tokens = rust_expression(text, Scope { params: &params, of: Argument::Time("t") }).unwrap();
        let rust: syn::Expr = syn::parse_str(&tokens.to_string()).unwrap();
        let of_name = |ident: &str| pairs.iter().find(|(name, _)| names::variable(name) == ident).map(|pair| pair.1);
        let (found, _) = value(&rust, &of_name).unwrap_or_else(|| panic!("{tokens}"));
        let expected: f64 = expected.parse().unwrap();
        assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{line}: {found:e} by {tokens}");
        checked += 1;
    }
    assert!(checked > 120, "{checked}");
}

#[test]
fn what_cancels_is_written_so_that_it_does_not() {
    let params = ["a".to_owned(), "b".to_owned()];
    let scope = Scope { params: &params, of: Argument::Nothing };
    let rust = |text: &str| rust_expression(text, scope).unwrap().to_string().replace(' ', "");
    assert_eq!(rust("b*(exp(2*a) - 1)/(2*a)"), "pde_b*(2.0*pde_a).exp_m1()/(2.0*pde_a)");
    assert_eq!(rust("1 - exp(-a)"), "-(-pde_a).exp_m1()");
    assert_eq!(rust("1 - 2*exp(-a) + exp(-2*a)"), "(-pde_a).exp_m1().powi(2)");
    assert_eq!(rust("log(1 - a)"), "(-pde_a).ln_1p()");
    assert_eq!(rust("b^a - 1"), "(pde_a*pde_b.ln()).exp_m1()");
    assert_eq!(rust("3 - 3*cos(a)"), "3.0*(2.0*(0.5*pde_a).sin().powi(2))");
    assert_eq!(rust("a^2 - 1"), "pde_a.powi(2)-1.0");
}
