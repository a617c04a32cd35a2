//! Compares models in numbers. The lines in capitals are replaced by `hostile_names.rs`.

#![deny(warnings)]

// What a program may have beside an attribute: types, modules, macros and traits with well-known names.
mod hostile {
    #![allow(warnings)]
    pub type f64 = ();
    pub type usize = ();
    pub type bool = ();
    pub type str = ();
    pub struct Some;
    pub struct PhantomData;
    pub mod core {}
    pub mod std {}
    pub mod kernels {}
    pub trait PointSourceKernel {}
    pub struct ParamError;
    pub const t: u8 = 0;
    pub const r: u8 = 0;
    pub const x: u8 = 0;
    pub const z: u8 = 0;
    pub const rng: u8 = 0;
    pub const dim: u8 = 0;
    pub static out: u8 = 0;
    pub static values: u8 = 0;
    pub struct rate;
    pub const _t: u8 = 0;
    pub trait Everything {
        fn zip(&self) {}
        fn iter_mut(&self) {}
        fn log_density(&self) {}
        fn velocity_over_r(&self) {}
        fn growth_rate(&self) {}
        fn displacement(&self) {}
        fn sample_displacement(&self) {}
        fn sigma(&self) {}
        fn spread(&self) {}
    }
    impl<T: ?Sized> Everything for T {}
}

// MODULES

use genphys::GenerativePde;

/// Random numbers enough to see whether two models draw alike.
struct Congruential(u64);

impl genphys::RngCore for Congruential {
    fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ (self.0 >> 33)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| (self.next_u64() >> 56) as u8);
    }
}

/// Everything that a model says, at a few times and distances.
fn numbers(pde: &dyn GenerativePde, dim: usize, times: [f64; 2]) -> Vec<f64> {
    let mut all: Vec<f64> = pde.params().iter().map(|(_, value)| *value).collect();
    for t in times {
        for r in [0.3, 2.0] {
            all.extend([pde.log_density(dim, t, r), pde.velocity_over_r(dim, t, r), pde.growth_rate(dim, t, r)]);
        }
        all.extend([pde.sigma(t), pde.spread(t), pde.mean_velocity_over_r(dim, t)]);
        let mut z = vec![0.0; dim];
        pde.prior(&vec![0.5; dim], t, &mut Congruential(7), &mut z);
        let mut v = vec![0.0; dim];
        pde.velocity(&z, &vec![0.25; dim], t, &mut v);
        all.extend(z.into_iter().chain(v));
    }
    all
}

/// The model of the crate, the one of the attribute, and the one of the harmless copy.
fn same(
    name: &str,
    dim: usize,
    times: [f64; 2],
    written: &dyn GenerativePde,
    attribute: &dyn GenerativePde,
    copy: &dyn GenerativePde,
) -> Result<(), Box<dyn std::error::Error>> {
    let expected = numbers(copy, dim, times);
    if let Some(at) = expected.iter().position(|number| !number.is_finite()) {
        return Err(format!("{name}: number {at} is {}", expected[at]).into());
    }
    // The same values again, by way of the trait.
    let values: Vec<f64> = written.params().iter().map(|(_, value)| *value).collect();
    let again = if values.is_empty() { None } else { Some((written.with_params(&values)?, attribute.with_params(&values)?)) };
    let mut models = vec![written, attribute];
    if let Some((a, b)) = &again {
        models.extend([a.as_ref(), b.as_ref()]);
    }
    for (which, model) in models.into_iter().enumerate() {
        let found = numbers(model, dim, times);
        if found.iter().map(|number| number.to_bits()).ne(expected.iter().map(|number| number.to_bits())) {
            return Err(format!("{name}, {which}: {found:?} instead of {expected:?}, {:?}", model.params()).into());
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut compared = 0;
    let mut same = |name, dim, times, a: &dyn GenerativePde, b: &dyn GenerativePde, c: &dyn GenerativePde| {
        compared += 1;
        same(name, dim, times, a, b, c)
    };
// CALLS
    println!("{compared} equations");
    Ok(())
}
