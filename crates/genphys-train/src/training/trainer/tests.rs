//! A training resumes to the bit, refuses what is not its own, and learns.

use super::*;
use crate::advice::noise_range;
use crate::loss::training_loss;
use crate::run_dir;
use crate::training::model_config::owned_params;
use crate::training::{TrainConfig, TrainedModel};
use genphys_flow::conservative::ConservativeRewrite;
use genphys_flow::fixture::{Heat, Poisson, Yukawa};
use genphys_gpu::emulator::test_devices;
use genphys_nn::network::Precision;
use std::path::Path;

fn small() -> TrainConfig {
    let shape = genphys_data::DataShape::Vector { dim: 2, names: None };
    TrainConfig { seed: 4, batch: 64, width: 32, depth: 1, ..TrainConfig::for_data(&shape) }
}

#[test]
fn resuming_is_exact_to_the_bit() -> Result<()> {
    let data = genphys_data::load("moons", 0)?;
    for device in test_devices() {
        for pde in [&Heat as &dyn GenerativePde, &Yukawa { m: 1.0 }] {
            let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
            let (straight, parts) = (folder.path().join("straight"), folder.path().join("parts"));
            let trained = |steps: u64, to: &Path| -> Result<()> {
                let mut trainer = Trainer::new(pde, training_loss, "moons", &data, small(), &device)?;
                (0..steps).try_for_each(|_| trainer.step().map(|_| ()))?;
                trainer.save(to)
            };
            trained(10, &straight)?;
            trained(5, &parts)?;
            let mut trainer = Trainer::resume(pde, training_loss, &parts, &data, &device)?;
            (0..5).try_for_each(|_| trainer.step().map(|_| ()))?;
            trainer.save(&parts)?;
            for name in [run_dir::CONFIG, run_dir::STATISTICS, run_dir::MODEL, run_dir::EMA, run_dir::OPTIMIZER] {
                let read = |path: &Path| std::fs::read(path.join(name)).map_err(RuntimeError::io("cannot read", path));
                assert!(read(&straight)? == read(&parts)?, "{}, {device:?}: {name} differs", pde.name());
            }
        }
    }
    Ok(())
}

/// On a CUDA device the host learns later that a gradient was not finite.
#[test]
fn a_failure_that_was_noted_is_told_with_its_step() -> Result<()> {
    let data = genphys_data::load("moons", 0)?;
    let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
    let mut trainer = Trainer::new(&Heat, training_loss, "moons", &data, small(), &Device::Cpu)?;
    trainer.adam.note_failure(0)?;
    for _ in 1..CHECK_EVERY {
        trainer.step()?;
    }
    trainer.save(folder.path())?;
    trainer.adam.note_failure(4)?;
    let diverged = |error: &RuntimeError| matches!(error, RuntimeError::Diverged { step: 3, what: "gradient" });
    assert!(trainer.save(folder.path()).is_err_and(|error| diverged(&error)));
    // It is looked for at this step, and not at the next.
    assert!(trainer.step().is_err_and(|error| diverged(&error)));
    assert!(trainer.step().is_ok());
    Ok(())
}

#[test]
fn reports_name_the_step_that_was_not_finite() -> Result<()> {
    let scalar = |value: f32| Tensor::new(value, &Device::Cpu);
    let mut report = StepReport::new(8);
    for (denoising, growth) in [(1.0, 5.0), (2.0, 7.0)] {
        report.add(&crate::loss::TrainingLoss::new(scalar(denoising)?, Some(scalar(growth)?), None)?);
    }
    let report = report.with_gradient_norm(scalar(f32::INFINITY)?);
    assert_eq!((report.denoising()?, report.growth()?), (1.5, Some(6.0)));
    let diverged = report.gradient_norm();
    assert!(matches!(diverged, Err(RuntimeError::Diverged { step: 7, what: "gradient" })));
    Ok(())
}

