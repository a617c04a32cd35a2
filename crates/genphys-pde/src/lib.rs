//! The `.pde` language of genphys and its model: parser, diagnostics, checked equation, derivation, verdict.
//!
//! ```
//! let source = b"pde heat { param D > 0 = 1; dt(phi) = D*lap(phi) }";
//! let checked = genphys_pde::read(source).unwrap();
//! assert_eq!(checked.pde.equation, "dt(phi) = D*lap(phi)");
//! assert!(checked.warnings.is_empty());
//! ```

pub mod ast;
pub mod certificate;
pub mod codes;
pub mod condition;
pub mod decode;
pub mod derivation;
pub mod diagnostic;
mod domain;
pub mod evaluate;
pub mod expression;
mod kernel;
mod kernel_text;
mod lexer;
pub mod limits;
pub mod lower;
pub mod memory;
mod model;
mod number;
mod parser;
pub mod pde;
mod printer;
mod render;
pub mod span;
mod stack;
mod subscript;
mod suggest;
pub mod verdict;
mod words;

pub use codes::Code;
pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use evaluate::{Complex, EvaluateError, evaluate_at, evaluate_complex, evaluate_real};
pub use lexer::is_invisible;
pub use lower::{Checked, inline, lower, read};
pub use parser::{parse, parse_expression};
pub use printer::{print_expr, print_file};
pub use render::{line_and_column, render};
pub use stack::STACK_BYTES;
