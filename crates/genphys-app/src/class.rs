//! From `--class` and `--guidance` to the field that is followed.

use clap::Args;

use super::error::AppError;
use genphys_flow::GenerativePde;
use genphys_flow::velocity_field::VelocityField;
use genphys_train::denoiser_field::DenoiserField;
use genphys_train::error::RuntimeError;
use genphys_train::guidance::GuidedField;
use genphys_train::training::TrainedModel;

#[derive(Debug, Args)]
pub(super) struct ClassArguments {
    /// Draw from this class only, a number or a name, with a model that was trained with --conditional
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// How far beyond the class samples are pushed: 1 draws from it, more draws its most typical members
    #[arg(long, value_name = "W", requires = "class")]
    guidance: Option<f64>,
}

impl ClassArguments {
    /// Evaluations of the network for one of the field.
    pub(super) fn evaluations(&self) -> usize {
        if self.guidance.is_none_or(|guidance| guidance == 0.0 || guidance == 1.0) { 1 } else { 2 }
    }

    /// The field of the model, for the class that was asked for.
    ///
    /// # Errors
    /// When the model does not know the class, or the guidance is not a number.
    pub(super) fn field<'a>(
        &self,
        pde: &'a dyn GenerativePde,
        model: &'a TrainedModel,
    ) -> Result<Box<dyn VelocityField + 'a>, AppError> {
        let field = DenoiserField::new(pde, &model.denoiser, model.config.shape.dim());
        let Some(class) = &self.class else { return Ok(Box::new(field)) };
        let label = label(class, model.config.classes(), &model.config.class_names)?;
        Ok(match self.guidance {
            // One of the two fields is the other's, and not asked.
            None | Some(1.0) => Box::new(field.of_class(label)),
            Some(0.0) => Box::new(field),
            Some(guidance) if guidance.is_finite() && guidance >= 0.0 => {
                Box::new(GuidedField::new(field.clone().of_class(label), field, guidance))
            }
            Some(guidance) => {
                let message = format!("--guidance must be zero or more, found {guidance}");
                return Err(RuntimeError::Setting(message).into());
            }
        })
    }
}

/// A class by its name, else by its number.
fn label(class: &str, classes: usize, names: &[String]) -> Result<u32, RuntimeError> {
    if classes == 0 {
        return Err(RuntimeError::Setting(
            "this model knows no classes; train one with --conditional on data that have labels".into(),
        ));
    }
    let number = || class.parse::<usize>().ok().filter(|number| *number < classes);
    match names.iter().position(|name| name == class).or_else(number) {
        Some(index) => Ok(index as u32),
        None => {
            let known = if names.is_empty() { format!("0 to {}", classes - 1) } else { names.join(", ") };
            Err(RuntimeError::Setting(format!("no class `{class}`; known: {known}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn classes_by_name_and_number() {
        let names = ["cat".to_owned(), "1".to_owned()];
        assert_eq!(label("cat", 2, &names).ok(), Some(0));
        assert_eq!(label("1", 2, &names).ok(), Some(1), "a name comes before a number");
        assert_eq!(label("0", 2, &names).ok(), Some(0));
        assert_eq!(label("7", 10, &[]).ok(), Some(7));
        assert!(label("10", 10, &[]).unwrap_err().to_string().contains("0 to 9"));
        assert!(label("dog", 2, &names).unwrap_err().to_string().contains("cat, 1"));
        assert!(label("0", 0, &[]).unwrap_err().to_string().contains("--conditional"));
    }
}
