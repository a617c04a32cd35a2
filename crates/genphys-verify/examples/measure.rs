//! local measuring
#![allow(clippy::all, clippy::unwrap_used, clippy::print_stdout)]
use std::time::Instant;
fn main() {
    let mut times = vec![];
    let (mut n, mut proved) = (0, 0);
    let only: Vec<String> = std::env::args().skip(1).collect();
    let mut names: Vec<_> = std::fs::read_dir("/tmp/f-der")
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    names.sort();
    for path in names {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_string();
        if !only.is_empty() && !only.iter().any(|o| stem.contains(o.as_str())) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let d: Result<genphys_pde::derivation::Derivation, _> = serde_json::from_str(&text);
        let d = match d {
            Ok(d) => d,
            Err(_) => {
                let l: Vec<genphys_pde::derivation::Derivation> = match serde_json::from_str(&text) {
                    Ok(l) => l,
                    Err(e) => {
                        println!("{stem} {e}");
                        continue;
                    }
                };
                l[0].clone()
            }
        };
        let file = if let Some(r) = stem.strip_prefix("pdes_") {
            format!("pdes/{r}.pde")
        } else {
            format!("tests/pde/verdict/{}.pde", stem.strip_prefix("tests_pde_verdict_").unwrap())
        };
        let pde = genphys_pde::read(&std::fs::read(&file).unwrap()).unwrap().pde;
        let s = format!("{:?}", d.c2.status);
        if s != "Holds" && s != "Conditional" {
            continue;
        }
        n += 1;
        let start = Instant::now();
        let report = genphys_verify::measure_c2(&pde, &d);
        let t = start.elapsed().as_secs_f64() * 1e3;
        times.push(t);
        let c2: Vec<_> = report.findings.iter().filter(|f| f.part == "c2").collect();
        let ok = !c2.is_empty() && c2.iter().all(|f| format!("{:?}", f.level) == "Proved");
        proved += usize::from(ok);
        let so = c2.iter().any(|f| f.text.contains("sufficient only"));
        println!(
            "{} {stem} {s} {t:.1} ms {:?} {:?}",
            if ok { if so { "half" } else { "OK  " } } else { "--  " },
            d.c2.rule,
            d.c2.conditions
        );
        if !ok {
            println!("      {} | {:?}\n      {:?}", pde.equation, d.c2.certificate, c2);
        }
    }
    times.sort_by(f64::total_cmp);
    println!("{proved}/{n} median {:.1} max {:.1}", times[times.len() / 2], times[times.len() - 1]);
}
