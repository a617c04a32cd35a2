//! The same answer on every machine: an engine that is stopped for seconds says what it would have said.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use common::Genphys;
use std::process::Command;
use std::time::{Duration, Instant};

/// Dual-phase lag, which takes the engine longer than most.
const SLOW: &str = "pde slow { param tq > 0 = 1; param tT > 0 = 0.5; param a > 0 = 1
    tq^2/2*dt(phi, 3) + tq*dt(phi, 2) + dt(phi) = a*lap(phi) + a*tT*dt(lap(phi)) + a*tT^2/2*dt(lap(phi), 2) }";
const QUICK: &str = "pde quick { param m > 0 = 1; dt(phi, 2) + lap(phi) - m^2*phi = 0 }";

fn signal(name: &str, process: u32) {
    drop(Command::new("kill").args([name, &process.to_string()]).status());
}

/// The processes that a process has started.
fn children(process: u32) -> Vec<u32> {
    let list = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

#[test]
fn an_engine_that_is_stopped_for_seconds_gives_the_same_answer() {
    let genphys = Genphys::new().with_file("slow.pde", SLOW).with_file("quick.pde", QUICK);
    let arguments = ["check", "slow.pde", "quick.pde", "--format", "json"];
    let expected = genphys.run(&arguments).stdout;
    for delay in [5, 20, 60, 150] {
        let asked = genphys.command(&arguments).spawn().unwrap();
        let patience = Instant::now();
        let engine = loop {
            match children(asked.id()).first() {
                Some(engine) => break Some(*engine),
                None if patience.elapsed() > Duration::from_secs(5) => break None,
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        std::thread::sleep(Duration::from_millis(delay));
        if let Some(engine) = engine {
            signal("-STOP", engine);
            std::thread::sleep(Duration::from_millis(2500));
            signal("-CONT", engine);
        }
        let output = asked.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "stopped after {delay} ms");
    }
}
