//! Certificates: what someone who doubts a claim needs to check it again without the engine (crate `genphys-verify`
//! does). For "fails" they hold numbers, for "holds" the matched form and the closure steps of the proof.
//! Expressions are strings in the `.pde` language with `k` for |k|, `k1`, `k2`, … for its components, the parameters,
//! and the time where coefficients depend on it. s = −iω is a growth rate.

use crate::verdict::Status;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Numbers or proof steps behind a claim about C1 or C2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Certificate {
    /// C1 holds: p̂(k, t) follows from a Lévy exponent ψ as `branch` says, and `closure` proves that ψ is one
    /// (Schoenberg; Lévy–Khintchine).
    LevyExponent {
        /// How p̂ follows from `decay` + ψ.
        branch: BranchForm,
        /// c: a constant, real; may depend on parameters and the time.
        decay: String,
        /// The proof for ψ = `closure.function`; its class is [`Class::LevyExponent`].
        closure: Closure,
    },
    /// C1 holds in N = 1: a φ_tt + b φ_t − c ∇²φ + d φ = 0 with a, c > 0, b ≥ 0 and b² ≥ 4ad (Kac); with c = 0, where nothing
    /// moves, in every N, and d ≤ 0 may stand in for b ≥ 0. With drift e φ_x besides: c (b² − 4ad) ≥ a e².
    Telegraph {
        /// a.
        a: String,
        /// b.
        b: String,
        /// c.
        c: String,
        /// d.
        d: String,
        /// e, where there is drift.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        drift: Option<String>,
        /// j, where the walk is one along the coordinate x_j, in every N.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        axis: Option<u32>,
    },
    /// C1 holds: φ_tt + b φ_t + d φ + (1 + θ ∂_t) ψ φ = 0, up to a constant factor, with θ > 0, 1 − bθ + dθ² ≤ 0 and a Lévy
    /// exponent ψ = `closure.function`: a point at rest and a mixture of the laws with transform e^{−uψ}, u > 0.
    Relaxation {
        /// b.
        b: String,
        /// d.
        d: String,
        /// θ.
        theta: String,
        /// The proof for ψ; its class is [`Class::LevyExponent`].
        closure: Closure,
    },
    /// C1 holds in N ≤ 2 − D: φ_tt + (D − 1)/t φ_t + (c |k|² − μ) φ = 0 from the time 0 with D < 2, c > 0 and μ ≥ 0, p = t^{D−1} φ_t
    /// (Schoenberg).
    SphericalMeans {
        /// D.
        d: String,
        /// c.
        c: String,
        /// μ.
        growth: String,
    },
    /// C2 holds: at every k ≠ 0 and all parameter values (that satisfy the report's conditions) all claims are true,
    /// and they are true together exactly where every branch that counts decays faster than the slowest at k = 0.
    Signs {
        /// Expressions that are positive.
        positive: Vec<String>,
        /// What `r` in them stands for, where it stands for anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        root: Option<AlgebraicNumber>,
    },
    /// C2 fails: the largest growth rate among the branches that count is not below the one at k = 0.
    GrowthRate {
        /// Parameter values.
        params: BTreeMap<String, f64>,
        /// The wave vector; one entry is |k| along the first axis.
        k: Vec<f64>,
        /// The time, where coefficients depend on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<f64>,
        /// Re s at k.
        rate: f64,
        /// Re s at 0.
        rate_at_zero: f64,
    },
    /// C2 fails: growth rates without bound at short waves, and not as many that fall without bound.
    IllPosed {
        /// Parameter values.
        params: BTreeMap<String, f64>,
        /// Unit vector of the direction; `[1]` where only |k| matters.
        direction: Vec<f64>,
        /// Rising wave numbers along it.
        k: Vec<f64>,
        /// The largest Re s at each.
        largest: Vec<f64>,
    },
    /// C2 fails: the amplitude of a wave does not tend to 0 as t → ∞ (coefficients that depend on the time).
    NotForgotten {
        /// Parameter values.
        params: BTreeMap<String, f64>,
        /// The wave number.
        k: f64,
        /// Times after the start of the interval, each four times as late as the one before.
        times: Vec<f64>,
        /// |p̂(k, t)/p̂(0, t)| at each, in coordinates that move with the drift.
        amplitude: Vec<f64>,
    },
    /// C1 fails: ψ = −(s(k) − s(0)) of the one branch that counts violates √|ψ(k+q)| ≤ √|ψ(k)| + √|ψ(q)|, which every
    /// negative-definite function satisfies.
    Subadditivity {
        /// Parameter values.
        params: BTreeMap<String, f64>,
        /// The time, where coefficients depend on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<f64>,
        /// First wave vector.
        k: Vec<f64>,
        /// Second wave vector.
        q: Vec<f64>,
        /// |ψ| at k, q and k + q.
        size: [f64; 3],
    },
    /// C1 fails: Σ w_i w_j ψ(k_i − k_j) > 0 with Σ w_i = 0, ψ = s(0) − s of the one branch that counts, although it is ≤ 0
    /// for every Lévy exponent (Schoenberg).
    NegativeDefinite {
        /// Parameter values.
        params: BTreeMap<String, f64>,
        /// Wave vectors, all of one length n; the density is refuted in every dimension N ≥ n.
        points: Vec<Vec<f64>>,
        /// Complex weights as (real, imaginary).
        weights: Vec<[f64; 2]>,
        /// The sum.
        value: f64,
    },
    /// C1 fails: Σ w_i w_j p̂(k_i − k_j, t) < 0 although it is ≥ 0 for every positive-definite function (Bochner).
    /// p̂ is that of a unit point source; 2 points with |p̂(k)| > p̂(0) are a special case.
    Bochner {
        /// Parameter values.
        params: BTreeMap<String, f64>,
        /// The time.
        time: f64,
        /// Wave vectors, all of one length n; the density is refuted in every dimension N ≥ n.
        points: Vec<Vec<f64>>,
        /// Complex weights as (real, imaginary).
        weights: Vec<[f64; 2]>,
        /// The sum.
        value: f64,
    },
    /// C1 fails: the density of a real source is not real, p̂(−k, t) ≠ p̂(k, t)*.
    NotReal {
        /// Parameter values.
        params: BTreeMap<String, f64>,
        /// The time.
        time: f64,
        /// The wave vector; one entry is |k| along the first axis.
        k: Vec<f64>,
        /// p̂ of a unit point source at k and at −k as (real, imaginary).
        transform: [[f64; 2]; 2],
    },
    /// C1 fails: the density of a unit point source is negative.
    NegativeDensity {
        /// Parameter values.
        params: BTreeMap<String, f64>,
        /// N.
        dim: u32,
        /// The time.
        time: f64,
        /// Distance from the source.
        r: f64,
        /// p(r, t).
        value: f64,
        /// Bound of the numerical error of `value`.
        error: f64,
    },
    /// A claim about an equation F[φ] = 0 that is not linear in the field, for small disturbances ψ of a uniform state φ₀:
    /// `equation` is the part of F[φ₀ + εψ] that is linear in ε, F[φ₀] = 0, and the linear equation has the claim.
    Linearised {
        /// φ₀: `phi = 0`, or `phi = phi0 for any phi0 > 0`, where the linear equation has the parameter `phi0`.
        background: String,
        /// The linear equation as a `.pde` file.
        equation: String,
        /// What is claimed about it.
        status: Status,
        /// Under these conditions.
        conditions: Vec<String>,
        /// What proves that; absent where the form of the equation does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Box<Certificate>>,
    },
    /// C1 holds for data φ = √q e^{iθ}: for a_1 φ_t + a_0 φ = 0 with a_0/a_1 = c + D|k|², c and D complex, p = |φ|² ≥ 0 and
    /// ∂p/∂t + ∇·J = R for every solution.
    QuadraticDensity {
        /// J, with `Im(conj(phi)*grad(phi))` and `Re(conj(phi)*grad(phi))`.
        flux: String,
        /// R, with `|grad(phi)|^2` and `|phi|^2`.
        source: String,
    },
    /// For waves with |k| > `edge`, for a φ_tt − q φ = 0: there s = ±√q with q > 0, one decays; longer ones oscillate, q < 0.
    Band {
        /// The wave number where q = 0.
        edge: String,
    },
}

