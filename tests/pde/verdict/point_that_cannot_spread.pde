# psi = -i (a + 1) k/(1 + k^2): |p-hat| = 1 for every k.
#! verdict = not-s-generative
#! c1 = fails single-point
pde benjamin_bona_mahony {
    param a > 0 = 1
    dt(phi) - dt(lap(phi)) = (a + 1)*dx(phi)
}
