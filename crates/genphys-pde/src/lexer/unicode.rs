//! The Unicode that a physicist would paste, and the ASCII it means.

use super::token::Sign;
use unicode_normalization::UnicodeNormalization;

/// A letter in the italics of formulas, as documents have them, upright; and the signs that Unicode has twice once.
/// Other types (bold, script, full width) often mean something else and stay what they are.
pub(super) fn plain(letter: char) -> char {
    match letter {
        '\u{1D434}'..='\u{1D467}' | '\u{210E}' | '\u{1D6E2}'..='\u{1D71B}' | '\u{2126}' | '\u{212A}' | '\u{B5}' => {
            letter.nfkc().next().unwrap_or(letter)
        }
        _ => letter,
    }
}

/// What a character that is not read was probably meant to be: the plain form of one in another type, or the ASCII
/// characters it looks like.
pub(super) fn meant(letter: char) -> Option<String> {
    let read = |text: &str| text.chars().all(|c| c.is_ascii_graphic() || letter_name(c).is_some() || sign(c).is_some());
    let plain: String = letter.nfkc().collect();
    let alike: String = unicode_security::skeleton(letter.encode_utf8(&mut [0; 4])).collect();
    let fraction = plain.contains('\u{2044}').then(|| format!("({})", plain.replace('\u{2044}', "/")));
    let found = [fraction, Some(plain), Some(alike)].into_iter().flatten();
    found.into_iter().find(|text| !text.contains(letter) && !text.is_empty() && read(text))
}

/// A letter of a subscript: `ₜ`, `ₓ`.
pub(super) fn subscript_letter(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ₐ' => "a",
        'ₑ' => "e",
        'ₕ' => "h",
        'ᵢ' => "i",
        'ⱼ' => "j",
        'ₖ' => "k",
        'ₗ' => "l",
        'ₘ' => "m",
        'ₙ' => "n",
        'ₒ' => "o",
        'ₚ' => "p",
        'ᵣ' => "r",
        'ₛ' => "s",
        'ₜ' => "t",
        'ᵤ' => "u",
        'ᵥ' => "v",
        'ₓ' => "x",
        'ᵦ' => "beta",
        'ᵧ' => "gamma",
        'ᵨ' => "rho",
        'ᵩ' => "phi",
        'ᵪ' => "chi",
        _ => return None,
    })
}

/// Above and below of a fraction in one character: `½`.
pub(super) fn fraction(letter: char) -> Option<(String, String)> {
    let plain: String = letter.nfkc().collect();
    let (above, below) = plain.split_once('\u{2044}')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(above) && digits(below)).then(|| (above.to_owned(), below.to_owned()))
}

/// A letter with one or two dots above it, the letter without them, how many, and what follows: `u̇`, `φ̈`.
pub(super) fn dotted(text: &str) -> Option<(char, usize, &str)> {
    let mut letters = text.chars();
    let first = letters.next()?;
    let parts: Vec<char> = first.nfd().collect();
    let (letter, mark) = match parts.as_slice() {
        [letter, mark] => (*letter, *mark),
        [letter] => (plain(*letter), letters.next()?),
        _ => return None,
    };
    let dots = match mark {
        '\u{307}' => 1,
        '\u{308}' => 2,
        _ => return None,
    };
    let alone = !letters.clone().next().is_some_and(|next| next.is_alphanumeric() || next == '_');
    let read = letter.is_ascii_alphabetic() || letter_name(letter).is_some();
    (read && alone).then_some((letter, dots, letters.as_str()))
}

/// The name of a letter of a superscript: `kᵅ`.
pub(super) fn superscript_letter(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ᵃ' => "a",
        'ᵇ' => "b",
        'ᶜ' => "c",
        'ᵈ' => "d",
        'ᵏ' => "k",
        'ᵐ' => "m",
        'ⁿ' => "n",
        'ᵖ' => "p",
        'ʳ' => "r",
        'ˢ' => "s",
        'ᵗ' => "t",
        'ᵘ' => "u",
        'ᵛ' => "v",
        'ˣ' => "x",
        'ᵅ' => "alpha",
        'ᵝ' => "beta",
        'ᵞ' => "gamma",
        'ᵟ' => "delta",
        'ᶿ' => "theta",
        _ => return None,
    })
}

