//! Activations side by side.

use candle_core::{Result, Tensor};

use super::on_gpu::{BackOnGpu, OnGpu, flag};
use super::pass::{put_columns, take_columns};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, count};

impl LayersBuilder {
    /// Activations side by side. All have the same positions.
    pub fn join(&mut self, from: &[Activation]) -> Activation {
        let positions = from.first().map_or(1, |first| self.size(*first).positions);
        self.expect(
            from.iter().all(|i| self.size(*i).positions == positions),
            "what is side by side has other positions",
        );
        let from: Vec<usize> = from.iter().map(|activation| activation.0).collect();
        let width = self.graph.width(&from);
        let to = self.add(Join { from: from.clone() }, Size { positions, width }, false);
        self.graph.joined[to.0] = Some(from);
        to
    }
}

#[derive(Debug)]
struct Join {
    from: Vec<usize>,
}

impl Layer for Join {
    fn sources(&self) -> Vec<usize> {
        self.from.clone()
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        let positions = self.from.first().map_or(1, |i| given.size(*i).positions);
        let width = given.graph.width(&self.from);
        out.resize(given.count(&self.from) * positions * width, 0.0);
        for (i, columns) in given.graph.side_by_side(&self.from) {
            put_columns(out, width, columns, given.values(i));
        }
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let width = given.graph.width(&self.from);
        for (i, columns) in given.graph.side_by_side(&self.from) {
            if back.wants(i) {
                let mut part = back.scratch.take(gradient.len() / width * columns.len());
                take_columns(&gradient, width, columns, &mut part);
                back.add(i, part);
            }
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let width = given.graph.width(&self.from);
        let rows = self.from.first().map_or(0, |i| given.rows(*i));
        let out = given.room(rows * width)?;
        let all = count(width)?;
        for (i, columns) in given.graph.side_by_side(&self.from) {
            let part = count(columns.len())?;
            let kernel = kernels::CopyColumns {
                x: given.values(i)?,
                x_width: part,
                x_first: 0,
                out: out.pointer(),
                out_width: all,
                out_first: count(columns.start)?,
                width: part,
                count: count(rows)?,
                add: flag(false),
            };
            given.each(rows * columns.len(), kernel)?;
        }
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        let all = count(given.graph.width(&self.from))?;
        for (i, columns) in given.graph.side_by_side(&self.from) {
            if back.wants(i) {
                let (rows, (sum, begun)) = (given.rows(i), back.begun(given, i)?);
                let part = count(columns.len())?;
                let kernel = kernels::CopyColumns {
                    x: gradient.pointer(),
                    x_width: all,
                    x_first: count(columns.start)?,
                    out: sum,
                    out_width: part,
                    out_first: 0,
                    width: part,
                    count: count(rows)?,
                    add: flag(begun),
                };
                given.each(rows * columns.len(), kernel)?;
            }
        }
        Ok(())
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        Tensor::cat(&self.from.iter().map(|i| given.get(*i)).collect::<Result<Vec<_>>>()?, 1)
    }
}
