//! Linear maps over the positions of images: pooling and enlarging.

use std::sync::{Arc, OnceLock};

use candle_core::{Device, Result, Tensor};

use super::on_gpu::{BackOnGpu, OnGpu, flag, floats, ints, lists};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Grid, Layer, LayersBuilder};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, Pointer, Value, count};
use genphys_numeric::vectorised;

/// A sparse matrix that is applied to the positions of every image and every channel.
#[derive(Clone, Debug)]
pub struct PositionMap {
    inputs: usize,
    /// For every output its inputs and their weights.
    rows: Arc<Vec<Vec<(usize, f32)>>>,
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
        (Self { inputs: grid.positions(), rows: Arc::new(rows) }, half)
    }

    /// Every pixel twice in each direction, cut to `grid`, from half of it (rounded up).
    pub fn double(grid: Grid) -> Self {
        let half = Grid { height: grid.height.div_ceil(2), width: grid.width.div_ceil(2) };
        let nearest = |position: usize| position / grid.width / 2 * half.width + position % grid.width / 2;
        let rows = (0..grid.positions()).map(|position| vec![(nearest(position), 1.0)]).collect();
        Self { inputs: half.positions(), rows: Arc::new(rows) }
    }

    /// As a matrix, `(outputs, inputs)`.
    fn dense(&self, device: &Device) -> Result<Tensor> {
        let mut weights = vec![0f32; self.inputs * self.rows.len()];
        for (output, row) in self.rows.iter().enumerate() {
            for (input, weight) in row {
                weights[output * self.inputs + input] = *weight;
            }
        }
        Tensor::from_vec(weights, (self.rows.len(), self.inputs), device)
    }
}

impl LayersBuilder {
    /// Applies a map to the positions.
    pub fn resample(&mut self, from: Activation, map: &PositionMap) -> Activation {
        let Size { positions, width } = self.size(from);
        self.expect(positions == map.inputs, "a map is for other images");
        let size = Size { positions: map.rows.len(), width };
        self.add(Resample { from: from.0, map: map.clone(), matrix: OnceLock::new() }, size, false)
    }
}

#[derive(Debug)]
struct Resample {
    from: usize,
    map: PositionMap,
    matrix: OnceLock<Tensor>,
}

