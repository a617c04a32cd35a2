//! `genphys new`: a model crate, written or brought up to date.

use crate::model::crate_folder::{self, SourceArgs};
use crate::model::data::check_network;
use crate::model::proof::{Proved, prove};
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::settings::SettingArgs;
use crate::source::FILE_HELP;
use crate::stored;
use clap::Args;
use genphys_codegen::store::derivation_path;
use genphys_codegen::{CrateOptions, FileUpdate, Net};
use genphys_files::shell_word;
use std::path::{Path, PathBuf};

/// Write a model crate for an s-generative equation
///
/// The crate trains, samples and evaluates (`cargo run --release -- train --help`), shows the physics in src/pde.rs and
/// the training step in src/train.rs, and does not contain Symbolica.
///
/// With --update, in the folder of such a crate, the files are generated anew from the equation in it (or from --pde)
/// with the options that it was made with; files that you have changed are left as they are, and named. The derivation
/// is written by nobody else: it is always that of the equation.
///
/// Exit status: 0 done; 1 the equation is not s-generative; 2 bad input.
#[derive(Args, Debug)]
#[command(disable_version_flag = true)]
pub(crate) struct NewArgs {
    /// Folder to write, whose last part is the name of the crate; it must be empty or not exist. With --update, the
    /// crate
    #[arg(value_name = "NAME")]
    name: PathBuf,
    #[arg(long, value_name = "FILE", required_unless_present = "update", help = FILE_HELP)]
    pde: Option<String>,
    /// Generate the files of an existing crate anew, except those that were changed
    #[arg(long)]
    update: bool,
    /// Data that the README's commands name: digits, moons, a folder of pictures, a file
    #[arg(long, value_name = "DATA")]
    data: Option<String>,
    /// Network that the crate trains unless told otherwise: mlp for any data, unet or dit for images [default: by kind
    /// of data]
    #[arg(long, value_name = "KIND", value_parser = str::parse::<Net>)]
    net: Option<Net>,
    /// Rewrite births and deaths into the velocity: the same densities, and no particle is born or dies
    #[arg(long)]
    conservative: bool,
    #[command(flatten)]
    genphys: SourceArgs,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Runs the command.
///
/// # Errors
/// When the name or a setting does not fit, the engine fails, or the folder cannot be written.
pub(crate) fn new(args: &NewArgs) -> CommandResult {
    if args.update {
        return update(args);
    }
    let name = args
        .name
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| Failure::new(format!("{} does not end in the name of a crate", args.name.display())))?;
    crate_folder::check_name(name)?;
    check_network(args.data.as_deref(), args.net)?;
    let genphys = args.genphys.source()?;
    let Some(pde) = &args.pde else { return Err(Failure::new("--pde is missing")) };
    crate_folder::check_free(&args.name)?;
    let proved: Proved = match prove(pde, &args.settings)? {
        Ok(proved) => proved,
        Err(outcome) => return Ok(outcome),
    };
    stored::warn_of_refused(&proved.equation);
    let options = CrateOptions {
        conservative: args.conservative,
        data: args.data.clone(),
        net: args.net,
        ..args.settings.options()
    };
    crate_folder::write(&args.name, &crate_folder::files(&proved, name, &genphys, &options)?)?;
    output::note(&format!(
        "next: cd {}\n      cargo run --release -- train --data {} --out runs/a\n      \
         cargo run --release -- sample --model runs/a --out samples.png",
        shell_word(&args.name),
        shell_word(options.data.as_deref().unwrap_or("digits"))
    ));
    output::result(&format!("{}\n", args.name.display()))?;
    Ok(Outcome::Yes)
}

/// `--update`: what is given replaces what the crate remembers.
fn update(args: &NewArgs) -> CommandResult {
    let record = crate_folder::record(&args.name)?;
    let genphys = if args.genphys.is_given() { args.genphys.source()? } else { record.genphys.clone() };
    let mut options = record.options.clone();
    let given = args.settings.options();
    if !given.set.is_empty() {
        options.set = given.set;
    }
    options.dim = given.dim.or(options.dim);
    options.conservative |= args.conservative;
    options.data = args.data.clone().or(options.data);
    options.net = args.net.or(options.net);
    check_network(options.data.as_deref(), options.net)?;
    let pde = args.pde.clone().unwrap_or_else(|| args.name.join(&record.pde).display().to_string());
    let proved: Proved = match prove(&pde, &SettingArgs::of(&options)?)? {
        Ok(proved) => proved,
        Err(outcome) => return Ok(outcome),
    };
    let files = crate_folder::files(&proved, &record.name, &genphys, &options)?;
    // Of the file in the crate, before it is written anew.
    let derivation = derivation_path(&Path::new("pdes").join(format!("{}.pde", proved.equation.pde.name)));
    let was = stored::what_is_wrong(&args.name.join(&derivation), &proved.equation.pde, proved.proof.derivation());
    let mut lines = String::new();
    for (path, update) in crate_folder::update(&args.name, &record, &files)? {
        match update {
            FileUpdate::Same => {}
            FileUpdate::Write if Path::new(&path) == derivation => {
                lines += &format!("written {path}\n");
                output::note(&format!("derived anew: {was}"));
            }
            FileUpdate::Write => lines += &format!("written {path}\n"),
            FileUpdate::Edited => lines += &format!("left    {path}: changed since it was generated\n"),
            FileUpdate::Removed => lines += &format!("left    {path}: removed since it was generated\n"),
        }
    }
    output::result(if lines.is_empty() { "nothing to do: every file is as it would be generated\n" } else { &lines })?;
    Ok(Outcome::Yes)
}
