//! The engine process: reads the jobs, answers one after the other.

use super::wire::{self, Job, Reply, Row, Task};
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::settings;
use genphys_pde::derivation::Repair;
use genphys_symbolic::{Options, derive, dispersion_table};
use std::io::{BufRead, Read, Write};

/// Answers the jobs on standard input.
///
/// # Errors
/// When the jobs cannot be read or the replies not be written. The program that waits sees the exit status.
pub(crate) fn serve() -> CommandResult {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("engine process: {error}"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| failed(&error))?;
    let jobs: Vec<Job> = serde_json::from_str(&line).map_err(|error| failed(&error))?;
    stop_when_nobody_waits();

    let tell = |reply: &Reply| {
        let line = wire::written(reply).map_err(|error| failed(&error))?;
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| failed(&error))
    };
    genphys_symbolic::start(asking_program(), |waiting| {
        // If nobody reads it any more, this process ends.
        drop(tell(&Reply::Waiting(waiting.to_string())));
    })
    .map_err(|error| failed(&error))?;
    tell(&Reply::Started)?;
    for job in &jobs {
        tell(&answer(job).unwrap_or_else(Reply::Error))?;
    }
    Ok(Outcome::Yes)
}

/// The program that a person knows of.
#[cfg(unix)]
fn asking_program() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn asking_program() -> u32 {
    std::process::id()
}

/// Ends this process when standard input ends: the program that asked is gone, however it went.
fn stop_when_nobody_waits() {
    std::thread::spawn(|| {
        let mut rest = Vec::new();
        drop(std::io::stdin().lock().read_to_end(&mut rest));
        leave();
    });
}

#[expect(clippy::exit, reason = "the main thread may be deep in a derivation that nobody waits for")]
fn leave() {
    std::process::exit(2);
}

fn answer(job: &Job) -> Result<Reply, String> {
    // The program that asks has checked the source already and told what is wrong with it.
    let checked = genphys_pde::read(job.source.as_bytes())
        .map_err(|problems| format!("{}: {} problems", job.label, problems.len()))?;
    let pde = checked.pde;
    let set = settings::numbers(&job.set)?;
    match &job.task {
        Task::Derive { repairs } => {
            let options = Options { set, dim: job.dim, repairs: *repairs, ..Options::default() };
            let mut proposal = derive(&pde, &options).map_err(|error| format!("{}: {error}", job.label))?;
            proposal.0.repairs = proved_repairs(std::mem::take(&mut proposal.0.repairs));
            Ok(Reply::Derivation(Box::new(proposal)))
        }
        Task::Dispersion { k } => {
            let options = Options { set, dim: job.dim, repairs: false, ..Options::default() };
            let k: Vec<f64> = k.iter().copied().map(f64::from_bits).collect();
            let rows = dispersion_table(&pde, &options, &k).map_err(|error| format!("{}: {error}", job.label))?;
            Ok(Reply::Dispersion(rows.iter().map(Row::from).collect()))
        }
    }
}

/// The repairs with the verdict that the checker accepts, each derived and judged as an equation of its own.
fn proved_repairs(repairs: Vec<Repair>) -> Vec<Repair> {
    let judged = |mut repair: Repair| {
        let pde = genphys_pde::read(repair.source.as_bytes()).ok()?.pde;
        let options = Options { repairs: false, ..Options::default() };
        let judged = genphys_verify::judge(&pde, derive(&pde, &options).ok()?);
        repair.verdict = judged.verdict;
        repair.model = judged.model().ok();
        repair.derivation = Some(Box::new(judged.derivation().clone()));
        Some(repair)
    };
    repairs.into_iter().filter_map(judged).collect()
}
