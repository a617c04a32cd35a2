//! No name of an equation captures anything in generated code, or is captured: equations with hostile names become
//! models whose numbers are those of a copy with harmless ones, as a model crate and by the attribute, in the middle of
//! items that have the same names. All of it is compiled once, as one crate, beside the equations that models were once
//! not made of; clippy finds nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Ended, Genphys, ended};
use genphys_codegen::{CrateOptions, CrateRequest, GenphysSource, crate_files, store};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const LIBRARIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/model-crates");
const GENPHYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../genphys");
const LOCK: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock"));
const PROGRAM: &str = include_str!("data/hostile_program.rs");

/// Names of parameters and of the time: keywords of all editions, what the prelude has, what generated code uses, and
/// what a physicist might write.
const NAMES: &str = "
    as break const continue crate else enum extern false fn for if impl loop match mod move mut pub ref return self Self static
    struct super trait true type unsafe use where while async await dyn abstract become box do final macro override priv typeof
    unsized virtual yield try gen union auto default raw safe macro_rules
    Box Ok Err Some None Result Option Vec String Copy Clone Drop Fn Iterator Default Send Sized drop f64 f32 usize u32 bool str char
    vec println assert std core alloc genphys candle_core rand
    GenerativePde ParamError RngCore Spreading PointSourceKernel kernels Heat Subordinated LaplaceExponent Gaussian Clocked Killed Model
    model new kernel kernel_ exponent lambda lambda_ values rate sigma z s r t out mean denoised rng params name equation generics
    pde_m m pde_pde_m genphys_t field_m own_kernel own_generics foo baz _ __ _1 N q u w i e D A DT Re omega0 mass speed decay clock
    scale start end cosh sinh kappa root powi sqrt_ ln require self_ type_ r_ PI INFINITY MAX point_source log_density sample_scales";

/// Names of equations, which become types and files.
const MODELS: [&str; 30] = [
    "box",
    "result",
    "vec",
    "ok",
    "some",
    "string",
    "option",
    "self",
    "Self",
    "generative_pde",
    "paramError",
    "rngCore",
    "spreading",
    "kernels",
    "point_source_kernel",
    "model",
    "gen",
    "type",
    "std",
    "core",
    "genphys",
    "f64",
    "KDV",
    "clone",
    "_",
    "_2d",
    "copy",
    "debug",
    "partial_eq",
    "heat",
];

/// Equations in six names: the constants of a family, an exponent with drift and death, functions of the time, a clock,
/// a matrix.
const EQUATIONS: [(&str, &str); 6] = [
    ("{time}", "dt(phi) = ({1} + 2*{2} + 3*{3} + 4*{4} + 5*{5} + {6}^2)*lap(phi)"),
    (
        "{time}",
        "dt(phi) = -{1}*fourier(sqrt({2}^2 + k^2) - {2}, phi) - {3}*fourier(log(1 + {4}*k^2), phi) + {5}*lap(phi) - {6}*phi",
    ),
    ("time {6} in (0, 8);", "dt(phi) = ({1} + {2}*{6} + {5}*{6}^2)*lap(phi) - ({3} + {4}*{6})*phi"),
    ("time {6} in (0, inf);", "dt(phi) = -({1} + {2}*{6})*fourier(sqrt({3}^2 + {4}*k^2) - {3}, phi) - {5}*{6}*phi"),
    ("dim 2; {time}", "dt(phi, 2) + {1}*d(phi, x1, 2) + {2}*d(phi, x2, 2) - ({3} + {4})*{5}*{6}*phi = 0"),
    // Rewritten without births and deaths, which makes an exponent of it.
    ("{time}", "dt(phi, 2) + ({1} + {2} + {3} + {4} + {5})^2*lap(phi) - {6}^2*phi = 0"),
];

