//! Printing a tree and parsing the text gives the tree back, for trees that no parser has seen.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::ast::{
    Bound, Comments, Dim, Domain, Equation, Expr, ExprKind, File, Interval, Item, ItemKind, Name, Number,
    ScalarFunction,
};
use genphys_pde::span::Span;
use genphys_pde::{evaluate_complex, evaluate_real, parse, parse_expression, print_expr, print_file};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

fn number() -> impl Strategy<Value = Number> {
    let digits = prop_oneof!["[0-9]{1,3}", "[0-9]{1,3}\\.[0-9]{1,4}", "[1-9][0-9]{0,20}e-?[0-9]{1,2}"];
    digits.prop_map(|text| Number::from_decimal(&text).unwrap())
}

fn signed() -> impl Strategy<Value = Number> {
    (number(), any::<bool>()).prop_map(|(number, minus)| Number { negative: minus && !number.is_zero(), ..number })
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "phi",
        "t",
        "k",
        "D",
        "eps",
        "k0",
        "m_1",
        "phi_0",
        "sigma_max",
        "xi",
        "dtt",
        "lapp",
        "E",
        "e",
        "_a",
        "nabla",
        "Delta",
        "du",
        "dx1",
        "d_x",
        "y",
        "tanh",
    ])
}

fn leaf() -> impl Strategy<Value = Expr> {
    let kind = prop_oneof![
        3 => number().prop_map(ExprKind::Number),
        4 => name().prop_map(|name| ExprKind::Symbol(name.into())),
        1 => Just(ExprKind::Pi),
        1 => Just(ExprKind::Imaginary),
        1 => Just(ExprKind::Position),
        1 => (1u32..5).prop_map(ExprKind::Coordinate),
    ];
    kind.prop_map(expr)
}

fn tree() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(7, 60, 4, |inner| {
        let one = inner.clone().prop_map(Box::new);
        let two = (one.clone(), one.clone());
        let order = 1u32..=16;
        let rows = (1usize..4).prop_flat_map({
            let inner = inner.clone();
            move |size| prop::collection::vec(prop::collection::vec(inner.clone(), size), size)
        });
        let operators = prop_oneof![
            (one.clone(), order.clone()).prop_map(|(operand, order)| ExprKind::TimeDerivative { operand, order }),
            (one.clone(), 1u32..5, order.clone()).prop_map(|(operand, axis, order)| ExprKind::SpaceDerivative {
                operand,
                axis,
                order
            }),
            (one.clone(), order).prop_map(|(operand, order)| ExprKind::Laplacian { operand, order }),
            one.clone().prop_map(ExprKind::Gradient),
            one.clone().prop_map(ExprKind::Divergence),
            (one.clone(), 1u32..=31, 2u32..=16).prop_map(|(operand, above, below)| {
                let number = |value| Box::new(expr(ExprKind::Number(Number::integer(value))));
                ExprKind::Caputo { operand, order: Box::new(expr(ExprKind::Div(number(above), number(below)))) }
            }),
            two.clone().prop_map(|(operand, exponent)| ExprKind::FractionalLaplacian { operand, exponent }),
            two.clone().prop_map(|(symbol, operand)| ExprKind::FourierMultiplier { symbol, operand }),
            two.clone().prop_map(|(left, right)| ExprKind::Dot(left, right)),
            (rows, one.clone()).prop_map(|(matrix, operand)| ExprKind::Anisotropic { matrix, operand }),
            (prop::sample::select(ScalarFunction::ALL.to_vec()), one.clone())
                .prop_map(|(function, argument)| ExprKind::Function { function, argument }),
            prop::collection::vec(inner, 1..4).prop_map(ExprKind::Vector),
        ];
        let arithmetic = prop_oneof![
            one.prop_map(ExprKind::Neg),
            two.clone().prop_map(|(left, right)| ExprKind::Add(left, right)),
            two.clone().prop_map(|(left, right)| ExprKind::Sub(left, right)),
            two.clone().prop_map(|(left, right)| ExprKind::Mul(left, right)),
            two.clone().prop_map(|(left, right)| ExprKind::Div(left, right)),
            two.prop_map(|(left, right)| ExprKind::Pow(left, right)),
        ];
        prop_oneof![3 => arithmetic, 2 => operators].prop_map(expr)
    })
}

