//! The arguments of `#[genphys_pde(…)]` and the struct it stands on.

use crate::emit::is_phantom;
use crate::names::{field, same_field};
use crate::plan::ModelPlan;
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Fields, Ident, ItemStruct, LitInt, LitStr, Token};

/// What stands between the parentheses.
pub(super) struct Arguments {
    pub(super) source: Source,
    /// `dim = 1`: the model for data of this dimension.
    pub(super) dim: Option<u32>,
    /// `conservative`: births and deaths rewritten into the velocity.
    pub(super) conservative: bool,
    /// `crate = path`: where the library is, if not where the crate's `Cargo.toml` says.
    pub(super) genphys: Option<syn::Path>,
}

/// Where the equation comes from.
pub(super) enum Source {
    /// `"pdes/yukawa.pde"`: a file, relative to the folder of the crate's `Cargo.toml`.
    File(LitStr),
    /// `inline = "dt(phi) = lap(phi)"`.
    Inline(LitStr),
}

impl Source {
    /// The string: errors about the equation point at it.
    pub(super) fn literal(&self) -> &LitStr {
        let (Self::File(literal) | Self::Inline(literal)) = self;
        literal
    }
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const EXPECTED: &str = "expected a file or an equation: #[genphys_pde(\"pdes/name.pde\")] or \
                                #[genphys_pde(inline = \"dt(phi) = lap(phi)\")]";
        if input.is_empty() {
            return Err(syn::Error::new(input.span(), EXPECTED));
        }
        let source = if input.peek(LitStr) {
            Source::File(input.parse()?)
        } else {
            let key = Ident::parse_any(input).map_err(|error| syn::Error::new(error.span(), EXPECTED))?;
            if key != "inline" {
                let message = match key.to_string().as_str() {
                    "dim" | "conservative" | "crate" => format!("the equation comes before `{key}`; {EXPECTED}"),
                    _ => format!("unknown argument `{key}`; {EXPECTED}"),
                };
                return Err(syn::Error::new(key.span(), message));
            }
            input.parse::<Token![=]>()?;
            Source::Inline(input.parse()?)
        };
        let mut arguments = Self { source, dim: None, conservative: false, genphys: None };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            arguments.option(input)?;
        }
        Ok(arguments)
    }
}

impl Arguments {
    /// `dim = N`, `conservative` or `crate = path`.
    fn option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        const OPTIONS: &str = "after the equation there can be `dim = N`, `conservative` and `crate = path`";
        let key = Ident::parse_any(input).map_err(|error| syn::Error::new(error.span(), OPTIONS))?;
        let twice = || Err(syn::Error::new(key.span(), format!("`{key}` is given twice")));
        match key.to_string().as_str() {
            "dim" => {
                input.parse::<Token![=]>()?;
                let number: LitInt = input.parse()?;
                let dim = number.base10_parse::<u32>()?;
                if dim == 0 {
                    return Err(syn::Error::new(number.span(), "a dimension is at least 1"));
                }
                if self.dim.replace(dim).is_some() {
                    return twice();
                }
            }
            "conservative" => {
                if std::mem::replace(&mut self.conservative, true) {
                    return twice();
                }
            }
            "crate" => {
                input.parse::<Token![=]>()?;
                if self.genphys.replace(syn::Path::parse_mod_style(input)?).is_some() {
                    return twice();
                }
            }
            _ => return Err(syn::Error::new(key.span(), format!("unknown argument `{key}`; {OPTIONS}"))),
        }
        Ok(())
    }
}

/// The struct the attribute stands on.
///
/// # Errors
/// An item that is no struct, or a struct with fields without names.
pub(super) fn structure(item: TokenStream) -> syn::Result<ItemStruct> {
    let item: syn::Item = syn::parse2(item)?;
    let syn::Item::Struct(item) = item else {
        return Err(syn::Error::new_spanned(item, "genphys_pde stands on a struct: `struct Yukawa;`"));
    };
    match &item.fields {
        Fields::Unit | Fields::Named(_) => Ok(item),
        fields => Err(syn::Error::new_spanned(
            fields,
            format!(
                "the fields of the struct are the parameters of the equation and have their names; write `struct {};` or \
                 `struct {0} {{ m: f64 }}` for `param m`",
                item.ident
            ),
        )),
    }
}

/// Whether the struct's own fields are the free parameters of the equation.
///
/// # Errors
/// At the field that is no parameter or no `f64`; at the name of the struct when a parameter is missing.
pub(super) fn check_fields(item: &ItemStruct, plan: &ModelPlan) -> syn::Result<()> {
    let Fields::Named(fields) = &item.fields else { return Ok(()) };
    let names: Vec<&str> = plan.free_params().map(|param| param.name.as_str()).collect();
    let all = plan.param_names();
    let own = |ident: &Ident, name: &str| same_field(ident, &field(name, &all));
    let known = match names.as_slice() {
        [] => "it has no parameters".to_owned(),
        names => format!("its parameters are {}", names.join(", ")),
    };
    let mut errors: Vec<syn::Error> = Vec::new();
    for found in &fields.named {
        let Some(ident) = &found.ident else { continue };
        if is_phantom(&found.ty) {
            continue;
        }
        if !names.iter().any(|name| own(ident, name)) {
            let message = format!("`{}` is no parameter of the equation `{}`; {known}", ident.unraw(), plan.name());
            errors.push(syn::Error::new(ident.span(), message));
        } else if !is_f64(&found.ty) {
            errors.push(syn::Error::new_spanned(&found.ty, "a parameter of an equation is an `f64`"));
        }
    }
    for name in &names {
        if !fields.named.iter().any(|found| found.ident.as_ref().is_some_and(|ident| own(ident, name))) {
            let ident = field(name, &all);
            let message = format!("the struct lacks the parameter `{name}` of the equation; add `{ident}: f64`");
            errors.push(syn::Error::new(item.ident.span(), message));
        }
    }
    errors
        .into_iter()
        .reduce(|mut all, error| {
            all.combine(error);
            all
        })
        .map_or(Ok(()), Err)
}

fn is_f64(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.qself.is_none()
        && path.path.segments.last().is_some_and(|segment| segment.ident == "f64"))
}
