//! First order in time with coefficients that are linear in the coordinates: φ_t = −∇·((A x + b) φ) + ∇·(Σ∇φ) + c φ with
//! constant A, b, Σ, c in one number of dimensions N. With ∫ = ∫₀^t du, in the frame of the data at the start,
//!
//! |p̂(κ, t)| = e^{ct} |p̂₀(κ)| exp(−κ·M(t)κ), M(t) = ∫ e^{−Au} Σ e^{−Aᵀu}.
//!
//! C1: M(t) ⪰ 0 for all t iff Σ ⪰ 0, as M(t)/t → Σ; e^{−κ·Mκ} is bounded only then, and is positive definite then
//! (Bochner). C2: M(t) ≻ 0 for all t > 0 iff Σ ⪰ 0 and rank [Σ, AΣ, …, A^{N−1}Σ] = N (Kalman; Hörmander), that is det Σ_j
//! A^jΣA^{jT} > 0; then κ·M(t)κ → ∞ for every κ ≠ 0 iff no eigenvalue of A has Re > 0: of an observable system the output
//! √Σ e^{−Aᵀu}κ is square integrable only where the state tends to 0. At the end of a finite interval the prior error says
//! what is left instead.

use super::jets::Jets;
use super::prove::{LONG, OrOpen, Outcome, Stop, open, wrong};
use super::stability::{Shift, Symbol, hurwitz_determinant};
use super::under_conditions::formula;
use super::waves::Model;
use super::{Claim, Level, Report};
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use crate::exact::{Algebra, Reader};
use crate::sign::division::determinant;
use crate::sign::logic::Formula;
use crate::sign::{Fact, Region, Relation};
use genphys_pde::ast::{Bound, Expr, ExprKind};
use genphys_pde::certificate::Certificate;
use genphys_pde::condition::Condition;
use genphys_pde::derivation::Continuity;
use genphys_pde::span::Span;
use genphys_pde::verdict::{ConditionReport, Problem, Status};
use num_rational::BigRational;

/// More dimensions than this are not looked at.
const MOST_DIMENSIONS: u32 = 12;
/// Larger blocks have too many minors.
const MOST_BLOCK: usize = 6;

type Matrix = Vec<Vec<Poly>>;

/// Coefficients of φ_t and of the derivatives in space, as they stand in the equation.
struct Equation {
    algebra: Algebra,
    lead: Fraction,
    /// Rows of L in (L x + m)·∇φ.
    drift: Vec<Vec<Fraction>>,
    /// S in ∂_i(S_ij ∂_jφ), symmetric.
    second: Vec<Vec<Fraction>>,
}

fn size(claim: &Claim) -> Outcome<usize> {
    match claim.dims {
        (least, Some(most)) if least == most && most <= MOST_DIMENSIONS => Ok(most as usize),
        _ => open("coordinates are coefficients in one number of dimensions, and not in too many"),
    }
}

fn jets<'a>(claim: &Claim<'a>, n: usize) -> Outcome<Jets<'a>> {
    let algebra = Algebra::new(claim.work, claim.pde, claim.derivation, claim.dims, 0);
    Ok(Jets::new(algebra.or_open("the domains cannot be read")?, claim.pde, n, false))
}

fn read(claim: &Claim) -> Outcome<Equation> {
    let n = size(claim)?;
    let mut jets = jets(claim, n)?;
    let list = jets.linear(&[(false, &claim.pde.left), (true, &claim.pde.right)]);
    let list = list.or_open("the coefficients are not real, or change in time, or are out of reach")?;
    let coordinates = jets.coordinates().to_vec();
    let mut algebra = jets.into_algebra();
    let still = |algebra: &Algebra, c: &Fraction| !coordinates.iter().any(|x| algebra.depends(c, *x));
    let mut lead = Fraction::zero();
    let mut drift = vec![vec![Fraction::zero(); n]; n];
    let mut second = drift.clone();
    let half = BigRational::new(1.into(), 2.into());
    for (index, c) in list {
        let Some((in_time, space)) = index.split_first() else { continue };
        let axes: Vec<usize> = (0..n).flat_map(|i| (0..space[i]).map(move |_| i)).collect();
        match (in_time, &axes[..]) {
            (1, []) if still(&algebra, &c) => lead = c,
            (0, []) if still(&algebra, &c) => {}
            (0, [i]) => {
                let mut rest = c.clone();
                for (j, x) in coordinates.iter().enumerate() {
                    let slope = algebra.derivative(&c, *x).or_open(LONG)?;
                    if !still(&algebra, &slope) {
                        return open("a coefficient is not linear in the coordinates");
                    }
                    rest = slope.times(&Fraction::var(*x)).and_then(|part| rest.minus(&part)).or_open(LONG)?;
                    drift[*i][j] = slope;
                }
                if !algebra.reduced(&rest).is_some_and(|rest| still(&algebra, &rest)) {
                    return open("a coefficient is not linear in the coordinates");
                }
            }
            (0, [i, j]) if still(&algebra, &c) => {
                if i == j {
                    second[*i][*i] = c;
                } else {
                    second[*i][*j] = c.scaled(&half);
                    second[*j][*i] = c.scaled(&half);
                }
            }
            _ => return open("a derivative beside those of first order in time and of second order in space"),
        }
    }
    if lead.is_zero() { open("no derivative in time is left") } else { Ok(Equation { algebra, lead, drift, second }) }
}

