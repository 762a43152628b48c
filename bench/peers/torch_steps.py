"""Times training steps in PyTorch for bench/step.ts: one JSON request a line on stdin, one JSON answer a line on stdout.

usage: torch_steps.py THREADS     request: {"network": "usps" | "houses", "batch": 10, "steps": 200}
"""
import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
# PyTorch's fastest settings for these networks on a CPU.
torch.set_flush_denormal(True)
torch.manual_seed(0)


def usps():
    def block(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]

    network = nn.Sequential(
        *block(1, 32), *block(32, 64), *block(64, 128), nn.Dropout(0.25), nn.Flatten(),
        nn.Linear(512, 100), nn.ReLU(), nn.Linear(100, 50), nn.ReLU(), nn.Linear(50, 10), nn.Softmax(1),
    ).to(memory_format=torch.channels_last)
    images = torch.rand(4096, 1, 16, 16).contiguous(memory_format=torch.channels_last)
    targets = torch.eye(10)[torch.randint(0, 10, (4096,))]
    return network, torch.optim.SGD(network.parameters(), lr=0.1), F.mse_loss, images, targets


def houses():
    network = nn.Sequential(
        nn.Linear(4, 100), nn.ReLU(), nn.Linear(100, 50), nn.ReLU(), nn.Linear(50, 25), nn.ReLU(),
        nn.Linear(25, 25), nn.ReLU(), nn.Linear(25, 2),
    )

    def loss(output, target):
        return F.gaussian_nll_loss(output[:, :1], target, output[:, 1:].exp())

    return network, torch.optim.Adam(network.parameters(), lr=0.001), loss, torch.randn(4096, 4), torch.randn(4096, 1)


studies = {}


def milliseconds(name, batch, steps):
    if name not in studies:
        studies[name] = {"usps": usps, "houses": houses}[name]()
    network, optimizer, loss, inputs, targets = studies[name]
    network.train()
    order = torch.randperm(len(inputs))
    started = time.perf_counter()
    for step in range(steps):
        start = (step * batch) % (len(inputs) - batch + 1)
        rows = order[start:start + batch]
        optimizer.zero_grad(set_to_none=True)
        loss(network(inputs[rows]), targets[rows]).backward()
        optimizer.step()
    return (time.perf_counter() - started) / steps * 1e3


print(json.dumps({"peer": f"PyTorch {torch.__version__}"}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    answer = milliseconds(request["network"], request["batch"], request["steps"])
    print(json.dumps({"milliseconds": answer}), flush=True)
