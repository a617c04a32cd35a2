//! `impl GenerativePde`: velocity, growth, prior and perturbation, specialised to the family of the kernel.

use super::numbers::{allow_constants, float};
use super::paths::Paths;
use super::{Emission, Style, escaped, paragraph};
use crate::names::hygienic;
use genphys_pde::ast::Dim;
use genphys_pde::derivation::KernelFamily;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// The implementation in a file of our own.
pub(super) fn emit(emission: &Emission<'_>) -> TokenStream {
    let (ident, Paths { generative_pde, .. }) = (&emission.ident, &emission.paths);
    let methods = methods(emission);
    quote!(impl #generative_pde for #ident { #methods })
}

/// The implementation inside a program of somebody's.
pub(super) fn emit_hygienic(emission: &Emission<'_>, stands_for: &BTreeMap<String, Ident>) -> TokenStream {
    let (ident, Paths { generative_pde, .. }) = (&emission.ident, &emission.paths);
    let (impl_generics, ty_generics, where_clause) = emission.generics.split_for_impl();
    let methods = hygienic(methods(emission), stands_for);
    let allow_names = emission.allow_names();
    quote! {
        #allow_names
        impl #impl_generics #generative_pde for #ident #ty_generics #where_clause { #methods }
    }
}

fn methods(emission: &Emission<'_>) -> TokenStream {
    let mut items = identity(emission);
    items.extend(with_params(emission));
    items.extend(dims(emission));
    items.extend([log_density(emission), velocity_over_r(emission)]);
    items.extend(velocity(emission));
    items.extend(spreading(emission));
    items.extend([growth_rate(emission), conserves_particles(emission)]);
    items.extend(growth_is_uniform(emission));
    items.extend([displacement(emission), prior(emission)]);
    items.extend(end(emission));
    items.push(of_kernel(emission));
    let mut body = TokenStream::new();
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            body.extend(emission.blank());
        }
        body.extend(item);
    }
    body
}