/// Equations of which no model could be made, or none that compiled; what clippy could find fault with; names from the
/// literature.
const FURTHER: [&str; 17] = [
    "time t in (0, 1); dt(phi) = lap(phi)/(1 - t)",
    "time t in (1, inf); dt(phi) = lap(phi)/t",
    "time t in (0, 1); dt(phi) = div(x*phi)/(1 - t) + t/(1 - t)*lap(phi)",
    "time t in (0, 1); dt(phi) = 0.5*pi*sin(pi*t/2)/cos(pi*t/2)*(lap(phi) + div(x*phi))",
    "time s in (0, 1); dt(phi) = div(x*phi)/(1 - s) - fraclap(phi, 1)/(1 - s)",
    "time t in (-0.5, inf); dt(phi) = -(1 + t)*fraclap(phi, 1)",
    "time t in (2, 5); dt(phi) = t*lap(phi) - phi/t",
    "param lambda > 0 = 1; dt(phi, 2) + lap(phi) - lambda^2*phi = 0",
    "param lambda > 0 = 1; param alpha in (0, 2) = 1.5; dt(phi) = -fourier((lambda^2 + k^2)^(alpha/2) - lambda^alpha, phi)",
    "param λ > 0 = 1; param lambda_ > 0 = 2; dt(phi) = -fourier(λ*log(1 + k^2/lambda_), phi)",
    "param m > 0 = 1; dt(phi) = m/m*lap(phi) + (m - m)*phi - 1/1*m*phi",
    "param a > 0 = 1; param b > 0 = 1; dt(phi) = -fourier(k^2/(a + b*k^2) + 3*k^2/(3 + 3*k^2), phi)",
    "param a > 0 = 3.14; param b > 0 = 1; dt(phi) = -fourier(1 - exp(-a^2*b*k^2), phi) - 2.718*phi",
    "param theta > 0 = 0.5; dt(phi) = -1*-1*theta*div(x*phi) + 2^theta/2^theta*lap(phi)",
    "param a in [0, 2] = 1; param b >= 0.5 = 1; param c < -1 = -2; dt(phi) = (1 + a + b - c)*lap(phi)",
    "param a > 0 = 1; dt(phi) = -fourier(a^0.5*(1 - exp(-k^2/1)), phi) + (a + 1)/(1 + a)*lap(phi)",
    "dim 2; param v = 1; dt(phi) + dot([v, 0], grad(phi)) = lap(phi)",
];

/// One equation of the crate.
struct Case {
    /// Its module and file.
    module: String,
    /// The name it gives itself.
    name: String,
    dim: usize,
    /// Names that items beside the attribute have.
    beside: Vec<String>,
    /// The module whose numbers must be the same.
    copy_of: Option<String>,
    /// Times inside its interval.
    times: [f64; 2],
    conservative: bool,
}

fn filled(equation: (&str, &str), names: &[&str]) -> String {
    let time = if names.contains(&"t") { "time tau in (0, inf);" } else { "" };
    let mut text = format!("{} {}", equation.0.replace("{time}", time), equation.1);
    let mut params = String::new();
    for (at, name) in names.iter().enumerate() {
        let place = format!("{{{}}}", at + 1);
        if !text.contains(&format!("time {place}")) {
            write!(params, "param {name} > 0 = {}; ", 0.5 + 0.25 * at as f64).unwrap();
        }
        text = text.replace(&place, name);
    }
    params + &text
}

/// Hostile and harmless equations, by turns one of each kind.
fn cases(genphys: &Genphys) -> Vec<Case> {
    let names: Vec<&str> = NAMES.split_whitespace().collect();
    let groups: Vec<Vec<&str>> = names
        .chunks(6)
        .map(|group| group.iter().copied().chain(["p", "q2", "v", "w2", "y", "h"]).take(6).collect())
        .collect();
    let mut list = Vec::new();
    let mut add = |name: &str, text: &str, beside: &[&str], copy_of: Option<usize>, times| {
        let module = format!("m{}", list.len());
        std::fs::write(
            genphys.path(&format!("{module}.pde")),
            format!("pde {name} \"A \\\"title\\\" \\\\ */ {{}} <b>\" {{ {text} }}\n"),
        )
        .unwrap();
        list.push(Case {
            module,
            name: name.to_owned(),
            dim: if text.starts_with("dim 2") || text.contains("; dim 2") { 2 } else { 3 },
            beside: beside.iter().map(|name| (*name).to_owned()).collect(),
            copy_of: copy_of.map(|at| format!("m{at}")),
            times,
            conservative: text.contains(")^2*lap(phi) - "),
        });
    };
    for equation in EQUATIONS {
        add("harmless", &filled(equation, &["p1", "p2", "p3", "p4", "p5", "p6"]), &[], None, [0.3, 0.7]);
    }
    for (at, group) in groups.iter().enumerate() {
        for (kind, equation) in EQUATIONS.iter().enumerate() {
            // Every group meets all kinds of variables: those of closures, of a clock, and no others.
            if kind > 2 && (at + kind) % 3 > 0 {
                continue;
            }
            let name = MODELS[(at * EQUATIONS.len() + kind) % MODELS.len()];
            let mut rotated = group.clone();
            rotated.rotate_left(kind);
            add(name, &filled(*equation, &rotated), &rotated, Some(kind), [0.3, 0.7]);
        }
    }
    for text in FURTHER {
        let times = match text {
            _ if text.contains("(2, 5)") => [2.5, 4.5],
            _ if text.contains("(1, inf)") => [1.2, 3.0],
            _ => [0.3, 0.7],
        };
        add("further", text, &["D", "T", "kernel", "lambda", "t", "m", "a"], None, times);
    }
    list
}

