//! Words and command lines as a shell takes them, for commands that are shown to be copied.

use std::ffi::OsStr;

/// A word that a shell takes for one. What no shell can be given, a zero byte, stays as it is.
pub fn shell_word(word: impl AsRef<OsStr>) -> String {
    let word = word.as_ref().to_string_lossy();
    shlex::try_quote(&word).map_or_else(|_| word.to_string(), |quoted| quoted.into_owned())
}

/// A command line of these words.
pub fn shell_command(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    words.into_iter().map(shell_word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_meant() {
        for words in [["train", "--out", "my runs/a"], ["a'b", "$HOME", "`x`"], ["", "\"", "naïve"]] {
            assert_eq!(shlex::split(&shell_command(words)).unwrap(), words);
        }
        assert_eq!(shell_word("plain-word.npy"), "plain-word.npy");
        assert_eq!(shell_word("a\0b c"), "a\0b c");
    }
}
