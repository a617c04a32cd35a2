//! Activations side by side.

use candle_core::{Result, Tensor};

use super::pass::{join_columns, split_columns};
use super::piece::{Back, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};

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
        out.resize(given.count(&self.from) * positions * given.graph.width(&self.from), 0.0);
        join_columns(given.graph, out, &self.from, |i| given.values(i));
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Vec<f32>, back: &mut Back<'_>) -> Result<()> {
        let mut parts: Vec<Vec<f32>> = vec![Vec::new(); given.graph.sizes.len()];
        for i in &self.from {
            parts[*i] = back.scratch.take(0);
        }
        split_columns(given.graph, &gradient, &self.from, &mut parts);
        for i in &self.from {
            let part = std::mem::take(&mut parts[*i]);
            if back.wants(*i) { back.add(*i, part) } else { back.scratch.give(part) }
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        Tensor::cat(&self.from.iter().map(|i| given.get(*i)).collect::<Result<Vec<_>>>()?, 1)
    }
}
