//! Reads the kernels' signatures into typed launches; compiles the kernels to PTX with the feature `cuda`, and for the
//! host with the feature `emulator`.

#[path = "build/launches.rs"]
mod launches;
#[path = "build/signatures.rs"]
mod signatures;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use launches::File;
use signatures::{Signature, signatures};

const KERNELS: &str = "src/kernels";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let files = [("layers", "Layers"), ("training", "Training"), ("field", "Field")].map(|(module, variant)| {
        let kernels = kernels(&Path::new(KERNELS).join(module).with_extension("cuh"))?;
        Ok::<_, Box<dyn Error>>(File { module, variant, kernels })
    });
    let files = files.into_iter().collect::<Result<Vec<_>, _>>()?;
    fs::write(out.join("launches.rs"), launches::launches(&files)?)?;
    for watched in ["build.rs", "build", KERNELS] {
        println!("cargo::rerun-if-changed={watched}");
    }
    #[cfg(feature = "emulator")]
    for_the_host(&out, &files)?;
    #[cfg(feature = "cuda")]
    for_gpus()?;
    Ok(())
}

/// The kernels of a file, and of the files that it includes from folders beside it.
fn kernels(file: &Path) -> Result<Vec<Signature>, Box<dyn Error>> {
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let text = read(file)?;
    let name = |line: &str| {
        line.strip_prefix("#include \"")?.strip_suffix('"').filter(|name| name.contains('/')).map(str::to_owned)
    };
    let mut found = Vec::new();
    let files =
        std::iter::once(file.to_owned()).chain(text.lines().filter_map(name).map(|name| file.with_file_name(name)));
    for path in files {
        found.extend(signatures(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(found)
}

/// Kernels and emulator, for a C++ compiler.
#[cfg(feature = "emulator")]
fn for_the_host(out: &Path, files: &[File]) -> Result<(), Box<dyn Error>> {
    use std::fmt::Write;

    const EMULATOR: &str = "src/emulator";
    let mut registered = String::new();
    let checks = kernels(&Path::new(EMULATOR).join("checks.cuh"))?;
    let of = |module: &str| match module {
        "f32" | "bf16" => &files[0].kernels,
        "training" => &files[1].kernels,
        "field" => &files[2].kernels,
        _ => &checks,
    };
    for module in ["f32", "bf16", "training", "field", "checks"] {
        of(module).iter().try_for_each(|kernel| writeln!(registered, "REGISTER({module}, {})", kernel.name))?;
    }
    fs::write(out.join("registered.inc"), registered)?;
    println!("cargo::rerun-if-changed={EMULATOR}");
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .opt_level(1)
        .define("GENPHYS_EMULATED", None)
        // `longjmp` from a stack to another is what these would take for a mistake.
        .flag_if_supported("-U_FORTIFY_SOURCE")
        .flag_if_supported("-fcf-protection=none")
        .flag_if_supported("-Wno-unknown-pragmas")
        .includes([Path::new(EMULATOR), Path::new(KERNELS), out])
        .file(Path::new(EMULATOR).join("emulator.cpp"))
        .compile("genphys_cuda_emulator");
    Ok(())
}

/// PTX.
#[cfg(feature = "cuda")]
fn for_gpus() -> Result<(), Box<dyn Error>> {
    let kernels = Path::new(KERNELS);
    let mut included: Vec<PathBuf> = Vec::new();
    for folder in [kernels.to_owned(), kernels.join("layers")] {
        for entry in fs::read_dir(folder)? {
            included.push(entry?.path());
        }
    }
    included.retain(|path| path.extension().is_some_and(|extension| extension == "cuh"));
    included.sort();
    // OUT_DIR is where they go: src/cuda/mod.rs takes them from there.
    cudaforge::KernelBuilder::new()
        .source_files(["layers_f32.cu", "layers_bf16.cu", "training.cu", "field.cu"].map(|name| kernels.join(name)))
        .watch(included)
        .arg("-std=c++17")
        .arg("-O3")
        .build_ptx()?;
    Ok(())
}
