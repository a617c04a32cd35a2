//! Compiles the CUDA kernels to PTX, with the feature `cuda`.

#[cfg(feature = "cuda")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::path::{Path, PathBuf};

    let kernels = Path::new("src/kernels");
    let mut included: Vec<PathBuf> = Vec::new();
    for folder in [kernels.to_owned(), kernels.join("layers")] {
        for entry in std::fs::read_dir(folder)? {
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

#[cfg(not(feature = "cuda"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
