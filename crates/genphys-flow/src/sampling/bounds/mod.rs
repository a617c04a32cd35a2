//! What is asked for is estimated before it is begun: memory that is needed, and memory that is there.

mod free;

pub use free::memory as free_memory;

use std::ops::Range;

use crate::error::{Advice, FlowError, Result, Setting};

/// Share of the free memory that is taken for granted.
pub const USABLE: f64 = 0.95;
/// Share that a proposal fills.
pub const COMFORTABLE: f64 = 0.8;
/// Values of a sampler's state that one particle takes per coordinate, of all solvers at most: positions, stages, what
/// the field says of them, and what becomes of births and deaths.
const PATH_VALUES: f64 = 16.0;
/// Values of a portion of points that follow the flow at a time.
const PORTION: usize = 1 << 23;

/// The numbers of `count` points of dimension `dim`, in portions that follow the flow one after the other. Their size
/// does not depend on the machine: an adaptive solver chooses its steps for all points of a portion.
pub fn portions(dim: usize, count: usize) -> impl Iterator<Item = Range<usize>> {
    let size = portion(dim);
    (0..count).step_by(size).map(move |first| first..first.saturating_add(size).min(count))
}

fn portion(dim: usize) -> usize {
    (PORTION / dim.max(1)).max(1)
}

/// Something of which so many are asked for.
#[derive(Clone, Debug)]
pub struct Need {
    /// What it is, such as "drawing 1000 samples of dimension 64".
    pub what: String,
    /// Bytes whatever the number.
    pub fixed: f64,
    /// Bytes for each.
    pub each: f64,
    /// How many.
    pub count: usize,
    /// The setting that says how many.
    pub setting: Setting,
}

impl Need {
    /// For `count` particles of dimension `dim` that follow the flow at a time.
    pub fn of_paths(what: &str, dim: usize, count: usize, particles_each: f64) -> Self {
        let each = 8.0 * PATH_VALUES * dim as f64 * particles_each;
        Self {
            what: format!("{what} {count} points of dimension {dim}"),
            fixed: 0.0,
            each,
            count,
            setting: Setting::Count,
        }
    }

    /// The same for one portion of them at a time, and `kept` bytes of each.
    pub fn of_portions(what: &str, dim: usize, count: usize, kept: f64) -> Self {
        let of_paths = Self::of_paths(what, dim, count, 1.0);
        Self { fixed: of_paths.each * count.min(portion(dim)) as f64, each: kept, ..of_paths }
    }

    /// # Errors
    /// When there is not as much memory, with how many would fit.
    pub fn check(&self) -> Result<()> {
        free::memory().map_or(Ok(()), |free| self.check_in(free as f64))
    }

    fn check_in(&self, free: f64) -> Result<()> {
        let needed = self.fixed + self.each * self.count as f64;
        if needed <= USABLE * free {
            return Ok(());
        }
        let fits = round_down((COMFORTABLE * free - self.fixed) / self.each.max(f64::MIN_POSITIVE));
        Err(if fits >= 1.0 {
            too_large(&self.what, needed, free, &format!("{fits} would fit")).about([Advice::value(self.setting, fits)])
        } else {
            too_large(&self.what, needed, free, "not even one fits")
        })
    }
}

/// The error that says how much is needed and how much is there.
pub fn too_large(what: &str, needed: f64, free: f64, advice: &str) -> FlowError {
    FlowError::Setting(format!("{what} needs about {} of memory; {} are free; {advice}", size(needed), size(free)))
}

/// A number of bytes with two digits or more.
pub fn size(bytes: f64) -> String {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6)];
    let (name, unit) = units.into_iter().find(|(_, unit)| bytes >= *unit).unwrap_or(("MB", 1e6));
    let value = bytes / unit;
    if value >= 1e6 {
        format!("{value:.0e} {name}")
    } else if value >= 10.0 {
        format!("{value:.0} {name}")
    } else {
        format!("{value:.1} {name}")
    }
}

/// Two digits and zeros.
pub fn round_down(value: f64) -> f64 {
    if value < 1.0 {
        return 0.0;
    }
    let unit = 10f64.powf((value.log10().floor() - 1.0).max(0.0));
    (value / unit).floor() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told_with_what_would() {
        let need = Need { what: "it".into(), fixed: 1e9, each: 1e6, count: 40_000, setting: Setting::Count };
        assert!(need.check_in(50e9).is_ok());
        let error = need.check_in(23e9).unwrap_err();
        assert_eq!(error.to_string(), "it needs about 41 GB of memory; 23 GB are free; 17000 would fit");
        let wanted = [Advice::value(Setting::Count, 17_000)];
        assert!(matches!(error, FlowError::Advised { advice, .. } if advice == wanted));
        let message = need.check_in(0.5e9).unwrap_err().to_string();
        assert!(message.contains("500 MB are free") && message.contains("not even one"), "{message}");
        // What is proposed is accepted.
        assert!(Need { count: 17_000, ..need.clone() }.check_in(23e9).is_ok());
        assert!(Need { count: usize::MAX, ..need }.check_in(23e9).unwrap_err().to_string().contains("TB"));
    }

    #[test]
    fn portions_are_all_numbers_in_order() {
        for (dim, count) in [(1, 3), (3072, 10_000), (1 << 22, 5), (usize::MAX, 2), (0, 1), (7, 0)] {
            let all: Vec<usize> =
                portions(dim, count).inspect(|numbers| assert!(!numbers.is_empty())).flatten().collect();
            assert_eq!(all, (0..count).collect::<Vec<_>>(), "{dim}");
            assert!(portions(dim, count).all(|numbers| numbers.len() == 1 || numbers.len() * dim <= PORTION));
        }
        // However many there are, one portion is in the memory, and what is kept of each point.
        let need = Need::of_portions("following", 2, 1 << 40, 0.0);
        assert!(need.check_in(2e9).is_ok() && need.check_in(1e8).is_err());
        assert!(Need { each: 8.0, ..need }.check_in(2e9).is_err());
    }

    #[test]
    fn numbers_are_rounded_down() {
        assert_eq!([0.5, 7.9, 99.0, 17_532.0].map(round_down), [0.0, 7.0, 99.0, 17_000.0]);
        assert_eq!([2.5e6, 41.3e9, 9.6e9].map(size), ["2.5 MB", "41 GB", "9.6 GB"]);
    }
}
