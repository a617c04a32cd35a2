//! The examples lie beside this folder: `cargo run --example verdict`.
