//! `genphys list`: the shipped equations.

use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output::{self, BOLD, MATH, styled};
use crate::shipped::{self, SHIPPED, Shipped};
use clap::Args;
use genphys_pde::codes::Code;
use genphys_suggest::did_you_mean;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// List the shipped equations, print one, or save them as files
///
/// Every command that takes a FILE takes one of these names as well.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Print the file of this equation
    name: Option<String>,
    /// Save the file of NAME, or all files, in this directory; files that are there stay as they are
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When there is no such equation, or a file cannot be written.
pub(crate) fn list(args: &ListArgs) -> CommandResult {
    let chosen = args.name.as_deref().map(find).transpose()?;
    match (&args.write, chosen) {
        (Some(directory), chosen) => save(directory, chosen.map_or(SHIPPED, std::slice::from_ref)),
        (None, Some(shipped)) => {
            output::result(shipped.text)?;
            Ok(Outcome::Yes)
        }
        (None, None) => {
            output::result(&table()?)?;
            Ok(Outcome::Yes)
        }
    }
}

fn find(name: &str) -> Result<&'static Shipped, Failure> {
    shipped::find(name.strip_suffix(".pde").unwrap_or(name)).ok_or_else(|| {
        let help = did_you_mean(name, shipped::names()).unwrap_or_else(|| shipped::others(name));
        Failure::new(format!("there is no shipped equation `{name}`")).help(help)
    })
}

/// Name, title and equation of each.
fn table() -> Result<String, Failure> {
    let width = shipped::names().map(str::len).max().unwrap_or(0);
    let mut text = String::new();
    for shipped in SHIPPED {
        let checked = genphys_pde::read(shipped.text.as_bytes())
            .map_err(|_| Failure::new(format!("the shipped equation `{}` has errors", shipped.name)))?;
        let name = format!("{:<width$}", shipped.name);
        let title = checked.pde.title.as_deref().unwrap_or_default();
        text.push_str(&format!("{}  {title}\n", styled(BOLD, &name)));
        text.push_str(&format!("{:width$}  {}\n", "", styled(MATH, &checked.pde.equation)));
    }
    Ok(text)
}

/// Prints the path of each file that is written. A file that exists and differs is not touched: status 1.
fn save(directory: &Path, chosen: &[Shipped]) -> CommandResult {
    let cannot = |path: &Path, error: &std::io::Error| {
        Failure::new(format!("cannot write {}: {error}", path.display())).code(Code::FileError)
    };
    genphys_files::check_folder(directory)
        .map_err(|error| Failure::new(format!("--write {}: {error}", directory.display())).code(Code::FileError))?;
    std::fs::create_dir_all(directory).map_err(|error| cannot(directory, &error))?;
    let mut outcome = Outcome::Yes;
    for shipped in chosen {
        let path = directory.join(format!("{}.pde", shipped.name));
        match genphys_files::write_new(&path, shipped.text.as_bytes()) {
            Ok(()) => output::result(&format!("{}\n", path.display()))?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let same =
                    genphys_files::read(&path, shipped.text.len()).is_ok_and(|bytes| bytes == shipped.text.as_bytes());
                if !same {
                    output::warning(&format!("{} exists and differs; left as it is", path.display()));
                    outcome = Outcome::No;
                }
            }
            Err(error) => return Err(cannot(&path, &error)),
        }
    }
    Ok(outcome)
}
