//! Tokens -> text that both prettyplease and rustfmt (with its default settings) are content with.
//!
//! prettyplease breaks lines at another width than rustfmt, knows no `//` comments and leaves no blank lines. The
//! generator therefore writes short statements, marks comments and blank lines with macros that are replaced here,
//! and lays out the few lists whose length depends on the equation by rustfmt's widths.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// A `// …` line; to be used as a statement or an item.
pub(crate) fn comment(text: &str) -> TokenStream {
    quote!(__genphys_comment!(#text);)
}

/// A blank line; to be used as a statement or an item.
pub(crate) fn blank() -> TokenStream {
    quote!(__genphys_blank!();)
}

/// The text of a Rust file.
///
/// # Errors
/// When the tokens are not a Rust file, which would be a fault of the generator.
pub(crate) fn file_text(tokens: TokenStream) -> syn::Result<String> {
    let file: syn::File = syn::parse2(tokens)?;
    let printed = prettyplease::unparse(&file);
    let mut text = String::with_capacity(printed.len());
    let mut lines = printed.lines();
    while let Some(line) = lines.next() {
        let (indent, code) = split_indent(line);
        if let Some(marker) = code.strip_prefix("__genphys_comment!(") {
            // A long one is broken behind the parenthesis.
            let mut marker = marker.to_owned();
            while !marker.ends_with(");") {
                let Some(next) = lines.next() else { break };
                marker.push_str(next.trim());
            }
            for comment in syn::parse_str::<LitStr>(marker.trim_end_matches(");"))?.value().lines() {
                push(&mut text, indent, &format!("// {comment}"));
            }
        } else if code == "__genphys_blank!();" {
            text.push('\n');
        } else if let Some(list) = List::open(code) {
            let mut joined = code.to_owned();
            while !balanced(&joined) {
                let Some(next) = lines.next() else { break };
                // A chain that was broken before its dot.
                if !next.trim().starts_with('.') {
                    joined.push(' ');
                }
                joined.push_str(next.trim());
            }
            list.lay_out(&mut text, indent, &joined);
        } else {
            push(&mut text, indent, code);
        }
    }
    Ok(text)
}

fn push(text: &mut String, indent: &str, code: &str) {
    if !code.is_empty() {
        text.push_str(indent);
        text.push_str(code.trim_end());
    }
    text.push('\n');
}

fn split_indent(line: &str) -> (&str, &str) {
    line.split_at(line.len() - line.trim_start().len())
}

/// A list of the generated code whose length depends on the equation.
struct List {
    /// How its line begins, up to and including the bracket.
    head: String,
    /// rustfmt's largest width of the items on one line.
    width: usize,
    /// Whether `width` counts from the margin to the end of the line, instead of the items alone.
    whole_line: bool,
    /// Whether a space stands between the brackets and the items.
    spaced: bool,
}

impl List {
    /// The list that the line opens, with rustfmt's `max_width`, `fn_call_width`, `array_width` or `struct_lit_width`.
    fn open(code: &str) -> Option<Self> {
        let list = |head: &str, width, whole_line, spaced| {
            code.starts_with(head).then(|| Self { head: head.to_owned(), width, whole_line, spaced })
        };
        let constructor = || {
            let (head, _) = code.split_once("::new(")?;
            let bare = head.chars().all(|c| c.is_alphanumeric() || c == '_');
            bare.then(|| Self { head: format!("{head}::new("), width: 60, whole_line: false, spaced: false })
        };
        list("pub fn new(", 100, true, false)
            .or_else(|| list("ParamError::require(", 60, false, false))
            .or_else(|| list("vec![", 60, false, false))
            .or_else(|| list("Ok(Self {", 18, false, true))
            .or_else(constructor)
    }

    /// Writes `joined`, the whole list on one line, as rustfmt would.
    fn lay_out(&self, text: &mut String, indent: &str, joined: &str) {
        let (items, tail) = self.items(joined);
        let one_line = items.join(", ");
        let space = if self.spaced && !items.is_empty() { " " } else { "" };
        let line = format!("{}{space}{one_line}{space}{tail}", self.head);
        let width = if self.whole_line { indent.len() + line.len() } else { one_line.len() };
        if width <= self.width || items.is_empty() {
            push(text, indent, &line);
            return;
        }
        push(text, indent, &self.head);
        for item in items {
            push(text, &format!("{indent}    "), &format!("{item},"));
        }
        push(text, indent, &tail);
    }

    /// The items, and the closing bracket with what follows it.
    fn items<'text>(&self, joined: &'text str) -> (Vec<&'text str>, String) {
        let mut depth = 0_usize;
        let mut quoted = false;
        let mut items = Vec::new();
        let mut start = self.head.len();
        for (at, c) in joined.char_indices().skip_while(|(at, _)| *at < self.head.len()) {
            match c {
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => {
                    items.push(joined[start..at].trim());
                    items.retain(|item| !item.is_empty());
                    return (items, joined[at..].to_owned());
                }
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    items.push(joined[start..at].trim());
                    start = at + 1;
                }
                _ => {}
            }
        }
        (items, joined[start..].to_owned())
    }
}

/// Whether the brackets of the list are closed again. Strings of these lists are names and domains: they hold
/// brackets (`in (0, 2]`) but no quotes.
fn balanced(code: &str) -> bool {
    let mut depth = 0_isize;
    let mut quoted = false;
    for c in code.chars() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                if depth == 0 {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}