impl Layer for Resample {
    fn sources(&self) -> Vec<usize> {
        vec![self.from]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        let (x, size) = (given.values(self.from), given.size(self.from));
        let width = size.width;
        out.resize(x.len() / size.positions * self.map.rows.len(), 0.0);
        vectorised(
            #[inline(always)]
            || {
                let images = out.chunks_exact_mut(self.map.rows.len() * width).zip(x.chunks_exact(size.values()));
                for (out, x) in images {
                    for (out, row) in out.chunks_exact_mut(width).zip(&*self.map.rows) {
                        out.fill(0.0);
                        for (input, weight) in row {
                            let x = &x[input * width..][..width];
                            out.iter_mut().zip(x).for_each(|(out, x)| *out += weight * x);
                        }
                    }
                }
            },
        );
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let size = given.size(self.from);
        let width = size.width;
        if back.wants(self.from) {
            let sum = back.sum(self.from);
            vectorised(
                #[inline(always)]
                || {
                    let images = sum.chunks_exact_mut(size.values());
                    for (sum, gradient) in images.zip(gradient.chunks_exact(self.map.rows.len() * width)) {
                        for (gradient, row) in gradient.chunks_exact(width).zip(&*self.map.rows) {
                            for (input, weight) in row {
                                let sum = &mut sum[input * width..][..width];
                                sum.iter_mut().zip(gradient).for_each(|(sum, gradient)| *sum += weight * gradient);
                            }
                        }
                    }
                },
            );
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let Size { positions, width } = given.size(self.from);
        let values = given.examples * self.map.rows.len() * width;
        let out = given.room(values)?;
        let tables = given.constants(0, || tables(&self.map.rows))?;
        let sizes = [positions, self.map.rows.len(), width];
        given.each(values, kernel(given, given.values(self.from)?, out.pointer(), tables, sizes, false)?)?;
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        if !back.wants(self.from) {
            return Ok(());
        }
        let Size { positions, width } = given.size(self.from);
        let tables = given.constants(3, || {
            let mut transposed = vec![Vec::new(); positions];
            for (output, row) in self.map.rows.iter().enumerate() {
                row.iter().for_each(|(input, weight)| transposed[*input].push((output, *weight)));
            }
            tables(&transposed)
        })?;
        let (sum, begun) = back.begun(given, self.from)?;
        let sizes = [self.map.rows.len(), positions, width];
        given.each(given.count(self.from), kernel(given, gradient.pointer(), sum, tables, sizes, begun)?)
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let matrix = given.constant(&self.matrix, |device| self.map.dense(device))?;
        let out = matrix.broadcast_matmul(&given.images(self.from)?)?;
        out.reshape((given.batch * self.map.rows.len(), given.size(self.from).width))
    }
}

/// A sparse matrix as kernels read it: where each row begins, the inputs, and their weights.
fn tables(rows: &[Vec<(usize, f32)>]) -> [Vec<u8>; 3] {
    let (starts, inputs) = lists(rows.iter().map(|row| row.iter().map(|(input, _)| *input).collect()));
    let weights: Vec<f32> = rows.iter().flatten().map(|(_, weight)| *weight).collect();
    [ints(&starts), ints(&inputs), floats(&weights)]
}

/// A map's tables, between images of so many positions: before, after, and the columns of both.
fn kernel(
    given: &OnGpu<'_>,
    x: Pointer<Value>,
    out: Pointer<Value>,
    [starts, inputs, weights]: [u64; 3],
    [before, after, width]: [usize; 3],
    add: bool,
) -> Result<kernels::Resample> {
    Ok(kernels::Resample {
        x,
        out,
        starts: Pointer::new(starts),
        inputs: Pointer::new(inputs),
        weights: Pointer::new(weights),
        x_positions: count(before)?,
        positions: count(after)?,
        width: count(width)?,
        examples: count(given.examples)?,
        add: flag(add),
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{agrees, output};
    use super::*;
    use crate::error::Result;
    use crate::network::layers::Modulation;

    #[test]
    fn agrees_with_the_dense_matrix() -> Result<()> {
        let grid = Grid { height: 5, width: 4 };
        let network = |network: &mut LayersBuilder| {
            let x = network.input(60);
            let image = network.rearrange(x, 3, (0..60).collect());
            let learned = network.learned("learned", 3);
            let image =
                network.norm(image, Modulation { scale: learned.from_column(0), shift: learned.from_column(0) });
            let half = network.resample(image, &PositionMap::halve(grid).0);
            let whole = network.resample(half, &PositionMap::double(grid));
            output(network, half);
            output(network, whole);
        };
        agrees(network, &[1, 9], 1e-5)
    }

    #[test]
    fn means_and_copies_of_odd_sizes() -> Result<()> {
        let grid = Grid { height: 3, width: 2 };
        let (halve, half) = PositionMap::halve(grid);
        assert_eq!(half, Grid { height: 2, width: 1 });
        let x = Tensor::new(&[[1f32], [2.0], [3.0], [4.0], [5.0], [6.0]], &Device::Cpu)?;
        let mean = halve.dense(&Device::Cpu)?.matmul(&x)?;
        assert_eq!(mean.flatten_all()?.to_vec1::<f32>()?, [2.5, 5.5]);
        let doubled = PositionMap::double(grid).dense(&Device::Cpu)?.matmul(&mean)?;
        assert_eq!(doubled.flatten_all()?.to_vec1::<f32>()?, [2.5, 2.5, 2.5, 2.5, 5.5, 5.5]);
        Ok(())
    }
}
