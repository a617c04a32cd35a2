//! The attribute on the shipped equations: the expansion compiles, and is the kernel that the equation has.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![deny(warnings)]

use genphys::kernels::{self, PointSourceKernel};
use genphys::{GenerativePde, ParamError, genphys_pde};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The documentation that a user writes.
#[genphys_pde("../../pdes/diffusion.pde")]
#[derive(Debug)]
pub struct Diffusion;

#[genphys_pde("../../pdes/poisson.pde")]
struct Poisson;

#[genphys_pde("../../pdes/pfgmpp.pde")]
struct PfgmPlusPlus;

/// Fields of its own, in its own words.
#[genphys_pde("../../pdes/screened_pfgmpp.pde")]
pub struct Screened {
    /// Inverse length of the screening.
    pub m: f64,
    D: f64,
}

mod weak {
    // None of these may be mistaken for the names that the expansion means.
    #![allow(dead_code)]
    type Result = ();
    struct ParamError;
    struct Vec;
    mod kernels {}

    #[genphys::genphys_pde("../../pdes/yukawa.pde")]
    pub(crate) struct Yukawa;
}

/// Both at a handful of dimensions, times and distances.
fn assert_same(model: &dyn GenerativePde, kernel: &impl PointSourceKernel) {
    for dim in [1, 3, 784] {
        for t in [0.05, 0.7, 12.0] {
            for r in [0.0, 0.3, 40.0] {
                assert_eq!(model.log_density(dim, t, r), kernel.log_density(dim, t, r));
                assert_eq!(model.velocity_over_r(dim, t, r), kernel.velocity_over_r(dim, t, r));
                assert_eq!(model.growth_rate(dim, t, r), kernel.growth_rate(dim, t, r));
            }
            assert_eq!((model.sigma(t), model.spread(t)), (kernel.sigma(t), kernel.spread(t)));
            assert!((model.time(model.sigma(t)) / t - 1.0).abs() < 1e-12);
        }
    }
    let (mut z, mut expected, mut prior) = ([0.0; 5], [0.0; 5], [0.0; 5]);
    model.displacement(0.7, &mut ChaCha8Rng::seed_from_u64(1), &mut z);
    kernel.sample_displacement(0.7, &mut ChaCha8Rng::seed_from_u64(1), &mut expected);
    assert_eq!(z, expected);
    model.prior(&[2.0; 5], 0.7, &mut ChaCha8Rng::seed_from_u64(1), &mut prior);
    assert_eq!(prior, z.map(|z| z + 2.0));
}

#[test]
fn each_family_is_its_kernel() {
    assert_same(&Diffusion::new(0.8).unwrap(), &kernels::Heat::new(0.8).unwrap());
    assert_same(&Poisson::new().unwrap(), &kernels::Poisson::new(1.0).unwrap());
    assert_same(&weak::Yukawa::new(1.3).unwrap(), &kernels::Yukawa::new(1.0, 1.3).unwrap());
    assert_same(&PfgmPlusPlus::new(2.5).unwrap(), &kernels::PfgmPlusPlus::new(1.0, 2.5).unwrap());
    let screened = Screened::with_defaults().unwrap();
    assert_eq!(screened.params(), [("D", screened.D), ("m", screened.m)]);
    assert_same(&screened, &kernels::ScreenedPfgmPlusPlus::new(1.0, screened.D, screened.m).unwrap());
}

#[test]
fn the_velocity_written_out_is_the_one_of_the_kernel() {
    let model = weak::Yukawa::new(1.3).unwrap();
    let (x, denoised, t) = ([1.0, -2.0, 0.5], [0.25, 0.0, 0.5], 0.7);
    let mut velocity = [0.0; 3];
    model.velocity(&x, &denoised, t, &mut velocity);
    for ((v, x), y) in velocity.iter().zip(x).zip(denoised) {
        assert!((v - (x - y) * model.velocity_over_r(3, t, 0.1)).abs() < 1e-12);
    }
}

#[test]
fn parameters_domains_and_defaults() {
    let model = weak::Yukawa::with_defaults().unwrap();
    assert_eq!((model.name(), model.params()), ("yukawa", vec![("m", 1.0)]));
    assert_eq!(model.equation(), "dt(phi, 2) + lap(phi) - m^2*phi = 0");
    assert!(!model.conserves_particles() && Poisson::new().unwrap().conserves_particles());
    assert_eq!(model, weak::Yukawa::new(1.0).unwrap());
    assert_eq!(model.kernel().mass(), 1.0);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = weak::Yukawa::new(bad).unwrap_err();
        assert!(matches!(error, ParamError::Domain { name: "m", domain: "> 0", .. }), "{error}");
    }
    assert!(format!("{:?}", Diffusion::new(2.0).unwrap()).contains("D: 2.0"));
}
