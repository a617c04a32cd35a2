//! The arguments of `#[genphys_pde(…)]` and the struct it stands on.

use crate::names::rust_name;
use crate::plan::ModelPlan;
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Fields, Ident, ItemStruct, LitStr, Token};

/// Where the equation comes from.
pub(super) enum Arguments {
    /// `"pdes/yukawa.pde"`: a file, relative to the folder of the crate's `Cargo.toml`.
    File(LitStr),
    /// `inline = "dt(phi) = lap(phi)"`.
    Inline(LitStr),
}

impl Arguments {
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
        let arguments = if input.peek(LitStr) {
            Self::File(input.parse()?)
        } else {
            let key: Ident = input.parse().map_err(|error| syn::Error::new(error.span(), EXPECTED))?;
            if key != "inline" {
                return Err(syn::Error::new(key.span(), format!("unknown argument `{key}`; {EXPECTED}")));
            }
            input.parse::<Token![=]>()?;
            Self::Inline(input.parse()?)
        };
        input.parse::<Option<Token![,]>>()?;
        if input.is_empty() {
            Ok(arguments)
        } else {
            Err(input.error("genphys_pde takes one argument: a file or `inline = \"…\"`"))
        }
    }
}

/// The struct the attribute stands on.
///
/// # Errors
/// An item that is no struct, a struct with fields without names, or one with generic parameters.
pub(super) fn structure(item: TokenStream) -> syn::Result<ItemStruct> {
    let item: syn::Item = syn::parse2(item)?;
    let syn::Item::Struct(item) = item else {
        return Err(syn::Error::new_spanned(item, "genphys_pde stands on a struct: `struct Yukawa;`"));
    };
    if !item.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(&item.generics, "the struct of genphys_pde takes no generic parameters"));
    }
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
    let names: Vec<String> = plan.free_params().map(|param| param.name.clone()).collect();
    let known = match names.as_slice() {
        [] => "it has no parameters".to_owned(),
        names => format!("its parameters are {}", names.join(", ")),
    };
    let mut errors: Vec<syn::Error> = Vec::new();
    for field in &fields.named {
        let Some(ident) = &field.ident else { continue };
        if !names.iter().any(|name| rust_name(name) == *ident) {
            let message = format!("`{}` is no parameter of the equation `{}`; {known}", ident.unraw(), plan.name());
            errors.push(syn::Error::new(ident.span(), message));
        } else if !is_f64(&field.ty) {
            errors.push(syn::Error::new_spanned(&field.ty, "a parameter of an equation is an `f64`"));
        }
    }
    for name in &names {
        let ident = rust_name(name);
        if !fields.named.iter().any(|field| field.ident.as_ref() == Some(&ident)) {
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
