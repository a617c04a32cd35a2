//! The equations that come with genphys, embedded in the program.

/// A shipped equation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shipped {
    /// Its name, which is the name of its file without the ending.
    pub(crate) name: &'static str,
    /// The text of its file.
    pub(crate) text: &'static str,
}

/// All of them, by name.
pub(crate) const SHIPPED: &[Shipped] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The shipped equation of this name.
pub(crate) fn find(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|shipped| shipped.name == name)
}

/// The names of those whose name, title or first line has this word in it, the shortest first.
pub(crate) fn about(word: &str) -> Vec<&'static str> {
    const MOST: usize = 5;
    let word = word.to_lowercase();
    if word.is_empty() {
        return Vec::new();
    }
    let has = |text: &str| text.to_lowercase().split(|letter: char| !letter.is_alphanumeric()).any(|of| of == word);
    let first = |shipped: &Shipped| shipped.text.lines().next().unwrap_or_default();
    let title = |shipped: &Shipped| {
        shipped.text.lines().find(|line| line.starts_with("pde ")).unwrap_or_default().replace('_', " ")
    };
    let mut found: Vec<&Shipped> =
        SHIPPED.iter().filter(|shipped| has(first(shipped)) || has(&title(shipped))).collect();
    found.sort_by_key(|shipped| (shipped.name.len(), shipped.name));
    found.iter().take(MOST).map(|shipped| shipped.name).collect()
}

/// What to ask for where this is no name.
pub(crate) fn others(word: &str) -> String {
    let names: Vec<String> = about(word).iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        return "`genphys list` has the names of the shipped equations, which may stand in place of a file".to_owned();
    }
    let names = names.join(", ");
    format!("shipped equations about that, which may stand in place of a file: {names}; `genphys list` has all")
}

/// Their names.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|shipped| shipped.name)
}

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn other_words_for_an_equation_find_it() {
        assert!(about("heat").contains(&"diffusion"));
        assert!(about("Heat").contains(&"backward_heat") && about("schroedinger").len() > 1);
        assert!(about("flights").contains(&"levy"));
        assert_eq!(about(""), Vec::<&str>::new());
        assert_eq!(about("nonsense"), Vec::<&str>::new());
    }
}
