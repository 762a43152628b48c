"""Writes pytorch.json: ten training steps of small networks in PyTorch (float64), which pytorch.test.ts compares with.

usage: python3 test/golden/pytorch.py          (PyTorch 1.13 made the committed file)

Weights, rows and targets come from a linear congruential generator that both languages have; the models are written
again in pytorch_models.ts with the same names.
"""
import json
import math
from pathlib import Path

import numpy
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
ROWS, BATCH, STEPS = 24, 6, 10


def uniform(seed, count):
    """Numbers in [0, 1), exact in float32."""
    state, numbers = seed, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        numbers.append((state >> 9) / 2**23)
    return numpy.array(numbers)


def start(name, shape, seed):
    """Initial values of a parameter in netwright's shape: dense weights are [inputs, units]."""
    u = uniform(seed, math.prod(shape)).reshape(shape)
    if name.endswith(".scale"):
        values = 0.5 + u
    elif name.endswith(".weight"):
        fan_in = shape[0] if len(shape) == 2 else math.prod(shape[1:])
        values = (2 * u - 1) / math.sqrt(fan_in)
    else:
        values = u - 0.5
    return numpy.float32(values).astype(numpy.float64)


class Standardize(nn.Module):
    def __init__(self, mean, deviation):
        super().__init__()
        self.mean, self.deviation = torch.tensor(mean), torch.tensor(deviation)

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x) + x


class Parallel(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def named_parameters(model):
    """(netwright's name, parameter, transposed) in the order of definition."""
    counts = {}
    found = []
    for module in model.modules():
        kinds = {nn.Conv2d: "conv2d", nn.Linear: "dense", nn.BatchNorm2d: "batch_norm", nn.BatchNorm1d: "batch_norm"}
        kind = kinds.get(type(module))
        if kind is None:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        names = ("scale", "shift") if kind == "batch_norm" else ("weight", "bias")
        for name, parameter in zip(names, (module.weight, module.bias)):
            if parameter is not None:
                found.append((f"{kind}_{counts[kind]}.{name}", parameter, kind == "dense" and name == "weight"))
    return found


def fill(model):
    for index, (name, parameter, transposed) in enumerate(named_parameters(model)):
        shape = tuple(parameter.T.shape if transposed else parameter.shape)
        values = torch.tensor(start(name, shape, index + 1))
        parameter.data = (values.T if transposed else values).contiguous()


def rounded(values):
    return [float(f"{value:.12g}") for value in numpy.asarray(values).reshape(-1)]


def run(model, inputs, targets, optimizer, loss, reported, predict, clip_norm=None):
    """Loss before each step as reported, gradients of the first step before clipping, predictions after the last."""
    losses, norms, gradients = [], [], None
    for step in range(STEPS):
        first = step * BATCH % ROWS
        x, y = inputs[first : first + BATCH], targets[first : first + BATCH]
        optimizer.zero_grad()
        output = model(x)
        value = loss(output, y)
        value.backward()
        losses.append(reported(output, y).item())
        if gradients is None:
            gradients = {
                name: rounded((p.grad.T if transposed else p.grad).detach()) for name, p, transposed in named_parameters(model)
            }
        if clip_norm is not None:
            norms.append(nn.utils.clip_grad_norm_(model.parameters(), clip_norm).item())
        optimizer.step()
    if clip_norm is not None:
        print("norms of gradients:", *(f"{norm:.3g}{'' if norm < clip_norm else ' clipped'}" for norm in norms))
    model.eval()
    with torch.no_grad():
        predictions = {name: rounded(values) for name, values in predict(model(inputs)).items()}
    return {"losses": rounded(losses), "gradients": gradients, "predictions": predictions}


def rows(shape, low, high):
    u = uniform(1000, ROWS * math.prod(shape)).reshape((ROWS, *shape))
    return torch.tensor(numpy.float32(low + (high - low) * u).astype(numpy.float64))


def labels(classes):
    return torch.tensor(numpy.floor(uniform(2000, ROWS) * classes).astype(numpy.int64))


def digits():
    """Convolution, batch norm, max pooling; squared error behind softmax; sgd with momentum."""
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(24, 10), nn.ReLU(), nn.Linear(10, 5), nn.Softmax(1),
    )
    fill(model)
    loss = lambda output, y: nn.functional.mse_loss(output, nn.functional.one_hot(y, 5).double())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return run(model, rows((1, 8, 8), -1, 1), labels(5), optimizer, loss, loss, lambda out: {"probabilities": out})


