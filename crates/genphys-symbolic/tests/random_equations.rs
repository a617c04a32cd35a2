//! Random equations of the whole class, against brute force on numbers: growth rates over k and parameters, Bochner
//! sums and densities of point sources in N = 1, 2, 3. The numbers come from `genphys-verify`, which evaluates the
//! syntax tree and shares nothing with the engine. `GENPHYS_DRAWS` sets how many equations are drawn, `GENPHYS_SEED` which
//! and `GENPHYS_SKIP` how many are left out first; `GENPHYS_LIST=1` prints each with its verdict, to compare versions.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod random;

use genphys_pde::Complex;
use genphys_pde::ast::Domain;
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{Problem, Status, Verdict};
use genphys_symbolic::{EngineError, Options, derive};
use genphys_verify::numeric::Model;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use random::draw;
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
        println!("{what} is undecided because of:");
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
            None => t.split(|c: char| c.is_ascii_digit()).collect::<Vec<_>>().join("#"),
        })
        .collect();
    list.sort();
    list.join("; ")
}

/// Draws of the test; about 20 ms each. `GENPHYS_DRAWS=10000` for a long run.
const DRAWS: usize = 1_500;

struct Question {
    pde: Pde,
    found: Derivation,
    text: String,
}

impl Question {
    fn points(&self, rng: &mut ChaCha12Rng) -> Vec<BTreeMap<String, f64>> {
        let free = self.pde.params.len();
        let value = |domain: &Domain, rng: &mut ChaCha12Rng| {
            let size = 10_f64.powf(rng.random_range(-1.2..1.2));
            match domain {
                Domain::Interval(_) => rng.random_range(0.1..3.0),
                Domain::Unrestricted | Domain::NotEqual(_) if rng.random_bool(0.3) => -size,
                Domain::GreaterEqual(_) if rng.random_bool(0.1) => 0.0,
                _ => size,
            }
        };
        let point =
            |rng: &mut ChaCha12Rng| self.pde.params.iter().map(|p| (p.name.clone(), value(&p.domain, rng))).collect();
        (0..if free == 0 { 1 } else { 4 }).map(|_| point(rng)).collect()
    }