/// An item of that name beside the attribute; the names that no item can have are left out, and those that begin as
/// variables of the attribute do.
fn item(name: &str) -> String {
    match name {
        "self" | "Self" | "super" | "crate" | "_" => String::new(),
        _ if name.starts_with("pde_") || name.starts_with("genphys_") => String::new(),
        _ => format!("    pub const r#{name}: ::core::primitive::f64 = 7.0;\n"),
    }
}

/// The struct's own fields, which are the parameters; none where a name can be no field.
fn fields(genphys: &Genphys, module: &str) -> String {
    let source = std::fs::read_to_string(genphys.path(&format!("{module}.pde"))).unwrap();
    let names: Vec<String> =
        genphys_pde::read(source.as_bytes()).unwrap().pde.params.into_iter().map(|p| p.name).collect();
    if names.iter().any(|name| ["self", "Self", "super", "crate", "_"].contains(&name.as_str())) {
        return ";".to_owned();
    }
    let fields: Vec<String> = names.iter().map(|name| format!("pub r#{name}: ::core::primitive::f64")).collect();
    format!(" {{ {} }}", fields.join(", "))
}

/// A type of the user's, with a name that the attribute's code could be thought to mean.
fn type_beside(at: usize) -> &'static str {
    ["Result", "Vec", "Ok", "GenerativePde", "RngCore", "Box", "f64", "Spreading", "lambda", "Model"][at % 10]
}

/// The files of the model crate of an equation whose derivation lies beside it, in `crates/MODULE`.
fn write_model(genphys: &Genphys, module: &str, conservative: bool) {
    let path = genphys.path(&format!("{module}.pde"));
    let source = std::fs::read_to_string(&path).unwrap();
    let pde = genphys_pde::read(source.as_bytes()).unwrap_or_else(|problems| panic!("{source}: {problems:?}")).pde;
    let judged = store::read_fresh(&store::derivation_path(&path), &pde).unwrap();
    let proof = judged.s_generative().unwrap_or_else(|| panic!("{source}: {:?}", judged.verdict));
    let (library, options) =
        (GenphysSource::Path(GENPHYS.into()), CrateOptions { conservative, ..CrateOptions::default() });
    let request =
        CrateRequest { name: module, source: &source, genphys: &library, lock: Some(LOCK), options: &options };
    for file in crate_files(&proof, &request).unwrap_or_else(|error| panic!("{source}: {error}")) {
        let path = genphys.path(&format!("crates/{module}/{}", file.path));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.content).unwrap();
    }
}

