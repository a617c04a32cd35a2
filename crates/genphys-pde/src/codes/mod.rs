//! The stable codes of everything genphys reports. `P` are errors of the language, `W` its warnings, `E` answers and
//! errors of the engine and the command line. Codes are never reused or renumbered.

mod table;

use std::fmt;
use std::str::FromStr;
pub use table::Code;

/// What is known about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code, such as `P030`.
    pub id: &'static str,
    /// A few words, such as `unknown name`.
    pub title: &'static str,
    /// What it means and what to do, in a few sentences.
    pub explanation: &'static str,
    /// A small source that shows it, where one is short enough to print.
    pub wrong: Option<&'static str>,
    /// The same source put right.
    pub right: Option<&'static str>,
}

impl Code {
    /// Every code, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().map(|(code, _)| *code)
    }

    /// Finds a code by its name; upper and lower case are the same. `None` if there is no such code.
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|code| code.id().eq_ignore_ascii_case(text.trim()))
    }

    /// The stable name, such as `P030`.
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// A few words.
    pub fn title(self) -> &'static str {
        self.entry().title
    }

    /// The long explanation with its wrong and its right example, as `genphys explain` prints it.
    pub fn explain(self) -> String {
        let entry = self.entry();
        let mut text = format!("{}: {}\n\n{}\n", entry.id, entry.title, entry.explanation);
        for (name, example) in [("Wrong", entry.wrong), ("Right", entry.right)] {
            if let Some(example) = example {
                // A NUL would be lost on a terminal.
                let example = example.replace('\0', "␀");
                let lines: Vec<String> = example.lines().map(|line| format!("    {line}")).collect();
                text.push_str(&format!("\n{name}:\n\n{}\n", lines.join("\n")));
            }
        }
        text
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// There is no code of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no code `{0}`")]
pub struct UnknownCode(pub String);

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or_else(|| UnknownCode(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_found_in_any_case() {
        let ids: BTreeSet<&str> = Code::all().map(Code::id).collect();
        assert_eq!(ids.len(), Code::all().count());
        for code in Code::all() {
            assert_eq!(Code::parse(&code.id().to_lowercase()), Some(code));
            assert!(code.explain().contains(code.title()));
            assert_eq!(code.id().len(), 4, "{code}");
        }
        assert_eq!("Q999".parse::<Code>(), Err(UnknownCode("Q999".into())));
    }

    /// Every printed example does what the explanation says: the wrong one shows the code, the right one nothing.
    #[test]
    fn examples_show_their_code() {
        for code in Code::all().filter(|code| !code.id().starts_with('E')) {
            let entry = code.entry();
            if let Some(wrong) = entry.wrong {
                let found = match crate::read(wrong.as_bytes()) {
                    Ok(checked) => checked.warnings,
                    Err(problems) => problems,
                };
                assert!(found.iter().any(|problem| problem.code == code), "{code} not in {found:#?}");
                assert!(entry.right.is_some(), "{code} has no right example");
            }
            if let Some(right) = entry.right {
                let checked = crate::read(right.as_bytes()).unwrap_or_else(|problems| panic!("{code}: {problems:#?}"));
                assert_eq!(checked.warnings, vec![], "{code}");
            }
        }
    }
}
