//! Stage 2: `ModelPlan` -> tokens. One file per emitted item; the same items go into a model crate and into the
//! expansion of the attribute.

mod comment_text;
mod constructor;
mod default_model;
mod model_impl;
mod numbers;
mod paths;
mod struct_item;

use crate::format;
use crate::names::{self, Names, identifiers};
use crate::plan::{ModelPlan, PlannedConstant};
use genphys_pde::derivation::KernelFamily;
use paths::Paths;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::BTreeSet;

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
    paths: Paths,
    /// How names of the equation are spelled.
    names: Names,
    /// Generic parameters of the type.
    pub(crate) generics: syn::Generics,
    /// The `PhantomData` that uses them: a field of the user's, or one of ours.
    pub(crate) phantoms: Vec<Ident>,
}

impl<'plan> Emission<'plan> {
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

    /// What keeps the next item from rustfmt, where a person may run it.
    fn skip_format(&self) -> Option<TokenStream> {
        (self.style == Style::File).then(|| quote!(#[rustfmt::skip]))
    }

    /// The tokens of a constant, with the variables of this emission.
    fn tokens(&self, constant: &PlannedConstant) -> TokenStream {
        self.names.apply(&constant.tokens)
    }

    /// A call of a method of the kernel: by a path where a trait of somebody's may have a method of that name.
    fn on_kernel(&self, method: &str, arguments: &TokenStream) -> TokenStream {
        let (field, method) = (&self.names.kernel, Ident::new(method, Span::call_site()));
        match &self.paths.point_source {
            None => quote!(self.#field.#method(#arguments)),
            Some(point_source) => quote!(#point_source::#method(&self.#field, #arguments)),
        }
    }

    /// The type of the point-source kernel of the family alone.
    fn family_type(&self) -> TokenStream {
        let kernels = &self.paths.kernels;
        match self.plan.kernel.family {
            KernelFamily::Heat => quote!(#kernels::Heat),
            KernelFamily::Poisson => quote!(#kernels::Poisson),
            KernelFamily::Yukawa => quote!(#kernels::Yukawa),
            KernelFamily::Pfgmpp => quote!(#kernels::PfgmPlusPlus),
            KernelFamily::ScreenedPfgmpp => quote!(#kernels::ScreenedPfgmPlusPlus),
            KernelFamily::Stable => quote!(#kernels::Stable),
            KernelFamily::Subordinated => quote!(#kernels::Subordinated),
            KernelFamily::Gaussian => quote!(#kernels::Gaussian),
            KernelFamily::Telegraph => quote!(#kernels::Telegraph),
            KernelFamily::SpaceTimeFractional => quote!(#kernels::SpaceTimeFractional),
        }
    }

    /// The type of the field `kernel`.
    fn kernel_type(&self) -> TokenStream {
        let (kernels, mut kernel) = (&self.paths.kernels, self.family_type());
        if self.plan.kernel.shape.is_some() {
            kernel = quote!(#kernels::Shaped<#kernel>);
        }
        if self.plan.kernel.clock.is_some() {
            kernel = quote!(#kernels::Clocked<#kernel>);
        }
        if self.plan.kernel.decay.is_some() { quote!(#kernels::Killed<#kernel>) } else { kernel }
    }

    /// Lets a parameter keep a name such as `D`.
    fn allow_names(&self) -> Option<TokenStream> {
        self.names.are_unusual().then(|| quote!(#[allow(non_snake_case)]))
    }
}

/// `, Spreading` where the model says how a point source spreads.
fn spreading_import(emission: &Emission<'_>) -> Option<TokenStream> {
    emission.plan.kernel.spreading().map(|_| quote!(, Spreading))
}

/// `src/pde.rs` of a model crate.
///
/// # Errors
/// When the tokens are not a Rust file, which would be a fault of the generator.
pub(crate) fn pde_file(plan: &ModelPlan, header: &[String]) -> syn::Result<String> {
    let names = Names::new(&plan.param_names(), &plan.variables(), &[]);
    let emission = |ident, names| Emission {
        plan,
        ident,
        style: Style::File,
        paths: Paths::imported(),
        names,
        generics: syn::Generics::default(),
        phantoms: Vec::new(),
    };
    // Once with names that nothing is mistaken for, to see which ones are ours: names of the equation keep out of their
    // way.
    let blind = emission(Ident::new("pde_model", Span::call_site()), names.guarded().0);
    let in_constructors: BTreeSet<String> = identifiers(&constructor::emit(&blind))
        .into_iter()
        .chain(identifiers(&model_impl::with_params(&blind).unwrap_or_default()))
        .collect();
    let ident = names::type_in_file(&plan.name, &identifiers(&items(&blind)));
    let emission = emission(ident, names.in_file(&in_constructors));

    let header = header.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    let (blank, items) = (emission.blank(), items(&emission));
    format::file_text(quote! {
        #(#![doc = #header])*
        #blank
        #items
    })
}

/// The items of a file.
fn items(emission: &Emission<'_>) -> TokenStream {
    let blank = emission.blank();
    let spreading = spreading_import(emission);
    let (item, default_model) = (struct_item::emit(emission), default_model::emit(emission));
    let (constructor, model_impl) = (constructor::emit(emission), model_impl::emit(emission));
    quote! {
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
    }
}

/// The expansion of the attribute on `item`, whose attributes, visibility and fields are kept; `genphys` is the path of
/// the library. Nothing is imported, and nothing of the surrounding module is touched or relied on.
pub(crate) fn expansion(plan: &ModelPlan, item: &syn::ItemStruct, genphys: &TokenStream) -> TokenStream {
    let own: Vec<String> = struct_item::own_phantoms(item).iter().map(ToString::to_string).collect();
    let names = Names::new(&plan.param_names(), &plan.variables(), &own);
    let emission = |names: Names, phantoms| Emission {
        plan,
        ident: item.ident.clone(),
        style: Style::Expansion,
        paths: Paths::absolute(genphys),
        names,
        generics: item.generics.clone(),
        phantoms,
    };
    let phantoms = struct_item::phantoms(item, &names.unused);
    let (guarded, mut stands_for) = names.guarded();
    let guards = phantoms.iter().enumerate().map(|(at, phantom)| {
        let guard = Ident::new(&format!("own_phantom_{at}"), Span::call_site());
        stands_for.insert(guard.to_string(), phantom.clone());
        guard
    });
    let behind_guard = emission(guarded, guards.collect());
    let full_item = struct_item::emit_on(&emission(names, phantoms), item);
    let constructor = constructor::emit_hygienic(&behind_guard, &stands_for);
    let model_impl = model_impl::emit_hygienic(&behind_guard, &stands_for);
    quote! {
        #full_item
        #constructor
        #model_impl
    }
}