#[test]
fn one_network_learns_several_values() -> Result<()> {
    let pdes = [0.5, 2.0].map(|m| Yukawa { m });
    let pdes = [&pdes[0] as &dyn GenerativePde, &pdes[1]];
    let data = genphys_data::load("moons", 0)?;
    let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
    let (straight, parts) = (folder.path().join("straight"), folder.path().join("parts"));
    let mut trainer = Trainer::jointly(&pdes, training_loss, "moons", &data, small(), &Device::Cpu)?;
    for _ in 0..7 {
        trainer.step()?;
    }
    trainer.save(&straight)?;
    let mut trainer = Trainer::jointly(&pdes, training_loss, "moons", &data, small(), &Device::Cpu)?;
    for _ in 0..4 {
        trainer.step()?;
    }
    trainer.save(&parts)?;
    let busy = Trainer::resume_jointly(&pdes, training_loss, &parts, &data, &Device::Cpu);
    assert!(busy.is_err_and(|error| error.to_string().contains(&format!("process {}", std::process::id()))));
    drop(trainer);
    let mut trainer = Trainer::resume_jointly(&pdes, training_loss, &parts, &data, &Device::Cpu)?;
    for _ in 0..3 {
        trainer.step()?;
    }
    trainer.save(&parts)?;
    for name in [run_dir::CONFIG, run_dir::MODEL, run_dir::EMA, run_dir::OPTIMIZER] {
        let read = |path: &Path| std::fs::read(path.join(name)).map_err(RuntimeError::io("cannot read", path));
        assert!(read(&straight)? == read(&parts)?, "{name} differs");
    }

    // Each value is a model of its own in one folder; the network is told which.
    let x = Tensor::new(&[[0.3f32, -0.2]], &Device::Cpu)?;
    let spread = Tensor::new(&[[0.4f32]], &Device::Cpu)?;
    let clean = |pde: &dyn GenerativePde, label: Option<u32>| -> Result<Vec<f32>> {
        let model = TrainedModel::load(pde, &straight, &Device::Cpu)?;
        assert_eq!(model.member.params, owned_params(pde));
        assert_eq!(model.member.schedule, noise_range(pde, &model.statistics).0);
        let labels = label.map(|label| Tensor::new(&[label], &Device::Cpu)).transpose()?;
        let estimate = model.denoiser.estimate_of_class(&x, &spread, labels.as_ref())?;
        Ok(estimate.clean.flatten_all()?.to_vec1()?)
    };
    for (number, pde) in pdes.iter().enumerate() {
        assert_eq!(clean(*pde, None)?, clean(*pde, Some(number as u32))?);
        assert_ne!(clean(*pde, None)?, clean(*pde, Some(1 - number as u32))?);
    }
    let message = |outcome: Result<TrainedModel>| outcome.map(|_| ()).unwrap_err().to_string();
    let unknown = message(TrainedModel::load(&Yukawa { m: 1.0 }, &straight, &Device::Cpu));
    assert!(unknown.contains("m = 0.5 or, m = 2"), "{unknown}");
    drop(trainer);
    let fewer = Trainer::resume(pdes[0], training_loss, &parts, &data, &Device::Cpu);
    assert!(fewer.is_err_and(|error| error.to_string().contains("begun with")));
    Ok(())
}

#[test]
fn another_equation_or_other_data_are_refused() -> Result<()> {
    let data = genphys_data::load("moons", 0)?;
    let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
    Trainer::new(&Heat, training_loss, "moons", &data, small(), &Device::Cpu)?.save(folder.path())?;
    let resumed = Trainer::resume(&Poisson, training_loss, folder.path(), &data, &Device::Cpu);
    assert!(resumed.is_err_and(|error| error.to_string().contains("another equation")));
    let other = genphys_data::load("checkerboard", 0)?;
    let resumed = Trainer::resume(&Heat, training_loss, folder.path(), &other, &Device::Cpu);
    assert!(resumed.is_err_and(|error| error.to_string().contains("checkerboard")));
    Ok(())
}

/// The text of the equation is the same, and what was learned is not.
#[test]
fn an_equation_and_its_rewrite_are_told_apart() -> Result<()> {
    let data = genphys_data::load("moons", 0)?;
    let pde = Yukawa { m: 1.0 };
    let rewrite = ConservativeRewrite::new(&pde)?;
    for (learned, other, form) in [
        (&pde as &dyn GenerativePde, &rewrite as &dyn GenerativePde, ", with births and deaths"),
        (&rewrite, &pde, ", without births and deaths"),
    ] {
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        Trainer::new(learned, training_loss, "moons", &data, small(), &Device::Cpu)?.save(folder.path())?;
        let own = TrainedModel::load(learned, folder.path(), &Device::Cpu)?;
        assert_eq!(own.config.is_rewrite_of(&pde), learned.growth_is_uniform());
        let message = TrainedModel::load(other, folder.path(), &Device::Cpu).map(|_| ()).unwrap_err().to_string();
        let run = message.lines().find(|line| line.trim_start().starts_with("run:")).unwrap_or_default();
        assert!(run.ends_with(form), "{message}");
    }
    Ok(())
}

#[test]
fn the_loss_falls() -> Result<()> {
    let data = genphys_data::load("moons", 0)?;
    for device in test_devices() {
        let precisions: &[Precision] = if !device.is_cpu() { &Precision::ALL } else { &[Precision::F32] };
        for (precision, pde) in precisions.iter().flat_map(|precision| {
            [&Heat as &dyn GenerativePde, &Poisson, &Yukawa { m: 1.0 }].map(|pde| (*precision, pde))
        }) {
            let config = TrainConfig { precision, ..small() };
            let mut trainer = Trainer::new(pde, training_loss, "moons", &data, config, &device)?;
            // The same points and the same noise before and after.
            let fixed = |trainer: &Trainer| -> Result<(f32, f32)> {
                let mut clean = trainer.draw(0);
                clean.rng = stream(9, Purpose::Calibration, 9);
                clean.resident = None;
                clean.points = trainer.examples.points(2048, &mut clean.rng);
                let loss = training_loss(pde, trainer.denoiser(), &mut clean)?;
                let growth = loss.growth.map_or(Ok(0.0), |growth| growth.to_scalar::<f32>())?;
                Ok((loss.denoising.to_scalar::<f32>()?, growth))
            };
            let before = fixed(&trainer)?;
            for _ in 0..200 {
                trainer.step()?;
            }
            let (after, name) = (fixed(&trainer)?, pde.name());
            assert!(after.0 < 0.99 * before.0, "{name}, {device:?}, {precision}: {before:?} to {after:?}");
            assert!(pde.conserves_particles() || after.1 < 0.8 * before.1, "growth: {before:?} to {after:?}");
        }
    }
    Ok(())
}
