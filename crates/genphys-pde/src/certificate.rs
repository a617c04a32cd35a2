//! Certificates: what someone who doubts a claim needs to check it again without the engine (crate `genphys-verify`
//! does). For "fails" they hold numbers, where the form of the equation does not decide, for "holds" the matched form
//! and the closure steps of the proof.
//! Expressions are strings in the `.pde` language with `k` for |k|, `k1`, `k2`, … for its components, the parameters,
//! and the time where coefficients depend on it. s = −iω is a growth rate.

use crate::condition::StatedCondition;
use crate::verdict::Status;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A certificate of its own for some parameter values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Conditions as in a report; all of them.
    pub conditions: Vec<StatedCondition>,
    /// What proves the claim where they hold.
    pub certificate: Certificate,
}

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
    /// C1 holds in N = 1: a φ_tt + b φ_t − c ∇²φ + d φ = 0 with a, c > 0, b ≥ 0 and b² ≥ 4ad (Kac); with c = 0, where
    /// nothing moves, in every N, and d ≤ 0 may stand in for b ≥ 0. With drift e φ_x besides: c (b² − 4ad) ≥ a e².
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
    /// C1 holds: φ_tt + b φ_t + d φ + (1 + θ ∂_t) ψ φ = 0, up to a constant factor, with θ > 0, 1 − bθ + dθ² ≤ 0 and a
    /// Lévy exponent ψ = `closure.function`: a point at rest and a mixture of the laws with transform e^{−uψ}, u > 0.
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
    /// C1 holds along x_j: a φ_tt + f φ_xt + b φ_t + e φ_x − c φ_xx + d φ = 0 with a > 0, Δ = f² + 4ac > 0, c ≥ 0,
    /// 2bc + ef ≥ 0 and b²c + bef − ae² − dΔ ≥ 0: a Markov chain of the velocities with a v² = f v + c.
    TwoVelocities {
        /// a.
        a: String,
        /// b.
        b: String,
        /// c.
        c: String,
        /// d.
        d: String,
        /// e.
        e: String,
        /// f.
        f: String,
        /// j.
        axis: u32,
    },
    /// C1 holds: E(s) + B(s) ψ = 0, up to a constant factor, with a Lévy exponent ψ = `closure.function`: with g = E/B,
    /// a = (B − B(0))/(s B) and h = (E B(0) − E(0) B)/(s B²), a and h are Laplace transforms of measures on t ≥ 0 that
    /// are nowhere negative, and g is α s + β minus one, α ≥ 0. Or, in N = 1 with ψ = |k|² and E(0) = 0, √g is complete
    /// Bernstein and h/√g completely monotone.
    Memory {
        /// E, a polynomial in `s`.
        rest: String,
        /// B, a polynomial in `s` with a positive leading coefficient.
        factor: String,
        /// The proof for ψ; its class is [`Class::LevyExponent`].
        closure: Closure,
    },
    /// C1 holds: E(s) + B(s) (C − f) = 0, up to a constant factor, with C = f(0) > 0 and a positive-definite f =
    /// `jumps.function`: with F = E + C B, (F − F(0))/(s F), B/F and (B(0) F − F(0) B)/(s F²) are Laplace transforms of
    /// measures on t ≥ 0 that are nowhere negative.
    BoundedForce {
        /// E, a polynomial in `s`.
        rest: String,
        /// B, a polynomial in `s`.
        factor: String,
        /// C.
        bound: String,
        /// The proof for f; its class is [`Class::PositiveDefinite`].
        jumps: Closure,
    },
    /// C1 holds in N = 1: the only branch is s = −ψ with ψ = top/bottom, real polynomials in `s` at `s` = ik; ψ is a
    /// polynomial c + b z − a z² with a ≥ 0 and jumps with a density made of exponentials that is not negative.
    RationalExponent {
        /// The numerator.
        top: String,
        /// The denominator, without zeros on the imaginary axis, its leading coefficient positive.
        bottom: String,
    },
    /// C1 holds in N ≤ 2 − D: φ_tt + (D − 1)/t φ_t + (c |k|² − μ) φ = 0 from the time 0 with D < 2, c > 0 and μ ≥ 0, p
    /// = t^{D−1} φ_t (Schoenberg).
    SphericalMeans {
        /// D.
        d: String,
        /// c.
        c: String,
        /// μ.
        growth: String,
    },
    /// C1 holds for a declared density p = P(∂_t) φ, D(∂_t) φ = 0, of order m in t: (s + η) P(s) = D(s) − D(−η) up to a
    /// factor free of k and s, P of degree m − 1, so that p̂ = e^{−ηt} times that of D(σ − η) with its own density;
    /// both are positive definite.
    DeclaredDensity {
        /// η.
        eta: String,
        /// η at k = 0, real.
        decay: String,
        /// The proof that the rest of η is a Lévy exponent; absent where there is no rest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closure: Option<Closure>,
        /// Coefficients of D(σ − η) by rising power of σ, up to a positive factor free of k.
        coefficients: Vec<String>,
        /// The certificate of C1 for D(σ − η).
        inner: Box<Certificate>,
    },
    /// C1 holds, by another certificate for other parameter values: wherever the report's conditions hold, those of one
    /// case do.
    Cases {
        /// Each of them for all parameter values that meet its conditions.
        of: Vec<Case>,
    },
    /// C2 holds for constant coefficients: at all parameter values (that satisfy the report's conditions) one of the
    /// rates s₀ has this property. Evolution: P(s + s₀, k) is a Hurwitz polynomial in s for every k ≠ 0, and is none
    /// for k = 0. Half-space: for every k ≠ 0 one root lies on either side of s₀ and of 0, and none at k = 0 below s₀.
    Rates {
        /// Growth rates at k = 0; where the square of one is negative its real part is meant.
        rates: Vec<Rate>,
        /// What `r` in them stands for, where it stands for anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        root: Option<AlgebraicNumber>,
    },
    /// C2 holds: the symbol is, up to a constant factor, a product of powers of these factors, all of which evolve or
    /// are all half-space problems; each has the property of `Rates` with its own rates.
    Factors {
        /// The different factors.
        factors: Vec<Factor>,
    },
    /// C2 holds, half-space: a s⁴ + b s² + c = 0 with real coefficients, a > 0 free of k, and zeros s² ≤ 0 at k = 0:
    /// for every k ≠ 0 there is no zero s² ≤ 0, so that two branches decay.
    EvenInTime,
    /// C2 holds: a s² + c = 0 with complex ψ = −c/a, and |ψ| + Re ψ compared with its value at k = 0.
    SquareRoot,
    /// C2 holds for the waves that satisfy a condition on k alone: a s² + c = 0, a half-space problem, with −c/a > 0
    /// where the condition holds and −c/a ≤ 0 elsewhere.
    Band,
    /// C2 holds: φ_tt + (D − 1)/t φ_t + q φ = 0 from the time 0, q(k) − q(0) of one sign for all k ≠ 0.
    BesselAmplitude,
    /// C2 holds, first order in time: |p̂(k, t)/p̂(0, t)| = e^{−E} with E > 0 at all times for every k ≠ 0, and E → ∞
    /// at the end of the time interval.
    ///
    /// The checker wants E as an expression in k (or k1, k2, …), the time and the parameters. It differentiates E with
    /// respect to the time and compares the result with Re(ψ(k e^Θ, t) − ψ(0, t)); at the start of the interval E = 0
    /// or tends to 0.
    Amplitude {
        /// E; absent where the integral has no closed form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exponent: Option<String>,
        /// Θ = ∫θ of a drift θ ∇·(x φ), zero at the start; absent without drift.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<String>,
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
    /// C1 fails: Σ w_i w_j ψ(k_i − k_j) > 0 with Σ w_i = 0, ψ = s(0) − s of the one branch that counts, although it is
    /// ≤ 0 for every Lévy exponent (Schoenberg).
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
    /// A claim about an equation with Caputo's derivative of order b, from one about the same equation with ∂/∂t, whose
    /// branch is s: p̂ = E_b(s t^b) of a unit point source. For b ≤ 1 that is the mean of e^{su} over Mittag and
    /// Leffler's law of u (Pollard), so that C1 is the same claim under the same conditions, and C2 where s(0) ≥ 0; with
    /// s(0) < 0 and b < 1 C2 fails, since p̂(k)/p̂(0) → s(0)/s(k). For 1 < b < 2 C1 is s = −c|k|² with c > 0 and N = 1,
    /// and C2 follows where s is real and 0 at k = 0 (Fujita).
    Caputo {
        /// What is claimed of the equation without memory.
        status: Status,
        /// What proves that; absent where the form of the equation does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Box<Certificate>>,
    },
    /// A claim about an equation F(φ) = 0 that is not linear in the field, for small disturbances ψ of a uniform state
    /// φ₀: `equation` is the part of F(φ₀ + εψ) that is linear in ε, F(φ₀) = 0, and the linear equation has the claim.
    Linearised {
        /// φ₀: `phi = 0`, or `phi = phi0 for any phi0 > 0`, where the linear equation has the parameter `phi0`.
        background: String,
        /// The linear equation as a `.pde` file.
        equation: String,
        /// What is claimed about it.
        status: Status,
        /// Under these conditions.
        conditions: Vec<StatedCondition>,
        /// What proves that; absent where the form of the equation does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Box<Certificate>>,
    },
    /// C1 or C2, whatever is said of it: φ_t = −∇·((A x + b) φ) + ∇·(Σ∇φ) + c φ with constant A, b, Σ and c. C1 iff Σ ⪰ 0;
    /// C2 iff besides rank [Σ, AΣ, …, A^{N−1}Σ] = N and, where the time does not end, no eigenvalue of A has Re > 0.
    LinearCoefficients {
        /// The rows of A.
        drift: Vec<Vec<String>>,
        /// The rows of Σ.
        noise: Vec<Vec<String>>,
    },
    /// C1 holds for data φ = √q e^{iθ}: for a_1 φ_t + a_0 φ = 0 with a_0/a_1 = c + D|k|², c and D complex, p = |φ|² ≥ 0
    /// and ∂p/∂t + ∇·J = R for every solution.
    QuadraticDensity {
        /// J, with `Im(conj(phi)*grad(phi))` and `Re(conj(phi)*grad(phi))`.
        flux: String,
        /// R, with `|grad(phi)|^2` and `|phi|^2`.
        source: String,
    },
}

