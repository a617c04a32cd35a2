//! The attribute `#[genphys_pde(…)]`, as a function on tokens: equation -> derivation -> plan -> the struct and its
//! implementation. The macro crate only calls it.
//!
//! Whatever goes wrong becomes one `compile_error!` at the argument of the attribute. The struct is then still there,
//! with the implementation of a stand-in process, so that the rest of the program gives no errors of its own.

mod arguments;
mod report;
mod source;

use crate::emit;
use crate::plan::ModelPlan;
use crate::store::{self, StoreError};
use arguments::{Arguments, Source};
use genphys_pde::ast::Dim;
use genphys_pde::derivation::{Derivation, Proposal};
use genphys_pde::pde::Pde;
use genphys_pde::{Diagnostic, lower::Checked};
use genphys_verify::Judged;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use std::path::{Path, PathBuf};
use syn::ItemStruct;
use syn::ext::IdentExt;

/// Derives an equation on the spot, in all its dimensions or in one, or says why it cannot.
pub type LiveDerivation<'a> = &'a dyn Fn(&Pde, Option<u32>) -> Result<Proposal, String>;

/// Where an attribute stands.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The folder of the crate's `Cargo.toml`.
    pub root: &'a Path,
    /// What the crate calls the library `genphys`, if that is known; an argument of the attribute may say so as well.
    pub genphys: Option<&'a str>,
    /// The engine: derives where there is no file with the right hash.
    pub live: Option<LiveDerivation<'a>>,
}

