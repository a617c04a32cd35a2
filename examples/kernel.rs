//! Only a kernel, without tensors or networks: `cargo run --example kernel`.
//!
//! A Yukawa cloud in 64 dimensions: how much of it survives until t, and how far it has spread.

use genphys_kernels::{PointSourceKernel, Yukawa};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const DIM: usize = 64;
    let kernel = Yukawa::new(1.0, 1.0)?;
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let mut z = [0.0; DIM];
    println!("t\tsurviving\tmedian radius\tgrowth rate there");
    for t in [0.1, 0.5, 1.0, 2.0, 5.0] {
        let mut radii: Vec<f64> = (0..2001)
            .map(|_| {
                kernel.sample_displacement(t, &mut rng, &mut z);
                z.iter().map(|x| x * x).sum::<f64>().sqrt()
            })
            .collect();
        radii.sort_by(f64::total_cmp);
        let r = radii[1000];
        println!("{t}\t{:.4}\t{r:.3}\t{:.4}", kernel.log_mass(t).exp(), kernel.growth_rate(DIM, t, r));
    }
    Ok(())
}
