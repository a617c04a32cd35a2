//! Parameter points inside the declared domains.

use crate::algebra::ring::Meaning;
use crate::equation::declared::range_of;
use crate::equation::linear::Equation;
use crate::trees::number::rational;
use std::collections::BTreeMap;

/// Parameter values tried when a condition is looked for or refuted.
const TRIED: [f64; 17] =
    [1.0, 0.5, 2.0, 0.25, 4.0, 0.125, 8.0, 0.0, -1.0, -0.5, -2.0, -0.25, -4.0, 0.01, 100.0, -0.01, -100.0];

/// At most this many combinations of parameter values are tried.
const MOST_SAMPLES: usize = 4_000;

/// Parameter points inside the domains: the defaults first, then a grid.
pub(crate) fn samples(eq: &Equation) -> impl Iterator<Item = BTreeMap<String, f64>> {
    let mut free: Vec<(String, Vec<f64>)> = Vec::new();
    for meaning in &eq.ring.meanings {
        let Meaning::Param(name) = meaning else { continue };
        let declared = eq.pde.params.iter().find(|p| p.name == *name);
        let range = declared.map(range_of).unwrap_or_default();
        let mut values: Vec<f64> =
            declared.and_then(|p| p.default.as_ref()).map(|n| rational(n).to_f64()).into_iter().collect();
        values.extend(TRIED);
        if let (Some((l, _)), Some((u, _))) = (&range.lower, &range.upper) {
            let (l, u) = (l.to_f64(), u.to_f64());
            values.extend([0.5, 0.25, 0.75, 0.0, 1.0, 0.0625, 0.9375].map(|f| l + f * (u - l)));
        } else if let Some((l, _)) = &range.lower {
            values.extend(TRIED.map(|v| l.to_f64() + v));
        } else if let Some((u, _)) = &range.upper {
            values.extend(TRIED.map(|v| u.to_f64() + v));
        }
        values.retain(|v| range.contains(*v));
        let mut distinct: Vec<f64> = Vec::new();
        for v in values {
            if !distinct.contains(&v) {
                distinct.push(v);
            }
        }
        free.push((name.clone(), distinct));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and MOST_SAMPLES")]
    let most = (MOST_SAMPLES as f64).powf(1.0 / free.len().max(1) as f64).max(1.0) as usize;
    // All parameters at the first of their values, at the second, …: beside the grid, which is coarse for many.
    let longest = free.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let together: Vec<BTreeMap<String, f64>> = (0..if free.len() > 1 { longest } else { 0 })
        .map(|i| {
            free.iter()
                .filter_map(|(name, values)| Some((name.clone(), *values.get(i % values.len().max(1))?)))
                .collect()
        })
        .filter(|point: &BTreeMap<String, f64>| point.len() == free.len())
        .collect();
    free.iter_mut().for_each(|(_, values)| values.truncate(most));
    let count = free.iter().map(|(_, values)| values.len()).product();
    // The last parameter changes fastest.
    (0..count)
        .map(move |mut index: usize| {
            let digits = free.iter().rev().map(|(name, values)| {
                let value = values[index % values.len()];
                index /= values.len();
                (name.clone(), value)
            });
            digits.collect()
        })
        .chain(together)
}
