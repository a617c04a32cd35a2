//! Networks whose examples do not depend on each other, all layers in one node of candle's graph.
//!
//! A piece of a batch goes through all layers, forward and backward, in one thread while its values are in cache. A
//! graph with a node per layer waits for all threads after each, moves every activation through memory a dozen times,
//! and gives every node a gradient of zeros to add to.

mod attention;
mod comparison;
mod convolution;
mod dense;
mod gated_sum;
mod gpu_pass;
mod group_norm;
mod join;
mod mean;
mod norm;
mod on_gpu;
mod pass;
mod piece;
mod rearrange;
mod resample;
mod silu;
mod sources;
mod tensors_on_gpu;
#[cfg(test)]
mod test_support;
mod waves;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use candle_core::Tensor;

use super::parameter_store::{Initial, Parameter, ParameterStore, Parameters};
use crate::error::{NnError, Result};
use genphys_gpu::{Memory, Precision};
use on_gpu::{BackOnGpu, OnGpu};
use pass::{Pass, Rooms, keep_freed_memory};
use piece::{Back, Buffer, Composed, Given, Scratch};

pub(crate) use comparison::both;
pub use convolution::{Convolution, Grid};
pub use dense::Dense;
pub use piece::Size;
pub use resample::PositionMap;

/// A layer: how its output follows from activations and parameters, and how the gradient of the output goes back to
/// them.
trait Layer: Debug + Send + Sync {
    /// The activations it is computed from.
    fn sources(&self) -> Vec<usize>;

    /// Writes the output of a piece, or of one example if all its sources are shared.
    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, scratch: &mut Scratch) -> candle_core::Result<()>;

    /// Adds the gradients of sources and parameters, given that of the output.
    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> candle_core::Result<()>;

    /// The output of a batch on a GPU.
    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> candle_core::Result<Memory>;

    /// Adds the gradients of sources and parameters on a GPU.
    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>)
    -> candle_core::Result<()>;

    /// The output of a batch, of candle's operations.
    fn composed(&self, given: &Composed<'_>) -> candle_core::Result<Tensor>;
}

/// A matrix inside the network, with one or more rows for each example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation(usize);

/// Some columns of an activation that has one row for each example.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    of: usize,
    first: usize,
}

impl Activation {
    /// The columns from `first` on, as many as are needed where they are used.
    pub fn from_column(self, first: usize) -> Columns {
        Columns { of: self.0, first }
    }
}

/// Scale and shift of a normalised value x: `x (1 + scale) + shift`.
#[derive(Clone, Copy, Debug)]
pub struct Modulation {
    /// Where the scales are.
    pub scale: Columns,
    /// Where the shifts are.
    pub shift: Columns,
}

/// What stands behind an activation.
#[derive(Clone, Copy, Debug, Default)]
struct Behind {
    parameters: bool,
    inputs: bool,
}

impl Behind {
    /// Whether there is any of what is wanted.
    fn has(self, parameters: bool, inputs: bool) -> bool {
        (self.parameters && parameters) || (self.inputs && inputs)
    }
}

/// Which layer computes what from what.
#[derive(Clone, Debug, Default)]
struct Graph {
    /// Of every activation.
    sizes: Vec<Size>,
    behind: Vec<Behind>,
    inputs: Vec<usize>,
    /// With the activations they compute, each after what it is computed from.
    layers: Vec<(Arc<dyn Layer>, usize)>,
    outputs: Vec<usize>,
    /// For activations side by side, which they are.
    joined: Vec<Option<Vec<usize>>>,
    /// Parameters that are the kernels of convolutions, with their outputs.
    kernels: Vec<(usize, usize)>,
    /// Where every parameter begins in the vector of them, and where the last ends.
    starts: Vec<usize>,
}

impl Graph {
    /// Columns of activations side by side.
    fn width(&self, of: &[usize]) -> usize {
        of.iter().map(|i| self.sizes[*i].width).sum()
    }

    /// The values of a parameter, in the vector of all.
    fn values_of(&self, parameter: usize) -> Range<usize> {
        self.starts[parameter]..self.starts[parameter + 1]
    }

    /// Activations side by side, each with the columns it takes.
    fn side_by_side<'a>(&'a self, of: &'a [usize]) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        let mut first = 0;
        of.iter().map(move |i| {
            let columns = first..first + self.sizes[*i].width;
            first = columns.end;
            (*i, columns)
        })
    }
}

/// A network under construction: layers with the names and initial values of their parameters.
///
/// Sizes are checked when it is [built](Self::build).
#[derive(Debug)]
pub struct LayersBuilder {
    graph: Graph,
    parameters: Vec<Parameter>,
    problem: Option<String>,
}

