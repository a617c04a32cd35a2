//! Re-checks the verdicts of genphys from their certificates, without the symbolic engine.
