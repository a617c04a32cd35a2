//! Work of ours and of PyTorch in turns, and a table of both.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use genphys::seed::{Purpose, stream};
use rand::Rng;
use rand_distr::StandardNormal;

/// Turns of each side, of which the median counts.
const TURNS: usize = 5;
/// Time that one turn takes at least.
const TURN: Duration = Duration::from_millis(1000);
/// Rest between turns, in which the threads of the other side fall asleep.
const REST: Duration = Duration::from_millis(300);

/// One piece of work, and the peer's words for it.
pub(crate) struct Task {
    pub(crate) name: String,
    pub(crate) peer: Vec<String>,
    /// Makes the work; only when its turn comes, for what it needs.
    pub(crate) make: Box<dyn FnOnce() -> Box<dyn FnMut()>>,
}

impl Task {
    pub(crate) fn new(
        name: impl Into<String>,
        peer: &[&str],
        make: impl FnOnce() -> Box<dyn FnMut()> + 'static,
    ) -> Self {
        let peer = peer.iter().map(|words| (*words).to_owned()).collect();
        Self { name: name.into(), peer, make: Box::new(make) }
    }

    /// Whether one of the words is part of the name, or there are none.
    pub(crate) fn is_wanted(&self, words: &[String]) -> bool {
        words.is_empty() || words.iter().any(|word| self.name.contains(word.as_str()))
    }
}

/// Data points of an exact field.
pub(crate) const FIELD_POINTS: usize = 10_000;

/// A round cloud of points of deviation 0.5, as many of them with noise of every level of a training, and the levels.
pub(crate) fn field_queries(dim: usize) -> (Vec<f32>, Vec<f32>, Vec<f64>) {
    let queries = if dim >= 784 { 512 } else { 4096 };
    let mut rng = stream(0, Purpose::Calibration, 0);
    let mut normal = |count: usize| -> Vec<f64> { (0..count).map(|_| rng.sample(StandardNormal)).collect() };
    let points: Vec<f32> = normal(FIELD_POINTS * dim).into_iter().map(|x| (0.5 * x) as f32).collect();
    let sigmas: Vec<f64> = normal(queries).into_iter().map(|x| (1.2 * x - 1.2).exp()).collect();
    let noise = normal(queries * dim);
    let x: Vec<f32> = (0..queries * dim)
        .map(|i| points[(i / dim * 7919 % FIELD_POINTS) * dim + i % dim] + (sigmas[i / dim] * noise[i]) as f32)
        .collect();
    (points, x, sigmas)
}

pub(crate) const PEER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peer.py");

pub(crate) fn python() -> Command {
    Command::new(std::env::var("GENPHYS_PYTHON").unwrap_or_else(|_| "python3".to_owned()))
}

/// PyTorch in a process of its own, which answers with times.
pub(crate) struct Peer {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Peer {
    /// `None` where there is no Python with torch.
    /// `device` is PyTorch's name of one.
    pub(crate) fn start(threads: usize, device: &str) -> Option<Self> {
        let torch = python().args(["-c", "import torch"]).stderr(Stdio::null()).status();
        if !torch.is_ok_and(|status| status.success()) {
            eprintln!("no Python with torch (GENPHYS_PYTHON names one): no peer");
            return None;
        }
        let mut process = python()
            .args([PEER, &threads.to_string()])
            .env("PEER_DEVICE", device)
            // Large blocks stay in the heap, in huge pages: PyTorch is up to twice as fast.
            .env("MALLOC_MMAP_THRESHOLD_", "1073741824")
            .env("MALLOC_TRIM_THRESHOLD_", "8589934592")
            .env("MALLOC_TOP_PAD_", "268435456")
            .env("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (input, output) = (process.stdin.take()?, BufReader::new(process.stdout.take()?));
        Some(Self { process, input, output })
    }

    fn seconds(&mut self, task: &str) -> f64 {
        writeln!(self.input, "{task}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim().parse().unwrap_or_else(|_| panic!("the peer answered `{line}` to `{task}`"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

/// Mean seconds of one call over at least a turn; `wait` waits for what the calls have begun.
fn seconds(work: &mut dyn FnMut(), wait: &dyn Fn()) -> f64 {
    work();
    wait();
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < TURN {
        work();
        count += 1;
    }
    wait();
    begun.elapsed().as_secs_f64() / f64::from(count)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints a line for every task.
pub(crate) fn compare(tasks: Vec<Task>, words: &[String], peer: &mut Option<Peer>, wait: &dyn Fn()) {
    println!("milliseconds, medians of {TURNS} turns");
    println!("| work | genphys | PyTorch | ratio | range of the ratio |\n|---|---|---|---|---|");
    for task in tasks {
        if !task.is_wanted(words) {
            continue;
        }
        let mut work = (task.make)();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            std::thread::sleep(REST);
            ours.push(seconds(&mut work, wait));
            if let Some(peer) = peer {
                std::thread::sleep(REST);
                let best = task.peer.iter().map(|words| peer.seconds(words)).fold(f64::INFINITY, f64::min);
                theirs.push(best);
            }
        }
        let mut ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(ours, theirs)| theirs / ours).collect();
        let own = median(&mut ours) * 1e3;
        if theirs.is_empty() {
            println!("| {} | {own:.2} | | | |", task.name);
        } else {
            let ratio = median(&mut theirs) * 1e3 / own;
            median(&mut ratios);
            let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
            println!("| {} | {own:.2} | {:.2} | {ratio:.2} | {least:.2}–{most:.2} |", task.name, ratio * own);
        }
    }
}
