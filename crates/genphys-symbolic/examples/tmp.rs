//! tmp
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]
fn main() {
    for file in std::env::args().skip(1) {
        let bytes = if let Some(t) = file.strip_prefix("=") { t.as_bytes().to_vec() } else { std::fs::read(&file).unwrap() };
        let read = if file.starts_with('=') { genphys_pde::inline(&String::from_utf8(bytes).unwrap()) } else { genphys_pde::read(&bytes) };
        let checked = match read { Ok(c) => c, Err(e) => { println!("{}", serde_json::to_string(&format!("{file}: {e:?}")).unwrap()); continue } };
        let t = std::time::Instant::now();
        let mut options = genphys_symbolic::Options::default();
        if let Ok(d) = std::env::var("DIM") { options.dim = d.parse().ok(); }
        let d = genphys_symbolic::derive(&checked.pde, &options);
        let ms = t.elapsed().as_secs_f64()*1e3;
        match d { Ok(d) => { if std::env::var("V").is_ok() { let r = genphys_verify::verify(&checked.pde, &d); for f in &r.findings { if f.level == genphys_verify::Level::Rejected || std::env::var("V").unwrap() == "2" { println!("{}", serde_json::to_string(&format!("VERIFY {file} {:?} {} {}", f.level, f.part, f.text)).unwrap()); } } } println!("{}", serde_json::to_string(&(file, ms, d)).unwrap()) }, Err(e) => println!("{}", serde_json::to_string(&format!("{file}: {e}")).unwrap()) }
    }
}
