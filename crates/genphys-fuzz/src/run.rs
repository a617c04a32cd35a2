//! The loop: damage, check, keep what ended in a new way, note what is wrong.

use crate::memory;
use crate::mutate::mutated;
use crate::random::Random;
use std::collections::BTreeSet;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// An input that takes longer ends the process: nothing can stop a thread.
const HANGS: Duration = Duration::from_secs(120);
/// How often it is looked whether one does.
const BEAT: Duration = Duration::from_millis(200);
/// The stack of the thread that checks: a deep recursion is the business of the reader's limits.
const STACK: usize = 64 << 20;
/// Inputs that are kept as seeds.
const MOST_SEEDS: usize = 4000;
/// Findings after which a target stops.
const MOST_FINDINGS: usize = 20;

/// The place and words of the last panic, on whatever thread it was.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());
/// Targets of one binary run one after the other: memory is counted for the whole process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Something that is fuzzed.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// Its name, for messages and files.
    pub name: &'a str,
    /// Good inputs, and bad ones of the past.
    pub seeds: Vec<Vec<u8>>,
    /// Words that mean something to it.
    pub words: &'a [&'a str],
    /// The most memory that one input may take, in bytes.
    pub memory: usize,
}

/// All files of a folder and of those inside, in the order of their names.
///
/// # Errors
/// When one of them cannot be read.
pub fn files(folder: &Path) -> std::io::Result<Vec<Vec<u8>>> {
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(std::fs::read(&path)?);
        }
    }
    Ok(found)
}

impl Target<'_> {
    /// Checks the seeds and then damaged copies of them, as long as the environment says. The check says in a few words
    /// how an input ended.
    ///
    /// # Errors
    /// A text that names all findings.
    pub fn run(self, check: impl Fn(&[u8]) -> String + Sync) -> Result<(), String> {
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(|info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let words = info.payload_as_str().unwrap_or("a panic without words");
            *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = format!("{place}: {words}");
        }));
        let result = std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().name(self.name.to_owned()).stack_size(STACK);
            let worker = builder.spawn_scoped(scope, || self.inputs(&check));
            worker.map_err(|error| error.to_string())?.join().map_err(|_| "the fuzzer itself panicked".to_owned())
        });
        std::panic::set_hook(before);
        result?
    }

    fn inputs(&self, check: &(impl Fn(&[u8]) -> String + Sync)) -> Result<(), String> {
        let variable = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
        let length = Duration::from_secs(variable("GENPHYS_FUZZ_SECONDS").unwrap_or(2));
        let seed = variable("GENPHYS_FUZZ_SEED").unwrap_or(1);
        let folder = std::env::var_os("GENPHYS_FUZZ_FOLDER").map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = folder.join(format!("genphys-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut one = One { target: self, folder, known: BTreeSet::new(), findings: Vec::new(), most: [0; 2] };
        let watch = Watch::default();
        let running = one.folder.join(format!("{}-running", self.name));
        std::thread::scope(|scope| {
            scope.spawn(|| watch.over(&running));
            let (mut random, mut pool) = (Random::new(seed), self.seeds.clone());
            let (start, mut tried) = (Instant::now(), 0u64);
            while one.findings.len() < MOST_FINDINGS {
                let at = usize::try_from(tried).unwrap_or(usize::MAX);
                let input = match self.seeds.get(at) {
                    Some(seed) => seed.clone(),
                    None if start.elapsed() >= length => break,
                    None => {
                        let chosen = random.choose(&pool).cloned().unwrap_or_default();
                        mutated(&mut random, &chosen, self.words, &pool)
                    }
                };
                let new = one.input(&input, check, &watch);
                if new && at >= self.seeds.len() && pool.len() < MOST_SEEDS {
                    pool.push(input);
                }
                tried += 1;
            }
            watch.done.store(true, Ordering::Relaxed);
            one.report(tried, start.elapsed(), seed)
        })
    }
}

/// The state of one target.
struct One<'a> {
    target: &'a Target<'a>,
    folder: PathBuf,
    /// Ways in which inputs have ended.
    known: BTreeSet<String>,
    findings: Vec<String>,
    /// Time in microseconds and memory in bytes.
    most: [u128; 2],
}

impl One<'_> {
    fn keep(&self, name: &str, input: &[u8]) -> PathBuf {
        let path = self.folder.join(format!("{}-{name}", self.target.name));
        // The message has the path, and a file that is not there is noticed.
        let _ = std::fs::write(&path, input);
        path
    }

    /// Checks one input; says whether it ended in a new way.
    fn input(&mut self, input: &[u8], check: &impl Fn(&[u8]) -> String, watch: &Watch) -> bool {
        // Left behind by a process that dies.
        self.keep("running", input);
        let (before, start) = (memory::start(), Instant::now());
        watch.begin();
        let ended = catch_unwind(AssertUnwindSafe(|| check(input)));
        watch.end();
        let (took, used) = (start.elapsed().as_micros(), memory::peak().saturating_sub(before));
        for (at, (name, amount)) in [("slowest", took), ("largest", used as u128)].into_iter().enumerate() {
            if amount > self.most[at] {
                self.most[at] = amount;
                self.keep(name, input);
            }
        }
        let ended = match ended {
            Ok(words) if used > self.target.memory => {
                self.finding(format!("{} MiB of memory", used >> 20), input);
                words
            }
            Ok(words) => words,
            Err(_) => {
                let words = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone();
                self.finding(format!("panic at {words}"), input);
                words
            }
        };
        self.known.insert(ended)
    }

    /// Notes what is wrong, once for each place.
    fn finding(&mut self, words: String, input: &[u8]) {
        let start: String = words.chars().take(80).filter(|letter| !letter.is_ascii_digit()).collect();
        if self.known.insert(format!("finding {start}")) {
            let path = self.keep(&format!("finding-{}", self.findings.len() + 1), input);
            self.findings.push(format!("{words}\n    {}", path.display()));
        }
    }

    fn report(&self, tried: u64, took: Duration, seed: u64) -> Result<(), String> {
        let [slowest, largest] = &self.most;
        let line = format!(
            "{}: {tried} inputs from seed {seed} in {} s, {} ways to end, slowest {:.3} s, largest {} MiB, {} findings; {}",
            self.target.name,
            took.as_secs(),
            self.known.len(),
            *slowest as f64 / 1e6,
            largest >> 20,
            self.findings.len(),
            self.folder.display()
        );
        // Nobody may be listening.
        let _ = writeln!(std::io::stderr(), "{line}");
        if self.findings.is_empty() { Ok(()) } else { Err(format!("{line}\n{}", self.findings.join("\n"))) }
    }
}

/// Ends the process when an input does not end.
#[derive(Default)]
struct Watch {
    /// When the running input began; `None` between inputs.
    began: Mutex<Option<Instant>>,
    done: AtomicBool,
}

impl Watch {
    fn begin(&self) {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn end(&self) {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn over(&self, input: &Path) {
        // Beats and not the clock: a process that is stopped for a while hangs no more than before.
        let (mut last, mut beats) = (None, 0);
        while !self.done.load(Ordering::Relaxed) {
            std::thread::sleep(BEAT);
            let began = *self.began.lock().unwrap_or_else(PoisonError::into_inner);
            beats = if began == last { beats + 1 } else { 0 };
            last = began;
            if began.is_some() && BEAT * beats > HANGS {
                let _ = writeln!(std::io::stderr(), "an input does not end: {}", input.display());
                std::process::abort();
            }
        }
    }
}
