//! No input panics; every span lies in the source; what is accepted prints to something that means the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod examine;

use examine::{SEEDS, WORDS, examine};
use genphys_pde::{parse, print_file, read};
use proptest::prelude::*;

/// One change to a text at places given as fractions of its length.
fn mutate(text: &str, kind: u8, from: f64, to: f64, word: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let place = |fraction: f64| ((letters.len() as f64 * fraction) as usize).min(letters.len());
    let (from, to) = (place(from.min(to)), place(from.max(to)));
    let part = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
    match kind {
        0 => format!("{}{}", part(0, from), part(to, letters.len())),
        1 => format!("{}{word}{}", part(0, from), part(from, letters.len())),
        2 => format!("{}{}{}", part(0, to), part(from, to), part(to, letters.len())),
        3 => format!("{}{word}{}", part(0, from), part((from + 1).min(letters.len()), letters.len())),
        _ => part(0, to),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes(source in prop::collection::vec(any::<u8>(), 0..200)) {
        examine(&source);
    }

    #[test]
    fn text(source in "\\PC{0,80}") {
        examine(source.as_bytes());
    }

    #[test]
    fn words(words in prop::collection::vec(prop::sample::select(WORDS), 0..40), spaced in any::<bool>()) {
        let source = words.join(if spaced { " " } else { "" });
        examine(source.as_bytes());
        examine(format!("pde a {{ {source} }}").as_bytes());
        examine(format!("pde a {{\n param D > 0\n dt(phi) = lap(phi) + {source}\n}}").as_bytes());
    }

    #[test]
    fn mutations(
        seed in any::<prop::sample::Index>(),
        changes in prop::collection::vec((0u8..5, 0.0..1.0, 0.0..1.0, prop::sample::select(WORDS)), 1..4),
        small in any::<bool>(),
    ) {
        let mut text = SEEDS[seed.index(SEEDS.len())].clone();
        for (kind, from, to, word) in changes {
            let to = if small { f64::min(from + 0.02, 1.0) } else { to };
            text = mutate(&text, kind, from, to, word);
        }
        examine(text.as_bytes());
        examine(text.replace('\n', "\r\n").as_bytes());
    }
}

#[test]
fn line_ends_and_byte_order_mark_mean_nothing() {
    for seed in SEEDS.iter() {
        let Ok(plain) = read(seed.as_bytes()) else { continue };
        for other in [seed.replace('\n', "\r\n"), seed.replace('\n', "\r"), format!("\u{FEFF}{seed}")] {
            let checked = read(other.as_bytes()).unwrap();
            assert_eq!(checked.pde.hash, plain.pde.hash);
            assert_eq!(checked.warnings.len(), plain.warnings.len());
            assert_eq!(parse(&other).unwrap().comments().count(), parse(seed).unwrap().comments().count());
            assert_eq!(print_file(&parse(&other).unwrap()), print_file(&parse(seed).unwrap()));
        }
    }
}

#[test]
fn every_prefix_of_every_file() {
    for seed in SEEDS.iter() {
        for (end, _) in seed.char_indices() {
            examine(&seed.as_bytes()[..end]);
        }
    }
}
