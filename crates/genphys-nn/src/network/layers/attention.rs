//! Attention between the positions of an image.

use candle_core::{D, Result, Tensor};
use candle_nn::ops;

use super::on_gpu::{BackOnGpu, OnGpu, flag};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};
use crate::fused::multiply;
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Factor, Memory, Pointer, Product, Value, count};
use genphys_numeric::{Before, Matrix, softmax_rows, sum_over_pairs, vectorised};

impl LayersBuilder {
    /// Multi-head attention (Vaswani et al., arXiv 1706.03762) between the positions of an example. The columns of
    /// `from` are queries, keys and values side by side, each of them the heads side by side.
    pub fn attention(&mut self, from: Activation, heads: usize) -> Activation {
        let Size { positions, width } = self.size(from);
        self.expect(heads > 0 && width.is_multiple_of(3 * heads), "the columns are not three for each head");
        self.add(Attention { from: from.0, heads }, Size { positions, width: width / 3 }, false)
    }
}

#[derive(Debug)]
struct Attention {
    from: usize,
    heads: usize,
}

/// Queries, keys and values of a head.
struct Head<'a> {
    queries: Matrix<'a>,
    keys: Matrix<'a>,
    values: Matrix<'a>,
}

impl Attention {
    /// The columns of one head in the rows of an example.
    fn head<'a>(&self, joint: &'a [f32], width: usize, head: usize) -> Head<'a> {
        let size = width / 3 / self.heads;
        let part = |which: usize| Matrix::columns_of(width, joint, which * width / 3 + head * size, size);
        Head { queries: part(0), keys: part(1), values: part(2) }
    }

    /// Softmax of the scaled products of queries and keys, `(positions, positions)`.
    fn shares(&self, head: &Head<'_>, size: usize, shares: &mut [f32], positions: usize) -> Result<()> {
        multiply(shares, head.queries, head.keys.transposed(), Before::Forgotten)?;
        softmax_rows(shares, positions, (size as f32).powf(-0.5));
        Ok(())
    }
}

/// Products of queries and keys that a GPU has at a time: they stay in its cache, and in long images there would be
/// more of them than activations of all layers. Tests have few.
const PRODUCTS: usize = if cfg!(test) { 200 } else { 1 << 23 };

/// Some heads of all examples, on a GPU one after the other: each has matrices of `positions` rows of `size` values.
#[derive(Clone, Copy)]
struct Heads {
    /// Of all examples.
    all: usize,
    /// These.
    first: usize,
    count: usize,
    positions: usize,
    size: usize,
}

impl Heads {
    /// As many at a time as have room for their products.
    fn pieces(self) -> impl Iterator<Item = Self> {
        let most = (PRODUCTS / (self.positions * self.positions)).max(1);
        (0..self.all).step_by(most).map(move |first| Self { first, count: most.min(self.all - first), ..self })
    }

    /// These heads' matrices of `size` columns, of those of all heads.
    fn rows(self, given: &OnGpu<'_>, address: u64) -> Factor {
        let values = self.positions * self.size;
        Factor::rows_of(self.size, address + (self.first * values * given.precision.bytes()) as u64).every(values)
    }

    /// Matrices of as many columns as positions, of these heads alone.
    fn square(self, address: u64) -> Factor {
        Factor::rows_of(self.positions, address).every(self.positions * self.positions)
    }

    /// Queries, keys and values, which follow each other.
    fn parts(self, given: &OnGpu<'_>, address: u64) -> [Factor; 3] {
        let bytes = self.all * self.positions * self.size * given.precision.bytes();
        [0, 1, 2].map(|part| self.rows(given, address + (part * bytes) as u64))
    }

    /// The factor on products of queries and keys.
    fn scale(self) -> f32 {
        (self.size as f32).powf(-0.5)
    }

    /// `a b` for every head: rows.
    fn multiply(self, given: &OnGpu<'_>, a: Factor, b: Factor, out: Factor) -> Result<()> {
        let product = given.plain([self.positions, self.positions, self.size], a, b, out.address, false);
        given.gpu().multiply(&Product { count: self.count, out, ..product })
    }

    /// `a bᵀ` for every head: squares of `f32`.
    fn compare(self, given: &OnGpu<'_>, a: Factor, b: Factor) -> Result<Memory> {
        let products = given.numbers(self.count * self.positions * self.positions)?;
        let sizes = [self.positions, self.size, self.positions];
        let out = self.square(products.address());
        let product = given.plain(sizes, a, b.transposed(), out.address, false);
        given.gpu().multiply(&Product { count: self.count, out, exact: true, ..product })?;
        Ok(products)
    }

    /// Softmax of the scaled products of queries and keys.
    fn shares(self, given: &OnGpu<'_>, split: u64) -> Result<Memory> {
        let [queries, keys, _] = self.parts(given, split);
        let products = self.compare(given, queries, keys)?;
        let rows = self.count * self.positions;
        let shares = given.room(rows * self.positions)?;
        let kernel = kernels::Softmax {
            x: products.pointer(),
            out: shares.pointer(),
            rows: count(rows)?,
            columns: count(self.positions)?,
            scale: self.scale(),
        };
        given.each_row(rows, kernel)?;
        Ok(shares)
    }
}

