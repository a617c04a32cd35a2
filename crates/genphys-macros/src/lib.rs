//! The attribute `#[genphys_pde]`: an equation becomes a generative model. All of its logic is in
//! [`genphys_codegen::attribute`].

use proc_macro::TokenStream;
use std::path::PathBuf;

/// Turns a struct into the generative model of an equation.
///
/// ```ignore
/// use genphys::genphys_pde;
///
/// #[genphys_pde("pdes/yukawa.pde")] // or: #[genphys_pde(inline = "dt(phi) = lap(phi)")]
/// struct Yukawa;
///
/// let model = Yukawa::new(/* m */ 1.0)?; // implements genphys::GenerativePde
/// ```
///
/// The struct may name the parameters itself, with its own visibility and documentation: `struct Yukawa { pub m: f64 }`
/// for `param m`. A field that is no parameter, or a parameter without a field, is an error.
///
/// The file is looked for relative to the folder of the crate's `Cargo.toml`. Its derivation is read from the file that
/// `genphys derive` writes beside it (`pdes/yukawa.derivation.json`), as long as that belongs to this version of the
/// equation; with the feature `live` of genphys it is derived in the compiler otherwise. Editing either file compiles
/// the crate again.
///
/// After the equation there can be `dim = N`, `conservative`, and `crate = path` where the library is reached by
/// another path than its name in `Cargo.toml`: `crate = physics::genphys` for one that re-exports it.
///
/// The struct gets
/// - one field per parameter of the equation, and its point-source kernel;
/// - `new(…)`, which takes the parameters in the order of the equation and checks their domains;
/// - `with_defaults()`, where every parameter has a default;
/// - `kernel()`, the point-source kernel;
/// - `impl genphys::GenerativePde`, and `Clone`, `Copy`, `Debug`, `PartialEq`.
///
/// An equation that is not s-generative is a compile error, with the condition that fails, the numbers that refute it
/// and the repairs.
#[proc_macro_attribute]
pub fn genphys_pde(arguments: TokenStream, item: TokenStream) -> TokenStream {
    // Cargo sets it for every compilation; without cargo, paths are relative to where the compiler was started.
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let genphys = called();
    let site = genphys_codegen::attribute::Site { root: &root, genphys: genphys.as_deref(), live: live() };
    genphys_codegen::attribute::expand(arguments.into(), item.into(), site).into()
}

/// What the crate calls the library in its `Cargo.toml`; `None` where it is not found there.
fn called() -> Option<String> {
    match proc_macro_crate::crate_name("genphys") {
        Ok(proc_macro_crate::FoundCrate::Name(name)) => Some(name),
        // The library's own programs and tests reach it by its name.
        Ok(proc_macro_crate::FoundCrate::Itself) | Err(_) => None,
    }
}

/// The engine, when the feature `live` puts it into the compiler.
#[cfg(feature = "live")]
fn live() -> Option<genphys_codegen::attribute::LiveDerivation<'static>> {
    Some(&|pde, dim| {
        let options = genphys_symbolic::Options { dim, ..genphys_symbolic::Options::default() };
        #[expect(clippy::print_stderr, reason = "cargo shows it beside the crate that does not go on")]
        let tell = |waiting: &genphys_symbolic::Waiting| eprintln!("note: {waiting}");
        genphys_symbolic::start(std::process::id(), tell).map_err(|error| error.to_string())?;
        genphys_symbolic::derive(pde, &options).map_err(|error| error.to_string())
    })
}

#[cfg(not(feature = "live"))]
fn live() -> Option<genphys_codegen::attribute::LiveDerivation<'static>> {
    None
}
