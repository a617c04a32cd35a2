"""PyTorch's side of the benchmark `speed`: the same work as the Rust side, timed on demand.

Reads one task per line from standard input, such as `train-mlp compile`, `field-64 gauss` or `train-unet compile 512 32 bf16` (images,
pixels of a side, precision), runs it for about a second and answers with the seconds of one call. PEER_DEVICE is cpu or cuda. Arguments are the number of threads and, for the memory of one task, `memory` and the task. Needs Python 3.11 with torch; the Rust side starts it.
"""
import math, os, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.set_flush_denormal(True)
torch.manual_seed(0)
DEVICE = os.environ.get("PEER_DEVICE", "cpu")
torch.set_default_device(DEVICE)
gen = torch.Generator(DEVICE).manual_seed(0)
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


class NoiseEmbedding(nn.Module):
    """24 Fourier features and the number itself, for noise level and ratio, then two layers."""

    def __init__(self, width):
        super().__init__()
        self.register_buffer("f", 2 * math.pi * 0.125 * 16 ** (torch.arange(12).float() / 11))
        self.inner, self.outer = nn.Linear(50, width), nn.Linear(width, width)

    def forward(self, level, ratio):
        parts = []
        for value in (level[:, None], ratio[:, None]):
            parts += [value, (value * self.f).cos(), (value * self.f).sin()]
        return F.silu(self.outer(F.silu(self.inner(torch.cat(parts, 1)))))


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.heads = max(channels // 32, 1)
        self.joint, self.projection = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.joint(x).view(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        return self.projection(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, c))


class UnetBlock(nn.Module):
    def __init__(self, inputs, outputs, embedding, attends):
        super().__init__()
        groups = lambda c: max(g for g in range(1, max(min(c // 4, 32), 1) + 1) if c % g == 0)
        self.norm1, self.norm2 = nn.GroupNorm(groups(inputs), inputs), nn.GroupNorm(groups(outputs), outputs, affine=False)
        self.conv1, self.conv2 = nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.modulation = nn.Linear(embedding, 2 * outputs)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        self.norm, self.attention = (nn.LayerNorm(outputs), Attention(outputs)) if attends else (None, None)

    def forward(self, x, noise):
        h = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.modulation(noise)[:, :, None, None].chunk(2, 1)
        h = self.conv2(F.silu(torch.addcmul(shift, self.norm2(h), scale + 1))) + self.skip(x)
        if self.attention is not None:
            tokens = h.flatten(2).transpose(1, 2)
            h = h + self.attention(self.norm(tokens)).transpose(1, 2).reshape(h.shape)
        return h


class Unet(nn.Module):
    """The U-Net of genphys at its defaults for images of 28 x 28 or 32 x 32: three sizes, attention at the smaller two."""

    def __init__(self, side=28, width=32, embedding=128):
        super().__init__()
        channels, attends = [width, 2 * width, 2 * width], [False, True, True]
        self.embedding, self.inp = NoiseEmbedding(embedding), nn.Conv2d(1, width, 3, padding=1)
        self.down, self.up, present = nn.ModuleList(), nn.ModuleList(), width
        for c, a in zip(channels, attends):
            self.down.append(UnetBlock(present, c, embedding, a))
            present = c
        self.middle = nn.ModuleList([UnetBlock(present, present, embedding, True), UnetBlock(present, present, embedding, False)])
        for c, a in list(zip(channels, attends))[::-1]:
            self.up.append(UnetBlock(present + c, c, embedding, a))
            present = c
        self.norm, self.out = nn.GroupNorm(width // 4, width), nn.Conv2d(width, 1, 3, padding=1)

    def forward(self, x, level):
        noise = self.embedding(level, torch.ones_like(level))
        h, kept = self.inp(x), []
        for i, block in enumerate(self.down):
            h = block(F.avg_pool2d(h, 2) if i else h, noise)
            kept.append(h)
        for block in self.middle:
            h = block(h, noise)
        for i, block in enumerate(self.up):
            h = block(torch.cat([h, kept.pop()], 1), noise)
            if i < 2:
                h = F.interpolate(h, scale_factor=2)
        return self.out(F.silu(self.norm(h)))


class DitBlock(nn.Module):
    def __init__(self, width, embedding):
        super().__init__()
        self.modulation, self.attention = nn.Linear(embedding, 6 * width), Attention(width)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, noise):
        a, b, gate1, c, d, gate2 = self.modulation(noise)[:, None].chunk(6, 2)
        norm = lambda x, scale, shift: torch.addcmul(shift, F.layer_norm(x, x.shape[-1:]), scale + 1)
        x = x + gate1 * self.attention(norm(x, a, b))
        return x + gate2 * self.outer(F.silu(self.inner(norm(x, c, d))))


class Dit(nn.Module):
    """The DiT of genphys with squares of 4 x 4, width 128 and four blocks."""

    def __init__(self, pixels=28, width=128, embedding=128, depth=4, side=4):
        super().__init__()
        self.pixels, self.side, self.embedding = pixels, side, NoiseEmbedding(embedding)
        self.inp, self.places = nn.Linear(side * side, width), nn.Buffer(torch.randn((pixels // side) ** 2, width))
        self.blocks = nn.ModuleList(DitBlock(width, embedding) for _ in range(depth))
        self.last, self.out = nn.Linear(embedding, 2 * width), nn.Linear(width, side * side)

    def forward(self, x, level):
        noise = self.embedding(level, torch.ones_like(level))
        h = self.inp(F.unfold(x, self.side, stride=self.side).transpose(1, 2)) + self.places
        for block in self.blocks:
            h = block(h, noise)
        scale, shift = self.last(noise)[:, None].chunk(2, 2)
        h = self.out(torch.addcmul(shift, F.layer_norm(h, h.shape[-1:]), scale + 1))
        return F.fold(h.transpose(1, 2), (self.pixels, self.pixels), self.side, stride=self.side)


class ResidualMlp(nn.Module):
    """The MLP of genphys in the plane: three octaves of the coordinates, blocks of two layers steered by the noise level."""

    def __init__(self, width=256, depth=4, embedding=64):
        super().__init__()
        self.embedding, self.inp = NoiseEmbedding(embedding), nn.Linear(14, width)
        self.modulation = nn.ModuleList(nn.Linear(embedding, 2 * width) for _ in range(depth + 1))
        self.inner = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.outer = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.out = nn.Linear(width, 2)

    def forward(self, x, level):
        noise = self.embedding(level, torch.ones_like(level))
        waves = [f(math.pi / 2 * 2**octave * x) for octave in range(3) for f in (torch.cos, torch.sin)]
        h = self.inp(torch.cat([x, *waves], 1))

        def modulated(h, i):
            scale, shift = self.modulation[i](noise).chunk(2, 1)
            return torch.addcmul(shift, F.layer_norm(h, h.shape[-1:]), scale + 1)

        for i, (inner, outer) in enumerate(zip(self.inner, self.outer)):
            h = h + outer(F.silu(inner(modulated(h, i))))
        return self.out(F.silu(modulated(h, len(self.inner))))


def train_network(make_network, mode, shape, precision):
    """One step on data of a shape that begins with the number of examples."""
    net = make_network()
    last = "channels-last" in mode
    if last:
        net = net.to(memory_format=torch.channels_last)
    opt = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    parameters = list(net.parameters())
    average = [p.detach().clone() for p in parameters]
    data = torch.randn(8192, *shape[1:], generator=gen) * SIGMA_DATA
    wide = (-1,) + (1,) * (len(shape) - 1)

    def loss(y, s, noise):
        s = s.view(wide)
        v = s * s + SIGMA_DATA**2
        x = y + noise
        out = SIGMA_DATA**2 / v * x + s * SIGMA_DATA * v.rsqrt() * net(v.rsqrt() * x, s.flatten().log() / 4)
        return (v / (s * SIGMA_DATA) ** 2 * (out - y).square()).mean()

    f = torch.compile(loss, **CONFIG) if "compile" in mode else loss

    def step():
        y = data[torch.randint(0, len(data), shape[:1], generator=gen)]
        s = draw_sigma(shape[0])
        noise = torch.randn(*shape, generator=gen) * s.view(wide)
        if last:
            y, noise = (t.contiguous(memory_format=torch.channels_last) for t in (y, noise))
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
        opt.zero_grad(set_to_none=True)
        with torch.autocast(DEVICE, torch.bfloat16, enabled=precision == "bf16"):
            total = f(y, s, noise)
        total.backward()
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
    sizes = sorted({64, 512, queries}) if DEVICE == "cuda" else (64, 512)
    ways = [chunked(gauss if kind == "gauss" else poisson, c) for c in sizes]
    ways += [chunked(torch.compile(gauss if kind == "gauss" else poisson, **CONFIG), c) for c in sizes]
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


def settle():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def seconds(f, least=1.0):
    f()
    settle()
    count, begun = 0, time.perf_counter()
    while True:
        f()
        count += 1
        if time.perf_counter() - begun > least:
            settle()
            return (time.perf_counter() - begun) / count


def make(task, mode, examples="32", side="28", precision="f32"):
    if task.startswith("field-"):
        return field(mode, int(task[6:]))
    examples, side = int(examples), int(side)
    if task == "train-residual-mlp":
        return train_network(ResidualMlp, mode, (examples, 2), precision)
    if task in ("train-unet", "train-dit"):
        network = Unet if task == "train-unet" else Dit
        return train_network(lambda: network(side), mode, (examples, 1, side, side), precision)
    return {"train-mlp": train_mlp, "sample-mlp": sample_mlp, "draw": draw, "sgemm": lambda n: sgemm(int(n))}[task](mode)


def resident(which):
    """Mebibytes of VmRSS or VmHWM."""
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(which)) / 1024


if len(sys.argv) > 2:  # threads, "memory", task, mode: what the task takes beyond Python and torch
    before = resident("VmRSS")
    step = make(sys.argv[3], sys.argv[4])
    for _ in range(5):
        step()
    print(resident("VmHWM") - before)
    sys.exit()

tasks = {}
for line in sys.stdin:
    key = tuple(line.split())
    if key not in tasks:
        tasks[key] = make(*key)
    print(seconds(tasks[key]), flush=True)
