//! Clocks, scales and masses against values computed with mpmath in 80 digits (`data/clocks.py`), each at parameters
//! and times at which digits cancel: small times, times near an end, parameters near a removable singularity and at it.

use super::{Moment, Point};
use genphys_pde::ast::Number;
use std::collections::BTreeMap;

fn number(text: &str) -> Number {
    let digits = text.trim_start_matches('-');
    Number { negative: digits.len() < text.len(), ..Number::from_decimal(digits).unwrap() }
}

fn moment(text: &str, params: &str, t: &str) -> Result<Moment, genphys_pde::EvaluateError> {
    let of_name = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), number(value)));
    let values: BTreeMap<String, Number> = params.split_whitespace().filter_map(of_name).collect();
    let t = number(t);
    let expr = genphys_pde::parse_expression(text).unwrap();
    Point { values: &values, time: ("t", &t) }.moment(&expr)
}

#[test]
fn every_value_is_right_to_its_last_digits() {
    let mut rows = 0;
    for line in include_str!("../../tests/data/clocks.csv").lines().filter(|line| !line.starts_with('#')) {
        let [text, params, t, value, slope] = line.split(';').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let found = moment(text, params, t).unwrap_or_else(|error| panic!("{line}: {error}"));
        for (found, expected) in [(found.value, value), (found.slope, slope)] {
            let expected: f64 = expected.parse().unwrap();
            let error = (found - expected).abs();
            assert!(error <= 2.0 * f64::EPSILON * expected.abs(), "{line}: {found:e} for {expected:e}");
        }
        rows += 1;
    }
    assert!(rows > 150, "{rows}");
}

#[test]
fn limits_are_taken_where_there_is_one() {
    let theta = "D*(exp(2*theta*t) - 1)/(2*theta)";
    assert_eq!(moment(theta, "theta=0 D=0.3", "0.7"), Ok(Moment { value: 0.21, slope: 0.3 }));
    assert_eq!(moment("(exp(a*t) - 1 - a*t)/a^2", "a=0", "2"), Ok(Moment { value: 2.0, slope: 2.0 }));
    assert_eq!(moment("(R^(2*t) - 1)/log(R)", "R=1", "2"), Ok(Moment { value: 4.0, slope: 2.0 }));
    assert_eq!(moment("((1 + t)^(p + 1) - 1)/(p + 1)", "p=-1", "1").unwrap().value, std::f64::consts::LN_2);
    for (text, params) in [("1/a", "a=0"), ("t/a", "a=0"), ("abs_/a", "a=0 abs_=1"), ("a/b", "a=0 b=0")] {
        assert!(moment(text, params, "1").is_err(), "{text}");
    }
}

#[test]
fn what_is_zero_is_zero_and_what_has_no_value_has_none() {
    assert_eq!(moment("log(R)*t", "R=1", "2"), Ok(Moment { value: 0.0, slope: 0.0 }));
    assert_eq!(moment("s0^2*(R^(2*t) - 1)/2", "R=1 s0=0.1", "0.5"), Ok(Moment { value: 0.0, slope: 0.0 }));
    assert_eq!(moment("0.1*3 - 0.3 + t", "", "1"), Ok(Moment { value: 1.0, slope: 1.0 }));
    assert_eq!(moment("sqrt(2)^2 - 2", "", "1").unwrap().value, 0.0);
    for text in ["log(1 - t)", "sqrt(0.5 - t)", "(-t)^0.5", "exp(10^30*t)", "q", "1/(sin(pi*t))"] {
        assert!(moment(text, "", "1").is_err(), "{text}");
    }
    // Further apart than any number of digits that is tried at first.
    assert_eq!(moment("1 + a - 1", "a=1e-300", "1").unwrap().value, 1e-300);
}
