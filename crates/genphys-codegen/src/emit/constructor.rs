//! The constructor: checks the domains, computes the constants of the kernel from the parameters.

use super::numbers::{allow_constants, float};
use super::{Emission, Style};
use crate::domain;
use crate::names::rust_name;
use crate::plan::{Construction, Covariance, PlannedConstant};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// Constants longer than this are kept from rustfmt, which would break them in its own way.
const SHORT: usize = 50;

pub(super) fn emit(emission: &Emission<'_>) -> TokenStream {
    let ident = &emission.ident;
    let (impl_generics, ty_generics, where_clause) = emission.generics.split_for_impl();
    let new = new(emission);
    let rest = match emission.style {
        Style::File => TokenStream::new(),
        Style::Expansion => inspection(emission),
    };
    // Nobody is obliged to use all of what the attribute offers.
    let allow_unused = (emission.style == Style::Expansion).then(|| quote!(#[allow(dead_code, unreachable_pub)]));
    quote! {
        #allow_unused
        impl #impl_generics #ident #ty_generics #where_clause {
            #new
            #rest
        }
    }
}

fn new(emission: &Emission<'_>) -> TokenStream {
    let names: Vec<_> = emission.plan.free_params().map(|param| rust_name(&param.name)).collect();
    let checks = emission.plan.free_params().map(|param| {
        let name = rust_name(&param.name);
        let (text, domain) = (&param.name, &param.domain);
        let condition = domain::condition(&name, &param.comparisons);
        quote!(ParamError::require(#text, #name, #domain, #condition)?;)
    });
    let fixed = emission.plan.params.iter().filter(|param| param.fixed).filter_map(|param| {
        let name = rust_name(&param.name);
        let value = float(param.value?);
        let comment = emission.comment(&format!("The derivation is about `{}` = {} only.", param.name, param.value?));
        Some(quote!(#comment let #name = #value;))
    });
    let kernel = kernel(emission);
    let phantoms = &emission.phantoms;
    let allow_names = emission.allow_names();
    let allow_many = (names.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let about = match names.len() {
        0 => " The model; the equation has no free parameters.",
        _ => " The model with these parameters, in the order of the equation.",
    };
    let body = quote! {
        #(#checks)*
        #(#fixed)*
        #kernel
        Ok(Self { #(#names,)* kernel #(, #phantoms: ::core::marker::PhantomData)* })
    };
    let allow_constants = allow_constants(&body);
    quote! {
        #[doc = #about]
        #[doc = ""]
        #[doc = " # Errors"]
        #[doc = " When a parameter is outside its domain."]
        #allow_names
        #allow_constants
        #allow_many
        pub fn new(#(#names: f64),*) -> Result<Self, ParamError> {
            #body
        }
    }
}

/// `let kernel = …;`
fn kernel(emission: &Emission<'_>) -> TokenStream {
    let plan = &emission.plan.kernel;
    let (kernels, family) = (emission.kernels(), emission.family_type());
    let described: Vec<String> = plan.described().iter().map(|(name, text)| format!("{name} = {text}")).collect();
    let comment = emission.comment(&format!("Constants of the kernel: {}.", described.join(", ")));
    // Where the times are not (0, inf), the kernel is told which they are.
    let span = plan.span.as_ref().map(|[start, end]| {
        let (start, end) = (&start.tokens, &end.tokens);
        quote!(#kernels::Span::new(#start, #end)?)
    });
    let mut statements = match &plan.construction {
        Construction::Constants(constants) => {
            let arguments = constants.iter().map(|constant| &constant.tokens);
            let skip = keep_from_rustfmt(constants);
            quote! {
                #comment
                #skip
                let kernel = #family::new(#(#arguments),*)?;
            }
        }
        Construction::Exponent { drift, jumps, rest, .. } => {
            // A function, then drift and jumps, or a drift alone.
            let mut exponent = match (rest, drift) {
                (Some(rest), _) => {
                    let function = &rest.tokens;
                    quote!(#kernels::LaplaceExponent::function(move |lambda| #function)?)
                }
                (None, Some(drift)) => {
                    let drift = &drift.tokens;
                    quote!(#kernels::LaplaceExponent::drift(#drift)?)
                }
                (None, None) => quote!(#kernels::LaplaceExponent::drift(0.0)?),
            };
            if let (Some(_), Some(drift)) = (rest, drift) {
                let drift = &drift.tokens;
                exponent.extend(quote!(.with_drift(#drift)?));
            }
            for [rate, size] in jumps {
                let (rate, size) = (&rate.tokens, &size.tokens);
                exponent.extend(quote!(.with_jumps(#rate, #size)?));
            }
            quote! {
                #comment
                #[rustfmt::skip]
                let exponent = #exponent;
                let kernel = #family::new(exponent)?;
            }
        }
        Construction::InTime { time, scale, covariance, log_mass, .. } => {
            let function = |constant: &PlannedConstant| of_time(&constant.tokens, time);
            let scale = function(scale);
            let (constructor, covariance) = match covariance {
                Covariance::Isotropic(variance) => (quote!(isotropic), function(variance)),
                Covariance::Matrix(rows) => {
                    let matrix = matrix(rows);
                    (quote!(anisotropic), of_time(&matrix, time))
                }
            };
            let mass = log_mass.as_ref().map(|log_mass| {
                let log_mass = function(log_mass);
                quote!(.with_log_mass(#log_mass))
            });
            let made = match (&span, covariance_is_matrix(&plan.construction)) {
                (None, _) => quote!(#family::#constructor(#scale, #covariance)),
                (Some(span), false) => quote!(#family::isotropic_within(#span, #scale, #covariance)),
                (Some(span), true) => quote!(#family::anisotropic_within(#span, #scale, #covariance)),
            };
            quote! {
                #comment
                #[rustfmt::skip]
                let kernel = #made?#mass;
            }
        }
    };
    if let Some(rows) = &plan.shape {
        let comment = emission.comment("Not the same in all directions: k.A k takes the place of |k|^2.");
        let matrix = matrix(rows);
        statements.extend(quote! {
            #comment
            #[rustfmt::skip]
            let kernel = #kernels::Shaped::new(kernel, #matrix)?;
        });
    }
    if let Some(clock) = &plan.clock {
        let comment = emission.comment(&format!("The clock that takes the place of {}.", clock.time));
        let reading = of_time(&clock.reading.tokens, &clock.time);
        let mass = clock.log_mass.as_ref().map(|log_mass| {
            let log_mass = of_time(&log_mass.tokens, &clock.time);
            quote!(.with_log_mass(#log_mass))
        });
        let made = match &span {
            None => quote!(#kernels::Clocked::new(kernel, #reading)),
            Some(span) => quote!(#kernels::Clocked::within(#span, kernel, #reading)),
        };
        statements.extend(quote! {
            #comment
            #[rustfmt::skip]
            let kernel = #made?#mass;
        });
    }
    if let Some(decay) = &plan.decay {
        let comment = emission.comment(&format!("Particles die at the constant rate {}.", decay.text));
        let rate = &decay.tokens;
        let skip = keep_from_rustfmt(std::slice::from_ref(decay));
        statements.extend(quote! {
            #comment
            #skip
            let kernel = #kernels::Killed::new(kernel, #rate)?;
        });
    }
    statements
}

fn covariance_is_matrix(construction: &Construction) -> bool {
    matches!(construction, Construction::InTime { covariance: Covariance::Matrix(_), .. })
}

/// `move |t: f64| …`
fn of_time(tokens: &TokenStream, time: &str) -> TokenStream {
    let name = rust_name(time);
    if mentions(tokens, time) { quote!(move |#name: f64| #tokens) } else { quote!(move |_| #tokens) }
}

/// `[[…], […]]`
fn matrix(rows: &[Vec<PlannedConstant>]) -> TokenStream {
    let lines = rows.iter().map(|row| {
        let entries = row.iter().map(|entry| &entry.tokens);
        quote!([#(#entries),*])
    });
    quote!([#(#lines),*])
}

/// Whether the time occurs in the tokens.
fn mentions(tokens: &TokenStream, time: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(&group.stream(), time),
        TokenTree::Ident(ident) => ident == rust_name(time),
        TokenTree::Literal(_) | TokenTree::Punct(_) => false,
    })
}

fn keep_from_rustfmt(constants: &[PlannedConstant]) -> Option<TokenStream> {
    let length: usize = constants.iter().map(|constant| constant.tokens.to_string().len()).sum();
    (length > SHORT).then(|| quote!(#[rustfmt::skip]))
}

/// What the attribute offers besides: the defaults of the `.pde` file, and the kernel for looking into.
fn inspection(emission: &Emission<'_>) -> TokenStream {
    let kernel_type = emission.kernel_type();
    let defaults: Option<Vec<TokenStream>> = emission.plan.free_params().map(|param| param.value.map(float)).collect();
    let with_defaults = defaults.map(|values| {
        let call = quote!(Self::new(#(#values),*));
        let allow_constants = allow_constants(&call);
        quote! {
            #[doc = " The model with the defaults of the equation's parameters."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " When the kernel cannot be computed with them."]
            #allow_constants
            pub fn with_defaults() -> Result<Self, ParamError> {
                #call
            }
        }
    });
    quote! {
        #with_defaults

        #[doc = " The point-source kernel of the equation, with its constants."]
        pub fn kernel(&self) -> &#kernel_type {
            &self.kernel
        }
    }
}
