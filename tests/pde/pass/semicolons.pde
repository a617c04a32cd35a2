pde heat "Heat; in one line" { param D >= 0.5 = 2.50; dim 1..3; dt(phi) = D*lap(phi); } # done
