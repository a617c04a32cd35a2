"""PyTorch's side of the benchmark `speed`: the same work as the Rust side, timed on demand.

Reads one task per line from standard input, such as `train-mlp compile` or `field-64 gauss`, runs it for about a second and answers
with the seconds of one call. `threads` is the only argument. Needs Python 3.11 with torch; the Rust side starts it.
"""
import math, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.set_flush_denormal(True)
torch.manual_seed(0)
gen = torch.Generator().manual_seed(0)
SIGMA_DATA, BATCH, POINTS = 0.5, 4096, 10_000
CONFIG = dict(fullgraph=False, dynamic=False)


def eight_gaussians(n):
    a = torch.randint(0, 8, (n,), generator=gen).float() * (math.pi / 4)
    x = (4 * torch.stack([a.cos(), a.sin()], 1) + 0.5 * torch.randn(n, 2, generator=gen)) / 1.414
    return x * (SIGMA_DATA / (math.sqrt(8.25) / 1.414))


def draw_sigma(n):
    return (torch.randn(n, generator=gen) * 1.2 - 1.2).exp()


class Mlp(nn.Module):
    """Residual MLP of 280,834 parameters: 2 + 64 values in, four residual layers of width 256."""

    def __init__(self, hidden=256, layers=4, emb=64):
        super().__init__()
        self.register_buffer("w", 32.0 ** (torch.arange(emb // 2).float() / (emb // 2 - 1)))
        self.inp = nn.Linear(2 + emb, hidden)
        self.hid = nn.ModuleList(nn.Linear(hidden, hidden) for _ in range(layers))
        self.out = nn.Linear(hidden, 2)

    def forward(self, x, level):
        a = level[:, None] * self.w
        h = self.inp(torch.cat([x, a.cos(), a.sin()], 1))
        for layer in self.hid:
            h = h + layer(F.silu(h))
        return self.out(F.silu(h))


class Denoiser(nn.Module):
    """EDM preconditioning (Karras et al., arXiv 2206.00364, table 1)."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x, s):
        s = s[:, None]
        v = s * s + SIGMA_DATA**2
        return SIGMA_DATA**2 / v * x + s * SIGMA_DATA * v.rsqrt() * self.net(v.rsqrt() * x, s[:, 0].log() / 4)


def loss(den, y, s, noise):
    weight = (s * s + SIGMA_DATA**2) / (s * SIGMA_DATA) ** 2
    return (weight * (den(y + noise, s) - y).square().sum(1)).mean()


def train_mlp(mode):
    den = Denoiser(Mlp())
    opt = torch.optim.Adam(den.parameters(), lr=1e-3, fused=True)
    parameters = list(den.parameters())
    average = [p.detach().clone() for p in parameters]
    f = torch.compile(loss, **CONFIG) if mode == "compile" else loss

    def step():
        y, s = eight_gaussians(BATCH), draw_sigma(BATCH)
        noise = torch.randn(BATCH, 2, generator=gen) * s[:, None]
        opt.zero_grad(set_to_none=True)
        f(den, y, s, noise).backward()
        opt.step()
        torch._foreach_lerp_(average, [p.detach() for p in parameters], 1e-3)

    return step


def grid(n=18, low=0.002, high=80.0, rho=7.0):
    i = torch.arange(n, dtype=torch.float64)
    t = (high ** (1 / rho) + i / (n - 1) * (low ** (1 / rho) - high ** (1 / rho))) ** rho
    return t.tolist() + [0.0]


def sample_mlp(mode):
    den = Denoiser(Mlp()).eval()
    f = torch.compile(den, **CONFIG) if mode == "compile" else den
    steps, one = grid(), torch.ones(BATCH)

    @torch.no_grad()
    def go():
        x = torch.randn(BATCH, 2, generator=gen) * steps[0]
        for a, b in zip(steps, steps[1:]):
            d = (x - f(x, one * a)) / a
            moved = x + (b - a) * d
            if b > 0:
                moved = x + (b - a) * 0.5 * (d + (moved - f(moved, one * b)) / b)
            x = moved

    return go


def field(kind, n):
    """Posterior mean of 10,000 points at 4096 queries (512 in many dimensions), in chunks that suit the cache."""
    queries = 512 if n >= 784 else BATCH
    y = torch.randn(POINTS, n, generator=gen) * SIGMA_DATA
    s = draw_sigma(queries)
    x = y[torch.randint(0, POINTS, (queries,), generator=gen)] + torch.randn(queries, n, generator=gen) * s[:, None]
    yt, y2 = y.T.contiguous(), (y * y).sum(1)

    def gauss(x, s):
        logit = (x @ yt - 0.5 * y2) / (s * s)[:, None]
        return torch.softmax(logit, 1) @ y

    def poisson(x, s):
        d2 = (((x * x).sum(1) + s * s)[:, None] + y2 - 2 * (x @ yt)).clamp_min(1e-12)
        q = d2.amin(1, keepdim=True) / d2
        p = q * q.sqrt() if n == 2 else (q.log() * (0.5 * (n + 1))).exp()
        return (p @ y) / p.sum(1, keepdim=True)

    def attention(x, s):
        i2 = 1.0 / (s * s)[:, None]
        k, v = torch.cat([y, -0.5 * y2[:, None]], 1), torch.cat([y, torch.zeros_like(y2)[:, None]], 1)
        return F.scaled_dot_product_attention(torch.cat([x * i2, i2], 1)[None, None], k[None, None], v[None, None], scale=1.0)[0, 0, :, :n]

    def chunked(f, size):
        out = torch.empty_like(x)

        def go():
            for i in range(0, queries, size):
                out[i : i + size] = f(x[i : i + size], s[i : i + size])

        return go

    # The fastest of the ways that a careful user would try.
    ways = [chunked(gauss if kind == "gauss" else poisson, c) for c in (64, 512)]
    ways += [chunked(torch.compile(gauss if kind == "gauss" else poisson, **CONFIG), c) for c in (64, 512)]
    if kind == "gauss":
        ways.append(chunked(attention, queries))
    return min(ways, key=lambda way: seconds(way, 0.3))


def draw(family):
    n = 2
    s = draw_sigma(BATCH).double()

    def gauss():
        return torch.randn(BATCH, n, generator=gen, dtype=torch.float64) * s[:, None]

    def poisson():
        return gauss() / torch.randn(BATCH, 1, generator=gen, dtype=torch.float64).abs()

    def pfgmpp():
        chi = 2 * torch._standard_gamma(torch.full((BATCH,), 64.0, dtype=torch.float64), generator=gen)
        return gauss() * (128.0 / chi).sqrt()[:, None]

    return dict(gauss=gauss, poisson=poisson, pfgmpp=pfgmpp)[family]


def sgemm(n):
    a, b = torch.randn(n, n), torch.randn(n, n)
    return lambda: torch.mm(a, b)


def seconds(f, least=1.0):
    f()
    count, begun = 0, time.perf_counter()
    while True:
        f()
        count += 1
        if time.perf_counter() - begun > least:
            return (time.perf_counter() - begun) / count


def make(task, mode):
    if task.startswith("field-"):
        return field(mode, int(task[6:]))
    return {"train-mlp": train_mlp, "sample-mlp": sample_mlp, "draw": draw, "sgemm": lambda n: sgemm(int(n))}[task](mode)


tasks = {}
for line in sys.stdin:
    key = tuple(line.split())
    if key not in tasks:
        tasks[key] = make(*key)
    print(seconds(tasks[key]), flush=True)
