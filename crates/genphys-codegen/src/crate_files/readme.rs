//! `README.md` of a model crate.

use super::{CrateRequest, Net, stamp};
use crate::emit;
use crate::plan::ModelPlan;
use genphys_pde::derivation::KernelFamily;

pub(super) fn text(plan: &ModelPlan, request: &CrateRequest<'_>) -> String {
    let name = request.name;
    let data = genphys_files::shell_word(request.options.data.as_deref().unwrap_or("digits"));
    let title = emit::escaped(plan.title.as_deref().unwrap_or(&plan.name));
    let pde = format!("pdes/{}.pde", plan.name);
    let derivation = emit::derivation_docs(plan).join("\n");
    let params: String = plan
        .params
        .iter()
        .filter_map(|param| {
            let note = if param.fixed { ", fixed: the derivation is about this value" } else { "" };
            Some(format!("- `{}` = {}, domain `{}`{note}\n", param.name, param.value?, param.domain))
        })
        .collect();
    let params = if params.is_empty() { "- none\n".to_owned() } else { params };
    let kernel = &plan.kernel;
    let several = match kernel.family {
        KernelFamily::Telegraph => " For data of more dimensions every coordinate is such a process of its own.",
        _ => "",
    };
    let births = if plan.conservative {
        "Births and deaths are rewritten into the velocity, which carries the density of mass one."
    } else if plan.conserves_particles() {
        "No particle is born or dies."
    } else if plan.grows_alike() {
        "Particles die at the same rate everywhere, which changes the mass and nothing else."
    } else {
        "Particles are born and die: sampling carries a population along and lets it branch."
    };
    format!(
        "# {name}

A generative model whose forward process is {title}:

```
{equation}
```

The equation is s-generative for all parameter values in their domains, in {dim}.{several} {births}

## Use
```
cargo run --release -- train  --data {data} --out runs/a
cargo run --release -- sample --model runs/a --count 64 --seed 1 --out samples.png
cargo run --release -- eval   --model runs/a
```
`advise --data {data}` proposes settings with reasons, and `sweep` compares values of a parameter. `--data` takes `digits`,
`eight-gaussians`, `moons`, `swiss-roll`, `checkerboard`, a folder of pictures, or a `.npy`, `.npz`, `.csv` or IDX file.
`--net mlp|unet|dit` chooses the network; it is {net} unless given. With `--conditional` a model learns the classes of labelled
data, and `sample --class` draws from one. `likelihood`, `encode`, `decode`, `interpolate` and `inpaint` follow the flow in other
ways. `cargo run --release -- train --help` lists everything. On a GPU build with
`--features cuda` (or `cudnn`, faster for a U-Net) or `--features metal`, and pass `--device cuda`.

## Where what is
| file | holds |
|---|---|
| `src/pde.rs` | the physics: velocity field, growth rate, prior, perturbation |
| `src/train.rs` | the network and the training loss, written out to be changed |
| `src/main.rs` | the program: hands both to the library |
| `{pde}` | the equation, and its derivation beside it |
| `genphys.json` | how the crate was made |

After a change of the equation, `genphys new . --update` writes the generated files anew and leaves
those that you changed.

## Parameters
{params}
Change them in `model()` at the top of `src/pde.rs`, or for one training with `--set NAME=VALUE`.

## Derivation
{derivation}
- velocity J/p of a point source: `{velocity}`
- growth R/p of a point source: `{growth}`
- perturbation: {sampler}
- prior: {prior}

{stamp}
",
        equation = plan.equation,
        net = request.options.net.unwrap_or(Net::Mlp).name(),
        dim = match plan.dim.bounds() {
            (1, None) => "any dimension".to_owned(),
            (first, Some(last)) if first == last => format!("dimension {first}"),
            (first, Some(last)) => format!("dimensions {first} to {last}"),
            (first, None) => format!("dimension {first} and above"),
        },
        velocity = kernel.velocity,
        growth = kernel.growth,
        sampler = emit::escaped(&kernel.sampler),
        prior = emit::escaped(&kernel.prior),
        stamp = stamp(plan, &pde).join("\n"),
    )
}
