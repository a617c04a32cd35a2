//! `derive`, `new`, and what `run` says before it builds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Genphys, HEAT, WAVE, ended, files_below};

#[test]
fn derivations_lie_beside_their_equations_and_go_stale() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT).with_file("wave.pde", WAVE);
    genphys.run(&["derive", "--check", "heat.pde"]).expect_code(1);
    let written = genphys.run(&["derive", "heat.pde", "wave.pde"]).expect_code(0);
    assert_eq!(written.stdout, "heat.derivation.json\nwave.derivation.json\n");
    let text = genphys.read("heat.derivation.json");
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["verdict"], "s-generative");

    genphys.run(&["derive", "--check", "heat.pde", "wave.pde"]).expect_code(0);
    let genphys = genphys.with_file("heat.pde", &HEAT.replace("0.5", "0.25"));
    let stale = genphys.run(&["derive", "--check", "heat.pde", "wave.pde"]).expect_code(1);
    assert_eq!(stale.stdout, "heat.derivation.json\n");
    assert!(stale.stderr.contains("E006"), "{stale:?}");
    assert_eq!(genphys.read("heat.derivation.json"), text, "--check writes nothing");
    genphys.run(&["derive", "heat.pde"]).expect_code(0);
    assert_ne!(genphys.read("heat.derivation.json"), text);
}

#[test]
fn a_model_crate_is_written_whole_and_never_over_something() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    genphys.run(&["new", "models/warm-one", "--pde", "heat.pde"]).expect_code(0);
    let files = files_below(&genphys.path("models"));
    for file in ["Cargo.toml", "Cargo.lock", "README.md", "pdes/heat.pde", "src/main.rs", "src/pde.rs", "src/train.rs"]
    {
        assert!(files.contains(&format!("warm-one/{file}")), "{file} is not in {files:?}");
    }
    let manifest = genphys.read("models/warm-one/Cargo.toml");
    assert!(manifest.contains(r#"name = "warm-one""#) && manifest.contains("genphys"), "{manifest}");
    assert!(!manifest.contains("symbolica"));
    assert_eq!(genphys.read("models/warm-one/pdes/heat.pde"), HEAT);

    let before = genphys.read("models/warm-one/src/pde.rs");
    let again = genphys.run(&["new", "models/warm-one", "--pde", "heat.pde", "--set", "D=3"]).expect_code(2);
    assert!(again.stderr.contains("not empty"), "{again:?}");
    assert_eq!(genphys.read("models/warm-one/src/pde.rs"), before);
    assert_eq!(files_below(&genphys.path("models")), files);
}

#[test]
fn an_update_leaves_what_was_changed() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    genphys.run(&["new", "warm", "--pde", "heat.pde", "--set", "D=2", "--data", "moons"]).expect_code(0);
    assert!(genphys.read("warm/README.md").contains("--data moons"));
    let same = genphys.run(&["new", "warm", "--update"]).expect_code(0);
    assert!(same.stdout.starts_with("nothing to do"), "{same:?}");

    // Version control may turn the ends of all lines, and has changed no text by that.
    for file in files_below(&genphys.path("warm")) {
        let file = format!("warm/{file}");
        std::fs::write(genphys.path(&file), genphys.read(&file).replace('\n', "\r\n")).unwrap();
    }
    let same = genphys.run(&["new", "warm", "--update"]).expect_code(0);
    assert!(same.stdout.starts_with("nothing to do"), "{same:?}");
    assert!(genphys.read("warm/src/pde.rs").contains("\r\n"));

    // The owner edits the equation and the training step, and removes the README.
    let train = genphys.read("warm/src/train.rs") + "// mine\n";
    std::fs::write(genphys.path("warm/src/train.rs"), &train).unwrap();
    std::fs::remove_file(genphys.path("warm/README.md")).unwrap();
    std::fs::write(genphys.path("warm/pdes/heat.pde"), HEAT.replace("lap(phi)", "lap(phi) - phi")).unwrap();
    let updated = genphys.run(&["new", "warm", "--update"]).expect_code(0);
    let expected = "left    README.md: removed since it was generated\nwritten pdes/heat.derivation.json\n\
                    written src/pde.rs\nleft    src/train.rs: changed since it was generated\n";
    assert_eq!(updated.stdout, expected);
    let physics = genphys.read("warm/src/pde.rs");
    assert!(physics.contains("- phi") && physics.contains("Killed") && physics.contains("`D` = 2 only"), "{physics}");
    assert_eq!(genphys.read("warm/src/train.rs"), train);

    // What the crate was made with stays, unless something else is given.
    genphys.run(&["new", "warm", "--update", "--set", "D=3", "--conservative"]).expect_code(0);
    let physics = genphys.read("warm/src/pde.rs");
    assert!(physics.contains("`D` = 3 only") && !physics.contains("Killed"), "{physics}");
    let none = genphys.run(&["new", "nothing", "--update"]).expect_code(2);
    assert!(none.stderr.contains("genphys.json") && none.stderr.contains("`genphys new` wrote"), "{none:?}");
}