/// Name, equation, parameters.
fn identity(emission: &Emission<'_>) -> Vec<TokenStream> {
    let plan = emission.plan;
    let (name, equation) = (&plan.name, &plan.equation);
    let Paths { f64, str, vec, vec_of, .. } = &emission.paths;
    let pairs = plan.params.iter().filter_map(|param| {
        let (text, field) = (&param.name, emission.names.field(&param.name));
        Some(if param.fixed {
            let value = float(param.value?);
            quote!((#text, #value))
        } else {
            quote!((#text, self.#field))
        })
    });
    let params = if plan.params.is_empty() { quote!(#vec::new()) } else { quote!(#vec_of[#(#pairs),*]) };
    let allow_constants = allow_constants(&params);
    // rustfmt breaks long pairs in a way of its own.
    let skip = plan.params.iter().any(|param| param.name.len() > 24);
    let skip = emission.skip_format().filter(|_| skip);
    vec![
        quote!(fn name(&self) -> &'static #str { #name }),
        quote!(fn equation(&self) -> &'static #str { #equation }),
        quote! {
            #skip
            #allow_constants
            fn params(&self) -> #vec<(&'static #str, #f64)> { #params }
        },
    ]
}

/// Names longer than this together are kept from rustfmt, which would break the lines in its own way.
const SHORT_NAMES: usize = 24;

/// The constructor behind the trait: one program trains with any values. Not for a type with generic parameters, which
/// need not outlive the model.
pub(super) fn with_params(emission: &Emission<'_>) -> Option<TokenStream> {
    let Paths { f64, result, ok, boxed, generative_pde, param_error, .. } = &emission.paths;
    let free: Vec<_> = emission.plan.free_params().map(|param| emission.names.variable(&param.name)).collect();
    if free.is_empty() || !emission.generics.params.is_empty() {
        return None;
    }
    // The derivation is about the value of a fixed parameter only: none is taken.
    let places = emission.plan.params.iter().map(|param| {
        let name = emission.names.variable(&param.name);
        if param.fixed { quote!(_) } else { quote!(#name) }
    });
    let length: usize =
        emission.plan.params.iter().map(|param| emission.names.variable(&param.name).to_string().len() + 2).sum();
    let skip = emission.skip_format().filter(|_| length > SHORT_NAMES);
    let allow_names = emission.allow_names();
    let docs = doc_lines("The same equation with other values of its parameters, in the order of `params`.");
    Some(quote! {
        #docs
        #allow_names
        #skip
        fn with_params(&self, values: &[#f64]) -> #result<#boxed<dyn #generative_pde>, #param_error> {
            let [#(#places),*] = #param_error::values(values)?;
            #ok(#boxed::new(Self::new(#(#free),*)?))
        }
    })
}

fn log_density(emission: &Emission<'_>) -> TokenStream {
    let density = expression_of(emission, "density p");
    let transform = match emission.plan.kernel.family {
        KernelFamily::Heat => "exp(-diffusivity*k^2*t)",
        KernelFamily::Poisson => "exp(-speed*k*t)",
        KernelFamily::Yukawa => "exp(-sqrt(speed^2*k^2 + mass^2)*t)",
        KernelFamily::Pfgmpp => "2^(1 - D/2)*(speed*k*t)^(D/2)*K_(D/2)(speed*k*t)/Gamma(D/2)",
        KernelFamily::ScreenedPfgmpp => {
            "2^(1 - D/2)*(kappa*t)^(D/2)*K_(D/2)(kappa*t)/Gamma(D/2), kappa = sqrt(speed^2*k^2 + mass^2)"
        }
        KernelFamily::Stable => "exp(-rate*k^index*t)",
        KernelFamily::Subordinated => "exp(-exponent(k^2)*t)",
        KernelFamily::Gaussian => "exp(-covariance/scale^2*k^2/2)",
        KernelFamily::SpaceTimeFractional => "E_order(-rate*k^index*t^order)",
        KernelFamily::Telegraph => "exp(-damping*t)*(cosh(w*t) + damping*sinh(w*t)/w), w^2 = damping^2 - speed^2*k^2",
    };
    let plan = &emission.plan.kernel;
    let mut further = String::new();
    if plan.shape.is_some() {
        further += ", with k.A k, A the shape, for `k^2`";
    }
    if plan.clock.is_some() {
        further += ", with the clock for t";
    }
    if plan.decay.is_some() {
        further += ", times `exp(-decay*t)`";
    }
    let docs = doc_lines(&format!(
        "Density of a point source{density}: the logarithm of the function whose Fourier transform is `{transform}`{further}."
    ));
    of_distance(emission, "log_density", &docs)
}

/// A function of dimension, time and distance that is the kernel's.
fn of_distance(emission: &Emission<'_>, name: &str, docs: &TokenStream) -> TokenStream {
    let Paths { f64, usize, .. } = &emission.paths;
    let (call, name) = (emission.on_kernel(name, &quote!(dim, t, r)), Ident::new(name, Span::call_site()));
    quote! {
        #docs
        fn #name(&self, dim: #usize, t: #f64, r: #f64) -> #f64 {
            #call
        }
    }
}

/// The dimensions of an equation that does not hold in all. A telegraph walk does: every coordinate walks by itself.
fn dims(emission: &Emission<'_>) -> Option<TokenStream> {
    if emission.plan.kernel.family == KernelFamily::Telegraph {
        return None;
    }
    let Paths { usize, .. } = &emission.paths;
    let (first, last) = emission.plan.dim.bounds();
    if (first, last) == Dim::Any.bounds() {
        return None;
    }
    let first = Literal::u32_unsuffixed(first);
    let last = match last.map(Literal::u32_unsuffixed) {
        Some(last) => quote!(#last),
        None => quote!(#usize::MAX),
    };
    Some(quote! {
        fn dims(&self) -> ::std::ops::RangeInclusive<#usize> { #first..=#last }
    })
}

/// 1/t of the half-space kernels, 1/(2t) of the heat kernel: theory of the families, the same for every constant.
/// `None` where it depends on them.
fn rate(emission: &Emission<'_>) -> Option<TokenStream> {
    if emission.plan.kernel.clock.is_some() {
        return None;
    }
    match emission.plan.kernel.family {
        KernelFamily::Heat => Some(quote!(0.5 / t)),
        KernelFamily::Poisson | KernelFamily::Yukawa | KernelFamily::Pfgmpp | KernelFamily::ScreenedPfgmpp => {
            Some(quote!(1.0 / t))
        }
        KernelFamily::Stable
        | KernelFamily::Subordinated
        | KernelFamily::Gaussian
        | KernelFamily::Telegraph
        | KernelFamily::SpaceTimeFractional => None,
    }
}

fn velocity_over_r(emission: &Emission<'_>) -> TokenStream {
    let flux = expression_of(emission, "flux J = p v");
    let docs = doc_lines(&format!(
        "Velocity of a point source, flux{flux} over density: J/p = `{}`, here per unit of `z`.",
        emission.plan.kernel.velocity
    ));
    let Paths { f64, usize, .. } = &emission.paths;
    match rate(emission) {
        Some(rate) => quote! {
            #docs
            fn velocity_over_r(&self, _dim: #usize, t: #f64, _r: #f64) -> #f64 {
                #rate
            }
        },
        None => of_distance(emission, "velocity_over_r", &docs),
    }
}

/// Where the factor of the velocity is the same everywhere; otherwise it depends on more than the posterior mean.
fn velocity(emission: &Emission<'_>) -> Option<TokenStream> {
    if emission.plan.kernel.spreading().is_some() {
        return None;
    }
    let rate = rate(emission).unwrap_or_else(|| emission.on_kernel("velocity_over_r", &quote!(x.len(), t, 0.0)));
    let mut text =
        "Velocity field of the model: the mean of J/p over the data points y that may have come to x by time t. \
                    The network's `denoised` is `E[y | x, t]`."
            .to_owned();
    if let Some((scale, mean)) = emission.plan.kernel.moves() {
        text += &format!(
            " Positions x are in coordinates that move along: in those of the equation they are at \
             `scale*x + mean`, scale = `{scale}`, mean = `{mean}`."
        );
    }
    let docs = doc_lines(&text);
    let Paths { f64, .. } = &emission.paths;
    // By functions where a trait of somebody's may have a method of that name.
    let each = match emission.style {
        Style::File => quote!(((out, x), y) in out.iter_mut().zip(x).zip(denoised)),
        Style::Expansion => quote!((out, (x, y)) in ::core::iter::zip(out, ::core::iter::zip(x, denoised))),
    };
    Some(quote! {
        #docs
        fn velocity(&self, x: &[#f64], denoised: &[#f64], t: #f64, out: &mut [#f64]) {
            let rate = #rate;
            for #each {
                *out = (x - y) * rate;
            }
        }
    })
}

/// How a point source spreads, where it does not keep its shape.
fn spreading(emission: &Emission<'_>) -> Option<TokenStream> {
    let plan = &emission.plan.kernel;
    let Paths { spreading, .. } = &emission.paths;
    let variant = Ident::new(plan.spreading()?, Span::call_site());
    let docs = doc_lines(match plan.family {
        KernelFamily::Telegraph => "Every coordinate is a telegraph process of its own.",
        _ => {
            "The kernel changes its shape: how fast matter moves depends on its distance from where it started, and \
                  the model learns the pace of the flow besides `E[y | x, t]`."
        }
    });
    Some(quote! {
        #docs
        fn spreading(&self) -> #spreading { #spreading::#variant }
    })
}

fn growth_rate(emission: &Emission<'_>) -> TokenStream {
    let source = expression_of(emission, "source R");
    let growth = &emission.plan.kernel.growth;
    if emission.plan.conserves_particles() {
        let docs = if emission.plan.conservative {
            doc_lines(&format!(
                "Birth and death, source{source}: rewritten into the velocity, which carries the density of mass one."
            ))
        } else {
            doc_lines(&format!("Birth and death, source{source} over density: there is none."))
        };
        let Paths { f64, usize, .. } = &emission.paths;
        return quote! {
            #docs
            fn growth_rate(&self, _dim: #usize, _t: #f64, _r: #f64) -> #f64 { 0.0 }
        };
    }
    let docs = doc_lines(&format!(
        "Birth (positive) and death (negative) rate of a point source, source{source} over density: R/p = `{growth}`."
    ));
    of_distance(emission, "growth_rate", &docs)
}

fn conserves_particles(emission: &Emission<'_>) -> TokenStream {
    let conserves = emission.plan.conserves_particles();
    let Paths { bool, .. } = &emission.paths;
    quote!(fn conserves_particles(&self) -> #bool { #conserves })
}

fn growth_is_uniform(emission: &Emission<'_>) -> Option<TokenStream> {
    (emission.plan.grows_alike() && !emission.plan.conserves_particles()).then(|| {
        let Paths { bool, .. } = &emission.paths;
        quote! {
            /// The rate of death is the same everywhere: it changes the mass, and nothing else.
            fn growth_is_uniform(&self) -> #bool { true }
        }
    })
}

fn displacement(emission: &Emission<'_>) -> TokenStream {
    let docs = doc_lines(&format!("Perturbation of a data point: {}.", sentence(&emission.plan.kernel.sampler)));
    let Paths { f64, rng, .. } = &emission.paths;
    let call = emission.on_kernel("sample_displacement", &quote!(t, rng, z));
    quote! {
        #docs
        fn displacement(&self, t: #f64, rng: &mut dyn #rng, z: &mut [#f64]) {
            #call;
        }
    }
}

/// What is the kernel's and nothing else: many draws at once, scales of the flow.
fn of_kernel(emission: &Emission<'_>) -> TokenStream {
    let (kernel, of_kernel) = (&emission.names.kernel, &emission.paths.of_kernel);
    let comment = emission.comment("Scales of the flow and the draws of training are the kernel's own.");
    quote! {
        #comment
        #of_kernel!(self => self.#kernel);
    }
}

fn prior(emission: &Emission<'_>) -> TokenStream {
    let docs = doc_lines(&format!("Where generation starts: {}.", sentence(&emission.plan.kernel.prior)));
    let Paths { f64, rng, generative_pde, .. } = &emission.paths;
    // By functions where a method of somebody's may have that name.
    let (draw, each) = match emission.style {
        Style::File => (quote!(self.displacement(t, rng, out)), quote!((x, mean) in out.iter_mut().zip(mean))),
        Style::Expansion => (
            quote!(#generative_pde::displacement(self, t, rng, out)),
            quote!((x, mean) in ::core::iter::zip(out, mean)),
        ),
    };
    quote! {
        #docs
        fn prior(&self, mean: &[#f64], t: #f64, rng: &mut dyn #rng, out: &mut [#f64]) {
            #draw;
            for #each {
                *x += mean;
            }
        }
    }
}

/// The last time, where there is one.
fn end(emission: &Emission<'_>) -> Option<TokenStream> {
    let end = emission.tokens(emission.plan.kernel.end.as_ref()?);
    let Paths { f64, .. } = &emission.paths;
    Some(quote! {
        /// The last time of the equation: where the flow still has a finite scale there, generation starts here.
        fn end(&self) -> #f64 { #end }
    })
}

/// ` `-dt(phi)``, the expression of the derivation under this name, or nothing.
fn expression_of(emission: &Emission<'_>, name: &str) -> String {
    emission
        .plan
        .formulas
        .iter()
        .find(|formula| formula.name == name)
        .and_then(|formula| formula.expression.as_ref())
        .map(|expression| format!(" `{expression}`"))
        .unwrap_or_default()
}

/// Prose of the derivation inside a sentence of ours.
fn sentence(text: &str) -> &str {
    text.trim_end_matches('.')
}

fn doc_lines(text: &str) -> TokenStream {
    let lines = paragraph(&escaped(text), "").into_iter().map(|line| format!(" {line}"));
    quote!(#(#[doc = #lines])*)
}
