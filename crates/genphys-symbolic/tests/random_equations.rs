//! Random equations of the whole class, against brute force on numbers: growth rates over k and parameters, Bochner
//! sums and densities of point sources in N = 1, 2, 3. The numbers come from `genphys-verify`, which evaluates the
//! syntax tree and shares nothing with the engine. `GENPHYS_DRAWS` sets how many equations are drawn, `GENPHYS_SEED`
//! which and `GENPHYS_SKIP` how many are left out first; `GENPHYS_LIST=1` prints each with its verdict, to compare
//! versions.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod random;

use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{Status, Verdict};
use genphys_symbolic::{EngineError, Options, derive};
use genphys_verify::judge;
use genphys_verify::numeric::Model;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use random::brute::Question;
use random::draw;
use random::grammar::draw_any;
use std::collections::BTreeMap;

/// Why something is undecided: how often, and the shortest equation.
#[derive(Default)]
struct Reasons(BTreeMap<String, (usize, String)>);

impl Reasons {
    fn add(&mut self, reason: String, text: &str) {
        let entry = self.0.entry(reason).or_insert_with(|| (0, text.to_string()));
        entry.0 += 1;
        if text.len() < entry.1.len() {
            entry.1 = text.to_string();
        }
    }

    fn print(&self, what: &str) {
        let mut list: Vec<_> = self.0.iter().collect();
        list.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        println!("{what}:");
        for (reason, (count, text)) in list {
            println!("{count:6}  {reason}\n        such as {text}");
        }
    }
}

/// Why C1 is undecided, without the numbers of this equation.
fn reason_c1(pde: &Pde, found: &Derivation) -> String {
    let order = found.dispersion.as_ref().map_or(0, |d| d.branches.len());
    let parameters = if pde.params.is_empty() { "" } else { ", with parameters" };
    let tried: Vec<&str> = found.c1.tried.iter().map(|t| t.split(", since ").next().unwrap_or(t)).collect();
    format!("[order {order}, {:?}{parameters}] {}", found.problem, tried.join("; "))
}

/// Why C2 is undecided. Numbers in a reason do not make it another one.
fn reason_c2(found: &Derivation) -> String {
    let mut list: Vec<String> = found
        .c2
        .tried
        .iter()
        .map(|t| match t.split_once("whether any parameter values satisfy") {
            Some(_) => "whether any parameter values satisfy the condition".into(),
            None => without_numbers(t),
        })
        .collect();
    list.sort();
    list.join("; ")
}

fn without_numbers(text: &str) -> String {
    text.split(|c: char| c.is_ascii_digit()).collect::<Vec<_>>().join("#")
}

/// Draws of the test; about 50 ms each, with fixed values and lies. `GENPHYS_DRAWS=20000` for a long run.
const DRAWS: usize = 500;

