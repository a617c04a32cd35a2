//! `Cargo.toml` of a model crate.

use super::{CrateRequest, GenphysSource};
use crate::plan::ModelPlan;

/// The version of candle that the library is built with: tensors of the two must be the same type.
const CANDLE: &str = "0.11.1";

pub(super) fn text(plan: &ModelPlan, request: &CrateRequest<'_>) -> String {
    let description = format!("Generative model of {}", plan.title.as_deref().unwrap_or(&plan.name));
    let genphys = match request.genphys {
        GenphysSource::Path(path) => format!("path = {}", quoted(&path.display().to_string())),
        GenphysSource::Git { url, rev } => format!("git = {}, rev = {}", quoted(url), quoted(rev)),
        GenphysSource::Version(version) => format!("version = {}", quoted(version)),
    };
    format!(
        r#"[package]
name = {name}
version = "0.1.0"
edition = "2024"
rust-version = "1.95"
publish = false
description = {description}

[dependencies]
# Without the attribute, whose code is written out here.
genphys = {{ {genphys}, default-features = false }}
candle-core = {{ version = "{CANDLE}", default-features = false }}

[features]
cuda = ["genphys/cuda"]
cudnn = ["genphys/cudnn"]
metal = ["genphys/metal"]

[profile.release]
opt-level = 3

# A workspace of its own: the crate can lie in any folder.
[workspace]
"#,
        name = quoted(request.name),
        description = quoted(&description),
    )
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if genphys_pde::is_invisible(c) => match u32::from(c) {
                c if c > 0xFFFF => out.push_str(&format!("\\U{c:08X}")),
                c => out.push_str(&format!("\\u{c:04X}")),
            },
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn strings_survive_toml() {
        assert_eq!(quoted(r#"a "b" \c"#), r#""a \"b\" \\c""#);
        assert_eq!(quoted("a\nb"), r#""a\u000Ab""#);
        assert_eq!(quoted("\u{202E}\u{E0001}"), r#""\u202E\U000E0001""#);
    }
}