impl Attention {
    /// All heads, and the values of all their matrices of rows.
    fn heads_on_gpu(&self, given: &OnGpu<'_>) -> (Heads, usize) {
        let Size { positions, width } = given.size(self.from);
        let (all, size) = (given.examples * self.heads, width / 3 / self.heads);
        (Heads { all, first: 0, count: all, positions, size }, all * positions * size)
    }

    /// Rows of `parts` matrices side by side, for every part and head by themselves.
    fn split(&self, given: &OnGpu<'_>, x: Pointer<Value>, parts: usize) -> Result<Memory> {
        let (heads, values) = self.heads_on_gpu(given);
        let room = given.room(parts * values)?;
        let kernel = kernels::SplitHeads {
            x,
            out: room.pointer(),
            examples: count(given.examples)?,
            positions: count(heads.positions)?,
            parts: count(parts)?,
            heads: count(self.heads)?,
            size: count(heads.size)?,
        };
        given.each(parts * values, kernel)?;
        Ok(room)
    }

    /// The reverse.
    fn merge(&self, given: &OnGpu<'_>, x: Pointer<Value>, out: Pointer<Value>, parts: usize, add: bool) -> Result<()> {
        let (heads, values) = self.heads_on_gpu(given);
        let kernel = kernels::MergeHeads {
            x,
            out,
            examples: count(given.examples)?,
            positions: count(heads.positions)?,
            parts: count(parts)?,
            heads: count(self.heads)?,
            size: count(heads.size)?,
            add: flag(add),
        };
        given.each(parts * values, kernel)
    }
}

impl Layer for Attention {
    fn sources(&self) -> Vec<usize> {
        vec![self.from]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, scratch: &mut Scratch) -> Result<()> {
        let (joint, Size { positions, width }) = (given.values(self.from), given.size(self.from));
        let size = width / 3 / self.heads;
        let (mut shares, mut mixed) = (scratch.take(positions * positions), scratch.take(positions * size));
        out.resize(joint.len() / 3, 0.0);
        for (out, joint) in out.chunks_exact_mut(positions * width / 3).zip(joint.chunks_exact(positions * width)) {
            for i in 0..self.heads {
                let head = self.head(joint, width, i);
                self.shares(&head, size, &mut shares, positions)?;
                multiply(&mut mixed, Matrix::rows_of(positions, &shares), head.values, Before::Forgotten)?;
                for (out, mixed) in out.chunks_exact_mut(width / 3).zip(mixed.chunks_exact(size)) {
                    out[i * size..(i + 1) * size].copy_from_slice(mixed);
                }
            }
        }
        scratch.give(shares);
        scratch.give(mixed);
        Ok(())
    }

