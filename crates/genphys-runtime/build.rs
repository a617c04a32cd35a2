//! Compiles the CUDA kernels to PTX, with the feature `cuda`.

#[cfg(feature = "cuda")]
fn main() -> cudaforge::Result<()> {
    const KERNELS: &str = "src/gpu/kernels";
    let file = |name: &str| format!("{KERNELS}/{name}");
    // OUT_DIR is where they go: src/gpu/cuda/mod.rs takes them from there.
    cudaforge::KernelBuilder::new()
        .source_files(["layers_f32.cu", "layers_bf16.cu", "training.cu", "field.cu"].map(file))
        .watch(["common.cuh", "layers.cuh", "training.cuh", "field.cuh"].map(file))
        .arg("-std=c++17")
        .arg("-O3")
        .build_ptx()?;
    Ok(())
}

#[cfg(not(feature = "cuda"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
