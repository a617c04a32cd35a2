//! The gate before every model: only an equation with the proof that it is s-generative passes.

use crate::commands::kernel::check_constructible;
use crate::engine;
use crate::outcome::{Failure, Outcome};
use crate::output;
use crate::report::{human, verdict_word};
use crate::settings::SettingArgs;
use crate::source::Equation;
use genphys_codegen::{ModelPlan, PlanError};
use genphys_pde::codes::Code;
use genphys_pde::derivation::Derivation;
use genphys_pde::verdict::{Status, Verdict};
use genphys_verify::{Judged, SGenerative};

/// An equation of which a model can be made.
pub(crate) struct Proved {
    /// The equation.
    pub(crate) equation: Equation,
    /// The evidence that the generator demands.
    pub(crate) proof: SGenerative,
}

/// Derives the equation. Without a proof the verdict is printed on stderr and the exit status returned.
///
/// # Errors
/// When a setting does not fit or the engine fails.
pub(crate) fn prove(file: &str, settings: &SettingArgs) -> Result<Result<Proved, Outcome>, Failure> {
    let Some(equation) = Equation::load_or_print(file) else { return Ok(Err(Outcome::BadInput)) };
    genphys_codegen::check_equation_name(&equation.pde.name).map_err(|error| Failure::new(error.to_string()))?;
    let settings = settings.apply_one(&equation.pde)?;
    let judged = engine::derive_one(&equation, &settings)?;
    match judged.s_generative() {
        Some(proof) => Ok(Ok(Proved { equation, proof })),
        None => {
            refuse(&equation, &judged);
            Ok(Err(Outcome::No))
        }
    }
}

/// Why no model can be made of an equation that is s-generative; `None` where one can, and for other verdicts. `time`
/// is the name of the time.
pub(crate) fn why_no_model(judged: &Judged, time: &str) -> Option<String> {
    let proof = judged.s_generative()?;
    match ModelPlan::new(&proof) {
        Ok(_) => check_constructible(proof.derivation(), time).err().map(|failure| failure.message),
        Err(PlanError::NoModel { why, .. }) => Some(why),
        Err(error) => Some(error.to_string()),
    }
}

fn refuse(equation: &Equation, derivation: &Derivation) {
    output::styled_note(&human::verdict(derivation, output::text_width()));
    let fails = derivation.c1.status == Status::Fails || derivation.c1.status == Status::Undecided;
    let (code, help) = match derivation.verdict {
        Verdict::Conditional => (
            Code::ConditionalVerdict,
            Some("fix values with --set or the dimension with --dim so that the conditions above hold"),
        ),
        Verdict::Undecided => (Code::UndecidedVerdict, None),
        Verdict::SGenerative | Verdict::NotSGenerative => {
            (if fails { Code::FailsC1 } else { Code::FailsC2 }, Some("the repairs above are nearby equations"))
        }
    };
    let help = help.filter(|_| derivation.verdict == Verdict::Conditional || !derivation.repairs.is_empty());
    let message = format!("{} is {}: no model is made of it", equation.label, verdict_word(derivation.verdict));
    output::failure(&Failure::new(message).code(code).maybe_help(help.map(str::to_owned)));
}