    /// With A the shares, V the values and G the gradient: `Aᵀ G` is the values' gradient, `S = A (G Vᵀ − Σ A G Vᵀ)`
    /// that of the scaled products, `S K` the queries' and `Sᵀ Q` the keys', both times the scale.
    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let (joint, Size { positions, width }) = (given.values(self.from), given.size(self.from));
        let size = width / 3 / self.heads;
        let scale = (size as f32).powf(-0.5);
        if back.wants(self.from) {
            let [mut shares, mut products] = [(); 2].map(|()| back.scratch.take(positions * positions));
            let mut part = back.scratch.take(positions * size);
            let sum = back.sum(self.from).chunks_exact_mut(positions * width);
            let examples = joint.chunks_exact(positions * width).zip(gradient.chunks_exact(positions * width / 3));
            for (sum, (joint, gradient)) in sum.zip(examples) {
                for i in 0..self.heads {
                    let head = self.head(joint, width, i);
                    let gradient = Matrix::columns_of(width / 3, gradient, i * size, size);
                    self.shares(&head, size, &mut shares, positions)?;
                    let mut add = |which: usize, part: &[f32]| {
                        let first = which * width / 3 + i * size;
                        for (sum, part) in sum.chunks_exact_mut(width).zip(part.chunks_exact(size)) {
                            sum[first..first + size].iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
                        }
                    };
                    let matrix = Matrix::rows_of(positions, &shares);
                    multiply(&mut part, matrix.transposed(), gradient, Before::Forgotten)?;
                    add(2, &part);
                    multiply(&mut products, gradient, head.values.transposed(), Before::Forgotten)?;
                    softmax_gradient(&shares, &mut products, positions, scale);
                    let matrix = Matrix::rows_of(positions, &products);
                    multiply(&mut part, matrix, head.keys, Before::Forgotten)?;
                    add(0, &part);
                    multiply(&mut part, matrix.transposed(), head.queries, Before::Forgotten)?;
                    add(1, &part);
                }
            }
            [shares, products, part].into_iter().for_each(|room| back.scratch.give(room));
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let (all, values) = self.heads_on_gpu(given);
        let split = self.split(given, given.values(self.from)?, 3)?;
        let mixed = given.room(values)?;
        for heads in all.pieces() {
            let shares = heads.shares(given, split.address())?;
            let [_, _, of_values] = heads.parts(given, split.address());
            heads.multiply(given, heads.square(shares.address()), of_values, heads.rows(given, mixed.address()))?;
        }
        let out = given.room(values)?;
        self.merge(given, mixed.pointer(), out.pointer(), 1, false)?;
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        if !back.wants(self.from) {
            return Ok(());
        }
        let (all, values) = self.heads_on_gpu(given);
        let split = self.split(given, given.values(self.from)?, 3)?;
        let gradient = self.split(given, gradient.pointer(), 1)?;
        let sums = given.room(3 * values)?;
        for heads in all.pieces() {
            let shares = heads.shares(given, split.address())?;
            let of = heads.rows(given, gradient.address());
            let [queries, keys, of_values] = heads.parts(given, split.address());
            let [to_queries, to_keys, to_values] = heads.parts(given, sums.address());
            heads.multiply(given, heads.square(shares.address()).transposed(), of, to_values)?;
            let products = heads.compare(given, of, of_values)?;
            let rows = heads.count * heads.positions;
            let scaled = given.room(rows * heads.positions)?;
            let kernel = kernels::SoftmaxGradient {
                shares: shares.pointer(),
                gradient: products.pointer(),
                out: scaled.pointer(),
                rows: count(rows)?,
                columns: count(heads.positions)?,
                scale: heads.scale(),
            };
            given.each_row(rows, kernel)?;
            let scaled = heads.square(scaled.address());
            heads.multiply(given, scaled, keys, to_queries)?;
            heads.multiply(given, scaled.transposed(), queries, to_keys)?;
        }
        let (sum, begun) = back.begun(given, self.from)?;
        self.merge(given, sums.pointer(), sum, 3, begun)
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let (Size { positions, width }, batch) = (given.size(self.from), given.batch);
        let size = width / 3 / self.heads;
        let joint = given.get(self.from)?.reshape((batch, positions, 3, self.heads, size))?;
        // (3, batch, heads, positions, size)
        let joint = joint.permute((2, 0, 3, 1, 4))?.contiguous()?;
        let part = |index: usize| joint.get(index)?.reshape((batch * self.heads, positions, size));
        let scores = part(0)?.affine((size as f64).powf(-0.5), 0.0)?.matmul(&part(1)?.t()?)?;
        let mixed = ops::softmax(&scores, D::Minus1)?.matmul(&part(2)?)?;
        let mixed = mixed.reshape((batch, self.heads, positions, size))?.transpose(1, 2)?.contiguous()?;
        mixed.reshape((batch * positions, width / 3))
    }
}

/// Turns the gradient of the shares into that of the products before they were scaled: `scale p (g − Σ p g)` in every
/// row.
fn softmax_gradient(shares: &[f32], gradient: &mut [f32], columns: usize, scale: f32) {
    vectorised(
        #[inline(always)]
        || {
            for (gradient, shares) in gradient.chunks_exact_mut(columns).zip(shares.chunks_exact(columns)) {
                let mean = sum_over_pairs(gradient, shares, |gradient, share| gradient * share);
                for (gradient, share) in gradient.iter_mut().zip(shares) {
                    *gradient = scale * share * (*gradient - mean);
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{agrees, output};
    use super::*;
    use crate::error::NnError;
    use crate::error::Result;
    use crate::network::layers::Dense;
    use crate::network::layers::test_support::built;

    #[test]
    fn agrees_with_the_composed_layer() -> Result<()> {
        let network = |network: &mut LayersBuilder| {
            let x = network.input(28);
            let image = network.rearrange(x, 4, (0..28).collect());
            let joint = network.dense(Dense::new("joint", image, 30));
            let mixed = network.attention(joint, 2);
            output(network, mixed);
        };
        agrees(network, &[1, 6, 90], 1e-4)
    }

    #[test]
    fn positions_can_be_exchanged() -> Result<()> {
        let (layers, store) = built(|network| {
            let x = network.input(36);
            let image = network.rearrange(x, 12, (0..36).collect());
            let joint = network.dense(Dense::new("joint", image, 12));
            let mixed = network.attention(joint, 2);
            output(network, mixed);
        })?;
        let data: Vec<f32> = (0..36).map(|i| (i as f32 * 0.7).sin()).collect();
        let x = Tensor::from_vec(data, (3, 12), store.device())?;
        let order = Tensor::new(&[2u32, 0, 1], store.device())?;
        let of = |x: &Tensor| layers.forward(&x.reshape((1, 36))?)?.reshape((3, 4)).map_err(NnError::from);
        let distance = (of(&x)?.index_select(&order, 0)? - of(&x.index_select(&order, 0)?)?)?;
        assert!(distance.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()? < 1e-5);
        Ok(())
    }
}
