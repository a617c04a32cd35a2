//! A kernel as its family and constants; every text about it is made of these (`genphys_pde::derivation::Kernel::new`).

use genphys_pde::derivation::{KernelConstants, KernelFamily};
use genphys_pde::expression::Expression;
use std::collections::BTreeMap;

/// Family and constants.
pub(super) struct Found {
    pub(super) family: KernelFamily,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Found {
    pub(super) fn new<const N: usize>(family: KernelFamily, parameters: [(&str, String); N]) -> Self {
        Self { family, parameters: parameters.map(|(name, text)| (name.to_string(), text)).into() }
    }

    /// Whether it is the stable law of |k|².
    pub(super) fn is_heat(&self) -> bool {
        let is = |name: &str, value: &str| self.parameters.get(name).is_some_and(|text| text == value);
        self.family == KernelFamily::Stable && is("index", "2") && is("rate", "1")
    }

    /// With trees in the place of texts.
    pub(super) fn constants(self) -> Option<KernelConstants> {
        let read = |(name, text)| Some((name, Expression::read(text).ok()?));
        KernelConstants::new(self.family, self.parameters.into_iter().map(read).collect::<Option<_>>()?).ok()
    }

    pub(super) fn with<const N: usize>(mut self, parameters: [(&str, String); N]) -> Self {
        self.parameters.extend(parameters.map(|(name, text)| (name.to_string(), text)));
        self
    }
}

pub(super) fn heat(diffusivity: String, decay: String) -> Found {
    Found::new(KernelFamily::Heat, [("diffusivity", diffusivity), ("decay", decay)])
}

pub(super) fn poisson(speed: String, decay: String) -> Found {
    Found::new(KernelFamily::Poisson, [("speed", speed), ("decay", decay)])
}

pub(super) fn yukawa(speed: String, mass: String, decay: String) -> Found {
    Found::new(KernelFamily::Yukawa, [("speed", speed), ("mass", mass), ("decay", decay)])
}
