//! Adam's update of one parameter, in place.

use candle_core::{CpuStorage, InplaceOp2, InplaceOp3, Layout, Result, Tensor, Var};
use rayon::prelude::*;

use super::{values, values_mut};
use genphys_gpu::{AdamUpdate, Kernels};
use genphys_numeric::{BLOCK, vectorised};

/// Updates a parameter and its two moments, all of one shape, with the gradient: in place with our own loops on a CPU,
/// otherwise by candle's operations.
///
/// # Errors
/// When shapes differ or a device operation fails.
pub fn adam_update(
    parameter: &Var,
    first: &Var,
    second: &Var,
    gradient: &Tensor,
    update: AdamUpdate,
    kernels: Kernels,
) -> Result<()> {
    let (rate, epsilon) = update.corrected();
    if kernels == Kernels::Own && parameter.device().is_cpu() {
        let gradient = gradient.contiguous()?;
        first.inplace_op2(&gradient, &Moment { decay: update.beta1, scale: update.gradient_scale, square: false })?;
        second.inplace_op2(&gradient, &Moment { decay: update.beta2, scale: update.gradient_scale, square: true })?;
        return parameter.inplace_op3(first, second, &Descent { rate: rate as f32, epsilon: epsilon as f32 });
    }
    let gradient = gradient.affine(update.gradient_scale, 0.0)?;
    first.set(&(first.affine(update.beta1, 0.0)? + gradient.affine(1.0 - update.beta1, 0.0)?)?)?;
    second.set(&(second.affine(update.beta2, 0.0)? + gradient.sqr()?.affine(1.0 - update.beta2, 0.0)?)?)?;
    let direction = first.div(&second.sqrt()?.affine(1.0, epsilon)?)?;
    parameter.set(&(parameter.as_tensor() - direction.affine(rate, 0.0)?)?)
}

/// `m ← decay m + (1 − decay) g`, with g or its square.
struct Moment {
    decay: f64,
    scale: f64,
    square: bool,
}

impl InplaceOp2 for Moment {
    fn name(&self) -> &'static str {
        "adam-moment"
    }

    fn cpu_fwd(&self, s1: &mut CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<()> {
        let moment = values_mut(self.name(), s1, l1)?;
        let gradient = values(self.name(), s2, l2)?;
        let (decay, fresh, scale) = (self.decay as f32, (1.0 - self.decay) as f32, self.scale as f32);
        moment.par_chunks_mut(BLOCK).zip(gradient.par_chunks(BLOCK)).for_each(|(moment, gradient)| {
            vectorised(
                #[inline(always)]
                || {
                    for (moment, gradient) in moment.iter_mut().zip(gradient) {
                        let gradient = gradient * scale;
                        let value = if self.square { gradient * gradient } else { gradient };
                        *moment = decay * *moment + fresh * value;
                    }
                },
            );
        });
        Ok(())
    }
}

/// `p ← p − rate m / (√v + epsilon)`.
struct Descent {
    rate: f32,
    epsilon: f32,
}

impl InplaceOp3 for Descent {
    fn name(&self) -> &'static str {
        "adam-descent"
    }

    fn cpu_fwd(
        &self,
        s1: &mut CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<()> {
        let parameter = values_mut(self.name(), s1, l1)?;
        let (first, second) = (values(self.name(), s2, l2)?, values(self.name(), s3, l3)?);
        let (rate, epsilon) = (self.rate, self.epsilon);
        parameter.par_chunks_mut(BLOCK).zip(first.par_chunks(BLOCK)).zip(second.par_chunks(BLOCK)).for_each(
            |((parameter, first), second)| {
                vectorised(
                    #[inline(always)]
                    || {
                        for ((parameter, first), second) in parameter.iter_mut().zip(first).zip(second) {
                            *parameter -= rate * first / (second.sqrt() + epsilon);
                        }
                    },
                );
            },
        );
        Ok(())
    }
}
