//! `genphys doctor`: what this machine has for models, and what to do where something is missing.

use crate::outcome::{CommandResult, Outcome};
use crate::output;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// Where Linux shows the driver that is loaded.
const DRIVER: &str = "/proc/driver/nvidia/version";

/// A program that building a model may need.
struct Tool {
    name: &'static str,
    argument: &'static str,
    needed: &'static str,
}

const TOOLS: [Tool; 3] = [
    Tool { name: "cargo", argument: "--version", needed: "install Rust from https://rustup.rs to build models" },
    Tool { name: "cc", argument: "--version", needed: "install a C compiler to link models" },
    Tool {
        name: "nvcc",
        argument: "--version",
        needed: "for models on NVIDIA GPUs (`--features cuda`) install the CUDA toolkit",
    },
];

/// Runs the command.
///
/// # Errors
/// When the report cannot be printed.
pub(crate) fn doctor() -> CommandResult {
    output::result(&report(said_by, &driver()))?;
    Ok(Outcome::Yes)
}

/// The line in which a program says its version, if there is such a program.
fn said_by(name: &str, argument: &str) -> Option<String> {
    let ended = Command::new(name).arg(argument).output().ok()?;
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    // Not the first with every program: nvcc introduces itself.
    let line = lines.find(|line| line.chars().any(|c| c.is_ascii_digit()) && !line.contains("Copyright"));
    ended.status.success().then(|| line.unwrap_or("a version that it does not print").to_owned())
}

/// The driver of NVIDIA GPUs, if there is one.
fn driver() -> Option<String> {
    std::fs::read_to_string(Path::new(DRIVER)).ok()?.lines().next().map(|line| line.trim().to_owned())
}

fn report(said_by: impl Fn(&str, &str) -> Option<String>, driver: &Option<String>) -> String {
    let mut out = String::new();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    let mut todo = Vec::new();
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "genphys {}, engine Symbolica 3.0.0", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "{system} {machine}, {threads} threads");
    for Tool { name, argument, needed } in TOOLS {
        match said_by(name, argument) {
            Some(said) => {
                let _ = writeln!(out, "{name}: {said}");
            }
            None => {
                let _ = writeln!(out, "{name}: not found");
                todo.push(needed);
            }
        }
    }
    let found = driver.as_deref().unwrap_or("none is loaded; models run on the CPU");
    let _ = writeln!(out, "NVIDIA driver: {found}");
    todo.iter().for_each(|line| {
        let _ = writeln!(out, "To do: {line}");
    });
    let _ = writeln!(
        out,
        "Devices, memory, and whether our kernels do what candle's operations do, are told by a model: in its folder \
         `cargo run --release -- doctor`"
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_with_what_to_do() {
        let none = report(|_, _| None, &None);
        assert_eq!(none.matches("not found").count(), 3, "{none}");
        assert!(none.contains("rustup.rs") && none.contains("CUDA toolkit") && none.contains("on the CPU"), "{none}");
        let all = report(|name, _| Some(format!("{name} 1.2")), &Some("NVRM version: 580".to_owned()));
        assert!(all.contains("cargo: cargo 1.2") && all.contains("NVRM version: 580"), "{all}");
        assert!(!all.contains("To do") && all.contains("-- doctor"), "{all}");
    }
}
