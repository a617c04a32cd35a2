//! How generated code reaches what is not its own.

use proc_macro2::TokenStream;
use quote::quote;

/// Paths of types, functions and macros: short where a file imports them, absolute inside a program of somebody's.
pub(super) struct Paths {
    /// Primitive types, which are names like others: a program may have a type `f64` of its own.
    pub(super) f64: TokenStream,
    pub(super) usize: TokenStream,
    pub(super) bool: TokenStream,
    pub(super) str: TokenStream,
    pub(super) result: TokenStream,
    pub(super) ok: TokenStream,
    pub(super) vec: TokenStream,
    /// The macro.
    pub(super) vec_of: TokenStream,
    pub(super) boxed: TokenStream,
    /// The module of the kernels.
    pub(super) kernels: TokenStream,
    /// The trait of the kernels, where it is not in reach of methods.
    pub(super) point_source: Option<TokenStream>,
    /// The trait of models, and the same for calls of its methods.
    pub(super) generative_pde: TokenStream,
    /// The macro that writes what is the kernel's.
    pub(super) of_kernel: TokenStream,
    pub(super) param_error: TokenStream,
    pub(super) rng: TokenStream,
    pub(super) spreading: TokenStream,
}

impl Paths {
    /// In a file that imports what it needs.
    pub(super) fn imported() -> Self {
        Self {
            f64: quote!(f64),
            usize: quote!(usize),
            bool: quote!(bool),
            str: quote!(str),
            result: quote!(Result),
            ok: quote!(Ok),
            vec: quote!(Vec),
            vec_of: quote!(vec!),
            boxed: quote!(Box),
            kernels: quote!(kernels),
            point_source: None,
            generative_pde: quote!(GenerativePde),
            of_kernel: quote!(genphys::of_kernel),
            param_error: quote!(ParamError),
            rng: quote!(RngCore),
            spreading: quote!(Spreading),
        }
    }

    /// Where every name may be something else; `genphys` is the path of the library.
    pub(super) fn absolute(genphys: &TokenStream) -> Self {
        Self {
            f64: quote!(::core::primitive::f64),
            usize: quote!(::core::primitive::usize),
            bool: quote!(::core::primitive::bool),
            str: quote!(::core::primitive::str),
            result: quote!(::core::result::Result),
            ok: quote!(::core::result::Result::Ok),
            vec: quote!(::std::vec::Vec),
            vec_of: quote!(::std::vec!),
            boxed: quote!(::std::boxed::Box),
            kernels: quote!(#genphys::kernels),
            point_source: Some(quote!(#genphys::kernels::PointSourceKernel)),
            generative_pde: quote!(#genphys::GenerativePde),
            of_kernel: quote!(#genphys::of_kernel),
            param_error: quote!(#genphys::ParamError),
            rng: quote!(#genphys::RngCore),
            spreading: quote!(#genphys::Spreading),
        }
    }
}