/// Matrices of polynomials: those of the equation times one positive factor.
struct Matrices {
    lead: Poly,
    drift: Matrix,
    noise: Matrix,
}

impl Equation {
    /// A and Σ times the square of the coefficient of φ_t and of all denominators.
    fn cleared(&self) -> Option<Matrices> {
        let entries = || self.drift.iter().chain(&self.second).flatten().chain([&self.lead]);
        let mut dens: Vec<Poly> = Vec::new();
        for entry in entries() {
            if entry.den.as_constant().is_none() && !dens.contains(&entry.den) {
                dens.push(entry.den.clone());
            }
        }
        let product = |skip: Option<&Poly>| {
            dens.iter().filter(|d| Some(*d) != skip).try_fold(Poly::one(), |product, d| product.times(d))
        };
        let all = product(None)?;
        let whole = |f: &Fraction| f.num.times(&product(Some(&f.den))?);
        let lead = whole(&self.lead)?;
        let matrix = |rows: &[Vec<Fraction>], minus: bool| -> Option<Matrix> {
            let entry = |f: &Fraction| {
                let value = whole(f)?.times(&lead)?;
                Some(if minus { value.negated() } else { value })
            };
            rows.iter().map(|row| row.iter().map(entry).collect()).collect()
        };
        let (drift, noise) = (matrix(&self.drift, false)?, matrix(&self.second, true)?);
        Some(Matrices { lead: lead.times(&all)?, drift, noise })
    }
}

/// Rows that are joined, directly or through others.
fn components(n: usize, joined: &dyn Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut reach: Vec<Vec<bool>> = (0..n).map(|i| (0..n).map(|j| i == j || joined(i, j)).collect()).collect();
    for via in 0..n {
        for i in 0..n {
            for j in 0..n {
                reach[i][j] |= reach[i][via] && reach[via][j];
            }
        }
    }
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for (i, row) in reach.iter().enumerate() {
        match blocks.iter_mut().find(|block| row[block[0]] && reach[block[0]][i]) {
            Some(block) => block.push(i),
            None => blocks.push(vec![i]),
        }
    }
    blocks
}

fn block(matrix: &Matrix, rows: &[usize]) -> Matrix {
    rows.iter().map(|i| rows.iter().map(|j| matrix[*i][*j].clone()).collect()).collect()
}

fn transposed(a: &Matrix) -> Matrix {
    (0..a.len()).map(|i| (0..a.len()).map(|j| a[j][i].clone()).collect()).collect()
}

