//! The struct: one field per parameter, and the kernel with its constants. Its documentation is the derivation.

use super::{Emission, escaped, paragraph};
use crate::names::rust_name;
use crate::plan::ModelPlan;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// The struct in a file of its own.
pub(super) fn emit(emission: &Emission<'_>) -> TokenStream {
    let ident = &emission.ident;
    let allow = emission.allow_names();
    let fields = fields(emission, &syn::Fields::Unit);
    let docs = docs(&[title(emission.plan)]);
    let derives = if emission.plan.kernel.is_plain() {
        quote!(#[derive(Clone, Copy, Debug, PartialEq)])
    } else {
        quote!(#[derive(Clone, Debug)])
    };
    quote! {
        #docs
        #derives
        #allow
        pub struct #ident { #fields }
    }
}

/// The struct in place of `item`, whose attributes, documentation and visibility it keeps.
pub(super) fn emit_on(emission: &Emission<'_>, item: &syn::ItemStruct) -> TokenStream {
    let syn::ItemStruct { attrs, vis, ident, fields: own, .. } = item;
    let allow = emission.allow_names();
    let fields = fields(emission, own);
    // After the user's own documentation, as a paragraph of its own.
    let mut lines = if attrs.iter().any(|attr| attr.path().is_ident("doc")) { vec![String::new()] } else { Vec::new() };
    lines.push(title(emission.plan));
    if let Some(origin) = &emission.plan.origin {
        lines.push(format!("From {origin}."));
    }
    lines.push(String::new());
    lines.extend(derivation_docs(emission.plan));
    let docs = docs(&lines);
    let derives = missing_derives(attrs, emission.plan.kernel.is_plain());
    let (generics, where_clause) = (&item.generics, &item.generics.where_clause);
    let phantoms = phantom_fields(emission, item);
    let item = quote_spanned!(ident.span()=> #vis struct #ident #generics);
    quote! {
        #(#attrs)*
        #docs
        #derives
        #allow
        #item #where_clause { #fields #phantoms }
    }
}

/// The name of the field that uses generic parameters which no field of the user's does.
const UNUSED: &str = "generics";

/// The fields of type `PhantomData`; one of ours where there are parameters for it to use and none of the user's.
pub(super) fn phantoms(item: &syn::ItemStruct) -> Vec<Ident> {
    let own: Vec<Ident> =
        item.fields.iter().filter(|field| is_phantom(&field.ty)).filter_map(|field| field.ident.clone()).collect();
    let needs_use = item.generics.params.iter().any(|param| !matches!(param, syn::GenericParam::Const(_)));
    if own.is_empty() && needs_use { vec![Ident::new(UNUSED, Span::call_site())] } else { own }
}

/// `PhantomData<…>`, by whatever path.
pub(crate) fn is_phantom(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "PhantomData"))
}

/// The user's own fields of that type, or ours.
fn phantom_fields(emission: &Emission<'_>, item: &syn::ItemStruct) -> TokenStream {
    let own: Vec<&syn::Field> = item.fields.iter().filter(|field| is_phantom(&field.ty)).collect();
    if !own.is_empty() {
        return quote!(#(#own,)*);
    }
    let Some(name) = emission.phantoms.first() else { return TokenStream::new() };
    // A function that returns them: the model stays `Send` and `Sync` whatever they are.
    let uses = item.generics.params.iter().filter_map(|param| match param {
        syn::GenericParam::Type(param) => {
            let ident = &param.ident;
            Some(quote!(#ident))
        }
        syn::GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            Some(quote!(&#lifetime ()))
        }
        syn::GenericParam::Const(_) => None,
    });
    quote!(#name: ::core::marker::PhantomData<fn() -> (#(#uses,)*)>,)
}

/// `Screened Poisson (Yukawa): dt(phi, 2) + …`.
fn title(plan: &ModelPlan) -> String {
    let title = plan.title.as_deref().unwrap_or(&plan.name);
    format!("{}: `{}`.", escaped(title), plan.equation)
}

/// The derivation as a list: dispersion relation, branches, continuity form, conditions, parameters.
pub(crate) fn derivation_docs(plan: &ModelPlan) -> Vec<String> {
    let mut lines = Vec::new();
    for formula in &plan.formulas {
        let text = match (&formula.expression, formula.remark.as_str()) {
            (Some(expression), "") => format!("- {}: `{expression}`", formula.name),
            (Some(expression), remark) => format!("- {}: `{expression}`, {}", formula.name, escaped(remark)),
            (None, remark) => format!("- {}: {}", escaped(formula.name), escaped(remark)),
        };
        lines.extend(paragraph(&text, "  "));
    }
    lines
}

/// One field per parameter, written as the struct's `own` field of that name where there is one.
fn fields(emission: &Emission<'_>, own: &syn::Fields) -> TokenStream {
    let params = emission.plan.free_params().map(|param| {
        let name = rust_name(&param.name);
        let doc = format!(" Parameter `{}` of the equation, {}.", param.name, domain_in_words(&param.domain));
        match own.iter().find(|field| field.ident.as_ref() == Some(&name)) {
            Some(field) if field.attrs.iter().any(|attr| attr.path().is_ident("doc")) => quote!(#field,),
            Some(field) => quote!(#[doc = #doc] #field,),
            None => quote!(#[doc = #doc] #name: f64,),
        }
    });
    let constants: Vec<String> =
        emission.plan.kernel.described().iter().map(|(name, text)| format!("{name} `{text}`")).collect();
    let mut kernel = format!("Its point-source kernel: {}", constants.join(", "));
    if let Some(decay) = &emission.plan.kernel.decay {
        kernel += &format!(", with the constant death rate `{}`", decay.text);
    }
    kernel.push('.');
    let kernel_type = emission.kernel_type();
    let lines = paragraph(&kernel, "").into_iter().map(|line| format!(" {line}"));
    quote! {
        #(#params)*
        #(#[doc = #lines])*
        kernel: #kernel_type,
    }
}

/// `> 0` as code, `real` as a word.
fn domain_in_words(domain: &str) -> String {
    if domain == "real" { "any real number".to_owned() } else { format!("`{domain}`") }
}

fn docs(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The traits that the user has not derived already. Kernels that are more than numbers are neither `Copy` nor compared.
fn missing_derives(attrs: &[syn::Attribute], is_plain: bool) -> TokenStream {
    let mut derived = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
        // A malformed list is the compiler's to report.
        let _ = attr.parse_nested_meta(|meta| {
            derived.extend(meta.path.segments.last().map(|segment| segment.ident.to_string()));
            Ok(())
        });
    }
    let wanted = [
        ("Clone", quote!(::core::clone::Clone)),
        ("Debug", quote!(::core::fmt::Debug)),
        ("Copy", quote!(::core::marker::Copy)),
        ("PartialEq", quote!(::core::cmp::PartialEq)),
    ];
    let wanted = if is_plain { &wanted[..] } else { &wanted[..2] };
    let missing = wanted.iter().filter(|(name, _)| !derived.iter().any(|d| d == name)).map(|(_, path)| path);
    quote!(#[derive(#(#missing),*)])
}
