//! "Did you mean": the nearest known name to one that is not known.

/// The known name nearest to `wrong`, if one is near enough to have been meant.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&wrong, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            *distance <= (name.chars().count() / 3).max(1) && *distance < name.chars().count().max(2)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `did you mean NAME?`, if there is a name near enough.
pub(crate) fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wrong, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_none() {
        let known = ["yukawa", "poisson", "wave", "m"];
        assert_eq!(nearest("yukava", known), Some("yukawa"));
        assert_eq!(nearest("Poison", known), Some("poisson"));
        assert_eq!(nearest("M", known), Some("m"));
        assert_eq!(nearest("mass_of_the_particle", known), None);
        assert_eq!(nearest("x", ["m"]), Some("m"));
        assert_eq!(nearest("heat", ["beam", "levy"]), None);
    }
}
