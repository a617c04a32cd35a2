//! Numbers as files hold them, in no more bytes than they need, and how they become points.

use super::normalisation::Normalisation;

/// Values in the order (point, channel, row, column).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    U8(Vec<u8>),
    U16(Vec<u16>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// The same expression for every kind of number.
macro_rules! for_each_kind {
    ($raw:expr, $values:ident => $what:expr) => {
        match $raw {
            Raw::U8($values) => $what,
            Raw::U16($values) => $what,
            Raw::F32($values) => $what,
            Raw::F64($values) => $what,
        }
    };
}

impl Raw {
    pub(crate) fn len(&self) -> usize {
        for_each_kind!(self, values => values.len())
    }

    pub(crate) fn at(&self, index: usize) -> f64 {
        match self {
            Self::U8(values) => f64::from(values[index]),
            Self::U16(values) => f64::from(values[index]),
            Self::F32(values) => f64::from(values[index]),
            Self::F64(values) => values[index],
        }
    }

    /// Every value with its index.
    pub(crate) fn each(&self, mut what: impl FnMut(usize, f64)) {
        match self {
            Self::U8(values) => values.iter().enumerate().for_each(|(i, x)| what(i, f64::from(*x))),
            Self::U16(values) => values.iter().enumerate().for_each(|(i, x)| what(i, f64::from(*x))),
            Self::F32(values) => values.iter().enumerate().for_each(|(i, x)| what(i, f64::from(*x))),
            Self::F64(values) => values.iter().enumerate().for_each(|(i, x)| what(i, *x)),
        }
    }

    /// All values in `f64`.
    pub(crate) fn into_f64(self) -> Vec<f64> {
        match self {
            Self::F64(values) => values,
            other => (0..other.len()).map(|index| other.at(index)).collect(),
        }
    }

    /// Index of the first value that is NaN or infinite.
    pub(crate) fn not_finite(&self) -> Option<usize> {
        match self {
            Self::U8(_) | Self::U16(_) => None,
            Self::F32(values) => values.iter().position(|value| !value.is_finite()),
            Self::F64(values) => values.iter().position(|value| !value.is_finite()),
        }
    }

    /// Smallest and largest value.
    pub(crate) fn range(&self) -> (f64, f64) {
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        self.each(|_, value| range = (range.0.min(value), range.1.max(value)));
        range
    }

    /// Normalised values. The offset goes in `f64`, before anything is `f32`.
    pub(crate) fn normalised(&self, normalisation: &Normalisation) -> Vec<f32> {
        let mut points = Vec::with_capacity(self.len());
        self.each(|index, value| points.push(normalisation.of(index, value) as f32));
        points
    }

    /// Fortran order, first index fastest, to C order, last index fastest.
    #[must_use]
    pub(crate) fn in_c_order(self, dims: &[u64]) -> Self {
        match self {
            Self::U8(values) => Self::U8(c_order(&values, dims)),
            Self::U16(values) => Self::U16(c_order(&values, dims)),
            Self::F32(values) => Self::F32(c_order(&values, dims)),
            Self::F64(values) => Self::F64(c_order(&values, dims)),
        }
    }

    /// Keeps the points of `dim` values each that are to be kept.
    pub(crate) fn keep(&mut self, dim: usize, kept: &[bool]) {
        for_each_kind!(self, values => {
            let mut end = 0;
            for point in kept.iter().enumerate().filter_map(|(point, kept)| kept.then_some(point)) {
                values.copy_within(point * dim..(point + 1) * dim, end);
                end += dim;
            }
            values.truncate(end);
        });
    }

    /// Images of `dim` values each, from (row, column, channel) to (channel, row, column).
    pub(crate) fn channels_first(&mut self, dim: usize, channels: usize) {
        for_each_kind!(self, values => channels_first(values, dim, channels));
    }
}

fn c_order<T: Copy>(values: &[T], dims: &[u64]) -> Vec<T> {
    let mut strides = vec![1usize; dims.len()];
    for axis in 1..dims.len() {
        strides[axis] = strides[axis - 1] * dims[axis - 1] as usize;
    }
    let source = |index: usize| {
        let mut rest = index;
        let mut position = 0;
        for (axis, dim) in dims.iter().enumerate().rev() {
            position += rest % *dim as usize * strides[axis];
            rest /= *dim as usize;
        }
        position
    };
    (0..values.len()).map(|index| values[source(index)]).collect()
}

fn channels_first<T: Copy>(values: &mut [T], dim: usize, channels: usize) {
    if channels < 2 || dim == 0 {
        return;
    }
    let mut image = Vec::with_capacity(dim);
    for place in values.chunks_exact_mut(dim) {
        image.clear();
        image.extend_from_slice(place);
        let planes = (0..channels).flat_map(|channel| image.iter().skip(channel).step_by(channels));
        place.iter_mut().zip(planes).for_each(|(to, from)| *to = *from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_of_axes() {
        let raw = Raw::U8((0..6).collect()).in_c_order(&[3, 2]);
        assert_eq!(raw, Raw::U8(vec![0, 3, 1, 4, 2, 5]));
        let mut raw = Raw::U16((0..12).collect());
        raw.channels_first(6, 3);
        assert_eq!(raw, Raw::U16(vec![0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]));
        raw.keep(4, &[false, true, true]);
        assert_eq!(raw, Raw::U16(vec![2, 5, 6, 9, 7, 10, 8, 11]));
    }
}
