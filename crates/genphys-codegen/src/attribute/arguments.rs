//! The arguments of `#[genphys_pde(…)]` and the struct it stands on.

use proc_macro2::TokenStream;
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
/// An item that is no struct, or a struct with fields or generic parameters: the fields are the parameters of the
/// equation, so the struct brings none of its own.
pub(super) fn unit_struct(item: TokenStream) -> syn::Result<ItemStruct> {
    let item: syn::Item = syn::parse2(item)?;
    let syn::Item::Struct(item) = item else {
        return Err(syn::Error::new_spanned(item, "genphys_pde stands on a struct: `struct Yukawa;`"));
    };
    if !item.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(&item.generics, "the struct of genphys_pde takes no generic parameters"));
    }
    match &item.fields {
        Fields::Unit => Ok(item),
        fields => Err(syn::Error::new_spanned(
            fields,
            format!(
                "the struct of genphys_pde has no fields of its own: the parameters of the equation become its fields; \
                 write `struct {};`",
                item.ident
            ),
        )),
    }
}
