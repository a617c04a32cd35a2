//! Pictures: grids of images, scatter plots, lines.

mod error;
mod grid;
mod lines;
mod save;
mod scatter;

pub use error::PictureError;
pub use grid::{ImageGrid, image_grid};
pub use lines::{LinePlot, Series};
pub use save::{save_png, write_image_grid, write_scatter};
pub use scatter::scatter;
