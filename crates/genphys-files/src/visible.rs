//! Text of files and names of files as they may be shown: no character moves the cursor, hides, or turns the line
//! round.

use std::borrow::Cow;

/// The text with control, invisible and direction characters as escapes such as `\u001b`. Line feeds and tabs stay; so
/// does a carriage return at the end of a line.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(hides) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let ends_line = c == '\r' && rest.peek() == Some(&'\n');
        if hides(c) && !ends_line {
            shown.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character moves the cursor, hides, or turns the line round; line feeds and tabs do not count.
pub fn hides(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_moves_the_cursor_or_hides() {
        assert_eq!(visible("dt(φ) = ∇²φ\t# ok\r\n"), "dt(φ) = ∇²φ\t# ok\r\n");
        assert_eq!(
            visible("a\u{1b}[2Jb\rc\u{202e}d\u{feff}\u{7f}\u{9b}"),
            "a\\u001b[2Jb\\u000dc\\u202ed\\ufeff\\u007f\\u009b"
        );
    }
}
