//! The engine in a process of its own: this program, executed again. Symbolica may print on stdout and may abort;
//! here neither reaches the user's results, and an abort becomes an error about one file.

mod child;
mod wire;

pub(crate) use child::serve;

use crate::outcome::Failure;
use crate::output;
use crate::settings::Settings;
use crate::source::Equation;
use genphys_pde::codes::Code;
use genphys_pde::verdict::Verdict;
use genphys_symbolic::DispersionRow;
use genphys_verify::Judged;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use wire::{Job, Reply, Task};

/// Name of the hidden subcommand that is the engine process.
pub(crate) const SUBCOMMAND: &str = "__engine";
/// How long the engine may think before a person is told that it does.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How often it is looked whether the engine is silent for too long.
const BEAT: Duration = Duration::from_millis(200);
/// How long the engine may be silent. Its own limits count work and end it in about a second; this is for a machine
/// that is stopped, and for work that was not counted.
const GUARD: Duration = Duration::from_secs(60);
/// What Symbolica says before it stops the process where this user runs it elsewhere, in a program that knows nothing
/// of our lock. Its own words, seen from outside.
const BUSY: [&str; 2] = ["Cannot start another", "Symbolica"];
/// Time until such a program is looked for again, and how long that may go on before it is told.
const AGAIN: Duration = Duration::from_millis(500);
const TELL_AFTER: Duration = Duration::from_secs(2);
/// How many of the engine's last lines an error repeats.
const LAST_WORDS: usize = 12;

/// Derives every equation in one engine process, and judges what it proposes. The answers are in the order of the
/// questions.
///
/// # Errors
/// When no engine process can be started; what goes wrong with one equation is in its answer.
pub(crate) fn derive(
    equations: &[(&Equation, &Settings)],
    repairs: bool,
) -> Result<Vec<Result<Judged, Failure>>, Failure> {
    let jobs = equations.iter().map(|(equation, settings)| job(equation, settings, Task::Derive { repairs }));
    let answers = converse(&jobs.collect::<Vec<_>>(), this_program, GUARD)?;
    let judged = equations.iter().zip(answers).map(|((equation, _), answer)| match answer? {
        Reply::Derivation(proposal) => Ok(with_better_repairs(genphys_verify::judge(&equation.pde, *proposal))),
        Reply::OutOfTime => Ok(genphys_verify::undecided(&equation.pde, genphys_verify::TIME)),
        other => Err(misunderstood(&other)),
    });
    Ok(judged.collect())
}

/// Keeps the repairs that are better than the equation; those that reach furthest come first, then the nearest.
fn with_better_repairs(judged: Judged) -> Judged {
    let reach = |verdict| match verdict {
        Verdict::SGenerative => 2,
        Verdict::Conditional => 1,
        Verdict::NotSGenerative | Verdict::Undecided => 0,
    };
    let mut repairs = judged.repairs.clone();
    repairs.retain(|repair| reach(repair.verdict) > reach(judged.verdict));
    repairs.sort_by_key(|repair| std::cmp::Reverse(reach(repair.verdict)));
    judged.with_repairs(repairs)
}

/// Derives one equation.
///
/// # Errors
/// The engine's error, or that it stopped.
pub(crate) fn derive_one(equation: &Equation, settings: &Settings) -> Result<Judged, Failure> {
    derive(&[(equation, settings)], true)?.pop().unwrap_or_else(|| Err(Failure::new("the engine gave no answer")))
}

/// The branches of the dispersion relation at each |k|.
///
/// # Errors
/// The engine's error, or that it stopped.
pub(crate) fn dispersion(equation: &Equation, settings: &Settings, k: &[f64]) -> Result<Vec<DispersionRow>, Failure> {
    let job = job(equation, settings, Task::Dispersion { k: k.iter().map(|k| k.to_bits()).collect() });
    match converse(&[job], this_program, GUARD)?.pop() {
        Some(Ok(Reply::Dispersion(rows))) => Ok(rows.iter().map(DispersionRow::from).collect()),
        Some(Ok(other)) => Err(misunderstood(&other)),
        Some(Err(failure)) => Err(failure),
        None => Err(Failure::new("the engine gave no answer")),
    }
}

