//! `--set NAME=VALUE` and `--dim N`: which question about an equation is asked.

use crate::outcome::Failure;
use clap::Args;
use genphys_codegen::CrateOptions;
use genphys_pde::ast::{ExprKind, Number};
use genphys_pde::codes::Code;
use genphys_pde::pde::Param;
use genphys_pde::pde::Pde;
use genphys_suggest::did_you_mean;
use std::collections::BTreeMap;

/// The options as given.
#[derive(Args, Clone, Debug)]
pub(crate) struct SettingArgs {
    /// Fix a parameter: the answer is then about this value (repeatable)
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, Number)>,
    /// Ask about N space dimensions only
    #[arg(long, value_name = "N", value_parser = dimension)]
    pub(crate) dim: Option<u32>,
}

/// The options as they apply to one equation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings {
    /// Values of parameters.
    pub(crate) set: BTreeMap<String, Number>,
    /// The dimension.
    pub(crate) dim: Option<u32>,
}

impl Settings {
    /// The values as text, for the engine process.
    pub(crate) fn written(&self) -> BTreeMap<String, String> {
        self.set.iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
    }

    /// The value of every parameter: fixed here, or its default.
    ///
    /// # Errors
    /// When a parameter has neither.
    pub(crate) fn values(&self, pde: &Pde) -> Result<BTreeMap<String, Number>, Failure> {
        pde.params
            .iter()
            .map(|param| match self.set.get(&param.name).or(param.default.as_ref()) {
                Some(value) => Ok((param.name.clone(), value.clone())),
                None => Err(Failure::new(format!("the parameter `{}` of {} has no value", param.name, pde.name))
                    .help(format!("give one with --set {}=VALUE", param.name))),
            })
            .collect()
    }
}

impl SettingArgs {
    /// The settings as a model crate remembers them.
    pub(crate) fn options(&self) -> CrateOptions {
        let set = self.set.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        CrateOptions { set, dim: self.dim, ..CrateOptions::default() }
    }

    /// The settings that a model crate remembers.
    ///
    /// # Errors
    /// When a value is no number.
    pub(crate) fn of(options: &CrateOptions) -> Result<Self, Failure> {
        let set = numbers(&options.set).map_err(Failure::new)?;
        Ok(Self { set: set.into_iter().collect(), dim: options.dim })
    }

    /// The settings of each equation. A name must be declared by at least one of them and applies to all that
    /// declare it; a value must lie in the declared domain.
    ///
    /// # Errors
    /// The first setting that fits no equation.
    pub(crate) fn apply(&self, pdes: &[&Pde]) -> Result<Vec<Settings>, Failure> {
        for (i, (name, value)) in self.set.iter().enumerate() {
            if let Some((_, first)) = self.set[..i].iter().find(|(other, first)| other == name && first != value) {
                return Err(Failure::new(format!("--set {name}={value}: `{name}` is set to {first} already")));
            }
            if !pdes.is_empty() && !pdes.iter().any(|pde| pde.params.iter().any(|param| &param.name == name)) {
                return Err(unknown(name, pdes));
            }
        }
        pdes.iter().map(|pde| self.apply_to(pde)).collect()
    }

    /// The settings of the only equation.
    ///
    /// # Errors
    /// As [`SettingArgs::apply`].
    pub(crate) fn apply_one(&self, pde: &Pde) -> Result<Settings, Failure> {
        Ok(self.apply(&[pde])?.pop().unwrap_or_default())
    }

    fn apply_to(&self, pde: &Pde) -> Result<Settings, Failure> {
        let mut set = BTreeMap::new();
        for (name, value) in &self.set {
            if let Some(param) = pde.params.iter().find(|param| &param.name == name) {
                check_domain(pde, param, value)?;
                set.insert(name.clone(), value.clone());
            }
        }
        if let Some(dim) = self.dim
            && !pde.dim.contains(dim)
        {
            let message = format!("--dim {dim}: {} is declared for dim {}", pde.name, pde.dim);
            return Err(Failure::new(message).code(Code::DimensionNotCovered));
        }
        Ok(Settings { set, dim: self.dim })
    }
}

