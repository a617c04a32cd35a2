//! Writes a Rust type for every kernel, whose fields are the kernel's parameters.

use std::fmt::{Result, Write};

use crate::signatures::{Signature, Type};

/// A file of kernels as Rust knows it: its module, its variant of `File`, and its kernels.
pub(crate) struct File {
    pub(crate) module: &'static str,
    pub(crate) variant: &'static str,
    pub(crate) kernels: Vec<Signature>,
}

/// The Rust source.
///
/// # Errors
/// None: text has room.
pub(crate) fn launches(files: &[File]) -> std::result::Result<String, std::fmt::Error> {
    let mut out = String::new();
    for File { module, variant, kernels } in files {
        writeln!(out, "/// Kernels of {module}.cuh.\npub mod {module} {{\n    use super::*;\n")?;
        kernels.iter().try_for_each(|kernel| launch(&mut out, variant, kernel))?;
        writeln!(out, "}}\n")?;
    }
    let all = files.iter().flat_map(|file| file.kernels.iter().map(|kernel| (file.variant, &kernel.name)));
    writeln!(out, "/// Every kernel with its file.\npub const ALL: &[(File, &str)] = &[")?;
    for (variant, name) in all {
        writeln!(out, "    (File::{variant}, {name:?}),")?;
    }
    writeln!(out, "];")?;
    Ok(out)
}

fn launch(out: &mut String, variant: &str, kernel: &Signature) -> Result {
    let (name, count) = (type_name(&kernel.name), kernel.parameters.len());
    writeln!(out, "    /// The parameters of the kernel `{}`.", kernel.name)?;
    writeln!(out, "    #[derive(Clone, Copy, Debug)]\n    pub struct {name} {{")?;
    for (parameter, kind) in &kernel.parameters {
        writeln!(out, "        /// As the kernel says.")?;
        match kind {
            Type::Pointer(of) => writeln!(out, "        pub {parameter}: Pointer<{of}>,")?,
            Type::Number(of) => writeln!(out, "        pub {parameter}: {of},")?,
        }
    }
    writeln!(out, "    }}\n\n    impl Kernel for {name} {{")?;
    writeln!(
        out,
        "        const FILE: File = File::{variant};\n        const NAME: &'static str = {:?};",
        kernel.name
    )?;
    writeln!(out, "        type Arguments = [Argument; {count}];\n")?;
    writeln!(out, "        fn arguments(&self) -> Self::Arguments {{\n            [")?;
    for (parameter, kind) in &kernel.parameters {
        match kind {
            Type::Pointer(_) => writeln!(out, "                Argument::Address(self.{parameter}.address()),")?,
            Type::Number("i32") => writeln!(out, "                Argument::Count(self.{parameter}),")?,
            Type::Number("u32") => writeln!(out, "                Argument::Word(self.{parameter}),")?,
            Type::Number(_) => writeln!(out, "                Argument::Number(self.{parameter}),")?,
        }
    }
    writeln!(out, "            ]\n        }}\n    }}\n")
}

/// `row_norm` as `RowNorm`.
fn type_name(kernel: &str) -> String {
    kernel.split('_').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
