// Items with the names of parameters and of variables, and conditions on what is derived.
#![deny(warnings)]

extern crate self as genphys;
#[path = "../support/genphys.rs"]
mod facade;
pub use facade::*;

pub const D: f64 = 7.0;
#[allow(non_upper_case_globals)]
pub const m: f64 = 7.0;
#[allow(non_upper_case_globals, dead_code)]
static kernel: f64 = 7.0;

#[genphys_pde("pdes/yukawa.pde")]
#[cfg_attr(all(), derive(Clone))]
#[cfg_attr(any(), derive(Debug), cfg_attr(all(), derive(PartialEq)))]
pub struct Yukawa {
    pub m: f64,
}

fn main() -> Result<(), ParamError> {
    let model = Yukawa::new(1.5)?;
    assert_eq!(model.params(), [("m", 1.5)]);
    assert_eq!(model.clone(), model);
    assert!(format!("{model:?}").starts_with("Yukawa { m: 1.5"));
    assert_eq!((D, m), (7.0, 7.0));
    Ok(())
}