/// A tree in which numbers carry signs, as those do that are put in for a name.
fn with_signs(tree: Expr, signs: &mut impl FnMut() -> bool) -> Expr {
    let mut inner = |e: Box<Expr>| Box::new(with_signs(*e, signs));
    expr(match tree.kind {
        ExprKind::Number(number) => ExprKind::Number(Number { negative: signs() && !number.is_zero(), ..number }),
        ExprKind::Neg(a) => ExprKind::Neg(inner(a)),
        ExprKind::Add(a, b) => ExprKind::Add(inner(a), inner(b)),
        ExprKind::Sub(a, b) => ExprKind::Sub(inner(a), inner(b)),
        ExprKind::Mul(a, b) => ExprKind::Mul(inner(a), inner(b)),
        ExprKind::Div(a, b) => ExprKind::Div(inner(a), inner(b)),
        ExprKind::Pow(a, b) => ExprKind::Pow(inner(a), inner(b)),
        ExprKind::Function { function, argument } => ExprKind::Function { function, argument: inner(argument) },
        other => other,
    })
}

/// The same tree in the language, where a minus is an operator.
fn without_signs(tree: &Expr) -> Expr {
    let inner = |e: &Expr| Box::new(without_signs(e));
    expr(match &tree.kind {
        ExprKind::Number(number) if number.negative => {
            ExprKind::Neg(Box::new(expr(ExprKind::Number(Number { negative: false, ..number.clone() }))))
        }
        ExprKind::Neg(a) => ExprKind::Neg(inner(a)),
        ExprKind::Add(a, b) => ExprKind::Add(inner(a), inner(b)),
        ExprKind::Sub(a, b) => ExprKind::Sub(inner(a), inner(b)),
        ExprKind::Mul(a, b) => ExprKind::Mul(inner(a), inner(b)),
        ExprKind::Div(a, b) => ExprKind::Div(inner(a), inner(b)),
        ExprKind::Pow(a, b) => ExprKind::Pow(inner(a), inner(b)),
        ExprKind::Function { function, argument } => {
            ExprKind::Function { function: *function, argument: inner(argument) }
        }
        other => other.clone(),
    })
}

fn interval() -> impl Strategy<Value = Interval> {
    let bound = || prop_oneof![3 => signed().prop_map(Bound::Finite), 1 => Just(Bound::Infinity), 1 => Just(Bound::MinusInfinity)];
    (bound(), any::<bool>(), bound(), any::<bool>()).prop_map(|(lower, lower_closed, upper, upper_closed)| Interval {
        lower,
        lower_closed,
        upper,
        upper_closed,
    })
}

fn domain() -> impl Strategy<Value = Domain> {
    prop_oneof![
        Just(Domain::Unrestricted),
        signed().prop_map(Domain::Greater),
        signed().prop_map(Domain::GreaterEqual),
        signed().prop_map(Domain::Less),
        signed().prop_map(Domain::LessEqual),
        signed().prop_map(Domain::NotEqual),
        interval().prop_map(Domain::Interval),
    ]
}

fn item() -> impl Strategy<Value = Item> {
    let declared = || name().prop_map(|text| Name { text: text.into(), span: Span::default() });
    let dim = prop_oneof![
        Just(Dim::Any),
        (1u32..100).prop_map(Dim::Exactly),
        (1u32..100).prop_map(|lower| Dim::Range(lower, None)),
        (1u32..100, 0u32..100).prop_map(|(lower, more)| Dim::Range(lower, Some(lower + more))),
    ];
    let kind = prop_oneof![
        3 => (declared(), any::<bool>(), domain(), prop::option::of(signed()))
            .prop_map(|(name, complex, domain, default)| ItemKind::Param { name, complex, domain, default }),
        1 => dim.prop_map(ItemKind::Dim),
        2 => (declared(), tree()).prop_map(|(name, value)| ItemKind::Let { name, value }),
        1 => tree().prop_map(ItemKind::Density),
        1 => interval().prop_map(|interval| {
            ItemKind::Time { name: Name { text: "t".into(), span: Span::default() }, interval }
        }),
    ];
    kind.prop_map(|kind| Item { kind, span: Span::default(), comments: Comments::default() })
}