/// The ASCII name of a Greek letter (and of ħ), as `ε` is written `eps`.
pub(super) fn letter_name(letter: char) -> Option<&'static str> {
    Some(match letter {
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' | 'ϵ' => "eps",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' | 'ϑ' => "theta",
        'ι' => "iota",
        'κ' | 'ϰ' => "kappa",
        'λ' => "lambda",
        'μ' | '\u{B5}' => "mu",
        'ν' => "nu",
        'ξ' => "xi",
        'ο' => "omicron",
        'π' | 'ϖ' => "pi",
        'ρ' | 'ϱ' => "rho",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'υ' => "upsilon",
        'φ' | 'ϕ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' => "omega",
        'Γ' => "Gamma",
        'Θ' | 'ϴ' => "Theta",
        'Λ' => "Lambda",
        'Ξ' => "Xi",
        'Π' => "Pi",
        'Σ' => "Sigma",
        'Υ' => "Upsilon",
        'Φ' => "Phi",
        'Ψ' => "Psi",
        'Ω' | '\u{2126}' => "Omega",
        'ħ' | 'ℏ' => "hbar",
        '∞' => "inf",
        '∈' => "in",
        _ => return None,
    })
}

/// The digit of a subscript, which belongs to a name: `x₁` is `x1`.
pub(super) fn subscript_digit(letter: char) -> Option<char> {
    let value = u32::from(letter).checked_sub(u32::from('₀'))?;
    char::from_digit(value, 10)
}

/// The digit of a superscript, which is an exponent or an order.
pub(super) fn superscript_digit(letter: char) -> Option<char> {
    Some(match letter {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        _ => return None,
    })
}

/// A sign outside ASCII.
pub(super) fn sign(letter: char) -> Option<Sign> {
    Some(match plain(letter) {
        '−' => Sign::Minus,
        '·' | '⋅' | '∙' | '×' => Sign::Star,
        '∕' | '÷' => Sign::Slash,
        '≥' | '⩾' => Sign::GreaterEqual,
        '≤' | '⩽' => Sign::LessEqual,
        '≠' => Sign::NotEqual,
        '∂' => Sign::Partial,
        '∇' => Sign::Nabla,
        'Δ' | '∆' => Sign::Delta,
        '√' => Sign::Root,
        _ => return None,
    })
}

/// What to type instead of a character that looks like a sign and is none, and that sign, if it can be guessed.
pub(super) fn lookalike(letter: char) -> Option<(&'static str, Option<Sign>)> {
    Some(match letter {
        '–' | '—' | '‐' | '‑' | '﹣' | '－' => ("-", Some(Sign::Minus)),
        '＝' => ("=", Some(Sign::Equals)),
        '（' => ("(", Some(Sign::LeftParen)),
        '）' => (")", Some(Sign::RightParen)),
        '＊' | '∗' | '•' => ("*", Some(Sign::Star)),
        '⁺' | '＋' => ("+", Some(Sign::Plus)),
        '“' | '”' | '„' | '«' | '»' | '\'' | '`' | '’' => ("\"", None),
        _ => return None,
    })
}

/// Whether a character cannot be seen, or turns the order in which others are: controls, format characters (Unicode
/// category Cf), fillers that are drawn as nothing, line and paragraph separators. A text with one does not say what it
/// seems to.
pub fn is_invisible(letter: char) -> bool {
    // Variation selectors are not among them: they choose how the letter before them is drawn.
    letter.is_control()
        || matches!(letter,
            '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
            | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{FFFE}'..='\u{FFFF}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen() {
        for letter in [
            '\u{AD}', '\u{200B}', '\u{200F}', '\u{202A}', '\u{202E}', '\u{2066}', '\u{2069}', '\u{FEFF}', '\u{7}',
            '\u{85}',
        ] {
            assert!(is_invisible(letter), "{}", letter.escape_unicode());
        }
        for letter in ['a', ' ', 'φ', 'é', '\u{301}', '−', '“', '中', '⚠', '\u{FE0F}', '😀', '\u{A0}', '\u{3000}']
        {
            assert!(!is_invisible(letter), "{}", letter.escape_unicode());
        }
    }

    #[test]
    fn folding() {
        assert_eq!(letter_name('ε'), Some("eps"));
        assert_eq!(letter_name('a'), None);
        assert_eq!((subscript_digit('₀'), subscript_digit('₉'), subscript_digit('₊')), (Some('0'), Some('9'), None));
        assert_eq!((superscript_digit('²'), superscript_digit('2')), (Some('2'), None));
    }
}
