//! `model()` of a model crate: the parameter values that its program trains with.

use super::Emission;
use super::numbers::{allow_constants, float};
use super::paths::Paths;
use crate::plan::ModelPlan;
use proc_macro2::TokenStream;
use quote::quote;

/// The first parameter without a value, for which there can be no program.
pub(crate) fn missing_value(plan: &ModelPlan) -> Option<&str> {
    plan.params.iter().find(|param| param.value.is_none()).map(|param| param.name.as_str())
}

/// Emits `model()`. A parameter without a value would be left out; [`missing_value`] is asked before.
pub(super) fn emit(emission: &Emission<'_>) -> TokenStream {
    let (ident, Paths { result, param_error, .. }) = (&emission.ident, &emission.paths);
    let free: Vec<_> = emission.plan.free_params().collect();
    let values = free.iter().filter_map(|param| param.value).map(float);
    let named: Vec<String> =
        free.iter().filter_map(|param| Some(format!("{} = {}", param.name, param.value?))).collect();
    let about = if named.is_empty() {
        " The model that this program trains.".to_owned()
    } else {
        format!(" The model that this program trains, with {}. Change its parameters here.", named.join(", "))
    };
    let call = quote!(#ident::new(#(#values),*));
    let allow_constants = allow_constants(&call);
    quote! {
        #[doc = #about]
        #[doc = ""]
        #[doc = " # Errors"]
        #[doc = " When a parameter is outside its domain."]
        #allow_constants
        pub fn model() -> #result<#ident, #param_error> {
            #call
        }
    }
}