def houses():
    """Raw features and prices, both standardized; Gaussian likelihood; Adam. Losses are in the units of the prices."""
    model = nn.Sequential(
        Standardize([1000.0, 2500.0, -3.0, 0.5], [500.0, 1200.0, 2.0, 0.25]),
        nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 8), nn.Tanh(), nn.Linear(8, 2),
    )
    fill(model)
    mean, deviation = 3e5, 1.5e5
    prices = torch.tensor(numpy.float32(1e5 + 5e5 * uniform(2000, ROWS)).astype(numpy.float64)).reshape(ROWS, 1)
    low, high = numpy.array([100.0, 500.0, -7.0, 0.0]), numpy.array([2000.0, 5000.0, 1.0, 1.0])
    inputs = torch.tensor(numpy.float32(low + (high - low) * uniform(1000, ROWS * 4).reshape(ROWS, 4)).astype(numpy.float64))

    def likelihood(m, log_variance, y):
        return (0.5 * (math.log(2 * math.pi) + log_variance + (y - m) ** 2 / log_variance.exp())).sum(1).mean()

    scaled = lambda output, y: likelihood(output[:, :1], output[:, 1:], (y - mean) / deviation)
    reported = lambda output, y: likelihood(
        output[:, :1] * deviation + mean, output[:, 1:] + 2 * math.log(deviation), y
    )
    predict = lambda output: {"mean": output[:, :1] * deviation + mean, "sigma": (output[:, 1:] / 2).exp() * deviation}
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=0.02)
    return run(model, inputs, prices, optimizer, scaled, reported, predict)


def strokes():
    """Strided, dilated, grouped and depthwise convolution, average pooling; cross-entropy; centered rmsprop with momentum."""
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.Tanh(),
        nn.Conv2d(4, 4, 3, padding=2, dilation=2, groups=4, bias=False), nn.BatchNorm2d(4, eps=1e-3, momentum=0.3), nn.ReLU(),
        nn.Conv2d(4, 6, (1, 2), groups=2), nn.Sigmoid(), nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False),
        nn.Flatten(), nn.Linear(36, 4),
    )
    fill(model)
    loss = lambda output, y: nn.functional.cross_entropy(output, y)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.005, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.01)
    predict = lambda output: {"probabilities": nn.functional.softmax(output, 1)}
    return run(model, rows((2, 10, 10), -1, 1), labels(4), optimizer, loss, loss, predict)


def branches():
    """Residual and parallel, global average pooling, batch norm of features; squared error; sgd with Nesterov and decay."""
    model = nn.Sequential(
        Parallel(nn.Conv2d(3, 2, 1), nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.Tanh()), nn.Sequential()),
        Residual(nn.Conv2d(8, 8, 3, padding=1), nn.Sigmoid()), nn.MaxPool2d(3, stride=2, padding=1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 2),
    )
    fill(model)
    targets = torch.tensor(numpy.float32(2 * uniform(2000, ROWS * 2) - 1).astype(numpy.float64)).reshape(ROWS, 2)
    loss = nn.functional.mse_loss
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01)
    return run(model, rows((3, 5, 6), -2, 2), targets, optimizer, loss, loss, lambda output: {"output": output})


def clipped(make_optimizer, clip_norm):
    """Two dense layers whose gradients are clipped in some steps and not in others."""
    model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 2))
    fill(model)
    targets = torch.tensor(numpy.float32(4 * uniform(2000, ROWS * 2) - 2).astype(numpy.float64)).reshape(ROWS, 2)
    loss = nn.functional.mse_loss
    optimizer = make_optimizer(model.parameters())
    return run(model, rows((3,), -2, 2), targets, optimizer, loss, loss, lambda output: {"output": output}, clip_norm)


def clipped_sgd():
    return clipped(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5, weight_decay=0.1), 1.0)


def clipped_rmsprop():
    return clipped(lambda p: torch.optim.RMSprop(p, lr=0.02, alpha=0.9, weight_decay=0.1), 1.0)


def clipped_adam():
    return clipped(lambda p: torch.optim.Adam(p, lr=0.02, weight_decay=0.1), 1.0)


def clipped_adamw():
    return clipped(lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1), 1.0)


def smoothed(targets):
    """Cross-entropy with label smoothing; AdamW with its default decay."""
    model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 4))
    fill(model)
    loss = lambda output, y: nn.functional.cross_entropy(output, y, label_smoothing=0.2)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
    predict = lambda output: {"probabilities": nn.functional.softmax(output, 1)}
    return run(model, rows((3,), -2, 2), targets, optimizer, loss, loss, predict)


def smoothed_labels():
    return smoothed(labels(4))


def smoothed_shares():
    """Targets are shares: in every row four numbers that sum to 1."""
    share = numpy.float32(uniform(2000, ROWS)).astype(numpy.float64)
    return smoothed(torch.tensor(numpy.stack([share / 2, (1 - share) / 2, share / 4 + 0.25, (1 - share) / 4], 1)))


networks = (
    digits, houses, strokes, branches, clipped_sgd, clipped_rmsprop, clipped_adam,
    clipped_adamw, smoothed_labels, smoothed_shares,
)
results = {case.__name__: case() for case in networks}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"torch": torch.__version__, "cases": results}) + "\n")
print(f"{path.name}: {path.stat().st_size} bytes")