#[test]
fn what_was_changed_in_a_derivation_is_named_and_not_kept() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    genphys.run(&["derive", "heat.pde"]).expect_code(0);
    genphys.run(&["new", "warm", "--pde", "heat.pde"]).expect_code(0);
    let (beside, inside) = ("heat.derivation.json", "warm/pdes/heat.derivation.json");
    let written = genphys.read(beside);
    assert_eq!(genphys.read(inside), written);
    let good: serde_json::Value = serde_json::from_str(&written).unwrap();
    let changed = |key: &str, value: serde_json::Value| {
        let mut tampered = good.clone();
        tampered[key] = value;
        serde_json::to_string_pretty(&tampered).unwrap() + "\n"
    };
    let mut kernel = good["kernel"].clone();
    kernel["growth"] = "-1".into();
    for (text, part, refused) in [
        (changed("verdict", "not-s-generative".into()), "verdict: NotSGenerative is stated", true),
        (changed("kernel", kernel), "kernel: it is not the kernel of the equation", true),
        (changed("schema", 7.into()), "has schema 7", true),
        ("{".to_owned(), "is not a derivation", true),
        // What is left out claims nothing.
        (changed("kernel", serde_json::Value::Null), "kernel: null in the file", false),
        (written.replacen("\": ", "\":  ", 1), "in another layout", false),
    ] {
        for file in [beside, inside] {
            std::fs::write(genphys.path(file), &text).unwrap();
        }
        let checked = genphys.run(&["derive", "--check", "heat.pde"]).expect_code(1);
        assert!(checked.stderr.contains(part) && checked.stderr.contains("is stale") != refused, "{checked:?}");
        let another = genphys.run(&["new", "other", "--pde", "heat.pde"]).expect_code(0);
        let warned = ["of its own", part].map(|part| another.stderr.contains(part));
        assert_eq!(warned, [refused; 2], "{another:?}");
        assert_eq!(genphys.read("other/pdes/heat.derivation.json"), written);
        std::fs::remove_dir_all(genphys.path("other")).unwrap();
        let updated = genphys.run(&["new", "warm", "--update"]).expect_code(0);
        assert_eq!(updated.stdout, "written pdes/heat.derivation.json\n");
        assert!(updated.stderr.contains("derived anew") && updated.stderr.contains(part), "{updated:?}");
        let derived = genphys.run(&["derive", "heat.pde"]).expect_code(0);
        let told = refused && (part.starts_with("verdict") || part.starts_with("kernel"));
        assert!(!told || derived.stderr.contains(part), "{derived:?}");
        assert_eq!([genphys.read(beside), genphys.read(inside)], [&written, &written].map(Clone::clone));
        let same = genphys.run(&["new", "warm", "--update"]).expect_code(0);
        assert!(same.stdout.starts_with("nothing to do"), "{same:?}");
    }
}

