"""Writes schedules.json: learning rates of PyTorch's schedulers, step by step, which schedules.test.ts compares with.

usage: python3 test/golden/schedules.py          (PyTorch 1.13 made the committed file)

The names are those of the schedules in schedules.test.ts. Every schedule runs over EPOCHS epochs of STEPS steps; rates are divided by
the optimizer's learning rate (the largest one for one-cycle).
"""
import json
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler

EPOCHS, STEPS, RATE = 8, 5, 0.4
TOTAL = EPOCHS * STEPS

# Reading a rate before the first optimizer step is what is wanted here.
warnings.filterwarnings("ignore", message="Detected call of|The epoch parameter")


def factors(make, per_epoch=False, total=TOTAL):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = make(optimizer)
    found = []
    for step in range(total):
        found.append(optimizer.param_groups[0]["lr"] / RATE)
        optimizer.step()
        if step + 1 < total and (not per_epoch or (step + 1) % STEPS == 0):
            scheduler.step()
    return [float(f"{value:.12g}") for value in found]


def linear(optimizer, start_factor, steps):
    return lr_scheduler.LinearLR(optimizer, start_factor=start_factor, total_iters=steps)


def cosine(floor, total=TOTAL):
    return lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, T_max=total, eta_min=floor * RATE)


def cosine_warm_up(optimizer):
    warm = 6
    parts = [linear(optimizer, 0.02, warm), cosine(0.1, TOTAL - warm)(optimizer)]
    return lr_scheduler.SequentialLR(optimizer, parts, milestones=[warm])


def one_cycle(total=TOTAL, **options):
    return lambda optimizer: lr_scheduler.OneCycleLR(
        optimizer, max_lr=RATE, total_steps=total, cycle_momentum=False, **options
    )


schedules = {
    "warm_up": factors(lambda optimizer: linear(optimizer, 0.01, 4)),
    "warm_up_long": factors(lambda optimizer: linear(optimizer, 0.25, 30)),
    "step_decay": factors(lambda optimizer: lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.1), per_epoch=True),
    "step_decay_slow": factors(lambda optimizer: lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5), per_epoch=True),
    "exponential_decay": factors(lambda optimizer: lr_scheduler.ExponentialLR(optimizer, gamma=0.7), per_epoch=True),
    "cosine": factors(cosine(0)),
    "cosine_floor": factors(cosine(0.05)),
    "cosine_warm_up": factors(cosine_warm_up),
    "one_cycle": factors(one_cycle()),
    "one_cycle_options": factors(one_cycle(pct_start=0.55, div_factor=10, final_div_factor=100)),
    "one_cycle_no_rise": factors(one_cycle(pct_start=0.0)),
    "one_cycle_all_rise": factors(one_cycle(pct_start=1.0)),
    "one_cycle_short": factors(one_cycle(total=5), total=5),
}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"torch": torch.__version__, "epochs": EPOCHS, "steps": STEPS, "schedules": schedules}) + "\n")
print(f"{path.name}: {path.stat().st_size} bytes")
