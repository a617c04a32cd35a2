//! What the documents name exists: links, files and folders.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files and folders below a folder, as paths from the root; what is built or belongs to tools is left out.
fn everything(folder: &Path, root: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if ["target", ".git"].contains(&name.as_str()) {
            continue;
        }
        found.push(path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/"));
        if path.is_dir() {
            everything(&path, root, found);
        }
    }
}

/// The targets of Markdown links that are files.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split("](").skip(1) {
        let target = part.split(')').next().unwrap_or_default().split('#').next().unwrap_or_default();
        if !target.is_empty() && !target.contains("://") {
            found.push(target.to_string());
        }
    }
    found
}

/// Words in backticks, outside of blocks of code, that can only be files or folders of the repository.
fn named(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        for word in line.split('`').skip(1).step_by(2) {
            let plain = word.chars().all(|c| c.is_alphanumeric() || "_-./".contains(c));
            let source = word.ends_with(".rs") || word.contains("/src/") || word.ends_with("/src");
            let folder = ["crates/", "docs/", "tests/"].iter().any(|folder| word.starts_with(folder));
            if plain && (source || folder) {
                found.push(word.trim_end_matches('/').to_string());
            }
        }
    }
    found
}

#[test]
fn what_documents_name_exists() {
    let root = root();
    let mut files = Vec::new();
    everything(&root, &root, &mut files);
    let mut missing = Vec::new();
    let documents: Vec<&String> = files.iter().filter(|f| f.ends_with(".md") && !f.starts_with("licenses/")).collect();
    assert!(documents.len() > 10, "the documents were not found");
    for document in documents {
        let text = fs::read_to_string(root.join(document)).expect("a readable document");
        let folder = Path::new(document).parent().unwrap_or(Path::new(""));
        for link in links(&text) {
            if !root.join(folder).join(&link).exists() {
                missing.push(format!("{document}: link to {link}"));
            }
        }
        for name in named(&text) {
            // A file of every generated crate.
            let known = name == "src/train.rs" || files.iter().any(|f| *f == name || f.ends_with(&format!("/{name}")));
            // A name in capitals stands for any.
            let placeholder = name.split(['/', '.']).any(|part| part.len() > 1 && part.chars().all(char::is_uppercase));
            if !known && !placeholder {
                missing.push(format!("{document}: `{name}`"));
            }
        }
    }
    assert!(missing.is_empty(), "documents name what does not exist:\n{}", missing.join("\n"));
}