/// One crate with the generated code of every case as a module, and the attribute on every equation.
fn write_crate(genphys: &Genphys, cases: &[Case]) {
    // In one run: engines wait for each other.
    let files: Vec<String> = cases.iter().map(|case| format!("{}.pde", case.module)).collect();
    let arguments: Vec<&str> = ["derive"].into_iter().chain(files.iter().map(String::as_str)).collect();
    genphys.run(&arguments).expect_code(0);
    let (mut modules, mut calls) = (String::new(), String::new());
    for (at, Case { module, name, dim, beside, copy_of, times, conservative }) in cases.iter().enumerate() {
        write_model(genphys, module, *conservative);
        writeln!(modules, "#[path = \"../../{module}/src/pde.rs\"]\nmod {module};").unwrap();
        let items: String = beside.iter().map(|name| item(name)).collect();
        let fields = if at % 3 == 0 { fields(genphys, module) } else { ";".to_owned() };
        let (type_name, rewritten) = (type_beside(at), if *conservative { ", conservative" } else { "" });
        writeln!(
            modules,
            "mod a{at} {{\n    #![allow(warnings)]\n    use super::hostile::*;\n{items}    #[genphys::genphys_pde(\"../{module}/pdes/{name}.pde\"{rewritten})]\n    \
             pub struct {type_name}{fields}\n    pub fn of_attribute() -> ::core::result::Result<{type_name}, ::genphys::ParamError> {{\n        \
             {type_name}::with_defaults()\n    }}\n}}"
        )
        .unwrap();
        let copy = copy_of.as_deref().unwrap_or(module);
        let times = format!("{times:?}");
        writeln!(
            calls,
            "    same(\"{module}\", {dim}, {times}, &{module}::model()?, &a{at}::of_attribute()?, &{copy}::model()?)?;"
        )
        .unwrap();
    }
    let host = genphys.path(&format!("crates/{}", cases[0].module));
    std::fs::write(host.join("src/main.rs"), PROGRAM.replace("// MODULES", &modules).replace("// CALLS", &calls))
        .unwrap();
    // The attribute is compared with what was generated.
    let manifest = std::fs::read_to_string(host.join("Cargo.toml")).unwrap();
    let with_macros = manifest.replace(", default-features = false }\ncandle", " }\ncandle");
    assert_ne!(manifest, with_macros);
    std::fs::write(host.join("Cargo.toml"), with_macros).unwrap();
    // Nothing of the training is needed.
    std::fs::remove_file(host.join("src/train.rs")).unwrap();
}

/// A library that knows genphys by another name, and one that has it from there.
fn write_renamed(genphys: &Genphys) {
    let folder = genphys.path("crates/renamed");
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let lock = std::fs::read_to_string(genphys.path("crates/m0/Cargo.lock")).unwrap();
    std::fs::write(folder.join("Cargo.lock"), lock).unwrap();
    let manifest = format!(
        "[package]\nname = \"renamed\"\nversion = \"0.1.0\"\nedition = \"2018\"\n\n[dependencies]\nphysics = {{ package = \"genphys\", \
         path = {GENPHYS:?} }}\n\n[profile.release]\nopt-level = 3\n\n[workspace]\nresolver = \"3\"\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let library = r#"#![deny(warnings)]
#[physics::genphys_pde("../m0/pdes/harmless.pde")]
pub struct Renamed;

pub mod again {
    pub mod inner {
        pub use physics as genphys;
    }

    #[physics::genphys_pde("../m1/pdes/harmless.pde", crate = inner::genphys)]
    #[cfg_attr(all(), derive(Clone))]
    #[cfg_attr(any(), derive(Debug), cfg_attr(all(), derive(PartialEq)))]
    pub struct Again {
        pub p1: f64,
        p2: f64,
        pub(crate) p3: f64,
        p4: f64,
        p5: f64,
        p6: f64,
    }

    pub fn is_derived(again: &Again) -> (Again, String) {
        (again.clone(), format!("{:?} {} {}", again, again.p1, again.p3))
    }
}

pub fn defaults() -> Result<(Renamed, again::Again), physics::ParamError> {
    Ok((Renamed::with_defaults()?, again::Again::with_defaults()?))
}
"#;
    std::fs::write(folder.join("src/lib.rs"), library).unwrap();
}

fn cargo(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", LIBRARIES);
    ended(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn hostile_names_change_no_number() {
    let genphys = Genphys::new();
    let cases = cases(&genphys);
    write_crate(&genphys, &cases);
    write_renamed(&genphys);
    let host = genphys.path(&format!("crates/{}", cases[0].module));
    let built = cargo(&host, &["build", "--release", "--quiet"]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    let looked_over = cargo(&host, &["clippy", "--release", "--quiet", "--", "-D", "warnings"]);
    assert_eq!(looked_over.code, 0, "{}", looked_over.stderr);
    let files = cases.iter().map(|case| genphys.path(&format!("crates/{}/src/pde.rs", case.module)));
    let formatted = Command::new("rustfmt")
        .args(["--edition", "2024", "--check", "--config-path"])
        .arg(host.join("rustfmt.toml"))
        .args(files)
        .output()
        .unwrap();
    assert!(formatted.status.success(), "{}", String::from_utf8_lossy(&formatted.stdout));
    let ran = cargo(&host, &["run", "--release", "--quiet"]);
    assert_eq!((ran.code, ran.stdout.trim()), (0, format!("{} equations", cases.len()).as_str()), "{}", ran.stderr);
    let renamed = cargo(&genphys.path("crates/renamed"), &["build", "--release", "--quiet"]);
    assert_eq!(renamed.code, 0, "{}", renamed.stderr);
}