fn times(a: &Matrix, b: &Matrix) -> Option<Matrix> {
    let n = a.len();
    let entry = |i: usize, j: usize| (0..n).try_fold(Poly::zero(), |sum, l| Some(sum.plus(&a[i][l].times(&b[l][j])?)));
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// det(s − A) by rising power of s (Faddeev, Le Verrier).
fn characteristic(a: &Matrix) -> Option<Vec<Poly>> {
    let n = a.len();
    let mut falling = vec![Poly::one()];
    let mut m: Matrix = vec![vec![Poly::zero(); n]; n];
    for step in 1..=n {
        for (i, row) in m.iter_mut().enumerate() {
            row[i] = row[i].plus(falling.last()?);
        }
        m = times(a, &m)?;
        let trace = (0..n).fold(Poly::zero(), |sum, i| sum.plus(&m[i][i]));
        falling.push(trace.scaled(&BigRational::new((-1).into(), step.into())));
    }
    falling.reverse();
    Some(falling)
}

impl Matrices {
    /// Σ ⪰ 0: all principal minors are not negative.
    fn semidefinite(&self) -> Option<Vec<Fact>> {
        let mut facts = Vec::new();
        let joined = |i: usize, j: usize| !self.noise[i][j].is_zero();
        for rows in components(self.noise.len(), &joined) {
            if rows.len() > MOST_BLOCK {
                return None;
            }
            for chosen in 1_u32..1 << rows.len() {
                let chosen: Vec<usize> =
                    rows.iter().enumerate().filter(|(i, _)| chosen >> i & 1 == 1).map(|(_, row)| *row).collect();
                facts.push(Fact::non_negative(determinant(&block(&self.noise, &chosen))?));
            }
        }
        Some(facts)
    }

    /// The rank is full, given that Σ ⪰ 0.
    fn full_rank(&self) -> Option<Vec<Fact>> {
        let joined = |i: usize, j: usize| {
            [(i, j), (j, i)].iter().any(|(i, j)| !self.drift[*i][*j].is_zero() || !self.noise[*i][*j].is_zero())
        };
        let mut facts = Vec::new();
        for rows in components(self.noise.len(), &joined) {
            if rows.len() > MOST_BLOCK {
                return None;
            }
            let (a, mut term) = (block(&self.drift, &rows), block(&self.noise, &rows));
            let turned = transposed(&a);
            let mut sum = term.clone();
            for _ in 1..rows.len() {
                term = times(&times(&a, &term)?, &turned)?;
                for (row, more) in sum.iter_mut().zip(&term) {
                    for (entry, more) in row.iter_mut().zip(more) {
                        *entry = entry.plus(more);
                    }
                }
            }
            facts.push(Fact { poly: determinant(&sum)?, relation: Relation::NonZero });
        }
        Some(facts)
    }

    /// Characteristic polynomials whose roots are the eigenvalues of A.
    fn polynomials(&self) -> Option<Vec<Vec<Poly>>> {
        let joined = |i: usize, j: usize| !self.drift[i][j].is_zero();
        let blocks = components(self.drift.len(), &joined);
        if blocks.iter().any(|rows| rows.len() > MOST_BLOCK) {
            return None;
        }
        blocks.iter().map(|rows| characteristic(&block(&self.drift, rows))).collect()
    }
}

/// What is necessary for no root to have Re s > 0, and sufficient up to degree three: coefficients and Hurwitz
/// determinants are not negative.
fn not_to_the_right(p: &[Poly]) -> Option<Vec<Fact>> {
    let n = p.len() - 1;
    let mut facts: Vec<Fact> = p[..n].iter().map(|c| Fact::non_negative(c.clone())).collect();
    for size in 2..n {
        facts.push(Fact::non_negative(hurwitz_determinant(p, size)?));
    }
    Some(facts)
}

/// The minors of P(s + ε) are positive for every ε > 0.
fn shifted_minors(p: &[Poly], shift: &Poly, region: &Region) -> Option<Vec<Poly>> {
    let symbol = Symbol { a: p.iter().map(|c| (c.clone(), Poly::zero())).collect() };
    let shift = Shift { num: shift.clone(), den: Poly::one(), root: None };
    symbol.shifted(&shift, region)?.minors()
}

struct Criterion {
    facts: Vec<Fact>,
    /// Characteristic polynomials of higher degree, for which the facts are only necessary.
    long: Vec<Vec<Poly>>,
}

impl Criterion {
    fn new(matrices: &Matrices, is_c1: bool, forgets: bool) -> Option<Self> {
        let mut facts = vec![Fact { poly: matrices.lead.clone(), relation: Relation::NonZero }];
        facts.extend(matrices.semidefinite()?);
        let mut long = Vec::new();
        if !is_c1 {
            facts.extend(matrices.full_rank()?);
        }
        if forgets {
            for p in matrices.polynomials()? {
                facts.extend(not_to_the_right(&p)?);
                if p.len() > 4 {
                    long.push(p);
                }
            }
        }
        Some(Self { facts, long })
    }

    fn formula(&self) -> Formula {
        Formula::All(self.facts.iter().cloned().map(Formula::Fact).collect())
    }

    /// It is met everywhere in a region.
    fn holds_in(&self, region: &Region) -> Option<()> {
        self.facts.iter().try_for_each(|fact| region.prove_fact(fact).map(|_| ()))?;
        let epsilon: Var = region.unused();
        let region = region.with_range(epsilon, Range::positive());
        self.long.iter().try_for_each(|p| {
            let minors = shifted_minors(p, &Poly::var(epsilon), &region)?;
            minors.iter().try_for_each(|m| region.prove(m, Relation::Positive).map(|_| ()))
        })
    }

    /// It is met nowhere in a region.
    fn fails_in(&self, region: &Region) -> bool {
        let right = |p: &Vec<Poly>| {
            (-4_i32..20).any(|power| {
                let two = BigRational::from_integer(2.into());
                let shift = Poly::constant(two.pow(-power));
                // One of the minors is not positive: a root has Re s at or beyond the shift.
                shifted_minors(p, &shift, region).is_some_and(|list| {
                    list.iter().any(|m| region.prove(&m.negated(), Relation::NonNegative).is_some())
                })
            })
        };
        self.formula().fails_in(region).is_some() || self.long.iter().any(right)
    }
}

/// Checks what is claimed of C1 or C2.
pub(super) fn check(claim: &Claim, part: &'static str, condition: &ConditionReport, is_c1: bool, report: &mut Report) {
    let stated = super::condition::all(&condition.conditions);
    match claimed(claim, condition, &stated, is_c1) {
        Ok((level, text)) => report.add(part, level, text),
        Err(Stop::Wrong(text)) => report.add(part, Level::Rejected, text),
        Err(Stop::Open(text)) => report.add(part, Level::Unchecked, text),
    }
}

fn claimed(
    claim: &Claim,
    condition: &ConditionReport,
    stated: &[Condition],
    is_c1: bool,
) -> Outcome<(Level, &'static str)> {
    if condition.status == Status::Undecided {
        return open("nothing is claimed");
    }
    let Some(Certificate::LinearCoefficients { drift, noise }) = &condition.certificate else {
        return open("the claim comes without a certificate that fits the equation");
    };
    let equation = read(claim)?;
    let matrices = equation.cleared().or_open(LONG)?;
    let minus_lead = equation.lead.negated();
    let quotients = |rows: &[Vec<Fraction>], by: &Fraction| -> Outcome<Vec<Vec<Fraction>>> {
        let row = |row: &Vec<Fraction>| row.iter().map(|f| f.over(by)).collect::<Option<Vec<_>>>();
        rows.iter().map(row).collect::<Option<_>>().or_open(LONG)
    };
    let found = [quotients(&equation.drift, &equation.lead)?, quotients(&equation.second, &minus_lead)?];
    let mut model = Model::of_algebra(claim, equation.algebra);
    for (found, written) in found.iter().zip([drift, noise]) {
        same(&mut model, found, written)?;
    }
    let forgets = !is_c1 && !matches!(claim.pde.time.interval.upper, Bound::Finite(_));
    let criterion = Criterion::new(&matrices, is_c1, forgets).or_open("the blocks of the matrices are too large")?;
    let formula = formula(&mut model, stated).or_open("a condition cannot be read")?;
    let polynomials: Vec<Poly> = criterion.facts.iter().map(|fact| fact.poly.clone()).collect();
    let conditions = formula.iter().flat_map(|f| f.polynomials());
    let region = model.extended(&Region::default(), &polynomials.iter().chain(conditions).collect::<Vec<_>>());
    let region = region.or_open(LONG)?;
    // Roots of parameters would have to be written in other variables.
    if polynomials.iter().any(|p| model.flat(p).as_ref() != Some(p)) {
        return open("roots of parameters in the coefficients");
    }
    let open_text = "the signs of the minors and determinants are not proved";
    if condition.status == Status::Fails {
        return if criterion.fails_in(&region) {
            Ok((Level::Proved, "one of the criteria of Kalman, Routh and Hurwitz, or Sylvester is met nowhere"))
        } else {
            open(open_text)
        };
    }
    let Some(formula) = formula else {
        criterion.holds_in(&region).or_open(open_text)?;
        return Ok((
            Level::Proved,
            "the noise is positive semidefinite; Kalman's rank and the eigenvalues are as claimed",
        ));
    };
    if formula.holds_in(&region).is_some() {
        return wrong("the condition always holds in the declared domains");
    }
    let parts = formula.parts(&region).or_open(LONG)?;
    if parts.is_empty() {
        return wrong("no parameter values satisfy the condition");
    }
    if parts.iter().any(|part| criterion.holds_in(part).is_none()) {
        return open(open_text);
    }
    let elsewhere = formula.negated().parts(&region);
    let exact = elsewhere.is_some_and(|parts| parts.iter().all(|part| criterion.fails_in(part)));
    Ok(if exact {
        (Level::Proved, "if and only if the condition holds the minors and determinants have the signs asked for")
    } else {
        (Level::Sufficient, "where the condition holds the minors and determinants have the signs asked for")
    })
}

/// The kind of problem: an evolution where Σ ⪰ 0 for all parameter values, ill posed where it is so for none.
pub(super) fn problem(claim: &Claim, report: &mut Report) {
    let shown = || -> Option<bool> {
        let equation = read(claim).ok()?;
        let criterion = Criterion::new(&equation.cleared()?, true, false)?;
        let mut model = Model::of_algebra(claim, equation.algebra);
        let polynomials: Vec<&Poly> = criterion.facts.iter().map(|fact| &fact.poly).collect();
        let region = model.extended(&Region::default(), &polynomials)?;
        if polynomials.iter().any(|p| model.flat(p).as_ref() != Some(*p)) {
            return None;
        }
        Some(match claim.problem {
            Problem::Evolution => criterion.holds_in(&region).is_some(),
            Problem::IllPosed => criterion.fails_in(&region),
            Problem::HalfSpace | Problem::Undetermined => false,
        })
    };
    match (shown(), claim.problem) {
        (Some(true), _) => report.add("problem", Level::Proved, "the kind of problem follows from the noise"),
        (_, Problem::HalfSpace) => {
            report.add("problem", Level::Rejected, "an equation of first order in time is no half-space problem");
        }
        _ => report.add("problem", Level::Unchecked, "the kind of problem is not shown"),
    }
}

/// The matrix of the certificate is that of the equation.
fn same(model: &mut Model, found: &[Vec<Fraction>], written: &[Vec<String>]) -> Outcome {
    if written.len() != found.len() || written.iter().any(|row| row.len() != found.len()) {
        return wrong("a matrix of the certificate has another size");
    }
    for (found, text) in found.iter().flatten().zip(written.iter().flatten()) {
        let expr = super::prove::parse(text)?;
        let pde = model.claim.pde;
        let value = Reader::new(&mut model.algebra, pde).scalar(&expr).or_open(LONG)?;
        match model.algebra.same(&value, &found.clone().into()) {
            Some(true) => {}
            Some(false) => return wrong(format!("`{text}` is not the entry of the equation's matrix")),
            None => return open(LONG),
        }
    }
    Ok(())
}

/// ∂p/∂t + ∇·J − R is the equation over the coefficient of φ_t, for p = φ.
pub(super) fn continuity(claim: &Claim, form: &Continuity, report: &mut Report) {
    if !form.verified {
        report.add("continuity", Level::Unchecked, "the form is not claimed to be that of the equation");
        return;
    }
    match is_equation(claim, form) {
        Ok(()) => report.add("continuity", Level::Proved, "dp/dt + div J - R is the equation"),
        Err(Stop::Wrong(text)) => report.add("continuity", Level::Rejected, text),
        Err(Stop::Open(text)) => report.add("continuity", Level::Unchecked, text),
    }
}

fn is_equation(claim: &Claim, form: &Continuity) -> Outcome {
    let node = |kind: ExprKind| Expr::new(kind, Span::new(0, 0));
    let texts = [&form.density, &form.flux, &form.source].map(|t| genphys_pde::parse_expression(t));
    let [Ok(density), Ok(flux), Ok(source)] = texts else { return open("the form is not written in the language") };
    let field = matches!(&density.kind, ExprKind::Symbol(name) if *name == claim.pde.field);
    let declared = claim.pde.density.as_ref().is_none_or(|d| *d == density);
    if !field || !declared {
        return open("the density is not the field");
    }
    let n = size(claim)?;
    let moving = node(ExprKind::TimeDerivative { operand: Box::new(density), order: 1 });
    let divergence = node(ExprKind::Divergence(Box::new(flux)));
    let mut jets = jets(claim, n)?;
    let equation = jets.linear(&[(false, &claim.pde.left), (true, &claim.pde.right)]).or_open(LONG)?;
    let form = jets.linear(&[(false, &moving), (false, &divergence), (true, &source)]).or_open(LONG)?;
    let algebra = jets.into_algebra();
    let mut first = vec![0; n + 1];
    first[0] = 1;
    let find = |list: &[(Vec<u32>, Fraction)], index: &[u32]| {
        list.iter().find(|(i, _)| i == index).map_or_else(Fraction::zero, |(_, c)| c.clone())
    };
    let lead = find(&equation, &first);
    for (index, _) in equation.iter().chain(&form) {
        let expected = find(&form, index).times(&lead).or_open(LONG)?;
        match algebra.same(&find(&equation, index).into(), &expected.into()) {
            Some(true) => {}
            Some(false) => return wrong("dp/dt + div J - R is not the equation"),
            None => return open(LONG),
        }
    }
    Ok(())
}