#[test]
fn the_network_is_chosen_and_kept() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    genphys.run(&["new", "a", "--pde", "heat.pde"]).expect_code(0);
    assert!(genphys.read("a/src/train.rs").contains("NETWORK: Option<NetworkKind> = None;"));
    genphys.run(&["new", "b", "--pde", "heat.pde", "--net", "unet"]).expect_code(0);
    let train = genphys.read("b/src/train.rs");
    assert!(train.contains("NETWORK: Option<NetworkKind> = Some(NetworkKind::Unet);"), "{train}");
    let record: serde_json::Value = serde_json::from_str(&genphys.read("b/genphys.json")).unwrap();
    assert_eq!(record["options"]["net"], "unet");
    let same = genphys.run(&["new", "b", "--update"]).expect_code(0);
    assert!(same.stdout.starts_with("nothing to do"), "{same:?}");
    genphys.run(&["new", "b", "--update", "--net", "dit"]).expect_code(0);
    assert!(genphys.read("b/src/train.rs").contains("Some(NetworkKind::Dit)"));
    let points = genphys.run(&["new", "c", "--pde", "heat.pde", "--data", "moons", "--net", "unet"]).expect_code(2);
    assert!(points.stderr.contains("for images") && points.stderr.contains("--net mlp"), "{points:?}");
    let unknown = genphys.run(&["new", "c", "--pde", "heat.pde", "--net", "resnet"]).expect_code(2);
    assert!(unknown.stderr.contains("mlp, unet, dit") && !genphys.path("c").exists(), "{unknown:?}");
}

#[test]
fn a_crate_finds_the_library_where_it_is_told() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    let url = "https://example.org/genphys.git";
    genphys.run(&["new", "a", "--pde", "heat.pde", "--git", url, "--rev", "abc123"]).expect_code(0);
    assert!(genphys.read("a/Cargo.toml").contains(&format!("git = \"{url}\", rev = \"abc123\"")));
    genphys.run(&["new", "b", "--pde", "heat.pde", "--version", "0.1.0"]).expect_code(0);
    assert!(genphys.read("b/Cargo.toml").contains("genphys = { version = \"0.1.0\", "));
    genphys.run(&["new", "c", "--pde", "heat.pde", "--git", url]).expect_code(2);
    genphys.run(&["new", "d", "--pde", "heat.pde", "--git", url, "--rev", "a", "--version", "1"]).expect_code(2);
    genphys.run(&["new", "e"]).expect_code(2);
}

#[test]
fn no_model_of_what_is_not_s_generative() {
    let genphys = Genphys::new().with_file("wave.pde", WAVE);
    let ended = genphys.run(&["new", "w", "--pde", "wave.pde"]).expect_code(1);
    assert!(ended.stderr.contains("not s-generative") && ended.stderr.contains("witness"), "{ended:?}");
    assert!(ended.stdout.is_empty() && !genphys.path("w").exists());
    let ended = genphys.run(&["run", "wave.pde", "--data", "digits", "--out", "o"]).expect_code(1);
    assert!(ended.stdout.is_empty() && !genphys.path("o").exists());
}

#[test]
fn bad_names_and_folders_are_told() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    for name in ["2d", "fn", "a.b", ".."] {
        let ended = genphys.run(&["new", name, "--pde", "heat.pde"]).expect_code(2);
        assert!(ended.stderr.contains("error"), "{name}: {ended:?}");
    }
    let ended = genphys.run(&["new", "ok", "--pde", "heat.pde", "--path", "."]).expect_code(2);
    assert!(ended.stderr.contains("crate `genphys`"), "{ended:?}");
    assert_eq!(files_below(genphys.directory.path()), ["heat.pde"]);
}

