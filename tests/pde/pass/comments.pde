#!/usr/bin/env genphys
# one

# two
pde comments { # behind the brace
    # before D

    # still before D
    param D > 0   # behind D
    param E > 0
    # before the equation

    dt(phi) =  # inside the equation
        D*lap(phi) + E*phi   # behind the equation
    # before the end
} # behind the end
# last
