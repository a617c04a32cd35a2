//! `genphys dispersion`: ω(k) on every branch, as numbers or as a picture.

use crate::engine;
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::plot::{self, Picture};
use crate::settings::SettingArgs;
use crate::source::{Equation, FILE_HELP};
use clap::{Args, ValueEnum};
use genphys_pde::codes::Code;
use genphys_symbolic::DispersionRow;
use std::path::PathBuf;

/// Compute omega(k) on every branch of the dispersion relation
///
/// Parameters take their --set or default values. The csv has the columns k,branch,re_omega,im_omega,selected;
/// `selected` says whether the branch counts for the verdict. Exit status: 0 done; 2 bad input.
#[derive(Args, Debug)]
pub(crate) struct DispersionArgs {
    #[arg(value_name = "FILE", help = FILE_HELP)]
    file: String,
    /// Values of |k|: FROM:TO:COUNT with both ends, or a list such as 0,0.5,2
    #[arg(long, value_name = "K", default_value = "0:10:101", value_parser = wave_numbers)]
    #[arg(allow_hyphen_values = true)]
    k: WaveNumbers,
    /// How to print the numbers (the default without --plot)
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Draw Im omega and Re omega over |k| into this file, .png or .svg
    #[arg(long, value_name = "PICTURE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// How to print the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Comma-separated values
    Csv,
}

/// The values of |k|, not negative and finite.
#[derive(Clone, Debug, PartialEq)]
struct WaveNumbers(Vec<f64>);

/// Runs the command.
///
/// # Errors
/// When a setting does not fit, the engine fails, or the picture cannot be written.
pub(crate) fn dispersion(args: &DispersionArgs) -> CommandResult {
    // That the picture cannot be written is told before the work, not after it.
    let picture = args.plot.as_deref().map(Picture::from_path).transpose()?;
    let Some(equation) = Equation::load_or_print(&args.file) else { return Ok(Outcome::BadInput) };
    if let (Some(picture), Some(file)) = (&picture, &equation.path)
        && genphys_files::same_file(picture.path(), file)
    {
        let message = format!("--plot {}: this is the equation, and would be lost", picture.path().display());
        return Err(Failure::new(message).help("give another name"));
    }
    let settings = args.settings.apply_one(&equation.pde)?;
    let mut rows = engine::dispersion(&equation, &settings, &args.k.0)?;
    let mut wrong: Vec<f64> =
        rows.iter().filter(|row| !(row.re_omega.is_finite() && row.im_omega.is_finite())).map(|row| row.k).collect();
    wrong.dedup();
    rows.retain(|row| !wrong.contains(&row.k));
    if let Some(first) = wrong.first() {
        let others = match wrong.len() - 1 {
            0 => String::new(),
            more => format!(" and at {more} more"),
        };
        let message =
            format!("omega at k = {}{others} is beyond the range of numbers, or is none there", decimal(*first));
        if rows.is_empty() {
            return Err(Failure::new(message).code(Code::ValueOutsideDomain).help("give other values of |k| with --k"));
        }
        output::warning(&format!("{message}: left out"));
    }
    if let Some(picture) = &picture {
        let title = plot::Title { name: equation.pde.name.clone(), equation: equation.pde.equation.clone() };
        plot::dispersion(picture, &title, &rows)?;
        if args.format.is_none() {
            output::result(&format!("{}\n", picture.path().display()))?;
        }
    }
    if picture.is_none() || args.format.is_some() {
        output::result(&csv(&rows))?;
    }
    Ok(Outcome::Yes)
}

fn csv(rows: &[DispersionRow]) -> String {
    let mut text = String::from("k,branch,re_omega,im_omega,selected\n");
    for row in rows {
        text.push_str(&format!(
            "{},{},{},{},{}\n",
            decimal(row.k),
            row.branch,
            decimal(row.re_omega),
            decimal(row.im_omega),
            row.selected
        ));
    }
    text
}

/// The shortest text that reads back as the same number, without long rows of zeros.
fn decimal(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if (1e-5..1e16).contains(&size) || !size.is_finite() {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

fn wave_numbers(text: &str) -> Result<WaveNumbers, String> {
    const MOST: usize = 1_000_000;
    let number = |text: &str| match text.trim().parse::<f64>() {
        Ok(k) if k.is_finite() && k >= 0.0 => Ok(k),
        Ok(_) => Err(format!("`{text}`: |k| must be finite and not negative")),
        Err(_) => Err(format!("`{text}` is not a number; expected FROM:TO:COUNT or a list such as 0,0.5,2")),
    };
    let parts: Vec<&str> = text.split(':').collect();
    let [from, to, count] = parts.as_slice() else {
        return if parts.len() == 1 {
            text.split(',').map(number).collect::<Result<_, _>>().map(WaveNumbers)
        } else {
            Err("expected FROM:TO:COUNT, such as 0:10:101".to_owned())
        };
    };
    let (from, to) = (number(from)?, number(to)?);
    match count.trim().parse::<usize>() {
        Ok(1) => Ok(WaveNumbers(vec![from])),
        Ok(count @ 2..=MOST) => {
            let last = (count - 1) as f64;
            // A mean of the two ends reaches both exactly.
            let at = |i: usize| (from * (last - i as f64) + to * i as f64) / last;
            Ok(WaveNumbers((0..count).map(at).collect()))
        }
        _ => Err(format!("COUNT must be a whole number from 1 to {MOST}, found `{count}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::{decimal, wave_numbers};

    #[test]
    fn a_grid_has_both_ends_and_its_count() {
        let grid = wave_numbers("0:10:101").unwrap().0;
        assert_eq!((grid.len(), grid[0], grid[100]), (101, 0.0, 10.0));
        assert!((grid[3] - 0.3).abs() < 1e-15);
        assert_eq!(wave_numbers("0.5, 2").unwrap().0, [0.5, 2.0]);
        assert_eq!(wave_numbers("3:4:1").unwrap().0, [3.0]);
        for wrong in ["", "0:1", "0:1:0", "0:1:x", "-1:1:3", "0:inf:3", "a", "1:2:3:4", "0:1:2000000"] {
            assert!(wave_numbers(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn decimals_read_back() {
        for value in [0.1, -2.5e-9, 1e300, 3.0, f64::MAX, 1.0 / 3.0] {
            assert_eq!(decimal(value).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        assert_eq!(decimal(1e300), "1e300");
        assert_eq!(decimal(-0.0), "0");
    }
}
