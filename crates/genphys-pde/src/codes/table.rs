//! The table of codes: one entry each.

use super::Entry;

macro_rules! codes {
    ($($variant:ident, $id:literal, $title:literal, $explanation:literal, $wrong:expr, $right:expr;)*) => {
        /// A stable code; see [`crate::codes`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = concat!("`", $id, "`: ", $title, ".")] $variant,)*
        }

        impl Code {
            /// All codes with their entries.
            pub(super) const TABLE: &'static [(Self, Entry)] = &[
                $((Self::$variant, Entry { id: $id, title: $title, explanation: $explanation, wrong: $wrong, right: $right }),)*
            ];

            /// What is known about it.
            pub fn entry(self) -> &'static Entry {
                &Self::TABLE[self as usize].1
            }
        }
    };
}

codes! {
    SourceTooLarge, "P001", "file too large",
        "A .pde file may have at most 1 MiB. One file holds one equation, so a larger one is most likely another \
         file.",
        None,
        None;

    InvalidUtf8, "P002", "not UTF-8",
        "The file is not UTF-8 text. Save it as UTF-8 in your editor. Plain ASCII is always UTF-8.",
        None,
        None;

    NulByte, "P003", "NUL byte in the file",
        "A .pde file is plain text and has no NUL bytes. Files that have some are binary, damaged, or in UTF-16.",
        Some("pde example { dt(phi) = \0lap(phi) }"),
        Some("pde example { dt(phi) = lap(phi) }");

    UnexpectedCharacter, "P010", "unexpected character",
        "This character has no meaning in the language. Identifiers have letters, digits and `_`; Greek letters \
         and the usual signs of vector calculus are accepted and mean their ASCII names. Titles and comments have any \
         characters but those that cannot be seen or that turn the order of others, such as U+200B and U+202E: a text \
         with them does not say what it seems to.",
        Some("pde example { dt(phi) = lap(phi) @ 2 }"),
        Some("pde example { dt(phi) = lap(phi)*2 }");

    UnterminatedTitle, "P011", "title without closing quote",
        "A title stands in double quotes on one line. Write `\\\"` for a quote inside it.",
        Some("pde example \"Heat { dt(phi) = lap(phi) }"),
        Some("pde example \"Heat\" { dt(phi) = lap(phi) }");

    MalformedNumber, "P012", "malformed number",
        "A decimal point has digits on both sides: `0.5` and `2.0`, not `.5` and `2.`.",
        Some("pde example { dt(phi) = .5*lap(phi) }"),
        Some("pde example { dt(phi) = 0.5*lap(phi) }");

    NumberOutOfRange, "P013", "number out of range",
        "Numbers are exact decimals of at most 100 significant digits between 1e-300 and 1e300 in size.",
        Some("pde example { dt(phi) = 1e400*lap(phi) }"),
        Some("pde example { dt(phi) = 1e4*lap(phi) }");

    ForeignOperator, "P014", "operator of another language",
        "Powers are written `^`, not `**`; the equals sign of the equation is `=`, not `==`; not equal is `!=`.",
        Some("pde example { dt(phi) = lap(phi) - 2**3*phi }"),
        Some("pde example { dt(phi) = lap(phi) - 2^3*phi }");

    UnexpectedToken, "P020", "syntax error",
        "Something else was expected here. The message says what was expected and what was found.",
        Some("pde example { dt(phi) = lap(phi) + }"),
        Some("pde example { dt(phi) = lap(phi) }");

    UnclosedBracket, "P021", "bracket not closed",
        "A parenthesis, bracket or brace is opened and not closed. An expression goes on over line ends while a \
         parenthesis is open.",
        Some("pde example { dt(phi) = lap(phi }"),
        Some("pde example { dt(phi) = lap(phi) }");

    NoEquation, "P022", "no equation",
        "A file holds exactly one equation, `left = right`, after its declarations.",
        Some("pde example { param D > 0 }"),
        Some("pde example { param D > 0; dt(phi) = D*lap(phi) }");

    SeveralEquations, "P023", "more than one equation",
        "A file holds one equation for one field. Systems of equations are not part of the language.",
        Some("pde example { dt(phi) = lap(phi); dt(phi, 2) = lap(phi) }"),
        Some("pde example { dt(phi) = lap(phi) }");

    ItemAfterEquation, "P024", "declaration after the equation",
        "The equation comes last; declarations stand before it.",
        Some("pde example { dt(phi) = D*lap(phi); param D > 0 }"),
        Some("pde example { param D > 0; dt(phi) = D*lap(phi) }");

    ImplicitMultiplication, "P025", "missing multiplication sign",
        "A product is written with `*` (or `·`, `×`): `2*phi`, `m^2*phi`, `D*(a + b)`. Only in the notation of papers may two \
         things stand side by side (W007), where that has one meaning: `1/2λ` and `a(t)` have two.",
        Some("pde example { dt(phi) = 2 lap(phi) }"),
        Some("pde example { dt(phi) = 2*lap(phi) }");

    LeadingOperator, "P026", "line starts with an operator",
        "An expression ends at the end of its line unless a parenthesis is open or the line ends with an \
         operator. Put the operator at the end of the line before, or put parentheses around the expression. Only \
         `=` may start a line.",
        Some("pde example {\n    dt(phi) = lap(phi)\n        - phi\n}"),
        Some("pde example {\n    dt(phi) = lap(phi) -\n        phi\n}");

    NoHeader, "P027", "no `pde NAME {` at the start",
        "A file starts with `pde`, the name of the equation, perhaps a title in quotes, and an opening brace.",
        Some("dt(phi) = lap(phi)"),
        Some("pde example { dt(phi) = lap(phi) }");

    TrailingText, "P028", "text after the closing brace",
        "A file holds one equation. Only comments may stand after its closing brace.",
        Some("pde example { dt(phi) = lap(phi) } lap"),
        Some("pde example { dt(phi) = lap(phi) }");

    UnknownName, "P030", "unknown name",
        "The name is not the field, the time, a declared parameter or an abbreviation. Declare parameters with \
         `param`, name the field with `field` if it is not called phi.",
        Some("pde example { dt(phi) = D*lap(phi) }"),
        Some("pde example { param D > 0; dt(phi) = D*lap(phi) }");

    UnknownFunction, "P031", "unknown function",
        "The functions are dt, caputo, dx, d, grad, div, lap, fraclap, fourier, dot, aniso, sqrt, exp, log, sin and cos; tan, \
         sinh, cosh, tanh, coth, sech and csch are written out with these. A name in front of a parenthesis is always a function; for a product write `name*(…)`.",
        Some("pde example { dt(phi) = laplace(phi) }"),
        Some("pde example { dt(phi) = lap(phi) }");

    DuplicateName, "P032", "name declared twice",
        "Parameters, abbreviations, the field and the time all have different names.",
        Some("pde example { param D > 0; param D > 1; dt(phi) = D*lap(phi) }"),
        Some("pde example { param D > 0; dt(phi) = D*lap(phi) }");

    ReservedName, "P033", "reserved name",
        "The name has a meaning in the language and cannot be declared: keywords, functions, `x`, `x1`, `x2`, …, \
         `k` (the wave number), `omega` (the frequency, in reports), `I`, `pi`, `inf`, derivatives of the \
         field such as `phi_t`, and `k1`, `k2`, … (components of the wave vector) beside named coordinates.",
        Some("pde example { param k > 0; dt(phi) = k*lap(phi) }"),
        Some("pde example { param kappa > 0; dt(phi) = kappa*lap(phi) }");

    RepeatedItem, "P034", "declared twice",
        "`field`, `dim`, `time` and `density` may each stand once.",
        Some("pde example { dim 1; dim 2; dt(phi) = lap(phi) }"),
        Some("pde example { dim 1..2; dt(phi) = lap(phi) }");

    UsedBeforeDefinition, "P035", "abbreviation used before its definition",
        "An abbreviation may use parameters and the abbreviations above it, but not itself or those below.",
        Some("pde example { let a = 2*b; let b = 3; dt(phi) = a*lap(phi) }"),
        Some("pde example { let b = 3; let a = 2*b; dt(phi) = a*lap(phi) }");

    FunctionWithoutArgument, "P036", "function without its argument",
        "A function needs its argument in parentheses: `lap(phi)`, not `lap phi`.",
        Some("pde example { dt(phi) = lap phi }"),
        Some("pde example { dt(phi) = lap(phi) }");

    CoordinateAsValue, "P037", "coordinate beyond a linear coefficient",
        "Beside naming the direction of a derivative, a coordinate x1, x2, … is a coefficient of first derivatives, to \
         the first power, in an equation of first order in time that is linear in the field: `x2*d(phi, x1)`, \
         `d(x1*phi, x1)`, `div([x2, -x1]*phi)`. It stands in no power, function or divisor, before no second derivative, \
         and not beside `fraclap` and `fourier`.",
        Some("pde example { dt(phi) = lap(phi) + d(x1^2*phi, x1) }"),
        Some("pde example { dt(phi) = lap(phi) + d(x1*phi, x1) }");

    WaveNumberOutside, "P038", "`k` outside fourier",
        "`k` is the length of the wave vector and has a meaning only in the first argument of `fourier`.",
        Some("pde example { dt(phi) = -k^2*phi }"),
        Some("pde example { dt(phi) = fourier(-k^2, phi) }");

    ArgumentCount, "P040", "wrong number of arguments",
        "The function takes another number of arguments. The message says which.",
        Some("pde example { dt(phi) = div(grad(phi), 2) }"),
        Some("pde example { dt(phi) = div(grad(phi)) }");

    OrderNotWhole, "P041", "order is not a whole number",
        "The order of a derivative, and the power of `lap`, is a whole number from 1 to 16, written out. For a \
         fractional power of the Laplacian use `fraclap(phi, a)`.",
        Some("pde example { dt(phi) = lap(phi, 1.5) }"),
        Some("pde example { dt(phi) = -fraclap(phi, 1.5) }");

    OrderTooHigh, "P042", "order above 16",
        "Derivatives and powers of the Laplacian go up to order 16.",
        Some("pde example { dt(phi, 17) = lap(phi) }"),
        Some("pde example { dt(phi, 16) = lap(phi) }");

    CoordinateExpected, "P043", "not a coordinate",
        "Coordinates are x1, x2, …; in the second argument of `d` also x, y and z for the first three.",
        Some("pde example { dt(phi) = d(phi, r, 2) }"),
        Some("pde example { dt(phi) = d(phi, x2, 2) }");

    DerivativeNotation, "P044", "derivative sign not understood",
        "Understood are `∂t φ`, `∂²t φ`, `∂φ/∂t`, `∂²φ/∂t²`, `∂²φ/∂x∂y` (with x, y, z, x1, x2, …), `dφ/dt`, `∇φ`, `∇·(…)`, \
         `∇²φ`, `Δφ`, `(−Δ)^(a/2) φ`, and these in LaTeX. The orders above and below must agree. An operator acts on what \
         stands behind it, so that something must; functions of the Laplacian are written with `fourier`.",
        Some("pde example { ∂²φ/∂t = ∇²φ }"),
        Some("pde example { ∂²φ/∂t² = ∇²φ }");

    ExponentTooLarge, "P045", "exponent above 64",
        "A constant exponent lies between -64 and 64; the exponents of nested powers are multiplied.",
        Some("pde example { param m > 0; dt(phi) = lap(phi) - m^65*phi }"),
        Some("pde example { param m > 0; dt(phi) = lap(phi) - m^64*phi }");

    FractionalExponent, "P046", "wrong exponent of fraclap",
        "The exponent a of `fraclap(f, a)` is built from numbers and parameters; if it is a number, 0 < a and a \
         is at most 64. `fraclap(f, a)` is (−∇²)^{a/2} f, so that `fraclap(phi, 2)` is `-lap(phi)`.",
        Some("pde example { dt(phi) = -fraclap(phi, 0) }"),
        Some("pde example { dt(phi) = -fraclap(phi, 1) }");

    FourierSymbol, "P047", "wrong symbol of fourier",
        "The first argument of `fourier(g, f)` is built from `k`, parameters, numbers and scalar functions. The \
         field, the time, the position and derivatives cannot stand in it.",
        Some("pde example { dt(phi) = fourier(-t*k^2, phi) }"),
        Some("pde example { dt(phi) = fourier(-k^2, phi) }");

    WrongMatrix, "P048", "wrong matrix of aniso",
        "The first argument of `aniso` is a square matrix, row by row, `[[2, 0], [0, 1]]`, of constants: numbers \
         and parameters.",
        Some("pde example { dt(phi) = aniso([[2, 0], [0]], phi) }"),
        Some("pde example { dt(phi) = aniso([[2, 0], [0, 1]], phi) }");

    DerivativeOfConstant, "P049", "derivative of something without the field",
        "A derivative acts on the field. The derivative of a coefficient is zero or is to be written out by hand.",
        Some("pde example { param D > 0; dt(phi) = lap(phi) + dx(D)*phi }"),
        Some("pde example { param D > 0; dt(phi) = lap(phi) + D*dx(phi) }");

    CaputoOrder, "P055", "wrong order of Caputo's derivative",
        "`dt(f, b)`, or `caputo(f, b)`, is Caputo's derivative, of an order b between 0 and 2 that is no whole number: a \
         number, a quotient of whole numbers, or a parameter whose domain says so.",
        Some("pde example { dt(phi, 2.5) = lap(phi) }"),
        Some("pde example { dt(phi, 0.5) = lap(phi) }");

    BesideMemory, "P056", "beside Caputo's derivative",
        "Caputo's derivative remembers all that has been since t = 0. It is the only derivative in the time, of one order, in \
         a linear equation with constant coefficients whose time starts at 0.",
        Some("pde example { dt(phi) + dt(phi, 0.5) = lap(phi) }"),
        Some("pde example { dt(phi, 0.5) = lap(phi) }");

    VectorForScalar, "P060", "vector where a scalar belongs",
        "The gradient, `x` and `[…]` are vectors; sums of a scalar and a vector, products of two vectors, and \
         functions of a vector have no meaning. Use `div`, `dot` or `lap` to get a scalar.",
        Some("pde example { dt(phi) = grad(phi) }"),
        Some("pde example { dt(phi) = div(grad(phi)) }");

    ScalarForVector, "P061", "scalar where a vector belongs",
        "`div` and both sides of `dot` take vectors: a gradient, `x`, a literal such as `[1, 0.5]`, or one of \
         these times a scalar.",
        Some("pde example { dt(phi) = div(phi) }"),
        Some("pde example { dt(phi) = div(x*phi) }");

    LengthMismatch, "P062", "lengths do not agree",
        "Vectors, matrices and coordinates of one equation live in the same number of dimensions.",
        Some("pde example { dt(phi) = dot([1, 2], [1, 2, 3])*lap(phi) }"),
        Some("pde example { dt(phi) = dot([1, 2], [1, 3])*lap(phi) }");

    DimensionMismatch, "P063", "does not fit the declared dimension",
        "A coordinate, vector or matrix needs more, or another number of, dimensions than `dim` allows.",
        Some("pde example { dim 1; dt(phi) = d(phi, x2, 2) }"),
        Some("pde example { dim 2; dt(phi) = d(phi, x2, 2) }");

    NoField, "P070", "the field does not occur",
        "The equation says nothing about the field. The field is called phi unless `field NAME` says otherwise.",
        Some("pde example { param u > 0; dt(u) = u }"),
        Some("pde example { field u; dt(u) = lap(u) }");

    NoTimeDerivative, "P071", "no time derivative",
        "The equation has no derivative in time, so nothing evolves. Write `dt(phi)` or `dt(phi, 2)`.",
        Some("pde example { lap(phi) = phi }"),
        Some("pde example { dt(phi, 2) + lap(phi) = phi }");

    EmptyDomain, "P072", "empty domain",
        "No number lies in this interval: its lower end comes first, infinite ends are open.",
        Some("pde example { param D in (2, 1); dt(phi) = D*lap(phi) }"),
        Some("pde example { param D in (1, 2); dt(phi) = D*lap(phi) }");

    DefaultOutsideDomain, "P073", "default outside its domain",
        "The default value of a parameter must lie in its declared domain.",
        Some("pde example { param D > 0 = -1; dt(phi) = D*lap(phi) }"),
        Some("pde example { param D > 0 = 1; dt(phi) = D*lap(phi) }");

    ComplexOrdered, "P074", "order on a complex parameter",
        "Complex numbers have no order: a complex parameter takes no domain, or `!= NUMBER`.",
        Some("pde example { param complex c > 0; dt(phi) = c*lap(phi) }"),
        Some("pde example { param complex c != 0; dt(phi) = c*lap(phi) }");

    WrongDimension, "P075", "wrong dimension",
        "`dim` takes `any`, a whole number from 1, or a range such as `1..3` or `2..`.",
        Some("pde example { dim 3..1; dt(phi) = lap(phi) }"),
        Some("pde example { dim 1..3; dt(phi) = lap(phi) }");

    DivisionByZero, "P076", "division by zero",
        "This divisor is zero, whatever the parameters are.",
        Some("pde example { dt(phi) = lap(phi)/(1 - 1) }"),
        Some("pde example { dt(phi) = lap(phi)/2 }");

    UndefinedConstant, "P077", "constant without a value",
        "This constant has no finite value, such as `log(0)`.",
        Some("pde example { dt(phi) = log(0)*lap(phi) }"),
        Some("pde example { dt(phi) = log(2)*lap(phi) }");

    NestingTooDeep, "P080", "nested too deeply",
        "Parentheses, calls, minus signs and powers may be nested 200 deep. Name parts of the expression with \
         `let`.",
        None,
        None;

    TooManyParameters, "P081", "more than 64 parameters",
        "An equation may have at most 64 parameters.",
        None,
        None;

    ExpressionTooLarge, "P082", "expression too large",
        "A sum or product may have at most 500 terms, nesting included, and all expressions together 50,000 \
         parts.",
        None,
        None;

    AbbreviationTooLarge, "P083", "abbreviations expand to too much",
        "Abbreviations are put in where they are used. Chains that double each time, such as `let b = a*a`, `let \
         c = b*b`, …, grow without bound; together they may expand to 50,000 parts.",
        None,
        None;

    TooManyProblems, "P084", "too many problems",
        "Only the first 100 problems of a file are shown.",
        None,
        None;

    UnusedParameter, "W001", "unused parameter",
        "The parameter is declared and has no effect on the equation.",
        Some("pde example { param D > 0; dt(phi) = lap(phi) }"),
        Some("pde example { param D > 0; dt(phi) = D*lap(phi) }");

    UnusedAbbreviation, "W002", "unused abbreviation",
        "The abbreviation is defined and not used.",
        Some("pde example { let a = 2; dt(phi) = lap(phi) }"),
        Some("pde example { let a = 2; dt(phi) = a*lap(phi) }");

    NonlinearTerm, "W003", "term is not linear in the field",
        "The theory of s-generative equations is about equations that are linear in the field. This one is \
         linearised about its uniform states: dispersion and C2 are those of small waves, the continuity form is \
         exact, and the verdict is never better than conditional.",
        Some("pde example { dt(phi) = lap(phi) - phi^3 }"),
        Some("pde example { dt(phi) = lap(phi) - phi }");

    TermWithoutField, "W004", "term without the field",
        "A term without the field is a source of its own: the equation is then not linear but affine in the \
         field, and plane waves do not solve it.",
        Some("pde example { dt(phi) = lap(phi) + 1 }"),
        Some("pde example { dt(phi) = lap(phi) }");

    ImpliedField, "W005", "field not declared",
        "No line declares the field, and `phi` does not occur; the one name that a derivative in the time is taken of is \
         read as the field. Write `field NAME` to say so. `genphys fmt` writes that line.",
        Some("pde example { u_t = u_xx }"),
        Some("pde example { field u; u_t = u_xx }");

    ConfusableNames, "W006", "names that look alike",
        "Two names of the file look alike in many fonts, such as `v` and `ν` or `l1` and `I1`. They are read as different \
         names, which a reader may not see. Rename one of them.",
        Some("pde example { param l1 > 0; param I1 > 0; dt(phi) = l1*lap(phi) - I1*phi }"),
        Some("pde example { param a1 > 0; param b1 > 0; dt(phi) = a1*lap(phi) - b1*phi }");

    TakenAs, "W007", "notation of papers",
        "Papers leave signs out and let the reader guess. Where there is only one sensible reading it is taken, and this says \
         which; `genphys fmt` writes it out. Where there are several, as in `1/2\\lambda` or `a(t)`, it is an error.",
        Some("pde example { param D > 0; \\partial_t \\phi = D \\nabla^2 \\phi }"),
        Some("pde example { param D > 0; dt(phi) = D*lap(phi) }");

    FailsC1, "E001", "condition C1 fails",
        "Condition C1 (GenPhys, arXiv 2304.02637): the equation can be written as a density flow, and its density \
         is never negative, whatever data it starts from. This equation has a density that becomes negative, or \
         none at all; the witness says where.",
        None,
        None;

    FailsC2, "E002", "condition C2 fails",
        "Condition C2 (GenPhys, arXiv 2304.02637): the process smooths, Im omega(k) < Im omega(0) for all |k| > \
         0. Here some wave does not decay faster than the uniform state, so the data are never forgotten; the \
         witness has its k.",
        None,
        None;

    ConditionalVerdict, "E003", "s-generative under conditions",
        "The conditions C1 and C2 hold for some parameter values or dimensions in the declared domains and fail \
         for others. Narrow the domain in the file, or fix a value with `--set` or `--dim`.",
        None,
        None;

    UndecidedVerdict, "E004", "not decided",
        "No rule of the engine decides this equation. The report lists what was tried. Undecided is neither yes \
         nor no.",
        None,
        None;

    NoKernel, "E005", "no known point-source kernel",
        "The equation has no kernel of a known family, so no sampler and no model can be made from it.",
        None,
        None;

    StaleDerivation, "E006", "derivation is out of date",
        "The derivation file was made from another text of the equation. Run `genphys derive` again.",
        None,
        None;

    EngineUnavailable, "E007", "the engine could not run",
        "The symbolic engine did not start or did not finish. The message has its reason.",
        None,
        None;

    FileError, "E008", "file cannot be read or written",
        "The system refused to read or write the file. The message names it and has the system's reason.",
        None,
        None;

    UnknownParameter, "E009", "no such parameter",
        "A value was given for a parameter that the equation does not declare.",
        None,
        None;

    ValueOutsideDomain, "E010", "value outside the domain",
        "The value given for a parameter does not lie in its declared domain.",
        None,
        None;

    DimensionNotCovered, "E011", "dimension not covered",
        "The equation is not meant for this number of space dimensions; see its `dim`.",
        None,
        None;
}
