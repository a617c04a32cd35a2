# Straight lines from data to noise: x = (1 - t) y + t xi.
# Source: Lipman et al., Flow Matching for Generative Modeling, arXiv 2210.02747; Liu, Gong, Liu, Rectified Flow, arXiv 2209.03003.
# Physics: drift that brings everything to 0 at t = 1, and noise that makes up for it.
# Group: schedules
# Expected: s-generative: in coordinates that move with the drift the noise grows without bound towards t = 1.
pde flow_matching "Flow matching with a Gaussian source" {
    time t in (0, 1)

    dt(phi) = div(x*phi)/(1 - t) + t/(1 - t)*lap(phi)
}