/// The real root of a polynomial in `r` that lies between two numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlgebraicNumber {
    /// The polynomial; it changes its sign between `lower` and `upper`.
    pub polynomial: String,
    /// Below the root, up to rounding.
    pub lower: f64,
    /// Above the root, up to rounding.
    pub upper: f64,
}

/// How the transform p̂(k, t) of a unit point source follows from c + ψ(k).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BranchForm {
    /// First order in time: the only branch is s = −(c + ψ), at every time where coefficients depend on it.
    Evolution,
    /// The decaying branch of a half-space problem is s = −(c + ψ).
    HalfSpace,
    /// φ_tt + (D − 1)/t φ_t − (c + ψ) φ = 0 with D > 0, up to a constant factor; c ≥ 0.
    Bessel,
}

/// Classes of functions of the wave vector. The first three are about functions of λ = |k|².
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Bernstein function of λ: f ≥ 0 and f′ is completely monotone.
    Bernstein,
    /// Completely monotone function of λ, finite at every λ > 0.
    CompletelyMonotone,
    /// Positive-definite function of k.
    PositiveDefinite,
    /// Lévy exponent: ψ(0) = 0 and e^{−tψ} is positive definite for every t > 0.
    LevyExponent,
}

/// A node of a closure proof: `function` belongs to `class` by `rule`, given that its parts belong to theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closure {
    /// The function of k (or k1, k2, …) and the parameters.
    pub function: String,
    /// What is claimed about it.
    pub class: Class,
    /// Why.
    pub rule: ClosureRule,
    /// The functions it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Closure>,
    /// Largest dimension N of the claim; absent for every N.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dim: Option<u32>,
}