    /// Whether a coefficient depends on the time.
    fn changes(&self) -> bool {
        self.text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "t")
    }

    fn dims(&self) -> Vec<usize> {
        match self.found.pde.dim.as_str() {
            "any" => vec![1, 2, 3],
            text => text.split("..").next().and_then(|n| n.parse().ok()).into_iter().collect(),
        }
    }

    /// C2 on a dense grid: `Some(false)` where some wave clearly does not decay, `Some(true)` where all clearly do.
    fn smooths(&self, model: &Model) -> Option<bool> {
        let (dim, problem) = (self.dims()[0].max(model.least_dimension()), self.found.problem);
        let zero = model.growth_rate(&vec![0.0; dim], 1.0, problem)?;
        let mut all = true;
        // What is 0/0 at k = 0 is looked at beside it, where a root of the order of a square root differs from the limit.
        let blur = if self.text.contains("sin(k)/k") { 1e-6 } else { 0.0 };
        // Multipliers that cancel leave the rounding of each, which waves of length one show the size of.
        let rounding = if self.text.contains("fourier") {
            let mut k = vec![0.0; dim];
            k[0] = 1.0;
            1e-13 * model.roots(&k, 1.0).iter().map(|s| s.abs()).fold(0.0, f64::max)
        } else {
            0.0
        };
        let blur = blur + rounding;
        // Waves longer than 1000 may be too close to k = 0 to tell whether they decay, but not whether they grow, unless
        // a multiplier such as 1 − sin(k)/k cancels.
        let longest = if self.text.contains("fourier") { -24 } else { -72 };
        // cos(k) comes back to its value at k = 0 at 2π.
        let periods = [1.0, 2.0].map(|n: f64| (n * std::f64::consts::TAU).log10());
        let mut exponents: Vec<f64> = (longest..=24).map(|i| f64::from(i) / 8.0).chain(periods).collect();
        exponents.sort_by(f64::total_cmp);
        for (axis, sign) in [(0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)].into_iter().filter(|(axis, _)| *axis < dim) {
            let rate = |exponent: f64| {
                let mut k = vec![0.0; dim];
                k[axis] = sign * 10_f64.powf(exponent);
                let roots = model.roots(&k, 1.0);
                let size = roots.iter().map(|s| s.abs()).fold(zero.abs(), f64::max);
                // A wave that oscillates may do nothing else.
                let oscillates = roots.iter().any(|s| s.im.abs() > s.re.abs());
                Some((model.growth_rate(&k, 1.0, problem)?, size, oscillates))
            };
            let mut grid = Vec::new();
            for exponent in exponents.iter().copied() {
                let (rate, size, oscillates) = rate(exponent)?;
                if rate > zero + 1e-7 * size + rounding {
                    return Some(false);
                }
                // Among long waves a growth too small to call is enough not to say that all decay.
                all &= if exponent < -3.0 { rate <= zero && !oscillates } else { rate < zero - 1e-9 * size - blur };
                grid.push((exponent, rate));
            }
            // A wave between two of the grid may touch the rate at k = 0.
            for peak in grid.windows(3).filter(|w| w[1].0 > -3.0 && w[1].1 >= w[0].1 && w[1].1 >= w[2].1) {
                let (mut low, mut high) = (peak[0].0, peak[2].0);
                for _ in 0..60 {
                    let (left, right) = (low + 0.4 * (high - low), low + 0.6 * (high - low));
                    if rate(left)?.0 >= rate(right)?.0 { high = right } else { low = left }
                }
                let (rate, size, _) = rate(0.5 * (low + high))?;
                all &= rate < zero - 1e-9 * size - blur;
            }
        }
        all.then_some(true)
    }

    fn contradicts(&self, what: &str, params: &BTreeMap<String, f64>) -> ! {
        panic!("{what}\n{}\n{params:?}\nC1 {:?}\nC2 {:?}", self.text, self.found.c1, self.found.c2)
    }

    fn check_c2(&self, model: &Model, params: &BTreeMap<String, f64>) {
        if self.found.c2.rule.ends_with("amplitude") {
            return self.check_amplitude(model, params);
        }
        if self.changes() || self.found.problem == Problem::Undetermined {
            return;
        }
        match (self.found.c2.status, self.smooths(model)) {
            (Status::Holds, Some(false)) => self.contradicts("C2 is said to hold and a wave grows", params),
            (Status::Fails, Some(true)) if self.found.problem != Problem::IllPosed && self.dims() == [1] => {
                self.contradicts("C2 is said to fail and every wave decays", params);
            }
            _ => {}
        }
    }

    /// Coefficients that depend on the time: |p̂(k, t)| lies below |p̂(0, t)| where C2 is said to hold.
    fn check_amplitude(&self, model: &Model, params: &BTreeMap<String, f64>) {
        if self.found.c2.status != Status::Holds {
            return;
        }
        let dim = self.dims()[0].max(model.least_dimension());
        for time in [0.2, 0.9, 3.0] {
            for size in [0.1, 0.5, 1.0, 2.0, 5.0, 20.0] {
                let mut k = vec![0.0; dim];
                let at = |k: &[f64]| model.transform(k, model.start() + time, self.found.problem).map(|z| z.abs());
                let zero = at(&k);
                k[0] = size;
                if let (Some(here), Some(zero)) = (at(&k), zero)
                    && here > zero * (1.0 + 1e-6)
                {
                    self.contradicts(&format!("|p-hat| is {here} at k = {size}, {zero} at 0, t = {time}"), params);
                }
            }
        }
    }

    /// p ≥ 0 where C1 is said to hold: Bochner sums with random weights, and the density itself.
    fn check_c1(&self, model: &Model, params: &BTreeMap<String, f64>, rng: &mut ChaCha12Rng) {
        let conditional_on_dim = self.found.c1.status == Status::Conditional && self.found.c1.conditions == ["N = 1"];
        if self.found.c1.status != Status::Holds && !conditional_on_dim || self.found.c1.rule == "quadratic-density" {
            return;
        }
        let problem = self.found.problem;
        let dims = if conditional_on_dim { vec![1] } else { self.dims() };
        for dim in dims {
            let dim = dim.max(model.least_dimension());
            let time = [0.3, 1.0, 2.5][rng.random_range(0..3)];
            let spread = 10_f64.powf(rng.random_range(-0.7..0.7));
            let points: Vec<Vec<f64>> =
                (0..6).map(|_| (0..dim).map(|_| spread * rng.random_range(-2.0..2.0)).collect()).collect();
            for _ in 0..4 {
                let weights: Vec<Complex> =
                    (0..6).map(|_| Complex::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0))).collect();
                if let Some((sum, error)) = model.bochner_sum(&points, &weights, time, problem)
                    && sum < -1e-6 - 100.0 * error
                {
                    self.contradicts(&format!("a Bochner sum in N = {dim} is {sum}"), params);
                }
            }
        }
    }

    fn check_density(&self, model: &Model, params: &BTreeMap<String, f64>) {
        // The transform is itself an integral where coefficients depend on the time.
        if self.found.c1.status != Status::Holds || self.changes() || self.pde.explicit_dim.is_some() {
            return;
        }
        for dim in self.dims() {
            let Ok(n) = u32::try_from(dim) else { continue };
            for r in [0.5, 2.0, 5.0] {
                if let Some((p, error)) = model.density(n, 1.0, r, self.found.problem)
                    && p < -1e-7 - 10.0 * error
                {
                    self.contradicts(&format!("p({r}, 1) = {p} in N = {n}"), params);
                }
            }
        }
    }
}

