//! The equations that come with genphys, embedded in the program.

/// A shipped equation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shipped {
    /// Its name, which is the name of its file without the ending.
    pub(crate) name: &'static str,
    /// The text of its file.
    pub(crate) text: &'static str,
}

/// All of them, by name.
pub(crate) const SHIPPED: &[Shipped] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The shipped equation of this name.
pub(crate) fn find(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|shipped| shipped.name == name)
}

/// Their names.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|shipped| shipped.name)
}
