# The commands of a working day; `just` lists them. Everything that a change must pass is `.ci/run`.

_default:
    @just --list

# A verdict: just check pdes/yukawa.pde
check *FILES:
    cargo genphys check {{FILES}}

# The tests of the README, or those of one program: just test --test verdicts
test *ARGS:
    cargo test --workspace {{ARGS}}

# What CI asks of the text
lint:
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings
    typos
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

# The derivations of the shipped equations, after a change of the engine
derive:
    cargo genphys derive pdes/*.pde

# Snapshots that changed, to be looked at
snapshots:
    INSTA_UPDATE=always INSTA_FORCE_PASS=1 cargo test --workspace
    git diff --stat -- '*.snap'

# Licences and sources of dependencies
deny:
    cargo deny --all-features --locked check licenses bans sources

# Packages of the crates, and whether each has all it is built from
packages:
    .ci/packages --allow-dirty
