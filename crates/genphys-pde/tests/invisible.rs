//! Characters that cannot be seen, or that turn the text round, are errors at their place, and no output shows them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::{Code, is_invisible, line_and_column, render};

const HIDDEN: [char; 24] = [
    '\u{1}',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{180e}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{206f}',
    '\u{3164}',
    '\u{feff}',
    '\u{fff9}',
    '\u{e0041}',
];

#[test]
fn they_are_refused_wherever_they_stand() {
    let places = [
        "pde a \"ti@tle\" { dt(phi) = lap(phi) }",
        "pde a { # com@ment\n dt(phi) = lap(phi) }",
        "pde a { param ma@ss > 0; dt(phi) = ma*lap(phi) }",
        "pde a {\n dt(phi)@ = lap(phi) }",
        "pde a { dt(phi) = lap(phi) }\n# after@",
    ];
    for hidden in HIDDEN {
        for place in places {
            let text = place.replace('@', &hidden.to_string());
            let problems = genphys_pde::read(text.as_bytes()).expect_err(place);
            let found = problems.iter().find(|problem| problem.code == Code::UnexpectedCharacter).expect(place);
            assert_eq!(found.span().start, place.find('@').unwrap(), "{place}");
            assert!(found.message.contains(&format!("U+{:04X}", u32::from(hidden))), "{}", found.message);
            for problem in &problems {
                let shown = render(problem, "a.pde", &text);
                assert!(!shown.contains(|letter| is_invisible(letter) && letter != '\n'), "{shown:?}");
            }
        }
    }
}

#[test]
fn other_characters_of_titles_and_comments_stay() {
    let text =
        "\u{feff}pde a \"Wärmeleitung — 熱方程式 e\u{301} ⚠\u{fe0f} 😀\" { # × “ok”\t\u{a0}\n dt(phi) = lap(phi) }\r\n";
    let title = genphys_pde::read(text.as_bytes()).unwrap().pde.title.unwrap();
    assert_eq!(title, "Wärmeleitung — 熱方程式 e\u{301} ⚠\u{fe0f} 😀");
    assert_eq!(line_and_column(text, text.find("dt").unwrap()), (2, 2));
}
