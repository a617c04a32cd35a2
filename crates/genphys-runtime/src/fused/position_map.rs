//! Linear maps over the positions of images: pooling and enlarging.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Device, Error, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::convolution::Grid;
use super::{matrix, values};

/// A sparse matrix that is applied to every image and every channel.
#[derive(Clone, Debug)]
pub struct PositionMap {
    forward: Arc<Sparse>,
    transposed: Arc<Sparse>,
}

/// Rows of (input position, weight).
#[derive(Debug)]
struct Sparse {
    inputs: usize,
    rows: Vec<Vec<(usize, f32)>>,
}

impl PositionMap {
    /// Means over two by two pixels, those beyond the edge left out, from `grid` to half of it (rounded up).
    pub fn halve(grid: Grid) -> (Self, Grid) {
        let half = Grid { height: grid.height.div_ceil(2), width: grid.width.div_ceil(2) };
        let mut rows = Vec::with_capacity(half.positions());
        for row in 0..half.height {
            for column in 0..half.width {
                let (bottom, right) = ((2 * row + 2).min(grid.height), (2 * column + 2).min(grid.width));
                let pixels = (2 * row..bottom).flat_map(|y| (2 * column..right).map(move |x| y * grid.width + x));
                let pixels: Vec<usize> = pixels.collect();
                let weight = 1.0 / pixels.len() as f32;
                rows.push(pixels.into_iter().map(|pixel| (pixel, weight)).collect());
            }
        }
        (Self::new(grid.positions(), rows), half)
    }

    /// Every pixel twice in each direction, cut to `grid`, from half of it (rounded up).
    pub fn double(grid: Grid) -> Self {
        let half = Grid { height: grid.height.div_ceil(2), width: grid.width.div_ceil(2) };
        let nearest = |position: usize| position / grid.width / 2 * half.width + position % grid.width / 2;
        Self::new(half.positions(), (0..grid.positions()).map(|position| vec![(nearest(position), 1.0)]).collect())
    }

    fn new(inputs: usize, rows: Vec<Vec<(usize, f32)>>) -> Self {
        let mut transposed = vec![Vec::new(); inputs];
        for (output, row) in rows.iter().enumerate() {
            for (input, weight) in row {
                transposed[*input].push((output, *weight));
            }
        }
        let outputs = rows.len();
        Self {
            forward: Arc::new(Sparse { inputs, rows }),
            transposed: Arc::new(Sparse { inputs: outputs, rows: transposed }),
        }
    }

    /// Applies the map: `(batch * inputs, channels)` to `(batch * outputs, channels)`. Differentiable.
    ///
    /// # Errors
    /// When the shape does not fit, or a device operation fails.
    pub fn apply(&self, x: &Tensor) -> Result<Tensor> {
        if x.device().is_cpu() {
            return x.contiguous()?.apply_op1(self.clone());
        }
        self.dense(x)
    }

    /// As a matrix product.
    fn dense(&self, x: &Tensor) -> Result<Tensor> {
        let (inputs, outputs) = (self.forward.inputs, self.forward.rows.len());
        let (rows, channels) = x.dims2()?;
        let mut weights = vec![0f32; inputs * outputs];
        for (output, row) in self.forward.rows.iter().enumerate() {
            for (input, weight) in row {
                weights[output * inputs + input] = *weight;
            }
        }
        let matrix = Tensor::from_vec(weights, (outputs, inputs), &Device::Cpu)?.to_device(x.device())?;
        let images = x.reshape((rows / inputs, inputs, channels))?;
        matrix.broadcast_matmul(&images)?.reshape((rows / inputs * outputs, channels))
    }
}

impl CustomOp1 for PositionMap {
    fn name(&self) -> &'static str {
        "position-map"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, channels) = matrix(self.name(), layout)?;
        let (inputs, outputs) = (self.forward.inputs, self.forward.rows.len());
        if inputs == 0 || rows % inputs != 0 || channels == 0 {
            return Err(Error::Msg(format!("position-map: {rows} rows of {channels} for {inputs} positions")));
        }
        let x = values(self.name(), storage, layout)?;
        let mut out = vec![0f32; rows / inputs * outputs * channels];
        out.par_chunks_mut(outputs * channels).zip(x.par_chunks(inputs * channels)).for_each(|(out, x)| {
            for (out, row) in out.chunks_exact_mut(channels).zip(&self.forward.rows) {
                for (input, weight) in row {
                    for (out, x) in out.iter_mut().zip(&x[input * channels..(input + 1) * channels]) {
                        *out += weight * x;
                    }
                }
            }
        });
        Ok((CpuStorage::F32(out), Shape::from((rows / inputs * outputs, channels))))
    }

    fn bwd(&self, _arg: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let back = Self { forward: self.transposed.clone(), transposed: self.forward.clone() };
        Ok(Some(grad.contiguous()?.apply_op1_no_bwd(&back)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::test_support::{difference, gradients_agree, gradients_are_differences, wave};
    use candle_core::Var;

    #[test]
    fn means_and_copies_of_odd_sizes() -> Result<()> {
        let grid = Grid { height: 3, width: 2 };
        let (halve, half) = PositionMap::halve(grid);
        assert_eq!(half, Grid { height: 2, width: 1 });
        let x = Tensor::new(&[[1f32], [2.0], [3.0], [4.0], [5.0], [6.0]], &Device::Cpu)?;
        assert_eq!(halve.apply(&x)?.flatten_all()?.to_vec1::<f32>()?, [2.5, 5.5]);
        let doubled = PositionMap::double(grid).apply(&halve.apply(&x)?)?;
        assert_eq!(doubled.flatten_all()?.to_vec1::<f32>()?, [2.5, 2.5, 2.5, 2.5, 5.5, 5.5]);
        Ok(())
    }

    #[test]
    fn agrees_with_the_dense_matrix() -> Result<()> {
        let grid = Grid { height: 5, width: 4 };
        let x = Var::from_tensor(&wave(1.3, (2 * 20, 3))?)?;
        let (halve, half) = PositionMap::halve(grid);
        gradients_agree(&halve.apply(&x)?, &halve.dense(&x)?, &[&x], 1e-6)?;
        gradients_are_differences(|| halve.apply(&x), &[&x], 1e-3)?;
        let small = Var::from_tensor(&wave(0.9, (2 * half.positions(), 3))?)?;
        let double = PositionMap::double(grid);
        gradients_agree(&double.apply(&small)?, &double.dense(&small)?, &[&small], 1e-6)?;
        // Half of what was doubled is what it was.
        assert!(difference(&halve.apply(&double.apply(&small)?)?, &small)? < 1e-6);
        Ok(())
    }
}