impl Default for LayersBuilder {
    fn default() -> Self {
        Self { graph: Graph { starts: vec![0], ..Graph::default() }, parameters: Vec::new(), problem: None }
    }
}

impl LayersBuilder {
    /// The next `width` columns of the input.
    pub fn input(&mut self, width: usize) -> Activation {
        let input = self.activation(Size { positions: 1, width });
        self.graph.behind[input.0].inputs = true;
        self.graph.inputs.push(input.0);
        input
    }

    /// Makes an activation with one row for each example the next columns of the output.
    pub fn output(&mut self, from: Activation) {
        self.expect(self.size(from).positions == 1, "an output has one row for each example");
        self.graph.outputs.push(from.0);
    }

    /// Rows and columns of an activation.
    pub fn size(&self, of: Activation) -> Size {
        self.graph.sizes[of.0]
    }

    fn activation(&mut self, size: Size) -> Activation {
        self.expect(size.values() > 0, "an activation has no values");
        self.graph.sizes.push(size);
        self.graph.behind.push(Behind::default());
        self.graph.joined.push(None);
        Activation(self.graph.sizes.len() - 1)
    }

    fn parameter(&mut self, name: String, shape: &[usize], initial: Initial) -> usize {
        let start = self.graph.starts.last().copied().unwrap_or(0);
        self.graph.starts.push(start + shape.iter().product::<usize>());
        self.parameters.push(Parameter { name, shape: shape.to_vec(), initial });
        self.parameters.len() - 1
    }

    fn add(&mut self, layer: impl Layer + 'static, size: Size, learned: bool) -> Activation {
        let to = self.activation(size);
        let mut behind = Behind { parameters: learned, inputs: false };
        for source in layer.sources() {
            behind.parameters |= self.graph.behind[source].parameters;
            behind.inputs |= self.graph.behind[source].inputs;
        }
        self.graph.behind[to.0] = behind;
        self.graph.layers.push((Arc::new(layer), to.0));
        to
    }

    /// Remembers the first thing that does not fit.
    fn expect(&mut self, holds: bool, otherwise: &str) {
        if !holds && self.problem.is_none() {
            self.problem = Some(otherwise.to_owned());
        }
    }

    fn expect_modulation(&mut self, modulation: Modulation, width: usize) {
        self.expect_columns(modulation.scale, width);
        self.expect_columns(modulation.shift, width);
    }

    fn expect_columns(&mut self, columns: Columns, count: usize) {
        let Size { positions, width } = self.graph.sizes[columns.of];
        self.expect(positions == 1 && columns.first + count <= width, "there are not as many columns");
    }

    /// Number of parameters, and of values of all activations of an example.
    pub(in crate::network) fn numbers(&self) -> (usize, usize) {
        let values = self.graph.sizes.iter().map(|size| size.values()).sum();
        (self.graph.starts.last().copied().unwrap_or(0), values)
    }

    /// Creates the parameters, as the vector `name` of the store. The precision is that of activations on a GPU.
    ///
    /// # Errors
    /// When the sizes of two layers do not fit, or the name of a parameter is taken.
    pub fn build(self, store: &mut ParameterStore, name: &str, precision: Precision) -> Result<Layers> {
        if let Some(problem) = self.problem {
            return Err(NnError::Setting(format!("the layers of {name} do not fit: {problem}")));
        }
        keep_freed_memory();
        let parameters = store.create_all(name, self.parameters)?;
        Ok(Layers { graph: Arc::new(self.graph), parameters, rooms: Arc::default(), precision })
    }
}

/// A network of layers and its parameters.
#[derive(Clone, Debug)]
pub struct Layers {
    graph: Arc<Graph>,
    parameters: Parameters,
    rooms: Arc<Rooms>,
    precision: Precision,
}

