//! Compiles the kernels and the emulator for the host.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const KERNELS: &str = "../genphys-gpu/src/kernels";

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?);
    let mut registered = String::new();
    for (module, file) in [
        ("f32", format!("{KERNELS}/layers.cuh")),
        ("bf16", format!("{KERNELS}/layers.cuh")),
        ("training", format!("{KERNELS}/training.cuh")),
        ("field", format!("{KERNELS}/field.cuh")),
        ("checks", "src/checks.cuh".to_owned()),
    ] {
        for name in kernels(&with_included(Path::new(&file))?) {
            writeln!(registered, "REGISTER({module}, {name})").map_err(io::Error::other)?;
        }
    }
    fs::write(out.join("registered.inc"), registered)?;
    for watched in [KERNELS, "src/checks.cuh", "src/emulator.cpp", "include/emulated.cuh"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .opt_level(1)
        .define("GENPHYS_EMULATED", None)
        // `longjmp` from a stack to another is what these would take for a mistake.
        .flag_if_supported("-U_FORTIFY_SOURCE")
        .flag_if_supported("-fcf-protection=none")
        .flag_if_supported("-Wno-unknown-pragmas")
        .includes([Path::new("include"), Path::new("src"), Path::new(KERNELS), &out])
        .file("src/emulator.cpp")
        .compile("genphys_cuda_emulator");
    Ok(())
}

/// A file, and the files it includes from folders beside it.
fn with_included(file: &Path) -> io::Result<String> {
    let mut text = fs::read_to_string(file)?;
    let name = |line: &str| {
        line.strip_prefix("#include \"")?.strip_suffix('"').filter(|name| name.contains('/')).map(str::to_owned)
    };
    let included: Vec<String> = text.lines().filter_map(name).collect();
    for name in included {
        text.push_str(&fs::read_to_string(file.with_file_name(name))?);
    }
    Ok(text)
}

/// Names of the kernels of a file: `KERNEL name(` begins a line, perhaps with `__launch_bounds__(...)` before the name.
fn kernels(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let mut rest = line.strip_prefix("KERNEL ")?.trim_start();
        if let Some(bounds) = rest.strip_prefix("__launch_bounds__") {
            rest = bounds.split_once(')')?.1.trim_start();
        }
        Some(rest.split_once('(')?.0.trim())
    })
}
