//! The program among others: pipes that close, other processes with the engine, names that write to the terminal.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Genphys, HEAT, ended};
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

/// A pipe whose reader is gone.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn a_closed_pipe_ends_every_command_quietly() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    let commands: &[&[&str]] = &[
        &["--help"],
        &["--version"],
        &["check", "--help"],
        &["list"],
        &["completions", "bash"],
        &["explain", "P030"],
        &["fmt", "--check", "heat.pde"],
        &["check", "heat.pde", "--format", "json"],
        &["dispersion", "heat.pde", "--k", "0:10:2001"],
    ];
    for arguments in commands {
        let child = genphys.command(arguments).stdout(closed_pipe()).spawn().unwrap();
        let found = ended(child);
        assert!(matches!(found.code, 0 | 1) && !found.stderr.contains("panic"), "{arguments:?}: {found:?}");
        assert!(!found.stderr.to_lowercase().contains("pipe"), "{arguments:?}: {found:?}");
    }
    // Nobody reads the errors either.
    for arguments in [&["check", "missing.pde"][..], &["no-such-command"]] {
        let mut child = genphys.command(arguments).stdout(closed_pipe()).stderr(closed_pipe()).spawn().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(2), "{arguments:?}");
    }
}

/// The program with a folder of its own for the lock.
fn with_own_session() -> (Genphys, PathBuf) {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    let session = genphys.path("session");
    fs::create_dir(&session).unwrap();
    let uid = fs::metadata(&session).unwrap().uid();
    let lock = session.join(format!("genphys-symbolica-{uid}.lock"));
    (genphys.with_variable("GENPHYS_LOCK_FOLDER", session.to_str().unwrap()), lock)
}

#[test]
fn who_waits_says_for_whom() {
    let (genphys, lock) = with_own_session();
    let file = File::create(&lock).unwrap();
    file.lock().unwrap();
    let child = genphys.command(&["check", "heat.pde"]).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(4));
    drop(file);
    let found = ended(child).expect_code(0);
    assert!(found.stderr.contains("waiting for"), "{found:?}");
    if cfg!(target_os = "linux") {
        assert!(found.stderr.contains(&format!("pid {}", std::process::id())), "{found:?}");
    }
    // It has left its own number for the next.
    let signed = fs::read_to_string(&lock).unwrap();
    assert_eq!(signed.split_whitespace().filter_map(|word| word.parse::<u32>().ok()).count(), 2, "{signed}");
}

#[test]
fn one_lock_whatever_the_user_is_called_and_wherever_temporary_files_go() {
    let (genphys, lock) = with_own_session();
    for (user, temporary) in [(None, "a"), (Some("someone"), "b")] {
        drop(fs::remove_file(&lock));
        let folder = genphys.path(temporary);
        fs::create_dir(&folder).unwrap();
        let mut command = genphys.command(&["check", "heat.pde"]);
        match user {
            Some(user) => command.env("USER", user),
            None => command.env_remove("USER"),
        };
        ended(command.env("TMPDIR", &folder).spawn().unwrap()).expect_code(0);
        assert!(lock.is_file());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing is left in the temporary folder");
    }
}

#[test]
fn the_lock_is_not_followed_through_a_link() {
    let (genphys, lock) = with_own_session();
    let victim = genphys.path("victim");
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, &lock).unwrap();
    let found = genphys.run(&["check", "heat.pde"]).expect_code(2);
    assert!(found.stderr.contains("symbolic link") && found.stderr.contains(lock.to_str().unwrap()), "{found:?}");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn what_is_quoted_cannot_write_to_the_terminal() {
    let hostile = "\u{1b}]0;x\u{7}\u{202e}";
    let source = format!("pde a {{\n  # {hostile}\n  dt(phi) = )lap(phi) # {hostile}\n}}\n");
    let name = format!("a{hostile}.pde");
    let genphys = Genphys::new().with_file(&name, &source);
    let missing = format!("b{hostile}.pde");
    for arguments in [
        &["check", name.as_str()][..],
        &["check", "--format", "json", &name],
        &["fmt", &name],
        &["check", &missing],
        &["kernel", &name, "--dim", "1", "--t", "1", "--r", "1"],
        &["derive", &missing],
        &["check", "heat", "--format", &missing],
        &[&missing],
        &["run", "heat", "--data", &missing, "--out", "o"],
    ] {
        let found = genphys.run(arguments);
        let shown = format!("{}{}", found.stdout, found.stderr);
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{arguments:?}: {shown:?}");
        assert!(found.code == 2 && shown.contains("\\u202e"), "{arguments:?}: {shown:?}");
    }
}

