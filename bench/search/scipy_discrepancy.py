"""Discrepancies of given points beside those of SciPy's sequences; reads and prints one JSON list, an entry a case."""
import json
import sys
import warnings

import numpy
from scipy.stats import mannwhitneyu, qmc

# SciPy warns of sizes that are no power of two; they are compared on purpose.
warnings.simplefilter("ignore")


def answer(case):
    dimensions, count, points = case["dimensions"], case["count"], case["points"]
    seeds = range(len(points))
    discrepancies = {
        "here": [qmc.discrepancy(numpy.array(rows)) for rows in points],
        "sobol": [qmc.discrepancy(qmc.Sobol(dimensions, seed=seed).random(count)) for seed in seeds],
        "halton": [qmc.discrepancy(qmc.Halton(dimensions, seed=seed).random(count)) for seed in seeds],
        "random": [qmc.discrepancy(numpy.random.RandomState(seed).rand(count, dimensions)) for seed in seeds],
    }
    p = mannwhitneyu(discrepancies["here"], discrepancies["sobol"]).pvalue
    return {**{name: float(numpy.median(found)) for name, found in discrepancies.items()}, "p": float(p)}


print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
