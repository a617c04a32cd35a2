//! What the checker knows about an expression.

/// Scalar or vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar,
    Vector,
    /// Not known because of an error that is already reported; fits everywhere.
    Any,
}

/// How the field occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldUse {
    /// The number zero.
    Zero,
    /// Not at all.
    Free,
    /// Linearly; perhaps with terms beside it that have no field.
    Linear,
    /// In another way.
    Nonlinear,
    /// Not known because of an error that is already reported.
    Unknown,
}

impl FieldUse {
    pub(super) fn has_field(self) -> bool {
        matches!(self, Self::Linear | Self::Nonlinear)
    }

    /// Whether the field is known not to occur.
    pub(super) fn is_free(self) -> bool {
        matches!(self, Self::Zero | Self::Free)
    }

    pub(super) fn sum(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Nonlinear, _) | (_, Self::Nonlinear) => Self::Nonlinear,
            (Self::Linear, _) | (_, Self::Linear) => Self::Linear,
            (Self::Zero, Self::Zero) => Self::Zero,
            _ => Self::Free,
        }
    }

    pub(super) fn product(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Zero, _) | (_, Self::Zero) => Self::Zero,
            (Self::Nonlinear, _) | (_, Self::Nonlinear) | (Self::Linear, Self::Linear) => Self::Nonlinear,
            (Self::Linear, _) | (_, Self::Linear) => Self::Linear,
            (Self::Free, Self::Free) => Self::Free,
        }
    }

    /// Of a function or power, or of what is divided by.
    pub(super) fn nonlinear(self) -> Self {
        match self {
            Self::Linear => Self::Nonlinear,
            Self::Zero => Self::Free,
            other => other,
        }
    }
}

/// Facts about one expression, abbreviations expanded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) shape: Shape,
    pub(super) field: FieldUse,
    /// The time occurs as a value.
    pub(super) time: bool,
    /// The position vector occurs.
    pub(super) position: bool,
    /// The wave number `k` occurs outside `fourier`.
    pub(super) wave_number: bool,
    /// A derivative or another operator on the field occurs.
    pub(super) operator: bool,
    /// A derivative in time occurs.
    pub(super) time_derivative: bool,
    /// Built from numbers alone, so that it has a value.
    pub(super) constant: bool,
    /// Largest product of nested constant exponents, at least 1.
    pub(super) power: f64,
    /// Nodes of the tree.
    pub(super) nodes: usize,
    /// Height of the tree.
    pub(super) height: usize,
}

impl Facts {
    /// A scalar constant in one node.
    pub(super) fn leaf() -> Self {
        Self {
            shape: Shape::Scalar,
            field: FieldUse::Free,
            time: false,
            position: false,
            wave_number: false,
            operator: false,
            time_derivative: false,
            constant: true,
            power: 1.0,
            nodes: 1,
            height: 1,
        }
    }

    /// What is not known after an error.
    pub(super) fn unknown() -> Self {
        Self { shape: Shape::Any, field: FieldUse::Unknown, constant: false, ..Self::leaf() }
    }

    /// Both together under one node; shape and field are those of a sum.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            shape: self.shape,
            field: self.field.sum(other.field),
            time: self.time || other.time,
            position: self.position || other.position,
            wave_number: self.wave_number || other.wave_number,
            operator: self.operator || other.operator,
            time_derivative: self.time_derivative || other.time_derivative,
            constant: self.constant && other.constant,
            power: self.power.max(other.power),
            nodes: self.nodes + other.nodes,
            height: self.height.max(other.height),
        }
    }

    /// The same under one more node.
    pub(super) fn above(self) -> Self {
        Self { nodes: self.nodes + 1, height: self.height + 1, ..self }
    }
}