impl Closure {
    /// A function that its rule knows by itself.
    pub fn leaf(function: impl Into<String>, class: Class, rule: ClosureRule) -> Self {
        Self { function: function.into(), class, rule, of: Vec::new(), dim: None }
    }

    /// A function made of others, in the dimensions where the claims about all of them hold.
    pub fn step(function: impl Into<String>, class: Class, rule: ClosureRule, of: Vec<Self>) -> Self {
        let dim = of.iter().filter_map(|part| part.dim).min();
        Self { function: function.into(), class, rule, of, dim }
    }
}

/// The steps of a closure proof (Schilling, Song, Vondraček, *Bernstein Functions*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosureRule {
    /// Free of k and ≥ 0: Bernstein, completely monotone and positive definite.
    Constant,
    /// k^a: Bernstein for 0 ≤ a ≤ 2, completely monotone for a ≤ 0.
    Power,
    /// exp(−a k²), a ≥ 0: completely monotone.
    Exponential,
    /// log(1 + a k²), a ≥ 0: Bernstein.
    Logarithm,
    /// 1/(a + k²), a ≥ 0: completely monotone.
    Reciprocal,
    /// cos(a k): positive definite in N = 1.
    Cosine,
    /// sin(a k)/(a k): positive definite in N ≤ 3.
    Sinc,
    /// k·A k with A ⪰ 0: Lévy exponent.
    QuadraticForm,
    /// i b·k with real b: Lévy exponent.
    Drift,
    /// The sum of functions of the same class.
    Sum,
    /// c f with c ≥ 0 free of k: the class of f.
    Scale,
    /// The product of completely monotone or of positive-definite functions.
    Product,
    /// f(k) = g(√h(k)): `of` is [g, h]. Bernstein or completely monotone g with Bernstein h gives the class of g;
    /// Bernstein g with g(0) = 0 and a Lévy exponent h gives a Lévy exponent (subordination).
    Composition,
    /// f − f(0): Bernstein gives a Lévy exponent that is Bernstein as well.
    Shift,
    /// c − f with c = f(0): completely monotone f with finite f(0) gives Bernstein, positive-definite f gives a Lévy
    /// exponent (compound Poisson).
    Complement,
    /// A completely monotone function with f(0) finite, read as a function of k: positive definite in every N.
    Schoenberg,
    /// Algebraic function of λ, ≥ 0 on (0, ∞), analytic off (−∞, 0], that maps the upper half-plane into its closure:
    /// a complete Bernstein function.
    HalfPlane,
}

/// Whether amplitudes at times each four times as late as the one before look like ones that do not tend to 0: the last
/// one is not clearly below the one before, or −Δ ln a shrinks, as it does where the integral of the decay rate converges.
pub fn levels_off(amplitude: &[f64]) -> bool {
    let [.., first, second, third] = amplitude else { return false };
    let (before, after) = ((first / second).ln(), (second / third).ln());
    *third > 1e-9 && (after <= 1e-5 || after < 0.95 * before)
}