/// s₀ = (num + √square)/den, with expressions in the parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// The numerator without the root.
    pub num: String,
    /// What is under the root; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub square: Option<String>,
    /// The denominator; it has one sign.
    pub den: String,
}

/// A factor of the symbol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// A polynomial in `s` with coefficients in the wave vector and the parameters.
    pub polynomial: String,
    /// How often it occurs.
    pub power: u32,
    /// Growth rates at k = 0.
    pub rates: Vec<Rate>,
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
    /// First order in time with coefficients in the time: p̂ = exp(−(c + ψ)) in coordinates that move with linear
    /// drift, where c and ψ are integrals from the start of the time, zero there.
    Clock,
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
    /// c k^a + i k^(a−1) b·k with 1 < a < 2 and real b, |b| ≤ c |Γ((1−a)/2) Γ((N+a)/2)/(Γ(−a/2) Γ((N+1+a)/2))|, in N =
    /// 1
    /// |b| ≤ c |tan(πa/2)|: Lévy exponent of a stable law with skewness.
    Stable,
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
    /// With d > 0: log cosh(dk), log(sinh(dk)/(dk)), k tanh(dk), k coth(dk) − 1/d: complete Bernstein; 1/cosh(dk),
    /// k/sinh(dk), tanh(dk)/k: completely monotone (Euler's products); written with exponentials.
    Hyperbolic,
    /// Function of λ, ≥ 0 on (0, ∞), analytic off (−∞, 0], that maps the upper half-plane into its closure: a complete
    /// Bernstein function; or into the closed lower half-plane: a Stieltjes function, which is completely monotone.
    HalfPlane,
}
