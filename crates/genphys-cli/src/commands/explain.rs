//! `genphys explain`: what a code means.

use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output::{self, BOLD, styled};
use clap::Args;
use genphys_pde::codes::Code;
use genphys_suggest::did_you_mean;

/// Say what a code such as P030 means; without a code, list all of them
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// The code, in upper or lower case
    code: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When there is no such code.
pub(crate) fn explain(args: &ExplainArgs) -> CommandResult {
    let Some(wanted) = &args.code else {
        let lines: String =
            Code::all().map(|code| format!("{}  {}\n", styled(BOLD, code.id()), code.title())).collect();
        output::result(&lines)?;
        return Ok(Outcome::Yes);
    };
    let Some(code) = Code::parse(wanted) else {
        let help = did_you_mean(wanted, Code::all().map(Code::id))
            .unwrap_or_else(|| "`genphys explain` lists all codes".to_owned());
        return Err(Failure::new(format!("there is no code `{wanted}`")).help(help));
    };
    output::result(&code.explain())?;
    Ok(Outcome::Yes)
}
