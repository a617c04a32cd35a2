//! What is wrong with a derivation file that is not as it would be written now: changed by hand, or out of date.

use crate::output;
use crate::source::Equation;
use genphys_codegen::store::{self, StoreError};
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use std::path::Path;

/// Differences that are named.
const MOST_DIFFERENCES: usize = 6;

/// Says of the file of an equation, whose derivation is `fresh` today, whether the checker refuses what it says, and
/// how it differs.
pub(crate) fn what_is_wrong(path: &Path, pde: &Pde, fresh: &Derivation) -> String {
    match store::read(path, &pde.hash) {
        Ok(stored) => {
            let mut differences = store::differences(&stored, fresh, MOST_DIFFERENCES);
            match genphys_verify::recheck(pde, &stored) {
                Err(refused) => {
                    differences.splice(0..0, refused);
                    StoreError::Refused { path: path.to_owned(), differences }.to_string()
                }
                Ok(_) => {
                    if differences.is_empty() {
                        differences.push("the same derivation in another layout".into());
                    }
                    format!("{} is stale:\n  {}", path.display(), differences.join("\n  "))
                }
            }
        }
        Err(error) => error.to_string(),
    }
}

/// Warns of a derivation beside the file of an equation that the macro would not take: whoever asks for a model is
/// about to use both.
pub(crate) fn warn_of_refused(equation: &Equation) {
    let Some(source) = &equation.path else { return };
    match store::read_fresh(&store::derivation_path(source), &equation.pde) {
        Ok(_) | Err(StoreError::Missing { .. }) => {}
        Err(error) => output::warning(&format!(
            "{error}\n  the model has a derivation of its own, made now; `genphys derive {}` writes this one anew",
            source.display()
        )),
    }
}
