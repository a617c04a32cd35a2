//! Random equations over the whole language: every operator beside every other, named coordinates beside powers of |k|,
//! odd and vanishing coefficients, declared densities, complex fields and parameters, one to eight parameters in all
//! kinds of domains, times, functions that are written out, abbreviations and other names.

#![allow(clippy::unwrap_used)]

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha12Rng;

fn pick<'a>(rng: &mut ChaCha12Rng, list: &[&'a str]) -> &'a str {
    list.choose(rng).copied().unwrap()
}

/// What an equation is drawn in.
struct Draw<'a> {
    rng: &'a mut ChaCha12Rng,
    /// Parameters that may occur.
    params: Vec<String>,
    /// 0 where only |k| occurs, else the number of named coordinates.
    axes: u32,
    in_time: bool,
    multipliers: bool,
}

impl Draw<'_> {
    fn pick<'b>(&mut self, list: &[&'b str]) -> &'b str {
        pick(self.rng, list)
    }

    fn param(&mut self) -> Option<String> {
        self.params.choose(self.rng).cloned()
    }

    /// A scalar factor.
    fn coefficient(&mut self) -> String {
        let sign = if self.rng.random_bool(0.35) { "-" } else { "" };
        let number = || ["0.5", "1", "2", "3", "1/3", "0.1", "7"];
        let text = match (self.rng.random_range(0..10), self.param()) {
            (0..=3, Some(a)) => a,
            (4, Some(a)) => format!("{a}^2"),
            (5, Some(a)) => match self.param() {
                Some(b) => format!("({a} {} {b})", self.pick(&["+", "-", "*", "/"])),
                None => a,
            },
            (6, _) if self.in_time => self
                .pick(&[
                    "t",
                    "exp(-t)",
                    "exp(t)",
                    "1/(1 + t)",
                    "(1 + t)",
                    "(2 - t)",
                    "t^2",
                    "cos(t)",
                    "(1 + 2*sin(t))",
                    "sqrt(t)",
                    "1/t",
                    "log(2 + t)",
                    "tanh(t)",
                    "t*exp(-t^2)",
                ])
                .into(),
            _ => self.pick(&number()).into(),
        };
        format!("{sign}{text}")
    }

    /// An entry of a matrix.
    fn coefficient_of_space(&mut self) -> String {
        match self.param() {
            Some(a) if self.rng.random_bool(0.5) => a,
            _ => self.pick(&["1", "0.5", "-1", "0", "3"]).into(),
        }
    }

    fn power(&mut self) -> String {
        let numbers = ["0.5", "1", "1.5", "2.5", "3", "2/3", "1.2"];
        match self.param() {
            Some(a) if self.rng.random_bool(0.15) => a,
            _ => self.pick(&numbers).into(),
        }
    }

    fn axis(&mut self) -> u32 {
        self.rng.random_range(1..=self.axes.max(1))
    }

    /// A spatial operator on `of`.
    fn operator(&mut self, of: &str, depth: u32) -> String {
        let named = self.axes > 0 && self.rng.random_bool(0.55);
        let text = if named {
            let (i, j) = (self.axis(), self.axis());
            match self.rng.random_range(0..7) {
                6 if self.axes == 2 => {
                    let (a, b) = (self.coefficient_of_space(), self.coefficient_of_space());
                    format!("aniso([[{a}, {b}], [{b}, 2]], {of})")
                }
                0 => format!("d({of}, x{i})"),
                1 | 2 => format!("d({of}, x{i}, 2)"),
                3 => format!("d({of}, x{i}, {})", self.pick(&["3", "4"])),
                4 => format!("d(d({of}, x{i}), x{j})"),
                _ if self.axes == 2 => format!("dot([{}, 0.5], grad({of}))", self.pick(&["1", "-1", "0"])),
                _ => format!("dx({of})"),
            }
        } else {
            match self.rng.random_range(0..if self.multipliers { 6 } else { 4 }) {
                0 | 1 => format!("lap({of})"),
                2 => format!("lap({of}, {})", self.pick(&["2", "2", "3"])),
                3 => format!("fraclap({of}, {})", self.power()),
                _ => {
                    let symbol = self.pick(&[
                        "1 - exp(-k^2)",
                        "log(1 + k^2)",
                        "k^2/(1 + k^2)",
                        "sqrt(1 + k^2) - 1",
                        "1 - cos(k)",
                        "exp(-k^2)",
                        "k^2*exp(-k^2)",
                        "k^4/(1 + k^2)",
                        "1 - exp(-k^3)",
                        "1/(1 + k^2)",
                        "log(cosh(k))",
                        "k*tanh(k)",
                        "k*coth(k) - 1",
                        "1 - sech(k)",
                        "log(1 + k)",
                        "k^2*log(1 + k^2)",
                        "1 - sin(k)/k",
                    ]);
                    format!("fourier({symbol}, {of})")
                }
            }
        };
        // One operator on another, such as d(fraclap(phi, 0.5), x1, 2).
        if depth > 0 && self.rng.random_bool(0.25) { self.operator(&text, depth - 1) } else { text }
    }

    /// A term with the field and `order` derivatives in time.
    fn term(&mut self, order: u32) -> String {
        let mut of = "phi".to_string();
        let bare = if order == 0 { 0.15 } else { 0.55 };
        if !self.rng.random_bool(bare) {
            of = self.operator(&of, 1);
        }
        let of = match order {
            0 => of,
            1 => format!("dt({of})"),
            n => format!("dt({of}, {n})"),
        };
        let unit = if self.rng.random_bool(0.04) { "I*" } else { "" };
        format!("{}*{unit}{of}", self.coefficient())
    }
}