impl Layers {
    /// Applies the network to `(batch, inputs)`: `(batch, outputs)`. Differentiable once.
    ///
    /// # Errors
    /// When the shapes do not fit, or a device operation fails.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (inputs, expected) = (x.dims2()?.1, self.graph.width(&self.graph.inputs));
        if inputs != expected {
            return Err(NnError::Setting(format!("the network takes {expected} inputs, not {inputs}")));
        }
        match &self.parameters {
            Parameters::Vector(vector) => {
                let keep = x.track_op() || vector.track_op();
                let pass = Pass::new(&self.graph, &self.rooms, self.precision, keep);
                Ok(x.contiguous()?.apply_op2(vector, pass)?)
            }
            Parameters::Each(all) => Ok(self.composed(x, all)?),
        }
    }

    /// The same, layer by layer with candle's operations.
    fn composed(&self, x: &Tensor, parameters: &[Tensor]) -> candle_core::Result<Tensor> {
        let graph = &*self.graph;
        let mut given = Composed {
            graph,
            activations: vec![None; graph.sizes.len()],
            parameters,
            batch: x.dim(0)?,
            device: x.device().clone(),
        };
        let mut column = 0;
        for input in &graph.inputs {
            let width = graph.sizes[*input].width;
            given.activations[*input] = Some(x.narrow(1, column, width)?);
            column += width;
        }
        for (layer, to) in &graph.layers {
            given.activations[*to] = Some(layer.composed(&given)?);
        }
        Tensor::cat(&graph.outputs.iter().map(|i| given.get(*i)).collect::<candle_core::Result<Vec<_>>>()?, 1)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::test_support::{agrees, built, output};
    use super::*;

    fn network(network: &mut LayersBuilder) {
        let (x, told) = (network.input(8), network.input(8));
        let image = network.rearrange(x, 2, (0..8).collect());
        let hidden = network.dense(Dense::new("hidden", image, 4));
        let modulation = Modulation { scale: told.from_column(0), shift: told.from_column(4) };
        let normed = network.norm(hidden, modulation);
        output(network, normed);
    }

    #[test]
    fn only_gradients_that_are_wanted_are_formed() -> Result<()> {
        let (layers, store) = built(network)?;
        let frozen = Layers {
            parameters: match &layers.parameters {
                Parameters::Vector(vector) => Parameters::Vector(vector.detach()),
                Parameters::Each(_) => return Err(NnError::Setting("expected a vector".into())),
            },
            ..layers.clone()
        };
        let Some((_, parameters)) = store.iter().next() else {
            return Err(NnError::Setting("no parameters".into()));
        };
        let data: Vec<f32> = (0..9 * 16).map(|i| (i as f32 * 1.3).sin()).collect();
        let x = Var::from_vec(data, (9, 16), &Device::Cpu)?;
        let of_x = frozen.forward(&x)?.sqr()?.sum_all()?.backward()?;
        assert!(of_x.get(&x).is_some() && of_x.get(parameters).is_none());
        let of_parameters = layers.forward(&x.as_tensor().detach())?.sqr()?.sum_all()?.backward()?;
        assert!(of_parameters.get(&x).is_none());
        let both = layers.forward(&x)?.sqr()?.sum_all()?.backward()?;
        for (one, var) in [(&of_parameters, parameters), (&of_x, &x)] {
            let (Some(a), Some(b)) = (one.get(var), both.get(var)) else {
                return Err(NnError::Setting("a gradient is missing".into()));
            };
            assert_eq!(a.flatten_all()?.to_vec1::<f32>()?, b.flatten_all()?.to_vec1::<f32>()?);
        }
        Ok(())
    }

    #[test]
    fn outputs_may_repeat_and_batches_be_empty() -> Result<()> {
        let twice = |network: &mut LayersBuilder| {
            let x = network.input(3);
            let hidden = network.dense(Dense::new("hidden", x, 2));
            let out = network.dense(Dense::new("out", hidden, 2));
            [hidden, out, hidden].into_iter().for_each(|of| network.output(of));
        };
        agrees(twice, &[1, 300], 1e-4)?;
        let (layers, store) = built(twice)?;
        let none = layers.forward(&Tensor::zeros((0, 3), candle_core::DType::F32, store.device())?)?;
        assert_eq!(none.dims(), [0, 6]);
        Ok(())
    }

    #[test]
    fn sizes_that_do_not_fit_are_errors() -> Result<()> {
        let (layers, store) = built(network)?;
        let x = Tensor::zeros((4, 15), candle_core::DType::F32, store.device())?;
        assert!(layers.forward(&x).is_err());
        let problem = |network: fn(&mut LayersBuilder)| match built(network) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        let residual = problem(|network| {
            let x = network.input(3);
            let wide = network.dense(Dense::new("wide", x, 4));
            network.dense(Dense { residual: Some(wide), ..Dense::new("narrow", wide, 3) });
        });
        assert!(residual.contains("narrow and what is added to it"), "{residual}");
        let columns = problem(|network| {
            let x = network.input(3);
            network.norm(x, Modulation { scale: x.from_column(0), shift: x.from_column(1) });
        });
        assert!(columns.contains("columns"), "{columns}");
        let empty = problem(|network| {
            network.input(0);
        });
        assert!(empty.contains("no values"), "{empty}");
        Ok(())
    }
}
