//! `impl GenerativePde`: velocity, growth, prior and perturbation, specialised to the family of the kernel.

use super::numbers::{allow_constants, float};
use super::{Emission, Style, escaped, paragraph};
use crate::names::rust_name;
use crate::plan::Family;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

pub(super) fn emit(emission: &Emission<'_>) -> TokenStream {
    let ident = &emission.ident;
    let mut items = identity(emission);
    items.extend(with_params(emission));
    items.extend(dims(emission));
    items.extend([log_density(emission), velocity_over_r(emission)]);
    items.extend(velocity(emission));
    items.extend(spreading(emission));
    items.extend([growth_rate(emission), conserves_particles(emission)]);
    items.extend(growth_is_uniform(emission));
    items.extend([displacement(emission), normal_scales(), spread_normals(), increment(), prior(emission)]);
    items.extend(scales());
    items.extend(end(emission));
    let mut body = TokenStream::new();
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            body.extend(emission.blank());
        }
        body.extend(item);
    }
    let (impl_generics, ty_generics, where_clause) = emission.generics.split_for_impl();
    quote!(impl #impl_generics GenerativePde for #ident #ty_generics #where_clause { #body })
}

/// Name, equation, parameters.
fn identity(emission: &Emission<'_>) -> Vec<TokenStream> {
    let plan = emission.plan;
    let (name, equation) = (&plan.name, &plan.equation);
    let pairs = plan.params.iter().filter_map(|param| {
        let (text, field) = (&param.name, rust_name(&param.name));
        Some(if param.fixed {
            let value = float(param.value?);
            quote!((#text, #value))
        } else {
            quote!((#text, self.#field))
        })
    });
    let params = if plan.params.is_empty() { quote!(Vec::new()) } else { quote!(vec![#(#pairs),*]) };
    let allow_constants = allow_constants(&params);
    // rustfmt breaks long pairs in a way of its own.
    let skip = plan.params.iter().any(|param| param.name.len() > 24).then(|| quote!(#[rustfmt::skip]));
    vec![
        quote!(fn name(&self) -> &'static str { #name }),
        quote!(fn equation(&self) -> &'static str { #equation }),
        quote! {
            #skip
            #allow_constants
            fn params(&self) -> Vec<(&'static str, f64)> { #params }
        },
    ]
}

/// Names longer than this together are kept from rustfmt, which would break the lines in its own way.
const SHORT_NAMES: usize = 24;

/// The constructor behind the trait: one program trains with any values. Not for a type with generic parameters, which need
/// not outlive the model.
fn with_params(emission: &Emission<'_>) -> Option<TokenStream> {
    let free: Vec<_> = emission.plan.free_params().map(|param| rust_name(&param.name)).collect();
    if free.is_empty() || !emission.generics.params.is_empty() {
        return None;
    }
    // The derivation is about the value of a fixed parameter only: none is taken.
    let places = emission.plan.params.iter().map(|param| {
        let name = rust_name(&param.name);
        if param.fixed { quote!(_) } else { quote!(#name) }
    });
    let boxed = if emission.style == Style::File { quote!(Box) } else { quote!(::std::boxed::Box) };
    let length: usize = emission.plan.params.iter().map(|param| param.name.len() + 2).sum();
    let skip = (length > SHORT_NAMES).then(|| quote!(#[rustfmt::skip]));
    let allow_names = emission.allow_names();
    let docs = doc_lines("The same equation with other values of its parameters, in the order of `params`.");
    Some(quote! {
        #docs
        #allow_names
        #skip
        fn with_params(&self, values: &[f64]) -> Result<#boxed<dyn GenerativePde>, ParamError> {
            let [#(#places),*] = ParamError::values(values)?;
            Ok(#boxed::new(Self::new(#(#free),*)?))
        }
    })
}

fn log_density(emission: &Emission<'_>) -> TokenStream {
    let density = expression_of(emission, "density p");
    let transform = match emission.plan.kernel.family {
        Family::Heat => "exp(-diffusivity*k^2*t)",
        Family::Poisson => "exp(-speed*k*t)",
        Family::Yukawa => "exp(-sqrt(speed^2*k^2 + mass^2)*t)",
        Family::PfgmPlusPlus => "2^(1 - D/2)*(speed*k*t)^(D/2)*K_(D/2)(speed*k*t)/Gamma(D/2)",
        Family::ScreenedPfgmPlusPlus => {
            "2^(1 - D/2)*(kappa*t)^(D/2)*K_(D/2)(kappa*t)/Gamma(D/2), kappa = sqrt(speed^2*k^2 + mass^2)"
        }
        Family::Stable => "exp(-rate*k^index*t)",
        Family::Subordinated => "exp(-exponent(k^2)*t)",
        Family::Gaussian => "exp(-covariance/scale^2*k^2/2)",
        Family::Telegraph => "exp(-damping*t)*(cosh(w*t) + damping*sinh(w*t)/w), w^2 = damping^2 - speed^2*k^2",
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
    quote! {
        #docs
        fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
            self.kernel.log_density(dim, t, r)
        }
    }
}

/// The dimensions of an equation that does not hold in all. A telegraph walk does: every coordinate walks by itself.
fn dims(emission: &Emission<'_>) -> Option<TokenStream> {
    if emission.plan.kernel.family == Family::Telegraph {
        return None;
    }
    let (first, last) = emission.plan.dim.bounds()?;
    let first = Literal::u32_unsuffixed(first);
    let last = match last.map(Literal::u32_unsuffixed) {
        Some(last) => quote!(#last),
        None => quote!(usize::MAX),
    };
    Some(quote! {
        fn dims(&self) -> ::std::ops::RangeInclusive<usize> { #first..=#last }
    })
}

/// 1/t of the half-space kernels, 1/(2t) of the heat kernel: theory of the families, the same for every constant. `None`
/// where it depends on them.
fn rate(emission: &Emission<'_>) -> Option<TokenStream> {
    if emission.plan.kernel.clock.is_some() {
        return None;
    }
    match emission.plan.kernel.family {
        Family::Heat => Some(quote!(0.5 / t)),
        Family::Poisson | Family::Yukawa | Family::PfgmPlusPlus | Family::ScreenedPfgmPlusPlus => Some(quote!(1.0 / t)),
        Family::Stable | Family::Subordinated | Family::Gaussian | Family::Telegraph => None,
    }
}

fn velocity_over_r(emission: &Emission<'_>) -> TokenStream {
    let flux = expression_of(emission, "flux J = p v");
    let docs = doc_lines(&format!(
        "Velocity of a point source, flux{flux} over density: J/p = `{}`, here per unit of `z`.",
        emission.plan.kernel.velocity
    ));
    match rate(emission) {
        Some(rate) => quote! {
            #docs
            fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
                #rate
            }
        },
        None => quote! {
            #docs
            fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
                self.kernel.velocity_over_r(dim, t, r)
            }
        },
    }
}

/// Where the factor of the velocity is the same everywhere; otherwise it depends on more than the posterior mean.
fn velocity(emission: &Emission<'_>) -> Option<TokenStream> {
    if emission.plan.kernel.family.spreading().is_some() {
        return None;
    }
    let rate = rate(emission).unwrap_or_else(|| quote!(self.kernel.velocity_over_r(x.len(), t, 0.0)));
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
    Some(quote! {
        #docs
        fn velocity(&self, x: &[f64], denoised: &[f64], t: f64, out: &mut [f64]) {
            let rate = #rate;
            for ((out, x), y) in out.iter_mut().zip(x).zip(denoised) {
                *out = (x - y) * rate;
            }
        }
    })
}

/// How a point source spreads, where it does not keep its shape or is not the same in all directions.
fn spreading(emission: &Emission<'_>) -> Vec<TokenStream> {
    let plan = &emission.plan.kernel;
    let mut items = Vec::new();
    if let Some(variant) = plan.family.spreading() {
        let variant = Ident::new(variant, Span::call_site());
        let docs = doc_lines(match plan.family {
            Family::Telegraph => "Every coordinate is a telegraph process of its own.",
            _ => {
                "The kernel changes its shape: how fast matter moves depends on its distance from where it started, and \
                  the model learns the pace of the flow besides `E[y | x, t]`."
            }
        });
        items.push(quote! {
            #docs
            fn spreading(&self) -> Spreading { Spreading::#variant }
        });
    }
    if plan.family == Family::Subordinated {
        items.push(quote! {
            /// Displacements that count as they move: density in proportion to the flux over z.
            fn moving_displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
                self.kernel.sample_moving_displacement(t, rng, z);
            }
        });
        items.push(quote! {
            /// The mean of the velocity per unit of z.
            fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
                self.kernel.mean_velocity_over_r(dim, t)
            }
        });
    }
    if plan.has_shape() {
        items.push(quote! {
            /// The length of z in which the contours of the kernel are spheres.
            fn distance(&self, z: &[f64]) -> f64 {
                self.kernel.distance(z)
            }
        });
    }
    items
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
        return quote! {
            #docs
            fn growth_rate(&self, _dim: usize, _t: f64, _r: f64) -> f64 { 0.0 }
        };
    }
    let docs = doc_lines(&format!(
        "Birth (positive) and death (negative) rate of a point source, source{source} over density: R/p = `{growth}`."
    ));
    quote! {
        #docs
        fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
            self.kernel.growth_rate(dim, t, r)
        }
    }
}

fn conserves_particles(emission: &Emission<'_>) -> TokenStream {
    let conserves = emission.plan.conserves_particles();
    quote!(fn conserves_particles(&self) -> bool { #conserves })
}

fn growth_is_uniform(emission: &Emission<'_>) -> Option<TokenStream> {
    (emission.plan.grows_alike() && !emission.plan.conserves_particles()).then(|| {
        quote! {
            /// The rate of death is the same everywhere: it changes the mass, and nothing else.
            fn growth_is_uniform(&self) -> bool { true }
        }
    })
}

fn displacement(emission: &Emission<'_>) -> TokenStream {
    let docs = doc_lines(&format!("Perturbation of a data point: {}.", sentence(&emission.plan.kernel.sampler)));
    quote! {
        #docs
        fn displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
            self.kernel.sample_displacement(t, rng, z);
        }
    }
}

/// Perturbations as normal numbers times a factor.
fn normal_scales() -> TokenStream {
    quote! {
        /// What turns standard normal numbers into a perturbation, where that is a factor.
        fn scales(&self, t: f64, dim: usize, rng: &mut dyn RngCore, s: &mut [f64]) -> bool {
            self.kernel.sample_scales(t, dim, rng, s)
        }
    }
}

/// Many perturbations at once.
fn spread_normals() -> TokenStream {
    quote! {
        /// Perturbations from standard normal numbers, a row of `dim` for each.
        fn spread_normals(&self, t: f64, dim: usize, rng: &mut dyn RngCore, z: &mut [f64]) {
            self.kernel.spread_normals(t, dim, rng, z);
        }
    }
}

/// What is added to a displacement when the process runs on.
fn increment() -> TokenStream {
    quote! {
        /// What the process adds to a displacement between two times, where its kernel knows that.
        fn increment(&self, t: [f64; 2], rng: &mut dyn RngCore, z: &mut [f64]) -> bool {
            self.kernel.sample_increment(t, rng, z)
        }
    }
}

fn prior(emission: &Emission<'_>) -> TokenStream {
    let docs = doc_lines(&format!("Where generation starts: {}.", sentence(&emission.plan.kernel.prior)));
    quote! {
        #docs
        fn prior(&self, mean: &[f64], t: f64, rng: &mut dyn RngCore, out: &mut [f64]) {
            self.displacement(t, rng, out);
            for (x, mean) in out.iter_mut().zip(mean) {
                *x += mean;
            }
        }
    }
}

/// The scale of the flow, its inverse, and the typical displacement.
fn scales() -> [TokenStream; 3] {
    [
        quote! {
            /// Scale of the flow: the velocity of a point source is `z` times the logarithmic derivative of it.
            fn sigma(&self, t: f64) -> f64 {
                self.kernel.sigma(t)
            }
        },
        quote! {
            /// The time at which the flow has this scale.
            fn time(&self, sigma: f64) -> f64 {
                self.kernel.time(sigma)
            }
        },
        quote! {
            /// Typical displacement of one coordinate.
            fn spread(&self, t: f64) -> f64 {
                self.kernel.spread(t)
            }
        },
    ]
}

/// The last time, where there is one.
fn end(emission: &Emission<'_>) -> Option<TokenStream> {
    let end = &emission.plan.kernel.end.as_ref()?.tokens;
    Some(quote! {
        /// The last time of the equation: where the flow still has a finite scale there, generation starts here.
        fn end(&self) -> f64 { #end }
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