/// The declaration of a parameter.
fn domain(rng: &mut ChaCha12Rng) -> &'static str {
    pick(
        rng,
        &[
            "> 0",
            "> 0",
            "> 0",
            ">= 0",
            "",
            "in (0, 2]",
            "in [0.5, 3]",
            "in (-1, 1)",
            "in [-2, 0]",
            "!= 0",
            "!= 1",
            "< 0",
            "<= 0",
            ">= 1",
            "> 0.5",
        ],
    )
}

/// The text of an equation: what stands between the braces.
pub(crate) fn draw_any(rng: &mut ChaCha12Rng) -> String {
    let count = [0, 0, 1, 1, 2, 2, 3, 4, 6, 8].choose(rng).copied().unwrap();
    let params = (0..count).map(|i| format!("p{i}")).collect();
    let axes = [0, 0, 1, 2].choose(rng).copied().unwrap();
    let order = [1, 1, 1, 2, 2, 2, 3, 4].choose(rng).copied().unwrap();
    let in_time = rng.random_bool(if order == 1 { 0.2 } else { 0.04 });
    let multipliers = rng.random_bool(0.3);
    let mut draw = Draw { rng, params, axes, in_time, multipliers };
    let mut terms = Vec::new();
    // The leading term, which may vanish at some k.
    let lead = if draw.rng.random_bool(0.12) { draw.operator("phi", 0) } else { "phi".into() };
    let lead = if order == 1 { format!("dt({lead})") } else { format!("dt({lead}, {order})") };
    let unit = if order == 1 && draw.rng.random_bool(0.06) { "I*" } else { "" };
    terms.push(if draw.rng.random_bool(0.75) {
        format!("{unit}{lead}")
    } else {
        format!("{}*{unit}{lead}", draw.coefficient())
    });
    for j in (1..order).rev() {
        if draw.rng.random_bool(0.6) {
            terms.push(draw.term(j));
        }
    }
    for _ in 0..draw.rng.random_range(1..=3) {
        terms.push(draw.term(0));
    }
    if order == 1 && draw.rng.random_bool(0.06) {
        terms.push(format!("{}*div(x*phi)", draw.coefficient()));
    }
    let density = (order == 2 && draw.rng.random_bool(0.08)).then(|| {
        let rest = draw.term(0);
        format!("density dt(phi) + {rest}")
    });
    // A factor of all terms, which may be complex.
    let complex = order == 1 && draw.rng.random_bool(0.04);
    if complex {
        terms[0] = format!("c*{}", terms[0]);
    }
    // An abbreviation for a parameter and more.
    let short = draw.param().filter(|_| draw.rng.random_bool(0.06)).map(|a| format!("let w = 2*{a} + 1"));
    if short.is_some() {
        terms.push("w*phi".into());
    }
    let text = terms.join(" + ");
    let within = format!("{text}{density:?}{short:?}");
    let used: Vec<String> = draw.params.iter().filter(|p| within.contains(p.as_str())).cloned().collect();
    let mut items: Vec<String> = Vec::new();
    for name in used {
        items.push(format!("param {name} {}", domain(rng)).trim().to_string());
    }
    items.extend(complex.then(|| "param complex c != 0".to_string()));
    items.extend(short);
    if axes == 0 {
        items.push(pick(rng, &["dim any", "dim any", "dim 1", "dim 2", "dim 3", "dim 2..", "dim 1..3"]).into());
    }
    if in_time && rng.random_bool(0.5) {
        items.push(format!("time t in {}", pick(rng, &["(0, 1]", "(0, 1)", "(1, inf)", "[0.5, 2)", "(-1, 1)"])));
    }
    items.extend(density);
    items.push(format!("{text} = 0"));
    let text = items.join("; ");
    // Under other names: of the field and of the time.
    if rng.random_bool(0.04) && !text.contains("time") && !in_time {
        return format!("field u; time s in (0, inf); {}", text.replace("phi", "u"));
    }
    text
}
