//! Stage 2: `ModelPlan` -> tokens. One file per emitted item; the same items go into a model crate and into the
//! expansion of the attribute.

mod comment_text;
mod constructor;
mod default_model;
mod model_impl;
mod numbers;
mod struct_item;

use crate::format;
use crate::plan::Family;
use crate::plan::ModelPlan;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

pub(crate) use comment_text::{escaped, paragraph};
pub(crate) use default_model::missing_value;
pub(crate) use struct_item::{derivation_docs, is_phantom};

/// Who reads the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A person: imports at the top, comments, blank lines.
    File,
    /// The compiler, in the middle of somebody's module: nothing imported there.
    Expansion,
}

/// What every emitter needs to know.
pub(crate) struct Emission<'plan> {
    pub(crate) plan: &'plan ModelPlan,
    /// Name of the type.
    pub(crate) ident: Ident,
    pub(crate) style: Style,
    /// Generic parameters of the type.
    pub(crate) generics: syn::Generics,
    /// The `PhantomData` that uses them: a field of the user's, or one of ours.
    pub(crate) phantoms: Vec<Ident>,
}

impl Emission<'_> {
    /// `// …` lines where a person reads.
    fn comment(&self, text: &str) -> TokenStream {
        if self.style != Style::File {
            return TokenStream::new();
        }
        paragraph(text, "").iter().map(|line| format::comment(line)).collect()
    }

    /// A blank line where a person reads.
    fn blank(&self) -> TokenStream {
        if self.style == Style::File { format::blank() } else { TokenStream::new() }
    }

    /// The module of the kernels.
    fn kernels(&self) -> TokenStream {
        if self.style == Style::File { quote!(kernels) } else { quote!(::genphys::kernels) }
    }

    /// The type of the point-source kernel of the family alone.
    fn family_type(&self) -> TokenStream {
        let kernels = self.kernels();
        match self.plan.kernel.family {
            Family::Heat => quote!(#kernels::Heat),
            Family::Poisson => quote!(#kernels::Poisson),
            Family::Yukawa => quote!(#kernels::Yukawa),
            Family::PfgmPlusPlus => quote!(#kernels::PfgmPlusPlus),
            Family::ScreenedPfgmPlusPlus => quote!(#kernels::ScreenedPfgmPlusPlus),
            Family::Stable => quote!(#kernels::Stable),
            Family::Subordinated => quote!(#kernels::Subordinated),
            Family::Gaussian => quote!(#kernels::Gaussian),
            Family::Telegraph => quote!(#kernels::Telegraph),
        }
    }

    /// The type of the field `kernel`.
    fn kernel_type(&self) -> TokenStream {
        let (kernels, mut kernel) = (self.kernels(), self.family_type());
        if self.plan.kernel.shape.is_some() {
            kernel = quote!(#kernels::Shaped<#kernel>);
        }
        if self.plan.kernel.clock.is_some() {
            kernel = quote!(#kernels::Clocked<#kernel>);
        }
        if self.plan.kernel.decay.is_some() { quote!(#kernels::Killed<#kernel>) } else { kernel }
    }

    /// Lets a parameter keep a name such as `D`.
    fn allow_names(&self) -> TokenStream {
        let snake = self.plan.params.iter().all(|param| crate::names::is_snake_case(&param.name));
        if snake { TokenStream::new() } else { quote!(#[allow(non_snake_case)]) }
    }
}

/// `, Spreading` where the model says how a point source spreads.
fn spreading_import(emission: &Emission<'_>) -> Option<TokenStream> {
    emission.plan.kernel.family.spreading().map(|_| quote!(, Spreading))
}

/// `src/pde.rs` of a model crate.
///
/// # Errors
/// When the tokens are not a Rust file, which would be a fault of the generator.
pub(crate) fn pde_file(plan: &ModelPlan, ident: Ident, header: &[String]) -> syn::Result<String> {
    let (generics, phantoms) = (syn::Generics::default(), Vec::new());
    let emission = Emission { plan, ident, style: Style::File, generics, phantoms };
    let header = header.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    let blank = emission.blank();
    let spreading = spreading_import(&emission);
    let (item, default_model) = (struct_item::emit(&emission), default_model::emit(&emission));
    let (constructor, model_impl) = (constructor::emit(&emission), model_impl::emit(&emission));
    format::file_text(quote! {
        #(#![doc = #header])*
        #blank
        use genphys::kernels::{self, PointSourceKernel};
        use genphys::{GenerativePde, ParamError, RngCore #spreading};
        #blank
        #default_model
        #blank
        #item
        #blank
        #constructor
        #blank
        #model_impl
    })
}

/// The expansion of the attribute on `item`, whose attributes, visibility and fields are kept.
pub(crate) fn expansion(plan: &ModelPlan, item: &syn::ItemStruct) -> TokenStream {
    let emission = Emission {
        plan,
        ident: item.ident.clone(),
        style: Style::Expansion,
        generics: item.generics.clone(),
        phantoms: struct_item::phantoms(item),
    };
    let full_item = struct_item::emit_on(&emission, item);
    let constructor = constructor::emit(&emission);
    let model_impl = model_impl::emit(&emission);
    let spreading = spreading_import(&emission);
    // The macro `vec!` is used where there are parameters to list.
    let vec = if plan.params.is_empty() { quote!(Vec) } else { quote!({self, Vec}) };
    quote! {
        #full_item
        // The imports live in a block of their own: nothing of the surrounding module is touched or relied on.
        const _: () = {
            use ::core::result::Result::{self, Ok};
            use ::genphys::kernels::PointSourceKernel;
            use ::genphys::{GenerativePde, ParamError, RngCore #spreading};
            use ::std::vec::#vec;
            #constructor
            #model_impl
        };
    }
}