#[test]
fn claims_agree_with_brute_force() {
    let draws = std::env::var("GENPHYS_DRAWS").ok().and_then(|n| n.parse().ok()).unwrap_or(DRAWS);
    let seed = std::env::var("GENPHYS_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_260_721);
    // Which equations are drawn does not depend on what is found.
    let (mut rng, mut drawn) = (ChaCha12Rng::seed_from_u64(seed), ChaCha12Rng::seed_from_u64(seed));
    drawn.set_stream(1);
    let list = std::env::var("GENPHYS_LIST").is_ok();
    // Goes on where an earlier run stopped.
    let skip: usize = std::env::var("GENPHYS_SKIP").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut skipped = 0;
    let (mut looked_at, mut count, mut verified) = (0, BTreeMap::<String, usize>::new(), 0);
    let (mut rejected, mut slowest) = (0, (std::time::Duration::ZERO, String::new()));
    let (mut of_c1, mut of_c2) = (Reasons::default(), Reasons::default());
    // The first derivation waits where another process has the engine.
    derive(&genphys_pde::inline("dt(phi) = lap(phi)").unwrap().pde, &Options::default()).unwrap();
    while looked_at < draws {
        let text = draw(&mut drawn);
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
        let started = std::time::Instant::now();
        let found = match derive(&pde, &Options { repairs: false, ..Options::default() }) {
            Err(EngineError::Stopped) => panic!("the engine stopped at {text}"),
            Err(_) => continue,
            Ok(found) => found,
        };
        if started.elapsed() > slowest.0 {
            slowest = (started.elapsed(), text.clone());
        }
        looked_at += 1;
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
        if let Some(form) = &found.continuity {
            assert!(form.verified, "{text}: {form:?}");
        }
        assert!(
            found.verdict != Verdict::SGenerative
                || (found.c1.status, found.c2.status) == (Status::Holds, Status::Holds)
        );
        let question = Question { pde, found, text };
        for params in question.points(&mut rng) {
            let Ok(model) = Model::new(&question.pde, &params) else { continue };
            question.check_c2(&model, &params);
            question.check_c1(&model, &params, &mut rng);
            if looked_at % 20 == 0 {
                question.check_density(&model, &params);
            }
        }
        // The checker follows every certificate; it is slower than the rest together.
        if looked_at % 10 == 0 {
            let report = genphys_verify::verify(&question.pde, &question.found);
            assert!(report.accepted(), "{}\n{:#?}\n{:#?}", question.text, report.findings, question.found);
            verified += 1;
        }
    }
    of_c1.print("C1");
    of_c2.print("C2");
    println!("{looked_at} equations, {verified} followed by the checker, slowest verdict {slowest:?}: {count:?}");
}
