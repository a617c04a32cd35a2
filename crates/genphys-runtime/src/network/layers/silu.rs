//! SiLU of every value.

use candle_core::{Result, Tensor};

use super::piece::{Back, Buffer, Composed, Given, Scratch};
use super::{Activation, Layer, LayersBuilder};
use crate::fused::{activate, add_silu_gradient};

impl LayersBuilder {
    /// SiLU of every value.
    pub fn silu(&mut self, from: Activation) -> Activation {
        self.add(Silu { from: from.0 }, self.size(from), false)
    }
}

#[derive(Debug)]
struct Silu {
    from: usize,
}

impl Layer for Silu {
    fn sources(&self) -> Vec<usize> {
        vec![self.from]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        let x = given.values(self.from);
        out.resize(x.len(), 0.0);
        activate(x, out);
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        if back.wants(self.from) {
            add_silu_gradient(back.sum(self.from), given.values(self.from), &gradient);
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        given.get(self.from)?.silu()
    }
}
