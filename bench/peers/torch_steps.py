"""Times training steps and predictions in PyTorch: one JSON request a line on stdin, one JSON answer a line on stdout.

usage: torch_steps.py THREADS
request: {"work": "train" | "predict", "network": "usps", "batch": 10, "times": 200, "variant": "eager"}
answer:  {"milliseconds": 3.1} or {"error": "..."}
"""
import json
import sys
import time

import torch

from torch_networks import networks

torch.set_num_threads(int(sys.argv[1]))
# PyTorch's fastest settings for these networks on a CPU; the networks are channels-last besides.
torch.set_flush_denormal(True)

VERSION = tuple(int(part) for part in torch.__version__.split(".")[:2])
COMPILE = ["compile"] if VERSION >= (2, 0) else []
# "frozen" is TorchScript: traced, with batch norm folded into the convolutions.
VARIANTS = {"train": ["eager", *COMPILE], "predict": ["eager", "frozen", *COMPILE]}

studies = {}


def fastest(make_optimizer, parameters):
    """In one pass over all parameters where this version has that for CPUs."""
    try:
        return make_optimizer(parameters, fused=True)
    except (TypeError, RuntimeError):
        return make_optimizer(parameters)


class Study:
    """A network with random data; a compiled one is compiled again for each batch size and for training and prediction."""

    def __init__(self, name, variant):
        torch.manual_seed(0)
        self.network, make_optimizer, self.loss, self.inputs, self.targets = networks[name]()
        self.optimizer = fastest(make_optimizer, list(self.network.parameters()))
        self.call = self.network
        if variant == "compile":
            self.call = torch.compile(self.network, dynamic=False)
        elif variant == "frozen":
            traced = torch.jit.trace(self.network.eval(), self.inputs[:2])
            self.call = torch.jit.optimize_for_inference(torch.jit.freeze(traced))

    def train(self, batch, times):
        self.network.train()
        order = torch.randperm(len(self.inputs))
        started = time.perf_counter()
        for step in range(times):
            start = (step * batch) % (len(self.inputs) - batch + 1)
            rows = order[start:start + batch]
            self.optimizer.zero_grad(set_to_none=True)
            self.loss(self.call(self.inputs[rows]), self.targets[rows]).backward()
            self.optimizer.step()
        return (time.perf_counter() - started) / times * 1e3

    def predict(self, batch, times):
        self.network.eval()
        with torch.inference_mode():
            rows = self.inputs[:batch]
            started = time.perf_counter()
            for _ in range(times):
                self.call(rows)
            return (time.perf_counter() - started) / times * 1e3


def milliseconds(request):
    # Of its own for each kind of work: inference_mode and training must not share what was compiled.
    key = (request["network"], request["variant"], request["work"])
    if key not in studies:
        studies[key] = Study(request["network"], request["variant"])
    return getattr(studies[key], request["work"])(request["batch"], request["times"])


print(json.dumps({"peer": f"PyTorch {torch.__version__}", "variants": VARIANTS}), flush=True)
for line in sys.stdin:
    try:
        answer = {"milliseconds": milliseconds(json.loads(line))}
    except Exception as error:  # such as torch.compile without a C++ compiler: the other rows go on
        answer = {"error": (str(error).strip() or repr(error)).splitlines()[0]}
    print(json.dumps(answer), flush=True)