fn job(equation: &Equation, settings: &Settings, task: Task) -> Job {
    Job {
        label: equation.label.clone(),
        source: equation.text.clone(),
        set: settings.written(),
        dim: settings.dim,
        task,
    }
}

fn misunderstood(reply: &Reply) -> Failure {
    Failure::new(match reply {
        Reply::Error(message) => message.clone(),
        Reply::Derivation(_) | Reply::Dispersion(_) | Reply::OutOfTime | Reply::Started | Reply::Waiting(_) => {
            "the engine answered another question".to_owned()
        }
    })
}

fn this_program() -> Result<Command, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find this program's own file to start the engine: {error}")))?;
    let mut command = Command::new(program);
    command.arg(SUBCOMMAND);
    command.env("SYMBOLICA_HIDE_BANNER", "1");
    Ok(command)
}

/// Puts the jobs to engine processes until each has an answer. A process that stops early has failed on the first
/// job without a reply; the jobs after it go to a new process. One that stops because the user runs Symbolica in
/// another program has failed on nothing: it is tried again until that program is done.
fn converse(
    jobs: &[Job],
    engine: impl Fn() -> Result<Command, Failure>,
    guard: Duration,
) -> Result<Vec<Result<Reply, Failure>>, Failure> {
    let mut answers = Vec::with_capacity(jobs.len());
    let (mut busy, mut told): (Option<Instant>, bool) = (None, false);
    while let Some(rest) = jobs.get(answers.len()..).filter(|rest| !rest.is_empty()) {
        let ended = one_process(rest, &engine, guard)?;
        let is_busy = ended.is_busy();
        answers.extend(ended.replies.into_iter().take(rest.len()).map(Ok));
        if is_busy {
            if !told && busy.get_or_insert_with(Instant::now).elapsed() >= TELL_AFTER {
                output::note(
                    "waiting for another program of this user that runs Symbolica: one at a time without a licence",
                );
                told = true;
            }
            thread::sleep(AGAIN);
            continue;
        }
        (busy, told) = (None, false);
        if let Some(job) = jobs.get(answers.len()) {
            answers.push(if ended.stopped {
                out_of_time(job)
            } else {
                Err(crash(job, ended.status, &ended.last_words))
            });
        }
    }
    Ok(answers)
}

/// How one engine process went.
struct Ended {
    replies: Vec<Reply>,
    status: ExitStatus,
    last_words: Vec<String>,
    /// Whether the guard ended it.
    stopped: bool,
}

impl Ended {
    /// Whether Symbolica ended it because this user runs it elsewhere.
    fn is_busy(&self) -> bool {
        let says = |line: &String| BUSY.iter().all(|part| line.contains(part));
        !self.stopped && !self.status.success() && self.last_words.iter().any(says)
    }
}

fn one_process(jobs: &[Job], engine: impl Fn() -> Result<Command, Failure>, guard: Duration) -> Result<Ended, Failure> {
    let cannot = |what: &str, error: &dyn std::fmt::Display| Failure::new(format!("cannot {what}: {error}"));
    let mut child = engine()?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot("start the engine process", &error))?;
    let request = serde_json::to_string(jobs).map_err(|error| cannot("put the question to the engine", &error))?;
    // The pipe stays open until the child is gone: its end tells the child that nobody waits for it any more.
    let mut question = child.stdin.take();
    if let Some(pipe) = &mut question {
        // A child that is gone already closes the pipe; its exit status says more than the write error.
        drop(writeln!(pipe, "{request}"));
    }
    let heard = listen(&mut child, jobs, guard);
    drop(question);
    let status = child.wait().map_err(|error| cannot("wait for the engine process", &error))?;
    Ok(Ended { replies: heard.replies, status, last_words: heard.last_words, stopped: heard.stopped })
}

