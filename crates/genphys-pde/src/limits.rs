//! The limits of the language. Going over one is an ordinary error with a code of its own, never a crash.

/// Largest source, in bytes (1 MiB).
pub const MAX_SOURCE_BYTES: usize = 1 << 20;
/// Deepest nesting of parentheses, calls, unary minus and powers.
pub const MAX_NESTING: usize = 200;
/// Highest order of a derivative, and highest power of the Laplacian.
pub const MAX_ORDER: u32 = 16;
/// Largest absolute value of a constant exponent, nested powers multiplied out.
pub const MAX_EXPONENT: f64 = 64.0;
/// Most parameters of one equation.
pub const MAX_PARAMS: usize = 64;
/// Greatest height of a syntax tree, abbreviations expanded. A sum of n terms has height n, so this is also the
/// longest sum; every recursive walk over a tree may rely on it.
pub const MAX_HEIGHT: usize = 500;
/// Most nodes of all expressions of one file together, abbreviations expanded.
pub const MAX_NODES: usize = 50_000;
/// Highest coordinate index, dimension, vector length and matrix size.
pub const MAX_DIMENSION: u32 = 200_000;
/// Most significant digits of a number.
pub const MAX_DIGITS: usize = 100;
/// Largest decimal exponent, up or down, of a number's first digit; all such numbers are ordinary `f64` values.
pub const MAX_DECADE: i32 = 300;
/// Most problems reported for one file.
pub const MAX_PROBLEMS: usize = 100;
