//! Time per verdict for every file of `pdes/`: as a cold process (`genphys check FILE`) and inside one process, and
//! peak memory. A peer is timed in turn with the program when `GENPHYS_PEER` holds a command that decides the
//! equation `NAME` of [`PEER`] when called with `--one NAME`.
//!
//! `cargo bench -p genphys-cli --bench verdicts --profile dev`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use genphys_symbolic::Options;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each cold process, of which the median counts.
const RUNS: usize = 5;

/// The equations that the peer knows, by its names.
const PEER: [(&str, &str); 12] = [
    ("heat", "param a > 0; dt(phi) = a*lap(phi)"),
    ("poisson", "dt(phi, 2) + lap(phi) = 0"),
    ("yukawa", "param m > 0; dt(phi, 2) + lap(phi) - m^2*phi = 0"),
    ("wave", "param c > 0; dt(phi, 2) - c^2*lap(phi) = 0"),
    ("damped_wave", "param c > 0; param eps > 0; dt(phi, 2) + 2*eps*dt(phi) - c^2*lap(phi) = 0"),
    ("schrodinger", "param a > 0; I*dt(phi) + a*lap(phi) = 0"),
    ("helmholtz_time", "param m > 0; dt(phi, 2) + lap(phi) + m^2*phi = 0"),
    ("klein_gordon", "param c > 0; param m > 0; dt(phi, 2) - c^2*lap(phi) + m^2*phi = 0"),
    ("biharmonic", "param a > 0; dt(phi) + a*lap(phi, 2) = 0"),
    ("advection_diffusion", "param c > 0; param a > 0; dim 1; dt(phi) + c*dx(phi) - a*lap(phi) = 0"),
    (
        "telegraph_mass",
        "param c > 0; param eps > 0; param m > 0; dt(phi, 2) + 2*eps*dt(phi) - c^2*lap(phi) + m^2*phi = 0",
    ),
    ("kuramoto_sivashinsky", "param a > 0; param nu > 0; dt(phi) + a*lap(phi) + nu*lap(phi, 2) = 0"),
];

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn timed(mut command: Command) -> f64 {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the command starts");
    let time = milliseconds(start.elapsed());
    assert!(status.code().is_some_and(|code| code < 2), "{command:?} ended with {status}");
    time
}

fn check(file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_genphys"));
    command.arg("check").arg(file);
    command
}

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pdes");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "pde"))
        .collect();
    files.sort();
    files
}

/// The largest resident size of any child so far, in MB.
#[cfg(target_os = "linux")]
fn peak_of_children() -> Option<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    getrusage(UsageWho::RUSAGE_CHILDREN).ok().map(|usage| usage.max_rss() as f64 / 1024.0)
}

#[cfg(not(target_os = "linux"))]
fn peak_of_children() -> Option<f64> {
    None
}

fn main() {
    let files = shipped();
    // The peer and the cold processes first: they wait while this process holds the engine.
    if let Ok(peer) = std::env::var("GENPHYS_PEER") {
        beside(&peer);
    }
    let mut cold: Vec<f64> = files
        .iter()
        .map(|file| {
            timed(check(file));
            median(&mut (0..RUNS).map(|_| timed(check(file))).collect::<Vec<_>>())
        })
        .collect();
    if let Some(peak) = peak_of_children() {
        println!("peak memory of a cold process: {peak:.0} MB");
    }
    println!("{:<34} {:>10} {:>16}", "equation", "cold [ms]", "in-process [ms]");
    let mut inside = Vec::new();
    for (file, one) in files.iter().zip(&cold) {
        let source = std::fs::read(file).unwrap();
        let mut times: Vec<f64> = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                let pde = genphys_pde::read(&source).unwrap().pde;
                genphys_symbolic::derive(&pde, &Options::default()).unwrap();
                milliseconds(start.elapsed())
            })
            .collect();
        inside.push(median(&mut times));
        println!("{:<34} {one:>10.1} {:>16.2}", file.file_stem().unwrap().to_string_lossy(), times[RUNS / 2]);
    }
    for (what, times) in [("cold", &mut cold), ("in-process", &mut inside)] {
        println!("{what}: median {:.1} ms, largest {:.1} ms of {}", median(times), times[times.len() - 1], times.len());
    }
}

/// Both in turn on the equations of the peer.
fn beside(peer: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut words = peer.split_whitespace();
    let program = words.next().expect("GENPHYS_PEER is a command");
    let arguments: Vec<&str> = words.collect();
    println!("\n{:<34} {:>10} {:>10} {:>8}", "cold, in turn", "ours [ms]", "peer [ms]", "ratio");
    let mut ratios = Vec::new();
    for (name, body) in PEER {
        let file = folder.path().join(format!("{name}.pde"));
        std::fs::write(&file, format!("pde {name} {{ {body} }}\n")).unwrap();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(timed(check(&file)));
            let mut command = Command::new(program);
            command.args(&arguments).args(["--one", name]);
            theirs.push(timed(command));
        }
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        println!("{name:<34} {ours:>10.1} {theirs:>10.1} {:>8.1}", theirs / ours);
        ratios.push(theirs / ours);
    }
    println!("ratio: median {:.1}, smallest {:.1}\n", median(&mut ratios), ratios[0]);
}
