//! Sentences as lines of documentation: wrapped, with nothing in them that rustdoc takes for markup.

/// Width of a line of documentation, markers not counted.
const WIDTH: usize = 96;

/// The sentence with its formulas as code: a word that holds a character of Markdown or HTML would be markup
/// otherwise. Code spans stay as they are.
pub(crate) fn escaped(text: &str) -> String {
    words(text).iter().map(|word| escaped_word(word)).collect::<Vec<_>>().join(" ")
}

fn escaped_word(word: &str) -> String {
    let (word, unpaired) = match word.matches('`').count() % 2 {
        0 => (word.to_owned(), false),
        _ => (word.replace('`', "'"), true),
    };
    let formula = word.contains(['*', '_', '[', ']', '|']) || word.len() > 1 && word.contains(['<', '\\']);
    if !formula || !unpaired && word.contains('`') || !word.contains(char::is_alphanumeric) {
        return word;
    }
    let bare = word.trim_end_matches(['.', ',', ';', ':']);
    format!("`{bare}`{}", &word[bare.len()..])
}

/// Lines of at most the width (longer words excepted); every line after the first begins with `hanging`. Code spans
/// are not broken.
pub(crate) fn paragraph(text: &str, hanging: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, hanging.to_owned()));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

/// Words, where a code span with spaces in it is one word, and so is a formula, and an operator or a number like `2.`
/// with the word before it: at the beginning of a line it would be markup.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in text.split_whitespace() {
        let word: String = word.chars().filter(|c| !genphys_pde::is_invisible(*c)).collect();
        let operator = !word.contains(|c: char| c.is_alphanumeric() || c == '`');
        let numbering = word.trim_end_matches(['.', ')']).chars().all(|c| c.is_ascii_digit());
        match words.last_mut() {
            Some(last) if open || operator || numbering || goes_on(last) => {
                last.push(' ');
                last.push_str(&word);
            }
            _ => words.push(word.clone()),
        }
        open ^= word.matches('`').count() % 2 == 1;
    }
    words
}

/// Whether a formula has not come to its end: an operator after it, or a bracket of `exp(` or `2*(` still open.
fn goes_on(words: &str) -> bool {
    let formula = words.contains(['*', '^']) && !words.contains('`');
    let open = words.matches('(').count() > words.matches(')').count();
    let inside =
        words.rsplit_once('(').is_some_and(|(before, _)| before.ends_with(|c: char| c.is_alphanumeric() || c == '*'));
    formula && (open && inside || words.ends_with(" +") || words.ends_with(" -"))
}

#[cfg(test)]
mod tests {
    use super::{escaped, paragraph};

    #[test]
    fn formulas_become_code() {
        assert_eq!(escaped("draw z = sqrt(2*u)*xi, and `a[0] < b`"), "draw z = `sqrt(2*u)*xi`, and `a[0] < b`");
        let formula = "difference = D*k^2 + rate*(1 - exp(-k^2)) here";
        assert_eq!(escaped(formula), "difference = `D*k^2 + rate*(1 - exp(-k^2))` here");
        assert_eq!(escaped("plain -sqrt(psi) stays; Vec<f64> not."), "plain -sqrt(psi) stays; `Vec<f64>` not.");
        assert_eq!(escaped("one ` backtick\nand a line"), "one ' backtick and a line");
    }

    #[test]
    fn long_text_hangs_and_code_stays_whole() {
        let text = format!("- {} `a + b + c` end", "word ".repeat(18).trim());
        let lines = paragraph(&text, "  ");
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("  `a + b + c` end"), "{lines:?}");
    }

    #[test]
    fn no_line_begins_with_markup() {
        for lead in 80..100 {
            let text = format!("{} k > 0 and - 1. + x", "y".repeat(lead));
            for line in paragraph(&text, "").iter().skip(1) {
                assert!(line.starts_with(char::is_alphabetic), "{line}");
            }
        }
    }
}