/// The numbers of [`Settings::written`].
pub(crate) fn numbers(written: &BTreeMap<String, String>) -> Result<BTreeMap<String, Number>, String> {
    written.iter().map(|(name, text)| Ok((name.clone(), number(text)?))).collect()
}

fn check_domain(pde: &Pde, param: &Param, value: &Number) -> Result<(), Failure> {
    if param.domain.contains(value.to_f64()) {
        return Ok(());
    }
    let (name, domain) = (&param.name, param.declared());
    let message = format!("--set {name}={value}: outside the domain that {} declares, {name} {domain}", pde.name);
    Err(Failure::new(message).code(Code::ValueOutsideDomain))
}

fn unknown(name: &str, pdes: &[&Pde]) -> Failure {
    let mut declared: Vec<&str> =
        pdes.iter().flat_map(|pde| pde.params.iter().map(|param| param.name.as_str())).collect();
    declared.sort_unstable();
    declared.dedup();
    let equations: Vec<&str> = pdes.iter().map(|pde| pde.name.as_str()).collect();
    let advice = did_you_mean(name, declared.iter().copied()).unwrap_or_else(|| match declared.as_slice() {
        [] => "there are no parameters to set".to_owned(),
        names => format!("declared: {}", names.join(", ")),
    });
    let message = format!("--set {name}: no such parameter in {}", equations.join(", "));
    Failure::new(message).code(Code::UnknownParameter).help(advice)
}

/// The most dimensions that anything is asked about.
const MOST_DIMENSIONS: u32 = 200_000;

/// Reads a number of dimensions, or one of a coordinate.
pub(crate) fn dimension(text: &str) -> Result<u32, String> {
    let number = text.trim().parse::<u32>().ok().filter(|number| (1..=MOST_DIMENSIONS).contains(number));
    number.ok_or_else(|| format!("expected a whole number from 1 to {MOST_DIMENSIONS}"))
}

/// Reads `m=2`, `D = -1e-3`.
pub(crate) fn assignment(text: &str) -> Result<(String, Number), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, such as m=2")?;
    let name = name.trim();
    if name.is_empty() {
        return Err("expected a parameter's name before `=`".to_owned());
    }
    Ok((ascii_name(name), number(value.trim())?))
}

/// The name as the equation has it: `ε` is `eps` there.
fn ascii_name(name: &str) -> String {
    match genphys_pde::parse_expression(name).map(|expr| expr.kind) {
        Ok(ExprKind::Symbol(ascii)) => ascii,
        _ => name.to_owned(),
    }
}

/// Reads a decimal number with a sign or without.
pub(crate) fn number(text: &str) -> Result<Number, String> {
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    // `.5` is not a number of the language but nobody means anything else by it.
    let digits = if digits.starts_with('.') { format!("0{digits}") } else { digits.to_owned() };
    let number = Number::from_decimal(&digits).ok_or(format!("`{text}` is not a decimal number"))?;
    Ok(Number { negative: negative && !number.is_zero(), ..number })
}

#[cfg(test)]
mod tests {
    use super::{assignment, dimension};

    #[test]
    fn dimensions_are_whole_and_within_bounds() {
        assert_eq!((dimension("1"), dimension(" 200000")), (Ok(1), Ok(200_000)));
        for text in ["0", "-1", "200001", "1e3", "2.5", "", "four", "99999999999"] {
            assert!(dimension(text).unwrap_err().contains("from 1 to 200000"), "{text}");
        }
    }

    #[test]
    fn assignments_are_read_exactly() {
        for (text, name, value) in [
            ("m=2", "m", "2"),
            ("D = 0.5", "D", "0.5"),
            ("c=-1e-3", "c", "-0.001"),
            ("q=.25", "q", "0.25"),
            ("ε=1", "eps", "1"),
        ] {
            let (found, number) = assignment(text).unwrap();
            assert_eq!((found.as_str(), number.to_string().as_str()), (name, value));
        }
        for text in ["m", "=2", "m=", "m=two", "m=inf", "m=1e999"] {
            assert!(assignment(text).is_err(), "{text}");
        }
    }
}