#[test]
fn wrong_data_are_told_before_anything_is_built() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT).with_file("a.npy", "text").with_file("b.bin", "text");
    for (data, part) in [("digit", "did you mean `digits`"), ("a.npy", "NumPy"), ("b.bin", "IDX"), (".", "pictures")] {
        let ended = genphys.run(&["run", "heat.pde", "--data", data, "--out", "o"]).expect_code(2);
        assert!(ended.stderr.contains(part), "{data}: {ended:?}");
        assert!(!genphys.path("o").exists());
    }
    let genphys = genphys
        .with_file("flat.pde", "pde flat { dim 3; dt(phi) = d(phi, x1, 2) + d(phi, x2, 2) + 2*d(phi, x3, 2) }\n");
    let ended = genphys.run(&["run", "flat.pde", "--data", "moons", "--out", "o"]).expect_code(2);
    assert!(ended.stderr.contains("2 numbers per example, but flat is about dim 3"), "{ended:?}");
    assert!(!genphys.path("o").exists());
    let wrong = [["--minutes", "0"], ["--steps", "0"], ["--device", "gpu"], ["--count", "0"]];
    for option in wrong {
        let arguments = [&["run", "heat.pde", "--data", "moons", "--out", "o"][..], &option].concat();
        assert_eq!(genphys.run(&arguments).code, 2, "{option:?}");
    }
}

#[test]
fn code_of_someone_else_is_not_executed_without_a_word() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    genphys.run(&["new", "p/model", "--pde", "heat.pde"]).expect_code(0);
    // In another user's cache the crate is not known.
    let arguments = ["run", "heat.pde", "--data", "moons", "--out", "p"];
    let others = genphys.path("cache");
    let of_other = genphys.command(&arguments).env("XDG_CACHE_HOME", &others).env("HOME", &others).spawn().unwrap();
    let ended = ended(of_other).expect_code(2);
    assert!(ended.stderr.contains("executes what lies there") && ended.stderr.contains("--trust"), "{ended:?}");
    // What was written is known, wherever it is moved to; what was changed is not, until it is trusted.
    let stopped_before = |out: &str, more: &[&str]| {
        let arguments = ["run", "heat.pde", "--set", "D=7", "--data", "moons", "--out", out];
        let ended = genphys.run(&[&arguments[..], more].concat()).expect_code(2);
        let asked = ended.stderr.contains("the same command with --trust");
        assert!(asked || ended.stderr.contains("another --out"), "{ended:?}");
        (asked, ended.stderr)
    };
    std::fs::rename(genphys.path("p"), genphys.path("q")).unwrap();
    assert!(!stopped_before("q", &[]).0);
    let record = genphys.read("q/model/genphys.json");
    // Nothing that an earlier run of this test has come to trust.
    let code = format!("// {}\nfn main() {{}}\n", genphys.path("q").display());
    std::fs::write(genphys.path("q/model/src/main.rs"), code).unwrap();
    let (asked, text) = stopped_before("q", &[]);
    assert!(asked && text.contains("src/main.rs"), "{text}");
    // A record that comes with the folder proves nothing.
    std::fs::write(genphys.path("q/model/genphys.json"), record.replace("src/main.rs", "src/other.rs")).unwrap();
    assert!(stopped_before("q", &[]).0);
    let (asked, text) = stopped_before("q", &["--trust"]);
    assert!(!asked && text.contains("executes what lies there"), "{text}");
    assert!(!stopped_before("q", &[]).0);
    std::fs::create_dir(genphys.path("q/.cargo")).unwrap();
    std::fs::write(genphys.path("q/.cargo/config.toml"), "[build]\nrustc-wrapper = \"./evil\"\n").unwrap();
    assert!(stopped_before("q", &[]).0);
}

#[test]
fn a_folder_with_another_model_is_not_destroyed() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    genphys.run(&["new", "o/model", "--pde", "heat.pde"]).expect_code(0);
    let before = genphys.read("o/model/src/pde.rs");
    let arguments = ["run", "heat.pde", "--set", "D=7", "--data", "moons", "--out", "o"];
    let ended = genphys.run(&arguments).expect_code(2);
    assert!(ended.stderr.contains("another --out"), "{ended:?}");
    assert_eq!(genphys.read("o/model/src/pde.rs"), before);
}
