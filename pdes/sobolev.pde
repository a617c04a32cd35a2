# The Sobolev or Barenblatt equation.
# Source: Barenblatt, Zheltov, Kochina, Basic concepts in the theory of seepage of homogeneous liquids in fissured rocks (1960).
# Physics: seepage in fissured rock; short waves decay at the bounded rate 1/a, so that a share of the data never moves.
# Group: levy
# Expected: s-generative: lambda/(1 + a*lambda) is a Bernstein function; its law of displacements has an atom at 0.
pde sobolev "Sobolev (pseudo-parabolic) equation" {
    param a > 0 = 1  # square of the length below which nothing is smoothed

    dt(phi) - a*dt(lap(phi)) = lap(phi)
}
