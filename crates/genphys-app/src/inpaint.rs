//! `inpaint`: some coordinates of held-out data are kept, the others sampled.

use std::path::PathBuf;

use clap::Args;

use super::error::AppError;
use super::options;
use super::output::Output;
use super::run_data::unseen_data;
use super::sample::SamplingArguments;
use genphys_data::DataShape;
use genphys_flow::GenerativePde;
use genphys_flow::bounds::{Need, portions};
use genphys_flow::inpainting::inpaint_from;
use genphys_nn::network::NetworkFn;
use genphys_train::denoiser_field::DenoiserField;
use genphys_train::error::RuntimeError;

#[derive(Debug, Args)]
pub(super) struct InpaintArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Other data of the same shape [default: the held-out part of the training data]
    #[arg(long)]
    pub(super) data: Option<String>,
    /// What is known: left, right, top or bottom (halves of an image), or coordinates such as 0,3-7
    #[arg(long, value_name = "WHAT")]
    known: String,
    /// Number of points
    #[arg(long, default_value_t = 16, value_parser = options::count)]
    count: usize,
    /// Times every step is taken, the process running forward again between: fits better, costs as many evaluations
    /// more
    #[arg(long, default_value_t = 1, value_parser = options::count)]
    repeats: usize,
    /// Picture (.png, every image beside what it was) or numbers in raw units (.npy)
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

pub(super) fn inpaint(
    arguments: &InpaintArguments,
    pde: &dyn GenerativePde,
    own: Option<NetworkFn>,
) -> Result<String, AppError> {
    let output = Output::open(&arguments.out)?;
    let model = arguments.sampling.load(pde, own)?;
    mask(&arguments.known, &model.config.shape)?;
    let data = unseen_data(&model, arguments.data.as_deref())?;
    let (dim, shape) = (data.dim(), &model.config.shape);
    let known = mask(&arguments.known, shape)?;
    let count = arguments.count.min(data.len());
    let beside = output.is_grid(shape);
    let shown_points = if beside { 2 * count } else { count };
    output.check(shape, shown_points)?;
    Need::of_portions("following", dim, count, 0.0).check()?;
    let field = DenoiserField::new(pde, &model.denoiser, dim);
    let config = arguments.sampling.config(count);
    let place = (&model.statistics.mean[..], &model.member.schedule);
    let mut nfe = 0;
    output.write(&model.config, shown_points, |take| {
        for numbers in portions(dim, count) {
            let points = data.points[numbers.start * dim..numbers.end * dim].iter();
            let points: Vec<f64> = points.map(|x| f64::from(*x)).collect();
            let repeats = arguments.repeats;
            let filled = inpaint_from(numbers.start, pde, &field, place, &config, repeats, (&points, &known))?;
            nfe = nfe.max(filled.nfe);
            if beside {
                let pairs = points.chunks_exact(dim).zip(filled.points.chunks_exact(dim));
                take(&pairs.flat_map(|(was, is)| [was, is].concat()).collect::<Vec<f64>>())?;
            } else {
                take(&filled.points)?;
            }
        }
        Ok(())
    })?;
    let shown = known.iter().filter(|known| **known).count();
    Ok(format!(
        "{count} points, {shown} of {dim} coordinates known, {} network evaluations each: {}\n",
        nfe,
        arguments.out.display()
    ))
}

/// Which coordinates are known.
fn mask(text: &str, shape: &DataShape) -> Result<Vec<bool>, RuntimeError> {
    let dim = shape.dim();
    let mut known = vec![false; dim];
    if let (DataShape::Image { height, width, .. }, "left" | "right" | "top" | "bottom") = (shape, text) {
        for (i, known) in known.iter_mut().enumerate() {
            let (row, column) = (i / width % height, i % width);
            *known = match text {
                "left" => column < width / 2,
                "right" => column >= width / 2,
                "top" => row < height / 2,
                _ => row >= height / 2,
            };
        }
        return Ok(known);
    }
    let problem = |part: &str| {
        RuntimeError::Setting(format!(
            "--known: `{part}` is neither a half of an image (left, right, top, bottom) nor coordinates of {dim}, such as 0,3-7"
        ))
    };
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| problem(part));
        let range = number(first)?..=number(last)?;
        known.get_mut(range).ok_or_else(|| problem(part))?.fill(true);
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_halves_or_coordinates() -> Result<(), RuntimeError> {
        let image = DataShape::Image { height: 2, width: 4, channels: 1 };
        let of = |text: &str| mask(text, &image);
        assert_eq!(of("left")?, [true, true, false, false, true, true, false, false]);
        assert_eq!(of("bottom")?, [false, false, false, false, true, true, true, true]);
        assert_eq!(of("0,3-5")?, [true, false, false, true, true, true, false, false]);
        for text in ["middle", "8", "5-3x", ""] {
            assert!(of(text).is_err_and(|error| error.to_string().contains("--known")), "{text}");
        }
        assert!(mask("left", &DataShape::Vector { dim: 2, names: None }).is_err());
        Ok(())
    }
}
