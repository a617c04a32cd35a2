//! Pictures of samples: grids of images and scatter plots.

mod error;
mod grid;
mod save;
mod scatter;

pub use error::PictureError;
pub use grid::image_grid;
pub use save::{save_png, write_image_grid, write_scatter};
pub use scatter::scatter;
