//! The equations in `pdes/` are read without a warning and are written in canonical form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

#[test]
fn shipped_equations_are_clean_and_canonical() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pdes");
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "pde") {
            continue;
        }
        let source = fs::read(&path).unwrap();
        let checked = genphys_pde::read(&source).unwrap_or_else(|problems| panic!("{path:?}: {problems:#?}"));
        // An equation that is not linear says so; nothing else is warned of.
        let others: Vec<_> = checked.warnings.iter().filter(|w| w.code != genphys_pde::Code::NonlinearTerm).collect();
        assert!(others.is_empty(), "{path:?}: {others:?}");
        assert_eq!(Some(checked.pde.name.as_str()), path.file_stem().unwrap().to_str());
        assert!(checked.pde.title.is_some(), "{path:?}");
        let text = String::from_utf8(source).unwrap();
        assert_eq!(genphys_pde::print_file(&genphys_pde::parse(&text).unwrap()), text, "{path:?}");
        names.push(checked.pde.name);
    }
    for name in ["diffusion", "poisson", "yukawa", "helmholtz", "wave", "dissipative_wave", "schroedinger", "pfgmpp"] {
        assert!(names.iter().any(|found| found == name), "{name} is not shipped");
    }
}

/// The names of parameters are contracts.
#[test]
fn shipped_parameters() {
    for (file, param, default) in [
        ("diffusion", "D", 1.0),
        ("yukawa", "m", 1.0),
        ("helmholtz", "k0", 1.0),
        ("dissipative_wave", "eps", 1.0),
        ("pfgmpp", "D", 128.0),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../pdes/{file}.pde"));
        let pde = genphys_pde::read(&fs::read(path).unwrap()).unwrap().pde;
        let found = pde.param(param).unwrap();
        assert_eq!(found.default.as_ref().map(|number| number.to_f64()), Some(default));
        assert_eq!((found.declared().to_string().as_str(), pde.params.len()), ("> 0", 1));
    }
}
