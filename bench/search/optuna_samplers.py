"""Runs Optuna's samplers on the functions of functions.ts; reads one JSON request, prints one JSON line a run.

The request names functions, samplers, seeds and the number of trials; a line has the run's values in order and its best
parameters.
"""
import json
import logging
import math
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(logging.WARNING)

WEIGHTS = [1, 1.2, 3, 3.2]
SCALES = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
]
CENTRES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def floats(trial, count, low, high):
    return [trial.suggest_float(f"x{i}", low, high) for i in range(count)]


def branin(trial):
    x = trial.suggest_float("x", -5, 10)
    y = trial.suggest_float("y", 0, 15)
    bend = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann6(trial):
    x = floats(trial, 6, 0, 1)
    return -sum(
        weight * math.exp(-sum(s * (value - c) ** 2 for s, c, value in zip(scales, centres, x)))
        for weight, scales, centres in zip(WEIGHTS, SCALES, CENTRES)
    )


def rosenbrock10(trial):
    x = floats(trial, 10, -5, 10)
    return sum(100 * (after - before**2) ** 2 + (1 - before) ** 2 for before, after in zip(x, x[1:]))


def conditional(trial):
    if trial.suggest_categorical("branch", ["plane", "scale"]) == "plane":
        return 0.5 + (trial.suggest_float("x", -5, 5) - 1) ** 2 + (trial.suggest_float("y", -5, 5) + 2) ** 2
    exponent = math.log10(trial.suggest_float("rate", 1e-5, 1, log=True))
    return (exponent + 3) ** 2 + 0.25 * (trial.suggest_int("depth", 1, 12) - 8) ** 2


FUNCTIONS = {f.__name__: f for f in (branin, hartmann6, rosenbrock10, conditional)}

SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "cmaEs": lambda seed: optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False),
    "multivariate": lambda seed: optuna.samplers.TPESampler(
        seed=seed, multivariate=True, group=True
    ),
    "univariate": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=False),
}


def main():
    request = json.load(sys.stdin)
    for function in request["functions"]:
        for sampler in request["samplers"]:
            for seed in request["seeds"]:
                study = optuna.create_study(sampler=SAMPLERS[sampler](seed))
                study.optimize(FUNCTIONS[function], n_trials=request["trials"])
                run = {
                    "function": function,
                    "sampler": sampler,
                    "seed": seed,
                    "version": optuna.__version__,
                    "values": [trial.value for trial in study.trials],
                    "best": study.best_params,
                }
                print(json.dumps(run), flush=True)


main()
