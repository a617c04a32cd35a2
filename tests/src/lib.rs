//! End-to-end tests of genphys.
