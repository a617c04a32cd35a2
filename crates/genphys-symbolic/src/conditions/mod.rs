//! Stage 3: the two conditions of GenPhys, each decided as a formula in the parameters.

pub(crate) mod amplitude;
pub(crate) mod answer;
pub(crate) mod bessel;
pub(crate) mod c1;
pub(crate) mod c2;
pub(crate) mod complex_second_order;
pub(crate) mod even_in_time;
pub(crate) mod factors;
pub(crate) mod higher_order;
pub(crate) mod moving_frame;
pub(crate) mod pure_second_order;
pub(crate) mod rates;
pub(crate) mod rates_certificate;
pub(crate) mod schedule;
pub(crate) mod spherical_means;
pub(crate) mod two_roots;
pub(crate) mod vanishing_lead;