/// The lock is held here, so a command that asked the engine first would not come back.
#[test]
fn results_that_cannot_be_written_are_told_before_the_engine_is_asked() {
    let (genphys, lock) = with_own_session();
    let file = File::create(&lock).unwrap();
    file.lock().unwrap();
    fs::write(genphys.path("file"), "").unwrap();
    fs::create_dir(genphys.path("folder.png")).unwrap();
    fs::create_dir_all(genphys.path("full/src")).unwrap();
    fs::copy(genphys.path("heat.pde"), genphys.path("heat.svg")).unwrap();
    symlink("heat.svg", genphys.path("same.svg")).unwrap();
    for name in ["con", &"a".repeat(200)] {
        fs::write(genphys.path(&format!("{name}.pde")), HEAT.replacen("heat", name, 1)).unwrap();
    }
    let derivation = genphys_codegen::store::derivation_path(&genphys.path("heat.pde"));
    fs::create_dir(&derivation).unwrap();
    for arguments in [
        &["dispersion", "heat.pde", "--plot", "missing/a.png"][..],
        &["dispersion", "heat.pde", "--plot", "folder.png"],
        &["dispersion", "heat.pde", "--plot", "a.gif"],
        &["dispersion", "heat.pde", "--plot", "file/a.svg"],
        &["dispersion", "heat.svg", "--plot", "heat.svg"],
        &["dispersion", "heat.svg", "--plot", "./same.svg"],
        &["check", "heat.pde", "--repair-to", "file"],
        &["new", "full", "--pde", "heat.pde"],
        &["new", "file/model", "--pde", "heat.pde"],
        &["run", "heat.pde", "--data", "moons", "--out", "file"],
        &["run", "heat.pde", "--data", "moons", "--out", "file/run"],
        &["run", "heat.pde", "--data", "moons", "--out", "run", "--steps", "0"],
        &["run", "heat.pde", "--data", "moons", "--out", "run", "--minutes", "nan"],
        &["run", "heat.pde", "--data", "moons", "--out", "run", "--count", "0"],
        &["run", "heat.pde", "--data", ".", "--out", "run"],
        &["derive", "heat.pde"],
        &["new", "model", "--pde", "con.pde"],
        &["new", "model", "--pde", &format!("{}.pde", "a".repeat(200))],
        &["new", "rand", "--pde", "heat.pde"],
        &["new", "Candle_Core", "--pde", "heat.pde"],
        &["new", "con", "--pde", "heat.pde"],
        &["new", "Core", "--pde", "heat.pde"],
        &["new", "test", "--pde", "heat.pde"],
        &["new", "async", "--pde", "heat.pde"],
        &["new", "genphys", "--pde", "heat.pde"],
        &["new", &"a".repeat(65), "--pde", "heat.pde"],
        &["new", &"a".repeat(300), "--pde", "heat.pde"],
    ] {
        let found = genphys.run(arguments).expect_code(2);
        assert!(found.stderr.contains("error") && !found.stderr.contains("waiting"), "{arguments:?}: {found:?}");
    }
    assert!(!genphys.path("run").exists() && !genphys.path("missing").exists());
    drop(file);
}

