//! "Did you mean …?": the known name nearest to one that is not known, by one rule for all of genphys.

/// Names longer than this are not compared.
const LONGEST: usize = 64;

/// The known name nearest to `wrong`, if one is near enough to have been meant. Capital letters make no difference; of
/// names equally near it is the first in the alphabet.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > LONGEST {
        return None;
    }
    let others = known.into_iter().filter(|name| *name != wrong && name.len() <= LONGEST);
    others.filter_map(|name| distance(wrong, name).map(|edits| (edits, name))).min().map(|(_, name)| name)
}

/// `did you mean NAME?`, if there is a name near enough.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wrong, known).map(|name| format!("did you mean `{name}`?"))
}

/// Edits between two names: letters inserted, left out, replaced, or exchanged with their neighbours. `None` where they
/// are too many for a slip: for names of one letter any, of two to four letters more than one, then more than two, and
/// of twelve letters or more one for every four.
fn distance(wrong: &str, known: &str) -> Option<usize> {
    let (wrong, known) = (wrong.to_lowercase(), known.to_lowercase());
    if wrong == known {
        return Some(0);
    }
    let (ours, theirs) = (wrong.chars().count(), known.chars().count());
    let shorter = ours.min(theirs);
    // `eps` and `epsilon`, `phi` and `varphi`.
    let contains = shorter >= 3 && (wrong.starts_with(&known) || known.starts_with(&wrong) || wrong.ends_with(&known));
    let allowed = match shorter {
        0 | 1 => 0,
        2..=4 => 1,
        letters => (letters / 4).max(2),
    };
    if !contains && ours.abs_diff(theirs) > allowed {
        return None;
    }
    let edits = strsim::damerau_levenshtein(&wrong, &known);
    (edits <= allowed || contains).then_some(edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_none() {
        let known = ["yukawa", "poisson", "wave", "m", "phi", "psi", "eight-gaussians"];
        for (wrong, meant) in [
            ("yukava", Some("yukawa")),
            ("Poison", Some("poisson")),
            ("wvae", Some("wave")),
            ("M", Some("m")),
            ("PHI", Some("phi")),
            ("varphi", Some("phi")),
            ("eight-gauzianz", Some("eight-gaussians")),
            ("mass_of_the_particle", None),
            ("x", None),
            ("", None),
            ("schroedinger", None),
        ] {
            assert_eq!(nearest(wrong, known), meant, "{wrong}");
        }
        assert_eq!(nearest("epsilon", ["D", "eps"]), Some("eps"));
        assert_eq!(nearest(&"m".repeat(65), ["mm"]), None);
        assert_eq!(did_you_mean("yukava", known).as_deref(), Some("did you mean `yukawa`?"));
    }
}
