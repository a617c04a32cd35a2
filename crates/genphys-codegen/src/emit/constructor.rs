//! The constructor: checks the domains, computes the constants of the kernel from the parameters.

use super::Emission;
use super::numbers::{allow_constants, float};
use super::paths::Paths;
use crate::domain;
use crate::names::{hygienic, identifiers};
use crate::plan::{Construction, Covariance, PlannedConstant};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// Constants longer than this are kept from rustfmt, which would break them in its own way.
const SHORT: usize = 50;

/// The constructor in a file of our own.
pub(super) fn emit(emission: &Emission<'_>) -> TokenStream {
    let (ident, new) = (&emission.ident, new(emission));
    quote!(impl #ident { #new })
}

/// The constructor, defaults and kernel inside a program of somebody's.
pub(super) fn emit_hygienic(emission: &Emission<'_>, stands_for: &BTreeMap<String, Ident>) -> TokenStream {
    let ident = &emission.ident;
    let (impl_generics, ty_generics, where_clause) = emission.generics.split_for_impl();
    let (new, inspection) = (new(emission), inspection(emission));
    let items = hygienic(quote!(#new #inspection), stands_for);
    // Nobody is obliged to use all of what the attribute offers.
    quote! {
        #[allow(dead_code, unreachable_pub)]
        impl #impl_generics #ident #ty_generics #where_clause { #items }
    }
}

fn new(emission: &Emission<'_>) -> TokenStream {
    let Paths { f64, result, ok, param_error, .. } = &emission.paths;
    let free: Vec<&str> = emission.plan.free_params().map(|param| param.name.as_str()).collect();
    let variables: Vec<Ident> = free.iter().map(|name| emission.names.variable(name)).collect();
    let checks = emission.plan.free_params().zip(&variables).map(|(param, variable)| {
        let (text, domain) = (&param.name, param.domain.to_string());
        let condition = domain::condition(variable, &param.domain);
        quote!(#param_error::require(#text, #variable, #domain, #condition)?;)
    });
    let kernel = kernel(emission);
    let used = identifiers(&kernel);
    let fixed = emission.plan.params.iter().filter(|param| param.fixed).filter_map(|param| {
        let variable = emission.names.variable(&param.name);
        let value = float(param.value?);
        let comment = emission.comment(&format!("The derivation is about `{}` = {} only.", param.name, param.value?));
        // With its type, which methods want to know; where the engine has put it in already, nothing uses it.
        let used = used.contains(&variable.to_string()).then(|| quote!(let #variable: #f64 = #value;));
        Some(quote!(#comment #used))
    });
    let fields = free.iter().zip(&variables).map(|(name, variable)| set(&emission.names.field(name), variable));
    let kernel_field = set(&emission.names.kernel, &Ident::new("kernel", Span::call_site()));
    let phantoms = &emission.phantoms;
    let allow_names = emission.allow_names();
    let allow_many = (free.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let about = match free.len() {
        0 => " The model; the equation has no free parameters.",
        _ => " The model with these parameters, in the order of the equation.",
    };
    let body = quote! {
        #(#checks)*
        #(#fixed)*
        #kernel
        #ok(Self { #(#fields,)* #kernel_field #(, #phantoms: ::core::marker::PhantomData)* })
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
        pub fn new(#(#variables: #f64),*) -> #result<Self, #param_error> {
            #body
        }
    }
}

/// `m`, or `r#type: pde_type` where field and variable have different names.
fn set(field: &Ident, variable: &Ident) -> TokenStream {
    if field == variable { quote!(#field) } else { quote!(#field: #variable) }
}

/// `let kernel = …;`
fn kernel(emission: &Emission<'_>) -> TokenStream {
    let plan = &emission.plan.kernel;
    let (Paths { f64, kernels, .. }, family) = (&emission.paths, emission.family_type());
    let tokens = |constant: &PlannedConstant| emission.tokens(constant);
    let skip = emission.skip_format();
    let function = |constant: &PlannedConstant, time: &Option<String>| of_time(emission, tokens(constant), time);
    let described: Vec<String> = plan.described().iter().map(|(name, text)| format!("{name} = {text}")).collect();
    let comment = emission.comment(&format!("Constants of the kernel: {}.", described.join(", ")));
    // Where the times are not (0, inf), the kernel is told which they are.
    let span = plan.span.as_ref().map(|(start, end)| {
        let (start, end) = (tokens(start), end.as_ref().map_or_else(|| quote!(#f64::INFINITY), tokens));
        quote!(#kernels::Span::new(#start, #end)?)
    });
    let mut statements = match &plan.construction {
        Construction::Constants(constants) => {
            let arguments = constants.iter().map(tokens);
            let skip = keep_from_rustfmt(emission, constants);
            quote! {
                #comment
                #skip
                let kernel = #family::new(#(#arguments),*)?;
            }
        }
        Construction::Exponent { drift, jumps, laws, rest, .. } => {
            // A function, then drift and jumps, or a drift alone.
            let mut exponent = match (rest, drift) {
                (Some(rest), _) => {
                    let function = tokens(rest);
                    quote!(#kernels::LaplaceExponent::function(move |lambda| #function)?)
                }
                (None, Some(drift)) => {
                    let drift = tokens(drift);
                    quote!(#kernels::LaplaceExponent::drift(#drift)?)
                }
                (None, None) => quote!(#kernels::LaplaceExponent::drift(0.0)?),
            };
            if let (Some(_), Some(drift)) = (rest, drift) {
                let drift = tokens(drift);
                exponent.extend(quote!(.with_drift(#drift)?));
            }
            for [rate, size] in jumps {
                let (rate, size) = (tokens(rate), tokens(size));
                exponent.extend(quote!(.with_jumps(#rate, #size)?));
            }
            for [rate, law] in laws {
                let (rate, law) = (tokens(rate), tokens(law));
                exponent.extend(quote!(.with_jump_law(#rate, move |lambda| #law)?));
            }
            quote! {
                #comment
                #skip
                let exponent = #exponent;
                let kernel = #family::new(exponent)?;
            }
        }
        Construction::InTime { time, scale, covariance, log_mass, .. } => {
            let scale = function(scale, time);
            let (constructor, covariance) = match covariance {
                Covariance::Isotropic(variance) => (quote!(isotropic), function(variance, time)),
                Covariance::Matrix(rows) => (quote!(anisotropic), of_time(emission, matrix(emission, rows), time)),
            };
            let mass = log_mass.as_ref().map(|log_mass| {
                let log_mass = function(log_mass, time);
                quote!(.with_log_mass(#log_mass))
            });
            let made = match (&span, covariance_is_matrix(&plan.construction)) {
                (None, _) => quote!(#family::#constructor(#scale, #covariance)),
                (Some(span), false) => quote!(#family::isotropic_within(#span, #scale, #covariance)),
                (Some(span), true) => quote!(#family::anisotropic_within(#span, #scale, #covariance)),
            };
            quote! {
                #comment
                #skip
                let kernel = #made?#mass;
            }
        }
    };
    if let Some(rows) = &plan.shape {
        let comment = emission.comment("Not the same in all directions: k.A k takes the place of |k|^2.");
        let matrix = matrix(emission, rows);
        statements.extend(quote! {
            #comment
            #skip
            let kernel = #kernels::Shaped::new(kernel, #matrix)?;
        });
    }
    if let Some(clock) = &plan.clock {
        let time = clock.time.as_deref().unwrap_or("the time");
        let comment = emission.comment(&match clock.by_rate {
            true => format!("The clock that takes the place of {time}, by its rate: the integral has no closed form."),
            false => format!("The clock that takes the place of {time}."),
        });
        let reading = function(&clock.reading, &clock.time);
        let mass = clock.log_mass.as_ref().map(|log_mass| {
            let log_mass = function(log_mass, &clock.time);
            quote!(.with_log_mass(#log_mass))
        });
        let made = match (&span, clock.by_rate) {
            (None, false) => quote!(#kernels::Clocked::new(kernel, #reading)),
            (Some(span), false) => quote!(#kernels::Clocked::within(#span, kernel, #reading)),
            (None, true) => {
                quote!(#kernels::Clocked::by_rate(#kernels::Span::new(0.0, #f64::INFINITY)?, kernel, #reading))
            }
            (Some(span), true) => quote!(#kernels::Clocked::by_rate(#span, kernel, #reading)),
        };
        statements.extend(quote! {
            #comment
            #skip
            let kernel = #made?#mass;
        });
    }
    if let Some(decay) = &plan.decay {
        let comment = emission.comment(&format!("Particles die at the constant rate {}.", decay.text));
        let rate = tokens(decay);
        let skip = keep_from_rustfmt(emission, std::slice::from_ref(decay));
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
fn of_time(emission: &Emission<'_>, tokens: TokenStream, time: &Option<String>) -> TokenStream {
    let f64 = &emission.paths.f64;
    let time = time.as_ref().map(|time| emission.names.variable(time));
    match time.filter(|time| identifiers(&tokens).contains(&time.to_string())) {
        Some(time) => quote!(move |#time: #f64| #tokens),
        None => quote!(move |_| #tokens),
    }
}

/// `[[…], […]]`
fn matrix(emission: &Emission<'_>, rows: &[Vec<PlannedConstant>]) -> TokenStream {
    let lines = rows.iter().map(|row| {
        let entries = row.iter().map(|entry| emission.tokens(entry));
        quote!([#(#entries),*])
    });
    quote!([#(#lines),*])
}

fn keep_from_rustfmt(emission: &Emission<'_>, constants: &[PlannedConstant]) -> Option<TokenStream> {
    let length: usize = constants.iter().map(|constant| constant.tokens.to_string().len()).sum();
    emission.skip_format().filter(|_| length > SHORT)
}

/// What the attribute offers besides: the defaults of the `.pde` file, and the kernel for looking into.
fn inspection(emission: &Emission<'_>) -> TokenStream {
    let Paths { result, param_error, .. } = &emission.paths;
    let (kernel_type, kernel) = (emission.kernel_type(), &emission.names.kernel);
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
            pub fn with_defaults() -> #result<Self, #param_error> {
                #call
            }
        }
    });
    quote! {
        #with_defaults

        #[doc = " The point-source kernel of the equation, with its constants."]
        pub fn kernel(&self) -> &#kernel_type {
            &self.#kernel
        }
    }
}
