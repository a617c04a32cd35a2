//! "Did you mean …?"

use crate::words::FUNCTIONS;

/// Names longer than this are not compared.
const MAX_LENGTH: usize = 64;

/// The candidate closest to a mistyped name, if one is close enough.
pub(crate) fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let scored = candidates.into_iter().filter(|candidate| *candidate != name && candidate.len() <= MAX_LENGTH);
    scored.filter_map(|candidate| score(name, candidate).map(|score| (score, candidate))).min().map(|(_, best)| best)
}

/// The function that is meant by a name from another language, or by a mistyped one.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    let known = match name.to_ascii_lowercase().as_str() {
        "laplace" | "laplacian" | "delta" | "del2" => "lap",
        "gradient" | "nabla" => "grad",
        "divergence" => "div",
        "ln" => "log",
        "diff" | "derivative" | "partial" => "d",
        "dtt" | "d2t" | "dt2" | "d2dt2" => "dt(…, 2)",
        "dxx" | "d2x" | "dx2" | "d2dx2" => "d(…, x1, 2)",
        "ddt" | "d_t" => "dt",
        "ddx" | "d_x" => "dx",
        "fractional_laplacian" | "frac_lap" => "fraclap",
        "inner" | "scalar_product" => "dot",
        _ => return closest(name, FUNCTIONS),
    };
    Some(known)
}

/// Smaller is closer; `None` is too far.
fn score(name: &str, candidate: &str) -> Option<usize> {
    let (lower, other) = (name.to_lowercase(), candidate.to_lowercase());
    if lower == other {
        return Some(0);
    }
    // `eps` and `epsilon`, `phi` and `varphi`.
    let shorter = lower.len().min(other.len());
    let contains = shorter >= 3 && (lower.starts_with(&other) || other.starts_with(&lower) || lower.ends_with(&other));
    let allowed = match shorter {
        0 | 1 => 0,
        2..=4 => 1,
        _ => 2,
    };
    if !contains && lower.len().abs_diff(other.len()) > allowed {
        return None;
    }
    let distance = edit_distance(&lower, &other);
    (distance <= allowed || contains).then_some(distance)
}

/// Edits (insert, delete, replace, swap of neighbours) between two words.
fn edit_distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![vec![0usize; right.len() + 1]; left.len() + 1];
    for i in 0..=left.len() {
        for j in 0..=right.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
                let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(edit_distance("grad", "gard"), 1);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }

    #[test]
    fn suggestions() {
        assert_eq!(closest("epsilon", ["D", "eps"]), Some("eps"));
        assert_eq!(closest("PHI", ["phi", "psi"]), Some("phi"));
        assert_eq!(closest("m", ["D", "k0"]), None);
        assert_eq!((function("laplacian"), function("gard"), function("bessel")), (Some("lap"), Some("grad"), None));
        assert_eq!(function("dtt"), Some("dt(…, 2)"));
    }
}