#[test]
fn files_without_an_end_are_refused() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    File::create(genphys.path("huge.pde")).unwrap().set_len(1 << 36).unwrap();
    for arguments in [["check", "huge.pde"], ["derive", "huge.pde"], ["fmt", "huge.pde"]] {
        let ended = genphys.run(&arguments).expect_code(2);
        assert!(ended.stderr.contains("P001"), "{arguments:?}: {}", &ended.stderr[..ended.stderr.len().min(300)]);
    }
}

#[test]
fn pipes_and_devices_are_refused_and_what_comes_through_a_shell_is_read() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    let pipe = genphys.path("pipe.pde");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    symlink(&pipe, genphys.path("link.pde")).unwrap();
    for file in ["pipe.pde", "link.pde", "/dev/zero", "/dev/null"] {
        for arguments in [
            &["check", file][..],
            &["fmt", file],
            &["derive", file],
            &["dispersion", file],
            &["new", "model", "--pde", file],
            &["run", file, "--data", "moons", "--out", "o"],
            &["run", "heat.pde", "--data", file, "--out", "o"],
        ] {
            let found = genphys.run(arguments).expect_code(2);
            let told = ["a pipe", "a device", "ordinary file"].iter().any(|part| found.stderr.contains(part));
            assert!(told, "{arguments:?}: {found:?}");
        }
    }
    // Files of a crate, and beside an equation.
    fs::rename(&pipe, genphys.path("heat.derivation.json")).unwrap();
    for arguments in [&["derive", "heat.pde"][..], &["derive", "--check", "heat.pde"]] {
        assert!(genphys.run(arguments).expect_code(2).stderr.contains("a pipe"));
    }
    let shell = |line: &str| {
        let mut command = std::process::Command::new("bash");
        command.args(["-c", line, env!("CARGO_BIN_EXE_genphys")]).current_dir(genphys.directory.path());
        ended(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    };
    let formatted = genphys.run_with_input(&["fmt", "-"], HEAT).expect_code(0).stdout;
    for line in ["$0 fmt <(cat heat.pde)", "$0 fmt /dev/stdin < heat.pde", "cat heat.pde | $0 fmt /dev/stdin"] {
        assert_eq!(shell(line).expect_code(0).stdout, formatted, "{line}");
    }
    assert_eq!(genphys.read("heat.pde"), HEAT, "standard input is not written to");
    assert!(shell("$0 derive /dev/stdin < heat.pde").expect_code(2).stderr.contains("this is none"));
}

#[test]
fn links_that_lead_nowhere_are_called_so() {
    let genphys = Genphys::new();
    symlink("b.pde", genphys.path("a.pde")).unwrap();
    symlink("a.pde", genphys.path("b.pde")).unwrap();
    symlink("missing.pde", genphys.path("c.pde")).unwrap();
    for command in ["check", "fmt", "derive"] {
        let found = genphys.run(&[command, "a.pde"]).expect_code(2);
        assert!(found.stderr.contains("symbolic links"), "{command}: {found:?}");
    }
    let found = genphys.run(&["check", "c.pde"]).expect_code(2);
    assert!(found.stderr.contains("a link to missing.pde"), "{found:?}");
}

#[test]
fn names_that_are_no_text_are_named() {
    use std::os::unix::ffi::OsStrExt;
    let genphys = Genphys::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.pde");
    let mut command = genphys.command(&["check"]);
    let found = ended(command.arg(name).spawn().unwrap()).expect_code(2);
    assert!(found.stderr.contains("caf\u{FFFD}.pde") && found.stderr.contains("not UTF-8"), "{found:?}");
}

#[test]
fn a_parameter_has_one_value() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    let ended = genphys.run(&["check", "heat.pde", "--set", "D=1", "--set", "D=2"]).expect_code(2);
    assert!(ended.stderr.contains("`D` is set to 1 already"), "{ended:?}");
    genphys.run(&["check", "heat.pde", "--set", "D=2", "--set", "D=2"]).expect_code(0);
}