/// What came from an engine process.
#[derive(Default)]
struct Heard {
    replies: Vec<Reply>,
    last_words: Vec<String>,
    /// Whether it was ended for its silence.
    stopped: bool,
}

/// Listens until the child has closed its output, and tells a person at a terminal when that takes long, and anybody
/// when it waits for another process. A child that has answered nothing for longer than `guard` although it has the
/// engine is ended.
fn listen(child: &mut Child, jobs: &[Job], guard: Duration) -> Heard {
    let (sender, replies) = mpsc::channel::<Reply>();
    let stdout = child.stdout.take().map(|pipe| collect(pipe, sender.clone()));
    let stderr = child.stderr.take().map(|pipe| collect(pipe, sender));
    let mut heard = Heard::default();
    let begun = Instant::now();
    // Since when it has been silent, once it has the engine.
    let mut since: Option<Instant> = None;
    let mut spinner: Option<indicatif::ProgressBar> = None;
    loop {
        match replies.recv_timeout(BEAT) {
            Ok(Reply::Waiting(whom)) => match &spinner {
                Some(spinner) => spinner.suspend(|| output::note(&whom)),
                None => output::note(&whom),
            },
            Ok(Reply::Started) => since = Some(Instant::now()),
            Ok(reply) => {
                heard.replies.push(reply);
                since = Some(Instant::now());
            }
            Err(RecvTimeoutError::Timeout) => {}
            // Both readers are done.
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if since.is_some_and(|since| since.elapsed() > guard) {
            heard.stopped = true;
            // It may be gone already.
            drop(child.kill());
            break;
        }
        if spinner.is_none() && begun.elapsed() > PATIENCE && output::stderr_is_terminal() {
            spinner = Some(self::spinner(jobs));
        }
    }
    if let Some(spinner) = spinner {
        spinner.finish_and_clear();
    }
    heard.last_words =
        [stdout, stderr].into_iter().flatten().flat_map(|reader| reader.join().unwrap_or_default()).collect();
    // What came between the last look and the end.
    heard.replies.extend(replies.try_iter().filter(|reply| !matches!(reply, Reply::Started | Reply::Waiting(_))));
    heard
}

fn spinner(jobs: &[Job]) -> indicatif::ProgressBar {
    let spinner = indicatif::ProgressBar::new_spinner();
    let what = match jobs {
        [job] => job.label.clone(),
        jobs => format!("{} equations", jobs.len()),
    };
    spinner.set_message(format!("deriving {what}"));
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

/// Reads a stream to its end on a thread: replies are handed on, of everything else the last lines are kept.
fn collect(stream: impl Read + Send + 'static, replies: mpsc::Sender<Reply>) -> JoinHandle<Vec<String>> {
    thread::spawn(move || {
        let mut last = VecDeque::new();
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            match wire::read(&text) {
                // The one who listens is gone only with this process.
                Some(reply) => drop(replies.send(reply)),
                None if !text.is_empty() => last.push_back(text),
                None => {}
            }
            if last.len() > LAST_WORDS {
                last.pop_front();
            }
        }
        drop(replies);
        last.into()
    })
}

/// The answer to a job that the guard ended: nothing is known.
fn out_of_time(job: &Job) -> Result<Reply, Failure> {
    match job.task {
        Task::Derive { .. } => Ok(Reply::OutOfTime),
        Task::Dispersion { .. } => {
            let message = format!("{}: the engine was ended after {} s without an answer", job.label, GUARD.as_secs());
            Err(Failure::new(message).code(Code::EngineUnavailable))
        }
    }
}

fn crash(job: &Job, status: ExitStatus, last_words: &[String]) -> Failure {
    let mut message = format!("{}: the engine process stopped without an answer ({status})", job.label);
    for line in last_words {
        message.push_str("\n  | ");
        message.push_str(line);
    }
    Failure::new(message).code(Code::EngineUnavailable)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::wire::{Job, Reply, Task, written};
    use super::{GUARD, converse, one_process};
    use std::collections::BTreeMap;
    use std::process::Command;

    fn job(label: &str) -> Job {
        Job {
            label: label.to_owned(),
            source: String::new(),
            set: BTreeMap::new(),
            dim: None,
            task: Task::Derive { repairs: false },
        }
    }

    /// A script in place of the engine. Its first argument is a reply, its second that the engine is there.
    fn shell(script: &str) -> Command {
        let reply = written(&Reply::Error("said".into())).unwrap();
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg("sh").arg(reply.trim_end()).arg(written(&Reply::Started).unwrap().trim_end());
        command
    }

    #[test]
    fn an_abort_becomes_an_error_with_the_last_words() {
        let engine = || Ok(shell("echo 'a box' ; echo trouble >&2 ; kill -ABRT $$"));
        let answers = converse(&[job("heat")], engine, GUARD).unwrap();
        let message = answers[0].as_ref().unwrap_err().to_string();
        for part in ["heat", "SIGABRT", "a box", "trouble"] {
            assert!(message.contains(part), "{part} is not in {message}");
        }
    }

    #[test]
    fn the_files_around_a_crash_keep_their_answers() {
        // Answers one job behind something else on the line, then dies within the next reply; so of three jobs the
        // first and (in the second process) the third are answered.
        let script = r#"read -r jobs; echo "a banner$1"; printf '%.20s' "$1"; exit 3"#;
        let answers = converse(&[job("a"), job("b"), job("c")], || Ok(shell(script)), GUARD).unwrap();
        assert!(matches!(&answers[0], Ok(Reply::Error(text)) if text == "said"));
        assert!(answers[1].as_ref().is_err_and(|failure| failure.message.starts_with("b: ")));
        assert!(matches!(&answers[2], Ok(Reply::Error(_))));
    }

    /// One that has taken the engine and answers nothing more is ended; the job after it is put to another process.
    #[test]
    fn an_engine_that_hangs_is_ended_and_its_job_is_out_of_time() {
        let script = r#"read -r jobs; echo "$2"
            case $jobs in '[{"label":"b"'*) echo "$1"; exit 0;; esac; exec sleep 600"#;
        let guard = std::time::Duration::from_millis(500);
        let answers = converse(&[job("a"), job("b")], || Ok(shell(script)), guard).unwrap();
        assert!(matches!(&answers[0], Ok(Reply::OutOfTime)), "{:?}", answers[0].as_ref().err());
        assert!(matches!(&answers[1], Ok(Reply::Error(text)) if text == "said"));
    }

    #[test]
    fn the_question_is_one_line_and_the_pipe_stays_open() {
        // `read` sees the line; a second read would see the end of the pipe only after the child closed its output.
        let script = r#"read -r jobs; case $jobs in *'"label":"a"'*) echo "$1";; esac"#;
        let ended = one_process(&[job("a")], || Ok(shell(script)), GUARD).unwrap();
        assert!(ended.status.success());
        assert_eq!(ended.replies.len(), 1);
    }

    /// Symbolica in another program of the user: tried again until that is gone, and never an error.
    #[test]
    fn a_busy_symbolica_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let script = r#"read -r jobs; echo "$2"
            if mkdir "$3" 2>/dev/null; then
                echo "| Cannot start another restricted Symbolica thread while this allowance is in use. |"; kill -ABRT $$
            fi; echo "$1""#;
        let engine = || {
            let mut command = shell(script);
            command.arg(folder.path().join("been-here"));
            Ok(command)
        };
        let answers = converse(&[job("a")], engine, GUARD).unwrap();
        assert!(matches!(&answers[0], Ok(Reply::Error(text)) if text == "said"), "{:?}", answers[0].as_ref().err());
    }
}
