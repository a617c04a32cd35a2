//! Whether a result has room on its disk.

use std::path::Path;

use genphys_flow::bounds::{COMFORTABLE, round_down, size};
use genphys_train::error::{Result, RuntimeError};

/// Checks that a result of `count` parts, of so many bytes each, has room on its disk.
///
/// # Errors
/// When it has not, with how many would.
pub(super) fn check_disk(path: &Path, what: &str, each: f64, count: usize, option: &str) -> Result<()> {
    genphys_files::free_space(path).map_or(Ok(()), |free| check_disk_of(free as f64, path, what, each, count, option))
}

fn check_disk_of(free: f64, path: &Path, what: &str, each: f64, count: usize, option: &str) -> Result<()> {
    let needed = each * count as f64;
    if needed <= free {
        return Ok(());
    }
    let (needed, fits, free) = (size(needed), round_down(COMFORTABLE * free / each), size(free));
    let place = path.display();
    let message = format!(
        "{place}: {count} {what} take about {needed} on the disk; {free} are free; `{option} {fits}` would fit"
    );
    Err(RuntimeError::Setting(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_room_on_the_disk() {
        let check = |count| check_disk_of(23e9, Path::new("a.npy"), "points", 4e3, count, "--count");
        assert!(check(1_000_000).is_ok());
        let message = check(10_000_000).unwrap_err().to_string();
        assert!(message.contains("about 40 GB on the disk; 23 GB are free; `--count 4600000` would fit"), "{message}");
        assert!(check(4_600_000).is_ok());
    }
}