/// Expands the attribute with these `arguments` on `item`.
///
/// Reads files, writes none. Errors are part of the returned tokens.
pub fn expand(arguments: TokenStream, item: TokenStream, site: Site<'_>) -> TokenStream {
    let Site { root, live, .. } = site;
    let structure = match arguments::structure(item.clone()) {
        Ok(structure) => structure,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#error #item);
        }
    };
    let called = Ident::new(site.genphys.unwrap_or("genphys"), Span::call_site());
    let called = quote!(::#called);
    let arguments: Arguments = match syn::parse2(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return failed(error, &[], &structure, &called),
    };
    let genphys = arguments.genphys.as_ref().map_or(called, ToTokens::to_token_stream);
    let span = arguments.source.literal().span();
    let mut equation = Equation::default();
    match equation.plan(&arguments, root, live) {
        Ok(plan) => {
            let tracked = tracked(&equation.files, span);
            let expansion = match arguments::check_fields(&structure, &plan) {
                Ok(()) => emit::expansion(&plan, &structure, &genphys),
                Err(error) => failed(error, &equation.params, &structure, &genphys),
            };
            quote!(#expansion #tracked)
        }
        Err(message) => {
            let expansion = failed(syn::Error::new(span, message), &equation.params, &structure, &genphys);
            let tracked = tracked(&equation.files, span);
            quote!(#expansion #tracked)
        }
    }
}

/// What is known about the equation so far: kept for the stand-in when a later step fails.
#[derive(Default)]
struct Equation {
    /// Files that were read: the crate is compiled again when one of them changes.
    files: Vec<PathBuf>,
    /// Names of the parameters.
    params: Vec<String>,
}

impl Equation {
    /// From the arguments to the plan. The error is the text of the compile error.
    fn plan(
        &mut self,
        arguments: &Arguments,
        root: &Path,
        live: Option<LiveDerivation<'_>>,
    ) -> Result<ModelPlan, String> {
        let (pde, stored, origin) = self.read(&arguments.source, root)?;
        self.params = pde.params.iter().map(|param| param.name.clone()).collect();
        // A derivation in all dimensions serves for one, if it proves anything.
        let serves = |found: &Derivation| {
            arguments.dim.is_none_or(|dim| {
                let about = found.pde.dim;
                about == Dim::Exactly(dim) || about.contains(dim) && found.makes_a_model()
            })
        };
        let judged = match store::read_fresh(&stored, &pde) {
            Ok(judged) if serves(&judged) => {
                self.files.push(stored);
                judged
            }
            // A file that says what is not so is told about, also where a new one could be derived.
            Err(error @ StoreError::Refused { .. }) => {
                self.files.push(stored);
                return Err(without_derivation(arguments, root, &error));
            }
            found => match (live, found, arguments.dim) {
                (Some(derive), ..) => genphys_verify::judge(&pde, derive(&pde, arguments.dim)?),
                (None, Err(error), _) => return Err(without_derivation(arguments, root, &error)),
                (None, Ok(found), dim) => return Err(of_other_dimensions(arguments, &found, dim.unwrap_or(1))),
            },
        };
        let proof = match judged.s_generative() {
            Some(proof) => proof,
            None => return Err(report::message(&judged)),
        };
        let planned = ModelPlan::new(&proof).and_then(|plan| match arguments.dim {
            Some(dim) => plan.restricted_to(dim),
            None => Ok(plan),
        });
        let planned = if arguments.conservative { planned.and_then(ModelPlan::conservative) } else { planned };
        planned.map(|plan| plan.with_origin(origin)).map_err(|error| error.to_string())
    }

    /// The checked equation, and where its derivation should lie.
    fn read(&mut self, source: &Source, root: &Path) -> Result<(Pde, PathBuf, String), String> {
        match source {
            Source::File(literal) => {
                let named = literal.value();
                let (path, text) = source::read(root, &named)?;
                self.files.push(path.clone());
                self.params = source::declared_params(&String::from_utf8_lossy(&text));
                let pde = checked(&named, &text, genphys_pde::read(&text))?;
                let before = text.get(..pde.left.span.start).unwrap_or_default();
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                let origin = format!("`{named}`, line {line}");
                Ok((pde, store::derivation_path(&path), origin))
            }
            Source::Inline(literal) => {
                let text = literal.value();
                self.params = source::declared_params(&text);
                let pde = checked("inline", text.as_bytes(), genphys_pde::inline(&text))?;
                let stored = store::inline_derivation_path(root, &pde.hash);
                Ok((pde, stored, "the argument of the attribute".to_owned()))
            }
        }
    }
}

/// The error for a derivation in other dimensions than the attribute asks for.
fn of_other_dimensions(arguments: &Arguments, found: &Judged, dim: u32) -> String {
    let about = match found.pde.dim {
        Dim::Any => "all dimensions at once".to_owned(),
        other => format!("N = {other}"),
    };
    let file = match &arguments.source {
        Source::File(literal) => literal.value(),
        Source::Inline(_) => "FILE".to_owned(),
    };
    format!(
        "the derivation of `{}` is about {about} and proves nothing in {dim} alone\nhelp: run `genphys derive {file} --dim \
         {dim}`, or enable the feature `live` of genphys",
        found.pde.name
    )
}

/// The error for an equation without a usable derivation, when there is no engine to derive one.
fn without_derivation(arguments: &Arguments, root: &Path, error: &StoreError) -> String {
    // Paths as the attribute writes them.
    let why = error.to_string().replace(&root.join("").display().to_string(), "");
    match &arguments.source {
        Source::File(literal) => format!(
            "{why}\nhelp: run `genphys derive {}` and keep the file it writes, or enable the feature `live` of genphys",
            literal.value()
        ),
        Source::Inline(_) => format!(
            "{why}\nhelp: enable the feature `live` of genphys, which derives in the compiler, or move the equation into \
             a file such as pdes/name.pde and run `genphys derive pdes/name.pde`"
        ),
    }
}

/// The error, and a stand-in that takes the same parameters.
fn failed(error: syn::Error, params: &[String], structure: &ItemStruct, genphys: &TokenStream) -> TokenStream {
    let error = error.into_compile_error();
    // Of the struct's own fields as many as there can be: what is wrong with them is in the error.
    let own = structure.fields.iter().filter_map(|field| field.ident.as_ref().map(|ident| ident.unraw().to_string()));
    let params: Vec<String> = if params.is_empty() { own.collect() } else { params.to_vec() };
    let structure = ItemStruct { fields: phantom_fields(structure), ..structure.clone() };
    let stand_in = emit::expansion(&ModelPlan::stand_in(&params), &structure, genphys);
    quote!(#error #stand_in)
}

/// The fields that are no parameters.
fn phantom_fields(structure: &ItemStruct) -> syn::Fields {
    match &structure.fields {
        syn::Fields::Named(fields) => {
            let mut fields = fields.clone();
            fields.named = fields.named.into_iter().filter(|field| emit::is_phantom(&field.ty)).collect();
            syn::Fields::Named(fields)
        }
        _ => syn::Fields::Unit,
    }
}

/// Makes the compiler watch the files.
fn tracked(files: &[PathBuf], span: Span) -> TokenStream {
    let paths = files.iter().filter_map(|file| file.to_str()).map(|file| syn::LitStr::new(file, span));
    quote!(#(const _: &[::core::primitive::u8] = ::core::include_bytes!(#paths);)*)
}

/// The checked equation, or all its errors as one text.
fn checked(file: &str, text: &[u8], read: Result<Checked, Vec<Diagnostic>>) -> Result<Pde, String> {
    read.map(|checked| checked.pde).map_err(|problems| {
        let text = String::from_utf8_lossy(text);
        let errors: Vec<String> = problems
            .iter()
            .filter(|problem| problem.is_error())
            .map(|problem| genphys_pde::render(problem, file, &text).trim_end().to_owned())
            .collect();
        format!("{} in `{file}`\n{}", counted(errors.len()), errors.join("\n"))
    })
}

fn counted(errors: usize) -> String {
    if errors == 1 { "an error".to_owned() } else { format!("{errors} errors") }
}
