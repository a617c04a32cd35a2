//! Only the verdict, from Rust: `cargo run --example verdict`.

use genphys_symbolic::{Options, derive};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let source = "pde damped_klein_gordon {
        param eps > 0 = 2
        param m > 0 = 1
        dt(phi, 2) + 2*eps*dt(phi) - lap(phi) + m^2*phi = 0
    }";
    let checked = match genphys_pde::read(source.as_bytes()) {
        Ok(checked) => checked,
        Err(problems) => {
            for problem in &problems {
                eprintln!("{}", genphys_pde::render(problem, "example", source));
            }
            return Err("the equation has errors".into());
        }
    };
    let derivation = derive(&checked.pde, &Options::default())?;
    println!("{}: {:?}", derivation.pde.equation, derivation.verdict);
    for (name, report) in [("C1", &derivation.c1), ("C2", &derivation.c2)] {
        println!("{name} {:?} by {}, if {}", report.status, report.rule, report.conditions.join(" and "));
    }
    Ok(())
}