fn file() -> impl Strategy<Value = File> {
    let seen = |text: String| text.chars().filter(|letter| !genphys_pde::is_invisible(*letter)).collect::<String>();
    let title = prop::option::of("[^\\p{Cc}]{0,12}".prop_map(seen));
    ("[a-z][a-z0-9_]{0,8}", title, prop::collection::vec(item(), 0..6), tree(), tree()).prop_map(
        |(name, title, mut items, left, right)| File {
            name: Name { text: name, span: Span::default() },
            title,
            items: {
                // Without these lines another name may be read as the field, and these as operators and functions.
                let name = |text: &str| Name { text: text.into(), span: Span::default() };
                let param = |text| ItemKind::Param {
                    name: name(text),
                    complex: false,
                    domain: Domain::Unrestricted,
                    default: None,
                };
                let params = ["nabla", "Delta", "e", "tanh"].map(param);
                let kinds = [ItemKind::Field(name("phi"))].into_iter().chain(params);
                items.extend(kinds.map(|kind| Item { kind, span: Span::default(), comments: Comments::default() }));
                items
            },
            equation: Equation { left, right, span: Span::default(), comments: Comments::default() },
            leading: vec![],
            closing: vec![],
            after: vec![],
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn expressions(tree in tree()) {
        let text = print_expr(&tree);
        let parsed = parse_expression(&text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
        prop_assert_eq!(&parsed, &tree, "{}", text);
        prop_assert_eq!(print_expr(&parsed), text);
    }

    /// `(-1)^2`, not `-1^2`.
    #[test]
    fn numbers_with_a_sign(tree in tree(), mut bits in any::<u64>()) {
        let signed = with_signs(tree, &mut || { bits = bits.rotate_left(1); bits & 1 == 1 });
        let text = print_expr(&signed);
        let parsed = parse_expression(&text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
        prop_assert_eq!(&parsed, &without_signs(&signed), "{}", text);
        prop_assert_eq!(print_expr(&parsed), text);
    }

    /// Parentheses are minimal: taking out any one pair changes the tree or is an error.
    #[test]
    fn parentheses_are_needed(tree in tree()) {
        let text = print_expr(&tree);
        for (open, _) in text.char_indices().filter(|&(at, letter)| letter == '(' && !text[..at].ends_with(|l: char| l.is_alphanumeric() || l == '_')) {
            let mut depth = 0;
            let close = open + text[open..].find(|letter| {
                depth += i32::from(letter == '(') - i32::from(letter == ')');
                depth == 0
            }).unwrap();
            let without = format!("{}{}{}", &text[..open], &text[open + 1..close], &text[close + 1..]);
            // Two pairs are there for the reader only: `a*(-b)` and `a^(-b)`.
            if text[open + 1..].starts_with('-') {
                continue;
            }
            prop_assert!(parse_expression(&without).as_ref() != Ok(&tree), "{} and {}", text, without);
        }
    }

    #[test]
    fn files(file in file()) {
        let text = print_file(&file);
        let parsed = parse(&text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
        prop_assert_eq!(&parsed, &file, "{}", text);
        prop_assert_eq!(print_file(&parsed), text);
    }

    /// Any bytes between the tokens do not change the tree: comments, line ends in parentheses, spaces.
    #[test]
    fn spacing_is_free(tree in tree()) {
        let text = format!("({})", print_expr(&tree));
        let spaced = text.replace('(', "( # open\n").replace('*', " * ").replace(',', "\r\n,\t");
        prop_assert_eq!(parse_expression(&spaced).unwrap(), tree, "{}", spaced);
    }

    /// Where an expression has a real value, the complex one agrees.
    #[test]
    fn values_agree(tree in tree(), a in -3.0..3.0f64) {
        let values: BTreeMap<String, f64> =
            ["phi", "t", "k", "D", "eps", "k0", "m_1", "phi_0", "sigma_max", "xi", "dtt", "lapp", "E", "e", "_a",
             "nabla", "Delta", "du", "dx1", "d_x", "y", "tanh"]
                .iter().zip(1u8..).map(|(name, at)| ((*name).to_owned(), a * f64::from(at) / 7.0)).collect();
        if let Ok(real) = evaluate_real(&tree, &values) {
            prop_assert!(real.is_finite());
            let complex = evaluate_complex(&tree, &values);
            if let Ok(complex) = complex {
                let scale = 1.0 + real.abs();
                prop_assert!((complex.re - real).abs() <= 1e-6 * scale && complex.im.abs() <= 1e-6 * scale, "{} {:?}", real, complex);
            }
        }
    }
}
