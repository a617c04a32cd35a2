//! Progress on standard error: a bar on a terminal, a line every few seconds elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Time between two lines when there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// Time between two changes of the bar on a terminal.
const BAR_EVERY: Duration = Duration::from_millis(100);

/// Reports how far a training is.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    last: Option<Instant>,
}

impl Progress {
    /// Starts reporting.
    pub(super) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(1000);
            if let Ok(style) = ProgressStyle::with_template("{bar:32} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, last: None }
    }

    /// A line that always appears.
    pub(super) fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => line(text),
        }
    }

    /// Whether the present state would be shown.
    pub(super) fn is_due(&self) -> bool {
        let every = if self.bar.is_some() { BAR_EVERY } else { LINE_EVERY };
        self.last.is_none_or(|last| last.elapsed() >= every)
    }

    /// The present state: the fraction done and a text, which is made only when it is shown.
    pub(super) fn at(&mut self, fraction: f64, text: impl FnOnce() -> String) {
        if !self.is_due() {
            return;
        }
        self.last = Some(Instant::now());
        match &self.bar {
            Some(bar) => {
                bar.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64);
                bar.set_message(text());
            }
            None => line(&text()),
        }
    }

    /// Removes the bar.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A line on standard error. A courtesy: that it is closed must not stop a training.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