#[test]
fn claims_agree_with_brute_force() {
    let draws = std::env::var("GENPHYS_DRAWS").ok().and_then(|n| n.parse().ok()).unwrap_or(DRAWS);
    let seed = std::env::var("GENPHYS_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    // Which equations are drawn does not depend on what is found.
    let (mut rng, mut drawn) = (ChaCha12Rng::seed_from_u64(seed), ChaCha12Rng::seed_from_u64(seed));
    drawn.set_stream(1);
    let list = std::env::var("GENPHYS_LIST").is_ok();
    // Goes on where an earlier run stopped.
    let skip: usize = std::env::var("GENPHYS_SKIP").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut skipped = 0;
    let (mut looked_at, mut count) = (0, BTreeMap::<String, usize>::new());
    let (mut rejected, mut slowest) = (0, (std::time::Duration::ZERO, String::new()));
    let (mut of_c1, mut of_c2, mut beliefs) = (Reasons::default(), Reasons::default(), Reasons::default());
    // Proposals of the engine that are wrong, and do not get past the checker: nobody is told of them, but they are to
    // be mended.
    let mut rejections = Reasons::default();
    // The first derivation waits where another process has the engine.
    derive(&genphys_pde::inline("dt(phi) = lap(phi)").unwrap().pde, &Options::default()).unwrap();
    let (mut any, mut contradictions, mut printed) = (false, Vec::<String>::new(), 0);
    while looked_at < draws {
        // One of the classes that rules were written for, one of the whole grammar.
        any = !any;
        let text = if any { draw_any(&mut drawn) } else { draw(&mut drawn) };
        let checked = match genphys_pde::inline(&text) {
            Ok(checked) => checked,
            // A draw may be no equation, such as one whose terms cancel.
            Err(problems) => {
                rejected += 1;
                assert!(rejected < draws + skip, "{text}: {problems:?}");
                continue;
            }
        };
        if skipped < skip {
            skipped += 1;
            continue;
        }
        let pde = checked.pde;
        if list {
            println!("at {text}");
        }
        let started = std::time::Instant::now();
        let found = match derive(&pde, &Options { repairs: false, ..Options::default() }) {
            Err(EngineError::Stopped) => {
                contradictions.push(format!("the engine stopped\n  {text}"));
                continue;
            }
            Err(_) => continue,
            Ok(found) => found,
        };
        if started.elapsed() > slowest.0 {
            slowest = (started.elapsed(), text.clone());
        }
        looked_at += 1;
        let found = judge(&pde, found);
        for finding in found.report().rejections() {
            rejections.add(format!("{}: {}", finding.part, without_numbers(&finding.text)), &text);
        }
        for (name, part, report) in [("C1", "c1", &found.c1), ("C2", "c2", &found.c2)] {
            if let Some(belief) = &report.believed {
                *count.entry(format!("{name} believed")).or_default() += 1;
                let order = found.dispersion.as_ref().map_or(0, |d| d.branches.len());
                let kind = format!("{name} {:?} {} [order {order}, {:?}]", belief.status, belief.rule, found.problem);
                if list {
                    let said = found.report().findings.iter().filter(|f| f.part == part).map(|f| f.text.as_str());
                    println!("believed: {kind}: {text}: {}", said.collect::<Vec<_>>().join("; "));
                }
                beliefs.add(kind, &text);
            }
        }
        *count.entry(format!("{:?}", found.verdict)).or_default() += 1;
        if list {
            println!("{:?} C1 {:?} C2 {:?}: {text}", found.verdict, found.c1.status, found.c2.status);
        }
        for (name, report) in [("C1", &found.c1), ("C2", &found.c2)] {
            if report.status == Status::Undecided {
                *count.entry(format!("{name} undecided")).or_default() += 1;
            }
        }
        if found.c1.status == Status::Undecided {
            of_c1.add(reason_c1(&pde, &found), &text);
        }
        if found.c2.status == Status::Undecided {
            of_c2.add(reason_c2(&found), &text);
        }
        assert!(
            found.verdict != Verdict::SGenerative
                || (found.c1.status, found.c2.status) == (Status::Holds, Status::Holds)
        );
        let question = Question { pde, found, text, contradictions: Default::default() };
        question.check_tampered();
        for (i, params) in question.points(&mut rng).iter().enumerate() {
            let Ok(model) = Model::new(&question.pde, params) else { continue };
            question.check_c2(&model, params);
            question.check_c1(&model, params, &mut rng);
            if looked_at % 20 == 0 {
                question.check_density(&model, params);
            }
            if i == 0
                && !params.is_empty()
                && let Some(fixed) = question.at_values(params)
            {
                fixed.check_c2(&model, params);
                fixed.check_c1(&model, params, &mut rng);
                contradictions.extend(fixed.contradictions.into_inner());
            }
        }
        contradictions.extend(question.contradictions.into_inner());
        // A run that is stopped says what it has found.
        contradictions.iter().skip(printed).for_each(|text| eprintln!("contradiction: {text}"));
        printed = contradictions.len();
    }
    of_c1.print("C1 is undecided because of");
    of_c2.print("C2 is undecided because of");
    beliefs.print("what the engine believes and the checker does not prove");
    rejections.print("what the checker rejects of the engine's proposals");
    println!("{looked_at} equations, slowest verdict {slowest:?}: {count:?}");
    let shown: Vec<&str> = contradictions.iter().take(60).map(String::as_str).collect();
    assert!(contradictions.is_empty(), "{} contradictions:\n{}", contradictions.len(), shown.join("\n"));
}
