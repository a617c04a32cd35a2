//! The struct: one field per parameter, and the kernel with its constants. Its documentation is the derivation.

use super::{Emission, escaped, paragraph};
use crate::names::same_field;
use crate::plan::ModelPlan;
use genphys_pde::ast::Domain;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;

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

/// The user's fields of type `PhantomData`.
pub(super) fn own_phantoms(item: &syn::ItemStruct) -> Vec<Ident> {
    item.fields.iter().filter(|field| is_phantom(&field.ty)).filter_map(|field| field.ident.clone()).collect()
}

/// The fields of type `PhantomData`; `unused`, one of ours, where there are parameters for it to use and none of the
/// user's.
pub(super) fn phantoms(item: &syn::ItemStruct, unused: &Ident) -> Vec<Ident> {
    let own = own_phantoms(item);
    let needs_use = item.generics.params.iter().any(|param| !matches!(param, syn::GenericParam::Const(_)));
    if own.is_empty() && needs_use { vec![unused.clone()] } else { own }
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
    let f64 = &emission.paths.f64;
    let params = emission.plan.free_params().map(|param| {
        let name = emission.names.field(&param.name);
        let doc = format!(" Parameter `{}` of the equation, {}.", param.name, domain_in_words(&param.domain));
        match own.iter().find(|field| field.ident.as_ref().is_some_and(|own| same_field(own, &name))) {
            Some(field) if field.attrs.iter().any(|attr| attr.path().is_ident("doc")) => quote!(#field,),
            Some(field) => quote!(#[doc = #doc] #field,),
            None => quote!(#[doc = #doc] #name: #f64,),
        }
    });
    let constants: Vec<String> =
        emission.plan.kernel.described().iter().map(|(name, text)| format!("{name} `{text}`")).collect();
    let mut kernel = format!("Its point-source kernel: {}", constants.join(", "));
    if let Some(decay) = &emission.plan.kernel.decay {
        kernel += &format!(", with the constant death rate `{}`", decay.text);
    }
    kernel.push('.');
    let (kernel_field, kernel_type) = (&emission.names.kernel, emission.kernel_type());
    let lines = paragraph(&kernel, "").into_iter().map(|line| format!(" {line}"));
    quote! {
        #(#params)*
        #(#[doc = #lines])*
        #kernel_field: #kernel_type,
    }
}

/// `> 0` as code, `real` as a word.
fn domain_in_words(domain: &Domain) -> String {
    match domain {
        Domain::Unrestricted => "any real number".to_owned(),
        domain => format!("`{domain}`"),
    }
}

fn docs(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The traits that the user has not derived already. Kernels that are more than numbers are neither `Copy` nor
/// compared.
fn missing_derives(attrs: &[syn::Attribute], is_plain: bool) -> TokenStream {
    let wanted = [
        ("Clone", quote!(::core::clone::Clone)),
        ("Debug", quote!(::core::fmt::Debug)),
        ("Copy", quote!(::core::marker::Copy)),
        ("PartialEq", quote!(::core::cmp::PartialEq)),
    ];
    let wanted = if is_plain { &wanted[..] } else { &wanted[..2] };
    let mut derived = Vec::new();
    for attr in attrs {
        collect_derives(&attr.meta, &[], &mut derived);
    }
    let mut always = Vec::new();
    let mut otherwise = TokenStream::new();
    for (name, path) in wanted {
        let when: Vec<&Vec<TokenStream>> = derived.iter().filter(|(d, _)| d == name).map(|(_, when)| when).collect();
        if when.is_empty() {
            always.push(path);
        } else if when.iter().all(|when| !when.is_empty()) {
            // Derived by the user under conditions only: by us where none of them holds.
            let when = when.into_iter().map(|when| one_of("all", when.iter().cloned()));
            let when = one_of("any", when);
            otherwise.extend(quote!(#[cfg_attr(not(#when), derive(#path))]));
        }
    }
    let always = (!always.is_empty()).then(|| quote!(#[derive(#(#always),*)]));
    quote!(#always #otherwise)
}

/// The traits of `derive(…)`, also inside `cfg_attr(…)`, with the conditions under which they are derived.
fn collect_derives(meta: &syn::Meta, when: &[TokenStream], found: &mut Vec<(String, Vec<TokenStream>)>) {
    // A malformed list is the compiler's to report.
    let syn::Meta::List(list) = meta else { return };
    if list.path.is_ident("derive") {
        let paths = list.parse_args_with(Punctuated::<syn::Path, syn::Token![,]>::parse_terminated).unwrap_or_default();
        let names = paths.iter().filter_map(|path| path.segments.last()).map(|segment| segment.ident.to_string());
        found.extend(names.map(|name| (name, when.to_vec())));
    } else if list.path.is_ident("cfg_attr") {
        let parts = list.parse_args_with(|input: syn::parse::ParseStream<'_>| {
            // `true` and `false` are conditions and no paths.
            let condition = if input.peek(syn::LitBool) {
                input.parse::<syn::LitBool>()?.into_token_stream()
            } else {
                input.parse::<syn::Meta>()?.into_token_stream()
            };
            input.parse::<syn::Token![,]>()?;
            Ok((condition, Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated(input)?))
        });
        let Ok((condition, attributes)) = parts else { return };
        let when: Vec<TokenStream> = when.iter().cloned().chain([condition]).collect();
        attributes.iter().for_each(|attribute| collect_derives(attribute, &when, found));
    }
}

/// `any(a, b)`; a condition by itself where it is the only one.
fn one_of(how: &str, conditions: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let conditions: Vec<TokenStream> = conditions.into_iter().collect();
    let how = Ident::new(how, Span::call_site());
    if let [only] = conditions.as_slice() { only.clone() } else { quote!(#how(#(#conditions),*)) }
}
